/* dispatch.h: the journey of an event. */
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

static const char *code(const struct sink *sink, const char *tag)
{
	const struct replied *replied = sink_reply(sink, tag);

	return replied != NULL ? replied->code : "(no reply)";
}

static void before_the_first_hello_it_is_unavailable(void **state)
{
	struct sink *sink = *state;

	sink_submit(sink, "p", "canfitpro/1", "a");
	assert_string_equal(code(sink, "a"), "UNAVAILABLE");
	assert_int_equal(sink_reply(sink, "a")->retry_after_ms, 1000);
}

static void an_unknown_organization_is_malformed(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 10);
	sink_submit(sink, "p", "nobody/1", "a");
	assert_string_equal(code(sink, "a"), "MALFORMED");
	sink_query(sink, "nobody", "b");
	assert_string_equal(code(sink, "b"), "MALFORMED");
}

static void an_event_goes_to_a_worker_and_back(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 10);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_settle(sink);
	sink_answer(sink, sink_find(sink, "a"), LINK_RESULT);
	assert_string_equal(sink_reply(sink, "a")->verb, "RESULT");
	assert_true(dispatch_is_empty(&sink->dispatch));
	assert_int_equal(sink->dispatch.partners.count, 0);
	assert_int_equal(sink->dispatch.flights.bytes, 0);
}

static void a_worker_takes_no_more_than_its_window(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 10);
	char tag[16];

	for (int i = 0; i < 50; i++) {
		snprintf(tag, sizeof(tag), "%d", i);
		sink_submit(sink, "p", "canfitpro/1", tag);
	}
	sink_turn(sink);
	assert_int_equal(worker->events, 10);
	assert_int_equal(sink->given_count, 10);
	sink_answer(sink, 3, LINK_RESULT);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 10);
}

static void a_partner_beyond_its_limit_is_told_busy(void **state)
{
	struct dispatch_limits limits = sink_limits;
	struct sink small;

	(void)state;
	limits.in_flight = 6;
	limits.in_flight_per_partner = 3;
	sink_init(&small, &limits);
	sink_worker(&small, "w", 10);
	for (int i = 0; i < 3; i++)
		sink_submit(&small, "p", "canfitpro/1", "fine");
	sink_submit(&small, "p", "canfitpro/1", "too many");
	assert_string_equal(code(&small, "too many"), "BUSY");
	assert_true(sink_reply(&small, "too many")->retry_after_ms > 0);
	sink_submit(&small, "q", "canfitpro/1", "fine");
	sink_submit(&small, "q", "canfitpro/1", "fine");
	assert_int_equal(sink_replies(&small, "fine"), 0);
	/* Who has two may not have the last one; who comes next may. */
	sink_submit(&small, "q", "canfitpro/1", "the last");
	assert_string_equal(code(&small, "the last"), "BUSY");
	sink_submit(&small, "r", "canfitpro/1", "fine");
	assert_int_equal(sink_replies(&small, "fine"), 0);
	sink_submit(&small, "s", "canfitpro/1", "in all");
	assert_string_equal(code(&small, "in all"), "BUSY");
	/* Who asks on and on is cut off. */
	for (int i = 0; i < 40 && small.cut == 0; i++)
		sink_submit(&small, "p", "canfitpro/1", "again");
	assert_int_equal(small.cut, 1);
	sink_fini(&small);
}

static void bodies_are_bounded_in_bytes(void **state)
{
	struct dispatch_limits limits = sink_limits;
	struct sink small;

	(void)state;
	limits.bytes = 100;
	sink_init(&small, &limits);
	sink_worker(&small, "w", 10);
	for (int i = 0; i < 100; i++)
		sink_submit(&small, "p", "canfitpro/1", "x");
	assert_true(small.dispatch.flights.bytes < 200);
	assert_string_equal(code(&small, "x"), "BUSY");
	sink_fini(&small);
}

