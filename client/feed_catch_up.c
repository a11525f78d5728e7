/* What a subscription asks for: a snapshot in pages, what it missed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "feed.h"

#define AGAIN_MS         1000 /* after a question that got no answer */
#define RECHECK_FIRST_MS 1000
#define RECHECK_MS       60000
#define PAGE_LIMIT       2000

bool feed_read_mark(struct text body, struct feed_mark *ret)
{
	struct wire_reader reader;

	return wire_find(body, "stream", &reader) &&
	       wire_read_int(&reader, &ret->stream) &&
	       wire_find(body, "offset", &reader) &&
	       wire_read_int(&reader, &ret->offset) &&
	       wire_find(body, "version", &reader) &&
	       wire_read_int(&reader, &ret->version) &&
	       wire_find(body, "chain", &reader) &&
	       wire_read_text(&reader, &ret->chain) && ret->offset > 0 &&
	       ret->version > 0 && ret->chain.length < CREDITD_CHAIN_SIZE;
}

enum position_seen feed_take(
    struct creditd_feed *feed, const struct feed_mark *mark)
{
	struct position *position = &feed->position;
	enum position_seen seen;

	if (feed->member != NULL) {
		if (mark->version <= position->version)
			return POSITION_OLD;
		if (mark->version > position->version + 1)
			return POSITION_GAP;
		position->version = mark->version;
		return POSITION_NEXT;
	}
	seen = position_see(position, mark->stream, mark->offset, mark->chain);
	/* Without memory the message counts as not heard; it comes again. */
	if (seen == POSITION_NEXT &&
	    !position_move(position, mark->stream, mark->offset, mark->chain))
		return POSITION_GAP;
	return seen;
}

/* ---- handing out a page */

static bool next_balance(struct creditd_feed *feed, struct creditd_heard *ret)
{
	struct wire_reader version;
	struct text balance;

	if (!wire_skip(&feed->items, &balance))
		return false;
	*ret = (struct creditd_heard){
	    .event = CREDITD_BALANCE,
	    .body = balance.at,
	    .size = balance.length,
	};
	if (wire_find(balance, "version", &version) &&
	    wire_read_int(&version, &ret->version) && feed->member != NULL &&
	    ret->version > feed->position.version)
		feed->position.version = ret->version;
	return !feed->only_heads;
}

static bool next_change(struct creditd_feed *feed, struct creditd_heard *ret)
{
	struct text item, topic, body;
	struct wire_reader reader;
	struct feed_mark mark;

	if (!wire_skip(&feed->items, &item) ||
	    !wire_find(item, "topic", &reader) ||
	    !wire_read_text(&reader, &topic) ||
	    !wire_find(item, "body", &reader) ||
	    !wire_read_bin(&reader, &body) || !feed_read_mark(body, &mark))
		return false;
	if (feed_take(feed, &mark) != POSITION_NEXT || feed->is_mute)
		return false;
	*ret = (struct creditd_heard){
	    .event = CREDITD_CHANGE,
	    .body = body.at,
	    .size = body.length,
	    .stream = mark.stream,
	    .offset = mark.offset,
	    .version = mark.version,
	};
	snprintf(ret->topic, sizeof(ret->topic), "%.*s", TEXT_ARGS(topic));
	return true;
}

bool feed_next_item(struct creditd_feed *feed, struct creditd_heard *ret)
{
	while (feed->left > 0) {
		feed->left--;
		if (feed->state == FEED_SNAPSHOT ? next_balance(feed, ret)
						 : next_change(feed, ret))
			return true;
	}
	return false;
}

/* ---- questions */

static void write_snapshot(struct creditd_feed *feed, struct wire_writer *w)
{
	if (feed->member != NULL) {
		wire_pair_string(w, "query", "balance");
		wire_pair_string(w, "member", feed->member);
		return;
	}
	wire_pair_string(w, "query", "balances");
	wire_pair_string(w, "organization", feed->organization);
	wire_pair_int(w, "limit", feed->only_heads ? 1 : PAGE_LIMIT);
	if (feed->next.at != NULL)
		wire_pair_text(w, "after", feed->next);
}

static void write_changes(struct creditd_feed *feed, struct wire_writer *w)
{
	wire_pair_string(w, "query", "changes");
	if (feed->member != NULL) {
		wire_pair_string(w, "member", feed->member);
		wire_pair_int(w, "after_version", feed->position.version);
	} else {
		wire_pair_string(w, "organization", feed->organization);
		wire_key(w, "after");
		position_write(&feed->position, w);
	}
	wire_pair_int(w, "limit", PAGE_LIMIT);
}

static void ask(struct creditd_feed *feed, int64_t now_ms)
{
	struct wire_writer w = {0};
	const char *key =
	    feed->member != NULL ? feed->member : feed->organization;

	wire_open_map(&w);
	if (feed->state == FEED_SNAPSHOT)
		write_snapshot(feed, &w);
	else
		write_changes(feed, &w);
	wire_close(&w);
	feed->ask_ms = now_ms + AGAIN_MS;
	if (!w.failed && creditd_send(feed->c, CREDITD_QUERY, key, w.data,
			     w.size, NULL) == 0)
		feed->asked = true;
	wire_writer_fini(&w);
}

