/* Rules as sets of claims: what covers what. */
#include "program_check_work.h"

/* ---- conjunctions: the conditions of a set with one alternative of each of
 * its rules */

#define PIECES 5

struct conjunction {
	struct conditions piece[PIECES];
};

/* How many choices of alternatives a set has. */
static size_t choices(const struct set *set)
{
	size_t count = 1;

	for (int i = 0; i < 2; i++)
		if (set->match[i] != NULL && set->match[i]->anys > 0)
			count *= set->match[i]->anys;
	return count;
}

static struct conjunction choose(const struct set *set, size_t choice)
{
	struct conjunction all = {0};

	for (size_t i = 0; i < 2; i++) {
		const struct match *match = set->match[i];

		if (match == NULL)
			continue;
		all.piece[2 * i] =
		    (struct conditions){match->condition, match->count};
		if (match->anys == 0)
			continue;
		all.piece[2 * i + 1] = match->any[choice % match->anys];
		choice /= match->anys;
	}
	if (set->extra != NULL)
		all.piece[4] = (struct conditions){set->extra, 1};
	return all;
}

/* Walks all conditions of a conjunction. */
static const struct condition *next(
    const struct conjunction *all, size_t *piece, size_t *at)
{
	while (*piece < PIECES && *at == all->piece[*piece].count) {
		(*piece)++;
		*at = 0;
	}
	return *piece < PIECES ? &all->piece[*piece].condition[(*at)++] : NULL;
}

static bool all_imply(struct check *check, const struct conjunction *all,
    const struct condition *condition)
{
	const struct condition *own;
	size_t piece = 0, at = 0;

	if (condition_is_certain(condition))
		return true;
	while ((own = next(all, &piece, &at)) != NULL)
		if (check_take(check, 1) &&
		    condition_implies(check, own, condition))
			return true;
	return false;
}

static bool all_imply_each(struct check *check, const struct conjunction *all,
    struct conditions conditions)
{
	for (size_t i = 0; i < conditions.count; i++)
		if (!all_imply(check, all, &conditions.condition[i]))
			return false;
	return true;
}

/* Some two conditions of these contradict each other. */
static bool are_contradictory(struct check *check, const struct conjunction *a,
    const struct conjunction *b)
{
	const struct condition *x, *y;
	size_t piece = 0, at = 0;

	while ((x = next(a, &piece, &at)) != NULL) {
		size_t other = 0, place = 0;

		if (condition_is_impossible(check, x))
			return true;
		while ((y = next(b, &other, &place)) != NULL)
			if (check_take(check, 1) &&
			    condition_contradicts(check, x, y))
				return true;
	}
	return false;
}

/* ---- dates and holders */

struct range {
	date_t from, until;
};

static struct range meet(struct range a, struct range b)
{
	return (struct range){a.from > b.from ? a.from : b.from,
	    a.until < b.until ? a.until : b.until};
}

static struct range dates_of(const struct set *set)
{
	struct range all = {DATE_FIRST, DATE_NEVER};

	for (int i = 0; i < 2; i++)
		if (set->match[i] != NULL)
			all = meet(all, (struct range){set->match[i]->from,
					    set->match[i]->until});
	return all;
}

static struct range cohorts_of(const struct set *set)
{
	struct range all = {DATE_FIRST, DATE_NEVER};

	for (int i = 0; i < 2; i++)
		if (set->match[i] != NULL)
			all = meet(
			    all, (struct range){set->match[i]->granted_from,
				     set->match[i]->granted_until});
	return all;
}

static bool lies_within(struct range inner, struct range outer)
{
	return inner.from >= outer.from && inner.until <= outer.until;
}

/* The set has holders of this designation. */
static bool has_designation(
    struct check *check, const struct set *set, struct text name)
{
	for (int i = 0; i < 2; i++) {
		const struct match *match = set->match[i];

		if (match == NULL)
			continue;
		(void)check_take(check, match->designations.count + 1);
		if (!check_is_about(match, name))
			return false;
	}
	return true;
}

/* Each designation of the program that b has, a has as well. */
static bool covers_designations(
    struct check *check, const struct set *a, const struct set *b)
{
	const struct program *program = check->program;

	for (size_t i = 0; i < program->designations; i++) {
		struct text name = program->designation[i].name;

		if (check->left == 0 || (has_designation(check, b, name) &&
					    !has_designation(check, a, name)))
			return false;
	}
	return true;
}

static bool shares_designation(
    struct check *check, const struct set *a, const struct set *b)
{
	const struct program *program = check->program;

