/* Caps: how much of the claims in a period counts, from narrow to wide. */
#include "rule_like.h"

/* What is left of a cap for one category. */
struct room {
	bool taken;
	struct text category;
	credit_t left;
};

/* A cap at work in a period. */
struct capping {
	const struct cap_rule *cap;
	credit_t limit;
	struct room room;     /* of what is counted now */
	int64_t bucket;       /* which that is */
	struct room *by_name; /* CAP_CATEGORY: open addressing, half full */
	size_t size;
};

/* A percentage of the required total, rounded; without one there is no cap. */
static bool find_percentage(struct work *work, const struct cap_rule *cap,
    const struct period *period, credit_t *ret)
{
	struct ratio part;

	if (!period->has_required)
		return false;
	if (!ratio_make(cap->percent, TAX_SCALE, &part))
		work->overflow = true;
	else
		*ret = rule_share(
		    work, period->required, part, cap->step, cap->rounding);
	return true;
}

static struct text category_of(const struct slot *slot)
{
	return slot->aspect.category.at != NULL
		   ? slot->aspect.category
		   : slot->claim->fact->activity.category;
}

static struct room *room_by_name(
    const struct capping *capping, struct text category)
{
	uint64_t hash = rule_hash_text(0, category);
	size_t at = (size_t)(hash ^ hash >> 32) & (capping->size - 1);

	while (capping->by_name[at].taken &&
	       !text_equal(capping->by_name[at].category, category))
		at = (at + 1) & (capping->size - 1);
	return &capping->by_name[at];
}

/* Years from the period's first day that are over on that day. */
static int years_since(date_t start, date_t on)
{
	int years = 0;

	while (date_add_months(start, 12 * (years + 1)) <= on)
		years++;
	return years;
}

/* What a cap counts together: everything, a day, a year, a claim. In the total
 * order these come one after the other. */
static int64_t bucket_of(const struct work *work, const struct cap_rule *cap,
    const struct period *period, const struct slot *slot)
{
	date_t on = slot->claim->fact->activity.completed_on;
	int year, month, day;

	switch (cap->span) {
	case CAP_ACTIVITY:
	case CAP_REQUEST:
		return slot->claim - work->claim;
	case CAP_DAY:
		return on;
	case CAP_YEAR:
		date_split(on, &year, &month, &day);
		return year;
	case CAP_PERIOD_YEAR:
		return years_since(period->starts_on, on);
	default:
		return 0;
	}
}

static struct room *find_room(const struct work *work, struct capping *capping,
    const struct period *period, const struct slot *slot)
{
	struct room *room = &capping->room;
	int64_t bucket;

	if (capping->cap->span == CAP_CATEGORY) {
		room = room_by_name(capping, category_of(slot));
		if (!room->taken)
			*room = (struct room){
			    true, category_of(slot), capping->limit};
		return room;
	}
	bucket = bucket_of(work, capping->cap, period, slot);
	if (!room->taken || capping->bucket != bucket) {
		capping->bucket = bucket;
		*room = (struct room){true, TEXT_NONE, capping->limit};
	}
	return room;
}

static void cut(struct work *work, const struct capping *capping,
    struct slot *slot, credit_t left)
{
	const struct cap_rule *cap = capping->cap;

	slot->share.allowed = left;
	if (slot->share.reason == REASON_NONE)
		slot->share.reason = cap->reason;
	rule_explain(work, slot,
	    (struct step){.kind = STEP_CAP,
		.reason = cap->reason,
		.rule = &cap->words,
		.credits = left,
		.number = capping->limit,
		.words =
		    cap->span == CAP_CATEGORY ? category_of(slot) : TEXT_NONE,
		.cap = cap});
}

/* Lets the claims in, in their order, until the cap is reached. */
static void let_in(
    struct work *work, struct capping *capping, struct period_work *period)
{
	const struct cap_rule *cap = capping->cap;

	for (size_t i = 0; i < period->slots; i++) {
		struct slot *slot = period->slot[i];
		struct room *room;

		if (!slot->stands ||
		    (cap->span == CAP_REQUEST && !slot->claim->recognized) ||
		    !rule_match(&cap->match, slot->claim, &slot->aspect))
			continue;
		room = find_room(work, capping, &period->out, slot);
		if (slot->share.allowed > room->left)
			cut(work, capping, slot, room->left);
		room->left -= slot->share.allowed;
	}
}

static void apply_cap(
    struct work *work, const struct cap_rule *cap, struct period_work *period)
{
	struct capping capping = {.cap = cap, .limit = cap->at_most, .size = 8};

	if (!rule_asks_within(period, &cap->required))
		return;
	if (cap->is_percent &&
	    !find_percentage(work, cap, &period->out, &capping.limit))
		return;
	if (cap->prorated)
		capping.limit = rule_prorated(
		    work, period, cap->at_most, cap->step, cap->rounding);
	if (cap->span == CAP_CATEGORY) {
		while (capping.size < 2 * period->slots)
			capping.size *= 2;
		capping.by_name =
		    rule_take(work, capping.size, sizeof(*capping.by_name));
		if (capping.by_name == NULL)
			return;
	}
	let_in(work, &capping, period);
}

/* Wider than a category, so wider than a period's own caps. */
static bool is_wider(const struct cap_rule *cap)
{
	return cap->span == CAP_GROUP || cap->is_percent;
}

void rule_caps(struct work *work, struct period_work *period)
{
	const struct program *program = work->program;
	size_t i = 0;

	for (; i < program->caps && !is_wider(&program->cap[i]); i++)
		apply_cap(work, &program->cap[i], period);
	for (size_t n = 0; n < period->own_caps; n++)
		apply_cap(work, &period->own_cap[n], period);
	for (; i < program->caps; i++)
		apply_cap(work, &program->cap[i], period);
}
