/* What a period requires: the variant that holds, less in a short first period
 * or with leave, nothing where an exemption waives it. */
#include <limits.h>

#include "rule_work.h"

static const struct requires_rule *find_rule(
    const struct designation_rule *rule, const struct period_work *period)
{
	for (size_t i = 0; i + 1 < rule->requires_count; i++)
		if (rule_era_holds(&rule->requires[i].era, period))
	return &rule->requires[i];
	return &rule->requires[rule->requires_count - 1];
}

credit_t rule_share(struct work *work, credit_t credits, struct ratio part,
    credit_t step, enum rounding rounding)
{
	struct ratio worth;
	credit_t share = 0;

	if (!ratio_make(credits, CREDIT_ONE, &worth) ||
	    !ratio_multiply(worth, part, &worth) ||
	    !ratio_round(worth, step > 0 ? step : 1, rounding, &share))
		work->overflow = true;
	return share;
}

credit_t rule_prorated(struct work *work, const struct period_work *period,
    credit_t limit, credit_t step, enum rounding rounding)
{
	credit_t total = period->requires->total;
	struct ratio part;

	if (!period->out.has_required || period->asked == total ||
	    !ratio_make(period->asked, total, &part))
		return limit;
	return rule_share(work, limit, part, step, rounding);
}

bool rule_asks_within(
    const struct period_work *period, const struct amount_range *range)
{
	return !range->given ||
	       (period->out.has_required && period->asked >= range->from &&
		   period->asked <= range->until);
}

void rule_require_other(struct period_work *period, credit_t credits,
    enum required_change change, const struct rule_words *words)
{
	if (credits == period->out.required)
		return;
	period->out.required = credits;
	period->out.change = change;
	period->out.changed_by = words;
}

/* The credits of the first step that fits; more steps than the rule has: all.
 */
static credit_t by_steps(
    const struct prorate_rule *rule, const struct period_work *period)
{
	for (size_t i = 0; i < rule->step_count; i++)
		if (rule->step_list[i].within_months == INT_MAX ||
		    period->out.starts_on <
			date_add_months(period->whole_from,
			    rule->step_list[i].within_months))
			return rule->step_list[i].credits;
	return period->out.required;
}

/* A first period is short if a whole one with its end began before it. */
static void prorate(struct work *work, struct period_work *period)
{
	const struct prorate_rule *rule = &period->requires->first_period;
	date_t start = period->out.starts_on, end = period->anniversary;
	date_t whole = period->whole_from;
	struct ratio part = {1, 1};
	credit_t credits;

	if (rule->kind == PRORATE_NOT || period->number > 1 || whole >= start)
		return;
	if (rule->kind == PRORATE_STEPS) {
		credits = by_steps(rule, period);
	} else {
		if (rule->kind == PRORATE_DAY
			? !ratio_make(end - start, end - whole, &part)
			: !ratio_make(rule_months(start, end),
			      period->rule->months, &part))
			return;
		credits = rule_share(work, period->out.required, part,
		    rule->step, rule->rounding);
	}
	rule_require_other(period, credits, REQUIRED_PRORATED, &rule->words);
}

static void find_exemptions(struct work *work, struct period_work *period)
{
	const struct program *program = work->program;
	const struct period *out = &period->out;

	if (program->exemptions == 0 || period->met.count == 0)
		return;
	period->exempt = rule_take(work, program->exemptions, sizeof(bool));
	for (size_t i = 0; i < program->exemptions && !work->no_memory; i++)
		period->exempt[i] = rule_met(&period->met,
		    period->out.designation, program->exemption[i].requirement,
		    out->starts_on, out->ends_on);
}

bool rule_is_waived(
    const struct work *work, const struct period_work *period, struct text name)
{
	for (size_t i = 0; i < work->program->exemptions; i++) {
		const struct exemption_rule *rule =
		    &work->program->exemption[i];

		if (period->exempt == NULL || !period->exempt[i])
			continue;
		for (size_t n = 0; n < rule->waives.count; n++)
			if (text_equal(rule->waives.item[n], name))
				return true;
	}
	return false;
}

/* The exemption that waives the total and all minimums, or NULL. */
static const struct exemption_rule *waives_credits(
    const struct work *work, const struct period_work *period)
{
	for (size_t i = 0; i < work->program->exemptions; i++)
		if (period->exempt != NULL && period->exempt[i] &&
		    work->program->exemption[i].waives_credits)
			return &work->program->exemption[i];
	return NULL;
}

void rule_require(
    struct work *work, const struct line *line, struct period_work *period)
{
	struct period *out = &period->out;
	const struct exemption_rule *exemption;

	period->requires = find_rule(line->rule, period);
	out->has_required = period->requires->has_total;
	out->required = period->requires->total;
	out->required_by = &period->requires->words;
	find_exemptions(work, period);
	if (out->has_required) {
		prorate(work, period);
		rule_reduce(work, period);
	}
	period->asked = out->required;
	exemption = waives_credits(work, period);
	if (exemption != NULL) {
		if (out->has_required)
			rule_require_other(
			    period, 0, REQUIRED_WAIVED, &exemption->words);
		return;
	}
	rule_ask(work, period);
}
