/* The books on the workers: who is there, well, how busy; no sockets here. */
#include "pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LOAD_UNIT     256
#define LOAD_TICKS    8 /* the average's weight */
#define MOVES_AT_ONCE 8
#define HOME_SLACK                                                             \
	4 /* streams more than the least busy that a home may have             \
	   */
#define UNEVEN       4 /* a quarter more than the least is even enough */
#define FETCHES_MOST 2
/* Two beats' worth: longer pauses are creditd's own. */
#define PAUSE_US INT64_C(500000)

static const bool allowed[3][3] = {
    [WORKER_WELL] = {[WORKER_AWAY] = true, [WORKER_LEAVING] = true},
    [WORKER_AWAY] = {[WORKER_WELL] = true, [WORKER_LEAVING] = true},
};

const char *worker_state_name(enum worker_state state)
{
	static const char *const names[] = {"well", "database away", "leaving"};

	return names[state];
}

void pool_init(struct pool *pool)
{
	*pool = (struct pool){0};
	TAILQ_INIT(&pool->workers);
}

void pool_fini(struct pool *pool)
{
	struct worker *worker;

	while ((worker = TAILQ_FIRST(&pool->workers)) != NULL) {
		TAILQ_REMOVE(&pool->workers, worker, link);
		free(worker);
	}
	pool_init(pool);
}

struct worker *pool_find(const struct pool *pool, struct text route)
{
	struct worker *w;

	TAILQ_FOREACH (w, &pool->workers, link)
		if (w->route_size == route.length &&
		    memcmp(w->route, route.at, route.length) == 0)
			return w;
	return NULL;
}

struct worker *pool_find_serial(const struct pool *pool, uint32_t serial)
{
	struct worker *w;

	TAILQ_FOREACH (w, &pool->workers, link)
		if (w->serial == serial)
			return w;
	return NULL;
}

struct worker *pool_find_incarnation(
    const struct pool *pool, struct text incarnation)
{
	struct worker *w;

	TAILQ_FOREACH (w, &pool->workers, link)
		if (text_is(incarnation, w->incarnation))
			return w;
	return NULL;
}

static void keep(char to[WORKER_TEXT_SIZE], struct text text)
{
	size_t length = text.length;

	if (length >= WORKER_TEXT_SIZE)
		length = WORKER_TEXT_SIZE - 1;
	if (length > 0)
		memcpy(to, text.at, length);
	to[length] = '\0';
}

static unsigned at_most(unsigned value, unsigned most)
{
	return value < most ? value : most;
}

struct worker *pool_add(struct pool *pool, struct text route,
    const struct worker_hello *hello, int64_t now_us)
{
	struct worker *worker;

	if (pool->count >= WORKERS_MOST || route.length > WORKER_ROUTE_SIZE)
		return NULL;
	worker = calloc(1, sizeof(*worker));
	if (worker == NULL)
		return NULL;
	holder_init(&worker->holder);
	TAILQ_INIT(&worker->asked);
	worker->serial = ++pool->serial;
	worker->state = WORKER_WELL;
	memcpy(worker->route, route.at, route.length);
	worker->route_size = route.length;
	keep(worker->name, hello->name);
	keep(worker->incarnation, hello->incarnation);
	keep(worker->version, hello->version);
	keep(worker->schema, hello->schema);
	worker->window = at_most(hello->window, WORKER_WINDOW_MOST);
	worker->query_window = at_most(hello->query_window, WORKER_WINDOW_MOST);
	worker->heard_us = now_us;
	worker->told = hello->database == LINK_DATABASE_WELL;
	worker->can_isolate = (hello->skills & LINK_CAN_ISOLATE) != 0;
	worker_database(worker, hello->database);
	TAILQ_INSERT_TAIL(&pool->workers, worker, link);
	pool->count++;
	return worker;
}

void pool_remove(struct pool *pool, struct worker *worker)
{
	assert(worker->holder.held_count == 0);
	assert(TAILQ_EMPTY(&worker->asked));
	TAILQ_REMOVE(&pool->workers, worker, link);
	pool->count--;
	free(worker);
}

void worker_set_state(struct worker *worker, enum worker_state state)
{
	if (worker->state == state)
		return;
	assert(allowed[worker->state][state]);
	worker->state = state;
}

void worker_heard(struct worker *worker, int64_t now_us)
{
	worker->heard_us = now_us;
}

void worker_database(struct worker *worker, enum link_database database)
{
	if (worker->state != WORKER_LEAVING)
		worker_set_state(worker,
		    database == LINK_DATABASE_WELL ? WORKER_WELL : WORKER_AWAY);
}

bool worker_has_room(const struct worker *worker)
{
	return worker->state == WORKER_WELL && !worker->isolating &&
	       worker->events < worker->window;
}

