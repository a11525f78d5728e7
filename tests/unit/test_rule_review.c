/* The ruling under review: audits and petitions. */
#include "scene.h"

/* ---- audits */
static const char audited[] =
    "designations: [{name: A}, {name: B}]\n"
    "period: {anniversary_months: 12}\n"
    "requires: {credits: 10}\n"
    "rates: [{minutes: 60}]\n"
    "recognition:\n"
    "  evidence: [{needs: certificate}]\n"
    "  decision: false\n"
    "  audit: {rule: one in three, one_in: 3, requirement: audit,\n"
    "    needs: [copy, certificate]}\n";

static void drawn_waits_for_copy(void)
{
	const struct request *r = request_of("r2");

	assert_int_equal(r->state, REQUEST_AWAITING_EVIDENCE);
	assert_int_equal(r->missing.count, 1);
	assert_true(text_is(r->missing.item[0], "copy"));
	fact_is("r2", OUTCOME_PENDING, REASON_EVIDENCE_MISSING);
	assert_true(step_names(share_of("r2", "A"), "one in three"));
	assert_int_equal(request_of("r1")->state, REQUEST_CREDITED);
	assert_false(step_names(share_of("r1", "A"), "one in three"));
	fact_is("r1", OUTCOME_APPLIED, REASON_NONE);
	total_is("A", "2026-01-01", 2);
}

static void drawn_waits_for_decision(void)
{
	assert_int_equal(request_of("r2")->state, REQUEST_AWAITING_DECISION);
	fact_is("r2", OUTCOME_PENDING, REASON_DECISION_MISSING);
	total_is("A", "2026-01-01", 2);
}

static void drawn_is_credited(void)
{
	assert_int_equal(request_of("r2")->state, REQUEST_CREDITED);
	total_is("A", "2026-01-01", 5);
}

/* b2sum -l 128 of "local\0r2" begins with a multiple of 3, of r1 not. */
static void one_in_so_many_is_audited(void **state)
{
	(void)state;
	use(audited);
	grant("2026-01-02", "A", "2026-01-01");
	request("2026-02-02", "r1", "2026-02-01", 2);
	prove("2026-02-02", "e1", "r1", "certificate");
	request("2026-03-02", "r2", "2026-03-01", 3);
	prove("2026-03-02", "e2", "r2", "certificate");
	ruled("2026-06-30", drawn_waits_for_copy);
	prove("2026-03-03", "f2", "r2", "copy");
	ruled("2026-06-30", drawn_waits_for_decision);
	approve("2026-03-04", "d2", "r2");
	ruled("2026-06-30", drawn_is_credited);
}

static void all_of_the_period_wait(void)
{
	assert_int_equal(request_of("r1")->state, REQUEST_AWAITING_EVIDENCE);
	assert_int_equal(request_of("r4")->state, REQUEST_AWAITING_EVIDENCE);
	total_is("A", "2026-01-01", 0);
}

static void only_the_other_waits(void)
{
	assert_int_equal(request_of("r1")->state, REQUEST_CREDITED);
	assert_int_equal(request_of("r4")->state, REQUEST_AWAITING_EVIDENCE);
	total_is("A", "2026-01-01", 2);
}

static void a_member_is_audited_for_a_period(void **state)
{
	(void)state;
	use(audited);
	grant("2026-01-02", "A", "2026-01-01");
	request("2026-02-02", "r1", "2026-02-01", 2);
	prove("2026-02-02", "e1", "r1", "certificate");
	request("2026-02-02", "r4", "2026-02-01", 2);
	prove("2026-02-02", "e4", "r4", "certificate");
	on("2026-04-01", "m1", "requirement.met",
	    "'requirement':'audit','met_on':'2026-12-31'");
	ruled("2026-12-31", all_of_the_period_wait);
	prove("2026-04-02", "f1", "r1", "copy");
	approve("2026-04-02", "d1", "r1");
	ruled("2026-12-31", only_the_other_waits);
}

static void nobody_waits(void)
{
	assert_int_equal(request_of("r1")->state, REQUEST_CREDITED);
	fact_is("m1", OUTCOME_APPLIED, REASON_NONE);
}

