/* A fair share for each partner: who waits is served in the order of virtual
 * time (start-time fair queueing).
 *
 *  1. A flight of a partner that has nothing waiting starts now.
 *  2. Each further one starts when the partner's last one would end if it had
 *     the line to itself: its cost later.
 *  3. The one that starts the earliest is next, and the time is its start.
 *
 * So a partner with one event in flight is next, however many another has
 * waiting; a partner's own stay in their order; who comes back after a pause
 * has saved nothing up. The line is many queues (streams), or one (queries),
 * with one time. */
#ifndef DAEMON_FAIR_H
#define DAEMON_FAIR_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct flight;

/* The time of a line. */
struct fair_time {
	uint64_t now;
};

/* One partner's place in a line; zeroed: nothing waits. */
struct fair_place {
	uint64_t ends; /* its last one */
};

/* A flight's place in a queue. */
struct fair_link {
	uint64_t start;
	uint64_t number; /* of two that start at once, who came first */
	bool queued;
	struct flight *child, *next, *before; /* a pairing heap */
};

struct fair_queue {
	struct flight *first;
	uint64_t number;
};

/* Puts it in. True: nothing of its partner's is in front of it, it starts now.
 */
bool fair_push(struct fair_queue *queue, const struct fair_time *time,
    struct fair_place *place, struct flight *flight, uint64_t cost);
/* Puts back what was taken, where it was. */
void fair_return(struct fair_queue *queue, struct flight *flight);

/* Who is next; NULL: nobody waits. */
struct flight *fair_first(const struct fair_queue *queue);

/* Takes it out: it is served. */
void fair_take(
    struct fair_queue *queue, struct fair_time *time, struct flight *flight);
/* Takes it out: it is not to be served. */
void fair_remove(struct fair_queue *queue, struct flight *flight);

/* It was found to cost so much more. */
void fair_charge(struct fair_place *place, uint64_t cost);

#endif
