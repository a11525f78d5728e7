/* System events: a new day, a new program, members that are due. */
#include "calendar.h"

#include <inttypes.h>
#include <stdio.h>

#define RETRY_US   INT64_C(1000000)
#define PUT_OFF_US INT64_C(60000000)

void calendar_init(struct calendar *calendar, struct clock *clock,
    struct directory *directory, struct flights *flights,
    struct streams *streams)
{
	*calendar = (struct calendar){.clock = clock,
	    .directory = directory,
	    .flights = flights,
	    .streams = streams};
	TAILQ_INIT(&calendar->parked);
}

void calendar_fini(struct calendar *calendar)
{
	wire_writer_fini(&calendar->body);
}

date_t calendar_date(struct calendar *calendar,
    struct organization *organization, int64_t received_us)
{
	date_t date =
	    clock_date(calendar->clock, &organization->zone, received_us);

	return date > organization->latest ? date : organization->latest;
}

date_t calendar_today(
    struct calendar *calendar, struct organization *organization)
{
	return calendar_date(
	    calendar, organization, clock_received_us(calendar->clock));
}

struct system_event {
	enum event_type type;
	date_t date;
	int32_t revision;
	uint32_t control;
	const struct redrive *redrive;
};

/* The body: [type, id, date, revision, 0]; of REDRIVE with the bytes' source
 * and digest, and who asks for it. */
static bool write_body(struct wire_writer *body, const struct stream *stream,
    const struct system_event *event)
{
	char date[DATE_TEXT_SIZE], id[64];
	struct text day = date_write(event->date, date);
	int length;

	switch (event->type) {
	case EVENT_REDRIVE:
		snprintf(id, sizeof(id), "redrive:%" PRIu32, event->control);
		break;
	case EVENT_DAY:
		snprintf(id, sizeof(id), "day:%.*s", TEXT_ARGS(day));
		break;
	case EVENT_PROGRAM:
		snprintf(id, sizeof(id), "program:%" PRId32, event->revision);
		break;
	default:
		/* No two of a stream, also where a restored database made the
		 * seq go back: one that was there before would do nothing. */
		length = snprintf(id, sizeof(id), "due:%.*s:%" PRId64,
		    TEXT_ARGS(day), stream->dates.seq);
		if (stream->dates.due_again > 0)
			snprintf(id + length, sizeof(id) - (size_t)length,
			    ":%u", stream->dates.due_again);
	}
	wire_writer_reset(body);
	wire_write_array(body, event->redrive != NULL ? 8 : 5);
	wire_write_int(body, (int64_t)event->type);
	wire_write_string(body, id);
	wire_write_int(body, event->date);
	wire_write_int(body, event->revision);
	wire_write_int(body, 0);
	if (event->redrive != NULL) {
		wire_write_text(body, event->redrive->source);
		wire_write_bin(
		    body, (struct text){(const char *)event->redrive->digest,
			      REDRIVE_DIGEST_SIZE});
		wire_write_text(body, event->redrive->author);
	}
	return !body->failed;
}

static bool put(struct calendar *calendar, struct stream *stream,
    const struct system_event *event)
{
	struct request request = {.verb = REQUEST_SUBMIT,
	    .fd = -1,
	    .key = TEXT(""),
	    .source = TEXT("system")};
	struct flight *flight;

	if (!write_body(&calendar->body, stream, event))
		return false;
	request.body = wire_written(&calendar->body);
	flight = flight_take(calendar->flights, FLIGHT_SYSTEM, &request);
	if (flight == NULL)
		return false;
	flight->type = event->type;
	flight->low = event->type == EVENT_DUE;
	flight->control = event->control;
	flight->received_on = event->date;
	flight->received_us = clock_received_us(calendar->clock);
	stream_push(calendar->streams, stream, flight);
	if (event->type == EVENT_DAY) {
		stream->dates.asked = event->date;
		stream->dates.days++;
	}
	if (event->type == EVENT_PROGRAM) {
		stream->dates.program = event->revision;
		stream->dates.programs++;
	}
	stream->dates.dues += event->type == EVENT_DUE;
	return true;
}

bool calendar_before(
    struct calendar *calendar, struct stream *stream, date_t date)
{
	struct system_event day = {.type = EVENT_DAY, .date = date};

	if (stream->dates.today >= date || stream->dates.asked >= date)
		return true;
	return put(calendar, stream, &day);
}

/* One DUE at a time, as long as somebody is due. */
static void put_due(struct calendar *calendar, struct stream *stream)
{
	struct system_event due = {.type = EVENT_DUE,
	    .date = calendar_today(calendar, stream->organization)};
	struct stream_dates *dates = &stream->dates;

	if (dates->dues > 0)
		return;
	dates->due_again =
	    dates->due_seq == dates->seq ? dates->due_again + 1 : 0;
	dates->due_seq = dates->seq;
	if (!put(calendar, stream, &due))
		calendar->rescan = true;
}

/* A revision that was published while nobody told creditd: it rules from here
 * on, as if the operator's CONTROL had come. */
static void put_program(
    struct calendar *calendar, struct stream *stream, int64_t rules)
{
	struct organization *organization = stream->organization;
	struct system_event program = {.type = EVENT_PROGRAM,
	    .date = calendar_today(calendar, organization),
	    .revision = organization->revision};

	if (rules == 0 || rules >= organization->revision ||
	    stream->dates.program >= organization->revision)
		return;
	if (!calendar_before(calendar, stream, program.date) ||
	    !put(calendar, stream, &program))
		calendar->rescan = true;
}

