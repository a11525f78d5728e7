/* Subscribers: each follows one organization's feed, sees gaps, asks for
 * `changes`, and takes a snapshot where its history has diverged. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "wire.h"

#define SILENCE_US (12 * SECOND)

struct subscriber_model {
	unsigned index, organization;
	struct connection *feed, *events;
	int64_t connect_at_us, sleep_until_us;
	struct position position[STREAM_BUCKETS];
	struct position vouched[STREAM_BUCKETS]; /* at the last heads */
	int64_t epoch;
	struct chain last[MEMBERS_MOST]; /* of each member */
	struct chain vouched_last[MEMBERS_MOST];
	bool behind, snapshot;
	bool unsure;    /* a new epoch: what stands has to be asked first */
	unsigned asked; /* number of the question under way, or 0 */
	unsigned questions;
	int64_t asked_us, ask_at_us;
};

static struct subscriber_model subscribers[SUBSCRIBERS];

static void vouch(struct subscriber_model *s)
{
	memcpy(s->vouched, s->position, sizeof(s->vouched));
	memcpy(s->vouched_last, s->last, sizeof(s->last));
}

static void fall_behind(struct subscriber_model *s)
{
	s->behind = true;
}

static void apply(
    struct subscriber_model *s, const struct message_body *body, bool live)
{
	struct position *position = &s->position[body->stream % STREAM_BUCKETS];

	if (body->offset == position->offset + 1) {
		position->stream = body->stream;
		position->offset = body->offset;
		position->chain = body->chain;
		if (body->member >= 0)
			s->last[body->member] = body->cause;
	} else if (live && (body->offset > position->offset ||
			       (body->offset == position->offset &&
				   !chain_equal(body->chain, position->chain))))
		fall_behind(s);
}

/* ---- heads: what has been published */

static void compare(struct subscriber_model *s, const struct position *head)
{
	const struct position *have =
	    &s->position[head->stream % STREAM_BUCKETS];

	if (head->offset > have->offset ||
	    (head->offset == have->offset &&
		!chain_equal(head->chain, have->chain)))
		fall_behind(s);
}

bool heads_read(struct text body, int64_t *ret_epoch,
    void (*each)(void *arg, const struct position *head), void *arg)
{
	struct wire_reader reader, inner;
	struct text key, head, hex;
	uint32_t count;
	struct position position;

	if (!wire_find(body, "epoch", &reader) ||
	    !wire_read_int(&reader, ret_epoch) ||
	    !wire_find(body, "heads", &reader) ||
	    !wire_read_map(&reader, &count))
		return false;
	while (count-- > 0) {
		unsigned char *byte = (unsigned char *)&position.chain;

		if (!wire_read_text(&reader, &key) ||
		    !wire_skip(&reader, &head) ||
		    !wire_find(head, "offset", &inner) ||
		    !wire_read_int(&inner, &position.offset) ||
		    !wire_find(head, "chain", &inner) ||
		    !wire_read_text(&inner, &hex) ||
		    hex.length != 2 * CHAIN_BYTES)
			return false;
		position.stream = 0;
		for (size_t i = 0; i < key.length; i++)
			position.stream =
			    position.stream * 10 + (key.at[i] - '0');
		for (size_t i = 0; i < CHAIN_BYTES; i++) {
			char digits[3] = {hex.at[2 * i], hex.at[2 * i + 1], 0};

			byte[i] = (unsigned char)strtoul(digits, NULL, 16);
		}
		each(arg, &position);
	}
	return true;
}

static void compare_with(void *arg, const struct position *head)
{
	compare(arg, head);
}

