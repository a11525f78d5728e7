/* Claims in a period: placed, compared with each other, cut by caps. */
#include <string.h>

#include "rule_work.h"

/* Every program counts the same activity once a period. */
static const struct same_rule same_activity = {
    .words = {.name = {"same activity", 13}},
    .match = {.from = DATE_FIRST, .until = DATE_NEVER},
    .fields = SAME_ACTIVITY,
};

static bool agree(
    const struct activity *a, const struct activity *b, unsigned fields)
{
	if ((fields & SAME_COMPLETED_ON) && a->completed_on != b->completed_on)
		return false;
	if ((fields & SAME_ROLE) && a->role != b->role)
		return false;
	return (!(fields & SAME_KIND) || text_equal(a->kind, b->kind)) &&
	       (!(fields & SAME_CODE) || text_equal(a->code, b->code)) &&
	       (!(fields & SAME_CATEGORY) ||
		   text_equal(a->category, b->category)) &&
	       (!(fields & SAME_TITLE) || text_equal(a->title, b->title)) &&
	       (!(fields & SAME_PROVIDER) ||
		   text_equal(a->provider, b->provider));
}

static date_t date_of_slot(const struct slot *slot)
{
	return slot->claim->fact->activity.completed_on;
}

static bool hides(const struct slot *slot, const struct activity *activity,
    const struct same_rule *rule)
{
	return slot->stands &&
	       agree(activity, &slot->claim->fact->activity, rule->fields) &&
	       rule_match(&rule->match, slot->claim, TEXT_NONE);
}

/* Is the claim at `at` the same activity as one that stands? The claims of a
 * period are in the order of their dates, so that a rule on the date looks at
 * few. */
static bool is_same(
    const struct period_work *period, size_t at, const struct same_rule *rule)
{
	const struct claim *claim = period->slot[at]->claim;
	const struct activity *mine = &claim->fact->activity;
	bool dated = (rule->fields & SAME_COMPLETED_ON) != 0;

	if (!rule_match(&rule->match, claim, TEXT_NONE))
		return false;
	for (size_t i = at + 1; i < period->slots; i++) {
		if (dated &&
		    date_of_slot(period->slot[i]) != mine->completed_on)
			break;
		if (hides(period->slot[i], mine, rule))
			return true;
	}
	for (size_t i = at; i-- > 0;) {
		if (dated &&
		    date_of_slot(period->slot[i]) != mine->completed_on)
			break;
		if (hides(period->slot[i], mine, rule))
			return true;
	}
	return false;
}

static void compare(struct work *work, struct period_work *period, size_t at)
{
	struct slot *slot = period->slot[at];
	const struct same_rule *rule = NULL;

	if (is_same(period, at, &same_activity))
		rule = &same_activity;
	for (size_t i = 0; i < work->program->sames && rule == NULL; i++)
		if (is_same(period, at, &work->program->same[i]))
			rule = &work->program->same[i];
	slot->stands = rule == NULL;
	if (rule == NULL)
		return;
	slot->share.allowed = 0;
	slot->share.reason = REASON_DUPLICATE_ACTIVITY;
	rule_explain(work, slot,
	    (struct step){.kind = STEP_DUPLICATE,
		.reason = REASON_DUPLICATE_ACTIVITY,
		.rule = &rule->words});
}

/* Accredited stands before recognized, then the total order. */
static void find_same(struct work *work, struct period_work *period)
{
	for (int recognized = 0; recognized < 2; recognized++)
		for (size_t i = 0; i < period->slots; i++) {
			const struct claim *claim = period->slot[i]->claim;

			if (claim->takes_part &&
			    claim->recognized == (recognized == 1))
				compare(work, period, i);
		}
}

/* What a cap counts together: everything, a day, a year, or each by itself. */
static int64_t bucket(
    const struct cap_rule *cap, const struct slot *slot, size_t at)
{
	date_t on = slot->claim->fact->activity.completed_on;
	int year, month, day;

	switch (cap->span) {
	case CAP_DAY:
		return on;
	case CAP_YEAR:
		date_split(on, &year, &month, &day);
		return year;
	case CAP_PERIOD:
		return 0;
	default:
		return (int64_t)at;
	}
}

/* Lets the claims in, in their order, until the cap is reached. */
static void apply_cap(
    struct work *work, const struct cap_rule *cap, struct period_work *period)
{
	struct text designation = period->out.designation;
	credit_t room = cap->at_most;
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < period->slots; i++) {
		struct slot *slot = period->slot[i];

		if (!slot->stands ||
		    (cap->span == CAP_REQUEST && !slot->claim->recognized) ||
		    !rule_match(&cap->match, slot->claim, designation) ||
		    (cap->match.designations.count > 0 &&
			designation.at == NULL))
			continue;
		if (bucket(cap, slot, i) != last) {
			last = bucket(cap, slot, i);
			room = cap->at_most;
		}
		if (slot->share.allowed > room) {
			slot->share.allowed = room;
			if (slot->share.reason == REASON_NONE)
				slot->share.reason = cap->reason;
			rule_explain(work, slot,
			    (struct step){.kind = STEP_CAP,
				.reason = cap->reason,
				.rule = &cap->words,
				.credits = room,
				.number = cap->at_most});
		}
		room -= slot->share.allowed;
	}
}

static void place_slot(struct work *work, struct period_work *period,
    struct claim *claim, struct slot *slot)
{
	struct step step = {.kind = STEP_RATE,
	    .rule = claim->rate == NULL ? NULL : &claim->rate->words,
	    .credits = claim->by_rate};

	slot->share.period = 0; /* in one; gather_periods() knows its index */
	slot->share.reason = REASON_NONE;
	slot->first = NULL; /* forget that it lay in no period */
	slot->last = NULL;
	slot->steps = 0;
	period->slot[period->slots++] = slot;
	if (claim->unmatched) {
		step.reason = slot->share.reason = work->program->unmatched;
		step.kind = STEP_GATE;
		rule_explain(work, slot, step);
		return;
	}
	slot->share.raw = claim->raw;
	step.words = claim->fact->activity.code;
	rule_explain(work, slot, step);
	if (claim->raw != claim->by_rate)
		rule_explain(work, slot,
		    (struct step){.kind = STEP_DECISION,
			.rule = &work->program->recognition_words,
			.credits = claim->raw});
	if (!claim->takes_part)
		return;
	slot->share.allowed = claim->raw;
}

void rule_place(
    struct work *work, struct line *line, struct period_work *period)
{
	size_t low = 0, end;

	while (
	    low < work->claims && work->claim[low].fact->activity.completed_on <
				      period->out.starts_on)
		low++;
	for (end = low; end < work->claims &&
			work->claim[end].fact->activity.completed_on <=
			    period->out.ends_on;)
		end++;
	period->slot = rule_take(work, end - low, sizeof(*period->slot));
	if (period->slot == NULL)
		return;
	for (size_t c = low; c < end; c++) {
		struct claim *claim = &work->claim[c];

		if (claim->refused != REASON_NONE || claim->future ||
		    !rule_stands(work, claim->fact))
			continue;
		for (size_t s = 0; s < claim->slots; s++)
			if (text_equal(claim->slot[s].share.designation,
				line->rule->name))
				place_slot(
				    work, period, claim, &claim->slot[s]);
	}
	if (work->no_memory)
		return;
	find_same(work, period);
	for (size_t i = 0; i < work->program->caps; i++)
		apply_cap(work, &work->program->cap[i], period);
}
