/* Which event brings workers down?
 *
 *  1. Each loss of a worker counts for all events that it had (losses). After
 *     the first they go to others like any: workers are mostly lost for other
 *     reasons, and nobody shall wait for that. After the second they are
 *     suspects: their streams stand still, and only what follows gives them.
 *  2. One worker is freed of all else, and tries suspects: half of those that
 *     were lost most often, in order of their streams; few of them one by one,
 *     for a try costs a few milliseconds and a lost worker a restart. What is
 *     answered was innocent. What is lost once more is fewer than before.
 *  3. Who is tried alone is acknowledged first (TAKEN, BEGIN). If the worker is
 *     lost then, and another that was there all the time is well some time
 *     later, it is a strike. Where all go at once, it is none.
 *  4. After three strikes it is given once more, to be stored undecoded
 *     (SET_ASIDE), and the stream goes on. A system event is put off instead,
 *     a redrive given up.
 *
 * In each stream the suspects come first, and those lost most often before the
 * others: what is given is always taken from the head. */
#include "dispatch.h"

#include <inttypes.h>

#include "log.h"

#define FEW 32 /* suspects that are tried one by one */
/* With a single worker left, others may be on their way back. */
#define LAST_WORKER_US INT64_C(5000000)
#define PROOF_PART     4 /* of dead_us: who beats so much later was well */

static int64_t proof_us(const struct dispatch *d)
{
	return d->limits.dead_us / PROOF_PART;
}

/* ---- verdicts */

static void put_off(struct dispatch *d, struct flight *flight)
{
	log_error("stream=%" PRId32 " event=%s brings workers down; it is put "
		  "off",
	    flight->stream->number, event_type_name(flight->type));
	stream_remove(&d->streams, flight->stream, flight);
	if (flight->type == EVENT_REDRIVE)
		dispatch_end_redrive(d, flight, NULL);
	else
		calendar_put_off(&d->calendar, flight, d->now_us);
}

static void strike(struct dispatch *d)
{
	struct flight *flight = flight_find(&d->flights, d->isolation.doubt);

	d->isolation.doubt = 0;
	if (flight == NULL || flight->state != FLIGHT_WAITING)
		return;
	flight->strikes++;
	d->stats.strikes++;
	log_warn("stream=%" PRId32 " ticket=%" PRId64 " strikes=%u: a worker "
		 "was lost that had nothing else",
	    flight->stream->number, flight->ticket, flight->strikes);
	if (flight->strikes == FLIGHT_STRIKES_MOST &&
	    flight->kind == FLIGHT_SYSTEM)
		put_off(d, flight);
}

static void let_off(struct dispatch *d, const char *why)
{
	log_info("ticket=%" PRId64 " no strike: %s", d->isolation.doubt, why);
	d->isolation.doubt = 0;
}

static bool has_witness(
    const struct dispatch *d, const struct worker *other_than)
{
	const struct worker *w;

	TAILQ_FOREACH (w, &d->pool.workers, link)
		if (w != other_than && w->serial <= d->isolation.witnesses)
			return true;
	return false;
}

/* ---- what workers do */

/* The loss counts for all that it had. Returns the last of these, or NULL. */
static struct flight *count_losses(const struct worker *worker)
{
	const struct stream *stream;
	struct flight *last = NULL;

	TAILQ_FOREACH (stream, &worker->holder.held, held_link) {
		struct flight *flight = TAILQ_FIRST(&stream->sent);

		for (; flight != NULL; flight = TAILQ_NEXT(flight, link)) {
			flight->losses++;
			last = flight;
		}
	}
	return last;
}

static void doubt(struct dispatch *d, const struct worker *worker,
    const struct flight *flight)
{
	struct isolation *isolation = &d->isolation;
	bool was_last = d->pool.count == 1;

	/* The one before it went just now, and it was not heard since. */
	if (was_last && isolation->lost_us != 0 &&
	    worker->heard_us <= isolation->lost_us &&
	    d->now_us - isolation->lost_us < proof_us(d))
		return;
	isolation->doubt = flight->ticket;
	isolation->since_us = d->now_us;
	isolation->was_last = was_last;
	isolation->witnesses = d->pool.serial;
}

void isolate_lost(struct dispatch *d, const struct worker *worker)
{
	struct isolation *isolation = &d->isolation;
	const struct flight *flight;

	if (isolation->doubt != 0 && !isolation->was_last &&
	    !has_witness(d, worker))
		let_off(d, "all other workers were lost as well");
	if (worker->state == WORKER_WELL && !worker->lives) {
		flight = count_losses(worker);
		if (flight != NULL && worker->events == 1 && flight->taken &&
		    flight->strikes < FLIGHT_STRIKES_MOST)
			doubt(d, worker, flight);
		isolation->lost_us = d->now_us;
	}
	if (isolation->worker == worker->serial)
		isolation->worker = 0;
}

