/* What no single rule of a program shows is found where it stands, and nothing
 * else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "program_check.h"

#define TEXT_MOST 65536

/* Lines 1 to 9; what a test adds begins at line 10. */
#define HEAD                                                                   \
	"program: body\n"                                                      \
	"language: 1\n"                                                        \
	"title: Body\n"                                                        \
	"time_zone: UTC\n"                                                     \
	"unit: CEC\n"                                                          \
	"currency: CAD\n"                                                      \
	"designations: [{name: A}, {name: B}]\n"                               \
	"period: {rule: year, assumption: x, anniversary_months: 12}\n"        \
	"requires: {rule: ten, assumption: x, credits: 10}\n"
/* The same without lines 7 to 9. */
#define BARE                                                                   \
	"program: body\nlanguage: 1\ntitle: Body\ntime_zone: UTC\n"            \
	"unit: CEC\ncurrency: CAD\n"
#define RATES "rates: [{rule: hours, assumption: x, minutes: 60}]\n"

/* "LINE:COLUMN CODE", a line each. */
static const char *findings_of(const char *document)
{
	static char said[TEXT_MOST];
	struct complaints complaints = {.file = "test"};
	struct program *program = NULL;
	struct findings findings = {0};
	size_t length = 0;

	if (program_parse(text_of(document), &complaints, &program) != 0)
		fail_msg("%s", complaints.text);
	assert_int_equal(
	    program_check(program, text_of(document), &findings), 0);
	said[0] = '\0';
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *f = &findings.item[i];

		assert_true(f->message.length > 20);
		length += (size_t)snprintf(said + length, sizeof(said) - length,
		    "%s%d:%d %s", i > 0 ? "\n" : "", f->line, f->column,
		    f->code);
	}
	findings_fini(&findings);
	program_destroy(program);
	complaints_fini(&complaints);
	return said;
}

#define FINDS(document, expected)                                              \
	assert_string_equal(findings_of(document), expected)

static void the_programs_that_ship_are_in_order(void **state)
{
	static const char *const path[] = {"schema/programs/canfitpro.yaml",
	    "schema/programs/cpc.yaml", "schema/programs/csep.yaml",
	    "schema/programs/acsm.yaml"};
	static char document[TEXT_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		FILE *file = fopen(path[i], "re");
		size_t size;

		assert_non_null(file);
		size = fread(document, 1, sizeof(document) - 1, file);
		document[size] = '\0';
		fclose(file);
		FINDS(document, "");
	}
	FINDS(HEAD RATES, "");
}

/* ---- words */

static void rules_without_a_source_are_found(void **state)
{
	(void)state;
	FINDS(HEAD "rates:\n"
		   "  - rule: hours\n"
		   "    minutes: 60\n"
		   "recognition:\n"
		   "  rule: petitions\n"
		   "  evidence:\n"
		   "    - needs: copy\n",
	    "11:5 no-source\n14:3 no-source\n16:7 no-source");
	/* What stands within a rule may leave it to that. */
	FINDS(HEAD RATES "recognition:\n"
			 "  assumption: x\n"
			 "  evidence:\n"
			 "    - needs: copy\n"
			 "  fee: {per_credit: 1.00}\n",
	    "");
}

static void unused_sources_are_found(void **state)
{
	(void)state;
	FINDS(HEAD "sources:\n"
		   "  - name: guide\n"
		   "  - name: old guide\n"
		   "rates: [{source: guide, minutes: 60}]\n",
	    "12:5 source-unused");
	FINDS(BARE "sources: [{name: guide}]\n"
		   "designations: [{name: A, source: guide}]\n"
		   "period: {assumption: x, anniversary_months: 12}\n" RATES,
	    "");
}

/* ---- order */

static void rates_behind_one_that_takes_all_are_found(void **state)
{
	(void)state;
	FINDS(HEAD "rates:\n"
		   "  - {assumption: x, when: {kind: [a, b]}, minutes: 60}\n"
		   "  - {assumption: x, when: {kind: b, code: C}, credits: 1}\n"
		   "  - {assumption: x, when: {kind: [b, c]}, minutes: 30}\n"
		   "  - {assumption: x, minutes: 60}\n"
		   "  - {assumption: x, when: {kind: z}, minutes: 60}\n",
	    "12:5 never-applies\n15:5 never-applies");
	/* By designation, by days, by cohort the earlier one leaves some. */
	FINDS(HEAD
	    "rates:\n"
	    "  - {assumption: x, when: {designations: A}, minutes: 60}\n"
	    "  - {assumption: x, when: {until: 2024-12-31}, minutes: 50}\n"
	    "  - {assumption: x, when: {granted_until: 2020-12-31}, "
	    "minutes: 40}\n"
	    "  - {assumption: x, minutes: 30}\n",
	    "");
	FINDS(HEAD "rates:\n"
		   "  - {assumption: x, when: {designations: [A, B]}, "
		   "minutes: 60}\n"
		   "  - {assumption: x, minutes: 30}\n",
	    "12:5 never-applies");
}

