/* libcreditd against a creditd that a test plays: answers, refusals, silence,
 * a new connection. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zmq.h>

#include "creditd.h"
#include "frame.h"
#include "wire.h"

struct stage {
	void *zmq, *router;
	char endpoint[128];
	struct frames frames; /* the request received last */
	struct creditd *c;
};

static void *bind_router(struct stage *stage, const char *endpoint)
{
	void *router = zmq_socket(stage->zmq, ZMQ_ROUTER);
	size_t size = sizeof(stage->endpoint);
	int linger = 0;

	assert_non_null(router);
	zmq_setsockopt(router, ZMQ_LINGER, &linger, sizeof(linger));
	assert_int_equal(zmq_bind(router, endpoint), 0);
	zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, stage->endpoint, &size);
	return router;
}

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct creditd_options options = {
	    .timeout_ms = 3000, .resend_ms = 50, .in_flight = 8};

	*state = stage;
	stage->zmq = zmq_ctx_new();
	stage->router = bind_router(stage, "tcp://127.0.0.1:*");
	options.endpoint = stage->endpoint;
	return creditd_open(&options, &stage->c);
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	creditd_close(stage->c);
	frames_fini(&stage->frames);
	zmq_close(stage->router);
	zmq_ctx_term(stage->zmq);
	free(stage);
	return 0;
}

/* Lets the client work until a request has arrived. */
static void receive(struct stage *stage)
{
	struct creditd_reply reply;

	for (int i = 0; i < 300; i++) {
		if (frames_receive(stage->router, &stage->frames, 65536) == 0)
			return;
		assert_int_not_equal(creditd_next(stage->c, 10, &reply), 0);
	}
	fail_msg("no request arrived");
}

static void answer(struct stage *stage, const char *verb, const char *code)
{
	struct wire_writer w = {0};
	struct text frame[6];

	wire_open_map(&w);
	if (code != NULL) {
		wire_pair_string(&w, "code", code);
		wire_pair_string(&w, "message", "because");
		wire_pair_int(&w, "retry_after_ms", 5);
	}
	wire_close(&w);
	frame[0] = stage->frames.frame[0];
	frame[1] = TEXT("");
	frame[2] = TEXT("CREDIT1");
	frame[3] = text_of(verb);
	frame[4] = stage->frames.frame[4];
	frame[5] = wire_written(&w);
	assert_int_equal(frames_send(stage->router, frame, 6), 0);
	wire_writer_fini(&w);
}

static void submit(struct stage *stage, void *cookie)
{
	assert_int_equal(
	    creditd_send(stage->c, CREDITD_SUBMIT, "o/1", "\x80", 1, cookie),
	    0);
}

static void take(struct stage *stage, struct creditd_reply *reply)
{
	assert_int_equal(creditd_next(stage->c, 3000, reply), 0);
}

static void result_arrives(void **state)
{
	struct stage *stage = *state;
	struct creditd_reply reply;
	int cookie;

	submit(stage, &cookie);
	receive(stage);
	/* routing id, delimiter, version, verb, tag, key, body */
	assert_int_equal(stage->frames.count, 7);
	assert_int_equal(stage->frames.frame[1].length, 0);
	assert_true(text_is(stage->frames.frame[2], "CREDIT1"));
	assert_true(text_is(stage->frames.frame[3], "SUBMIT"));
	assert_true(text_is(stage->frames.frame[5], "o/1"));
	assert_true(text_is(stage->frames.frame[6], "\x80"));
	answer(stage, "RESULT", NULL);
	take(stage, &reply);
	assert_int_equal(reply.kind, CREDITD_RESULT);
	assert_ptr_equal(reply.cookie, &cookie);
	assert_int_equal(reply.size, 3); /* map16 */
	assert_int_equal(creditd_in_flight(stage->c), 0);
	assert_int_equal(creditd_next(stage->c, 0, &reply), -ENOENT);
}

