/* Minimums: what must be among the credits of a period beside their total. */
#include <stdlib.h>

#include "unit.h"

#include "ruled.h"

#define HOURS "rates: [{minutes: 60}]\n"
#define ONE   HOURS "designations: [{name: A}]\n"
#define YEAR  ONE "period: {anniversary_months: 12}\n"

static void assert_minimum(const struct period *period, const char *name,
    const char *has, const char *needed)
{
	const struct minimum *minimum = ruled_minimum(period, name);

	assert_non_null(minimum);
	if (minimum->is_count) {
		assert_int_equal(minimum->has, strtol(has, NULL, 10));
		assert_int_equal(minimum->needed, strtol(needed, NULL, 10));
	} else {
		assert_credits(minimum->has, has);
		assert_credits(minimum->needed, needed);
	}
	assert_int_equal(minimum->met, minimum->has >= minimum->needed);
}

static const struct period *ruled_one(const char *start)
{
	(void)ruled_on("2026-06-30");
	return ruled_period("A", start);
}

/* 60 in three years, 8 of them in each of three fields. */
static void each_field_of_pmi_needs_eight(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    ONE "period: {anniversary_months: 36}\n"
		"requires: {credits: 60, met: [ethics-signed]}\n"
		"minimums:\n"
		"  - {name: ways-of-working, when: {category: ways}, at_least: "
		"8}\n"
		"  - {name: power-skills, when: {category: power}, at_least: "
		"8}\n"
		"  - {name: business-acumen, when: {category: business}, "
		"at_least: 8}\n");
	ruled_grant("A", "2023-01-01");
	ruled_renew("A", "2025-12-01");
	ruled_attend("a1", "2023-03-01", "ways", 50);
	ruled_attend("a2", "2023-04-01", "power", 7.5);
	ruled_attend("a3", "2025-11-01", "business", 8);
	ruled_adjust("a4", "A", "2024-01-01", "10");
	p = ruled_one("2023-01-01");
	assert_credits(p->total, "75.5");
	assert_int_equal(p->remaining, 0);
	assert_minimum(p, "ways-of-working", "50", "8");
	assert_minimum(p, "power-skills", "7.5", "8");
	assert_list(p->missing, "ethics-signed power-skills");
	assert_int_equal(p->status, PERIOD_IN_PROGRESS);
	/* A renewal waits for it. */
	assert_int_equal(ruled_verdict("renew-A-2025-12-01")->reason,
	    REASON_REQUIREMENTS_MISSING);
	ruled_meet("ethics-signed", "2023-01-01", NULL);
	ruled_attend("a5", "2025-12-31", "power", 0.5);
	p = ruled_one("2023-01-01");
	assert_list(p->missing, "");
	assert_int_equal(p->status, PERIOD_COMPLETE);
	assert_false(p->current);
	assert_minimum(
	    ruled_period("A", "2026-01-01"), "power-skills", "0", "8");
}

/* 20 in each year, 120 in three: the period is of three years. */
static void each_year_of_cpa_needs_twenty(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    ONE "period: {ends: 12-31, years: 3, year_remainder: 0}\n"
		"requires: {credits: 120}\n"
		"minimums: [{name: annual, at_least: 20, per: year}]\n");
	ruled_grant("A", "2022-07-01"); /* ends 2022-12-31: no whole year */
	p = ruled_one("2022-07-01");
	assert_int_equal(p->minimums, 0);
	ruled_forget();
	ruled_grant("A", "2022-12-31");
	ruled_adjust("a0", "A", "2022-12-31", "120");
	ruled_renew("A", "2022-12-31");
	ruled_attend("a1", "2023-01-01", NULL, 30);
	ruled_attend("a2", "2023-12-31", NULL, 20);
	ruled_attend("a3", "2024-06-01", NULL, 19);
	ruled_attend("a4", "2025-12-31", NULL, 60);
	p = ruled_one("2023-01-01");
	assert_credits(p->total, "129");
	assert_minimum(p, "annual", "19", "20");
	assert_list(p->missing, "annual");
	ruled_adjust("a5", "A", "2024-12-31", "1");
	p = ruled_one("2023-01-01");
	assert_minimum(p, "annual", "20", "20");
	assert_list(p->missing, "");
	/* From a day within a year: that year is none of them. */
	ruled_forget();
	ruled_grant("A", "2023-01-02");
	ruled_attend("a1", "2024-06-01", NULL, 50);
	ruled_attend("a2", "2025-06-01", NULL, 70);
	assert_minimum(ruled_one("2023-01-02"), "annual", "50", "20");
}

