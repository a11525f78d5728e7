/* What the feed needs of a connection beyond creditd.h. */
#ifndef CLIENT_CONNECTION_H
#define CLIENT_CONNECTION_H

#include "creditd.h"

/* Drives the connection without waiting. 0 with an answer, -EAGAIN, -ENOENT. */
int connection_step(struct creditd *c, struct creditd_reply *ret);
/* Its socket and its monitor's, for zmq_poll(). */
void *connection_socket(struct creditd *c);
void *connection_monitor(struct creditd *c);
/* Milliseconds until it wants connection_step() by itself; -1: never. */
int64_t connection_wait_ms(struct creditd *c);

#endif
