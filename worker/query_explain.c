/* Why a member stands as it does: every claim with each step of its ruling,
 * every period with what it requires and misses, every request with what it
 * waits for. Three lists after each other, in pages. */
#include <errno.h>
#include <string.h>

#include "query_work.h"

/* Where a page goes on: the list, and after which of its items. */
enum list { LIST_CLAIMS, LIST_PERIODS, LIST_REQUESTS };
struct explanation {
	struct page page;
	struct asked_member m;
	enum list list;
	struct claim_position position; /* claims */
	struct text name; /* periods: after this designation … */
	date_t starts_on; /* … and day; requests: this name */
};

static bool names(const struct fact *fact, struct text designation)
{
	if (fact->type == EVENT_ADJUSTED)
		return text_equal(fact->designation, designation);
	for (size_t i = 0; i < fact->designations.count; i++) {
		if (text_equal(fact->designations.item[i], designation))
			return true;
	}
	return fact->designations.count == 0;
}

static bool starts_with(struct text text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length > length && memcmp(text.at, prefix, length) == 0;
}

/* `after` is "claims DATE SOURCE ID SHARES", "periods DESIGNATION DATE" or
 * "requests NAME". */
static enum asked take_after(struct asking *asking, struct explanation *e)
{
	struct text after = asking->query.after, part[5];
	bool given, good;
	enum asked asked;

	e->position.date = DATE_NONE;
	e->name = TEXT_NONE;
	if (after.at == NULL)
		return ASKED_ANSWERED;
	if (starts_with(after, "periods ")) {
		e->list = LIST_PERIODS;
		asked = page_after(asking, 3, part, &given);
		good = asked == ASKED_ANSWERED &&
		       date_parse(part[2], &e->starts_on);
	} else if (starts_with(after, "requests ")) {
		e->list = LIST_REQUESTS;
		asked = page_after(asking, 2, part, &given);
		good = asked == ASKED_ANSWERED;
	} else {
		asked = page_after(asking, 5, part, &given);
		good = asked == ASKED_ANSWERED &&
		       claim_position_read(part, &e->position);
	}
	if (asked == ASKED_ANSWERED && !good)
		return asking_refuse(asking, "MALFORMED",
		    "after: is no position in an explanation");
	if (asked == ASKED_ANSWERED && e->list != LIST_CLAIMS)
		e->name = part[1];
	return asked;
}

/* ---- claims */

/* Is the share about what was asked for? What was refused or taken back as a
 * whole is about all that the claim names. */
static bool is_wanted(const struct query *query, const struct ruling *ruling,
    const struct claim *claim, const struct share *share)
{
	if (query->designation.at == NULL)
		return true;
	if (share != NULL && share->designation.at != NULL)
		return text_equal(share->designation, query->designation);
	return names(&ruling->fact[claim->fact], query->designation);
}

static void write_claim(struct wire_writer *item, const struct ruling *ruling,
    const struct claim *claim, const struct share *share, struct text body)
{
	wire_open_map(item);
	claim_pairs(item, ruling, claim, share);
	claim_words(item, &ruling->fact[claim->fact], body);
	wire_key(item, "steps");
	if (share != NULL)
		answer_steps(item, ruling, share);
	else
		wire_write_array(item, 0);
	wire_close(item);
}

/* Puts the shares of one claim that were not on pages before. */
static void put_shares(
    void *context, const struct claim *claim, struct text body)
{
	struct explanation *e = context;
	const struct query *query = &e->page.asking->query;
	const struct ruling *ruling = &e->m.ruling;
	size_t done = claim_done(ruling, claim, &e->position);

	for (size_t i = done; i < claim_shares(ruling, claim); i++) {
		const struct share *share = claim_share(ruling, claim, i);

		if (!is_wanted(query, ruling, claim, share))
			continue;
		write_claim(page_item(&e->page), ruling, claim, share, body);
		if (!page_put(&e->page))
			return;
		claim_mark(&e->page, "claims", ruling, claim, i + 1);
	}
}

