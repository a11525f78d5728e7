/* The books on the feed: what is published, in order, without gaps. */
#include "feed.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

#define AGAIN_MOST        1000 /* changes published again after a start */
#define FETCH_LIMIT       500
#define FETCH_DEADLINE_US INT64_C(5000000)
#define RETRY_US          INT64_C(1000000) /* after a FETCH that brought nothing */
#define NO_ROOM_US        INT64_C(20000)
#define SILENCE_US        INT64_C(1000000) /* of a feed that was just opened */

void feed_init(struct feed *feed, const struct feed_out *out,
    struct stats *stats, int64_t epoch)
{
	*feed = (struct feed){.out = *out, .stats = stats, .epoch = epoch};
	TAILQ_INIT(&feed->behind);
	TAILQ_INIT(&feed->fetching);
}

void feed_fini(struct feed *feed)
{
	wire_writer_fini(&feed->heads);
}

bool change_read(struct wire_reader *reader, struct change *ret)
{
	uint32_t count;

	if (!wire_read_array(reader, &count) || count < 5 ||
	    !wire_read_int(reader, &ret->stream) ||
	    !wire_read_int(reader, &ret->offset) ||
	    !wire_read_bin(reader, &ret->chain) ||
	    !wire_read_text(reader, &ret->topic) ||
	    !wire_read_bin(reader, &ret->body) ||
	    ret->chain.length != CHAIN_SIZE || ret->offset < 1)
		return false;
	while (count-- > 5)
		if (!wire_skip(reader, NULL))
			return false;
	return true;
}

void feed_open(struct feed *feed, struct organization *organization)
{
	organization->publish_from_us = feed->now_us + SILENCE_US;
}

static bool is_silent(const struct feed *feed, const struct stream *stream)
{
	return feed->now_us < stream->organization->publish_from_us;
}

static void feed_mark_behind(struct feed *feed, struct stream *stream)
{
	if (stream->feed.behind)
		return;
	stream->feed.behind = true;
	stream->feed.fetch = 0;
	TAILQ_INSERT_TAIL(&feed->behind, stream, feed.link);
	feed->stats->feed_holes++;
}

/* The first word about a stream since the start. */
static void feed_know(struct feed *feed, struct stream *stream, int64_t offset)
{
	struct stream_feed *f = &stream->feed;

	f->known = true;
	f->head = offset;
	f->published = offset > AGAIN_MOST ? offset - AGAIN_MOST : 0;
	f->fresh = true;
	f->chain_known = f->published == 0;
	memset(f->chain, 0, sizeof(f->chain));
	if (f->head > f->published)
		feed_mark_behind(feed, stream);
}

/* Less than what was published: perhaps old news, perhaps a restored
 * database. A FETCH will tell. */
static void feed_suspect(struct feed *feed, struct stream *stream)
{
	stream->feed.verify = true;
	feed_mark_behind(feed, stream);
}

/* Somebody said that the stream has come that far. */
static void feed_rise(struct stream_feed *f, int64_t offset)
{
	if (offset < f->head)
		return;
	f->head = offset;
	f->risen = true;
}

static bool feed_publish(
    struct feed *feed, struct stream *stream, const struct change *change)
{
	struct stream_feed *f = &stream->feed;

	if (!feed->out.publish(feed->out.arg, stream->organization,
		change->topic, change->body))
		return false;
	f->published = change->offset;
	if (f->head < change->offset)
		f->head = change->offset;
	memcpy(f->chain, change->chain.at, CHAIN_SIZE);
	f->chain_known = true;
	f->fresh = false;
	feed->stats->published++;
	return true;
}

void feed_change(
    struct feed *feed, struct stream *stream, const struct change *change)
{
	struct stream_feed *f = &stream->feed;

	if (!f->known)
		feed_know(
		    feed, stream, change->offset == 1 ? 0 : change->offset);
	if (change->offset == f->published + 1) {
		/* What comes while a FETCH is under way is left to it: it looks
		 * whether what was published last still stands. */
		if (f->fetch == 0 && !f->verify && !is_silent(feed, stream) &&
		    feed_publish(feed, stream, change))
			return;
	} else if (change->offset <= f->published) {
		if (change->offset < f->published ||
		    memcmp(f->chain, change->chain.at, CHAIN_SIZE) != 0)
			feed_suspect(feed, stream);
		return;
	}
	feed_rise(f, change->offset);
	feed_mark_behind(feed, stream);
}

