/* Claims of one designation that are the same activity, or take place at the
 * same time: one of them stands.
 *
 * Within a period accredited claims are looked at before requests, each in the
 * total order, against those that stand already. A rule that reaches back also
 * looks at what stood in earlier periods, the latest first. */
#include "rule_like.h"

/* Every program counts the same activity once a period. */
static const struct same_rule same_activity = {
    .words = {.name = {"same activity", 13}},
    .fields = SAME_ACTIVITY,
};

/* Claims that agree in an overlapping rule's fields and stand. Their days are
 * apart, so each list is in the order of first days as well as of last. */
struct crowd {
	struct slot **accredited;
	size_t count, room;
	struct slot *recognized; /* the latest */
};

/* A claim that stood in an earlier period, and the one before it. */
struct stood {
	const struct slot *slot;
	struct stood *older;
};

/* One rule at work in a period. */
struct sames {
	const struct same_rule *rule;
	struct likes stands;  /* value: slot; struct crowd if overlapping */
	struct likes *before; /* the line's; value: struct stood, the latest */
	struct like *found;   /* for the claim in hand; NULL: not about it */
};

static date_t first_day(const struct slot *slot)
{
	const struct activity *a = &slot->claim->fact->activity;

	return a->started_on != DATE_NONE && a->started_on < a->completed_on
		   ? a->started_on
		   : a->completed_on;
}

static date_t last_day(const struct slot *slot)
{
	return slot->claim->fact->activity.completed_on;
}

static bool speaks_of(const struct same_rule *rule, const struct slot *slot)
{
	return rule == &same_activity ||
	       rule_match(&rule->match, slot->claim, &slot->aspect);
}

static struct like *like_of(const struct likes *likes, const struct slot *slot)
{
	return rule_like(likes, &slot->claim->fact->activity);
}

/* One that stands and whose days overlap, or NULL. Requests are looked at in
 * the order of their last days: of those that stand only the latest can reach
 * into this one. */
static const struct slot *overlapped(
    const struct crowd *crowd, const struct slot *slot)
{
	size_t low = 0, high = crowd->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (last_day(crowd->accredited[middle]) < first_day(slot))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < crowd->count &&
	    first_day(crowd->accredited[low]) <= last_day(slot))
		return crowd->accredited[low];
	return crowd->recognized != NULL &&
		       last_day(crowd->recognized) >= first_day(slot)
		   ? crowd->recognized
		   : NULL;
}

/* A request that waits hides other requests only. */
static bool may_hide(const struct slot *earlier, const struct slot *slot)
{
	return slot->claim->recognized || !earlier->claim->recognized ||
	       earlier->claim->request->out.state == REQUEST_CREDITED;
}

/* One of an earlier period that still hides this one, or NULL. */
static const struct slot *hidden_before(
    const struct sames *sames, const struct slot *slot)
{
	const struct same_rule *rule = sames->rule;
	const struct stood *stood;

	if (sames->before == NULL)
		return NULL;
	stood = like_of(sames->before, slot)->value;
	for (; stood != NULL; stood = stood->older) {
		if (date_add_months(last_day(stood->slot),
			rule->within_months) <= last_day(slot) ||
		    (rule->overlapping &&
			last_day(stood->slot) < first_day(slot)))
			break;
		if (may_hide(stood->slot, slot))
			return stood->slot;
	}
	return NULL;
}

static const struct slot *hidden_by(
    const struct sames *sames, const struct slot *slot)
{
	const struct slot *by = NULL;

	if (sames->found == NULL)
		return NULL;
	if (!sames->rule->overlapping)
		by = sames->found->value;
	else if (sames->found->value != NULL)
		by = overlapped(sames->found->value, slot);
	return by != NULL ? by : hidden_before(sames, slot);
}

static void hide(struct work *work, const struct same_rule *rule,
    struct slot *slot, const struct slot *by)
{
	enum reason reason =
	    rule->overlapping ? REASON_OVERLAPPING : REASON_DUPLICATE_ACTIVITY;

	slot->share.allowed = 0;
	slot->share.reason = reason;
	rule_explain(work, slot,
	    (struct step){.kind = STEP_DUPLICATE,
		.reason = reason,
		.rule = &rule->words,
		.other = by->claim->fact});
}

static void remember(const struct sames *sames, struct slot *slot)
{
	struct like *like = sames->found;
	struct crowd *crowd;

	if (!sames->rule->overlapping) {
		like->activity = &slot->claim->fact->activity;
		like->value = slot;
		return;
	}
	crowd = like->value;
	if (slot->claim->recognized)
		crowd->recognized = slot;
	else
		crowd->accredited[crowd->count++] = slot;
}

