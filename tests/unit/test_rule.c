/* The ruling in time, its explanations, its use of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "history.h"
#include "rule_work.h"

static struct history history;
static struct arena arena;
static struct program *program;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
	char text[2048], message[EVENT_MESSAGE_SIZE] = "";
	va_list arguments;
	size_t index;
	json_t *event;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	event = json_loads(text, 0, NULL);
	assert_non_null(event);
	if (history_add(&history, event, &index, message) == HISTORY_REFUSED)
		fail_msg("%s", message);
	json_decref(event);
}

static void grant(const char *designation, const char *on)
{
	add("{'id':'g-%s-%s','type':'certification.granted','member':"
	    "'canfitpro/1','data':{'designation':'%s','granted_on':'%s'}}",
	    designation, on, designation, on);
}

static void attend(const char *id, const char *on, int minutes)
{
	add("{'id':'%s','type':'activity.completed','member':'canfitpro/1',"
	    "'data':{'activity':{'kind':'workshop','title':'%s','completed_on':"
	    "'%s','contact_minutes':%d,'accredited_by':'canfitpro'}}}",
	    id, id, on, minutes);
}

static void meet(const char *what, const char *on)
{
	add("{'id':'m-%s-%s','type':'requirement.met','member':'canfitpro/1',"
	    "'data':{'requirement':'%s','met_on':'%s'}}",
	    what, on, what, on);
}

static struct ruling rule_on(const char *date)
{
	struct ruling ruling;
	date_t today;

	assert_true(date_parse(text_of(date), &today));
	arena_reset(&arena);
	assert_int_equal(rule_member(program, history.fact, history.count,
			     today, &arena, &ruling),
	    0);
	return ruling;
}

static int setup(void **state)
{
	(void)state;
	history_reset(&history);
	return 0;
}

static void the_nearest_mark_before_the_end_gives_the_notice(void **state)
{
	/* The period ends on 2027-01-14. */
	static const struct {
		const char *today;
		int days;
		const char *next;
	} expected[] = {
	    {"2026-06-30", 0, "2026-10-16"},
	    {"2026-10-15", 0, "2026-10-16"},
	    {"2026-10-16", 90, "2026-11-15"},
	    {"2026-11-15", 60, "2026-12-15"},
	    {"2026-12-20", 30, "2027-01-07"},
	    {"2027-01-07", 7, "2027-01-15"},
	    {"2027-01-14", 7, "2027-01-15"},
	    {"2027-01-15", 0, "2027-02-15"},
	};

	(void)state;
	grant("FIS", "2026-01-15");
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct ruling r = rule_on(expected[i].today);
		char buffer[DATE_TEXT_SIZE];

		assert_int_equal(r.period[0].notice_days, expected[i].days);
		if (!text_is(date_write(r.next_due, buffer), expected[i].next))
			fail_msg("on %s next is %s, not %s", expected[i].today,
			    buffer, expected[i].next);
	}
}

static void a_complete_period_gives_no_notice(void **state)
{
	(void)state;
	grant("FIS", "2026-01-15");
	attend("a1", "2026-02-01", 480);
	meet("membership", "2026-02-01");
	assert_int_equal(rule_on("2026-12-31").period[0].notice_days, 30);
	meet("cpr-a", "2026-02-01");
	assert_int_equal(rule_on("2026-12-31").period[0].notice_days, 0);
	assert_int_equal(
	    rule_on("2026-12-31").period[0].status, PERIOD_COMPLETE);
}

static void a_period_passes_from_grace_to_lapsed(void **state)
{
	struct ruling r;

	(void)state;
	grant("FIS", "2026-01-15");
	assert_int_equal(
	    rule_on("2027-01-14").period[0].status, PERIOD_IN_PROGRESS);
	assert_int_equal(rule_on("2027-01-15").period[0].status, PERIOD_GRACE);
	r = rule_on("2028-01-14");
	assert_int_equal(r.period[0].status, PERIOD_GRACE);
	assert_int_equal(r.next_due, date_of(2028, 1, 15));
	r = rule_on("2028-01-15");
	assert_int_equal(r.period[0].status, PERIOD_LAPSED);
	assert_int_equal(r.next_due, DATE_NEVER);
}

