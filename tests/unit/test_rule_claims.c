/* Claims: what each is worth before caps, and for whom. One real example for
 * each shape of rule. */
#include "claims.h"

/* ---- A: raw credit */

/* 50 minutes a credit, in fifths; the first must be whole. */
static void nasba_counts_fifty_minutes_and_a_whole_first_credit(void **state)
{
	(void)state;
	program(ONE "rates: [{minutes: 50, step: 0.2, round: down, "
		    "at_least: 1}]\n");
	did("m49", "2025-03-01", "'title':'a','contact_minutes':49");
	did("m50", "2025-03-02", "'title':'b','contact_minutes':50");
	did("m59", "2025-03-03", "'title':'c','contact_minutes':59");
	did("m75", "2025-03-04", "'title':'d','contact_minutes':75");
	did("m100", "2025-03-05", "'title':'e','contact_minutes':100");
	(void)ruled_on(TODAY);
	assert_cut("m49", "0", REASON_BELOW_MINIMUM);
	assert_credits(ruled_share("m49", 0)->raw, "0");
	assert_cut("m50", "1", REASON_NONE);
	assert_cut("m59", "1", REASON_NONE);
	assert_cut("m75", "1.4", REASON_NONE);
	assert_cut("m100", "2", REASON_NONE);
	assert_notes("m49", 0,
	    "49 contact minutes are worth 0.98 CEU; less than 1.0 CEU does not "
	    "count");
	assert_notes("m75", 0, "75 contact minutes are worth 1.4 CEU");
}

/* 10 contact hours are 1 CEU, to the nearest tenth, of which the first is the
 * least. */
static void iacet_counts_ten_hours_to_the_nearest_tenth(void **state)
{
	(void)state;
	program(ONE "rates: [{minutes: 600, step: 0.1, round: nearest, "
		    "at_least: 0.1}]\n");
	did("m59", "2025-03-01", "'title':'a','contact_minutes':59");
	did("m60", "2025-03-02", "'title':'b','contact_minutes':60");
	did("m89", "2025-03-03", "'title':'c','contact_minutes':89");
	did("m90", "2025-03-04", "'title':'d','contact_minutes':90");
	did("h10", "2025-03-05", "'title':'e','contact_hours':10");
	(void)ruled_on(TODAY);
	assert_cut("m59", "0", REASON_BELOW_MINIMUM);
	assert_cut("m60", "0.1", REASON_NONE);
	assert_cut("m89", "0.1", REASON_NONE);
	assert_cut("m90", "0.2", REASON_NONE);
	assert_cut("h10", "1", REASON_NONE);
}

static void another_bodys_credits_are_converted(void **state)
{
	(void)state;
	program(ONE "rates:\n"
		    "  - {when: {code: CEU}, credits: 10, each: credit}\n"
		    "  - {when: {code: PDU}, credits: 1, each: credit}\n");
	did("ceu", "2025-03-01", "'code':'CEU','quantity':'1.5'");
	did("pdu", "2025-03-02", "'code':'PDU','quantity':'2.5'");
	did("days", "2025-03-03", "'code':'CEU','quantity':3,'unit':'day'");
	(void)ruled_on(TODAY);
	assert_cut("ceu", "15", REASON_NONE);
	assert_cut("pdu", "2.5", REASON_NONE);
	assert_credits(credited("days"), "0");
	assert_notes(
	    "ceu", 0, "1.5 credits of another body are worth 15.0 CEU");
}

static void units_and_codes_have_their_rates(void **state)
{
	(void)state;
	program(ONE "rates:\n"
		    "  - {when: {unit: credit-hour}, credits: 15, each: "
		    "credit-hour}\n"
		    "  - {when: {unit: day}, credits: 7.5, each: day}\n"
		    "  - {when: {unit: week}, credits: 25, each: week}\n"
		    "  - {when: {unit: article}, credits: 5, each: article}\n"
		    "  - {when: {unit: session}, credits: 0.5, each: session}\n"
		    "  - {when: {code: EXAM}, credits: 12}\n");
	did("hours", "2025-03-01", "'quantity':3,'unit':'credit-hour'");
	did("days", "2025-03-02", "'quantity':'2.5','unit':'day'");
	did("weeks", "2025-03-03", "'quantity':1,'unit':'week'");
	did("texts", "2025-03-04", "'quantity':2,'unit':'article'");
	did("talks", "2025-03-05", "'quantity':3,'unit':'session'");
	did("exam", "2025-03-06", "'code':'EXAM','contact_minutes':45");
	did("other", "2025-03-07", "'code':'CHAT'");
	(void)ruled_on(TODAY);
	assert_cut("hours", "45", REASON_NONE);
	assert_cut("days", "18.75", REASON_NONE);
	assert_cut("weeks", "25", REASON_NONE);
	assert_cut("texts", "10", REASON_NONE);
	assert_cut("talks", "1.5", REASON_NONE);
	assert_cut("exam", "12", REASON_NONE);
	assert_notes("days", 0, "2.5 days are worth 18.75 CEU");
	assert_notes("exam", 0, "EXAM is worth 12.0 CEU");
	assert_verdict("other", OUTCOME_PENDING, REASON_UNKNOWN_ACTIVITY);
}

