/* The feed's messages along their chain, each with the event that made it. */
#include "verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "chain.h"

enum { C_OFFSET, C_DAY, C_MEMBER, C_VERSION, C_TOPIC, C_BODY, C_CHAIN };
enum {
	E_SEQ,
	E_MEMBER,
	E_SOURCE,
	E_ID,
	E_RECEIVED_ON,
	E_VERSION,
	E_FEED_OFFSET,
	E_FEED_CHAIN
};

struct feed_walk {
	struct verify *v;
	struct cursor change, event;
	int64_t offset;
	uint8_t chain[CHAIN_SIZE];
	struct arena arena;
};

static void open_walk(struct feed_walk *w)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "select \"offset\", day, member, version, topic, body, chain"
	    " from change where stream = %d order by \"offset\"",
	    w->v->stream);
	cursor_open(&w->change, w->v->db, "verify_change", sql);
	snprintf(sql, sizeof(sql),
	    "select seq, member, source, id, received_on, version,"
	    " feed_offset, feed_chain from event where stream = %d"
	    " order by seq",
	    w->v->stream);
	cursor_open(&w->event, w->v->db, "verify_maker", sql);
}

/* What the body says of itself must be what its row says. */
static void check_body(struct feed_walk *w, const char *row)
{
	struct text body = cursor_text(&w->change, C_BODY), chain, source, id;
	char text[2 * CHAIN_SIZE + 1] = "";
	struct text stored = cursor_text(&w->change, C_CHAIN);
	struct wire_reader r, event;
	int64_t stream, offset, version;

	if (stored.length == CHAIN_SIZE)
		answer_chain_text((const unsigned char *)stored.at, text);
	if (!wire_find(body, "stream", &r) || !wire_read_int(&r, &stream) ||
	    !wire_find(body, "offset", &r) || !wire_read_int(&r, &offset) ||
	    !wire_find(body, "version", &r) || !wire_read_int(&r, &version) ||
	    !wire_find(body, "chain", &r) || !wire_read_text(&r, &chain) ||
	    stream != w->v->stream ||
	    offset != cursor_int8(&w->change, C_OFFSET) ||
	    version != cursor_int4(&w->change, C_VERSION) ||
	    !text_is(chain, text)) {
		verify_defect(w->v, "change", row,
		    "its body says another stream, offset, version or chain "
		    "than its row");
		return;
	}
	if (!w->event.is_there)
		return;
	if (!wire_find(body, "event", &event) || !wire_skip(&event, &chain) ||
	    !wire_find(chain, "source", &r) || !wire_read_text(&r, &source) ||
	    !wire_find(chain, "id", &r) || !wire_read_text(&r, &id) ||
	    !text_equal(source, cursor_text(&w->event, E_SOURCE)) ||
	    !text_equal(id, cursor_text(&w->event, E_ID)))
		verify_defect(w->v, "change", row,
		    "it names another event "
		    "than the one that made it (seq %" PRId64 ")",
		    cursor_int8(&w->event, E_SEQ));
}

static bool check_chain(struct feed_walk *w, const char *row)
{
	struct text body = cursor_text(&w->change, C_BODY);
	struct text stored = cursor_text(&w->change, C_CHAIN);
	uint8_t chain[CHAIN_SIZE] = {0};
	char *open = NULL;

	if (body.length > ANSWER_SEAL_SIZE + 3) {
		open = arena_take(&w->arena, body.length);
		if (open == NULL)
			return false;
		body.length -= ANSWER_SEAL_SIZE;
		memcpy(open, body.at, body.length);
		open[2] = (char)(open[2] - 1);
		body.at = open;
		chain_change(
		    w->chain, cursor_text(&w->change, C_TOPIC), body, chain);
	}
	if (open == NULL || stored.length != CHAIN_SIZE ||
	    memcmp(chain, stored.at, CHAIN_SIZE) != 0)
		verify_defect(w->v, "change", row,
		    "its chain does not fit: topic, body or chain of this row, "
		    "or the chain of the row before was changed");
	if (stored.length == CHAIN_SIZE)
		memcpy(w->chain, stored.at, CHAIN_SIZE);
	return true;
}

/* The event that made the message is the first one whose feed_offset reaches
 * it; the last message of an event has its feed_chain. */