static void a_future_claim_counts_from_its_day(void **state)
{
	struct ruling r;

	(void)state;
	grant("FIS", "2026-01-15");
	attend("a1", "2026-07-01", 240);
	r = rule_on("2026-06-30");
	assert_int_equal(r.verdict[1].reason, REASON_FUTURE_DATE);
	assert_int_equal(r.next_due, date_of(2026, 7, 1));
	assert_true(r.period[0].earned == 0);
	r = rule_on("2026-07-01");
	assert_int_equal(r.verdict[1].outcome, OUTCOME_APPLIED);
	assert_int_equal(r.verdict[1].reason, REASON_NONE);
	assert_true(r.period[0].earned == 2 * CREDIT_ONE);
}

static void every_share_explains_itself(void **state)
{
	char note[256];
	struct ruling r;
	const struct share *share;

	(void)state;
	grant("FIS", "2026-01-15");
	attend("a1", "2026-02-01", 900);
	r = rule_on("2026-06-30");
	assert_int_equal(r.shares, 1);
	share = &r.share[0];
	assert_int_equal(share->steps, 2);
	assert_true(text_is(step_note(&r, &share->step[0], note, sizeof(note)),
	    "900 contact minutes are worth 7.5 CEC"));
	assert_true(text_is(
	    step_rule(&share->step[0]), "one CEC for two contact hours"));
	assert_true(step_source(&share->step[0]).length > 0);
	assert_true(text_is(step_note(&r, &share->step[1], note, sizeof(note)),
	    "at most 4.0 CEC for one activity count; 4.0 are left for this"));
	assert_true(share->step[1].credits == share->credited);
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void ruling_again_takes_no_more_memory(void **state)
{
	char id[16];
	size_t held;
	double start;

	(void)state;
	grant("FIS", "2026-01-15");
	for (int i = 0; i < 40; i++) {
		(void)snprintf(id, sizeof(id), "a%d", i);
		attend(id, i % 2 == 0 ? "2026-02-01" : "2026-03-01", 120);
	}
	for (int i = 0; i < 4; i++) /* the arena keeps its largest block */
		(void)rule_on("2026-06-30");
	held = arena.total;
	start = seconds();
	for (int i = 0; i < 2000; i++)
		(void)rule_on("2026-06-30");
	assert_true(arena.total == held);
	print_message("a ruling of 40 claims: %.1f us, %zu bytes\n",
	    (seconds() - start) / 2000 * 1e6, held);
}

static void a_thousand_claims_of_one_day_are_ruled(void **state)
{
	struct ruling r;

	(void)state;
	grant("FIS", "2026-01-15");
	for (int i = 0; i < 500; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "a%d", i);
		attend(id, "2026-02-01", 60);
	}
	r = rule_on("2026-06-30");
	assert_true(r.period[0].earned == 250 * CREDIT_ONE);
}

struct weighed {
	int weight;
	size_t place;
};

static int compare_weights(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	return (x->weight > y->weight) - (x->weight < y->weight);
}

static void sorting_keeps_the_order_of_equals(void **state)
{
	struct weighed item[200], *sorted[200];
	struct work work = {.arena = &arena};
	unsigned drawn = 1;

	(void)state;
	for (size_t count = 0; count <= 200; count++) {
		for (size_t i = 0; i < count; i++) {
			drawn = drawn * 1103515245u + 12345u;
			item[i].weight = (int)(drawn >> 16) % 20;
			item[i].place = i;
			sorted[i] = &item[i];
		}
		arena_reset(&arena);
		rule_sort(&work, sorted, count, compare_weights);
		for (size_t i = 1; i < count; i++)
			assert_true(
			    sorted[i - 1]->weight < sorted[i]->weight ||
			    (sorted[i - 1]->weight == sorted[i]->weight &&
				sorted[i - 1]->place < sorted[i]->place));
	}
	assert_false(work.no_memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		the_nearest_mark_before_the_end_gives_the_notice, setup),
	    cmocka_unit_test_setup(a_complete_period_gives_no_notice, setup),
	    cmocka_unit_test_setup(a_period_passes_from_grace_to_lapsed, setup),
	    cmocka_unit_test_setup(a_future_claim_counts_from_its_day, setup),
	    cmocka_unit_test_setup(every_share_explains_itself, setup),
	    cmocka_unit_test_setup(ruling_again_takes_no_more_memory, setup),
	    cmocka_unit_test(sorting_keeps_the_order_of_equals),
	    cmocka_unit_test_setup(
		a_thousand_claims_of_one_day_are_ruled, setup),
	};
	int failed;

	program = history_program("canfitpro");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	program_destroy(program);
	history_fini(&history);
	arena_fini(&arena);
	return failed;
}