/* The same body with periods of one year: three of them together. */
static void three_years_of_cpa_need_a_hundred_and_twenty(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    ONE "period: {ends: 12-31, years: 1}\n"
		"requires: {credits: 20, first_period: {credits: 0}}\n"
		"minimums: [{name: three-years, at_least: 120, rolling_years: "
		"3}]\n"
		"carry: {at_most: 20}\n");
	ruled_grant("A", "2022-07-01"); /* exempt */
	ruled_attend("a0", "2022-12-31", NULL, 5);
	ruled_renew("A", "2022-12-31");
	ruled_attend("a1", "2023-01-01", NULL, 40);
	ruled_renew("A", "2023-12-31");
	ruled_attend("a2", "2024-03-01", NULL, 45);
	ruled_renew("A", "2024-12-31");
	ruled_attend("a3", "2025-03-01", NULL, 34);
	ruled_renew("A", "2025-12-31");
	p = ruled_one("2023-01-01");
	assert_int_equal(p->minimums, 0); /* not yet so old */
	p = ruled_period("A", "2025-01-01");
	assert_minimum(p, "three-years", "119", "120");
	assert_credits(p->carried_in, "20"); /* counts no second time */
	assert_true(p->current);
	ruled_attend("a4", "2023-01-01", "late", 1);
	p = ruled_one("2025-01-01");
	assert_minimum(p, "three-years", "120", "120");
	assert_false(p->current);
	/* Next year only the last two count. */
	p = ruled_period("A", "2026-01-01");
	assert_minimum(p, "three-years", "79", "120");
}

static void nsca_needs_two_categories(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    ONE "period: {ends: 12-31, years: 3, year_remainder: 1}\n"
		"requires: {credits: 6}\n"
		"minimums: [{name: two-categories, different: category, count: "
		"2}]\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-03-01", "A", 4);
	ruled_attend("a2", "2024-04-01", "A", 1);
	ruled_attend("a3", "2024-05-01", NULL, 1);
	ruled_attend("a4", "2024-05-01", "B", 0);
	p = ruled_one("2024-01-01");
	assert_minimum(p, "two-categories", "1", "2");
	assert_list(p->missing, "two-categories");
	ruled_attend("a5", "2024-06-01", "B", 0.5);
	ruled_attend("a6", "2024-06-01", "C", 0.5);
	p = ruled_one("2024-01-01");
	assert_minimum(p, "two-categories", "3", "2");
	assert_int_equal(p->status, PERIOD_COMPLETE);
}

static void providers_differ_without_regard_to_case(void **state)
{
	(void)state;
	ruled_program(YEAR
	    "minimums: [{name: sources, different: provider, count: 2}]\n");
	ruled_grant("A", "2024-01-01");
	ruled_fact("a1", "activity.completed",
	    "'activity':{'kind':'course','completed_on':'2024-02-01',"
	    "'contact_minutes':60,'provider':'Acme [1]'}");
	ruled_fact("a2", "activity.completed",
	    "'activity':{'kind':'course','completed_on':'2024-02-02',"
	    "'contact_minutes':60,'provider':'ACME [1]'}");
	assert_minimum(ruled_one("2024-01-01"), "sources", "1", "2");
	ruled_fact("a3", "activity.completed",
	    "'activity':{'kind':'course','completed_on':'2024-02-02',"
	    "'contact_minutes':60,'provider':'Acme {1}'}");
	assert_minimum(ruled_one("2024-01-01"), "sources", "2", "2");
}

