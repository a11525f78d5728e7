/* From when to when a period runs: which variant of its rule holds, the n-th
 * anniversary or the next fixed day, leave that makes it longer. */
#include "rule_work.h"

bool rule_era_holds(const struct era *era, const struct period_work *period)
{
	date_t start = period->out.starts_on, granted = period->tenure->from;
	bool first = period->number == 1;

	if ((era->which == ERA_FIRST && !first) ||
	    (era->which == ERA_LATER && first))
		return false;
	return start >= era->from && start <= era->until &&
	       granted >= era->granted_from && granted <= era->granted_until;
}

int rule_months(date_t from, date_t until)
{
	int year, month, day, from_year, from_month, months;

	date_split(until, &year, &month, &day);
	date_split(from, &from_year, &from_month, &day);
	months = (year - from_year) * 12 + month - from_month;
	return date_add_months(from, months) > until ? months - 1 : months;
}

static const struct period_rule *find_rule(
    const struct designation_rule *rule, const struct period_work *period)
{
	for (size_t i = 0; i + 1 < rule->periods; i++)
		if (rule_era_holds(&rule->period[i].era, period))
			return &rule->period[i];
	return &rule->period[rule->periods - 1];
}

static date_t next_month(date_t day)
{
	int year, month, unused;

	date_split(day, &year, &month, &unused);
	return date_add_months(date_of(year, month, 1), 1);
}

/* The first such day on which a period that began on `start` may end. */
static date_t fixed_day(const struct period_rule *rule, date_t start)
{
	int year, month, day, years = rule->months / 12;

	date_split(start, &year, &month, &day);
	while (year % years != rule->remainder ||
	       date_of(year, rule->end_month, rule->end_day) < start)
		year++;
	return date_of(year, rule->end_month, rule->end_day);
}

/* A fixed day: the first period may be too short to be one. */
static date_t find_fixed_end(struct period_work *period)
{
	const struct period_rule *rule = period->rule;
	date_t start = period->out.starts_on;
	date_t end = fixed_day(rule, start) + 1;

	if (period->number == 1 &&
	    date_add_months(start, rule->at_least_months) > end)
		end = fixed_day(rule, end) + 1;
	period->whole_from = date_add_months(end, -rule->months);
	return end;
}

/* Anniversaries are counted from one day, so that a month's end is clamped but
 * not lost; from another one where the rule changes or leave was taken. */
static date_t find_anniversary(struct work *work, struct period_work *period)
{
	const struct period_rule *rule = period->rule;
	const struct period_work *before = period->before;
	date_t end, extended;

	period->whole_from = period->out.starts_on;
	period->counted_from = period->out.starts_on;
	period->lengths = 1;
	if (before != NULL && before->rule->shape == PERIOD_ANNIVERSARY &&
	    before->rule->months == rule->months) {
		period->counted_from = before->counted_from;
		period->lengths = before->lengths + 1;
	}
	end = date_add_months(
	    period->counted_from, rule->months * period->lengths);
	if (rule->month_end)
		end = next_month(end - 1);
	extended = rule_extend(work, period, end);
	if (extended == end)
		return end;
	if (rule->month_end)
		extended = next_month(extended - 1);
	period->counted_from = extended;
	period->lengths = 0;
	return extended;
}

void rule_span(
    struct work *work, const struct line *line, struct period_work *period)
{
	date_t end;

	period->rule = find_rule(line->rule, period);
	end = period->rule->shape == PERIOD_ANNIVERSARY
		  ? find_anniversary(work, period)
		  : find_fixed_end(period);
	/* Nothing is known of later days: no message can name them. */
	if (end > DATE_LAST)
		end = DATE_LAST + 1;
	period->anniversary = end;
	period->out.ends_on = end - 1;
	if (period->tenure->next != DATE_NEVER &&
	    period->out.ends_on >= period->tenure->next)
		period->out.ends_on = period->tenure->next - 1;
}
