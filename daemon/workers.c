/* The workers' ROUTER: reads and writes the link (common/link.h). */
#include "workers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "clock.h"
#include "link.h"

#define BUDGET       64
#define LOG_BURST    5
#define ASK_AGAIN_US INT64_C(300000)

/* ---- out */

static struct wire_writer *begin(
    struct workers *workers, uint32_t count, enum link_verb verb)
{
	struct wire_writer *w = &workers->writer;

	wire_writer_reset(w);
	wire_write_array(w, count);
	wire_write_int(w, (int64_t)verb);
	return w;
}

/* Sends what was written, and a body unless it is absent. */
static int send_to(struct workers *workers, struct text route, struct text body)
{
	const struct text frame[] = {
	    route, wire_written(&workers->writer), body};

	if (workers->writer.failed)
		return -ENOMEM;
	return frames_send(workers->socket, frame, body.at != NULL ? 3 : 2);
}

static struct text route_of(const struct worker *worker)
{
	return (struct text){worker->route, worker->route_size};
}

static void write_rights(struct wire_writer *w, const struct rights *rights)
{
	wire_write_array(w, 2);
	wire_write_int(w, rights->submit);
	wire_write_int(w, rights->flags);
}

/* Who said it, when, with what rights. */
static void write_said(struct wire_writer *w, const struct flight *flight)
{
	const struct request *request = &flight->request;

	wire_write_text(w, request->source);
	write_rights(w, &request->rights);
	wire_write_int(w, flight->received_us);
	wire_write_int(w, flight->received_on);
	wire_write_text(w, request->key);
}

static int give_set_aside(struct workers *workers, const struct worker *to,
    const struct flight *flight)
{
	struct wire_writer *w = begin(workers, 10, LINK_SET_ASIDE);
	char reason[96];

	snprintf(reason, sizeof(reason),
	    "%u workers were lost with it, %u while it ran alone",
	    flight->losses, flight->strikes);
	wire_write_int(w, flight->ticket);
	wire_write_int(w, flight->stream->number);
	write_said(w, flight);
	wire_write_int(w, flight->strikes);
	wire_write_string(w, reason);
	return send_to(workers, route_of(to), flight->request.body);
}

int workers_give(struct workers *workers, const struct worker *to,
    const struct flight *flight)
{
	const struct request *request = &flight->request;
	struct wire_writer *w;

	if (flight->strikes >= FLIGHT_STRIKES_MOST)
		return give_set_aside(workers, to, flight);
	if (flight->kind == FLIGHT_QUERY) {
		w = begin(workers, 7, LINK_QUERY);
		wire_write_int(w, flight->ticket);
	} else {
		w = begin(workers, 11, LINK_EVENT);
		wire_write_int(w, flight->ticket);
		wire_write_int(w, flight->stream->number);
		wire_write_int(w,
		    flight->kind == FLIGHT_SYSTEM ? LINK_SYSTEM : LINK_PARTNER);
	}
	write_said(w, flight);
	if (flight->kind != FLIGHT_QUERY) {
		wire_write_int(w, flight->stream->asides);
		wire_write_bool(w, flight->trial);
	}
	return send_to(workers, route_of(to), request->body);
}

int workers_fetch(
    struct workers *workers, const struct worker *to, const struct fetch *fetch)
{
	struct wire_writer *w = begin(workers, 5, LINK_FETCH);

	wire_write_int(w, fetch->ticket);
	wire_write_int(w, fetch->stream);
	wire_write_int(w, fetch->after);
	wire_write_int(w, fetch->limit);
	return send_to(workers, route_of(to), TEXT_NONE);
}

void workers_beat(struct workers *workers)
{
	struct worker *worker, *next;

	for (worker = TAILQ_FIRST(&workers->dispatch->pool.workers);
	     worker != NULL; worker = next) {
		next = TAILQ_NEXT(worker, link);
		(void)begin(workers, 1, LINK_BEAT);
		if (send_to(workers, route_of(worker), TEXT_NONE) ==
		    -EHOSTUNREACH)
			dispatch_lose(workers->dispatch, worker,
			    "its connection is gone");
	}
}

/* ---- in */

/* One message of a worker. */
struct incoming {
	struct workers *workers;
	struct worker *worker; /* NULL: not known (HELLO only) */
	struct text route;
	struct wire_reader reader; /* behind the verb */
	int64_t now_us;
};

