/* Periods: from when to when, what they require, and what changes that. */
#include <stdio.h>

#include "unit.h"

#include "program_rules.h"
#include "ruled.h"

#define HOURS "rates: [{minutes: 60}]\n"
#define ONE   HOURS "designations: [{name: A}]\n"

static const struct period *granted(const char *on)
{
	ruled_forget();
	ruled_grant("A", on);
	(void)ruled_on("2026-06-30");
	return ruled_period("A", on);
}

/* ---- from when to when */

static void an_anniversary_is_clamped_but_not_lost(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(ONE "period: {anniversary_months: 12}\n");
	ruled_grant("A", "2024-02-29");
	ruled_renew("A", "2025-02-10");
	ruled_renew("A", "2026-02-10");
	ruled_renew("A", "2027-02-10");
	(void)ruled_on("2026-06-30");
	p = ruled_period("A", "2024-02-29");
	assert_date(p->ends_on, "2025-02-27");
	assert_int_equal(p->change, REQUIRED_AS_STATED);
	assert_date(ruled_period("A", "2026-02-28")->ends_on, "2027-02-27");
	assert_date(ruled_period("A", "2027-02-28")->ends_on, "2028-02-28");
}

static void a_period_may_end_with_the_month(void **state)
{
	(void)state;
	ruled_program(
	    ONE "period: {anniversary_months: 24, month_end: true}\n");
	assert_date(granted("2024-01-15")->ends_on, "2026-01-31");
	assert_date(granted("2024-01-01")->ends_on, "2025-12-31");
	assert_date(granted("2024-01-31")->ends_on, "2026-01-31");
	assert_date(granted("2024-02-29")->ends_on, "2026-02-28");
	ruled_renew("A", "2026-02-01");
	(void)ruled_on("2026-06-30");
	assert_date(ruled_period("A", "2026-03-01")->ends_on, "2028-02-29");
}

static void a_fixed_day_follows_the_parity_of_csep(void **state)
{
	(void)state;
	ruled_program(HOURS
	    "designations:\n"
	    "  - {name: A, period: {ends: 03-31, years: 2, year_remainder: "
	    "0}}\n"
	    "  - {name: B, period: {ends: 03-31, years: 2, year_remainder: "
	    "1}}\n");
	ruled_grant("B", "2024-03-31");
	assert_date(granted("2024-03-31")->ends_on, "2024-03-31");
	assert_date(granted("2024-04-01")->ends_on, "2026-03-31");
	assert_date(granted("2025-07-01")->ends_on, "2026-03-31");
	ruled_grant("B", "2024-03-31");
	(void)ruled_on("2026-06-30");
	assert_date(ruled_period("B", "2024-03-31")->ends_on, "2025-03-31");
}

static void a_first_period_too_short_runs_to_the_next_end(void **state)
{
	(void)state;
	ruled_program(
	    ONE "period: {ends: 12-31, years: 1, at_least_months: 6}\n");
	assert_date(granted("2024-07-01")->ends_on, "2024-12-31");
	assert_date(granted("2024-07-02")->ends_on, "2025-12-31");
	assert_date(granted("2024-12-31")->ends_on, "2025-12-31");
	ruled_renew("A", "2025-12-31");
	(void)ruled_on("2026-06-30");
	assert_date(ruled_period("A", "2026-01-01")->ends_on, "2026-12-31");
}

