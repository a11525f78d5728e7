/* Program documents: every key about claims compiles to what it says, and each
 * mistake is named where it stands. */
#include <stdio.h>

#include "program_text.h"

/* All that must be there. */
#define BASE                                                                   \
	"designations: [{name: A}, {name: B}]\n"                               \
	"period: {anniversary_months: 12}\n"
#define RATES BASE "rates: [{credits: 1}]\n"

static void rates_say_how_they_round_and_sum(void **state)
{
	struct program *p = program_compiled(
	    BASE "rates:\n"
		 "  - {minutes: 50, step: 0.2, round: down, at_least: 1}\n"
		 "  - {minutes: 60, together: [title, provider], round: up}\n"
		 "  - {credits: 10, each: credit}\n"
		 "  - {credits: 10, each: credit-hour, round: nearest}\n"
		 "  - {credits: 1}\n");

	(void)state;
	assert_int_equal(p->rates, 5);
	assert_int_equal(p->rate[0].kind, RATE_MINUTES);
	assert_int_equal(p->rate[0].step, 2000);
	assert_int_equal(p->rate[0].rounding, ROUND_DOWN);
	assert_int_equal(p->rate[0].at_least, CREDIT_ONE);
	assert_int_equal(p->rate[0].together, 0);
	assert_int_equal(p->rate[1].together, SAME_TITLE | SAME_PROVIDER);
	assert_int_equal(p->rate[1].rounding, ROUND_UP);
	assert_int_equal(p->rate[2].kind, RATE_QUANTITY);
	assert_int_equal(p->rate[2].unit, UNIT_NONE);
	assert_int_equal(p->rate[2].credits.numerator, 10);
	assert_int_equal(p->rate[3].unit, UNIT_CREDIT_HOUR);
	assert_int_equal(p->rate[3].rounding, ROUND_HALF_UP);
	assert_int_equal(p->rate[4].kind, RATE_FIXED);
	assert_int_equal(p->rate[4].at_least, 0);
	assert_int_equal(p->rate[4].step, 1);
	assert_int_equal(p->rate[4].rounding, ROUND_HALF_UP);
	assert_false(p->rates_by_holder);
	program_destroy(p);
}

static void rates_are_refused(void **state)
{
	(void)state;
	program_refused(BASE "rates:\n  - {credits: 1, at_least: ^0}\n",
	    "at_least: credits above 0");
	program_refused(BASE "rates:\n  - {credits: 1, together: ^size}\n",
	    "together: completed_on, kind");
	program_refused(BASE
	    "rates:\n  - {credits: decided, together: ^kind}\n",
	    "decision");
	program_refused(
	    BASE "rates:\n  - {credits: 1, each: ^mile}\n", "or credit");
	program_refused(BASE "rates:\n  - {credits: 1, step: ^0}\n",
	    "step: a number above 0");
	program_refused(BASE "rates:\n  - {credits: 1, round: ^off}\n",
	    "round: down, up or nearest was expected");
	program_refused(
	    BASE "rates:\n  - {minutes: ^0}\n", "minutes: a number above 0");
	program_refused(
	    BASE "rates:\n  - ^{minutes: 1, credits: 1}\n", "either");
}

static void rules_may_ask_for_a_cohort(void **state)
{
	struct program *p = program_compiled(
	    BASE "rates:\n"
		 "  - {credits: 1, when: {granted_from: 2020-01-01}}\n"
		 "  - {credits: 1, when: {granted_until: 2020-01-01, from: "
		 "2021-01-01}}\n"
		 "  - {credits: 1, when: {designations: [B, A]}}\n"
		 "  - {credits: 1}\n");
	const struct match *match = &p->rate[0].match;

	(void)state;
	assert_true(p->rates_by_holder);
	assert_true(match->by_holder);
	assert_int_equal(match->granted_from, date_of(2020, 1, 1));
	assert_int_equal(match->granted_until, DATE_NEVER);
	assert_int_equal(match->from, DATE_FIRST);
	match = &p->rate[1].match;
	assert_true(match->by_holder);
	assert_int_equal(match->granted_from, DATE_FIRST);
	assert_int_equal(match->granted_until, date_of(2020, 1, 1));
	assert_int_equal(match->from, date_of(2021, 1, 1));
	assert_true(p->rate[2].match.by_holder);
	assert_int_equal(p->rate[2].match.designations.count, 2);
	match = &p->rate[3].match;
	assert_false(match->by_holder);
	assert_int_equal(match->granted_from, DATE_FIRST);
	assert_int_equal(match->granted_until, DATE_NEVER);
	assert_int_equal(match->until, DATE_NEVER);
	program_destroy(p);
}

