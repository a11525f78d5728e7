/* Random programs, made of every kind of rule. */
#include "random_program.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const random_kinds[RANDOM_KINDS] = {
    "course", "lecture", "writing", "committee"};
const char *const random_categories[RANDOM_CATEGORIES] = {"a", "b", "c"};
const char *const random_designations[2] = {"RT", "ST"};

unsigned random_pick(uint64_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)((*state >> 11) % below);
}

struct maker {
	uint64_t *state;
	struct random_program *out;
	bool asks_cpr; /* the requirement of that name */
};

static unsigned pick(struct maker *m, unsigned below)
{
	return random_pick(m->state, below);
}

static bool chance(struct maker *m, unsigned of)
{
	return pick(m, of) == 0;
}

static void say(struct maker *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct maker *m, const char *format, ...)
{
	struct random_program *out = m->out;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(out->text + out->length,
	    sizeof(out->text) - out->length, format, arguments);
	va_end(arguments);
	assert(length >= 0 && (size_t)length < sizeof(out->text) - out->length);
	out->length += (size_t)length;
}

static void say_bits(struct maker *m, const char *key, unsigned bits,
    const char *const *names, unsigned count)
{
	const char *comma = "";

	say(m, "%s: [", key);
	for (unsigned i = 0; i < count; i++)
		if (bits & (1u << i)) {
			say(m, "%s%s", comma, names[i]);
			comma = ", ";
		}
	say(m, "]");
}

/* " when: {…}," or nothing. */
static void say_when(struct maker *m, const struct random_when *when)
{
	const char *comma = "";

	if (when->kinds == 0 && when->categories == 0 && !when->recognized)
		return;
	say(m, " when: {");
	if (when->kinds != 0) {
		say_bits(m, "kind", when->kinds, random_kinds, RANDOM_KINDS);
		comma = ", ";
	}
	if (when->categories != 0) {
		say(m, "%s", comma);
		say_bits(m, "category", when->categories, random_categories,
		    RANDOM_CATEGORIES);
		comma = ", ";
	}
	if (when->recognized)
		say(m, "%sroute: recognized", comma);
	say(m, "},");
}

static struct random_when a_when(struct maker *m)
{
	struct random_when when = {0};

	if (chance(m, 2))
		when.kinds = 1 + pick(m, (1u << RANDOM_KINDS) - 1);
	if (chance(m, 2))
		when.categories = 1 + pick(m, (1u << RANDOM_CATEGORIES) - 1);
	when.recognized = chance(m, 6);
	return when;
}

static void make_head(struct maker *m)
{
	say(m, "program: random\nlanguage: 1\ntitle: Random\n"
	       "time_zone: America/Toronto\nunit: credit\ncurrency: CAD\n"
	       "designations: [{name: RT}, {name: ST");
	if (chance(m, 3))
		say(m, ", requires: {credits: %u}", 2 + pick(m, 8));
	say(m, "}]\n");
}

static const char *a_rounding(struct maker *m)
{
	static const char *const mode[] = {"down", "up", "nearest"};

	return mode[pick(m, 3)];
}

static void make_period(struct maker *m)
{
	switch (pick(m, 5)) {
	case 0:
		say(m,
		    "period: {ends: 03-31, years: 2, year_remainder: %u%s}\n",
		    pick(m, 2), chance(m, 2) ? ", at_least_months: 4" : "");
		break;
	case 1:
		say(m, "period: {ends: 12-31, years: 1}\n");
		break;
	case 2:
		say(m, "period: {anniversary_months: 12, month_end: true}\n");
		break;
	case 3:
		say(m,
		    "period:\n"
		    "  - {granted_until: 2025-01-31, anniversary_months: 12}\n"
		    "  - {anniversary_months: 18}\n");
		break;
	default:
		say(m, "period: {anniversary_months: %u}\n", 6 + pick(m, 20));
	}
}

static void make_first_period(struct maker *m)
{
	if (chance(m, 2))
		say(m, "  first_period: {by: %s, step: 0.5, round: %s}\n",
		    chance(m, 2) ? "month" : "day", a_rounding(m));
	else if (chance(m, 2))
		say(m, "  first_period: {steps: [{within_months: 6, credits: "
		       "7}, {within_months: 9, credits: 3}, {credits: 0}]}\n");
}

static void make_requires(struct maker *m)
{
	m->asks_cpr = chance(m, 3);
	if (chance(m, 8)) {
		say(m, "requires: {met: [%s]}\n", m->asks_cpr ? "cpr" : "club");
		return;
	}
	say(m, "requires:\n  credits: %u\n", 1 + pick(m, 8));
	if (m->asks_cpr)
		say(m, "  met: [cpr, club]\n");
	if (chance(m, 6))
		say(m, "  once: [oath]\n");
	make_first_period(m);
}

