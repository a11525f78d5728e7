/* A bump allocator: blocks that double, given back all at once. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK 4096

struct arena_block {
	struct arena_block *older;
	size_t size; /* bytes of data */
	alignas(max_align_t) unsigned char data[];
};

/* A new newest block with at least `size` bytes. */
static bool add_block(struct arena *arena, size_t size)
{
	size_t room = FIRST_BLOCK;
	struct arena_block *block;

	if (arena->blocks != NULL && arena->blocks->size <= SIZE_MAX / 2)
		room = arena->blocks->size * 2;
	if (room < size)
		room = size;
	if (room > SIZE_MAX - sizeof(*block))
		return false;
	block = malloc(sizeof(*block) + room);
	if (block == NULL)
		return false;
	block->older = arena->blocks;
	block->size = room;
	arena->blocks = block;
	arena->used = 0;
	arena->total += room;
	return true;
}

void *arena_take(struct arena *arena, size_t size)
{
	const size_t step = alignof(max_align_t);
	void *ret;

	if (size == 0)
		size = 1;
	if (size > SIZE_MAX - (step - 1))
		return NULL;
	size = (size + step - 1) / step * step;
	if (arena->blocks == NULL || size > arena->blocks->size - arena->used) {
		if (!add_block(arena, size))
			return NULL;
	}
	ret = arena->blocks->data + arena->used;
	arena->used += size;
	return memset(ret, 0, size);
}

void *arena_take_many(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return arena_take(arena, count * size);
}

bool arena_copy_text(
    struct arena *arena, struct text text, struct text *ret_copy)
{
	char *copy;

	if (text.at == NULL) {
		*ret_copy = TEXT_NONE;
		return true;
	}
	copy = arena_take(arena, text.length);
	if (copy == NULL)
		return false;
	if (text.length > 0)
		memcpy(copy, text.at, text.length);
	*ret_copy = (struct text){copy, text.length};
	return true;
}

struct arena *arena_scratch(struct arena *arena)
{
	if (arena->scratch == NULL)
		arena->scratch = calloc(1, sizeof(*arena->scratch));
	return arena->scratch;
}

static void reset_blocks(struct arena *arena)
{
	struct arena_block *largest = NULL;

	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->older;
		if (largest == NULL || block->size > largest->size) {
			free(largest);
			largest = block;
		} else {
			free(block);
		}
	}
	if (largest != NULL)
		largest->older = NULL;
	arena->blocks = largest;
	arena->used = 0;
	arena->total = largest != NULL ? largest->size : 0;
}

void arena_reset(struct arena *arena)
{
	for (; arena != NULL; arena = arena->scratch)
		reset_blocks(arena);
}

void arena_fini(struct arena *arena)
{
	struct arena *scratch = arena->scratch;

	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->older;
		free(block);
	}
	*arena = (struct arena){0};
	while (scratch != NULL) {
		struct arena *next = scratch->scratch;

		scratch->scratch = NULL;
		arena_fini(scratch);
		free(scratch);
		scratch = next;
	}
}