static void cohorts_are_refused(void **state)
{
	(void)state;
	program_refused(RATES "eligibility:\n  - when: {granted_from: "
			      "^2020-01-01}\n    refuse: BAD_FIELD\n",
	    "granted_from: this rule is about an activity");
	program_refused(RATES "deadlines: [{days: 3, when: {designations: "
			      "^A}}]\n",
	    "designations: this rule is about an activity");
	program_refused(RATES "caps: [{per: period, at_most: 4, when: "
			      "{granted_from: 2020-01-02, granted_until: ^"
			      "2020-01-01}}]\n",
	    "on or after `granted_from`");
	program_refused(RATES "caps: [{per: period, at_most: 4, when: "
			      "{designations: ^C}}]\n",
	    "'C' is none of the designations");
}

static void alternatives_say_something(void **state)
{
	struct program *p =
	    program_compiled(BASE "rates: [{credits: 1, when: {role: author, "
				  "any: [{kind: [x, y]}, {with: [topics, "
				  "code]}]}}]\n");
	const struct match *match = &p->rate[0].match;

	(void)state;
	assert_int_equal(match->count, 1);
	assert_int_equal(match->anys, 2);
	assert_int_equal(match->any[0].count, 1);
	assert_int_equal(match->any[0].condition[0].values.count, 2);
	assert_int_equal(match->any[1].count, 2);
	program_destroy(p);
	program_refused(BASE "rates: [{credits: 1, when: {any: ^[]}}]\n",
	    "one alternative at least");
	program_refused(BASE
	    "rates: [{credits: 1, when: {kind: ^[a, \"\"]}}]\n",
	    "'' is no value that it takes, such as workshop");
	program_refused(BASE "rates: [{credits: 1, when: {quantity: ^1}}]\n",
	    "with: quantity");
	program_refused(BASE "rates: [{credits: 1, when: {with: ^size}}]\n",
	    "'size' is no field of an activity");
}

static void factors_multiply_and_add(void **state)
{
	struct program *p = program_compiled(
	    RATES "factors:\n"
		  "  - {times: 2}\n"
		  "  - {percent: 12.5}\n"
		  "  - {allowance: {times: 2, at_most: 10}}\n"
		  "  - {times: 3, allowance: {times: 0.5}}\n"
		  "  - {times: 0.5, repeats: [title, role], "
		  "rounded: first, when: {designations: A}}\n");

	(void)state;
	assert_int_equal(p->factors, 5);
	assert_int_equal(p->factor[0].times.numerator, 2);
	assert_int_equal(p->factor[0].allowance.numerator, 0);
	assert_int_equal(p->factor[0].allowance.denominator, 1);
	assert_int_equal(p->factor[0].repeats, 0);
	assert_int_equal(p->factor[1].times.numerator, 1);
	assert_int_equal(p->factor[1].times.denominator, 8);
	assert_int_equal(p->factor[2].times.numerator, 1);
	assert_int_equal(p->factor[2].times.denominator, 1);
	assert_int_equal(p->factor[2].allowance.numerator, 2);
	assert_int_equal(p->factor[2].allowance_at_most, 10 * CREDIT_ONE);
	assert_int_equal(p->factor[3].allowance.denominator, 2);
	assert_int_equal(p->factor[3].allowance_at_most, CREDIT_MOST);
	assert_int_equal(p->factor[4].repeats, SAME_TITLE | SAME_ROLE);
	assert_false(p->factor[3].rounded_first);
	assert_true(p->factor[4].rounded_first);
	assert_true(p->rates_by_holder);
	program_destroy(p);
}

