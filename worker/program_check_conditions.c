/* Conditions of two rules side by side: what follows from what. */
#include "program_check_work.h"

/* A field of which a claim has several values. */
static bool has_many(enum condition_field field)
{
	return field == CONDITION_TOPICS || field == CONDITION_PRESENTER;
}

static bool same_value(enum condition_field field, struct text a, struct text b)
{
	return field == CONDITION_PROVIDER ? text_equal_nocase(a, b)
					   : text_equal(a, b);
}

static bool has_value(
    struct check *check, const struct condition *condition, struct text value)
{
	if (!check_take(check, condition->values.count))
		return false;
	for (size_t i = 0; i < condition->values.count; i++)
		if (same_value(
			condition->field, condition->values.item[i], value))
			return true;
	return false;
}

/* All values of `a` are among those of `b`. */
static bool are_among(
    struct check *check, const struct condition *a, const struct condition *b)
{
	for (size_t i = 0; i < a->values.count; i++)
		if (!has_value(check, b, a->values.item[i]))
			return false;
	return check->left > 0;
}

/* None of the values of `a` is among those of `b`. */
static bool are_apart(
    struct check *check, const struct condition *a, const struct condition *b)
{
	for (size_t i = 0; i < a->values.count; i++)
		if (has_value(check, b, a->values.item[i]))
			return false;
	return check->left > 0;
}

/* ---- fields that always have one of a few values */

static const char *const two_routes[] = {"accredited", "recognized"};
static const char *const truth[] = {"true", "false"};

/* The values as bits; 0: another field, another test. */
static unsigned bits_of(const struct condition *condition, unsigned *ret_all)
{
	const char *const *name = truth;
	unsigned bits = 0, all = 3;
	enum role role;

	if (condition->test != TEST_ONE_OF && condition->test != TEST_NONE_OF)
		return 0;
	if (condition->field == CONDITION_ROUTE)
		name = two_routes;
	else if (condition->field == CONDITION_ROLE)
		all = (1u << ROLE_COUNT) - 1;
	else if (condition->field != CONDITION_ACCREDITED &&
		 condition->field != CONDITION_APPROVED)
		return 0;
	for (size_t i = 0; i < condition->values.count; i++) {
		struct text value = condition->values.item[i];

		if (condition->field == CONDITION_ROLE)
			bits |= role_find(value, &role) ? 1u << role : 0;
		else
			bits |= text_is(value, name[0]) ? 1u : 2u;
	}
	*ret_all = all;
	return condition->test == TEST_NONE_OF ? all & ~bits : bits;
}

static bool is_closed(const struct condition *condition)
{
	unsigned all;

	return bits_of(condition, &all) != 0 ||
	       ((condition->field == CONDITION_ROUTE ||
		    condition->field == CONDITION_ACCREDITED ||
		    condition->field == CONDITION_APPROVED ||
		    condition->field == CONDITION_ROLE) &&
		   condition->test <= TEST_NONE_OF);
}

bool condition_is_certain(const struct condition *condition)
{
	unsigned all = 0, bits = bits_of(condition, &all);

	return bits != 0 && bits == all;
}

bool condition_implies(
    struct check *check, const struct condition *a, const struct condition *b)
{
	unsigned all;

	if (a->field != b->field)
		return false;
	if (is_closed(a) && is_closed(b))
		return (bits_of(a, &all) & ~bits_of(b, &all)) == 0;
	switch (b->test) {
	case TEST_ONE_OF:
		return a->test == TEST_ONE_OF && are_among(check, a, b);
	case TEST_NONE_OF:
		if (a->test == TEST_NONE_OF)
			return are_among(check, b, a);
		if (a->test == TEST_ABSENT)
			return a->field != CONDITION_ROLE;
		return a->test == TEST_ONE_OF && !has_many(a->field) &&
		       are_apart(check, a, b);
	case TEST_PRESENT:
		return a->test == TEST_PRESENT ||
		       (a->test == TEST_ONE_OF && a->field != CONDITION_ROLE);
	default:
		return a->test == TEST_ABSENT;
	}
}

bool condition_contradicts(
    struct check *check, const struct condition *a, const struct condition *b)
{
	unsigned all;

	if (a->field != b->field)
		return false;
	if (is_closed(a) && is_closed(b))
		return (bits_of(a, &all) & bits_of(b, &all)) == 0;
	if (a->test > b->test)
		return condition_contradicts(check, b, a);
	if (a->test == TEST_ONE_OF && b->test == TEST_ONE_OF)
		return !has_many(a->field) && are_apart(check, a, b);
	if (a->test == TEST_ONE_OF && b->test == TEST_NONE_OF)
		return are_among(check, a, b);
	if (a->test == TEST_ONE_OF && b->test == TEST_ABSENT)
		return a->field != CONDITION_ROLE;
	return a->test == TEST_PRESENT && b->test == TEST_ABSENT;
}

bool condition_is_impossible(
    struct check *check, const struct condition *condition)
{
	const struct program *program = check->program;
	unsigned all, bits = bits_of(condition, &all);

	if (!is_closed(condition))
		return false;
	if (bits == 0)
		return true;
	switch (condition->field) {
	case CONDITION_ROUTE:
		return bits == 2 && !program->recognition;
	case CONDITION_ACCREDITED:
		return bits == 1 && program->accreditations == 0;
	case CONDITION_APPROVED:
		return bits == 1 && program->providers == 0;
	default:
		return false;
	}
}