static void check_maker(struct feed_walk *w, const char *row)
{
	int64_t offset = cursor_int8(&w->change, C_OFFSET);
	struct text stored = cursor_text(&w->change, C_CHAIN);

	while (
	    w->event.is_there && cursor_int8(&w->event, E_FEED_OFFSET) < offset)
		cursor_next(&w->event);
	if (!w->event.is_there) {
		verify_defect(w->v, "change", row, "no event made it");
		return;
	}
	if (!text_equal(cursor_text(&w->change, C_MEMBER),
		cursor_text(&w->event, E_MEMBER)))
		verify_defect(w->v, "change", row,
		    "it is another member's than "
		    "the event that made it (seq %" PRId64 ")",
		    cursor_int8(&w->event, E_SEQ));
	if (cursor_date(&w->change, C_DAY) !=
	    cursor_date(&w->event, E_RECEIVED_ON))
		verify_defect(w->v, "change", row,
		    "day is not received_on of "
		    "the event that made it");
	if (cursor_int8(&w->event, E_FEED_OFFSET) == offset &&
	    !text_equal(stored, cursor_text(&w->event, E_FEED_CHAIN)))
		verify_defect(w->v, "change", row,
		    "event seq %" PRId64 " names another chain at this offset",
		    cursor_int8(&w->event, E_SEQ));
	if (cursor_int8(&w->event, E_FEED_OFFSET) == offset &&
	    cursor_int4(&w->change, C_VERSION) !=
		cursor_int4(&w->event, E_VERSION))
		verify_defect(w->v, "change", row,
		    "event seq %" PRId64 " names version %d",
		    cursor_int8(&w->event, E_SEQ),
		    cursor_int4(&w->event, E_VERSION));
}

static bool keep_balance(struct feed_walk *w)
{
	struct text body = cursor_text(&w->change, C_BODY), balance, inner,
		    text;
	struct said_period period = {
	    .member = cursor_text(&w->change, C_MEMBER)};
	struct wire_reader r;

	if (!wire_find(body, "balance", &r) || !wire_skip(&r, &balance) ||
	    !wire_find(balance, "designation", &r) ||
	    !wire_read_text(&r, &period.designation) ||
	    !wire_find(balance, "period", &r) || !wire_skip(&r, &inner) ||
	    !wire_find(inner, "starts_on", &r) || !wire_read_text(&r, &text) ||
	    !date_parse(text, &period.starts_on))
		return true;
	return said_set_balance(&w->v->said, &period, balance);
}

static bool check_change(struct feed_walk *w)
{
	int64_t offset = cursor_int8(&w->change, C_OFFSET);
	int32_t version = cursor_int4(&w->change, C_VERSION), before;
	struct text member = cursor_text(&w->change, C_MEMBER);
	char row[VERIFY_ROW_SIZE];

	snprintf(row, sizeof(row), "stream %d, offset %" PRId64 " (%.*s)",
	    w->v->stream, offset, TEXT_ARGS(cursor_text(&w->change, C_TOPIC)));
	if (offset != w->offset + 1)
		verify_defect(w->v, "change", row,
		    "offset %" PRId64 " to %" PRId64 " are missing before it",
		    w->offset + 1, offset - 1);
	before = said_version(&w->v->said, member);
	if (version != before + 1)
		verify_defect(w->v, "change", row,
		    "the member's version is %d "
		    "and not %d",
		    version, before + 1);
	arena_reset(&w->arena);
	if (!check_chain(w, row))
		return false;
	check_maker(w, row);
	check_body(w, row);
	w->offset = offset;
	return said_set_version(&w->v->said, member, version) &&
	       keep_balance(w);
}

/* What the last event says of the feed's end must be there. */
static void check_end(struct feed_walk *w)
{
	char row[VERIFY_ROW_SIZE];

	for (; w->event.is_there; cursor_next(&w->event)) {
		int64_t feed_offset = cursor_int8(&w->event, E_FEED_OFFSET);

		if (feed_offset <= w->offset)
			continue;
		snprintf(row, sizeof(row),
		    "stream %d, offset %" PRId64 " to %" PRId64, w->v->stream,
		    w->offset + 1, feed_offset);
		verify_defect(w->v, "change", row,
		    "missing: event seq %" PRId64 " made them",
		    cursor_int8(&w->event, E_SEQ));
		w->offset = feed_offset;
	}
}

bool verify_changes(struct verify *v)
{
	struct feed_walk w = {.v = v};

	open_walk(&w);
	for (; w.change.is_there && verify_go_on(v); cursor_next(&w.change)) {
		if (!check_change(&w)) {
			ctl_fail("no memory");
			v->failed = true;
		}
		v->changes++;
		v->rows++;
	}
	if (verify_go_on(v) && !w.change.failed)
		check_end(&w);
	v->failed |= w.change.failed || w.event.failed;
	cursor_close(&w.change);
	cursor_close(&w.event);
	arena_fini(&w.arena);
	return !v->failed;
}
