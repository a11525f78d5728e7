/* The write statement. What it does, in the order of its parts:
 *
 * 1. fence: a stream passes where its last row is still the one that the
 *    worker knew (seq and chain), or where it has no row and knew none.
 * 2. added: the event rows of these streams. Of two writers that both passed,
 *    one waits here for the other's row and then adds nothing.
 * 3. won: the streams of which every row was added. A stream won in part ends
 *    the statement (CR001), and the caller does the batch stream by stream.
 * 4. All other tables, for the won streams only. They need no fence of their
 *    own: whoever writes them holds the rows of step 2.
 *
 * No locks are held while a worker thinks, no row is updated in every batch. */
#include "ledger_write.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Hashed once a part, whatever the planner believes about the numbers. */
#define WON " WHERE (n.stream IN (SELECT stream FROM won)) IS TRUE"

/* A part of the statement; each ? in it is the next parameter. */
struct part {
	enum {
		ALWAYS = 0,
		WITH_GONE = 1,     /* only if a period went away */
		WITH_REQUESTS = 2, /* only if there are requests */
		WITH_DUE = 4       /* only if due dates change */
	} when;
	const char *sql;
};
#define VARIANTS 8

static const struct part parts[] = {
    /* The last row of a stream, by the primary key: on an empty table the
     * planner would not know this from other ways, so it is asked in an order
     * that no other index has. */
    {ALWAYS,
	"WITH fence AS MATERIALIZED ("
	"SELECT f.stream, f.rows FROM unnest(?, ?, ?, ?)"
	" AS f(stream, seq, chain, rows)"
	" LEFT JOIN LATERAL (SELECT e.seq, e.chain FROM event e"
	" WHERE e.stream = f.stream ORDER BY e.seq DESC LIMIT 1) h ON true"
	" WHERE coalesce(h.seq, 0) = f.seq"
	" AND h.chain IS NOT DISTINCT FROM f.chain"
	"), added AS ("
	"INSERT INTO event (stream, seq, member, source, id, type, digest,"
	" received_at, received_on, today, rules, outcome, reason, fact,"
	" version, feed_offset, feed_chain, chain)"
	" SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	" ?, ?) AS n(stream, seq, member, source, id, type, digest,"
	" received_at, received_on, today, rules, outcome, reason, fact,"
	" version, feed_offset, feed_chain, chain)"
	" WHERE (n.stream IN (SELECT stream FROM fence)) IS TRUE"
	" ON CONFLICT (stream, seq) DO NOTHING RETURNING stream"
	"), won AS MATERIALIZED ("
	"SELECT a.stream FROM (SELECT stream, count(*) AS rows FROM added"
	" GROUP BY stream) a JOIN fence f USING (stream)"
	" WHERE creditd_whole(a.rows, f.rows))"},
    {ALWAYS, ", bodies AS ("
	     "INSERT INTO body (stream, seq, day, bytes)"
	     " SELECT * FROM unnest(?, ?, ?, ?)"
	     " AS n(stream, seq, day, bytes)" WON ")"},
    {ALWAYS,
	", entries AS ("
	"INSERT INTO entry (stream, member, number, seq, cause, account, kind,"
	" designation, period_starts_on, credits, amount, currency, total,"
	" rules)"
	" SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	" AS n(stream, member, number, seq, cause, account, kind, designation,"
	" period_starts_on, credits, amount, currency, total, rules)" WON ")"},
    {ALWAYS,
	", changes AS ("
	"INSERT INTO change (stream, \"offset\", day, member, version, topic,"
	" body, chain)"
	" SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)"
	" AS n(stream, place, day, member, version, topic, body, chain)" WON
	")"},
    {ALWAYS,
	", balances AS ("
	"INSERT INTO balance AS b (stream, member, designation,"
	" period_starts_on, period_ends_on, current, version, unit, required,"
	" earned, carried_in, total, remaining, accredited, recognized,"
	" adjusted, status, missing)"
	" SELECT n.stream, n.member, n.designation, n.starts_on, n.ends_on,"
	" n.current, n.version, n.unit, n.required, n.earned, n.carried_in,"
	" n.total, n.remaining, n.accredited, n.recognized, n.adjusted,"
	" n.status, string_to_array(n.missing, ' ')"
	" FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	" AS n(stream, member, designation, starts_on, ends_on, current,"
	" version, unit, required, earned, carried_in, total, remaining,"
	" accredited, recognized, adjusted, status, missing)" WON
	" ON CONFLICT (stream, member, designation, period_starts_on)"
	" DO UPDATE SET period_ends_on = excluded.period_ends_on,"
	" current = excluded.current,"
	" version = greatest(b.version, excluded.version),"
	" unit = excluded.unit, required = excluded.required,"
	" earned = excluded.earned, carried_in = excluded.carried_in,"
	" total = excluded.total, remaining = excluded.remaining,"
	" accredited = excluded.accredited, recognized = excluded.recognized,"
	" adjusted = excluded.adjusted, missing = excluded.missing,"
	" status = excluded.status)"},
    {WITH_GONE, ", balances_gone AS ("
		"DELETE FROM balance b USING unnest(?, ?, ?, ?)"
		" AS n(stream, member, designation, starts_on)" WON
		" AND b.stream = n.stream AND b.member = n.member"
		" AND b.designation = n.designation"
		" AND b.period_starts_on = n.starts_on)"},
    {WITH_REQUESTS, ", requests AS ("
		    "INSERT INTO request (stream, member, request, state, body)"
		    " SELECT * FROM unnest(?, ?, ?, ?, ?)"
		    " AS n(stream, member, request, state, body)" WON
		    " ON CONFLICT (stream, member, request) DO UPDATE"
		    " SET state = excluded.state, body = excluded.body)"},
    {WITH_REQUESTS, ", requests_gone AS ("
		    "DELETE FROM request r USING unnest(?, ?, ?)"
		    " AS n(stream, member, request)" WON
		    " AND r.stream = n.stream AND r.member = n.member"
		    " AND r.request = n.request)"},
    {WITH_DUE,
	", dues AS ("
	"INSERT INTO due (stream, member, due_on)"
	" SELECT * FROM unnest(?, ?, ?) AS n(stream, member, due_on)" WON
	" ON CONFLICT (stream, member) DO UPDATE SET due_on = excluded.due_on"
	" WHERE due.due_on <> excluded.due_on)"},
    {WITH_DUE, ", dues_gone AS ("
	       "DELETE FROM due d USING unnest(?, ?) AS n(stream, member)" WON
	       " AND d.stream = n.stream AND d.member = n.member)"},
    {WITH_DUE, ", all_due AS ("
	       "INSERT INTO due (stream, member, due_on)"
	       " SELECT DISTINCT n.stream, e.member, n.due_on"
	       " FROM unnest(?, ?) AS n(stream, due_on)"
	       " JOIN event e ON e.stream = n.stream AND e.member <> ''" WON
	       " ON CONFLICT (stream, member) DO UPDATE"
	       " SET due_on = least(due.due_on, excluded.due_on))"},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* Columns by the number of their parameter when all parts are there. */
enum {
	FENCE = 0,
	EVENT = 4,
	BODY = 22,
	ENTRY = 26,
	CHANGE = 40,
	BALANCE = 48,
	BALANCE_GONE = 66,
	REQUEST = 70,
	REQUEST_GONE = 75,
	DUE = 78,
	DUE_GONE = 81,
	ALL_DUE = 83,
	COLUMNS = 85
};

#define I2 PG_INT2
#define I4 PG_INT4
#define I8 PG_INT8
#define TX PG_TEXT
#define BY PG_BYTEA
#define DT PG_DATE
#define BO PG_BOOL
static const Oid element[COLUMNS] = {
    I4, I8, BY, I4,                                         /* fence */
    I4, I8, TX, TX, TX, I2, BY, PG_TIMESTAMPTZ,             /* event */
    DT, DT, I4, I2, I2, BY, I4, I8, BY, BY, I4, I8, DT, BY, /* body */
    I4, TX, I4, I8, I8, I2, I2, TX, DT, I8, I8, TX, I8, I4, /* entry */
    I4, I8, DT, TX, I4, TX, BY, BY,                         /* change */
    I4, TX, TX, DT, DT, BO, I4, TX, I8, I8, I8, I8, I8, I8, I8, I8, I2,
    TX,                 /* balance */
    I4, TX, TX, DT,     /* balance gone */
    I4, TX, TX, I2, BY, /* request */
    I4, TX, TX,         /* request gone */
    I4, TX, DT,         /* due */
    I4, TX,             /* due gone */
    I4, DT,             /* all due */
};

static Oid array_of(Oid type)
{
	switch (type) {
	case PG_BOOL:
		return PG_BOOLS;
	case PG_BYTEA:
		return PG_BYTEAS;
	case PG_INT8:
		return PG_INT8S;
	case PG_INT2:
		return PG_INT2S;
	case PG_INT4:
		return PG_INT4S;
	case PG_DATE:
		return PG_DATES;
	case PG_TIMESTAMPTZ:
		return PG_TIMESTAMPTZS;
	default:
		return PG_TEXTS;
	}
}

/* Which of the columns a variant of the statement has. */
struct variant {
	struct pg_statement statement;
	char name[24];
	char sql[6144];
	Oid types[COLUMNS];
	size_t column[COLUMNS];
};

/* Writes the SQL of a variant, with its parameters numbered. */
static void build(struct variant *variant, unsigned with)
{
	size_t column = 0, length = 0;
	int count = 0;

	for (size_t i = 0; i < PARTS; i++) {
		bool is_in = parts[i].when == ALWAYS || (parts[i].when & with);

		for (const char *at = parts[i].sql; *at != '\0'; at++) {
			assert(length + 8 < sizeof(variant->sql));
			if (*at == '?' && is_in) {
				length += (size_t)sprintf(
				    variant->sql + length, "$%d", count + 1);
				variant->types[count] =
				    array_of(element[column]);
				variant->column[count++] = column;
			} else if (is_in) {
				variant->sql[length++] = *at;
			}
			column += *at == '?';
		}
	}
	assert(column == COLUMNS);
	strcpy(variant->sql + length, " SELECT stream FROM won");
	sprintf(variant->name, "creditd_write_%u", with);
	variant->statement = (struct pg_statement){.name = variant->name,
	    .sql = variant->sql,
	    .count = count,
	    .types = variant->types};
}

/* The statement without the parts that this batch does not need: each costs
 * time even for no rows, which counts when one event is in flight. */
static const struct variant *variant_for(const struct ledger_batch *batch)
{
	static struct variant variants[VARIANTS];
	const struct array *c = batch->column;
	unsigned with = 0;

	if (c[BALANCE_GONE].count > 0)
		with |= WITH_GONE;
	if (c[REQUEST].count > 0 || c[REQUEST_GONE].count > 0)
		with |= WITH_REQUESTS;
	if (c[DUE].count > 0 || c[DUE_GONE].count > 0 || c[ALL_DUE].count > 0)
		with |= WITH_DUE;
	if (variants[with].statement.name == NULL)
		build(&variants[with], with);
	return &variants[with];
}

void ledger_reset(struct ledger_batch *batch)
{
	batch->rows = 0;
	for (size_t i = 0; i < COLUMNS; i++) {
		array_trim(&batch->column[i], 1024 * 1024);
		array_reset(&batch->column[i], element[i]);
	}
}

void ledger_fini(struct ledger_batch *batch)
{
	for (size_t i = 0; i < COLUMNS; i++)
		array_fini(&batch->column[i]);
}

bool ledger_is_empty(const struct ledger_batch *batch)
{
	return batch->rows == 0;
}

void ledger_add_fence(
    struct ledger_batch *batch, const struct head *before, size_t rows)
{
	struct array *c = batch->column + FENCE;

	array_int4(c++, before->stream);
	array_int8(c++, before->seq);
	if (before->seq > 0)
		array_bytes(c++, before->chain, CHAIN_SIZE);
	else
		array_null(c++);
	array_int4(c++, (int32_t)rows);
}

void ledger_add_event(struct ledger_batch *batch,
    const struct chain_event *event, const uint8_t chain[CHAIN_SIZE])
{
	struct array *c = batch->column + EVENT;

	array_int4(c++, event->stream);
	array_int8(c++, event->seq);
	array_text(c++, event->member);
	array_text(c++, event->source);
	array_text(c++, event->id);
	array_int2(c++, event->type);
	array_text(c++, event->digest);
	array_time(c++, event->received_at);
	array_date(c++, event->received_on);
	array_date(c++, event->today);
	array_int4(c++, event->rules);
	array_int2(c++, event->outcome);
	array_int2(c++, event->reason);
	array_text(c++, event->fact);
	array_int4(c++, event->version);
	array_int8(c++, event->feed_offset);
	array_bytes(c++, event->feed_chain, CHAIN_SIZE);
	array_bytes(c++, chain, CHAIN_SIZE);
	batch->rows++;
}

void ledger_add_body(struct ledger_batch *batch, int32_t stream, int64_t seq,
    date_t day, struct text bytes)
{
	struct array *c = batch->column + BODY;

	array_int4(c++, stream);
	array_int8(c++, seq);
	array_date(c++, day);
	array_text(c++, bytes);
}

void ledger_add_entry(struct ledger_batch *batch, const struct member *member,
    const struct entry *entry)
{
	struct array *c = batch->column + ENTRY;
	bool is_money = account_is_money(entry->account);

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_int4(c++, entry->number);
	array_int8(c++, entry->seq);
	array_int8(c++, entry->cause);
	array_int2(c++, (int16_t)entry->account);
	array_int2(c++, (int16_t)entry->kind);
	array_text(c++, entry->designation);
	array_date(c++, entry->period_starts_on);
	if (is_money)
		array_null(c++);
	array_int8(c++, entry->value);
	if (!is_money)
		array_null(c++);
	array_text(c++, entry->currency);
	if (is_money)
		array_null(c++);
	else
		array_int8(c++, entry->total);
	array_int4(c++, entry->rules);
}

void ledger_add_change(struct ledger_batch *batch, struct text member,
    const struct answer_change *change, date_t day, struct text topic,
    struct text body, const uint8_t chain[CHAIN_SIZE])
{
	struct array *c = batch->column + CHANGE;

	array_int4(c++, change->stream);
	array_int8(c++, change->offset);
	array_date(c++, day);
	array_text(c++, member);
	array_int4(c++, (int32_t)change->version);
	array_text(c++, topic);
	array_text(c++, body);
	array_bytes(c++, chain, CHAIN_SIZE);
}

/* Names of requirements are ids, so a space parts them. */
static void add_names(struct array *array, struct text_list names)
{
	char joined[FACT_LIST_MOST * (FACT_TEXT_MOST + 1)];
	size_t length = 0;

	for (size_t i = 0; i < names.count; i++) {
		struct text name = names.item[i];

		if (name.length + 1 > sizeof(joined) - length)
			break;
		if (length > 0)
			joined[length++] = ' ';
		for (size_t j = 0; j < name.length; j++)
			joined[length++] = name.at[j];
	}
	array_bytes(array, joined, length);
}

void ledger_set_balance(struct ledger_batch *batch, const struct member *member,
    const struct period *period, struct text unit, int64_t version)
{
	struct array *c = batch->column + BALANCE;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, period->designation);
	array_date(c++, period->starts_on);
	array_date(c++, period->ends_on);
	array_bool(c++, period->current);
	array_int4(c++, (int32_t)version);
	array_text(c++, unit);
	if (period->has_required)
		array_int8(c++, period->required);
	else
		array_null(c++);
	array_int8(c++, period->earned);
	array_int8(c++, period->carried_in);
	array_int8(c++, period->total);
	if (period->has_required)
		array_int8(c++, period->remaining);
	else
		array_null(c++);
	array_int8(c++, period->accredited);
	array_int8(c++, period->recognized);
	array_int8(c++, period->adjusted);
	array_int2(c++, (int16_t)period->status);
	add_names(c++, period->missing);
}

void ledger_remove_balance(struct ledger_batch *batch,
    const struct member *member, struct text designation, date_t starts_on)
{
	struct array *c = batch->column + BALANCE_GONE;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, designation);
	array_date(c++, starts_on);
}

void ledger_set_request(struct ledger_batch *batch, const struct member *member,
    const struct request *request, struct text body)
{
	struct array *c = batch->column + REQUEST;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, request->name);
	array_int2(c++, (int16_t)request->state);
	array_text(c++, body);
}

