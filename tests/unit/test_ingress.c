/* ingress.h, by real sockets */
#include "clock.h"
#include "gate.h"
#include "ingress.h"

#include <zmq.h>

#include "shore.h"

struct world {
	struct shore shore;
	struct ingress ingress;
	struct reply reply;
	struct stats stats;
	struct frames frames;
	void *peer;
	unsigned handled;
	bool cut;
	int64_t said_us; /* when the peer last said something again */
};

static void send_reply(
    void *arg, const struct request *to, const char *verb, struct text body)
{
	struct world *world = arg;

	ingress_send(&world->ingress, to, verb, body);
}

/* Answers each request with its own body. */
static void handle(void *arg, const struct request *request)
{
	struct world *world = arg;

	world->handled++;
	if (world->cut)
		ingress_cut(&world->ingress, request);
	else
		reply_send(&world->reply, request, REPLY_ANSWER, request->body);
}

static int set_up(void **state)
{
	static struct world world;
	char bound[ENDPOINT_SIZE];

	world = (struct world){0};
	shore_init(&world.shore);
	world.reply = (struct reply){
	    .send = send_reply, .arg = &world, .stats = &world.stats};
	world.ingress = (struct ingress){.port = INGRESS_EVENTS,
	    .watch = world.shore.watch,
	    .reply = &world.reply,
	    .stats = &world.stats,
	    .handle = handle,
	    .arg = &world};
	assert_int_equal(
	    ingress_open(&world.ingress, world.shore.context, 1000), 0);
	gate_listen_as(GATE_EVENTS);
	assert_int_equal(
	    socket_bind(world.ingress.socket, world.shore.endpoint, bound), 0);
	world.peer = shore_peer(&world.shore, ZMQ_DEALER, world.shore.endpoint);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	zmq_close(world->peer);
	ingress_close(&world->ingress, 0);
	frames_fini(&world->frames);
	reply_fini(&world->reply);
	shore_fini(&world->shore);
	return 0;
}

static void an_envelope_comes_back(void **state)
{
	struct world *world = *state;
	const struct text sent[] = {TEXT("one"), TEXT("two"), TEXT(""),
	    TEXT("CREDIT1"), TEXT("QUERY"), TEXT("tag"), TEXT(""),
	    TEXT("body")};
	static const char *const expected[] = {
	    "one", "two", "", "CREDIT1", "ANSWER", "tag", "body"};

	assert_int_equal(frames_send(world->peer, sent, COUNT(sent)), 0);
	shore_receive(&world->shore, world->peer, &world->frames);
	assert_int_equal(world->frames.count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		assert_true(text_is(world->frames.frame[i], expected[i]));
}

static void what_is_wrong_is_refused_or_dropped(void **state)
{
	struct world *world = *state;
	const struct text broken[] = {TEXT("no"), TEXT("delimiter")};
	const struct text refused[] = {
	    TEXT(""), TEXT("CREDIT1"), TEXT("NOTHING"), TEXT("tag"), TEXT("")};

	assert_int_equal(frames_send(world->peer, broken, 2), 0);
	assert_int_equal(frames_send(world->peer, refused, 5), 0);
	shore_receive(&world->shore, world->peer, &world->frames);
	assert_true(text_is(world->frames.frame[2], "REFUSED"));
	assert_true(text_is(world->frames.frame[3], "tag"));
	assert_int_equal(world->stats.dropped_messages, 1);
	assert_int_equal(world->stats.refused_malformed, 1);
	assert_int_equal(world->handled, 0);
}

static bool is_cut(void *arg)
{
	struct world *world = arg;

	return world->handled == 1;
}

static bool is_unreachable(void *arg)
{
	struct world *world = arg;
	const struct request gone = {.route = TEXT("nobody"), .tag = TEXT("t")};

	ingress_send(&world->ingress, &gone, "ANSWER", TEXT("x"));
	return world->stats.answers_unreachable > 0;
}

static const struct text sent[] = {
    {"", 0}, {"CREDIT1", 7}, {"QUERY", 5}, {"tag", 3}, {"", 0}, {"body", 4}};

/* What the peer said into the connection that was cut is lost with it: as a
 * partner it says it again when it hears nothing. */
static bool is_answered_again(void *context)
{
	struct world *world = context;

	if (frames_receive(world->peer, &world->frames, 1 << 20) == 0)
		return true;
	if (clock_monotonic_us() - world->said_us > 100000) {
		(void)!frames_send(world->peer, sent, COUNT(sent));
		world->said_us = clock_monotonic_us();
	}
	return false;
}

static void a_partner_can_be_cut_off_and_be_gone(void **state)
{
	struct world *world = *state;

	world->cut = true;
	assert_int_equal(frames_send(world->peer, sent, COUNT(sent)), 0);
	shore_until(&world->shore, is_cut, world);
	shore_until(&world->shore, is_unreachable, world);
	/* It comes back by itself. */
	world->cut = false;
	shore_until(&world->shore, is_answered_again, world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_envelope_comes_back),
	    TEST(what_is_wrong_is_refused_or_dropped),
	    TEST(a_partner_can_be_cut_off_and_be_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
