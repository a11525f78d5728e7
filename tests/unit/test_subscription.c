/* libcreditd's subscription against a creditd that a test plays: what was
 * missed comes by itself, in order, once. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "creditd.h"
#include "frame.h"
#include "wire.h"

#define STREAM 65
#define ROUNDS 500 /* of 10 ms, until something must have come */

struct stage {
	void *zmq, *router, *feed;
	char events[128], publishes[128];
	struct frames frames;
	struct creditd_feed *subscription;
	int64_t messages; /* in the stream, 1 to this */
	char mark;        /* of its chains: another one is another history */
	int64_t epoch;
	unsigned questions;
};

static void *bind_socket(struct stage *stage, int type, char endpoint[128])
{
	void *socket = zmq_socket(stage->zmq, type);
	size_t size = 128;
	int linger = 0;

	assert_non_null(socket);
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
	assert_int_equal(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
	zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size);
	return socket;
}

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	*state = stage;
	stage->zmq = zmq_ctx_new();
	stage->router = bind_socket(stage, ZMQ_ROUTER, stage->events);
	stage->feed = bind_socket(stage, ZMQ_XPUB, stage->publishes);
	stage->mark = 'a';
	stage->epoch = 1;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	creditd_feed_close(stage->subscription);
	frames_fini(&stage->frames);
	zmq_close(stage->router);
	zmq_close(stage->feed);
	zmq_ctx_term(stage->zmq);
	free(stage);
	return 0;
}

static const char *chain_of(
    const struct stage *stage, int64_t offset, char chain[33])
{
	snprintf(chain, 33, "%c%031lld", stage->mark, (long long)offset);
	return chain;
}

static void write_message(
    struct stage *stage, struct wire_writer *w, int64_t offset)
{
	char chain[33];

	wire_open_map(w);
	wire_pair_int(w, "stream", STREAM);
	wire_pair_int(w, "offset", offset);
	wire_pair_int(w, "version", offset);
	wire_pair_string(w, "kind", "balance");
	wire_pair_string(w, "chain", chain_of(stage, offset, chain));
	wire_close(w);
}

static void write_heads(struct stage *stage, struct wire_writer *w)
{
	char chain[33];

	wire_key(w, "heads");
	wire_open_map(w);
	wire_key(w, "65");
	wire_open_map(w);
	wire_pair_int(w, "offset", stage->messages);
	wire_pair_string(w, "chain", chain_of(stage, stage->messages, chain));
	wire_close(w);
	wire_close(w);
}

static void publish(
    struct stage *stage, const char *topic, struct wire_writer *w)
{
	struct text frame[] = {text_of(topic), wire_written(w)};

	assert_int_equal(frames_send(stage->feed, frame, 2), 0);
	wire_writer_fini(w);
}

static void publish_message(struct stage *stage, int64_t offset)
{
	struct wire_writer w = {0};

	write_message(stage, &w, offset);
	publish(stage, "balance/examplebody/1/D", &w);
}

static void publish_heads(struct stage *stage)
{
	struct wire_writer w = {0};

	wire_open_map(&w);
	wire_pair_int(&w, "epoch", stage->epoch);
	write_heads(stage, &w);
	wire_close(&w);
	publish(stage, "heads/examplebody", &w);
}

/* Where the asker stands: -1 if in another history. */
static int64_t asked_after(struct stage *stage, struct text body)
{
	struct text after, head, chain;
	struct wire_reader reader;
	char expected[33];
	int64_t offset = 0;

	assert_true(wire_find(body, "after", &reader));
	assert_true(wire_skip(&reader, &after));
	if (!wire_find(after, "65", &reader))
		return 0;
	assert_true(wire_skip(&reader, &head));
	assert_true(wire_find(head, "offset", &reader));
	assert_true(wire_read_int(&reader, &offset));
	assert_true(wire_find(head, "chain", &reader));
	assert_true(wire_read_text(&reader, &chain));
	if (offset > 0 && !text_is(chain, chain_of(stage, offset, expected)))
		return -1;
	return offset;
}

/* At most two messages a page. */
static void write_changes(
    struct stage *stage, struct wire_writer *w, int64_t after)
{
	struct wire_writer body = {0};
	int64_t last =
	    after + 2 < stage->messages ? after + 2 : stage->messages;