static void on_heads(struct subscriber_model *s, struct text body)
{
	int64_t epoch = 0;

	if (!heads_read(body, &epoch, compare_with, s))
		broken("feed-heads", "heads can't be read");
	if (epoch != s->epoch) {
		/* What came since the last heads of the old epoch may be of
		 * another history: `changes` compares what stood then. */
		memcpy(s->position, s->vouched, sizeof(s->position));
		memcpy(s->last, s->vouched_last, sizeof(s->last));
		fall_behind(s);
		note("epoch", s->index, epoch, s->epoch);
		s->unsure = true;
		s->asked = 0;
	}
	s->epoch = epoch;
	if (!s->unsure)
		vouch(s);
}

bool is_heads(struct text topic)
{
	return topic.length > 6 && memcmp(topic.at, "heads/", 6) == 0;
}

static void on_feed(void *owner, const struct text *frame, size_t count)
{
	struct subscriber_model *s = owner;
	struct message_body body;

	if (count != 2 || sim.now_us < s->sleep_until_us)
		return; /* slow: lost at the high-water mark */
	if (is_heads(frame[0])) {
		on_heads(s, frame[1]);
		return;
	}
	memcpy(&body, frame[1].at, sizeof(body));
	if (!s->unsure)
		apply(s, &body, true);
}

/* ---- questions */

static void ask(struct subscriber_model *s)
{
	struct ask ask = {.what = s->snapshot ? ASK_BALANCES : ASK_CHANGES,
	    .organization = (int)s->organization};
	char tag[24];
	struct text frame[6];

	for (int i = 0; i < STREAM_BUCKETS; i++)
		if (s->position[i].offset > 0)
			ask.position[ask.positions++] = s->position[i];
	s->asked = ++s->questions;
	s->asked_us = sim.now_us;
	snprintf(tag, sizeof(tag), "q%u", s->asked);
	frame[0] = TEXT("");
	frame[1] = TEXT("CREDIT1");
	frame[2] = TEXT("QUERY");
	frame[3] = text_of(tag);
	frame[4] = text_of(organization_names[s->organization]);
	frame[5] = (struct text){(const char *)&ask, sizeof(ask)};
	net_send(s->events, frame, 6);
	note("ask", s->index, s->asked, s->snapshot);
}

static void take_snapshot(
    struct subscriber_model *s, const struct message_body *body, size_t count)
{
	memset(s->position, 0, sizeof(s->position));
	memset(s->last, 0, sizeof(s->last));
	for (size_t i = 0; i < count; i++) {
		struct position *position =
		    &s->position[body[i].stream % STREAM_BUCKETS];

		if (body[i].member < 0)
			*position = (struct position){
			    body[i].stream, body[i].offset, body[i].chain};
		else
			s->last[body[i].member] = body[i].cause;
	}
	vouch(s);
	s->snapshot = false;
	fall_behind(s); /* what came meanwhile */
}

static void on_refused(struct subscriber_model *s, struct text body)
{
	struct wire_reader reader;
	struct text code = TEXT("");

	fall_behind(s);
	s->ask_at_us = sim.now_us + span(100, 1000) * MS;
	if (wire_find(body, "code", &reader) &&
	    wire_read_text(&reader, &code) && text_is(code, "DIVERGED")) {
		note("diverged", s->index, 0, 0);
		promise(database_was_restored(), "diverged",
		    "subscriber %u has another history than the database",
		    s->index);
		s->snapshot = true;
	}
}

static void on_answer(void *owner, const struct text *frame, size_t count)
{
	struct subscriber_model *s = owner;
	struct message_body page[STREAM_BUCKETS + MEMBERS_MOST];
	size_t size, items;
	char tag[24];
	bool more;

	snprintf(tag, sizeof(tag), "q%u", s->asked);
	if (count != 5 || s->asked == 0 || !text_is(frame[3], tag))
		return;
	s->asked = 0;
	if (text_is(frame[2], "REFUSED")) {
		on_refused(s, frame[4]);
		return;
	}
	s->unsure = false;
	size = frame[4].length < sizeof(page) ? frame[4].length : sizeof(page);
	memcpy(page, frame[4].at, size);
	items = size / sizeof(page[0]);
	if (s->snapshot) {
		take_snapshot(s, page, items);
		return;
	}
	more = items > 0;
	for (size_t i = 0; i < items; i++)
		apply(s, &page[i], false);
	s->behind = more;
}