static void alternatives_are_understood(void **state)
{
	(void)state;
	FINDS(HEAD "rates:\n"
		   "  - {assumption: x, when: {any: [{kind: a}, {kind: b}]}, "
		   "minutes: 60}\n"
		   "  - {assumption: x, when: {kind: b}, minutes: 30}\n"
		   "  - {assumption: x, when: {any: [{kind: a}, {kind: c}]}, "
		   "minutes: 20}\n",
	    "12:5 never-applies");
}

static void conditions_are_understood(void **state)
{
	(void)state;
	FINDS(HEAD
	    "recognition: {assumption: x}\n"
	    "rates:\n"
	    "  - {assumption: x, when: {kind_not: [a, b]}, minutes: 60}\n"
	    "  - {assumption: x, when: {without: kind}, minutes: 60}\n"
	    "  - {assumption: x, when: {kind: c}, minutes: 60}\n"
	    "  - {assumption: x, when: {route_not: recognized}, minutes: 60}\n"
	    "  - {assumption: x, when: {route: accredited}, minutes: 60}\n"
	    "  - {assumption: x, when: {provider: ACME}, minutes: 60}\n"
	    "  - {assumption: x, when: {provider: acme}, minutes: 60}\n"
	    "  - {assumption: x, when: {topics: [t, u]}, minutes: 60}\n"
	    "  - {assumption: x, when: {topics: t}, minutes: 60}\n"
	    "  - {assumption: x, when: {topics_not: [t]}, minutes: 60}\n",
	    "13:5 never-applies\n14:5 never-applies\n16:5 never-applies\n"
	    "18:5 never-applies\n20:5 never-applies");
}

static void rules_that_contradict_themselves_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {kind: a, kind_not: [a, b]}, per: "
	    "period, at_most: 5}\n"
	    "  - {assumption: x, when: {kind: a, without: kind}, per: "
	    "period, at_most: 5}\n"
	    "  - {assumption: x, when: {kind: a, route: recognized}, per: "
	    "period, at_most: 5}\n",
	    "12:5 never-applies\n13:5 never-applies\n14:5 never-applies");
}

static void refusals_and_what_they_hide_are_found(void **state)
{
	(void)state;
	FINDS(HEAD
	    "eligibility:\n"
	    "  - {assumption: x, when: {kind_not: [a, b]}, refuse: "
	    "INELIGIBLE_KIND}\n"
	    "  - {assumption: x, when: {kind: c}, refuse: NOT_PASSED}\n"
	    "  - {assumption: x, when: {kind: a}, flag: SUBJECT_NOT_LISTED}\n"
	    "  - {assumption: x, when: {kind: a, code: Z}, refuse: "
	    "NOT_PASSED}\n"
	    "rates:\n"
	    "  - {assumption: x, when: {kind: c}, minutes: 60}\n"
	    "  - {assumption: x, when: {kind: a, code: Z}, minutes: 60}\n"
	    "  - {assumption: x, minutes: 60}\n",
	    "12:5 never-applies\n16:5 never-applies\n17:5 never-applies");
}

static void factors_that_ask_for_repeats_leave_the_others(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "factors:\n"
	    "  - {assumption: x, repeats: [title], times: 0.5}\n"
	    "  - {assumption: x, repeats: [title, role], times: 0.4}\n"
	    "  - {assumption: x, when: {role: presenter}, times: 2}\n"
	    "  - {assumption: x, when: {role: [presenter]}, times: 3}\n",
	    "13:5 never-applies\n15:5 never-applies");
}

