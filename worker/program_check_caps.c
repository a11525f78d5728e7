/* Limits that never cut anything. */
#include "program_check_work.h"

static struct set set_of(const struct cap_rule *cap)
{
	return (struct set){.match = {&cap->match}};
}

/* What is counted together by `wide` holds all that `narrow` counts together.
 */
static bool span_covers(enum cap_span wide, enum cap_span narrow)
{
	if (wide == narrow || wide == CAP_PERIOD || wide == CAP_GROUP)
		return true;
	switch (wide) {
	case CAP_DAY:
	case CAP_ACTIVITY:
	case CAP_REQUEST:
		return narrow <= CAP_REQUEST;
	case CAP_YEAR:
	case CAP_PERIOD_YEAR:
		return narrow <= CAP_DAY;
	default:
		return false;
	}
}

/* Holds wherever `other` does, as far as the required total goes. */
static bool required_covers(
    const struct amount_range *own, const struct amount_range *other)
{
	return !own->given || (other->given && own->from <= other->from &&
				  own->until >= other->until);
}

/* The limit of `a` is below that of `b`, or the same with `even`, whatever the
 * requirement. */
static bool is_less(
    const struct cap_rule *a, const struct cap_rule *b, bool even)
{
	if (a->is_percent != b->is_percent)
		return false;
	if (a->is_percent)
		return a->step == b->step && a->rounding == b->rounding &&
		       a->percent < b->percent;
	if (b->prorated &&
	    !(a->prorated && a->step == b->step && a->rounding == b->rounding))
		return false;
	return even ? a->at_most <= b->at_most : a->at_most < b->at_most;
}

/* ---- a wider one that is tighter */

static bool find_tighter(struct check *check, const struct cap_rule *cap)
{
	const struct program *p = check->program;
	struct set own = set_of(cap);

	for (size_t i = 0; i < p->caps && check->left > 0; i++) {
		const struct cap_rule *other = &p->cap[i];
		struct set theirs = set_of(other);
		char number[EXACT_TEXT_SIZE];
		struct text limit = credit_write(other->at_most, number);

		if (other == cap || !span_covers(other->span, cap->span) ||
		    !required_covers(&other->required, &cap->required) ||
		    !is_less(other, cap, false) ||
		    !set_covers(check, &theirs, &own))
			continue;
		if (other->is_percent)
			check_find(check, &cap->words, "cap-never-binds",
			    "the cap '%.*s' never cuts: " RULE_FORMAT
			    " leaves less of all that it is about",
			    TEXT_ARGS(cap->words.name),
			    RULE_ARGS(&other->words));
		else
			check_find(check, &cap->words, "cap-never-binds",
			    "the cap '%.*s' never cuts: " RULE_FORMAT
			    " leaves %.*s of all that it is about",
			    TEXT_ARGS(cap->words.name),
			    RULE_ARGS(&other->words), TEXT_ARGS(limit));
		return true;
	}
	return false;
}

/* ---- narrower ones that together leave no more */

/* The least limit over a value of a field, within the cap's claims. */
static bool limit_of(struct check *check, const struct cap_rule *cap,
    enum condition_field field, struct text value, credit_t *ret)
{
	const struct program *p = check->program;
	struct condition only = {
	    .field = field, .test = TEST_ONE_OF, .values = {&value, 1}};
	struct set part = {.match = {&cap->match}, .extra = &only};
	bool found = false;

	for (size_t i = 0; i < p->caps && check->left > 0; i++) {
		const struct cap_rule *other = &p->cap[i];
		struct set theirs = set_of(other);
		bool each =
		    other->span == CAP_CATEGORY && field == CONDITION_CATEGORY;

		if (other == cap || other->is_percent ||
		    (!each && !span_covers(other->span, cap->span)) ||
		    !required_covers(&other->required, &cap->required) ||
		    (found && other->at_most >= *ret) ||
		    !set_covers(check, &theirs, &part))
			continue;
		*ret = other->at_most;
		found = true;
	}
	return found;
}

