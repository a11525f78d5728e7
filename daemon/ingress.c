/* The ROUTERs of partners and of operators. */
#include "ingress.h"

#include <errno.h>
#include <sys/socket.h>
#include <zmq.h>

#include "clock.h"

#define BUDGET    256
#define LOG_BURST 5

static void ingress_take(struct ingress *ingress)
{
	struct request request;
	struct refusal why;

	switch (request_parse(&ingress->frames,
	    ingress->port == INGRESS_CONTROL, &request, &why)) {
	case REQUEST_FINE:
		request.port = ingress->port;
		ingress->handle(ingress->arg, &request);
		break;
	case REQUEST_REFUSED:
		request.port = ingress->port;
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

static unsigned ingress_drain(void *arg, unsigned budget)
{
	struct ingress *ingress = arg;
	unsigned handled = 0;

	while (handled < budget) {
		int error = frames_receive(
		    ingress->socket, &ingress->frames, REQUEST_MOST);

		if (error == -ENOMEM) {
			ingress->stats->dropped_messages++;
		} else if (error < 0) {
			break;
		} else {
			ingress_take(ingress);
		}
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

void ingress_pause(struct ingress *ingress)
{
	zwatch_pause(ingress->watch, ingress->socket, true);
}

void ingress_send(struct ingress *ingress, const struct request *to,
    const char *verb, struct text body)
{
	struct text frame[REQUEST_ENVELOPE_MOST + 6];
	size_t count = 0;
	int error;

	frame[count++] = to->route;
	for (unsigned i = 0; i < to->envelope_count; i++)
		frame[count++] = to->envelope[i];
	frame[count++] = TEXT("");
	frame[count++] = TEXT("CREDIT1");
	frame[count++] = text_of(verb);
	frame[count++] = to->tag;
	frame[count++] = body;
	error = frames_send(ingress->socket, frame, count);
	if (error == -EHOSTUNREACH)
		ingress->stats->answers_unreachable++;
	else if (error < 0)
		ingress->stats->answers_overflow++;
}

void ingress_cut(struct ingress *ingress, const struct request *request)
{
	if (request->fd < 0)
		return;
	/* libzmq has no call for it. The descriptor is the peer's for as long
	 * as its message is being handled. */
	shutdown(request->fd, SHUT_RDWR);
	if (log_allowed(&ingress->limit, LOG_BURST, clock_monotonic_us()))
		log_warn("cut off a partner that does not heed BUSY");
}