bool pool_is_usable(const struct pool *pool)
{
	const struct worker *w;

	TAILQ_FOREACH (w, &pool->workers, link)
		if (w->state == WORKER_WELL)
			return true;
	return false;
}

struct worker *worker_of(struct holder *holder)
{
	return (struct worker *)holder;
}

static bool has_less_to_do(const struct worker *a, const struct worker *b)
{
	if (a->holder.held_count != b->holder.held_count)
		return a->holder.held_count < b->holder.held_count;
	return a->events < b->events;
}

struct worker *pool_choose(const struct pool *pool, uint32_t home)
{
	struct worker *least = NULL, *old = NULL, *w;

	TAILQ_FOREACH (w, &pool->workers, link) {
		if (!worker_has_room(w))
			continue;
		if (w->serial == home)
			old = w;
		if (least == NULL || has_less_to_do(w, least))
			least = w;
	}
	/* The home holds the stream's head and members in memory; elsewhere all
	 * has to be read again. Only who has far more to do loses a stream. */
	if (old != NULL && old->holder.held_count <=
			       least->holder.held_count +
				   least->holder.held_count / 2 + HOME_SLACK)
		return old;
	return least;
}

struct worker *pool_choose_for_query(const struct pool *pool)
{
	struct worker *least = NULL, *w;

	TAILQ_FOREACH (w, &pool->workers, link) {
		/* What is left of the window is for FETCHes. */
		unsigned most = w->query_window > FETCHES_MOST
				    ? w->query_window - FETCHES_MOST
				    : w->query_window;

		if (w->state == WORKER_WELL && !w->isolating &&
		    w->queries < most &&
		    (least == NULL || w->queries < least->queries))
			least = w;
	}
	return least;
}

struct worker *pool_choose_for_fetch(
    const struct pool *pool, uint32_t other_than)
{
	struct worker *least = NULL, *last = NULL, *w;

	TAILQ_FOREACH (w, &pool->workers, link) {
		if (w->state != WORKER_WELL || w->isolating ||
		    w->fetches >= FETCHES_MOST)
			continue;
		if (w->serial == other_than)
			last = w;
		else if (least == NULL || w->fetches < least->fetches)
			least = w;
	}
	return least != NULL ? least : last;
}

struct worker *pool_silent(struct pool *pool, int64_t dead_us, int64_t now_us)
{
	int64_t pause = now_us - pool->ticked_us;
	struct worker *w;

	if (pool->ticked_us != 0 && pause > PAUSE_US)
		TAILQ_FOREACH (w, &pool->workers, link)
			/* No later than now: some were heard since. */
			w->heard_us = w->heard_us < now_us - pause
					  ? w->heard_us + pause
					  : now_us;
	pool->ticked_us = now_us;
	TAILQ_FOREACH (w, &pool->workers, link)
		if (now_us - w->heard_us > dead_us)
			return w;
	return NULL;
}

/* How many streams it will have when all moves are done. */
static int streams_to_be(const struct pool *pool, const struct worker *worker)
{
	int count =
	    (int)(worker->holder.held_count - worker->holder.moving_count);
	const struct worker *w;
	const struct stream *s;

	TAILQ_FOREACH (w, &pool->workers, link)
		if (w != worker && w->holder.moving_count > 0)
			TAILQ_FOREACH (s, &w->holder.held, held_link)
				count += s->moving_to == worker->serial;
	return count;
}

static bool move_one(
    struct streams *streams, struct worker *from, const struct worker *to)
{
	struct stream *s;

	/* From the end: those that came last lose the least. */
	TAILQ_FOREACH_REVERSE(s, &from->holder.held, stream_list, held_link)
	{
		if (s->moving_to != 0)
			continue;
		stream_move(streams, s, to->serial);
		return true;
	}
	return false;
}

unsigned pool_balance(struct pool *pool, struct streams *streams)
{
	struct worker *most = NULL, *least = NULL, *w;
	unsigned moved = 0;
	int difference;

	TAILQ_FOREACH (w, &pool->workers, link) {
		w->load -= w->load / LOAD_TICKS;
		w->load += w->holder.held_count * LOAD_UNIT / LOAD_TICKS;
		if (w->state != WORKER_WELL)
			continue;
		if (most == NULL || w->load > most->load)
			most = w;
		if (least == NULL || w->load < least->load)
			least = w;
	}
	if (most == NULL || most->load < least->load + 2 * LOAD_UNIT ||
	    most->load - least->load < most->load / UNEVEN)
		return 0;
	difference = streams_to_be(pool, most) - streams_to_be(pool, least);
	while (difference >= 2 && moved < MOVES_AT_ONCE &&
	       move_one(streams, most, least)) {
		difference -= 2;
		moved++;
	}
	return moved;
}