/* A claim stands unless one that stands is the same by any rule. */
static void compare(
    struct work *work, struct sames *sames, size_t rules, struct slot *slot)
{
	for (size_t i = 0; i < rules; i++) {
		const struct slot *by;

		sames[i].found = speaks_of(sames[i].rule, slot)
				     ? like_of(&sames[i].stands, slot)
				     : NULL;
		by = hidden_by(&sames[i], slot);
		if (by != NULL) {
			hide(work, sames[i].rule, slot, by);
			return;
		}
	}
	slot->stands = true;
	for (size_t i = 0; i < rules; i++)
		if (sames[i].found != NULL)
			remember(&sames[i], slot);
}

/* Gathers who may overlap whom, so that each crowd has its room. */
static void gather_crowds(
    struct work *work, const struct sames *sames, struct period_work *period)
{
	for (size_t i = 0; i < period->slots && !work->no_memory; i++) {
		struct slot *slot = period->slot[i];
		struct like *like;
		struct crowd *crowd;

		if (!rule_takes_part(slot) || !speaks_of(sames->rule, slot))
			continue;
		like = like_of(&sames->stands, slot);
		if (like->value == NULL) {
			like->activity = &slot->claim->fact->activity;
			like->value = rule_take(work, 1, sizeof(*crowd));
		}
		crowd = like->value;
		if (crowd != NULL)
			crowd->room += !slot->claim->recognized;
	}
	for (size_t i = 0; i < sames->stands.size && !work->no_memory; i++) {
		struct crowd *crowd = sames->stands.table[i].value;

		if (crowd != NULL)
			crowd->accredited =
			    rule_take(work, crowd->room, sizeof(struct slot *));
	}
}

/* What the line remembers for a rule that reaches back. */
static struct likes *find_before(
    struct work *work, struct line *line, size_t number)
{
	const struct same_rule *rule = &work->program->same[number];

	if (rule->within_months == 0)
		return NULL;
	if (line->before == NULL)
		line->before = rule_take(
		    work, work->program->sames, sizeof(*line->before));
	if (line->before == NULL ||
	    (line->before[number].table == NULL &&
		!rule_likes_make(
		    work, &line->before[number], rule->fields, work->claims)))
		return NULL;
	return &line->before[number];
}

static struct sames *make_sames(struct work *work, struct line *line,
    struct period_work *period, size_t rules)
{
	struct sames *sames = rule_take(work, rules, sizeof(*sames));

	for (size_t i = 0; i < rules && !work->no_memory; i++) {
		sames[i].rule =
		    i == 0 ? &same_activity : &work->program->same[i - 1];
		if (!rule_likes_make(work, &sames[i].stands,
			sames[i].rule->fields, period->slots))
			break;
		if (i > 0)
			sames[i].before = find_before(work, line, i - 1);
		if (sames[i].rule->overlapping)
			gather_crowds(work, &sames[i], period);
	}
	return work->no_memory ? NULL : sames;
}

/* For the periods that come: in the order of their days. */
static void remember_all(struct work *work, const struct sames *sames,
    const struct period_work *period)
{
	for (size_t i = 0; i < period->slots && sames->before != NULL; i++) {
		const struct slot *slot = period->slot[i];
		struct stood *stood;
		struct like *like;

		if (!slot->stands || !speaks_of(sames->rule, slot))
			continue;
		stood = rule_take(work, 1, sizeof(*stood));
		if (stood == NULL)
			return;
		like = like_of(sames->before, slot);
		like->activity = &slot->claim->fact->activity;
		*stood = (struct stood){slot, like->value};
		like->value = stood;
	}
}

void rule_remember_same(
    struct work *work, struct line *line, const struct period_work *period)
{
	for (size_t i = 0; i < work->program->sames; i++) {
		struct sames sames = {.rule = &work->program->same[i],
		    .before = find_before(work, line, i)};

		remember_all(work, &sames, period);
	}
}

void rule_find_same(
    struct work *work, struct line *line, struct period_work *period)
{
	size_t rules = 1 + work->program->sames;
	struct sames *sames = make_sames(work, line, period, rules);

	for (int recognized = 0; recognized < 2 && sames != NULL; recognized++)
		for (size_t i = 0; i < period->slots; i++) {
			struct slot *slot = period->slot[i];

			if (rule_takes_part(slot) &&
			    slot->claim->recognized == (recognized == 1))
				compare(work, sames, rules, slot);
		}
	for (size_t i = 1; i < rules && sames != NULL && !work->no_memory; i++)
		remember_all(work, &sames[i], period);
}
