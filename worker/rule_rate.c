/* What a claim is worth before caps: rate, factor, the one rounding, and what a
 * decision leaves of it. */
#include "rule_work.h"

static const struct rate_rule *find_rate(const struct program *program,
    const struct claim *claim, const struct aspect *aspect)
{
	for (size_t i = 0; i < program->rates; i++)
		if (rule_match(&program->rate[i].match, claim, aspect))
			return &program->rate[i];
	return NULL;
}

static const struct fact *repeated(const struct claim *claim, unsigned fields)
{
	for (const struct repeat *r = claim->repeat; r != NULL; r = r->next)
		if (r->fields == fields)
			return r->first;
	return NULL;
}

static const struct factor_rule *find_factor(const struct program *program,
    const struct claim *claim, const struct aspect *aspect)
{
	for (size_t i = 0; i < program->factors; i++) {
		const struct factor_rule *rule = &program->factor[i];

		if (rule_match(&rule->match, claim, aspect) &&
		    (rule->repeats == 0 || repeated(claim, rule->repeats)))
			return rule;
	}
	return NULL;
}

/* How many of what the rate is for: minutes, units, or one. */
static struct ratio measure(
    struct work *work, const struct rate_rule *rate, const struct claim *claim)
{
	const struct activity *activity = &claim->fact->activity;
	struct ratio many = {0, 1};

	if (rate->kind == RATE_FIXED)
		return (struct ratio){1, 1};
	if (rate->kind == RATE_MINUTES && activity->has_minutes)
		return activity->minutes;
	if (rate->kind == RATE_QUANTITY && activity->has_quantity &&
	    activity->unit == rate->unit &&
	    !ratio_make(activity->quantity, CREDIT_ONE, &many))
		work->overflow = true;
	return many;
}

/* worth × allowance for preparing it, up to its limit. */
static struct ratio allowance(
    struct work *work, const struct factor_rule *factor, struct ratio base)
{
	struct ratio more = {0, 1}, most = {0, 1};
	credit_t whole = 0;

	if (!ratio_multiply(base, factor->allowance, &more) ||
	    !ratio_make(factor->allowance_at_most, CREDIT_ONE, &most) ||
	    !ratio_round(more, 1, ROUND_UP, &whole))
		work->overflow = true;
	return whole > factor->allowance_at_most ? most : more;
}

static void apply_factor(struct work *work, struct worth *worth)
{
	const struct factor_rule *factor = worth->factor;

	worth->exact = worth->base;
	if (factor == NULL)
		return;
	if (!ratio_multiply(worth->base, factor->times, &worth->exact))
		work->overflow = true;
	if (factor->allowance.numerator == 0)
		return;
	worth->allowance = allowance(work, factor, worth->base);
	if (!ratio_add(worth->exact, worth->allowance, &worth->exact))
		work->overflow = true;
}

bool rule_is_below(
    struct work *work, const struct rate_rule *rate, struct ratio base)
{
	credit_t whole = 0;

	/* The limit has four places, so what is cut off makes no difference. */
	if (rate->at_least > 0 && !ratio_round(base, 1, ROUND_DOWN, &whole))
		work->overflow = true;
	return whole < rate->at_least;
}

credit_t rule_decided(
    const struct claim *claim, const struct rate_rule *rate, credit_t by_rate)
{
	const struct fact *decision =
	    claim->request == NULL ? NULL : claim->request->decision;
	credit_t decided;

	if (decision == NULL || !decision->has_credits ||
	    decision->decision != DECISION_APPROVED)
		return by_rate;
	decided = decision->credits - decision->credits % rate->step;
	return rate->kind == RATE_DECIDED || decided < by_rate ? decided
							       : by_rate;
}

/* The one rounding: of what comes of it all, or, where a factor says so, of
 * what it multiplies. */
static void reckon(
    struct work *work, const struct claim *claim, struct worth *worth)
{
	const struct rate_rule *rate = worth->rate;
	bool first = worth->factor != NULL && worth->factor->rounded_first;
	credit_t base;

