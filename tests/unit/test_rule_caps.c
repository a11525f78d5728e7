/* Claims: their parts, and how far caps let them in. One real example for each
 * shape of rule, and all rules together. */
#include "claims.h"

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
	    cmocka_unit_test(a_claim_is_divided_over_categories),
	    cmocka_unit_test(caps_by_category_see_the_parts),
	    cmocka_unit_test(a_split_request_is_credited_as_far_as_paid_for),
	    cmocka_unit_test(a_split_may_be_for_one_designation),
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
