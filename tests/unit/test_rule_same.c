/* Claims: may they count, and when is one the same as another? One real example
 * for each shape of rule. */
#include "claims.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(providers_are_approved_for_a_time),
	    cmocka_unit_test(deadlines_of_provider_and_person),
	    cmocka_unit_test(georgia_counts_a_course_once_in_three_years),
	    cmocka_unit_test(what_stood_in_earlier_periods_can_be_taken_back),
	    cmocka_unit_test(waiting_requests_hide_only_requests),
	    cmocka_unit_test(sessions_must_not_overlap),
	    cmocka_unit_test(overlaps_may_reach_into_the_period_before),
	    cmocka_unit_test(a_role_may_be_exclusive),
	    cmocka_unit_test(the_same_may_be_a_matter_of_designation),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ruled_fini();
	return failed;
}
