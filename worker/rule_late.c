/* Facts about frozen periods: how they stand is how they stood when the last of
 * these was frozen, and what arrived after that has no effect. A fact that is
 * also about a period that is open has its effect there. */
#include "rule_work.h"

static const struct frozen *later(
    const struct frozen *a, const struct frozen *b)
{
	return a == NULL || b->on > a->on ? b : a;
}

static const struct frozen *about_claim(const struct claim *claim)
{
	const struct frozen *last = NULL;

	if (!rule_is_closed(claim))
		return NULL;
	for (size_t i = 0; i < claim->slots; i++)
		if (claim->slot[i].frozen != NULL)
			last = later(last, claim->slot[i].frozen);
	return last;
}

/* Of the lines that it is for, those with a period on its day. */
static const struct frozen *about_requirement(
    const struct work *work, const struct fact *fact)
{
	const struct frozen *last = NULL;

	for (size_t i = 0; i < work->periods; i++) {
		const struct period_work *period = work->period[i];

		if (fact->on < period->out.starts_on ||
		    fact->on > period->out.ends_on ||
		    (fact->designation.at != NULL &&
			!text_equal(
			    fact->designation, period->out.designation)))
			continue;
		if (period->frozen == NULL)
			return NULL;
		last = later(last, period->frozen);
	}
	return last;
}

/* The frozen period that a fact is about, the last of several; NULL where any
 * of them is open, or where it is of a type that is never frozen. */
static const struct frozen *about(
    const struct work *work, const struct fact *fact)
{
	const struct fact *root = rule_root(work, fact);
	const struct claim *claim = NULL;
	size_t request;

	if (root == NULL)
		return NULL;
	switch (root->type) {
	case EVENT_ACTIVITY:
	case EVENT_REQUESTED:
		claim = rule_find_claim(work, root);
		break;
	case EVENT_EVIDENCE:
	case EVENT_DECIDED:
	case EVENT_WITHDRAWN:
		request = rule_verdict(work, root)->request;
		if (request != NO_FACT)
			claim = work->request[request].claim;
		break;
	case EVENT_REQUIREMENT:
		return about_requirement(work, root);
	default:
		break;
	}
	return claim == NULL ? NULL : about_claim(claim);
}

void rule_stand_as_then(struct work *work)
{
	const struct ruling *ruling = work->ruling;

	for (size_t i = 0; i < ruling->facts; i++) {
		const struct fact *fact = &ruling->fact[i];
		const struct frozen *frozen = about(work, fact);

		if (frozen != NULL)
			ruling->verdict[i].reversed =
			    i < frozen->facts && frozen->reversed[i];
	}
}

/* A claim says itself what became of it. */
void rule_judge_late(struct work *work)
{
	const struct ruling *ruling = work->ruling;

	for (size_t i = 0; i < ruling->facts; i++) {
		const struct fact *fact = &ruling->fact[i];
		struct verdict *verdict = &ruling->verdict[i];
		const struct frozen *frozen;

		if (fact->type == EVENT_ACTIVITY ||
		    fact->type == EVENT_REQUESTED ||
		    verdict->outcome != OUTCOME_APPLIED ||
		    verdict->reason != REASON_NONE)
			continue;
		frozen = about(work, fact);
		if (frozen != NULL && i >= frozen->facts)
			verdict->reason = REASON_PERIOD_FROZEN;
	}
}
