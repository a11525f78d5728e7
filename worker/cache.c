/* Members by name, streams by number, the use of members in a list. */
#include "cache.h"

#include <stdlib.h>

void cache_init(struct cache *cache, size_t most)
{
	*cache = (struct cache){.most = most};
	TAILQ_INIT(&cache->use);
}

void cache_drop_member(struct cache *cache, struct held *held)
{
	hash_remove(
	    &cache->members, held->member.name.at, held->member.name.length);
	TAILQ_REMOVE(&cache->use, held, use);
	TAILQ_REMOVE(&held->stream->members, held, among);
	cache->size -= held->size;
	member_fini(&held->member);
	free(held);
}

void cache_drop(struct cache *cache, struct held_stream *stream)
{
	struct held *held, *next;

	TAILQ_FOREACH_SAFE(held, &stream->members, among, next)
	cache_drop_member(cache, held);
	stream->head = (struct head){.stream = stream->head.stream};
	stream->loaded = false;
}

void cache_forget(struct cache *cache)
{
	size_t most = cache->most;

	cache_fini(cache);
	cache_init(cache, most);
}

void cache_fini(struct cache *cache)
{
	struct held_stream *stream;

	while ((stream = hash_any(&cache->streams)) != NULL) {
		cache_drop(cache, stream);
		hash_remove(&cache->streams, &stream->head.stream,
		    sizeof(stream->head.stream));
		free(stream);
	}
}

struct held_stream *cache_stream(struct cache *cache, int32_t stream)
{
	struct held_stream *held =
	    hash_find(&cache->streams, &stream, sizeof(stream));

	if (held != NULL)
		return held;
	held = calloc(1, sizeof(*held));
	if (held == NULL)
		return NULL;
	held->head.stream = stream;
	TAILQ_INIT(&held->members);
	if (hash_add(&cache->streams, &held->head.stream, sizeof(stream), held))
		return held;
	free(held);
	return NULL;
}

struct held *cache_member(struct cache *cache, struct held_stream *stream,
    struct text name, int32_t organization)
{
	struct held *held = hash_find(&cache->members, name.at, name.length);

	if (held != NULL) {
		TAILQ_REMOVE(&cache->use, held, use);
		TAILQ_INSERT_TAIL(&cache->use, held, use);
		return held;
	}
	held = calloc(1, sizeof(*held));
	if (held == NULL)
		return NULL;
	if (member_init(
		&held->member, name, organization, stream->head.stream) < 0) {
		free(held);
		return NULL;
	}
	held->stream = stream;
	if (!hash_add(&cache->members, held->member.name.at,
		held->member.name.length, held)) {
		member_fini(&held->member);
		free(held);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&cache->use, held, use);
	TAILQ_INSERT_TAIL(&stream->members, held, among);
	return held;
}

void cache_settle(struct cache *cache, struct held *held)
{
	size_t size = sizeof(*held) + member_size(&held->member);

	cache->size = cache->size - held->size + size;
	held->size = size;
	held->in_batch = false;
}

void cache_trim(struct cache *cache)
{
	struct held *held, *next;

	TAILQ_FOREACH_SAFE(held, &cache->use, use, next)
	{
		if (cache->size <= cache->most)
			break;
		if (!held->in_batch)
			cache_drop_member(cache, held);
	}
}
