/* The journey of an event through the daemon, on one page. */
#include "dispatch.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "log.h"

#define GRACE_US          INT64_C(1000000) /* events wait so long for a first worker */
#define QUERIES_MOST      4096             /* that wait for a worker */
#define QUANTUM           64               /* events of a stream in a row */
#define TURN_MOST         1024             /* events given in one turn */
#define QUERY_COST        4096             /* beside the bytes of its answer */
#define UNAVAILABLE_MS    1000
#define QUERY_LOSSES_MOST 3  /* then UNAVAILABLE */
#define DEAF_FACTOR       10 /* BUSYs in ten seconds, in limits' worth */

void dispatch_open_feed(void *arg, struct organization *organization)
{
	struct dispatch *d = arg;

	feed_open(&d->feed, organization);
	d->out.opened(d->out.arg, organization);
}

void dispatch_init(struct dispatch *d, const struct dispatch_limits *limits,
    const struct dispatch_out *out, struct clock *clock, int64_t epoch)
{
	*d = (struct dispatch){.limits = *limits, .out = *out, .clock = clock};
	directory_init(&d->directory);
	flights_init(&d->flights);
	streams_init(&d->streams);
	pool_init(&d->pool);
	partners_init(&d->partners);
	d->reply = (struct reply){
	    .send = out->reply, .arg = out->arg, .stats = &d->stats};
	calendar_init(
	    &d->calendar, clock, &d->directory, &d->flights, &d->streams);
	feed_init(&d->feed, &out->feed, &d->stats, epoch);
	control_init(&d->control, &d->reply, &d->calendar, &d->directory);
	d->control.opened = dispatch_open_feed;
	d->control.arg = d;
}

void dispatch_fini(struct dispatch *d)
{
	control_fini(&d->control);
	feed_fini(&d->feed);
	calendar_fini(&d->calendar);
	pool_fini(&d->pool);
	flights_fini(&d->flights);
	partners_fini(&d->partners);
	directory_fini(&d->directory);
	reply_fini(&d->reply);
}

/* ---- 1. in: is it for us, and is there room? */

static bool is_served(struct dispatch *d, const struct request *request,
    int64_t now_us, struct organization **ret)
{
	struct refusal why;

	if (!d->ready)
		refusal_say(&why, REFUSAL_UNAVAILABLE, UNAVAILABLE_MS,
		    "no worker has said hello yet");
	else if ((*ret = directory_find(
		      &d->directory, request->organization)) == NULL)
		refusal_say(&why, REFUSAL_MALFORMED, 0,
		    "frame 4 (key): organization '%.*s' is not served here",
		    TEXT_ARGS(request->organization));
	else if (d->unusable_us != 0 && now_us - d->unusable_us > GRACE_US)
		refusal_say(&why, REFUSAL_UNAVAILABLE, UNAVAILABLE_MS,
		    "workers or their database are away");
	else
		return true;
	reply_refusal(&d->reply, request, &why);
	return false;
}

static void refuse_busy(
    struct dispatch *d, const struct request *request, int64_t now_us)
{
	unsigned retry_ms;
	bool deaf = partner_is_deaf(&d->partners, request,
	    d->limits.in_flight_per_partner * DEAF_FACTOR, now_us, &retry_ms);

	reply_refuse(&d->reply, request, REFUSAL_BUSY, retry_ms,
	    "too much is in flight; wait and send it again");
	if (!deaf)
		return;
	d->stats.partners_cut++;
	d->out.cut(d->out.arg, request);
}

static size_t left(size_t most, size_t used)
{
	return used < most ? most - used : 0;
}

/* A flight that is counted and has its deadline; NULL: it was told BUSY. */
static struct flight *admit(struct dispatch *d, const struct request *request,
    enum flight_kind kind, int64_t now_us)
{
	const struct partner_room room = {.query = kind == FLIGHT_QUERY,
	    .most = d->limits.in_flight_per_partner,
	    .free = left(d->limits.in_flight, d->flights.in_flight),
	    .queries = QUERIES_MOST,
	    .free_queries = left(QUERIES_MOST, d->queries_waiting),
	    .most_bytes = d->limits.bytes_per_partner,
	    .free_bytes = left(d->limits.bytes, d->flights.bytes)};
	size_t size = request_size(request);
	struct partner *partner =
	    partner_enter(&d->partners, request, size, &room);
	struct flight *flight = NULL;