static void other_lists_are_looked_at(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "deadlines:\n"
	    "  - {assumption: x, days: 60}\n"
	    "  - {assumption: x, when: {kind: a}, days: 90}\n"
	    "splits:\n"
	    "  - {assumption: x, when: {code: X}, into: [{category: e, "
	    "percent: 100}]}\n"
	    "  - {assumption: x, when: {code: X, kind: a}, into: [{category: "
	    "f, percent: 100}]}\n"
	    "recognition:\n"
	    "  assumption: x\n"
	    "  evidence:\n"
	    "    - {needs: copy}\n"
	    "    - {when: {kind: a}, needs: transcript}\n",
	    "13:5 never-applies\n16:5 never-applies\n21:7 never-applies");
}

static void taxes_that_are_never_due_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "taxes:\n"
	    "  - {assumption: x, in: CA-*, lines: [{name: GST, percent: 5}]}\n"
	    "  - {assumption: x, in: [CA-ON, CA-Q*], lines: [{name: HST, "
	    "percent: 13}]}\n"
	    "  - {assumption: x, in: [CA-ON, US-NY], lines: [{name: HST, "
	    "percent: 13}]}\n",
	    "13:5 never-applies");
}

static void variants_that_never_hold_are_found(void **state)
{
	(void)state;
	FINDS(BARE
	    "designations: [{name: A}]\n"
	    "period:\n"
	    "  - {assumption: x, from: 2020-01-01, anniversary_months: 12}\n"
	    "  - {assumption: x, from: 2021-01-01, anniversary_months: 24}\n"
	    "  - {assumption: x, anniversary_months: 36}\n"
	    "requires:\n"
	    "  - {assumption: x, credits: 1}\n"
	    "  - {assumption: x, until: 2020-01-01, credits: 2}\n" RATES,
	    "10:5 never-applies\n14:5 never-applies");
	/* The last one also holds where none fits. */
	FINDS(BARE
	    "designations: [{name: A}]\n"
	    "period:\n"
	    "  - {assumption: x, from: 2020-01-01, anniversary_months: 12}\n"
	    "  - {assumption: x, from: 2021-01-01, anniversary_months: "
	    "24}\n" RATES,
	    "");
}

static void agreements_that_add_nothing_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "agreements:\n"
	    "  - {assumption: x, with: o, their: Z, our: A, since: "
	    "2023-01-01}\n"
	    "  - {assumption: x, with: o, their: Z, our: B, since: "
	    "2023-01-01}\n"
	    "  - {assumption: x, with: o, their: Z, our: A, since: "
	    "2022-01-01}\n",
	    "12:5 never-applies");
}

/* ---- what earns nothing */

static void values_that_earn_nothing_are_found(void **state)
{
	(void)state;
	FINDS(HEAD
	    "eligibility:\n"
	    "  - {assumption: x, when: {kind_not: [a, b]}, refuse: "
	    "INELIGIBLE_KIND}\n"
	    "rates:\n"
	    "  - {assumption: x, when: {category: c}, minutes: 60}\n"
	    "minimums:\n"
	    "  - {name: m, assumption: x, when: {kind: [a, z]}, at_least: 1}\n"
	    "  - {name: n, assumption: x, covers: {category: [c, d]}}\n"
	    "  - {name: o, assumption: x, when: {kind: y}, at_least: 1}\n"
	    "carry:\n"
	    "  assumption: x\n"
	    "  when: {category: [c, e]}\n"
	    "recognition:\n"
	    "  assumption: x\n"
	    "  evidence:\n"
	    "    - {when: {kind: w}, needs: copy}\n",
	    "15:5 never-earned\n16:5 never-earned\n17:5 never-earned\n"
	    "19:3 never-earned\n24:7 never-earned");
	/* A split puts credits into a category that no claim names. */
	FINDS(HEAD
	    "rates:\n"
	    "  - {assumption: x, when: {code: X}, credits: 4}\n"
	    "splits:\n"
	    "  - {assumption: x, when: {code: X}, into: [{category: e, "
	    "percent: 50}, {category: f, percent: 50}]}\n"
	    "minimums:\n"
	    "  - {name: m, assumption: x, when: {category: e}, at_least: 1}\n",
	    "");
}

static void a_designation_without_a_rate_is_found(void **state)
{
	(void)state;
	FINDS(HEAD
	    "rates:\n"
	    "  - {assumption: x, when: {designations: A}, minutes: 60}\n",
	    "11:5 never-earned");
}

