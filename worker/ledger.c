/* Reading the tables: heads, members, what is due. */
#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"

static const struct pg_statement begin = {.name = "creditd_begin",
    .sql = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"};
static const struct pg_statement commit = {
    .name = "creditd_commit", .sql = "COMMIT"};

static const struct pg_statement read_heads = {.name = "creditd_heads",
    .sql = "SELECT s.place, e.seq, e.chain, e.feed_offset, e.feed_chain,"
	   " e.today, e.rules, EXISTS (SELECT FROM due d"
	   " WHERE d.stream = s.stream AND d.due_on <= e.today),"
	   " (SELECT count(*) FROM (SELECT DISTINCT ON (m.source, m.digest)"
	   " m.what FROM quarantine_mark m WHERE m.stream = s.stream"
	   " ORDER BY m.source, m.digest, m.seq DESC) q WHERE q.what = 0)"
	   " FROM unnest($1) WITH ORDINALITY AS s(stream, place)"
	   " CROSS JOIN LATERAL (SELECT * FROM event"
	   " WHERE event.stream = s.stream ORDER BY seq DESC LIMIT 1) e",
    .count = 1,
    .types = (const Oid[]){PG_INT4S}};

static const struct pg_statement read_rows = {.name = "creditd_rows",
    .sql = "SELECT m.place, e.seq, e.source, e.id, e.type, e.digest,"
	   " e.received_at, e.received_on, e.today, e.rules, e.outcome,"
	   " e.reason, e.fact, e.version, e.feed_offset"
	   " FROM unnest($1, $2) WITH ORDINALITY AS m(stream, member, place)"
	   /* Only the unique key has this order: see ledger_write.c. */
	   " CROSS JOIN LATERAL (SELECT * FROM event"
	   " WHERE event.stream = m.stream AND event.member = m.member"
	   " ORDER BY event.source, event.id) e"
	   " ORDER BY m.place, e.seq",
    .count = 2,
    .types = (const Oid[]){PG_INT4S, PG_TEXTS}};

static const struct pg_statement read_entries = {.name = "creditd_entries",
    .sql = "SELECT m.place, e.number, e.seq, e.cause, e.account, e.kind,"
	   " e.designation, e.period_starts_on,"
	   " coalesce(e.credits, e.amount), e.total, e.currency, e.rules"
	   " FROM unnest($1, $2) WITH ORDINALITY AS m(stream, member, place)"
	   " JOIN entry e ON e.stream = m.stream AND e.member = m.member"
	   " ORDER BY m.place, e.number",
    .count = 2,
    .types = (const Oid[]){PG_INT4S, PG_TEXTS}};

static const struct pg_statement read_due = {.name = "creditd_due",
    .sql = "SELECT member FROM due WHERE stream = $1 AND due_on <= $2"
	   " ORDER BY due_on, member LIMIT $3",
    .count = 3,
    .types = (const Oid[]){PG_INT4, PG_DATE, PG_INT8}};

static const struct pg_statement has_system_event = {
    .name = "creditd_has_event",
    .sql = "SELECT EXISTS (SELECT FROM event WHERE stream = $1"
	   " AND member = '' AND source = 'system' AND id = $2)",
    .count = 2,
    .types = (const Oid[]){PG_INT4, PG_TEXT}};

static const struct pg_statement read_key = {
    .name = "creditd_key", .sql = "SELECT key FROM digest_key"};

static const struct pg_statement make_partitions = {
    .name = "creditd_partitions",
    .sql = "SELECT creditd_make_partitions($1)",
    .count = 1,
    .types = (const Oid[]){PG_DATE}};

static bool get_chain(
    const PGresult *result, int row, int column, uint8_t ret[CHAIN_SIZE])
{
	struct text chain = pg_text(result, row, column);

	if (chain.length != CHAIN_SIZE)
		return false;
	memcpy(ret, chain.at, CHAIN_SIZE);
	return true;
}

static void take_heads(const PGresult *result, const struct ledger_load *load)
{
	for (size_t i = 0; i < load->heads; i++)
		*load->head[i] = (struct head){
		    .stream = load->head[i]->stream, .today = DATE_NONE};
	for (int i = 0; i < PQntuples(result); i++) {
		struct head *head = load->head[pg_int8(result, i, 0) - 1];

		if (!get_chain(result, i, 2, head->chain) ||
		    !get_chain(result, i, 4, head->feed_chain))
			continue;
		head->seq = pg_int8(result, i, 1);
		head->feed_offset = pg_int8(result, i, 3);
		head->today = pg_date(result, i, 5);
		head->rules = pg_int4(result, i, 6);
		head->due = pg_bool(result, i, 7);
		head->asides = pg_int8(result, i, 8);
	}
}

/* 0, -ENOMEM, or -EBADMSG for what can't be read. */
static int take_row(const PGresult *result, int i, struct member *member)
{
	struct row row = {.seq = pg_int8(result, i, 1),
	    .received_at = pg_time(result, i, 6),
	    .today = pg_date(result, i, 8),
	    .rules = pg_int4(result, i, 9),
	    .outcome = (enum outcome)pg_int2(result, i, 10),
	    .reason = (enum reason)pg_int2(result, i, 11),
	    .version = pg_int4(result, i, 13),
	    .feed_offset = pg_int8(result, i, 14),
	    .fact = NO_FACT};
	struct fact head = {.seq = row.seq,
	    .source = pg_text(result, i, 2),
	    .id = pg_text(result, i, 3),
	    .type = (enum event_type)pg_int2(result, i, 4),
	    .received_on = pg_date(result, i, 7)};
	struct text digest = pg_text(result, i, 5);
	struct text stored = pg_text(result, i, 12);
	int error;

	if (stored.at == NULL) {
		row.id = head.id;
		return member_add_row(member, &row);
	}
	if (digest.length != FACT_DIGEST_SIZE)
		return -EBADMSG;
	memcpy(row.digest, digest.at, FACT_DIGEST_SIZE);
	error = member_add_stored_fact(member, &head, stored);
	if (error < 0)
		return error;
	row.fact = member->facts - 1;
	return member_add_row(member, &row);
}

static int take_entry(const PGresult *result, int i, struct member *member)
{
	struct entry entry = {.number = pg_int4(result, i, 1),
	    .seq = pg_int8(result, i, 2),
	    .cause = pg_int8(result, i, 3),
	    .account = (enum account)pg_int2(result, i, 4),
	    .kind = (enum entry_kind)pg_int2(result, i, 5),
	    .designation = pg_text(result, i, 6),
	    .period_starts_on = pg_date(result, i, 7),
	    .value = pg_int8(result, i, 8),
	    .total = pg_int8(result, i, 9),
	    .currency = pg_text(result, i, 10),
	    .rules = pg_int4(result, i, 11)};

	return member_add_entry(member, &entry);
}

/* False without memory. What can't be read marks its member. */
static bool take_members(const PGresult *result, const struct ledger_load *load,
    int (*take)(const PGresult *, int, struct member *))
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct member *member = load->member[pg_int8(result, i, 0) - 1];
		int error = take(result, i, member);

		if (error == -ENOMEM)
			return false;
		if (error < 0)
			member->damaged = true;
	}
	return true;
}