/* All that a lost worker had goes to the head of its stream, in order, before
 * what waits there. */
static void what_a_lost_worker_had_goes_first_to_another(void **state)
{
	struct sink *sink = *state;
	struct worker *lost = sink_worker(sink, "a", 4);
	struct worker *other;
	char tag[16];

	sink_settle(sink);
	for (int i = 0; i < 8; i++) {
		snprintf(tag, sizeof(tag), "%d", i);
		sink_submit(sink, "p", "canfitpro/1", tag);
	}
	sink_settle(sink);
	assert_int_equal(sink->given_count, 4);
	sink_answer(sink, sink_find(sink, "1"), LINK_RESULT);
	dispatch_lose(&sink->dispatch, lost, "the test says so");
	assert_int_equal(sink->dispatch.stats.events_requeued, 3);
	sink->given_count = 0;
	other = sink_worker(sink, "b", 100);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 7);
	assert_string_equal(sink->given[0].tag, "0");
	for (int i = 1; i < 7; i++) {
		snprintf(tag, sizeof(tag), "%d", i + 1);
		assert_string_equal(sink->given[i].tag, tag);
		assert_int_equal(sink->given[i].worker, other->serial);
	}
}

static void a_connection_that_is_gone_is_noticed_when_giving(void **state)
{
	struct sink *sink = *state;
	struct worker *gone = sink_worker(sink, "a", 10);
	uint32_t serial = gone->serial;

	sink_settle(sink);
	sink->gone = serial;
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_turn(sink);
	assert_null(pool_find_serial(&sink->dispatch.pool, serial));
	assert_int_equal(sink->given_count, 0);
	sink_worker(sink, "b", 10);
	sink_settle(sink);
	assert_int_equal(sink->given_count, 1);
}

static void a_worker_that_says_hello_anew_has_lost_its_events(void **state)
{
	struct sink *sink = *state;
	const struct worker_hello hello = {.name = TEXT("w"),
	    .incarnation = TEXT("i1"),
	    .window = 10,
	    .query_window = 2,
	    .database = LINK_DATABASE_WELL};

	sink_worker(sink, "w", 10);
	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_query(sink, "canfitpro", "q");
	sink_turn(sink);
	sink->given_count = 0;
	/* The same incarnation by a new connection. */
	assert_non_null(dispatch_hello(
	    &sink->dispatch, TEXT("other"), &hello, sink->now_us));
	assert_int_equal(sink->dispatch.pool.count, 1);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 2);
}

static void a_silent_worker_is_lost_but_not_after_a_pause_of_ours(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 10);
	sink_pass(sink, 300);
	/* creditd itself stood still for a minute. */
	sink->now_us += 60000000;
	dispatch_tick(&sink->dispatch, sink->now_us);
	assert_int_equal(sink->dispatch.pool.count, 1);
	for (int i = 0; i < 22; i++) {
		sink->now_us += 100000;
		dispatch_tick(&sink->dispatch, sink->now_us);
	}
	assert_int_equal(sink->dispatch.pool.count, 0);
}

/* A woken worker's answer to what another one has by now counts for nothing. */
static void only_who_has_an_event_can_answer_it(void **state)
{
	struct sink *sink = *state;
	struct worker *first = sink_worker(sink, "a", 10);
	struct worker *second;
	struct worker_answer answer = {
	    .verb = LINK_RESULT, .body = TEXT("answer")};

	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "x");
	sink_turn(sink);
	second = sink_worker(sink, "b", 10);
	answer.ticket = sink->given[0].ticket;
	dispatch_answer(&sink->dispatch, second, &answer, sink->now_us);
	assert_null(sink_reply(sink, "x"));
	dispatch_answer(&sink->dispatch, first, &answer, sink->now_us);
	assert_string_equal(sink_reply(sink, "x")->verb, "RESULT");
	dispatch_answer(&sink->dispatch, first, &answer, sink->now_us);
	assert_int_equal(sink_replies(sink, "x"), 1);
	assert_int_equal(sink->dispatch.stats.answers_late, 2);
}

