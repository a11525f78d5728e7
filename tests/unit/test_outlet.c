/* outlet.h: the feeds, by real sockets */
#include "outlet.h"

#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "shore.h"

#define MANY 20000

struct world {
	struct shore shore;
	struct settings settings;
	struct directory directory;
	struct outlets outlets;
	struct organization *first, *second;
	struct frames frames;
	int64_t now_us;
	void *subscriber;
	int seen;
};

static struct organization *learn(
    struct world *world, int64_t number, const char *name)
{
	const struct organization_facts facts = {.number = number,
	    .name = text_of(name),
	    .zone = TEXT("UTC"),
	    .revision = 1};
	struct organization *organization;

	assert_int_equal(
	    directory_learn(&world->directory, &facts, &organization), 1);
	outlet_open(&world->outlets, organization);
	return organization;
}

static int set_up(void **state)
{
	static struct world world;

	world = (struct world){0};
	shore_init(&world.shore);
	strcpy(world.settings.feed_from, "tcp://127.0.0.1:*");
	world.outlets.context = world.shore.context;
	world.outlets.watch = world.shore.watch;
	world.outlets.settings = &world.settings;
	directory_init(&world.directory);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	if (world->subscriber != NULL)
		zmq_close(world->subscriber);
	outlets_fini(&world->outlets);
	directory_fini(&world->directory);
	frames_fini(&world->frames);
	shore_fini(&world->shore);
	return 0;
}

static bool publish(struct world *world, const char *topic, const char *body)
{
	return outlet_publish(
	    &world->outlets, world->first, text_of(topic), text_of(body));
}

/* Publishes until the subscriber hears something: it is there. */
static bool is_heard(void *arg)
{
	struct world *world = arg;

	outlets_turn(&world->outlets, world->now_us += 1000000);
	assert_true(publish(world, "ready", ""));
	return frames_receive(world->subscriber, &world->frames, 1000) == 0;
}

static void subscribe(struct world *world)
{
	world->subscriber = shore_peer(&world->shore, ZMQ_SUB,
	    outlet_endpoint(&world->outlets, world->first));
	zmq_setsockopt(world->subscriber, ZMQ_SUBSCRIBE, "", 0);
	shore_until(&world->shore, is_heard, world);
}

static bool is_all_there(void *arg)
{
	struct world *world = arg;

	outlets_turn(&world->outlets, world->now_us += 1000);
	while (frames_receive(world->subscriber, &world->frames, 1000) == 0) {
		if (text_is(world->frames.frame[0], "ready"))
			continue;
		assert_int_equal(atoi(world->frames.frame[1].at), world->seen);
		world->seen++;
	}
	return world->seen == MANY;
}

/* Far more than a subscriber's high-water mark at once. */
static void a_burst_reaches_a_healthy_subscriber(void **state)
{
	struct world *world = *state;
	char body[16];

	world->first = learn(world, 1, "canfitpro");
	subscribe(world);
	for (int i = 0; i < MANY; i++) {
		snprintf(body, sizeof(body), "%d", i);
		assert_true(publish(world, "topic", body));
	}
	assert_true(world->outlets.backlog);
	shore_until(&world->shore, is_all_there, world);
	outlets_turn(&world->outlets, world->now_us);
	assert_false(world->outlets.backlog);
}

static void the_queue_is_bounded(void **state)
{
	struct world *world = *state;
	static char body[10001];
	int taken = 0;

	world->first = learn(world, 1, "canfitpro");
	memset(body, 'x', sizeof(body) - 1);
	while (publish(world, "topic", body))
		assert_true(++taken < 10000);
	assert_true(taken > 500);
	outlets_turn(&world->outlets, 1000000);
	assert_true(publish(world, "topic", body));
}

static void each_organization_has_its_own_endpoint(void **state)
{
	struct world *world = *state;

	world->first = learn(world, 1, "canfitpro");
	world->second = learn(world, 2, "cpc");
	assert_string_not_equal(outlet_endpoint(&world->outlets, world->first),
	    outlet_endpoint(&world->outlets, world->second));
}

static void the_next_free_port_is_taken(void **state)
{
	struct world *world = *state;
	struct socket_options options = {
	    .type = ZMQ_XPUB, .io = IO_PARTNERS, .frame_most = 100};
	void *taken = socket_open(world->shore.context, &options);
	char bound[ENDPOINT_SIZE], expected[ENDPOINT_SIZE];
	const char *endpoint;
	int port, got;

	assert_int_equal(socket_bind(taken, "tcp://127.0.0.1:*", bound), 0);
	assert_int_equal(sscanf(bound, "tcp://127.0.0.1:%d", &port), 1);
	strcpy(world->settings.feed_from, bound);
	world->first = learn(world, 1, "canfitpro");
	endpoint = outlet_endpoint(&world->outlets, world->first);
	assert_non_null(endpoint);
	assert_int_equal(sscanf(endpoint, "tcp://127.0.0.1:%d", &got), 1);
	assert_in_range(got, port + 1, port + 50);
	snprintf(expected, sizeof(expected), "tcp://127.0.0.1:%d", got);
	assert_string_equal(endpoint, expected);
	socket_close(taken, 0);
}

static void a_feed_of_its_own_or_by_ipc_or_none(void **state)
{
	struct world *world = *state;
	struct settings_feed own = {.organization = "cpc"};
	char expected[256];

	snprintf(
	    own.endpoint, sizeof(own.endpoint), "%s", world->shore.endpoint);
	world->settings.feeds = &own;
	world->settings.feed_count = 1;
	snprintf(world->settings.feed_from, sizeof(world->settings.feed_from),
	    "%s", world->shore.endpoint);
	world->first = learn(world, 1, "canfitpro");
	snprintf(
	    expected, sizeof(expected), "%s.canfitpro", world->shore.endpoint);
	assert_string_equal(
	    outlet_endpoint(&world->outlets, world->first), expected);
	world->second = learn(world, 2, "cpc");
	assert_string_equal(outlet_endpoint(&world->outlets, world->second),
	    world->shore.endpoint);
	world->settings.feed_from[0] = '\0';
	world->first = learn(world, 3, "third");
	assert_null(outlet_endpoint(&world->outlets, world->first));
	/* What nobody can hear is not kept. */
	assert_true(publish(world, "topic", "body"));
	/* Later it can. */
	strcpy(world->settings.feed_from, "tcp://127.0.0.1:*");
	outlets_retry(&world->outlets);
	assert_non_null(outlet_endpoint(&world->outlets, world->first));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_burst_reaches_a_healthy_subscriber),
	    TEST(the_queue_is_bounded),
	    TEST(each_organization_has_its_own_endpoint),
	    TEST(the_next_free_port_is_taken),
	    TEST(a_feed_of_its_own_or_by_ipc_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
