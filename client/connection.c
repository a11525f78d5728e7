/* One connection to creditd: sends what the outbox says is due, matches the
 * answers by their tags. All times and retries are the outbox's business. */
#include "connection.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "endpoint.h"
#include "frame.h"
#include "outbox.h"
#include "wire.h"

#define SEND_AGAIN_MS 20 /* after a full pipe */

struct creditd {
	struct endpoint end;
	struct outbox box;
	struct frames frames;
	struct outbox_item
	    *given; /* the last answer's, freed at the next call */
	char *address;
	bool is_full; /* the pipe took no more; try again soon */
};

static const char *const verb_name[] = {
    [CREDITD_SUBMIT] = "SUBMIT",
    [CREDITD_QUERY] = "QUERY",
    [CREDITD_PING] = "PING",
    [CREDITD_CONTROL] = "CONTROL",
};

int creditd_open(const struct creditd_options *options, struct creditd **ret)
{
	struct creditd *c;
	int error;

	if (options->endpoint == NULL || options->timeout_ms < 0 ||
	    options->resend_ms < 0 || options->in_flight > 1000000)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	error = -ENOMEM;
	c->address = strdup(options->endpoint);
	if (c->address == NULL ||
	    !outbox_init(&c->box, options->in_flight ? options->in_flight : 256,
		options->resend_ms ? options->resend_ms : 5000,
		options->timeout_ms ? options->timeout_ms : 10000))
		goto fail;
	/* Answers are bounded by what is in flight, so no mark is needed. */
	error = endpoint_open(&c->end, ZMQ_DEALER, c->address, options, 0);
	if (error != 0)
		goto fail;
	*ret = c;
	return 0;
fail:
	creditd_close(c);
	return error;
}

void creditd_close(struct creditd *c)
{
	if (c == NULL)
		return;
	endpoint_close(&c->end);
	outbox_fini(&c->box);
	frames_fini(&c->frames);
	free(c->given);
	free(c->address);
	free(c);
}

int creditd_send(struct creditd *c, enum creditd_verb verb, const char *key,
    const void *body, size_t size, void *cookie)
{
	if (size > ENDPOINT_RECEIVE_MOST)
		return -EMSGSIZE;
	return outbox_add(&c->box, verb, text_of(key),
	    (struct text){body, size}, cookie, endpoint_now_ms());
}

static int send_item(struct creditd *c, const struct outbox_item *item)
{
	struct text frame[] = {
	    TEXT(""),
	    TEXT("CREDIT1"),
	    text_of(verb_name[item->verb]),
	    {item->tag, OUTBOX_TAG_SIZE},
	    item->key,
	    item->body,
	};
	size_t count = item->verb == CREDITD_PING ? 5 : 6;

	return frames_send(c->end.socket, frame, count);
}

/* Only over a standing connection: what is sent without one would wait in the
 * socket, a copy for each try. */
static void send_due(struct creditd *c, int64_t now_ms)
{
	struct outbox_item *item;

	if (monitor_drain(&c->end.monitor))
		outbox_send_all_again(&c->box, now_ms);
	c->is_full = false;
	while (c->end.monitor.connected &&
	       (item = outbox_due(&c->box, now_ms)) != NULL) {
		if (send_item(c, item) != 0) {
			c->is_full = true;
			return;
		}
		outbox_sent(&c->box, item, now_ms);
	}
}

static void copy_text(char *to, size_t size, struct text from)
{
	snprintf(to, size, "%.*s", TEXT_ARGS(from));
}

static void read_refusal(struct text body, char code[CREDITD_CODE_SIZE],
    char message[CREDITD_MESSAGE_SIZE], int64_t *ret_after_ms)
{
	struct wire_reader reader;
	struct text text;

	*ret_after_ms = 0;
	if (wire_find(body, "code", &reader) && wire_read_text(&reader, &text))
		copy_text(code, CREDITD_CODE_SIZE, text);
	if (wire_find(body, "message", &reader) &&
	    wire_read_text(&reader, &text))
		copy_text(message, CREDITD_MESSAGE_SIZE, text);
	if (!wire_find(body, "retry_after_ms", &reader) ||
	    !wire_read_int(&reader, ret_after_ms) || *ret_after_ms < 0)
		*ret_after_ms = 0;
}

static bool kind_of(struct text verb, enum creditd_kind *ret)
{
	if (text_is(verb, "RESULT"))
		*ret = CREDITD_RESULT;
	else if (text_is(verb, "ANSWER"))
		*ret = CREDITD_ANSWER;
	else if (text_is(verb, "PONG"))
		*ret = CREDITD_PONG;
	else if (text_is(verb, "REFUSED"))
		*ret = CREDITD_REFUSED;
	else
		return false;
	return true;
}

static int give(struct creditd *c, struct outbox_item *item,
    enum creditd_kind kind, int64_t now_ms, struct creditd_reply *ret)
{
	outbox_take(&c->box, item, kind != CREDITD_NO_ANSWER, now_ms);
	free(c->given);
	c->given = item;
	*ret = (struct creditd_reply){
	    .kind = kind,
	    .cookie = item->cookie,
	    .sent = item->sent,
	};
	memcpy(ret->code, item->code, sizeof(ret->code));
	memcpy(ret->message, item->message, sizeof(ret->message));
	return 0;
}