	if (!ratio_multiply(
		measure(work, rate, claim), rate->credits, &worth->base))
		work->overflow = true;
	worth->too_small = rule_is_below(work, rate, worth->base);
	if (first &&
	    (!ratio_round(worth->base, rate->step, rate->rounding, &base) ||
		!ratio_make(base, CREDIT_ONE, &worth->base)))
		work->overflow = true;
	apply_factor(work, worth);
	if (!worth->too_small &&
	    !ratio_round(worth->exact, first ? 1 : rate->step,
		first ? ROUND_HALF_UP : rate->rounding, &worth->by_rate))
		work->overflow = true;
}

void rule_find_rate(struct work *work, struct claim *claim)
{
	claim->rate = find_rate(work->program, claim, NULL);
	claim->unmatched = claim->rate == NULL;
}

void rule_rate(struct work *work, const struct claim *claim,
    const struct aspect *aspect, struct worth *ret)
{
	ret->rate = claim->rate;
	if (aspect != NULL)
		ret->rate = find_rate(work->program, claim, aspect);
	if (ret->rate == NULL)
		return;
	if (ret->rate->kind != RATE_DECIDED) {
		ret->factor = find_factor(work->program, claim, aspect);
		reckon(work, claim, ret);
	}
	ret->raw = rule_decided(claim, ret->rate, ret->by_rate);
}

/* Four places of what is rounded only later, to show it. */
static credit_t shown(struct ratio ratio)
{
	credit_t credits = 0;

	return ratio_round(ratio, 1, ROUND_HALF_UP, &credits) ? credits : 0;
}

static void explain_factor(
    struct work *work, struct slot *slot, credit_t credits)
{
	const struct worth *worth = slot->worth;
	const struct factor_rule *factor = worth->factor;
	bool repeats = factor->repeats != 0, adds = factor->allowance.numerator;
	struct ratio times = {0, 1};

	if (!ratio_multiply(worth->base, factor->times, &times))
		work->overflow = true;
	if (repeats || factor->times.numerator != factor->times.denominator)
		rule_explain(work, slot,
		    (struct step){.kind = repeats ? STEP_REPEAT : STEP_FACTOR,
			.rule = &factor->words,
			.credits = adds ? shown(times) : credits,
			.number = shown(factor->times),
			.other = repeated(slot->claim, factor->repeats)});
	if (adds)
		rule_explain(work, slot,
		    (struct step){.kind = STEP_ALLOWANCE,
			.rule = &factor->words,
			.credits = credits,
			.number = shown(worth->allowance)});
}

void rule_explain_minimum(
    struct work *work, struct slot *slot, const struct rate_rule *rate)
{
	slot->share.reason = REASON_BELOW_MINIMUM;
	rule_explain(work, slot,
	    (struct step){.kind = STEP_LEAST,
		.reason = REASON_BELOW_MINIMUM,
		.rule = &rate->words,
		.number = rate->at_least});
}

void rule_explain_decision(
    struct work *work, struct slot *slot, credit_t by_rate)
{
	if (slot->share.raw != by_rate)
		rule_explain(work, slot,
		    (struct step){.kind = STEP_DECISION,
			.rule = &work->program->recognition_words,
			.credits = slot->share.raw});
}

void rule_explain_worth(struct work *work, struct slot *slot, bool alone)
{
	const struct worth *worth = slot->worth;
	bool rounded = alone && !worth->too_small;
	credit_t credits = rounded ? worth->by_rate : shown(worth->exact);

	rule_explain(work, slot,
	    (struct step){.kind = STEP_RATE,
		.rule = &worth->rate->words,
		.credits = worth->factor != NULL ? shown(worth->base) : credits,
		.number = worth->rate->kind});
	if (worth->factor != NULL)
		explain_factor(work, slot, credits);
	if (!alone)
		return;
	if (worth->too_small)
		rule_explain_minimum(work, slot, worth->rate);
	rule_explain_decision(work, slot, worth->by_rate);
}