static void factors_are_refused(void **state)
{
	(void)state;
	program_refused(RATES "factors: [^{when: {kind: x}}]\n", "`times`");
	program_refused(
	    RATES "factors: [{times: 2, percent: ^50}]\n", "give one of them");
	program_refused(RATES "factors: [{percent: ^101}]\n",
	    "percent: a number from 0 up to 100 was expected, such as 50");
	program_refused(RATES "factors: [{percent: ^1.00001}]\n", "4 places");
	program_refused(
	    RATES "factors: [{times: ^-1}]\n", "times: a number from 0");
	program_refused(RATES "factors: [{allowance: ^{at_most: 1}}]\n",
	    "'times' is missing");
	program_refused(
	    RATES "factors: [{allowance: {times: ^0}}]\n", "above 0");
	program_refused(RATES "factors: [{allowance: {times: 1, at_most: "
			      "^0}}]\n",
	    "at_most: credits above 0");
	program_refused(RATES "factors: [{allowance: ^2}]\n", "a map");
	program_refused(RATES "factors: [{times: 2, rounded: ^up}]\n",
	    "rounded: first or last");
	program_refused(RATES "factors: [{times: 2, repeats: ^[when]}]\n",
	    "repeats: completed_on");
}

static void splits_divide_credits(void **state)
{
	struct program *p = program_compiled(
	    RATES "splits:\n"
		  "  - {when: {code: X}, into: [{category: ethics, percent: "
		  "33.3333}, {category: general, percent: 66.6667}]}\n");

	(void)state;
	assert_int_equal(p->splits, 1);
	assert_int_equal(p->split[0].parts, 2);
	assert_true(text_is(p->split[0].part[0].category, "ethics"));
	assert_int_equal(p->split[0].part[0].percent, 333333);
	assert_int_equal(p->split[0].part[1].percent, 666667);
	program_destroy(p);
}

static void splits_are_refused(void **state)
{
	char text[4096] = RATES "splits: [{into: ^[", *end;

	(void)state;
	program_refused(RATES "splits: [{into: ^[{category: a, percent: 50}, "
			      "{category: b, percent: 49.9999}]}]\n",
	    "percentages that make 100");
	program_refused(RATES "splits: [{into: ^[{category: a, percent: 50}, "
			      "{category: a, percent: 50}]}]\n",
	    "'a' was expected once");
	program_refused(RATES "splits: [{into: ^[]}]\n", "make 100");
	program_refused(RATES "splits: [^{when: {code: x}}]\n", "'into'");
	program_refused(RATES "splits: [{into: [{category: a, percent: ^0}, "
			      "{category: b, percent: 100}]}]\n",
	    "percent: a number above 0");
	program_refused(RATES "splits: [{into: [^{percent: 100}]}]\n",
	    "'category' is missing");
	end = text + strlen(text);
	for (int i = 0; i < 33; i++)
		end += sprintf(end, "{category: c%d, percent: 3}, ", i);
	(void)sprintf(end, "]}]\n");
	program_refused(text, "at most 32 parts");
}

static void providers_are_approved(void **state)
{
	struct program *p = program_compiled(
	    RATES "providers:\n"
		  "  - {names: [A, B], from: 2020-01-01, until: 2020-12-31}\n"
		  "  - {names: C}\n"
		  "eligibility:\n"
		  "  - {when: {provider_approved: false}, refuse: "
		  "PROVIDER_NOT_APPROVED}\n");

	(void)state;
	assert_int_equal(p->providers, 2);
	assert_int_equal(p->provider[0].names.count, 2);
	assert_int_equal(p->provider[0].until, date_of(2020, 12, 31));
	assert_int_equal(p->provider[1].from, DATE_FIRST);
	assert_int_equal(p->provider[1].until, DATE_NEVER);
	assert_int_equal(p->eligibility[0].match.count, 1);
	assert_int_equal(
	    p->eligibility[0].match.condition[0].field, CONDITION_APPROVED);
	program_destroy(p);
	program_refused(
	    RATES "providers: [^{from: 2020-01-01}]\n", "'names' is missing");
	program_refused(RATES "providers: [{names: A, from: 2020-01-01, until: "
			      "^2019-01-01}]\n",
	    "on or after `from`");
	program_refused(RATES "eligibility: [{when: {provider_approved: ^yes}, "
			      "refuse: BAD_FIELD}]\n",
	    "'yes' is no value");
}