static void lists_that_nothing_asks_for_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES "accreditation: [{assumption: x, by: body}]\n"
			 "providers:\n"
			 "  - {assumption: x, names: [P, Q]}\n",
	    "11:17 never-asked\n13:5 never-asked");
}

/* ---- caps */

static void caps_wider_than_a_wider_cap_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {kind: a}, per: activity, at_most: 9}\n"
	    "  - {assumption: x, per: day, at_most: 8}\n"
	    "  - {assumption: x, when: {kind: b}, per: period, at_most: 8}\n"
	    "  - {assumption: x, when: {kind: c}, per: period, at_most: 9}\n"
	    "  - {assumption: x, per: period, at_most: 8.5}\n",
	    "12:5 cap-never-binds\n15:5 cap-never-binds");
	/* Neither days nor designations that are another's. */
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {designations: A}, per: period, "
	    "at_most: 9}\n"
	    "  - {assumption: x, when: {designations: B}, per: period, "
	    "at_most: 8}\n"
	    "  - {assumption: x, when: {from: 2025-01-01}, per: period, "
	    "at_most: 7}\n",
	    "");
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {kind: a}, per: period, percent: 50}\n"
	    "  - {assumption: x, per: period, percent: 40}\n",
	    "12:5 cap-never-binds");
}

static void caps_wider_than_their_parts_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {category: a}, per: period, at_most: "
	    "3}\n"
	    "  - {assumption: x, when: {category: b}, per: period, at_most: "
	    "4}\n"
	    "  - {assumption: x, when: {category: [a, b]}, per: group, "
	    "at_most: 7}\n"
	    "  - {assumption: x, when: {category: [a, c]}, per: group, "
	    "at_most: 7}\n",
	    "14:5 cap-never-binds");
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, per: category, at_most: 2}\n"
	    "  - {assumption: x, when: {category: [a, b]}, per: group, "
	    "at_most: 5}\n"
	    "  - {assumption: x, when: {category: [a, b, c]}, per: group, "
	    "at_most: 5}\n",
	    "13:5 cap-never-binds");
}

static void caps_wider_than_any_claim_are_found(void **state)
{
	(void)state;
	FINDS(HEAD
	    "rates:\n"
	    "  - {assumption: x, when: {code: A}, credits: 4}\n"
	    "  - {assumption: x, when: {code: B}, credits: 5}\n"
	    "  - {assumption: x, minutes: 60}\n"
	    "caps:\n"
	    "  - {assumption: x, when: {code: A}, per: activity, at_most: 4}\n"
	    "  - {assumption: x, when: {code: B}, per: activity, at_most: 4}\n"
	    "  - {assumption: x, when: {code: C}, per: activity, at_most: 9}\n",
	    "15:5 cap-never-binds");
	FINDS(HEAD
	    "rates:\n"
	    "  - {assumption: x, when: {code: A}, credits: 4}\n"
	    "factors:\n"
	    "  - {assumption: x, when: {role: presenter}, times: 2}\n"
	    "caps:\n"
	    "  - {assumption: x, when: {code: A}, per: activity, at_most: 5}\n"
	    "  - {assumption: x, when: {code: A, role_not: presenter}, per: "
	    "activity, at_most: 5}\n",
	    "16:5 cap-never-binds");
}

/* ---- minimums */

static void minimums_above_their_total_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "minimums:\n"
	    "  - {name: a, assumption: x, when: {kind: a}, at_least: 11}\n"
	    "  - {name: b, assumption: x, when: {kind: b}, at_least: 10}\n"
	    "  - {name: c, assumption: x, covers: {kind: [c, d, e]}, "
	    "at_least: 4}\n"
	    "  - {name: f, assumption: x, when: {kind: f}, at_least: 20, "
	    "beside_total: true}\n",
	    "12:5 minimum-above-total\n14:5 minimum-above-total");
	FINDS(BARE
	    "designations: [{name: A}]\n"
	    "period: {assumption: x, ends: 12-31, years: 3}\n"
	    "requires: {assumption: x, credits: 50}\n" RATES "minimums:\n"
	    "  - {name: a, assumption: x, at_least: 20, per: year}\n"
	    "  - {name: b, assumption: x, at_least: 60, rolling_years: 5}\n",
	    "12:5 minimum-above-total");
	/* Where another variant holds there is another total. */
	FINDS(BARE
	    "designations: [{name: A}]\n"
	    "period: {assumption: x, anniversary_months: 12}\n"
	    "requires:\n"
	    "  - {assumption: x, period: first, credits: 20}\n"
	    "  - {assumption: x, credits: 10}\n" RATES "minimums:\n"
	    "  - {name: a, assumption: x, at_least: 15, only_if: {period: "
	    "first}}\n"
	    "  - {name: b, assumption: x, at_least: 15}\n",
	    "15:5 minimum-above-total");
}

