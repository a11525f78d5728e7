/* From one period to the next: carry-over, backfill, and what a renewal costs.
 */
#include "unit.h"

#include "ruled.h"

#define HOURS "rates: [{minutes: 60}]\n"
#define ONE   HOURS "designations: [{name: A}]\n"
#define YEAR  ONE "period: {ends: 12-31, years: 1}\n"

static void attend_kind(
    const char *id, const char *on, const char *kind, int hours)
{
	ruled_fact(id, "activity.completed",
	    "'activity':{'kind':'%s','title':'%s','completed_on':'%s',"
	    "'contact_minutes':%d}",
	    kind, id, on, hours * 60);
}

/* What one period sends on is what the next one gets. */
static void assert_carried(
    const char *renewal, const char *from, const char *to, const char *credits)
{
	const struct period *a = ruled_period("A", from);
	const struct period *b = ruled_period("A", to);

	assert_credits(b->carried_in, credits);
	assert_credits(ruled_posted(ACCOUNT_CARRY_OUT, renewal, a), credits);
	assert_credits(ruled_posted(ACCOUNT_CARRY_IN, renewal, b), credits);
}

static void nothing_is_carried_where_nothing_says_so(void **state)
{
	(void)state;
	ruled_program(YEAR "requires: {credits: 10}\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", NULL, 30);
	ruled_renew("A", "2024-12-31");
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "0");
}

/* What was earned in the last six months of three years. */
static void isc2_carries_what_the_last_six_months_earned(void **state)
{
	(void)state;
	ruled_program(ONE "period: {anniversary_months: 36}\n"
			  "requires: {credits: 120}\n"
			  "carry: {at_most: 40, last_months: 6}\n");
	ruled_grant("A", "2022-01-01");
	ruled_attend("a1", "2022-02-01", NULL, 130);
	ruled_attend("a2", "2024-06-30", NULL, 30);
	ruled_renew("A", "2024-12-31");
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2022-01-01", "2025-01-01", "0");
	ruled_attend("a3", "2024-07-01", NULL, 15);
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2022-01-01", "2025-01-01", "15");
	ruled_attend("a4", "2024-12-31", NULL, 30);
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2022-01-01", "2025-01-01", "40");
	/* Without a surplus there is nothing, however late it was earned. */
	ruled_adjust("a5", "A", "2024-02-01", "-80");
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2022-01-01", "2025-01-01", "5");
}

static void only_what_a_condition_names_is_carried(void **state)
{
	(void)state;
	ruled_program(YEAR "requires: {credits: 10}\n"
			   "carry: {at_most: 8, when: {kind: [course, "
			   "book]}}\n");
	ruled_grant("A", "2024-01-01");
	attend_kind("a1", "2024-02-01", "lecture", 20);
	attend_kind("a2", "2024-03-01", "course", 3);
	ruled_renew("A", "2024-12-31");
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "3");
	attend_kind("a3", "2024-01-01", "book", 7);
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "8");
}

static void what_is_carried_once_lapses(void **state)
{
	(void)state;
	ruled_program(YEAR "requires: {credits: 10}\ncarry: {at_most: 30}\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", NULL, 35);
	ruled_renew("A", "2024-12-31");
	ruled_attend("a2", "2025-02-01", NULL, 3);
	ruled_renew("A", "2025-12-31");
	(void)ruled_on("2026-06-30");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "25");
	/* 10 of 25 were used, 15 lapse; the 3 of the year itself go on. */
	assert_carried("renew-A-2025-12-31", "2025-01-01", "2026-01-01", "3");
}

