/* Each member of a stream: rows, facts and ledger put together again. */
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"

enum {
	E_MEMBER,
	E_SEQ,
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
	E_FEED_OFFSET
};
enum {
	N_MEMBER,
	N_NUMBER,
	N_SEQ,
	N_CAUSE,
	N_ACCOUNT,
	N_KIND,
	N_DESIGNATION,
	N_PERIOD,
	N_VALUE,
	N_TOTAL,
	N_CURRENCY,
	N_RULES
};

struct tables {
	struct cursor event, entry, balance, request, due;
};

/* All in the order of bytes, whatever the database's collation: they are
 * walked side by side. */
static void open_tables(struct verify *v, struct tables *t)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
	    "select member, seq, source, id, type, digest, received_at,"
	    " received_on, today, rules, outcome, reason, fact, version,"
	    " feed_offset from event where stream = %d and member <> ''"
	    " order by member collate \"C\", seq",
	    v->stream);
	cursor_open(&t->event, v->db, "verify_row", sql);
	snprintf(sql, sizeof(sql),
	    "select member, number, seq, cause, account, kind, designation,"
	    " period_starts_on, coalesce(credits, amount), total, currency,"
	    " rules from entry where stream = %d"
	    " order by member collate \"C\", number",
	    v->stream);
	cursor_open(&t->entry, v->db, "verify_ledger", sql);
	snprintf(sql, sizeof(sql),
	    "select member, designation, period_starts_on, period_ends_on,"
	    " current, version, unit, required, earned, carried_in, total,"
	    " remaining, accredited, recognized, adjusted,"
	    " array_to_string(missing, ' '), status from balance"
	    " where stream = %d order by member collate \"C\","
	    " designation collate \"C\", period_starts_on",
	    v->stream);
	cursor_open(&t->balance, v->db, "verify_balance", sql);
	snprintf(sql, sizeof(sql),
	    "select member, request, state, body from request"
	    " where stream = %d order by member collate \"C\","
	    " request collate \"C\"",
	    v->stream);
	cursor_open(&t->request, v->db, "verify_request", sql);
	snprintf(sql, sizeof(sql),
	    "select member, due_on from due"
	    " where stream = %d order by member collate \"C\"",
	    v->stream);
	cursor_open(&t->due, v->db, "verify_due", sql);
}

static bool close_tables(struct tables *t)
{
	struct cursor *all[] = {
	    &t->event, &t->entry, &t->balance, &t->request, &t->due};
	bool done = true;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		cursor_close(all[i]);
		done = done && !all[i]->failed;
	}
	return done;
}

/* ---- rows of members that have no event */

static void skip_strays(struct verify *v, struct cursor *cursor,
    const char *table, struct text until)
{
	char row[VERIFY_ROW_SIZE];

	while (cursor->is_there &&
	       (until.at == NULL ||
		   text_compare(cursor_text(cursor, 0), until) < 0)) {
		snprintf(row, sizeof(row), "stream %d, member %.*s", v->stream,
		    TEXT_ARGS(cursor_text(cursor, 0)));
		verify_defect(
		    v, table, row, "the member has no event in this stream");
		cursor_next(cursor);
	}
}

static void skip_all_strays(
    struct verify *v, struct tables *t, struct text until)
{
	skip_strays(v, &t->entry, "entry", until);
	skip_strays(v, &t->balance, "balance", until);
	skip_strays(v, &t->request, "request", until);
	skip_strays(v, &t->due, "due", until);
}

/* ---- putting a member together */

static void name_row(
    const struct member *member, int64_t seq, char row[VERIFY_ROW_SIZE])
{
	snprintf(row, VERIFY_ROW_SIZE, "stream %d, seq %" PRId64 " (%.*s)",
	    member->stream, seq, TEXT_ARGS(member->name));
}

static int take_fact(struct verify *v, const struct cursor *e,
    struct member *member, struct row *row)
{
	struct fact head = {
	    .seq = row->seq,
	    .source = cursor_text(e, E_SOURCE),
	    .id = cursor_text(e, E_ID),
	    .type = (enum event_type)cursor_int2(e, E_TYPE),
	    .received_on = cursor_date(e, E_RECEIVED_ON),
	};
	char name[VERIFY_ROW_SIZE];
	int error;

	if (cursor_is_null(e, E_FACT)) {
		row->id = head.id;
		return 0;
	}
	error = member_add_stored_fact(member, &head, cursor_text(e, E_FACT));
	if (error == -EBADMSG) {
		name_row(member, row->seq, name);
		verify_defect(v, "event", name, "its fact can't be read");
		member->damaged = true;
		return 0;
	}
	if (error == 0)
		row->fact = member->facts - 1;
	return error;
}

static bool take_row(
    struct verify *v, const struct cursor *e, struct member *member)
{
	struct row row = {
	    .seq = cursor_int8(e, E_SEQ),
	    .today = cursor_date(e, E_TODAY),
	    .rules = cursor_int4(e, E_RULES),
	    .version = cursor_int4(e, E_VERSION),
	    .feed_offset = cursor_int8(e, E_FEED_OFFSET),
	    .received_at = cursor_time(e, E_RECEIVED_AT),
	    .fact = NO_FACT,
	    .outcome = (enum outcome)cursor_int2(e, E_OUTCOME),
	    .reason = (enum reason)cursor_int2(e, E_REASON),
	};
	char name[VERIFY_ROW_SIZE];