void isolate_heard(struct dispatch *d, const struct worker *worker)
{
	const struct isolation *isolation = &d->isolation;

	if (isolation->doubt == 0 || isolation->was_last ||
	    worker->serial > isolation->witnesses ||
	    d->now_us - isolation->since_us < proof_us(d))
		return;
	if (worker->state == WORKER_AWAY)
		let_off(d, "the database is away");
	else
		strike(d);
}

void isolate_hello(struct dispatch *d, const struct worker *worker)
{
	if (d->pool.count > d->isolation.workers)
		d->isolation.workers = d->pool.count;
	if (d->isolation.doubt == 0 || !d->isolation.was_last)
		return;
	if (worker->state == WORKER_AWAY)
		let_off(d, "the database is away");
	else
		strike(d);
}

bool dispatch_taken(struct dispatch *d, struct worker *worker, int64_t ticket)
{
	struct flight *flight = flight_find(&d->flights, ticket);

	if (flight == NULL || flight->worker != worker || !flight->trial)
		return false;
	flight->taken = true;
	return true;
}

/* ---- trials */

/* A worker that is well, knows how, and has least to do. */
static struct worker *choose(const struct dispatch *d)
{
	struct worker *best = NULL, *w;
	unsigned well = 0;

	TAILQ_FOREACH (w, &d->pool.workers, link) {
		if (w->state != WORKER_WELL)
			continue;
		well++;
		if (best == NULL || w->can_isolate > best->can_isolate ||
		    (w->can_isolate == best->can_isolate &&
			w->events < best->events))
			best = w;
	}
	if (well == 1 && d->isolation.workers > 1 &&
	    d->now_us - d->isolation.lost_us < LAST_WORKER_US)
		return NULL;
	return best;
}

static struct worker *isolator(struct dispatch *d)
{
	struct isolation *isolation = &d->isolation;
	struct worker *worker = pool_find_serial(&d->pool, isolation->worker);

	if (worker != NULL && worker->state != WORKER_WELL) {
		worker->isolating = false;
		worker = NULL;
	}
	if (worker == NULL)
		worker = choose(d);
	isolation->worker = worker != NULL ? worker->serial : 0;
	if (worker != NULL)
		worker->isolating = true;
	return worker;
}

static void stop(struct dispatch *d)
{
	struct worker *worker = pool_find_serial(&d->pool, d->isolation.worker);

	if (worker != NULL)
		worker->isolating = false;
	d->isolation.worker = 0;
}

/* How often those were lost that were lost most often. */
static unsigned most_losses(const struct dispatch *d)
{
	const struct stream *stream;
	unsigned most = 0;

	TAILQ_FOREACH (stream, &d->streams.suspect, ready_link)
		if (stream_suspect(stream)->losses > most)
			most = stream_suspect(stream)->losses;
	return most;
}

static size_t count_of(const struct dispatch *d, unsigned losses)
{
	const struct stream *stream;
	const struct flight *flight;
	size_t count = 0;

	TAILQ_FOREACH (stream, &d->streams.suspect, ready_link) {
		TAILQ_FOREACH (flight, &stream->lane[LANE_NORMAL], link) {
			if (flight->losses != losses)
				break;
			count++;
		}
	}
	return count;
}

static bool give_suspect(struct dispatch *d, struct stream *stream,
    struct worker *worker, bool alone)
{
	struct flight *flight = stream_suspect(stream);

	flight->trial = alone;
	flight->taken = false;
	if (d->out.give(d->out.arg, worker, flight) < 0)
		return false;
	flight->worker = worker;
	flight->heads_seen = stream->dates.heads_seen;
	stream->home = worker->serial;
	stream_give(&d->streams, stream, flight, &worker->holder);
	worker->events++;
	return true;
}

/* Gives `count` of those that were lost so often. */
static bool try(
    struct dispatch *d, struct worker *worker, unsigned losses, size_t count)
{
	bool alone = count == 1;
	struct stream *stream, *next;

	d->stats.trials++;
	for (stream = TAILQ_FIRST(&d->streams.suspect);
	     stream != NULL && count > 0; stream = next) {
		next = TAILQ_NEXT(stream, ready_link);
		for (; count > 0; count--) {
			const struct flight *first = stream_suspect(stream);

			if (first == NULL || first->losses != losses)
				break;
			if (give_suspect(d, stream, worker, alone))
				continue;
			dispatch_lose(d, worker, "its connection is gone");
			return false;
		}
	}
	return true;
}

bool dispatch_isolate(struct dispatch *d)
{
	struct worker *worker;
	unsigned losses;
	size_t count;

	if (TAILQ_EMPTY(&d->streams.suspect)) {
		worker = pool_find_serial(&d->pool, d->isolation.worker);
		if (worker != NULL && worker->events == 0)
			stop(d);
		return true;
	}
	if (d->isolation.doubt != 0)
		return true;
	worker = isolator(d);
	if (worker == NULL || worker->events > 0 || worker->queries > 0 ||
	    worker->fetches > 0)
		return true;
	losses = most_losses(d);
	count = count_of(d, losses);
	count = count <= FEW ? 1 : (count + 1) / 2;
	if (count > worker->window)
		count = worker->window;
	return try(d, worker, losses, count);
}