static void variants_hold_by_era_and_cohort(void **state)
{
	(void)state;
	ruled_program(
	    ONE "period:\n"
		"  - {anniversary_months: 36, granted_until: 2019-12-31}\n"
		"  - {anniversary_months: 24, until: 2024-12-31}\n"
		"  - {anniversary_months: 12}\n"
		"requires:\n"
		"  - {credits: 9, granted_until: 2019-12-31}\n"
		"  - {credits: 6, until: 2024-12-31}\n"
		"  - {credits: 0}\n");
	assert_date(granted("2019-12-31")->ends_on, "2022-12-30");
	assert_credits(ruled_period("A", "2019-12-31")->required, "9");
	assert_date(granted("2025-01-01")->ends_on, "2025-12-31");
	/* From the third period on the other rule holds. */
	ruled_forget();
	ruled_grant("A", "2021-05-31");
	ruled_attend("a1", "2022-01-01", NULL, 6);
	ruled_attend("a2", "2024-01-01", NULL, 6);
	ruled_renew("A", "2023-05-01");
	ruled_renew("A", "2025-05-01");
	ruled_renew("A", "2026-05-01");
	(void)ruled_on("2026-06-30");
	assert_date(ruled_period("A", "2021-05-31")->ends_on, "2023-05-30");
	assert_date(ruled_period("A", "2023-05-31")->ends_on, "2025-05-30");
	assert_credits(ruled_period("A", "2023-05-31")->required, "6");
	assert_date(ruled_period("A", "2025-05-31")->ends_on, "2026-05-30");
	assert_credits(ruled_period("A", "2025-05-31")->required, "0");
	assert_date(ruled_period("A", "2026-05-31")->ends_on, "2027-05-30");
}

static void no_period_runs_past_the_last_of_all_days(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(ONE "period: {anniversary_months: 240}\n"
			  "renewal: {late: [{within_months: 240}]}\n"
			  "notices: [30]\n");
	p = granted("2190-01-01");
	assert_date(p->ends_on, "2199-12-31");
	assert_date(ruled_on("2026-06-30")->next_due, "2199-12-01");
	ruled_renew("A", "2199-12-01");
	assert_int_equal(ruled_on("2199-12-31")->periods, 1);
	assert_int_equal(
	    ruled_verdict("renew-A-2199-12-01")->outcome, OUTCOME_APPLIED);
	assert_date(ruled_on("2199-12-31")->next_due, "never");
	assert_date(granted("2199-12-31")->ends_on, "2199-12-31");
	ruled_program(ONE "period: {ends: 03-31, years: 2}\n"
			  "requires: {credits: 4, first_period: {by: month}}\n"
			  "leaves: [{requirement: x, reduces: day}]\n");
	p = granted("2199-11-15");
	assert_date(p->ends_on, "2199-12-31");
	assert_true(p->required < 4 * CREDIT_ONE);
}

/* ---- what a short first period requires */

/* Who is certified within a window of three years needs less; a whole one 6. */
static void entry_steps_are_those_of_nsca(void **state)
{
	static const struct {
		const char *on, *credits;
		enum required_change change;
	} expected[] = {
	    {"2024-01-01", "6", REQUIRED_AS_STATED},
	    {"2024-01-02", "4", REQUIRED_PRORATED},
	    {"2024-12-31", "4", REQUIRED_PRORATED},
	    {"2025-01-01", "2", REQUIRED_PRORATED},
	    {"2025-12-31", "2", REQUIRED_PRORATED},
	    {"2026-01-01", "1", REQUIRED_PRORATED},
	    {"2026-06-30", "1", REQUIRED_PRORATED},
	    {"2026-07-01", "0", REQUIRED_PRORATED},
	};

	(void)state;
	ruled_program(ONE
	    "period: {ends: 12-31, years: 3, year_remainder: 1}\n"
	    "requires: {credits: 6, first_period: {rule: by date of entry, "
	    "steps: [{within_months: 12, credits: 4}, {within_months: 24, "
	    "credits: 2}, {within_months: 30, credits: 1}, {credits: 0}]}}\n");
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct period *p = granted(expected[i].on);

		assert_date(p->ends_on, "2026-12-31");
		assert_credits(p->required, expected[i].credits);
		assert_int_equal(p->change, expected[i].change);
		assert_true(p->changed_by == NULL ||
			    text_is(p->changed_by->name, "by date of entry"));
	}
	/* The next one is whole. */
	ruled_renew("A", "2026-12-31");
	(void)ruled_on("2026-06-30");
	assert_credits(ruled_period("A", "2027-01-01")->required, "6");
	assert_int_equal(
	    ruled_period("A", "2027-01-01")->change, REQUIRED_AS_STATED);
}