	wire_open_map(w);
	wire_key(w, "changes");
	wire_open_list(w);
	for (int64_t offset = after + 1; offset <= last; offset++) {
		wire_writer_reset(&body);
		write_message(stage, &body, offset);
		wire_item(w);
		wire_open_map(w);
		wire_pair_string(w, "topic", "balance/examplebody/1/D");
		wire_key(w, "body");
		wire_write_bin(w, wire_written(&body));
		wire_close(w);
	}
	wire_close(w);
	wire_pair_bool(w, "more", last < stage->messages);
	write_heads(stage, w);
	wire_close(w);
	wire_writer_fini(&body);
}

static void write_snapshot(struct stage *stage, struct wire_writer *w)
{
	wire_open_map(w);
	wire_key(w, "balances");
	wire_open_list(w);
	wire_item(w);
	wire_open_map(w);
	wire_pair_int(w, "version", stage->messages);
	wire_close(w);
	wire_close(w);
	wire_pair_bool(w, "more", false);
	write_heads(stage, w);
	wire_close(w);
}

static void write_diverged(struct wire_writer *w)
{
	wire_open_map(w);
	wire_pair_string(w, "code", "DIVERGED");
	wire_pair_string(w, "message", "another history");
	wire_close(w);
}

/* Answers what the subscription asks. */
static void serve(struct stage *stage)
{
	const struct text *asked = stage->frames.frame;

	while (frames_receive(stage->router, &stage->frames, 65536) == 0) {
		struct wire_writer w = {0};
		struct wire_reader reader;
		struct text query;
		const char *verb = "ANSWER";
		int64_t after;

		assert_int_equal(stage->frames.count, 7);
		assert_true(text_is(asked[5], "examplebody"));
		assert_true(wire_find(asked[6], "query", &reader));
		assert_true(wire_read_text(&reader, &query));
		if (text_is(query, "balances")) {
			write_snapshot(stage, &w);
		} else if ((after = asked_after(stage, asked[6])) < 0) {
			verb = "REFUSED";
			write_diverged(&w);
		} else {
			write_changes(stage, &w, after);
		}
		stage->questions++;
		assert_int_equal(
		    frames_send(stage->router,
			(struct text[]){asked[0], TEXT(""), TEXT("CREDIT1"),
			    text_of(verb), asked[4], wire_written(&w)},
			6),
		    0);
		wire_writer_fini(&w);
	}
}

static void subscribe(
    struct stage *stage, enum creditd_start start, const char *position)
{
	struct creditd_feed_options options = {
	    .connection = {.endpoint = stage->events},
	    .organization = "examplebody",
	    .endpoint = stage->publishes,
	    .start = start,
	    .position = position,
	};
	char subscription[8];

	assert_int_equal(creditd_feed_open(&options, &stage->subscription), 0);
	/* The feed has heard of the subscription: nothing is lost but on
	 * purpose. */
	assert_int_equal(zmq_recv(stage->feed, subscription, 8, 0), 1);
}

static struct creditd_heard hear(struct stage *stage)
{
	struct creditd_heard heard;

	for (int i = 0; i < ROUNDS; i++) {
		int error = creditd_feed_next(stage->subscription, 10, &heard);

		if (error == 0)
			return heard;
		assert_int_equal(error, -EAGAIN);
		serve(stage);
	}
	fail_msg("nothing came");
	return heard;
}

static void expect(struct stage *stage, int64_t offset, bool live)
{
	struct creditd_heard heard = hear(stage);

	assert_int_equal(heard.event, CREDITD_CHANGE);
	assert_int_equal(heard.stream, STREAM);
	assert_int_equal(heard.offset, offset);
	assert_int_equal(heard.live, live);
	assert_string_equal(heard.topic, "balance/examplebody/1/D");
}

static void expect_event(struct stage *stage, enum creditd_event event)
{
	assert_int_equal(hear(stage).event, event);
}

