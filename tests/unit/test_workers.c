/* workers.h: the link, by a real socket */
#include "workers.h"

#include <stdlib.h>
#include <zmq.h>

#include "shore.h"
#include "sink.h"

struct world {
	struct shore shore;
	struct sink sink;
	struct workers workers;
	struct wire_writer writer;
	struct frames frames;
	void *peer;
};

static int set_up(void **state)
{
	static struct world world;
	char bound[ENDPOINT_SIZE];

	world = (struct world){0};
	shore_init(&world.shore);
	sink_init(&world.sink, &sink_limits);
	world.workers = (struct workers){.watch = world.shore.watch,
	    .dispatch = &world.sink.dispatch,
	    .beat_ms = 100,
	    .epoch = 77};
	assert_int_equal(workers_open(&world.workers, world.shore.context), 0);
	assert_int_equal(
	    socket_bind(world.workers.socket, world.shore.endpoint, bound), 0);
	world.peer = shore_peer(&world.shore, ZMQ_DEALER, world.shore.endpoint);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	zmq_close(world->peer);
	workers_close(&world->workers, 0);
	frames_fini(&world->frames);
	wire_writer_fini(&world->writer);
	sink_fini(&world->sink);
	shore_fini(&world->shore);
	return 0;
}

static void send(struct world *world)
{
	struct text message = wire_written(&world->writer);

	assert_false(world->writer.failed);
	assert_int_equal(frames_send(world->peer, &message, 1), 0);
}

/* [DONE or BEAT …] begins. */
static struct wire_writer *begin(
    struct world *world, uint32_t count, enum link_verb verb)
{
	wire_writer_reset(&world->writer);
	wire_write_array(&world->writer, count);
	wire_write_int(&world->writer, (int64_t)verb);
	return &world->writer;
}

static void write_hello(
    struct world *world, int64_t link, enum link_database database)
{
	struct wire_writer *w = begin(world, 12, LINK_HELLO);

	wire_write_int(w, link);
	wire_write_string(w, "worker@1");
	wire_write_string(w, "incarnation");
	wire_write_string(w, "0.1");
	wire_write_int(w, 3);
	wire_write_int(w, 1000);
	wire_write_int(w, 8);
	wire_write_int(w, (int64_t)database);
	wire_write_array(w, 1);
	wire_write_array(w, 5); /* a newer worker says more */
	wire_write_int(w, 1);
	wire_write_string(w, "canfitpro");
	wire_write_string(w, "America/Toronto");
	wire_write_int(w, 1);
	wire_write_nil(w);
	wire_write_array(w, 1);
	wire_write_array(w, 6);
	wire_write_int(w, 64);
	wire_write_int(w, 5);
	wire_write_int(w, 0);
	wire_write_bin(w, TEXT("0123456789abcdef"));
	wire_write_int(w, date_of(2026, 6, 30));
	wire_write_bool(w, false);
	wire_write_nil(w);
}

/* The verb of the next message that is no BEAT. */
static int64_t receive(struct world *world, struct wire_reader *ret)
{
	uint32_t items;
	int64_t verb;

	do {
		shore_receive(&world->shore, world->peer, &world->frames);
		*ret = wire_reader(
		    world->frames.frame[0].at, world->frames.frame[0].length);
		assert_true(wire_read_array(ret, &items));
		assert_true(wire_read_int(ret, &verb));
	} while (verb == LINK_BEAT);
	return verb;
}

static struct worker *say_hello(struct world *world)
{
	struct wire_reader reader;
	int64_t epoch, beat_ms;

	write_hello(world, LINK_VERSION, LINK_DATABASE_WELL);
	send(world);
	assert_int_equal(receive(world, &reader), LINK_WELCOME);
	assert_true(wire_read_int(&reader, &epoch));
	assert_true(wire_read_int(&reader, &beat_ms));
	assert_int_equal(epoch, 77);
	assert_int_equal(beat_ms, 100);
	return TAILQ_FIRST(&world->sink.dispatch.pool.workers);
}

static void hello_is_welcomed(void **state)
{
	struct world *world = *state;
	struct worker *worker = say_hello(world);
	struct stream *stream;

	assert_string_equal(worker->name, "worker@1");
	assert_string_equal(worker->schema, "3");
	assert_int_equal(worker->window, 1000);
	assert_true(world->sink.dispatch.ready);
	stream = directory_stream(&world->sink.dispatch.directory, 64);
	assert_non_null(stream);
	assert_int_equal(stream->dates.today, date_of(2026, 6, 30));
	assert_int_equal(stream->dates.seq, 5);
}

static void another_version_is_turned_away(void **state)
{
	struct world *world = *state;
	struct wire_reader reader;
	struct text message;

	write_hello(world, 99, LINK_DATABASE_WELL);
	send(world);
	assert_int_equal(receive(world, &reader), LINK_TURNED_AWAY);
	assert_true(wire_read_text(&reader, &message));
	assert_non_null(memmem(message.at, message.length, "99", 2));
	assert_int_equal(world->sink.dispatch.pool.count, 0);
}