/* Usable for two periods, the oldest first. */
static void apega_carries_for_two_periods_oldest_first(void **state)
{
	(void)state;
	ruled_program(YEAR "requires: {credits: 80}\n"
			   "carry: {at_most: 160, periods: 2}\n");
	ruled_grant("A", "2022-01-01");
	ruled_attend("a1", "2022-02-01", NULL, 230); /* 150 left of 2022 */
	ruled_renew("A", "2022-12-31");
	ruled_attend("a2", "2023-02-01", NULL, 20); /* uses 80 of 2022 */
	ruled_renew("A", "2023-12-31");
	ruled_attend("a3", "2024-02-01", NULL, 0);
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2022-12-31", "2022-01-01", "2023-01-01", "150");
	/* 70 of 2022 and 20 of 2023 */
	assert_carried("renew-A-2023-12-31", "2023-01-01", "2024-01-01", "90");
	ruled_renew("A", "2024-12-31");
	(void)ruled_on("2025-06-30");
	/* The 70 are used up first, then 10 of the 20. */
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "10");
	/* Had 2024 earned 30, 20 of 2022 would lapse, and 50 go on. */
	ruled_attend("a4", "2024-03-01", NULL, 30);
	(void)ruled_on("2025-06-30");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "40");
	ruled_adjust("a5", "A", "2023-03-01", "30");
	(void)ruled_on("2025-06-30");
	/* 2023 leaves 50 of its own beside the 70 of 2022. */
	assert_carried("renew-A-2023-12-31", "2023-01-01", "2024-01-01", "120");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "70");
}

static void of_too_much_the_oldest_is_given_up(void **state)
{
	(void)state;
	ruled_program(YEAR "requires: {credits: 10}\n"
			   "carry: {at_most: 20, periods: 3}\n");
	ruled_grant("A", "2022-01-01");
	ruled_attend("a1", "2022-02-01", NULL, 50); /* 20 of 40 go on */
	ruled_renew("A", "2022-12-31");
	ruled_attend("a2", "2023-02-01", NULL, 15); /* 10 + 15: 5 + 15 go on */
	ruled_renew("A", "2023-12-31");
	ruled_attend("a3", "2024-02-01", NULL, 1); /* uses 5 and 5: 10 + 1 */
	ruled_renew("A", "2024-12-31");
	ruled_renew("A", "2025-12-31"); /* uses 10: 1 of 2024 */
	(void)ruled_on("2026-06-30");
	assert_carried("renew-A-2022-12-31", "2022-01-01", "2023-01-01", "20");
	assert_carried("renew-A-2023-12-31", "2023-01-01", "2024-01-01", "20");
	assert_carried("renew-A-2024-12-31", "2024-01-01", "2025-01-01", "11");
	assert_carried("renew-A-2025-12-31", "2025-01-01", "2026-01-01", "1");
}

static void negative_credits_use_up_what_is_carried(void **state)
{
	(void)state;
	ruled_program(YEAR "requires: {credits: 10}\n"
			   "carry: {at_most: 20, periods: 2}\n");
	ruled_grant("A", "2022-01-01");
	ruled_attend("a1", "2022-02-01", NULL, 30);
	ruled_renew("A", "2022-12-31");
	ruled_adjust("a2", "A", "2023-02-01", "-4");
	ruled_renew("A", "2023-12-31");
	(void)ruled_on("2026-06-30");
	assert_carried("renew-A-2023-12-31", "2023-01-01", "2024-01-01", "6");
}