void calendar_head(struct calendar *calendar, struct stream *stream,
    const struct stream_head *head, bool hello)
{
	struct stream_dates *dates = &stream->dates;
	bool fell = hello && head->today < dates->today;

	dates->heads_seen++;
	if (hello || head->seq > dates->seq)
		dates->seq = head->seq;
	if (hello || head->today > dates->today)
		dates->today = (date_t)head->today;
	if (dates->today > stream->organization->latest)
		stream->organization->latest = dates->today;
	/* What was asked for is not there: a restored database. */
	if (hello && dates->days == 0 &&
	    (fell || dates->asked > dates->today)) {
		dates->asked = dates->today;
		stream->organization->asked = DATE_NONE;
	}
	if (hello && dates->programs == 0 && head->rules < dates->program)
		dates->program = (int32_t)head->rules;
	dates->unsure = false;
	if (hello)
		put_program(calendar, stream, head->rules);
	dates->due = head->due;
	if (dates->due)
		put_due(calendar, stream);
}

unsigned calendar_program(struct calendar *calendar,
    struct organization *organization, int32_t revision, uint32_t control)
{
	date_t today = calendar_today(calendar, organization);
	struct system_event program = {.type = EVENT_PROGRAM,
	    .date = today,
	    .revision = revision,
	    .control = control};
	unsigned done = 0;

	for (; done < STREAM_BUCKETS; done++) {
		struct stream *stream = &organization->streams[done];

		if (!calendar_before(calendar, stream, today) ||
		    !put(calendar, stream, &program))
			break;
	}
	return done;
}

bool calendar_redrive(struct calendar *calendar, struct stream *stream,
    const struct redrive *redrive)
{
	struct system_event event = {.type = EVENT_REDRIVE,
	    .date = calendar_today(calendar, stream->organization),
	    .control = redrive->control,
	    .redrive = redrive};

	return calendar_before(calendar, stream, event.date) &&
	       put(calendar, stream, &event);
}

void calendar_settled(struct calendar *calendar, const struct flight *flight)
{
	struct stream_dates *dates = &flight->stream->dates;

	if (flight->type == EVENT_DAY) {
		dates->days--;
		if (flight->received_on > dates->today)
			dates->today = flight->received_on;
	}
	dates->dues -= flight->type == EVENT_DUE;
	dates->programs -= flight->type == EVENT_PROGRAM;
	if (dates->due) {
		put_due(calendar, flight->stream);
	} else if (flight->heads_seen == dates->heads_seen) {
		/* A repeat may be answered without a head. The members that
		 * were due when it was done first may be due still. */
		dates->unsure = flight->type != EVENT_DUE;
		calendar->rescan = calendar->rescan || dates->unsure;
	}
}

void calendar_turned_down(
    struct calendar *calendar, struct flight *flight, int64_t now_us)
{
	flight_set_state(flight, FLIGHT_WAITING);
	flight->worker = NULL;
	flight->not_before_us = now_us + RETRY_US;
	TAILQ_INSERT_TAIL(&calendar->parked, flight, link);
}

void calendar_put_off(
    struct calendar *calendar, struct flight *flight, int64_t now_us)
{
	flight->strikes = 0;
	flight->not_before_us = now_us + PUT_OFF_US;
	TAILQ_INSERT_TAIL(&calendar->parked, flight, link);
}

static void take_up(struct calendar *calendar, int64_t now_us)
{
	struct flight *flight, *next;

	for (flight = TAILQ_FIRST(&calendar->parked); flight != NULL;
	     flight = next) {
		next = TAILQ_NEXT(flight, link);
		if (now_us < flight->not_before_us)
			continue;
		TAILQ_REMOVE(&calendar->parked, flight, link);
		stream_push(calendar->streams, flight->stream, flight);
	}
}

/* Tells all streams of the organization the date, where they do not know it. A
 * stream that still has a DAY before it is left for later: so that nothing
 * piles up while no worker is there. */
static void tell_date(
    struct calendar *calendar, struct organization *organization)
{
	date_t today = calendar_today(calendar, organization);
	bool all = true;

	if (organization->asked == today)
		return;
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		struct stream *stream = &organization->streams[i];

		if (stream->dates.days > 0)
			all = all && stream->dates.asked >= today;
		else if (!calendar_before(calendar, stream, today))
			all = false;
	}
	if (all)
		organization->asked = today;
}

static void rescan(struct calendar *calendar, struct organization *organization)
{
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		struct stream *stream = &organization->streams[i];

		if (stream->dates.due || stream->dates.unsure)
			put_due(calendar, stream);
		stream->dates.unsure = false;
	}
}

void calendar_tick(struct calendar *calendar, int64_t now_us)
{
	bool again = calendar->rescan;

	calendar->rescan = false;
	for (struct organization *o = calendar->directory->first; o != NULL;
	     o = o->next) {
		tell_date(calendar, o);
		if (again)
			rescan(calendar, o);
	}
	take_up(calendar, now_us);
}

bool calendar_is_settled(const struct calendar *calendar, date_t date)
{
	for (const struct organization *o = calendar->directory->first;
	     o != NULL; o = o->next) {
		for (int i = 0; i < STREAM_BUCKETS; i++) {
			const struct stream_dates *dates = &o->streams[i].dates;

			if (dates->today < date || dates->due ||
			    dates->unsure || dates->days > 0 || dates->dues > 0)
				return false;
		}
	}
	return true;
}
