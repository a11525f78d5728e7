/* calendar.h: days, members that are due, what comes again */
#include "sink.h"

#include <stdio.h>

#define TODAY date_of(2026, 6, 30)

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

static size_t count(const struct sink *sink, enum event_type type)
{
	size_t found = 0;

	for (size_t i = 0; i < sink->given_count; i++)
		found += sink->given[i].kind == FLIGHT_SYSTEM &&
			 sink->given[i].type == type;
	return found;
}

static void a_stream_hears_of_the_day_before_its_first_event(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 100);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_submit(sink, "p", "canfitpro/1", "b");
	sink_turn(sink);
	assert_int_equal(sink->given_count, 3);
	assert_int_equal(sink->given[0].type, EVENT_DAY);
	assert_int_equal(sink->given[0].received_on, TODAY);
	assert_string_equal(sink->given[1].tag, "a");
	assert_string_equal(sink->given[2].tag, "b");
	/* The others are told by the next tick, this one not again. */
	dispatch_tick(&sink->dispatch, sink->now_us);
	sink_turn(sink);
	assert_int_equal(count(sink, EVENT_DAY), STREAM_BUCKETS);
}

static void a_stream_that_knows_the_day_is_not_told(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 100);
	for (int i = 0; i < STREAM_BUCKETS; i++)
		sink_head(sink, STREAM_BUCKETS + i, 1, TODAY, false);
	dispatch_tick(&sink->dispatch, sink->now_us);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 0);
}

static void midnight_comes_to_all_streams(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	sink_pass(sink, 1000);
	assert_int_equal(sink->given_count, 0);
	assert_int_equal(clock_move(&sink->clock, TODAY + 1), 0);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_DAY), STREAM_BUCKETS);
	assert_int_equal(sink->given[0].received_on, TODAY + 1);
}

/* Days do not pile up while nobody rules them. */
static void a_day_that_waits_is_enough(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 100);

	sink_settle(sink);
	dispatch_lose(&sink->dispatch, worker, "the test says so");
	for (int day = 1; day <= 10; day++) {
		assert_int_equal(clock_move(&sink->clock, TODAY + day), 0);
		sink_pass(sink, 200);
	}
	assert_int_equal(sink->dispatch.flights.system, STREAM_BUCKETS);
	sink_worker(sink, "v", 100);
	sink_settle(sink);
	sink_pass(sink, 100);
	sink_settle(sink);
	assert_true(calendar_is_settled(&sink->dispatch.calendar, TODAY + 10));
}

static void due_members_are_ruled_one_event_at_a_time(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	sink_head(sink, STREAM_BUCKETS, 2, TODAY, true);
	sink_head(sink, STREAM_BUCKETS, 3, TODAY, true);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 1);
	assert_int_equal(sink->given[0].type, EVENT_DUE);
	assert_false(calendar_is_settled(&sink->dispatch.calendar, TODAY));
	sink_head(sink, STREAM_BUCKETS, 4, TODAY, true);
	sink_answer(sink, 0, LINK_RESULT);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 1);
	sink_head(sink, STREAM_BUCKETS, 5, TODAY, false);
	sink_answer(sink, 0, LINK_RESULT);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 0);
	assert_true(calendar_is_settled(&sink->dispatch.calendar, TODAY));
}

/* As after a restore, which takes the seq back: an id that was there before
 * would be taken for a repeat, for ever. */
static void a_due_that_did_nothing_has_another_id_next(void **state)
{
	struct sink *sink = *state;
	struct flights *flights = &sink->dispatch.flights;
	char first[128], second[128];
	char *const text[] = {first, second};

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	sink_head(sink, STREAM_BUCKETS, 7, TODAY, true);
	for (int i = 0; i < 2; i++) {
		struct text body;

		sink_turn(sink);
		assert_int_equal(sink->given_count, 1);
		body =
		    flight_find(flights, sink->given[0].ticket)->request.body;
		assert_in_range(body.length, 1, sizeof(first) - 1);
		memset(text[i], 0, sizeof(first));
		memcpy(text[i], body.at, body.length);
		sink_head(sink, STREAM_BUCKETS, 7, TODAY, true);
		sink_answer(sink, 0, LINK_RESULT);
	}
	assert_memory_not_equal(first, second, sizeof(first));
}

static void due_members_give_way_to_partners(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 100);
	int32_t stream;

	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_turn(sink);
	stream = sink->given[0].stream;
	worker->window = 1;
	sink_head(sink, stream, 2, TODAY, true);
	sink_submit(sink, "p", "canfitpro/1", "b");
	sink_answer(sink, 0, LINK_RESULT);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 1);
	assert_string_equal(sink->given[0].tag, "b");
}

static void what_is_turned_down_comes_again(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 100);
	dispatch_tick(&sink->dispatch, sink->now_us);
	sink_turn(sink);
	while (sink->given_count > 0)
		sink_answer(sink, 0, LINK_REFUSED);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 0);
	sink_pass(sink, 1200);
	assert_int_equal(count(sink, EVENT_DAY), STREAM_BUCKETS);
	sink_settle(sink);
	assert_true(calendar_is_settled(&sink->dispatch.calendar, TODAY));
}