/* ---- answers */

static void drop_page(struct creditd_feed *feed)
{
	free(feed->page);
	feed->page = NULL;
	feed->has_page = feed->more = false;
	feed->left = 0;
	feed->next = TEXT_NONE;
}

static void start_over(struct creditd_feed *feed)
{
	drop_page(feed);
	position_fini(&feed->position);
	feed->state = FEED_SNAPSHOT;
	feed->only_heads = feed->is_mute = feed->caught_up = false;
	feed->say_diverged = true;
	feed->ask_ms = 0;
}

static void take_refusal(
    struct creditd_feed *feed, const struct creditd_reply *reply)
{
	if (feed->state == FEED_CATCH_UP &&
	    (strcmp(reply->code, "DIVERGED") == 0 ||
		strcmp(reply->code, "TOO_OLD") == 0)) {
		start_over(feed);
		return;
	}
	snprintf(feed->trouble, sizeof(feed->trouble), "%.*s%s%.*s",
	    CREDITD_CODE_SIZE, reply->code, *reply->code ? ": " : "",
	    CREDITD_MESSAGE_SIZE - CREDITD_CODE_SIZE - 3, reply->message);
}

/* Keeps the answer and stands at the begin of its list. */
static bool take_page(
    struct creditd_feed *feed, const struct creditd_reply *reply)
{
	bool first = !feed->has_page;
	char *copy = malloc(reply->size);
	struct text bytes = {copy, reply->size}, heads;
	struct wire_reader reader;
	const char *list =
	    feed->state == FEED_SNAPSHOT ? "balances" : "changes";

	if (copy == NULL)
		return false;
	memcpy(copy, reply->body, reply->size);
	drop_page(feed);
	feed->page = copy;
	if (!wire_find(bytes, list, &feed->items) ||
	    !wire_read_array(&feed->items, &feed->left))
		return false;
	feed->has_page = true;
	if (wire_find(bytes, "more", &reader) &&
	    !wire_read_bool(&reader, &feed->more))
		feed->more = false;
	if (wire_find(bytes, "next", &reader) &&
	    !wire_read_text(&reader, &feed->next))
		feed->next = TEXT_NONE;
	/* The first page's heads: later pages may be newer than they are. */
	if (feed->state == FEED_SNAPSHOT && first && feed->member == NULL &&
	    (!wire_find(bytes, "heads", &reader) ||
		!wire_skip(&reader, &heads) ||
		!position_take_heads(&feed->position, heads)))
		return false;
	return true;
}

static void take_reply(
    struct creditd_feed *feed, const struct creditd_reply *reply)
{
	feed->asked = false;
	if (reply->kind != CREDITD_ANSWER) {
		take_refusal(feed, reply);
		return;
	}
	feed->trouble[0] = '\0';
	if (!take_page(feed, reply)) {
		drop_page(feed);
		snprintf(feed->trouble, sizeof(feed->trouble),
		    "creditd's answer is damaged");
	}
}

/* The page is handed out to its end: another one, or the next state. */
static void finish_page(struct creditd_feed *feed, int64_t now_ms)
{
	bool more = feed->more;

	if (feed->state == FEED_SNAPSHOT && feed->only_heads)
		more = false;
	if (more && (feed->state == FEED_CATCH_UP || feed->next.at != NULL)) {
		feed->ask_ms = 0;
		ask(feed, now_ms);
		return;
	}
	drop_page(feed);
	feed->ask_ms = 0;
	if (feed->state == FEED_SNAPSHOT) {
		feed->is_mute = feed->only_heads && feed->member != NULL;
		feed->state = FEED_CATCH_UP;
		return;
	}
	feed->state = FEED_LIVE;
	feed->is_mute = false;
	feed->recheck_ms =
	    now_ms + (feed->caught_up ? RECHECK_MS : RECHECK_FIRST_MS);
	feed->say_caught_up = !feed->caught_up;
	feed->caught_up = true;
}

void feed_catch_up(struct creditd_feed *feed, int64_t now_ms)
{
	struct creditd_reply reply;
	bool asked = feed->asked;

	/* Also while nothing is asked: what its sockets say must be read, or a
	 * wait on them would return at once, for ever. */
	if (connection_step(feed->c, &reply) == 0 && asked)
		take_reply(feed, &reply);
	if (asked)
		return;
	if (feed->has_page)
		finish_page(feed, now_ms);
	else if (feed->state != FEED_LIVE && now_ms >= feed->ask_ms)
		ask(feed, now_ms);
}

void feed_fall_behind(struct creditd_feed *feed, int64_t now_ms)
{
	feed->state = FEED_CATCH_UP;
	feed->ask_ms = now_ms;
}
