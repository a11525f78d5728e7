/* Program documents: every key about periods, what they require and what
 * excuses from it compiles to what it says, and each mistake is named where it
 * stands. */
#include <limits.h>
#include <stdio.h>

#include "program_text.h"

#define RATES "rates: [{credits: 1}]\n"
#define ONE   RATES "designations: [{name: A}]\n"
#define BASE  ONE "period: {anniversary_months: 12}\n"

static void what_is_absent_holds_always(void **state)
{
	struct program *p = program_compiled(
	    RATES "designations: [{name: A}, {name: B, requires: {met: x}}]\n"
		  "period: {anniversary_months: 24}\n");
	const struct designation_rule *a = &p->designation[0];

	(void)state;
	assert_int_equal(a->periods, 1);
	assert_int_equal(a->period->shape, PERIOD_ANNIVERSARY);
	assert_int_equal(a->period->months, 24);
	assert_false(a->period->month_end);
	assert_int_equal(a->period->era.from, DATE_FIRST);
	assert_int_equal(a->period->era.until, DATE_NEVER);
	assert_int_equal(a->period->era.granted_from, DATE_FIRST);
	assert_int_equal(a->period->era.granted_until, DATE_NEVER);
	assert_ptr_equal(a->period, p->designation[1].period);
	assert_int_equal(a->requires_count, 1);
	assert_false(a->requires->has_total);
	assert_int_equal(a->requires->met.count, 0);
	assert_int_equal(a->requires->era.from, DATE_FIRST);
	assert_int_equal(a->requires->era.granted_until, DATE_NEVER);
	assert_int_equal(a->requires->first_period.kind, PRORATE_NOT);
	assert_int_equal(a->requires->first_period.step, 1);
	assert_int_equal(a->requires->first_period.rounding, ROUND_HALF_UP);
	assert_int_equal(p->designation[1].requires->met.count, 1);
	assert_int_equal(p->designation[1].requires->era.until, DATE_NEVER);
	program_destroy(p);
}

static void periods_have_variants(void **state)
{
	struct program *p = program_compiled(
	    ONE "period:\n"
		"  - {anniversary_months: 24, month_end: true, until: "
		"2019-12-31, granted_from: 2001-01-01}\n"
		"  - {ends: 12-31, years: 3, year_remainder: 2, "
		"at_least_months: 6, from: 2020-01-01}\n"
		"  - {ends: 03-31, years: 1, period: later}\n");
	const struct period_rule *rule = p->designation[0].period;

	(void)state;
	assert_int_equal(p->designation[0].periods, 3);
	assert_true(rule[0].month_end);
	assert_int_equal(rule[0].era.until, date_of(2019, 12, 31));
	assert_int_equal(rule[0].era.granted_from, date_of(2001, 1, 1));
	assert_int_equal(rule[0].era.granted_until, DATE_NEVER);
	assert_int_equal(rule[1].shape, PERIOD_FIXED_DAY);
	assert_int_equal(rule[1].at_least_months, 6);
	assert_int_equal(rule[1].months, 36);
	assert_int_equal(rule[1].remainder, 2);
	assert_int_equal(rule[1].era.from, date_of(2020, 1, 1));
	assert_int_equal(rule[1].era.which, ERA_ANY);
	assert_int_equal(rule[2].era.which, ERA_LATER);
	assert_int_equal(rule[2].at_least_months, 0);
	assert_int_equal(rule[2].end_month, 3);
	assert_int_equal(rule[2].end_day, 31);
	program_destroy(p);
}

