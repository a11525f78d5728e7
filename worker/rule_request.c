/* Recognition requests: the state of each, what it costs, how much of it is
 * credited. */
#include "rule_work.h"

static bool has_evidence(const struct request_work *request, struct text kind)
{
	for (size_t i = 0; i < request->part_count; i++) {
		const struct fact *part = request->parts[i];

		if (part->type != EVENT_EVIDENCE && part != request->fact)
			continue;
		for (size_t n = 0; n < part->evidence.count; n++)
			if (text_equal(part->evidence.item[n], kind))
				return true;
	}
	return false;
}

static bool is_among(const struct text *item, size_t count, struct text text)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(item[i], text))
			return true;
	return false;
}

/* What the first rule that fits asks for, and what an audit asks for beside. */
static void find_missing(struct work *work, struct request_work *request)
{
	const struct program *program = work->program;
	struct text_list wanted[2] = {{NULL, 0}, {NULL, 0}};
	struct text *missing;
	size_t count = 0;

	for (size_t i = 0; i < program->evidences; i++)
		if (rule_match(
			&program->evidence[i].match, request->claim, NULL)) {
			wanted[0] = program->evidence[i].kinds;
			break;
		}
	if (request->audited)
		wanted[1] = program->audit.needs;
	if (wanted[0].count + wanted[1].count == 0)
		return;
	missing = rule_take(
	    work, wanted[0].count + wanted[1].count, sizeof(*missing));
	if (missing == NULL)
		return;
	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; i < wanted[n].count; i++)
			if (!has_evidence(request, wanted[n].item[i]) &&
			    !is_among(missing, count, wanted[n].item[i]))
				missing[count++] = wanted[n].item[i];
	request->out.missing = (struct text_list){missing, count};
}

static void find_flags(struct work *work, struct request_work *request)
{
	const struct program *program = work->program;
	enum reason *flags =
	    rule_take(work, program->eligibilities, sizeof(*flags));

	if (flags == NULL)
		return;
	for (size_t i = 0; i < program->eligibilities; i++) {
		const struct eligibility_rule *rule = &program->eligibility[i];

		if (rule->flags &&
		    rule_match(&rule->match, request->claim, NULL))
			flags[request->out.flag_count++] = rule->reason;
	}
	request->out.flags = flags;
}

static bool lies_in_period(const struct claim *claim)
{
	for (size_t i = 0; i < claim->slots; i++)
		if (claim->slot[i].share.period != NO_PERIOD)
			return true;
	return false;
}

static money_t cost_of(
    struct work *work, const struct request_work *request, credit_t credits)
{
	date_t on = request->fact->activity.completed_on;
	money_t cost = rule_fee(work, credits);

	rule_sum(
	    work, &cost, rule_tax(work, cost, rule_jurisdiction(work, on), on));
	return cost;
}

/* The most steps whose fee and tax the payments cover. */
static credit_t covered_by(
    struct work *work, const struct request_work *request, credit_t credits)
{
	credit_t step = request->claim->rate->step;
	int64_t low = 0, high = credits / step;

	if (request->paid >= request->out.total_due)
		return credits;
	/* A little that would cost less than a cent is not given away. */
	if (request->paid <= 0)
		return 0;
	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;

		if (cost_of(work, request, middle * step) <= request->paid)
			low = middle;
		else
			high = middle - 1;
	}
	return low * step;
}

static enum request_state state_of(
    const struct work *work, const struct request_work *request)
{
	const struct claim *claim = request->claim;
	const struct fact *decision = request->decision;

	if (request->withdrawn)
		return REQUEST_WITHDRAWN;
	if (claim->refused != REASON_NONE ||
	    (decision != NULL && decision->decision == DECISION_DECLINED))
		return REQUEST_DECLINED;
	if (request->out.missing.count > 0)
		return REQUEST_AWAITING_EVIDENCE;
	if (((work->program->decision_required || request->audited) &&
		decision == NULL) ||
	    claim->unmatched ||
	    (claim->rate->kind == RATE_DECIDED &&
		(decision == NULL || !decision->has_credits)) ||
	    !lies_in_period(claim))
		return REQUEST_AWAITING_DECISION;
	if (request->paid < request->out.total_due)
		return REQUEST_AWAITING_PAYMENT;
	return REQUEST_CREDITED;
}

void rule_request_cost(
    struct work *work, struct request_work *request, credit_t credits)
{
	struct request *out = &request->out;
	date_t on = request->fact->activity.completed_on;

	out->paid = request->paid;
	out->currency = work->program->currency;
	out->fee = rule_fee(work, credits);
	out->tax = rule_tax(work, out->fee, rule_jurisdiction(work, on), on);
	out->total_due = out->fee;
	rule_sum(work, &out->total_due, out->tax);
}

