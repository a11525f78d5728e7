/* ZeroMQ sockets as creditd opens them: options in one place, binding with
 * complaints that help. */
#ifndef DAEMON_SOCKET_H
#define DAEMON_SOCKET_H

#include <stdint.h>

#include "text.h"

#define ENDPOINT_SIZE 160

/* libzmq's I/O threads: the workers' socket has one of its own, so that a flood
 * of handshakes can't delay heartbeats. */
#define IO_PARTNERS 1u
#define IO_WORKERS  2u

struct socket_options {
	int type;           /* ZMQ_ROUTER, ZMQ_XPUB */
	uint64_t io;        /* IO_… */
	int send_most;      /* messages waiting for one peer; 0: no limit */
	int64_t frame_most; /* bytes; a peer that sends more is cut off */
};

/* NULL: errno says why. */
MUST_CHECK void *socket_open(
    void *context, const struct socket_options *options);

/* Binds. An ipc socket gets mode 0660; a stale file is replaced, one that
 * somebody listens on is not (-EADDRINUSE). On success `ret` is the endpoint
 * with its real port. */
MUST_CHECK int socket_bind(
    void *socket, const char *endpoint, char ret[ENDPOINT_SIZE]);

/* Closes it; waits in the background for `linger_ms` until peers have taken
 * what was sent. NULL is fine. */
void socket_close(void *socket, int linger_ms);

/* Removes the file of a bound ipc endpoint; others and "" are fine. */
void socket_unlink(const char *endpoint);

/* A sentence for such an error. */
const char *socket_complaint(int error);

#endif
