/* zwatch.h, over inproc */
#include "zwatch.h"

#include <zmq.h>

#include "unit.h"

#define MANY 20000

struct end {
	struct ev_loop *loop;
	void *socket;
	void *echo; /* where what was read goes, or NULL */
	int seen, wanted;
	unsigned most_at_once;
};

static unsigned drain(void *arg, unsigned budget)
{
	struct end *end = arg;
	unsigned handled = 0;
	int number;

	while (handled < budget && zmq_recv(end->socket, &number,
				       sizeof(number), ZMQ_DONTWAIT) > 0) {
		handled++;
		end->seen++;
		if (end->echo != NULL)
			zmq_send(
			    end->echo, &number, sizeof(number), ZMQ_DONTWAIT);
	}
	if (handled > end->most_at_once)
		end->most_at_once = handled;
	if (end->seen == end->wanted)
		ev_break(end->loop, EVBREAK_ALL);
	return handled;
}

static void too_late(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void *open_socket(void *context, const char *bind, const char *connect)
{
	void *socket = zmq_socket(context, ZMQ_PAIR);
	int none = 0;

	zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof(none));
	zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof(none));
	if (bind != NULL)
		assert_int_equal(zmq_bind(socket, bind), 0);
	if (connect != NULL)
		assert_int_equal(zmq_connect(socket, connect), 0);
	return socket;
}

static void run(struct ev_loop *loop, double seconds)
{
	ev_timer late;

	ev_timer_init(&late, too_late, seconds, 0);
	ev_timer_start(loop, &late);
	ev_run(loop, 0);
	ev_timer_stop(loop, &late);
}

/* An echo that sends from within its drain, with a small budget: each send may
 * swallow the signal of the descriptor. Nothing may stay behind. */
static void an_echo_leaves_nothing_behind(void **state)
{
	void *context = zmq_ctx_new();
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	void *client = open_socket(context, "inproc://x", NULL);
	void *server = open_socket(context, NULL, "inproc://x");
	struct zwatch *watch = zwatch_create(loop, NULL, NULL);
	struct end in = {loop, server, server, 0, -1, 0};
	struct end out = {loop, client, NULL, 0, MANY, 0};

	(void)state;
	assert_non_null(watch);
	assert_int_equal(zwatch_add(watch, server, 8, drain, &in), 0);
	assert_int_equal(zwatch_add(watch, client, 100, drain, &out), 0);
	for (int i = 0; i < MANY; i++)
		zmq_send(client, &i, sizeof(i), ZMQ_DONTWAIT);
	run(loop, 20);
	assert_int_equal(out.seen, MANY);
	assert_true(in.most_at_once <= 8);
	assert_true(zwatch_handled(watch) == 2 * MANY);
	zwatch_destroy(watch);
	zmq_close(client);
	zmq_close(server);
	zmq_ctx_term(context);
	ev_loop_destroy(loop);
}

static bool count_turns(void *arg)
{
	int *left = arg;

	return --*left > 0;
}

static void a_turn_that_has_more_to_do_keeps_the_loop_awake(void **state)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	int left = 1000;
	struct zwatch *watch = zwatch_create(loop, count_turns, &left);

	(void)state;
	run(loop, 0.2);
	assert_true(left <= 0);
	assert_true(zwatch_is_idle(watch));
	zwatch_destroy(watch);
	ev_loop_destroy(loop);
}

static void a_paused_socket_is_not_read(void **state)
{
	void *context = zmq_ctx_new();
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	void *client = open_socket(context, "inproc://x", NULL);
	void *server = open_socket(context, NULL, "inproc://x");
	struct zwatch *watch = zwatch_create(loop, NULL, NULL);
	struct end in = {loop, server, NULL, 0, 1, 0};
	int number = 1;

	(void)state;
	assert_int_equal(zwatch_add(watch, server, 8, drain, &in), 0);
	zwatch_pause(watch, server, true);
	zmq_send(client, &number, sizeof(number), ZMQ_DONTWAIT);
	run(loop, 0.05);
	assert_int_equal(in.seen, 0);
	zwatch_pause(watch, server, false);
	run(loop, 5);
	assert_int_equal(in.seen, 1);
	zwatch_remove(watch, server);
	zwatch_remove(watch, server);
	zwatch_destroy(watch);
	zwatch_destroy(NULL);
	zmq_close(client);
	zmq_close(server);
	zmq_ctx_term(context);
	ev_loop_destroy(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_echo_leaves_nothing_behind),
	    cmocka_unit_test(a_turn_that_has_more_to_do_keeps_the_loop_awake),
	    cmocka_unit_test(a_paused_socket_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