	if (partner != NULL)
		flight = flight_take(&d->flights, kind, request);
	if (flight == NULL) {
		partner_leave(&d->partners, partner, room.query, size);
		refuse_busy(d, request, now_us);
		return NULL;
	}
	flight->partner = partner;
	flight->received_us = clock_received_us(d->clock);
	flight_expect(&d->flights, flight, now_us + d->limits.answer_us);
	return flight;
}

/* It counts for its partner no more. */
static void uncount(struct dispatch *d, struct flight *flight)
{
	partner_leave(&d->partners, flight->partner,
	    flight->kind == FLIGHT_QUERY, flight->store_size);
	flight->partner = NULL;
}

void dispatch_release(struct dispatch *d, struct flight *flight)
{
	uncount(d, flight);
	flight_free(&d->flights, flight);
}

static void submit(
    struct dispatch *d, const struct request *request, int64_t now_us)
{
	struct organization *organization;
	struct stream *stream;
	struct flight *flight;

	if (!is_served(d, request, now_us, &organization))
		return;
	flight = admit(d, request, FLIGHT_EVENT, now_us);
	if (flight == NULL)
		return;
	flight->received_on =
	    calendar_date(&d->calendar, organization, flight->received_us);
	stream = &organization->streams[stream_of(0, request->key)];
	if (!calendar_before(&d->calendar, stream, flight->received_on)) {
		dispatch_release(d, flight);
		refuse_busy(d, request, now_us);
		return;
	}
	stream_push(&d->streams, stream, flight);
	d->stats.submits++;
}

static void query(
    struct dispatch *d, const struct request *request, int64_t now_us)
{
	struct organization *organization;
	struct flight *flight;

	if (!is_served(d, request, now_us, &organization))
		return;
	flight = admit(d, request, FLIGHT_QUERY, now_us);
	if (flight == NULL)
		return;
	flight->received_on =
	    calendar_date(&d->calendar, organization, flight->received_us);
	fair_push(&d->queries, &d->query_time,
	    partner_place(flight->partner, true), flight, QUERY_COST);
	d->queries_waiting++;
	d->stats.queries++;
}

/* A query without a key is about creditd itself. */
static void query_local(struct dispatch *d, const struct request *request)
{
	static const struct wire_limits limits = {
	    .depth = 8, .elements = 64, .partner = true};
	static const char *const known[] = {"feeds", "status"};
	const char *wrong =
	    wire_check(request->body.at, request->body.length, &limits);
	struct wire_reader reader;
	struct text what;
	uint32_t pairs;

	if (wrong != NULL) {
		reply_refuse(&d->reply, request, REFUSAL_MALFORMED, 0,
		    "body: %s", wrong);
		return;
	}
	if (!wire_find(request->body, "query", &reader) ||
	    !wire_read_text(&reader, &what)) {
		reply_refuse(&d->reply, request, REFUSAL_MALFORMED, 0,
		    "query: expected the name of a query");
		return;
	}
	reader = wire_reader(request->body.at, request->body.length);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!text_is(what, known[i]))
			continue;
		if (wire_read_map(&reader, &pairs) && pairs == 1) {
			d->stats.queries++;
			d->out.local(d->out.arg, request, known[i]);
		} else {
			reply_refuse(&d->reply, request, REFUSAL_MALFORMED, 0,
			    "body: query '%s' has no other keys", known[i]);
		}
		return;
	}
	reply_refuse(&d->reply, request, REFUSAL_MALFORMED, 0,
	    "frame 4 (key) is empty: expected the member or organization that "
	    "query '%.*s' is about",
	    what.length < 32 ? (int)what.length : 32, what.at);
}

