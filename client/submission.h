/* A submission under way: events in, answers out, counted by outcome. */
#ifndef CLIENT_SUBMISSION_H
#define CLIENT_SUBMISSION_H

#include "creditd.h"
#include "ctl.h"
#include "input.h"
#include "progress.h"
#include "results.h"

enum tally {
	TALLY_APPLIED,
	TALLY_PENDING,
	TALLY_REJECTED,
	TALLY_CONFLICT,
	TALLY_REFUSED,    /* REFUSED for good, or no event at all */
	TALLY_UNANSWERED, /* not known; safe to send again */
	TALLY_COUNT
};

struct pending;

struct submission {
	struct ctl *ctl;
	struct creditd *c;
	struct results results;
	struct progress progress;
	void *pending; /* in flight: a tree by member and id */
	size_t pending_count;
	struct pending *held;  /* waits until its twin is answered */
	bool dry_run, explain; /* put into every body */
	const char *source;
	size_t in_flight; /* most at once */
	bool is_single;   /* one event: its answer as a page */
	size_t tally[TALLY_COUNT];
	size_t duplicates, skipped, answered;
	size_t listed; /* answers shown one by one */
	bool failed;   /* input or results file broke */
	bool gave_up;  /* nothing was answered for --timeout */
	int64_t begun_ms;
};

/* Submits what `input` gives and waits for all answers. */
void submission_run(struct submission *s, struct input *input);
/* The same for one event, which it takes over. */
void submission_one(struct submission *s, json_t *event);
/* Prints the summary; returns the exit code. */
int submission_end(struct submission *s);

const char *tally_name(enum tally tally);
/* The exit code that scripts trust. */
int submission_code(const size_t tally[TALLY_COUNT], bool failed);

#endif