static void a_deficit_is_filled_by_the_next_period(void **state)
{
	const struct period *a, *b;

	(void)state;
	ruled_program(
	    YEAR "requires: {credits: 20, met: cpr-a}\n"
		 "carry: {at_most: 0, backfill: {rule: deficit, at_most: 5, "
		 "within_months: 3}}\n");
	ruled_grant("A", "2024-01-01");
	ruled_meet("cpr-a", "2024-02-01", NULL);
	ruled_attend("a1", "2024-02-01", NULL, 14);
	ruled_renew("A", "2024-12-31");
	ruled_attend("a3", "2025-03-31", NULL, 3);
	ruled_attend("a4", "2025-04-01", NULL, 10);
	(void)ruled_on("2025-06-30"); /* 6 are missing: too many */
	assert_int_equal(ruled_verdict("renew-A-2024-12-31")->reason,
	    REASON_REQUIREMENTS_MISSING);
	ruled_attend("a2", "2024-03-01", NULL, 1);
	(void)ruled_on("2025-06-30");
	a = ruled_period("A", "2024-01-01");
	b = ruled_period("A", "2025-01-01");
	assert_credits(a->carried_in, "3");
	assert_credits(a->total, "18");
	assert_credits(a->remaining, "2");
	assert_int_equal(a->status, PERIOD_IN_PROGRESS);
	assert_credits(b->carried_in, "-3");
	assert_credits(b->total, "10");
	assert_credits(
	    ruled_posted(ACCOUNT_CARRY_IN, "renew-A-2024-12-31", a), "3");
	assert_credits(
	    ruled_posted(ACCOUNT_CARRY_IN, "renew-A-2024-12-31", b), "-3");
	/* No more than is missing. */
	ruled_attend("a5", "2025-01-01", NULL, 9);
	(void)ruled_on("2025-06-30");
	a = ruled_period("A", "2024-01-01");
	b = ruled_period("A", "2025-01-01");
	assert_credits(a->total, "20");
	assert_int_equal(a->status, PERIOD_COMPLETE);
	assert_credits(b->carried_in, "-5");
	/* What an adjustment takes away can't fill anything. */
	ruled_adjust("a6", "A", "2025-01-02", "-10");
	(void)ruled_on("2025-06-30");
	assert_credits(ruled_period("A", "2025-01-01")->carried_in, "-2");
	/* All else must be met. */
	ruled_fact("r1", "event.reversed",
	    "'event':'met-cpr-a-2024-02-01','reason':'mistake'");
	assert_int_equal(ruled_on("2025-06-30")->periods, 1);
}

/* A period may be filled, and fill the one before. */
static void deficits_are_passed_on(void **state)
{
	const struct period *b;

	(void)state;
	ruled_program(YEAR "requires: {credits: 20}\n"
			   "carry: {at_most: 9, backfill: {at_most: 5}}\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", NULL, 16);
	ruled_renew("A", "2024-12-31");
	ruled_attend("a2", "2025-12-31", NULL, 21); /* 17 are left of it */
	ruled_renew("A", "2025-12-31");
	ruled_attend("a3", "2026-02-01", NULL, 40);
	ruled_renew("A", "2026-12-31");
	(void)ruled_on("2027-06-30");
	assert_credits(ruled_period("A", "2024-01-01")->total, "20");
	b = ruled_period("A", "2025-01-01");
	assert_credits(b->carried_in, "-1");
	assert_credits(
	    ruled_posted(ACCOUNT_CARRY_IN, "renew-A-2024-12-31", b), "-4");
	assert_credits(
	    ruled_posted(ACCOUNT_CARRY_IN, "renew-A-2025-12-31", b), "3");
	assert_int_equal(b->status, PERIOD_COMPLETE);
	assert_credits(ruled_period("A", "2026-01-01")->total, "37");
	assert_carried("renew-A-2026-12-31", "2026-01-01", "2027-01-01", "9");
}

/* What is given back is missing in the minimums of the next one. */
static void minimums_follow_a_filled_deficit(void **state)
{
	const struct minimum *all;

	(void)state;
	ruled_program(
	    YEAR "requires: {credits: 20}\n"
		 "minimums: [{name: annual, at_least: 15, per: year}]\n"
		 "carry: {at_most: 0, backfill: {at_most: 5}}\n");
	ruled_grant("A", "2024-01-01");
	ruled_attend("a1", "2024-02-01", NULL, 16);
	ruled_renew("A", "2024-12-31");
	ruled_attend("a2", "2025-02-01", NULL, 17);
	(void)ruled_on("2025-06-30");
	all = ruled_minimum(ruled_period("A", "2024-01-01"), "annual");
	assert_credits(all->has, "20");
	all = ruled_minimum(ruled_period("A", "2025-01-01"), "annual");
	assert_credits(all->has, "13");
	assert_list(ruled_period("A", "2025-01-01")->missing, "annual");
}

/* ---- money */

