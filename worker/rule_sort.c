/* Sorting in the arena: glibc's qsort() asks malloc() for room above 1 KiB. */
#include <string.h>

#include "rule_work.h"

#define RUN 8 /* so few are sorted fastest by insertion */

typedef int compare_fn(const void *a, const void *b);

static bool is_sorted(const void **item, size_t count, compare_fn *compare)
{
	for (size_t i = 1; i < count; i++)
		if (compare(item[i - 1], item[i]) > 0)
			return false;
	return true;
}

static void insert_all(const void **item, size_t count, compare_fn *compare)
{
	for (size_t i = 1; i < count; i++) {
		const void *moved = item[i];
		size_t at = i;

		for (; at > 0 && compare(item[at - 1], moved) > 0; at--)
			item[at] = item[at - 1];
		item[at] = moved;
	}
}

/* Two neighbours in `from`, each sorted, as one in `to`. */
static void merge(const void **from, size_t middle, size_t count,
    const void **to, compare_fn *compare)
{
	size_t left = 0, right = middle;

	if (middle >= count || compare(from[middle - 1], from[middle]) <= 0) {
		memcpy(to, from, count * sizeof(*to));
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (right == count ||
		    (left < middle && compare(from[left], from[right]) <= 0))
			to[i] = from[left++];
		else
			to[i] = from[right++];
}

static const void **merge_all(
    const void **from, const void **to, size_t count, compare_fn *compare)
{
	for (size_t width = RUN; width < count; width *= 2) {
		const void **sorted = to;

		for (size_t i = 0; i < count; i += 2 * width) {
			size_t left = count - i;

			merge(from + i, width,
			    left < 2 * width ? left : 2 * width, to + i,
			    compare);
		}
		to = from;
		from = sorted;
	}
	return from;
}

void rule_sort(
    struct work *work, void *items, size_t count, compare_fn *compare)
{
	const void **from, **to;

	if (count < 2)
		return;
	from = rule_take(work, count, sizeof(*from));
	if (from == NULL)
		return;
	memcpy(from, items, count * sizeof(*from));
	/* Facts come mostly in the order of their dates. */
	if (is_sorted(from, count, compare))
		return;
	to = rule_take(work, count, sizeof(*to));
	if (to == NULL)
		return;
	for (size_t i = 0; i < count; i += RUN)
		insert_all(
		    from + i, count - i < RUN ? count - i : RUN, compare);
	memcpy(
	    items, merge_all(from, to, count, compare), count * sizeof(*from));
}
