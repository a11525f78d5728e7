/* A context, a loop and a directory for sockets. */
#include "shore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "clock.h"

#define DEADLINE_US INT64_C(5000000)

void shore_init(struct shore *shore)
{
	*shore = (struct shore){
	    .context = zmq_ctx_new(), .loop = ev_loop_new(EVFLAG_AUTO)};
	assert_non_null(shore->context);
	assert_non_null(shore->loop);
	zmq_ctx_set(shore->context, ZMQ_IO_THREADS, 2);
	strcpy(shore->directory, "/tmp/creditd-test-XXXXXX");
	assert_non_null(mkdtemp(shore->directory));
	snprintf(shore->endpoint, sizeof(shore->endpoint), "ipc://%s/socket",
	    shore->directory);
	shore->watch = zwatch_create(shore->loop, NULL, NULL);
	assert_non_null(shore->watch);
}

void shore_fini(struct shore *shore)
{
	zwatch_destroy(shore->watch);
	zmq_ctx_term(shore->context);
	ev_loop_destroy(shore->loop);
	socket_unlink(shore->endpoint);
	rmdir(shore->directory);
}

void *shore_peer(struct shore *shore, int type, const char *endpoint)
{
	void *peer = zmq_socket(shore->context, type);
	int none = 0;

	assert_non_null(peer);
	zmq_setsockopt(peer, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(peer, ZMQ_RCVHWM, &none, sizeof(none));
	zmq_setsockopt(peer, ZMQ_SNDHWM, &none, sizeof(none));
	assert_int_equal(zmq_connect(peer, endpoint), 0);
	return peer;
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

void shore_until(struct shore *shore, shore_done *done, void *arg)
{
	int64_t deadline = clock_monotonic_us() + DEADLINE_US;
	ev_timer timer;

	ev_timer_init(&timer, on_timer, 0.005, 0.005);
	ev_timer_start(shore->loop, &timer);
	while (!done(arg)) {
		assert_true(clock_monotonic_us() < deadline);
		ev_run(shore->loop, EVRUN_ONCE);
	}
	ev_timer_stop(shore->loop, &timer);
}

struct wanted {
	void *peer;
	struct frames *frames;
};

static bool has_come(void *arg)
{
	struct wanted *wanted = arg;

	return frames_receive(wanted->peer, wanted->frames, 1 << 20) == 0;
}

void shore_receive(struct shore *shore, void *peer, struct frames *frames)
{
	struct wanted wanted = {peer, frames};

	shore_until(shore, has_come, &wanted);
}
