/* What must hold. Each promise has a name; a mutation is found by one. */
#include <stdlib.h>
#include <string.h>

#include "dispatch.h"
#include "sim.h"
#include "wire.h"

#define AGAIN_MOST   1000 /* of feed.c: published again after a start */
#define FETCHES_MOST 2    /* of pool.c */
#define RING         16384
#define LIVES_MOST   64
#define ROUTES_MOST  20000

/* What creditd has given of a stream, and who has it. */
struct given {
	char route[5];
	int64_t ticket[1024];
	unsigned count;
	int64_t received_us; /* of the newest from a partner */
};
static struct given given[STREAMS_MOST];

/* What it has published of a stream. */
struct published {
	int64_t offset, epoch;
	unsigned life;
	int64_t sent;
};
static struct published published[STREAMS_MOST];
static struct {
	int stream;
	int64_t offset;
} ring[ORGANIZATIONS][RING];
static unsigned ring_in[ORGANIZATIONS], ring_out[ORGANIZATIONS];

char missing[200];
static unsigned lives; /* of creditd */
static int64_t newest_epoch;
static int64_t epochs[LIVES_MOST];
static int64_t ruled[MEMBERS_MOST][LIVES_MOST]; /* received_us of the last */
static struct turn {
	unsigned connection;
	int64_t turn; /* of the last that was committed */
} turns[MEMBERS_MOST][PARTNERS_SIM][LIVES_MOST];
static unsigned short in_flight[ROUTES_MOST];

void promises_begin(void)
{
	memset(given, 0, sizeof(given));
	memset(published, 0, sizeof(published));
	memset(ring_in, 0, sizeof(ring_in));
	memset(ring_out, 0, sizeof(ring_out));
	memset(ruled, 0, sizeof(ruled));
	memset(turns, 0, sizeof(turns));
	lives = 0;
	newest_epoch = 0;
}

void promise_started(void)
{
	promise(creditd_epoch() > newest_epoch, "epoch",
	    "a new creditd has the epoch of an earlier one");
	newest_epoch = creditd_epoch();
	if (lives + 1 == LIVES_MOST)
		broken("simulation", "creditd was started too often");
	epochs[++lives] = creditd_epoch();
	memset(given, 0, sizeof(given));
	memset(ring_in, 0, sizeof(ring_in));
	memset(ring_out, 0, sizeof(ring_out));
	for (int i = 0; i < STREAMS_MOST; i++)
		published[i].sent = 0;
}

/* ---- workers: one owner a stream, in order, within the window */

static bool read_verb(
    struct text frame, struct wire_reader *reader, int64_t *ret)
{
	uint32_t items;

	*reader = wire_reader(frame.at, frame.length);
	return wire_read_array(reader, &items) && wire_read_int(reader, ret);
}

static bool has_worker(const struct given *g)
{
	struct text route = {g->route, sizeof(g->route)};

	return pool_find(&creditd_dispatch()->pool, route) != NULL;
}

void promise_given(struct text route, struct text frame)
{
	struct wire_reader reader;
	int64_t verb, ticket, stream, kind, received_us;
	struct given *g;

	if (!read_verb(frame, &reader, &verb) || verb != LINK_EVENT)
		return;
	if (!wire_read_int(&reader, &ticket) ||
	    !wire_read_int(&reader, &stream) ||
	    !wire_read_int(&reader, &kind) || !wire_skip(&reader, NULL) ||
	    !wire_skip(&reader, NULL) || !wire_read_int(&reader, &received_us))
		broken("link", "an EVENT can't be read");
	g = &given[stream - FIRST_STREAM];
	if (memcmp(g->route, route.at, sizeof(g->route)) != 0) {
		promise(g->count == 0 || !has_worker(g), "one-owner",
		    "stream %lld is given to another worker, %u events of it "
		    "are at the first",
		    (long long)stream, g->count);
		memcpy(g->route, route.at, sizeof(g->route));
		g->count = 0;
		g->received_us = 0;
	}
	if (g->count == sizeof(g->ticket) / sizeof(g->ticket[0]))
		broken("window", "more events at a worker than it takes");
	g->ticket[g->count++] = ticket;
	if (kind != LINK_PARTNER)
		return;
	promise(received_us > g->received_us, "given-in-order",
	    "stream %lld: an older event is given after a newer one",
	    (long long)stream);
	g->received_us = received_us;
	note("give", stream, ticket, net_number(route));
}

