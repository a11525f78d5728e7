/* A subscription: the live feed, and when it is not enough. */
#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "connection.h"

#define FEED_RECEIVE_MOST 10000 /* messages that wait; more are caught up */
#define IDLE_MS           250

/* ---- opening */

static int ask_endpoint(struct creditd_feed *feed, char *endpoint, size_t size)
{
	struct wire_writer w = {0};
	struct creditd_reply reply;
	struct wire_reader reader;
	struct text feeds, text;
	int error;

	wire_open_map(&w);
	wire_pair_string(&w, "query", "feeds");
	wire_close(&w);
	error = w.failed ? -ENOMEM
			 : creditd_ask(feed->c, CREDITD_QUERY, "", w.data,
			       w.size, &reply);
	wire_writer_fini(&w);
	if (error != 0)
		return error;
	if (reply.kind != CREDITD_ANSWER)
		return reply.kind == CREDITD_REFUSED ? -EACCES : -ETIMEDOUT;
	if (!wire_find(
		(struct text){reply.body, reply.size}, "feeds", &reader) ||
	    !wire_skip(&reader, &feeds))
		return -EPROTO;
	if (!wire_find(feeds, feed->organization, &reader) ||
	    !wire_read_text(&reader, &text) || text.length >= size)
		return -ENOENT;
	snprintf(endpoint, size, "%.*s", TEXT_ARGS(text));
	return 0;
}

static int subscribe(struct creditd_feed *feed)
{
	static const char *const kinds[] = {
	    "balance", "request", "certification", "notice"};
	char topic[CREDITD_TOPIC_SIZE];

	if (feed->member == NULL)
		return zmq_setsockopt(feed->end.socket, ZMQ_SUBSCRIBE, "", 0) <
			       0
			   ? -zmq_errno()
			   : 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int length = snprintf(
		    topic, sizeof(topic), "%s/%s/", kinds[i], feed->member);

		if (zmq_setsockopt(feed->end.socket, ZMQ_SUBSCRIBE, topic,
			(size_t)length) < 0)
			return -zmq_errno();
	}
	return 0;
}

static int settle_names(
    struct creditd_feed *feed, const struct creditd_feed_options *options)
{
	struct text organization = text_of(options->organization), number;

	if (options->member != NULL) {
		if (!text_split_member(
			text_of(options->member), &organization, &number))
			return -EINVAL;
		feed->member = strdup(options->member);
		if (feed->member == NULL)
			return -ENOMEM;
	}
	if (organization.at == NULL || !text_is_organization(organization))
		return -EINVAL;
	feed->organization = strndup(organization.at, organization.length);
	return feed->organization != NULL ? 0 : -ENOMEM;
}

static const char *subject(const struct creditd_feed *feed)
{
	return feed->member != NULL ? feed->member : feed->organization;
}

static int settle_start(
    struct creditd_feed *feed, const struct creditd_feed_options *options)
{
	int error;

	switch (options->start) {
	case CREDITD_FROM_NOW:
		feed->only_heads = true;
		return 0;
	case CREDITD_FROM_START:
		feed->state = FEED_CATCH_UP;
		return 0;
	case CREDITD_FROM_POSITION:
		if (options->position == NULL)
			return -EINVAL;
		error = position_load(
		    &feed->position, subject(feed), options->position);
		if (error == 0)
			feed->state = FEED_CATCH_UP;
		return error == -ENOENT ? 0 : error;
	case CREDITD_FROM_SNAPSHOT:
		return 0;
	}
	return -EINVAL;
}

int creditd_feed_open(
    const struct creditd_feed_options *options, struct creditd_feed **ret)
{
	struct creditd_feed *feed = calloc(1, sizeof(*feed));
	char endpoint[512];
	int error;

	if (feed == NULL)
		return -ENOMEM;
	error = settle_names(feed, options);
	if (error == 0)
		error = settle_start(feed, options);
	if (error == 0)
		error = creditd_open(&options->connection, &feed->c);
	if (error == 0 && options->endpoint == NULL)
		error = ask_endpoint(feed, endpoint, sizeof(endpoint));
	if (error == 0)
		error = endpoint_open(&feed->end, ZMQ_SUB,
		    options->endpoint != NULL ? options->endpoint : endpoint,
		    &options->connection, FEED_RECEIVE_MOST);
	if (error == 0)
		error = subscribe(feed);
	if (error != 0) {
		creditd_feed_close(feed);
		return error;
	}
	*ret = feed;
	return 0;
}

void creditd_feed_close(struct creditd_feed *feed)
{
	if (feed == NULL)
		return;
	creditd_close(feed->c);
	endpoint_close(&feed->end);
	frames_fini(&feed->frames);
	position_fini(&feed->position);
	free(feed->page);
	free(feed->organization);
	free(feed->member);
	free(feed);
}

/* ---- the live feed */

static void take_heads(
    struct creditd_feed *feed, struct text body, int64_t now_ms)
{
	struct wire_reader reader;
	struct text heads;
	int64_t epoch;

	if (!wire_find(body, "epoch", &reader) ||
	    !wire_read_int(&reader, &epoch) ||
	    !wire_find(body, "heads", &reader) || !wire_skip(&reader, &heads))
		return;
	if (feed->position.epoch != 0 && feed->position.epoch != epoch) {
		feed->say_restarted = true;
		/* `changes` compares chains: it finds a restored database. */
		feed_fall_behind(feed, now_ms);
	} else if (position_is_behind(&feed->position, heads)) {
		feed_fall_behind(feed, now_ms);
	}
	feed->position.epoch = epoch;
}

