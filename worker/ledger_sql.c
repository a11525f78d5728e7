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
	PART_EVENTS = 1,
	PART_BODIES = 2,
	PART_ENTRIES = 4,
	PART_CHANGES = 8,
	PART_BALANCES = 16,
	PART_BALANCES_GONE = 32,
	PART_REQUESTS = 64,
	PART_REQUESTS_GONE = 128,
	PART_DUES = 256,
	PART_DUES_GONE = 512,
	PART_ALL_DUE = 1024
};

/* ROWS(?, …) are the rows of a part and each ? in it the next parameter. */
struct part {
	unsigned bit;
	const char *sql;
};

static const struct part parts[] = {
    /* The last row of a stream, by the primary key: on an empty table the
     * planner would not know this from other ways, so it is asked in an order
     * that no other index has. */
    {PART_EVENTS,
	"WITH fence AS MATERIALIZED ("
	"SELECT f.stream, f.rows FROM ROWS(?, ?, ?, ?)"
	" AS f(stream, seq, chain, rows)"
	" LEFT JOIN LATERAL (SELECT e.seq, e.chain FROM event e"
	" WHERE e.stream = f.stream ORDER BY e.seq DESC LIMIT 1) h ON true"
	" WHERE coalesce(h.seq, 0) = f.seq"
	" AND h.chain IS NOT DISTINCT FROM f.chain"
	"), added AS ("
	"INSERT INTO event (stream, seq, member, source, id, type, digest,"
	" received_at, received_on, today, rules, outcome, reason, fact,"
	" version, feed_offset, feed_chain, chain)"
	" SELECT * FROM ROWS(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	" ?, ?) AS n(stream, seq, member, source, id, type, digest,"
	" received_at, received_on, today, rules, outcome, reason, fact,"
	" version, feed_offset, feed_chain, chain)"
	" WHERE (n.stream IN (SELECT stream FROM fence)) IS TRUE"
	" ON CONFLICT (stream, seq) DO NOTHING RETURNING stream"
	"), won AS MATERIALIZED ("
	"SELECT a.stream FROM (SELECT stream, count(*) AS rows FROM added"
	" GROUP BY stream) a JOIN fence f USING (stream)"
	" WHERE a.rows = f.rows OR creditd_whole(a.rows, f.rows))"},
    {PART_BODIES, ", bodies AS ("
		  "INSERT INTO body (stream, seq, day, bytes)"
		  " SELECT * FROM ROWS(?, ?, ?, ?)"
		  " AS n(stream, seq, day, bytes)" WON ")"},
    {PART_ENTRIES,
	", entries AS ("
	"INSERT INTO entry (stream, member, number, seq, cause, account, kind,"
	" designation, period_starts_on, credits, amount, currency, total,"
	" rules)"
	" SELECT * FROM ROWS(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	" AS n(stream, member, number, seq, cause, account, kind, designation,"
	" period_starts_on, credits, amount, currency, total, rules)" WON ")"},
    {PART_CHANGES,
	", changes AS ("
	"INSERT INTO change (stream, \"offset\", day, member, version, topic,"
	" body, chain)"
	" SELECT * FROM ROWS(?, ?, ?, ?, ?, ?, ?, ?)"
	" AS n(stream, place, day, member, version, topic, body, chain)" WON
	")"},
    {PART_BALANCES,
	", balances AS ("
	"INSERT INTO balance AS b (stream, member, designation,"
	" period_starts_on, period_ends_on, current, version, unit, required,"
	" earned, carried_in, total, remaining, accredited, recognized,"
	" adjusted, status, missing)"
	" SELECT n.stream, n.member, n.designation, n.starts_on, n.ends_on,"
	" n.current, n.version, n.unit, n.required, n.earned, n.carried_in,"
	" n.total, n.remaining, n.accredited, n.recognized, n.adjusted,"
	" n.status, string_to_array(n.missing, ' ')"
	" FROM ROWS(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
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
    {PART_BALANCES_GONE, ", balances_gone AS ("
			 "DELETE FROM balance b USING ROWS(?, ?, ?, ?)"
			 " AS n(stream, member, designation, starts_on)" WON
			 " AND b.stream = n.stream AND b.member = n.member"
			 " AND b.designation = n.designation"
			 " AND b.period_starts_on = n.starts_on)"},
    {PART_REQUESTS, ", requests AS ("
		    "INSERT INTO request (stream, member, request, state, body)"
		    " SELECT * FROM ROWS(?, ?, ?, ?, ?)"
		    " AS n(stream, member, request, state, body)" WON
		    " ON CONFLICT (stream, member, request) DO UPDATE"
		    " SET state = excluded.state, body = excluded.body)"},
    {PART_REQUESTS_GONE, ", requests_gone AS ("
			 "DELETE FROM request r USING ROWS(?, ?, ?)"
			 " AS n(stream, member, request)" WON
			 " AND r.stream = n.stream AND r.member = n.member"
			 " AND r.request = n.request)"},
    {PART_DUES,
	", dues AS ("
	"INSERT INTO due (stream, member, due_on)"
	" SELECT * FROM ROWS(?, ?, ?) AS n(stream, member, due_on)" WON
	" ON CONFLICT (stream, member) DO UPDATE SET due_on = excluded.due_on"
	" WHERE due.due_on <> excluded.due_on)"},
    {PART_DUES_GONE,
	", dues_gone AS ("
	"DELETE FROM due d USING ROWS(?, ?) AS n(stream, member)" WON
	" AND d.stream = n.stream AND d.member = n.member)"},
    {PART_ALL_DUE, ", all_due AS ("
		   "INSERT INTO due (stream, member, due_on)"
		   " SELECT DISTINCT n.stream, e.member, n.due_on"
		   " FROM ROWS(?, ?) AS n(stream, due_on)"
		   " JOIN event e ON e.stream = n.stream AND e.member <> ''" WON
		   " ON CONFLICT (stream, member) DO UPDATE"
		   " SET due_on = least(due.due_on, excluded.due_on))"},
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
    TX,                 /* balance */
    I4, TX, TX, DT,     /* balance gone */
    I4, TX, TX, I2, BY, /* request */
    I4, TX, TX,         /* request gone */
    I4, TX, DT,         /* due */
    I4, TX,             /* due gone */
    I4, DT,             /* all due */
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

/* Each part costs time even for no rows, and so does each array: that counts
 * when one event is in flight. So there are two kinds of forms:
 *
 *	single: at most one row a part; rows are written VALUES ($1, …), and
 *	        only parts with a row are there
 *	else:   rows are unnested from arrays; the parts that most batches have
 *	        are always there, the others by groups
 *
 * which makes at most 32 + 8 forms, each prepared when it is first needed. */
#define FORMS_MOST 40
#define SINGLE_PARTS                                                           \
	(PART_EVENTS | PART_BODIES | PART_ENTRIES | PART_CHANGES |             \
	    PART_BALANCES | PART_DUES)
#define USUAL_PARTS                                                            \
	(PART_EVENTS | PART_BODIES | PART_ENTRIES | PART_CHANGES |             \
	    PART_BALANCES)
#define REQUEST_PARTS (PART_REQUESTS | PART_REQUESTS_GONE)
#define DUE_PARTS     (PART_DUES | PART_DUES_GONE | PART_ALL_DUE)

struct form {
	struct ledger_form form;
	unsigned mask;
	char name[32];
	char sql[6144];
	Oid types[LEDGER_COLUMNS];
};

/* Writes a form's SQL, with its parameters numbered. */
struct writing {
	struct form *form;
	size_t length;
	size_t column;
	int count;
};

static void put(struct writing *w, const char *text)
{
	size_t length = strlen(text);

	assert(w->length + length < sizeof(w->form->sql));
	memcpy(w->form->sql + w->length, text, length + 1);
	w->length += length;
}

static void put_parameter(struct writing *w)
{
	struct ledger_form *form = &w->form->form;
	Oid type = element[w->column];
	char number[16];

	w->form->types[w->count] = form->single ? type : array_of(type);
	form->column[w->count++] = w->column;
	snprintf(number, sizeof(number), "$%d", w->count);
	put(w, number);
}

static void put_part(struct writing *w, const struct part *part)
{
	static const char rows[] = "ROWS(";
	bool is_in = (part->bit & w->form->mask) != 0;
	bool single = w->form->form.single, in_rows = false;

	for (const char *at = part->sql; *at != '\0'; at++) {
		const char one[2] = {*at, '\0'};

		if (strncmp(at, rows, sizeof(rows) - 1) == 0) {
			if (is_in)
				put(w, single ? "(VALUES (" : "unnest(");
			at += sizeof(rows) - 2;
			in_rows = single;
			continue;
		}
		if (*at == '?' && is_in)
			put_parameter(w);
		else if (is_in)
			put(w, one);
		w->column += *at == '?';
		if (*at == ')' && in_rows) {
			if (is_in)
				put(w, ")");
			in_rows = false;
		}
	}
}

static void write_form(struct form *form)
{
	struct writing w = {.form = form};

	for (size_t i = 0; i < PARTS; i++)
		put_part(&w, &parts[i]);
	assert(w.column == LEDGER_COLUMNS);
	put(&w, " SELECT stream FROM won");
	snprintf(form->name, sizeof(form->name), "creditd_write_%s%u",
	    form->form.single ? "one_" : "", form->mask);
	form->form.statement = (struct pg_statement){.name = form->name,
	    .sql = form->sql,
	    .count = w.count,
	    .types = form->types};
}

/* Which parts have rows, and whether none has more than one. */
static unsigned parts_of(const struct ledger_batch *batch, bool *ret_single)
{
	static const struct {
		unsigned bit;
		size_t column;
	} first[] = {{PART_EVENTS, EVENT}, {PART_BODIES, BODY},
	    {PART_ENTRIES, ENTRY}, {PART_CHANGES, CHANGE},
	    {PART_BALANCES, BALANCE}, {PART_BALANCES_GONE, BALANCE_GONE},
	    {PART_REQUESTS, REQUEST}, {PART_REQUESTS_GONE, REQUEST_GONE},
	    {PART_DUES, DUE}, {PART_DUES_GONE, DUE_GONE},
	    {PART_ALL_DUE, ALL_DUE}};
	unsigned mask = 0;

	*ret_single = true;
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		uint32_t count = batch->column[first[i].column].count;

		if (count > 0)
			mask |= first[i].bit;
		if (count > 1)
			*ret_single = false;
	}
	if ((mask & ~(unsigned)SINGLE_PARTS) != 0)
		*ret_single = false;
	return mask;
}

const struct ledger_form *ledger_form_for(const struct ledger_batch *batch)
{
	static struct form *forms[FORMS_MOST];
	struct form *form;
	size_t place = 0;
	bool single;
	unsigned mask = parts_of(batch, &single);

	if (!single) {
		mask |= USUAL_PARTS;
		if ((mask & REQUEST_PARTS) != 0)
			mask |= REQUEST_PARTS;
		if ((mask & DUE_PARTS) != 0)
			mask |= DUE_PARTS;
	}
	for (; place < FORMS_MOST && forms[place] != NULL; place++)
		if (forms[place]->mask == mask &&
		    forms[place]->form.single == single)
			return &forms[place]->form;
	assert(place < FORMS_MOST);
	form = calloc(1, sizeof(*form));
	if (form == NULL)
		return NULL;
	form->mask = mask;
	form->form.single = single;
	write_form(form);
	forms[place] = form;
	return &form->form;
}
