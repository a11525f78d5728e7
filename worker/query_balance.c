/* Balances and requests, of a member or page by page of an organization.
 *
 * Every statement is about one stream, so that it touches one partition
 * wherever the tables are distributed. Streams are read one by one while they
 * fill a page, and several in one round trip where they hold little. */
#include <errno.h>
#include <stdio.h>

#include "query_work.h"

#define WIDTH_MOST PG_COMMANDS_MOST /* streams in one round trip */

static const Oid of_member[] = {PG_INT4, PG_TEXT, PG_TEXT, PG_INT8};
static const struct pg_statement select_member = {"query_balance",
    "SELECT " BALANCE_COLUMNS " FROM balance"
    " WHERE stream = $1 AND member = $2 AND designation > $3 AND current"
    " ORDER BY designation LIMIT $4",
    4, of_member};

static const Oid of_stream[] = {PG_INT4, PG_TEXT, PG_TEXT, PG_INT8, PG_INT2};
static const struct pg_statement select_balances = {"query_balances",
    "SELECT " BALANCE_COLUMNS " FROM balance"
    " WHERE stream = $1 AND (member, designation) > ($2, $3) AND current"
    " ORDER BY member, designation LIMIT $4",
    4, of_stream};
static const struct pg_statement select_requests = {"query_requests",
    "SELECT stream, member, request, body FROM request"
    " WHERE stream = $1 AND (member, request) > ($2, $3)"
    " ORDER BY member, request LIMIT $4",
    4, of_stream};
static const struct pg_statement select_requests_in_state = {
    "query_requests_in_state",
    "SELECT stream, member, request, body FROM request"
    " WHERE stream = $1 AND (member, request) > ($2, $3) AND state = $5"
    " ORDER BY member, request LIMIT $4",
    5, of_stream};

/* Writes one row as an item; false: a row that can't be read. */
typedef bool (*write_row)(struct page *page, const PGresult *result, int row);

static bool write_balance(struct page *page, const PGresult *result, int row)
{
	struct period period;
	struct balance_view view;

	if (!balance_of_row(
		result, row, &page->asking->context->arena, &period, &view))
		return false;
	answer_balance(page_item(page), &view);
	return true;
}

/* {member, … the pairs that are stored} */
static bool write_request(struct page *page, const PGresult *result, int row)
{
	struct text body = pg_text(result, row, 3);
	struct wire_reader reader = wire_reader(body.at, body.length);
	struct wire_writer *item = page_item(page);
	uint32_t pairs;

	if (!wire_read_map(&reader, &pairs))
		return false;
	wire_write_map(item, pairs + 1);
	wire_write_string(item, "member");
	wire_write_text(item, pg_text(result, row, 1));
	wire_write_raw(item, (struct text){(const char *)reader.at,
				 (size_t)(reader.end - reader.at)});
	return true;
}

/* Puts all rows into the page: the first three columns are their position. */
static enum asked put_rows(
    struct page *page, const PGresult *result, write_row write)
{
	for (int row = 0; row < PQntuples(result); row++) {
		char stream[16];
		struct text part[3] = {TEXT_NONE, pg_text(result, row, 1),
		    pg_text(result, row, 2)};

		if (!write(page, result, row))
			return asking_errno(page->asking, -EBADMSG);
		if (!page_put(page))
			break;
		(void)snprintf(
		    stream, sizeof(stream), "%d", (int)pg_int4(result, row, 0));
		part[0] = text_of(stream);
		page_mark(page, part, 3);
	}
	return ASKED_ANSWERED;
}

/* A walk through an organization's streams. */
struct walk {
	struct page page;
	const struct pg_statement *statement;
	write_row write;
	int32_t stream, last;     /* the next one, the last one */
	struct text member, name; /* in `stream`: after these */
};

static void bind(struct walk *walk, struct pg_values *values, int32_t stream)
{
	const struct query *q = &walk->page.asking->query;

	*values = (struct pg_values){0};
	pg_put_int4(values, stream);
	pg_put_text(values, walk->member);
	pg_put_text(values, walk->name);
	pg_put_int8(values, walk->page.left + 1);
	if (walk->statement->count == 5)
		pg_put_int2(values, (int16_t)q->state);
	walk->member = TEXT(""); /* the next streams from their start */
	walk->name = TEXT("");
}

/* Reads the next `width` streams in one round trip. */
static enum asked walk_on(struct walk *walk, int width)
{
	struct asking *asking = walk->page.asking;
	struct pg_command command[WIDTH_MOST] = {0};
	struct pg_values *values = arena_take_many(
	    &asking->context->arena, (size_t)width, sizeof(*values));
	enum asked asked;

