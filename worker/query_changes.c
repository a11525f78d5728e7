/* The feed's messages, as they were published, after a position.
 *
 * A subscriber says how far it has each stream, and by which chain. First all
 * positions are compared with the database's history (query_check.c), then
 * streams are read up to the heads that were seen before, until the page is
 * full. */
#include <errno.h>
#include <string.h>

#include "query_work.h"

#define CHUNK 100 /* messages in one round trip */

static const Oid of_changes[] = {PG_INT4, PG_INT8, PG_INT8, PG_INT8};
static const struct pg_statement select_changes = {"query_changes",
    "SELECT \"offset\", chain, topic, body FROM change"
    " WHERE stream = $1 AND \"offset\" > $2 AND \"offset\" <= $3"
    " ORDER BY \"offset\" LIMIT $4",
    4, of_changes};

static const Oid of_member[] = {PG_INT4, PG_TEXT, PG_INT4, PG_INT8};
static const struct pg_statement select_member = {"query_changes_of_member",
    "SELECT version, chain, topic, body FROM change"
    " WHERE stream = $1 AND member = $2 AND version > $3"
    " ORDER BY version LIMIT $4",
    4, of_member};

static const Oid of_version[] = {PG_INT4, PG_TEXT};
static const struct pg_statement select_version = {"query_version",
    "SELECT version FROM event WHERE stream = $1 AND member = $2"
    " ORDER BY version DESC LIMIT 1",
    2, of_version};

/* Messages of one stream after `after` up to `head`. */
static enum pg_class read_chunk(struct pg *pg,
    const struct stream_position *after, int64_t head, int64_t limit,
    PGresult **ret)
{
	struct pg_values values = {0};

	pg_put_int4(&values, after->stream);
	pg_put_int8(&values, after->offset);
	pg_put_int8(&values, head);
	pg_put_int8(&values, limit < CHUNK ? limit : CHUNK);
	return pg_query(pg, &select_changes, &values, ret);
}

/* {topic, body} */
static void write_change(
    struct wire_writer *item, const PGresult *result, int row)
{
	wire_open_map(item);
	wire_pair_text(item, "topic", pg_text(result, row, 2));
	wire_key(item, "body");
	wire_write_bin(item, pg_text(result, row, 3));
	wire_close(item);
}

static void take_chain(struct stream_position *position, const PGresult *result,
    int row, int column)
{
	struct text chain = pg_text(result, row, column);

	if (chain.length == sizeof(position->chain))
		memcpy(position->chain, chain.at, sizeof(position->chain));
}

/* Puts the messages of one stream; `position` moves on with them. */
static enum asked put_stream(
    struct page *page, struct stream_position *position, int64_t head)
{
	struct asking *asking = page->asking;

	while (position->offset < head && !page_is_full(page)) {
		PGresult *result = NULL;
		enum asked asked =
		    asking_pg(asking, read_chunk(asking->context->pg, position,
					  head, page->left + 1, &result));

		if (asked != ASKED_ANSWERED)
			return asked;
		if (PQntuples(result) == 0) { /* archived this moment */
			PQclear(result);
			return ASKED_AGAIN;
		}
		for (int row = 0; row < PQntuples(result); row++) {
			write_change(page_item(page), result, row);
			if (!page_put(page))
				break;
			position->offset = pg_int8(result, row, 0);
			take_chain(position, result, row, 1);
		}
		PQclear(result);
	}
	return ASKED_ANSWERED;
}

static enum asked organization_changes(struct asking *asking)
{
	struct check *check =
	    arena_take(&asking->context->arena, sizeof(*check));
	struct page page;
	enum asked asked;

	if (check == NULL)
		return asking_errno(asking, -ENOMEM);
	check->asking = asking;
	asked = check_positions(check);
	if (asked != ASKED_ANSWERED)
		return asked;
	page_init(&page, asking);
	page_open(&page, "changes");
	for (int i = 0; i < STREAM_BUCKETS && asked == ASKED_ANSWERED; i++)
		asked = put_stream(
		    &page, &check->position[i], check->head[i].feed_offset);
	page_close(&page);
	write_heads(asking->out, check->head);
	page_end(&page);
	wire_key(asking->out, "next");
	wire_open_map(asking->out);
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		const struct stream_position *position = &check->position[i];

		if (position->offset > 0)
			write_position(asking->out, position->stream,
			    position->offset, position->chain);
	}
	wire_close(asking->out);
	return asked;
}

/* Compares after_version with the member's version and the oldest message that
 * is still there. */
static enum asked check_version(
    struct asking *asking, const PGresult *rows, const PGresult *latest)
{
	int64_t after = asking->query.after_version;
	int64_t version = PQntuples(latest) > 0 ? pg_int4(latest, 0, 0) : 0;