static void make_eligibility(struct maker *m)
{
	say(m, "accreditation: [{by: random}]\n");
	if (chance(m, 3))
		say(m, "providers: [{names: [Lakeside], from: 2025-03-01}]\n");
	if (chance(m, 2)) {
		say(m, "eligibility:\n"
		       "  - {when: {kind: committee, role: author}, refuse: "
		       "INELIGIBLE_ROLE}\n");
		if (chance(m, 2))
			say(m, "  - {when: {route: accredited, accredited: "
			       "false, provider_approved: false}, refuse: "
			       "NOT_ACCREDITED}\n");
	}
	if (chance(m, 4))
		say(m, "deadlines: [{days: %u}]\n", 30 + pick(m, 300));
}

static void make_rates(struct maker *m)
{
	say(m, "rates:\n");
	if (chance(m, 2))
		say(m, "  - {when: {kind: writing}, credits: %u, each: day}\n",
		    1 + pick(m, 6));
	if (chance(m, 3))
		say(m, "  - {when: {kind: committee, granted_from: "
		       "2025-02-01}, credits: 2}\n");
	if (chance(m, 3))
		say(m, "  - {when: {kind: committee, route: recognized}, "
		       "credits: decided, step: 0.5, round: down}\n");
	say(m, "  - {minutes: %u", 30 + 10 * pick(m, 6));
	if (chance(m, 2))
		say(m, ", step: %s, round: %s", chance(m, 2) ? "0.5" : "0.1",
		    a_rounding(m));
	if (chance(m, 4))
		say(m, ", at_least: 1");
	if (chance(m, 4))
		say(m, ", together: [title]");
	say(m, "}\n");
}

static void make_factors(struct maker *m)
{
	if (chance(m, 2))
		return;
	say(m, "factors:\n");
	if (chance(m, 2))
		say(m, "  - {when: {role: presenter}, times: 0.5, repeats: "
		       "[title, role]}\n");
	if (chance(m, 2))
		say(m, "  - {when: {role: presenter}, times: 2}\n");
	if (chance(m, 2))
		say(m, "  - {when: {role: developer}, times: 1, allowance: "
		       "{times: 2, at_most: 3}}\n");
	say(m, "  - {when: {category: c}, percent: 50}\n");
}

static void make_splits(struct maker *m)
{
	m->out->splits = chance(m, 5);
	if (m->out->splits)
		say(m, "splits: [{when: {kind: lecture}, into: [{category: a, "
		       "percent: 33.3}, {category: b, percent: 66.7}]}]\n");
}

static void make_same(struct maker *m)
{
	if (chance(m, 2))
		return;
	say(m, "same:\n");
	if (chance(m, 2))
		say(m, "  - {agree_in: [title, role], within_months: %u}\n",
		    6 + pick(m, 30));
	if (chance(m, 2))
		say(m, "  - {when: {kind: writing}, overlapping: true}\n");
	say(m, "  - {agree_in: [completed_on, kind, title]}\n");
}

static void make_cap(struct maker *m, enum random_span span)
{
	static const char *const name[] = {
	    "activity", "day", "year", "period", "period"};
	struct random_cap *cap = &m->out->cap[m->out->caps];

	if (m->out->caps == sizeof(m->out->cap) / sizeof(m->out->cap[0]))
		return;
	cap->when = a_when(m);
	cap->span = span;
	say(m, "  - {per: %s,", name[span]);
	say_when(m, &cap->when);
	if (span == RANDOM_PERCENT) {
		cap->at_most = 10 + pick(m, 60);
		say(m, " percent: %lld}\n", (long long)cap->at_most);
	} else {
		cap->at_most = (3 + pick(m, 20)) * (CREDIT_ONE / 2);
		say(m, " at_most: %lld.%lld}\n",
		    (long long)(cap->at_most / CREDIT_ONE),
		    (long long)(cap->at_most % CREDIT_ONE / 1000));
	}
	m->out->caps++;
}

static void make_caps(struct maker *m)
{
	if (chance(m, 5))
		return;
	say(m, "caps:\n");
	if (chance(m, 2))
		make_cap(m, RANDOM_ACTIVITY);
	if (chance(m, 2))
		make_cap(m, RANDOM_DAY);
	if (chance(m, 2))
		make_cap(m, RANDOM_YEAR);
	make_cap(m, RANDOM_PERIOD);
	if (chance(m, 2))
		make_cap(m, RANDOM_PERIOD);
	if (chance(m, 2))
		make_cap(m, RANDOM_PERCENT);
}