void feed_head(
    struct feed *feed, struct stream *stream, const struct stream_head *head)
{
	struct stream_feed *f = &stream->feed;

	if (!f->known)
		feed_know(feed, stream, head->offset);
	feed_rise(f, head->offset);
	if (f->head > f->published)
		feed_mark_behind(feed, stream);
	else if (head->offset < f->published ||
		 (head->offset > 0 && head->chain.length == CHAIN_SIZE &&
		     memcmp(f->chain, head->chain.at, CHAIN_SIZE) != 0))
		feed_suspect(feed, stream);
}

/* Begins anew near the end, as after a start. */
static void feed_go_back(struct feed *feed, struct stream *stream, int64_t head)
{
	log_warn("stream=%" PRId32 " organization=%s published=%" PRId64
		 " head=%" PRId64 " the database was restored to an earlier "
		 "moment; publishing its last changes again",
	    stream->number, stream->organization->name, stream->feed.published,
	    head);
	feed->epoch++;
	feed_know(feed, stream, head);
}

/* Each FETCH begins with the change that was published last, if its chain is
 * known: is it still what the database has? False where it was restored. Moves
 * `reader` behind it. */
static bool feed_still_stands(const struct stream_feed *f,
    const struct fetched *fetched, struct wire_reader *reader, uint32_t *count)
{
	struct wire_reader first = *reader;
	struct change change;

	if (fetched->head < f->published)
		return false;
	if (!f->chain_known || *count == 0 || !change_read(&first, &change) ||
	    change.offset != f->published)
		return true;
	*reader = first;
	(*count)--;
	return memcmp(f->chain, change.chain.at, CHAIN_SIZE) == 0;
}

enum filling { FILLING_DAMAGED, FILLING_FINE, FILLING_NO_ROOM };

/* Publishes what comes next in order. */
static enum filling feed_fill(struct feed *feed, struct stream *stream,
    struct wire_reader reader, uint32_t count)
{
	struct stream_feed *f = &stream->feed;
	enum filling filling = FILLING_FINE;
	struct change change;

	for (; count > 0 && filling == FILLING_FINE; count--) {
		if (!change_read(&reader, &change) ||
		    change.stream != stream->number)
			return FILLING_DAMAGED;
		if (change.offset <= f->published)
			continue;
		/* After a start the oldest may have been archived. */
		if (change.offset != f->published + 1 && !f->fresh)
			return FILLING_DAMAGED;
		if (!feed_publish(feed, stream, &change))
			filling = FILLING_NO_ROOM;
	}
	return filling;
}

/* Takes in the answer to a FETCH. */
static enum filling feed_take(
    struct feed *feed, struct stream *stream, const struct fetched *fetched)
{
	struct stream_feed *f = &stream->feed;
	struct wire_reader reader = fetched->changes;
	uint32_t count = fetched->count;
	enum filling filling;

	if (!feed_still_stands(f, fetched, &reader, &count)) {
		feed_go_back(feed, stream, fetched->head);
		return FILLING_FINE;
	}
	filling = feed_fill(feed, stream, reader, count);
	if (fetched->head > f->head) {
		f->head = fetched->head;
	} else if (fetched->head < f->head && !f->risen) {
		/* Less than was committed before the FETCH was sent: restored,
		 * and subscribers may have asked for what is gone. What was
		 * said meanwhile, though, is newer than what the FETCH saw. */
		f->head = fetched->head;
		feed->epoch++;
	}
	return filling;
}

bool feed_fetched(struct feed *feed, struct stream *stream,
    const struct fetched *fetched, int64_t now_us)
{
	struct stream_feed *f = &stream->feed;
	int64_t before = f->published;
	enum filling filling;

	if (f->fetch == 0 || f->fetch != fetched->ticket)
		return true; /* given up long ago */
	f->fetch = 0;
	f->wait_until_us = 0;
	TAILQ_REMOVE(&feed->fetching, stream, feed.link);
	TAILQ_INSERT_TAIL(&feed->behind, stream, feed.link);
	filling = feed_take(feed, stream, fetched);
	if (f->head <= f->published && !f->verify) {
		TAILQ_REMOVE(&feed->behind, stream, feed.link);
		f->behind = false;
	} else if (filling == FILLING_NO_ROOM) {
		f->wait_until_us = now_us + NO_ROOM_US;
	} else if (filling == FILLING_DAMAGED ||
		   (!f->risen && f->published == before)) {
		f->wait_until_us = now_us + RETRY_US;
	} else {
		f->reader = 0;
	}
	return filling != FILLING_DAMAGED;
}

