/* Minimums that can't be met, or that leave the total nothing to ask. */
#include "program_check_work.h"

struct number {
	char text[EXACT_TEXT_SIZE];
};

static struct text number_of(credit_t credits, struct number *number)
{
	return credit_write(credits, number->text);
}

/* What one period needs at least for it; 0: nothing that could be compared. */
static credit_t need_of(
    const struct minimum_rule *m, const struct designation_rule *d)
{
	int years = check_months(d) / 12;
	credit_t need = m->at_least;

	if (m->is_percent || m->beside_total || m->once ||
	    m->kind == MINIMUM_DIFFERENT || m->span == MINIMUM_ROLLING)
		return 0;
	/* An activity has several topics, and one may do for all of them. */
	if (m->kind == MINIMUM_COVERS && m->field != CONDITION_TOPICS &&
	    !exact_multiply(need, (int64_t)m->values.count, &need))
		return 0;
	/* Of calendar years one may be split between two periods. */
	if (m->span == MINIMUM_YEAR &&
	    !(d->period[0].shape == PERIOD_FIXED_DAY &&
		d->period[0].end_month == 12 && d->period[0].end_day == 31))
		years--;
	if ((m->span == MINIMUM_YEAR || m->span == MINIMUM_PERIOD_YEAR) &&
	    !exact_multiply(need, years > 0 ? years : 0, &need))
		return 0;
	return need;
}

static date_t later(date_t a, date_t b)
{
	return a > b ? a : b;
}

static date_t earlier(date_t a, date_t b)
{
	return a < b ? a : b;
}

/* The periods that are of both; false: none are. */
static bool eras_meet(const struct era *a, const struct era *b, struct era *ret)
{
	*ret =
	    (struct era){later(a->from, b->from), earlier(a->until, b->until),
		later(a->granted_from, b->granted_from),
		earlier(a->granted_until, b->granted_until),
		a->which != ERA_ANY ? a->which : b->which};
	return ret->from <= ret->until &&
	       ret->granted_from <= ret->granted_until &&
	       (a->which == ERA_ANY || b->which == ERA_ANY ||
		   a->which == b->which);
}

/* The minimum asks for something where that variant holds and requires a total.
 */
static bool goes_with(const struct minimum_rule *m,
    const struct designation_rule *d, const struct requires_rule *r)
{
	struct era both;

	if (!r->has_total || r->total == 0 ||
	    !check_is_about(&m->match, d->name) ||
	    !eras_meet(&m->era, &r->era, &both) ||
	    (m->required.given &&
		(r->total < m->required.from || r->total > m->required.until)))
		return false;
	for (const struct requires_rule *before = d->requires; before < r;
	     before++)
		if (check_era_covers(&before->era, &both))
			return false;
	return true;
}

/* ---- more than the total */

static void find_above_total(struct check *check, const struct minimum_rule *m)
{
	const struct program *p = check->program;
	struct number need, total;

	for (size_t i = 0; i < p->designations; i++) {
		const struct designation_rule *d = &p->designation[i];

		for (size_t k = 0; k < d->requires_count; k++) {
			const struct requires_rule *r = &d->requires[k];

			if (!goes_with(m, d, r) || need_of(m, d) <= r->total)
				continue;
			check_find(check, &m->words, "minimum-above-total",
			    "the minimum '%.*s' asks for %.*s in a period, "
			    "more than the total of %.*s that " RULE_FORMAT
			    " requires",
			    TEXT_ARGS(m->name),
			    TEXT_ARGS(number_of(need_of(m, d), &need)),
			    TEXT_ARGS(number_of(r->total, &total)),
			    RULE_ARGS(&r->words));
			return;
		}
	}
}

/* ---- several that are about different claims */

/* Minimums that were added up so far; none shares a claim with another. */
struct apart {
	const struct minimum_rule **item;
	size_t count;
	credit_t sum;
};

static bool is_apart(struct check *check, const struct apart *apart,
    const struct minimum_rule *m)
{
	struct set own = {.match = {&m->match}};

	for (size_t i = 0; i < apart->count; i++) {
		struct set theirs = {.match = {&apart->item[i]->match}};

		if (!set_is_disjoint(check, &own, &theirs))
			return false;
	}
	return check->left > 0;
}

