/* Events along their chain, each with the entries that it posted; bodies. */
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "link.h"

/* Columns of the two cursors. */
enum {
	E_SEQ,
	E_MEMBER,
	E_SOURCE,
	E_ID,
	E_TYPE,
	E_DIGEST,
	E_RECEIVED_AT,
	E_RECEIVED_ON,
	E_TODAY,
	E_RULES,
	E_OUTCOME,
	E_REASON,
	E_FACT,
	E_VERSION,
	E_FEED_OFFSET,
	E_FEED_CHAIN,
	E_CHAIN
};
enum {
	N_SEQ,
	N_MEMBER,
	N_NUMBER,
	N_CAUSE,
	N_ACCOUNT,
	N_KIND,
	N_DESIGNATION,
	N_PERIOD,
	N_VALUE,
	N_CURRENCY,
	N_TOTAL,
	N_RULES
};

/* Where the walk along a stream stands. */
struct walk {
	struct verify *v;
	struct cursor event, entry;
	int64_t seq;
	uint8_t chain[CHAIN_SIZE];
	int64_t feed_offset;
	date_t received_on, today;
	struct chain_entry *list; /* of the event at hand */
	size_t room;
};

static void name_event(const struct walk *w, char row[VERIFY_ROW_SIZE])
{
	struct text member = cursor_text(&w->event, E_MEMBER);
	struct text id = cursor_text(&w->event, E_ID);

	snprintf(row, VERIFY_ROW_SIZE,
	    "stream %d, seq %" PRId64 " (%.*s%s%.*s)", w->v->stream,
	    cursor_int8(&w->event, E_SEQ), TEXT_ARGS(member),
	    member.length > 0 ? " " : "", TEXT_ARGS(id));
}

static void name_entry(const struct walk *w, char row[VERIFY_ROW_SIZE])
{
	snprintf(row, VERIFY_ROW_SIZE, "stream %d, member %.*s, number %d",
	    w->v->stream, TEXT_ARGS(cursor_text(&w->entry, N_MEMBER)),
	    cursor_int4(&w->entry, N_NUMBER));
}

static void open_walk(struct walk *w)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
	    "select seq, member, source, id, type, digest, received_at,"
	    " received_on, today, rules, outcome, reason, fact, version,"
	    " feed_offset, feed_chain, chain from event where stream = %d"
	    " order by seq",
	    w->v->stream);
	cursor_open(&w->event, w->v->db, "verify_event", sql);
	snprintf(sql, sizeof(sql),
	    "select seq, member, number, cause, account, kind, designation,"
	    " period_starts_on, coalesce(credits, amount), currency, total,"
	    " rules from entry where stream = %d order by seq, number",
	    w->v->stream);
	cursor_open(&w->entry, w->v->db, "verify_entry", sql);
}

static struct chain_entry entry_at(const struct cursor *entry)
{
	return (struct chain_entry){
	    .number = cursor_int4(entry, N_NUMBER),
	    .cause = cursor_int8(entry, N_CAUSE),
	    .account = cursor_int2(entry, N_ACCOUNT),
	    .kind = cursor_int2(entry, N_KIND),
	    .designation = cursor_text(entry, N_DESIGNATION),
	    .period_starts_on = cursor_date(entry, N_PERIOD),
	    .value = cursor_int8(entry, N_VALUE),
	    .currency = cursor_text(entry, N_CURRENCY),
	    .total = cursor_int8(entry, N_TOTAL),
	    .rules = cursor_int4(entry, N_RULES),
	};
}

/* The text of entries outlives their portion of rows in copies. */
static bool copy_entry(struct chain_entry *entry, struct arena *arena)
{
	return arena_copy_text(
		   arena, entry->designation, &entry->designation) &&
	       arena_copy_text(arena, entry->currency, &entry->currency);
}

