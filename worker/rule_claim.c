/* Claims: may they count, and what is each worth before caps? */
#include "rule_work.h"

static int compare_claims(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->activity.completed_on != y->activity.completed_on)
		return x->activity.completed_on < y->activity.completed_on ? -1
									   : 1;
	return fact_compare(x, y);
}

static bool is_accredited(
    const struct program *program, const struct activity *activity)
{
	for (size_t i = 0; i < program->accreditations; i++) {
		const struct accreditation_rule *rule =
		    &program->accreditation[i];

		if (text_equal(rule->by, activity->accredited_by) &&
		    activity->completed_on >= rule->from &&
		    activity->completed_on <= rule->until)
			return true;
	}
	return false;
}

/* Names designations, but none that the program knows? */
static bool names_only_unknown(
    const struct program *program, const struct fact *fact)
{
	for (size_t i = 0; i < fact->designations.count; i++)
		if (program_designation(program, fact->designations.item[i]))
			return false;
	return fact->designations.count > 0;
}

static void refuse(
    struct claim *claim, enum reason reason, const struct rule_words *words)
{
	claim->refused = reason;
	claim->refused_by = words;
}

static void judge_eligibility(struct work *work, struct claim *claim)
{
	const struct program *program = work->program;

	if (claim->recognized && !program->recognition) {
		refuse(claim, REASON_NOT_OFFERED, NULL);
		return;
	}
	if (names_only_unknown(program, claim->fact)) {
		refuse(claim, REASON_UNKNOWN_DESIGNATION, NULL);
		return;
	}
	for (size_t i = 0; i < program->eligibilities; i++) {
		const struct eligibility_rule *rule = &program->eligibility[i];

		if (!rule->flags && rule_match(&rule->match, claim, NULL)) {
			refuse(claim, rule->reason, &rule->words);
			return;
		}
	}
}

static struct ratio role_factor(
    const struct program *program, const struct claim *claim)
{
	for (size_t i = 0; i < program->factors; i++)
		if (rule_match(&program->factor[i].match, claim, NULL))
			return program->factor[i].times;
	return (struct ratio){1, 1};
}

static const struct rate_rule *find_rate(
    const struct program *program, const struct claim *claim)
{
	for (size_t i = 0; i < program->rates; i++)
		if (rule_match(&program->rate[i].match, claim, NULL))
			return &program->rate[i];
	return NULL;
}

/* How many of what the rate is for: minutes, units, or one. */
static struct ratio measure(
    struct work *work, const struct rate_rule *rate, const struct claim *claim)
{
	const struct activity *activity = &claim->fact->activity;
	struct ratio many = {0, 1};

	if (rate->kind == RATE_FIXED)
		return (struct ratio){1, 1};
	if (rate->kind == RATE_MINUTES && activity->has_minutes)
		return activity->minutes;
	if (rate->kind == RATE_QUANTITY && activity->has_quantity &&
	    activity->unit == rate->unit &&
	    !ratio_make(activity->quantity, CREDIT_ONE, &many))
		work->overflow = true;
	return many;
}

/* The raw credit: rate, role, then the one rounding. */
static void rate_claim(struct work *work, struct claim *claim)
{
	struct ratio worth;

	claim->rate = find_rate(work->program, claim);
	if (claim->rate == NULL) {
		claim->unmatched = true;
		return;
	}
	if (claim->rate->kind == RATE_DECIDED)
		return;
	if (!ratio_multiply(measure(work, claim->rate, claim),
		claim->rate->credits, &worth) ||
	    !ratio_multiply(worth, role_factor(work->program, claim), &worth) ||
	    !ratio_round(worth, claim->rate->step, claim->rate->rounding,
		&claim->by_rate))
		work->overflow = true;
	claim->raw = claim->by_rate;
}

/* A decision's credits, rounded down to the step, can lower what the hours
 * say; where the rate is the decision itself they are the raw credit. */
static void apply_decision(struct claim *claim)
{
	const struct fact *decision =
	    claim->request == NULL ? NULL : claim->request->decision;
	credit_t decided;

	if (decision == NULL || claim->rate == NULL || !decision->has_credits ||
	    decision->decision != DECISION_APPROVED)
		return;
	decided = decision->credits - decision->credits % claim->rate->step;
	if (claim->rate->kind == RATE_DECIDED || decided < claim->raw)
		claim->raw = decided;
}

static void make_claim(
    struct work *work, struct claim *claim, const struct fact *fact)
{
	claim->fact = fact;
	claim->recognized = fact->type == EVENT_REQUESTED;
	claim->accredited = is_accredited(work->program, &fact->activity);
	claim->future = fact->activity.completed_on > work->ruling->today;
	judge_eligibility(work, claim);
	if (claim->refused == REASON_NONE)
		rate_claim(work, claim);
}

static struct request_work *find_request(
    struct work *work, const struct fact *fact)
{
	for (size_t low = 0, high = work->requests; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order =
		    text_compare(fact->request, work->request[middle].name);

		if (order == 0)
			return &work->request[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Ties a request to its name; only the one that holds the name takes part. */
static void join_request(struct work *work, struct claim *claim)
{
	struct request_work *request;

	if (!claim->recognized)
		return;
	request = find_request(work, claim->fact);
	if (request == NULL || request->fact != claim->fact) {
		claim->takes_part = false;
		return;
	}
	claim->request = request;
	request->claim = claim;
	if (request->withdrawn ||
	    (request->decision != NULL &&
		request->decision->decision == DECISION_DECLINED))
		claim->takes_part = false;
	apply_decision(claim);
}

/* Activities and requests in the total order. */
static const struct fact **sort_claims(struct work *work)
{
	const struct ruling *ruling = work->ruling;
	const struct fact **fact;
	size_t count = 0;

	for (size_t i = 0; i < ruling->facts; i++)
		count += ruling->fact[i].type == EVENT_ACTIVITY ||
			 ruling->fact[i].type == EVENT_REQUESTED;
	fact = rule_take(work, count, sizeof(struct fact *));
	for (size_t i = 0; i < ruling->facts && fact != NULL; i++)
		if (ruling->fact[i].type == EVENT_ACTIVITY ||
		    ruling->fact[i].type == EVENT_REQUESTED)
			fact[work->claims++] = &ruling->fact[i];
	rule_sort(work, fact, work->claims, compare_claims);
	return fact;
}

void rule_claims(struct work *work)
{
	const struct fact **fact = sort_claims(work);

	work->claim = rule_take(work, work->claims, sizeof(*work->claim));
	if (work->no_memory)
		return;
	for (size_t i = 0; i < work->claims; i++) {
		struct claim *claim = &work->claim[i];

		make_claim(work, claim, fact[i]);
		claim->takes_part = claim->refused == REASON_NONE &&
				    !claim->unmatched && !claim->future &&
				    rule_stands(work, claim->fact);
		join_request(work, claim);
	}
}