static void find_together(struct check *check, const struct designation_rule *d,
    const struct requires_rule *r)
{
	const struct program *p = check->program;
	struct apart apart = {0};
	struct number sum, total;

	apart.item = arena_take_many(&check->findings->arena, p->minimums + 1,
	    sizeof(const struct minimum_rule *));
	if (apart.item == NULL) {
		check->no_memory = true;
		return;
	}
	for (size_t i = 0; i < p->minimums; i++) {
		const struct minimum_rule *m = &p->minimum[i];
		credit_t need = need_of(m, d);

		if (!goes_with(m, d, r) || need == 0 || need > r->total ||
		    m->if_met.at != NULL || !is_apart(check, &apart, m))
			continue;
		apart.item[apart.count++] = m;
		if (!exact_add(apart.sum, need, &apart.sum) ||
		    apart.sum <= r->total)
			continue;
		check_find(check, &m->words, "minimum-above-total",
		    "with the minimum '%.*s' all of them together ask for "
		    "%.*s, more than the total of %.*s that " RULE_FORMAT
		    " requires",
		    TEXT_ARGS(m->name), TEXT_ARGS(number_of(apart.sum, &sum)),
		    TEXT_ARGS(number_of(r->total, &total)),
		    RULE_ARGS(&r->words));
		return;
	}
}

/* ---- more than a cap leaves */

/* The cap counts together all that the minimum does in its span. */
static bool caps_all(const struct cap_rule *cap, const struct minimum_rule *m)
{
	if (cap->required.given || m->once || m->span == MINIMUM_ROLLING)
		return false;
	switch (cap->span) {
	case CAP_PERIOD:
	case CAP_GROUP:
		return true;
	case CAP_YEAR:
		return m->span == MINIMUM_YEAR;
	case CAP_PERIOD_YEAR:
		return m->span == MINIMUM_PERIOD_YEAR;
	default:
		return false;
	}
}

/* More is asked than the cap leaves of these claims. */
static bool is_above(const struct minimum_rule *m, const struct cap_rule *cap)
{
	if (cap->is_percent)
		return m->is_percent && m->percent > cap->percent &&
		       cap->step == 0;
	return !m->is_percent && m->at_least > cap->at_most;
}

static void find_above(struct check *check, const struct minimum_rule *m,
    const struct cap_rule *cap)
{
	struct number need, limit;

	if (cap->is_percent)
		check_find(check, &m->words, "minimum-above-cap",
		    "the minimum '%.*s' asks for a greater share than the "
		    "cap " RULE_FORMAT " leaves: it can't be met",
		    TEXT_ARGS(m->name), RULE_ARGS(&cap->words));
	else
		check_find(check, &m->words, "minimum-above-cap",
		    "the minimum '%.*s' asks for %.*s, and the cap " RULE_FORMAT
		    " leaves %.*s: it can't be met",
		    TEXT_ARGS(m->name),
		    TEXT_ARGS(number_of(m->at_least, &need)),
		    RULE_ARGS(&cap->words),
		    TEXT_ARGS(number_of(cap->at_most, &limit)));
}

/* The cap is about all claims that serve the minimum; of one that asks for each
 * of several values, about those of one value. */
static bool is_about_all(struct check *check, const struct cap_rule *cap,
    const struct minimum_rule *m)
{
	struct set theirs = {.match = {&cap->match}};
	struct set own = {.match = {&m->match}};
	struct condition only = {
	    .field = m->field, .test = TEST_ONE_OF, .values = {NULL, 1}};

	if (m->kind == MINIMUM_CREDITS)
		return set_covers(check, &theirs, &own);
	own.extra = &only;
	for (size_t i = 0; i < m->values.count; i++) {
		only.values.item = &m->values.item[i];
		if (set_covers(check, &theirs, &own))
			return true;
	}
	return false;
}

static void find_capped(struct check *check, const struct minimum_rule *m)
{
	const struct program *p = check->program;

	if (m->kind == MINIMUM_DIFFERENT)
		return;
	for (size_t i = 0; i < p->caps && check->left > 0; i++)
		if (caps_all(&p->cap[i], m) && is_above(m, &p->cap[i]) &&
		    is_about_all(check, &p->cap[i], m)) {
			find_above(check, m, &p->cap[i]);
			return;
		}
}

void check_minimums(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 0; i < p->minimums; i++) {
		find_above_total(check, &p->minimum[i]);
		find_capped(check, &p->minimum[i]);
	}
	for (size_t i = 0; i < p->designations && p->minimums > 0; i++) {
		const struct designation_rule *d = &p->designation[i];

		for (size_t k = 0; k < d->requires_count; k++)
			find_together(check, d, &d->requires[k]);
	}
}
