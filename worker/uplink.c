/* The DEALER that connects to creditd. */
#include "uplink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "codes.h"
#include "log.h"

/* A system event has its turn after so many batches of partners' events; one
 * that others wait for after each. */
#define SYSTEM_TURN    4
#define BEAT_MS        100  /* until WELCOME says otherwise */
#define HELLO_AGAIN_MS 1000 /* a HELLO without an answer is repeated */
#define SILENCE_MS     4000 /* creditd beats; later it has forgotten us */
#define SEND_MS        2000 /* most time to wait for room to send */

int64_t uplink_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int set(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value));
}

int uplink_init(struct uplink *uplink, const char *endpoint)
{
	int64_t most = (int64_t)LINK_MESSAGE_MOST;

	*uplink = (struct uplink){.beat_ms = BEAT_MS};
	TAILQ_INIT(&uplink->events);
	TAILQ_INIT(&uplink->system);
	TAILQ_INIT(&uplink->queries);
	uplink->context = zmq_ctx_new();
	if (uplink->context == NULL)
		return -ENOMEM;
	(void)zmq_ctx_set(uplink->context, ZMQ_BLOCKY, 0);
	uplink->socket = zmq_socket(uplink->context, ZMQ_DEALER);
	/* RCVHWM 0: libzmq must never stop reading a connection (creditd's
	 * window bounds what comes). IMMEDIATE: nothing is queued for a
	 * creditd that is not there. */
	if (uplink->socket == NULL ||
	    zmq_setsockopt(
		uplink->socket, ZMQ_MAXMSGSIZE, &most, sizeof(most)) < 0 ||
	    set(uplink->socket, ZMQ_RCVHWM, 0) < 0 ||
	    set(uplink->socket, ZMQ_SNDHWM, 1000) < 0 ||
	    set(uplink->socket, ZMQ_IMMEDIATE, 1) < 0 ||
	    set(uplink->socket, ZMQ_LINGER, 2000) < 0 ||
	    set(uplink->socket, ZMQ_HANDSHAKE_IVL, 3000) < 0 ||
	    set(uplink->socket, ZMQ_RECONNECT_IVL, 50) < 0 ||
	    set(uplink->socket, ZMQ_RECONNECT_IVL_MAX, 1000) < 0 ||
	    zmq_connect(uplink->socket, endpoint) < 0) {
		int error = -errno;

		uplink_fini(uplink);
		return error;
	}
	return 0;
}

void uplink_fini(struct uplink *uplink)
{
	if (uplink->context == NULL)
		return;
	uplink_forget(uplink);
	if (uplink->socket != NULL)
		zmq_close(uplink->socket);
	zmq_ctx_term(uplink->context);
	frames_fini(&uplink->frames);
	wire_writer_fini(&uplink->out);
	*uplink = (struct uplink){0};
}

void uplink_wait(struct uplink *uplink, int timeout_ms)
{
	zmq_pollitem_t item = {.socket = uplink->socket, .events = ZMQ_POLLIN};

	(void)zmq_poll(&item, 1, timeout_ms);
}

/* ---- out */

struct wire_writer *uplink_begin(
    struct uplink *uplink, enum link_verb verb, uint32_t items)
{
	wire_writer_reset(&uplink->out);
	wire_write_array(&uplink->out, items);
	wire_write_int(&uplink->out, verb);
	return &uplink->out;
}

bool uplink_send_now(struct uplink *uplink)
{
	struct text frame = wire_written(&uplink->out);

	return !uplink->out.failed &&
	       frames_send(uplink->socket, &frame, 1) == 0;
}

bool uplink_send(struct uplink *uplink)
{
	struct text frame = wire_written(&uplink->out);
	int64_t deadline = uplink_now_ms() + SEND_MS;
	int error;

	if (uplink->out.failed) {
		log_error("out of memory for a message to creditd");
		return false;
	}
	while ((error = frames_send(uplink->socket, &frame, 1)) == -EAGAIN &&
	       uplink->welcome && uplink_now_ms() < deadline) {
		zmq_pollitem_t item = {
		    .socket = uplink->socket, .events = ZMQ_POLLOUT};

		(void)zmq_poll(&item, 1, 50);
	}
	if (error == 0)
		return true;
	if (uplink->welcome)
		log_warn("creditd is not there: a message for it is lost");
	uplink->welcome = false;
	return false;
}

