/* Random histories under programs that use all there is about periods: in any
 * order of the facts the same, on any day until it is due, and what stands in
 * the ledger adds up (ruled.h). `SEED` and `HISTORIES` in the environment. */
#include <stdio.h>
#include <stdlib.h>

#include "program_rules.h"
#include "ruled.h"
#include "unit.h"

static const char *const programs[] = {
    "rates: [{minutes: 60, step: 0.5, round: down}]\n"
    "splits: [{when: {category: both}, into: [{category: a, percent: 40}, "
    "{category: b, percent: 60}]}]\n"
    "designations:\n"
    "  - {name: A, requires: {credits: 10, met: [cpr], once: [exam]}}\n"
    "  - {name: B, period: {ends: 06-30, years: 2, at_least_months: 3},\n"
    "     requires: {credits: 8, first_period: {by: month, step: 0.5, "
    "round: up}}}\n"
    "period:\n"
    "  - {anniversary_months: 12, until: 2024-12-31, month_end: true}\n"
    "  - {anniversary_months: 6}\n"
    "caps: [{when: {category: a}, per: period, at_most: 6, prorated: true}, "
    "{when: {category: b}, per: period, percent: 50}]\n"
    "minimums:\n"
    "  - {name: annual, at_least: 3, per: year}\n"
    "  - {name: rolling, at_least: 9, rolling_years: 2}\n"
    "  - {name: kinds, different: category, count: 2}\n"
    "  - {name: areas, covers: {category: [a, b]}, at_least: 1, once: true}\n"
    "  - {name: law, when: {category: law}, at_least: 1, beside_total: true, "
    "prorated: true, only_if: {period: later}}\n"
    "  - {name: share, when: {category: a}, percent: 20}\n"
    "leaves:\n"
    "  - {requirement: leave, extends: true, at_most_months: 3}\n"
    "  - {requirement: sick, reduces: day, step: 0.5, round: nearest}\n"
    "exemptions:\n"
    "  - {requirement: medical, waives: [annual, kinds, areas, rolling]}\n"
    "  - {requirement: abroad, waives: [credits, cpr]}\n"
    "recognition: {decision: false, fee: {per_credit: 10.00}}\n"
    "renewal: {fee: 5.00, fee_once: true, late: [{within_months: 2, fee: "
    "3.00}, {within_months: 6, met: exam}]}\n"
    "notices: [400, 60, 7]\n"
    "carry: {at_most: 5, periods: 2, last_months: 9}\n",

    "rates: [{minutes: 60}]\n"
    "designations: [{name: A}, {name: B, requires: {credits: 3}}]\n"
    "period: {ends: 12-31, years: 1}\n"
    "requires: {credits: 12, first_period: {steps: [{within_months: 6, "
    "credits: 3}, {credits: 0}]}}\n"
    "minimums: [{name: all, at_least: 4, prorated: true}, {name: a, when: "
    "{category: [a, b]}, at_least: 1, once: true}]\n"
    "recognition: {decision: false}\n"
    "notices: [30]\n"
    "carry: {at_most: 4, periods: 3, backfill: {at_most: 8, within_months: "
    "4}}\n",
};

static unsigned state;

/* What the histories came to: they must not be empty of what matters. */
static struct {
	size_t renewed, carried, filled, changed, extended, unmet;
} seen;

static unsigned pick(unsigned below)
{
	state = state * 1103515245u + 12345u;
	return (state >> 16) % below;
}

#define ONE_OF(list) (list)[pick(sizeof(list) / sizeof((list)[0]))]

static const char *a_date(char buffer[DATE_TEXT_SIZE], int year, int years)
{
	date_t first = date_of(year, 1, 1);

	(void)date_write(first + (date_t)pick((unsigned)years * 365), buffer);
	return buffer;
}

static void add_claim(const char *id, const char *on)
{
	static const char *const categories[] = {"a", "b", "both", "law"};
	const char *category = ONE_OF(categories);
	int minutes = 30 * (int)pick(16);

	if (pick(4) > 0) {
		ruled_fact(id, "activity.completed",
		    "'activity':{'kind':'x','title':'%s','category':'%s',"
		    "'completed_on':'%s','contact_minutes':%d}",
		    id, category, on, minutes);
		return;
	}
	ruled_fact(id, "recognition.requested",
	    "'request':'%s','activity':{'kind':'x','title':'%s','category':"
	    "'%s','completed_on':'%s','contact_minutes':%d}",
	    id, id, category, on, minutes);
}

