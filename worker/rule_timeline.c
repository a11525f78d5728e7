/* Certifications in time: periods open one after the other, by grant, transfer
 * or renewal.
 *
 * A period is settled (its totals found, its renewals judged) before the next
 * of its designation opens. Periods of all designations are settled in the
 * order in which they end: what a request is credited depends on its shares in
 * all of them, and those lie in periods that began on or before its day. */
#include <string.h>

#include "rule_work.h"

/* Room for so many slots; those that a claim keeps are to be taken out of
 * work->slot then. */
static struct slot *room_for_slots(struct work *work, size_t count)
{
	if (work->slots < count) {
		work->slots = 32 * (count + 1);
		work->slot = rule_take(work, work->slots, sizeof(*work->slot));
	}
	return work->slot;
}

static void keep_slots(struct work *work, const struct claim *claim)
{
	work->slot += claim->slots;
	work->slots -= claim->slots;
}

/* In no period yet; the slot is fresh, so all zeroes. */
static void begin_slot(const struct work *work, struct slot *slot,
    struct claim *claim, enum reason why)
{
	slot->claim = claim;
	slot->share.fact = rule_index(work, claim->fact);
	slot->share.period = NO_PERIOD;
	slot->share.recognized = claim->recognized;
	slot->share.reason = why;
}

static struct slot *single_slot(struct work *work, struct claim *claim,
    enum step_kind kind, enum reason why)
{
	claim->slot = room_for_slots(work, 1);
	if (claim->slot == NULL)
		return NULL;
	claim->slots = 1;
	keep_slots(work, claim);
	begin_slot(work, claim->slot, claim, why);
	rule_explain(work, claim->slot,
	    (struct step){
		.kind = kind, .reason = why, .rule = claim->refused_by});
	return claim->slot;
}

static bool is_meant(const struct fact *fact, struct text designation)
{
	for (size_t i = 0; i < fact->designations.count; i++)
		if (text_equal(fact->designations.item[i], designation))
			return true;
	return fact->designations.count == 0;
}

/* One slot a designation that is held; until a period takes it in, its date
 * lies before the certification or in no open period. */
static void slots_by_line(struct work *work, struct claim *claim)
{
	claim->slot = room_for_slots(work, work->lines);
	for (size_t i = 0; i < work->lines && !work->no_memory; i++) {
		struct line *line = &work->line[i];
		struct slot *slot = &claim->slot[claim->slots];
		bool before =
		    claim->fact->activity.completed_on < line->tenure[0].from;
		enum reason why = before ? REASON_BEFORE_CERTIFICATION
					 : REASON_OUTSIDE_PERIOD;

		if (!is_meant(claim->fact, line->rule->name))
			continue;
		claim->slots++;
		begin_slot(work, slot, claim, why);
		slot->share.designation = line->rule->name;
		rule_explain(work, slot,
		    (struct step){.kind = STEP_DATE, .reason = why});
	}
	keep_slots(work, claim);
}

/* What is kept of it, its periods take in; anywhere else it is reversed. */
static void slots_of_kept(struct work *work, struct claim *claim)
{
	slots_by_line(work, claim);
	for (size_t i = 0; i < claim->slots && !work->no_memory; i++) {
		struct slot *slot = &claim->slot[i];

		slot->share.reason = REASON_REVERSED;
		slot->first->step.kind = STEP_REFUSED;
		slot->first->step.reason = REASON_REVERSED;
	}
}

static void make_slots(struct work *work, struct claim *claim)
{
	if (!rule_stands(work, claim->fact) &&
	    rule_is_kept(work, claim->fact)) {
		slots_of_kept(work, claim);
	} else if (!rule_stands(work, claim->fact) &&
		   !rule_is_first(claim->refused)) {
		single_slot(work, claim, STEP_REFUSED, REASON_REVERSED);
	} else if (claim->refused != REASON_NONE) {
		single_slot(work, claim, STEP_REFUSED, claim->refused);
	} else if (claim->recognized && claim->request == NULL) {
		single_slot(work, claim, STEP_REFUSED, REASON_ID_CONFLICT);
	} else if (claim->future) {
		single_slot(work, claim, STEP_DATE, REASON_FUTURE_DATE);
	} else {
		slots_by_line(work, claim);
		if (claim->slots == 0)
			single_slot(work, claim, STEP_DATE,
			    REASON_UNKNOWN_CERTIFICATION);
	}
}

static bool remember(struct work *work, struct period_work *period)
{
	if (work->periods == work->period_room) {
		size_t room =
		    work->period_room == 0 ? 8 : work->period_room * 2;
		struct period_work **more =
		    rule_take(work, room, sizeof(struct period_work *));

		if (more == NULL)
			return false;
		if (work->periods > 0)
			memcpy(more, work->period,
			    work->periods * sizeof(struct period_work *));
		work->period = more;
		work->period_room = room;
	}
	work->period[work->periods++] = period;
	return true;
}

static struct period_work *open_period(struct work *work, struct line *line,
    date_t start, int number, const struct fact *opener)
{
	struct period_work *period = rule_take(work, 1, sizeof(*period));

	if (period == NULL || !remember(work, period))
		return NULL;
	period->number = number;
	period->tenure = &line->tenure[line->at];
	period->before = number == 1 ? NULL : line->last;
	period->out.designation = line->rule->name;
	period->out.starts_on = start;
	rule_requirements(work, line, period);
	rule_span(work, line, period);
	period->frozen = rule_frozen(work, period);
	period->out.opened_on = opener->on;
	period->out.opened_by = rule_index(work, opener);
	period->out.opening = opener->type == EVENT_RENEWED ? OPENED_RENEWED
			      : opener->type == EVENT_TRANSFERRED
				  ? OPENED_TRANSFERRED
				  : OPENED_GRANTED;
	rule_require(work, line, period);
	line->open = period;
	line->last = period;
	if (period->frozen == NULL)
		rule_place(work, line, period);
	else
		rule_take_in(work, line, period);
	return period;
}

