/* The worker's end of the link with creditd (common/link.h).
 *
 * Messages that wait are taken over at once and queued here, events apart from
 * queries, so that neither keeps the other waiting. Beats come only from the
 * main loop and from its one other wait, the database's: a worker that hangs
 * does not beat. */
#ifndef WORKER_UPLINK_H
#define WORKER_UPLINK_H

#include <stdint.h>

#include "date.h"
#include "frame.h"
#include "link.h"
#include "queue.h"
#include "wire.h"

/* An EVENT, SET_ASIDE, QUERY or FETCH as it came; all text is in the same
 * piece. */
struct parcel {
	TAILQ_ENTRY(parcel) link;
	enum link_verb verb;
	int64_t ticket;
	enum link_event_kind kind; /* EVENT */
	int32_t stream;            /* EVENT FETCH */
	bool urgent;               /* EVENT_DAY, EVENT_PROGRAM: what came
				    * later to its stream stays behind it */
	uint64_t number;           /* EVENT: in order of arrival */
	struct text source;        /* EVENT QUERY; empty: not authenticated */
	uint32_t submit, flags;    /* EVENT QUERY: rights */
	int64_t received_at;       /* EVENT QUERY: microseconds */
	date_t received_on;        /* EVENT; QUERY: the organization's today */
	int64_t asides;            /* EVENT: bytes of the stream set aside */
	struct text reason;        /* SET_ASIDE */
	struct text key;      /* QUERY: frame 4; EVENT: likewise, if said */
	int64_t after, limit; /* FETCH */
	struct text body;
};
TAILQ_HEAD(parcel_list, parcel);

struct uplink {
	void *context, *socket;
	struct frames frames;
	struct wire_writer out;
	struct parcel_list events, system, queries;
	struct parcel *trial;            /* waits for its BEGIN, or NULL */
	size_t event_count, query_count; /* events: both lists */
	size_t urgent_count;             /* in `system` */
	uint64_t numbers;                /* of events, so far */
	unsigned batches;      /* since an event of `system` had its turn */
	bool welcome;          /* creditd knows this worker */
	bool bye;              /* creditd answered BYE */
	char turned_away[256]; /* why, if it was */
	int64_t epoch;
	int64_t hello_at;  /* when HELLO was sent, ms; 0: never */
	int64_t heard_at;  /* when creditd was last heard, ms */
	int64_t beaten_at; /* when a beat was last sent, ms */
	int beat_ms;
	enum link_database database;
	char message[256]; /* why the database is away */
};

/* Connects in the background. Returns 0 or a negative errno (endpoint). */
MUST_CHECK int uplink_init(struct uplink *uplink, const char *endpoint);
void uplink_fini(struct uplink *uplink);

/* Waits until creditd says something, at most so long. */
void uplink_wait(struct uplink *uplink, int timeout_ms);
/* Takes over all messages that wait. */
void uplink_receive(struct uplink *uplink);
/* Sends a BEAT if it is time for one. */
void uplink_beat(struct uplink *uplink);
/* What the beats say from now on; a change is told at once. */
void uplink_set_database(
    struct uplink *uplink, enum link_database database, const char *message);
/* Whether it is time to say HELLO (again): creditd asked for it, forgot us, or
 * was not heard for long. */
bool uplink_wants_hello(struct uplink *uplink);

/* The event whose turn it is, or NULL; it stays where it is. Partners' events
 * in order of arrival; between their batches the system's, so that a day, a
 * program or members that are due in 64 streams keep nobody waiting. Members
 * that are due are in no hurry at all. */
struct parcel *uplink_first_event(const struct uplink *uplink);
/* Takes it; the caller frees it, or puts it back to the front. */
void uplink_take_event(struct uplink *uplink, struct parcel *parcel);
void uplink_return_event(struct uplink *uplink, struct parcel *parcel);
/* A batch was begun with it: whose turn it is next depends on that. */
void uplink_note_batch(struct uplink *uplink, const struct parcel *first);
/* The next query in order of arrival, or NULL. The caller frees it. */
struct parcel *uplink_next_query(struct uplink *uplink);
/* Forgets what waits: its tickets are void after a HELLO. */
void uplink_forget(struct uplink *uplink);

/* An empty writer with [verb, …] of so many items begun, then its sending.
 * False: creditd is not there (what was to be said is lost; it will ask). */
struct wire_writer *uplink_begin(
    struct uplink *uplink, enum link_verb verb, uint32_t items);
bool uplink_send(struct uplink *uplink);
/* The same without waiting for room. */
bool uplink_send_now(struct uplink *uplink);

int64_t uplink_now_ms(void);

#endif
