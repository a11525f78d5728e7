/* What each partner has in flight, its fair share, and whether it heeds BUSY.
 */
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

#define ID_MOST        256
#define IDLE_MOST      20000 /* more that were told BUSY are not remembered */
#define DEAF_WINDOW_US INT64_C(10000000)
#define RETRY_LEAST_MS 100
#define RETRY_MOST_MS  5000

struct partner {
	size_t in_flight[2];        /* events, queries */
	size_t bytes;               /* of what is in flight */
	struct fair_place place[2]; /* events, queries */
	unsigned busy;              /* times told BUSY since busy_since_us */
	int64_t busy_since_us;
	bool lost; /* the table had no memory for it */
	bool idle; /* in the list */
	TAILQ_ENTRY(partner) link;
	UT_hash_handle hh;
	unsigned id_size;
	unsigned char id[]; /* endpoint; 's' and source, or 'r' and route */
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

void partners_init(struct partners *partners)
{
	*partners = (struct partners){0};
	TAILQ_INIT(&partners->idle);
}

void partners_fini(struct partners *partners)
{
	struct partner *partner, *next;

	partner = table_clear(partners);
	for (; partner != NULL; partner = next) {
		next = partner->hh.next;
		free(partner);
	}
	partners_init(partners);
}

static unsigned partner_id(
    const struct request *request, unsigned char id[2 + ID_MOST])
{
	struct text who =
	    request->source.length > 0 ? request->source : request->route;
	size_t length = who.length < ID_MOST ? who.length : ID_MOST;

	/* A partner is one on all endpoints; a routing id is not. */
	id[0] = request->source.length > 0 ? 's' : 'r';
	id[1] = request->source.length > 0 ? 0 : (unsigned char)request->port;
	if (length > 0)
		memcpy(id + 2, who.at, length);
	return (unsigned)length + 2;
}

static struct partner *partner_find(
    const struct partners *partners, const struct request *request)
{
	unsigned char id[2 + ID_MOST];
	unsigned size = partner_id(request, id);

	return table_find(partners->table, id, size);
}

static void partner_forget(struct partners *partners, struct partner *partner)
{
	if (partner->idle) {
		TAILQ_REMOVE(&partners->idle, partner, link);
		partners->idle_count--;
	}
	table_remove(partners, partner);
	free(partner);
}

static void partner_set_idle(
    struct partners *partners, struct partner *partner, bool idle)
{
	if (partner->idle == idle)
		return;
	partner->idle = idle;
	if (idle) {
		TAILQ_INSERT_TAIL(&partners->idle, partner, link);
		partners->idle_count++;
	} else {
		TAILQ_REMOVE(&partners->idle, partner, link);
		partners->idle_count--;
	}
}

static struct partner *partner_add(
    struct partners *partners, const struct request *request)
{
	unsigned char id[2 + ID_MOST];
	unsigned size = partner_id(request, id);
	struct partner *partner = calloc(1, sizeof(*partner) + size);

	if (partner == NULL)
		return NULL;
	memcpy(partner->id, id, size);
	partner->id_size = size;
	if (table_add(partners, partner))
		return partner;
	free(partner);
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool has_room(const struct partner *partner, size_t bytes,
    const struct partner_room *room)
{
	static const struct partner nobody;
	const struct partner *p = partner != NULL ? partner : &nobody;

	return p->in_flight[0] + p->in_flight[1] <
		   least(room->most, room->free) &&
	       (!room->query || p->in_flight[1] <
				    least(room->queries, room->free_queries)) &&
	       p->bytes + bytes <= least(room->most_bytes, room->free_bytes);
}

static bool is_idle(const struct partner *partner)
{
	return partner->in_flight[0] + partner->in_flight[1] == 0;
}

struct partner *partner_enter(struct partners *partners,
    const struct request *request, size_t bytes,
    const struct partner_room *room)
{
	struct partner *partner = partner_find(partners, request);

	if (!has_room(partner, bytes, room))
		return NULL;
	if (partner == NULL)
		partner = partner_add(partners, request);
	if (partner == NULL)
		return NULL;
	partner_set_idle(partners, partner, false);
	partners->count += is_idle(partner);
	partner->in_flight[room->query]++;
	partner->bytes += bytes;
	return partner;
}

void partner_leave(struct partners *partners, struct partner *partner,
    bool query, size_t bytes)
{
	if (partner == NULL)
		return;
	partner->bytes -= bytes;
	partner->in_flight[query]--;
	if (!is_idle(partner))
		return;
	partners->count--;
	if (partner->busy > 0 && partners->idle_count < IDLE_MOST)
		partner_set_idle(partners, partner, true);
	else
		partner_forget(partners, partner);
}

struct fair_place *partner_place(struct partner *partner, bool query)
{
	return &partner->place[query];
}

bool partner_is_deaf(struct partners *partners, const struct request *request,
    unsigned most, int64_t now_us, unsigned *ret_retry_ms)
{
	struct partner *partner = partner_find(partners, request);

	*ret_retry_ms = RETRY_LEAST_MS;
	if (partner == NULL && partners->idle_count < IDLE_MOST) {
		partner = partner_add(partners, request);
		if (partner != NULL)
			partner_set_idle(partners, partner, true);
	}
	if (partner == NULL)
		return false;
	if (now_us - partner->busy_since_us > DEAF_WINDOW_US) {
		partner->busy_since_us = now_us;
		partner->busy = 0;
	}
	if (++partner->busy > most) {
		*ret_retry_ms = RETRY_MOST_MS;
		return true;
	}
	*ret_retry_ms += (unsigned)((uint64_t)partner->busy *
				    (RETRY_MOST_MS - RETRY_LEAST_MS) / most);
	return false;
}

void partners_tick(struct partners *partners, int64_t now_us)
{
	struct partner *partner, *next;

	for (partner = TAILQ_FIRST(&partners->idle); partner != NULL;
	     partner = next) {
		next = TAILQ_NEXT(partner, link);
		if (now_us - partner->busy_since_us <= DEAF_WINDOW_US)
			break; /* about in that order */
		partner_forget(partners, partner);
	}
}