static void a_short_period_requires_its_part(void **state)
{
	(void)state;
	ruled_program(
	    ONE "period: {ends: 12-31, years: 1}\n"
		"requires: {credits: 20, first_period: {by: month, step: 1, "
		"round: up}}\n");
	assert_credits(granted("2024-01-01")->required, "20");
	assert_credits(granted("2024-03-01")->required, "17"); /* 16.66… */
	assert_credits(granted("2024-03-02")->required, "15"); /* 9 months */
	assert_credits(granted("2024-12-15")->required, "0");
	ruled_program(
	    ONE "period: {ends: 12-31, years: 1}\n"
		"requires: {credits: 20, first_period: {by: day, step: 0.5, "
		"round: nearest}}\n");
	assert_credits(granted("2025-12-31")->required, "0");   /* 20/365 */
	assert_credits(granted("2025-12-20")->required, "0.5"); /* 240/365 */
	assert_credits(granted("2025-07-02")->required, "10");  /* 183 days */
	ruled_program(ONE "period: {ends: 12-31, years: 1}\n"
			  "requires: {credits: 20, first_period: {by: day}}\n");
	assert_credits(granted("2025-12-31")->required, "0.0548");
}

static void a_first_partial_period_may_be_exempt(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(ONE "period: {ends: 12-31, years: 1}\n"
			  "requires: {credits: 20, first_period: {credits: "
			  "0}}\n");
	assert_credits(granted("2024-01-01")->required, "20");
	p = granted("2024-01-02");
	assert_credits(p->required, "0");
	assert_int_equal(p->status, PERIOD_COMPLETE);
	ruled_renew("A", "2024-12-31");
	(void)ruled_on("2026-06-30");
	assert_credits(ruled_period("A", "2025-01-01")->required, "20");
}

/* ---- leave */

#define LEAVES                                                                 \
	ONE "period: {anniversary_months: 24}\n"                               \
	    "requires: {credits: 24}\n"                                        \
	    "renewal: {late: [{within_months: 6}]}\n"                          \
	    "notices: [30]\n"                                                  \
	    "leaves:\n"                                                        \
	    "  - {requirement: parental-leave, extends: true, "                \
	    "at_most_months: 12}\n"                                            \
	    "  - {requirement: duty, extends: true}\n"                         \
	    "  - {requirement: sick-leave, reduces: month, step: 1, round: "   \
	    "down, at_most_months: 6}\n"

static void leave_makes_a_period_longer(void **state)
{
	const struct ruling *r;
	const struct period *p;

	(void)state;
	ruled_program(LEAVES);
	ruled_grant("A", "2022-01-15");
	ruled_meet("parental-leave", "2023-03-01", "2023-03-31"); /* 31 days */
	ruled_attend("a1", "2024-02-14", NULL, 24);
	ruled_renew("A", "2024-02-14");
	r = ruled_on("2024-03-01");
	p = ruled_period("A", "2022-01-15");
	assert_date(p->ends_on, "2024-02-14");
	assert_credits(p->earned, "24");
	/* Later anniversaries move along, and with them grace and notices. */
	p = ruled_period("A", "2024-02-15");
	assert_date(p->ends_on, "2026-02-14");
	assert_date(r->next_due, "2026-01-15");
	assert_date(ruled_on("2026-01-15")->next_due, "2026-02-15");
	assert_int_equal(
	    ruled_on("2026-02-15")->period[1].status, PERIOD_GRACE);
	assert_date(ruled_on("2026-02-15")->next_due, "2026-08-15");
	assert_int_equal(
	    ruled_on("2026-08-15")->period[1].status, PERIOD_LAPSED);
}