static void ping(struct dispatch *d, const struct request *request)
{
	d->stats.pings++;
	d->out.local(d->out.arg, request, "ping");
}

void dispatch_request(
    struct dispatch *d, const struct request *request, int64_t now_us)
{
	switch (request->verb) {
	case REQUEST_SUBMIT:
		submit(d, request, now_us);
		break;
	case REQUEST_QUERY:
		if (request->organization.at != NULL)
			query(d, request, now_us);
		else
			query_local(d, request);
		break;
	case REQUEST_PING:
		ping(d, request);
		break;
	case REQUEST_CONTROL:
		d->stats.controls++;
		if (!control_request(&d->control, request, now_us))
			d->out.local(d->out.arg, request, "status");
		break;
	}
}

/* ---- 2. on: to a worker, within its window */

/* Gives up to QUANTUM events of the stream. False: the worker is lost. */
static bool give_stream(struct dispatch *d, struct stream *stream,
    struct worker *worker, unsigned *given)
{
	for (unsigned i = 0; i < QUANTUM && worker_has_room(worker); i++) {
		struct flight *flight = stream_next(stream);

		if (flight == NULL || flight_is_suspect(flight))
			break;
		flight->trial = false;
		if (flight->kind == FLIGHT_EVENT && !flight->stamped)
			flight->received_us = clock_received_us(d->clock);
		if (d->out.give(d->out.arg, worker, flight) < 0)
			return false;
		flight->stamped = true;
		flight->worker = worker;
		flight->heads_seen = stream->dates.heads_seen;
		if (stream->holder == NULL)
			stream->home = worker->serial;
		stream_give(&d->streams, stream, flight, &worker->holder);
		worker->events++;
		(*given)++;
	}
	if (stream->state == STREAM_FED)
		stream_rotate(&d->streams, stream);
	return true;
}

/* Streams that no worker has. False: a worker was lost on the way. */
static bool give_ready(struct dispatch *d, unsigned *given)
{
	struct stream *stream;

	while (*given < TURN_MOST &&
	       (stream = TAILQ_FIRST(&d->streams.ready)) != NULL) {
		struct worker *worker = pool_choose(&d->pool, stream->home);

		if (worker == NULL)
			break;
		if (give_stream(d, stream, worker, given))
			continue;
		dispatch_lose(d, worker, "its connection is gone");
		return false;
	}
	return true;
}

/* Streams that have more for the worker that has them. */
static bool give_fed(struct dispatch *d, unsigned *given)
{
	struct worker *worker;
	struct stream *stream;

	TAILQ_FOREACH (worker, &d->pool.workers, link) {
		while (*given < TURN_MOST && worker_has_room(worker) &&
		       (stream = TAILQ_FIRST(&worker->holder.ready)) != NULL) {
			if (give_stream(d, stream, worker, given))
				continue;
			dispatch_lose(d, worker, "its connection is gone");
			return false;
		}
	}
	return true;
}

static bool give_queries(struct dispatch *d)
{
	struct flight *flight;

	while ((flight = fair_first(&d->queries)) != NULL) {
		struct worker *worker = pool_choose_for_query(&d->pool);

		if (worker == NULL)
			break;
		if (d->out.give(d->out.arg, worker, flight) < 0) {
			dispatch_lose(d, worker, "its connection is gone");
			return false;
		}
		fair_take(&d->queries, &d->query_time, flight);
		d->queries_waiting--;
		flight_set_state(flight, FLIGHT_SENT);
		flight->worker = worker;
		TAILQ_INSERT_TAIL(&worker->asked, flight, link);
		worker->queries++;
	}
	return true;
}

bool dispatch_turn(struct dispatch *d, int64_t now_us)
{
	bool usable = pool_is_usable(&d->pool);
	unsigned given = 0;
	bool fine;

	d->now_us = now_us;
	if (usable)
		d->unusable_us = 0;
	else if (d->unusable_us == 0)
		d->unusable_us = now_us;
	fine = give_ready(d, &given) && give_fed(d, &given) &&
	       give_queries(d) && dispatch_isolate(d);
	feed_turn(&d->feed, &d->pool, now_us);
	control_turn(&d->control, usable, d->ready, now_us);
	return !fine || given >= TURN_MOST;
}