static bool put_members(const struct ledger_load *load, struct array *streams,
    struct array *names, struct pg_values *values)
{
	array_reset(streams, PG_INT4);
	array_reset(names, PG_TEXT);
	for (size_t i = 0; i < load->members; i++) {
		array_int4(streams, load->member[i]->stream);
		array_text(names, load->member[i]->name);
	}
	return array_put(streams, values) && array_put(names, values);
}

static bool put_heads(const struct ledger_load *load, struct array *streams,
    struct pg_values *values)
{
	array_reset(streams, PG_INT4);
	for (size_t i = 0; i < load->heads; i++)
		array_int4(streams, load->head[i]->stream);
	return array_put(streams, values);
}

/* One snapshot for all, so that heads, facts and entries belong together. */
static enum pg_class load_all(struct pg *pg, const struct ledger_load *load,
    const struct pg_values *heads, const struct pg_values *members)
{
	struct pg_command command[] = {{.statement = &begin},
	    {.statement = &read_heads, .values = heads},
	    {.statement = &read_rows, .values = members},
	    {.statement = &read_entries, .values = members},
	    {.statement = &commit}};
	enum pg_class class = pg_run(pg, command, 5);

	if (class == PG_DONE) {
		take_heads(command[1].result, load);
		if (!take_members(command[2].result, load, take_row) ||
		    !take_members(command[3].result, load, take_entry))
			class = PG_AGAIN;
	}
	for (size_t i = 0; i < 5; i++)
		PQclear(command[i].result);
	return class;
}

enum pg_class ledger_load(struct pg *pg, const struct ledger_load *load)
{
	struct array array[3] = {{0}};
	struct pg_values heads = {0}, members = {0};
	enum pg_class class = PG_AGAIN;

	if (put_heads(load, &array[0], &heads) &&
	    put_members(load, &array[1], &array[2], &members))
		class = load_all(pg, load, &heads, &members);
	for (size_t i = 0; i < 3; i++)
		array_fini(&array[i]);
	return class;
}

static bool copy_names(
    const PGresult *result, struct arena *arena, struct text_list *ret)
{
	size_t count = (size_t)PQntuples(result);
	struct text *name = arena_take_many(arena, count + 1, sizeof(*name));

	if (name == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!arena_copy_text(
			arena, pg_text(result, (int)i, 0), &name[i]))
			return false;
	*ret = (struct text_list){name, count};
	return true;
}

enum pg_class ledger_due(struct pg *pg, int32_t stream, date_t today,
    size_t limit, struct arena *arena, struct text_list *ret)
{
	struct pg_values values = {0};
	PGresult *result;
	enum pg_class class;

	pg_put_int4(&values, stream);
	pg_put_date(&values, today);
	pg_put_int8(&values, (int64_t)limit);
	class = pg_query(pg, &read_due, &values, &result);
	if (class == PG_DONE && !copy_names(result, arena, ret))
		class = PG_AGAIN;
	PQclear(result);
	return class;
}

enum pg_class ledger_has_system_event(
    struct pg *pg, int32_t stream, struct text id, bool *ret)
{
	struct pg_values values = {0};
	PGresult *result;
	enum pg_class class;

	pg_put_int4(&values, stream);
	pg_put_text(&values, id);
	class = pg_query(pg, &has_system_event, &values, &result);
	if (class == PG_DONE)
		*ret = pg_bool(result, 0, 0);
	PQclear(result);
	return class;
}

enum pg_class ledger_key(struct pg *pg, uint8_t ret_key[EVENT_KEY_SIZE])
{
	PGresult *result;
	enum pg_class class = pg_query(pg, &read_key, NULL, &result);

	if (class == PG_DONE) {
		struct text key = TEXT_NONE;

		if (PQntuples(result) == 1)
			key = pg_text(result, 0, 0);
		if (key.length == EVENT_KEY_SIZE)
			memcpy(ret_key, key.at, EVENT_KEY_SIZE);
		else
			class = PG_BROKEN;
	}
	PQclear(result);
	return class;
}

enum pg_class ledger_partitions(struct pg *pg, date_t first)
{
	struct pg_values values = {0};
	PGresult *result;
	enum pg_class class;

	pg_put_date(&values, first);
	class = pg_query(pg, &make_partitions, &values, &result);
	PQclear(result);
	return class;
}