static bool take_live(
    struct creditd_feed *feed, int64_t now_ms, struct creditd_heard *ret)
{
	struct text topic = feed->frames.frame[0];
	struct text body = feed->frames.frame[1];
	struct feed_mark mark;

	if (feed->frames.count != 2)
		return false;
	if (topic.length > 6 && memcmp(topic.at, "heads/", 6) == 0) {
		take_heads(feed, body, now_ms);
		return false;
	}
	if (!feed_read_mark(body, &mark))
		return false;
	switch (feed_take(feed, &mark)) {
	case POSITION_OLD:
		return false;
	case POSITION_GAP:
	case POSITION_DIVERGED:
		feed_fall_behind(feed, now_ms);
		return false;
	case POSITION_NEXT:
		break;
	}
	*ret = (struct creditd_heard){
	    .event = CREDITD_CHANGE,
	    .live = true,
	    .body = body.at,
	    .size = body.length,
	    .stream = mark.stream,
	    .offset = mark.offset,
	    .version = mark.version,
	};
	snprintf(ret->topic, sizeof(ret->topic), "%.*s", TEXT_ARGS(topic));
	return true;
}

/* A member's subscriber hears no heads: it asks after each new connection and
 * every minute. */
static void check_member(struct creditd_feed *feed, int64_t now_ms)
{
	bool renewed = monitor_drain(&feed->end.monitor);

	if (feed->member != NULL && feed->state == FEED_LIVE &&
	    (renewed || now_ms >= feed->recheck_ms))
		feed_fall_behind(feed, now_ms);
}

static bool say(bool *flag, enum creditd_event event, struct creditd_heard *ret)
{
	if (!*flag)
		return false;
	*flag = false;
	*ret = (struct creditd_heard){.event = event};
	return true;
}

/* Something to hand out, if there is anything now. */
static bool step(
    struct creditd_feed *feed, int64_t now_ms, struct creditd_heard *ret)
{
	if (say(&feed->say_restarted, CREDITD_RESTARTED, ret) ||
	    say(&feed->say_diverged, CREDITD_DIVERGED, ret) ||
	    feed_next_item(feed, ret))
		return true;
	feed_catch_up(feed, now_ms);
	check_member(feed, now_ms);
	if (feed->state == FEED_LIVE &&
	    say(&feed->say_caught_up, CREDITD_CAUGHT_UP, ret))
		return true;
	while (feed->state == FEED_LIVE &&
	       frames_receive(feed->end.socket, &feed->frames,
		   ENDPOINT_RECEIVE_MOST) == 0) {
		if (take_live(feed, now_ms, ret))
			return true;
	}
	return feed_next_item(feed, ret);
}

/* How long nothing will happen by itself; 0: go on at once. */
static int64_t idle_ms(struct creditd_feed *feed, int64_t now_ms)
{
	int64_t wait_ms = IDLE_MS, due_ms;

	if (feed->left > 0 || feed->say_restarted || feed->say_diverged ||
	    feed->say_caught_up)
		return 0;
	if (feed->asked) {
		due_ms = connection_wait_ms(feed->c);
		return due_ms >= 0 && due_ms < wait_ms ? due_ms : wait_ms;
	}
	if (feed->has_page)
		return 0;
	if (feed->state != FEED_LIVE && feed->ask_ms < now_ms + wait_ms)
		return feed->ask_ms > now_ms ? feed->ask_ms - now_ms : 0;
	return wait_ms;
}

int creditd_feed_next(
    struct creditd_feed *feed, int wait_ms, struct creditd_heard *ret)
{
	int64_t deadline = endpoint_now_ms() + (wait_ms > 0 ? wait_ms : 0);

	for (;;) {
		int64_t now_ms = endpoint_now_ms(), idle;
		zmq_pollitem_t poll[] = {
		    {connection_socket(feed->c), 0, ZMQ_POLLIN, 0},
		    {connection_monitor(feed->c), 0, ZMQ_POLLIN, 0},
		    {feed->end.monitor.pair, 0, ZMQ_POLLIN, 0},
		    {feed->end.socket, 0, ZMQ_POLLIN, 0},
		};

		if (step(feed, now_ms, ret))
			return 0;
		if (now_ms >= deadline)
			return -EAGAIN;
		idle = idle_ms(feed, now_ms);
		if (idle > deadline - now_ms)
			idle = deadline - now_ms;
		/* Live messages wait while we catch up. */
		if (idle > 0 && zmq_poll(poll, feed->state == FEED_LIVE ? 4 : 3,
				    (long)idle) < 0)
			return -zmq_errno();
	}
}

int creditd_feed_save(struct creditd_feed *feed, const char *path)
{
	if (feed->state == FEED_SNAPSHOT || feed->is_mute)
		return -EAGAIN;
	return position_save(&feed->position, subject(feed), path);
}

const char *creditd_feed_trouble(const struct creditd_feed *feed)
{
	if (feed->trouble[0] != '\0')
		return feed->trouble;
	return feed->end.monitor.connected ? "" : "no connection to the feed";
}
