/* How much each connected partner has in flight. */
#include "partner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Peers can choose their routing ids, so the table's hash is keyed: nobody can
 * aim at one bucket. */
static const unsigned char *hash_key(void)
{
	static unsigned char key[crypto_shorthash_KEYBYTES];
	static bool made;

	if (!made) {
		randombytes_buf(key, sizeof(key));
		made = true;
	}
	return key;
}

static unsigned hash_bytes(const void *bytes, size_t size)
{
	unsigned char hash[crypto_shorthash_BYTES];
	unsigned value;

	crypto_shorthash(hash, bytes, size, hash_key());
	memcpy(&value, hash, sizeof(value));
	return value;
}

#define HASH_FUNCTION(bytes, size, value) ((value) = hash_bytes(bytes, size))
#define HASH_NONFATAL_OOM                 1
#define uthash_nonfatal_oom(partner)      ((partner)->lost = true)
#include <uthash.h>

#define ROUTE_MOST     255
#define DEAF_WINDOW_US INT64_C(10000000)

struct partner {
	unsigned char id[1 + ROUTE_MOST]; /* endpoint, routing id */
	unsigned id_size;
	unsigned in_flight;
	unsigned busy; /* times told BUSY since busy_since_us */
	int64_t busy_since_us;
	bool lost; /* the table had no memory for it */
	struct partner *next_free;
	UT_hash_handle hh;
};

/* Here are all uses of uthash's macros: expanded they are longer than what we
 * write ourselves may be.
 * NOLINTBEGIN(readability-function-size,clang-analyzer-*,bugprone-*) */

static struct partner *table_find(
    struct partner *table, const unsigned char *id, unsigned size)
{
	struct partner *partner;

	HASH_FIND(hh, table, id, size, partner);
	return partner;
}

/* False without memory. */
static bool table_add(struct partners *partners, struct partner *partner)
{
	partner->lost = false;
	HASH_ADD_KEYPTR(
	    hh, partners->table, partner->id, partner->id_size, partner);
	return !partner->lost;
}

static void table_remove(struct partners *partners, struct partner *partner)
{
	HASH_DEL(partners->table, partner);
}

/* Empties it; returns the first of what was in it, linked by hh.next. */
static struct partner *table_clear(struct partners *partners)
{
	struct partner *first = partners->table;

	HASH_CLEAR(hh, partners->table);
	return first;
}

/* NOLINTEND(readability-function-size,clang-analyzer-*,bugprone-*) */

void partners_fini(struct partners *partners)
{
	struct partner *partner, *next;

	partner = table_clear(partners);
	for (; partner != NULL; partner = next) {
		next = partner->hh.next;
		free(partner);
	}
	for (partner = partners->free; partner != NULL; partner = next) {
		next = partner->next_free;
		free(partner);
	}
	*partners = (struct partners){0};
}

static unsigned partner_id(
    unsigned port, struct text route, unsigned char id[1 + ROUTE_MOST])
{
	size_t length = route.length < ROUTE_MOST ? route.length : ROUTE_MOST;

	id[0] = (unsigned char)port;
	if (length > 0)
		memcpy(id + 1, route.at, length);
	return (unsigned)length + 1;
}

static struct partner *partner_find(
    const struct partners *partners, unsigned port, struct text route)
{
	unsigned char id[1 + ROUTE_MOST];
	unsigned size = partner_id(port, route, id);

	return table_find(partners->table, id, size);
}

static void partner_park(struct partners *partners, struct partner *partner)
{
	partner->next_free = partners->free;
	partners->free = partner;
}

static struct partner *partner_add(
    struct partners *partners, unsigned port, struct text route)
{
	struct partner *partner = partners->free;

	if (partner != NULL)
		partners->free = partner->next_free;
	else
		partner = malloc(sizeof(*partner));
	if (partner == NULL)
		return NULL;
	partner->id_size = partner_id(port, route, partner->id);
	partner->in_flight = 0;
	partner->busy = 0;
	partner->busy_since_us = 0;
	if (!table_add(partners, partner)) {
		partner_park(partners, partner);
		return NULL;
	}
	partners->count++;
	return partner;
}

struct partner *partner_enter(struct partners *partners, unsigned port,
    struct text route, unsigned most, bool *ret_busy)
{
	struct partner *partner = partner_find(partners, port, route);

	*ret_busy = false;
	if (partner == NULL)
		partner = partner_add(partners, port, route);
	if (partner == NULL)
		return NULL;
	if (partner->in_flight >= most) {
		*ret_busy = true;
		return NULL;
	}
	partner->in_flight++;
	return partner;
}

void partner_leave(struct partners *partners, struct partner *partner)
{
	if (partner == NULL || --partner->in_flight > 0)
		return;
	table_remove(partners, partner);
	partners->count--;
	partner_park(partners, partner);
}

bool partner_is_deaf(struct partners *partners, unsigned port,
    struct text route, unsigned most, int64_t now_us)
{
	struct partner *partner = partner_find(partners, port, route);

	if (partner == NULL)
		return false;
	if (now_us - partner->busy_since_us > DEAF_WINDOW_US) {
		partner->busy_since_us = now_us;
		partner->busy = 0;
	}
	return ++partner->busy > most;
}