static void a_strange_worker_is_asked_for_hello(void **state)
{
	struct world *world = *state;
	struct wire_reader reader;
	struct wire_writer *w = begin(world, 3, LINK_BEAT);

	wire_write_int(w, LINK_DATABASE_WELL);
	wire_write_string(w, "");
	send(world);
	assert_int_equal(receive(world, &reader), LINK_HELLO);
	say_hello(world);
}

static void one_whose_database_was_away_is_asked_again(void **state)
{
	struct world *world = *state;
	struct wire_reader reader;
	struct wire_writer *w;

	write_hello(world, LINK_VERSION, LINK_DATABASE_AWAY);
	send(world);
	assert_int_equal(receive(world, &reader), LINK_WELCOME);
	assert_false(world->sink.dispatch.ready);
	w = begin(world, 3, LINK_BEAT);
	wire_write_int(w, LINK_DATABASE_WELL);
	wire_write_string(w, "");
	send(world);
	assert_int_equal(receive(world, &reader), LINK_HELLO);
}

static void an_event_is_given_and_answered(void **state)
{
	struct world *world = *state;
	struct worker *worker = say_hello(world);
	struct wire_reader reader;
	struct wire_writer *w;
	struct flight *flight;
	int64_t value[3];
	struct text text;

	sink_submit(&world->sink, "p", "canfitpro/1", "x");
	sink_turn(&world->sink);
	flight = flight_find(
	    &world->sink.dispatch.flights, world->sink.given[1].ticket);
	assert_non_null(flight);
	assert_int_equal(workers_give(&world->workers, worker, flight), 0);
	assert_int_equal(receive(world, &reader), LINK_EVENT);
	for (int i = 0; i < 3; i++)
		assert_true(wire_read_int(&reader, &value[i]));
	assert_true(value[0] == flight->ticket);
	assert_int_equal(value[1], flight->stream->number);
	assert_int_equal(value[2], LINK_PARTNER);
	assert_true(wire_read_text(&reader, &text));
	assert_true(text_is(text, ""));
	assert_true(text_is(world->frames.frame[1], "body"));
	w = begin(world, 5, LINK_DONE);
	wire_write_array(w, 1);
	wire_write_array(w, 3);
	wire_write_int(w, flight->ticket);
	wire_write_int(w, LINK_RESULT);
	wire_write_bin(w, TEXT("answer"));
	wire_write_array(w, 0);
	wire_write_array(w, 0);
	wire_write_array(w, 0);
	send(world);
	/* The answer to BYE shows that what was sent before is done. */
	(void)begin(world, 1, LINK_BYE);
	send(world);
	assert_int_equal(receive(world, &reader), LINK_BYE);
	assert_string_equal(sink_reply(&world->sink, "x")->verb, "RESULT");
	assert_int_equal(worker->state, WORKER_LEAVING);
}

static bool all_lost(void *arg)
{
	struct world *world = arg;

	workers_beat(&world->workers);
	return world->sink.dispatch.pool.count == 0;
}

static void a_connection_that_is_gone_is_noticed_by_the_beat(void **state)
{
	struct world *world = *state;

	say_hello(world);
	zmq_close(world->peer);
	world->peer = NULL;
	shore_until(&world->shore, all_lost, world);
	world->peer =
	    shore_peer(&world->shore, ZMQ_DEALER, world->shore.endpoint);
	say_hello(world);
}

#define DAMAGED 3000

static bool all_handled(void *arg)
{
	struct world *world = arg;

	return zwatch_handled(world->shore.watch) == DAMAGED + 1;
}

/* Whatever a damaged worker sends, creditd goes on. */
static void damaged_messages_are_survived(void **state)
{
	struct world *world = *state;
	char bytes[512];
	struct text good, bad;

	srand(1);
	for (int i = 0; i < DAMAGED; i++) {
		write_hello(world, LINK_VERSION, LINK_DATABASE_WELL);
		good = wire_written(&world->writer);
		assert_true(good.length < sizeof(bytes));
		memcpy(bytes, good.at, good.length);
		bad = (struct text){bytes, good.length};
		if (rand() % 2 == 0)
			bad.length = (size_t)rand() % good.length;
		for (int j = rand() % 4; j > 0; j--)
			bytes[(size_t)rand() % good.length] = (char)rand();
		if (rand() % 2 == 0)
			bytes[1] = (char)(rand() % 12);
		assert_int_equal(frames_send(world->peer, &bad, 1), 0);
	}
	write_hello(world, LINK_VERSION, LINK_DATABASE_WELL);
	send(world);
	shore_until(&world->shore, all_handled, world);
	assert_int_equal(world->sink.dispatch.pool.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(hello_is_welcomed),
	    TEST(another_version_is_turned_away),
	    TEST(a_strange_worker_is_asked_for_hello),
	    TEST(one_whose_database_was_away_is_asked_again),
	    TEST(an_event_is_given_and_answered),
	    TEST(a_connection_that_is_gone_is_noticed_by_the_beat),
	    TEST(damaged_messages_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
