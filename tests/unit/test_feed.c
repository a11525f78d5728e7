/* feed.h: order, holes, republication, a restored database */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "sink.h"

#define STREAM 65

struct world {
	struct sink sink;
	struct worker *worker;
	struct stream *stream;
	struct wire_writer writer;
};

static int set_up(void **state)
{
	static struct world world;

	sink_init(&world.sink, &sink_limits);
	world.worker = sink_worker(&world.sink, "w", 10);
	world.stream = directory_stream(&world.sink.dispatch.directory, STREAM);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	wire_writer_fini(&world->writer);
	sink_fini(&world->sink);
	return 0;
}

/* The chain at an offset, in a history of the database. */
static struct text chain(int64_t offset, char history)
{
	static char bytes[CHAIN_SIZE + 1];

	snprintf(bytes, sizeof(bytes), "%c%015d", history, (int)offset);
	return (struct text){bytes, CHAIN_SIZE};
}

static void tell_change(struct world *world, int64_t offset)
{
	char topic[32];
	struct change change = {.stream = STREAM,
	    .offset = offset,
	    .chain = chain(offset, 'a'),
	    .body = TEXT("b")};

	snprintf(topic, sizeof(topic), "%d", (int)offset);
	change.topic = text_of(topic);
	dispatch_change(&world->sink.dispatch, &change);
}

static void tell_head(struct world *world, int64_t offset, char history)
{
	const struct stream_head head = {.stream = STREAM,
	    .seq = 1,
	    .offset = offset,
	    .chain = chain(offset, history),
	    .today = date_of(2026, 6, 30)};

	dispatch_head(&world->sink.dispatch, &head, false);
}

/* Answers the FETCH sent last with `from` to `to` of a database at `head`. */
static bool fetched(
    struct world *world, int64_t from, int64_t to, int64_t head, char history)
{
	struct sink *sink = &world->sink;
	struct fetched_for *asked = &sink->fetched[sink->fetched_count - 1];
	struct wire_writer *w = &world->writer;
	struct fetched answer = {.ticket = asked->ticket, .head = head};
	char topic[32];

	wire_writer_reset(w);
	for (int64_t i = from; i <= to; i++) {
		snprintf(topic, sizeof(topic), "%d", (int)i);
		wire_write_array(w, 5);
		wire_write_int(w, STREAM);
		wire_write_int(w, i);
		wire_write_bin(w, chain(i, history));
		wire_write_text(w, text_of(topic));
		wire_write_bin(w, TEXT("b"));
		answer.count++;
	}
	answer.changes = wire_reader(w->data, w->size);
	return dispatch_fetched(&sink->dispatch,
	    pool_find_serial(&sink->dispatch.pool, asked->worker), STREAM,
	    &answer, sink->now_us);
}

/* All that went out since: offsets from `first` on, without a gap. */
static void check_published(struct world *world, int64_t first, size_t count)
{
	assert_int_equal(world->sink.published_count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
		    atoi(world->sink.published[i].topic), first + (int64_t)i);
	world->sink.published_count = 0;
}

static void what_comes_in_order_goes_out_at_once(void **state)
{
	struct world *world = *state;

	for (int i = 1; i <= 5; i++)
		tell_change(world, i);
	tell_head(world, 5, 'a');
	check_published(world, 1, 5);
	tell_change(world, 5); /* again */
	sink_turn(&world->sink);
	assert_int_equal(world->sink.fetched_count, 0);
	check_published(world, 1, 0);
}

static void a_hole_is_fetched_before_all_else(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	tell_change(world, 1);
	tell_change(world, 4);
	tell_change(world, 5);
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 1);
	/* From the one that is out: does it still stand? */
	assert_int_equal(sink->fetched[0].after, 0);
	tell_change(world, 6);
	check_published(world, 1, 1);
	assert_true(fetched(world, 1, 4, 6, 'a'));
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 2);
	assert_int_equal(sink->fetched[1].after, 3);
	assert_true(fetched(world, 4, 6, 6, 'a'));
	check_published(world, 2, 5);
	tell_change(world, 7);
	check_published(world, 7, 1);
	assert_false(world->stream->feed.behind);
}

static void a_head_beyond_is_a_hole(void **state)
{
	struct world *world = *state;

	tell_change(world, 1);
	tell_head(world, 3, 'a');
	sink_turn(&world->sink);
	assert_int_equal(world->sink.fetched_count, 1);
	assert_true(fetched(world, 2, 3, 3, 'a'));
	check_published(world, 1, 3);
}

