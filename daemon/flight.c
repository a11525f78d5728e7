/* Accepted events and queries that are not answered yet, and their deadlines.
 */
#include "flight.h"

#include <assert.h>
#include <stdlib.h>

#define CHUNK_BITS  10
#define CHUNK_SIZE  (1u << CHUNK_BITS)
#define SLOT_BITS   24 /* of a ticket; the rest counts how often it was used */
#define SLOT_MASK   ((INT64_C(1) << SLOT_BITS) - 1)
#define NO_DEADLINE INT64_MAX

static const bool allowed[4][4] = {
    [FLIGHT_FREE] = {[FLIGHT_WAITING] = true},
    [FLIGHT_WAITING] = {[FLIGHT_SENT] = true, [FLIGHT_FREE] = true},
    [FLIGHT_SENT] = {[FLIGHT_WAITING] = true,
	[FLIGHT_GIVEN_UP] = true,
	[FLIGHT_FREE] = true},
    [FLIGHT_GIVEN_UP] = {[FLIGHT_WAITING] = true, [FLIGHT_FREE] = true},
};

void flights_init(struct flights *flights)
{
	*flights = (struct flights){0};
	TAILQ_INIT(&flights->free);
	TAILQ_INIT(&flights->deadlines);
}

void flights_fini(struct flights *flights)
{
	for (size_t i = 0; i < flights->chunk_count; i++) {
		for (size_t j = 0; j < CHUNK_SIZE; j++)
			free(flights->chunks[i][j].store);
		free(flights->chunks[i]);
	}
	free(flights->chunks);
	flights_init(flights);
}

static bool flights_grow(struct flights *flights)
{
	size_t slot = flights->chunk_count * CHUNK_SIZE;
	struct flight **chunks;
	struct flight *chunk;

	if (slot + CHUNK_SIZE > (size_t)SLOT_MASK)
		return false;
	chunks = reallocarray(
	    flights->chunks, flights->chunk_count + 1, sizeof(struct flight *));
	if (chunks == NULL)
		return false;
	flights->chunks = chunks;
	chunk = calloc(CHUNK_SIZE, sizeof(*chunk));
	if (chunk == NULL)
		return false;
	chunks[flights->chunk_count++] = chunk;
	for (size_t i = 0; i < CHUNK_SIZE; i++) {
		/* Generation 1 on: a ticket is never 0. */
		chunk[i].ticket =
		    (INT64_C(1) << SLOT_BITS) | (int64_t)(slot + i);
		TAILQ_INSERT_TAIL(&flights->free, &chunk[i], link);
	}
	return true;
}

struct flight *flight_take(struct flights *flights, enum flight_kind kind,
    const struct request *request)
{
	size_t size = request_size(request);
	struct flight *flight;
	char *store;

	if (TAILQ_EMPTY(&flights->free) && !flights_grow(flights))
		return NULL;
	store = malloc(size + 1);
	if (store == NULL)
		return NULL;
	flight = TAILQ_FIRST(&flights->free);
	TAILQ_REMOVE(&flights->free, flight, link);
	*flight = (struct flight){.ticket = flight->ticket,
	    .kind = kind,
	    .state = FLIGHT_FREE,
	    .deadline_us = NO_DEADLINE,
	    .store = store,
	    .store_size = size};
	request_copy(request, store, &flight->request);
	flights->bytes += size;
	if (kind == FLIGHT_SYSTEM)
		flights->system++;
	else
		flights->in_flight++;
	flight_set_state(flight, FLIGHT_WAITING);
	return flight;
}

void flight_drop_text(struct flights *flights, struct flight *flight)
{
	flights->bytes -= flight->store_size;
	free(flight->store);
	flight->store = NULL;
	flight->store_size = 0;
	flight->request = (struct request){.fd = -1};
}

void flight_free(struct flights *flights, struct flight *flight)
{
	flight_forgive(flights, flight);
	flight_drop_text(flights, flight);
	flight_set_state(flight, FLIGHT_FREE);
	flights->orphans -= flight->orphan;
	if (flight->kind == FLIGHT_SYSTEM)
		flights->system--;
	else
		flights->in_flight--;
	flight->ticket += SLOT_MASK + 1;
	/* The one used last is the one in the cache. */
	TAILQ_INSERT_HEAD(&flights->free, flight, link);
}

struct flight *flight_find(const struct flights *flights, int64_t ticket)
{
	size_t slot = (size_t)(ticket & SLOT_MASK);
	struct flight *flight;

	if (ticket < 0 || slot >= flights->chunk_count * CHUNK_SIZE)
		return NULL;
	flight = &flights->chunks[slot >> CHUNK_BITS][slot & (CHUNK_SIZE - 1)];
	if (flight->ticket != ticket || flight->state == FLIGHT_FREE)
		return NULL;
	return flight;
}

void flight_set_state(struct flight *flight, enum flight_state state)
{
	assert(allowed[flight->state][state]);
	flight->state = state;
}

void flight_expect(
    struct flights *flights, struct flight *flight, int64_t deadline_us)
{
	assert(flight->deadline_us == NO_DEADLINE);
	flight->deadline_us = deadline_us;
	TAILQ_INSERT_TAIL(&flights->deadlines, flight, by_deadline);
}

struct flight *flight_expired(const struct flights *flights, int64_t now_us)
{
	struct flight *oldest = TAILQ_FIRST(&flights->deadlines);

	return oldest != NULL && oldest->deadline_us <= now_us ? oldest : NULL;
}

void flight_forgive(struct flights *flights, struct flight *flight)
{
	if (flight->deadline_us == NO_DEADLINE)
		return;
	TAILQ_REMOVE(&flights->deadlines, flight, by_deadline);
	flight->deadline_us = NO_DEADLINE;
}

void flight_orphan(struct flights *flights, struct flight *flight)
{
	flight_forgive(flights, flight);
	flights->orphans += !flight->orphan;
	flight->orphan = true;
}