void ledger_remove_request(struct ledger_batch *batch,
    const struct member *member, struct text request)
{
	struct array *c = batch->column + REQUEST_GONE;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, request);
}

void ledger_set_due(
    struct ledger_batch *batch, const struct member *member, date_t due_on)
{
	bool is_gone = due_on == DATE_NEVER;
	struct array *c = batch->column + (is_gone ? DUE_GONE : DUE);

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	if (!is_gone)
		array_date(c++, due_on);
}

void ledger_set_all_due(
    struct ledger_batch *batch, int32_t stream, date_t due_on)
{
	struct array *c = batch->column + ALL_DUE;

	array_int4(c++, stream);
	array_date(c++, due_on);
}

enum pg_class ledger_write(struct pg *pg, struct ledger_batch *batch,
    int32_t *ret_won, size_t *ret_count)
{
	const struct variant *variant = variant_for(batch);
	struct pg_values values = {0};
	PGresult *result;
	enum pg_class class;

	for (int i = 0; i < variant->statement.count; i++)
		if (!array_put(&batch->column[variant->column[i]], &values))
			return PG_DATA;
	class = pg_query(pg, &variant->statement, &values, &result);
	if (class != PG_DONE)
		return class;
	*ret_count = (size_t)PQntuples(result);
	for (size_t i = 0; i < *ret_count; i++)
		ret_won[i] = pg_int4(result, (int)i, 0);
	PQclear(result);
	return class;
}
