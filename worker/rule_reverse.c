/* Which facts stand: reversals, and reversals of reversals. */
#include "rule_work.h"

/* One reversal and what it reverses. */
struct reversal {
	const struct fact *fact;
	const struct fact *target; /* NULL: not known (yet) */
	size_t against;            /* reversals of it that are not settled */
	bool settled;
};

static int compare_ids(const void *a, const void *b)
{
	return fact_compare(a, b);
}

static const struct fact *find(
    const struct fact **sorted, size_t count, const struct fact *reversal)
{
	struct fact key = {
	    .source = reversal->target_source, .id = reversal->target_id};
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = fact_compare(&key, sorted[middle]);

		if (order == 0)
			return sorted[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Settles the reversals from those that nothing speaks against, inwards; what
 * is left stands in a circle and has no effect. `slot` maps facts to theirs. */
static void settle(struct work *work, struct reversal *reversal, size_t count,
    struct reversal **slot)
{
	struct reversal **queue =
	    rule_take(work, count, sizeof(struct reversal *));
	size_t head = 0, tail = 0;

	if (queue == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		if (reversal[i].against == 0)
			queue[tail++] = &reversal[i];
	while (head < tail) {
		struct reversal *r = queue[head++];
		struct reversal *next;

		r->settled = true;
		if (r->target == NULL)
			continue;
		if (rule_stands(work, r->fact))
			rule_verdict(work, r->target)->reversed = true;
		next = slot[rule_index(work, r->target)];
		if (next != NULL && --next->against == 0)
			queue[tail++] = next;
	}
}

/* The roots of all: each is followed until one is known, and then all on the
 * way share it. */
static void find_roots(struct work *work, struct reversal **slot,
    struct reversal *reversal, size_t count)
{
	work->root =
	    rule_take(work, work->ruling->facts, sizeof(struct fact *));
	for (size_t i = 0; i < count && !work->no_memory; i++) {
		struct reversal *r = &reversal[i];
		const struct fact *root = r->target;
		size_t steps = 0;

		for (; root != NULL && root->type == EVENT_REVERSED; steps++) {
			size_t at = rule_index(work, root);

			root = work->root[at] != NULL ? work->root[at]
			       : steps > count        ? NULL
						      : slot[at]->target;
		}
		while (root != NULL && r != NULL &&
		       work->root[rule_index(work, r->fact)] == NULL) {
			work->root[rule_index(work, r->fact)] = root;
			r = slot[rule_index(work, r->target)];
		}
	}
}

const struct fact *rule_root(const struct work *work, const struct fact *fact)
{
	if (fact->type != EVENT_REVERSED)
		return fact;
	return work->root == NULL ? NULL : work->root[rule_index(work, fact)];
}

void rule_reverse(struct work *work)
{
	const struct fact *facts = work->ruling->fact;
	size_t count = work->ruling->facts, reversals = 0;
	struct reversal *reversal, **slot;
	const struct fact **sorted;

	for (size_t i = 0; i < count; i++)
		reversals += facts[i].type == EVENT_REVERSED;
	if (reversals == 0)
		return;
	sorted = rule_take(work, count, sizeof(struct fact *));
	slot = rule_take(work, count, sizeof(struct reversal *));
	reversal = rule_take(work, reversals, sizeof(*reversal));
	if (work->no_memory)
		return;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &facts[i];
	rule_sort(work, sorted, count, compare_ids);
	reversals = 0;
	for (size_t i = 0; i < count; i++)
		if (facts[i].type == EVENT_REVERSED) {
			slot[i] = &reversal[reversals++];
			slot[i]->fact = &facts[i];
			slot[i]->target = find(sorted, count, &facts[i]);
		}
	for (size_t i = 0; i < reversals; i++) {
		const struct fact *target = reversal[i].target;
		struct verdict *verdict = rule_verdict(work, reversal[i].fact);

		if (target == NULL) {
			verdict->outcome = OUTCOME_PENDING;
			verdict->reason = REASON_UNKNOWN_EVENT;
		} else if (slot[rule_index(work, target)] != NULL) {
			slot[rule_index(work, target)]->against++;
		}
	}
	if (work->program->freeze.given)
		find_roots(work, slot, reversal, reversals);
	settle(work, reversal, reversals, slot);
}
