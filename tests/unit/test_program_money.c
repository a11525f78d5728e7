/* Program documents: every key about carry-over, freezing, renewal, audit and
 * fees compiles to what it says, and each mistake is named where it stands. */
#include <stdio.h>

#include "program_text.h"

#define BASE                                                                   \
	"rates: [{credits: 1}]\n"                                              \
	"designations: [{name: A}]\n"                                          \
	"period: {anniversary_months: 12}\n"
#define CARRY       BASE "carry: "
#define RECOGNITION BASE "recognition: "

static void what_is_absent_costs_nothing(void **state)
{
	struct program *p = program_compiled(BASE);

	(void)state;
	assert_false(p->carries);
	assert_false(p->freeze.given);
	assert_int_equal(p->freeze.after_days, -1);
	assert_false(p->freeze.once_renewed);
	assert_false(p->audit.given);
	assert_int_equal(p->renewal_fee, 0);
	assert_false(p->renewal_fee_once);
	assert_int_equal(p->fee_per_request, 0);
	assert_int_equal(p->renewal_early_days, 90);
	program_destroy(p);
}

static void carry_over_is_limited(void **state)
{
	struct program *p = program_compiled(
	    CARRY "{at_most: 4, only: recognized, when: {category: a}, "
		  "last_months: 6, periods: 2, backfill: {rule: r, at_most: "
		  "10, within_months: 12}}\n");

	(void)state;
	assert_true(p->carries);
	assert_int_equal(p->carry.at_most, 4 * CREDIT_ONE);
	assert_true(p->carry.recognized_only);
	assert_true(p->carry.has_match);
	assert_int_equal(p->carry.match.count, 1);
	assert_int_equal(p->carry.last_months, 6);
	assert_int_equal(p->carry.periods, 2);
	assert_true(p->carry.backfills);
	assert_true(text_is(p->carry.backfill_words.name, "r"));
	assert_int_equal(p->carry.backfill_at_most, 10 * CREDIT_ONE);
	assert_int_equal(p->carry.backfill_months, 12);
	program_destroy(p);
	p = program_compiled(CARRY "{percent: 33.3333, step: 1, round: "
				   "nearest}\n");
	assert_true(p->carry.is_percent);
	assert_int_equal(p->carry.percent, 333333);
	assert_int_equal(p->carry.step, CREDIT_ONE);
	assert_int_equal(p->carry.rounding, ROUND_HALF_UP);
	assert_int_equal(p->carry.at_most, CREDIT_MOST);
	program_destroy(p);
	p = program_compiled(CARRY "{backfill: {at_most: 1}}\n");
	assert_int_equal(p->carry.at_most, CREDIT_MOST);
	assert_false(p->carry.is_percent);
	assert_false(p->carry.recognized_only);
	assert_false(p->carry.has_match);
	assert_int_equal(p->carry.match.from, DATE_FIRST);
	assert_int_equal(p->carry.match.until, DATE_NEVER);
	assert_int_equal(p->carry.match.granted_until, DATE_NEVER);
	assert_int_equal(p->carry.periods, 1);
	assert_int_equal(p->carry.last_months, 0);
	assert_int_equal(p->carry.backfill_months, 0);
	program_destroy(p);
}

static void carry_over_is_refused(void **state)
{
	(void)state;
	program_refused(CARRY "^yes\n", "a map");
	program_refused(CARRY "{at_most: ^-1}\n", "credits from 0");
	program_refused(CARRY "{percent: ^101}\n", "percent");
	program_refused(CARRY "{at_most: 1, step: ^1}\n", "only a `percent`");
	program_refused(CARRY "{only: ^accredited}\n", "only: recognized was");
	program_refused(CARRY "{last_months: ^0}\n", "from 1 to 240");
	program_refused(CARRY "{periods: ^9}\n", "from 1 to 8");
	program_refused(CARRY "{backfill: ^3}\n", "a map");
	program_refused(CARRY "{backfill: ^{}}\n", "'at_most' is missing");
	program_refused(CARRY "{backfill: {at_most: ^0}}\n", "above 0");
	program_refused(
	    CARRY "{backfill: {at_most: 1, within_months: ^0}}\n", "from 1");
}