static void an_audit_of_another_period_or_designation_is_not_meant(void **state)
{
	(void)state;
	use(audited);
	grant("2026-01-02", "A", "2026-01-01");
	request("2026-02-02", "r1", "2026-02-01", 2);
	prove("2026-02-02", "e1", "r1", "certificate");
	on("2026-04-01", "m1", "requirement.met",
	    "'requirement':'audit','met_on':'2027-01-01'");
	ruled("2027-01-31", nobody_waits);
	grant("2026-01-02", "B", "2026-03-01");
	on("2026-04-01", "m2", "requirement.met",
	    "'requirement':'audit','met_on':'2026-06-01','designation':'B'");
	ruled("2027-01-31", nobody_waits);
}

static void audited_and_declined(void)
{
	assert_int_equal(request_of("r2")->state, REQUEST_DECLINED);
	assert_int_equal(request_of("r2")->missing.count, 0);
	fact_is("r2", OUTCOME_APPLIED, REASON_DECLINED);
	total_is("A", "2026-01-01", 0);
}

static void an_audit_may_decline(void **state)
{
	(void)state;
	use(audited);
	grant("2026-01-02", "A", "2026-01-01");
	request("2026-03-02", "r2", "2026-03-01", 3);
	prove("2026-03-02", "e2", "r2", "certificate");
	on("2026-03-04", "d2", "recognition.decided",
	    "'request':'r2','decision':'declined','reviewer':'x'");
	ruled("2026-06-30", audited_and_declined);
}

/* ---- petitions */
static const char petition[] =
    "designations: [{name: A}]\n"
    "period: {anniversary_months: 12}\n"
    "requires: {credits: 10}\n"
    "rates: [{minutes: 60, step: 0.5, round: down}]\n"
    "caps: [{per: period, at_most: 3}]\n"
    "recognition:\n"
    "  decision: false\n"
    "  fee: {per_request: 25.00, per_credit: 10.00}\n"
    "taxes: [{in: CA-ON, lines: [{name: HST, percent: 13}]}]\n";

static void petition_is_due(void)
{
	money_is("r1", 4500, 585, 5085, 0, 0);
	assert_int_equal(request_of("r1")->state, REQUEST_AWAITING_PAYMENT);
	assert_true(request_of("r1")->credits == 2 * CREDIT_ONE);
	total_is("A", "2026-01-01", 0);
}

static void petition_is_partly_paid(void)
{
	/* 25.00 + 15.00 + 13 % = 45.20; another half needs 50.85. */
	money_is("r1", 4500, 585, 5085, 5084, 0);
	assert_int_equal(request_of("r1")->state, REQUEST_AWAITING_PAYMENT);
	assert_true(request_of("r1")->credited == 15 * CREDIT_ONE / 10);
}

static void petition_is_paid(void)
{
	money_is("r1", 4500, 585, 5085, 5184, 99);
	assert_int_equal(request_of("r1")->state, REQUEST_CREDITED);
	total_is("A", "2026-01-01", 2);
}

static void a_petition_has_a_fee_of_its_own(void **state)
{
	(void)state;
	use(petition);
	grant("2026-01-02", "A", "2026-01-01");
	request("2026-02-02", "r1", "2026-02-01", 2);
	ruled("2026-06-30", petition_is_due);
	pay("2026-02-03", "p1", "r1", "50.84");
	ruled("2026-06-30", petition_is_partly_paid);
	pay("2026-02-04", "p2", "r1", "1.00");
	ruled("2026-06-30", petition_is_paid);
}

static void petition_without_credits(void)
{
	money_is("r2", 0, 0, 0, 500, 500);
	assert_int_equal(request_of("r2")->state, REQUEST_CREDITED);
	fact_is("r2", OUTCOME_APPLIED, REASON_PERIOD_CAP);
}

static void a_petition_that_earns_nothing_costs_nothing(void **state)
{
	(void)state;
	use(petition);
	grant("2026-01-02", "A", "2026-01-01");
	attend("2026-01-12", "a1", "2026-01-11", 3);
	request("2026-02-02", "r2", "2026-02-01", 2);
	pay("2026-02-04", "p2", "r2", "5.00");
	ruled("2026-06-30", petition_without_credits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_in_so_many_is_audited),
	    cmocka_unit_test(a_member_is_audited_for_a_period),
	    cmocka_unit_test(
		an_audit_of_another_period_or_designation_is_not_meant),
	    cmocka_unit_test(an_audit_may_decline),
	    cmocka_unit_test(a_petition_has_a_fee_of_its_own),
	    cmocka_unit_test(a_petition_that_earns_nothing_costs_nothing),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	scene_fini();
	return failed;
}