static void send_beat(struct uplink *uplink)
{
	struct wire_writer out = {0};
	struct text frame;

	/* A writer of its own: a beat may come while another is filled. */
	wire_write_array(&out, 3);
	wire_write_int(&out, LINK_BEAT);
	wire_write_int(&out, uplink->database);
	wire_write_string(&out, uplink->message);
	frame = wire_written(&out);
	uplink->beaten_at = uplink_now_ms();
	if (!out.failed)
		(void)!frames_send(uplink->socket, &frame, 1);
	wire_writer_fini(&out);
}

void uplink_beat(struct uplink *uplink)
{
	int64_t now = uplink_now_ms();

	if (uplink->welcome &&
	    (now - uplink->beaten_at) * 4 >= (int64_t)uplink->beat_ms * 3)
		send_beat(uplink);
}

void uplink_set_database(
    struct uplink *uplink, enum link_database database, const char *message)
{
	bool changed = uplink->database != database ||
		       strcmp(uplink->message, message) != 0;

	uplink->database = database;
	snprintf(uplink->message, sizeof(uplink->message), "%s", message);
	if (changed && uplink->welcome)
		send_beat(uplink);
}

bool uplink_wants_hello(struct uplink *uplink)
{
	int64_t now = uplink_now_ms();

	if (uplink->turned_away[0] != '\0')
		return false;
	if (uplink->welcome && now - uplink->heard_at > SILENCE_MS) {
		log_warn("creditd was not heard for %d ms", SILENCE_MS);
		uplink->welcome = false;
	}
	return !uplink->welcome && (uplink->hello_at == 0 ||
				       now - uplink->hello_at > HELLO_AGAIN_MS);
}

/* ---- in */

static bool read_stream(struct wire_reader *reader, int32_t *ret)
{
	int64_t value;

	if (!wire_read_int(reader, &value) || value < 0 || value > INT32_MAX)
		return false;
	*ret = (int32_t)value;
	return true;
}

static bool read_rights(struct wire_reader *reader, struct parcel *parcel)
{
	uint32_t items;
	int64_t submit, flags;

	if (!wire_read_array(reader, &items) || items < 2 ||
	    !wire_read_int(reader, &submit) || !wire_read_int(reader, &flags))
		return false;
	while (items-- > 2)
		if (!wire_skip(reader, NULL))
			return false;
	parcel->submit = (uint32_t)submit;
	parcel->flags = (uint32_t)flags;
	return true;
}

static bool read_received(struct wire_reader *reader, struct parcel *parcel)
{
	int64_t date;

	if (!wire_read_text(reader, &parcel->source) ||
	    !read_rights(reader, parcel) ||
	    !wire_read_int(reader, &parcel->received_at) ||
	    !wire_read_int(reader, &date) || date < DATE_FIRST ||
	    date > DATE_LAST)
		return false;
	parcel->received_on = (date_t)date;
	return true;
}

static bool read_parcel(
    struct wire_reader *reader, struct parcel *parcel, bool *ret_trial)
{
	int64_t kind;

	if (!wire_read_int(reader, &parcel->ticket))
		return false;
	switch (parcel->verb) {
	case LINK_EVENT:
		if (!read_stream(reader, &parcel->stream) ||
		    !wire_read_int(reader, &kind) ||
		    !read_received(reader, parcel))
			return false;
		parcel->kind = kind == LINK_SYSTEM ? LINK_SYSTEM : LINK_PARTNER;
		/* Not said by the first release. */
		(void)!(wire_read_text(reader, &parcel->key) &&
			wire_read_int(reader, &parcel->asides) &&
			wire_read_bool(reader, ret_trial));
		return true;
	case LINK_SET_ASIDE:
		parcel->kind = LINK_ASIDE;
		return read_stream(reader, &parcel->stream) &&
		       read_received(reader, parcel) &&
		       wire_read_text(reader, &parcel->key) &&
		       wire_read_int(reader, &kind) &&
		       wire_read_text(reader, &parcel->reason);
	case LINK_QUERY:
		return read_received(reader, parcel) &&
		       wire_read_text(reader, &parcel->key);
	default:
		return read_stream(reader, &parcel->stream) &&
		       wire_read_int(reader, &parcel->after) &&
		       wire_read_int(reader, &parcel->limit);
	}
}

