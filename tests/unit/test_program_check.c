/* What no single rule of a program shows is found where it stands, and nothing
 * else: words, order, what earns nothing. */
#include "program_findings.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
