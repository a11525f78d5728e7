/* gate.h, by real sockets: libzmq's calls go through it. */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "clock.h"
#include "shore.h"

#define FRAMES_AT_ONCE 1000

struct world {
	struct shore shore;
	void *router;
	int peer;
	bool taking;
	size_t taken;
	gate_id last;
	struct frames frames;
};

static unsigned drain(void *arg, unsigned budget)
{
	struct world *world = arg;
	unsigned handled = 0;

	gate_draining(GATE_EVENTS);
	while (world->taking && handled < budget) {
		const struct frames *frames = &world->frames;

		if (frames_receive(world->router, &world->frames, 1 << 21) <
		    0) {
			gate_drained(GATE_EVENTS);
			break;
		}
		world->last = gate_find(frames->source_fd);
		gate_took(world->last, GATE_EVENTS, frames->count - 1,
		    frames->size - frames->frame[0].length);
		world->taken++;
		handled++;
	}
	return handled;
}

/* A peer that speaks ZMTP by hand. */
static int connect_raw(const char *endpoint)
{
	static const unsigned char ready[] =
	    "\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06"
	    "DEALER";
	unsigned char greeting[64] = {
	    0xff, [9] = 0x7f, 3, 0, 'N', 'U', 'L', 'L'};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ssize_t heard = 0, got;

	assert_true(fd >= 0);
	strncpy(address.sun_path, endpoint + 6, sizeof(address.sun_path) - 1);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	/* It may be turned away at any time. */
	(void)!write(fd, greeting, 64);
	(void)!write(fd, ready, sizeof(ready) - 1);
	/* Its greeting and its READY, or at once the end. */
	while (heard < 64 + (ssize_t)sizeof(ready) - 1) {
		got = read(fd, greeting, sizeof(greeting));
		if (got <= 0)
			break;
		heard += got;
	}
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static int set_up(void **state)
{
	static struct world world;
	const struct socket_options options = {
	    .type = ZMQ_ROUTER, .io = IO_PARTNERS, .frame_most = 1 << 20};
	const struct gate_limits limits = {
	    .ahead_most = 64 << 20, .unread_most = 1 << 20, .connections = 3};
	char bound[ENDPOINT_SIZE];

	world = (struct world){.taking = true};
	shore_init(&world.shore);
	gate_limit(&limits);
	world.router = socket_open(world.shore.context, &options);
	assert_non_null(world.router);
	gate_listen_as(GATE_EVENTS);
	assert_int_equal(
	    socket_bind(world.router, world.shore.endpoint, bound), 0);
	gate_listen_as(GATE_OPEN);
	assert_int_equal(
	    zwatch_add(world.shore.watch, world.router, 64, drain, &world), 0);
	world.peer = connect_raw(world.shore.endpoint);
	*state = &world;
	return 0;
}

static bool nobody_is_left(void *arg)
{
	struct world *world = arg;

	(void)drain(world, 64);
	gate_survey();
	return gate_stats().connections == 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	close(world->peer);
	world->taking = true;
	shore_until(&world->shore, nobody_is_left, world);
	assert_int_equal(gate_stats().ahead, 0);
	zwatch_remove(world->shore.watch, world->router);
	socket_close(world->router, 0);
	frames_fini(&world->frames);
	shore_fini(&world->shore);
	return 0;
}

static bool took_one(void *arg)
{
	return ((struct world *)arg)->taken > 0;
}

/* Sends as much as is taken without waiting; -1: it was cut off. */
static ssize_t push(int fd, unsigned char flags)
{
	unsigned char frames[FRAMES_AT_ONCE][2];
	ssize_t sent;

	for (int i = 0; i < FRAMES_AT_ONCE; i++) {
		frames[i][0] = flags;
		frames[i][1] = 0;
	}
	sent = send(fd, frames, sizeof(frames), MSG_NOSIGNAL);
	if (sent > 0 && sent % 2 != 0) {
		/* Whole frames only. */
		while (send(fd, (char *)frames + 1, 1, MSG_NOSIGNAL) < 0 &&
		       errno == EAGAIN)
			;
	}
	return sent < 0 && errno == EAGAIN ? 0 : sent;
}

static bool is_slowed(void *arg)
{
	struct world *world = arg;

	assert_true(push(world->peer, 0) >= 0);
	return gate_stats().times_slowed > 5;
}

static bool is_taken(void *arg)
{
	(void)arg;
	return gate_stats().ahead == 0;
}

static void who_is_far_ahead_is_not_read_until_it_is_taken(void **state)
{
	struct world *world = *state;

	world->taking = false;
	shore_until(&world->shore, is_slowed, world);
	/* One batch of what libzmq reads at once may come on top. */
	assert_in_range(gate_stats().ahead, GATE_AHEAD / 2,
	    GATE_AHEAD + 8192 / 2 * GATE_FRAME_COST);
	world->taking = true;
	shore_until(&world->shore, is_taken, world);
	assert_true(world->taken > 1000);
	assert_int_equal(gate_stats().cut_endless, 0);
	assert_true(gate_cut(world->last));
}

static bool is_cut(void *arg)
{
	struct world *world = arg;

	/* As ten times a second. */
	(void)drain(world, 1);
	return push(world->peer, 1) < 0;
}

static void a_message_without_end_is_cut(void **state)
{
	struct world *world = *state;
	uint64_t before = gate_stats().cut_endless;

	shore_until(&world->shore, is_cut, world);
	assert_true(gate_stats().cut_endless > before);
	assert_int_equal(world->taken, 0);
}

static void what_is_not_read_is_bounded(void **state)
{
	struct world *world = *state;
	static const char ping[] = "\x00\x01x";

	assert_int_equal(write(world->peer, ping, 3), 3);
	shore_until(&world->shore, took_one, world);
	assert_true(gate_has_room(world->last, 1000));
	for (int i = 0; gate_has_room(world->last, 1000); i++) {
		assert_true(i < 2000);
		gate_gave(world->last, 1, 1000);
	}
	gate_survey();
	assert_in_range(gate_stats().unread, 1 << 18, 1 << 20);
	assert_true(gate_cut(world->last));
	assert_false(gate_cut(world->last + ((gate_id)2 << 32)));
}

static void there_are_only_so_many_connections(void **state)
{
	struct world *world = *state;
	static const char ping[] = "\x00\x01x";
	uint64_t before = gate_stats().turned_away;
	int more[5];

	assert_int_equal(write(world->peer, ping, 3), 3);
	shore_until(&world->shore, took_one, world);
	for (size_t i = 0; i < COUNT(more); i++)
		more[i] = connect_raw(world->shore.endpoint);
	for (int i = 0; i < 500 && gate_stats().turned_away < before + 3; i++)
		usleep(10000);
	assert_int_equal(gate_stats().turned_away, before + 3);
	assert_int_equal(gate_stats().connections, 3);
	for (size_t i = 0; i < COUNT(more); i++)
		close(more[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_is_far_ahead_is_not_read_until_it_is_taken),
	    TEST(a_message_without_end_is_cut),
	    TEST(what_is_not_read_is_bounded),
	    TEST(there_are_only_so_many_connections),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
