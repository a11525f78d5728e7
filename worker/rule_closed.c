/* Requests in frozen periods: they stand as they stood then. Money is never
 * frozen: what is paid for more than was credited is to be refunded. */
#include "rule_work.h"

bool rule_is_closed(const struct claim *claim)
{
	bool frozen = false;

	if (claim->taken_back)
		return false;
	for (size_t i = 0; i < claim->slots; i++) {
		const struct slot *slot = &claim->slot[i];

		if (slot->share.period == NO_PERIOD)
			continue;
		if (slot->frozen == NULL)
			return false;
		frozen = true;
	}
	return frozen;
}

/* The greatest of its shares that are kept. */
static credit_t kept_credits(const struct claim *claim)
{
	credit_t most = 0;

	for (size_t i = 0; i < claim->slots; i++) {
		const struct slot *slot = &claim->slot[i];
		credit_t credited = rule_whole(slot).credited;

		if (slot->kept != NULL && credited > most)
			most = credited;
	}
	return most;
}

/* As the period that was frozen last keeps it, or NULL. */
static const struct kept *last_kept(const struct claim *claim)
{
	const struct slot *last = NULL;

	for (size_t i = 0; i < claim->slots; i++) {
		const struct slot *slot = &claim->slot[i];

		if (slot->kept != NULL &&
		    (last == NULL || slot->frozen->on > last->frozen->on))
			last = slot;
	}
	return last == NULL ? NULL : last->kept;
}

void rule_close_request(struct work *work, struct request_work *request)
{
	struct request *out = &request->out;
	const struct kept *kept = last_kept(request->claim);

	if (kept == NULL) {
		out->state = REQUEST_DECLINED;
		out->reason = REASON_PERIOD_FROZEN;
		out->missing.count = 0;
	} else {
		out->state = kept->request.state;
		out->reason = kept->request.reason;
		out->missing = kept->request.missing;
		out->credits = kept->request.credits;
	}
	out->credited = kept_credits(request->claim);
	rule_request_cost(work, request, out->credited);
	if (out->paid > out->total_due)
		out->refund_due = out->paid - out->total_due;
}

void rule_keep_credited(struct work *work, struct request_work *request)
{
	struct request *out = &request->out;
	credit_t kept = work->freeze == NULL ? 0 : kept_credits(request->claim);

	if (out->credited < kept)
		out->credited = kept;
	if (out->refund_due < 0)
		out->refund_due = 0;
}
