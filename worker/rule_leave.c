/* Time away: a requirement.met of the name that a rule of leave gives, from
 * met_on to expires_on. It makes its period longer, or its requirement less. A
 * day counts once, whatever speaks of it; leave without an end is none. */
#include <limits.h>

#include "rule_work.h"

/* What one rule makes of the leave: runs of days without a gap. */
struct tally {
	int days, months; /* of the runs before */
	int most;         /* days, or months where they are counted */
	date_t from, end; /* the run in work; equal: none */
};

static size_t find_rule(
    const struct work *work, const struct fact *fact, bool extends)
{
	const struct program *program = work->program;

	for (size_t i = 0; i < program->leaves; i++)
		if (program->leave[i].extends == extends &&
		    text_equal(
			program->leave[i].requirement, fact->requirement))
			return i;
	return program->leaves;
}

static bool is_leave_of(
    const struct period_work *period, const struct fact *fact)
{
	return fact->expires_on != DATE_NONE && fact->expires_on >= fact->on &&
	       (fact->designation.at == NULL ||
		   text_equal(fact->designation, period->out.designation));
}

static bool has_leave(
    const struct work *work, const struct period_work *period, bool extends)
{
	for (size_t i = 0; i < work->program->leaves; i++)
		if (work->program->leave[i].extends == extends)
			return period->met.count > 0;
	return false;
}

/* Leave that begins in the period, also in days that leave added to it, adds
 * its own days to the end. */
date_t rule_extend(
    struct work *work, const struct period_work *period, date_t end)
{
	const struct program *program = work->program;
	const struct facts *facts = &period->met;
	date_t first = end, away = period->out.starts_on;
	int *left;

	if (!has_leave(work, period, true))
		return end;
	left = rule_take(work, program->leaves, sizeof(*left));
	for (size_t i = 0; i < program->leaves && left != NULL; i++)
		left[i] = program->leave[i].at_most_months == 0
			      ? INT_MAX
			      : date_add_months(
				    first, program->leave[i].at_most_months) -
				    first;
	for (size_t i = rule_first_on(facts, period->out.starts_on);
	     i < facts->count && left != NULL; i++) {
		const struct fact *fact = facts->item[i];
		size_t rule = find_rule(work, fact, true);
		int days;

		if (fact->on >= end)
			break;
		if (rule == program->leaves || !is_leave_of(period, fact) ||
		    fact->expires_on < away)
			continue;
		days =
		    fact->expires_on + 1 - (fact->on > away ? fact->on : away);
		away = fact->expires_on + 1;
		if (days > left[rule])
			days = left[rule];
		left[rule] -= days;
		end += days;
	}
	return end;
}

bool rule_is_away(const struct work *work, const struct period_work *period,
    date_t from, date_t until)
{
	const struct facts *facts = &period->met;

	if (work->program->leaves == 0)
		return false;
	for (size_t i = 0; i < facts->count && from <= until; i++) {
		const struct fact *fact = facts->item[i];

		if (fact->on > from)
			break;
		if (is_leave_of(period, fact) && fact->expires_on >= from &&
		    (find_rule(work, fact, true) < work->program->leaves ||
			find_rule(work, fact, false) < work->program->leaves))
			from = fact->expires_on + 1;
	}
	return from > until;
}

static void end_run(struct tally *tally)
{
	if (tally->from == tally->end)
		return;
	tally->days += tally->end - tally->from;
	tally->months += rule_months(tally->from, tally->end);
	tally->from = tally->end;
}

static void add_run(struct tally *tally, date_t from, date_t end)
{
	if (tally->end != from) {
		end_run(tally);
		tally->from = from;
	}
	tally->end = end;
}

/* The leave inside the period, by the rule that speaks of it. */
static struct tally *count_leave(
    struct work *work, const struct period_work *period)
{
	const struct facts *facts = &period->met;
	struct tally *tally =
	    rule_take(work, work->program->leaves, sizeof(*tally));
	date_t away = period->out.starts_on;

	for (size_t i = 0; i < facts->count && tally != NULL; i++) {
		const struct fact *fact = facts->item[i];
		size_t rule = find_rule(work, fact, false);
		date_t end = fact->expires_on + 1;

		if (fact->on >= period->anniversary)
			break;
		if (rule == work->program->leaves ||
		    !is_leave_of(period, fact) || fact->expires_on < away)
			continue;
		if (end > period->anniversary)
			end = period->anniversary;
		add_run(&tally[rule], fact->on > away ? fact->on : away, end);
		away = end;
	}
	for (size_t i = 0; i < work->program->leaves && tally != NULL; i++)
		end_run(&tally[i]);
	return tally;
}

static void reduce(struct work *work, struct period_work *period,
    const struct leave_rule *rule, const struct tally *tally)
{
	date_t start = period->out.starts_on, end = period->anniversary;
	bool by_month = rule->reduces == PRORATE_MONTH;
	int lost = by_month ? tally->months : tally->days;
	int all = by_month ? rule_months(start, end) : end - start;
	int most = all;
	struct ratio part;

	if (rule->at_most_months > 0)
		most = by_month ? rule->at_most_months
				: date_add_months(start, rule->at_most_months) -
				      start;
	if (lost > most)
		lost = most;
	if (lost > all)
		lost = all;
	if (lost <= 0 || !ratio_make(all - lost, all, &part))
		return;
	rule_require_other(period,
	    rule_share(
		work, period->out.required, part, rule->step, rule->rounding),
	    REQUIRED_REDUCED, &rule->words);
}

void rule_reduce(struct work *work, struct period_work *period)
{
	const struct program *program = work->program;
	struct tally *tally;

	if (!has_leave(work, period, false))
		return;
	tally = count_leave(work, period);
	for (size_t i = 0; i < program->leaves && tally != NULL; i++)
		if (!program->leave[i].extends)
			reduce(work, period, &program->leave[i], &tally[i]);
}
