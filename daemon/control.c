/* What an operator asks of creditd: a new test date, a new program, another try
 * of what was set aside. */
#include "control.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "log.h"

#define NO_WORKER_US       INT64_C(10000000)
#define NO_PROGRESS_US     INT64_C(120000000)
#define SYSTEM_EVENTS_MOST 200000 /* programs that nobody rules yet */
#define RETRY_MS           1000

enum control_kind { CONTROL_TODAY, CONTROL_PROGRAM, CONTROL_REDRIVE };

struct control_wait {
	TAILQ_ENTRY(control_wait) link;
	enum control_kind kind;
	uint32_t id;
	struct request request; /* its text lies in `store` */
	char *store;
	int64_t since_us;
	date_t date;                             /* TODAY */
	const struct organization *organization; /* PROGRAM */
	int32_t revision;
	unsigned left;  /* streams that have not done it */
	int32_t stream; /* REDRIVE */
};

void control_init(struct control *control, struct reply *reply,
    struct calendar *calendar, struct directory *directory)
{
	*control = (struct control){
	    .reply = reply, .calendar = calendar, .directory = directory};
	TAILQ_INIT(&control->waits);
}

static void wait_free(struct control_wait *wait)
{
	free(wait->store);
	free(wait);
}

static void wait_end(struct control *control, struct control_wait *wait)
{
	TAILQ_REMOVE(&control->waits, wait, link);
	control->count--;
	wait_free(wait);
}

void control_fini(struct control *control)
{
	struct control_wait *wait, *next;

	for (wait = TAILQ_FIRST(&control->waits); wait != NULL; wait = next) {
		next = TAILQ_NEXT(wait, link);
		wait_free(wait);
	}
	TAILQ_INIT(&control->waits);
}

static struct control_wait *wait_begin(struct control *control,
    const struct request *request, enum control_kind kind, int64_t now_us)
{
	struct control_wait *wait;

	if (control->count >= CONTROLS_MOST)
		return NULL;
	wait = calloc(1, sizeof(*wait));
	if (wait == NULL)
		return NULL;
	wait->store = malloc(request_size(request) + 1);
	if (wait->store == NULL) {
		free(wait);
		return NULL;
	}
	request_copy(request, wait->store, &wait->request);
	wait->kind = kind;
	wait->id = ++control->id;
	wait->since_us = now_us;
	TAILQ_INSERT_TAIL(&control->waits, wait, link);
	control->count++;
	control->dirty = true;
	return wait;
}

static bool text_at(struct text body, const char *key, struct text *ret)
{
	struct wire_reader reader;

	return wire_find(body, key, &reader) && wire_read_text(&reader, ret);
}

static bool int_at(struct text body, const char *key, int64_t *ret)
{
	struct wire_reader reader;

	return wire_find(body, key, &reader) && wire_read_int(&reader, ret);
}

static void control_today(
    struct control *control, const struct request *request, int64_t now_us)
{
	struct clock *clock = control->calendar->clock;
	struct control_wait *wait;
	struct text text;
	date_t date;

	if (!text_at(request->body, "date", &text) ||
	    !date_parse(text, &date)) {
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "date: expected a date such as \"2026-07-01\"");
		return;
	}
	if (!clock_is_test(clock)) {
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "today: this creditd runs on the real clock (no test_clock "
		    "in its settings)");
		return;
	}
	if (date < clock->test_date) {
		char buffer[DATE_TEXT_SIZE];
		struct text today = date_write(clock->test_date, buffer);

		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "date: it is %.*s already, and dates don't go back",
		    TEXT_ARGS(today));
		return;
	}
	wait = wait_begin(control, request, CONTROL_TODAY, now_us);
	if (wait == NULL || clock_move(clock, date) < 0) {
		reply_refuse(control->reply, request, REFUSAL_BUSY, RETRY_MS,
		    "too many operators' requests wait");
		return;
	}
	wait->date = date;
	log_info("test clock moves to %.*s", TEXT_ARGS(text));
	calendar_tick(control->calendar, now_us);
}

static bool read_program(struct control *control, const struct request *request,
    struct organization_facts *ret)
{
	struct text title;