static void on_feed_lost(void *owner)
{
	struct subscriber_model *s = owner;

	s->feed = NULL;
	s->connect_at_us = sim.now_us + span(20, 500) * MS;
}

static void on_events_lost(void *owner)
{
	struct subscriber_model *s = owner;

	s->events = NULL;
	s->asked = 0;
}

static void look(void *arg, uint64_t tag)
{
	struct subscriber_model *s = arg;
	const struct client feed = {s, on_feed, on_feed_lost};
	const struct client events = {s, on_answer, on_events_lost};

	(void)tag;
	after(100 * MS, look, s, 0);
	if (s->feed == NULL && sim.now_us >= s->connect_at_us &&
	    creditd_feed(s->organization) >= 0) {
		s->feed = net_connect(
		    PORT_FEED, (unsigned)creditd_feed(s->organization), &feed);
		fall_behind(s); /* on each connect */
	}
	if (s->events == NULL)
		s->events = net_connect(PORT_EVENTS, 0, &events);
	if (s->asked != 0 && sim.now_us > s->asked_us + SILENCE_US)
		s->asked = 0;
	if ((s->behind || s->snapshot) && s->asked == 0 && s->events != NULL &&
	    s->feed != NULL && sim.now_us >= s->ask_at_us &&
	    sim.now_us >= s->sleep_until_us)
		ask(s);
}

void subscribers_begin(void)
{
	for (unsigned i = 0; i < sim.scale.subscribers; i++) {
		struct subscriber_model *s = &subscribers[i];

		memset(s, 0, sizeof(*s));
		s->index = i;
		s->organization = i % sim.scale.organizations;
		after(span(0, 3 * SECOND), look, s, 0);
	}
}

void subscriber_break(unsigned subscriber)
{
	net_break(subscribers[subscriber].feed, chance(500));
}

void subscriber_sleep(unsigned subscriber, int64_t us)
{
	subscribers[subscriber].sleep_until_us = sim.now_us + us;
}

static bool has_all(const struct subscriber_model *s)
{
	int first = (int)s->organization * STREAM_BUCKETS;

	if (s->snapshot || s->behind) {
		snprintf(missing, sizeof(missing),
		    "subscriber %u still asks (feed %d, events %d)", s->index,
		    s->feed != NULL, s->events != NULL);
		return false;
	}
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		const struct head *head = database_head(first + i);

		if (s->position[i].offset != head->offset ||
		    (head->offset > 0 &&
			!chain_equal(s->position[i].chain, head->feed))) {
			snprintf(missing, sizeof(missing),
			    "subscriber %u stream %d: has %lld of %lld",
			    s->index, first + i,
			    (long long)s->position[i].offset,
			    (long long)head->offset);
			return false;
		}
	}
	return true;
}

bool subscribers_have_all(void)
{
	for (unsigned i = 0; i < sim.scale.subscribers; i++)
		if (!has_all(&subscribers[i]))
			return false;
	return true;
}

static struct chain last_of(unsigned member)
{
	int stream = members[member].stream;
	int64_t offset = database_head(stream)->offset;

	for (; offset > 0; offset--)
		if (database_change(stream, offset)->member == (int)member)
			return database_change(stream, offset)->cause;
	return (struct chain){0, 0};
}

void subscribers_check_end(void)
{
	for (unsigned i = 0; i < sim.scale.subscribers; i++) {
		const struct subscriber_model *s = &subscribers[i];

		for (unsigned m = 0; m < sim.scale.members; m++)
			promise(members[m].organization != s->organization ||
				    chain_equal(s->last[m], last_of(m)),
			    "converged",
			    "subscriber %u and the database differ on member "
			    "%s",
			    i, members[m].key);
	}
}