/* Entries whose event is missing: they come before the next event's. */
static void skip_strays(struct walk *w, int64_t seq)
{
	char row[VERIFY_ROW_SIZE];

	while (w->entry.is_there && cursor_int8(&w->entry, N_SEQ) < seq) {
		name_entry(w, row);
		verify_defect(w->v, "entry", row,
		    "its event, seq %" PRId64 ", is not there",
		    cursor_int8(&w->entry, N_SEQ));
		w->v->entries++;
		cursor_next(&w->entry);
	}
}

/* The entries of the event at hand. False without memory. */
static bool gather(struct walk *w, struct arena *arena, size_t *ret_count)
{
	int64_t seq = cursor_int8(&w->event, E_SEQ);
	char row[VERIFY_ROW_SIZE];
	size_t count = 0;

	for (; w->entry.is_there && cursor_int8(&w->entry, N_SEQ) == seq;
	     cursor_next(&w->entry)) {
		if (count == w->room) {
			size_t room = w->room != 0 ? 2 * w->room : 64;
			struct chain_entry *grown =
			    reallocarray(w->list, room, sizeof(*grown));

			if (grown == NULL)
				return false;
			w->list = grown;
			w->room = room;
		}
		w->list[count] = entry_at(&w->entry);
		if (!copy_entry(&w->list[count++], arena))
			return false;
		w->v->entries++;
		w->v->rows++;
		if (text_equal(cursor_text(&w->entry, N_MEMBER),
			cursor_text(&w->event, E_MEMBER)))
			continue;
		name_entry(w, row);
		verify_defect(w->v, "entry", row,
		    "its event, seq %" PRId64 ", is another member's", seq);
	}
	*ret_count = count;
	return true;
}

static struct chain_event event_at(const struct walk *w)
{
	const struct cursor *e = &w->event;
	struct text feed_chain = cursor_text(e, E_FEED_CHAIN);
	struct chain_event event = {
	    .stream = w->v->stream,
	    .seq = cursor_int8(e, E_SEQ),
	    .member = cursor_text(e, E_MEMBER),
	    .source = cursor_text(e, E_SOURCE),
	    .id = cursor_text(e, E_ID),
	    .type = cursor_int2(e, E_TYPE),
	    .digest = cursor_text(e, E_DIGEST),
	    .received_at = cursor_time(e, E_RECEIVED_AT),
	    .received_on = cursor_date(e, E_RECEIVED_ON),
	    .today = cursor_date(e, E_TODAY),
	    .rules = cursor_int4(e, E_RULES),
	    .outcome = cursor_int2(e, E_OUTCOME),
	    .reason = cursor_int2(e, E_REASON),
	    .fact = cursor_text(e, E_FACT),
	    .version = cursor_int4(e, E_VERSION),
	    .feed_offset = cursor_int8(e, E_FEED_OFFSET),
	};

	if (feed_chain.length == CHAIN_SIZE)
		memcpy(event.feed_chain, feed_chain.at, CHAIN_SIZE);
	return event;
}

static void check_stream(
    const struct walk *w, const struct chain_event *event, const char *row)
{
	int32_t number = w->v->stream / STREAM_BUCKETS;
	const struct organization *organization =
	    programs_by_number(w->v->programs, number);
	struct text name, digits;

	if (event->member.length == 0)
		return;
	if (!text_split_member(event->member, &name, &digits) ||
	    organization == NULL || !text_equal(name, organization->name))
		verify_defect(w->v, "event", row,
		    "the member is not one of organization %d", number);
	else if (stream_of(number, event->member) != w->v->stream)
		verify_defect(w->v, "event", row,
		    "the member belongs to stream %d",
		    stream_of(number, event->member));
}

static void check_order(
    const struct walk *w, const struct chain_event *event, const char *row)
{
	if (event->seq != w->seq + 1)
		verify_defect(w->v, "event", row,
		    "seq %" PRId64 " to %" PRId64 " are missing before it",
		    w->seq + 1, event->seq - 1);
	if (event->received_on < w->received_on && w->seq > 0)
		verify_defect(w->v, "event", row,
		    "received_on is earlier than in the row before");
	if (event->today < w->today && w->seq > 0)
		verify_defect(w->v, "event", row,
		    "today is earlier than in the row before");
	if (event->today < event->received_on)
		verify_defect(
		    w->v, "event", row, "today is earlier than received_on");
	if (event->feed_offset < w->feed_offset)
		verify_defect(w->v, "event", row,
		    "feed_offset is less than in the row before");
}

