/* A world around dispatch: fake workers, partners, subscribers and a clock. */
#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const struct dispatch_limits sink_limits = {.in_flight = 10000,
    .in_flight_per_partner = 5000,
    .bytes = 1 << 26,
    .bytes_per_partner = 1 << 26,
    .answer_us = 10000000,
    .dead_us = 2000000};

static void copy(char *to, size_t size, struct text text)
{
	snprintf(to, size, "%.*s", TEXT_ARGS(text));
}

static int give(void *arg, const struct worker *to, const struct flight *flight)
{
	struct sink *sink = arg;
	struct given *given;

	if (to->serial == sink->gone)
		return -EHOSTUNREACH;
	assert_true(sink->given_count < SINK_MOST);
	given = &sink->given[sink->given_count++];
	*given = (struct given){.ticket = flight->ticket,
	    .worker = to->serial,
	    .kind = flight->kind,
	    .type = flight->type,
	    .stream = flight->stream != NULL ? flight->stream->number : -1,
	    .received_on = flight->received_on,
	    .losses = flight->losses,
	    .strikes = flight->strikes,
	    .trial = flight->trial};
	copy(given->tag, sizeof(given->tag), flight->request.tag);
	return 0;
}

static void local(void *arg, const struct request *request, const char *query)
{
	struct sink *sink = arg;

	(void)request;
	sink->local++;
	snprintf(sink->local_query, sizeof(sink->local_query), "%s", query);
}

static void opened(void *arg, struct organization *organization)
{
	struct sink *sink = arg;

	(void)organization;
	sink->opened++;
}

static void cut(void *arg, const struct request *request)
{
	struct sink *sink = arg;

	(void)request;
	sink->cut++;
}

static void reply(
    void *arg, const struct request *to, const char *verb, struct text body)
{
	struct sink *sink = arg;
	struct replied *replied;
	struct wire_reader reader;
	struct text code;

	assert_true(sink->replied_count < SINK_MOST);
	replied = &sink->replied[sink->replied_count++];
	*replied = (struct replied){0};
	copy(replied->tag, sizeof(replied->tag), to->tag);
	copy(replied->verb, sizeof(replied->verb), text_of(verb));
	if (strcmp(verb, "REFUSED") != 0)
		return;
	if (wire_find(body, "code", &reader) && wire_read_text(&reader, &code))
		copy(replied->code, sizeof(replied->code), code);
	if (wire_find(body, "retry_after_ms", &reader))
		assert_true(wire_read_int(&reader, &replied->retry_after_ms));
}

static bool publish(void *arg, const struct organization *organization,
    struct text topic, struct text body)
{
	struct sink *sink = arg;
	struct published *published;

	(void)organization;
	if (sink->no_room)
		return false;
	assert_true(sink->published_count < SINK_MOST);
	published = &sink->published[sink->published_count++];
	copy(published->topic, sizeof(published->topic), topic);
	published->body = body.length;
	return true;
}

static int fetch(void *arg, const struct worker *to, int64_t ticket,
    int32_t stream, int64_t after, unsigned limit)
{
	struct sink *sink = arg;

	if (to->serial == sink->gone)
		return -EHOSTUNREACH;
	assert_true(sink->fetched_count < SINK_MOST);
	sink->fetched[sink->fetched_count++] =
	    (struct fetched_for){ticket, after, to->serial, stream, limit};
	return 0;
}

void sink_init(struct sink *sink, const struct dispatch_limits *limits)
{
	const struct dispatch_out out = {.arg = sink,
	    .give = give,
	    .local = local,
	    .opened = opened,
	    .cut = cut,
	    .reply = reply,
	    .feed = {.arg = sink, .publish = publish, .fetch = fetch}};

	*sink = (struct sink){.now_us = 1000000};
	sink->given = calloc(SINK_MOST, sizeof(*sink->given));
	sink->replied = calloc(SINK_MOST, sizeof(*sink->replied));
	sink->published = calloc(SINK_MOST, sizeof(*sink->published));
	sink->fetched = calloc(SINK_MOST, sizeof(*sink->fetched));
	assert_non_null(sink->given);
	assert_non_null(sink->replied);
	assert_non_null(sink->published);
	assert_non_null(sink->fetched);
	clock_init(&sink->clock, date_of(2026, 6, 30));
	dispatch_init(&sink->dispatch, limits, &out, &sink->clock, 1);
}

void sink_fini(struct sink *sink)
{
	dispatch_fini(&sink->dispatch);
	free(sink->given);
	free(sink->replied);
	free(sink->published);
	free(sink->fetched);
}

struct worker *sink_worker(struct sink *sink, const char *name, unsigned window)
{
	const struct organization_facts facts = {.number = 1,
	    .name = TEXT("canfitpro"),
	    .zone = TEXT("America/Toronto"),
	    .revision = 1};
	struct worker_hello hello = {.name = text_of(name),
	    .version = TEXT("0"),
	    .schema = TEXT("1"),
	    .window = window,
	    .query_window = 4,
	    .database = LINK_DATABASE_WELL,
	    .skills = LINK_CAN_ISOLATE};
	char route[16], incarnation[32];
	struct worker *worker;