static void after_a_start_the_last_thousand_go_out_again(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;
	int64_t at = 4000;

	tell_head(world, 5000, 'a');
	while (at < 5000) {
		int64_t to = at + 400 < 5000 ? at + 400 : 5000;

		sink_turn(sink);
		/* The chain of the first one is not known. */
		assert_int_equal(sink->fetched[sink->fetched_count - 1].after,
		    at == 4000 ? at : at - 1);
		assert_true(fetched(world, at + 1, to, 5000, 'a'));
		at = to;
	}
	check_published(world, 4001, 1000);
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 3);
	tell_change(world, 5001);
	check_published(world, 5001, 1);
}

/* What is archived can't be published again. */
static void after_a_start_the_oldest_may_be_missing(void **state)
{
	struct world *world = *state;

	tell_head(world, 50, 'a');
	sink_turn(&world->sink);
	assert_true(fetched(world, 31, 50, 50, 'a'));
	check_published(world, 31, 20);
	/* Later a gap is damage. */
	tell_head(world, 60, 'a');
	sink_turn(&world->sink);
	assert_false(fetched(world, 53, 60, 60, 'a'));
	check_published(world, 51, 0);
}

static void a_fetch_without_an_answer_goes_to_another(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;
	struct worker *other = sink_worker(sink, "v", 10);

	tell_change(world, 1);
	tell_change(world, 3);
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 1);
	sink_pass(sink, 5200);
	assert_int_equal(sink->fetched_count, 2);
	assert_true(sink->fetched[0].worker != sink->fetched[1].worker);
	assert_int_equal(world->worker->fetches + other->fetches, 1);
	/* One that brings nothing is asked again after a while. */
	assert_true(fetched(world, 1, 0, 3, 'a'));
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 2);
	sink_pass(sink, 1200);
	assert_int_equal(sink->fetched_count, 3);
	assert_true(sink->fetched[1].worker != sink->fetched[2].worker);
	/* Its worker is lost: at once to the other. */
	dispatch_lose(&sink->dispatch,
	    pool_find_serial(&sink->dispatch.pool, sink->fetched[2].worker),
	    "the test says so");
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 4);
	assert_true(fetched(world, 2, 3, 3, 'a'));
	check_published(world, 1, 3);
}

static void without_room_it_waits_and_loses_nothing(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	tell_change(world, 1);
	sink->no_room = true;
	tell_change(world, 2);
	sink->no_room = false;
	tell_change(world, 3);
	sink_turn(sink);
	assert_true(fetched(world, 2, 3, 3, 'a'));
	check_published(world, 1, 3);
}

static void a_fetch_that_finds_no_room_goes_on_where_it_stopped(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	tell_change(world, 1);
	tell_head(world, 3, 'a');
	sink_turn(sink);
	sink->no_room = true;
	assert_true(fetched(world, 2, 3, 3, 'a'));
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 1);
	sink->no_room = false;
	sink_pass(sink, 100);
	assert_int_equal(sink->fetched_count, 2);
	assert_int_equal(sink->fetched[1].after, 0);
	assert_true(fetched(world, 1, 3, 3, 'a'));
	check_published(world, 1, 3);
}

static void after_a_start_subscribers_have_time_to_come_back(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	feed_open(&sink->dispatch.feed, world->stream->organization);
	tell_change(world, 1);
	tell_head(world, 1, 'a');
	sink_pass(sink, 500);
	assert_int_equal(sink->fetched_count, 0);
	tell_change(world, 2);
	check_published(world, 1, 0);
	sink_pass(sink, 700);
	assert_int_equal(sink->fetched_count, 1);
	assert_int_equal(sink->fetched[0].after, 0);
	assert_true(fetched(world, 1, 2, 2, 'a'));
	tell_change(world, 3);
	check_published(world, 1, 3);
}

static void old_news_is_looked_into_and_forgotten(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	for (int i = 1; i <= 5; i++)
		tell_change(world, i);
	tell_head(world, 3, 'a');
	sink_turn(sink);
	assert_int_equal(sink->fetched_count, 1);
	assert_int_equal(sink->fetched[0].after, 4);
	assert_true(fetched(world, 5, 5, 5, 'a'));
	check_published(world, 1, 5);
	assert_int_equal(sink->dispatch.feed.epoch, 1);
	assert_false(world->stream->feed.behind);
}

