/* The journey of an event through the daemon, on one page.
 *
 *   partner ─▶ ingress ─▶ dispatch_submit ─▶ stream FIFO
 *                │              │ REFUSED: unknown, full, no worker
 *                ▼              ▼
 *   dispatch_turn: stream ─▶ worker, within its window ─▶ (workers)
 *   dispatch_answer: worker's answer ─▶ out of the stream ─▶ partner
 *   dispatch_lose: worker lost ─▶ back to the head of its streams
 *   dispatch_isolate: which of them brings workers down?
 *   dispatch_tick: deadlines, silence, midnights, balance
 *
 * Here are all decisions and no socket: messages and the time come as
 * arguments, and what is to be sent goes through `struct dispatch_out`. */
#ifndef DAEMON_DISPATCH_H
#define DAEMON_DISPATCH_H

#include "calendar.h"
#include "control.h"
#include "directory.h"
#include "feed.h"
#include "flight.h"
#include "partner.h"
#include "pool.h"
#include "reply.h"
#include "stats.h"
#include "stream.h"

struct dispatch_limits {
	unsigned in_flight; /* events and queries, in all */
	unsigned in_flight_per_partner;
	size_t bytes; /* of their bodies */
	size_t bytes_per_partner;
	int64_t answer_us; /* then UNAVAILABLE */
	int64_t dead_us;   /* a worker's silence */
};

struct dispatch_out {
	void *arg;
	/* Sends an event or a query to a worker: 0 or a negative errno
	 * (-EHOSTUNREACH: it is gone). */
	int (*give)(
	    void *arg, const struct worker *to, const struct flight *flight);
	/* Answers what is about creditd itself: QUERY feeds and status. */
	void (*local)(
	    void *arg, const struct request *request, const char *query);
	/* Opens the feed of an organization that is new. */
	void (*opened)(void *arg, struct organization *organization);
	/* Cuts a partner's connection. */
	void (*cut)(void *arg, const struct request *request);
	struct feed_out feed;
	void (*reply)(void *arg, const struct request *to, const char *verb,
	    struct text body);
};

/* The search for what brings workers down; see dispatch_isolate.c. */
struct isolation {
	uint32_t worker;    /* serial of who tries suspects; 0: nobody */
	unsigned workers;   /* the most that ever were there at once */
	int64_t lost_us;    /* when a worker with events was lost last */
	int64_t doubt;      /* ticket of who may get a strike; 0: nobody */
	int64_t since_us;   /* its worker was lost then */
	bool was_last;      /* … and no other was there */
	uint32_t witnesses; /* workers up to this serial were there */
};

struct dispatch {
	struct dispatch_limits limits;
	struct dispatch_out out;
	struct stats stats;
	struct clock *clock;
	struct directory directory;
	struct flights flights;
	struct partners partners;
	struct streams streams;
	struct pool pool;
	struct calendar calendar;
	struct feed feed;
	struct control control;
	struct reply reply;
	struct isolation isolation;
	int64_t now_us;            /* of the last turn, tick or message */
	struct fair_queue queries; /* that wait for a worker */
	struct fair_time query_time;
	unsigned queries_waiting;
	bool ready;          /* a worker told all there is */
	int64_t unusable_us; /* since when no worker is; 0: one is */
};

void dispatch_init(struct dispatch *dispatch,
    const struct dispatch_limits *limits, const struct dispatch_out *out,
    struct clock *clock, int64_t epoch);
void dispatch_fini(struct dispatch *dispatch);

/* A partner's or operator's message, checked by request_parse(). Whatever can
 * be answered at once is. */
void dispatch_request(
    struct dispatch *dispatch, const struct request *request, int64_t now_us);

/* An organization has become known, to a worker or an operator (`arg` is the
 * dispatch). */
void dispatch_open_feed(void *arg, struct organization *organization);

/* A worker said HELLO. Its organizations and heads follow, each by its own
 * call. NULL: too many workers, or no memory. */
MUST_CHECK struct worker *dispatch_hello(struct dispatch *dispatch,
    struct text route, const struct worker_hello *hello, int64_t now_us);
void dispatch_organization(
    struct dispatch *dispatch, const struct organization_facts *facts);
/* `hello`: it was in a HELLO. */
void dispatch_head(
    struct dispatch *dispatch, const struct stream_head *head, bool hello);
/* The end of that HELLO: a stream that it did not tell has no events. */
void dispatch_told(struct dispatch *dispatch, const struct worker *worker);
void dispatch_beat(struct dispatch *dispatch, struct worker *worker,
    enum link_database database, struct text message, int64_t now_us);
/* One answer of a DONE. */
struct worker_answer {
	int64_t ticket;
	enum link_answer verb;
	struct text body;
};
void dispatch_answer(struct dispatch *dispatch, struct worker *worker,
    const struct worker_answer *answer, int64_t now_us);
/* One change of a DONE. */
void dispatch_change(struct dispatch *dispatch, const struct change *change);
/* The answer to a FETCH; false: it is damaged. */
MUST_CHECK bool dispatch_fetched(struct dispatch *dispatch,
    struct worker *worker, int64_t stream, const struct fetched *fetched,
    int64_t now_us);
/* TAKEN; true: let it begin. */
MUST_CHECK bool dispatch_taken(
    struct dispatch *dispatch, struct worker *worker, int64_t ticket);
void dispatch_bye(struct dispatch *dispatch, struct worker *worker);
/* The worker is gone: what it has goes to others. `worker` is freed. */
void dispatch_lose(
    struct dispatch *dispatch, struct worker *worker, const char *why);

/* Once in each turn of the loop: gives workers what they can take. True: there
 * is more to do at once. */
bool dispatch_turn(struct dispatch *dispatch, int64_t now_us);
/* Ten times a second. */
void dispatch_tick(struct dispatch *dispatch, int64_t now_us);

/* ---- dispatch_isolate.c, for the other parts of dispatch */

/* Gives suspects to a worker that does nothing else. False: a worker was lost
 * on the way. */
MUST_CHECK bool dispatch_isolate(struct dispatch *dispatch);
/* The worker is being lost with all that it has. */
void isolate_lost(struct dispatch *dispatch, const struct worker *worker);
/* It is well, or its database is away: it said so just now. */
void isolate_heard(struct dispatch *dispatch, const struct worker *worker);
void isolate_hello(struct dispatch *dispatch, const struct worker *worker);
/* A redrive is over, or given up (`answer` NULL: it brought workers down). */
void dispatch_end_redrive(struct dispatch *dispatch, struct flight *flight,
    const struct worker_answer *answer);
/* The flight is settled: frees it. */
void dispatch_release(struct dispatch *dispatch, struct flight *flight);

/* Nothing waits for an answer. */
bool dispatch_is_empty(const struct dispatch *dispatch);
/* Answers UNAVAILABLE to all that wait; before the end. */
void dispatch_refuse_all(struct dispatch *dispatch);

#endif
