/* Claims of a period that are one sum before it is rounded: the segments of a
 * course, say. Each earns by how much the rounded sum grows with it. */
#include "rule_like.h"

struct sum {
	struct ratio base;  /* of all, by the rate: what at_least looks at */
	struct ratio exact; /* with factors, of those up to the one in hand */
	credit_t rounded;
	int64_t parts;
	bool too_small;
};

static struct like *sum_of(const struct likes *likes, const struct slot *slot)
{
	return rule_like(likes, &slot->claim->fact->activity);
}

static bool is_summed(const struct slot *slot, const struct rate_rule *rate)
{
	return slot->stands && slot->worth->rate == rate;
}

static void add_up(
    struct work *work, const struct likes *likes, const struct slot *slot)
{
	struct like *like = sum_of(likes, slot);
	struct sum *sum = like->value;

	if (sum == NULL) {
		sum = rule_take(work, 1, sizeof(*sum));
		if (sum == NULL)
			return;
		sum->base = sum->exact = (struct ratio){0, 1};
		like->activity = &slot->claim->fact->activity;
		like->value = sum;
	}
	sum->parts++;
	if (!ratio_add(sum->base, slot->worth->base, &sum->base))
		work->overflow = true;
	sum->too_small = rule_is_below(work, slot->worth->rate, sum->base);
}

static void give(struct work *work, struct sum *sum, struct slot *slot)
{
	const struct rate_rule *rate = slot->worth->rate;
	credit_t before = sum->rounded, grown;

	if (!ratio_add(sum->exact, slot->worth->exact, &sum->exact) ||
	    !ratio_round(sum->exact, rate->step, rate->rounding, &sum->rounded))
		work->overflow = true;
	grown = sum->too_small ? 0 : sum->rounded - before;
	slot->share.raw = rule_decided(slot->claim, rate, grown);
	slot->share.allowed = slot->share.raw;
	if (sum->parts > 1 || !sum->too_small)
		rule_explain(work, slot,
		    (struct step){.kind = STEP_TOGETHER,
			.rule = &rate->words,
			.credits = grown,
			.number = sum->rounded,
			.of = sum->parts});
	if (sum->too_small)
		rule_explain_minimum(work, slot, rate);
	rule_explain_decision(work, slot, grown);
}

static void sum_up(
    struct work *work, const struct rate_rule *rate, struct period_work *period)
{
	struct likes likes;

	if (!rule_likes_make(work, &likes, rate->together, period->slots))
		return;
	for (size_t i = 0; i < period->slots && !work->no_memory; i++)
		if (is_summed(period->slot[i], rate))
			add_up(work, &likes, period->slot[i]);
	for (size_t i = 0; i < period->slots && !work->no_memory; i++)
		if (is_summed(period->slot[i], rate))
			give(work, sum_of(&likes, period->slot[i])->value,
			    period->slot[i]);
}

void rule_together(struct work *work, struct period_work *period)
{
	const struct program *program = work->program;

	for (size_t i = 0; i < program->rates && period->slots > 0; i++)
		if (program->rate[i].together != 0)
			sum_up(work, &program->rate[i], period);
}
