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

/* Claims that stand, found by what a rule of sameness looks at. */
struct sames {
	const struct same_rule *rule;
	struct slot *
	    *table; /* open addressing; a power of two, at most half full */
	size_t size;
};

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	return (hash ^ size) * UINT64_C(0x100000001b3);
}

static uint64_t mix_text(uint64_t hash, struct text text)
{
	return mix(hash, text.at, text.at == NULL ? 0 : text.length);
}

/* Equal for activities that agree() in the fields. */
static uint64_t hash_of(const struct activity *a, unsigned fields)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (fields & SAME_COMPLETED_ON)
		hash = mix(hash, &a->completed_on, sizeof(a->completed_on));
	if (fields & SAME_ROLE)
		hash = mix(hash, &a->role, sizeof(a->role));
	if (fields & SAME_KIND)
		hash = mix_text(hash, a->kind);
	if (fields & SAME_CODE)
		hash = mix_text(hash, a->code);
	if (fields & SAME_CATEGORY)
		hash = mix_text(hash, a->category);
	if (fields & SAME_TITLE)
		hash = mix_text(hash, a->title);
	if (fields & SAME_PROVIDER)
		hash = mix_text(hash, a->provider);
	return hash ^ hash >> 32;
}

/* Where a claim like this one stands in the table, or its free place. */
static struct slot **find_like(
    const struct sames *sames, const struct activity *activity)
{
	unsigned fields = sames->rule->fields;
	size_t at = (size_t)hash_of(activity, fields) & (sames->size - 1);

	while (
	    sames->table[at] != NULL &&
	    !agree(activity, &sames->table[at]->claim->fact->activity, fields))
		at = (at + 1) & (sames->size - 1);
	return &sames->table[at];
}

/* A claim stands unless one that stands is the same by any rule. */
static void compare(
    struct work *work, struct sames *sames, size_t rules, struct slot *slot)
{
	const struct activity *activity = &slot->claim->fact->activity;

	for (size_t i = 0; i < rules; i++) {
		if (!rule_match(&sames[i].rule->match, slot->claim, NULL) ||
		    *find_like(&sames[i], activity) == NULL)
			continue;
		slot->share.allowed = 0;
		slot->share.reason = REASON_DUPLICATE_ACTIVITY;
		rule_explain(work, slot,
		    (struct step){.kind = STEP_DUPLICATE,
			.reason = REASON_DUPLICATE_ACTIVITY,
			.rule = &sames[i].rule->words});
		return;
	}
	slot->stands = true;
	for (size_t i = 0; i < rules; i++)
		if (rule_match(&sames[i].rule->match, slot->claim, NULL))
			*find_like(&sames[i], activity) = slot;
}

static struct sames *make_sames(struct work *work, size_t rules, size_t slots)
{
	struct sames *sames = rule_take(work, rules, sizeof(*sames));
	size_t size = 8;

	while (size < 2 * slots)
		size *= 2;
	for (size_t i = 0; i < rules && !work->no_memory; i++) {
		sames[i].rule =
		    i == 0 ? &same_activity : &work->program->same[i - 1];
		sames[i].size = size;
		sames[i].table = rule_take(work, size, sizeof(struct slot *));
	}
	return work->no_memory ? NULL : sames;
}

/* Accredited stands before recognized, then the total order. */
static void find_same(struct work *work, struct period_work *period)
{
	size_t rules = 1 + work->program->sames;
	struct sames *sames = make_sames(work, rules, period->slots);

	for (int recognized = 0; recognized < 2 && sames != NULL; recognized++)
		for (size_t i = 0; i < period->slots; i++) {
			const struct claim *claim = period->slot[i]->claim;

			if (claim->takes_part &&
			    claim->recognized == (recognized == 1))
				compare(work, sames, rules, period->slot[i]);
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
	credit_t room = cap->at_most;
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < period->slots; i++) {
		struct slot *slot = period->slot[i];

		if (!slot->stands ||
		    (cap->span == CAP_REQUEST && !slot->claim->recognized) ||
		    !rule_match(&cap->match, slot->claim, &slot->aspect))
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

/* The period's own are of the width of a category. */
static void apply_own_caps(struct work *work, struct period_work *period)
{
	for (size_t i = 0; i < period->own_caps; i++)
		apply_cap(work, &period->own_cap[i], period);
}

static void apply_caps(struct work *work, struct period_work *period)
{
	const struct program *program = work->program;
	bool own = false;

	for (size_t i = 0; i < program->caps; i++) {
		if (!own && program->cap[i].span >= CAP_CATEGORY) {
			apply_own_caps(work, period);
			own = true;
		}
		apply_cap(work, &program->cap[i], period);
	}
	if (!own)
		apply_own_caps(work, period);
}

static void place_slot(struct work *work, struct period_work *period,
    struct claim *claim, struct slot *slot)
{
	struct step step = {.kind = STEP_RATE,
	    .rule = claim->rate == NULL ? NULL : &claim->rate->words,
	    .credits = claim->by_rate};

	slot->aspect = (struct aspect){.designation = period->out.designation,
	    .granted_on = period->tenure->from};
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
	period->slot = rule_take(work, end - low, sizeof(struct slot *));
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
	apply_caps(work, period);
}