	if (!text_at(request->body, "organization", &ret->name) ||
	    !text_at(request->body, "name", &title) ||
	    !text_at(request->body, "time_zone", &ret->zone) ||
	    !int_at(request->body, "number", &ret->number) ||
	    !int_at(request->body, "revision", &ret->revision)) {
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "program: expected organization (text), number (int), name "
		    "(text), time_zone (text), revision (int)");
		return false;
	}
	return true;
}

static void control_program(
    struct control *control, const struct request *request, int64_t now_us)
{
	struct organization *organization = NULL;
	struct organization_facts facts;
	struct control_wait *wait;
	int known;

	if (!read_program(control, request, &facts))
		return;
	known = directory_learn(control->directory, &facts, &organization);
	if (known < 0) {
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "organization %.*s: %s", TEXT_ARGS(facts.name),
		    directory_complaint(known));
		return;
	}
	if (known == 1)
		control->opened(control->arg, organization);
	wait = NULL;
	if (control->calendar->flights->system < SYSTEM_EVENTS_MOST)
		wait = wait_begin(control, request, CONTROL_PROGRAM, now_us);
	if (wait == NULL) {
		reply_refuse(control->reply, request, REFUSAL_BUSY, RETRY_MS,
		    "too many operators' requests wait");
		return;
	}
	wait->organization = organization;
	wait->revision = (int32_t)facts.revision;
	wait->left = calendar_program(
	    control->calendar, organization, wait->revision, wait->id);
	log_info("organization=%s revision=%" PRId32 " goes into all streams",
	    organization->name, wait->revision);
	if (wait->left == STREAM_BUCKETS)
		return;
	reply_refuse(control->reply, request, REFUSAL_UNAVAILABLE, RETRY_MS,
	    "out of memory: not all streams know the program, publish it "
	    "again");
	wait_end(control, wait);
}

/* The hex digits of a digest. */
static bool read_digest(struct text hex, unsigned char ret[REDRIVE_DIGEST_SIZE])
{
	size_t size;

	return hex.length == (size_t)2 * REDRIVE_DIGEST_SIZE &&
	       sodium_hex2bin(ret, REDRIVE_DIGEST_SIZE, hex.at, hex.length,
		   NULL, &size, NULL) == 0 &&
	       size == REDRIVE_DIGEST_SIZE;
}

static bool read_redrive(struct control *control, const struct request *request,
    struct stream **ret_stream, struct redrive *ret)
{
	struct text digest = TEXT("");
	int64_t stream;

	if (!int_at(request->body, "stream", &stream) ||
	    !text_at(request->body, "source", &ret->source) ||
	    ret->source.length > 128 ||
	    !text_at(request->body, "digest", &digest) ||
	    !read_digest(digest, ret->digest) ||
	    !text_at(request->body, "author", &ret->author) ||
	    !text_is_id(ret->author, 128)) {
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "redrive: expected stream (int), source (text), digest (32 "
		    "hex digits), author (id)");
		return false;
	}
	*ret_stream = directory_stream(control->directory, stream);
	if (*ret_stream == NULL)
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "stream: there is no stream %" PRId64, stream);
	return *ret_stream != NULL;
}

static void control_redrive(
    struct control *control, const struct request *request, int64_t now_us)
{
	struct redrive redrive;
	struct stream *stream;
	struct control_wait *wait;

	if (!read_redrive(control, request, &stream, &redrive))
		return;
	wait = wait_begin(control, request, CONTROL_REDRIVE, now_us);
	if (wait != NULL) {
		wait->stream = stream->number;
		redrive.control = wait->id;
		if (calendar_redrive(control->calendar, stream, &redrive))
			return;
		wait_end(control, wait);
	}
	reply_refuse(control->reply, request, REFUSAL_BUSY, RETRY_MS,
	    "too many operators' requests wait");
}

static struct control_wait *wait_find(struct control *control, uint32_t id)
{
	struct control_wait *wait;

	TAILQ_FOREACH (wait, &control->waits, link)
		if (wait->id == id)
			return wait;
	return NULL;
}

void control_redriven(
    struct control *control, uint32_t id, const struct text *answer, bool done)
{
	struct control_wait *wait = wait_find(control, id);
	struct wire_writer *w;