static void periods_are_refused(void **state)
{
	(void)state;
	program_refused(ONE "period: ^[]\n", "period: one such as");
	program_refused(ONE "period: ^12\n", "a map");
	program_refused(ONE "period: [^12]\n", "a map");
	program_refused(RATES "designations: [^{name: A}]\n", "`period`");
	program_refused(ONE
	    "period: {ends: 03-31, years: 1, month_end: ^true}\n",
	    "month_end: a period that `ends`");
	program_refused(ONE
	    "period: {ends: 03-31, years: 2, at_least_months: ^25}\n",
	    "from 1 to 24");
	program_refused(ONE
	    "period: {ends: 03-31, years: 2, anniversary_months: ^24}\n",
	    "give one of them");
	program_refused(ONE
	    "period: {anniversary_months: 12, at_least_months: ^3}\n",
	    "at_least_months: it goes with a period that `ends`");
	program_refused(ONE "period: {anniversary_months: 12, years: ^3}\n",
	    "years: it goes");
	program_refused(ONE "period: {ends: ^02-30, years: 1}\n",
	    "ends: month and day such as 03-31");
	program_refused(ONE "period: {anniversary_months: 12, from: "
			    "2020-01-01, until: ^2019-01-01}\n",
	    "on or after `from`");
	program_refused(ONE "period: {anniversary_months: 12, granted_from: "
			    "^soon}\n",
	    "a date such as");
}

static void requirements_have_variants(void **state)
{
	struct program *p = program_compiled(
	    BASE "requires:\n"
		 "  - {credits: 20, until: 2020-12-31, period: first}\n"
		 "  - {credits: 24.5, met: [b, a], once: [d, c]}\n");
	const struct requires_rule *rule = p->designation[0].requires;

	(void)state;
	assert_int_equal(p->designation[0].requires_count, 2);
	assert_int_equal(rule[0].total, 20 * CREDIT_ONE);
	assert_int_equal(rule[0].era.until, date_of(2020, 12, 31));
	assert_int_equal(rule[0].era.which, ERA_FIRST);
	assert_int_equal(rule[1].era.which, ERA_ANY);
	assert_int_equal(rule[1].total, 245000);
	assert_true(text_is(rule[1].met.item[0], "a"));
	assert_true(text_is(rule[1].once.item[0], "c"));
	assert_int_equal(rule[1].once.count, 2);
	assert_true(program_knows_requirement(p, TEXT("b")));
	assert_true(program_knows_requirement(p, TEXT("d")));
	assert_false(program_knows_requirement(p, TEXT("e")));
	program_destroy(p);
	program_refused(BASE "requires: ^[]\n", "{credits: 4.0}");
	program_refused(BASE "requires: {credits: ^-1}\n", "credits from 0");
	program_refused(BASE "requires: {credits: 1, period: ^whole}\n",
	    "period: first or later");
	program_refused(BASE "requires: {met: [a, b], once: ^[b]}\n",
	    "once: 'b' is asked for in each period");
	program_refused(BASE "requires: {once: ^[a b]}\n", "no name");
}

static void first_periods_may_ask_for_less(void **state)
{
	struct program *p = program_compiled(RATES
	    "period: {ends: 12-31, years: 3}\n"
	    "designations:\n"
	    "  - {name: A, requires: {credits: 6, first_period: {rule: x, "
	    "steps: [{within_months: 12, credits: 6}, {within_months: 24, "
	    "credits: 4}, {credits: 0}]}}}\n"
	    "  - {name: B, requires: {credits: 6, first_period: {by: month, "
	    "step: 1, round: up}}}\n"
	    "  - {name: C, requires: {credits: 6, first_period: {by: day}}}\n"
	    "  - {name: D, requires: {credits: 6, first_period: {credits: "
	    "0}}}\n");
	const struct prorate_rule *a =
	    &p->designation[0].requires->first_period;
	const struct prorate_rule *b =
	    &p->designation[1].requires->first_period;
	const struct prorate_rule *d =
	    &p->designation[3].requires->first_period;

	(void)state;
	assert_int_equal(a->kind, PRORATE_STEPS);
	assert_int_equal(a->step_count, 3);
	assert_int_equal(a->step_list[1].within_months, 24);
	assert_int_equal(a->step_list[1].credits, 4 * CREDIT_ONE);
	assert_int_equal(a->step_list[2].within_months, INT_MAX);
	assert_true(text_is(a->words.name, "x"));
	assert_int_equal(b->kind, PRORATE_MONTH);
	assert_int_equal(b->step, CREDIT_ONE);
	assert_int_equal(b->rounding, ROUND_UP);
	assert_int_equal(
	    p->designation[2].requires->first_period.kind, PRORATE_DAY);
	assert_int_equal(d->kind, PRORATE_STEPS);
	assert_int_equal(d->step_count, 1);
	assert_int_equal(d->step_list[0].within_months, INT_MAX);
	assert_int_equal(d->step_list[0].credits, 0);
	program_destroy(p);
}

