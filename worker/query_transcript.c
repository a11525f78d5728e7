/* A member's periods, claims and entries, for people and other institutions.
 *
 * Three lists after each other, in pages. Periods are those of `balance`;
 * claims carry the words of their events' bodies, as far as these are still
 * kept. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "query_work.h"

static const Oid of_balance[] = {PG_INT4, PG_TEXT};
static const struct pg_statement select_periods = {"query_periods",
    "SELECT " BALANCE_COLUMNS " FROM balance"
    " WHERE stream = $1 AND member = $2"
    " ORDER BY designation COLLATE \"C\", period_starts_on",
    2, of_balance};

/* Where a page goes on: the list, and after which of its items. */
enum list { LIST_PERIODS, LIST_CLAIMS, LIST_ENTRIES };
struct transcript {
	struct page page;
	struct asked_member m;
	enum list list;
	struct text designation;        /* periods: after this … */
	date_t starts_on;               /* … and this */
	struct claim_position position; /* claims */
	int64_t number;                 /* entries */
};

static bool is_between(const struct query *query, date_t first, date_t last)
{
	return (query->from == DATE_NONE || last >= query->from) &&
	       (query->to == DATE_NONE || first <= query->to);
}

static bool starts_with(struct text text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length > length && memcmp(text.at, prefix, length) == 0;
}

/* `after` is "periods DESIGNATION DATE", "claims DATE SOURCE ID SHARES" or
 * "entries NUMBER". */
static enum asked take_after(struct asking *asking, struct transcript *t)
{
	struct text after = asking->query.after, part[5];
	bool given, good = true;
	enum asked asked;

	t->designation = TEXT("");
	t->starts_on = DATE_NONE;
	t->position.date = DATE_NONE;
	if (after.at == NULL)
		return ASKED_ANSWERED;
	if (starts_with(after, "claims ")) {
		t->list = LIST_CLAIMS;
		asked = page_after(asking, 5, part, &given);
		good = asked == ASKED_ANSWERED &&
		       claim_position_read(part, &t->position);
	} else if (starts_with(after, "entries ")) {
		t->list = LIST_ENTRIES;
		asked = page_after(asking, 2, part, &given);
		good = asked == ASKED_ANSWERED &&
		       query_number(part[1], &t->number);
	} else {
		asked = page_after(asking, 3, part, &given);
		good = asked == ASKED_ANSWERED && text_is(part[0], "periods") &&
		       date_parse(part[2], &t->starts_on);
		t->designation = part[1];
	}
	if (asked == ASKED_ANSWERED && !good)
		asked = asking_refuse(asking, "MALFORMED",
		    "after: is no position in a transcript");
	return asked;
}

/* ---- periods */

/* How it opened, which the row does not say: the ruling does. */
static void opening_pairs(struct wire_writer *item, const struct ruling *ruling,
    const struct period *row)
{
	for (size_t i = 0; i < ruling->periods; i++) {
		const struct period *period = &ruling->period[i];

		if (period->starts_on != row->starts_on ||
		    !text_equal(period->designation, row->designation))
			continue;
		wire_pair_string(
		    item, "opening", period_opening_name(period->opening));
		wire_pair_date(item, "opened_on", period->opened_on);
		return;
	}
}

static void write_period(struct transcript *t, const struct balance_view *view)
{
	struct wire_writer *item = page_item(&t->page);

	wire_open_map(item);
	answer_balance_pairs(item, view);
	wire_pair_bool(item, "current", view->period->current);
	opening_pairs(item, &t->m.ruling, view->period);
	wire_close(item);
}

static bool was_before(const struct transcript *t, const struct period *period)
{
	int order = text_compare(period->designation, t->designation);

	return order < 0 || (order == 0 && period->starts_on <= t->starts_on);
}

static enum asked put_periods(struct transcript *t, const PGresult *result)
{
	struct asking *asking = t->page.asking;

	for (int row = 0; row < PQntuples(result); row++) {
		struct period period;
		struct balance_view view;
		char date[DATE_TEXT_SIZE];
		struct text part[3] = {TEXT("periods")};

		if (!balance_of_row(
			result, row, &asking->context->arena, &period, &view))
			return asking_errno(asking, -EBADMSG);
		if (was_before(t, &period) ||
		    !is_between(
			&asking->query, period.starts_on, period.ends_on))
			continue;
		write_period(t, &view);
		if (!page_put(&t->page))
			break;
		part[1] = period.designation;
		part[2] = date_write(period.starts_on, date);
		page_mark(&t->page, part, 3);
	}
	return ASKED_ANSWERED;
}

static enum asked list_periods(struct transcript *t)
{
	struct asking *asking = t->page.asking;
	struct pg_values values = {0};
	PGresult *result = NULL;
	enum asked asked;