	snprintf(route, sizeof(route), "r%u", ++sink->routes);
	snprintf(incarnation, sizeof(incarnation), "i%u", sink->routes);
	hello.incarnation = text_of(incarnation);
	worker = dispatch_hello(
	    &sink->dispatch, text_of(route), &hello, sink->now_us);
	assert_non_null(worker);
	dispatch_organization(&sink->dispatch, &facts);
	/* No silence after the start, but where it is tested. */
	sink->dispatch.directory.first->publish_from_us = 0;
	return worker;
}

static void send(struct sink *sink, const char *partner, enum request_verb verb,
    struct text key, struct text body, const char *tag)
{
	struct request request = {.verb = verb,
	    .fd = -1,
	    .route = text_of(partner),
	    .tag = text_of(tag),
	    .key = key,
	    .source = TEXT(""),
	    .body = body};

	if (!text_split_member(key, &request.organization, &request.number))
		request.organization = key.length > 0 ? key : TEXT_NONE;
	dispatch_request(&sink->dispatch, &request, sink->now_us);
}

void sink_submit(
    struct sink *sink, const char *partner, const char *member, const char *tag)
{
	send(sink, partner, REQUEST_SUBMIT, text_of(member), TEXT("body"), tag);
}

void sink_query(struct sink *sink, const char *key, const char *tag)
{
	send(sink, "p", REQUEST_QUERY, text_of(key), TEXT("body"), tag);
}

void sink_control(struct sink *sink, struct text body, const char *tag)
{
	send(sink, "o", REQUEST_CONTROL, TEXT(""), body, tag);
}

void sink_turn(struct sink *sink)
{
	while (dispatch_turn(&sink->dispatch, sink->now_us))
		;
}

void sink_pass(struct sink *sink, int64_t ms)
{
	struct worker *worker;

	for (; ms > 0; ms -= 100) {
		sink->now_us += 100000;
		TAILQ_FOREACH (worker, &sink->dispatch.pool.workers, link)
			worker_heard(worker, sink->now_us);
		dispatch_tick(&sink->dispatch, sink->now_us);
		sink_turn(sink);
	}
}

void sink_answer(struct sink *sink, size_t index, enum link_answer verb)
{
	struct given given = sink->given[index];
	const struct worker_answer answer = {
	    .ticket = given.ticket, .verb = verb, .body = TEXT("answer")};
	struct worker *worker =
	    pool_find_serial(&sink->dispatch.pool, given.worker);

	memmove(&sink->given[index], &sink->given[index + 1],
	    (sink->given_count - index - 1) * sizeof(given));
	sink->given_count--;
	if (worker != NULL)
		dispatch_answer(&sink->dispatch, worker, &answer, sink->now_us);
}

void sink_settle(struct sink *sink)
{
	bool more = true;

	/* Each stream is told the date first. */
	dispatch_tick(&sink->dispatch, sink->now_us);
	while (more) {
		more = false;
		sink_turn(sink);
		for (size_t i = sink->given_count; i-- > 0;) {
			if (sink->given[i].kind != FLIGHT_SYSTEM)
				continue;
			/* The first one first. */
			size_t first = i;

			for (size_t j = 0; j < i; j++)
				if (sink->given[j].kind == FLIGHT_SYSTEM &&
				    sink->given[j].stream ==
					sink->given[i].stream) {
					first = j;
					break;
				}
			sink_head(sink, sink->given[first].stream, 1,
			    sink->given[first].received_on, false);
			sink_answer(sink, first, LINK_RESULT);
			more = true;
		}
	}
}

void sink_head(
    struct sink *sink, int32_t stream, int64_t seq, date_t today, bool due)
{
	const struct stream_head head = {.stream = stream,
	    .seq = seq,
	    .chain = TEXT("0123456789abcdef"),
	    .today = today,
	    .due = due};

	dispatch_head(&sink->dispatch, &head, false);
}

const struct replied *sink_reply(const struct sink *sink, const char *tag)
{
	for (size_t i = sink->replied_count; i-- > 0;)
		if (strcmp(sink->replied[i].tag, tag) == 0)
			return &sink->replied[i];
	return NULL;
}

size_t sink_replies(const struct sink *sink, const char *tag)
{
	size_t count = 0;

	for (size_t i = 0; i < sink->replied_count; i++)
		count += strcmp(sink->replied[i].tag, tag) == 0;
	return count;
}

size_t sink_find(const struct sink *sink, const char *tag)
{
	for (size_t i = 0; i < sink->given_count; i++)
		if (strcmp(sink->given[i].tag, tag) == 0)
			return i;
	return SIZE_MAX;
}