static void freezing_has_a_day(void **state)
{
	struct program *p = program_compiled(BASE "freeze: {after_days: 0}\n");

	(void)state;
	assert_true(p->freeze.given);
	assert_int_equal(p->freeze.after_days, 0);
	assert_false(p->freeze.once_renewed);
	program_destroy(p);
	p = program_compiled(BASE "freeze: {rule: r, once_renewed: true}\n");
	assert_int_equal(p->freeze.after_days, -1);
	assert_true(p->freeze.once_renewed);
	assert_true(text_is(p->freeze.words.name, "r"));
	program_destroy(p);
	program_refused(BASE "freeze: ^{}\n", "`after_days` (such as 90)");
	program_refused(
	    BASE "freeze: ^{once_renewed: false}\n", "`after_days`");
	program_refused(BASE "freeze: {after_days: ^-1}\n", "from 0");
	program_refused(BASE "freeze: {after_days: 1, once_renewed: ^1}\n",
	    "true or false");
}

static void renewals_cost(void **state)
{
	struct program *p = program_compiled(BASE
	    "renewal: {fee: 45.00, fee_once: true, late: [{within_months: 1, "
	    "fee: 20.00}]}\n");

	(void)state;
	assert_int_equal(p->renewal_fee, 4500);
	assert_true(p->renewal_fee_once);
	assert_int_equal(p->late[0].fee, 2000);
	program_destroy(p);
	program_refused(BASE "renewal: {fee: ^-1}\n", "from 0.00 to");
	program_refused(BASE "renewal: {fee: ^1.001}\n", "2 places");
	program_refused(BASE "renewal: {fee_once: ^true}\n", "`fee` was");
	program_refused(BASE "renewal: {late: [{within_months: 1, fee: "
			     "^-1}]}\n",
	    "fee: an amount from 0.00");
}

static void fees_are_per_credit_and_per_request(void **state)
{
	struct program *p = program_compiled(
	    RECOGNITION "{fee: {per_credit: 11.00, per_request: 25}}\n");

	(void)state;
	assert_int_equal(p->fee_per_credit, 1100);
	assert_int_equal(p->fee_per_request, 2500);
	program_destroy(p);
	p = program_compiled(RECOGNITION "{fee: {per_request: 25}}\n");
	assert_int_equal(p->fee_per_credit, 0);
	program_destroy(p);
	program_refused(RECOGNITION "{fee: ^{}}\n", "`per_credit`");
	program_refused(RECOGNITION "{fee: {per_credit: ^-1}}\n", "from 0.00");
	program_refused(RECOGNITION "{fee: {per_request: ^-1}}\n", "from 0.00");
}

static void audits_say_whom(void **state)
{
	struct program *p = program_compiled(RECOGNITION
	    "{decision: false, audit: {rule: r, one_in: 20, requirement: "
	    "audit, when: {kind: x}, needs: [copy, letter]}}\n");

	(void)state;
	assert_true(p->audit.given);
	assert_int_equal(p->audit.one_in, 20);
	assert_true(text_is(p->audit.requirement, "audit"));
	assert_int_equal(p->audit.match.count, 1);
	assert_int_equal(p->audit.needs.count, 2);
	assert_true(program_knows_requirement(p, TEXT("audit")));
	program_destroy(p);
	p = program_compiled(RECOGNITION "{audit: {one_in: 1}}\n");
	assert_null(p->audit.requirement.at);
	assert_int_equal(p->audit.needs.count, 0);
	assert_false(program_knows_requirement(p, TEXT("audit")));
	program_destroy(p);
	p = program_compiled(RECOGNITION "{audit: {requirement: a}}\n");
	assert_int_equal(p->audit.one_in, 0);
	program_destroy(p);
	program_refused(RECOGNITION "{audit: ^{needs: copy}}\n", "`one_in`");
	program_refused(RECOGNITION "{audit: {one_in: ^0}}\n", "from 1");
	program_refused(
	    RECOGNITION "{audit: {requirement: ^a b}}\n", "no name");
	program_refused(
	    RECOGNITION "{audit: {one_in: 2, needs: ^[]}}\n", "empty list");
	program_refused(RECOGNITION "{audit: {one_in: 2, when: {designations: "
				    "^A}}}\n",
	    "this rule is about an activity");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_absent_costs_nothing),
	    cmocka_unit_test(carry_over_is_limited),
	    cmocka_unit_test(carry_over_is_refused),
	    cmocka_unit_test(freezing_has_a_day),
	    cmocka_unit_test(renewals_cost),
	    cmocka_unit_test(fees_are_per_credit_and_per_request),
	    cmocka_unit_test(audits_say_whom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
