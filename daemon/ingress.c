/* The ROUTERs of partners and of operators. */
#include "ingress.h"

#include <errno.h>
#include <zmq.h>

#include "clock.h"
#include "gate.h"

#define BUDGET    256
#define LOG_BURST 5

static const enum gate_kind kinds[] = {
    [INGRESS_EVENTS] = GATE_EVENTS, [INGRESS_CONTROL] = GATE_CONTROL};

static void ingress_take(struct ingress *ingress, gate_id peer)
{
	struct request request;
	struct refusal why;

	switch (request_parse(&ingress->frames,
	    ingress->port == INGRESS_CONTROL, &request, &why)) {
	case REQUEST_FINE:
		request.port = ingress->port;
		request.peer = peer;
		ingress->handle(ingress->arg, &request);
		break;
	case REQUEST_REFUSED:
		request.port = ingress->port;
		request.peer = peer;
		reply_refusal(ingress->reply, &request, &why);
		if (log_allowed(
			&ingress->limit, LOG_BURST, clock_monotonic_us()))
			log_info("refused=%s message=%s",
			    refusal_name(why.code), why.message);
		break;
	case REQUEST_DROPPED:
		ingress->stats->dropped_messages++;
		if (log_allowed(
			&ingress->limit, LOG_BURST, clock_monotonic_us()))
			log_info("dropped a message of %zu frames and %zu "
				 "bytes: no delimiter, or fewer than 3 frames "
				 "after it",
			    ingress->frames.count, ingress->frames.size);
		break;
	}
}

/* Which connection it came by; its bytes are ours now. */
static gate_id ingress_note(const struct ingress *ingress)
{
	const struct frames *frames = &ingress->frames;
	gate_id peer = gate_find(frames->source_fd);

	/* The first frame, the routing id, is libzmq's. */
	gate_took(peer, kinds[ingress->port], frames->count - 1,
	    frames->size - frames->frame[0].length);
	return peer;
}

static unsigned ingress_drain(void *arg, unsigned budget)
{
	struct ingress *ingress = arg;
	unsigned handled = 0;

	gate_draining(kinds[ingress->port]);
	while (handled < budget) {
		int error = frames_receive(
		    ingress->socket, &ingress->frames, REQUEST_MOST);
		gate_id peer;

		if (error < 0 && error != -ENOMEM) {
			if (error == -EAGAIN)
				gate_drained(kinds[ingress->port]);
			break;
		}
		peer = ingress_note(ingress);
		if (error == -ENOMEM)
			ingress->stats->dropped_messages++;
		else
			ingress_take(ingress, peer);
		handled++;
	}
	return handled;
}

int ingress_open(struct ingress *ingress, void *context, int send_most)
{
	const struct socket_options options = {.type = ZMQ_ROUTER,
	    .io = IO_PARTNERS,
	    .send_most = send_most,
	    .frame_most = (int64_t)REQUEST_FRAME_MOST};

	ingress->socket = socket_open(context, &options);
	if (ingress->socket == NULL)
		return -errno;
	return zwatch_add(
	    ingress->watch, ingress->socket, BUDGET, ingress_drain, ingress);
}

void ingress_close(struct ingress *ingress, int linger_ms)
{
	if (ingress->socket != NULL) {
		zwatch_remove(ingress->watch, ingress->socket);
		socket_close(ingress->socket, linger_ms);
	}
	ingress->socket = NULL;
	frames_fini(&ingress->frames);
}

void ingress_look(struct ingress *ingress)
{
	(void)ingress_drain(ingress, 1);
}

void ingress_pause(struct ingress *ingress)
{
	zwatch_pause(ingress->watch, ingress->socket, true);
}

/* A partner that does not read what it asked for: it asks again, by another
 * connection. */
static void ingress_overflow(struct ingress *ingress, const struct request *to)
{
	ingress->stats->answers_overflow++;
	if (!gate_cut(to->peer))
		return;
	ingress->stats->partners_cut_unread++;
	if (log_allowed(&ingress->limit, LOG_BURST, clock_monotonic_us()))
		log_warn("cut off a partner that does not read its answers");
}

void ingress_send(struct ingress *ingress, const struct request *to,
    const char *verb, struct text body)
{
	struct text frame[REQUEST_ENVELOPE_MOST + 6];
	size_t count = 0, size = 0;
	int error;

	if (!gate_has_room(to->peer, body.length)) {
		ingress_overflow(ingress, to);
		return;
	}
	frame[count++] = to->route;
	for (unsigned i = 0; i < to->envelope_count; i++)
		frame[count++] = to->envelope[i];
	frame[count++] = TEXT("");
	frame[count++] = TEXT("CREDIT1");
	frame[count++] = text_of(verb);
	frame[count++] = to->tag;
	frame[count++] = body;
	for (size_t i = 1; i < count; i++)
		size += frame[i].length;
	error = frames_send(ingress->socket, frame, count);
	if (error == 0)
		gate_gave(to->peer, count - 1, size);
	if (error == -EHOSTUNREACH)
		ingress->stats->answers_unreachable++;
	else if (error < 0)
		ingress->stats->answers_overflow++;
}

void ingress_cut(struct ingress *ingress, const struct request *request)
{
	if (gate_cut(request->peer) &&
	    log_allowed(&ingress->limit, LOG_BURST, clock_monotonic_us()))
		log_warn("cut off a partner that does not heed BUSY");
}
