/* The difference that an event makes: ledger entries and feed messages.
 *
 * Pure: two rulings in, entries and messages out. What is posted is the
 * difference between what the ruling wants and the sum of the entries that
 * stand; what is published is what differs, by value, from the ruling before,
 * so that nothing is ever posted or published without a change. */
#ifndef WORKER_POST_H
#define WORKER_POST_H

#include "answer.h"
#include "member.h"

/* The event that a difference belongs to. */
struct post_event {
	struct text source,
	    id; /* "system" and "day:2026-07-01" for a system row */
	int64_t seq;
	int64_t at;      /* received, microseconds */
	int32_t rules;   /* revision that ruled */
	int64_t offset;  /* the stream's last offset before it */
	int32_t version; /* the member's version before it */
};

/* All in the arena that was given, or borrowed from the rulings and member. */
struct post {
	const struct member *member;
	const struct ruling *before, *after;
	struct post_event event;
	struct entry *entry;       /* new lines, numbered */
	struct posted_entry *view; /* the same, as partners see them */
	size_t entries;
	struct answer_change *change; /* messages, numbered, in feed order */
	size_t changes;
};

/* Takes the difference that `event` makes. Entries go to `ret`, not into the
 * member: add them with member_add_entry(). Returns 0 or -ENOMEM. */
MUST_CHECK int post_difference(struct member *member,
    const struct ruling *before, const struct ruling *after,
    const struct post_event *event, struct arena *arena, struct post *ret);

/* The difference that row number `row` made when it was stored: entries as
 * they stand in the ledger, messages found again by ruling. The rulings are
 * made in the arena. Returns 0 or an error of member_rule_at(). */
MUST_CHECK int post_recall(const struct member *member, size_t row,
    struct programs *programs, struct arena *arena, struct post *ret);

/* Who asks, and for what. */
struct post_asker {
	bool may_read;
	bool explain;
	bool duplicate;
	bool dry_run;
};

/* A RESULT of fact number `fact` of post->after, ready for answer_result().
 * Outcome and reason are those of its verdict. Returns 0 or -ENOMEM. */
MUST_CHECK int post_result(const struct post *post, size_t fact,
    const struct post_asker *asker, struct arena *arena,
    struct answer_result *ret);

/* Equal by value, as partners see them. */
bool post_same_period(const struct period *a, const struct period *b);
bool post_same_request(const struct request *a, const struct request *b);

#endif