/* Four areas, each at least one hour. */
static void bccda_needs_all_four(void **state)
{
	static const char *const areas[] = {
	    "clinical", "practice", "ethics", "research"};
	const struct period *p;

	(void)state;
	ruled_program(YEAR
	    "minimums:\n"
	    "  - {name: areas, covers: {category: [clinical, practice, ethics, "
	    "research]}, at_least: 1}\n"
	    "  - {name: topics, covers: {topics: [a, b]}}\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("half", "2024-01-01", "clinical", 0.5);
	for (int i = 1; i < 4; i++)
		ruled_attend(areas[i], "2024-02-01", areas[i], i);
	ruled_fact("t1", "activity.completed",
	    "'activity':{'kind':'course','completed_on':'2024-03-01',"
	    "'contact_minutes':1,'topics':['a','b','a']}");
	p = ruled_one("2024-01-01");
	assert_minimum(p, "areas", "3", "4");
	assert_minimum(p, "topics", "2", "2");
	ruled_attend("half-more", "2024-05-01", "clinical", 0.5);
	p = ruled_one("2024-01-01");
	assert_minimum(p, "areas", "4", "4");
	assert_list(p->missing, "");
}

static void half_must_be_verifiable(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    YEAR "requires: {credits: 25}\n"
		 "minimums: [{name: verifiable, when: {category: verifiable}, "
		 "percent: 50}]\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", "other", 25);
	ruled_attend("a2", "2024-02-01", "verifiable", 12);
	p = ruled_one("2024-01-01");
	assert_minimum(p, "verifiable", "12", "12.5");
	assert_list(p->missing, "verifiable");
	ruled_attend("a3", "2024-02-02", "verifiable", 0.5);
	assert_list(ruled_one("2024-01-01")->missing, "");
	/* Half of nothing known is nothing. */
	ruled_program(
	    YEAR "minimums: [{name: verifiable, when: {category: verifiable}, "
		 "percent: 50}]\n");
	ruled_grant("A", "2024-01-01");
	assert_int_equal(ruled_one("2024-01-01")->minimums, 0);
}

/* 38 hours, and 2 on medical errors, of which no more than 2 count. */
static void florida_asks_for_two_beside_thirty_eight(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(ONE
	    "period: {anniversary_months: 24}\n"
	    "requires: {credits: 38}\n"
	    "minimums: [{rule: errors, name: medical-errors, when: {category: "
	    "errors}, at_least: 2, beside_total: true}]\n"
	    "caps: [{when: {category: errors}, per: activity, at_most: 4}]\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", "general", 38);
	p = ruled_one("2024-01-01");
	assert_credits(p->required, "40");
	assert_int_equal(p->change, REQUIRED_AS_STATED);
	assert_credits(p->remaining, "2");
	assert_list(p->missing, "medical-errors");
	ruled_attend("a2", "2024-03-01", "errors", 1.5);
	ruled_attend("a3", "2024-03-02", "errors", 3);
	p = ruled_one("2024-01-01");
	assert_credits(p->total, "40");
	assert_minimum(p, "medical-errors", "2", "2");
	assert_list(p->missing, "");
	assert_int_equal(ruled_verdict("a3")->reason, REASON_CATEGORY_CAP);
	assert_credits(ruled_posted(ACCOUNT_CREDIT, "a3", p), "0.5");
}

static void once_in_all_periods_is_enough(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(YEAR
	    "requires: {credits: 2}\n"
	    "minimums:\n"
	    "  - {name: child-abuse, when: {category: abuse}, at_least: 2, "
	    "once: true}\n"
	    "  - {name: fields, different: category, count: 3, once: true}\n"
	    "  - {name: law, when: {category: law}, at_least: 1, once: true, "
	    "only_if: {period: later}}\n");
	ruled_grant("A", "2023-01-01");
	ruled_attend("a1", "2023-02-01", "abuse", 2);
	ruled_attend("a2", "2023-02-01", "law", 1);
	ruled_renew("A", "2023-12-31");
	p = ruled_one("2023-01-01");
	assert_list(p->missing, "fields");
	ruled_attend("a3", "2023-02-01", "other", 1);
	ruled_attend("a4", "2024-02-01", "other", 2);
	ruled_renew("A", "2024-12-31");
	ruled_attend("a5", "2025-02-01", "abuse", 2);
	p = ruled_one("2024-01-01");
	assert_minimum(p, "child-abuse", "2", "2");
	assert_minimum(p, "fields", "3", "3");
	assert_minimum(p, "law", "1", "1"); /* earned before it was asked for */
	assert_list(ruled_period("A", "2025-01-01")->missing, "");
	/* A new certification begins anew. */
	ruled_grant("A", "2025-06-01");
	p = ruled_one("2025-06-01");
	assert_minimum(p, "child-abuse", "0", "2");
	assert_list(p->missing, "child-abuse fields");
}