/* Moves borrowed text behind the parcel. */
static void settle(struct text *text, char **at)
{
	if (text->length > 0)
		memcpy(*at, text->at, text->length);
	text->at = *at;
	*at += text->length;
}

static struct parcel_list *list_of(
    struct uplink *uplink, const struct parcel *parcel)
{
	return parcel->kind == LINK_SYSTEM ? &uplink->system : &uplink->events;
}

/* [type, …]; one that can't be read is not urgent either. */
static bool is_urgent(const struct parcel *parcel)
{
	struct wire_reader reader =
	    wire_reader(parcel->body.at, parcel->body.length);
	uint32_t items;
	int64_t type;

	return parcel->kind == LINK_SYSTEM &&
	       wire_read_array(&reader, &items) && items > 0 &&
	       wire_read_int(&reader, &type) && type != EVENT_DUE;
}

static void keep_event(struct uplink *uplink, struct parcel *parcel)
{
	parcel->number = ++uplink->numbers;
	parcel->urgent = is_urgent(parcel);
	TAILQ_INSERT_TAIL(list_of(uplink, parcel), parcel, link);
	uplink->event_count++;
	uplink->urgent_count += parcel->urgent;
}

/* creditd has to know that it is here before anything can happen to us. */
static void hold_for_trial(struct uplink *uplink, struct parcel *parcel)
{
	free(uplink->trial);
	uplink->trial = parcel;
	wire_write_int(uplink_begin(uplink, LINK_TAKEN, 2), parcel->ticket);
	(void)!uplink_send(uplink);
}

static void on_begin(struct uplink *uplink, struct wire_reader *reader)
{
	int64_t ticket;

	if (uplink->trial == NULL || !wire_read_int(reader, &ticket) ||
	    ticket != uplink->trial->ticket)
		return;
	keep_event(uplink, uplink->trial);
	uplink->trial = NULL;
}

static void take_parcel(
    struct uplink *uplink, enum link_verb verb, struct wire_reader *reader)
{
	struct parcel parcel = {
	    .verb = verb, .body = TEXT(""), .reason = TEXT("")};
	struct parcel *kept;
	bool trial = false;
	char *at;

	if (uplink->frames.count > 1)
		parcel.body = uplink->frames.frame[1];
	if (!read_parcel(reader, &parcel, &trial)) {
		log_error("creditd sent a damaged message (verb %d)", verb);
		return;
	}
	kept = malloc(sizeof(*kept) + parcel.source.length + parcel.key.length +
		      parcel.reason.length + parcel.body.length + 1);
	if (kept == NULL) {
		log_error("out of memory for an event: creditd will hear "
			  "nothing of it");
		return;
	}
	*kept = parcel;
	at = (char *)(kept + 1);
	settle(&kept->source, &at);
	if (kept->key.at != NULL)
		settle(&kept->key, &at);
	settle(&kept->reason, &at);
	settle(&kept->body, &at);
	if (trial) {
		hold_for_trial(uplink, kept);
	} else if (verb != LINK_QUERY && verb != LINK_FETCH) {
		keep_event(uplink, kept);
	} else {
		TAILQ_INSERT_TAIL(&uplink->queries, kept, link);
		uplink->query_count++;
	}
}

static void on_welcome(struct uplink *uplink, struct wire_reader *reader)
{
	int64_t beat_ms;

	if (!wire_read_int(reader, &uplink->epoch) ||
	    !wire_read_int(reader, &beat_ms) || beat_ms < 1 || beat_ms > 60000)
		return;
	uplink->beat_ms = (int)beat_ms;
	uplink->welcome = true;
	log_info("creditd is there (epoch %lld)", (long long)uplink->epoch);
}