/* Accredited group learning 1 credit an hour, unaccredited a half, assessment
 * three. */
static void royal_college_rates_by_who_accredits(void **state)
{
	(void)state;
	program(ONE "accreditation: [{by: rcpsc}]\n"
		    "rates:\n"
		    "  - {when: {category: assessment}, minutes: 20}\n"
		    "  - {when: {accredited: true}, minutes: 60}\n"
		    "  - {minutes: 120}\n");
	did("group", "2025-03-01",
	    "'contact_minutes':90,'accredited_by':'rcpsc'");
	did("rounds", "2025-03-02", "'contact_minutes':90");
	did("assessed", "2025-03-03",
	    "'contact_minutes':90,'category':'assessment'");
	(void)ruled_on(TODAY);
	assert_cut("group", "1.5", REASON_NONE);
	assert_cut("rounds", "0.75", REASON_NONE);
	assert_cut("assessed", "4.5", REASON_NONE);
}

#define FACULTY                                                                \
	ONE "rates: [{minutes: 60, step: 0.25, round: nearest}]\n"             \
	    "factors:\n"                                                       \
	    "  - {rule: faculty, when: {role: presenter}, times: 2}\n"         \
	    "  - {rule: in part, when: {category: mixed}, percent: 50}\n"

static void ama_faculty_earns_twice(void **state)
{
	(void)state;
	program(FACULTY);
	did("taught", "2025-03-01", "'contact_minutes':70,'role':'presenter'");
	did("heard", "2025-03-02", "'contact_minutes':70");
	(void)ruled_on(TODAY);
	/* 1.1667 × 2 = 2.3333: one rounding, after the factor. */
	assert_cut("taught", "2.25", REASON_NONE);
	assert_cut("heard", "1.25", REASON_NONE);
	assert_notes("taught", 0,
	    "70 contact minutes are worth 1.1667 CEU; it counts 2 times: "
	    "2.25 CEU");
}

static void part_of_it_may_be_relevant(void **state)
{
	(void)state;
	program(FACULTY);
	did("half", "2025-03-01", "'contact_minutes':90,'category':'mixed'");
	did("first", "2025-03-02",
	    "'contact_minutes':60,'category':'mixed','role':'presenter'");
	(void)ruled_on(TODAY);
	assert_cut("half", "0.75", REASON_NONE);
	assert_cut("first", "2", REASON_NONE);
	assert_notes("half", 0,
	    "90 contact minutes are worth 1.5 CEU; it counts 0.5 times: 0.75 "
	    "CEU");
}

static void preparation_has_an_allowance_with_a_limit(void **state)
{
	(void)state;
	program(ONE HOURS
	    "factors:\n"
	    "  - {when: {role: presenter}, times: 1, allowance: {times: 2, "
	    "at_most: 10}}\n"
	    "  - {when: {role: author}, times: 0.5, allowance: {times: 1}}\n");
	did("talk", "2025-03-01", "'contact_minutes':90,'role':'presenter'");
	did("week", "2025-03-02", "'contact_minutes':400,'role':'presenter'");
	did("text", "2025-03-03", "'contact_minutes':60,'role':'author'");
	(void)ruled_on(TODAY);
	assert_cut("talk", "4.5", REASON_NONE);
	assert_cut("week", "16.6667", REASON_NONE);
	assert_cut("text", "1.5", REASON_NONE);
	assert_notes("talk", 0,
	    "90 contact minutes are worth 1.5 CEU; 3.0 CEU are added for "
	    "preparation: 4.5 CEU");
	assert_notes("text", 0,
	    "60 contact minutes are worth 1.0 CEU; it counts 0.5 times: 0.5 "
	    "CEU; 1.0 CEU are added for preparation: 1.5 CEU");
}

#define REPEATS                                                                \
	ONE HOURS "factors:\n"                                                 \
		  "  - {when: {role: presenter}, times: 0.5, repeats: "        \
		  "[title, role]}\n"                                           \
		  "  - {when: {role: presenter}, times: 1}\n"
#define TAUGHT "'title':'ethics','role':'presenter','contact_minutes':120"