	if (row.version < member->version) {
		name_row(member, row.seq, name);
		verify_defect(v, "event", name,
		    "version %d is less than %d in "
		    "the member's row before",
		    row.version, member->version);
	}
	return take_fact(v, e, member, &row) == 0 &&
	       member_add_row(member, &row) == 0;
}

static const struct row *row_of(const struct member *member, int64_t seq)
{
	size_t low = 0, high = member->rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (member->row[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < member->rows && member->row[low].seq == seq
		   ? &member->row[low]
		   : NULL;
}

/* The running total that the entry should name: of all before it and its own
 * value, without carry_out. */
static credit_t total_with(
    const struct member *member, const struct entry *entry)
{
	credit_t total = entry->account == ACCOUNT_CARRY_OUT ? 0 : entry->value;

	for (size_t i = 0; i < member->sums; i++) {
		const struct sum *sum = &member->sum[i];

		if (!account_is_money(sum->account) &&
		    sum->account != ACCOUNT_CARRY_OUT &&
		    sum->period_starts_on == entry->period_starts_on &&
		    text_equal(sum->designation, entry->designation))
			total += sum->value;
	}
	return total;
}

static void check_entry(
    struct verify *v, const struct member *member, const struct entry *entry)
{
	const struct row *row = row_of(member, entry->seq);
	char name[VERIFY_ROW_SIZE];
	int32_t expected = (int32_t)member->entries + 1;

	snprintf(name, sizeof(name), "stream %d, member %.*s, number %d",
	    v->stream, TEXT_ARGS(member->name), entry->number);
	if (entry->number != expected &&
	    (member->entries == 0 ||
		entry->number != member->entry[member->entries - 1].number + 1))
		verify_defect(v, "entry", name,
		    "number %d is missing before "
		    "it",
		    member->entries == 0
			? 1
			: member->entry[member->entries - 1].number + 1);
	if (row != NULL && row->rules != entry->rules)
		verify_defect(v, "entry", name,
		    "rules is %d, and its event, "
		    "seq %" PRId64 ", was ruled by %d",
		    entry->rules, entry->seq, row->rules);
	if (member_fact_of(member, entry->cause) == NO_FACT)
		verify_defect(v, "entry", name,
		    "its cause, seq %" PRId64 ", is no event of the member",
		    entry->cause);
	if (!account_is_money(entry->account) &&
	    entry->total != total_with(member, entry)) {
		char is[EXACT_TEXT_SIZE], due[EXACT_TEXT_SIZE];

		credit_write(entry->total, is);
		credit_write(total_with(member, entry), due);
		verify_defect(v, "entry", name,
		    "total is %s, and the entries up to it sum to %s", is, due);
	}
}

static bool take_entry(
    struct verify *v, const struct cursor *n, struct member *member)
{
	struct entry entry = {
	    .number = cursor_int4(n, N_NUMBER),
	    .seq = cursor_int8(n, N_SEQ),
	    .cause = cursor_int8(n, N_CAUSE),
	    .account = (enum account)cursor_int2(n, N_ACCOUNT),
	    .kind = (enum entry_kind)cursor_int2(n, N_KIND),
	    .designation = cursor_text(n, N_DESIGNATION),
	    .period_starts_on = cursor_date(n, N_PERIOD),
	    .value = cursor_int8(n, N_VALUE),
	    .total = cursor_int8(n, N_TOTAL),
	    .currency = cursor_text(n, N_CURRENCY),
	    .rules = cursor_int4(n, N_RULES),
	};

	check_entry(v, member, &entry);
	return member_add_entry(member, &entry) == 0;
}

static void check_version(struct verify *v, const struct member *member)
{
	const struct row *last = &member->row[member->rows - 1];
	int32_t heard = said_version(&v->said, member->name);
	char name[VERIFY_ROW_SIZE];

	if (last->version == heard)
		return;
	name_row(member, last->seq, name);
	verify_defect(v, "event", name,
	    "version is %d, and the member's last "
	    "message on the feed has %d",
	    last->version, heard);
}

/* The member whose rows come next. False: no memory. */
static bool check_member(struct verify *v, struct tables *t)
{
	int32_t organization = v->stream / STREAM_BUCKETS;
	struct member member;
	bool done = true;

	if (member_init(&member, cursor_text(&t->event, E_MEMBER), organization,
		v->stream) != 0)
		return false;
	skip_all_strays(v, t, member.name);
	for (; done && t->event.is_there &&
	       text_equal(cursor_text(&t->event, E_MEMBER), member.name);
	     cursor_next(&t->event)) {
		done = take_row(v, &t->event, &member);
		v->rows++;
	}
	for (; done && t->entry.is_there &&
	       text_equal(cursor_text(&t->entry, N_MEMBER), member.name);
	     cursor_next(&t->entry))
		done = take_entry(v, &t->entry, &member);
	if (done) {
		check_version(v, &member);
		verify_rules(v, &member, &t->balance, &t->request, &t->due);
		v->members++;
	}
	member_fini(&member);
	return done;
}

static void show_unseen(void *context, const char *name)
{
	verify_defect(context, "balance", name,
	    "the feed said a balance, but the row is not there");
}

bool verify_members(struct verify *v)
{
	struct tables t = {0};

	open_tables(v, &t);
	while (t.event.is_there && verify_go_on(v)) {
		if (!check_member(v, &t)) {
			ctl_fail("no memory");
			v->failed = true;
		}
	}
	if (verify_go_on(v)) {
		skip_all_strays(v, &t, TEXT_NONE);
		said_unseen(&v->said, show_unseen, v);
	}
	v->failed |= !close_tables(&t);
	return !v->failed;
}