static void wait_for(struct work *work, const struct fact *fact,
    enum outcome outcome, enum reason reason)
{
	struct verdict *verdict = rule_verdict(work, fact);

	verdict->outcome = outcome;
	verdict->reason = reason;
}

static const struct late_rule *find_stage(const struct program *program,
    const struct period_work *period, date_t renewed_on)
{
	for (size_t i = 0; i < program->lates; i++)
		if (renewed_on < date_add_months(period->anniversary,
				     program->late[i].months))
			return &program->late[i];
	return NULL;
}

/* Complete, but for credits that the next period may fill in. */
static bool is_complete(
    const struct program *program, const struct period *period)
{
	credit_t may_lack = program->carries && program->carry.backfills
				? program->carry.backfill_at_most
				: 0;

	return period->missing.count == 0 && period->remaining <= may_lack;
}

/* All that lateness asks for, by the day of the renewal. */
static bool meets_stage(const struct work *work, const struct line *line,
    const struct period_work *period, const struct late_rule *stage, date_t on)
{
	for (size_t i = 0; stage != NULL && i < stage->met.count; i++)
		if (!rule_met(&line->met, line->rule->name, stage->met.item[i],
			period->out.starts_on, on) &&
		    !rule_is_waived(work, period, stage->met.item[i]))
			return false;
	return true;
}

static void renew(struct work *work, struct line *line,
    struct period_work *period, const struct fact *fact)
{
	struct period_work *next;

	if (period->anniversary >= line->tenure[line->at].next ||
	    period->anniversary > DATE_LAST)
		return; /* superseded, or the end of days: nothing to open */
	next = open_period(
	    work, line, period->anniversary, period->number + 1, fact);
	if (next == NULL)
		return;
	period->closed_by = fact;
	rule_carry(work, period, next);
}

/* Once frozen it stays renewed. */
static bool closed_it(const struct work *work, const struct period_work *period,
    const struct fact *fact)
{
	return period->frozen != NULL &&
	       period->frozen->closed_by == rule_index(work, fact);
}

/* Judges one renewal against the last opened period, which may open the next.
 */
static void judge_renewal(struct work *work, struct line *line,
    struct period_work *period, const struct fact *fact)
{
	const struct program *program = work->program;
	const struct late_rule *stage = NULL;
	bool late = fact->on >= period->anniversary;

	if (fact->on < period->out.starts_on) {
		wait_for(work, fact, OUTCOME_APPLIED, REASON_OUTSIDE_PERIOD);
		return;
	}
	if (period->out.ends_on - fact->on > program->renewal_early_days) {
		wait_for(work, fact, OUTCOME_PENDING, REASON_OUTSIDE_PERIOD);
		return;
	}
	if (late && !program->late_is_free) {
		stage = find_stage(program, period, fact->on);
		if (stage == NULL) {
			wait_for(work, fact, OUTCOME_PENDING, REASON_LAPSED);
			return;
		}
	}
	if ((!is_complete(program, &period->out) ||
		!meets_stage(work, line, period, stage, fact->on)) &&
	    !closed_it(work, period, fact)) {
		wait_for(
		    work, fact, OUTCOME_PENDING, REASON_REQUIREMENTS_MISSING);
		return;
	}
	renew(work, line, period, fact);
	if (period->closed_by == fact)
		rule_charge(work, stage, fact);
}

static void settle(struct work *work, struct line *line)
{
	struct period_work *period = line->open;
	const struct tenure *tenure = &line->tenure[line->at];

	line->open = NULL;
	rule_period_settle(work, line, period);
	while (line->next_renewal < line->renewals && line->open == NULL) {
		const struct fact *fact = line->renewal[line->next_renewal];

		if (fact->on >= tenure->next)
			break;
		line->next_renewal++;
		if (fact->on < tenure->from)
			wait_for(
			    work, fact, OUTCOME_APPLIED, REASON_OUTSIDE_PERIOD);
		else
			judge_renewal(work, line, period, fact);
		if (work->no_memory)
			return;
	}
	if (line->open == NULL && line->at + 1 < line->tenures) {
		line->at++;
		open_period(work, line, line->tenure[line->at].from, 1,
		    line->tenure[line->at].opener);
	}
}

static struct line *next_to_settle(struct work *work)
{
	struct line *first = NULL;

	for (size_t i = 0; i < work->lines; i++) {
		struct line *line = &work->line[i];

		if (line->open != NULL &&
		    (first == NULL ||
			line->open->out.ends_on < first->open->out.ends_on))
			first = line;
	}
	return first;
}

void rule_timeline(struct work *work)
{
	struct line *line;
	size_t renewals = 0;

	for (size_t i = 0; i < work->claims && !work->no_memory; i++)
		make_slots(work, &work->claim[i]);
	for (size_t i = 0; i < work->lines; i++)
		renewals += work->line[i].renewals;
	work->renewal_fee =
	    rule_take(work, renewals, sizeof(*work->renewal_fee));
	for (size_t i = 0; i < work->lines && !work->no_memory; i++)
		open_period(work, &work->line[i], work->line[i].tenure[0].from,
		    1, work->line[i].tenure[0].opener);
	while (!work->no_memory && (line = next_to_settle(work)) != NULL)
		settle(work, line);
	for (size_t i = 0; i < work->lines && !work->no_memory; i++)
		work->line[i].last->out.current = true;
	rule_renewal_fees(work);
}
