/* stream.h */
#include "stream.h"

#include "unit.h"

struct world {
	struct flights flights;
	struct streams streams;
	struct stream stream;
	struct holder holder;
};

static int set_up(void **state)
{
	static struct world world;

	flights_init(&world.flights);
	streams_init(&world.streams);
	stream_init(&world.stream, 65, NULL);
	holder_init(&world.holder);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	flights_fini(&world->flights);
	return 0;
}

static struct flight *push(struct world *world, bool low)
{
	static const struct request nothing;
	struct flight *flight = flight_take(
	    &world->flights, low ? FLIGHT_SYSTEM : FLIGHT_EVENT, &nothing);

	assert_non_null(flight);
	flight->low = low;
	stream_push(&world->streams, &world->stream, flight);
	return flight;
}

static struct flight *give(struct world *world)
{
	struct flight *flight = stream_next(&world->stream);

	assert_non_null(flight);
	stream_give(&world->streams, &world->stream, flight, &world->holder);
	return flight;
}

static void settle(struct world *world, struct flight *flight)
{
	stream_remove(&world->streams, &world->stream, flight);
	flight_free(&world->flights, flight);
}

static bool is_in(const struct stream_list *list, const struct stream *stream)
{
	const struct stream *each;

	TAILQ_FOREACH (each, list, ready_link)
		if (each == stream)
			return true;
	return false;
}

/* state, and that it is in the lists that the state says. */
static void check(const struct world *world, enum stream_state state)
{
	const struct stream *stream = &world->stream;

	assert_string_equal(
	    stream_state_name(stream->state), stream_state_name(state));
	assert_int_equal(
	    is_in(&world->streams.ready, stream), state == STREAM_READY);
	assert_int_equal(
	    is_in(&world->holder.ready, stream), state == STREAM_FED);
	assert_int_equal(world->holder.held_count, state >= STREAM_HELD);
	assert_int_equal(world->holder.moving_count, state == STREAM_MOVING);
	assert_int_equal(stream->holder != NULL, state >= STREAM_HELD);
}

static void its_state_follows_its_events(void **state)
{
	struct world *world = *state;
	struct flight *a, *b;

	check(world, STREAM_IDLE);
	a = push(world, false);
	check(world, STREAM_READY);
	settle(world, a); /* expired */
	check(world, STREAM_IDLE);
	push(world, false);
	push(world, false);
	a = give(world);
	check(world, STREAM_FED);
	b = give(world);
	check(world, STREAM_HELD);
	settle(world, b);
	check(world, STREAM_HELD);
	settle(world, a);
	check(world, STREAM_IDLE);
}

static void events_leave_in_the_order_of_their_arrival(void **state)
{
	struct world *world = *state;
	struct flight *first = push(world, false);
	struct flight *second = push(world, false);
	struct flight *low;

	assert_ptr_equal(give(world), first);
	low = push(world, true);
	assert_ptr_equal(give(world), second);
	assert_ptr_equal(give(world), low);
	assert_null(stream_next(&world->stream));
}

static void the_low_lane_gets_its_turn_where_partners_never_pause(void **state)
{
	struct world *world = *state;
	struct flight *low = push(world, true);
	int given = 0;

	for (;;) {
		push(world, false);
		if (give(world) == low)
			break;
		assert_true(++given < 100);
	}
	assert_int_equal(given, 32);
}

static void a_lost_workers_events_go_back_to_the_head_in_order(void **state)
{
	struct world *world = *state;
	struct flight *flight[6];

	for (int i = 0; i < 5; i++)
		flight[i] = push(world, i == 4);
	for (int i = 0; i < 5; i++)
		assert_ptr_equal(give(world), flight[i]);
	flight[5] = push(world, false);
	settle(world, flight[1]);
	assert_int_equal(stream_reclaim(&world->streams, &world->stream), 4);
	check(world, STREAM_READY);
	assert_int_equal(world->streams.waiting, 5);
	assert_int_equal(world->streams.at_worker, 0);
	for (int i = 0; i < 6; i++)
		if (i != 1)
			assert_ptr_equal(give(world), flight[i]);
}

static void a_moving_stream_is_drained_first(void **state)
{
	struct world *world = *state;
	struct flight *a, *b;

	push(world, false);
	push(world, false);
	push(world, false);
	a = give(world);
	b = give(world);
	stream_move(&world->streams, &world->stream, 7);
	check(world, STREAM_MOVING);
	settle(world, a);
	check(world, STREAM_MOVING);
	settle(world, b);
	check(world, STREAM_READY);
	assert_int_equal(world->stream.home, 7);
	assert_int_equal(world->stream.moving_to, 0);
}

static void a_move_can_be_called_off(void **state)
{
	struct world *world = *state;

	push(world, false);
	push(world, false);
	give(world);
	stream_move(&world->streams, &world->stream, 7);
	stream_move(&world->streams, &world->stream, 0);
	check(world, STREAM_FED);
	stream_move(&world->streams, &world->stream, 7);
	stream_reclaim(&world->streams, &world->stream);
	check(world, STREAM_READY);
	/* Nothing is there to be moved. */
	stream_move(&world->streams, &world->stream, 9);
	check(world, STREAM_READY);
	assert_int_equal(world->stream.moving_to, 0);
}

static void a_rotated_stream_is_the_last(void **state)
{
	struct world *world = *state;
	struct stream other;
	static const struct request nothing;

	stream_init(&other, 66, NULL);
	push(world, false);
	stream_push(&world->streams, &other,
	    flight_take(&world->flights, FLIGHT_EVENT, &nothing));
	assert_ptr_equal(TAILQ_FIRST(&world->streams.ready), &world->stream);
	stream_rotate(&world->streams, &world->stream);
	assert_ptr_equal(TAILQ_FIRST(&world->streams.ready), &other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(its_state_follows_its_events),
	    TEST(events_leave_in_the_order_of_their_arrival),
	    TEST(the_low_lane_gets_its_turn_where_partners_never_pause),
	    TEST(a_lost_workers_events_go_back_to_the_head_in_order),
	    TEST(a_moving_stream_is_drained_first),
	    TEST(a_move_can_be_called_off),
	    TEST(a_rotated_stream_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
