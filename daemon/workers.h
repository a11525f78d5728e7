/* The workers' ROUTER: reads and writes the link (common/link.h). */
#ifndef DAEMON_WORKERS_H
#define DAEMON_WORKERS_H

#include "dispatch.h"
#include "frame.h"
#include "log.h"
#include "socket.h"
#include "wire.h"
#include "zwatch.h"

struct workers {
	void *socket;
	struct zwatch *watch;
	struct dispatch *dispatch;
	int64_t beat_ms;
	int64_t epoch;
	struct frames frames;
	struct wire_writer writer;
	struct log_limit limit;
	char asked[WORKER_ROUTE_SIZE]; /* who was asked for HELLO last … */
	size_t asked_size;
	int64_t asked_us; /* … and when */
};

/* Opens the socket. The caller has set watch, dispatch, beat_ms and epoch. 0 or
 * a negative errno. */
MUST_CHECK int workers_open(struct workers *workers, void *context);
void workers_close(struct workers *workers, int linger_ms);

/* Sends an event or a query (dispatch_out.give). */
MUST_CHECK int workers_give(struct workers *workers, const struct worker *to,
    const struct flight *flight);

/* What a FETCH asks for. */
struct fetch {
	int64_t ticket;
	int32_t stream;
	int64_t after;
	unsigned limit;
};
MUST_CHECK int workers_fetch(struct workers *workers, const struct worker *to,
    const struct fetch *fetch);

/* Sends BEAT to all: whose connection is gone is lost. */
void workers_beat(struct workers *workers);

#endif