	if (wait == NULL)
		return; /* it took too long */
	if (answer == NULL) {
		reply_refuse(control->reply, &wait->request,
		    REFUSAL_QUARANTINED, 0,
		    "it brought workers down again and stays set aside");
	} else if (!done) {
		reply_send(
		    control->reply, &wait->request, REPLY_REFUSED, *answer);
	} else {
		w = reply_write(control->reply);
		wire_open_map(w);
		wire_pair_int(w, "stream", wait->stream);
		wire_key(w, "answer");
		wire_write_raw(w, *answer);
		wire_close(w);
		reply_written(control->reply, &wait->request, REPLY_ANSWER);
	}
	wait_end(control, wait);
}

bool control_request(
    struct control *control, const struct request *request, int64_t now_us)
{
	static const struct wire_limits limits = {
	    .depth = 8, .elements = 64, .partner = true};
	const char *wrong =
	    wire_check(request->body.at, request->body.length, &limits);
	struct text what;

	if (wrong != NULL)
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "body: %s", wrong);
	else if (!text_at(request->body, "control", &what))
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "control: expected today, program, redrive or status");
	else if (text_is(what, "status"))
		return false;
	else if (text_is(what, "today"))
		control_today(control, request, now_us);
	else if (text_is(what, "program"))
		control_program(control, request, now_us);
	else if (text_is(what, "redrive"))
		control_redrive(control, request, now_us);
	else
		reply_refuse(control->reply, request, REFUSAL_MALFORMED, 0,
		    "control: '%.*s' is none of today, program, redrive, "
		    "status",
		    what.length < 32 ? (int)what.length : 32, what.at);
	return true;
}

void control_settled(struct control *control, uint32_t id, int64_t now_us)
{
	struct control_wait *wait;

	control->dirty = true;
	control->progress_us = now_us;
	if (id == 0)
		return;
	TAILQ_FOREACH (wait, &control->waits, link)
		if (wait->id == id)
			wait->left--;
}

static bool wait_is_done(
    const struct control *control, const struct control_wait *wait, bool ready)
{
	if (wait->kind == CONTROL_REDRIVE)
		return false; /* control_redriven() ends it */
	if (wait->kind == CONTROL_PROGRAM)
		return wait->left == 0;
	return ready && calendar_is_settled(control->calendar, wait->date);
}

static void wait_answer(
    struct control *control, const struct control_wait *wait)
{
	struct wire_writer *w = reply_write(control->reply);

	wire_open_map(w);
	if (wait->kind == CONTROL_TODAY) {
		wire_pair_date(w, "date", wait->date);
		wire_pair_int(w, "streams",
		    (int64_t)control->directory->count * STREAM_BUCKETS);
	} else {
		wire_pair_string(w, "organization", wait->organization->name);
		wire_pair_int(w, "revision", wait->revision);
		wire_pair_int(w, "streams", STREAM_BUCKETS);
	}
	wire_close(w);
	reply_written(control->reply, &wait->request, REPLY_ANSWER);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void control_turn(
    struct control *control, bool usable, bool ready, int64_t now_us)
{
	struct control_wait *wait, *next;

	if (usable)
		control->usable_us = now_us;
	for (wait = TAILQ_FIRST(&control->waits); wait != NULL; wait = next) {
		next = TAILQ_NEXT(wait, link);
		if (control->dirty && wait_is_done(control, wait, ready)) {
			wait_answer(control, wait);
			wait_end(control, wait);
		} else if (now_us - later(wait->since_us, control->usable_us) >
			   NO_WORKER_US) {
			reply_refuse(control->reply, &wait->request,
			    REFUSAL_UNAVAILABLE, RETRY_MS,
			    "no worker is there; it is done when one is");
			wait_end(control, wait);
		} else if (now_us -
			       later(wait->since_us, control->progress_us) >
			   NO_PROGRESS_US) {
			reply_refuse(control->reply, &wait->request,
			    REFUSAL_UNAVAILABLE, RETRY_MS,
			    "workers don't get on with it; see their logs");
			wait_end(control, wait);
		}
	}
	control->dirty = false;
}