static void feed_give_up(struct feed *feed, struct stream *stream)
{
	stream->feed.fetch = 0;
	stream->feed.wait_until_us = 0;
	stream->feed.verify = true; /* it may have been meant to */
	TAILQ_REMOVE(&feed->fetching, stream, feed.link);
	TAILQ_INSERT_TAIL(&feed->behind, stream, feed.link);
}

void feed_lost(struct feed *feed, const struct worker *worker)
{
	struct stream *stream, *next;

	for (stream = TAILQ_FIRST(&feed->fetching); stream != NULL;
	     stream = next) {
		next = TAILQ_NEXT(stream, feed.link);
		if (stream->feed.reader == worker->serial)
			feed_give_up(feed, stream);
	}
}

static void feed_check_deadlines(
    struct feed *feed, struct pool *pool, int64_t now_us)
{
	struct stream *stream, *next;

	for (stream = TAILQ_FIRST(&feed->fetching); stream != NULL;
	     stream = next) {
		struct worker *reader;

		next = TAILQ_NEXT(stream, feed.link);
		if (stream->feed.wait_until_us > now_us)
			continue;
		reader = pool_find_serial(pool, stream->feed.reader);
		if (reader != NULL)
			reader->fetches--;
		feed_give_up(feed, stream);
	}
}

static bool feed_fetch(
    struct feed *feed, struct stream *stream, struct pool *pool, int64_t now_us)
{
	struct stream_feed *f = &stream->feed;
	struct worker *to = pool_choose_for_fetch(pool, f->reader);
	int64_t after = f->published;

	if (f->chain_known && f->published > 0)
		after--;
	if (to == NULL || feed->out.fetch(feed->out.arg, to, feed->ticket + 1,
			      stream->number, after, FETCH_LIMIT) < 0)
		return false;
	f->verify = false; /* it does */
	f->risen = false;
	f->fetch = ++feed->ticket;
	f->reader = to->serial;
	f->wait_until_us = now_us + FETCH_DEADLINE_US;
	to->fetches++;
	TAILQ_REMOVE(&feed->behind, stream, feed.link);
	TAILQ_INSERT_TAIL(&feed->fetching, stream, feed.link);
	feed->stats->fetches++;
	return true;
}

void feed_turn(struct feed *feed, struct pool *pool, int64_t now_us)
{
	struct stream *stream, *next;

	feed->now_us = now_us;
	feed_check_deadlines(feed, pool, now_us);
	for (stream = TAILQ_FIRST(&feed->behind); stream != NULL;
	     stream = next) {
		struct stream_feed *f = &stream->feed;

		next = TAILQ_NEXT(stream, feed.link);
		if (f->head <= f->published && !f->verify) {
			TAILQ_REMOVE(&feed->behind, stream, feed.link);
			f->behind = false;
		} else if (f->wait_until_us <= now_us &&
			   !is_silent(feed, stream) &&
			   !feed_fetch(feed, stream, pool, now_us)) {
			break;
		}
	}
}

static void write_stream(struct wire_writer *w, const struct stream *stream)
{
	char key[16], chain[2 * CHAIN_SIZE + 1];

	snprintf(key, sizeof(key), "%" PRId32, stream->number);
	for (size_t i = 0; i < CHAIN_SIZE; i++)
		snprintf(chain + 2 * i, 3, "%02x", stream->feed.chain[i]);
	wire_key(w, key);
	wire_open_map(w);
	wire_pair_int(w, "offset", stream->feed.published);
	wire_pair_string(w, "chain", chain);
	wire_close(w);
}

void feed_heads(struct feed *feed, const struct directory *directory)
{
	struct wire_writer *w = &feed->heads;
	char topic[ORGANIZATION_NAME_SIZE + 8];

	for (const struct organization *o = directory->first; o != NULL;
	     o = o->next) {
		wire_writer_reset(w);
		wire_open_map(w);
		wire_pair_int(w, "epoch", feed->epoch);
		wire_key(w, "heads");
		wire_open_map(w);
		for (int i = 0; i < STREAM_BUCKETS; i++)
			if (o->streams[i].feed.chain_known &&
			    o->streams[i].feed.published > 0)
				write_stream(w, &o->streams[i]);
		wire_close(w);
		wire_close(w);
		snprintf(topic, sizeof(topic), "heads/%s", o->name);
		if (!w->failed)
			(void)feed->out.publish(
			    feed->out.arg, o, text_of(topic), wire_written(w));
	}
}
