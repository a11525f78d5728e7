/* Members and heads that the worker holds in memory, by stream.
 *
 * A stream's head and members are true as long as its fence holds: when it
 * fails, or the outcome of a write is unknown, the stream is dropped and read
 * again. Bounded: the members used longest ago go first. */
#ifndef WORKER_CACHE_H
#define WORKER_CACHE_H

#include "hash.h"
#include "ledger.h"
#include "queue.h"

struct touch;

/* A member that is held. */
struct held {
	struct member member;
	bool loaded;   /* it was read; else it is new here */
	bool in_batch; /* used by the batch at work: not evicted */
	size_t size;   /* as counted in the cache */
	/* What the batch at work changed of it (stage.c). */
	struct touch *touches;
	bool touches_due;
	struct held *next_touched;
	struct held_stream *stream;
	TAILQ_ENTRY(held) use;   /* longest ago first */
	TAILQ_ENTRY(held) among; /* members of the stream */
};
TAILQ_HEAD(held_list, held);

struct held_stream {
	struct head head;
	bool loaded;
	bool news; /* the head was read, and creditd was not told of it */
	bool in_batch;
	struct held_list members;
};

struct cache {
	struct hash members; /* struct held by name */
	struct hash streams; /* struct held_stream by number */
	struct held_list use;
	size_t size, most;
};

void cache_init(struct cache *cache, size_t most);
void cache_fini(struct cache *cache);

/* The stream, added (not loaded) if it is not held. NULL without memory. */
MUST_CHECK struct held_stream *cache_stream(
    struct cache *cache, int32_t stream);
/* The member, likewise; it becomes the one used last, and is marked as in the
 * batch. */
MUST_CHECK struct held *cache_member(struct cache *cache,
    struct held_stream *stream, struct text name, int32_t organization);

/* Forgets the stream's head and members. The struct stays, not loaded. */
void cache_drop(struct cache *cache, struct held_stream *stream);
/* Forgets all; no batch may be at work. */
void cache_forget(struct cache *cache);
/* Forgets one member, e.g. one whose loading failed. */
void cache_drop_member(struct cache *cache, struct held *held);

/* The batch is over for this member: counts its size anew. */
void cache_settle(struct cache *cache, struct held *held);
/* Lets go of members that are in no batch until the bound is kept. */
void cache_trim(struct cache *cache);

#endif