static void waiting_events_expire_and_sent_ones_stay(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 1);

	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "sent");
	sink_submit(sink, "p", "canfitpro/1", "waiting");
	sink_turn(sink);
	sink_pass(sink, 10100);
	assert_string_equal(code(sink, "sent"), "UNAVAILABLE");
	assert_string_equal(code(sink, "waiting"), "UNAVAILABLE");
	assert_int_equal(sink->dispatch.flights.in_flight, 1);
	assert_int_equal(sink->dispatch.partners.count, 0);
	assert_int_equal(worker->holder.held_count, 1);
	/* The late answer frees its place; nobody hears of it. */
	sink_answer(sink, sink_find(sink, "sent"), LINK_RESULT);
	assert_int_equal(sink_replies(sink, "sent"), 1);
	assert_int_equal(sink->dispatch.stats.answers_late, 1);
	assert_true(dispatch_is_empty(&sink->dispatch));
}

static void what_was_given_up_is_not_given_to_others(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 10);

	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_query(sink, "canfitpro/1", "q");
	sink_turn(sink);
	sink_pass(sink, 10100);
	dispatch_lose(&sink->dispatch, worker, "the test says so");
	assert_true(dispatch_is_empty(&sink->dispatch));
	sink->given_count = 0;
	sink_worker(sink, "v", 10);
	sink_settle(sink);
	assert_int_equal(sink->given_count, 0);
}

static void without_a_well_worker_there_is_a_second_of_grace(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 10);

	sink_settle(sink);
	dispatch_beat(&sink->dispatch, worker, LINK_DATABASE_AWAY,
	    TEXT("refused"), sink->now_us);
	sink_turn(sink);
	sink_submit(sink, "p", "canfitpro/1", "a");
	assert_null(sink_reply(sink, "a"));
	sink_pass(sink, 1200);
	sink_submit(sink, "p", "canfitpro/1", "b");
	assert_string_equal(code(sink, "b"), "UNAVAILABLE");
	sink_query(sink, "canfitpro", "c");
	assert_string_equal(code(sink, "c"), "UNAVAILABLE");
	dispatch_beat(&sink->dispatch, worker, LINK_DATABASE_WELL, TEXT(""),
	    sink->now_us);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 1);
	sink_submit(sink, "p", "canfitpro/1", "d");
	assert_null(sink_reply(sink, "d"));
}

static void streams_are_shared_with_a_worker_that_joins(void **state)
{
	struct sink *sink = *state;
	struct worker *a = sink_worker(sink, "a", 1000);
	struct worker *b = NULL;
	char member[32];

	sink_settle(sink);
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 400; i++) {
			snprintf(member, sizeof(member), "canfitpro/%d", i);
			sink_submit(sink, "p", member, "x");
		}
		if (round == 2)
			b = sink_worker(sink, "b", 1000);
		sink_pass(sink, 100);
		while (sink->given_count > 700)
			sink_answer(sink, 0, LINK_RESULT);
		sink->replied_count = 0;
	}
	assert_non_null(b);
	assert_int_equal(
	    a->holder.held_count + b->holder.held_count, STREAM_BUCKETS);
	assert_in_range(b->holder.held_count, 20, 44);
	assert_true(sink->dispatch.stats.streams_moved <= 64);
}

static void queries_wait_for_a_window_and_are_bounded(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 10);

	sink_settle(sink);
	/* A partner may have half, and what is at a worker. */
	for (int i = 0; i < 2048 + 1; i++) {
		sink_query(sink, "canfitpro/1", "q");
		sink_turn(sink);
	}
	assert_int_equal(worker->queries, 2);
	assert_null(sink_reply(sink, "q"));
	sink_query(sink, "canfitpro/1", "one more");
	assert_string_equal(code(sink, "one more"), "BUSY");
	sink_answer(sink, 0, LINK_ANSWER);
	assert_string_equal(sink_reply(sink, "q")->verb, "ANSWER");
}