static bool find_parts(struct check *check, const struct cap_rule *cap,
    const struct condition *condition)
{
	credit_t sum = 0;

	for (size_t i = 0; i < condition->values.count; i++) {
		credit_t limit = 0;

		if (!limit_of(check, cap, condition->field,
			condition->values.item[i], &limit) ||
		    !exact_add(sum, limit, &sum) || sum > cap->at_most)
			return false;
	}
	return check->left > 0;
}

static bool find_narrower(struct check *check, const struct cap_rule *cap)
{
	char number[EXACT_TEXT_SIZE];

	if (cap->is_percent || cap->prorated || cap->span == CAP_CATEGORY)
		return false;
	for (size_t i = 0; i < cap->match.count; i++) {
		const struct condition *condition = &cap->match.condition[i];

		if (condition->test != TEST_ONE_OF ||
		    condition->values.count < 2 ||
		    condition->field == CONDITION_TOPICS ||
		    condition->field == CONDITION_PRESENTER ||
		    !find_parts(check, cap, condition))
			continue;
		check_find(check, &cap->words, "cap-never-binds",
		    "the cap '%.*s' never cuts: the caps over its parts "
		    "together leave no more than %.*s",
		    TEXT_ARGS(cap->words.name),
		    TEXT_ARGS(credit_write(cap->at_most, number)));
		return true;
	}
	return false;
}

/* ---- more than any claim is worth */

/* The most that factors make of one credit; false: not known. */
static bool greatest_factor(
    struct check *check, const struct set *set, struct ratio *ret)
{
	const struct program *p = check->program;

	*ret = (struct ratio){1, 1};
	for (size_t i = 0; i < p->factors; i++) {
		const struct factor_rule *factor = &p->factor[i];
		struct set theirs = {.match = {&factor->match}};
		struct ratio sum;
		int64_t left, right;

		if (set_is_disjoint(check, set, &theirs))
			continue;
		if (!ratio_add(factor->times, factor->allowance, &sum) ||
		    !exact_multiply(sum.numerator, ret->denominator, &left) ||
		    !exact_multiply(ret->numerator, sum.denominator, &right))
			return false;
		if (left > right)
			*ret = sum;
	}
	return true;
}

/* The most that one claim of the set is worth; false: no bound is known. */
static bool greatest_worth(
    struct check *check, const struct set *set, credit_t *ret)
{
	const struct program *p = check->program;
	struct ratio factor;
	bool any = false;

	*ret = 0;
	if (!greatest_factor(check, set, &factor))
		return false;
	for (size_t i = 0; i < p->rates; i++) {
		const struct rate_rule *rate = &p->rate[i];
		struct set theirs = {.match = {&rate->match}};
		struct ratio worth;
		credit_t credits;

		if (set_is_disjoint(check, set, &theirs))
			continue;
		/* Whatever it is multiplied by, the step may round it up. */
		if (rate->kind != RATE_FIXED || rate->together != 0 ||
		    !ratio_multiply(rate->credits, factor, &worth) ||
		    !ratio_round(worth, rate->step > 0 ? rate->step : 1,
			ROUND_UP, &credits))
			return false;
		any = true;
		if (credits > *ret)
			*ret = credits;
		/* The first that fits decides: no later one is reached. */
		if (set_covers(check, &theirs, set))
			break;
	}
	return any && check->left > 0;
}

static void find_worth(struct check *check, const struct cap_rule *cap)
{
	struct set own = set_of(cap);
	char number[EXACT_TEXT_SIZE];
	credit_t worth;

	if ((cap->span != CAP_ACTIVITY && cap->span != CAP_REQUEST) ||
	    cap->is_percent || cap->prorated ||
	    !greatest_worth(check, &own, &worth) || worth > cap->at_most)
		return;
	check_find(check, &cap->words, "cap-never-binds",
	    "the cap '%.*s' never cuts: no claim that it is about is worth "
	    "more than %.*s",
	    TEXT_ARGS(cap->words.name), TEXT_ARGS(credit_write(worth, number)));
}

void check_caps(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 0; i < p->caps && check->left > 0; i++) {
		struct set own = set_of(&p->cap[i]);

		if (!set_is_empty(check, &own) &&
		    !find_tighter(check, &p->cap[i]) &&
		    !find_narrower(check, &p->cap[i]))
			find_worth(check, &p->cap[i]);
	}
}