static void forget_route(struct text route)
{
	for (int i = 0; i < STREAMS_MOST; i++)
		if (memcmp(given[i].route, route.at, 5) == 0)
			memset(&given[i], 0, sizeof(given[i].route)),
			    given[i].count = 0, given[i].received_us = 0;
}

static void forget_ticket(struct text route, int64_t ticket)
{
	for (int i = 0; i < STREAMS_MOST; i++) {
		struct given *g = &given[i];

		if (g->count == 0 || memcmp(g->route, route.at, 5) != 0)
			continue;
		for (unsigned j = 0; j < g->count; j++)
			if (g->ticket[j] == ticket) {
				g->ticket[j] = g->ticket[--g->count];
				return;
			}
	}
}

void promise_done(struct text route, struct text frame)
{
	struct wire_reader reader;
	int64_t verb, ticket;
	uint32_t answers;

	if (!read_verb(frame, &reader, &verb))
		return;
	if (verb == LINK_HELLO)
		forget_route(route);
	if (verb != LINK_DONE || !wire_read_array(&reader, &answers))
		return;
	while (answers-- > 0) {
		struct text answer;
		struct wire_reader inner;
		uint32_t items;

		if (!wire_skip(&reader, &answer))
			return;
		inner = wire_reader(answer.at, answer.length);
		if (wire_read_array(&inner, &items) &&
		    wire_read_int(&inner, &ticket))
			forget_ticket(route, ticket);
	}
}

/* ---- rows: once, in order, dense */

static unsigned life_of(int64_t epoch)
{
	for (unsigned i = 1; i <= lives; i++)
		if (epochs[i] == epoch)
			return i;
	return 0;
}

/* What one partner said of a member on one connection is committed in the order
 * in which creditd took it. */
static void check_turn(const struct row *row, unsigned life)
{
	const struct said *said = &saids[row->said];
	struct turn *last = &turns[said->member][said->partner][life];
	struct turn turn = {
	    attempt_connection(row->attempt), attempt_turn(row->attempt)};

	promise(turn.connection != last->connection || turn.turn > last->turn,
	    "member-order",
	    "member %s: event %d came before one that is committed",
	    members[said->member].key, row->said);
	*last = turn;
}

void promise_committed(int stream, const struct row *row)
{
	const struct head *head = database_head(stream);
	unsigned life = life_of(row->epoch);
	int64_t *last;

	promise(row->after.seq == head->seq + 1, "dense-seq",
	    "stream %d: seq %lld follows %lld", stream,
	    (long long)row->after.seq, (long long)head->seq);
	promise(row->after.today >= head->today, "dates",
	    "stream %d: its date falls", stream);
	if (row->said < 0)
		return;
	promise(database_said(row->said) == NULL, "exactly-once",
	    "event %d is committed again", row->said);
	promise(saids[row->said].content == row->id, "exactly-once",
	    "event %d is committed with other content", row->said);
	promise(head->today >= row->received_on || database_was_restored(),
	    "day-first", "stream %d: an event of day %d comes before the day",
	    stream, (int)row->received_on);
	/* Who was told UNAVAILABLE was told that nothing is known. */
	if (attempt_fate(row->attempt) == FATE_UNAVAILABLE)
		return;
	promise(attempt_fate(row->attempt) != FATE_REFUSED ||
		    attempt_taken_times(row->attempt) > 1,
	    "refused-is-not-stored", "event %d was refused, and is stored",
	    row->said);
	last = &ruled[saids[row->said].member][life];
	promise(row->received_us > *last, "member-order",
	    "member %s: event %d was taken before one that is committed",
	    members[saids[row->said].member].key, row->said);
	*last = row->received_us;
	if (attempt_taken_times(row->attempt) == 1)
		check_turn(row, life);
}