static void deadlines_are_days(void **state)
{
	struct program *p = program_compiled(
	    RATES "deadlines: [{when: {kind: x}, days: 60}, {days: 0}]\n");

	(void)state;
	assert_int_equal(p->deadlines, 2);
	assert_int_equal(p->deadline[0].days, 60);
	assert_int_equal(p->deadline[0].match.count, 1);
	assert_int_equal(p->deadline[1].days, 0);
	program_destroy(p);
	program_refused(
	    RATES "deadlines: [^{when: {kind: x}}]\n", "'days' is missing");
	program_refused(RATES "deadlines: [{days: ^-1}]\n", "integer from 0");
}

static void sameness_reaches_back(void **state)
{
	struct program *p = program_compiled(
	    RATES "same:\n"
		  "  - {agree_in: [code], within_years: 3}\n"
		  "  - {agree_in: code, within_months: 18}\n"
		  "  - {overlapping: true}\n"
		  "  - {overlapping: true, agree_in: [completed_on, kind]}\n"
		  "  - {agree_in: [completed_on, kind, code, category, title, "
		  "provider, role]}\n");

	(void)state;
	assert_int_equal(p->sames, 5);
	assert_int_equal(p->same[0].within_months, 36);
	assert_int_equal(p->same[0].fields, SAME_CODE);
	assert_int_equal(p->same[1].within_months, 18);
	assert_true(p->same[2].overlapping);
	assert_int_equal(p->same[2].fields, 0);
	assert_int_equal(p->same[3].fields, SAME_COMPLETED_ON | SAME_KIND);
	assert_int_equal(p->same[4].fields, SAME_ACTIVITY);
	assert_int_equal(p->same[4].within_months, 0);
	assert_false(p->same[4].overlapping);
	program_destroy(p);
}

static void sameness_is_refused(void **state)
{
	(void)state;
	program_refused(RATES "same: [^{when: {kind: x}}]\n", "`agree_in`");
	program_refused(RATES "same: [^{overlapping: false}]\n", "`agree_in`");
	program_refused(RATES "same: [{agree_in: code, within_years: 1, "
			      "within_months: ^12}]\n",
	    "give one of them");
	program_refused(RATES "same: [{agree_in: code, within_years: ^0}]\n",
	    "integer from 1 to 50");
	program_refused(RATES "same: [{agree_in: [completed_on, code], "
			      "within_years: ^1}]\n",
	    "completed_on are of one day");
	program_refused(
	    RATES "same: [{agree_in: ^size}]\n", "agree_in: completed");
}