	if (after > version) {
		asking->streams[0] = asking->stream;
		asking->stream_count = 1;
		return asking_refuse(asking, "DIVERGED",
		    "after_version: the member has had %lld messages (a "
		    "restored database?): take a snapshot with the query "
		    "balance",
		    (long long)version);
	}
	if (after < version &&
	    (PQntuples(rows) == 0 || pg_int4(rows, 0, 0) != after + 1)) {
		asking->streams[0] = asking->stream;
		asking->stream_count = 1;
		return asking_refuse(asking, "TOO_OLD",
		    "after_version: messages that follow were archived: take a "
		    "snapshot with the query balance");
	}
	return ASKED_ANSWERED;
}

/* Runs both statements about the member in one round trip: first its version,
 * so that no message is newer than it. */
static enum asked read_member(struct asking *asking, int64_t after,
    int64_t limit, PGresult **ret_latest, PGresult **ret_rows)
{
	struct pg_values version = {0}, changes = {0};
	struct pg_command command[2] = {
	    {.statement = &select_version, .values = &version},
	    {.statement = &select_member, .values = &changes}};
	enum asked asked;

	pg_put_int4(&version, asking->stream);
	pg_put_text(&version, asking->query.member);
	pg_put_int4(&changes, asking->stream);
	pg_put_text(&changes, asking->query.member);
	pg_put_int4(&changes, after < INT32_MAX ? (int32_t)after : INT32_MAX);
	pg_put_int8(&changes, limit < CHUNK ? limit : CHUNK);
	asked = asking_pg(asking, pg_run(asking->context->pg, command, 2));
	if (asked == ASKED_ANSWERED) {
		*ret_latest = command[0].result;
		*ret_rows = command[1].result;
	}
	return asked;
}

/* Puts a chunk; returns whether there may be more. */
static bool put_member(struct page *page, const PGresult *rows, int64_t *after)
{
	for (int row = 0; row < PQntuples(rows); row++) {
		write_change(page_item(page), rows, row);
		if (!page_put(page))
			return false;
		*after = pg_int4(rows, row, 0);
	}
	return PQntuples(rows) == CHUNK;
}

static enum asked member_changes(struct asking *asking)
{
	int64_t after = asking->query.after_version;
	struct head head[STREAM_BUCKETS] = {0};
	struct page page;
	enum asked asked = asking_heads(asking, head);
	bool on = true;

	page_init(&page, asking);
	page_open(&page, "changes");
	while (asked == ASKED_ANSWERED && on) {
		PGresult *latest = NULL, *rows = NULL;

		asked =
		    read_member(asking, after, page.left + 1, &latest, &rows);
		if (asked == ASKED_ANSWERED && page.items == 0)
			asked = check_version(asking, rows, latest);
		on = asked == ASKED_ANSWERED && put_member(&page, rows, &after);
		PQclear(latest);
		PQclear(rows);
	}
	page_close(&page);
	wire_key(asking->out, "heads");
	wire_open_map(asking->out);
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		if (head[i].stream == asking->stream && head[i].feed_offset > 0)
			write_position(asking->out, head[i].stream,
			    head[i].feed_offset, head[i].feed_chain);
	}
	wire_close(asking->out);
	page_end(&page);
	wire_pair_int(asking->out, "next", after);
	return asked;
}

enum asked query_changes(struct asking *asking)
{
	return asking->query.member.at != NULL ? member_changes(asking)
					       : organization_changes(asking);
}

/* [stream, offset, chain, topic, body] */
static void write_fetched(
    struct wire_writer *writer, int32_t stream, const PGresult *result, int row)
{
	wire_item(writer);
	wire_write_array(writer, 5);
	wire_write_int(writer, stream);
	wire_write_int(writer, pg_int8(result, row, 0));
	wire_write_bin(writer, pg_text(result, row, 1));
	wire_write_text(writer, pg_text(result, row, 2));
	wire_write_bin(writer, pg_text(result, row, 3));
}

enum pg_class query_fetch(struct query_context *context, int32_t stream,
    int64_t after, int64_t limit, struct wire_writer *ret_changes,
    int64_t *ret_head)
{
	struct head head = {.stream = stream}, *heads = &head;
	struct ledger_load load = {&heads, 1, NULL, 0};
	struct stream_position position = {stream, after, {0}};
	enum pg_class class = pg_open(context->pg);
	int rows = 1;

	wire_writer_reset(ret_changes);
	if (class == PG_DONE)
		class = ledger_load(context->pg, &load);
	wire_open_list(ret_changes);
	while (class == PG_DONE && rows > 0 && limit > 0 &&
	       position.offset < head.feed_offset &&
	       ret_changes->size < QUERY_ANSWER_MOST) {
		PGresult *result = NULL;

		class = read_chunk(
		    context->pg, &position, head.feed_offset, limit, &result);
		rows = class == PG_DONE ? PQntuples(result) : 0;
		for (int row = 0;
		     row < rows && ret_changes->size < QUERY_ANSWER_MOST;
		     row++) {
			write_fetched(ret_changes, stream, result, row);
			position.offset = pg_int8(result, row, 0);
		}
		limit -= rows;
		PQclear(result);
	}
	wire_close(ret_changes);
	*ret_head = head.feed_offset;
	return class;
}
