/* Memory that is taken piece by piece and given back all at once. */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stddef.h>

#include "text.h"

struct arena_block;

/* A zeroed struct is an empty arena. Blocks grow by doubling, from 4 KiB. */
struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes used in the newest block */
	size_t total;               /* bytes held in all blocks */
	struct arena *scratch;      /* arena_scratch(), or NULL */
};

/* `size` zeroed bytes aligned for any type, or NULL without memory. */
MUST_CHECK void *arena_take(struct arena *arena, size_t size);

/* Room for `count` things of `size` bytes; NULL on overflow as well. */
MUST_CHECK void *arena_take_many(
    struct arena *arena, size_t count, size_t size);

/* A copy of `text` in the arena; absent stays absent. False without memory. */
MUST_CHECK bool arena_copy_text(
    struct arena *arena, struct text text, struct text *ret_copy);

/* A second arena that belongs to this one and is reset and freed with it: for
 * what is needed for a while only, and reset by whoever used it. NULL without
 * memory. */
MUST_CHECK struct arena *arena_scratch(struct arena *arena);

/* Everything is free for use again; keeps the largest block. */
void arena_reset(struct arena *arena);

/* Gives all memory back. A zeroed arena is fine. */
void arena_fini(struct arena *arena);

#endif
