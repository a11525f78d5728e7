/* What the feed said last in a stream: versions by member, balances by period;
 * kept from the walk along the feed to the look at each member. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"
#include "hash.h"

struct verify_last {
	int32_t version;       /* of a member */
	char *balance;         /* of a period: msgpack */
	size_t size;
	bool is_seen;
	UT_hash_handle hh;
	size_t key_size;
	char key[];
};

/* "organization/number", or that and a space, designation, space, days. */
static size_t make_key(char *key, size_t size, struct text member,
    struct text designation, date_t starts_on)
{
	int length = designation.at == NULL
	    ? snprintf(key, size, "%.*s", TEXT_ARGS(member))
	    : snprintf(key, size, "%.*s %.*s %d", TEXT_ARGS(member),
		  TEXT_ARGS(designation), (int)starts_on);

	return (size_t)length < size ? (size_t)length : size - 1;
}

static struct verify_last *find(
    const struct verify *v, const char *key, size_t size)
{
	struct verify_last *last;

	HASH_FIND(hh, v->last, key, size, last);
	return last;
}

static struct verify_last *find_or_add(
    struct verify *v, const char *key, size_t size)
{
	struct verify_last *last = find(v, key, size);

	if (last != NULL)
		return last;
	last = calloc(1, sizeof(*last) + size + 1);
	if (last == NULL)
		return NULL;
	memcpy(last->key, key, size);
	last->key_size = size;
	HASH_ADD(hh, v->last, key, size, last);
	return last;
}

int32_t verify_version(const struct verify *v, struct text member)
{
	char key[VERIFY_ROW_SIZE];
	struct verify_last *last = find(v, key,
	    make_key(key, sizeof(key), member, TEXT_NONE, 0));

	return last != NULL ? last->version : 0;
}

bool verify_set_version(struct verify *v, struct text member, int32_t version)
{
	char key[VERIFY_ROW_SIZE];
	struct verify_last *last = find_or_add(v, key,
	    make_key(key, sizeof(key), member, TEXT_NONE, 0));

	if (last != NULL)
		last->version = version;
	return last != NULL;
}

struct text verify_balance(const struct verify *v, struct text member,
    struct text designation, date_t starts_on)
{
	char key[VERIFY_ROW_SIZE];
	struct verify_last *last = find(v, key,
	    make_key(key, sizeof(key), member, designation, starts_on));

	if (last == NULL)
		return TEXT_NONE;
	last->is_seen = true;
	return (struct text){last->balance, last->size};
}

bool verify_set_balance(struct verify *v, struct text member,
    struct text designation, date_t starts_on, struct text balance)
{
	char key[VERIFY_ROW_SIZE];
	struct verify_last *last = find_or_add(v, key,
	    make_key(key, sizeof(key), member, designation, starts_on));
	char *copy = malloc(balance.length + 1);

	if (last == NULL || copy == NULL) {
		free(copy);
		return false;
	}
	memcpy(copy, balance.at, balance.length);
	free(last->balance);
	last->balance = copy;
	last->size = balance.length;
	return true;
}

static bool was_removed(const struct verify_last *last)
{
	struct wire_reader reader;
	bool removed;

	return wire_find((struct text){last->balance, last->size}, "removed",
		   &reader) &&
	       wire_read_bool(&reader, &removed) && removed;
}

void verify_unseen(struct verify *v)
{
	struct verify_last *last, *next;

	HASH_ITER (hh, v->last, last, next) {
		if (last->balance != NULL && !last->is_seen &&
		    !was_removed(last))
			verify_defect(v, "balance", last->key,
			    "the feed said a balance, but the row is not there");
	}
}

void verify_forget(struct verify *v)
{
	struct verify_last *last, *next;

	HASH_ITER (hh, v->last, last, next) {
		HASH_DEL(v->last, last);
		free(last->balance);
		free(last);
	}
}
