/* A claim whose credits are divided over categories: each part is a slot of its
 * own in the period. The claim's slots are the first parts; the further ones
 * hang on these. */
#include <string.h>

#include "rule_work.h"

static const struct split_rule *find_split(
    const struct program *program, const struct slot *slot)
{
	for (size_t i = 0; i < program->splits; i++)
		if (rule_match(
			&program->split[i].match, slot->claim, &slot->aspect))
			return &program->split[i];
	return NULL;
}

/* The steps so far are those of each part. */
static void copy_steps(
    struct work *work, struct slot *part, const struct slot *whole)
{
	part->first = NULL;
	part->last = NULL;
	part->steps = 0;
	for (const struct step_link *l = whole->first; l != NULL; l = l->next)
		rule_explain(work, part, l->step);
}

/* Cut at the sums of the parts, so that they make the whole again. */
static void make_part(struct work *work, struct slot *part,
    const struct split_rule *rule, size_t number, credit_t whole)
{
	int64_t before = 0;
	credit_t from = 0, until = 0;

	for (size_t i = 0; i < number; i++)
		before += rule->part[i].percent;
	if (!exact_scale(whole, before, TAX_SCALE, ROUND_DOWN, &from) ||
	    !exact_scale(whole, before + rule->part[number].percent, TAX_SCALE,
		ROUND_DOWN, &until))
		work->overflow = true;
	part->aspect.category = rule->part[number].category;
	part->share.category = part->aspect.category;
	part->share.raw = until - from;
	part->share.allowed = part->share.raw;
	rule_explain(work, part,
	    (struct step){.kind = STEP_SPLIT,
		.rule = &rule->words,
		.credits = part->share.raw,
		.number = rule->part[number].percent,
		.of = whole,
		.words = part->aspect.category});
}

static void split(struct work *work, struct slot *slot,
    const struct split_rule *rule, struct slot **ret_slot, size_t *count)
{
	struct slot *part = rule_take(work, rule->parts, sizeof(*part));
	credit_t whole = slot->share.raw;

	if (part == NULL)
		return;
	for (size_t i = 1; i < rule->parts; i++) {
		part[i - 1] = *slot;
		copy_steps(work, &part[i - 1], slot);
		make_part(work, &part[i - 1], rule, i, whole);
		ret_slot[*count + i] = &part[i - 1];
	}
	slot->part = part;
	slot->parts = rule->parts - 1;
	make_part(work, slot, rule, 0, whole);
	ret_slot[*count] = slot;
	*count += rule->parts;
}

static bool is_divided(const struct slot *slot)
{
	return slot->stands && slot->share.raw > 0;
}

void rule_split(struct work *work, struct period_work *period)
{
	const struct split_rule **rule;
	struct slot **slot;
	size_t room = 0, count = 0;

	if (work->program->splits == 0 || period->slots == 0)
		return;
	rule = rule_take(work, period->slots, sizeof(struct split_rule *));
	if (rule == NULL)
		return;
	for (size_t i = 0; i < period->slots; i++) {
		if (is_divided(period->slot[i]))
			rule[i] = find_split(work->program, period->slot[i]);
		room += rule[i] == NULL ? 1 : rule[i]->parts;
	}
	slot = rule_take(work, room, sizeof(struct slot *));
	if (work->no_memory)
		return;
	for (size_t i = 0; i < period->slots && !work->no_memory; i++)
		if (rule[i] != NULL)
			split(work, period->slot[i], rule[i], slot, &count);
		else
			slot[count++] = period->slot[i];
	if (work->no_memory)
		return;
	period->slot = slot;
	period->slots = count;
}

bool rule_is_better(const struct slot *slot, const struct slot *than)
{
	bool placed = slot->share.period != NO_PERIOD;
	bool than_placed = than->share.period != NO_PERIOD;

	if (placed != than_placed)
		return placed;
	return placed && slot->worth->rate != NULL && than->worth->rate == NULL;
}

void rule_credit(struct slot *slot, credit_t most)
{
	for (size_t i = 0; i <= slot->parts; i++) {
		struct share *share =
		    i == 0 ? &slot->share : &slot->part[i - 1].share;

		share->credited = share->allowed < most ? share->allowed : most;
		most -= share->credited;
	}
}
