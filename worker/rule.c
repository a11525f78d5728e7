/* The ruling of a member: the steps in their order (rule_work.h). */
#include "rule.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "rule_work.h"

bool rule_is_first(enum reason reason)
{
	return reason == REASON_NOT_OFFERED ||
	       reason == REASON_UNKNOWN_DESIGNATION;
}

void *rule_take(struct work *work, size_t count, size_t size)
{
	void *memory = arena_take_many(work->arena, count + 1, size);

	if (memory == NULL)
		work->no_memory = true;
	return memory;
}

void rule_sum(struct work *work, int64_t *sum, int64_t value)
{
	if (!exact_add(*sum, value, sum))
		work->overflow = true;
}

/* There are some of them for each claim: they are taken by the dozen. */
static struct step_link *take_link(struct work *work)
{
	const size_t count = 32;

	if (work->links == 0) {
		work->link = rule_take(work, count, sizeof(*work->link));
		work->links = work->link == NULL ? 0 : count;
	}
	if (work->links == 0)
		return NULL;
	work->links--;
	return work->link++;
}

struct step *rule_next_step(struct work *work, struct slot *slot)
{
	struct step_link *link = take_link(work);

	if (link == NULL)
		return NULL;
	if (slot->last == NULL)
		slot->last = &slot->first;
	*slot->last = link;
	slot->last = &link->next;
	slot->steps++;
	return &link->step;
}

static void count_slot(const struct slot *slot, size_t *shares, size_t *steps)
{
	*shares += 1 + slot->parts;
	*steps += slot->steps;
	for (size_t i = 0; i < slot->parts; i++)
		*steps += slot->part[i].steps;
}

/* Writes the slot's steps from `step` on; returns what comes after them. */
static struct step *add_share(
    struct ruling *ruling, const struct slot *slot, struct step *step)
{
	struct share *share = &ruling->share[ruling->shares++];

	*share = slot->share;
	share->step = step;
	share->steps = slot->steps;
	for (const struct step_link *l = slot->first; l != NULL; l = l->next)
		*step++ = l->step;
	return step;
}

/* The slots' shares as one array, the shares of a fact together. */
static void gather_shares(struct work *work)
{
	struct ruling *ruling = work->ruling;
	size_t shares = 0, steps = 0;
	struct step *step;

	for (size_t c = 0; c < work->claims; c++) {
		for (size_t s = 0; s < work->claim[c].slots; s++)
			count_slot(&work->claim[c].slot[s], &shares, &steps);
	}
	ruling->share = rule_take(work, shares, sizeof(*ruling->share));
	step = rule_take(work, steps, sizeof(*step));
	if (work->no_memory)
		return;
	for (size_t c = 0; c < work->claims; c++) {
		struct claim *claim = &work->claim[c];
		struct verdict *verdict = rule_verdict(work, claim->fact);

		verdict->share = ruling->shares;
		for (size_t s = 0; s < claim->slots; s++) {
			const struct slot *slot = &claim->slot[s];

			step = add_share(ruling, slot, step);
			for (size_t i = 0; i < slot->parts; i++)
				step = add_share(ruling, &slot->part[i], step);
		}
		verdict->shares = ruling->shares - verdict->share;
	}
}

static int compare_periods(const void *a, const void *b)
{
	const struct period_work *x = a, *y = b;
	int order = text_compare(x->out.designation, y->out.designation);

	if (order != 0)
		return order;
	return (x->out.starts_on > y->out.starts_on) -
	       (x->out.starts_on < y->out.starts_on);
}

/* Periods in their public order; slots learn the index of their period. */
static void gather_periods(struct work *work)
{
	struct ruling *ruling = work->ruling;

	ruling->period =
	    rule_take(work, work->periods, sizeof(*ruling->period));
	if (ruling->period == NULL)
		return;
	rule_sort(work, work->period, work->periods, compare_periods);
	for (size_t i = 0; i < work->periods; i++) {
		struct period_work *period = work->period[i];

		rule_period_finish(work, period);
		ruling->period[i] = period->out;
		for (size_t s = 0; s < period->slots; s++)
			period->slot[s]->share.period = i;
	}
	ruling->periods = work->periods;
}

static void gather_requests(struct work *work)
{
	struct ruling *ruling = work->ruling;

	ruling->request =
	    rule_take(work, work->requests, sizeof(*ruling->request));
	if (ruling->request == NULL)
		return;
	for (size_t i = 0; i < work->requests; i++) {
		rule_request_settle(work, &work->request[i]);
		ruling->request[i] = work->request[i].out;
	}
	ruling->requests = work->requests;
}

static void note_due(struct ruling *ruling, date_t on)
{
	if (on > ruling->today && on < ruling->next_due && on <= DATE_LAST)
		ruling->next_due = on;
}

/* No notice comes before its period begins, however short that is. */
static date_t notice_day(const struct period *period, int days)
{
	date_t day = period->ends_on - days;

	return day > period->starts_on ? day : period->starts_on;
}

/* The first day on which status, notices or future claims change. */
static void find_next_due(struct work *work)
{
	const struct program *program = work->program;
	struct ruling *ruling = work->ruling;

	ruling->next_due = DATE_NEVER;
	for (size_t c = 0; c < work->claims; c++)
		note_due(ruling, work->claim[c].fact->activity.completed_on);
	for (size_t i = 0; i < work->periods; i++) {
		const struct period_work *period = work->period[i];

		if (!period->out.current)
			continue;
		for (size_t n = 0; n < program->notices; n++)
			note_due(ruling,
			    notice_day(&period->out, program->notice[n]));
		if (program->lates + program->notices > 0)
			note_due(ruling, period->out.ends_on + 1);
		for (size_t n = 0; n < program->lates; n++)
			note_due(ruling, date_add_months(period->anniversary,
					     program->late[n].months));
	}
	if (program->freeze.given)
		note_due(ruling, rule_next_freeze(work));
}

bool rule_begin(struct work *work)
{
	struct ruling *ruling = work->ruling;

	ruling->verdict =
	    rule_take(work, ruling->facts, sizeof(*ruling->verdict));
	if (ruling->verdict == NULL)
		return false;
	for (size_t i = 0; i < ruling->facts; i++)
		ruling->verdict[i].request = NO_FACT;
	return true;
}

int rule_run(struct work *work, bool whole)
{
	void (*const steps[])(struct work *) = {rule_reverse, rule_stand,
	    rule_hold, rule_requests, rule_claims, rule_timeline,
	    gather_requests, gather_periods, rule_verdicts, gather_shares,
	    rule_postings, find_next_due};
	const size_t all = sizeof(steps) / sizeof(steps[0]), decide = 7;

	if (!rule_begin(work))
		return -ENOMEM;
	for (size_t i = 0; i < (whole ? all : decide); i++) {
		steps[i](work);
		if (work->no_memory)
			return -ENOMEM;
		if (work->overflow)
			return -EOVERFLOW;
	}
	return 0;
}

int rule_member(const struct program *program, const struct fact *facts,
    size_t count, date_t today, struct arena *arena, struct ruling *ret)
{
	struct ruling ruling = {
	    .program = program, .fact = facts, .facts = count, .today = today};
	struct work work = {
	    .program = program, .arena = arena, .ruling = &ruling};
	int result = program->freeze.given ? rule_as_it_arrived(&work)
					   : rule_run(&work, true);

	if (result == 0)
		*ret = ruling;
	return result;
}