static void days_of_leave_count_once(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(LEAVES);
	ruled_grant("A", "2022-01-15"); /* ends 2024-01-14 */
	ruled_meet("parental-leave", "2023-03-01", "2023-03-31");
	ruled_meet("parental-leave", "2023-03-10", "2023-04-10");
	ruled_meet("duty", "2023-03-20", "2023-03-25");
	ruled_meet("duty", "2023-04-05", "2023-04-20");
	(void)ruled_on("2023-06-30");
	p = ruled_period("A", "2022-01-15");
	assert_int_equal(p->ends_on - date_of(2024, 1, 14), 51);
	/* What begins in the days that leave has added adds its own; what
	 * begins later, has no end or is another's does not. */
	ruled_meet("duty", "2024-03-01", "2024-03-10");
	ruled_meet("duty", "2024-03-17", "2024-03-20");
	ruled_meet("duty", "2023-12-01", NULL);
	(void)ruled_on("2023-06-30");
	p = ruled_period("A", "2022-01-15");
	assert_int_equal(p->ends_on - date_of(2024, 1, 14), 61);
}

static void leave_counts_up_to_a_limit(void **state)
{
	(void)state;
	ruled_program(LEAVES);
	ruled_grant("A", "2022-01-15");
	ruled_meet("parental-leave", "2024-01-01", "2025-12-31");
	(void)ruled_on("2023-06-30");
	assert_date(ruled_period("A", "2022-01-15")->ends_on, "2025-01-14");
}

static void extended_periods_end_with_the_month_too(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(ONE "period: {anniversary_months: 12, month_end: true}\n"
			  "leaves: [{requirement: duty, extends: true}]\n");
	ruled_grant("A", "2024-01-15"); /* ends 2025-01-31 */
	ruled_meet("duty", "2024-05-01", "2024-05-30");
	ruled_renew("A", "2025-03-01");
	(void)ruled_on("2025-06-30");
	p = ruled_period("A", "2024-01-15");
	assert_date(p->ends_on, "2025-03-31");
	assert_date(ruled_period("A", "2025-04-01")->ends_on, "2026-03-31");
}

/* A request is settled with the first period that holds its day; by then all
 * of its periods must be open, also where leave has moved an end. */
static void a_request_looks_into_extended_periods(void **state)
{
	static const char *const greater[] = {"A", "B"};

	(void)state;
	for (size_t i = 0; i < COUNT(greater); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text),
		    "rates:\n"
		    "  - {when: {designations: %s}, minutes: 30}\n"
		    "  - {minutes: 60}\n"
		    "designations:\n"
		    "  - {name: A, period: {anniversary_months: 12}}\n"
		    "  - {name: B, period: {ends: 01-31, years: 1}}\n"
		    "leaves: [{requirement: duty, extends: true}]\n"
		    "recognition: {decision: false, fee: {per_credit: "
		    "10.00}}\n",
		    greater[i]);
		ruled_program(text);
		ruled_grant("A", "2025-01-15"); /* ends 2026-02-14 */
		ruled_meet("duty", "2025-03-01", "2025-03-31");
		ruled_grant("B", "2025-02-01"); /* ends 2026-01-31 */
		ruled_renew("B", "2026-01-20");
		ruled_fact("r1", "recognition.requested",
		    "'request':'r1','activity':{'kind':'course',"
		    "'completed_on':'2026-02-10','contact_minutes':60}");
		ruled_fact("p1", "recognition.paid",
		    "'request':'r1','amount':'20.00','currency':'CAD',"
		    "'reference':'x'");
		assert_credits(
		    ruled_on("2026-06-30")->request[0].credited, "2");
		assert_credits(
		    ruled_period("A", "2025-01-15")->total, i == 0 ? "2" : "1");
		assert_credits(
		    ruled_period("B", "2026-02-01")->total, i == 0 ? "1" : "2");
		assert_int_equal(ruled_verdict("met-duty-2025-03-01")->outcome,
		    OUTCOME_APPLIED);
	}
}

