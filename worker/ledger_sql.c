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
#include "ledger_sql.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Hashed once a part, whatever the planner believes about the numbers. */
#define WON " WHERE (n.stream IN (SELECT stream FROM won)) IS TRUE"

/* The parts of the statement, as bits of a mask. */
enum {
	PART_BODIES = 2,
	PART_ENTRIES = 4,
	PART_CHANGES = 8,
	PART_BALANCES = 16,
	PART_BALANCES_GONE = 32,
	PART_REQUESTS = 64,
	PART_REQUESTS_GONE = 128,
	PART_DUES = 256,
	PART_DUES_GONE = 512,
	PART_ALL_DUE = 1024,
	PART_ASIDES = 2048,
	PART_ASIDE_MARKS = 4096
};

/* A part that is written for the won streams. ROWS(?, …) are its rows, each ?
 * the next parameter; `head` WHERE … won `tail`. */
struct part {
	unsigned bit;
	const char *name, *head, *tail;
};

/* The last row of a stream, by the primary key: on an empty table the planner
 * would not know this from other ways, so it is asked in an order that no other
 * index has. */
#define LAST_ROW                                                               \
	" LEFT JOIN LATERAL (SELECT e.seq, e.chain FROM event e"               \
	" WHERE e.stream = f.stream ORDER BY e.seq DESC LIMIT 1) h ON true"
#define IS_PREDECESSOR                                                         \
	" WHERE coalesce(h.seq, 0) = f.seq"                                    \
	" AND h.chain IS NOT DISTINCT FROM f.chain"
#define EVENT_COLUMNS                                                          \
	"stream, seq, member, source, id, type, digest, received_at,"          \
	" received_on, today, rules, outcome, reason, fact, version,"          \
	" feed_offset, feed_chain, chain"
#define EVENT_ROWS                                                             \
	"ROWS(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"           \
	" AS n(" EVENT_COLUMNS ")"

/* Steps 1 to 3 for any number of streams. */
static const char many_events[] =
    "WITH fence AS MATERIALIZED ("
    "SELECT f.stream, f.rows FROM ROWS(?, ?, ?, ?)"
    " AS f(stream, seq, chain, rows)" LAST_ROW IS_PREDECESSOR "), added AS ("
    "INSERT INTO event (" EVENT_COLUMNS ") SELECT * FROM " EVENT_ROWS
    " WHERE (n.stream IN (SELECT stream FROM fence)) IS TRUE"
    " ON CONFLICT (stream, seq) DO NOTHING RETURNING stream"
    "), won AS MATERIALIZED ("
    "SELECT a.stream FROM (SELECT stream, count(*) AS rows FROM added"
    " GROUP BY stream) a JOIN fence f USING (stream)"
    " WHERE a.rows = f.rows OR creditd_whole(a.rows, f.rows))";

/* The same for a single event: where the fence is lost, CR001 ends the whole
 * transaction. */
static const char one_event[] =
    "WITH added AS (INSERT INTO event (" EVENT_COLUMNS ") SELECT n.*"
    " FROM ROWS(?, ?, ?, ?) AS f(stream, seq, chain, rows)" LAST_ROW
    " CROSS JOIN " EVENT_ROWS IS_PREDECESSOR
    " ON CONFLICT (stream, seq) DO NOTHING RETURNING stream)"
    " SELECT CASE WHEN count(*) = 1 THEN true"
    " ELSE creditd_whole(count(*), 1) END FROM added";

