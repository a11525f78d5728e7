/* What each partner has in flight, its fair share, and whether it heeds BUSY.
 *
 * A partner is known by its source where the endpoint authenticates, else by
 * its connection (endpoint and routing id); and only while something of it is
 * in flight, or it was told BUSY of late. */
#ifndef DAEMON_PARTNER_H
#define DAEMON_PARTNER_H

#include <stdint.h>
#include <sys/queue.h>

#include "fair.h"
#include "request.h"

struct partner;

TAILQ_HEAD(partner_list, partner);

struct partners {
	struct partner *table;
	struct partner_list idle; /* told BUSY, nothing in flight */
	size_t count;             /* that have something in flight */
	size_t idle_count;
};

/* What is left for one more: each partner may have as much as it leaves free
 * for others, and no more than `most`. So many that take all they get leave
 * room for who comes next. */
struct partner_room {
	bool query;                    /* for one of these, or for an event */
	size_t most, free;             /* events and queries together */
	size_t queries, free_queries;  /* of these, queries */
	size_t most_bytes, free_bytes; /* of their bodies */
};

void partners_init(struct partners *partners);
void partners_fini(struct partners *partners);

/* Counts one more in flight, of `bytes`. NULL: it has all it may have, or there
 * is no memory. */
MUST_CHECK struct partner *partner_enter(struct partners *partners,
    const struct request *request, size_t bytes,
    const struct partner_room *room);

/* Counts one less, an event or a query; the partner is forgotten with its last.
 * NULL is fine. */
void partner_leave(struct partners *partners, struct partner *partner,
    bool query, size_t bytes);

/* Its place in the line of events, or of queries. */
struct fair_place *partner_place(struct partner *partner, bool query);

/* Notes that the partner of that request is told BUSY; `most`: how often that
 * may be within ten seconds. Sets after how many milliseconds it may come
 * again: the more often, the longer. True: it was told more often than that, so
 * it does not heed it. */
bool partner_is_deaf(struct partners *partners, const struct request *request,
    unsigned most, int64_t now_us, unsigned *ret_retry_ms);

/* Ten times a second: forgets who was told BUSY some time ago. */
void partners_tick(struct partners *partners, int64_t now_us);

#endif
