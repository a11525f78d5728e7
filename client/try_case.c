/* A certification that differs, with why: its periods, and each claim that
 * counts otherwise with the rule that decided before and after. */
#include "try.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rule.h"

#define CLAIMS_MOST 20 /* in one case */
#define NOTE_SIZE   512

static json_t *json_date(date_t date)
{
	char text[DATE_TEXT_SIZE];

	return try_json_text(date_write(date, text));
}

static void set(json_t *map, const char *key, struct text text)
{
	if (text.at != NULL)
		json_object_set_new(map, key, try_json_text(text));
}

/* ---- periods */

static json_t *json_names(struct text_list names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names.count; i++)
		json_array_append_new(list, try_json_text(names.item[i]));
	return list;
}

static json_t *standing_of(const struct period *period)
{
	if (period == NULL)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "status",
	    period_status_name(period->status), "required",
	    period->has_required ? try_json_credit(period->required)
				 : json_null(),
	    "earned", try_json_credit(period->earned), "carried_in",
	    try_json_credit(period->carried_in), "total",
	    try_json_credit(period->total), "missing",
	    json_names(period->missing));
}

static json_t *periods_of(const struct try_rulings *r, struct text designation)
{
	const struct period *was, *is;
	json_t *list = json_array();
	size_t was_at = 0, is_at = 0;

	while (try_next_period(r, &was_at, &is_at, &was, &is)) {
		const struct period *any = is != NULL ? is : was;
		json_t *before, *after;

		assert(any != NULL);
		if (!text_equal(any->designation, designation))
			continue;
		before = standing_of(was);
		after = standing_of(is);
		if (was != NULL && is != NULL && was->ends_on == is->ends_on &&
		    json_equal(before, after)) {
			json_decref(before);
			json_decref(after);
			continue;
		}
		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:b, s:o, s:o}", "starts_on",
			      json_date(any->starts_on), "ends_on",
			      json_date(any->ends_on), "current", any->current,
			      "before", before, "after", after));
	}
	return list;
}

/* ---- claims */

/* What one ruling says of a claim for the designation. */
struct side {
	const struct ruling *ruling;
	const struct verdict *verdict;
	struct text designation;
	size_t shares; /* one, or its parts where it is divided */
	credit_t raw, credited;
	enum reason reason;
};

/* Part number `number` of the claim for the designation, or NULL. */
static const struct share *part_of(const struct side *side, size_t number)
{
	const struct verdict *verdict = side->verdict;

	for (size_t i = 0; i < verdict->shares; i++) {
		const struct share *share =
		    &side->ruling->share[verdict->share + i];

		if (text_equal(share->designation, side->designation) &&
		    number-- == 0)
			return share;
	}
	return NULL;
}

/* A claim that differs. */
struct difference {
	size_t fact;
	struct side before, after;
	credit_t change;
};

static credit_t adjusted(
    const struct ruling *ruling, size_t fact, struct text designation)
{
	credit_t credits = 0;

	for (size_t i = 0; i < ruling->postings; i++) {
		const struct posting *posting = &ruling->posting[i];

		if (posting->cause == fact &&
		    posting->account == ACCOUNT_ADJUSTMENT &&
		    text_equal(posting->designation, designation))
			credits += posting->value;
	}
	return credits;
}

static struct side side_of(
    const struct ruling *ruling, size_t fact, struct text designation)
{
	struct side side = {.ruling = ruling,
	    .verdict = &ruling->verdict[fact],
	    .designation = designation};
	const struct share *share;

	while ((share = part_of(&side, side.shares)) != NULL) {
		side.shares++;
		side.raw += share->raw;
		side.credited += share->credited;
		if (side.reason == REASON_NONE)
			side.reason = share->reason;
	}
	if (side.shares == 0 && ruling->fact[fact].type == EVENT_ADJUSTED)
		side.credited = adjusted(ruling, fact, designation);
	if (side.reason == REASON_NONE &&
	    (side.shares == 0 || side.credited < side.raw))
		side.reason = side.verdict->reason;
	return side;
}