/* North Carolina: who teaches the same course again earns half of it. */
static void nc_repeats_earn_half(void **state)
{
	(void)state;
	program(REPEATS);
	did("r1", "2024-03-01", TAUGHT); /* before the certification */
	did("r2", "2025-03-01", TAUGHT);
	did("r3", "2025-04-01", TAUGHT);
	did("heard", "2025-04-02", "'title':'ethics','contact_minutes':120");
	did("other", "2025-04-03",
	    "'title':'law','role':'presenter','contact_minutes':120");
	(void)ruled_on(TODAY);
	assert_cut("r2", "1", REASON_NONE);
	assert_cut("r3", "1", REASON_NONE);
	assert_cut("heard", "2", REASON_NONE);
	assert_cut("other", "2", REASON_NONE);
	assert_notes("r3", 0,
	    "120 contact minutes are worth 2.0 CEU; it repeats the activity of "
	    "2024-03-01 and counts 0.5 times: 1.0 CEU");
	assert_notes("other", 0, "120 contact minutes are worth 2.0 CEU");
}

static void what_was_taken_back_is_not_repeated(void **state)
{
	(void)state;
	program(REPEATS);
	did("r1", "2025-03-01", TAUGHT);
	did("r2", "2025-04-01", TAUGHT);
	did("r2-again", "2025-04-01", TAUGHT);
	ruled_fact("undo", "event.reversed", "'event':'r1','reason':'mistake'");
	(void)ruled_on(TODAY);
	/* The other report of the first one is a duplicate, no repetition. */
	assert_cut("r2", "2", REASON_NONE);
	assert_cut("r2-again", "0", REASON_DUPLICATE_ACTIVITY);
	assert_credits(ruled_share("r2-again", 0)->raw, "2");
}

#define SEGMENTS                                                               \
	ONE "rates:\n"                                                         \
	    "  - {when: {kind: segment}, minutes: 60, step: 0.5, round: "      \
	    "down, at_least: 1, together: [title, provider]}\n"                \
	    "  - {minutes: 60}\n"
#define SEGMENT(title) "'kind':'segment','provider':'P','title':'" title "'"

static void segments_are_summed_before_rounding(void **state)
{
	(void)state;
	program(SEGMENTS);
	did("s1", "2025-03-01", SEGMENT("a") ",'contact_minutes':25");
	did("s2", "2025-03-02", SEGMENT("a") ",'contact_minutes':25");
	did("s3", "2025-05-03", SEGMENT("a") ",'contact_minutes':25");
	did("t1", "2025-03-02", SEGMENT("b") ",'contact_minutes':40");
	did("u1", "2025-03-02", SEGMENT("c") ",'contact_minutes':65");
	did("late", "2027-02-01", SEGMENT("a") ",'contact_minutes':45");
	(void)ruled_on(TODAY);
	assert_cut("s1", "0", REASON_NONE);
	assert_cut("s2", "0.5", REASON_NONE);
	assert_cut("s3", "0.5", REASON_NONE);
	assert_cut("t1", "0", REASON_BELOW_MINIMUM);
	assert_cut("u1", "1", REASON_NONE);
	assert_notes("s3", 0,
	    "25 contact minutes are worth 0.4167 CEU; counted together with 2 "
	    "others it makes 1.0 CEU, of which 0.5 are earned by this");
	assert_notes("t1", 0,
	    "40 contact minutes are worth 0.6667 CEU; less than 1.0 CEU does "
	    "not count");
}

/* The sum is of what takes part: no duplicates, nothing declined. */
static void only_what_takes_part_is_summed(void **state)
{
	(void)state;
	program(SEGMENTS "recognition: {decision: true}\n");
	did("s1", "2025-03-01", SEGMENT("a") ",'contact_minutes':50");
	did("s1-again", "2025-03-01", SEGMENT("a") ",'contact_minutes':70");
	asked("s2", "R1", "2025-03-02", SEGMENT("a") ",'contact_minutes':50");
	asked("s3", "R2", "2025-03-03", SEGMENT("a") ",'contact_minutes':50");
	decided("d1", "R1", "");
	ruled_fact("d2", "recognition.decided",
	    "'request':'R2','decision':'declined','reviewer':'j.doe'");
	(void)ruled_on(TODAY);
	assert_cut("s1", "0.5", REASON_NONE);
	assert_cut("s1-again", "0", REASON_DUPLICATE_ACTIVITY);
	assert_cut("s2", "1", REASON_NONE); /* 100 minutes: 1.5 in all */
	assert_credits(credited("s3"), "0");
}

