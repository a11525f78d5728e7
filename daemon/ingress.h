/* The ROUTERs of partners and of operators: reads, checks frames, hands on;
 * sends answers. */
#ifndef DAEMON_INGRESS_H
#define DAEMON_INGRESS_H

#include "frame.h"
#include "log.h"
#include "reply.h"
#include "request.h"
#include "socket.h"
#include "stats.h"
#include "zwatch.h"

enum ingress_port { INGRESS_EVENTS, INGRESS_CONTROL, INGRESS_COUNT };

/* Takes a checked request; the text in it lives for the call only. */
typedef void ingress_handler(void *arg, const struct request *request);

struct ingress {
	enum ingress_port port;
	void *socket;
	struct zwatch *watch;
	struct frames frames;
	struct reply *reply;
	struct stats *stats;
	ingress_handler *handle;
	void *arg;
	struct log_limit limit;
};

/* Opens the socket; `send_most`: answers that one peer may leave unread.
 * The caller has set all that is not a socket. 0 or a negative errno. */
MUST_CHECK int ingress_open(
    struct ingress *ingress, void *context, int send_most);
void ingress_close(struct ingress *ingress, int linger_ms);

/* Looks whether something waits, and tells gate if not: ten times a second. */
void ingress_look(struct ingress *ingress);

/* Stops reading, before the end. */
void ingress_pause(struct ingress *ingress);

/* Sends an answer; what can't be sent is counted and dropped: the partner
 * asks again. */
void ingress_send(struct ingress *ingress, const struct request *to,
    const char *verb, struct text body);

/* Cuts the connection of the request that is being handled. */
void ingress_cut(struct ingress *ingress, const struct request *request);

#endif
