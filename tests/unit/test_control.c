/* control.h: what operators ask for */
#include "sink.h"

#include <stdio.h>

static int set_up(void **state)
{
	static struct sink sink;

	sink_init(&sink, &sink_limits);
	*state = &sink;
	return 0;
}

static int tear_down(void **state)
{
	sink_fini(*state);
	return 0;
}

static void today(struct sink *sink, const char *date, const char *tag)
{
	struct wire_writer w = {0};

	wire_open_map(&w);
	wire_pair_string(&w, "control", "today");
	wire_pair_string(&w, "date", date);
	wire_close(&w);
	sink_control(sink, wire_written(&w), tag);
	wire_writer_fini(&w);
}

static void program(struct sink *sink, int64_t number, const char *organization,
    const char *tag)
{
	struct wire_writer w = {0};

	wire_open_map(&w);
	wire_pair_string(&w, "control", "program");
	wire_pair_string(&w, "organization", organization);
	wire_pair_int(&w, "number", number);
	wire_pair_string(&w, "name", "An organization");
	wire_pair_string(&w, "time_zone", "America/Toronto");
	wire_pair_int(&w, "revision", 2);
	wire_close(&w);
	sink_control(sink, wire_written(&w), tag);
	wire_writer_fini(&w);
}

static const char *reply(const struct sink *sink, const char *tag)
{
	const struct replied *replied = sink_reply(sink, tag);

	if (replied == NULL)
		return "(none)";
	return replied->code[0] != '\0' ? replied->code : replied->verb;
}

static void a_new_date_is_answered_when_all_have_ruled(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 1000);
	sink_settle(sink);
	today(sink, "2026-07-01", "t");
	sink_turn(sink);
	assert_int_equal(sink->given_count, STREAM_BUCKETS);
	while (sink->given_count > 1) {
		sink_head(
		    sink, sink->given[0].stream, 1, date_of(2026, 7, 1), false);
		sink_answer(sink, 0, LINK_RESULT);
		sink_turn(sink);
		assert_string_equal(reply(sink, "t"), "(none)");
	}
	/* The last one has members that are due. */
	sink_head(sink, sink->given[0].stream, 1, date_of(2026, 7, 1), true);
	sink_answer(sink, 0, LINK_RESULT);
	sink_turn(sink);
	assert_string_equal(reply(sink, "t"), "(none)");
	assert_int_equal(sink->given[0].type, EVENT_DUE);
	sink_settle(sink);
	assert_string_equal(reply(sink, "t"), "ANSWER");
	/* The same date again, and an earlier one. */
	today(sink, "2026-07-01", "again");
	sink_turn(sink);
	assert_string_equal(reply(sink, "again"), "ANSWER");
	today(sink, "2026-06-30", "back");
	assert_string_equal(reply(sink, "back"), "MALFORMED");
	today(sink, "yesterday", "bad");
	assert_string_equal(reply(sink, "bad"), "MALFORMED");
}

static void a_program_goes_into_all_streams(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 1000);
	sink_settle(sink);
	program(sink, 2, "cpc", "p");
	assert_int_equal(sink->opened, 2);
	sink_turn(sink);
	/* For each new stream the day first, then the program. */
	assert_int_equal(sink->given_count, 2 * STREAM_BUCKETS);
	assert_int_equal(sink->given[0].type, EVENT_DAY);
	assert_int_equal(sink->given[1].type, EVENT_PROGRAM);
	assert_int_equal(sink->given[0].stream, sink->given[1].stream);
	assert_string_equal(reply(sink, "p"), "(none)");
	sink_settle(sink);
	assert_string_equal(reply(sink, "p"), "ANSWER");
	program(sink, 3, "cpc", "bad");
	assert_string_equal(reply(sink, "bad"), "MALFORMED");
}

static void without_a_worker_it_is_told_and_done_later(void **state)
{
	struct sink *sink = *state;

	program(sink, 2, "cpc", "p");
	today(sink, "2026-07-01", "t");
	sink_pass(sink, 9500);
	assert_string_equal(reply(sink, "p"), "(none)");
	sink_pass(sink, 1000);
	assert_string_equal(reply(sink, "p"), "UNAVAILABLE");
	assert_string_equal(reply(sink, "t"), "UNAVAILABLE");
	sink_worker(sink, "w", 1000);
	sink_settle(sink);
	/* Streams that were at the day before are told now. */
	sink_settle(sink);
	assert_int_equal(sink->dispatch.flights.system, 0);
	assert_true(
	    calendar_is_settled(&sink->dispatch.calendar, date_of(2026, 7, 1)));
}

static void workers_that_do_not_get_on_are_told_of(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 1000);
	sink_settle(sink);
	today(sink, "2026-07-01", "t");
	sink_pass(sink, 119000);
	assert_string_equal(reply(sink, "t"), "(none)");
	sink_pass(sink, 2000);
	assert_string_equal(reply(sink, "t"), "UNAVAILABLE");
}

static void too_many_at_once_are_busy(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 1000);
	for (int i = 0; i < CONTROLS_MOST; i++)
		today(sink, "2026-07-01", "t");
	assert_string_equal(reply(sink, "t"), "(none)");
	today(sink, "2026-07-01", "one more");
	assert_string_equal(reply(sink, "one more"), "BUSY");
}

static void what_is_not_understood_is_malformed(void **state)
{
	struct sink *sink = *state;

	sink_control(sink, TEXT("\xc1"), "a");
	assert_string_equal(reply(sink, "a"), "MALFORMED");
	sink_control(sink, TEXT("\x80"), "b");
	assert_string_equal(reply(sink, "b"), "MALFORMED");
	sink_control(sink,
	    TEXT("\x81\xa7"
		 "control\xa1x"),
	    "c");
	assert_string_equal(reply(sink, "c"), "MALFORMED");
	sink_control(sink,
	    TEXT("\x81\xa7"
		 "control\xa7program"),
	    "d");
	assert_string_equal(reply(sink, "d"), "MALFORMED");
	sink_control(sink,
	    TEXT("\x81\xa7"
		 "control\xa6status"),
	    "e");
	assert_int_equal(sink->local, 1);
}

static void on_the_real_clock_the_date_is_the_clocks(void **state)
{
	struct sink *sink = *state;

	clock_init(&sink->clock, DATE_NONE);
	today(sink, "2099-01-01", "t");
	assert_string_equal(reply(sink, "t"), "MALFORMED");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_new_date_is_answered_when_all_have_ruled),
	    TEST(a_program_goes_into_all_streams),
	    TEST(without_a_worker_it_is_told_and_done_later),
	    TEST(workers_that_do_not_get_on_are_told_of),
	    TEST(too_many_at_once_are_busy),
	    TEST(what_is_not_understood_is_malformed),
	    TEST(on_the_real_clock_the_date_is_the_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