static void a_decision_lowers_a_part_of_a_sum(void **state)
{
	(void)state;
	program(SEGMENTS "recognition: {decision: true}\n");
	asked("s1", "R1", "2025-03-01", SEGMENT("a") ",'contact_minutes':120");
	asked("s2", "R2", "2025-03-02", SEGMENT("a") ",'contact_minutes':120");
	decided("d1", "R1", "");
	decided("d2", "R2", "1.2");
	(void)ruled_on(TODAY);
	assert_cut("s1", "2", REASON_NONE);
	assert_cut("s2", "1", REASON_NONE);
	assert_notes("s2", 0,
	    "120 contact minutes are worth 2.0 CEU; counted together with 1 "
	    "other it makes 4.0 CEU, of which 2.0 are earned by this; the "
	    "reviewer decided on 1.0 CEU");
}

/* ---- who holds what */

#define HOLDERS                                                                \
	TWO "rates:\n"                                                         \
	    "  - {when: {designations: A, granted_until: 2019-12-31}, "        \
	    "minutes: 30}\n"                                                   \
	    "  - {when: {designations: A}, minutes: 60}\n"                     \
	    "  - {when: {designations: B, kind: lab}, minutes: 120, step: "    \
	    "0.5, round: down}\n"

static void rates_may_differ_by_designation_and_cohort(void **state)
{
	(void)state;
	ruled_program(HOLDERS);
	ruled_grant("A", "2025-01-01");
	ruled_grant("B", "2025-01-01");
	did("lab", "2025-03-01", "'kind':'lab','contact_minutes':90");
	did("talk", "2025-03-02", "'kind':'talk','contact_minutes':90");
	(void)ruled_on(TODAY);
	assert_cut("lab", "1.5", REASON_NONE);
	assert_credits(ruled_share("lab", 1)->credited, "0.5");
	assert_cut("talk", "1.5", REASON_NONE);
	assert_int_equal(
	    ruled_share("talk", 1)->reason, REASON_UNKNOWN_ACTIVITY);

	ruled_forget();
	ruled_grant("A", "2019-12-31");
	ruled_renew("A", "2021-12-31");
	ruled_renew("A", "2023-12-31");
	did("lab", "2024-03-01", "'kind':'lab','contact_minutes':90");
	(void)ruled_on(TODAY);
	assert_cut("lab", "3", REASON_NONE);

	ruled_forget();
	ruled_grant("B", "2025-01-01");
	did("talk", "2025-03-02", "'kind':'talk','contact_minutes':90");
	(void)ruled_on(TODAY);
	assert_verdict("talk", OUTCOME_PENDING, REASON_UNKNOWN_ACTIVITY);
}

/* A request is about the share that is greatest: its rate decides. */
static void a_request_goes_by_the_rate_of_its_best_share(void **state)
{
	const struct ruling *r;

	(void)state;
	ruled_program(
	    TWO "rates:\n"
		"  - {when: {designations: A}, credits: decided, step: 0.5, "
		"round: down}\n"
		"  - {when: {designations: B}, minutes: 60}\n"
		"recognition: {decision: false, fee: {per_credit: 10.00}}\n");
	ruled_grant("A", "2025-01-01");
	ruled_grant("B", "2025-01-01");
	asked("r1", "R1", "2025-03-01", "'contact_minutes':90");
	r = ruled_on(TODAY);
	assert_int_equal(r->request[0].state, REQUEST_AWAITING_PAYMENT);
	assert_credits(r->request[0].credits, "1.5");
	decided("d1", "R1", "2.7");
	r = ruled_on(TODAY);
	assert_credits(r->request[0].credits, "2.5");
	ruled_fact("p1", "recognition.paid",
	    "'request':'R1','amount':25,'currency':'CAD','reference':'x'");
	r = ruled_on(TODAY);
	assert_int_equal(r->request[0].state, REQUEST_CREDITED);
	assert_credits(ruled_share("r1", 0)->credited, "2.5");
	assert_credits(ruled_share("r1", 1)->credited, "1.5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		nasba_counts_fifty_minutes_and_a_whole_first_credit),
	    cmocka_unit_test(iacet_counts_ten_hours_to_the_nearest_tenth),
	    cmocka_unit_test(another_bodys_credits_are_converted),
	    cmocka_unit_test(units_and_codes_have_their_rates),
	    cmocka_unit_test(royal_college_rates_by_who_accredits),
	    cmocka_unit_test(ama_faculty_earns_twice),
	    cmocka_unit_test(part_of_it_may_be_relevant),
	    cmocka_unit_test(preparation_has_an_allowance_with_a_limit),
	    cmocka_unit_test(nc_repeats_earn_half),
	    cmocka_unit_test(what_was_taken_back_is_not_repeated),
	    cmocka_unit_test(segments_are_summed_before_rounding),
	    cmocka_unit_test(only_what_takes_part_is_summed),
	    cmocka_unit_test(a_decision_lowers_a_part_of_a_sum),
	    cmocka_unit_test(rates_may_differ_by_designation_and_cohort),
	    cmocka_unit_test(a_request_goes_by_the_rate_of_its_best_share),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
