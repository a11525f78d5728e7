/* A worker of the simulation; private to worker.c and worker_batch.c. */
#ifndef SIMULATION_WORKER_H
#define SIMULATION_WORKER_H

#include <sys/queue.h>

#include "codes.h"
#include "sim.h"
#include "wire.h"

/* An event, a query or a FETCH from creditd. */
struct parcel {
	TAILQ_ENTRY(parcel) link;
	int verb; /* LINK_… */
	int64_t ticket;
	int stream;
	bool system;
	int64_t received_us, received_on;
	struct submit_body body; /* a partner's event */
	/* a system event */
	enum event_type type;
	uint64_t id;
	int64_t date, revision;
	/* a FETCH */
	int64_t after, limit;
	struct ask ask; /* a query */
	/* its answer */
	bool answered;
	struct result_body result;
};
TAILQ_HEAD(parcels, parcel);

/* What it holds in memory of a stream, true as long as its fence holds. */
struct holding {
	bool loaded;
	bool news; /* creditd was not told of this head by this worker */
	struct head head;
};
struct known { /* an event that it has seen stored */
	bool there;
	int64_t seq;
	struct chain chain;
	uint32_t content;
};

enum phase { PHASE_IDLE, PHASE_LOADING, PHASE_WRITING };

struct worker_model {
	unsigned index;
	bool up, paused, leaving, bye;
	unsigned life; /* steps of an earlier one are void */
	int64_t pause_until_us;
	struct connection *connection;
	int64_t connect_at_us;
	struct packet_list *inbox;
	/* the link, as in uplink.c */
	bool welcome, has_said_heads;
	int64_t hello_at_us, heard_at_us, beaten_at_us, beat_us, epoch;
	struct parcels events, queries, batch;
	unsigned event_count;
	/* the database */
	unsigned backend, generation;
	bool well;
	int64_t connect_database_at_us, again_at_us;
	struct holding holding[STREAMS_MOST];
	bool member_loaded[MEMBERS_MOST];
	struct known known[SAID_MOST];
	/* the batch at work */
	enum phase phase;
	uint64_t attempt; /* late replies to an earlier one are void */
	bool divide;      /* one stream at a time */
	unsigned window, query_window, batch_most;
	struct wire_writer out;
	struct stored_message *first, **last; /* came, not read yet */
};

/* ---- worker.c */

void worker_forget(struct worker_model *w, struct parcels *parcels);
void worker_send(struct worker_model *w);
struct wire_writer *worker_write(
    struct worker_model *w, enum link_verb verb, uint32_t items);
void worker_write_heads(struct wire_writer *out, const int *stream,
    const struct head *head, size_t count);
void worker_look(struct worker_model *w);
void worker_lose_database(struct worker_model *w);
/* Forgets what it holds of a stream, or of all (-1). */
void worker_drop(struct worker_model *w, int stream);

/* ---- worker_batch.c */

/* Takes what waits, and serves it. */
void batch_begin(struct worker_model *w);
/* The connection to the database is lost: the outcome is not known. */
void batch_unknown(struct worker_model *w);

/* ---- worker_query.c */

void query_answer(struct worker_model *w, const struct parcel *parcel);

#endif