void promise_restored(void)
{
	memset(ruled, 0, sizeof(ruled));
	memset(turns, 0, sizeof(turns));
	partners_restored();
}

/* ---- the feed: in order, without holes, true */

void promise_published(
    unsigned organization, struct text topic, struct text body, int64_t epoch)
{
	struct message_body message;
	struct published *p;
	int stream;

	if (epoch > newest_epoch)
		newest_epoch = epoch;
	if (is_heads(topic))
		return;
	memcpy(&message, body.at, sizeof(message));
	stream = message.stream - FIRST_STREAM;
	p = &published[stream];
	note("publish", message.stream, message.offset, 0);
	promise(database_ever(stream, message.offset, message.chain),
	    "feed-true", "stream %d: message %lld was never committed", stream,
	    (long long)message.offset);
	if (p->life != lives)
		promise(message.offset == 1 ||
			    database_head(stream)->offset > AGAIN_MOST ||
			    database_was_restored(),
		    "feed-again", "stream %d begins with message %lld", stream,
		    (long long)message.offset);
	else
		promise(message.offset == p->offset + 1 ||
			    (p->epoch != epoch && message.offset <= p->offset),
		    "feed-order",
		    "stream %d: message %lld follows %lld in one epoch", stream,
		    (long long)message.offset, (long long)p->offset);
	*p = (struct published){message.offset, epoch, lives, p->sent};
	ring[organization][ring_in[organization] % RING].stream = stream;
	ring[organization][ring_in[organization]++ % RING].offset =
	    message.offset;
}

static void check_head(void *arg, const struct position *head)
{
	int64_t sent = published[head->stream - FIRST_STREAM].sent;

	(void)arg;
	promise(head->offset == sent, "feed-heads",
	    "stream %d: heads say %lld, the feed has %lld", head->stream,
	    (long long)head->offset, (long long)sent);
}

void promise_sent(unsigned organization, struct text topic, struct text body)
{
	struct message_body message;
	unsigned out = ring_out[organization];
	int64_t epoch;

	if (is_heads(topic)) {
		(void)!heads_read(body, &epoch, check_head, NULL);
		return;
	}
	memcpy(&message, body.at, sizeof(message));
	promise(out != ring_in[organization] &&
		    ring[organization][out % RING].stream + FIRST_STREAM ==
			message.stream &&
		    ring[organization][out % RING].offset == message.offset,
	    "feed-order", "stream %d: message %lld leaves out of turn",
	    message.stream, (long long)message.offset);
	ring_out[organization]++;
	published[message.stream - FIRST_STREAM].sent = message.offset;
}

bool promise_feed_is_complete(void)
{
	for (int i = 0; i < STREAMS_MOST; i++) {
		int64_t head = database_head(i)->offset;

		if (head == 0 ||
		    (published[i].life == lives && published[i].offset == head))
			continue;
		snprintf(missing, sizeof(missing),
		    "stream %d: published %lld of %lld", i,
		    (long long)published[i].offset, (long long)head);
		return false;
	}
	return true;
}

/* ---- creditd's books: bounded, and one with each other */

static unsigned given_to(const struct worker *worker)
{
	unsigned count = 0;

	for (int i = 0; i < STREAMS_MOST; i++)
		if (given[i].count > 0 &&
		    memcmp(given[i].route, worker->route, 5) == 0)
			count += given[i].count;
	return count;
}