#define FIRST BASE "requires: {credits: 6, first_period: "

static void first_periods_are_refused(void **state)
{
	char text[2048] = FIRST "{steps: [", *end = text + strlen(text);

	(void)state;
	program_refused(BASE
	    "requires: {met: a, first_period: ^{credits: 0}}\n",
	    "no total to lower");
	program_refused(FIRST "^{}}\n", "one of `steps`");
	program_refused(FIRST "^{credits: 0, by: day}}\n", "one of `steps`");
	program_refused(FIRST "{by: ^week}}\n", "by: month or day");
	program_refused(FIRST "{credits: 0, step: ^1}}\n", "is rounded");
	program_refused(FIRST "{steps: ^[]}}\n", "at least one step");
	program_refused(FIRST "{steps: [^{within_months: 3, credits: 1}]}}\n",
	    "a last step without");
	program_refused(FIRST
	    "{steps: [{within_months: 3, credits: 1}, {within_months: "
	    "^3, credits: 1}, {credits: 0}]}}\n",
	    "more than in the step before");
	program_refused(FIRST "{steps: [^{credits: 1}, {credits: 0}]}}\n",
	    "only the last step");
	program_refused(FIRST "{steps: [^{}]}}\n", "'credits' is missing");
	for (int i = 1; i <= 12; i++)
		end += sprintf(end, "{within_months: %d, credits: 1}, ", i);
	(void)sprintf(end, "^{credits: 0}]}}\n");
	program_refused(text, "at most 12 steps");
}

static void minimums_measure_in_every_way(void **state)
{
	struct program *p = program_compiled(
	    BASE "requires: {credits: 20}\n"
		 "minimums:\n"
		 "  - {name: ways, when: {category: w}, at_least: 8}\n"
		 "  - {name: annual, at_least: 20, per: year}\n"
		 "  - {name: three-years, at_least: 120, rolling_years: 3}\n"
		 "  - {name: kinds, different: category, count: 2}\n"
		 "  - {name: areas, covers: {topics: [a, b]}, at_least: 1}\n"
		 "  - {name: all, covers: {code: a}}\n"
		 "  - {name: verifiable, when: {with: provider}, percent: 50}\n"
		 "  - {name: each, at_least: 16, per: period-year}\n");

	(void)state;
	assert_int_equal(p->minimums, 8);
	assert_int_equal(p->minimum[7].span, MINIMUM_PERIOD_YEAR);
	assert_int_equal(p->minimum[0].kind, MINIMUM_CREDITS);
	assert_int_equal(p->minimum[0].at_least, 8 * CREDIT_ONE);
	assert_int_equal(p->minimum[0].span, MINIMUM_PERIOD);
	assert_int_equal(p->minimum[0].match.count, 1);
	assert_int_equal(p->minimum[0].era.which, ERA_ANY);
	assert_null(p->minimum[0].if_met.at);
	assert_int_equal(p->minimum[0].era.from, DATE_FIRST);
	assert_int_equal(p->minimum[0].era.granted_until, DATE_NEVER);
	assert_int_equal(p->minimum[1].span, MINIMUM_YEAR);
	assert_int_equal(p->minimum[1].match.until, DATE_NEVER);
	assert_int_equal(p->minimum[2].span, MINIMUM_ROLLING);
	assert_int_equal(p->minimum[2].rolling_years, 3);
	assert_int_equal(p->minimum[3].kind, MINIMUM_DIFFERENT);
	assert_int_equal(p->minimum[3].field, CONDITION_CATEGORY);
	assert_int_equal(p->minimum[3].count, 2);
	assert_int_equal(p->minimum[4].kind, MINIMUM_COVERS);
	assert_int_equal(p->minimum[4].field, CONDITION_TOPICS);
	assert_int_equal(p->minimum[4].values.count, 2);
	assert_int_equal(p->minimum[4].at_least, CREDIT_ONE);
	assert_int_equal(p->minimum[5].field, CONDITION_CODE);
	assert_int_equal(p->minimum[5].at_least, 0);
	assert_true(p->minimum[6].is_percent);
	assert_int_equal(p->minimum[6].percent, 500000);
	program_destroy(p);
}

