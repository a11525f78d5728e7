/* What belongs to each recognition request: the facts of its name, by hash,
 * since a long history has thousands of them. */
#include <string.h>

#include "rule_like.h"

/* The facts of one name; requests come first. */
struct named {
	struct text name;
	size_t requests, parts;
	const struct fact **part;
};

struct names {
	struct named **table; /* open addressing; half of it is free */
	size_t size;
	struct named *item;
	size_t count;
};

/* Requests of one name in the total order. */
static int compare_requests(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->activity.completed_on != y->activity.completed_on)
		return x->activity.completed_on < y->activity.completed_on ? -1
									   : 1;
	return fact_compare(x, y);
}

static int compare_names(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return text_compare(x->name, y->name);
}

/* The later of two decisions by occurred_at (none is earliest), then id. */
static const struct fact *later_decision(
    const struct fact *a, const struct fact *b)
{
	if (a == NULL)
		return b;
	if (a->has_occurred_at != b->has_occurred_at)
		return a->has_occurred_at ? a : b;
	if (a->has_occurred_at && a->occurred_at != b->occurred_at)
		return a->occurred_at > b->occurred_at ? a : b;
	return fact_compare(a, b) > 0 ? a : b;
}

static void read_parts(struct work *work, struct request_work *request)
{
	struct text currency = work->program->currency;

	if (!work->program->recognition)
		return; /* all of them are rejected: without effect */
	for (size_t i = 0; i < request->part_count; i++) {
		const struct fact *part = request->parts[i];

		if (part->type == EVENT_DECIDED)
			request->decision =
			    later_decision(request->decision, part);
		else if (part->type == EVENT_WITHDRAWN)
			request->withdrawn = true;
		else if (part->type == EVENT_PAID &&
			 text_equal(part->currency, currency))
			rule_sum(work, &request->paid, part->amount);
	}
}

/* What is kept of a request keeps its name, though it is reversed since. */
static size_t add_kept(struct work *work, const struct fact **part)
{
	const struct ruling *ruling = work->ruling;
	size_t count = 0;

	for (size_t i = 0; work->freeze != NULL && i < ruling->facts; i++)
		if (ruling->fact[i].type == EVENT_REQUESTED &&
		    ruling->verdict[i].reversed &&
		    rule_is_kept(work, &ruling->fact[i]))
			part[count++] = &ruling->fact[i];
	return count;
}

/* All that belongs to recognition, requests first. */
static const struct fact **gather_parts(struct work *work, size_t *ret_count)
{
	static const enum event_type type[] = {EVENT_REQUESTED, EVENT_EVIDENCE,
	    EVENT_DECIDED, EVENT_PAID, EVENT_WITHDRAWN};
	const size_t types = sizeof(type) / sizeof(type[0]);
	const struct fact **part;
	size_t count = work->freeze == NULL ? 0 : work->ruling->facts;

	for (size_t i = 0; i < types; i++)
		count += work->standing[type[i]].count;
	part = rule_take(work, count, sizeof(struct fact *));
	*ret_count = part == NULL ? 0 : add_kept(work, part);
	for (size_t i = 0; i < types && part != NULL; i++) {
		const struct facts *facts = &work->standing[type[i]];

		if (facts->count > 0)
			memcpy(part + *ret_count, facts->item,
			    facts->count * sizeof(struct fact *));
		*ret_count += facts->count;
	}
	return part;
}

static struct named **find_name(const struct names *names, struct text name)
{
	uint64_t hash = rule_hash_text(0, name);
	size_t at = (size_t)(hash ^ hash >> 32) & (names->size - 1);

	while (names->table[at] != NULL &&
	       !text_equal(names->table[at]->name, name))
		at = (at + 1) & (names->size - 1);
	return &names->table[at];
}

static void make_names(struct work *work, struct names *names,
    const struct fact **part, size_t count)
{
	size_t requests = 0;

	while (requests < count && part[requests]->type == EVENT_REQUESTED)
		requests++;
	names->size = 8;
	while (names->size < 2 * requests)
		names->size *= 2;
	names->table = rule_take(work, names->size, sizeof(struct named *));
	names->item = rule_take(work, requests, sizeof(*names->item));
	for (size_t i = 0; i < requests && !work->no_memory; i++) {
		struct named **named = find_name(names, part[i]->request);

		if (*named == NULL) {
			*named = &names->item[names->count++];
			(*named)->name = part[i]->request;
		}
		(*named)->requests++;
	}
}

/* Deals the parts out to their names. A name without a request is not known
 * yet: nothing becomes of its parts. */
static void deal(struct work *work, const struct names *names,
    const struct fact **part, size_t count)
{
	struct named **owner = rule_take(work, count, sizeof(struct named *));
	const struct fact **room =
	    rule_take(work, count, sizeof(struct fact *));

	if (work->no_memory)
		return;
	for (size_t i = 0; i < count; i++) {
		owner[i] = *find_name(names, part[i]->request);
		if (owner[i] != NULL)
			owner[i]->parts++;
	}
	for (size_t n = 0; n < names->count; n++) {
		names->item[n].part = room;
		room += names->item[n].parts;
		names->item[n].parts = 0;
	}
	for (size_t i = 0; i < count; i++)
		if (owner[i] != NULL)
			owner[i]->part[owner[i]->parts++] = part[i];
}

/* The first of one name; but one that is kept was so before. */
static const struct fact *find_holder(
    const struct work *work, const struct named *named)
{
	for (size_t i = 0; work->freeze != NULL && i < named->requests; i++)
		if (rule_is_kept(work, named->part[i]))
			return named->part[i];
	return named->part[0];
}

static void make_request(struct work *work, const struct named *named)
{
	struct request_work *request = &work->request[work->requests];

	request->name = named->name;
	request->parts = named->part;
	request->part_count = named->parts;
	rule_sort(work, named->part, named->requests, compare_requests);
	request->fact = find_holder(work, named);
	read_parts(work, request);
	for (size_t i = 0; i < named->parts; i++)
		rule_verdict(work, named->part[i])->request = work->requests;
	work->requests++;
}

void rule_requests(struct work *work)
{
	size_t count;
	const struct fact **part = gather_parts(work, &count);
	struct names names = {0};
	struct named **named;

	make_names(work, &names, part, count);
	if (!work->no_memory)
		deal(work, &names, part, count);
	named = rule_take(work, names.count, sizeof(struct named *));
	work->request = rule_take(work, names.count, sizeof(*work->request));
	if (work->no_memory)
		return;
	for (size_t i = 0; i < names.count; i++)
		named[i] = &names.item[i];
	rule_sort(work, named, names.count, compare_names);
	for (size_t i = 0; i < names.count && !work->no_memory; i++)
		make_request(work, named[i]);
}
