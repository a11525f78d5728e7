/* A world that can be run again: creditd's core as it is compiled for the
 * program, on a virtual clock and network, among models of partners, workers,
 * subscribers and the database.
 *
 *	clockwork.c  virtual time, chance, the trace, promises
 *	net.c        connections; what the core's sockets are replaced by
 *	creditd.c    creditd's core wired as in broker.c; it may crash and pause
 *	database.c   streams, the fence, transactions, locks, restores
 *	worker.c     workers: the link, batches; and worker_batch.c
 *	partner.c    partners: they retry, and keep books of answers
 *	subscriber.c subscribers: gaps, heads, changes, snapshots
 *	fault.c      what goes wrong, and when
 *	promise.c    what must hold, all the time and in the end
 *
 * Nothing here looks at the real time or at an address: one seed, one run. */
#ifndef SIMULATION_SIM_H
#define SIMULATION_SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "date.h"
#include "link.h"
#include "text.h"

#define MS            INT64_C(1000)
#define SECOND        INT64_C(1000000)

#define ORGANIZATIONS 2
#define FIRST_STREAM  STREAM_BUCKETS /* of organization 1 */
#define STREAMS_MOST  (ORGANIZATIONS * STREAM_BUCKETS)
#define MEMBERS_MOST  12
#define SAID_MOST     600 /* events that partners say */
#define WORKERS_SIM   4
#define PARTNERS_SIM  3
#define SUBSCRIBERS   2

/* ---- clockwork.c */

typedef void step(void *arg, uint64_t tag);

struct scale { /* how large this run is */
	unsigned organizations, members, saids, workers, partners, subscribers;
	int64_t storm_us; /* how long things go wrong */
};

struct sim {
	uint64_t seed, random, digest;
	int64_t now_us;
	bool storm;      /* things still go wrong */
	int64_t calm_us; /* since when not */
	bool restores;   /* the database may be restored in this run */
	bool trace;      /* tell each step */
	struct scale scale;
	date_t today;
	int32_t revision;
	uint64_t steps;
};
extern struct sim sim;

void sim_begin(uint64_t seed, bool trace);
void sim_end(void);
/* Calls `run` after that time; steps at the same time in the order in which
 * they were asked for. */
void after(int64_t us, step *run, void *arg, uint64_t tag);
/* One step; false: nothing is left. */
bool sim_step(void);

uint64_t mix(uint64_t a, uint64_t b);
unsigned roll(unsigned below);
bool chance(unsigned per_mille);
int64_t span(int64_t from, int64_t to); /* both included */

/* Part of the trace, and of the digest that two runs of a seed share. */
void note(const char *what, int64_t a, int64_t b, int64_t c);

/* Ends the program where a promise is broken. */
#define promise(holds, name, ...)                                              \
	do {                                                                   \
		if (!(holds))                                                  \
			broken(name, __VA_ARGS__);                             \
	} while (0)
