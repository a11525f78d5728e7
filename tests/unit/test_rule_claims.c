/* Claims: what each is worth, when it is the same as another, and how far caps
 * let it in. One real example for each shape of rule. */
#include "unit.h"

#include "program_rules.h"
#include "ruled.h"

#define ONE                                                                    \
	"designations: [{name: A}]\n"                                          \
	"period: {anniversary_months: 24}\n"
#define TWO                                                                    \
	"designations: [{name: A}, {name: B}]\n"                               \
	"period: {anniversary_months: 24}\n"
#define HOURS "rates: [{minutes: 60}]\n"
#define TODAY "2026-06-30"

/* An activity must have a kind or a code. */
static const char *some_kind(const char *more)
{
	return strstr(more, "'kind'") == NULL && strstr(more, "'code'") == NULL
		   ? "'kind':'course',"
		   : "";
}

/* An activity: its day, then further fields as JSON with ' for ". */
static void did(const char *id, const char *on, const char *more)
{
	ruled_fact(id, "activity.completed",
	    "'activity':{'completed_on':'%s',%s%s}", on, some_kind(more), more);
}

static void asked(
    const char *id, const char *name, const char *on, const char *more)
{
	ruled_fact(id, "recognition.requested",
	    "'request':'%s','activity':{'completed_on':'%s',%s%s}", name, on,
	    some_kind(more), more);
}

static void decided(const char *id, const char *name, const char *credits)
{
	ruled_fact(id, "recognition.decided",
	    "'request':'%s','decision':'approved','reviewer':'j.doe'%s%s%s",
	    name, *credits ? ",'credits':'" : "", credits, *credits ? "'" : "");
}

static void program(const char *rest)
{
	ruled_program(rest);
	ruled_grant("A", "2025-01-01");
}

static credit_t credited(const char *id)
{
	return ruled_share(id, 0)->credited;
}

#define assert_notes(id, number, wanted)                                       \
	assert_string_equal(ruled_notes(ruled_share(id, number)), wanted)

static void assert_verdict(
    const char *id, enum outcome outcome, enum reason reason)
{
	const struct verdict *verdict = ruled_verdict(id);

	if (verdict->outcome != outcome || verdict->reason != reason)
		fail_msg("%s: %s %s, not %s %s", id,
		    outcome_name(verdict->outcome),
		    reason_name(verdict->reason), outcome_name(outcome),
		    reason_name(reason));
}

static void assert_cut(const char *id, const char *credits, enum reason reason)
{
	assert_credits(credited(id), credits);
	assert_verdict(id, OUTCOME_APPLIED, reason);
}

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

/* ---- splits */

#define SPLITS                                                                 \
	ONE "rates: [{minutes: 60, step: 0.1, round: down}]\n"                 \
	    "splits:\n"                                                        \
	    "  - {when: {code: X}, into: [{category: ethics, percent: 25}, "   \
	    "{category: law, percent: 33.3333}, {category: general, percent: " \
	    "41.6667}]}\n"

static void a_claim_is_divided_over_categories(void **state)
{
	(void)state;
	program(SPLITS);
	did("x", "2025-03-01", "'code':'X','contact_minutes':60");
	did("y", "2025-03-02", "'code':'Y','contact_minutes':60");
	did("tiny", "2025-03-03", "'code':'X','contact_minutes':1");
	(void)ruled_on(TODAY);
	assert_int_equal(ruled_verdict("x")->shares, 3);
	assert_int_equal(ruled_verdict("y")->shares, 1);
	assert_int_equal(ruled_verdict("tiny")->shares, 1);
	assert_credits(ruled_share("x", 0)->raw, "0.25");
	assert_credits(ruled_share("x", 1)->raw, "0.3333");
	assert_credits(ruled_share("x", 2)->raw, "0.4167");
	assert_true(text_is(ruled_share("x", 1)->category, "law"));
	assert_notes("x", 1,
	    "60 contact minutes are worth 1.0 CEU; 33.3333 % of 1.0 CEU count "
	    "as law: 0.3333 CEU");
	assert_credits(
	    ruled_posted(ACCOUNT_CREDIT, "x", ruled_period("A", "2025-01-01")),
	    "1");
}

