/* How each fact stands, and why. */
#include "rule_work.h"

static void set(struct verdict *verdict, enum outcome outcome, enum reason why)
{
	verdict->outcome = outcome;
	verdict->reason = why;
}

/* Does it wait for something that may still come? */
static bool is_waiting(enum reason reason)
{
	switch (reason) {
	case REASON_UNKNOWN_CERTIFICATION:
	case REASON_UNKNOWN_REQUEST:
	case REASON_UNKNOWN_EVENT:
	case REASON_UNKNOWN_ACTIVITY:
	case REASON_FUTURE_DATE:
	case REASON_EVIDENCE_MISSING:
	case REASON_DECISION_MISSING:
	case REASON_PAYMENT_MISSING:
		return true;
	default:
		return false;
	}
}

static const struct line *find_line(const struct work *work, struct text name)
{
	for (size_t i = 0; i < work->lines; i++)
		if (text_equal(work->line[i].rule->name, name))
			return &work->line[i];
	return NULL;
}

/* Does a period of it hold that day? They stand in the order of their
 * designations and first days. */
static bool lies_in_period(
    const struct work *work, struct text designation, date_t on)
{
	size_t low = 0, high = work->periods;
	const struct period *period;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order;

		period = &work->period[middle]->out;
		order = text_compare(period->designation, designation);
		if (order < 0 || (order == 0 && period->starts_on <= on))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	period = &work->period[low - 1]->out;
	return text_equal(period->designation, designation) &&
	       on <= period->ends_on;
}

/* Of several designations the one that gets most speaks for the claim; of
 * equal ones the better placed, then the first by name. */
static const struct slot *best_slot(const struct claim *claim)
{
	const struct slot *best = &claim->slot[0];
	credit_t most = rule_whole(best).credited;

	for (size_t i = 1; i < claim->slots; i++) {
		const struct slot *slot = &claim->slot[i];
		credit_t credited = rule_whole(slot).credited;

		if (credited > most ||
		    (credited == most && rule_is_better(slot, best))) {
			best = slot;
			most = credited;
		}
	}
	return best;
}

static void judge_claim(struct work *work, struct claim *claim)
{
	struct verdict *verdict = rule_verdict(work, claim->fact);
	const struct slot *best;
	enum reason reason;
	bool unmatched;

	if (claim->refused != REASON_NONE &&
	    (!verdict->reversed || rule_is_first(claim->refused))) {
		set(verdict, OUTCOME_REJECTED, claim->refused);
		return;
	}
	best = best_slot(claim);
	unmatched =
	    best->worth != NULL ? best->worth->rate == NULL : claim->unmatched;
	reason = claim->request != NULL ? claim->request->out.reason
					: rule_whole(best).reason;
	if (verdict->reversed)
		reason = REASON_REVERSED;
	set(verdict,
	    is_waiting(reason) || (unmatched && reason != REASON_REVERSED &&
				      reason == work->program->unmatched)
		? OUTCOME_PENDING
		: OUTCOME_APPLIED,
	    reason);
}

/* Facts that speak of a designation: is it known, is it held? */
static bool judge_designation(
    struct work *work, const struct fact *fact, struct verdict *verdict)
{
	if (fact->designation.at != NULL &&
	    program_designation(work->program, fact->designation) == NULL) {
		set(verdict, OUTCOME_REJECTED, REASON_UNKNOWN_DESIGNATION);
		return false;
	}
	if (fact->designation.at != NULL
		? find_line(work, fact->designation) == NULL
		: work->lines == 0) {
		set(verdict, OUTCOME_PENDING, REASON_UNKNOWN_CERTIFICATION);
		return false;
	}
	return true;
}

static void judge_adjustment(
    struct work *work, const struct fact *fact, struct verdict *verdict)
{
	const struct line *line;

	if (!judge_designation(work, fact, verdict) ||
	    lies_in_period(work, fact->designation, fact->on))
		return;
	line = find_line(work, fact->designation);
	set(verdict, OUTCOME_APPLIED,
	    fact->on < line->tenure[0].from ? REASON_BEFORE_CERTIFICATION
					    : REASON_OUTSIDE_PERIOD);
}

static void judge_requirement(
    struct work *work, const struct fact *fact, struct verdict *verdict)
{
	if (fact->designation.at != NULL &&
	    program_designation(work->program, fact->designation) == NULL)
		set(verdict, OUTCOME_REJECTED, REASON_UNKNOWN_DESIGNATION);
	else if (!program_knows_requirement(work->program, fact->requirement))
		set(verdict, OUTCOME_REJECTED, REASON_BAD_FIELD);
	else
		(void)judge_designation(work, fact, verdict);
}

static size_t find_request(const struct work *work, struct text name)
{
	size_t low = 0, high = work->requests;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(name, work->request[middle].name);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NO_FACT;
}

/* Evidence, decision, payment, withdrawal. */
static void judge_part(
    struct work *work, const struct fact *fact, struct verdict *verdict)
{
	if (!work->program->recognition)
		set(verdict, OUTCOME_REJECTED, REASON_NOT_OFFERED);
	else if (fact->type == EVENT_PAID &&
		 !text_equal(fact->currency, work->program->currency))
		set(verdict, OUTCOME_REJECTED, REASON_BAD_FIELD);
	else if (verdict->request == NO_FACT)
		set(verdict, OUTCOME_PENDING, REASON_UNKNOWN_REQUEST);
}

static void judge(struct work *work, const struct fact *fact)
{
	struct verdict *verdict = rule_verdict(work, fact);

	switch (fact->type) {
	case EVENT_EVIDENCE:
	case EVENT_DECIDED:
	case EVENT_PAID:
	case EVENT_WITHDRAWN:
		judge_part(work, fact, verdict);
		break;
	case EVENT_REQUIREMENT:
		judge_requirement(work, fact, verdict);
		break;
	case EVENT_ADJUSTED:
		judge_adjustment(work, fact, verdict);
		break;
	case EVENT_RENEWED:
		/* One that is held was judged in the timeline. */
		if (program_designation(work->program, fact->designation) ==
			NULL ||
		    find_line(work, fact->designation) == NULL)
			(void)judge_designation(work, fact, verdict);
		break;
	default:
		break;
	}
	if (verdict->reversed && !rule_is_first(verdict->reason))
		set(verdict, OUTCOME_APPLIED, REASON_REVERSED);
}

void rule_verdicts(struct work *work)
{
	const struct ruling *ruling = work->ruling;

	for (size_t i = 0; i < ruling->facts; i++)
		if (ruling->fact[i].request.at != NULL &&
		    ruling->verdict[i].reversed) /* others know theirs */
			ruling->verdict[i].request =
			    find_request(work, ruling->fact[i].request);
	if (work->freeze != NULL)
		rule_stand_as_then(work);
	for (size_t c = 0; c < work->claims; c++)
		judge_claim(work, &work->claim[c]);
	for (size_t i = 0; i < ruling->facts; i++)
		judge(work, &ruling->fact[i]);
	if (work->freeze != NULL)
		rule_judge_late(work);
}
