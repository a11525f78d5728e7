/* Trying a program on all history: every member of its organization is ruled
 * by the revision in force and by the new document, and what differs is
 * counted. Reads only; memory does not grow with the history.
 *
 *   try_walk.c   members out of the database, one after the other
 *   try_member.c what differs for one member
 *   try_case.c   the same as a case to be shown, with why
 *   try_page.c   all of it for people
 *
 * The measure of a change is the total of a certification: the sum of `total`
 * over all of its periods, carried-in credits included, as its balances say. */
#ifndef CLIENT_TRY_H
#define CLIENT_TRY_H

#include <jansson.h>

#include "db.h"
#include "member.h"
#include "progress.h"
#include "rule.h"

#define TRY_SIZES    8 /* classes of the histogram */
#define TRY_STATUSES 5 /* of a period, and none */
#define TRY_STATES   7 /* of a request, and none */
#define TRY_EXAMPLES 3

/* Ways of a change: one that is neither still changes something. */
enum try_way { TRY_GAIN, TRY_LOSE, TRY_OTHER, TRY_WAYS };
const char *try_way_name(enum try_way way); /* "gain", … */

/* A change of the current period's status. */
struct try_status {
	size_t members;
	json_t *examples; /* names, the first ones in order */
};

/* What is counted of a designation. */
struct try_designation {
	struct text name;
	size_t members, changed;
	size_t count[TRY_WAYS];
	credit_t sum[TRY_WAYS];
	size_t size[TRY_OTHER][TRY_SIZES]; /* gain and lose, by size */
	struct try_status status[TRY_STATUSES][TRY_STATUSES];
};

/* Charged, and paid too much. */
struct try_money {
	money_t fee, tax, refund_due;
};

/* The cases that are shown of one way, the greatest change first. */
struct try_top {
	struct try_place {
		credit_t weight;
		json_t *shown;
	} * place;
	size_t count;
};

struct
try {
	const struct ctl *ctl;
	const char *file;
	size_t top;
	PGconn *db;
	struct program *before; /* in force */
	const struct program *after;
	struct text name; /* the organization's */
	int32_t number, revision;
	date_t today;

	struct arena arena; /* of one member */
	struct progress progress;
	int64_t rows, rows_in_all;
	bool failed; /* said */

	size_t members, changed, not_ruled;
	struct try_designation *designation; /* by name */
	size_t designations;
	size_t request[TRY_STATES][TRY_STATES]; /* before, after */
	struct try_money money_before, money_after;
	size_t pays_more, pays_less; /* members */
	struct try_top shown[TRY_WAYS];
};

/* One member's facts ruled twice. */
struct try_rulings {
	struct text member;
	struct ruling before, after;
};

/* What one certification of a member comes to, before and after. */
struct try_certification {
	struct text designation;
	credit_t before, after;
	const struct period *was, *is; /* its current period, or NULL */
	bool differs;                  /* in anything */
};

/* try_walk.c: false after saying what failed. */
MUST_CHECK bool try_members(struct try *try);

/* try_member.c: rules and counts. False: no memory. */
MUST_CHECK bool try_member(struct try *try, const struct member *member);
/* 0: in progress, … 4: there is none. */
size_t try_status_of(const struct period *period);
const char *try_status_name(size_t status); /* "none" */
const char *try_state_name(size_t state);
/* The next pair of periods, in order of (designation, first day); one of them
 * NULL where there is none. False: no more. */
bool try_next_period(const struct try_rulings *r, size_t *was, size_t *is,
    const struct period **ret_was, const struct period **ret_is);
/* Less than this, in credits; of the last class there is none. */
credit_t try_size_limit(size_t size);

/* try_case.c: why a certification differs, as it is shown. */
json_t *try_case(
    const struct try_rulings *r, const struct try_certification *c);
/* Keeps it if it is among the greatest. */
bool try_offer(struct try *try, enum try_way way, const struct try_rulings *r,
    const struct try_certification *c);

/* try_summary.c: absent text is null. */
json_t *try_json_text(struct text text);
json_t *try_json_credit(credit_t credits);

/* try_page.c: all as one JSON object, which the caller owns; and for people. */
json_t *try_summary(const struct try *try);
void try_print(const struct ctl *ctl, const json_t *summary);

#endif
