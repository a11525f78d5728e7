/* Streams: one FIFO each, at one worker at a time. */
#include "stream.h"

#include <assert.h>

#include "partner.h"

/* One event of the low lane after so many of the other: members that are due
 * are ruled in time even where partners never pause. */
#define LOW_TURN 32
/* What an event costs beside its bytes, in bytes: it is ruled and written. */
#define EVENT_COST 1024

static const bool allowed[6][6] = {
    [STREAM_IDLE] = {[STREAM_READY] = true, [STREAM_SUSPECT] = true},
    [STREAM_READY] = {[STREAM_IDLE] = true,
	[STREAM_SUSPECT] = true,
	[STREAM_HELD] = true,
	[STREAM_FED] = true},
    [STREAM_SUSPECT] = {[STREAM_IDLE] = true,
	[STREAM_READY] = true,
	[STREAM_HELD] = true,
	[STREAM_FED] = true},
    [STREAM_HELD] = {[STREAM_IDLE] = true,
	[STREAM_READY] = true,
	[STREAM_SUSPECT] = true,
	[STREAM_FED] = true,
	[STREAM_MOVING] = true},
    [STREAM_FED] = {[STREAM_HELD] = true,
	[STREAM_READY] = true,
	[STREAM_SUSPECT] = true,
	[STREAM_MOVING] = true},
    [STREAM_MOVING] = {[STREAM_IDLE] = true,
	[STREAM_READY] = true,
	[STREAM_SUSPECT] = true,
	[STREAM_HELD] = true,
	[STREAM_FED] = true},
};

const char *stream_state_name(enum stream_state state)
{
	static const char *const names[] = {
	    "idle", "ready", "suspect", "held", "fed", "moving"};

	return names[state];
}

void streams_init(struct streams *streams)
{
	*streams = (struct streams){0};
	TAILQ_INIT(&streams->ready);
	TAILQ_INIT(&streams->suspect);
}

void holder_init(struct holder *holder)
{
	*holder = (struct holder){0};
	TAILQ_INIT(&holder->held);
	TAILQ_INIT(&holder->ready);
}

void stream_init(
    struct stream *stream, int32_t number, struct organization *organization)
{
	*stream = (struct stream){.number = number,
	    .organization = organization,
	    .dates = {.today = DATE_NONE, .asked = DATE_NONE}};
	for (int i = 0; i < LANE_COUNT; i++)
		TAILQ_INIT(&stream->lane[i]);
	TAILQ_INIT(&stream->sent);
}

struct flight *stream_suspect(const struct stream *stream)
{
	struct flight *first = TAILQ_FIRST(&stream->lane[LANE_NORMAL]);

	return first != NULL && flight_is_suspect(first) ? first : NULL;
}

static enum stream_state state_of(const struct stream *stream)
{
	bool suspect = stream_suspect(stream) != NULL;

	if (stream->at_worker == 0 && suspect)
		return STREAM_SUSPECT;
	if (stream->at_worker == 0)
		return stream->waiting > 0 ? STREAM_READY : STREAM_IDLE;
	if (stream->moving_to != 0)
		return STREAM_MOVING;
	return stream->waiting > 0 && !suspect ? STREAM_FED : STREAM_HELD;
}

/* The list in which a stream of that state waits for its turn, or NULL. */
static struct stream_list *ready_list(struct streams *streams,
    const struct stream *stream, enum stream_state state)
{
	if (state == STREAM_READY)
		return &streams->ready;
	if (state == STREAM_SUSPECT)
		return &streams->suspect;
	return state == STREAM_FED ? &stream->holder->ready : NULL;
}

/* The only writer of `state`, called after each change: the state follows from
 * what the stream has, and the lists follow from the state. */
static void stream_settle_state(struct streams *streams, struct stream *stream)
{
	enum stream_state old = stream->state;
	enum stream_state new = state_of(stream);
	struct stream_list *list;

	if (new != old) {
		assert(allowed[old][new]);
		list = ready_list(streams, stream, old);
		if (list != NULL)
			TAILQ_REMOVE(list, stream, ready_link);
		assert(stream->holder != NULL || old < STREAM_HELD);
		if (old == STREAM_MOVING)
			stream->holder->moving_count--;
		if (new == STREAM_MOVING)
			stream->holder->moving_count++;
		stream->state = new;
		list = ready_list(streams, stream, new);
		if (list != NULL)
			TAILQ_INSERT_TAIL(list, stream, ready_link);
	}
	if (stream->at_worker > 0 || stream->holder == NULL)
		return;
	TAILQ_REMOVE(&stream->holder->held, stream, held_link);
	stream->holder->held_count--;
	stream->holder = NULL;
	if (stream->moving_to != 0)
		stream->home = stream->moving_to;
	stream->moving_to = 0;
}

