/* The facts that stand, by type: what looks for one kind need not pass all
 * others by. */
#include <assert.h>

#include "rule_work.h"

int rule_compare_dated(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->on != y->on)
		return x->on < y->on ? -1 : 1;
	return fact_compare(x, y);
}

size_t rule_first_on(const struct facts *facts, date_t on)
{
	size_t low = 0, high = facts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (facts->item[middle]->on < on)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void rule_stand(struct work *work)
{
	static const enum event_type dated[] = {EVENT_GRANTED, EVENT_RENEWED,
	    EVENT_TRANSFERRED, EVENT_REQUIREMENT, EVENT_ADJUSTED};
	const struct ruling *ruling = work->ruling;
	const struct fact **item =
	    rule_take(work, ruling->facts, sizeof(struct fact *));
	size_t count[EVENT_REVERSED + 1] = {0};

	if (item == NULL)
		return;
	for (size_t i = 0; i < ruling->facts; i++) {
		assert(ruling->fact[i].type <= EVENT_REVERSED);
		count[ruling->fact[i].type]++;
	}
	for (size_t type = 0; type <= EVENT_REVERSED; type++) {
		work->standing[type].item = item;
		item += count[type];
	}
	for (size_t i = 0; i < ruling->facts; i++) {
		struct facts *facts = &work->standing[ruling->fact[i].type];

		if (!ruling->verdict[i].reversed)
			facts->item[facts->count++] = &ruling->fact[i];
	}
	for (size_t i = 0; i < sizeof(dated) / sizeof(dated[0]); i++)
		rule_sort(work, work->standing[dated[i]].item,
		    work->standing[dated[i]].count, rule_compare_dated);
}