/* A DAY that a worker did, and died; the other answers the repeat without a
 * head: who was due then may be due still. */
static void a_repeat_without_a_head_is_looked_after(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 100);
	dispatch_tick(&sink->dispatch, sink->now_us);
	sink_turn(sink);
	while (sink->given_count > 0)
		sink_answer(sink, 0, LINK_RESULT);
	assert_false(calendar_is_settled(&sink->dispatch.calendar, TODAY));
	sink_pass(sink, 200);
	assert_int_equal(count(sink, EVENT_DUE), STREAM_BUCKETS);
	while (sink->given_count > 0)
		sink_answer(sink, 0, LINK_RESULT);
	assert_true(calendar_is_settled(&sink->dispatch.calendar, TODAY));
}

static void a_restored_database_hears_of_the_day_again(void **state)
{
	struct sink *sink = *state;
	struct stream_head head = {.stream = STREAM_BUCKETS,
	    .seq = 1,
	    .chain = TEXT("0123456789abcdef"),
	    .today = TODAY - 3};

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	dispatch_head(&sink->dispatch, &head, true);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_DAY), 1);
	assert_int_equal(sink->given[0].stream, STREAM_BUCKETS);
}

/* creditd, started since, has asked for no day itself. */
static void a_day_that_was_known_from_heads_is_asked_for_again(void **state)
{
	struct sink *sink = *state;
	struct stream_head head = {.stream = STREAM_BUCKETS,
	    .seq = 1,
	    .chain = TEXT("0123456789abcdef"),
	    .today = TODAY - 3};

	sink_worker(sink, "w", 100);
	for (int i = 0; i < STREAM_BUCKETS; i++)
		sink_head(sink, STREAM_BUCKETS + i, 1, TODAY, false);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_DAY), 0);
	dispatch_head(&sink->dispatch, &head, true);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_DAY), 1);
}

/* It was restored to a moment before the stream's first event. */
static void a_stream_that_a_hello_does_not_tell_is_empty(void **state)
{
	struct sink *sink = *state;
	struct worker *worker;

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	worker = sink_worker(sink, "v", 100);
	for (int i = 1; i < STREAM_BUCKETS; i++) {
		struct stream_head head = {.stream = STREAM_BUCKETS + i,
		    .seq = 1,
		    .chain = TEXT("0123456789abcdef"),
		    .today = TODAY};

		dispatch_head(&sink->dispatch, &head, true);
	}
	dispatch_told(&sink->dispatch, worker);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_DAY), 1);
	assert_int_equal(sink->given[0].stream, STREAM_BUCKETS);
}

static void a_restored_database_hears_of_the_program_again(void **state)
{
	struct sink *sink = *state;
	struct stream_head head = {.stream = STREAM_BUCKETS,
	    .seq = 5,
	    .chain = TEXT("0123456789abcdef"),
	    .today = TODAY,
	    .rules = 1};

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	sink->dispatch.directory.first->revision = 2;
	dispatch_head(&sink->dispatch, &head, true);
	sink_settle(sink);
	assert_int_equal(count(sink, EVENT_PROGRAM), 0);
	dispatch_head(&sink->dispatch, &head, true);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_PROGRAM), 1);
}

static void a_revision_nobody_told_of_rules_after_a_hello(void **state)
{
	struct sink *sink = *state;
	struct stream_head head = {.stream = STREAM_BUCKETS,
	    .seq = 5,
	    .chain = TEXT("0123456789abcdef"),
	    .today = TODAY,
	    .rules = 1};

	sink_worker(sink, "w", 100);
	sink_settle(sink);
	sink->dispatch.directory.first->revision = 2;
	dispatch_head(&sink->dispatch, &head, false);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_PROGRAM), 0);
	dispatch_head(&sink->dispatch, &head, true);
	dispatch_head(&sink->dispatch, &head, true);
	sink_pass(sink, 100);
	assert_int_equal(count(sink, EVENT_PROGRAM), 1);
	assert_int_equal(sink->given[0].stream, STREAM_BUCKETS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_stream_hears_of_the_day_before_its_first_event),
	    TEST(a_stream_that_knows_the_day_is_not_told),
	    TEST(midnight_comes_to_all_streams),
	    TEST(a_day_that_waits_is_enough),
	    TEST(due_members_are_ruled_one_event_at_a_time),
	    TEST(a_due_that_did_nothing_has_another_id_next),
	    TEST(due_members_give_way_to_partners),
	    TEST(what_is_turned_down_comes_again),
	    TEST(a_repeat_without_a_head_is_looked_after),
	    TEST(a_restored_database_hears_of_the_day_again),
	    TEST(a_day_that_was_known_from_heads_is_asked_for_again),
	    TEST(a_stream_that_a_hello_does_not_tell_is_empty),
	    TEST(a_restored_database_hears_of_the_program_again),
	    TEST(a_revision_nobody_told_of_rules_after_a_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