/* What waits for its share goes into the normal lane, as it would be given. */
static void stream_close(struct streams *streams, struct stream *stream)
{
	struct flight *flight;

	while ((flight = fair_first(&stream->fair)) != NULL) {
		fair_take(&stream->fair, &streams->time, flight);
		TAILQ_INSERT_TAIL(&stream->lane[LANE_NORMAL], flight, link);
	}
}

/* To the head of its ready list: a partner waits in it that has waited for
 * nothing else. */
static void stream_hurry(struct streams *streams, struct stream *stream)
{
	struct stream_list *list = ready_list(streams, stream, stream->state);

	if (list == NULL)
		return;
	TAILQ_REMOVE(list, stream, ready_link);
	TAILQ_INSERT_HEAD(list, stream, ready_link);
}

void stream_push(
    struct streams *streams, struct stream *stream, struct flight *flight)
{
	bool hurry = false;

	assert(flight->state == FLIGHT_WAITING);
	flight->stream = stream;
	if (flight->low) {
		TAILQ_INSERT_TAIL(&stream->lane[LANE_LOW], flight, link);
	} else if (flight->partner != NULL) {
		hurry = fair_push(&stream->fair, &streams->time,
		    partner_place(flight->partner, false), flight,
		    EVENT_COST + flight->store_size);
	} else {
		stream_close(streams, stream);
		TAILQ_INSERT_TAIL(&stream->lane[LANE_NORMAL], flight, link);
	}
	stream->waiting++;
	streams->waiting++;
	stream_settle_state(streams, stream);
	if (hurry)
		stream_hurry(streams, stream);
}

struct flight *stream_next(struct stream *stream)
{
	struct flight *normal = TAILQ_FIRST(&stream->lane[LANE_NORMAL]);
	struct flight *low = TAILQ_FIRST(&stream->lane[LANE_LOW]);

	if (normal == NULL)
		normal = fair_first(&stream->fair);
	if (normal == NULL || (low != NULL && stream->turn >= LOW_TURN))
		return low;
	return normal;
}

void stream_give(struct streams *streams, struct stream *stream,
    struct flight *flight, struct holder *holder)
{
	bool low = flight->low;

	assert(stream->holder == NULL || stream->holder == holder);
	if (flight->fair.queued)
		fair_take(&stream->fair, &streams->time, flight);
	else
		TAILQ_REMOVE(
		    &stream->lane[low ? LANE_LOW : LANE_NORMAL], flight, link);
	stream->turn = low ? 0 : stream->turn + 1;
	stream->waiting--;
	streams->waiting--;
	if (stream->holder == NULL) {
		stream->holder = holder;
		TAILQ_INSERT_TAIL(&holder->held, stream, held_link);
		holder->held_count++;
	}
	TAILQ_INSERT_TAIL(&stream->sent, flight, link);
	stream->at_worker++;
	streams->at_worker++;
	flight_set_state(flight, FLIGHT_SENT);
	stream_settle_state(streams, stream);
}

void stream_remove(
    struct streams *streams, struct stream *stream, struct flight *flight)
{
	if (flight->state == FLIGHT_WAITING) {
		if (flight->fair.queued)
			fair_remove(&stream->fair, flight);
		else
			TAILQ_REMOVE(
			    &stream->lane[flight->low ? LANE_LOW : LANE_NORMAL],
			    flight, link);
		stream->waiting--;
		streams->waiting--;
	} else {
		TAILQ_REMOVE(&stream->sent, flight, link);
		stream->at_worker--;
		streams->at_worker--;
	}
	stream_settle_state(streams, stream);
}

size_t stream_reclaim(struct streams *streams, struct stream *stream)
{
	struct flight_list *lane = &stream->lane[LANE_NORMAL];
	size_t count = stream->at_worker;
	struct flight *last;

	while ((last = TAILQ_LAST(&stream->sent, flight_list)) != NULL) {
		TAILQ_REMOVE(&stream->sent, last, link);
		flight_set_state(last, FLIGHT_WAITING);
		last->worker = NULL;
		last->low = false; /* it goes before all others now */
		TAILQ_INSERT_HEAD(lane, last, link);
		stream->waiting++;
		streams->waiting++;
		stream->at_worker--;
		streams->at_worker--;
	}
	stream_settle_state(streams, stream);
	return count;
}

void stream_move(
    struct streams *streams, struct stream *stream, uint32_t serial)
{
	if (stream->at_worker == 0)
		return;
	stream->moving_to = serial;
	stream_settle_state(streams, stream);
}

void stream_rotate(struct streams *streams, struct stream *stream)
{
	struct stream_list *list = ready_list(streams, stream, stream->state);

	if (list == NULL)
		return;
	TAILQ_REMOVE(list, stream, ready_link);
	TAILQ_INSERT_TAIL(list, stream, ready_link);
}