static void from_the_start_to_live(void **state)
{
	struct stage *stage = *state;

	stage->messages = 5;
	subscribe(stage, CREDITD_FROM_START, NULL);
	for (int64_t offset = 1; offset <= 5; offset++)
		expect(stage, offset, false);
	assert_int_equal(stage->questions, 3);
	expect_event(stage, CREDITD_CAUGHT_UP);
	stage->messages = 6;
	publish_message(stage, 6);
	expect(stage, 6, true);
}

static void gap_is_filled(void **state)
{
	struct stage *stage = *state;

	subscribe(stage, CREDITD_FROM_START, NULL);
	expect_event(stage, CREDITD_CAUGHT_UP);
	stage->messages = 1;
	publish_message(stage, 1);
	expect(stage, 1, true);
	/* 2 and 3 are lost on the way; 4 shows it. */
	stage->messages = 4;
	publish_message(stage, 4);
	for (int64_t offset = 2; offset <= 4; offset++)
		expect(stage, offset, false);
	/* What comes again is not heard again. */
	publish_message(stage, 3);
	publish_message(stage, 4);
	stage->messages = 5;
	publish_message(stage, 5);
	expect(stage, 5, true);
}

static void heads_show_what_was_lost_last(void **state)
{
	struct stage *stage = *state;

	subscribe(stage, CREDITD_FROM_START, NULL);
	expect_event(stage, CREDITD_CAUGHT_UP);
	stage->messages = 1;
	publish_heads(stage);
	expect(stage, 1, false);
}

static void restart_is_told(void **state)
{
	struct stage *stage = *state;

	subscribe(stage, CREDITD_FROM_START, NULL);
	expect_event(stage, CREDITD_CAUGHT_UP);
	publish_heads(stage);
	stage->epoch = 2;
	stage->messages = 1;
	publish_heads(stage);
	expect_event(stage, CREDITD_RESTARTED);
	expect(stage, 1, false);
}

static void other_history_starts_over(void **state)
{
	struct stage *stage = *state;

	stage->messages = 2;
	subscribe(stage, CREDITD_FROM_START, NULL);
	expect(stage, 1, false);
	expect(stage, 2, false);
	expect_event(stage, CREDITD_CAUGHT_UP);
	/* The database was restored, and went on in another way. */
	stage->mark = 'b';
	stage->messages = 3;
	publish_message(stage, 2);
	expect_event(stage, CREDITD_DIVERGED);
	expect_event(stage, CREDITD_BALANCE);
	expect_event(stage, CREDITD_CAUGHT_UP);
	stage->messages = 4;
	publish_message(stage, 4);
	expect(stage, 4, true);
}

static void position_goes_on(void **state)
{
	struct stage *stage = *state;
	char path[] = "/tmp/creditd-position-XXXXXX";

	close(mkstemp(path));
	unlink(path);
	stage->messages = 2;
	subscribe(stage, CREDITD_FROM_POSITION, path);
	assert_int_equal(creditd_feed_save(stage->subscription, path), -EAGAIN);
	expect_event(stage, CREDITD_BALANCE); /* no file: a snapshot */
	expect_event(stage, CREDITD_CAUGHT_UP);
	assert_int_equal(creditd_feed_save(stage->subscription, path), 0);
	creditd_feed_close(stage->subscription);
	stage->subscription = NULL;

	stage->messages = 4;
	zmq_close(stage->feed); /* the next subscription is another one */
	stage->feed = bind_socket(stage, ZMQ_XPUB, stage->publishes);
	subscribe(stage, CREDITD_FROM_POSITION, path);
	expect(stage, 3, false);
	expect(stage, 4, false);
	expect_event(stage, CREDITD_CAUGHT_UP);
	unlink(path);
}

static void from_now_hears_nothing_old(void **state)
{
	struct stage *stage = *state;

	stage->messages = 3;
	subscribe(stage, CREDITD_FROM_NOW, NULL);
	expect_event(stage, CREDITD_CAUGHT_UP);
	stage->messages = 4;
	publish_message(stage, 4);
	expect(stage, 4, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(from_the_start_to_live),
	    TEST(gap_is_filled),
	    TEST(heads_show_what_was_lost_last),
	    TEST(restart_is_told),
	    TEST(other_history_starts_over),
	    TEST(position_goes_on),
	    TEST(from_now_hears_nothing_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