/* Those that this page may still have. */
static size_t select_claims(
    const struct explanation *e, struct claim *claim, size_t count)
{
	const struct query *query = &e->page.asking->query;
	const struct ruling *ruling = &e->m.ruling;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t shares = claim_shares(ruling, &claim[i]);
		size_t at = claim_done(ruling, &claim[i], &e->position);

		while (at < shares && !is_wanted(query, ruling, &claim[i],
					  claim_share(ruling, &claim[i], at)))
			at++;
		if (at < shares)
			claim[kept++] = claim[i];
	}
	return kept;
}

static enum asked list_claims(struct explanation *e)
{
	struct asking *asking = e->page.asking;
	struct claim *claim;
	size_t count;

	if (e->list > LIST_CLAIMS)
		return ASKED_ANSWERED;
	if (!claims_of(&e->m.ruling, &asking->context->arena, &claim, &count))
		return asking_errno(asking, -ENOMEM);
	count = select_claims(e, claim, count);
	return claims_put(&e->page, &e->m.ruling, claim, count, put_shares, e);
}

/* ---- periods and requests */

static bool was_before(const struct explanation *e, const struct period *period)
{
	int order = text_compare(period->designation, e->name);

	return e->list == LIST_PERIODS &&
	       (order < 0 || (order == 0 && period->starts_on <= e->starts_on));
}

static void list_periods(struct explanation *e)
{
	const struct ruling *ruling = &e->m.ruling;
	struct text designation = e->page.asking->query.designation;

	if (e->list > LIST_PERIODS)
		return;
	for (size_t i = 0; i < ruling->periods && !page_is_full(&e->page);
	     i++) {
		const struct period *period = &ruling->period[i];
		char date[DATE_TEXT_SIZE];
		struct text part[3] = {TEXT("periods"), period->designation,
		    date_write(period->starts_on, date)};

		if (was_before(e, period) ||
		    (designation.at != NULL &&
			!text_equal(period->designation, designation)))
			continue;
		answer_period_explained(page_item(&e->page), ruling, period);
		if (page_put(&e->page))
			page_mark(&e->page, part, 3);
	}
}

static void list_requests(struct explanation *e)
{
	const struct ruling *ruling = &e->m.ruling;
	struct text designation = e->page.asking->query.designation;

	for (size_t i = 0; i < ruling->requests && !page_is_full(&e->page);
	     i++) {
		const struct request *request = &ruling->request[i];
		struct text part[2] = {TEXT("requests"), request->name};

		if ((e->list == LIST_REQUESTS &&
			text_compare(request->name, e->name) <= 0) ||
		    (designation.at != NULL &&
			!names(&ruling->fact[request->fact], designation)))
			continue;
		answer_request_explained(page_item(&e->page), ruling, request);
		if (page_put(&e->page))
			page_mark(&e->page, part, 2);
	}
}

static enum asked write_explanation(struct explanation *e)
{
	enum asked asked;

	page_open(&e->page, "claims");
	asked = list_claims(e);
	page_close(&e->page);
	page_open(&e->page, "periods");
	if (asked == ASKED_ANSWERED && !page_is_full(&e->page))
		list_periods(e);
	page_close(&e->page);
	page_open(&e->page, "requests");
	if (asked == ASKED_ANSWERED && !page_is_full(&e->page))
		list_requests(e);
	page_close(&e->page);
	page_end(&e->page);
	return asked;
}

/* Whose it is, and as of when. */
static void write_head(struct asking *asking, const struct explanation *e)
{
	struct wire_writer *out = asking->out;

	wire_pair_text(out, "member", asking->query.member);
	wire_key(out, "organization");
	wire_open_map(out);
	wire_pair_text(out, "name", asking->organization->name);
	wire_pair_text(out, "title", asking->organization->title);
	wire_close(out);
	wire_pair_date(out, "today", e->m.ruling.today);
	wire_pair_int(out, "rules", e->m.rules);
}

enum asked query_explain(struct asking *asking)
{
	struct explanation e = {.list = LIST_CLAIMS};
	enum asked asked = take_after(asking, &e);

	if (asked == ASKED_ANSWERED)
		asked = asked_member_load(asking, &e.m);
	if (asked != ASKED_ANSWERED)
		return asked;
	page_init(&e.page, asking);
	write_head(asking, &e);
	asked = write_explanation(&e);
	asked_member_fini(&e.m);
	return asked;
}