static void minimums_above_the_total_together_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "minimums:\n"
	    "  - {name: a, assumption: x, when: {kind: a}, at_least: 4}\n"
	    "  - {name: b, assumption: x, when: {kind: b}, at_least: 4}\n"
	    "  - {name: c, assumption: x, when: {topics: t}, at_least: 4}\n"
	    "  - {name: d, assumption: x, when: {kind: d}, at_least: 4}\n",
	    "15:5 minimum-above-total");
}

static void minimums_above_a_cap_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {kind: [a, b]}, per: period, at_most: "
	    "3}\n"
	    "minimums:\n"
	    "  - {name: a, assumption: x, when: {kind: a}, at_least: 4}\n"
	    "  - {name: b, assumption: x, when: {kind: b}, at_least: 3}\n"
	    "  - {name: c, assumption: x, when: {kind: [b, c]}, at_least: 4}\n"
	    "  - {name: d, assumption: x, covers: {kind: [c, a]}, at_least: "
	    "3.5}\n",
	    "14:5 minimum-above-cap\n17:5 minimum-above-cap");
}

/* ---- dates */

static void gaps_and_overlaps_of_rules_are_found(void **state)
{
	(void)state;
	FINDS(HEAD
	    "rates:\n"
	    "  - {assumption: x, when: {kind: a, until: 2023-12-31}, minutes: "
	    "60}\n"
	    "  - {assumption: x, when: {kind: a, from: 2024-01-01, until: "
	    "2024-06-30}, minutes: 50}\n"
	    "  - {assumption: x, when: {kind: a, from: 2024-07-02}, minutes: "
	    "40}\n"
	    "  - {assumption: x, when: {kind: b, until: 2024-06-30}, minutes: "
	    "40}\n"
	    "  - {assumption: x, when: {kind: b, from: 2024-06-30}, minutes: "
	    "30}\n",
	    "13:5 date-gap\n15:5 date-overlap");
	FINDS(HEAD RATES
	    "factors:\n"
	    "  - {assumption: x, when: {granted_until: 2019-12-31}, times: "
	    "2}\n"
	    "  - {assumption: x, when: {granted_from: 2020-02-01}, times: 3}\n",
	    "13:5 date-gap");
	/* Caps that hold at once do no harm. */
	FINDS(HEAD RATES
	    "caps:\n"
	    "  - {assumption: x, when: {until: 2024-12-31}, per: period, "
	    "at_most: 5}\n"
	    "  - {assumption: x, when: {from: 2024-06-01}, per: period, "
	    "at_most: 4}\n",
	    "");
}

static void gaps_and_overlaps_of_lists_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES
	    "eligibility:\n"
	    "  - {assumption: x, when: {accredited: false, provider_approved: "
	    "false}, refuse: NOT_ACCREDITED}\n"
	    "accreditation:\n"
	    "  - {assumption: x, by: a, until: 2023-12-31}\n"
	    "  - {assumption: x, by: b, from: 2024-02-01}\n"
	    "  - {assumption: x, by: a, from: 2024-02-01}\n"
	    "providers:\n"
	    "  - {assumption: x, names: [P, Q], until: 2023-12-31}\n"
	    "  - {assumption: x, names: [Q, R], from: 2023-12-01}\n"
	    "taxes:\n"
	    "  - {assumption: x, in: CA-NS, until: 2025-03-31, lines: [{name: "
	    "HST, percent: 15}]}\n"
	    "  - {assumption: x, in: [CA-NS, CA-NB], from: 2025-05-01, lines: "
	    "[{name: HST, percent: 14}]}\n",
	    "16:5 date-gap\n19:5 date-overlap\n22:5 date-gap");
}