static void busy_is_not_final(void **state)
{
	struct stage *stage = *state;
	struct creditd_reply reply;

	submit(stage, NULL);
	receive(stage);
	answer(stage, "REFUSED", "BUSY");
	receive(stage);
	answer(stage, "REFUSED", "UNAVAILABLE");
	receive(stage);
	answer(stage, "RESULT", NULL);
	take(stage, &reply);
	assert_int_equal(reply.kind, CREDITD_RESULT);
	assert_int_equal(reply.sent, 3);
	assert_string_equal(reply.code, "");
}

static void refusal_is_final(void **state)
{
	struct stage *stage = *state;
	struct creditd_reply reply;

	submit(stage, NULL);
	receive(stage);
	answer(stage, "REFUSED", "MALFORMED");
	take(stage, &reply);
	assert_int_equal(reply.kind, CREDITD_REFUSED);
	assert_string_equal(reply.code, "MALFORMED");
	assert_string_equal(reply.message, "because");
}

static void silence_sends_again_and_one_answer_counts(void **state)
{
	struct stage *stage = *state;
	struct creditd_reply reply;

	submit(stage, NULL);
	receive(stage);
	receive(stage); /* after resend_ms */
	answer(stage, "RESULT", NULL);
	answer(stage, "RESULT", NULL);
	take(stage, &reply);
	assert_int_equal(creditd_next(stage->c, 50, &reply), -ENOENT);
}

static void new_connection_sends_again(void **state)
{
	struct stage *stage = *state;
	struct creditd_reply reply;
	char endpoint[128];

	submit(stage, NULL);
	receive(stage);
	snprintf(endpoint, sizeof(endpoint), "%s", stage->endpoint);
	zmq_close(stage->router);
	/* The port is free only when the old socket is gone for good. */
	stage->router = zmq_socket(stage->zmq, ZMQ_ROUTER);
	for (int i = 0; i < 300 && zmq_bind(stage->router, endpoint) != 0; i++)
		creditd_next(stage->c, 10, &reply);
	receive(stage);
	answer(stage, "RESULT", NULL);
	take(stage, &reply);
	assert_int_equal(reply.kind, CREDITD_RESULT);
}

static void window_is_bounded(void **state)
{
	struct stage *stage = *state;

	for (int i = 0; i < 8; i++)
		submit(stage, NULL);
	assert_int_equal(
	    creditd_send(stage->c, CREDITD_SUBMIT, "o/1", "\x80", 1, NULL),
	    -EAGAIN);
	assert_int_equal(creditd_in_flight(stage->c), 8);
}

static void nobody_answers(void **state)
{
	struct creditd_options options = {
	    .endpoint = "tcp://127.0.0.1:9", .timeout_ms = 60};
	struct creditd_reply reply;
	struct creditd *c;

	(void)state;
	assert_int_equal(creditd_open(&options, &c), 0);
	assert_int_equal(creditd_ask(c, CREDITD_PING, "", NULL, 0, &reply), 0);
	assert_int_equal(reply.kind, CREDITD_NO_ANSWER);
	assert_non_null(strstr(reply.message, "tcp://127.0.0.1:9"));
	assert_false(creditd_was_connected(c));
	creditd_close(c);
}

static void wrong_options_are_refused(void **state)
{
	struct creditd_options wrong[] = {
	    {.endpoint = NULL},
	    {.endpoint = "nonsense"},
	    {.endpoint = "tcp://127.0.0.1:9", .timeout_ms = -1},
	    {.endpoint = "tcp://127.0.0.1:9", .server_key = "x"},
	};
	struct creditd *c;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(creditd_open(&wrong[i], &c), -EINVAL);
	creditd_close(NULL);
	creditd_feed_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(result_arrives),
	    TEST(busy_is_not_final),
	    TEST(refusal_is_final),
	    TEST(silence_sends_again_and_one_answer_counts),
	    TEST(new_connection_sends_again),
	    TEST(window_is_bounded),
	    cmocka_unit_test(nobody_answers),
	    cmocka_unit_test(wrong_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
