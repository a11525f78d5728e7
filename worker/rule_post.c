/* What should stand in the ledger. */
#include <assert.h>

#include "rule_work.h"

bool account_is_money(enum account account)
{
	return account == ACCOUNT_FEE || account == ACCOUNT_TAX ||
	       account == ACCOUNT_PAYMENT;
}

/* The next posting, to be filled in: it begins as all zeroes. */
static struct posting *next_posting(struct work *work)
{
	assert(work->ruling->postings < work->posting_room);
	return &work->ruling->posting[work->ruling->postings++];
}

static void post_credits(struct work *work, const struct period *period,
    enum account account, size_t cause, credit_t value)
{
	struct posting *posting;

	if (value == 0)
		return;
	posting = next_posting(work);
	posting->cause = cause;
	posting->account = account;
	posting->designation = period->designation;
	posting->period_starts_on = period->starts_on;
	posting->value = value;
}

static void post_money(struct work *work, enum account account,
    const struct fact *cause, money_t value)
{
	struct posting *posting;

	if (value == 0)
		return;
	posting = next_posting(work);
	posting->cause = rule_index(work, cause);
	posting->account = account;
	posting->period_starts_on = DATE_NONE;
	posting->value = value;
	posting->currency = work->program->currency;
}

static void post_adjustments(struct work *work, const struct period *period)
{
	const struct facts *facts = &work->standing[EVENT_ADJUSTED];

	for (size_t i = rule_first_on(facts, period->starts_on);
	     i < facts->count && facts->item[i]->on <= period->ends_on; i++) {
		const struct fact *fact = facts->item[i];

		if (text_equal(fact->designation, period->designation))
			post_credits(work, period, ACCOUNT_ADJUSTMENT,
			    rule_index(work, fact), fact->credits);
	}
}

/* One amount a claim, whatever it is split into: its parts stand together. */
static void post_claims(struct work *work, const struct period_work *period)
{
	credit_t credits = 0;

	for (size_t s = 0; s < period->slots; s++) {
		const struct share *share = &period->slot[s]->share;

		rule_sum(work, &credits, share->credited);
		if (s + 1 < period->slots &&
		    period->slot[s + 1]->claim == period->slot[s]->claim)
			continue;
		post_credits(
		    work, &period->out, ACCOUNT_CREDIT, share->fact, credits);
		credits = 0;
	}
}

/* What came in from the period before, less what went back to it, is of the
 * renewal that opened this one; what the next one filled is of its renewal. */
static void post_period(struct work *work, const struct period_work *period)
{
	const struct period *out = &period->out;

	post_credits(work, out, ACCOUNT_CARRY_IN, out->opened_by,
	    out->carried_in - period->filled);
	post_claims(work, period);
	post_adjustments(work, out);
	if (period->closed_by == NULL)
		return;
	post_credits(work, out, ACCOUNT_CARRY_IN,
	    rule_index(work, period->closed_by), period->filled);
	post_credits(work, out, ACCOUNT_CARRY_OUT,
	    rule_index(work, period->closed_by), period->carried_out);
}

/* Fee and tax post with the credit, for as much as is credited. */
static void post_request(struct work *work, const struct request_work *request)
{
	const struct request *out = &request->out;
	date_t on = request->fact->activity.completed_on;
	money_t fee = out->fee, tax = out->tax;

	if (out->credited != out->credits) {
		fee = rule_fee(work, out->credited);
		tax = rule_tax(work, fee, rule_jurisdiction(work, on), on);
	}
	post_money(work, ACCOUNT_FEE, request->fact, fee);
	post_money(work, ACCOUNT_TAX, request->fact, tax);
}

static void post_payments(struct work *work)
{
	const struct facts *paid = &work->standing[EVENT_PAID];

	for (size_t i = 0; i < paid->count; i++)
		if (rule_verdict(work, paid->item[i])->outcome !=
		    OUTCOME_REJECTED)
			post_money(work, ACCOUNT_PAYMENT, paid->item[i],
			    -paid->item[i]->amount);
}

void rule_postings(struct work *work)
{
	size_t most = work->standing[EVENT_ADJUSTED].count +
		      work->standing[EVENT_PAID].count + 2 * work->requests +
		      2 * work->renewal_fees;

	for (size_t i = 0; i < work->periods; i++)
		most += work->period[i]->slots + 3;
	work->posting_room = most;
	work->ruling->posting =
	    rule_take(work, most, sizeof(*work->ruling->posting));
	if (work->no_memory)
		return;
	for (size_t i = 0; i < work->periods; i++)
		post_period(work, work->period[i]);
	for (size_t i = 0; i < work->requests; i++)
		post_request(work, &work->request[i]);
	for (size_t i = 0; i < work->renewal_fees; i++) {
		const struct renewal_fee *cost = &work->renewal_fee[i];

		post_money(work, ACCOUNT_FEE, cost->renewal, cost->fee);
		post_money(work, ACCOUNT_TAX, cost->renewal, cost->tax);
	}
	post_payments(work);
}