/* Is the claim about the designation at all, in one of the rulings? */
static bool concerns(const struct difference *d, struct text designation)
{
	const struct fact *fact = &d->before.ruling->fact[d->fact];

	if (d->before.shares > 0 || d->after.shares > 0)
		return true;
	if (fact->type == EVENT_ADJUSTED || fact->type == EVENT_GRANTED ||
	    fact->type == EVENT_RENEWED || fact->type == EVENT_TRANSFERRED)
		return text_equal(fact->designation, designation);
	return fact->type == EVENT_ACTIVITY || fact->type == EVENT_REQUESTED;
}

/* The step from which on the two rulings part; the last one where they don't.
 */
static size_t parting(const struct share *mine, const struct share *theirs)
{
	size_t i = 0;

	while (theirs != NULL && i < mine->steps && i < theirs->steps &&
	       mine->step[i].kind == theirs->step[i].kind &&
	       mine->step[i].reason == theirs->step[i].reason &&
	       mine->step[i].credits == theirs->step[i].credits)
		i++;
	return i < mine->steps ? i : mine->steps - 1;
}

/* The step that decided what counts: the one that reduced it first, else the
 * one from which on the rulings part. */
static const struct step *deciding(const struct share *share, size_t from)
{
	for (size_t i = from; i < share->steps; i++)
		if (share->reason != REASON_NONE &&
		    share->step[i].reason == share->reason)
			return &share->step[i];
	return &share->step[from];
}

static json_t *json_step(const struct ruling *ruling, const struct step *step)
{
	char note[NOTE_SIZE];
	json_t *map = json_pack("{s:o, s:o, s:o}", "rule",
	    try_json_text(step_rule(step)), "note",
	    try_json_text(step_note(ruling, step, note, sizeof(note))),
	    "credits", try_json_credit(step->credits));

	set(map, "source", step_source(step));
	return map;
}

/* The steps of each part from where the rulings part, and the rule of the one
 * that decided. */
static void add_steps(
    json_t *map, const struct side *side, const struct side *other)
{
	json_t *steps = json_array();

	for (size_t n = 0; n < side->shares; n++) {
		const struct share *share = part_of(side, n);
		size_t from;

		if (share->steps == 0)
			continue;
		from = parting(share, part_of(other, n));
		if (json_array_size(steps) == 0 ||
		    share->reason == side->reason)
			set(map, "rule", step_rule(deciding(share, from)));
		for (size_t i = from; i < share->steps; i++)
			json_array_append_new(
			    steps, json_step(side->ruling, &share->step[i]));
	}
	json_object_set_new(map, "steps", steps);
}

static json_t *json_side(const struct side *side, const struct side *other)
{
	json_t *map = json_pack("{s:o, s:s, s:s?, s:s?}", "credited",
	    try_json_credit(side->credited), "outcome",
	    outcome_name(side->verdict->outcome), "code",
	    side->reason != REASON_NONE ? reason_name(side->reason) : NULL,
	    "message",
	    side->reason != REASON_NONE ? reason_sentence(side->reason) : NULL);

	add_steps(map, side, other);
	return map;
}

static json_t *json_claim(const struct difference *d)
{
	const struct fact *fact = &d->before.ruling->fact[d->fact];
	date_t date =
	    fact->type == EVENT_ACTIVITY || fact->type == EVENT_REQUESTED
		? fact->activity.completed_on
		: fact->on;
	json_t *map = json_pack("{s:{s:o, s:o}, s:s, s:o}", "event", "source",
	    try_json_text(fact->source), "id", try_json_text(fact->id), "type",
	    event_type_name(fact->type), "date", json_date(date));

	set(map, "request", fact->request);
	set(map, "kind", fact->activity.kind);
	set(map, "activity", fact->activity.code);
	set(map, "category", fact->activity.category);
	set(map, "provider", fact->activity.provider);
	json_object_set_new(map, "before", json_side(&d->before, &d->after));
	json_object_set_new(map, "after", json_side(&d->after, &d->before));
	return map;
}

/* The greatest change first; of equal ones the earlier fact. */
static int compare(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;
	credit_t dx = x->change < 0 ? -x->change : x->change;
	credit_t dy = y->change < 0 ? -y->change : y->change;

	if (dx != dy)
		return dx > dy ? -1 : 1;
	return x->fact < y->fact ? -1 : 1;
}

