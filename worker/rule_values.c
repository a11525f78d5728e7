/* Minimums that ask for values: so many different ones, or each of a set. */
#include "rule_work.h"

/* The values of one claim; `room` holds a single one. */
static struct text_list values_of(
    const struct slot *slot, enum condition_field field, struct text *room)
{
	const struct activity *activity = &slot->claim->fact->activity;

	switch (field) {
	case CONDITION_TOPICS:
		return activity->topics;
	case CONDITION_KIND:
		*room = activity->kind;
		break;
	case CONDITION_CODE:
		*room = activity->code;
		break;
	case CONDITION_PROVIDER:
		*room = activity->provider;
		break;
	default:
		*room = slot->aspect.category.at != NULL ? slot->aspect.category
							 : activity->category;
		break;
	}
	return (struct text_list){room, room->at != NULL};
}

typedef void visit_fn(struct work *work, void *visitor, struct text_list values,
    const struct slot *slot);

/* The claims that count for a rule, from a day to a day. */
struct range {
	const struct minimum_rule *rule;
	const struct period_work *period;
	date_t from, until;
};

/* The values of each of them. */
static void visit_claims(struct work *work, const struct range *range,
    visit_fn *visit, void *visitor)
{
	const struct minimum_rule *rule = range->rule;
	const struct period_work *period = range->period;

	for (; period != NULL && period->out.ends_on >= range->from;
	     period = period->before)
		for (size_t i = 0; i < period->slots; i++) {
			const struct slot *slot = period->slot[i];
			date_t on = slot->claim->fact->activity.completed_on;
			struct text room;

			if (on < range->from || on > range->until ||
			    !rule_counts(&rule->match, slot))
				continue;
			visit(work, visitor,
			    values_of(slot, rule->field, &room), slot);
		}
}

/* ---- different values: open addressing, at most half full */

struct values {
	bool nocase;
	struct text *table;
	size_t size; /* a power of two */
	size_t count, most;
};

/* Equal for values that are the same, with or without regard to case. */
static size_t hash_of(struct text text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ ((unsigned char)text.at[i] | 0x20u)) *
		       UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32);
}

static void add_value(struct values *values, struct text value)
{
	size_t at = hash_of(value) & (values->size - 1);

	while (values->table[at].at != NULL) {
		if (values->nocase ? text_equal_nocase(values->table[at], value)
				   : text_equal(values->table[at], value))
			return;
		at = (at + 1) & (values->size - 1);
	}
	values->table[at] = value;
	values->count++;
}

static void count_most(struct work *work, void *visitor, struct text_list list,
    const struct slot *slot)
{
	struct values *values = visitor;

	(void)work;
	(void)slot;
	values->most += list.count;
}

static void collect(struct work *work, void *visitor, struct text_list list,
    const struct slot *slot)
{
	(void)work;
	(void)slot;
	for (size_t i = 0; i < list.count; i++)
		add_value(visitor, list.item[i]);
}

int64_t rule_different(struct work *work, const struct minimum_rule *rule,
    const struct period_work *period, date_t from, date_t until)
{
	struct range range = {rule, period, from, until};
	struct values values = {
	    .nocase = rule->field == CONDITION_PROVIDER, .size = 8};

	visit_claims(work, &range, count_most, &values);
	while (values.size < 2 * values.most)
		values.size *= 2;
	values.table = rule_take(work, values.size, sizeof(*values.table));
	if (values.table != NULL)
		visit_claims(work, &range, collect, &values);
	return (int64_t)values.count;
}

/* ---- a set of values */

struct cover {
	const struct minimum_rule *rule;
	credit_t *sum; /* of each of rule->values */
};

static bool has_value(
    struct text_list list, struct text value, enum condition_field field)
{
	for (size_t i = 0; i < list.count; i++)
		if (field == CONDITION_PROVIDER
			? text_equal_nocase(list.item[i], value)
			: text_equal(list.item[i], value))
			return true;
	return false;
}

static void cover(struct work *work, void *visitor, struct text_list list,
    const struct slot *slot)
{
	const struct cover *cover = visitor;
	struct text_list wanted = cover->rule->values;

	for (size_t i = 0; i < wanted.count; i++)
		if (has_value(list, wanted.item[i], cover->rule->field))
			rule_sum(work, &cover->sum[i], slot->share.credited);
}

int64_t rule_covered(struct work *work, const struct minimum_rule *rule,
    const struct period_work *period, date_t from, date_t until)
{
	credit_t least = rule_least(work, period, rule);
	struct range range = {rule, period, from, until};
	struct cover visitor = {.rule = rule};
	int64_t covered = 0;

	visitor.sum = rule_take(work, rule->values.count, sizeof(*visitor.sum));
	if (visitor.sum == NULL)
		return 0;
	visit_claims(work, &range, cover, &visitor);
	for (size_t i = 0; i < rule->values.count; i++)
		covered += visitor.sum[i] > 0 && visitor.sum[i] >= least;
	return covered;
}
