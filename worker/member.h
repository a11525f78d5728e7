/* What is held of a member: facts, rows, ledger entries and how it stands.
 *
 * A record with its own memory and no I/O: ledger.h fills it, cache.h keeps
 * it. It is a copy of what the database says after the last row of `row`, and
 * true exactly as long as the fence of its stream holds. */
#ifndef WORKER_MEMBER_H
#define WORKER_MEMBER_H

#include "programs.h"
#include "rule.h"

#define MEMBER_FACTS_MOST     5000   /* not rejected; more are refused */
#define MEMBER_REVERSALS_MOST 5100   /* up to here a reversal is still taken */
#define MEMBER_ROWS_MOST      100000 /* rejected ones and system rows included */

/* One row of `event` that is about the member: a fact, or a system row behind
 * which the member was ruled again. In order of seq. */
struct row {
	int64_t seq;
	date_t today;        /* the date and … */
	int32_t rules;       /* … the revision that ruled at it */
	int32_t version;     /* the member's version after it */
	int64_t feed_offset; /* the stream's last offset after it */
	int64_t received_at; /* microseconds */
	size_t fact;         /* index of its fact, or NO_FACT: a system row */
	struct text id;      /* of a system row: "day:2026-07-01" */
	enum outcome outcome;
	enum reason reason;
	uint8_t digest[FACT_DIGEST_SIZE];
};

/* A line of the ledger. In order of number, which begins at 1. */
struct entry {
	int32_t number;
	int64_t seq;   /* of the row that posted it */
	int64_t cause; /* seq of its cause's row */
	enum account account;
	enum entry_kind kind;
	struct text designation; /* credits only */
	date_t period_starts_on; /* credits only, else DATE_NONE */
	int64_t value;           /* credit_t or money_t */
	credit_t total;          /* credits: the period's after it */
	struct text currency;    /* money only */
	int32_t rules;
};

/* What stands posted for one key: the sum of its entries. Sorted by key. */
struct sum {
	int64_t cause;
	enum account account;
	struct text designation;
	date_t period_starts_on;
	int64_t value;
	struct text currency;
	bool wanted; /* used while a difference is taken */
};

struct member {
	struct text name;     /* "organization/number" */
	int32_t organization; /* its number */
	int32_t stream;
	struct arena arena; /* name, and all text of facts and entries */
	struct fact *fact;  /* in order of seq */
	size_t facts, facts_room;
	struct row *row;
	size_t rows, rows_room;
	struct entry *entry;
	size_t entries, entries_room;
	struct sum *sum;
	size_t sums, sums_room;
	int32_t version; /* messages so far */
	bool damaged;    /* a stored fact can't be read: not ruled */

	/* How it stands: the ruling of all facts at the last row's date and
	 * revision, or at a later one that made no difference. Only what a
	 * difference needs of it: program, dates, periods and requests, all in
	 * one piece of memory (standing.c). */
	struct ruling standing;
	void *standing_memory;
	size_t standing_size;
	bool has_standing;
	date_t ruled_on;
	int32_t ruled_by;
};

/* An empty member. The name is copied. Returns 0 or -ENOMEM. */
MUST_CHECK int member_init(struct member *member, struct text name,
    int32_t organization, int32_t stream);
void member_fini(struct member *member);
/* About how many bytes it holds. */
size_t member_size(const struct member *member);

/* Each appends one and copies its text; -ENOMEM leaves the member as it was.
 * A fact's seq must be greater than that of all before it. */
MUST_CHECK int member_add_fact(struct member *member, const struct fact *fact);
/* The fact as it is stored: `stored` is fact_write()'s form, `head` gives seq,
 * source, id, type and received_on. -EBADMSG if it can't be read. */
MUST_CHECK int member_add_stored_fact(
    struct member *member, const struct fact *head, struct text stored);
MUST_CHECK int member_add_row(struct member *member, const struct row *row);
/* Also adds it to the sums. */
MUST_CHECK int member_add_entry(
    struct member *member, const struct entry *entry);

/* Keeps of a ruling how the member stands; nothing in it is borrowed but the
 * program. -ENOMEM leaves what stood before. */
MUST_CHECK int member_stand(struct member *member, const struct ruling *ruling);

/* The row of that source and id, or NULL. Facts only. */
const struct row *member_find(
    const struct member *member, struct text source, struct text id);
/* The index of the fact of that seq, or NO_FACT. */
size_t member_fact_of(const struct member *member, int64_t seq);
/* The sum of that key, or NULL. */
struct sum *member_sum(struct member *member, int64_t cause,
    enum account account, struct text designation, date_t period_starts_on);

/* By which date and revision a member is ruled. */
struct ruled_at {
	date_t today;
	int32_t rules;
};

/* Rules the first `facts` facts at a date under a revision. Returns 0,
 * -ENOENT (no such program), or rule_member()'s errors. */
MUST_CHECK int member_rule(const struct member *member, size_t facts,
    struct programs *programs, struct ruled_at at, struct arena *arena,
    struct ruling *ret);

/* The ruling before and that after row number `row`: the facts before it at
 * the previous row's date and revision, and those up to it at its own. */
MUST_CHECK int member_rule_at(const struct member *member, size_t row,
    struct programs *programs, struct arena *arena, struct ruling *ret_before,
    struct ruling *ret_after);

#endif