/* Divided otherwise, if the whole is the same. */
static bool parts_differ(const struct difference *d)
{
	if (d->before.shares != d->after.shares)
		return true;
	for (size_t n = 0; n < d->before.shares; n++)
		if (part_of(&d->before, n)->credited !=
		    part_of(&d->after, n)->credited)
			return true;
	return false;
}

static bool differs(const struct difference *d)
{
	return d->change != 0 || parts_differ(d) ||
	       d->before.reason != d->after.reason ||
	       d->before.verdict->outcome != d->after.verdict->outcome;
}

static void add_claims(
    json_t *shown, const struct try_rulings *r, struct text designation)
{
	struct difference *list = calloc(r->before.facts + 1, sizeof(*list));
	json_t *claims = json_array();
	size_t count = 0;

	for (size_t i = 0; list != NULL && i < r->before.facts; i++) {
		struct difference *d = &list[count];

		d->fact = i;
		d->before = side_of(&r->before, i, designation);
		d->after = side_of(&r->after, i, designation);
		d->change = d->after.credited - d->before.credited;
		count += differs(d) && concerns(d, designation);
	}
	if (list != NULL)
		qsort(list, count, sizeof(*list), compare);
	for (size_t i = 0; i < count && i < CLAIMS_MOST; i++)
		json_array_append_new(claims, json_claim(&list[i]));
	json_object_set_new(shown, "claims", claims);
	if (count > CLAIMS_MOST)
		json_object_set_new(shown, "more_claims",
		    json_integer((json_int_t)(count - CLAIMS_MOST)));
	free(list);
}

json_t *try_case(const struct try_rulings *r, const struct try_certification *c)
{
	json_t *shown = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "member",
	    try_json_text(r->member), "designation",
	    try_json_text(c->designation), "before", try_json_credit(c->before),
	    "after", try_json_credit(c->after), "change",
	    try_json_credit(c->after - c->before), "periods",
	    periods_of(r, c->designation));

	if (shown != NULL)
		add_claims(shown, r, c->designation);
	return shown;
}

/* ---- the greatest changes */

/* Where no credits differ, a worse status weighs most, then any other, then
 * what remains to be earned. */
static credit_t weight_of(enum try_way way, const struct try_certification *c)
{
	size_t was = try_status_of(c->was), is = try_status_of(c->is);
	credit_t weight = c->after - c->before;

	if (way == TRY_OTHER && c->was != NULL && c->is != NULL)
		weight = c->is->remaining - c->was->remaining;
	if (weight < 0)
		weight = -weight;
	if (way == TRY_OTHER && was != is)
		weight += was == PERIOD_COMPLETE || is == PERIOD_LAPSED
			      ? 4 * CREDIT_MOST
			      : 2 * CREDIT_MOST;
	return weight;
}

static int compare_text(struct text text, const json_t *json)
{
	return text_compare(text,
	    (struct text){json_string_value(json), json_string_length(json)});
}

/* Does the case stand before one that is shown? Whatever the order in which
 * members come, the same ones are kept. */
static bool stands_before(const struct try_rulings *r,
    const struct try_certification *c, credit_t weight,
    const struct try_place *place)
{
	int order;

	if (weight != place->weight)
		return weight > place->weight;
	order =
	    compare_text(r->member, json_object_get(place->shown, "member"));
	if (order == 0)
		order = compare_text(c->designation,
		    json_object_get(place->shown, "designation"));
	return order < 0;
}

bool try_offer(struct try *try, enum try_way way, const struct try_rulings *r,
    const struct try_certification *c)
{
	struct try_top *top = &try->shown[way];
	credit_t weight = weight_of(way, c);
	size_t place = top->count;
	json_t *shown;

	while (place > 0 && stands_before(r, c, weight, &top->place[place - 1]))
		place--;
	if (place == try->top)
		return true;
	shown = try_case(r, c);
	if (shown == NULL)
		return false;
	if (top->count == try->top)
		json_decref(top->place[--top->count].shown);
	memmove(top->place + place + 1, top->place + place,
	    (top->count - place) * sizeof(*top->place));
	top->place[place] = (struct try_place){weight, shown};
	top->count++;
	return true;
}
