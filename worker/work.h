/* One batch at work; private to serve.c and its parts:
 *
 *	submit.c  a partner's event: rights, then ruling
 *	system.c  day, program, due
 *	aside.c   quarantine: what is not decoded, and what is tried again
 *	load.c    reads what is not held
 *	stage.c   what an event changes: rows, chains, messages
 *	done.c    tells creditd
 */
#ifndef WORKER_WORK_H
#define WORKER_WORK_H

#include "cache.h"
#include "event.h"
#include "ledger_write.h"
#include "post.h"
#include "uplink.h"

#define DUE_LEAST                                                              \
	((size_t)16) /* members that one system event rules: so many … */
#define DUE_MOST ((size_t)512) /* … as its pace allows */

/* An event of the batch. */
struct job {
	struct parcel *given;  /* as it came */
	struct parcel *parcel; /* likewise; of a redrive: the partner's */
	size_t place;          /* in order of arrival */
	bool done;             /* creditd was told */
	bool answered;         /* verb and body below are set */
	enum link_answer verb;
	struct text body; /* in the attempt's arena */
	struct held_stream *stream;
	const struct organization *organization;

	struct event event; /* a partner's, decoded */
	struct text source; /* who says it */
	struct held *held;

	enum event_type type; /* a system event's, and what it says */
	struct text id;
	date_t date;
	int32_t revision;
	bool known;             /* it was stored before */
	struct aside_key aside; /* of a SET_ASIDE or redrive */
	bool redrive;
	struct text author;  /* who asks for the redrive */
	struct text refusal; /* of a redrive that is refused undone */
	bool unavailable;    /* the answer says so: nothing is settled */
	struct held **due;   /* members to rule */
	size_t due_count;
	bool due_more;
};

/* A stream that gets rows in this attempt. */
struct staged {
	struct held_stream *stream;
	struct head before;
	size_t rows;
	bool won;
};

/* A message to be told to creditd. */
struct told {
	int32_t stream;
	int64_t offset;
	uint8_t chain[CHAIN_SIZE];
	struct text topic, body;
};

/* A stored balance or request to be brought up to date. */
struct touch {
	struct touch *next;
	bool is_request;
	struct text name; /* designation or request */
	date_t starts_on; /* balances */
	int64_t version;  /* of the last message; 0: keep */
};

struct work {
	struct pg *pg;
	struct programs *programs;
	struct cache *cache;
	struct uplink *uplink;
	uint8_t key[EVENT_KEY_SIZE];
	const char *pause_before_commit;

	struct job *job;
	size_t jobs, room;
	struct arena arena; /* of the batch: decoded events */

	/* One attempt to serve some of the jobs. */
	struct arena attempt;      /* answers, messages, touches */
	struct arena scratch;      /* of one event */
	struct wire_writer out;    /* of one answer or message */
	struct wire_writer stored; /* of one fact */
	struct ledger_batch rows;
	struct staged *staged;
	size_t staged_count, staged_room;
	struct told *told;
	size_t told_count, told_room;
	struct held *touched; /* by next_touched */
	struct held **used;   /* members that are in the batch */
	size_t used_count, used_room;
	bool failed; /* out of memory: the attempt is void */

	size_t due_at_once;      /* members that one system event rules now */
	date_t partitions_until; /* made already, for months up to here */
	int64_t programs_at;     /* when they were last asked for, ms */
};

/* A list that doubles; NULL without memory (the list stays). */
void *work_grow(void *list, size_t count, size_t *room, size_t size);

/* ---- submit.c */

/* Decodes a partner's event and checks its rights; answers what is refused. */
void submit_check(struct work *work, struct job *job);
/* Rules it, stages what it changes, answers it. */
void submit_rule(struct work *work, struct job *job);
/* Answers REFUSED; the text lives in `arena`. */
void work_refuse(struct work *work, struct job *job, struct arena *arena,
    const char *code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Answers with what stands in work->out. */
void work_answer(struct work *work, struct job *job, struct arena *arena,
    enum link_answer verb);

/* ---- system.c */

MUST_CHECK bool system_check(struct job *job);
void system_rule(struct work *work, struct job *job);
/* Brings a member to a date and revision, with a row of its own if that changes
 * anything. Returns 0 or an error of member_rule(). */
MUST_CHECK int system_renew(struct work *work, struct held *held, date_t today,
    int32_t rules, int64_t at);

/* A row about the whole stream, with the job's type and id. */
void system_stage(
    struct work *work, struct job *job, date_t today, int32_t rules);

/* ---- aside.c */

/* Answers jobs whose bytes are set aside; the others are left. */
MUST_CHECK enum pg_class aside_look_up(struct work *work);
void aside_check(struct work *work, struct job *job);
void aside_rule(struct work *work, struct job *job);
/* Whether the job's bytes are set aside; asked behind the stream's head. */
MUST_CHECK enum pg_class aside_load(struct work *work, struct job *job);
MUST_CHECK enum pg_class redrive_check(struct work *work, struct job *job);
void redrive_rule(struct work *work, struct job *job);

/* ---- load.c */

/* Sets the jobs' streams and members, reading those that are not held. */
MUST_CHECK enum pg_class load_jobs(
    struct work *work, struct job **job, size_t count);
/* Asks for programs that are not held, at most once a second. */
void load_programs(struct work *work);

/* ---- stage.c */

/* A row of `event` to be. */
struct stage_row {
	struct held_stream *stream;
	struct held *held; /* NULL: about the whole stream */
	enum event_type type;
	struct text source, id;
	int64_t at;
	date_t received_on, today;
	int32_t rules;
	enum outcome outcome;
	enum reason reason;
	const uint8_t *digest;   /* NULL: a system row */
	struct text fact;        /* absent: a system row */
	struct text body;        /* absent: a system row */
	const struct post *post; /* entries and messages; may be NULL */
};
/* Adds the row with all that follows from it, and moves head and member on. */
void stage_add(struct work *work, const struct stage_row *row);
/* What post_difference() wants to know of the row that comes next. */
struct post_event stage_next(const struct held *held, struct text source,
    struct text id, int64_t at, int32_t rules);
/* The member's due date has to be written. */
void stage_touch_due(struct work *work, struct held *held);
/* Balances, requests and due dates as they are after the last event; fences. */
void stage_finish(struct work *work);
/* Forgets all that was staged; members and heads stay as they are. */
void stage_reset(struct work *work);

/* ---- done.c */

/* Tells creditd the answers of these jobs, the messages and heads of the won
 * streams. */
void done_tell(struct work *work, struct job **job, size_t count);
/* The heads of streams, and all organizations; for HELLO, too. */
void done_write_heads(
    struct wire_writer *writer, const struct head *const *head, size_t count);
void done_write_organizations(
    struct wire_writer *writer, const struct programs *programs);

#endif
