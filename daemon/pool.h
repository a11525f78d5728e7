/* The books on the workers: who is there, well, how busy; no sockets here.
 *
 *   WELL ◀──────▶ AWAY        its BEATs say how its database is
 *     └──▶ LEAVING ◀─┘        it said BYE: is given nothing more
 *   and from all of them to being forgotten: silent for dead_ms, its
 *   connection gone, or it said HELLO anew */
#ifndef DAEMON_POOL_H
#define DAEMON_POOL_H

#include <stdint.h>

#include "flight.h"
#include "link.h"
#include "stream.h"

#define WORKER_TEXT_SIZE   65
#define WORKER_ROUTE_SIZE  64
#define WORKER_WINDOW_MOST 100000
#define WORKERS_MOST       256

enum worker_state { WORKER_WELL, WORKER_AWAY, WORKER_LEAVING };

struct worker {
	struct holder holder; /* its streams; first: see worker_of() */
	uint32_t serial;      /* never seen twice, never 0 */
	enum worker_state state;
	char route[WORKER_ROUTE_SIZE];
	size_t route_size;
	char name[WORKER_TEXT_SIZE];
	char incarnation[WORKER_TEXT_SIZE];
	char version[WORKER_TEXT_SIZE];
	char schema[WORKER_TEXT_SIZE];
	char message[256];              /* what it says about its database */
	unsigned window, events;        /* events: how many it has */
	unsigned query_window, queries; /* likewise */
	unsigned fetches;
	struct flight_list asked; /* the queries that it has */
	bool told;        /* its HELLO said all: its database was well */
	bool can_isolate; /* it knows TAKEN and SET_ASIDE */
	bool isolating;   /* it is for suspects: gets nothing else */
	bool lives;       /* only its connection is new: no fault */
	int64_t heard_us;
	unsigned load; /* held streams × 256, averaged over a second */
	TAILQ_ENTRY(worker) link;
};

TAILQ_HEAD(worker_list, worker);

struct pool {
	struct worker_list workers;
	unsigned count;
	uint32_t serial; /* of the newest */
	int64_t ticked_us;
};

/* What a worker says in HELLO, checked. */
struct worker_hello {
	struct text name, incarnation, version, schema;
	unsigned window, query_window;
	enum link_database database;
	int64_t skills; /* LINK_CAN_… */
};

void pool_init(struct pool *pool);
void pool_fini(struct pool *pool);

struct worker *pool_find(const struct pool *pool, struct text route);
struct worker *pool_find_serial(const struct pool *pool, uint32_t serial);
/* A worker with that incarnation text: it has connected anew. */
struct worker *pool_find_incarnation(
    const struct pool *pool, struct text incarnation);

/* NULL without memory or with WORKERS_MOST. */
MUST_CHECK struct worker *pool_add(struct pool *pool, struct text route,
    const struct worker_hello *hello, int64_t now_us);
/* Forgets it. It must hold no stream and no query. */
void pool_remove(struct pool *pool, struct worker *worker);

/* The only writer of `state`. */
void worker_set_state(struct worker *worker, enum worker_state state);
/* It was heard, and its database is as said. */
void worker_heard(struct worker *worker, int64_t now_us);
void worker_database(struct worker *worker, enum link_database database);

bool worker_has_room(const struct worker *worker); /* for an event */
/* At least one worker is WELL. */
bool pool_is_usable(const struct pool *pool);
struct worker *worker_of(struct holder *holder);

/* Who gets a stream that nobody has: its home unless others have clearly less
 * to do, else who has least. NULL: nobody has room. */
struct worker *pool_choose(const struct pool *pool, uint32_t home);
/* Who gets a query, who a FETCH (not `other_than`, if there is a choice). */
struct worker *pool_choose_for_query(const struct pool *pool);
struct worker *pool_choose_for_fetch(
    const struct pool *pool, uint32_t other_than);

/* A worker that was silent for dead_us, or NULL. When creditd itself stood
 * still, the workers' beats are still to be read: they get that time back. */
struct worker *pool_silent(struct pool *pool, int64_t dead_us, int64_t now_us);

/* Marks streams of the busiest worker as moving to the one with least to do, a
 * few at each call (ten calls a second). Returns how many. */
unsigned pool_balance(struct pool *pool, struct streams *streams);

const char *worker_state_name(enum worker_state state);

#endif
