/* What the feed said last in a stream, in one tree by name. */
#include "said.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

struct record {
	int32_t version; /* of a member */
	char *balance;   /* of a period: msgpack */
	size_t size;
	bool is_seen;
	char name[];
};

static int compare(const void *a, const void *b)
{
	return strcmp(
	    ((const struct record *)a)->name, ((const struct record *)b)->name);
}

/* A record of that name, to be kept or to search with. A member's name has no
 * designation. */
static struct record *create(const struct said_period *period)
{
	size_t size = period->member.length + period->designation.length + 32;
	struct record *record = calloc(1, sizeof(*record) + size);

	if (record == NULL)
		return NULL;
	if (period->designation.at == NULL)
		snprintf(record->name, size, "%.*s", TEXT_ARGS(period->member));
	else
		snprintf(record->name, size, "%.*s %.*s %d",
		    TEXT_ARGS(period->member), TEXT_ARGS(period->designation),
		    (int)period->starts_on);
	return record;
}

static struct record *find(
    const struct said *said, const struct said_period *period)
{
	struct record *key = create(period);
	struct record *const *place = NULL;

	if (key != NULL)
		place = tfind(key, &said->tree, compare);
	free(key);
	return place != NULL ? *place : NULL;
}

static struct record *find_or_add(
    struct said *said, const struct said_period *period)
{
	struct record *key = create(period);
	struct record *const *place = NULL;

	if (key != NULL)
		place = tsearch(key, &said->tree, compare);
	if (place == NULL || *place != key)
		free(key);
	return place != NULL ? *place : NULL;
}

int32_t said_version(const struct said *said, struct text member)
{
	struct record *record =
	    find(said, &(struct said_period){.member = member});

	return record != NULL ? record->version : 0;
}

bool said_set_version(struct said *said, struct text member, int32_t version)
{
	struct record *record =
	    find_or_add(said, &(struct said_period){.member = member});

	if (record != NULL)
		record->version = version;
	return record != NULL;
}

struct text said_balance(
    const struct said *said, const struct said_period *period)
{
	struct record *record = find(said, period);

	if (record == NULL)
		return TEXT_NONE;
	record->is_seen = true;
	return (struct text){record->balance, record->size};
}

bool said_set_balance(
    struct said *said, const struct said_period *period, struct text balance)
{
	struct record *record = find_or_add(said, period);
	char *copy = malloc(balance.length + 1);

	if (record == NULL || copy == NULL) {
		free(copy);
		return false;
	}
	memcpy(copy, balance.at, balance.length);
	free(record->balance);
	record->balance = copy;
	record->size = balance.length;
	return true;
}

static bool was_removed(const struct record *record)
{
	struct wire_reader reader;
	bool removed;

	return wire_find((struct text){record->balance, record->size},
		   "removed", &reader) &&
	       wire_read_bool(&reader, &removed) && removed;
}

struct visit {
	void (*unseen)(void *context, const char *name);
	void *context;
};

static void visit(const void *node, VISIT order, void *closure)
{
	const struct record *record = *(struct record *const *)node;
	const struct visit *call = closure;

	if ((order == postorder || order == leaf) && record->balance != NULL &&
	    !record->is_seen && !was_removed(record))
		call->unseen(call->context, record->name);
}

void said_unseen(const struct said *said,
    void (*unseen)(void *context, const char *name), void *context)
{
	struct visit call = {unseen, context};

	twalk_r(said->tree, visit, &call);
}

static void destroy(void *node)
{
	struct record *record = node;

	free(record->balance);
	free(record);
}

void said_forget(struct said *said)
{
	tdestroy(said->tree, destroy);
	said->tree = NULL;
}
