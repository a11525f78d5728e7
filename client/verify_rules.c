/* A member's ledger, balances and requests against what the program rules.
 *
 * Ruled at the stream's date and revision, unless the member is due: then the
 * ruling of his last row still stands. */
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "post.h"

enum {
	B_MEMBER,
	B_DESIGNATION,
	B_STARTS_ON,
	B_ENDS_ON,
	B_CURRENT,
	B_VERSION,
	B_UNIT,
	B_REQUIRED,
	B_EARNED,
	B_CARRIED_IN,
	B_TOTAL,
	B_REMAINING,
	B_ACCREDITED,
	B_RECOGNIZED,
	B_ADJUSTED,
	B_MISSING,
	B_STATUS
};
enum { R_MEMBER, R_REQUEST, R_STATE, R_BODY };

struct look {
	struct verify *v;
	struct member *member;
	struct arena arena;
	struct ruling ruling;
	bool is_ruled;
	struct wire_writer out;
};

static void name_sum(
    const struct look *l, const struct sum *sum, char row[VERIFY_ROW_SIZE])
{
	size_t cause = member_fact_of(l->member, sum->cause);
	struct text id =
	    cause != NO_FACT ? l->member->fact[cause].id : TEXT_NONE;

	snprintf(row, VERIFY_ROW_SIZE,
	    "stream %d, member %.*s, cause seq %" PRId64 " (%.*s)%s%.*s",
	    l->v->stream, TEXT_ARGS(l->member->name), sum->cause, TEXT_ARGS(id),
	    sum->designation.at ? ", " : "", TEXT_ARGS(sum->designation));
}

static const char *write_value(
    enum account account, int64_t value, char buffer[EXACT_TEXT_SIZE])
{
	struct text text = account_is_money(account)
			       ? money_write(value, buffer)
			       : credit_write(value, buffer);

	buffer[text.length] = '\0';
	return buffer;
}

static void compare_sum(
    const struct look *l, const struct sum *sum, int64_t wanted)
{
	char row[VERIFY_ROW_SIZE], is[EXACT_TEXT_SIZE], due[EXACT_TEXT_SIZE];

	if (sum->value == wanted)
		return;
	name_sum(l, sum, row);
	verify_defect(l->v, "entry", row,
	    "the entries sum to %s, and the program rules %s",
	    write_value(sum->account, sum->value, is),
	    write_value(sum->account, wanted, due));
}

/* What stands posted is what the program rules, both ways. */
static void check_postings(struct look *l)
{
	const struct ruling *ruling = &l->ruling;

	for (size_t i = 0; i < l->member->sums; i++)
		l->member->sum[i].wanted = false;
	for (size_t i = 0; i < ruling->postings; i++) {
		const struct posting *posting = &ruling->posting[i];
		struct sum key = {
		    .cause = ruling->fact[posting->cause].seq,
		    .account = posting->account,
		    .designation = posting->designation,
		    .period_starts_on = posting->period_starts_on,
		};
		struct sum *sum = member_sum(l->member, key.cause, key.account,
		    key.designation, key.period_starts_on);

		if (sum != NULL)
			sum->wanted = true;
		compare_sum(l, sum != NULL ? sum : &key, posting->value);
	}
	for (size_t i = 0; i < l->member->sums; i++) {
		if (!l->member->sum[i].wanted)
			compare_sum(l, &l->member->sum[i], 0);
	}
}

/* ---- balances */

static bool read_missing(
    struct look *l, struct text words, struct text_list *ret)
{
	struct text *item =
	    arena_take_many(&l->arena, words.length / 2 + 2, sizeof(*item));
	size_t count = 0, at = 0;

	if (item == NULL)
		return false;
	while (at < words.length) {
		const char *space =
		    memchr(words.at + at, ' ', words.length - at);
		size_t end =
		    space != NULL ? (size_t)(space - words.at) : words.length;

		item[count++] = (struct text){words.at + at, end - at};
		at = end + 1;
	}
	*ret = (struct text_list){item, count};
	return true;
}

static bool period_at(
    struct look *l, const struct cursor *b, struct period *ret)
{
	*ret = (struct period){
	    .designation = cursor_text(b, B_DESIGNATION),
	    .starts_on = cursor_date(b, B_STARTS_ON),
	    .ends_on = cursor_date(b, B_ENDS_ON),
	    .current = cursor_bool(b, B_CURRENT),
	    .has_required = !cursor_is_null(b, B_REQUIRED),
	    .required = cursor_int8(b, B_REQUIRED),
	    .accredited = cursor_int8(b, B_ACCREDITED),
	    .recognized = cursor_int8(b, B_RECOGNIZED),
	    .adjusted = cursor_int8(b, B_ADJUSTED),
	    .earned = cursor_int8(b, B_EARNED),
	    .carried_in = cursor_int8(b, B_CARRIED_IN),
	    .total = cursor_int8(b, B_TOTAL),
	    .remaining = cursor_int8(b, B_REMAINING),
	    .status = (enum period_status)cursor_int2(b, B_STATUS),
	};
	return read_missing(l, cursor_text(b, B_MISSING), &ret->missing);
}