static void make_minimums(struct maker *m)
{
	struct random_when when = a_when(m);

	if (chance(m, 2))
		return;
	when.kinds |= 1; /* beside_total asks for some claims */
	say(m, "minimums:\n  - {name: some,");
	say_when(m, &when);
	say(m, " at_least: %u%s}\n", 1 + pick(m, 4),
	    chance(m, 4)   ? ", beside_total: true"
	    : chance(m, 3) ? ", once: true"
	    : chance(m, 3) ? ", only_if: {met: cpr}"
			   : "");
	if (chance(m, 3))
		say(m, "  - {name: annual, at_least: 2, per: year}\n");
	if (chance(m, 3))
		say(m, "  - {name: rolling, at_least: 6, rolling_years: 2}\n");
	if (chance(m, 3))
		say(m, "  - {name: kinds, different: kind, count: 2}\n");
	if (chance(m, 3))
		say(m, "  - {name: areas, covers: {category: [a, b]}}\n");
	if (chance(m, 3))
		say(m, "  - {name: half, when: {kind_not: writing}, percent: "
		       "50, only_if: {period: later}}\n");
}

static void make_time_away(struct maker *m)
{
	if (chance(m, 4))
		say(m,
		    "leaves: [{requirement: leave, reduces: %s, step: 0.5, "
		    "round: up}]\n",
		    chance(m, 2) ? "month" : "day");
	if (chance(m, 4))
		say(m, "exemptions: [{requirement: exempt, waives: [%s]}]\n",
		    m->asks_cpr && chance(m, 2) ? "cpr" : "credits");
}

static void make_renewal(struct maker *m)
{
	say(m, "renewal:\n  early_days: %u\n", 30 + pick(m, 200));
	if (chance(m, 2))
		say(m, "  fee: 45.00\n%s",
		    chance(m, 2) ? "  fee_once: true\n" : "");
	if (chance(m, 2))
		say(m, "  late: [{within_months: 1, fee: 20.00}, "
		       "{within_months: 12, fee: 99.00, met: [exam]}]\n");
	if (chance(m, 3))
		return;
	say(m, "carry: {at_most: %u", pick(m, 8));
	if (chance(m, 3))
		say(m, ", only: recognized");
	if (chance(m, 3))
		say(m, ", last_months: 6");
	if (chance(m, 3))
		say(m, ", periods: %u", 2 + pick(m, 2));
	if (chance(m, 3))
		say(m, ", backfill: {at_most: 5%s}",
		    chance(m, 2) ? ", within_months: 6" : "");
	say(m, "}\n");
}

static void make_recognition(struct maker *m)
{
	if (chance(m, 5))
		return;
	say(m, "recognition:\n  decision: %s\n",
	    chance(m, 2) ? "true" : "false");
	if (chance(m, 2))
		say(m, "  evidence: [{when: {kind: course}, needs: "
		       "[transcript]}]\n");
	if (chance(m, 2))
		say(m, "  fee: {per_credit: 11.00%s}\n",
		    chance(m, 2) ? ", per_request: 25.00" : "");
	if (chance(m, 3))
		say(m, "  audit: {one_in: 3, requirement: audit, needs: "
		       "[notes]}\n");
	say(m, "taxes: [{in: [CA-ON], lines: [{name: HST, percent: 13}]}, "
	       "{in: [\"CA-*\"], lines: [{name: GST, percent: 5}, {name: QST, "
	       "percent: 9.975}]}]\n");
}

static void make_freeze(struct maker *m)
{
	if (!chance(m, 4))
		return;
	say(m, "freeze: {after_days: %u%s}\n", 10 + pick(m, 200),
	    chance(m, 2) ? ", once_renewed: true" : "");
}

void random_program_make(uint64_t *state, struct random_program *ret)
{
	static void (*const parts[])(struct maker *) = {make_head, make_period,
	    make_requires, make_eligibility, make_rates, make_factors,
	    make_splits, make_same, make_caps, make_minimums, make_time_away,
	    make_renewal, make_recognition, make_freeze};
	struct maker maker = {.state = state, .out = ret};

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i](&maker);
	say(&maker, "notices: [90, 30, 7]\n");
}

static bool among(
    unsigned bits, struct text text, const char *const *names, unsigned count)
{
	if (bits == 0)
		return true;
	for (unsigned i = 0; i < count; i++)
		if ((bits & (1u << i)) && text_is(text, names[i]))
			return true;
	return false;
}

bool random_when_fits(const struct random_when *when, const struct fact *fact)
{
	return among(when->kinds, fact->activity.kind, random_kinds,
		   RANDOM_KINDS) &&
	       among(when->categories, fact->activity.category,
		   random_categories, RANDOM_CATEGORIES) &&
	       (!when->recognized || fact->type == EVENT_REQUESTED);
}