static bool read_organizations(struct incoming *in)
{
	struct organization_facts facts;
	uint32_t count, items;

	if (!wire_read_array(&in->reader, &count))
		return false;
	while (count-- > 0) {
		if (!wire_read_array(&in->reader, &items) || items < 4 ||
		    !wire_read_int(&in->reader, &facts.number) ||
		    !wire_read_text(&in->reader, &facts.name) ||
		    !wire_read_text(&in->reader, &facts.zone) ||
		    !wire_read_int(&in->reader, &facts.revision))
			return false;
		while (items-- > 4)
			if (!wire_skip(&in->reader, NULL))
				return false;
		dispatch_organization(in->workers->dispatch, &facts);
	}
	return true;
}

static bool read_heads(struct incoming *in, bool hello)
{
	struct stream_head head;
	uint32_t count, items;

	if (!wire_read_array(&in->reader, &count))
		return false;
	while (count-- > 0) {
		if (!wire_read_array(&in->reader, &items) || items < 6 ||
		    !wire_read_int(&in->reader, &head.stream) ||
		    !wire_read_int(&in->reader, &head.seq) ||
		    !wire_read_int(&in->reader, &head.offset) ||
		    !wire_read_bin(&in->reader, &head.chain) ||
		    !wire_read_int(&in->reader, &head.today) ||
		    !wire_read_bool(&in->reader, &head.due) ||
		    head.offset < 0 || head.today < INT32_MIN ||
		    head.today > INT32_MAX)
			return false;
		head.rules = 0;
		if (items > 6 && !wire_read_int(&in->reader, &head.rules))
			return false;
		head.asides = 0;
		if (items > 7 && !wire_read_int(&in->reader, &head.asides))
			return false;
		while (items-- > 8)
			if (!wire_skip(&in->reader, NULL))
				return false;
		dispatch_head(in->workers->dispatch, &head, hello);
	}
	return true;
}

/* Another version of the link is told so, and stays away. */
static bool link_fits(struct incoming *in, int64_t link)
{
	struct wire_writer *w;
	char message[128];

	if (link == LINK_VERSION)
		return true;
	snprintf(message, sizeof(message),
	    "this creditd speaks version %d of the link, the worker %" PRId64,
	    LINK_VERSION, link);
	w = begin(in->workers, 2, LINK_TURNED_AWAY);
	wire_write_string(w, message);
	(void)!send_to(in->workers, in->route, TEXT_NONE);
	if (log_allowed(&in->workers->limit, LOG_BURST, in->now_us))
		log_error("a worker was turned away: %s", message);
	return false;
}

/* Text, or a number as text. */
static bool read_loosely(
    struct wire_reader *reader, char buffer[24], struct text *ret)
{
	int64_t number;

	if (wire_read_text(reader, ret))
		return true;
	if (!wire_read_int(reader, &number))
		return false;
	snprintf(buffer, 24, "%" PRId64, number);
	*ret = text_of(buffer);
	return true;
}

static bool read_window(struct wire_reader *reader, unsigned *ret)
{
	int64_t value;

	if (!wire_read_int(reader, &value) || value < 0)
		return false;
	*ret =
	    value > WORKER_WINDOW_MOST ? WORKER_WINDOW_MOST : (unsigned)value;
	return true;
}

static bool read_database(struct wire_reader *reader, enum link_database *ret)
{
	int64_t value;

	if (!wire_read_int(reader, &value))
		return false;
	*ret = value == LINK_DATABASE_WELL ? LINK_DATABASE_WELL
					   : LINK_DATABASE_AWAY;
	return true;
}

