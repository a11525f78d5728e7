/* A fact: what an event says, in the form that is ruled on and kept for ever.
 * No free text is in it: titles are keyed digests, people's words stay in the
 * event's body. */
#ifndef COMMON_FACT_H
#define COMMON_FACT_H

#include "arena.h"
#include "codes.h"
#include "date.h"
#include "exact.h"
#include "text.h"
#include "wire.h"

#define FACT_LIST_MOST   64
#define FACT_TEXT_MOST   128 /* longer text is kept as its head and a digest */
#define FACT_DIGEST_SIZE 16

struct text_list {
	const struct text *item;
	size_t count;
};

enum answer { ANSWER_ABSENT, ANSWER_NO, ANSWER_YES };

/* What was done. Absent text is TEXT_NONE, absent dates DATE_NONE. */
struct activity {
	date_t completed_on;
	date_t started_on;
	struct text kind, code, category;
	struct text title;    /* keyed digest of the title, or absent */
	struct text provider; /* as sent up to FACT_TEXT_MOST */
	struct text accredited_by;
	struct text grade;
	bool has_minutes;     /* minutes below are given */
	struct ratio minutes; /* contact minutes, exact (hours × 60) */
	bool has_quantity;
	credit_t quantity; /* ten-thousandths */
	enum unit unit;
	bool has_role;
	enum role role; /* ROLE_ATTENDEE if absent */
	enum answer passed;
	struct text_list topics;
	struct text_list presenter_certified_by;
};

enum decision { DECISION_APPROVED = 1, DECISION_DECLINED };

/* One fact of a member. Which members are used depends on `type`. */
struct fact {
	int64_t seq; /* of its event, in its stream; 0 in a dry run */
	struct text source, id;
	enum event_type type;
	bool has_occurred_at;
	int64_t occurred_at; /* microseconds */
	date_t received_on;

	struct text
	    designation; /* granted renewed transferred requirement? adjusted */
	date_t on;       /* granted_on renewed_on transferred_on met_on on */
	struct text jurisdiction; /* granted transferred; may be absent */
	struct text from_organization, from_number,
	    from_designation;          /* transferred */
	struct activity activity;      /* activity requested */
	struct text_list designations; /* activity requested; count 0: all */
	struct text request; /* requested evidence decided paid withdrawn */
	struct text_list evidence; /* kinds: requested evidence */
	enum decision decision;    /* decided */
	bool has_credits;     /* decided: credits are given; adjusted: true */
	credit_t credits;     /* decided adjusted */
	money_t amount;       /* paid */
	struct text currency; /* paid */
	struct text requirement; /* requirement */
	date_t expires_on;       /* requirement; DATE_NONE if absent */
	struct text target_source,
	    target_id; /* reversed; source always given */
};

/* Everything absent, type 0: where a fact made by hand begins. */
void fact_init(struct fact *fact);

/* The total order of a member's facts of one date: by source, then id. */
int fact_compare(const struct fact *a, const struct fact *b);

/* The stored form (a compact msgpack array, first item its version) without
 * seq, source, id, type and received_on, which are columns of their own. */
void fact_write(struct wire_writer *writer, const struct fact *fact);

/* Reads the stored form. `fact->type` must be set; seq, source, id and
 * received_on are left alone. Text and lists are copied into `arena`. False:
 * damaged, of a newer version, or out of memory. */
MUST_CHECK bool fact_read(
    struct text stored, struct arena *arena, struct fact *fact);

#endif
