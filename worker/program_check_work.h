/* The parts of a program's check. Private to program_check*.c.
 *
 * Rules are compared as sets of claims: those that a `when` lets through. A set
 * covers another if each claim of the other is also its own. The answers are
 * never wrong, but "no" may mean "not known". */
#ifndef WORKER_PROGRAM_CHECK_WORK_H
#define WORKER_PROGRAM_CHECK_WORK_H

#include "program_check.h"
#include "program_rules.h"

struct check {
	const struct program *program;
	const struct node *root; /* of the document */
	struct findings *findings;
	size_t room;   /* of findings->item */
	uint64_t left; /* comparisons that may still be made */
	bool no_memory;
};

/* Claims that two rules (the second may be NULL) both let through, and for
 * which `extra` (or NULL) holds as well. */
struct set {
	const struct match *match[2];
	const struct condition *extra;
};

/* ---- program_check.c */

/* Notes a finding at a rule; one that stands nowhere is left out. */
void check_find(struct check *check, const struct rule_words *at,
    const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void check_find_at(struct check *check, int line, int column, const char *code,
    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Takes `count` of what may still be done; false when nothing is left. */
bool check_take(struct check *check, size_t count);
/* "rule 'NAME' (line N)" */
#define RULE_FORMAT  "'%.*s' (line %d)"
#define RULE_ARGS(w) TEXT_ARGS((w)->name), (w)->line

/* ---- program_check_conditions.c */

/* Where `a` holds, `b` does. */
bool condition_implies(
    struct check *check, const struct condition *a, const struct condition *b);
/* Both never hold together. */
bool condition_contradicts(
    struct check *check, const struct condition *a, const struct condition *b);
/* Holds for every claim. */
bool condition_is_certain(const struct condition *condition);
/* Never holds under this program at all. */
bool condition_is_impossible(
    struct check *check, const struct condition *condition);

/* ---- program_check_sets.c */

bool set_covers(struct check *check, const struct set *a, const struct set *b);
bool set_is_disjoint(
    struct check *check, const struct set *a, const struct set *b);
/* Nobody can ever be in it. */
bool set_is_empty(struct check *check, const struct set *set);
/* Some rate gives its claims credit, and nothing refuses all of them. */
bool set_earns(struct check *check, const struct set *set);
/* The same conditions, designations and alternatives, whatever the dates. */
bool match_is_like(
    struct check *check, const struct match *a, const struct match *b);

/* ---- the looks */

void check_words(struct check *check);    /* sources */
void check_order(struct check *check);    /* an earlier rule takes all */
void check_earning(struct check *check);  /* nothing can be earned there */
void check_caps(struct check *check);     /* limits that never bind */
void check_minimums(struct check *check); /* that can't be met */
void check_dates(struct check *check);    /* gaps and overlaps */
void check_periods(struct check *check);  /* renewal, notices, carry-over */

/* ---- shared */

/* The longest that a period of the designation lasts by its rules, in months.
 */
int check_months(const struct designation_rule *rule);
/* Each period of `b` is one of `a` as well. */
bool check_era_covers(const struct era *a, const struct era *b);
/* Is the rule about that designation? */
bool check_is_about(const struct match *match, struct text designation);
/* A percentage of a total, rounded. False: beyond all bounds. */
MUST_CHECK bool check_share(credit_t total, int64_t percent, credit_t step,
    enum rounding rounding, credit_t *ret);

#endif
