/* A fair share for each partner: who waits is served in virtual time. */
#include "fair.h"

#include <assert.h>

#include "flight.h"

static bool is_earlier(const struct flight *a, const struct flight *b)
{
	if (a->fair.start != b->fair.start)
		return a->fair.start < b->fair.start;
	return a->fair.number < b->fair.number;
}

/* ---- a pairing heap: a tree in which nobody is before its parent. `before` is
 * the sibling in front, or the parent of the first child. */

static struct flight *meld(struct flight *a, struct flight *b)
{
	struct flight *parent, *child;

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	parent = is_earlier(a, b) ? a : b;
	child = parent == a ? b : a;
	child->fair.before = parent;
	child->fair.next = parent->fair.child;
	if (child->fair.next != NULL)
		child->fair.next->fair.before = child;
	parent->fair.child = child;
	return parent;
}

/* One tree of a list of siblings: in pairs, then from the last to the first. */
static struct flight *meld_all(struct flight *list)
{
	struct flight *pairs = NULL, *whole = NULL, *next;

	while (list != NULL) {
		struct flight *a = list, *b = list->fair.next;

		list = b != NULL ? b->fair.next : NULL;
		a->fair.next = a->fair.before = NULL;
		if (b != NULL)
			b->fair.next = b->fair.before = NULL;
		a = meld(a, b);
		a->fair.next = pairs;
		pairs = a;
	}
	for (; pairs != NULL; pairs = next) {
		next = pairs->fair.next;
		pairs->fair.next = NULL;
		whole = meld(whole, pairs);
	}
	return whole;
}

static void put(struct fair_queue *queue, struct flight *flight)
{
	flight->fair.queued = true;
	flight->fair.child = flight->fair.next = flight->fair.before = NULL;
	queue->first = meld(queue->first, flight);
}

bool fair_push(struct fair_queue *queue, const struct fair_time *time,
    struct fair_place *place, struct flight *flight, uint64_t cost)
{
	bool first = place->ends <= time->now;

	assert(!flight->fair.queued);
	flight->fair.start = first ? time->now : place->ends;
	flight->fair.number = queue->number++;
	place->ends = flight->fair.start + cost;
	put(queue, flight);
	return first;
}

void fair_return(struct fair_queue *queue, struct flight *flight)
{
	assert(!flight->fair.queued);
	put(queue, flight);
}

struct flight *fair_first(const struct fair_queue *queue)
{
	return queue->first;
}

void fair_remove(struct fair_queue *queue, struct flight *flight)
{
	struct fair_link *link = &flight->fair;
	struct flight *children = meld_all(link->child);

	assert(link->queued);
	if (flight == queue->first) {
		queue->first = children;
	} else {
		if (link->before->fair.child == flight)
			link->before->fair.child = link->next;
		else
			link->before->fair.next = link->next;
		if (link->next != NULL)
			link->next->fair.before = link->before;
		queue->first = meld(queue->first, children);
	}
	link->queued = false;
	link->child = link->next = link->before = NULL;
}

void fair_take(
    struct fair_queue *queue, struct fair_time *time, struct flight *flight)
{
	fair_remove(queue, flight);
	if (time->now < flight->fair.start)
		time->now = flight->fair.start;
}

void fair_charge(struct fair_place *place, uint64_t cost)
{
	place->ends += cost;
}