static void queries_about_creditd_are_answered_here(void **state)
{
	static const struct {
		const char *body;
		const char *local;
	} cases[] = {{"\x81\xa5query\xa5"
		      "feeds",
			 "feeds"},
	    {"\x81\xa5query\xa6status", "status"},
	    {"\x81\xa5query\xa7"
	     "balance",
		NULL},
	    {"\x82\xa5query\xa6status\xa1x\x01", NULL},
	    {"\x81\xa5query\x01", NULL}, {"\xc1", NULL}};
	struct sink *sink = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct request request = {.verb = REQUEST_QUERY,
		    .fd = -1,
		    .route = TEXT("p"),
		    .tag = TEXT("t"),
		    .key = TEXT(""),
		    .body = text_of(cases[i].body)};

		sink->local = 0;
		sink->replied_count = 0;
		dispatch_request(&sink->dispatch, &request, sink->now_us);
		assert_int_equal(sink->local, cases[i].local != NULL);
		if (cases[i].local != NULL)
			assert_string_equal(sink->local_query, cases[i].local);
		else
			assert_string_equal(code(sink, "t"), "MALFORMED");
	}
}

static void at_the_end_all_that_wait_are_told(void **state)
{
	struct sink *sink = *state;

	sink_worker(sink, "w", 1);
	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_submit(sink, "p", "canfitpro/2", "b");
	sink_turn(sink);
	dispatch_refuse_all(&sink->dispatch);
	assert_string_equal(code(sink, "a"), "UNAVAILABLE");
	assert_string_equal(code(sink, "b"), "UNAVAILABLE");
}

static void a_leaving_worker_is_given_nothing_more(void **state)
{
	struct sink *sink = *state;
	struct worker *worker = sink_worker(sink, "w", 10);

	sink_settle(sink);
	sink_submit(sink, "p", "canfitpro/1", "a");
	sink_turn(sink);
	dispatch_bye(&sink->dispatch, worker);
	sink_submit(sink, "p", "canfitpro/1", "b");
	sink_turn(sink);
	assert_int_equal(sink->given_count, 1);
	sink_answer(sink, 0, LINK_RESULT);
	assert_string_equal(sink_reply(sink, "a")->verb, "RESULT");
	dispatch_beat(&sink->dispatch, worker, LINK_DATABASE_WELL, TEXT(""),
	    sink->now_us);
	sink_turn(sink);
	assert_int_equal(sink->given_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(before_the_first_hello_it_is_unavailable),
	    TEST(an_unknown_organization_is_malformed),
	    TEST(an_event_goes_to_a_worker_and_back),
	    TEST(a_worker_takes_no_more_than_its_window),
	    TEST(a_partner_beyond_its_limit_is_told_busy),
	    TEST(bodies_are_bounded_in_bytes),
	    TEST(what_a_lost_worker_had_goes_first_to_another),
	    TEST(a_connection_that_is_gone_is_noticed_when_giving),
	    TEST(a_worker_that_says_hello_anew_has_lost_its_events),
	    TEST(a_silent_worker_is_lost_but_not_after_a_pause_of_ours),
	    TEST(only_who_has_an_event_can_answer_it),
	    TEST(waiting_events_expire_and_sent_ones_stay),
	    TEST(what_was_given_up_is_not_given_to_others),
	    TEST(without_a_well_worker_there_is_a_second_of_grace),
	    TEST(streams_are_shared_with_a_worker_that_joins),
	    TEST(queries_wait_for_a_window_and_are_bounded),
	    TEST(queries_about_creditd_are_answered_here),
	    TEST(at_the_end_all_that_wait_are_told),
	    TEST(a_leaving_worker_is_given_nothing_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
