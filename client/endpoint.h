/* A ZeroMQ socket of a partner: made with the options that the protocol's
 * practice asks for, and connected. Shared by requests and feed. */
#ifndef CLIENT_ENDPOINT_H
#define CLIENT_ENDPOINT_H

#include <stdint.h>

#include "creditd.h"
#include "monitor.h"
#include "text.h"

#define ENDPOINT_RECEIVE_MOST ((size_t)1024 * 1024)

struct endpoint {
	void *zmq;
	void *socket;
	struct monitor monitor;
};

/* Makes a socket of `type` (ZMQ_DEALER, ZMQ_SUB) in a context of its own.
 * `options` gives the keys only. `receive_most`: its receive high-water mark,
 * 0 none. A negative errno; -EINVAL: endpoint or keys can't be used. */
MUST_CHECK int endpoint_open(struct endpoint *end, int type,
    const char *address, const struct creditd_options *options,
    int receive_most);
void endpoint_close(struct endpoint *end);

/* Milliseconds of a clock that only goes forward. */
int64_t endpoint_now_ms(void);

#endif
