/* The ruling under review: audits, petitions, periods closed to changes. Each
 * history is ruled in several orders; its facts keep their days of arrival. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "history.h"
#include "program_text.h"

#define ORDERS 12

static struct history history;
static struct fact facts[HISTORY_MOST];
static struct arena arena;
static struct program *program;
static date_t today;

static date_t day(const char *text)
{
	date_t date;

	assert_true(date_parse(text_of(text), &date));
	return date;
}

/* A fact that arrives on that day: its type, and the rest of its data. */
static void on(const char *received_on, const char *id, const char *type,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static void on(const char *received_on, const char *id, const char *type,
    const char *format, ...)
{
	char data[1024], text[2048], message[EVENT_MESSAGE_SIZE] = "";
	va_list arguments;
	size_t index;
	json_t *event;

	va_start(arguments, format);
	(void)vsnprintf(data, sizeof(data), format, arguments);
	va_end(arguments);
	(void)snprintf(text, sizeof(text),
	    "{'received_on':'%s','id':'%s','type':'%s','member':'example/1',"
	    "'data':{%s}}",
	    received_on, id, type, data);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	event = json_loads(text, 0, NULL);
	if (event == NULL ||
	    history_add(&history, event, &index, message) != HISTORY_NEW)
		fail_msg("%s\n%s", text, message);
	json_decref(event);
}

static void grant(
    const char *received_on, const char *designation, const char *granted_on)
{
	on(received_on, designation, "certification.granted",
	    "'designation':'%s','granted_on':'%s','jurisdiction':'CA-ON'",
	    designation, granted_on);
}

static void attend(const char *received_on, const char *id,
    const char *completed_on, int hours)
{
	on(received_on, id, "activity.completed",
	    "'activity':{'kind':'course','title':'%s','completed_on':'%s',"
	    "'contact_hours':%d}",
	    id, completed_on, hours);
}

static void request(const char *received_on, const char *id,
    const char *completed_on, int hours)
{
	on(received_on, id, "recognition.requested",
	    "'request':'%s','activity':{'kind':'course','title':'%s',"
	    "'completed_on':'%s','contact_hours':%d}",
	    id, id, completed_on, hours);
}

static void prove(const char *received_on, const char *id, const char *request,
    const char *kind)
{
	on(received_on, id, "recognition.evidence",
	    "'request':'%s','evidence':[{'kind':'%s'}]", request, kind);
}

static void approve(
    const char *received_on, const char *id, const char *request)
{
	on(received_on, id, "recognition.decided",
	    "'request':'%s','decision':'approved','reviewer':'x'", request);
}

static void pay(const char *received_on, const char *id, const char *request,
    const char *amount)
{
	on(received_on, id, "recognition.paid",
	    "'request':'%s','amount':'%s','currency':'CAD','reference':'x'",
	    request, amount);
}

/* ---- what came of it */
static struct ruling ruling;

static size_t index_of(const char *id)
{
	for (size_t i = 0; i < ruling.facts; i++)
		if (text_is(ruling.fact[i].id, id))
			return i;
	fail_msg("no fact %s", id);
	return 0;
}

static void fact_is(const char *id, enum outcome outcome, enum reason reason)
{
	const struct verdict *v = &ruling.verdict[index_of(id)];

	if (v->outcome != outcome || v->reason != reason)
		fail_msg("%s: %s %s", id, outcome_name(v->outcome),
		    reason_name(v->reason));
}

static const struct share *share_of(const char *id, const char *designation)
{
	const struct verdict *v = &ruling.verdict[index_of(id)];

	for (size_t i = 0; i < v->shares; i++)
		if (text_is(
			ruling.share[v->share + i].designation, designation))
			return &ruling.share[v->share + i];
	fail_msg("%s: no share of %s", id, designation);
	return NULL;
}

static const struct request *request_of(const char *name)
{
	for (size_t i = 0; i < ruling.requests; i++)
		if (text_is(ruling.request[i].name, name))
			return &ruling.request[i];
	fail_msg("no request %s", name);
	return NULL;
}

static const struct period *period_of(
    const char *designation, const char *starts_on)
{
	for (size_t i = 0; i < ruling.periods; i++)
		if (text_is(ruling.period[i].designation, designation) &&
		    ruling.period[i].starts_on == day(starts_on))
			return &ruling.period[i];
	fail_msg("%s: no period from %s", designation, starts_on);
	return NULL;
}

/* Whole credits. */
static void total_is(const char *designation, const char *starts_on, int total)
{
	credit_t have = period_of(designation, starts_on)->total;
	char buffer[EXACT_TEXT_SIZE];

	if (have != total * CREDIT_ONE)
		fail_msg("%s from %s: %s", designation, starts_on,
		    credit_write(have, buffer).at);
}

/* Every period's total is the sum of what is posted to it. */
static void sums_hold(void)
{
	for (size_t p = 0; p < ruling.periods; p++) {
		const struct period *period = &ruling.period[p];
		credit_t sum = 0;

		for (size_t i = 0; i < ruling.postings; i++) {
			const struct posting *posting = &ruling.posting[i];

			if (!account_is_money(posting->account) &&
			    posting->account != ACCOUNT_CARRY_OUT &&
			    posting->period_starts_on == period->starts_on &&
			    text_equal(
				posting->designation, period->designation))
				sum += posting->value;
		}
		assert_int_equal(sum, period->total);
	}
	for (size_t i = 0; i < ruling.requests; i++) {
		const struct request *r = &ruling.request[i];
		money_t sum = 0;

		for (size_t n = 0; n < ruling.postings; n++) {
			const struct posting *posting = &ruling.posting[n];

			if (account_is_money(posting->account) &&
			    text_equal(
				ruling.fact[posting->cause].request, r->name))
				sum += posting->value;
		}
		if (r->state == REQUEST_CREDITED)
			assert_true(sum == r->total_due - r->paid);
	}
}

static void shuffle(unsigned long long *state)
{
	for (size_t i = history.count; i > 1; i--) {
		struct fact swap = facts[i - 1];
		size_t j;

		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		j = (size_t)(*state % i);
		facts[i - 1] = facts[j];
		facts[j] = swap;
	}
}

/* Rules on that day in several orders; `check` looks at each ruling. */
static void ruled(const char *date, void (*check)(void))
{
	unsigned long long state = 88172645463325252ull;

	today = day(date);
	memcpy(facts, history.fact, history.count * sizeof(*facts));
	for (int n = 0; n < ORDERS; n++) {
		arena_reset(&arena);
		assert_int_equal(rule_member(program, facts, history.count,
				     today, &arena, &ruling),
		    0);
		sums_hold();
		check();
		shuffle(&state);
	}
}

static void use(const char *rest)
{
	program_destroy(program);
	program = program_compiled(rest);
	history_reset(&history);
}

static bool step_names(const struct share *share, const char *rule)
{
	for (size_t i = 0; i < share->steps; i++)
		if (text_is(step_rule(&share->step[i]), rule))
			return true;
	return false;
}

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

static void money_is(const char *name, money_t fee, money_t tax, money_t due,
    money_t paid, money_t refund)
{
	const struct request *r = request_of(name);

	assert_int_equal(r->fee, fee);
	assert_int_equal(r->tax, tax);
	assert_int_equal(r->total_due, due);
	assert_int_equal(r->paid, paid);
	assert_int_equal(r->refund_due, refund);
}

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

	program_destroy(program);
	history_fini(&history);
	arena_fini(&arena);
	return failed;
}
