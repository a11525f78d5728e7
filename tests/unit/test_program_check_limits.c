/* What the check finds of caps, minimums, dates and periods, in bounded time.
 */
#include "program_findings.h"

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
	const struct CMUnitTest tests[] = {
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