static enum reason wanted_by(const struct work *work,
    const struct request_work *request, const struct slot *best)
{
	switch (request->out.state) {
	case REQUEST_WITHDRAWN:
		return REASON_WITHDRAWN;
	case REQUEST_DECLINED:
		return request->claim->refused != REASON_NONE
			   ? request->claim->refused
			   : REASON_DECLINED;
	case REQUEST_CREDITED:
		return rule_whole(best).reason;
	default:
		break;
	}
	if (best != NULL && best->share.period == NO_PERIOD)
		return best->share.reason;
	if (request->claim->unmatched)
		return work->program->unmatched;
	if (request->out.state == REQUEST_AWAITING_EVIDENCE)
		return REASON_EVIDENCE_MISSING;
	return request->out.state == REQUEST_AWAITING_DECISION
		   ? REASON_DECISION_MISSING
		   : REASON_PAYMENT_MISSING;
}

/* What is kept comes to no more than it did. */
static credit_t still_allowed(const struct slot *slot)
{
	struct share whole = rule_whole(slot);

	return slot->kept != NULL ? whole.credited : whole.allowed;
}

/* The greatest share; of equal ones the better placed, then by name. The
 * claim's rate is the one that holds for it. */
static struct slot *best_slot(struct claim *claim)
{
	struct slot *best = NULL;
	credit_t most = 0;

	for (size_t i = 0; i < claim->slots; i++) {
		struct slot *slot = &claim->slot[i];
		credit_t allowed = still_allowed(slot);

		if (best == NULL || allowed > most ||
		    (allowed == most && rule_is_better(slot, best))) {
			best = slot;
			most = allowed;
		}
	}
	if (best != NULL && best->worth != NULL) {
		claim->rate = best->worth->rate;
		claim->unmatched = claim->rate == NULL;
	}
	return best;
}

static void explain_gate(
    struct work *work, const struct request_work *request, struct slot *slot)
{
	const struct request *out = &request->out;
	struct step step = {.kind = STEP_GATE,
	    .reason = out->reason,
	    .rule = &work->program->recognition_words,
	    .credits = slot->share.credited};

	if (out->state == REQUEST_CREDITED && out->total_due == 0)
		return;
	if (out->state == REQUEST_CREDITED ||
	    out->state == REQUEST_AWAITING_PAYMENT) {
		step.kind = STEP_PAID;
		step.rule = &work->program->fee_words;
		step.number = out->total_due;
		step.words = out->currency;
	} else if (slot->share.period == NO_PERIOD) {
		return;
	}
	rule_explain(work, slot, step);
}

static void explain_audit(
    struct work *work, const struct request_work *request, struct slot *slot)
{
	if (request->audited && slot->share.period != NO_PERIOD)
		rule_explain(work, slot,
		    (struct step){.kind = STEP_AUDIT,
			.rule = &work->program->audit.words,
			.credits = slot->share.allowed});
}

static void close_slot(
    struct work *work, const struct request_work *request, struct slot *slot)
{
	if (slot->share.reason == REASON_NONE &&
	    request->out.state != REQUEST_CREDITED)
		slot->share.reason = request->out.reason;
	explain_audit(work, request, slot);
	explain_gate(work, request, slot);
}

static void credit_slots(struct work *work, struct request_work *request)
{
	for (size_t i = 0; i < request->claim->slots; i++) {
		struct slot *slot = &request->claim->slot[i];

		if (slot->kept != NULL)
			continue;
		rule_credit(slot, request->out.credited);
		close_slot(work, request, slot);
		for (size_t n = 0; n < slot->parts; n++)
			close_slot(work, request, &slot->part[n]);
	}
}

void rule_request_settle(struct work *work, struct request_work *request)
{
	struct request *out = &request->out;
	struct slot *best = best_slot(request->claim);

	if (request->settled)
		return;
	request->settled = true;
	out->name = request->name;
	out->fact = rule_index(work, request->fact);
	if (request->claim->refused == REASON_NONE) {
		request->audited = rule_is_audited(work, request->claim);
		find_missing(work, request);
		find_flags(work, request);
	}
	if (work->no_memory)
		return;
	if (rule_is_closed(request->claim) ||
	    !rule_stands(work, request->fact)) {
		rule_close_request(work, request);
		return;
	}
	out->credits = best == NULL ? 0 : still_allowed(best);
	rule_request_cost(work, request, out->credits);
	out->state = state_of(work, request);
	out->reason = wanted_by(work, request, best);
	if (out->state == REQUEST_CREDITED ||
	    out->state == REQUEST_AWAITING_PAYMENT)
		out->credited = covered_by(work, request, out->credits);
	if (out->state == REQUEST_CREDITED || out->state == REQUEST_DECLINED ||
	    out->state == REQUEST_WITHDRAWN) {
		out->refund_due = out->paid;
		rule_sum(work, &out->refund_due, -out->total_due);
	}
	if (out->state == REQUEST_DECLINED || out->state == REQUEST_WITHDRAWN)
		out->missing.count = 0;
	/* What is open counts by how the request stands now, not as it did. */
	credit_slots(work, request);
	rule_keep_credited(work, request);
}