static credit_t sum_of(
    const struct look *l, const struct period *period, enum account account)
{
	credit_t total = 0;

	for (size_t i = 0; i < l->member->sums; i++) {
		const struct sum *sum = &l->member->sum[i];

		if (sum->account == account &&
		    sum->period_starts_on == period->starts_on &&
		    text_equal(sum->designation, period->designation))
			total += sum->value;
	}
	return total;
}

static void check_number(const struct look *l, const char *row,
    const char *column, credit_t is, credit_t due, const char *why)
{
	char a[EXACT_TEXT_SIZE], b[EXACT_TEXT_SIZE];

	if (is != due)
		verify_defect(l->v, "balance", row, "%s is %s, and %s %s",
		    column, write_value(ACCOUNT_CREDIT, is, a), why,
		    write_value(ACCOUNT_CREDIT, due, b));
}

static void check_sums(
    const struct look *l, const struct period *p, const char *row)
{
	credit_t credit = sum_of(l, p, ACCOUNT_CREDIT);
	credit_t adjusted = sum_of(l, p, ACCOUNT_ADJUSTMENT);
	credit_t carried_in = sum_of(l, p, ACCOUNT_CARRY_IN);
	credit_t left = p->required > p->total ? p->required - p->total : 0;

	check_number(l, row, "earned", p->earned, credit + adjusted,
	    "the entries sum to");
	check_number(
	    l, row, "adjusted", p->adjusted, adjusted, "the entries sum to");
	check_number(l, row, "carried_in", p->carried_in, carried_in,
	    "the entries sum to");
	check_number(l, row, "total", p->total, p->earned + p->carried_in,
	    "earned and carried_in are");
	check_number(l, row, "earned", p->earned,
	    p->accredited + p->recognized + p->adjusted, "its routes are");
	if (p->has_required)
		check_number(l, row, "remaining", p->remaining, left,
		    "required less total is");
}

static void check_ruling(
    const struct look *l, const struct period *period, const char *row)
{
	const struct ruling *ruling = &l->ruling;

	if (!l->is_ruled)
		return;
	for (size_t i = 0; i < ruling->periods; i++) {
		const struct period *ruled = &ruling->period[i];

		if (ruled->starts_on != period->starts_on ||
		    !text_equal(ruled->designation, period->designation))
			continue;
		if (!post_same_period(ruled, period) ||
		    ruled->current != period->current)
			verify_defect(l->v, "balance", row,
			    "it is not what the program rules");
		return;
	}
	verify_defect(l->v, "balance", row, "the program rules no such period");
}

/* The row says the same as the period's last message, byte by byte. */
static void check_said(struct look *l, const struct cursor *b,
    const struct period *period, const char *row)
{
	struct said_period key = {
	    l->member->name, period->designation, period->starts_on};
	struct text said = said_balance(&l->v->said, &key);
	struct balance_view view = {
	    .member = l->member->name,
	    .unit = cursor_text(b, B_UNIT),
	    .period = period,
	    .version = cursor_int4(b, B_VERSION),
	};

	if (said.at == NULL) {
		verify_defect(l->v, "balance", row, "the feed never said it");
		return;
	}
	wire_writer_reset(&l->out);
	answer_balance(&l->out, &view);
	if (!l->out.failed && !text_equal(said, wire_written(&l->out)))
		verify_defect(
		    l->v, "balance", row, "it is not what the feed said last");
}

static void check_balances(struct look *l, struct cursor *b)
{
	char row[VERIFY_ROW_SIZE], date[DATE_TEXT_SIZE];
	size_t rows = 0;

	for (; b->is_there &&
	       text_equal(cursor_text(b, B_MEMBER), l->member->name);
	     cursor_next(b)) {
		struct period period;
		struct text from;

		if (!period_at(l, b, &period))
			continue;
		from = date_write(period.starts_on, date);
		snprintf(row, sizeof(row),
		    "stream %d, member %.*s, %.*s, "
		    "period from %.*s",
		    l->v->stream, TEXT_ARGS(l->member->name),
		    TEXT_ARGS(period.designation), TEXT_ARGS(from));
		check_sums(l, &period, row);
		check_said(l, b, &period, row);
		check_ruling(l, &period, row);
		rows++;
		l->v->balances++;
		l->v->rows++;
	}
	if (l->is_ruled && rows < l->ruling.periods) {
		snprintf(row, sizeof(row), "stream %d, member %.*s",
		    l->v->stream, TEXT_ARGS(l->member->name));
		verify_defect(l->v, "balance", row,
		    "%zu rows are there, and "
		    "the program rules %zu periods",
		    rows, l->ruling.periods);
	}
}

/* ---- requests and what is due */

static void check_request(
    struct look *l, const struct cursor *r, const char *row)
{
	struct text name = cursor_text(r, R_REQUEST);