static void gaps_of_variants_are_found(void **state)
{
	(void)state;
	FINDS(BARE "designations: [{name: A}]\n"
		   "period: {assumption: x, anniversary_months: 12}\n"
		   "requires:\n"
		   "  - {assumption: x, until: 2022-12-31, credits: 5}\n"
		   "  - {assumption: x, from: 2023-06-01, credits: 6}\n" RATES,
	    "11:5 date-gap");
	FINDS(BARE
	    "designations: [{name: A}]\n"
	    "period: {assumption: x, anniversary_months: 12}\n"
	    "requires:\n"
	    "  - {assumption: x, granted_until: 2022-12-31, credits: 5}\n"
	    "  - {assumption: x, granted_from: 2022-06-01, credits: 6}\n" RATES,
	    "11:5 date-overlap");
}

/* ---- periods */

static void lateness_that_costs_nothing_is_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES "renewal:\n"
			 "  assumption: x\n"
			 "  late:\n"
			 "    - {within_months: 1}\n"
			 "    - {within_months: 2, fee: 20.00}\n"
			 "    - {within_months: 3, fee: 10.00}\n"
			 "    - {within_months: 4, met: exam}\n",
	    "14:7 late-without-fee\n16:7 late-fee-falls\n"
	    "17:7 late-fee-falls");
}

static void notices_as_long_as_a_period_are_found(void **state)
{
	(void)state;
	FINDS(HEAD RATES "notices: [400, 365, 364]\n",
	    "11:11 notice-too-long\n11:16 notice-too-long");
}

static void carry_over_without_a_total_is_found(void **state)
{
	(void)state;
	FINDS(BARE "designations: [{name: A}]\n"
		   "period: {assumption: x, anniversary_months: 12}\n" RATES
		   "carry:\n"
		   "  assumption: x\n"
		   "  at_most: 5\n",
	    "11:3 carry-without-total");
	FINDS(HEAD RATES "carry: {assumption: x, at_most: 5}\n", "");
}

/* ---- bounds */

/* As many rules as a list may have are looked at in time. */
static void many_rules_take_bounded_time(void **state)
{
	static char document[1 << 18];
	size_t length =
	    (size_t)snprintf(document, sizeof(document), "%s", HEAD "rates:\n");

	(void)state;
	for (int i = 0; i < 999; i++)
		length += (size_t)snprintf(document + length,
		    sizeof(document) - length,
		    "  - {assumption: x, when: {code: C%d}, credits: 1}\n", i);
	snprintf(document + length, sizeof(document) - length,
	    "  - {assumption: x, when: {code: C7}, credits: 1}\n");
	FINDS(document, "1010:5 never-applies");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_programs_that_ship_are_in_order),
	    cmocka_unit_test(rules_without_a_source_are_found),
	    cmocka_unit_test(unused_sources_are_found),
	    cmocka_unit_test(rates_behind_one_that_takes_all_are_found),
	    cmocka_unit_test(alternatives_are_understood),
	    cmocka_unit_test(conditions_are_understood),
	    cmocka_unit_test(rules_that_contradict_themselves_are_found),
	    cmocka_unit_test(refusals_and_what_they_hide_are_found),
	    cmocka_unit_test(factors_that_ask_for_repeats_leave_the_others),
	    cmocka_unit_test(other_lists_are_looked_at),
	    cmocka_unit_test(taxes_that_are_never_due_are_found),
	    cmocka_unit_test(variants_that_never_hold_are_found),
	    cmocka_unit_test(agreements_that_add_nothing_are_found),
	    cmocka_unit_test(values_that_earn_nothing_are_found),
	    cmocka_unit_test(a_designation_without_a_rate_is_found),
	    cmocka_unit_test(lists_that_nothing_asks_for_are_found),
	    cmocka_unit_test(caps_wider_than_a_wider_cap_are_found),
	    cmocka_unit_test(caps_wider_than_their_parts_are_found),
	    cmocka_unit_test(caps_wider_than_any_claim_are_found),
	    cmocka_unit_test(minimums_above_their_total_are_found),
	    cmocka_unit_test(minimums_above_the_total_together_are_found),
	    cmocka_unit_test(minimums_above_a_cap_are_found),
	    cmocka_unit_test(gaps_and_overlaps_of_rules_are_found),
	    cmocka_unit_test(gaps_and_overlaps_of_lists_are_found),
	    cmocka_unit_test(gaps_of_variants_are_found),
	    cmocka_unit_test(lateness_that_costs_nothing_is_found),
	    cmocka_unit_test(notices_as_long_as_a_period_are_found),
	    cmocka_unit_test(carry_over_without_a_total_is_found),
	    cmocka_unit_test(many_rules_take_bounded_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