static const struct part parts[] = {
    {PART_BODIES, "bodies",
	"INSERT INTO body (stream, seq, day, bytes) SELECT * FROM "
	"ROWS(?, ?, ?, ?) AS n(stream, seq, day, bytes)",
	""},
    {PART_ENTRIES, "entries",
	"INSERT INTO entry (stream, member, number, seq, cause, "
	"account, kind, designation, period_starts_on, credits, "
	"amount, currency, total, rules) SELECT * FROM ROWS(?, ?, ?, "
	"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS n(stream, member, number, "
	"seq, cause, account, kind, designation, period_starts_on, "
	"credits, amount, currency, total, rules)",
	""},
    {PART_CHANGES, "changes",
	"INSERT INTO change (stream, \"offset\", day, member, version, "
	"topic, body, chain) SELECT * FROM ROWS(?, ?, ?, ?, ?, ?, ?, "
	"?) AS n(stream, place, day, member, version, topic, body, "
	"chain)",
	""},
    {PART_BALANCES, "balances",
	"INSERT INTO balance AS b (stream, member, designation, "
	"period_starts_on, period_ends_on, current, version, unit, "
	"required, earned, carried_in, total, remaining, accredited, "
	"recognized, adjusted, status, missing) SELECT n.stream, "
	"n.member, n.designation, n.starts_on, n.ends_on, n.current, "
	"n.version, n.unit, n.required, n.earned, n.carried_in, "
	"n.total, n.remaining, n.accredited, n.recognized, n.adjusted, "
	"n.status, string_to_array(n.missing, ' ') FROM ROWS(?, ?, ?, "
	"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS n(stream, "
	"member, designation, starts_on, ends_on, current, version, "
	"unit, required, earned, carried_in, total, remaining, "
	"accredited, recognized, adjusted, status, missing)",
	" ON CONFLICT (stream, member, designation, period_starts_on) "
	"DO UPDATE SET period_ends_on = excluded.period_ends_on, "
	"current = excluded.current, version = greatest(b.version, "
	"excluded.version), unit = excluded.unit, required = "
	"excluded.required, earned = excluded.earned, carried_in = "
	"excluded.carried_in, total = excluded.total, remaining = "
	"excluded.remaining, accredited = excluded.accredited, "
	"recognized = excluded.recognized, adjusted = "
	"excluded.adjusted, missing = excluded.missing, status = "
	"excluded.status"},
    {PART_BALANCES_GONE, "balances_gone",
	"DELETE FROM balance b USING ROWS(?, ?, ?, ?) AS n(stream, "
	"member, designation, starts_on)",
	" AND b.stream = n.stream AND b.member = n.member AND "
	"b.designation = n.designation AND b.period_starts_on = "
	"n.starts_on"},
    {PART_REQUESTS, "requests",
	"INSERT INTO request (stream, member, request, state, body) "
	"SELECT * FROM ROWS(?, ?, ?, ?, ?) AS n(stream, member, "
	"request, state, body)",
	" ON CONFLICT (stream, member, request) DO UPDATE SET state = "
	"excluded.state, body = excluded.body"},
    {PART_REQUESTS_GONE, "requests_gone",
	"DELETE FROM request r USING ROWS(?, ?, ?) AS n(stream, "
	"member, request)",
	" AND r.stream = n.stream AND r.member = n.member AND "
	"r.request = n.request"},
    {PART_DUES, "dues",
	"INSERT INTO due (stream, member, due_on) SELECT * FROM "
	"ROWS(?, ?, ?) AS n(stream, member, due_on)",
	" ON CONFLICT (stream, member) DO UPDATE SET due_on = "
	"excluded.due_on WHERE due.due_on <> excluded.due_on"},
    {PART_DUES_GONE, "dues_gone",
	"DELETE FROM due d USING ROWS(?, ?) AS n(stream, member)",
	" AND d.stream = n.stream AND d.member = n.member"},
    {PART_ALL_DUE, "all_due",
	"INSERT INTO due (stream, member, due_on) SELECT DISTINCT "
	"n.stream, e.member, n.due_on FROM ROWS(?, ?) AS n(stream, "
	"due_on) JOIN event e ON e.stream = n.stream AND e.member <> ''",
	" ON CONFLICT (stream, member) DO UPDATE SET due_on = "
	"least(due.due_on, excluded.due_on)"},
    {PART_ASIDES, "asides",
	"INSERT INTO quarantine (stream, source, digest, bytes, reason, "
	"member, submit, flags, received_at) SELECT * FROM ROWS(?, ?, ?, "
	"?, ?, ?, ?, ?, ?) AS n(stream, source, digest, bytes, reason, "
	"member, submit, flags, received_at)",
	" ON CONFLICT (stream, source, digest) DO NOTHING"},
    {PART_ASIDE_MARKS, "aside_marks",
	"INSERT INTO quarantine_mark (stream, seq, source, digest, what, "
	"reason, author) SELECT * FROM ROWS(?, ?, ?, ?, ?, ?, ?) AS "
	"n(stream, seq, source, digest, what, reason, author)",
	""},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

#define I2    PG_INT2
#define I4    PG_INT4
#define I8    PG_INT8
#define TX    PG_TEXT
#define BY    PG_BYTEA
#define DT    PG_DATE
#define BO    PG_BOOL
static const Oid element[LEDGER_COLUMNS] = {
    I4, I8, BY, I4,                                         /* fence */
    I4, I8, TX, TX, TX, I2, BY, PG_TIMESTAMPTZ,             /* event */
    DT, DT, I4, I2, I2, BY, I4, I8, BY, BY, I4, I8, DT, BY, /* body */
    I4, TX, I4, I8, I8, I2, I2, TX, DT, I8, I8, TX, I8, I4, /* entry */
    I4, I8, DT, TX, I4, TX, BY, BY,                         /* change */
    I4, TX, TX, DT, DT, BO, I4, TX, I8, I8, I8, I8, I8, I8, I8, I8, I2,
    TX,                                             /* balance */
    I4, TX, TX, DT,                                 /* balance gone */
    I4, TX, TX, I2, BY,                             /* request */
    I4, TX, TX,                                     /* request gone */
    I4, TX, DT,                                     /* due */
    I4, TX,                                         /* due gone */
    I4, DT,                                         /* all due */
    I4, TX, BY, BY, TX, TX, I8, I4, PG_TIMESTAMPTZ, /* aside */
    I4, I8, TX, BY, I2, TX, TX,                     /* aside mark */
};

Oid ledger_column_type(size_t column)
{
	return element[column];
}

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

/* Where a part's columns begin. */
static size_t first_column(unsigned bit)
{
	static const struct {
		unsigned bit;
		size_t column;
	} first[] = {{PART_BODIES, BODY}, {PART_ENTRIES, ENTRY},
	    {PART_CHANGES, CHANGE}, {PART_BALANCES, BALANCE},
	    {PART_BALANCES_GONE, BALANCE_GONE}, {PART_REQUESTS, REQUEST},
	    {PART_REQUESTS_GONE, REQUEST_GONE}, {PART_DUES, DUE},
	    {PART_DUES_GONE, DUE_GONE}, {PART_ALL_DUE, ALL_DUE},
	    {PART_ASIDES, ASIDE}, {PART_ASIDE_MARKS, ASIDE_MARK}};
	size_t i = 0;

	while (first[i].bit != bit)
		i++;
	return first[i].column;
}

/* Each part costs time even for no rows: those that most batches have are
 * always there, the others by groups. So there are 16 forms, each prepared when
 * it is first needed. */
#define FORMS_MOST    16
#define USUAL_PARTS   (PART_BODIES | PART_ENTRIES | PART_CHANGES | PART_BALANCES)
#define REQUEST_PARTS (PART_REQUESTS | PART_REQUESTS_GONE)
#define DUE_PARTS     (PART_DUES | PART_DUES_GONE | PART_ALL_DUE)
#define ASIDE_PARTS   (PART_ASIDES | PART_ASIDE_MARKS)

struct form {
	struct ledger_form form;
	unsigned mask;
	char name[32];
	char sql[8192];
	Oid types[LEDGER_COLUMNS];
};

/* Writes a form's SQL, with its parameters numbered. */
struct writing {
	struct form *form;
	size_t length;
	bool single; /* rows are VALUES, else unnested arrays */
};

static void put(struct writing *w, const char *text, size_t length)
{
	assert(w->length + length < sizeof(w->form->sql));
	memcpy(w->form->sql + w->length, text, length);
	w->length += length;
	w->form->sql[w->length] = '\0';
}

static void put_string(struct writing *w, const char *text)
{
	put(w, text, strlen(text));
}

static void put_parameter(struct writing *w, size_t column)
{
	struct ledger_form *form = &w->form->form;
	int count = form->statement.count++;
	Oid type = element[column];
	char number[16];

	w->form->types[count] = w->single ? type : array_of(type);
	form->column[count] = column;
	snprintf(number, sizeof(number), "$%d", count + 1);
	put_string(w, number);
}

/* Writes a piece whose first parameter is `column`. */
static void put_piece(struct writing *w, const char *sql, size_t column)
{
	static const char rows[] = "ROWS(";
	bool in_rows = false;

	for (const char *at = sql; *at != '\0'; at++) {
		if (strncmp(at, rows, sizeof(rows) - 1) == 0) {
			put_string(w, w->single ? "(VALUES (" : "unnest(");
			at += sizeof(rows) - 2;
			in_rows = w->single;
		} else if (*at == '?') {
			put_parameter(w, column++);
		} else {
			put(w, at, 1);
			if (*at == ')' && in_rows) {
				put(w, ")", 1);
				in_rows = false;
			}
		}
	}
}

static void finish(struct form *form, const char *name)
{
	snprintf(form->name, sizeof(form->name), "creditd_write_%s", name);
	form->form.statement.name = form->name;
	form->form.statement.sql = form->sql;
	form->form.statement.types = form->types;
}

static void write_many(struct form *form)
{
	struct writing w = {.form = form};
	char name[16];

	put_piece(&w, many_events, FENCE);
	for (size_t i = 0; i < PARTS; i++) {
		if ((parts[i].bit & form->mask) == 0)
			continue;
		put_string(&w, ", ");
		put_string(&w, parts[i].name);
		put_string(&w, " AS (");
		put_piece(&w, parts[i].head, first_column(parts[i].bit));
		put_string(&w, WON);
		put_string(&w, parts[i].tail);
		put_string(&w, ")");
	}
	put_string(&w, " SELECT stream FROM won");
	snprintf(name, sizeof(name), "%u", form->mask);
	finish(form, name);
}

static unsigned parts_of(const struct ledger_batch *batch, bool *ret_single)
{
	unsigned mask = 0;

	*ret_single = batch->column[EVENT].count == 1;
	for (size_t i = 0; i < PARTS; i++) {
		uint32_t count =
		    batch->column[first_column(parts[i].bit)].count;

		if (count > 0)
			mask |= parts[i].bit;
		if (count > 1)
			*ret_single = false;
	}
	return mask;
}

const struct ledger_form *ledger_form_for(const struct ledger_batch *batch)
{
	static struct form forms[FORMS_MOST];
	struct form *form = forms;
	bool single;
	unsigned mask = parts_of(batch, &single) | USUAL_PARTS;

	if ((mask & REQUEST_PARTS) != 0)
		mask |= REQUEST_PARTS;
	if ((mask & DUE_PARTS) != 0)
		mask |= DUE_PARTS;
	if ((mask & ASIDE_PARTS) != 0)
		mask |= ASIDE_PARTS;
	while (form->mask != 0 && form->mask != mask)
		form++;
	assert(form < forms + FORMS_MOST);
	if (form->mask == 0) {
		form->mask = mask;
		write_many(form);
	}
	return &form->form;
}

/* A statement of its own for the event, and for each part. */
static const struct ledger_form *one_form(size_t place)
{
	static struct form forms[PARTS + 1];
	struct form *form = &forms[place];
	struct writing w = {.form = form, .single = true};

	if (form->name[0] != '\0')
		return &form->form;
	if (place == 0) {
		put_piece(&w, one_event, FENCE);
		finish(form, "event");
		return &form->form;
	}
	put_piece(
	    &w, parts[place - 1].head, first_column(parts[place - 1].bit));
	put_string(&w, " WHERE true");
	put_string(&w, parts[place - 1].tail);
	finish(form, parts[place - 1].name);
	return &form->form;
}

size_t ledger_forms_for_one(const struct ledger_batch *batch,
    const struct ledger_form *ret_form[LEDGER_PARTS_MOST])
{
	size_t count = 0;
	bool single;
	unsigned mask = parts_of(batch, &single);

	if (!single)
		return 0;
	ret_form[count++] = one_form(0);
	for (size_t i = 0; i < PARTS; i++)
		if ((mask & parts[i].bit) != 0)
			ret_form[count++] = one_form(i + 1);
	return count;
}