static bool on_hello(struct incoming *in)
{
	struct wire_reader *reader = &in->reader;
	struct worker_hello hello = {0};
	char schema[24];
	struct wire_writer *w;
	int64_t link;

	if (!wire_read_int(reader, &link))
		return false;
	if (!link_fits(in, link))
		return true;
	if (!wire_read_text(reader, &hello.name) ||
	    !wire_read_text(reader, &hello.incarnation) ||
	    !wire_read_text(reader, &hello.version) ||
	    !read_loosely(reader, schema, &hello.schema) ||
	    !read_window(reader, &hello.window) ||
	    !read_window(reader, &hello.query_window) ||
	    !read_database(reader, &hello.database))
		return false;
	in->worker = dispatch_hello(
	    in->workers->dispatch, in->route, &hello, in->now_us);
	if (in->worker == NULL) {
		log_error("a worker can't be taken: there are %d already, or "
			  "no memory",
		    WORKERS_MOST);
		return true;
	}
	if (!read_organizations(in) || !read_heads(in, true))
		return false;
	/* Not said by the first release. */
	if (wire_read_int(reader, &hello.skills))
		in->worker->can_isolate =
		    (hello.skills & LINK_CAN_ISOLATE) != 0;
	dispatch_told(in->workers->dispatch, in->worker);
	w = begin(in->workers, 3, LINK_WELCOME);
	wire_write_int(w, in->workers->epoch);
	wire_write_int(w, in->workers->beat_ms);
	(void)!send_to(in->workers, in->route, TEXT_NONE);
	return true;
}

/* Once: a worker that wakes up has sent many messages. */
static void say_hello_again(struct incoming *in)
{
	struct workers *workers = in->workers;
	size_t size = in->route.length;

	if (size > sizeof(workers->asked) ||
	    (size == workers->asked_size &&
		memcmp(workers->asked, in->route.at, size) == 0 &&
		in->now_us - workers->asked_us < ASK_AGAIN_US))
		return;
	memcpy(workers->asked, in->route.at, size);
	workers->asked_size = size;
	workers->asked_us = in->now_us;
	(void)begin(in->workers, 1, LINK_HELLO);
	(void)!send_to(in->workers, in->route, TEXT_NONE);
}

static bool on_beat(struct incoming *in)
{
	enum link_database database;
	struct text message = TEXT("");

	if (!read_database(&in->reader, &database))
		return false;
	(void)!wire_read_text(&in->reader, &message);
	dispatch_beat(
	    in->workers->dispatch, in->worker, database, message, in->now_us);
	/* Its database was away when it said hello: it could not tell what
	 * there is. */
	if (!in->worker->told && in->worker->state == WORKER_WELL)
		say_hello_again(in);
	return true;
}

static bool read_answers(struct incoming *in)
{
	struct worker_answer answer;
	uint32_t count, items;
	int64_t verb;

	if (!wire_read_array(&in->reader, &count))
		return false;
	while (count-- > 0) {
		if (!wire_read_array(&in->reader, &items) || items < 3 ||
		    !wire_read_int(&in->reader, &answer.ticket) ||
		    !wire_read_int(&in->reader, &verb) ||
		    !wire_read_bin(&in->reader, &answer.body) ||
		    verb < LINK_RESULT || verb > LINK_REFUSED)
			return false;
		while (items-- > 3)
			if (!wire_skip(&in->reader, NULL))
				return false;
		answer.verb = (enum link_answer)verb;
		dispatch_answer(
		    in->workers->dispatch, in->worker, &answer, in->now_us);
	}
	return true;
}

static bool read_changes(struct incoming *in)
{
	struct change change;
	uint32_t count;

	if (!wire_read_array(&in->reader, &count))
		return false;
	while (count-- > 0) {
		if (!change_read(&in->reader, &change))
			return false;
		dispatch_change(in->workers->dispatch, &change);
	}
	return true;
}

/* Organizations, changes and heads count before the answers that stand in front
 * of them: an answer may ask whether members are still due. */
static bool on_done(struct incoming *in)
{
	struct wire_reader answers = in->reader, heads, end;

	worker_heard(in->worker, in->now_us);
	if (!wire_skip(&in->reader, NULL))
		return false;
	end = in->reader;
	if (!wire_skip(&in->reader, NULL))
		return false;
	heads = in->reader;
	if (!wire_skip(&in->reader, NULL) || !read_organizations(in))
		return false;
	in->reader = end;
	if (!read_changes(in))
		return false;
	in->reader = heads;
	if (!read_heads(in, false))
		return false;
	in->reader = answers;
	return read_answers(in);
}

static bool on_fetched(struct incoming *in)
{
	struct wire_reader *reader = &in->reader;
	struct fetched fetched;
	int64_t stream;

	worker_heard(in->worker, in->now_us);
	if (!wire_read_int(reader, &fetched.ticket) ||
	    !wire_read_int(reader, &stream))
		return false;
	fetched.changes = *reader;
	if (!wire_skip(reader, NULL) || !wire_read_int(reader, &fetched.head) ||
	    !wire_read_array(&fetched.changes, &fetched.count))
		return false;
	return dispatch_fetched(
	    in->workers->dispatch, in->worker, stream, &fetched, in->now_us);
}

