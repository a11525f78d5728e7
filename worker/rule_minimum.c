/* Which minimums apply to a period, and what each asks for. */
#include "rule_work.h"

static bool is_for_holder(
    const struct match *match, const struct period_work *period)
{
	date_t granted = period->tenure->from;

	if (!match->by_holder)
		return true;
	if (granted < match->granted_from || granted > match->granted_until)
		return false;
	for (size_t i = 0; i < match->designations.count; i++)
		if (text_equal(
			match->designations.item[i], period->out.designation))
			return true;
	return match->designations.count == 0;
}

/* Years count that lie wholly in the period, a rolling time once the tenure is
 * that old. */
static bool has_span(
    const struct minimum_rule *rule, const struct period_work *period)
{
	date_t first;

	switch (rule->span) {
	case MINIMUM_YEAR:
	case MINIMUM_PERIOD_YEAR:
		return rule_whole_years(rule->span, &period->out, &first) > 0;
	case MINIMUM_ROLLING:
		return period->tenure->from <=
		       date_add_months(
			   period->out.ends_on + 1, -12 * rule->rolling_years);
	default:
		return true;
	}
}

static bool applies(struct work *work, const struct period_work *period,
    const struct minimum_rule *rule)
{
	const struct period *out = &period->out;

	if (rule->is_percent && !out->has_required)
		return false;
	if (!rule_asks_within(period, &rule->required))
		return false;
	return is_for_holder(&rule->match, period) &&
	       rule_era_holds(&rule->era, period) && has_span(rule, period) &&
	       !rule_is_waived(work, period, rule->name) &&
	       (rule->if_met.at == NULL ||
		   rule_met(&period->met, period->out.designation, rule->if_met,
		       out->starts_on, out->ends_on) != NULL);
}

/* Of several years' credits: as much as their periods ask for of what they
 * state, together. */
static credit_t rolling_share(struct work *work,
    const struct period_work *period, const struct minimum_rule *rule)
{
	date_t from = rule_counts_from(period, rule);
	credit_t asked = 0, total = 0;
	struct ratio part;

	for (; period != NULL && period->out.ends_on >= from;
	     period = period->before)
		if (period->out.has_required) {
			rule_sum(work, &asked, period->asked);
			rule_sum(work, &total, period->requires->total);
		}
	if (asked == total || !ratio_make(asked, total, &part))
		return rule->at_least;
	return rule_share(work, rule->at_least, part, 1, ROUND_HALF_UP);
}

credit_t rule_least(struct work *work, const struct period_work *period,
    const struct minimum_rule *rule)
{
	credit_t least = rule->at_least;

	if (rule->is_percent) {
		if (!exact_scale(period->out.required, rule->percent, TAX_SCALE,
			ROUND_HALF_UP, &least))
			work->overflow = true;
		return least;
	}
	if (!rule->prorated)
		return least;
	return rule->span == MINIMUM_ROLLING
		   ? rolling_share(work, period, rule)
		   : rule_prorated(work, period, least, 1, ROUND_HALF_UP);
}

/* Such credits are asked for beside the total, and serve it only so far. */
static void add_beside_total(
    struct work *work, struct period_work *period, size_t at)
{
	const struct minimum_rule *rule = period->minimum_rule[at];
	credit_t least = rule_least(work, period, rule);

	if (least <= 0)
		return;
	if (period->own_cap == NULL)
		period->own_cap = rule_take(
		    work, work->program->minimums, sizeof(*period->own_cap));
	if (period->own_cap == NULL)
		return;
	period->own_cap[period->own_caps++] =
	    (struct cap_rule){.words = rule->words,
		.match = rule->match,
		.span = CAP_PERIOD,
		.at_most = least,
		.reason = REASON_CATEGORY_CAP};
	if (period->out.has_required)
		rule_sum(work, &period->out.required, least);
}

static int64_t needed(struct work *work, const struct period_work *period,
    const struct minimum_rule *rule)
{
	switch (rule->kind) {
	case MINIMUM_DIFFERENT:
		return rule->count;
	case MINIMUM_COVERS:
		return (int64_t)rule->values.count;
	default:
		return rule_least(work, period, rule);
	}
}

void rule_ask(struct work *work, struct period_work *period)
{
	const struct program *program = work->program;
	size_t count = 0;

	if (program->minimums == 0)
		return;
	period->minimum =
	    rule_take(work, program->minimums, sizeof(*period->minimum));
	period->minimum_rule = rule_take(
	    work, program->minimums, sizeof(const struct minimum_rule *));
	if (work->no_memory)
		return;
	for (size_t i = 0; i < program->minimums; i++)
		if (applies(work, period, &program->minimum[i]))
			period->minimum_rule[count++] = &program->minimum[i];
	for (size_t i = 0; i < count && !work->no_memory; i++)
		if (period->minimum_rule[i]->beside_total)
			add_beside_total(work, period, i);
	for (size_t i = 0; i < count; i++) {
		const struct minimum_rule *rule = period->minimum_rule[i];

		period->minimum[i] = (struct minimum){.name = rule->name,
		    .rule = &rule->words,
		    .is_count = rule->kind != MINIMUM_CREDITS,
		    .needed = needed(work, period, rule)};
	}
	period->out.minimum = period->minimum;
	period->out.minimums = count;
}