	if (values == NULL)
		return asking_errno(asking, -ENOMEM);
	for (int i = 0; i < width; i++) {
		bind(walk, &values[i], walk->stream + i);
		command[i].statement = walk->statement;
		command[i].values = &values[i];
	}
	asked = asking_pg(
	    asking, pg_run(asking->context->pg, command, (size_t)width));
	for (int i = 0; i < width; i++) {
		if (asked == ASKED_ANSWERED)
			asked = put_rows(
			    &walk->page, command[i].result, walk->write);
		PQclear(command[i].result);
	}
	walk->stream += width;
	return asked;
}

/* How many streams to read at once, so that about a page comes back: by what
 * the ones before held. */
static int next_width(const struct walk *walk, int32_t first)
{
	int64_t each = (int64_t)walk->page.items / (walk->stream - first) + 1;
	int64_t width = walk->page.left / each + 1;

	if (width > WIDTH_MOST)
		width = WIDTH_MOST;
	if (width > walk->last - walk->stream + 1)
		width = walk->last - walk->stream + 1;
	return (int)width;
}

/* Where the walk begins: after the query's `after`. */
static enum asked walk_start(struct walk *walk)
{
	struct asking *asking = walk->page.asking;
	struct text part[3];
	int64_t stream;
	bool given;
	enum asked asked = page_after(asking, 3, part, &given);

	walk->stream = asking->organization->number * STREAM_BUCKETS;
	walk->last = walk->stream + STREAM_BUCKETS - 1;
	walk->member = TEXT("");
	walk->name = TEXT("");
	if (asked != ASKED_ANSWERED || !given)
		return asked;
	if (!query_number(part[0], &stream) || stream < walk->stream ||
	    stream > walk->last)
		return asking_refuse(asking, "MALFORMED",
		    "after: is no position in a list of %.*s",
		    TEXT_ARGS(asking->query.organization));
	walk->stream = (int32_t)stream;
	walk->member = part[1];
	walk->name = part[2];
	return ASKED_ANSWERED;
}

static enum asked walk_all(struct walk *walk, const char *key)
{
	struct page *page = &walk->page;
	enum asked asked = walk_start(walk);
	int32_t first = walk->stream;
	int width = 1;

	page_open(page, key);
	while (asked == ASKED_ANSWERED && !page_is_full(page) &&
	       walk->stream <= walk->last) {
		asked = walk_on(walk, width);
		width = next_width(walk, first);
	}
	page_close(page);
	page_end(page);
	return asked;
}

enum asked query_balance(struct asking *asking)
{
	struct page page;
	struct pg_values values = {0};
	struct text after = TEXT("");
	PGresult *result = NULL;
	bool given;
	enum asked asked = page_after(asking, 1, &after, &given);

	if (asked != ASKED_ANSWERED)
		return asked;
	page_init(&page, asking);
	pg_put_int4(&values, asking->stream);
	pg_put_text(&values, asking->query.member);
	pg_put_text(&values, after);
	pg_put_int8(&values, page.left + 1);
	asked = asking_pg(asking,
	    pg_query(asking->context->pg, &select_member, &values, &result));
	if (asked != ASKED_ANSWERED)
		return asked;
	page_open(&page, "balances");
	for (int row = 0; row < PQntuples(result); row++) {
		struct text part = pg_text(result, row, 2);

		if (!write_balance(&page, result, row))
			asked = asking_errno(asking, -EBADMSG);
		if (asked != ASKED_ANSWERED || !page_put(&page))
			break;
		page_mark(&page, &part, 1);
	}
	page_close(&page);
	page_end(&page);
	PQclear(result);
	return asked;
}

enum asked query_balances(struct asking *asking)
{
	struct walk walk = {
	    .statement = &select_balances, .write = write_balance};
	struct head head[STREAM_BUCKETS];
	/* before the balances: what is newer comes by the feed after them */
	enum asked asked = asking_heads(asking, head);

	if (asked != ASKED_ANSWERED)
		return asked;
	page_init(&walk.page, asking);
	write_heads(asking->out, head);
	return walk_all(&walk, "balances");
}

enum asked query_requests(struct asking *asking)
{
	struct walk walk = {
	    .statement = asking->query.has_state ? &select_requests_in_state
						 : &select_requests,
	    .write = write_request,
	};

	page_init(&walk.page, asking);
	return walk_all(&walk, "requests");
}