void broken(const char *name, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* ---- net.c */

enum port { PORT_WORKERS, PORT_EVENTS, PORT_CONTROL, PORT_FEED };

struct connection;
struct client {
	void *owner;
	void (*take)(void *owner, const struct text *frame, size_t count);
	void (*lost)(void *owner); /* the connection is gone */
};

/* Connects to creditd; NULL while it is away. `feed`: the organization. */
struct connection *net_connect(
    enum port port, unsigned feed, const struct client *client);
void net_send(
    struct connection *connection, const struct text *frame, size_t count);
/* It takes that much longer than others; what follows waits for it. */
void net_send_late(struct connection *connection, const struct text *frame,
    size_t count, int64_t late_us);
/* Both sides see it break, or one of them only later. NULL is fine. */
void net_break(struct connection *connection, bool silently);
/* The client is gone; nothing more reaches it. NULL is fine. */
void net_close(struct connection *connection);
int64_t net_heard_us(struct text route); /* when creditd heard it last */
unsigned net_number(struct text route);
void net_reset(void);
/* creditd reads what came; true: more is there. */
bool net_drain(void);
void net_listen(bool on);
/* Losses, repetitions and disorder on the partners' and subscribers' way. */
extern unsigned net_loss_per_mille;

/* ---- database.c */

#define CHAIN_BYTES 16
struct chain {
	uint64_t a, b;
};
struct head {
	int64_t seq, offset;
	struct chain chain, feed;
	date_t today;
	unsigned due; /* members to be ruled again */
	int32_t rules;
};
struct row {
	struct head after;
	int said; /* or -1: a system event */
	int attempt;
	uint64_t id; /* of a system event */
	int64_t received_us, epoch, committed_us;
	date_t received_on;
};
struct posted {
	struct chain chain;
	int member;
	struct chain cause;
};
/* What a batch does to one stream. */
struct staged {
	int stream; /* 0 … STREAMS_MOST - 1 */
	struct head before, after;
	struct row *row;
	struct posted *change;
	size_t rows, changes, row_room, change_room;
	bool passed, won;
};
enum written { WRITTEN, WRITTEN_IN_PART, ROLLED_BACK };
struct transaction {
	struct staged *staged;
	size_t count, next;
	unsigned backend; /* the connection it runs on */
	void *owner;
	uint64_t tag;
	void (*done)(
	    void *owner, struct transaction *transaction, enum written written);
	bool killed;
	struct transaction *following;
};

void database_begin(void);
void database_end(void);
bool database_is_up(void);
/* A connection's number, 0 where there is none to be had. */
unsigned database_connect(void);
unsigned database_generation(void); /* how often it was started */
bool database_has(unsigned backend);
/* Takes the transaction; `done` is called unless the connection is lost. */
void database_write(struct transaction *transaction);
void transaction_free(struct transaction *transaction);
struct staged *transaction_stage(
    struct transaction *transaction, int stream, const struct head *head);
void stage_row(struct staged *staged, const struct row *row);
void stage_change(struct staged *staged, const struct posted *change);

const struct head *database_head(int stream);
const struct posted *database_change(int stream, int64_t offset);
const struct row *database_row(int stream, int64_t seq);
/* Where the partner's event stands, NULL: nowhere. */
const struct row *database_said(int said);
bool database_has_system(int stream, uint64_t id);
/* That message was committed once, even if a restore took it away. */
bool database_ever(int stream, int64_t offset, struct chain chain);
bool chain_equal(struct chain a, struct chain b);
bool database_was_restored(void);
int64_t database_delay(void);

void database_stop(int64_t us);
void database_slow(int64_t us);
void database_read_only(int64_t us);
void database_lock(int stream, int64_t us); /* -1: all of it */
void database_kill(unsigned backend);       /* pg_terminate_backend */
void database_restore(int64_t to_us);

/* ---- creditd.c */

struct dispatch *creditd_dispatch(void); /* NULL: it is away */
int creditd_feed(unsigned organization);
void creditd_begin(void);
void creditd_start(void);
void creditd_end(void);
void creditd_kill(int64_t away_us);
void creditd_stop(int64_t away_us); /* as by SIGTERM */
void creditd_pause(int64_t us);
bool creditd_is_paused(void);
/* When it last stood still, or began. */
int64_t creditd_steady_since_us(void);
void creditd_wake(void);
void creditd_no_room(int64_t us);
int64_t creditd_epoch(void);
int64_t creditd_answer_us(void);
/* It sent that frame to a worker. */
void creditd_gave(struct text route, struct text frame);

/* ---- worker.c */

void workers_begin(void);
void workers_end(void);
void worker_kill(unsigned worker, int64_t away_us);
void worker_stop(unsigned worker, int64_t away_us);
void worker_pause(unsigned worker, int64_t us);
void worker_break(unsigned worker, bool silently);
void worker_cut_database(unsigned worker, bool terminate);
bool worker_is_writing(unsigned worker);
void workers_cut_database(void); /* all, it is gone */
bool worker_is_at_rest(unsigned worker);
/* It hears what became of its batch; and how to forget such a step. */
step worker_hear;
void worker_hear_void(void *arg);

/* ---- partner.c */

struct member {
	int stream;
	unsigned organization; /* 0, 1 */
	char key[32];
};
struct said {
	int member;
	unsigned partner;
	uint32_t content;
};
extern struct member members[MEMBERS_MOST];
extern struct said saids[SAID_MOST];
extern const char *const organization_names[ORGANIZATIONS];

/* The body of a SUBMIT, and of its RESULT. */
struct submit_body {
	int said, attempt;
	uint32_t content;
};
enum result_outcome { RESULT_APPLIED, RESULT_CONFLICT };
struct result_body {
	int said;
	int outcome;
	int64_t seq;
	struct chain chain;
};

void partners_begin(void);
void partners_restored(void); /* they were told to send all again */
void partner_break(unsigned partner, bool silently);
void partner_flood(unsigned partner);
bool partners_are_done(void);
/* What becomes of an attempt. */
enum fate { FATE_OPEN, FATE_RESULT, FATE_UNAVAILABLE, FATE_REFUSED };
enum fate attempt_fate(int attempt);
int attempt_said(int attempt);
unsigned attempt_taken_times(int attempt);
unsigned attempt_connection(int attempt); /* of its partner's, which one */
int64_t attempt_turn(int attempt);        /* when creditd took it first */
bool attempts_are_checked(void);          /* no restore was just now */
void attempt_taken(struct text tag);
void attempt_replied(struct text tag, struct text verb, struct text body);
void attempts_void(void); /* creditd is gone: nobody will answer them */
void attempts_check(void);
void operator_today(void);
void operator_program(void);
void partners_check_end(void);

/* ---- operator.c */

void operator_begin(void);
bool operator_is_done(void);

/* ---- subscriber.c */

enum { ASK_CHANGES = 1, ASK_BALANCES };
struct position {
	int32_t stream;
	int64_t offset;
	struct chain chain;
};
struct ask {
	int what, organization;
	unsigned positions;
	struct position position[STREAM_BUCKETS];
};
/* A message of the feed. */
struct message_body {
	int32_t stream;
	int64_t offset;
	struct chain chain;
	int member;
	struct chain cause;
};
void subscribers_begin(void);
void subscriber_break(unsigned subscriber);
void subscriber_sleep(unsigned subscriber, int64_t us);
bool subscribers_have_all(void);
void subscribers_check_end(void);
bool is_heads(struct text topic);
/* Reads a message of heads. */
bool heads_read(struct text body, int64_t *ret_epoch,
    void (*each)(void *arg, const struct position *head), void *arg);

/* ---- fault.c */

void faults_begin(void);
void faults_print(void);

/* ---- promise.c */

void promises_begin(void);
void promise_given(struct text route, struct text frame);
void promise_done(struct text route, struct text frame);
void promise_committed(int stream, const struct row *row);
void promise_published(
    unsigned organization, struct text topic, struct text body, int64_t epoch);
void promise_sent(unsigned organization, struct text topic, struct text body);
void promise_started(void);
void promise_restored(void);
void promise_turn(bool deep);
bool promise_feed_is_complete(void);
/* Everybody has got what is due to them; else `why` names what is missing. */
bool promise_all_is_done(const char **why);
extern char missing[200]; /* what is not done yet */
void promise_end(void);

#endif
