/* frame.h, over inproc */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "unit.h"

static void *context, *a, *b;
static struct frames frames;

static int set_up(void **state)
{
	(void)state;
	context = zmq_ctx_new();
	a = zmq_socket(context, ZMQ_PAIR);
	b = zmq_socket(context, ZMQ_PAIR);
	return zmq_bind(a, "inproc://a") | zmq_connect(b, "inproc://a");
}

static int tear_down(void **state)
{
	(void)state;
	frames_fini(&frames);
	zmq_close(a);
	zmq_close(b);
	zmq_ctx_term(context);
	return 0;
}

static void a_message_arrives_as_it_was_sent(void **state)
{
	const struct text sent[] = {TEXT("one"), TEXT(""), TEXT("three")};

	(void)state;
	assert_int_equal(frames_send(a, sent, 3), 0);
	assert_int_equal(frames_receive(b, &frames, 100), 0);
	assert_int_equal(frames.count, 3);
	assert_int_equal(frames.size, 8);
	for (size_t i = 0; i < 3; i++)
		assert_true(text_equal(frames.frame[i], sent[i]));
	assert_string_equal(frames.source_id, "");
}

static void nothing_waiting_is_said(void **state)
{
	(void)state;
	assert_int_equal(frames_receive(b, &frames, 100), -EAGAIN);
	assert_int_equal(frames.count, 0);
}

/* Frames keep their addresses while the buffer grows under them. */
static void the_buffer_grows(void **state)
{
	char *large = calloc(1, 300000);
	const struct text sent[] = {
	    TEXT("head"), {large, 300000}, TEXT("tail")};

	(void)state;
	assert_non_null(large);
	memset(large, 'x', 300000);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(frames_send(a, sent, 3), 0);
		assert_int_equal(frames_receive(b, &frames, 1 << 20), 0);
		for (size_t j = 0; j < 3; j++)
			assert_true(text_equal(frames.frame[j], sent[j]));
	}
	free(large);
}

static void bytes_beyond_the_bound_are_dropped(void **state)
{
	const struct text sent[] = {TEXT("1234"), TEXT("567890"), TEXT("ab")};

	(void)state;
	assert_int_equal(frames_send(a, sent, 3), 0);
	assert_int_equal(frames_receive(b, &frames, 8), 0);
	assert_int_equal(frames.count, 3);
	assert_int_equal(frames.size, 12);
	assert_true(text_is(frames.frame[0], "1234"));
	assert_null(frames.frame[1].at);
	/* The next message starts where it should. */
	assert_int_equal(frames_send(a, sent, 1), 0);
	assert_int_equal(frames_receive(b, &frames, 8), 0);
	assert_int_equal(frames.count, 1);
}

static void frames_beyond_the_bound_are_counted(void **state)
{
	struct text sent[40];

	(void)state;
	for (size_t i = 0; i < COUNT(sent); i++)
		sent[i] = TEXT("x");
	assert_int_equal(frames_send(a, sent, COUNT(sent)), 0);
	assert_int_equal(frames_receive(b, &frames, 100), 0);
	assert_int_equal(frames.count, 40);
	assert_int_equal(frames.size, 40);
}

static void a_peer_that_is_gone_is_unreachable(void **state)
{
	const struct text sent[] = {TEXT("nobody"), TEXT("x")};
	void *router = zmq_socket(context, ZMQ_ROUTER);
	int one = 1;

	(void)state;
	assert_int_equal(
	    zmq_setsockopt(router, ZMQ_ROUTER_MANDATORY, &one, sizeof(one)), 0);
	assert_int_equal(frames_send(router, sent, 2), -EHOSTUNREACH);
	zmq_close(router);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_message_arrives_as_it_was_sent),
	    TEST(nothing_waiting_is_said),
	    TEST(the_buffer_grows),
	    TEST(bytes_beyond_the_bound_are_dropped),
	    TEST(frames_beyond_the_bound_are_counted),
	    TEST(a_peer_that_is_gone_is_unreachable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