static void caps_by_category_see_the_parts(void **state)
{
	(void)state;
	program(SPLITS "caps:\n"
		       "  - {per: activity, at_most: 2}\n"
		       "  - {per: period, when: {category: ethics}, at_most: "
		       "0.75}\n");
	did("x1", "2025-03-01", "'code':'X','contact_minutes':240");
	did("x2", "2025-03-02", "'code':'X','contact_minutes':120");
	did("e1", "2025-03-03", "'category':'ethics','contact_minutes':60");
	(void)ruled_on(TODAY);
	/* Of 4: 1 + 1.3332, cut to 2 in all before it comes to the third. */
	assert_credits(ruled_share("x1", 0)->credited, "0.75");
	assert_credits(ruled_share("x1", 1)->credited, "1");
	assert_credits(ruled_share("x1", 2)->credited, "0");
	assert_int_equal(ruled_share("x1", 0)->reason, REASON_CATEGORY_CAP);
	assert_int_equal(ruled_share("x1", 1)->reason, REASON_ACTIVITY_CAP);
	assert_verdict("x1", OUTCOME_APPLIED, REASON_CATEGORY_CAP);
	assert_credits(ruled_share("x2", 0)->credited, "0");
	assert_credits(ruled_share("x2", 2)->credited, "0.8334");
	assert_cut("e1", "0", REASON_CATEGORY_CAP);
	assert_credits(
	    ruled_posted(ACCOUNT_CREDIT, "x1", ruled_period("A", "2025-01-01")),
	    "1.75");
}

static void a_split_request_is_credited_as_far_as_paid_for(void **state)
{
	const struct ruling *r;

	(void)state;
	program(
	    SPLITS "recognition: {decision: false, fee: {per_credit: 10.00}}\n"
		   "caps:\n"
		   "  - {per: request, at_most: 3}\n");
	asked("x", "R1", "2025-03-01", "'code':'X','contact_minutes':240");
	r = ruled_on(TODAY);
	assert_credits(r->request[0].credits, "3");
	assert_int_equal(r->request[0].fee, 3000);
	ruled_fact("p1", "recognition.paid",
	    "'request':'R1','amount':12,'currency':'CAD','reference':'x'");
	r = ruled_on(TODAY);
	assert_credits(r->request[0].credited, "1.2");
	assert_credits(ruled_share("x", 0)->credited, "1");
	assert_credits(ruled_share("x", 1)->credited, "0.2");
	assert_credits(ruled_share("x", 2)->credited, "0");
	assert_credits(ruled_period("A", "2025-01-01")->recognized, "1.2");
	ruled_fact("p2", "recognition.paid",
	    "'request':'R1','amount':18,'currency':'CAD','reference':'y'");
	r = ruled_on(TODAY);
	assert_int_equal(r->request[0].state, REQUEST_CREDITED);
	assert_int_equal(r->request[0].reason, REASON_REQUEST_CAP);
	assert_credits(ruled_period("A", "2025-01-01")->recognized, "3");
}