static void add_requirement(const char *id, const char *on)
{
	static const char *const names[] = {
	    "cpr", "cpr", "exam", "leave", "sick", "medical", "abroad"};
	char until[DATE_TEXT_SIZE], expires[64] = "";

	if (pick(2) == 0) {
		date_t from;

		if (!date_parse(text_of(on), &from))
			fail();
		(void)date_write(from + (date_t)pick(200), until);
		(void)snprintf(
		    expires, sizeof(expires), ",'expires_on':'%s'", until);
	}
	ruled_fact(id, "requirement.met", "'requirement':'%s','met_on':'%s'%s",
	    ONE_OF(names), on, expires);
}

/* Reversals speak of what comes after them, or of nothing. */
static void add_fact(int number, int count)
{
	char id[16], on[DATE_TEXT_SIZE];
	const char *designation = pick(2) == 0 ? "A" : "B";

	(void)snprintf(id, sizeof(id), "e%d", number);
	(void)a_date(on, 2023, 4);
	switch (pick(12)) {
	case 0:
		ruled_fact(id, "certification.granted",
		    "'designation':'%s','granted_on':'%s'", designation, on);
		break;
	case 1:
	case 2:
		ruled_fact(id, "certification.renewed",
		    "'designation':'%s','renewed_on':'%s'", designation, on);
		break;
	case 3:
		ruled_adjust(id, designation, on, pick(2) == 0 ? "2" : "-2");
		break;
	case 4:
	case 5:
	case 6:
		add_requirement(id, on);
		break;
	case 7:
		ruled_fact(id, "event.reversed",
		    "'event':'e%u','reason':'mistake'",
		    (unsigned)number + 1 + pick((unsigned)count));
		break;
	default:
		add_claim(id, on);
		break;
	}
}

/* One certification that is kept up, mostly. */
static void add_story(const char *name)
{
	char on[DATE_TEXT_SIZE], id[32];

	ruled_fact(name, "certification.granted",
	    "'designation':'%s','granted_on':'%s','jurisdiction':'CA-ON'", name,
	    a_date(on, 2023, 1));
	for (int i = 0; i < 12; i++) {
		(void)snprintf(id, sizeof(id), "c%s%d", name, i);
		add_claim(id, a_date(on, 2023, 4));
		(void)snprintf(id, sizeof(id), "m%s%d", name, i);
		ruled_fact(id, "requirement.met",
		    "'requirement':'%s','met_on':'%s'",
		    pick(3) > 0 ? "cpr" : "exam", a_date(on, 2023, 4));
		(void)snprintf(id, sizeof(id), "n%s%d", name, i);
		ruled_fact(id, "certification.renewed",
		    "'designation':'%s','renewed_on':'%s'", name,
		    a_date(on, 2023, 4));
	}
}

static void count_what_is_there(const struct ruling *r)
{
	for (size_t i = 0; i < r->periods; i++) {
		const struct period *p = &r->period[i];

		seen.renewed += p->opening == OPENED_RENEWED;
		seen.carried += p->carried_in > 0;
		seen.filled += p->carried_in < 0;
		seen.changed += p->change != REQUIRED_AS_STATED;
		seen.extended += p->ends_on - p->starts_on > 366 &&
				 text_is(p->designation, "A");
		for (size_t n = 0; n < p->minimums; n++)
			seen.unmet += !p->minimum[n].met;
	}
}

static unsigned setting(const char *name, unsigned standard)
{
	const char *value = getenv(name);

	return value == NULL ? standard : (unsigned)strtoul(value, NULL, 10);
}

static void any_history_is_sound(void **unused)
{
	unsigned seed = setting("SEED", 1), count = setting("HISTORIES", 300);

	(void)unused;
	for (size_t p = 0; p < COUNT(programs); p++) {
		ruled_program(programs[p]);
		for (unsigned n = 0; n < count; n++) {
			char today[DATE_TEXT_SIZE];

			state = (seed + n) * 2654435761u;
			ruled_forget();
			if (pick(4) > 0)
				add_story(pick(2) == 0 ? "A" : "B");
			for (int i = 0, facts = 1 + (int)pick(40); i < facts;
			     i++)
				add_fact(i, facts);
			count_what_is_there(ruled_on(a_date(today, 2024, 3)));
		}
	}
	print_message(
	    "seeds %u to %u: %zu renewed periods, %zu with carry-over, "
	    "%zu that filled one, %zu extended, %zu that require "
	    "other than stated, %zu minimums not met\n",
	    seed, seed + count - 1, seen.renewed, seen.carried, seen.filled,
	    seen.extended, seen.changed, seen.unmet);
	assert_true(
	    count < 300 || (seen.renewed && seen.carried && seen.filled &&
			       seen.extended && seen.changed && seen.unmet));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_history_is_sound)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
