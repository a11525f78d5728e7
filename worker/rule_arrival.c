/* A ruling of a program that freezes: facts are put in the order of their
 * arrival, and the ruling comes back in the order in which they were given. */
#include <errno.h>

#include "rule_work.h"

static int compare_arrival(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	return (x->received_on > y->received_on) -
	       (x->received_on < y->received_on);
}

static bool have_arrived_in_order(const struct ruling *ruling)
{
	for (size_t i = 1; i < ruling->facts; i++)
		if (ruling->fact[i - 1].received_on >
		    ruling->fact[i].received_on)
			return false;
	return true;
}

/* A copy of the facts in their new order; of each its place before in
 * *ret_place. Facts of one day may stand in any order. */
static const struct fact *arrange(struct work *work, size_t **ret_place)
{
	const struct ruling *ruling = work->ruling;
	const struct fact **order =
	    rule_take(work, ruling->facts, sizeof(struct fact *));
	struct fact *fact = rule_take(work, ruling->facts, sizeof(*fact));
	size_t *place = rule_take(work, ruling->facts, sizeof(*place));

	if (work->no_memory)
		return NULL;
	for (size_t i = 0; i < ruling->facts; i++)
		order[i] = &ruling->fact[i];
	rule_sort(work, order, ruling->facts, compare_arrival);
	for (size_t i = 0; i < ruling->facts; i++) {
		fact[i] = *order[i];
		place[i] = rule_index(work, order[i]);
	}
	*ret_place = place;
	return fact;
}

static void give_back(
    struct work *work, const struct fact *given, const size_t *place)
{
	struct ruling *ruling = work->ruling;
	struct verdict *verdict =
	    rule_take(work, ruling->facts, sizeof(*verdict));

	if (verdict == NULL)
		return;
	for (size_t i = 0; i < ruling->facts; i++)
		verdict[place[i]] = ruling->verdict[i];
	ruling->verdict = verdict;
	ruling->fact = given;
	for (size_t i = 0; i < ruling->periods; i++)
		ruling->period[i].opened_by =
		    place[ruling->period[i].opened_by];
	for (size_t i = 0; i < ruling->requests; i++)
		ruling->request[i].fact = place[ruling->request[i].fact];
	for (size_t i = 0; i < ruling->shares; i++)
		ruling->share[i].fact = place[ruling->share[i].fact];
	for (size_t i = 0; i < ruling->postings; i++)
		ruling->posting[i].cause = place[ruling->posting[i].cause];
}

int rule_as_it_arrived(struct work *work)
{
	struct ruling *ruling = work->ruling;
	const struct fact *given = ruling->fact;
	size_t *place = NULL;
	int result;

	if (!have_arrived_in_order(ruling))
		ruling->fact = arrange(work, &place);
	if (work->no_memory)
		return -ENOMEM;
	result = rule_freeze(ruling, work->arena, &work->freeze);
	if (result == 0)
		result = rule_run(work, true);
	if (result == 0 && place != NULL)
		give_back(work, given, place);
	return work->no_memory ? -ENOMEM : result;
}