static bool check_event(struct walk *w, struct arena *arena)
{
	struct chain_event event = event_at(w);
	struct text stored = cursor_text(&w->event, E_CHAIN);
	uint8_t chain[CHAIN_SIZE];
	char row[VERIFY_ROW_SIZE];
	size_t entries;

	name_event(w, row);
	skip_strays(w, event.seq);
	if (!gather(w, arena, &entries))
		return false;
	check_order(w, &event, row);
	check_stream(w, &event, row);
	chain_event(w->chain, &event, w->list, entries, chain);
	if (stored.length != CHAIN_SIZE ||
	    memcmp(chain, stored.at, CHAIN_SIZE) != 0)
		verify_defect(w->v, "event", row,
		    "its chain does not fit: this row, one of its %zu entries "
		    "or the chain of the row before was changed",
		    entries);
	if (stored.length == CHAIN_SIZE)
		memcpy(w->chain, stored.at, CHAIN_SIZE);
	w->seq = event.seq;
	w->feed_offset = event.feed_offset;
	w->received_on = event.received_on;
	w->today = event.today;
	w->v->today = event.today;
	w->v->rules = event.rules;
	return true;
}

bool verify_events(struct verify *v)
{
	struct walk w = {.v = v};
	struct arena arena = {0};

	open_walk(&w);
	while (w.event.is_there && verify_go_on(v)) {
		arena_reset(&arena);
		if (!check_event(&w, &arena)) {
			ctl_fail("no memory");
			v->failed = true;
		}
		v->events++;
		v->rows++;
		cursor_next(&w.event);
	}
	if (verify_go_on(v) && !w.event.failed)
		skip_strays(&w, INT64_MAX);
	v->failed |= w.event.failed || w.entry.failed;
	cursor_close(&w.event);
	cursor_close(&w.entry);
	free(w.list);
	arena_fini(&arena);
	return !v->failed;
}

/* ---- bodies */

static void check_body(
    struct verify *v, const struct cursor *body, struct arena *arena)
{
	struct text digest = cursor_text(body, 4);
	struct event event;
	char row[VERIFY_ROW_SIZE], message[EVENT_MESSAGE_SIZE];

	snprintf(row, sizeof(row), "stream %d, seq %" PRId64, v->stream,
	    cursor_int8(body, 0));
	if (cursor_is_null(body, 3)) {
		verify_defect(v, "body", row, "there is no event of that seq");
		return;
	}
	if (cursor_date(body, 1) != cursor_date(body, 3))
		verify_defect(v, "body", row, "day is not its received_on");
	if (!v->has_key || digest.at == NULL)
		return;
	arena_reset(arena);
	if (event_decode(
		cursor_text(body, 2), v->key, arena, &event, message) != 0)
		verify_defect(
		    v, "body", row, "its bytes are no event: %s", message);
	else if (digest.length != FACT_DIGEST_SIZE ||
		 memcmp(digest.at, event.digest, FACT_DIGEST_SIZE) != 0)
		verify_defect(v, "body", row,
		    "its bytes are not what was said: the digest differs");
}

bool verify_bodies(struct verify *v)
{
	struct arena arena = {0};
	struct cursor body;
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "select b.seq, b.day, b.bytes, e.received_on, e.digest"
	    " from body b left join event e on e.stream = b.stream"
	    " and e.seq = b.seq where b.stream = %d order by b.seq",
	    v->stream);
	cursor_open(&body, v->db, "verify_body", sql);
	for (; body.is_there && verify_go_on(v); cursor_next(&body)) {
		check_body(v, &body, &arena);
		v->bodies++;
		v->rows++;
	}
	v->failed |= body.failed;
	cursor_close(&body);
	arena_fini(&arena);
	return !v->failed;
}
