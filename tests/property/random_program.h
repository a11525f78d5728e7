/* Random programs: documents made of every kind of rule, with what a test needs
 * to know of them to check a ruling by itself. */
#ifndef TESTS_RANDOM_PROGRAM_H
#define TESTS_RANDOM_PROGRAM_H

#include "rule.h"

/* A number below `below`, from a state that a seed began. */
unsigned random_pick(uint64_t *state, unsigned below);

#define RANDOM_KINDS      4
#define RANDOM_CATEGORIES 3
extern const char *const random_kinds[RANDOM_KINDS];
extern const char *const random_categories[RANDOM_CATEGORIES];
extern const char *const random_designations[2];

/* Which claims a rule is about. */
struct random_when {
	unsigned kinds;      /* a bit each; 0: all */
	unsigned categories; /* likewise; a claim without one fits only 0 */
	bool recognized;     /* only these */
};

enum random_span {
	RANDOM_ACTIVITY,
	RANDOM_DAY,
	RANDOM_YEAR,
	RANDOM_PERIOD,
	RANDOM_PERCENT /* of the required total */
};

struct random_cap {
	struct random_when when;
	enum random_span span;
	credit_t at_most; /* RANDOM_PERCENT: whole percents */
};

struct random_program {
	char text[16384];
	size_t length;
	struct random_cap cap[6];
	size_t caps;
	bool splits; /* a part of a claim may have another category */
};

void random_program_make(uint64_t *state, struct random_program *ret);

bool random_when_fits(const struct random_when *when, const struct fact *fact);

#define RANDOM_FACTS_MOST 60 /* at most 100: ids have two digits */

/* A history of up to RANDOM_FACTS_MOST facts; returns how many. */
size_t random_history_make(uint64_t *from, struct fact *fact);

#endif