/* ---- 3. out: the worker's answer, to the partner */

static void count_refusal(
    struct dispatch *d, const struct flight *flight, struct text body)
{
	struct wire_reader reader;
	struct text code;

	if (!wire_find(body, "code", &reader) ||
	    !wire_read_text(&reader, &code) || !text_is(code, "QUARANTINED"))
		return;
	d->stats.refused_quarantined++;
	if (flight->strikes < FLIGHT_STRIKES_MOST)
		return;
	d->stats.set_aside++;
	log_error("stream=%" PRId32 " ticket=%" PRId64 " strikes=%u an event "
		  "that brings workers down is set aside; see creditctl "
		  "quarantine list",
	    flight->stream->number, flight->ticket, flight->strikes);
}

static void answer_partner(struct dispatch *d, const struct flight *flight,
    const struct worker_answer *answer)
{
	enum reply_verb verb = answer->verb == LINK_RESULT   ? REPLY_RESULT
			       : answer->verb == LINK_ANSWER ? REPLY_ANSWER
							     : REPLY_REFUSED;

	d->stats.refused_by_workers += verb == REPLY_REFUSED;
	if (verb == REPLY_REFUSED)
		count_refusal(d, flight, answer->body);
	if (flight->state == FLIGHT_GIVEN_UP || flight->orphan) {
		d->stats.answers_late++;
		return;
	}
	reply_send(&d->reply, &flight->request, verb, answer->body);
}

static void settle_system(struct dispatch *d, struct flight *flight,
    const struct worker_answer *answer, int64_t now_us)
{
	uint32_t control = flight->control;

	if (flight->type == EVENT_REDRIVE) {
		dispatch_end_redrive(d, flight, answer);
		return;
	}
	if (answer->verb == LINK_REFUSED) {
		log_warn("stream=%" PRId32 " worker=%s turned a system event "
			 "down; it comes again",
		    flight->stream->number, flight->worker->name);
		calendar_turned_down(&d->calendar, flight, now_us);
		return;
	}
	calendar_settled(&d->calendar, flight);
	d->stats.system_events++;
	dispatch_release(d, flight);
	control_settled(&d->control, control, now_us);
}

/* The operator who waits hears how it ended. */
void dispatch_end_redrive(struct dispatch *d, struct flight *flight,
    const struct worker_answer *answer)
{
	d->stats.redriven += answer != NULL && answer->verb != LINK_REFUSED;
	control_redriven(&d->control, flight->control,
	    answer != NULL ? &answer->body : NULL,
	    answer != NULL && answer->verb != LINK_REFUSED);
	dispatch_release(d, flight);
}

void dispatch_answer(struct dispatch *d, struct worker *worker,
    const struct worker_answer *answer, int64_t now_us)
{
	struct flight *flight = flight_find(&d->flights, answer->ticket);

	if (flight == NULL || flight->worker != worker) {
		d->stats.answers_late++;
		return;
	}
	if (flight->kind == FLIGHT_QUERY) {
		TAILQ_REMOVE(&worker->asked, flight, link);
		worker->queries--;
	} else {
		stream_remove(&d->streams, flight->stream, flight);
		worker->events--;
	}
	if (flight->kind == FLIGHT_SYSTEM) {
		settle_system(d, flight, answer, now_us);
		return;
	}
	answer_partner(d, flight, answer);
	if (flight->kind == FLIGHT_QUERY && flight->partner != NULL)
		fair_charge(
		    partner_place(flight->partner, true), answer->body.length);
	dispatch_release(d, flight);
}

/* ---- 4. when things go wrong: time runs out, a worker is lost */

static void refuse_late(struct dispatch *d, const struct flight *flight)
{
	d->stats.expired++;
	reply_refuse(&d->reply, &flight->request, REFUSAL_UNAVAILABLE,
	    UNAVAILABLE_MS,
	    "no answer in time; it is not known whether it was "
	    "stored: send it again with the same id");
}