/* Makes an answer of the message in c->frames, if it is a final one. */
static int take_answer(
    struct creditd *c, int64_t now_ms, struct creditd_reply *ret)
{
	const struct text *frame = c->frames.frame;
	struct outbox_item *item;
	enum creditd_kind kind;
	int64_t after_ms;

	/* After the empty delimiter: CREDIT1, verb, tag, body. */
	if (c->frames.count != 5 || frame[0].length != 0 ||
	    !text_is(frame[1], "CREDIT1") || !kind_of(frame[2], &kind))
		return -EAGAIN;
	item = outbox_find(&c->box, frame[3]);
	if (item == NULL)
		return -EAGAIN;
	item->code[0] = item->message[0] = '\0';
	if (kind == CREDITD_REFUSED) {
		read_refusal(frame[4], item->code, item->message, &after_ms);
		if (strcmp(item->code, "BUSY") == 0 ||
		    strcmp(item->code, "UNAVAILABLE") == 0) {
			outbox_put_off(&c->box, item, after_ms, now_ms);
			return -EAGAIN;
		}
	}
	give(c, item, kind, now_ms, ret);
	ret->body = frame[4].at;
	ret->size = frame[4].length;
	return 0;
}

static int give_up(struct creditd *c, struct outbox_item *item, int64_t now_ms,
    struct creditd_reply *ret)
{
	if (item->message[0] == '\0') {
		snprintf(item->message, sizeof(item->message),
		    c->end.monitor.connected
			? "creditd at %s did not answer in time"
			: (c->end.monitor.ever
				  ? "the connection to creditd at %s is gone"
				  : "nothing answers at %s: is creditd "
				    "running?"),
		    c->address);
	}
	return give(c, item, CREDITD_NO_ANSWER, now_ms, ret);
}

int connection_step(struct creditd *c, struct creditd_reply *ret)
{
	int64_t now_ms = endpoint_now_ms();
	struct outbox_item *item;

	send_due(c, now_ms);
	while (frames_receive(
		   c->end.socket, &c->frames, ENDPOINT_RECEIVE_MOST) == 0) {
		if (take_answer(c, now_ms, ret) == 0)
			return 0;
	}
	item = outbox_expired(&c->box, now_ms);
	if (item != NULL)
		return give_up(c, item, now_ms, ret);
	return c->box.count == 0 ? -ENOENT : -EAGAIN;
}

void *connection_socket(struct creditd *c)
{
	return c->end.socket;
}

void *connection_monitor(struct creditd *c)
{
	return c->end.monitor.pair;
}

int64_t connection_wait_ms(struct creditd *c)
{
	int64_t wait_ms = outbox_wait_ms(
	    &c->box, c->end.monitor.connected, endpoint_now_ms());

	return c->is_full && (wait_ms < 0 || wait_ms < SEND_AGAIN_MS)
		   ? SEND_AGAIN_MS
		   : wait_ms;
}

int creditd_next(struct creditd *c, int wait_ms, struct creditd_reply *ret)
{
	int64_t deadline = endpoint_now_ms() + (wait_ms > 0 ? wait_ms : 0);

	for (;;) {
		int error = connection_step(c, ret);
		int64_t left = deadline - endpoint_now_ms();
		int64_t due_ms;
		zmq_pollitem_t poll[] = {
		    {c->end.socket, 0, ZMQ_POLLIN, 0},
		    {c->end.monitor.pair, 0, ZMQ_POLLIN, 0},
		};

		if (error != -EAGAIN)
			return error;
		if (left <= 0)
			return -EAGAIN;
		due_ms = connection_wait_ms(c);
		if (due_ms >= 0 && due_ms < left)
			left = due_ms;
		if (zmq_poll(poll, 2, (long)left) < 0)
			return -zmq_errno();
	}
}

int creditd_ask(struct creditd *c, enum creditd_verb verb, const char *key,
    const void *body, size_t size, struct creditd_reply *ret)
{
	int error;

	if (c->box.count > 0)
		return -EBUSY;
	error = creditd_send(c, verb, key, body, size, NULL);
	if (error != 0)
		return error;
	/* The outbox ends the wait: NO_ANSWER is an answer too. */
	do
		error = creditd_next(c, c->box.timeout_ms, ret);
	while (error == -EAGAIN);
	if (error != 0 && c->box.oldest != NULL) {
		struct outbox_item *item = c->box.oldest;

		outbox_take(&c->box, item, false, endpoint_now_ms());
		free(item);
	}
	return error;
}

size_t creditd_in_flight(const struct creditd *c)
{
	return c->box.count;
}

bool creditd_is_connected(const struct creditd *c)
{
	return c->end.monitor.connected;
}

bool creditd_was_connected(const struct creditd *c)
{
	return c->end.monitor.ever;
}
