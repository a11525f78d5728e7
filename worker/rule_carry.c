/* Between a period and the next: what is left over is carried on, what is
 * missing may be filled. */
#include "rule_work.h"

/* What may be carried of a period's own credits at most. */
static credit_t carriable(struct work *work, const struct period_work *period)
{
	const struct carry_rule *rule = &work->program->carry;
	date_t end = period->out.ends_on + 1;
	credit_t sum = 0;

	if (!rule->recognized_only && !rule->has_match &&
	    rule->last_months == 0)
		return INT64_MAX;
	for (size_t i = 0; i < period->slots; i++) {
		const struct slot *slot = period->slot[i];
		date_t on = slot->claim->fact->activity.completed_on;

		if ((rule->recognized_only && !slot->claim->recognized) ||
		    (rule->last_months > 0 &&
			on < date_add_months(end, -rule->last_months)) ||
		    (rule->has_match &&
			!rule_match(&rule->match, slot->claim, &slot->aspect)))
			continue;
		rule_sum(work, &sum, slot->share.credited);
	}
	return sum;
}

/* The most that may go into the next period. */
static credit_t carry_limit(struct work *work, const struct period_work *period)
{
	const struct carry_rule *rule = &work->program->carry;
	credit_t limit = rule->at_most, share;
	struct ratio part;

	if (!rule->is_percent)
		return limit;
	if (!ratio_make(rule->percent, TAX_SCALE, &part)) {
		work->overflow = true;
		return 0;
	}
	share = rule_share(
	    work, period->out.required, part, rule->step, rule->rounding);
	return share < limit ? share : limit;
}

/* Takes as much of `*left` as there is. */
static credit_t take(credit_t *left, credit_t most)
{
	credit_t taken = *left < most ? *left : most;

	*left -= taken;
	return taken;
}

/* Credits carried in are used up before the period's own, the oldest first; of
 * its own accredited ones before recognized ones, and last those that may be
 * carried. So what is left over are the youngest. */
void rule_carry(
    struct work *work, struct period_work *period, struct period_work *next)
{
	const struct carry_rule *rule = &work->program->carry;
	credit_t room, own = period->out.total, left, most;

	if (!work->program->carries || !period->out.has_required ||
	    period->out.total <= period->out.required)
		return;
	room = carry_limit(work, period);
	left = period->out.total - period->out.required;
	for (int i = 0; i < CARRY_PERIODS_MOST; i++)
		own -= period->lot[i];
	own = take(&left, own > 0 ? own : 0);
	most = carriable(work, period);
	if (own > most)
		own = most;
	next->lot[0] = take(&room, own);
	for (int i = 1; i < rule->periods && i < CARRY_PERIODS_MOST; i++)
		next->lot[i] = take(&room, take(&left, period->lot[i - 1]));
	for (int i = 0; i < CARRY_PERIODS_MOST; i++)
		rule_sum(work, &period->carried_out, next->lot[i]);
	next->out.carried_in = period->carried_out;
}

/* A renewal may open a period with credits missing from the one before: the
 * first of its own credits fill that one, as far as they have been earned. */
void rule_backfill(
    struct work *work, const struct line *line, struct period_work *period)
{
	const struct carry_rule *rule = &work->program->carry;
	struct period_work *before = period->before;
	date_t until = period->out.ends_on, end;
	credit_t most;

	if (!work->program->carries || !rule->backfills || before == NULL ||
	    before->out.remaining == 0)
		return;
	end = date_add_months(before->anniversary, rule->backfill_months);
	if (rule->backfill_months > 0 && end <= until)
		until = end - 1;
	most = rule_earned(work, NULL, period, period->out.starts_on, until);
	rule_sum(work, &most,
	    rule_adjusted(work, line, period->out.starts_on, until));
	if (most > period->out.earned)
		most = period->out.earned;
	if (most > before->out.remaining)
		most = before->out.remaining;
	if (most <= 0)
		return;
	before->filled = most;
	rule_sum(work, &before->out.carried_in, most);
	rule_sum(work, &period->out.carried_in, -most);
	rule_period_total(work, line, before);
}