/* The partner is told; what a worker has stays where it is until the worker
 * answers or is lost, so that its stream keeps its order. */
static void expire(struct dispatch *d, struct flight *flight)
{
	bool suspect = flight->kind == FLIGHT_EVENT && flight->losses > 0;

	refuse_late(d, flight);
	if (flight->state == FLIGHT_WAITING &&
	    (flight->kind == FLIGHT_QUERY || !flight_is_suspect(flight))) {
		if (flight->kind == FLIGHT_QUERY) {
			fair_remove(&d->queries, flight);
			d->queries_waiting--;
		} else {
			stream_remove(&d->streams, flight->stream, flight);
		}
		dispatch_release(d, flight);
		return;
	}
	flight_forgive(&d->flights, flight);
	uncount(d, flight);
	if (flight->state != FLIGHT_WAITING)
		flight_set_state(flight, FLIGHT_GIVEN_UP);
	if (suspect)
		flight_orphan(&d->flights, flight);
	else
		flight_drop_text(&d->flights, flight);
}

static void drop_given_up(struct dispatch *d, struct flight_list *list)
{
	struct flight *flight, *next;

	for (flight = TAILQ_FIRST(list); flight != NULL; flight = next) {
		next = TAILQ_NEXT(flight, link);
		if (flight->state != FLIGHT_GIVEN_UP || flight->orphan)
			continue;
		if (flight->kind == FLIGHT_QUERY)
			TAILQ_REMOVE(list, flight, link);
		else
			stream_remove(&d->streams, flight->stream, flight);
		dispatch_release(d, flight);
	}
}

static void take_queries_back(struct dispatch *d, struct worker *worker)
{
	struct flight *flight;

	drop_given_up(d, &worker->asked);
	while ((flight = TAILQ_LAST(&worker->asked, flight_list)) != NULL) {
		TAILQ_REMOVE(&worker->asked, flight, link);
		flight_set_state(flight, FLIGHT_WAITING);
		flight->worker = NULL;
		fair_return(&d->queries, flight);
		d->queries_waiting++;
		if (++flight->losses == QUERY_LOSSES_MOST)
			expire(d, flight); /* it may be the cause */
	}
}

void dispatch_lose(struct dispatch *d, struct worker *worker, const char *why)
{
	size_t taken_back = 0;
	struct stream *stream;

	isolate_lost(d, worker);
	while ((stream = TAILQ_FIRST(&worker->holder.held)) != NULL) {
		drop_given_up(d, &stream->sent);
		taken_back += stream_reclaim(&d->streams, stream);
	}
	take_queries_back(d, worker);
	feed_lost(&d->feed, worker);
	if (worker->state == WORKER_LEAVING && taken_back == 0) {
		log_info("worker=%s has left", worker->name);
		pool_remove(&d->pool, worker);
		return;
	}
	d->stats.workers_lost++;
	d->stats.events_requeued += taken_back;
	log_warn("worker=%s incarnation=%s lost: %s; events=%zu go to others",
	    worker->name, worker->incarnation, why, taken_back);
	pool_remove(&d->pool, worker);
}

void dispatch_tick(struct dispatch *d, int64_t now_us)
{
	struct worker *worker;
	struct flight *flight;

	d->now_us = now_us;
	while (
	    (worker = pool_silent(&d->pool, d->limits.dead_us, now_us)) != NULL)
		dispatch_lose(d, worker, "it is silent");
	while ((flight = flight_expired(&d->flights, now_us)) != NULL)
		expire(d, flight);
	partners_tick(&d->partners, now_us);
	if (d->ready)
		calendar_tick(&d->calendar, now_us);
	d->stats.streams_moved += pool_balance(&d->pool, &d->streams);
}

bool dispatch_is_empty(const struct dispatch *d)
{
	return d->flights.in_flight == d->flights.orphans;
}

void dispatch_refuse_all(struct dispatch *d)
{
	struct flight *flight;

	while ((flight = flight_expired(&d->flights, INT64_MAX - 1)) != NULL)
		expire(d, flight);
}