static void on_turned_away(struct uplink *uplink, struct wire_reader *reader)
{
	struct text why = TEXT("no reason given");

	(void)!wire_read_text(reader, &why);
	snprintf(uplink->turned_away, sizeof(uplink->turned_away), "%.*s",
	    TEXT_ARGS(why));
}

static void take(struct uplink *uplink)
{
	struct text first = uplink->frames.frame[0];
	struct wire_reader reader;
	uint32_t items;
	int64_t verb;

	uplink->heard_at = uplink_now_ms();
	if (uplink->frames.count == 0 || uplink->frames.count > FRAMES_MOST)
		return;
	reader = wire_reader(first.at, first.length);
	if (!wire_read_array(&reader, &items) || items < 1 ||
	    !wire_read_int(&reader, &verb))
		return;
	switch (verb) {
	case LINK_EVENT:
	case LINK_QUERY:
	case LINK_FETCH:
	case LINK_SET_ASIDE:
		/* Before the WELCOME it was meant for our former self, and is
		 * given again, in order. */
		if (uplink->welcome)
			take_parcel(uplink, (enum link_verb)verb, &reader);
		break;
	case LINK_BEGIN:
		on_begin(uplink, &reader);
		break;
	case LINK_WELCOME:
		on_welcome(uplink, &reader);
		break;
	case LINK_HELLO: /* creditd does not know us (any more) */
		uplink->welcome = false;
		if (uplink_now_ms() - uplink->hello_at > 100)
			uplink->hello_at = 0;
		break;
	case LINK_TURNED_AWAY:
		on_turned_away(uplink, &reader);
		break;
	case LINK_BYE:
		uplink->bye = true;
		break;
	default:
		break;
	}
}

void uplink_receive(struct uplink *uplink)
{
	while (frames_receive(uplink->socket, &uplink->frames,
		   (size_t)LINK_MESSAGE_MOST + 4096) == 0)
		take(uplink);
}

/* An urgent event of its stream that came before it is still here. */
static bool is_held_back(
    const struct uplink *uplink, const struct parcel *event)
{
	const struct parcel *parcel;

	if (uplink->urgent_count > 0)
		TAILQ_FOREACH (parcel, &uplink->system, link)
			if (parcel->urgent && parcel->number < event->number &&
			    parcel->stream == event->stream)
				return true;
	return false;
}

struct parcel *uplink_first_event(const struct uplink *uplink)
{
	struct parcel *event = TAILQ_FIRST(&uplink->events);
	struct parcel *system = TAILQ_FIRST(&uplink->system);

	while (event != NULL && is_held_back(uplink, event))
		event = TAILQ_NEXT(event, link);
	if (event == NULL || system == NULL)
		return event == NULL ? system : event;
	return uplink->batches >= (system->urgent ? 1 : SYSTEM_TURN) ? system
								     : event;
}

void uplink_take_event(struct uplink *uplink, struct parcel *parcel)
{
	TAILQ_REMOVE(list_of(uplink, parcel), parcel, link);
	uplink->event_count--;
	uplink->urgent_count -= parcel->urgent;
}

void uplink_return_event(struct uplink *uplink, struct parcel *parcel)
{
	TAILQ_INSERT_HEAD(list_of(uplink, parcel), parcel, link);
	uplink->event_count++;
	uplink->urgent_count += parcel->urgent;
}

void uplink_note_batch(struct uplink *uplink, const struct parcel *first)
{
	uplink->batches = first->kind == LINK_SYSTEM ? 0 : uplink->batches + 1;
}

struct parcel *uplink_next_query(struct uplink *uplink)
{
	struct parcel *parcel = TAILQ_FIRST(&uplink->queries);

	if (parcel != NULL) {
		TAILQ_REMOVE(&uplink->queries, parcel, link);
		uplink->query_count--;
	}
	return parcel;
}

void uplink_forget(struct uplink *uplink)
{
	struct parcel *parcel;

	while ((parcel = uplink_first_event(uplink)) != NULL) {
		uplink_take_event(uplink, parcel);
		free(parcel);
	}
	while ((parcel = uplink_next_query(uplink)) != NULL)
		free(parcel);
	free(uplink->trial);
	uplink->trial = NULL;
}
