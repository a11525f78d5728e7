/* Rules that follow each other in time: days between them on which none holds,
 * days on which two do. */
#include "program_check_work.h"

#include <stdlib.h>

/* A rule and the days on which it holds. Those of one series are alike in all
 * else. */
struct stretch {
	const struct rule_words *words;
	date_t from, until;
	size_t place; /* in its list: of two the first decides */
};

/* What is said of a series. */
struct series {
	struct stretch *item;
	size_t count;
	const char *what;  /* "rule", "tax" */
	const char *days;  /* what the days are of: "activities" */
	bool may_overlap;  /* two at once do no harm */
	const char *inner; /* who holds in a gap: "another rule, or none" */
};

static int compare(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

struct day {
	char text[DATE_TEXT_SIZE];
};

static struct text day_of(date_t date, struct day *day)
{
	if (date <= DATE_FIRST)
		return TEXT("the begin");
	if (date == DATE_NEVER)
		return TEXT("the end");
	return date_write(date, day->text);
}

static void find_gap(struct check *check, const struct series *s,
    const struct stretch *before, const struct stretch *after)
{
	struct day from, until;

	check_find(check, after->words, "date-gap",
	    "between " RULE_FORMAT " and '%.*s' %s from %.*s to %.*s find no "
	    "such %s: %s holds",
	    RULE_ARGS(before->words), TEXT_ARGS(after->words->name), s->days,
	    TEXT_ARGS(day_of(before->until + 1, &from)),
	    TEXT_ARGS(day_of(after->from - 1, &until)), s->what, s->inner);
}

static void find_overlap(struct check *check, const struct series *s,
    const struct stretch *before, const struct stretch *after)
{
	const struct stretch *wins =
	    before->place < after->place ? before : after;
	date_t last =
	    before->until < after->until ? before->until : after->until;
	struct day from, until;

	check_find(check, after->words, "date-overlap",
	    "%s from %.*s to %.*s find both " RULE_FORMAT " and '%.*s': the "
	    "%s of line %d holds",
	    s->days, TEXT_ARGS(day_of(after->from, &from)),
	    TEXT_ARGS(day_of(last, &until)), RULE_ARGS(before->words),
	    TEXT_ARGS(after->words->name), s->what, wins->words->line);
}

/* One that lies wholly within another was found where order is looked at. */
static bool lies_within(
    const struct stretch *inner, const struct stretch *outer)
{
	return inner->from >= outer->from && inner->until <= outer->until;
}

static void look_at(struct check *check, const struct series *s)
{
	size_t last = 0;

	qsort(s->item, s->count, sizeof(*s->item), compare);
	for (size_t i = 1; i < s->count; i++) {
		const struct stretch *before = &s->item[last];
		const struct stretch *after = &s->item[i];

		if (before->until != DATE_NEVER &&
		    after->from > before->until + 1)
			find_gap(check, s, before, after);
		else if (after->from <= before->until && !s->may_overlap &&
			 !lies_within(after, before) &&
			 !lies_within(before, after))
			find_overlap(check, s, before, after);
		if (after->until > before->until)
			last = i;
	}
}

/* ---- rules with a `when` */

/* A rule of a list, whatever its kind. */
struct dated {
	const struct rule_words *words;
	const struct match *match;
	bool taken;
};

/* Whether the days or the cohorts of two rules are looked at; the others must
 * be the same. */
enum axis { AXIS_DAYS, AXIS_COHORTS };

static bool is_one_series(struct check *check, const struct match *a,
    const struct match *b, enum axis axis)
{
	if (axis == AXIS_DAYS ? a->granted_from != b->granted_from ||
				    a->granted_until != b->granted_until
			      : a->from != b->from || a->until != b->until)
		return false;
	return match_is_like(check, a, b);
}

static void look_along(struct check *check, struct dated *list, size_t count,
    struct series *s, enum axis axis)
{
	for (size_t i = 0; i < count; i++)
		list[i].taken = false;
	for (size_t i = 0; i < count && check->left > 0; i++) {
		s->count = 0;
		for (size_t k = i; k < count && !list[i].taken; k++) {
			const struct match *m = list[k].match;

			if (list[k].taken ||
			    (k > i &&
				!is_one_series(check, list[i].match, m, axis)))
				continue;
			list[k].taken = k > i;
			s->item[s->count++] = (struct stretch){list[k].words,
			    axis == AXIS_DAYS ? m->from : m->granted_from,
			    axis == AXIS_DAYS ? m->until : m->granted_until, k};
		}
		if (s->count > 1)
			look_at(check, s);
	}
}

/* `first_decides`: of two rules that hold, else both do. */
static void look_at_rules(
    struct check *check, struct dated *list, size_t count, bool first_decides)
{
	struct series s = {
	    .item = arena_take_many(
		&check->findings->arena, count + 1, sizeof(*s.item)),
	    .what = "rule",
	    .days = "activities",
	    .may_overlap = !first_decides,
	    .inner = first_decides ? "a later rule, or none," : "none",
	};

	if (s.item == NULL) {
		check->no_memory = true;
		return;
	}
	look_along(check, list, count, &s, AXIS_DAYS);
	s.days = "members certified";
	look_along(check, list, count, &s, AXIS_COHORTS);
}

#define LOOK_AT_RULES(check, list, count, first_decides)                       \
	do {                                                                   \
		struct dated *dated = arena_take_many(                         \
		    &(check)->findings->arena, (count) + 1, sizeof(*dated));   \
                                                                               \
		if (dated == NULL) {                                           \
			(check)->no_memory = true;                             \
			break;                                                 \
		}                                                              \
		for (size_t n = 0; n < (count); n++)                           \
			dated[n] = (struct dated){                             \
			    &(list)[n].words, &(list)[n].match, false};        \
		look_at_rules(check, dated, count, first_decides);             \
	} while (0)

/* ---- lists of names with days */

/* A name of a rule, with the days of the rule. */
struct named {
	struct text name;
	struct stretch stretch;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = text_compare(x->name, y->name);

	return order != 0 ? order : compare(&x->stretch, &y->stretch);
}

/* Each name's stretches are a series. */
static void look_at_names(
    struct check *check, struct named *list, size_t count, struct series *s)
{
	s->item = arena_take_many(
	    &check->findings->arena, count + 1, sizeof(*s->item));
	if (s->item == NULL) {
		check->no_memory = true;
		return;
	}
	if (count > 1)
		qsort(list, count, sizeof(*list), compare_named);
	for (size_t i = 0; i < count;) {
		struct text name = list[i].name;

		s->count = 0;
		while (i < count && text_equal(list[i].name, name))
			s->item[s->count++] = list[i++].stretch;
		look_at(check, s);
	}
}

static struct named *make_names(struct check *check, size_t count)
{
	struct named *list =
	    arena_take_many(&check->findings->arena, count + 1, sizeof(*list));

	if (list == NULL)
		check->no_memory = true;
	return list;
}

static void look_at_accreditations(struct check *check)
{
	const struct program *p = check->program;
	struct named *list = make_names(check, p->accreditations);
	struct series s = {
	    .what = "accreditation", .days = "activities", .inner = "none"};

	if (list == NULL)
		return;
	for (size_t i = 0; i < p->accreditations; i++) {
		const struct accreditation_rule *r = &p->accreditation[i];

		list[i] =
		    (struct named){r->by, {&r->words, r->from, r->until, i}};
	}
	look_at_names(check, list, p->accreditations, &s);
}

static void look_at_providers(struct check *check)
{
	const struct program *p = check->program;
	struct series s = {
	    .what = "approval", .days = "activities", .inner = "none"};
	size_t count = 0, at = 0;
	struct named *list;

	for (size_t i = 0; i < p->providers; i++)
		count += p->provider[i].names.count;
	list = make_names(check, count);
	if (list == NULL)
		return;
	for (size_t i = 0; i < p->providers; i++) {
		const struct provider_rule *r = &p->provider[i];

		for (size_t k = 0; k < r->names.count; k++)
			list[at++] = (struct named){r->names.item[k],
			    {&r->words, r->from, r->until, i}};
	}
	look_at_names(check, list, count, &s);
}

static void look_at_taxes(struct check *check)
{
	const struct program *p = check->program;
	struct series s = {.what = "tax",
	    .days = "activities",
	    .inner = "a later tax, or none,"};
	size_t count = 0, at = 0;
	struct named *list;

	for (size_t i = 0; i < p->taxes; i++)
		count += p->tax[i].places.count;
	list = make_names(check, count);
	if (list == NULL)
		return;
	for (size_t i = 0; i < p->taxes; i++) {
		const struct tax_rule *r = &p->tax[i];

		for (size_t k = 0; k < r->places.count; k++)
			list[at++] = (struct named){r->places.item[k],
			    {&r->words, r->from, r->until, i}};
	}
	look_at_names(check, list, count, &s);
}

/* ---- variants */

/* Those that differ in one of the axes only. */
static void look_at_eras(struct check *check, const struct era *const *era,
    const struct rule_words *const *words, size_t count, enum axis axis)
{
	struct series s = {.item = arena_take_many(&check->findings->arena,
			       count + 1, sizeof(*s.item)),
	    .what = "variant",
	    .days =
		axis == AXIS_DAYS ? "periods that begin" : "members certified",
	    .inner = "the last one"};

	if (s.item == NULL) {
		check->no_memory = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct era *e = era[i];

		if (e->which != era[0]->which ||
		    (axis == AXIS_DAYS
			    ? e->granted_from != era[0]->granted_from ||
				  e->granted_until != era[0]->granted_until
			    : e->from != era[0]->from ||
				  e->until != era[0]->until))
			return;
		s.item[s.count++] = (struct stretch){words[i],
		    axis == AXIS_DAYS ? e->from : e->granted_from,
		    axis == AXIS_DAYS ? e->until : e->granted_until, i};
	}
	look_at(check, &s);
}

static void look_at_variants(
    struct check *check, const struct designation_rule *d)
{
	size_t most = d->periods + d->requires_count;
	const struct era **era = arena_take_many(
	    &check->findings->arena, most, sizeof(const struct era *));
	const struct rule_words **words = arena_take_many(
	    &check->findings->arena, most, sizeof(const struct rule_words *));

	if (era == NULL || words == NULL) {
		check->no_memory = true;
		return;
	}
	for (size_t i = 0; i < d->periods; i++) {
		era[i] = &d->period[i].era;
		words[i] = &d->period[i].words;
	}
	look_at_eras(check, era, words, d->periods, AXIS_DAYS);
	look_at_eras(check, era, words, d->periods, AXIS_COHORTS);
	for (size_t i = 0; i < d->requires_count; i++) {
		era[i] = &d->requires[i].era;
		words[i] = &d->requires[i].words;
	}
	look_at_eras(check, era, words, d->requires_count, AXIS_DAYS);
	look_at_eras(check, era, words, d->requires_count, AXIS_COHORTS);
}

void check_dates(struct check *check)
{
	const struct program *p = check->program;

	LOOK_AT_RULES(check, p->eligibility, p->eligibilities, false);
	LOOK_AT_RULES(check, p->deadline, p->deadlines, true);
	LOOK_AT_RULES(check, p->rate, p->rates, true);
	LOOK_AT_RULES(check, p->factor, p->factors, true);
	LOOK_AT_RULES(check, p->split, p->splits, true);
	LOOK_AT_RULES(check, p->cap, p->caps, false);
	look_at_accreditations(check);
	look_at_providers(check);
	look_at_taxes(check);
	for (size_t i = 0; i < p->designations; i++)
		look_at_variants(check, &p->designation[i]);
}