static void a_split_may_be_for_one_designation(void **state)
{
	(void)state;
	ruled_program(
	    TWO HOURS "splits:\n"
		      "  - {when: {designations: B}, into: [{category: a, "
		      "percent: 50}, {category: b, percent: 50}]}\n");
	ruled_grant("A", "2025-01-01");
	ruled_grant("B", "2025-01-01");
	did("x", "2025-03-01", "'contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_int_equal(ruled_verdict("x")->shares, 3);
	assert_credits(ruled_share("x", 0)->credited, "1");
	assert_credits(ruled_share("x", 2)->credited, "0.5");
	assert_true(text_is(ruled_share("x", 2)->designation, "B"));
}

/* ---- B: eligibility */

static void providers_are_approved_for_a_time(void **state)
{
	(void)state;
	program(
	    ONE HOURS "providers:\n"
		      "  - {names: [Acme, Beta Inc], from: 2025-02-01, until: "
		      "2025-06-30}\n"
		      "  - {names: Gamma}\n"
		      "eligibility:\n"
		      "  - {when: {provider_approved: false}, refuse: "
		      "PROVIDER_NOT_APPROVED}\n");
	did("before", "2025-01-31", "'provider':'Acme','contact_minutes':60");
	did("first", "2025-02-01", "'provider':'ACME','contact_minutes':60");
	did("last", "2025-06-30", "'provider':'beta inc','contact_minutes':60");
	did("after", "2025-07-01", "'provider':'Acme','contact_minutes':60");
	did("always", "2025-07-02", "'provider':'Gamma','contact_minutes':60");
	did("none", "2025-03-01", "'contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_cut("first", "1", REASON_NONE);
	assert_cut("last", "1", REASON_NONE);
	assert_cut("always", "1", REASON_NONE);
	assert_verdict(
	    "before", OUTCOME_REJECTED, REASON_PROVIDER_NOT_APPROVED);
	assert_verdict("after", OUTCOME_REJECTED, REASON_PROVIDER_NOT_APPROVED);
	assert_verdict("none", OUTCOME_REJECTED, REASON_PROVIDER_NOT_APPROVED);
}

/* ACPE: the provider has 60 days; Idaho: the person has 180. */
static void deadlines_of_provider_and_person(void **state)
{
	(void)state;
	program(ONE HOURS "accreditation: [{by: acpe}]\n"
			  "eligibility: [{when: {kind: tour}, refuse: "
			  "INELIGIBLE_KIND}]\n"
			  "deadlines:\n"
			  "  - {rule: in 60 days, when: {accredited: true}, "
			  "days: 60}\n"
			  "  - {rule: in 180 days, days: 180}\n"
			  "recognition: {decision: false}\n");
	ruled_received("2025-05-01");
	did("acpe60", "2025-03-02",
	    "'accredited_by':'acpe','contact_minutes':60");
	did("acpe61", "2025-03-01",
	    "'accredited_by':'acpe','contact_minutes':60");
	did("tour", "2024-03-01", "'kind':'tour','contact_minutes':60");
	ruled_received("2025-08-28");
	did("id180", "2025-03-01", "'title':'t','contact_minutes':60");
	did("id181", "2025-02-28", "'title':'t','contact_minutes':60");
	asked("ask181", "R1", "2025-02-28", "'contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_cut("acpe60", "1", REASON_NONE);
	assert_verdict("acpe61", OUTCOME_REJECTED, REASON_REPORTED_LATE);
	assert_verdict("tour", OUTCOME_REJECTED, REASON_INELIGIBLE_KIND);
	assert_cut("id180", "1", REASON_NONE);
	assert_verdict("id181", OUTCOME_REJECTED, REASON_REPORTED_LATE);
	assert_verdict("ask181", OUTCOME_REJECTED, REASON_REPORTED_LATE);
	assert_int_equal(ruled_on(TODAY)->request[0].state, REQUEST_DECLINED);
	assert_notes("acpe61", 0,
	    "it was reported on 2025-05-01, more than 60 days after "
	    "2025-03-01");
}

/* ---- C: the same activity */

#define GEORGIA                                                                \
	"designations: [{name: A}]\n"                                          \
	"period: {anniversary_months: 12}\n" HOURS                             \
	"same: [{rule: once in three years, agree_in: [code], "                \
	"within_years: 3}]\n"                                                  \
	"recognition: {decision: true}\n"

/* Four periods of a year from 2022-01-01. */
static void georgia(void)
{
	ruled_program(GEORGIA);
	ruled_grant("A", "2022-01-01");
	ruled_renew("A", "2022-12-20");
	ruled_renew("A", "2023-12-20");
	ruled_renew("A", "2024-12-20");
	ruled_renew("A", "2025-12-20");
}

static void georgia_counts_a_course_once_in_three_years(void **state)
{
	(void)state;
	georgia();
	did("first", "2022-03-15", "'code':'C','contact_minutes':60");
	did("soon", "2025-03-14", "'code':'C','contact_minutes':60");
	did("again", "2025-03-15", "'code':'C','contact_minutes':60");
	did("next", "2026-03-15", "'code':'C','contact_minutes':60");
	did("other", "2025-03-14", "'code':'D','contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_cut("first", "1", REASON_NONE);
	assert_cut("soon", "0", REASON_DUPLICATE_ACTIVITY);
	assert_cut("again", "1", REASON_NONE);
	assert_cut("next", "0", REASON_DUPLICATE_ACTIVITY);
	assert_cut("other", "1", REASON_NONE);
	assert_notes("soon", 0,
	    "60 contact minutes are worth 1.0 CEU; the same activity counts "
	    "already, on 2022-03-15");
}

/* Also over a new certification; what was taken back hides nothing. */
static void what_stood_in_earlier_periods_can_be_taken_back(void **state)
{
	(void)state;
	georgia();
	did("first", "2022-03-15", "'code':'C','contact_minutes':60");
	did("second", "2023-03-15", "'code':'C','contact_minutes':60");
	did("third", "2024-03-15", "'code':'C','contact_minutes':60");
	ruled_grant("A", "2024-02-01");
	(void)ruled_on(TODAY);
	assert_cut("second", "0", REASON_DUPLICATE_ACTIVITY);
	assert_cut("third", "0", REASON_DUPLICATE_ACTIVITY);
	ruled_fact(
	    "undo", "event.reversed", "'event':'first','reason':'mistake'");
	(void)ruled_on(TODAY);
	assert_cut("second", "1", REASON_NONE);
	assert_cut("third", "0", REASON_DUPLICATE_ACTIVITY);
}

/* A waiting request of an earlier period hides other requests only. */
static void waiting_requests_hide_only_requests(void **state)
{
	(void)state;
	georgia();
	asked("r1", "R1", "2023-03-15", "'code':'C','contact_minutes':60");
	did("a1", "2024-03-15", "'code':'C','contact_minutes':60");
	asked("r2", "R2", "2024-03-16", "'code':'C','contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_verdict("r1", OUTCOME_PENDING, REASON_DECISION_MISSING);
	assert_cut("a1", "1", REASON_NONE);
	assert_int_equal(
	    ruled_share("r2", 0)->reason, REASON_DUPLICATE_ACTIVITY);
	decided("d1", "R1", "");
	(void)ruled_on(TODAY);
	assert_cut("r1", "1", REASON_NONE);
	assert_cut("a1", "0", REASON_DUPLICATE_ACTIVITY);
}

#define DAYS(first) "'started_on':'" first "','contact_minutes':60"

static void sessions_must_not_overlap(void **state)
{
	(void)state;
	program(ONE HOURS "same: [{rule: one session at a time, when: {kind: "
			  "session}, overlapping: true}]\n"
			  "recognition: {decision: false}\n");
	did("s1", "2025-03-03", "'kind':'session'," DAYS("2025-03-01"));
	did("s2", "2025-03-05", "'kind':'session'," DAYS("2025-03-03"));
	did("s3", "2025-03-06", "'kind':'session'," DAYS("2025-03-04"));
	did("s4", "2025-03-09", "'kind':'session','contact_minutes':60");
	did("talk", "2025-03-02", "'kind':'talk','contact_minutes':60");
	asked("r1", "R1", "2025-03-07", "'kind':'session'," DAYS("2025-03-07"));
	asked("r2", "R2", "2025-03-08", "'kind':'session'," DAYS("2025-03-07"));
	asked("r3", "R3", "2025-03-20", "'kind':'session'," DAYS("2025-03-08"));
	(void)ruled_on(TODAY);
	assert_cut("s1", "1", REASON_NONE);
	assert_cut("s2", "0", REASON_OVERLAPPING);
	assert_cut("s3", "1", REASON_NONE); /* s2 does not stand */
	assert_cut("s4", "1", REASON_NONE);
	assert_cut("talk", "1", REASON_NONE);
	assert_cut("r1", "1", REASON_NONE);
	assert_cut("r2", "0", REASON_OVERLAPPING);
	assert_cut("r3", "0", REASON_OVERLAPPING); /* with s4 */
	assert_notes("s2", 0,
	    "60 contact minutes are worth 1.0 CEU; it overlaps the activity of "
	    "2025-03-03");
}

static void overlaps_may_reach_into_the_period_before(void **state)
{
	(void)state;
	ruled_program("designations: [{name: A}]\n"
		      "period: {anniversary_months: 12}\n" HOURS
		      "same: [{agree_in: [provider], overlapping: true, "
		      "within_months: 6}]\n");
	ruled_grant("A", "2024-01-01");
	ruled_renew("A", "2024-12-20");
	did("a1", "2024-12-20", "'provider':'P'," DAYS("2024-12-10"));
	did("a2", "2024-12-28", "'provider':'P'," DAYS("2024-12-27"));
	did("b1", "2025-01-05", "'provider':'P'," DAYS("2024-12-20"));
	did("b2", "2025-01-06", "'provider':'Q'," DAYS("2024-12-20"));
	did("b3", "2025-01-07", "'provider':'P'," DAYS("2024-12-29"));
	(void)ruled_on(TODAY);
	assert_cut("a2", "1", REASON_NONE);
	assert_cut("b1", "0", REASON_OVERLAPPING);
	assert_cut("b2", "1", REASON_NONE);
	assert_cut("b3", "1", REASON_NONE);
}

/* Who taught a course does not earn by having heard it. */
static void a_role_may_be_exclusive(void **state)
{
	(void)state;
	program(ONE HOURS "same: [{agree_in: [code]}]\n");
	did("heard", "2025-03-02", "'code':'C','contact_minutes':60");
	did("taught", "2025-03-01",
	    "'code':'C','role':'presenter','contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_cut("taught", "1", REASON_NONE);
	assert_cut("heard", "0", REASON_DUPLICATE_ACTIVITY);
}

static void the_same_may_be_a_matter_of_designation(void **state)
{
	(void)state;
	ruled_program(
	    TWO HOURS "same: [{when: {designations: B}, agree_in: [code]}]\n");
	ruled_grant("A", "2025-01-01");
	ruled_grant("B", "2025-01-01");
	did("c1", "2025-03-01", "'code':'C','contact_minutes':60");
	did("c2", "2025-03-02", "'code':'C','contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_credits(ruled_share("c2", 0)->credited, "1");
	assert_credits(ruled_share("c2", 1)->credited, "0");
}

/* ---- D: caps */

static void ma_engineers_count_eight_a_day(void **state)
{
	(void)state;
	program(ONE HOURS "caps: [{per: day, at_most: 8}]\n");
	did("a", "2025-03-01", "'title':'a','contact_minutes':360");
	did("b", "2025-03-01", "'title':'b','contact_minutes':240");
	did("c", "2025-03-02", "'title':'c','contact_minutes':540");
	(void)ruled_on(TODAY);
	assert_cut("a", "6", REASON_NONE);
	assert_cut("b", "2", REASON_DAY_CAP);
	assert_cut("c", "8", REASON_DAY_CAP);
	assert_notes("b", 0,
	    "240 contact minutes are worth 4.0 CEU; at most 8.0 CEU in one day "
	    "count; 2.0 are left for this");
}

static void a_year_may_be_of_the_calendar_or_of_the_period(void **state)
{
	(void)state;
	ruled_program(
	    ONE HOURS "caps:\n"
		      "  - {when: {kind: x}, per: year, at_most: 5}\n"
		      "  - {when: {kind: y}, per: period-year, at_most: 5}\n");
	ruled_grant("A", "2024-02-29");
	for (int i = 0; i < 2; i++) {
		const char *kind = i == 0 ? "x" : "y";
		char id[4] = {kind[0], '1'}, more[64];

		(void)snprintf(more, sizeof(more),
		    "'kind':'%s','contact_minutes':240", kind);
		did(id, "2024-12-31", more);
		id[1]++;
		did(id, "2025-02-27", more);
		id[1]++;
		did(id, "2025-02-28", more);
	}
	(void)ruled_on(TODAY);
	assert_cut("x1", "4", REASON_NONE);
	assert_cut("x2", "4", REASON_NONE);
	assert_cut("x3", "1", REASON_YEAR_CAP);
	assert_cut("y1", "4", REASON_NONE);
	assert_cut("y2", "1", REASON_YEAR_CAP);
	assert_cut("y3", "4", REASON_NONE); /* the anniversary, clamped */
	assert_notes("y2", 0,
	    "240 contact minutes are worth 4.0 CEU; at most 5.0 CEU in one "
	    "year of the period count; 1.0 are left for this");
}

/* NSCA: so much of each category. */
static void each_category_has_its_own_room(void **state)
{
	(void)state;
	program(ONE HOURS "caps: [{per: category, at_most: 2}]\n");
	did("a1", "2025-03-01", "'category':'a','contact_minutes':90");
	did("b1", "2025-03-02", "'category':'b','contact_minutes':90");
	did("n1", "2025-03-03", "'contact_minutes':90");
	did("a2", "2025-03-04", "'category':'a','contact_minutes':60");
	did("b2", "2025-03-05", "'category':'b','contact_minutes':60");
	did("n2", "2025-03-06", "'contact_minutes':60");
	(void)ruled_on(TODAY);
	assert_cut("a2", "0.5", REASON_CATEGORY_CAP);
	assert_cut("b2", "0.5", REASON_CATEGORY_CAP);
	assert_cut("n2", "0.5", REASON_CATEGORY_CAP);
	assert_notes("b2", 0,
	    "60 contact minutes are worth 1.0 CEU; at most 2.0 CEU of one "
	    "category in a period (b) count; 0.5 are left for this");
}

/* PMI: 25 for giving back, 8 of them for working as a practitioner. */
static void pmi_caps_are_nested(void **state)
{
	(void)state;
	program(ONE HOURS
	    "caps:\n"
	    "  - {per: period, when: {category: practitioner}, at_most: 8}\n"
	    "  - {per: group, when: {category: [practitioner, volunteer, "
	    "content]}, at_most: 25}\n");
	did("p1", "2025-03-01",
	    "'category':'practitioner','contact_minutes':600");
	did("c1", "2025-03-02", "'category':'content','contact_minutes':900");
	did("v1", "2025-03-03", "'category':'volunteer','contact_minutes':600");
	did("e1", "2025-03-04", "'category':'course','contact_minutes':600");
	(void)ruled_on(TODAY);
	assert_cut("p1", "8", REASON_CATEGORY_CAP);
	assert_cut("c1", "15", REASON_NONE);
	assert_cut("v1", "2", REASON_GROUP_CAP);
	assert_cut("e1", "10", REASON_NONE);
	assert_notes("v1", 0,
	    "600 contact minutes are worth 10.0 CEU; at most 25.0 CEU of this "
	    "group in a period count; 2.0 are left for this");
}

/* NREMT: a third of 20 hours online, rounded: 7. */
static void nremt_takes_a_share_of_the_required_total(void **state)
{
	(void)state;
	ruled_program("designations: [{name: A, requires: {credits: 20}}, "
		      "{name: B, requires: {credits: 40}}, {name: C}]\n"
		      "period: {anniversary_months: 24}\n" HOURS
		      "caps: [{per: period, when: {kind: online}, percent: 33, "
		      "step: 1, round: nearest}]\n");
	ruled_grant("A", "2025-01-01");
	ruled_grant("B", "2025-01-01");
	ruled_grant("C", "2025-01-01");
	did("o1", "2025-03-01", "'kind':'online','contact_minutes':1200");
	(void)ruled_on(TODAY);
	assert_credits(ruled_share("o1", 0)->credited, "7");
	assert_credits(ruled_share("o1", 1)->credited, "13");
	assert_credits(ruled_share("o1", 2)->credited, "20");
	assert_int_equal(ruled_share("o1", 0)->reason, REASON_PERCENT_CAP);
	assert_notes("o1", 0,
	    "1200 contact minutes are worth 20.0 CEU; at most 33 % of what is "
	    "required, 7.0 CEU, by this route in a period count; 7.0 are left "
	    "for this");
}

static void a_cap_may_depend_on_the_designation(void **state)
{
	(void)state;
	ruled_program(TWO HOURS
	    "caps:\n"
	    "  - {per: period, when: {designations: A}, at_most: 1}\n"
	    "  - {per: period, when: {designations: B, granted_until: "
	    "2025-12-31}, at_most: 2}\n");
	ruled_grant("A", "2025-01-01");
	ruled_grant("B", "2025-01-01");
	did("x", "2025-03-01", "'contact_minutes':240");
	(void)ruled_on(TODAY);
	assert_credits(ruled_share("x", 0)->credited, "1");
	assert_credits(ruled_share("x", 1)->credited, "2");
	ruled_forget();
	ruled_grant("B", "2026-01-01");
	did("x", "2026-03-01", "'contact_minutes':240");
	(void)ruled_on(TODAY);
	assert_cut("x", "4", REASON_NONE);
}

/* NSCA: who enters late needs 4 of 6, and may bring 2 of 3 in one way. */
static void caps_may_fall_with_a_short_period(void **state)
{
	(void)state;
	ruled_program("designations: [{name: A}]\n" HOURS
		      "period: {ends: 12-31, years: 3, year_remainder: 1}\n"
		      "requires: {credits: 6, first_period: {steps: "
		      "[{within_months: 12, credits: 4}, {credits: 0}]}}\n"
		      "caps:\n"
		      "  - {per: category, at_most: 3, prorated: true}\n"
		      "  - {per: period, when: {kind: x}, at_most: 0.5, "
		      "prorated: true, step: 0.1, round: up}\n");
	ruled_grant("A", "2024-06-01");
	did("c1", "2025-03-01", "'category':'c','contact_minutes':240");
	did("x1", "2025-03-02", "'kind':'x','contact_minutes':240");
	(void)ruled_on(TODAY);
	assert_cut("c1", "2", REASON_CATEGORY_CAP);
	assert_cut("x1", "0.4", REASON_CATEGORY_CAP);
	assert_notes("c1", 0,
	    "240 contact minutes are worth 4.0 CEU; at most 2.0 CEU of one "
	    "category in a period (c) count, as this period asks for less; 2.0 "
	    "are left for this");
	ruled_forget();
	ruled_grant("A", "2024-01-01");
	did("c1", "2025-03-01", "'category':'c','contact_minutes':240");
	(void)ruled_on(TODAY);
	assert_cut("c1", "3", REASON_CATEGORY_CAP);
}

/* Florida: 38 and 2 of medical errors, of which more do not count. */
static void what_stands_beside_the_total_has_a_cap(void **state)
{
	(void)state;
	program(ONE HOURS
	    "requires: {credits: 38}\n"
	    "minimums: [{name: medical-errors, when: {category: errors}, "
	    "at_least: 2, beside_total: true}]\n"
	    "caps:\n"
	    "  - {per: period, when: {category: [errors, home]}, at_most: 3}\n"
	    "  - {per: group, when: {category: [errors, home]}, at_most: "
	    "2.5}\n");
	did("e1", "2025-03-01", "'category':'errors','contact_minutes':180");
	did("h1", "2025-03-02", "'category':'home','contact_minutes':60");
	did("c1", "2025-03-03", "'category':'course','contact_minutes':1800");
	(void)ruled_on(TODAY);
	/* 3 let in by the period's cap, 2 by its own; of h1 none was left of
	 * the period's. */
	assert_cut("e1", "2", REASON_CATEGORY_CAP);
	assert_cut("h1", "0", REASON_CATEGORY_CAP);
	assert_cut("c1", "30", REASON_NONE);
	assert_credits(ruled_period("A", "2025-01-01")->required, "40");
	assert_notes("e1", 0,
	    "180 contact minutes are worth 3.0 CEU; at most 2.0 CEU of this "
	    "kind in a period count; 2.0 are left for this");
}

/* ---- all at once */

#define EVERYTHING                                                             \
	"designations: [{name: A, requires: {credits: 20}}, {name: B}]\n"      \
	"period: {anniversary_months: 12}\n"                                   \
	"providers: [{names: [P, Q], until: 2025-06-30}]\n"                    \
	"eligibility: [{when: {provider_approved: false, kind: z}, refuse: "   \
	"PROVIDER_NOT_APPROVED}]\n"                                            \
	"deadlines: [{when: {kind: y}, days: 400}]\n"                          \
	"rates:\n"                                                             \
	"  - {when: {designations: B, kind: y}, credits: decided}\n"           \
	"  - {when: {kind: x}, minutes: 60, step: 0.5, round: down, "          \
	"at_least: 1, together: [title]}\n"                                    \
	"  - {when: {kind: [y, z]}, minutes: 50, step: 0.2, round: down}\n"    \
	"factors:\n"                                                           \
	"  - {when: {kind: z}, times: 0.5, repeats: [code, role]}\n"           \
	"  - {when: {role: presenter}, times: 1, allowance: {times: 2, "       \
	"at_most: 3}}\n"                                                       \
	"splits:\n"                                                            \
	"  - {when: {code: C}, into: [{category: a, percent: 33.3}, "          \
	"{category: b, percent: 66.7}]}\n"                                     \
	"same:\n"                                                              \
	"  - {when: {kind: x}, agree_in: [code, title], within_months: 18}\n"  \
	"  - {when: {kind: y}, agree_in: [provider], overlapping: true, "      \
	"within_months: 3}\n"                                                  \
	"caps:\n"                                                              \
	"  - {per: activity, at_most: 6}\n"                                    \
	"  - {per: day, at_most: 8}\n"                                         \
	"  - {per: period-year, when: {kind: z}, at_most: 9}\n"                \
	"  - {per: category, at_most: 7}\n"                                    \
	"  - {per: group, when: {category: [a, b]}, at_most: 11}\n"            \
	"  - {per: period, when: {kind: x}, percent: 33, step: 1}\n"           \
	"recognition: {decision: true, fee: {per_credit: 1.00}}\n"             \
	"renewal: {late: [{within_months: 24}]}\n"

static unsigned drawn;

static unsigned draw(unsigned below)
{
	drawn = drawn * 1103515245u + 12345u;
	return (drawn >> 16) % below;
}

static void draw_activity(char *more, size_t size)
{
	static const char *const role[] = {"attendee", "presenter"};

	(void)snprintf(more, size,
	    "'kind':'%c','code':'%c','title':'%c','provider':'%c','role':'%s',"
	    "'contact_minutes':%u",
	    'x' + (char)draw(3), 'C' + (char)draw(2), 's' + (char)draw(2),
	    'P' + (char)draw(3), role[draw(2)], 20 * draw(25));
}

static void draw_day(char *ret, size_t size)
{
	(void)snprintf(ret, size, "%u-%02u-%02u", 2023 + draw(4),
	    1 + 3 * draw(4), 1 + draw(3));
}

static void add_claim(unsigned number)
{
	char id[16], name[16], more[256], day[32];

	draw_activity(more, sizeof(more));
	draw_day(day, sizeof(day));
	(void)snprintf(id, sizeof(id), "c%02u", number);
	(void)snprintf(name, sizeof(name), "R%u", number);
	if (draw(2) == 0) {
		did(id, day, more);
		return;
	}
	asked(id, name, day, more);
	(void)snprintf(id, sizeof(id), "d%02u", number);
	if (draw(3) > 0)
		decided(id, name, draw(2) ? "" : "2.5");
	(void)snprintf(id, sizeof(id), "p%02u", number);
	if (draw(3) > 0)
		ruled_fact(id, "recognition.paid",
		    "'request':'%s','amount':%u,'currency':'CAD','reference':"
		    "'x'",
		    name, 1 + draw(9));
	(void)snprintf(id, sizeof(id), "u%02u", number);
	if (draw(8) == 0)
		ruled_fact(id, "event.reversed",
		    "'event':'c%02u','reason':'mistake'", draw(number + 2));
}

static void check_shares(const struct ruling *r)
{
	for (size_t i = 0; i < r->shares; i++) {
		const struct share *share = &r->share[i];

		assert_true(share->credited >= 0);
		assert_true(share->credited <= share->allowed);
		assert_true(share->allowed <= share->raw);
		assert_true(share->steps > 0);
		(void)ruled_notes(share);
	}
}

/* ruled_on() looks at each in many orders of the facts. */
static void all_rules_together_end_the_same_in_every_order(void **state)
{
	size_t parts = 0, cut = 0;

	(void)state;
	ruled_program(EVERYTHING);
	for (drawn = 1; drawn < 60; drawn++) {
		unsigned seed = drawn;
		const struct ruling *r;

		ruled_forget();
		ruled_grant("A", "2023-01-15");
		ruled_grant("B", "2023-06-01");
		ruled_renew("B", "2024-05-20");
		ruled_renew("B", "2025-05-20");
		for (unsigned i = 0; i < 30; i++)
			add_claim(i);
		r = ruled_on(TODAY);
		check_shares(r);
		for (size_t i = 0; i < r->shares; i++) {
			parts += r->share[i].category.at != NULL;
			cut += r->share[i].credited < r->share[i].raw;
		}
		drawn = seed;
	}
	assert_true(parts > 100 && cut > 100);
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
	    cmocka_unit_test(a_claim_is_divided_over_categories),
	    cmocka_unit_test(caps_by_category_see_the_parts),
	    cmocka_unit_test(a_split_request_is_credited_as_far_as_paid_for),
	    cmocka_unit_test(a_split_may_be_for_one_designation),
	    cmocka_unit_test(providers_are_approved_for_a_time),
	    cmocka_unit_test(deadlines_of_provider_and_person),
	    cmocka_unit_test(georgia_counts_a_course_once_in_three_years),
	    cmocka_unit_test(what_stood_in_earlier_periods_can_be_taken_back),
	    cmocka_unit_test(waiting_requests_hide_only_requests),
	    cmocka_unit_test(sessions_must_not_overlap),
	    cmocka_unit_test(overlaps_may_reach_into_the_period_before),
	    cmocka_unit_test(a_role_may_be_exclusive),
	    cmocka_unit_test(the_same_may_be_a_matter_of_designation),
	    cmocka_unit_test(ma_engineers_count_eight_a_day),
	    cmocka_unit_test(a_year_may_be_of_the_calendar_or_of_the_period),
	    cmocka_unit_test(each_category_has_its_own_room),
	    cmocka_unit_test(pmi_caps_are_nested),
	    cmocka_unit_test(nremt_takes_a_share_of_the_required_total),
	    cmocka_unit_test(a_cap_may_depend_on_the_designation),
	    cmocka_unit_test(caps_may_fall_with_a_short_period),
	    cmocka_unit_test(what_stands_beside_the_total_has_a_cap),
	    cmocka_unit_test(all_rules_together_end_the_same_in_every_order),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
