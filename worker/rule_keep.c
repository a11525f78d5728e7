/* What is kept of a frozen period, and taken in again by every later ruling:
 * the shares of its claims, each with its steps, and how the requests and the
 * facts about it stood. All else of the period follows from these again; so
 * adjustments, which are never frozen, have all their effects. */
#include <string.h>

#include "rule_work.h"

size_t rule_known_at(const struct freeze *freeze, const struct period *period)
{
	size_t low = 0, high = freeze->periods;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct frozen *known = &freeze->period[middle];
		int order =
		    text_compare(known->designation, period->designation);

		if (order < 0 ||
		    (order == 0 && known->starts_on < period->starts_on))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct frozen *rule_known(
    const struct freeze *freeze, const struct period_work *period)
{
	size_t at = rule_known_at(freeze, &period->out);
	struct frozen *known = &freeze->period[at];

	return at < freeze->periods &&
		       text_equal(
			   known->designation, period->out.designation) &&
		       known->starts_on == period->out.starts_on &&
		       known->granted_on == period->tenure->from
		   ? known
		   : NULL;
}

static const struct frozen *frozen_on(
    const struct freeze *freeze, struct text designation, date_t day)
{
	struct period key = {.designation = designation, .starts_on = day + 1};
	size_t at = rule_known_at(freeze, &key);
	const struct frozen *known = at == 0 ? NULL : &freeze->period[at - 1];

	return known != NULL && known->is_frozen && known->ends_on >= day &&
		       text_equal(known->designation, designation)
		   ? known
		   : NULL;
}

/* ---- keeping */

/* A cap may be the ruling's own: that of a minimum beside the total. */
static bool keep_steps(
    struct arena *arena, const struct slot *from, struct slot *to)
{
	to->first = NULL;
	to->last = &to->first;
	for (const struct step_link *l = from->first; l != NULL; l = l->next) {
		struct step_link *link = arena_take(arena, sizeof(*link));
		struct cap_rule *cap;

		if (link == NULL)
			return false;
		link->step = l->step;
		*to->last = link;
		to->last = &link->next;
		if (l->step.cap == NULL)
			continue;
		cap = arena_take(arena, sizeof(*cap));
		if (cap == NULL)
			return false;
		*cap = *l->step.cap;
		link->step.cap = cap;
		link->step.rule = &cap->words;
	}
	return true;
}

static bool keep_slot(struct arena *arena, const struct slot *from,
    struct worth *worth, struct slot *to)
{
	*to = *from;
	to->claim = NULL;
	to->worth = worth;
	return keep_steps(arena, from, to);
}

static bool keep_request(
    struct arena *arena, const struct request *from, struct request *to)
{
	struct text *missing =
	    arena_take_many(arena, from->missing.count + 1, sizeof(*missing));

	if (missing == NULL)
		return false;
	*to = *from;
	to->flags = NULL; /* they are of the request, not of a period */
	to->flag_count = 0;
	if (from->missing.count > 0)
		memcpy(missing, from->missing.item,
		    from->missing.count * sizeof(*missing));
	to->missing.item = missing;
	return true;
}

static bool keep_share(
    struct arena *arena, const struct slot *from, struct kept *to)
{
	const struct request_work *request = from->claim->request;
	struct worth *worth = arena_take(arena, sizeof(*worth));
	struct slot *part =
	    arena_take_many(arena, from->parts + 1, sizeof(*part));

	if (worth == NULL || part == NULL)
		return false;
	*worth = *from->worth;
	to->fact = from->share.fact;
	if (!keep_slot(arena, from, worth, &to->slot) ||
	    (request != NULL &&
		!keep_request(arena, &request->out, &to->request)))
		return false;
	to->slot.part = part;
	for (size_t i = 0; i < from->parts; i++)
		if (!keep_slot(arena, &from->part[i], worth, &part[i]))
			return false;
	return true;
}

static bool keep_facts(
    struct arena *arena, const struct facts *from, struct facts *to)
{
	*to = (struct facts){
	    arena_take_many(arena, from->count + 1, sizeof(struct fact *)),
	    from->count};
	if (to->item == NULL)
		return false;
	if (from->count > 0)
		memcpy(
		    to->item, from->item, from->count * sizeof(struct fact *));
	return true;
}

static bool is_part(const struct slot *slot)
{
	return slot < slot->claim->slot ||
	       slot >= slot->claim->slot + slot->claim->slots;
}

static const bool *keep_reversed(
    struct arena *arena, const struct ruling *ruling)
{
	bool *reversed =
	    arena_take_many(arena, ruling->facts + 1, sizeof(*reversed));

	for (size_t i = 0; i < ruling->facts && reversed != NULL; i++)
		reversed[i] = ruling->verdict[i].reversed;
	return reversed;
}

bool rule_keep(const struct work *work, const struct period_work *period,
    date_t on, const bool **reversed, struct frozen *ret)
{
	struct freeze *freeze = work->freeze;
	struct arena *arena = freeze->arena;
	struct kept *kept =
	    arena_take_many(arena, period->slots + 1, sizeof(*kept));

	if (*reversed == NULL)
		*reversed = keep_reversed(arena, work->ruling);
	if (kept == NULL || *reversed == NULL ||
	    !keep_facts(arena, &period->met, &ret->met))
		return false;
	ret->kepts = 0;
	for (size_t i = 0; i < period->slots; i++) {
		if (is_part(period->slot[i]))
			continue;
		if (!keep_share(arena, period->slot[i], &kept[ret->kepts]))
			return false;
		freeze->keeps[kept[ret->kepts++].fact]++;
	}
	ret->is_frozen = true;
	ret->on = on;
	ret->closed_by = period->closed_by == NULL
			     ? NO_FACT
			     : rule_index(work, period->closed_by);
	ret->kept = kept;
	ret->reversed = *reversed;
	ret->facts = work->ruling->facts;
	return true;
}

void rule_forget(struct freeze *freeze, struct frozen *known)
{
	for (size_t i = 0; i < known->kepts; i++)
		freeze->keeps[known->kept[i].fact]--;
	known->is_frozen = false;
	known->kepts = 0;
}

/* ---- taking in again */

bool rule_is_kept(const struct work *work, const struct fact *fact)
{
	return work->freeze != NULL &&
	       work->freeze->keeps[rule_index(work, fact)] > 0;
}

static bool stood(const struct work *work, const struct frozen *known,
    const struct fact *fact)
{
	size_t index = rule_index(work, fact);

	return index < known->facts && !known->reversed[index];
}

/* Those of a frozen period's days count as they stood then. */
static struct facts view_requirements(
    struct work *work, const struct line *line)
{
	const struct ruling *ruling = work->ruling;
	struct facts view = {NULL, 0};
	size_t count = 0;

	for (size_t i = 0; i < ruling->facts; i++)
		count += ruling->fact[i].type == EVENT_REQUIREMENT;
	view.item = rule_take(work, count, sizeof(struct fact *));
	for (size_t i = 0; i < ruling->facts && !work->no_memory; i++) {
		const struct fact *fact = &ruling->fact[i];
		const struct frozen *then;

		if (fact->type != EVENT_REQUIREMENT)
			continue;
		then = frozen_on(work->freeze, line->rule->name, fact->on);
		if (then == NULL ? rule_stands(work, fact)
				 : stood(work, then, fact))
			view.item[view.count++] = fact;
	}
	rule_sort(work, view.item, view.count, rule_compare_dated);
	return view;
}

void rule_view(struct work *work, struct line *line)
{
	line->met = work->standing[EVENT_REQUIREMENT];
	if (work->freeze != NULL && work->freeze->periods > 0)
		line->met = view_requirements(work, line);
}

void rule_requirements(const struct work *work, const struct line *line,
    struct period_work *period)
{
	const struct frozen *known =
	    work->freeze == NULL ? NULL : rule_known(work->freeze, period);

	period->met =
	    known != NULL && known->is_frozen ? known->met : line->met;
}

static void take_steps(
    struct work *work, struct slot *slot, const struct slot *kept)
{
	slot->first = NULL;
	slot->last = NULL;
	slot->steps = 0;
	for (const struct step_link *l = kept->first;
	     l != NULL && !work->is_look; l = l->next)
		rule_explain(work, slot, l->step);
}

static void take_slot(struct work *work, struct period_work *period,
    struct claim *claim, const struct slot *kept, struct slot *slot)
{
	*slot = *kept;
	slot->claim = claim;
	slot->frozen = period->frozen;
	slot->share.period = 0; /* in one, as in rule_place.c */
	take_steps(work, slot, kept);
	period->slot[period->slots++] = slot;
}

static void take_share(struct work *work, struct period_work *period,
    struct slot *slot, const struct kept *kept)
{
	struct slot *part = rule_take(work, kept->slot.parts, sizeof(*part));

	if (part == NULL)
		return;
	take_slot(work, period, slot->claim, &kept->slot, slot);
	slot->kept = kept;
	slot->part = part;
	for (size_t i = 0; i < kept->slot.parts; i++)
		take_slot(
		    work, period, slot->claim, &kept->slot.part[i], &part[i]);
}

static void be_late(
    struct work *work, struct period_work *period, struct slot *slot)
{
	slot->aspect = (struct aspect){.designation = period->out.designation,
	    .granted_on = period->tenure->from};
	slot->worth = &slot->claim->worth;
	slot->frozen = period->frozen;
	slot->share.period = 0;
	slot->share.raw = slot->worth->raw;
	slot->share.reason = REASON_PERIOD_FROZEN;
	slot->first = NULL;
	slot->last = NULL;
	slot->steps = 0;
	rule_explain(work, slot,
	    (struct step){.kind = STEP_FROZEN,
		.reason = REASON_PERIOD_FROZEN,
		.rule = &work->program->freeze.words,
		.number = period->frozen->on});
	period->slot[period->slots++] = slot;
}

static size_t count_slots(
    const struct work *work, const struct period_work *period)
{
	const struct frozen *frozen = period->frozen;
	size_t count = rule_first_claim(work, period->out.ends_on + 1) -
		       rule_first_claim(work, period->out.starts_on);

	for (size_t i = 0; i < frozen->kepts; i++)
		count += frozen->kept[i].slot.parts;
	return count;
}

const struct frozen *rule_frozen(
    const struct work *work, const struct period_work *period)
{
	const struct frozen *known =
	    work->freeze == NULL ? NULL : rule_known(work->freeze, period);

	return known != NULL && known->is_frozen &&
		       known->ends_on == period->out.ends_on
		   ? known
		   : NULL;
}

/* Its reversal came before the period was frozen. */
static bool was_taken_back(const struct work *work, const struct frozen *frozen,
    const struct fact *fact)
{
	size_t index = rule_index(work, fact);

	return index < frozen->facts && frozen->reversed[index];
}

/* Claims and what is kept of them are in the same order. */
void rule_take_in(
    struct work *work, struct line *line, struct period_work *period)
{
	const struct frozen *frozen = period->frozen;
	size_t kept = 0;

	period->out.is_frozen = true;
	period->out.frozen_on = frozen->on;
	period->slot =
	    rule_take(work, count_slots(work, period), sizeof(struct slot *));
	for (size_t c = rule_first_claim(work, period->out.starts_on);
	     c < work->claims && !work->no_memory; c++) {
		struct claim *claim = &work->claim[c];
		struct slot *slot =
		    rule_slot_of(claim, period->out.designation);

		if (claim->fact->activity.completed_on > period->out.ends_on)
			break;
		if (kept < frozen->kepts && slot != NULL &&
		    frozen->kept[kept].fact == rule_index(work, claim->fact))
			take_share(work, period, slot, &frozen->kept[kept++]);
		else if (slot != NULL && claim->refused == REASON_NONE &&
			 !claim->future && rule_stands(work, claim->fact))
			be_late(work, period, slot);
		else if (slot != NULL &&
			 was_taken_back(work, frozen, claim->fact))
			slot->frozen = frozen;
	}
	rule_remember_same(work, line, period);
}