static void minimums_hold_under_conditions(void **state)
{
	struct program *p = program_compiled(BASE
	    "minimums:\n"
	    "  - {name: errors, when: {topics: e}, at_least: 2, beside_total: "
	    "true, prorated: true}\n"
	    "  - {name: abuse, when: {topics: a}, at_least: 2, once: true}\n"
	    "  - {name: s, at_least: 3, only_if: {met: supervises}}\n"
	    "  - {name: f, at_least: 3, only_if: {period: first}}\n"
	    "  - {name: l, at_least: 3, only_if: {period: later, starts_from: "
	    "2020-01-01, starts_until: 2021-01-01, granted_from: 2010-01-01, "
	    "granted_until: 2011-01-01}}\n"
	    "  - {name: r, at_least: 3, only_if: {required_from: 2.0}}\n");
	const struct minimum_rule *last = &p->minimum[4];

	(void)state;
	assert_true(p->minimum[0].beside_total);
	assert_true(p->minimum[0].prorated);
	assert_false(p->minimum[0].once);
	assert_true(p->minimum[1].once);
	assert_true(text_is(p->minimum[2].if_met, "supervises"));
	assert_true(program_knows_requirement(p, TEXT("supervises")));
	assert_false(program_knows_requirement(p, TEXT("errors")));
	assert_int_equal(p->minimum[3].era.which, ERA_FIRST);
	assert_int_equal(last->era.which, ERA_LATER);
	assert_int_equal(last->era.from, date_of(2020, 1, 1));
	assert_int_equal(last->era.until, date_of(2021, 1, 1));
	assert_int_equal(last->era.granted_from, date_of(2010, 1, 1));
	assert_int_equal(last->era.granted_until, date_of(2011, 1, 1));
	assert_false(last->required.given);
	assert_true(p->minimum[5].required.given);
	assert_int_equal(p->minimum[5].required.from, 2 * CREDIT_ONE);
	assert_int_equal(p->minimum[5].required.until, CREDIT_MOST);
	program_destroy(p);
}

#define MINIMUM BASE "minimums:\n  - "

