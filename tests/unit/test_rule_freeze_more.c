/* Periods that are closed to changes: leave, parts of claims, late openings. */
#include "scene.h"

static const char leaving[] =
    "designations: [{name: A}]\n"
    "period: {anniversary_months: 12}\n"
    "requires: {credits: 10, met: [cpr]}\n"
    "rates: [{minutes: 60}]\n"
    "leaves:\n"
    "  - {requirement: parental, extends: true}\n"
    "  - {requirement: sick, reduces: month, step: 1, round: down}\n"
    "exemptions: [{requirement: medical, waives: [cpr]}]\n"
    "renewal: {late: [{within_months: 12}]}\n"
    "freeze: {after_days: 30}\n";

static void leave_came_too_late(void)
{
	const struct period *period = period_of("A", "2026-01-01");

	assert_int_equal(period->ends_on, day("2027-01-10"));
	assert_true(period->required == 10 * CREDIT_ONE);
	assert_int_equal(period->missing.count, 1);
	fact_is("m1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("m2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("m3", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("v1", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("n1", OUTCOME_PENDING, REASON_REQUIREMENTS_MISSING);
}

static void leave_and_exemptions_come_too_late(void **state)
{
	(void)state;
	use(leaving);
	grant("2026-01-02", "A", "2026-01-01");
	attend("2026-03-02", "a1", "2026-03-01", 10);
	on("2026-03-02", "m1", "requirement.met",
	    "'requirement':'parental','met_on':'2026-03-01',"
	    "'expires_on':'2026-03-10'");
	on("2027-02-10", "m2", "requirement.met",
	    "'requirement':'sick','met_on':'2026-05-01',"
	    "'expires_on':'2026-08-31'");
	meet("2027-02-10", "m3", "medical", "2026-04-01");
	reverse("2027-02-11", "v1", "m1");
	renew("2027-03-01", "n1", "A", "2027-03-01");
	ruled("2027-06-30", leave_came_too_late);
}

static const char split[] =
    "designations: [{name: A}]\n"
    "period: {anniversary_months: 12}\n"
    "requires: {credits: 2}\n"
    "rates: [{minutes: 60}]\n"
    "same: [{agree_in: [code], within_years: 3}]\n"
    "splits: [{into: [{category: x, percent: 25},\n"
    "  {category: y, percent: 75}]}]\n"
    "caps: [{when: {category: x}, per: period, at_most: 2}]\n"
    "minimums:\n"
    "  - {name: of-y, when: {category: y}, at_least: 3}\n"
    "  - {name: z, when: {category: y}, at_least: 5, beside_total: true}\n"
    "freeze: {once_renewed: true}\n";

static void code(const char *received_on, const char *id,
    const char *completed_on, int hours)
{
	on(received_on, id, "activity.completed",
	    "'activity':{'kind':'course','title':'%s','code':'c',"
	    "'completed_on':'%s','contact_hours':%d}",
	    id, completed_on, hours);
}

static void parts_are_kept(void)
{
	const struct period *period = period_of("A", "2026-01-01");

	assert_int_equal(ruling.verdict[index_of("a1")].shares, 2);
	assert_int_equal(period->minimums, 2);
	assert_true(period->minimum[0].met);
	fact_is("a1", OUTCOME_APPLIED, REASON_CATEGORY_CAP);
	fact_is("a2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("a3", OUTCOME_APPLIED, REASON_DUPLICATE_ACTIVITY);
	for (size_t i = 0; i < 2; i++) {
		const struct share *share = share_of("a1", "A") + i;
		char note[256];

		for (size_t n = 0; n < share->steps; n++)
			assert_true(step_note(&ruling, &share->step[n], note,
					sizeof(note))
					.length > 0);
	}
}

/* Later periods see what stands in it as they always did. */
static void parts_and_sameness_are_kept(void **state)
{
	(void)state;
	use(split);
	grant("2026-01-02", "A", "2026-01-01");
	code("2026-02-02", "a1", "2026-02-01", 40);
	renew("2026-12-20", "n1", "A", "2026-12-20");
	attend("2027-01-05", "a2", "2026-01-31", 8);
	reverse("2027-01-05", "v1", "a1");
	code("2027-02-02", "a3", "2027-02-01", 8);
	ruled("2027-06-30", parts_are_kept);
}

static void opens_today(void)
{
	assert_false(period_of("A", "2021-01-01")->is_frozen);
	total_is("A", "2021-01-01", 3);
	assert_int_equal(ruling.next_due, day("2027-06-02"));
}

static void opened_yesterday(void)
{
	assert_int_equal(
	    period_of("A", "2021-01-01")->frozen_on, day("2027-06-01"));
	total_is("A", "2021-01-01", 3);
	fact_is("a4", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
}

/* Looks went back to the day on which it should have been frozen, for ever. */
static void a_period_that_opens_too_late_is_open_for_a_day(void **state)
{
	(void)state;
	use("designations: [{name: A}]\n"
	    "period: {anniversary_months: 12}\n"
	    "requires: {credits: 10}\n"
	    "rates: [{minutes: 60}]\n"
	    "freeze: {after_days: 90}\n");
	grant("2020-01-02", "A", "2020-01-01");
	renew("2020-12-20", "n1", "A", "2020-12-20");
	adjust("2027-06-01", "j1", "2020-05-01", "10.0");
	renew("2027-06-01", "n2", "A", "2021-12-31");
	attend("2027-06-01", "a3", "2021-05-01", 3);
	ruled("2027-06-01", opens_today);
	attend("2027-06-02", "a4", "2021-05-02", 3);
	ruled("2027-06-02", opened_yesterday);
	ruled("2027-12-31", opened_yesterday);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(leave_and_exemptions_come_too_late),
	    cmocka_unit_test(parts_and_sameness_are_kept),
	    cmocka_unit_test(a_period_that_opens_too_late_is_open_for_a_day),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	scene_fini();
	return failed;
}