#define MONEY                                                                  \
	HOURS "designations: [{name: A}, {name: B}, {name: C}]\n"              \
	      "period: {anniversary_months: 12}\n"                             \
	      "taxes: [{in: CA-ON, lines: [{name: HST, percent: 13}]}]\n"

static void grant_in_ontario(const char *designation, const char *on)
{
	ruled_fact(designation, "certification.granted",
	    "'designation':'%s','granted_on':'%s','jurisdiction':'CA-ON'",
	    designation, on);
}

static void each_renewal_costs_its_fee(void **state)
{
	(void)state;
	ruled_program(MONEY "renewal: {fee: 45.00, late: [{within_months: 1, "
			    "fee: 20.01}]}\n");
	grant_in_ontario("A", "2024-01-01");
	ruled_grant("B", "2024-01-01");
	ruled_renew("A", "2024-12-31");
	ruled_renew("B", "2025-01-01"); /* late: both, taxed as one */
	ruled_renew("A", "2026-05-01"); /* waits: lapsed */
	(void)ruled_on("2026-06-30");
	assert_int_equal(
	    ruled_posted(ACCOUNT_FEE, "renew-A-2024-12-31", NULL), 4500);
	assert_int_equal(
	    ruled_posted(ACCOUNT_TAX, "renew-A-2024-12-31", NULL), 585);
	assert_int_equal(
	    ruled_posted(ACCOUNT_FEE, "renew-B-2025-01-01", NULL), 6501);
	assert_int_equal(
	    ruled_posted(ACCOUNT_TAX, "renew-B-2025-01-01", NULL), 845);
	assert_int_equal(ruled_posted(ACCOUNT_FEE, NULL, NULL), 11001);
}

static void of_several_renewed_on_a_day_one_pays(void **state)
{
	(void)state;
	ruled_program(MONEY "renewal: {fee: 45.00, fee_once: true}\n");
	grant_in_ontario("A", "2024-03-01");
	ruled_grant("B", "2024-02-01");
	ruled_grant("C", "2024-01-01");
	ruled_renew("C", "2024-12-31");
	ruled_renew("B", "2024-12-31");
	ruled_renew("A", "2024-12-31");
	ruled_renew("A", "2025-12-31");
	(void)ruled_on("2026-06-30");
	/* The first by source and id, whatever ends first. */
	assert_int_equal(
	    ruled_posted(ACCOUNT_FEE, "renew-A-2024-12-31", NULL), 4500);
	assert_int_equal(
	    ruled_posted(ACCOUNT_FEE, "renew-A-2025-12-31", NULL), 4500);
	assert_int_equal(ruled_posted(ACCOUNT_FEE, NULL, NULL), 9000);
	assert_int_equal(ruled_posted(ACCOUNT_TAX, NULL, NULL), 1170);
	/* One that does not apply pays for none. */
	ruled_fact("r1", "event.reversed",
	    "'event':'renew-A-2024-12-31','reason':'mistake'");
	(void)ruled_on("2026-06-30");
	assert_int_equal(
	    ruled_posted(ACCOUNT_FEE, "renew-B-2024-12-31", NULL), 4500);
	assert_int_equal(ruled_posted(ACCOUNT_FEE, NULL, NULL), 9000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_carried_where_nothing_says_so),
	    cmocka_unit_test(isc2_carries_what_the_last_six_months_earned),
	    cmocka_unit_test(only_what_a_condition_names_is_carried),
	    cmocka_unit_test(what_is_carried_once_lapses),
	    cmocka_unit_test(apega_carries_for_two_periods_oldest_first),
	    cmocka_unit_test(of_too_much_the_oldest_is_given_up),
	    cmocka_unit_test(negative_credits_use_up_what_is_carried),
	    cmocka_unit_test(a_deficit_is_filled_by_the_next_period),
	    cmocka_unit_test(deficits_are_passed_on),
	    cmocka_unit_test(minimums_follow_a_filled_deficit),
	    cmocka_unit_test(each_renewal_costs_its_fee),
	    cmocka_unit_test(of_several_renewed_on_a_day_one_pays),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
