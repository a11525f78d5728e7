/* Every claim of a member with each step of its ruling. */
#include <errno.h>

#include "query_work.h"

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
    const struct claim *claim, const struct share *share)
{
	wire_open_map(item);
	claim_pairs(item, ruling, claim, share);
	wire_key(item, "steps");
	if (share != NULL)
		answer_steps(item, ruling, share);
	else
		wire_write_array(item, 0);
	wire_close(item);
}

/* Puts the shares of one claim that were not on pages before. */
static void put_claim(struct page *page, const struct ruling *ruling,
    const struct claim *claim, size_t done)
{
	const struct query *query = &page->asking->query;

	for (size_t i = done; i < claim_shares(ruling, claim); i++) {
		const struct share *share = claim_share(ruling, claim, i);

		if (!is_wanted(query, ruling, claim, share))
			continue;
		write_claim(page_item(page), ruling, claim, share);
		if (!page_put(page))
			return;
		claim_mark(page, "claims", ruling, claim, i + 1);
	}
}

static enum asked explain_member(
    struct asking *asking, const struct ruling *ruling)
{
	struct claim_position position = {.date = DATE_NONE};
	struct claim *claim;
	struct page page;
	struct text part[5];
	size_t count;
	bool given;
	enum asked asked = page_after(asking, 5, part, &given);

	if (asked != ASKED_ANSWERED)
		return asked;
	if (given && !claim_position_read(part, &position))
		return asking_refuse(asking, "MALFORMED",
		    "after: is no position in a list of claims");
	if (!claims_of(ruling, &asking->context->arena, &claim, &count))
		return asking_errno(asking, -ENOMEM);
	page_init(&page, asking);
	page_open(&page, "claims");
	for (size_t i = 0; i < count && !page_is_full(&page); i++)
		put_claim(&page, ruling, &claim[i],
		    claim_done(ruling, &claim[i], &position));
	page_close(&page);
	page_end(&page);
	return asked;
}

enum asked query_explain(struct asking *asking)
{
	struct asked_member m;
	enum asked asked = asked_member_load(asking, &m);

	if (asked != ASKED_ANSWERED)
		return asked;
	asked = explain_member(asking, &m.ruling);
	asked_member_fini(&m);
	return asked;
}