static void leave_makes_a_requirement_less(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(LEAVES);
	ruled_grant("A", "2022-01-15");
	ruled_meet("sick-leave", "2022-03-01", "2022-05-15"); /* 2 months */
	(void)ruled_on("2023-06-30");
	p = ruled_period("A", "2022-01-15");
	assert_credits(p->required, "22");
	assert_int_equal(p->change, REQUIRED_REDUCED);
	assert_true(text_is(p->changed_by->name, "leave"));
	/* Two that meet are one time away: to 2022-06-30 four months. */
	ruled_meet("sick-leave", "2022-05-16", "2022-06-30");
	(void)ruled_on("2023-06-30");
	assert_credits(ruled_period("A", "2022-01-15")->required, "20");
	/* A half of it lies in the next period: 1 month here. */
	ruled_meet("sick-leave", "2023-12-14", "2024-02-20");
	ruled_attend("a1", "2022-02-01", NULL, 19);
	ruled_renew("A", "2024-01-14");
	(void)ruled_on("2024-06-30");
	assert_credits(ruled_period("A", "2022-01-15")->required, "19");
	assert_credits(ruled_period("A", "2024-01-15")->required, "23");
	ruled_meet("sick-leave", "2022-09-01", "2023-08-31");
	(void)ruled_on("2024-06-30");
	assert_credits(ruled_period("A", "2022-01-15")->required, "18");
}

static void leave_by_days_is_exact(void **state)
{
	(void)state;
	ruled_program(ONE "period: {anniversary_months: 12}\n"
			  "requires: {credits: 36.5}\n"
			  "leaves: [{requirement: duty, reduces: day, step: "
			  "0.1, round: nearest}]\n");
	ruled_grant("A", "2025-01-01");
	ruled_meet("duty", "2025-03-01", "2025-03-10");
	(void)ruled_on("2025-06-30");
	assert_credits(ruled_period("A", "2025-01-01")->required, "35.5");
	ruled_meet("duty", "2024-01-01", "2030-01-01");
	(void)ruled_on("2025-06-30");
	assert_credits(ruled_period("A", "2025-01-01")->required, "0");
}

/* ---- requirements */

static void exemptions_waive_what_they_name(void **state)
{
	const struct period *p;

	(void)state;
	ruled_program(
	    ONE "period: {anniversary_months: 12}\n"
		"requires: {credits: 10, met: [cpr-a, membership]}\n"
		"renewal: {late: [{within_months: 6, met: exam}]}\n"
		"minimums:\n"
		"  - {name: ethics, when: {category: ethics}, at_least: 2}\n"
		"  - {name: law, when: {category: law}, at_least: 1, "
		"beside_total: true}\n"
		"exemptions:\n"
		"  - {requirement: medical, waives: [cpr-a, ethics]}\n"
		"  - {requirement: abroad, waives: [membership, law]}\n"
		"  - {requirement: retired, waives: [credits, exam]}\n");
	ruled_grant("A", "2024-01-01");
	(void)ruled_on("2024-06-30");
	p = ruled_period("A", "2024-01-01");
	assert_list(p->missing, "cpr-a ethics law membership");
	assert_credits(p->required, "11");
	ruled_meet("medical", "2024-02-01", NULL);
	(void)ruled_on("2024-06-30");
	p = ruled_period("A", "2024-01-01");
	assert_list(p->missing, "law membership");
	assert_null(ruled_minimum(p, "ethics"));
	/* As any requirement it must not expire before the end. */
	ruled_meet("abroad", "2024-02-01", "2024-12-30");
	(void)ruled_on("2024-06-30");
	assert_list(ruled_period("A", "2024-01-01")->missing, "law membership");
	ruled_meet("abroad", "2024-02-02", "2024-12-31");
	(void)ruled_on("2024-06-30");
	p = ruled_period("A", "2024-01-01");
	assert_list(p->missing, "");
	assert_credits(p->required, "10");
	ruled_meet("retired", "2024-12-31", NULL);
	ruled_renew("A", "2025-02-01");
	(void)ruled_on("2024-06-30");
	p = ruled_period("A", "2024-01-01");
	assert_credits(p->required, "0");
	assert_int_equal(p->change, REQUIRED_WAIVED);
	assert_int_equal(p->minimums, 0);
	/* Complete, late, and the exam is waived: the next is as any. */
	p = ruled_period("A", "2025-01-01");
	assert_credits(p->required, "11");
	assert_list(p->missing, "cpr-a ethics law membership");
}