static void a_restored_database_is_published_again(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	for (int i = 1; i <= 5; i++)
		tell_change(world, i);
	check_published(world, 1, 5);
	tell_head(world, 3, 'b');
	sink_turn(sink);
	assert_true(fetched(world, 1, 0, 3, 'b'));
	assert_int_equal(sink->dispatch.feed.epoch, 2);
	sink_turn(sink);
	assert_int_equal(sink->fetched[1].after, 0);
	assert_true(fetched(world, 1, 3, 3, 'b'));
	check_published(world, 1, 3);
}

static void another_history_of_the_same_length_is_noticed(void **state)
{
	struct world *world = *state;

	for (int i = 1; i <= 5; i++)
		tell_change(world, i);
	tell_head(world, 5, 'b');
	sink_turn(&world->sink);
	assert_int_equal(world->sink.fetched_count, 1);
	assert_true(fetched(world, 5, 5, 5, 'b'));
	assert_int_equal(world->sink.dispatch.feed.epoch, 2);
}

/* The worker read the database before the change was committed that another
 * has told meanwhile. */
static void what_is_told_during_a_fetch_is_not_forgotten(void **state)
{
	struct world *world = *state;

	tell_change(world, 1);
	tell_head(world, 3, 'a');
	sink_turn(&world->sink);
	tell_change(world, 4);
	assert_true(fetched(world, 1, 3, 3, 'a'));
	check_published(world, 1, 3);
	sink_turn(&world->sink);
	assert_int_equal(world->sink.fetched_count, 2);
	assert_true(fetched(world, 3, 4, 4, 'a'));
	check_published(world, 4, 1);
	assert_false(world->stream->feed.behind);
}

static void nothing_goes_out_while_a_restore_is_suspected(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	for (int i = 1; i <= 5; i++)
		tell_change(world, i);
	check_published(world, 1, 5);
	/* The new history has grown beyond the old one. */
	tell_head(world, 4, 'b');
	tell_change(world, 6);
	sink_turn(sink);
	tell_change(world, 7);
	check_published(world, 1, 0);
	assert_true(fetched(world, 5, 7, 7, 'b'));
	assert_int_equal(sink->dispatch.feed.epoch, 2);
	check_published(world, 1, 0);
	sink_turn(sink);
	assert_true(fetched(world, 1, 7, 7, 'b'));
	check_published(world, 1, 7);
}

static void a_hole_is_not_filled_from_another_history(void **state)
{
	struct world *world = *state;

	for (int i = 1; i <= 5; i++)
		tell_change(world, i);
	check_published(world, 1, 5);
	tell_head(world, 7, 'b');
	sink_turn(&world->sink);
	assert_int_equal(world->sink.fetched[0].after, 4);
	assert_true(fetched(world, 5, 7, 7, 'b'));
	check_published(world, 1, 0);
	assert_int_equal(world->sink.dispatch.feed.epoch, 2);
}

/* Subscribers may have asked a worker for what is gone. */
static void a_restore_of_what_was_not_published_changes_the_epoch(void **state)
{
	struct world *world = *state;

	tell_head(world, 5, 'a');
	sink_turn(&world->sink);
	assert_true(fetched(world, 1, 3, 3, 'b'));
	check_published(world, 1, 3);
	assert_int_equal(world->sink.dispatch.feed.epoch, 2);
	assert_false(world->stream->feed.behind);
}

static void heads_tell_what_is_published(void **state)
{
	struct world *world = *state;
	struct sink *sink = &world->sink;

	feed_heads(&sink->dispatch.feed, &sink->dispatch.directory);
	assert_int_equal(sink->published_count, 1);
	assert_string_equal(sink->published[0].topic, "heads/canfitpro");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_comes_in_order_goes_out_at_once),
	    TEST(a_hole_is_fetched_before_all_else),
	    TEST(a_head_beyond_is_a_hole),
	    TEST(after_a_start_the_last_thousand_go_out_again),
	    TEST(after_a_start_the_oldest_may_be_missing),
	    TEST(a_fetch_without_an_answer_goes_to_another),
	    TEST(without_room_it_waits_and_loses_nothing),
	    TEST(a_fetch_that_finds_no_room_goes_on_where_it_stopped),
	    TEST(after_a_start_subscribers_have_time_to_come_back),
	    TEST(old_news_is_looked_into_and_forgotten),
	    TEST(a_restored_database_is_published_again),
	    TEST(another_history_of_the_same_length_is_noticed),
	    TEST(what_is_told_during_a_fetch_is_not_forgotten),
	    TEST(nothing_goes_out_while_a_restore_is_suspected),
	    TEST(a_hole_is_not_filled_from_another_history),
	    TEST(a_restore_of_what_was_not_published_changes_the_epoch),
	    TEST(heads_tell_what_is_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