	if (t->list != LIST_PERIODS)
		return ASKED_ANSWERED;
	pg_put_int4(&values, asking->stream);
	pg_put_text(&values, asking->query.member);
	asked = asking_pg(asking,
	    pg_query(asking->context->pg, &select_periods, &values, &result));
	if (asked == ASKED_ANSWERED)
		asked = put_periods(t, result);
	PQclear(result);
	return asked;
}

/* ---- claims */

/* Puts the shares of one claim that were not on pages before. */
static void put_shares(
    void *context, const struct claim *claim, struct text body)
{
	struct transcript *t = context;
	const struct ruling *ruling = &t->m.ruling;
	size_t done = claim_done(ruling, claim, &t->position);

	for (size_t i = done; i < claim_shares(ruling, claim); i++) {
		struct wire_writer *item = page_item(&t->page);

		wire_open_map(item);
		claim_pairs(item, ruling, claim, claim_share(ruling, claim, i));
		claim_words(item, &ruling->fact[claim->fact], body);
		wire_close(item);
		if (!page_put(&t->page))
			return;
		claim_mark(&t->page, "claims", ruling, claim, i + 1);
	}
}

/* Those of the member's claims that this page may still have. */
static size_t select_claims(
    const struct transcript *t, struct claim *claim, size_t count)
{
	const struct query *query = &t->page.asking->query;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_between(query, claim[i].date, claim[i].date) &&
		    claim_done(&t->m.ruling, &claim[i], &t->position) <
			claim_shares(&t->m.ruling, &claim[i]))
			claim[kept++] = claim[i];
	}
	return kept;
}

static enum asked list_claims(struct transcript *t)
{
	struct asking *asking = t->page.asking;
	struct claim *claim;
	size_t count;

	if (t->list > LIST_CLAIMS || page_is_full(&t->page))
		return ASKED_ANSWERED;
	if (!claims_of(&t->m.ruling, &asking->context->arena, &claim, &count))
		return asking_errno(asking, -ENOMEM);
	count = select_claims(t, claim, count);
	return claims_put(&t->page, &t->m.ruling, claim, count, put_shares, t);
}

/* ---- entries */

/* The day of what an entry is for; of what has none, the day it came. */
static date_t cause_date(const struct fact *fact)
{
	if (fact->type == EVENT_ACTIVITY || fact->type == EVENT_REQUESTED)
		return fact->activity.completed_on;
	return fact->on != DATE_NONE ? fact->on : fact->received_on;
}

static bool view_of(const struct member *member, const struct entry *entry,
    struct posted_entry *ret)
{
	size_t cause = member_fact_of(member, entry->cause);

	if (cause == NO_FACT)
		return false;
	*ret = (struct posted_entry){
	    .number = entry->number,
	    .kind = entry->kind,
	    .account = entry->account,
	    .cause_source = member->fact[cause].source,
	    .cause_id = member->fact[cause].id,
	    .designation = entry->designation,
	    .period_starts_on = entry->period_starts_on,
	    .value = entry->value,
	    .total = entry->total,
	    .currency = entry->currency,
	};
	return true;
}

static void list_entries(struct transcript *t)
{
	const struct member *member = &t->m.member;

	for (size_t i = 0; i < member->entries && !page_is_full(&t->page);
	     i++) {
		const struct entry *entry = &member->entry[i];
		struct posted_entry view;
		struct text part[2] = {TEXT("entries")};
		char number[24];
		date_t date;

		if (entry->number <= t->number ||
		    !view_of(member, entry, &view))
			continue;
		date = cause_date(
		    &member->fact[member_fact_of(member, entry->cause)]);
		if (!is_between(&t->page.asking->query, date, date))
			continue;
		answer_entry(page_item(&t->page), &view);
		if (!page_put(&t->page))
			break;
		(void)snprintf(
		    number, sizeof(number), "%d", (int)entry->number);
		part[1] = text_of(number);
		page_mark(&t->page, part, 2);
	}
}

static enum asked write_transcript(struct transcript *t)
{
	enum asked asked;

	page_open(&t->page, "periods");
	asked = list_periods(t);
	page_close(&t->page);
	page_open(&t->page, "claims");
	if (asked == ASKED_ANSWERED)
		asked = list_claims(t);
	page_close(&t->page);
	page_open(&t->page, "entries");
	if (asked == ASKED_ANSWERED && !page_is_full(&t->page))
		list_entries(t);
	page_close(&t->page);
	page_end(&t->page);
	return asked;
}

enum asked query_transcript(struct asking *asking)
{
	struct transcript t = {.list = LIST_PERIODS};
	enum asked asked = take_after(asking, &t);

	if (asked == ASKED_ANSWERED)
		asked = asked_member_load(asking, &t.m);
	if (asked != ASKED_ANSWERED)
		return asked;
	page_init(&t.page, asking);
	asked = write_transcript(&t);
	asked_member_fini(&t.m);
	return asked;
}