static void what_is_met_once_serves_all_periods(void **state)
{
	(void)state;
	ruled_program(ONE "period: {anniversary_months: 12}\n"
			  "requires: {met: cpr-a, once: [law-exam]}\n");
	ruled_grant("A", "2023-01-01");
	ruled_meet("law-exam", "2023-05-01", NULL);
	ruled_meet("cpr-a", "2023-05-01", NULL);
	ruled_renew("A", "2023-12-31");
	(void)ruled_on("2024-06-30");
	assert_list(ruled_period("A", "2023-01-01")->missing, "");
	assert_list(ruled_period("A", "2024-01-01")->missing, "cpr-a");
	/* A new certification asks for it anew. */
	ruled_grant("A", "2024-07-01");
	(void)ruled_on("2024-06-30");
	assert_list(ruled_period("A", "2024-07-01")->missing, "cpr-a law-exam");
}

/* ---- dates on which a ruling changes by itself */

static void no_notice_comes_before_its_period(void **state)
{
	const struct ruling *r;

	(void)state;
	ruled_program(ONE "period: {ends: 03-31, years: 1}\n"
			  "requires: {credits: 1}\n"
			  "notices: [90, 7]\n");
	ruled_grant("A", "2026-03-10");
	r = ruled_on("2026-02-01");
	assert_int_equal(r->period[0].notice_days, 0);
	assert_date(r->next_due, "2026-03-10");
	r = ruled_on("2026-03-10");
	assert_int_equal(r->period[0].notice_days, 90);
	assert_date(r->next_due, "2026-03-24");
	r = ruled_on("2026-03-24");
	assert_int_equal(r->period[0].notice_days, 7);
	assert_date(r->next_due, "2026-04-01");
	r = ruled_on("2026-04-01");
	assert_int_equal(r->period[0].notice_days, 0);
	assert_date(r->next_due, "never");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_anniversary_is_clamped_but_not_lost),
	    cmocka_unit_test(a_period_may_end_with_the_month),
	    cmocka_unit_test(a_fixed_day_follows_the_parity_of_csep),
	    cmocka_unit_test(a_first_period_too_short_runs_to_the_next_end),
	    cmocka_unit_test(variants_hold_by_era_and_cohort),
	    cmocka_unit_test(no_period_runs_past_the_last_of_all_days),
	    cmocka_unit_test(entry_steps_are_those_of_nsca),
	    cmocka_unit_test(a_short_period_requires_its_part),
	    cmocka_unit_test(a_first_partial_period_may_be_exempt),
	    cmocka_unit_test(leave_makes_a_period_longer),
	    cmocka_unit_test(days_of_leave_count_once),
	    cmocka_unit_test(leave_counts_up_to_a_limit),
	    cmocka_unit_test(extended_periods_end_with_the_month_too),
	    cmocka_unit_test(a_request_looks_into_extended_periods),
	    cmocka_unit_test(leave_makes_a_requirement_less),
	    cmocka_unit_test(leave_by_days_is_exact),
	    cmocka_unit_test(exemptions_waive_what_they_name),
	    cmocka_unit_test(what_is_met_once_serves_all_periods),
	    cmocka_unit_test(no_notice_comes_before_its_period),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
