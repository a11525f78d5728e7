/* Periods that are closed to changes, and what comes too late for them. */
#include "scene.h"

#define FREEZING                                                               \
	"designations: [{name: A}, {name: B}]\n"                               \
	"period: {anniversary_months: 12}\n"                                   \
	"requires: {credits: 10, met: [cpr]}\n"                                \
	"rates: [{minutes: 60, step: 0.5, round: down}]\n"                     \
	"recognition:\n"                                                       \
	"  evidence: [{needs: certificate}]\n"                                 \
	"  fee: {per_credit: 10.00}\n"                                         \
	"carry: {at_most: 5}\n"

static const char window[] =
    FREEZING "freeze: {rule: corrections within 90 days, after_days: 90}\n";
static const char once_renewed[] =
    FREEZING "freeze: {rule: frozen once renewed, once_renewed: true}\n";

static void window_is_kept(void)
{
	total_is("A", "2026-01-01", 8);
	fact_is("a2", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a3", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	assert_true(share_of("a3", "A")->credited == 0);
	assert_true(
	    step_names(share_of("a3", "A"), "corrections within 90 days"));
	assert_true(period_of("A", "2026-01-01")->is_frozen);
	assert_int_equal(
	    period_of("A", "2026-01-01")->frozen_on, day("2027-03-31"));
}

static void window_is_open(void)
{
	total_is("A", "2026-01-01", 8);
	assert_false(period_of("A", "2026-01-01")->is_frozen);
	assert_int_equal(ruling.next_due, day("2027-04-01"));
}

static void corrections_are_taken_for_so_many_days(void **state)
{
	(void)state;
	use(window);
	grant("2026-01-02", "A", "2026-01-01");
	attend("2026-03-02", "a1", "2026-03-01", 6);
	attend("2027-03-31", "a2", "2026-12-01", 2);
	ruled("2027-03-31", window_is_open);
	attend("2027-04-01", "a3", "2026-12-02", 4);
	ruled("2027-04-01", window_is_kept);
	ruled("2027-12-31", window_is_kept);
}

/* Its history came at once, long after: then the days count from there. */
static void late_history_counts(void)
{
	total_is("A", "2020-01-01", 6);
	total_is("A", "2021-01-01", 4);
	fact_is("a3", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("a4", OUTCOME_APPLIED, REASON_NONE);
}

static void a_period_that_was_unknown_is_open_as_long(void **state)
{
	(void)state;
	use("designations: [{name: A}]\n"
	    "period: {anniversary_months: 12}\n"
	    "rates: [{minutes: 60}]\n"
	    "freeze: {after_days: 90}\n");
	grant("2026-01-02", "A", "2020-01-01");
	attend("2026-01-02", "a1", "2020-03-01", 6);
	renew("2026-01-03", "n1", "A", "2020-12-31");
	attend("2026-01-04", "a2", "2021-03-01", 2);
	attend("2026-04-03", "a3", "2020-03-02", 2);
	attend("2026-04-03", "a4", "2021-03-02", 2);
	ruled("2026-04-30", late_history_counts);
}

static void complete_a(void)
{
	grant("2026-01-02", "A", "2026-01-01");
	attend("2026-03-02", "a1", "2026-03-01", 12);
	meet("2026-03-02", "m1", "cpr", "2026-03-01");
	renew("2026-12-20", "n1", "A", "2026-12-20");
}

static void late_facts_are_frozen(void)
{
	total_is("A", "2026-01-01", 14);
	total_is("A", "2027-01-01", 4);
	fact_is("a2", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a3", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("v1", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("a1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("v2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("m1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("m2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("n1", OUTCOME_APPLIED, REASON_NONE);
	assert_int_equal(period_of("A", "2026-01-01")->missing.count, 0);
	assert_false(ruling.verdict[index_of("a1")].reversed);
}

/* What arrives on the day itself still counts. */
static void a_period_is_frozen_once_renewed(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	attend("2026-12-20", "a2", "2026-12-19", 2);
	attend("2026-12-21", "a3", "2026-12-19", 2);
	reverse("2027-01-05", "v1", "a1");
	reverse("2027-01-05", "v2", "m1");
	meet("2027-01-06", "m2", "cpr", "2026-05-01");
	ruled("2027-06-30", late_facts_are_frozen);
}

static void chain_is_frozen(void)
{
	total_is("A", "2026-01-01", 12);
	fact_is("a2", OUTCOME_APPLIED, REASON_REVERSED);
	fact_is("v1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("v2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("v3", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("a1", OUTCOME_APPLIED, REASON_NONE);
}

static void reversals_of_reversals_come_too_late(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	attend("2026-03-02", "a2", "2026-03-02", 2);
	reverse("2026-04-01", "v1", "a2");
	reverse("2027-01-05", "v2", "v1");
	reverse("2027-01-05", "v3", "a1");
	ruled("2027-06-30", chain_is_frozen);
	reverse("2027-01-06", "v4", "v3");
	ruled("2027-06-30", chain_is_frozen);
}

static void waits_for_decision(void)
{
	const struct request *r = request_of("r1");

	total_is("A", "2026-01-01", 12);
	assert_int_equal(r->state, REQUEST_AWAITING_DECISION);
	fact_is("r1", OUTCOME_PENDING, REASON_DECISION_MISSING);
	fact_is("d1", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("w1", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	fact_is("p1", OUTCOME_APPLIED, REASON_NONE);
	money_is("r1", 0, 0, 0, 2000, 2000);
	fact_is("e2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	assert_int_equal(request_of("r2")->state, REQUEST_DECLINED);
	fact_is("r2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
}

static void what_belongs_to_a_request_comes_too_late(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	request("2026-11-02", "r1", "2026-11-01", 2);
	prove("2026-11-02", "e1", "r1", "certificate");
	approve("2027-01-05", "d1", "r1");
	on("2027-01-06", "w1", "recognition.withdrawn", "'request':'r1'");
	pay("2027-01-05", "p1", "r1", "20.00");
	request("2027-01-05", "r2", "2026-11-03", 2);
	prove("2027-01-05", "e2", "r2", "certificate");
	ruled("2027-06-30", waits_for_decision);
}

static void half_is_paid(void)
{
	const struct request *r = request_of("r1");

	total_is("A", "2026-01-01", 13);
	assert_int_equal(r->state, REQUEST_AWAITING_PAYMENT);
	assert_true(r->credited == CREDIT_ONE);
	money_is("r1", 1000, 0, 1000, 2000, 1000);
	fact_is("p2", OUTCOME_APPLIED, REASON_NONE);
}

static void payments_are_posted_but_come_too_late(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	request("2026-11-02", "r1", "2026-11-01", 2);
	prove("2026-11-02", "e1", "r1", "certificate");
	approve("2026-11-05", "d1", "r1");
	pay("2026-11-05", "p1", "r1", "10.00");
	pay("2027-01-05", "p2", "r1", "10.00");
	ruled("2027-06-30", half_is_paid);
}

static void override_counts(void)
{
	total_is("A", "2026-01-01", 13);
	assert_true(period_of("A", "2026-01-01")->adjusted == 1 * CREDIT_ONE);
	fact_is("j1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("j2", OUTCOME_APPLIED, REASON_REVERSED);
	fact_is("v2", OUTCOME_APPLIED, REASON_NONE);
	total_is("A", "2027-01-01", 3);
}

static void override_leaves_the_renewal(void)
{
	total_is("A", "2026-01-01", 3);
	total_is("A", "2027-01-01", 0);
	fact_is("n1", OUTCOME_APPLIED, REASON_NONE);
}

static void adjustments_override(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	adjust("2027-01-05", "j1", "2026-06-01", "1.0");
	adjust("2027-01-05", "j2", "2026-06-01", "7.0");
	reverse("2027-01-06", "v2", "j2");
	ruled("2027-06-30", override_counts);
	adjust("2027-01-07", "j3", "2026-06-01", "-10.0");
	ruled("2027-06-30", override_leaves_the_renewal);
}

static void overridden_is_renewed(void)
{
	total_is("A", "2026-01-01", 10);
	fact_is("n1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	total_is("A", "2027-01-01", 0);
}

static void an_override_completes_what_is_frozen(void **state)
{
	(void)state;
	use(window);
	grant("2026-01-02", "A", "2026-01-01");
	attend("2026-03-02", "a1", "2026-03-01", 6);
	meet("2026-03-02", "m1", "cpr", "2026-03-01");
	renew("2027-05-01", "n1", "A", "2027-05-01");
	attend("2027-05-02", "a2", "2026-03-01", 6);
	adjust("2027-05-03", "j1", "2026-06-01", "4.0");
	ruled("2027-06-30", overridden_is_renewed);
}

static void reopened(void)
{
	assert_false(period_of("A", "2026-01-01")->is_frozen);
	total_is("A", "2026-01-01", 2);
	fact_is("a3", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a1", OUTCOME_APPLIED, REASON_REVERSED);
	fact_is("v1", OUTCOME_APPLIED, REASON_NONE);
	assert_int_equal(ruling.periods, 1);
}

static void renewed_again(void)
{
	assert_int_equal(
	    period_of("A", "2026-01-01")->frozen_on, day("2027-02-03"));
	total_is("A", "2026-01-01", 11);
	fact_is("a4", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a5", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	total_is("A", "2027-01-01", 1);
}

static void a_reversed_renewal_opens_it_again(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	attend("2026-12-21", "a3", "2026-12-19", 2);
	reverse("2027-01-05", "v1", "a1");
	reverse("2027-02-01", "v2", "n1");
	ruled("2027-06-30", reopened);
	renew("2027-02-02", "n2", "A", "2027-02-02");
	attend("2027-02-03", "a4", "2026-12-18", 9);
	attend("2027-02-04", "a5", "2026-12-17", 9);
	ruled("2027-06-30", renewed_again);
}

static void waited_until(void)
{
	assert_int_equal(
	    period_of("A", "2026-01-01")->frozen_on, day("2027-01-20"));
	total_is("A", "2026-01-01", 10);
	fact_is("a2", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a3", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a4", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
}

static void a_renewal_that_waits_freezes_when_it_takes_effect(void **state)
{
	(void)state;
	use(once_renewed);
	grant("2026-01-02", "A", "2026-01-01");
	meet("2026-03-02", "m1", "cpr", "2026-03-01");
	renew("2026-12-20", "n1", "A", "2026-12-20");
	attend("2027-01-10", "a2", "2026-03-01", 6);
	attend("2027-01-20", "a3", "2026-03-02", 4);
	attend("2027-01-21", "a4", "2026-03-03", 4);
	ruled("2027-06-30", waited_until);
}

static void one_of_two_is_frozen(void)
{
	const struct request *r = request_of("r1");

	total_is("A", "2026-01-01", 12);
	total_is("B", "2026-07-01", 6);
	assert_int_equal(r->state, REQUEST_CREDITED);
	assert_true(share_of("r1", "A")->credited == 0);
	assert_true(share_of("r1", "B")->credited == 2 * CREDIT_ONE);
	fact_is("d1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("a2", OUTCOME_APPLIED, REASON_NONE);
	assert_int_equal(share_of("a2", "A")->reason, REASON_PERIOD_FROZEN);
	money_is("r1", 2000, 0, 2000, 2000, 0);
}

static void reversed_in_one_of_two(void)
{
	total_is("A", "2026-01-01", 12);
	total_is("B", "2026-07-01", 4);
	assert_true(share_of("r1", "B")->credited == 0);
	fact_is("a1", OUTCOME_APPLIED, REASON_NONE);
	fact_is("v1", OUTCOME_APPLIED, REASON_NONE);
}

static void each_designation_is_frozen_by_itself(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	grant("2026-07-02", "B", "2026-07-01");
	request("2026-11-02", "r1", "2026-11-01", 2);
	prove("2026-11-02", "e1", "r1", "certificate");
	approve("2027-01-05", "d1", "r1");
	pay("2027-01-05", "p1", "r1", "20.00");
	attend("2027-01-05", "a2", "2026-11-03", 4);
	ruled("2027-05-30", one_of_two_is_frozen);
	reverse("2027-01-06", "v1", "r1");
	ruled("2027-05-30", reversed_in_one_of_two);
}

static void kept_in_one_of_two(void)
{
	const struct request *r = request_of("r1");

	total_is("A", "2026-01-01", 14);
	total_is("B", "2026-07-01", 0);
	assert_true(share_of("r1", "A")->credited == 2 * CREDIT_ONE);
	assert_true(share_of("r1", "B")->credited == 0);
	assert_true(r->credited == 2 * CREDIT_ONE);
	money_is("r1", 2000, 0, 2000, 2000, 0);
}

/* What was credited in a frozen period stays, and keeps its name and fee. */
static void what_is_kept_keeps_its_name(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	grant("2026-07-02", "B", "2026-07-01");
	request("2026-11-02", "r1", "2026-11-01", 2);
	prove("2026-11-02", "e1", "r1", "certificate");
	approve("2026-11-05", "d1", "r1");
	pay("2026-11-05", "p1", "r1", "20.00");
	reverse("2027-01-06", "v1", "r1");
	on("2027-01-07", "r9", "recognition.requested",
	    "'request':'r1','activity':{'kind':'course','title':'z',"
	    "'completed_on':'2026-08-01','contact_hours':9}");
	ruled("2027-05-30", kept_in_one_of_two);
	on("2027-01-07", "w1", "recognition.withdrawn", "'request':'r1'");
	ruled("2027-05-30", kept_in_one_of_two);
}

/* What is wanted again after one of two is frozen counts no more in the other.
 */
static void wanted_again_in_one_of_two(void)
{
	total_is("A", "2026-01-01", 14);
	total_is("B", "2026-07-01", 0);
	assert_true(share_of("r1", "A")->credited == 2 * CREDIT_ONE);
	assert_true(share_of("r1", "B")->credited == 0);
	assert_true(request_of("r1")->credited == 2 * CREDIT_ONE);
}

static void what_is_taken_back_counts_no_more_where_it_is_open(void **state)
{
	static const char *const parts[] = {"e1", "d1", "p1"};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		use(once_renewed);
		complete_a();
		grant("2026-07-02", "B", "2026-07-01");
		request("2026-11-02", "r1", "2026-11-01", 2);
		prove("2026-11-02", "e1", "r1", "certificate");
		approve("2026-11-05", "d1", "r1");
		pay("2026-11-05", "p1", "r1", "20.00");
		reverse("2027-01-06", "v1", parts[i]);
		ruled("2027-05-30", wanted_again_in_one_of_two);
	}
}

static void taken_back_in_one_of_two(void)
{
	total_is("A", "2026-01-01", 16);
	total_is("B", "2026-07-01", 0);
	fact_is("a2", OUTCOME_APPLIED, REASON_REVERSED);
	fact_is("v1", OUTCOME_APPLIED, REASON_NONE);
}

/* How a fact stands is as it stood when the last of them was frozen. */
static void a_reversal_that_came_in_time_for_one_has_come(void **state)
{
	(void)state;
	use(window);
	complete_a();
	grant("2026-07-02", "B", "2026-07-01");
	attend("2026-11-02", "a2", "2026-11-01", 4);
	reverse("2027-05-01", "v1", "a2");
	ruled("2027-05-01", taken_back_in_one_of_two);
	ruled("2028-05-01", taken_back_in_one_of_two);
}

static void ahead_of_its_day(void)
{
	fact_is("a2", OUTCOME_PENDING, REASON_FUTURE_DATE);
	total_is("A", "2026-01-01", 12);
	assert_int_equal(ruling.next_due, day("2026-12-28"));
}

static void its_day_came_too_late(void)
{
	fact_is("a2", OUTCOME_APPLIED, REASON_PERIOD_FROZEN);
	total_is("A", "2026-01-01", 12);
}

static void what_comes_to_pass_later_is_too_late(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	attend("2026-12-01", "a2", "2026-12-28", 2);
	ruled("2026-12-27", ahead_of_its_day);
	ruled("2026-12-28", its_day_came_too_late);
	ruled("2027-06-30", its_day_came_too_late);
}

static void superseded(void)
{
	const struct period *period = period_of("A", "2026-01-01");

	assert_int_equal(period->ends_on, day("2026-05-31"));
	assert_false(period->is_frozen);
	total_is("A", "2026-01-01", 15);
	fact_is("a3", OUTCOME_APPLIED, REASON_NONE);
}

static void another_grant_makes_another_period(void **state)
{
	(void)state;
	use(once_renewed);
	complete_a();
	attend("2027-01-05", "a3", "2026-03-01", 3);
	on("2027-02-01", "g2", "certification.granted",
	    "'designation':'A','granted_on':'2026-06-01'");
	ruled("2027-06-30", superseded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(corrections_are_taken_for_so_many_days),
	    cmocka_unit_test(a_period_that_was_unknown_is_open_as_long),
	    cmocka_unit_test(a_period_is_frozen_once_renewed),
	    cmocka_unit_test(reversals_of_reversals_come_too_late),
	    cmocka_unit_test(what_belongs_to_a_request_comes_too_late),
	    cmocka_unit_test(payments_are_posted_but_come_too_late),
	    cmocka_unit_test(adjustments_override),
	    cmocka_unit_test(an_override_completes_what_is_frozen),
	    cmocka_unit_test(a_reversed_renewal_opens_it_again),
	    cmocka_unit_test(a_renewal_that_waits_freezes_when_it_takes_effect),
	    cmocka_unit_test(each_designation_is_frozen_by_itself),
	    cmocka_unit_test(what_is_kept_keeps_its_name),
	    cmocka_unit_test(
		what_is_taken_back_counts_no_more_where_it_is_open),
	    cmocka_unit_test(a_reversal_that_came_in_time_for_one_has_come),
	    cmocka_unit_test(what_comes_to_pass_later_is_too_late),
	    cmocka_unit_test(another_grant_makes_another_period),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	scene_fini();
	return failed;
}
