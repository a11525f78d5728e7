/* Claims: may they count, and whose are they? */
#include "rule_like.h"

static int compare_claims(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->activity.completed_on != y->activity.completed_on)
		return x->activity.completed_on < y->activity.completed_on ? -1
									   : 1;
	return fact_compare(x, y);
}

const struct claim *rule_find_claim(
    const struct work *work, const struct fact *fact)
{
	size_t low = 0, high = work->claims;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_claims(fact, work->claim[middle].fact);

		if (order == 0)
			return &work->claim[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
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

static bool is_approved(
    const struct program *program, const struct activity *activity)
{
	for (size_t i = 0; i < program->providers; i++) {
		const struct provider_rule *rule = &program->provider[i];

		if (activity->completed_on < rule->from ||
		    activity->completed_on > rule->until)
			continue;
		for (size_t n = 0; n < rule->names.count; n++)
			if (text_equal_nocase(
				rule->names.item[n], activity->provider))
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

/* The first deadline that fits decides whether it came too late. */
static void judge_deadline(const struct program *program, struct claim *claim)
{
	const struct fact *fact = claim->fact;

	for (size_t i = 0; i < program->deadlines; i++) {
		const struct deadline_rule *rule = &program->deadline[i];

		if (!rule_match(&rule->match, claim, NULL))
			continue;
		if (fact->received_on >
		    fact->activity.completed_on + rule->days)
			refuse(claim, REASON_REPORTED_LATE, &rule->words);
		return;
	}
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
	judge_deadline(program, claim);
}

static unsigned find_traits(
    const struct program *program, const struct claim *claim)
{
	const struct activity *a = &claim->fact->activity;
	unsigned traits = TRAIT_ROLE(a->role);

	if (a->unit != UNIT_NONE)
		traits |= TRAIT_UNIT(a->unit);
	if (a->passed != ANSWER_ABSENT)
		traits |=
		    a->passed == ANSWER_YES ? TRAIT_PASSED : TRAIT_NOT_PASSED;
	traits |= claim->recognized ? TRAIT_ON_RECOGNIZED : TRAIT_ON_ACCREDITED;
	traits |= claim->accredited ? TRAIT_ACCREDITED : TRAIT_UNACCREDITED;
	traits |= is_approved(program, a) ? TRAIT_APPROVED : TRAIT_UNAPPROVED;
	traits |= a->has_role ? TRAIT_HAS_ROLE : 0;
	traits |= a->has_minutes ? TRAIT_HAS_MINUTES : 0;
	return traits | (a->has_quantity ? TRAIT_HAS_QUANTITY : 0);
}

static void make_claim(
    struct work *work, struct claim *claim, const struct fact *fact)
{
	claim->fact = fact;
	claim->recognized = fact->type == EVENT_REQUESTED;
	claim->accredited = is_accredited(work->program, &fact->activity);
	claim->traits = find_traits(work->program, claim);
	claim->future = fact->activity.completed_on > work->ruling->today;
	judge_eligibility(work, claim);
	if (claim->refused == REASON_NONE)
		rule_find_rate(work, claim);
}

/* Ties a request to its name; only the one that holds the name takes part. */
static void join_request(struct work *work, struct claim *claim)
{
	size_t at = rule_verdict(work, claim->fact)->request;
	struct request_work *request;

	if (!claim->recognized)
		return;
	if (at == NO_FACT || work->request[at].fact != claim->fact) {
		claim->takes_part = false;
		return;
	}
	request = &work->request[at];
	claim->request = request;
	request->claim = claim;
	if (request->withdrawn ||
	    (request->decision != NULL &&
		request->decision->decision == DECISION_DECLINED))
		claim->takes_part = false;
}

/* What claims are looked for by that some factor asks to repeat. */
static void make_repeats(struct work *work)
{
	const struct program *program = work->program;

	for (size_t i = 0; i < program->factors; i++) {
		unsigned fields = program->factor[i].repeats;
		size_t n = 0;

		if (fields == 0)
			continue;
		if (work->repeat == NULL)
			work->repeat = rule_take(
			    work, program->factors, sizeof(*work->repeat));
		if (work->repeat == NULL)
			return;
		while (n < work->repeats && work->repeat[n].fields != fields)
			n++;
		if (n == work->repeats &&
		    rule_likes_make(
			work, &work->repeat[n], fields, work->claims))
			work->repeats++;
	}
}

/* Does it repeat the first of its like? Another report of that same activity
 * is no repetition. */
static void find_repeats(struct work *work, struct claim *claim)
{
	const struct activity *activity = &claim->fact->activity;

	for (size_t i = 0; i < work->repeats; i++) {
		struct like *like = rule_like(&work->repeat[i], activity);
		struct repeat *repeat;

		if (like->activity == NULL) {
			like->activity = activity;
			like->fact = claim->fact;
			continue;
		}
		if (rule_agree(like->activity, activity, SAME_ACTIVITY))
			continue;
		repeat = rule_take(work, 1, sizeof(*repeat));
		if (repeat == NULL)
			return;
		*repeat = (struct repeat){
		    work->repeat[i].fields, like->fact, claim->repeat};
		claim->repeat = repeat;
	}
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
	make_repeats(work);
	for (size_t i = 0; i < work->claims && !work->no_memory; i++) {
		struct claim *claim = &work->claim[i];

		make_claim(work, claim, fact[i]);
		claim->takes_part = claim->refused == REASON_NONE &&
				    !claim->unmatched && !claim->future &&
				    rule_stands(work, claim->fact);
		join_request(work, claim);
		if (claim->takes_part)
			find_repeats(work, claim);
		if (claim->rate != NULL && !work->program->rates_by_holder)
			rule_rate(work, claim, NULL, &claim->worth);
	}
}