	for (size_t i = 0; i < program->designations; i++) {
		struct text name = program->designation[i].name;

		if (check->left == 0 || (has_designation(check, a, name) &&
					    has_designation(check, b, name)))
			return true;
	}
	return program->designations == 0;
}

static bool asks_for_holder(const struct set *set)
{
	for (int i = 0; i < 2; i++)
		if (set->match[i] != NULL &&
		    set->match[i]->designations.count > 0)
			return true;
	return false;
}

/* ---- sets */

/* Each claim of that conjunction is in `a`. */
static bool covers_conjunction(
    struct check *check, const struct set *a, const struct conjunction *all)
{
	for (int i = 0; i < 2; i++) {
		const struct match *match = a->match[i];
		size_t n = 0;

		if (match == NULL)
			continue;
		if (!all_imply_each(check, all,
			(struct conditions){match->condition, match->count}))
			return false;
		while (n < match->anys &&
		       !all_imply_each(check, all, match->any[n]))
			n++;
		if (match->anys > 0 && n == match->anys)
			return false;
	}
	return a->extra == NULL || all_imply(check, all, a->extra);
}

bool set_covers(struct check *check, const struct set *a, const struct set *b)
{
	size_t count = choices(b);

	if (!lies_within(dates_of(b), dates_of(a)) ||
	    !lies_within(cohorts_of(b), cohorts_of(a)) ||
	    (asks_for_holder(a) && !covers_designations(check, a, b)))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct conjunction all = choose(b, i);

		if (!are_contradictory(check, &all, &all) &&
		    !covers_conjunction(check, a, &all))
			return false;
	}
	return check->left > 0;
}

bool set_is_disjoint(
    struct check *check, const struct set *a, const struct set *b)
{
	struct range dates = meet(dates_of(a), dates_of(b));
	struct range cohorts = meet(cohorts_of(a), cohorts_of(b));

	if (dates.from > dates.until || cohorts.from > cohorts.until ||
	    !shares_designation(check, a, b))
		return true;
	for (size_t i = 0; i < choices(a); i++)
		for (size_t k = 0; k < choices(b); k++) {
			struct conjunction x = choose(a, i), y = choose(b, k);

			if (!are_contradictory(check, &x, &y))
				return false;
		}
	return check->left > 0;
}

bool set_is_empty(struct check *check, const struct set *set)
{
	struct range dates = dates_of(set), cohorts = cohorts_of(set);

	if (dates.from > dates.until || cohorts.from > cohorts.until)
		return true;
	for (size_t i = 0; i < choices(set); i++) {
		struct conjunction all = choose(set, i);

		if (!are_contradictory(check, &all, &all))
			return false;
	}
	return check->left > 0;
}

static bool is_refused(struct check *check, const struct set *set)
{
	const struct program *program = check->program;

	for (size_t i = 0; i < program->eligibilities; i++) {
		struct set refused = {
		    .match = {&program->eligibility[i].match}};

		if (!program->eligibility[i].flags &&
		    set_covers(check, &refused, set))
			return true;
	}
	return false;
}

bool set_earns(struct check *check, const struct set *set)
{
	const struct program *program = check->program;

	for (size_t i = 0; i < program->rates; i++) {
		struct set rated = {
		    .match = {set->match[0], &program->rate[i].match},
		    .extra = set->extra};
		struct set rate = {.match = {&program->rate[i].match}};

		if (!set_is_disjoint(check, set, &rate) &&
		    !is_refused(check, &rated))
			return true;
	}
	return check->left == 0;
}

static bool same_list(struct text_list a, struct text_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (!text_equal(a.item[i], b.item[i]))
			return false;
	return true;
}

static bool same_conditions(
    struct check *check, struct conditions a, struct conditions b)
{
	if (a.count != b.count || !check_take(check, a.count + 1))
		return false;
	for (size_t i = 0; i < a.count; i++) {
		const struct condition *x = &a.condition[i];
		const struct condition *y = &b.condition[i];

		if (x->field != y->field || x->test != y->test ||
		    !same_list(x->values, y->values))
			return false;
	}
	return true;
}

bool match_is_like(
    struct check *check, const struct match *a, const struct match *b)
{
	if (a->anys != b->anys || !same_list(a->designations, b->designations))
		return false;
	for (size_t i = 0; i < a->anys; i++)
		if (!same_conditions(check, a->any[i], b->any[i]))
			return false;
	return same_conditions(check,
	    (struct conditions){a->condition, a->count},
	    (struct conditions){b->condition, b->count});
}