static void check_worker(const struct dispatch *d, const struct worker *w)
{
	struct text route = {w->route, w->route_size};
	int64_t silent_us = sim.now_us - net_heard_us(route);

	promise(w->events <= w->window, "window",
	    "%s has %u events, its window is %u", w->name, w->events,
	    w->window);
	promise(w->queries <= w->query_window && w->fetches <= FETCHES_MOST,
	    "window", "%s has %u queries and %u fetches", w->name, w->queries,
	    w->fetches);
	promise(given_to(w) == w->events, "counters",
	    "%s has %u events, creditd counts %u", w->name, given_to(w),
	    w->events);
	if (sim.now_us - creditd_steady_since_us() >
	    d->limits.dead_us + 2 * SECOND)
		promise(silent_us < d->limits.dead_us + 700 * MS,
		    "silent-is-lost", "%s was silent for %lld ms", w->name,
		    (long long)(silent_us / MS));
}

/* Each partner's share, from the flights themselves. */
static void check_flights(const struct dispatch *d)
{
	size_t events = 0, bytes = 0;

	memset(in_flight, 0, sizeof(in_flight));
	for (size_t i = 0; i < d->flights.chunk_count; i++)
		for (size_t j = 0; j < 1024; j++) {
			const struct flight *f = &d->flights.chunks[i][j];
			unsigned number;

			if (f->state == FLIGHT_FREE)
				continue;
			events++;
			bytes += f->store_size;
			if (f->partner == NULL)
				continue;
			number = net_number(f->request.route);
			promise(++in_flight[number] <=
				    d->limits.in_flight_per_partner,
			    "bounds", "a partner has more than %u in flight",
			    d->limits.in_flight_per_partner);
		}
	promise(events == d->flights.in_flight + d->flights.system &&
		    bytes == d->flights.bytes,
	    "counters", "%zu flights of %zu bytes are not what is counted",
	    events, bytes);
}

void promise_turn(bool deep)
{
	const struct dispatch *d = creditd_dispatch();
	const struct worker *w;
	size_t queries = d->queries_waiting;

	promise(d->flights.in_flight <= d->limits.in_flight, "bounds",
	    "%zu in flight, at most %u", d->flights.in_flight,
	    d->limits.in_flight);
	promise(
	    d->flights.bytes < d->limits.bytes + 4096 + 200 * d->flights.system,
	    "bounds", "%zu bytes in flight", d->flights.bytes);
	TAILQ_FOREACH (w, &d->pool.workers, link) {
		queries += w->queries;
		if (deep)
			check_worker(d, w);
	}
	promise(queries + d->streams.waiting + d->streams.at_worker ==
		    d->flights.in_flight + d->flights.system,
	    "counters", "%zu wait, %zu are at workers, %zu queries",
	    d->streams.waiting, d->streams.at_worker, queries);
	if (deep)
		check_flights(d);
}

/* ---- in the end */

static bool calendar_is_done(void)
{
	int last = (int)sim.scale.organizations * STREAM_BUCKETS;

	for (int i = 0; i < last; i++) {
		const struct head *head = database_head(i);

		if (head->today == sim.today && head->due == 0 &&
		    head->rules == sim.revision)
			continue;
		snprintf(missing, sizeof(missing),
		    "stream %d: day %d, not %d; %u are due; program %d, not %d",
		    i, (int)head->today, (int)sim.today, head->due,
		    (int)head->rules, (int)sim.revision);
		return false;
	}
	return true;
}

bool promise_all_is_done(const char **why)
{
	static const struct {
		const char *name;
		bool (*is_done)(void);
	} parts[] = {
	    {"liveness", partners_are_done},
	    {"control", operator_is_done},
	    {"calendar", calendar_is_done},
	    {"feed-complete", promise_feed_is_complete},
	    {"converged", subscribers_have_all},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		*why = parts[i].name;
		missing[0] = '\0';
		if (!parts[i].is_done())
			return false;
	}
	return true;
}

void promise_end(void)
{
	partners_check_end();
	subscribers_check_end();
}
