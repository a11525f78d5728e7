/* Placing claims in the period that holds their day. */
#include "rule_work.h"

bool rule_takes_part(const struct slot *slot)
{
	return slot->claim->takes_part && slot->worth->rate != NULL;
}

struct slot *rule_slot_of(struct claim *claim, struct text designation)
{
	for (size_t s = 0; s < claim->slots; s++)
		if (text_equal(claim->slot[s].share.designation, designation))
			return &claim->slot[s];
	return NULL;
}

/* What it is worth for this holder, where that makes a difference. */
static void find_worth(struct work *work, struct slot *slot)
{
	struct worth *worth;

	slot->worth = &slot->claim->worth;
	if (!work->program->rates_by_holder)
		return;
	worth = rule_take(work, 1, sizeof(*worth));
	if (worth == NULL)
		return;
	rule_rate(work, slot->claim, &slot->aspect, worth);
	slot->worth = worth;
}

static void place_slot(
    struct work *work, struct period_work *period, struct slot *slot)
{
	const struct worth *worth;

	slot->aspect = (struct aspect){.designation = period->out.designation,
	    .granted_on = period->tenure->from};
	slot->share.period = 0; /* in one; gather_periods() knows its index */
	slot->share.reason = REASON_NONE;
	slot->first = NULL; /* forget that it lay in no period */
	slot->last = NULL;
	slot->steps = 0;
	period->slot[period->slots++] = slot;
	find_worth(work, slot);
	worth = slot->worth;
	if (worth->rate == NULL) {
		slot->share.reason = work->program->unmatched;
		rule_explain(work, slot,
		    (struct step){
			.kind = STEP_GATE, .reason = work->program->unmatched});
		return;
	}
	slot->share.raw = worth->raw;
	rule_explain_worth(
	    work, slot, worth->rate->together == 0 || !slot->claim->takes_part);
	if (slot->claim->takes_part)
		slot->share.allowed = worth->raw;
}

size_t rule_first_claim(const struct work *work, date_t on)
{
	size_t low = 0, high = work->claims;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (work->claim[middle].fact->activity.completed_on < on)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void place_claim(struct work *work, const struct line *line,
    struct period_work *period, struct claim *claim)
{
	struct slot *slot = rule_slot_of(claim, line->rule->name);

	if (claim->refused != REASON_NONE || claim->future || slot == NULL)
		return;
	if (rule_stands(work, claim->fact))
		place_slot(work, period, slot);
	else
		claim->taken_back = true;
}

void rule_place(
    struct work *work, struct line *line, struct period_work *period)
{
	size_t first = rule_first_claim(work, period->out.starts_on);
	size_t end = rule_first_claim(work, period->out.ends_on + 1);

	if (end <= first)
		return;
	period->slot = rule_take(work, end - first, sizeof(struct slot *));
	for (size_t c = first; c < end && !work->no_memory; c++)
		place_claim(work, line, period, &work->claim[c]);
	if (work->no_memory)
		return;
	rule_find_same(work, line, period);
	rule_together(work, period);
	rule_split(work, period);
	if (!work->no_memory)
		rule_caps(work, period);
}
