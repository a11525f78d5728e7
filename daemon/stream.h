/* Streams: one FIFO each, at one worker at a time.
 *
 * Before the FIFO, partners' events wait for their fair share (fair.h): each
 * partner's in their order. An event is taken into the FIFO, its place among
 * the others' settled and its time stamped, when it is first given to a worker;
 * its date is that of its arrival.
 *
 *   state     at a worker?  waits?   in which list
 *   IDLE      no            no       none
 *   READY     no            yes      streams.ready: any worker may take it
 *   SUSPECT   no            yes      streams.suspect: what comes next may
 *                                    bring workers down (isolation only)
 *   HELD      yes           no, or   holder.held
 *                           suspects
 *   FED       yes           yes      holder.held, holder.ready
 *   MOVING    yes           any      holder.held: is fed no more until the
 *                                    worker has answered all of it
 *
 * A stream belongs to a worker exactly while events of it are there. */
#ifndef DAEMON_STREAM_H
#define DAEMON_STREAM_H

#include <stdint.h>
#include <sys/queue.h>

#include "flight.h"

struct organization;

enum stream_state {
	STREAM_IDLE,
	STREAM_READY,
	STREAM_SUSPECT,
	STREAM_HELD,
	STREAM_FED,
	STREAM_MOVING
};

TAILQ_HEAD(stream_list, stream);

/* What a worker is to its streams. */
struct holder {
	struct stream_list held;
	struct stream_list ready;
	unsigned held_count;
	unsigned moving_count; /* of these */
};

/* What creditd knows of the stream's date and of members that are due; kept
 * by calendar. */
struct stream_dates {
	date_t today;      /* as ruled; DATE_NONE: no events yet */
	date_t asked;      /* the latest DAY that was put into the stream */
	unsigned days;     /* DAY events in flight */
	unsigned dues;     /* DUE events in flight, 0 or 1 */
	unsigned programs; /* PROGRAM events in flight */
	bool due;          /* members still wait to be ruled again */
	bool unsure;       /* a DAY was settled and no head came with it */
	int32_t program;   /* the latest PROGRAM that was put into the stream */
	int64_t seq;       /* the last one known */
	int64_t due_seq;   /* `seq` when the last DUE was put in … */
	unsigned due_again;  /* … and how many had the same */
	uint32_t heads_seen; /* heads that workers told */
	uint32_t hello;      /* serial of the worker whose HELLO told it last */
};

/* How far its changes are published; kept by feed. */
struct stream_feed {
	int64_t published;       /* the last offset that went out */
	int64_t head;            /* the last one known to be committed */
	unsigned char chain[16]; /* at `published` */
	bool chain_known;
	bool known;            /* a worker told its head */
	bool fresh;            /* nothing went out since the start */
	bool verify;           /* the database may have gone back */
	bool risen;            /* head was told since the FETCH was sent */
	bool behind;           /* in feed.behind or feed.fetching */
	int64_t fetch;         /* ticket of the FETCH under way, or 0 */
	uint32_t reader;       /* serial of the worker that has it */
	int64_t wait_until_us; /* the FETCH's deadline, or not before */
	TAILQ_ENTRY(stream) link;
};

enum stream_lane { LANE_NORMAL, LANE_LOW, LANE_COUNT };

struct stream {
	int32_t number;
	struct organization *organization;
	enum stream_state state;
	struct flight_list lane[LANE_COUNT]; /* waiting */
	struct fair_queue fair;  /* partners' events: behind the normal lane */
	struct flight_list sent; /* at the worker, in order */
	unsigned waiting, at_worker; /* how many */
	unsigned turn;               /* so that the low lane gets its */
	struct holder *holder;       /* while at_worker > 0 */
	uint32_t home;               /* serial of the worker that had it last */
	uint32_t moving_to; /* serial of the worker that shall have it, or 0 */
	TAILQ_ENTRY(stream) held_link;
	TAILQ_ENTRY(stream) ready_link;
	int64_t asides; /* bytes of it that are set aside */
	struct stream_dates dates;
	struct stream_feed feed;
};

struct streams {
	struct stream_list ready;
	struct stream_list suspect;
	struct fair_time time;
	size_t waiting; /* events, in all streams */
	size_t at_worker;
};

void streams_init(struct streams *streams);
void holder_init(struct holder *holder);
void stream_init(
    struct stream *stream, int32_t number, struct organization *organization);

/* Puts a WAITING flight at the end of its lane; a partner's event where its
 * fair share has it. A system event of the normal lane closes what is there: it
 * goes behind all of it, and in front of all that comes. */
void stream_push(
    struct streams *streams, struct stream *stream, struct flight *flight);

/* The flight whose turn it is, still waiting; NULL if none waits. */
struct flight *stream_next(struct stream *stream);

/* The flight that is next and suspected, or NULL. */
struct flight *stream_suspect(const struct stream *stream);

/* stream_next() is now at `holder`, which must have the stream or nobody. */
void stream_give(struct streams *streams, struct stream *stream,
    struct flight *flight, struct holder *holder);

/* Takes a flight out, wherever it is; the caller frees it. */
void stream_remove(
    struct streams *streams, struct stream *stream, struct flight *flight);

/* The worker is lost: all that is there waits again, before everything else
 * and in its old order. GIVEN_UP flights must be removed before, but for
 * orphans. Returns how many. */
size_t stream_reclaim(struct streams *streams, struct stream *stream);

/* Not fed any more until it is drained, then for the worker `serial`; 0 calls
 * it off. */
void stream_move(
    struct streams *streams, struct stream *stream, uint32_t serial);

/* To the end of its ready list: others get their turn. */
void stream_rotate(struct streams *streams, struct stream *stream);

const char *stream_state_name(enum stream_state state);

#endif
