/* What a settled period has of what its minimums ask for. */
#include "rule_work.h"

int rule_whole_years(
    enum minimum_span span, const struct period *period, date_t *ret_first)
{
	int year, month, day;

	*ret_first = period->starts_on;
	if (span == MINIMUM_YEAR) {
		date_split(period->starts_on, &year, &month, &day);
		*ret_first =
		    date_of(month == 1 && day == 1 ? year : year + 1, 1, 1);
	}
	if (*ret_first > period->ends_on)
		return 0;
	return rule_months(*ret_first, period->ends_on + 1) / 12;
}

/* No condition on claims: then all credits count, whatever they are for. */
static bool is_plain(const struct match *match)
{
	return match->count + match->anys == 0 && match->from <= DATE_FIRST &&
	       match->until == DATE_NEVER;
}

bool rule_counts(const struct match *match, const struct slot *slot)
{
	return slot->share.credited > 0 &&
	       (match == NULL || rule_match(match, slot->claim, &slot->aspect));
}

credit_t rule_earned(struct work *work, const struct match *match,
    const struct period_work *period, date_t from, date_t until)
{
	credit_t sum = 0;

	for (; period != NULL && period->out.ends_on >= from;
	     period = period->before)
		for (size_t i = 0; i < period->slots; i++) {
			const struct slot *slot = period->slot[i];
			date_t on = slot->claim->fact->activity.completed_on;

			if (on >= from && on <= until &&
			    rule_counts(match, slot))
				rule_sum(work, &sum, slot->share.credited);
		}
	return sum;
}

credit_t rule_adjusted(
    struct work *work, const struct line *line, date_t from, date_t until)
{
	const struct facts *facts = &work->standing[EVENT_ADJUSTED];
	credit_t sum = 0;

	for (size_t i = rule_first_on(facts, from);
	     i < facts->count && facts->item[i]->on <= until; i++)
		if (text_equal(facts->item[i]->designation, line->rule->name))
			rule_sum(work, &sum, facts->item[i]->credits);
	return sum;
}

/* All that was earned from a day to a day; what was carried in is of the
 * period's first day, and counts where that period alone does. */
static credit_t count_days(struct work *work, const struct line *line,
    const struct period_work *period, const struct minimum_rule *rule,
    date_t from, date_t until)
{
	credit_t sum = rule_earned(work, &rule->match, period, from, until);

	if (!is_plain(&rule->match))
		return sum;
	rule_sum(work, &sum, rule_adjusted(work, line, from, until));
	if (from == period->out.starts_on && !rule->once &&
	    rule->span != MINIMUM_ROLLING)
		rule_sum(work, &sum, period->out.carried_in);
	return sum;
}

date_t rule_counts_from(
    const struct period_work *period, const struct minimum_rule *rule)
{
	if (rule->once)
		return period->tenure->from;
	if (rule->span == MINIMUM_ROLLING)
		return date_add_months(
		    period->out.ends_on + 1, -12 * rule->rolling_years);
	return period->out.starts_on;
}

/* What is met once for all stays so: no need to look at it again. */
int64_t rule_had_before(
    const struct period_work *period, const struct minimum_rule *rule)
{
	const struct period_work *before = rule->once ? period->before : NULL;

	for (size_t i = 0; before != NULL && i < before->out.minimums; i++)
		if (before->minimum_rule[i] == rule && before->minimum[i].met)
			return before->minimum[i].has;
	return 0;
}

static int64_t count_range(struct work *work, const struct line *line,
    const struct period_work *period, const struct minimum_rule *rule,
    date_t from, date_t until)
{
	switch (rule->kind) {
	case MINIMUM_DIFFERENT:
		return rule_different(work, rule, period, from, until);
	case MINIMUM_COVERS:
		return rule_covered(work, rule, period, from, until);
	default:
		return count_days(work, line, period, rule, from, until);
	}
}

/* Where each year counts, that of the year that has least; not one that was
 * leave from its first day to its last. */
static int64_t count_minimum(struct work *work, const struct line *line,
    const struct period_work *period, const struct minimum_rule *rule,
    int64_t needed)
{
	int64_t least = INT64_MAX;
	date_t first;
	int years;

	if (rule->span != MINIMUM_YEAR && rule->span != MINIMUM_PERIOD_YEAR)
		return count_range(work, line, period, rule,
		    rule_counts_from(period, rule), period->out.ends_on);
	years = rule_whole_years(rule->span, &period->out, &first);
	for (int i = 0; i < years; i++) {
		date_t from = date_add_months(first, 12 * i);
		date_t until = date_add_months(first, 12 * (i + 1)) - 1;
		int64_t year;

		if (rule_is_away(work, period, from, until))
			continue;
		year = count_range(work, line, period, rule, from, until);
		if (year < least)
			least = year;
	}
	return least < INT64_MAX ? least : needed;
}

void rule_count(
    struct work *work, const struct line *line, struct period_work *period)
{
	for (size_t i = 0; i < period->out.minimums; i++) {
		const struct minimum_rule *rule = period->minimum_rule[i];
		struct minimum *minimum = &period->minimum[i];

		minimum->has = rule_had_before(period, rule);
		if (minimum->has < minimum->needed || !rule->once)
			minimum->has = count_minimum(
			    work, line, period, rule, minimum->needed);
		minimum->met = minimum->has >= minimum->needed;
	}
}