static void minimums_are_refused(void **state)
{
	(void)state;
	program_refused(MINIMUM "^{at_least: 1}\n", "'name' is missing");
	program_refused(
	    MINIMUM "{name: ^[a], at_least: 1}\n", "one requirement");
	program_refused(MINIMUM "{name: ^a b, at_least: 1}\n", "no name");
	program_refused(MINIMUM "{name: ^credits, at_least: 1}\n", "the total");
	program_refused(BASE "requires: {met: cpr}\nminimums: [{name: ^cpr, "
			     "at_least: 1}]\n",
	    "called 'cpr' already");
	program_refused(MINIMUM "^{name: a}\n", "either `at_least`");
	program_refused(MINIMUM "^{name: a, at_least: 1, percent: 1}\n",
	    "either `at_least`");
	program_refused(MINIMUM "{name: a, at_least: ^0}\n", "credits above 0");
	program_refused(MINIMUM "{name: a, percent: ^0}\n", "above 0");
	program_refused(
	    MINIMUM "{name: a, percent: 3, prorated: ^true}\n", "by itself");
	program_refused(MINIMUM "^{name: a, different: kind}\n", "'count'");
	program_refused(MINIMUM "{name: a, different: ^role, count: 2}\n",
	    "different: category, kind, code, provider or topics");
	program_refused(
	    MINIMUM "{name: a, different: kind, count: ^0}\n", "from 1");
	program_refused(MINIMUM
	    "{name: a, different: kind, count: 2, at_least: ^1}\n",
	    "at_least: of `different`");
	program_refused(MINIMUM
	    "{name: a, different: kind, count: 2, prorated: ^true}\n",
	    "does not fall");
	program_refused(MINIMUM
	    "{name: a, different: kind, count: 2, percent: ^1}\n",
	    "a share of the total");
	program_refused(MINIMUM "{name: a, different: kind, covers: ^{kind: "
				"a}}\n",
	    "two minimums");
	program_refused(
	    MINIMUM "{name: a, at_least: 1, count: ^2}\n", "`different`");
	program_refused(MINIMUM "{name: a, covers: ^{}}\n", "covers: one of");
	program_refused(MINIMUM "{name: a, covers: ^{kind: a, code: b}}\n",
	    "covers: one of");
	program_refused(MINIMUM "{name: a, covers: ^kind}\n", "a map");
	program_refused(
	    MINIMUM "{name: a, covers: {kind: ^[]}}\n", "empty list");
	program_refused(MINIMUM
	    "{name: a, covers: {kind: a}, prorated: ^true}\n",
	    "nothing to lower");
	program_refused(MINIMUM "{name: a, covers: {kind: a}, percent: ^5}\n",
	    "a share of the total");
	program_refused(MINIMUM "{name: a, at_least: 1, per: ^month}\n",
	    "per: period, year or period-year");
}

static void times_and_conditions_are_refused(void **state)
{
	(void)state;
	program_refused(
	    MINIMUM "{name: a, at_least: 1, rolling_years: ^21}\n", "to 20");
	program_refused(MINIMUM
	    "{name: a, at_least: 1, rolling_years: 2, per: ^year}\n",
	    "give one of them");
	program_refused(MINIMUM
	    "{name: a, at_least: 1, per: year, once: ^true}\n",
	    "over all periods");
	program_refused(
	    MINIMUM "{name: a, at_least: 1, beside_total: ^true}\n", "`when`");
	program_refused(MINIMUM "{name: a, percent: 1, when: {kind: x}, "
				"beside_total: ^true}\n",
	    "goes with `at_least`");
	program_refused(MINIMUM "{name: a, at_least: 1, when: {kind: x}, per: "
				"year, beside_total: ^true}\n",
	    "of each period");
	program_refused(MINIMUM "{name: a, at_least: 1, when: {kind: x}, once: "
				"true, beside_total: ^true}\n",
	    "of each period");
	program_refused(
	    MINIMUM "{name: a, at_least: 1, only_if: ^{}}\n", "a condition");
	program_refused(
	    MINIMUM "{name: a, at_least: 1, only_if: ^first}\n", "a map");
	program_refused(MINIMUM
	    "{name: a, at_least: 1, only_if: {required_from: ^0}}\n",
	    "above 0");
	program_refused(MINIMUM
	    "{name: a, at_least: 1, only_if: {required_from: 2, "
	    "required_until: ^1}}\n",
	    "no less than");
	program_refused(MINIMUM
	    "{name: a, at_least: 1, only_if: {period: ^last}}\n",
	    "period: first or later");
	program_refused(MINIMUM "{name: a, at_least: 1, only_if: {starts_from: "
				"2020-01-02, starts_until: ^2020-01-01}}\n",
	    "on or after `starts_from`");
	program_refused(MINIMUM
	    "{name: a, at_least: 1, only_if: {^from: 2020-01-02}}\n",
	    "unknown key 'from'");
}