static void caps_have_every_span(void **state)
{
	static const struct {
		enum cap_span span;
		enum reason reason;
	} wanted[] = {{CAP_ACTIVITY, REASON_ACTIVITY_CAP},
	    {CAP_REQUEST, REASON_REQUEST_CAP}, {CAP_DAY, REASON_DAY_CAP},
	    {CAP_PERIOD_YEAR, REASON_YEAR_CAP}, {CAP_YEAR, REASON_YEAR_CAP},
	    {CAP_PERIOD, REASON_PERIOD_CAP},
	    {CAP_CATEGORY, REASON_CATEGORY_CAP},
	    {CAP_PERIOD, REASON_CATEGORY_CAP}, {CAP_GROUP, REASON_GROUP_CAP},
	    {CAP_PERIOD, REASON_PERCENT_CAP},
	    {CAP_CATEGORY, REASON_PERCENT_CAP}};
	struct program *p = program_compiled(
	    RATES "caps:\n"
		  "  - {per: activity, at_most: 4}\n"
		  "  - {per: request, at_most: 4}\n"
		  "  - {per: day, at_most: 8}\n"
		  "  - {per: period-year, at_most: 10}\n"
		  "  - {per: year, at_most: 0}\n"
		  "  - {per: period, at_most: 10, prorated: true, step: 0.5, "
		  "round: up, only_if: {required_until: 4.0}}\n"
		  "  - {per: category, at_most: 10}\n"
		  "  - {per: period, at_most: 10, when: {kind: x}}\n"
		  "  - {per: group, when: {category: [a, b]}, at_most: 25}\n"
		  "  - {per: period, percent: 33.3333, step: 1, round: down, "
		  "when: {kind: x}}\n"
		  "  - {per: category, percent: 50}\n");

	(void)state;
	assert_int_equal(p->caps, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_int_equal(p->cap[i].span, wanted[i].span);
		assert_int_equal(p->cap[i].reason, wanted[i].reason);
		assert_int_equal(p->cap[i].is_percent, i >= 9);
		assert_int_equal(p->cap[i].prorated, i == 5);
	}
	assert_int_equal(p->cap[5].step, 5000);
	assert_int_equal(p->cap[5].rounding, ROUND_UP);
	assert_int_equal(p->cap[5].required.until, 4 * CREDIT_ONE);
	assert_false(p->cap[6].required.given);
	assert_int_equal(p->cap[8].at_most, 25 * CREDIT_ONE);
	assert_int_equal(p->cap[8].step, 1);
	assert_int_equal(p->cap[8].rounding, ROUND_HALF_UP);
	assert_int_equal(p->cap[9].percent, 333333);
	assert_int_equal(p->cap[9].step, CREDIT_ONE);
	assert_int_equal(p->cap[9].rounding, ROUND_DOWN);
	program_destroy(p);
}

static void caps_are_refused(void **state)
{
	(void)state;
	program_refused(RATES "caps: [^{per: period}]\n", "either");
	program_refused(RATES
	    "caps: [{per: period, at_most: 3, only_if: ^{}}]\n",
	    "a condition");
	program_refused(RATES "caps: [{per: period, at_most: 3, only_if: "
			      "{required_until: 1, ^met: x}}]\n",
	    "met");
	program_refused(RATES
	    "caps: [^{per: period, at_most: 3, percent: 3}]\n",
	    "either `at_most`");
	program_refused(RATES "caps: [{per: ^month, at_most: 3}]\n",
	    "per: activity, request, day, year, period-year, category, period "
	    "or group was expected");
	program_refused(RATES "caps: [{per: period, at_most: 3, step: ^1}]\n",
	    "only a limit that is reckoned");
	program_refused(RATES "caps: [{per: period, at_most: 3, round: ^up}]\n",
	    "only a limit that is reckoned");
	program_refused(RATES "caps: [{per: period, percent: 3, prorated: "
			      "^true}]\n",
	    "by itself");
	program_refused(RATES "caps: [{per: period, percent: ^101}]\n",
	    "percent: a number from 0 up to 100");
	program_refused(RATES "caps: [{per: period, at_most: ^-1}]\n",
	    "at_most: credits from 0");
	program_refused(RATES "caps:\n  - {per: group, at_most: 3}\n"
			      "  - ^{per: category, at_most: 3}\n",
	    "narrow to wide");
	program_refused(RATES "caps:\n  - {per: period, percent: 3}\n"
			      "  - ^{per: group, at_most: 3}\n",
	    "narrow to wide");
	program_refused(RATES "caps:\n  - {per: category, at_most: 3}\n"
			      "  - ^{per: period-year, at_most: 3}\n",
	    "narrow to wide");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rates_say_how_they_round_and_sum),
	    cmocka_unit_test(rates_are_refused),
	    cmocka_unit_test(rules_may_ask_for_a_cohort),
	    cmocka_unit_test(cohorts_are_refused),
	    cmocka_unit_test(alternatives_say_something),
	    cmocka_unit_test(factors_multiply_and_add),
	    cmocka_unit_test(factors_are_refused),
	    cmocka_unit_test(splits_divide_credits),
	    cmocka_unit_test(splits_are_refused),
	    cmocka_unit_test(providers_are_approved),
	    cmocka_unit_test(deadlines_are_days),
	    cmocka_unit_test(sameness_reaches_back),
	    cmocka_unit_test(sameness_is_refused),
	    cmocka_unit_test(caps_have_every_span),
	    cmocka_unit_test(caps_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