	for (size_t i = 0; i < l->ruling.requests; i++) {
		struct request_view view = {.request = &l->ruling.request[i]};

		if (!text_equal(view.request->name, name))
			continue;
		wire_writer_reset(&l->out);
		answer_request(&l->out, &view);
		if (cursor_int2(r, R_STATE) != (int)view.request->state ||
		    (!l->out.failed && !text_equal(cursor_text(r, R_BODY),
					   wire_written(&l->out))))
			verify_defect(l->v, "request", row,
			    "it is not what the program rules");
		return;
	}
	verify_defect(
	    l->v, "request", row, "the program rules no such request");
}

static void check_requests(struct look *l, struct cursor *r)
{
	char row[VERIFY_ROW_SIZE];
	size_t rows = 0;

	for (; r->is_there &&
	       text_equal(cursor_text(r, R_MEMBER), l->member->name);
	     cursor_next(r)) {
		snprintf(row, sizeof(row), "stream %d, member %.*s, %.*s",
		    l->v->stream, TEXT_ARGS(l->member->name),
		    TEXT_ARGS(cursor_text(r, R_REQUEST)));
		if (l->is_ruled)
			check_request(l, r, row);
		rows++;
		l->v->requests++;
		l->v->rows++;
	}
	if (l->is_ruled && rows < l->ruling.requests) {
		snprintf(row, sizeof(row), "stream %d, member %.*s",
		    l->v->stream, TEXT_ARGS(l->member->name));
		verify_defect(l->v, "request", row,
		    "%zu rows are there, and "
		    "the program rules %zu requests",
		    rows, l->ruling.requests);
	}
}

/* A change that comes by itself must be waited for; too early does no harm. */
static void check_due(const struct look *l, date_t due_on)
{
	char row[VERIFY_ROW_SIZE], date[DATE_TEXT_SIZE];
	struct text next;

	if (!l->is_ruled || due_on <= l->ruling.next_due)
		return;
	next = date_write(l->ruling.next_due, date);
	snprintf(row, sizeof(row), "stream %d, member %.*s", l->v->stream,
	    TEXT_ARGS(l->member->name));
	verify_defect(l->v, "due", row,
	    "the ruling changes by itself on %.*s, "
	    "and nothing is due by then",
	    TEXT_ARGS(next));
}

static void rule(struct look *l, bool is_due)
{
	const struct row *last = &l->member->row[l->member->rows - 1];
	char row[VERIFY_ROW_SIZE];
	int error;

	if (l->member->damaged)
		return;
	error = member_rule(l->member, l->member->facts, l->v->programs,
	    (struct ruled_at){is_due ? last->today : l->v->today,
		is_due ? last->rules : l->v->rules},
	    &l->arena, &l->ruling);
	l->is_ruled = error == 0;
	if (error == 0)
		return;
	snprintf(row, sizeof(row), "stream %d, member %.*s", l->v->stream,
	    TEXT_ARGS(l->member->name));
	verify_defect(l->v, "event", row, "can't be ruled: %s",
	    error == -ENOENT ? "its program is not there, or can't be read"
			     : strerror(-error));
}

/* Each answer again, at its own date and revision. */
static void check_answers(struct look *l)
{
	for (size_t i = 0; i < l->member->rows; i++) {
		const struct row *at = &l->member->row[i];
		int32_t before = i > 0 ? at[-1].version : 0;
		struct post post;
		char row[VERIFY_ROW_SIZE];

		arena_reset(&l->arena);
		if (post_recall(
			l->member, i, l->v->programs, &l->arena, &post) != 0)
			return;
		snprintf(row, sizeof(row), "stream %d, seq %" PRId64 " (%.*s)",
		    l->v->stream, at->seq, TEXT_ARGS(l->member->name));
		if (at->fact != NO_FACT &&
		    (post.after->verdict[at->fact].outcome != at->outcome ||
			post.after->verdict[at->fact].reason != at->reason))
			verify_defect(l->v, "event", row,
			    "outcome %s%s%s is stored, and the program ruled "
			    "%s %s",
			    outcome_name(at->outcome),
			    at->reason != REASON_NONE ? " " : "",
			    reason_name(at->reason),
			    outcome_name(post.after->verdict[at->fact].outcome),
			    reason_name(post.after->verdict[at->fact].reason));
		if ((int64_t)post.changes != at->version - before)
			verify_defect(l->v, "event", row,
			    "it made %d "
			    "messages, and the rulings differ by %zu",
			    at->version - before, post.changes);
	}
}

void verify_rules(struct verify *v, struct member *member,
    struct cursor *balances, struct cursor *requests, struct cursor *due)
{
	struct look l = {.v = v, .member = member};
	date_t due_on = DATE_NEVER;

	if (due->is_there && text_equal(cursor_text(due, 0), member->name)) {
		due_on = cursor_date(due, 1);
		cursor_next(due);
	}
	rule(&l, due_on <= v->today);
	if (l.is_ruled)
		check_postings(&l);
	check_balances(&l, balances);
	check_requests(&l, requests);
	check_due(&l, due_on);
	if (v->deep && !member->damaged)
		check_answers(&l);
	wire_writer_fini(&l.out);
	arena_fini(&l.arena);
}