static void leaves_extend_or_reduce(void **state)
{
	struct program *p = program_compiled(BASE
	    "leaves:\n"
	    "  - {requirement: parental, extends: true, at_most_months: 12}\n"
	    "  - {requirement: sick, reduces: month, step: 0.5, round: down}\n"
	    "  - {requirement: away, reduces: day}\n");

	(void)state;
	assert_int_equal(p->leaves, 3);
	assert_true(p->leave[0].extends);
	assert_int_equal(p->leave[0].at_most_months, 12);
	assert_int_equal(p->leave[1].reduces, PRORATE_MONTH);
	assert_int_equal(p->leave[1].step, 5000);
	assert_int_equal(p->leave[1].rounding, ROUND_DOWN);
	assert_int_equal(p->leave[1].at_most_months, 0);
	assert_int_equal(p->leave[2].reduces, PRORATE_DAY);
	assert_int_equal(p->leave[2].step, 1);
	assert_int_equal(p->leave[2].rounding, ROUND_HALF_UP);
	assert_true(program_knows_requirement(p, TEXT("sick")));
	program_destroy(p);
}

static void leaves_are_refused(void **state)
{
	(void)state;
	program_refused(
	    BASE "leaves: [^{extends: true}]\n", "'requirement' is missing");
	program_refused(BASE "leaves: [^{requirement: a}]\n", "either");
	program_refused(
	    BASE "leaves: [^{requirement: a, extends: false}]\n", "either");
	program_refused(BASE
	    "leaves: [^{requirement: a, extends: true, reduces: day}]\n",
	    "either");
	program_refused(BASE "leaves: [{requirement: a, reduces: ^year}]\n",
	    "reduces: month or day");
	program_refused(BASE
	    "leaves: [{requirement: a, extends: true, step: ^1}]\n",
	    "is rounded");
	program_refused(BASE "leaves: [{requirement: a, extends: true, "
			     "at_most_months: ^0}]\n",
	    "from 1 to 240");
	program_refused(ONE "period: {ends: 03-31, years: 2}\n"
			    "leaves: [{requirement: a, extends: ^true}]\n",
	    "can't be moved");
}

static void exemptions_waive_names(void **state)
{
	struct program *p = program_compiled(BASE
	    "requires: {credits: 3, met: cpr-a, once: oath}\n"
	    "renewal: {late: [{within_months: 3, met: exam}]}\n"
	    "minimums: [{name: annual, at_least: 3, per: year}]\n"
	    "exemptions:\n"
	    "  - {requirement: medical, waives: [cpr-a, annual, exam, oath]}\n"
	    "  - {requirement: retired, waives: [annual, credits]}\n");

	(void)state;
	assert_int_equal(p->exemptions, 2);
	assert_int_equal(p->exemption[0].waives.count, 4);
	assert_false(p->exemption[0].waives_credits);
	assert_int_equal(p->exemption[1].waives.count, 1);
	assert_true(text_is(p->exemption[1].waives.item[0], "annual"));
	assert_true(p->exemption[1].waives_credits);
	assert_true(program_knows_requirement(p, TEXT("medical")));
	assert_true(program_knows_requirement(p, TEXT("exam")));
	assert_false(program_knows_requirement(p, TEXT("annual")));
	program_destroy(p);
	program_refused(
	    BASE "exemptions: [^{requirement: a}]\n", "'waives' is missing");
	program_refused(BASE "exemptions: [^{waives: credits}]\n",
	    "'requirement' is missing");
	program_refused(BASE
	    "exemptions: [{requirement: a, waives: ^[credits, b]}]\n",
	    "waives: 'b' is no requirement");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_absent_holds_always),
	    cmocka_unit_test(periods_have_variants),
	    cmocka_unit_test(periods_are_refused),
	    cmocka_unit_test(requirements_have_variants),
	    cmocka_unit_test(first_periods_may_ask_for_less),
	    cmocka_unit_test(first_periods_are_refused),
	    cmocka_unit_test(minimums_measure_in_every_way),
	    cmocka_unit_test(minimums_hold_under_conditions),
	    cmocka_unit_test(minimums_are_refused),
	    cmocka_unit_test(times_and_conditions_are_refused),
	    cmocka_unit_test(leaves_extend_or_reduce),
	    cmocka_unit_test(leaves_are_refused),
	    cmocka_unit_test(exemptions_waive_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