static void some_are_asked_for_only_if(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(HOURS
	    "designations: [{name: A}, {name: B}]\n"
	    "period: {anniversary_months: 12}\n"
	    "minimums:\n"
	    "  - {name: supervision, when: {category: s}, at_least: 3, "
	    "only_if: {met: supervises}}\n"
	    "  - {name: welcome, when: {category: w}, at_least: 1, only_if: "
	    "{period: first}}\n"
	    "  - {name: since-2025, at_least: 1, only_if: {starts_from: "
	    "2025-01-01}}\n"
	    "  - {name: old-hands, at_least: 1, only_if: {granted_until: "
	    "2023-12-31}}\n"
	    "  - {name: of-b, at_least: 1, when: {designations: [B]}}\n"
	    "  - {name: of-late, at_least: 1, when: {granted_from: "
	    "2024-06-01}}\n");
	ruled_grant("A", "2024-01-01");
	ruled_grant("B", "2024-06-01");
	ruled_attend("a1", "2024-02-01", "w", 1);
	ruled_renew("A", "2024-12-31");
	(void)ruled_on("2026-06-30");
	assert_list(ruled_period("A", "2024-01-01")->missing, "");
	assert_list(ruled_period("A", "2025-01-01")->missing, "since-2025");
	p = ruled_period("B", "2024-06-01");
	assert_list(p->missing, "of-b of-late welcome");
	/* Adjustments count where it is asked who holds it, not what for. */
	ruled_adjust("a2", "B", "2024-07-01", "1");
	ruled_meet("supervises", "2024-12-31", NULL);
	(void)ruled_on("2026-06-30");
	assert_list(
	    ruled_period("B", "2024-06-01")->missing, "supervision welcome");
	assert_list(ruled_period("A", "2024-01-01")->missing, "supervision");
}

static void minimums_fall_with_a_short_period(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(ONE
	    "period: {ends: 12-31, years: 1}\n"
	    "requires: {credits: 12, first_period: {by: month, step: 1, round: "
	    "down}}\n"
	    "minimums:\n"
	    "  - {name: ethics, when: {category: ethics}, at_least: 2, "
	    "prorated: true}\n"
	    "  - {name: areas, covers: {category: [a, b]}, at_least: 1, "
	    "prorated: true}\n"
	    "  - {name: law, when: {category: law}, at_least: 1}\n"
	    "  - {name: half, when: {category: ethics}, percent: 50}\n");
	ruled_grant("A", "2024-09-01");
	ruled_attend("a1", "2024-10-01", "a", 0.5);
	ruled_attend("a2", "2024-10-01", "b", 0.25);
	p = ruled_one("2024-09-01");
	assert_credits(p->required, "4");
	assert_minimum(p, "ethics", "0", "0.6667");
	assert_minimum(p, "areas", "1", "2"); /* 0.3333 each */
	assert_minimum(p, "law", "0", "1");
	assert_minimum(p, "half", "0", "2");
}

static void what_is_carried_in_counts_where_all_credits_do(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    ONE "period: {ends: 12-31, years: 1}\n"
		"requires: {credits: 10}\n"
		"minimums:\n"
		"  - {name: annual, at_least: 8, per: year}\n"
		"  - {name: all, at_least: 10}\n"
		"  - {name: some, when: {kind: course}, at_least: 1}\n"
		"  - {name: all-years, at_least: 5, once: true}\n"
		"carry: {at_most: 5}\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", NULL, 14);
	ruled_renew("A", "2024-12-31");
	(void)ruled_one("2024-01-01");
	p = ruled_period("A", "2025-01-01");
	assert_credits(p->carried_in, "4");
	assert_minimum(p, "annual", "4", "8");
	assert_minimum(p, "all", "4", "10");
	assert_minimum(p, "some", "0", "1");
	assert_minimum(p, "all-years", "14", "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_field_of_pmi_needs_eight),
	    cmocka_unit_test(each_year_of_cpa_needs_twenty),
	    cmocka_unit_test(three_years_of_cpa_need_a_hundred_and_twenty),
	    cmocka_unit_test(nsca_needs_two_categories),
	    cmocka_unit_test(providers_differ_without_regard_to_case),
	    cmocka_unit_test(bccda_needs_all_four),
	    cmocka_unit_test(half_must_be_verifiable),
	    cmocka_unit_test(florida_asks_for_two_beside_thirty_eight),
	    cmocka_unit_test(once_in_all_periods_is_enough),
	    cmocka_unit_test(some_are_asked_for_only_if),
	    cmocka_unit_test(minimums_fall_with_a_short_period),
	    cmocka_unit_test(what_is_carried_in_counts_where_all_credits_do),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
