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

static const char fine[] =
    "designations: [{name: A}]\n"
    "period: {anniversary_months: 12}\n"
    "rates: [{minutes: 60}]\n"
    "recognition: {decision: false, fee: {per_credit: 10.00}}\n";

static void nothing_for_nothing(void)
{
	assert_int_equal(request_of("r1")->state, REQUEST_AWAITING_PAYMENT);
	assert_true(request_of("r1")->credited == 0);
	total_is("A", "2026-01-01", 0);
	money_is("r1", 2000, 0, 2000, 0, 0);
}

/* 0.0004 credits would cost 0.00. */
static void without_a_payment_nothing_is_credited(void **state)
{
	(void)state;
	use(fine);
	grant("2026-01-02", "A", "2026-01-01");
	request("2026-02-02", "r1", "2026-02-01", 2);
	ruled("2026-06-30", nothing_for_nothing);
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

/* ---- why a period requires what it does */
static void note_is(size_t number, const char *words, const char *rule)
{
	char buffer[256];
	struct period_note note;

	assert_true(period_note(
	    &ruling, &ruling.period[0], number, buffer, sizeof(buffer), &note));
	assert_string_equal(buffer, words);
	assert_true(text_is(note.words, words));
	if (note.rule.length != strlen(rule) ||
	    (note.rule.length > 0 && !text_is(note.rule, rule)))
		fail_msg("%.*s", TEXT_ARGS(note.rule));
}

static const char noted[] =
    "designations: [{name: A}]\n"
    "period: {ends: 12-31, years: 1}\n"
    "requires: {rule: ten a year, credits: 10,\n"
    "  first_period: {rule: by month, by: month, step: 1, round: up}}\n"
    "rates: [{minutes: 60}]\n"
    "minimums:\n"
    "  - {rule: of ethics, name: ethics, when: {category: ethics},\n"
    "     at_least: 2}\n"
    "  - {rule: errors too, name: errors, when: {category: errors},\n"
    "     at_least: 3, beside_total: true}\n"
    "  - {rule: two kinds, name: kinds, different: kind, count: 2}\n"
    "freeze: {rule: a month to correct, after_days: 31}\n";

static void first_period_says_why(void)
{
	char buffer[8];
	struct period_note note;

	note_is(0, "8.0 CEU are required", "ten a year");
	note_is(1,
	    "10.0 CEU are asked of a whole period; this first one is shorter",
	    "by month");
	note_is(2,
	    "3.0 CEU of what is required are for errors, beside the "
	    "total",
	    "errors too");
	note_is(
	    3, "closed to what arrived after 2027-01-31", "a month to correct");
	note_is(
	    4, "ethics: 0.0 of 2.0 CEU; 2.0 CEU more are needed", "of ethics");
	note_is(
	    5, "errors: 0.0 of 3.0 CEU; 3.0 CEU more are needed", "errors too");
	note_is(6, "kinds: 1 of 2; 1 more are needed", "two kinds");
	assert_false(period_note(
	    &ruling, &ruling.period[0], 7, buffer, sizeof(buffer), &note));
	assert_true(period_note(
	    &ruling, &ruling.period[0], 0, buffer, sizeof(buffer), &note));
	assert_string_equal(buffer, "8.0 CEU");
}

static void a_period_says_why_it_requires_so_much(void **state)
{
	(void)state;
	use(noted);
	grant("2026-07-02", "A", "2026-07-01");
	attend("2026-07-02", "a1", "2026-07-02", 4);
	ruled("2027-02-01", first_period_says_why);
}

static void no_total(void)
{
	note_is(0, "no total is required", "");
}

static void a_period_without_a_total_says_so(void **state)
{
	(void)state;
	use("designations: [{name: A}]\n"
	    "period: {anniversary_months: 12}\n"
	    "rates: [{minutes: 60}]\n");
	grant("2026-07-02", "A", "2026-07-01");
	ruled("2027-02-01", no_total);
}

/* ---- what no rate knows */
static void both_wait_alike(void)
{
	fact_is("a1", OUTCOME_PENDING, REASON_INELIGIBLE_KIND);
	fact_is("r1", OUTCOME_PENDING, REASON_INELIGIBLE_KIND);
	assert_int_equal(share_of("r1", "A")->reason, REASON_INELIGIBLE_KIND);
}

/* Requests waited as UNKNOWN_ACTIVITY, whatever the program said. */
static void a_request_waits_with_the_programs_code(void **state)
{
	(void)state;
	use("designations: [{name: A}]\n"
	    "period: {anniversary_months: 12}\n"
	    "rates: [{when: {kind: lecture}, minutes: 60}]\n"
	    "unmatched: INELIGIBLE_KIND\n"
	    "recognition: {}\n");
	grant("2026-01-02", "A", "2026-01-01");
	attend("2026-02-02", "a1", "2026-02-01", 2);
	request("2026-02-02", "r1", "2026-02-01", 2);
	ruled("2026-06-30", both_wait_alike);
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
	    cmocka_unit_test(without_a_payment_nothing_is_credited),
	    cmocka_unit_test(a_petition_that_earns_nothing_costs_nothing),
	    cmocka_unit_test(a_period_says_why_it_requires_so_much),
	    cmocka_unit_test(a_request_waits_with_the_programs_code),
	    cmocka_unit_test(a_period_without_a_total_says_so),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	scene_fini();
	return failed;
}