static bool on_taken(struct incoming *in)
{
	struct wire_writer *w;
	int64_t ticket;

	worker_heard(in->worker, in->now_us);
	if (!wire_read_int(&in->reader, &ticket))
		return false;
	if (!dispatch_taken(in->workers->dispatch, in->worker, ticket))
		return true; /* it was given to another meanwhile */
	w = begin(in->workers, 2, LINK_BEGIN);
	wire_write_int(w, ticket);
	(void)!send_to(in->workers, in->route, TEXT_NONE);
	return true;
}

static bool on_bye(struct incoming *in)
{
	dispatch_bye(in->workers->dispatch, in->worker);
	(void)begin(in->workers, 1, LINK_BYE);
	(void)!send_to(in->workers, in->route, TEXT_NONE);
	return true;
}

static const struct {
	enum link_verb verb;
	bool (*take)(struct incoming *in); /* false: damaged */
} verbs[] = {
    {LINK_DONE, on_done},
    {LINK_BEAT, on_beat},
    {LINK_FETCHED, on_fetched},
    {LINK_TAKEN, on_taken},
    {LINK_HELLO, on_hello},
    {LINK_BYE, on_bye},
};

static void on_damaged(struct incoming *in, int64_t verb)
{
	if (log_allowed(&in->workers->limit, LOG_BURST, in->now_us))
		log_error("worker=%s sent a damaged message (verb %" PRId64
			  "); is it of another release?",
		    in->worker != NULL ? in->worker->name : "?", verb);
	if (in->worker != NULL)
		dispatch_lose(in->workers->dispatch, in->worker,
		    "it sent a damaged message");
}

static void take(struct workers *workers)
{
	const struct frames *frames = &workers->frames;
	struct incoming in = {.workers = workers,
	    .route = frames->frame[0],
	    .now_us = clock_monotonic_us()};
	uint32_t items;
	int64_t verb = 0;

	if (frames->count < 2 || frames->frame[1].at == NULL)
		return;
	in.worker = pool_find(&workers->dispatch->pool, in.route);
	in.reader = wire_reader(frames->frame[1].at, frames->frame[1].length);
	if (!wire_read_array(&in.reader, &items) || items < 1 ||
	    !wire_read_int(&in.reader, &verb)) {
		on_damaged(&in, verb);
		return;
	}
	if (in.worker == NULL && verb != LINK_HELLO) {
		/* It was given up, or this creditd is new. What it brings is
		 * ignored: its events are with others. */
		workers->dispatch->stats.workers_strange++;
		say_hello_again(&in);
		return;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (verb != (int64_t)verbs[i].verb)
			continue;
		if (!verbs[i].take(&in))
			on_damaged(&in, verb);
		return;
	}
	on_damaged(&in, verb);
}

static unsigned workers_drain(void *arg, unsigned budget)
{
	struct workers *workers = arg;
	unsigned handled = 0;

	while (handled < budget) {
		int error = frames_receive(workers->socket, &workers->frames,
		    (size_t)LINK_MESSAGE_MOST + 1024);

		if (error == -ENOMEM)
			log_error("out of memory for a worker's message");
		else if (error < 0)
			break;
		else
			take(workers);
		handled++;
	}
	return handled;
}

int workers_open(struct workers *workers, void *context)
{
	/* What waits for a worker is bounded by its window. */
	const struct socket_options options = {.type = ZMQ_ROUTER,
	    .io = IO_WORKERS,
	    .send_most = 0,
	    .frame_most = (int64_t)LINK_MESSAGE_MOST};

	workers->socket = socket_open(context, &options);
	if (workers->socket == NULL)
		return -errno;
	return zwatch_add(
	    workers->watch, workers->socket, BUDGET, workers_drain, workers);
}

void workers_close(struct workers *workers, int linger_ms)
{
	if (workers->socket != NULL) {
		zwatch_remove(workers->watch, workers->socket);
		socket_close(workers->socket, linger_ms);
	}
	workers->socket = NULL;
	frames_fini(&workers->frames);
	wire_writer_fini(&workers->writer);
}
