/* Accepted events and queries that are not answered yet, and their deadlines.
 *
 *            take             give                 settle
 *   FREE ──────────▶ WAITING ──────▶ SENT ────────────────────▶ FREE
 *                     │   ▲           │ │        worker's answer   ▲
 *            expired  │   └───────────┘ │ expired                  │
 *                     ▼   worker lost   ▼        answer, or loss   │
 *                    FREE            GIVEN_UP ─────────────────────┘
 *
 * GIVEN_UP: the partner was told UNAVAILABLE, but a worker has the event and
 * its stream may not go elsewhere before that worker answers or is lost. A
 * suspect (dispatch_isolate.c) then waits again, an orphan: nobody hears its
 * answer, but what it does to workers has to be found out. */
#ifndef DAEMON_FLIGHT_H
#define DAEMON_FLIGHT_H

#include <stdint.h>
#include <sys/queue.h>

#include "codes.h"
#include "date.h"
#include "fair.h"
#include "request.h"

struct partner;
struct stream;
struct worker;

enum flight_kind {
	FLIGHT_EVENT,  /* a partner's SUBMIT */
	FLIGHT_SYSTEM, /* DAY, PROGRAM …: nobody to answer, no deadline */
	FLIGHT_QUERY   /* a partner's QUERY */
};

enum flight_state { FLIGHT_FREE, FLIGHT_WAITING, FLIGHT_SENT, FLIGHT_GIVEN_UP };

struct flight {
	int64_t ticket; /* slot and generation: never seen twice */
	enum flight_kind kind;
	enum flight_state state;
	TAILQ_ENTRY(flight) link; /* in the list that its state says */
	TAILQ_ENTRY(flight) by_deadline;
	struct fair_link fair; /* its place among those of other partners */
	int64_t deadline_us;
	struct stream *stream;   /* events; NULL for queries */
	struct worker *worker;   /* SENT and GIVEN_UP: who has it */
	struct partner *partner; /* who it is counted for, or NULL */
	struct request request;  /* its text lies in `store` */
	char *store;
	size_t store_size;
	int64_t received_us; /* when it was taken into its stream's order … */
	bool stamped;        /* … which a worker has seen */
	date_t received_on;
	/* what it did to workers */
	unsigned losses;  /* workers that were lost while they had it */
	unsigned strikes; /* … had nothing else, had said TAKEN, others well */
	bool trial;       /* given alone, to be acknowledged */
	bool taken;       /* it was: the worker waits for, or has, its BEGIN */
	bool orphan;      /* nobody waits for its answer any more */
	/* system events */
	enum event_type type;
	bool low;              /* goes behind partners' events */
	uint32_t control;      /* the operator's request that waits, or 0 */
	uint32_t heads_seen;   /* the stream's heads_seen when it was sent */
	int64_t not_before_us; /* parked by the calendar until then */
};

#define FLIGHT_SUSPECT_LOSSES 2 /* one loss is mostly somebody else's fault */
#define FLIGHT_STRIKES_MOST   3

/* It may be what brings workers down: it is given in small groups only. */
static inline bool flight_is_suspect(const struct flight *flight)
{
	return flight->losses >= FLIGHT_SUSPECT_LOSSES;
}

TAILQ_HEAD(flight_list, flight);

struct flights {
	struct flight **chunks; /* slots, never moved */
	size_t chunk_count;
	struct flight_list free;
	struct flight_list deadlines; /* all wait equally long: a FIFO */
	size_t in_flight;             /* events and queries */
	size_t system;                /* system events */
	size_t orphans;               /* of in_flight */
	size_t bytes;                 /* in all stores */
};

void flights_init(struct flights *flights);
void flights_fini(struct flights *flights);

/* A WAITING flight with a copy of `request` (its fd is dropped); NULL without
 * memory. The caller fills in the rest. Once taken it needs no more memory. */
MUST_CHECK struct flight *flight_take(struct flights *flights,
    enum flight_kind kind, const struct request *request);

/* Gives it back. It must be in no list but that of deadlines. */
void flight_free(struct flights *flights, struct flight *flight);

/* The flight of a ticket; NULL if it is settled. */
struct flight *flight_find(const struct flights *flights, int64_t ticket);

/* The only writer of `state`. */
void flight_set_state(struct flight *flight, enum flight_state state);

/* Puts it behind all others that have a deadline. */
void flight_expect(
    struct flights *flights, struct flight *flight, int64_t deadline_us);
/* The flight whose deadline passed the longest ago, or NULL. */
struct flight *flight_expired(const struct flights *flights, int64_t now_us);
/* It has no deadline any more. */
void flight_forgive(struct flights *flights, struct flight *flight);

/* Nobody waits for its answer; it has no deadline any more. */
void flight_orphan(struct flights *flights, struct flight *flight);

/* Frees the text of a flight that nobody waits for. */
void flight_drop_text(struct flights *flights, struct flight *flight);

#endif
