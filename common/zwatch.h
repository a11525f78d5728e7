/* ZeroMQ sockets in a libev loop.
 *
 * A ZeroMQ descriptor says "look again", once: any call on its socket may
 * swallow the signal. So every socket's ZMQ_EVENTS is read before each sleep
 * (prepare), sockets are drained after it (check), and an idle watcher keeps
 * the loop from sleeping while messages wait. Each socket is drained within a
 * budget, so that timers, signals and the other sockets get their turns. */
#ifndef COMMON_ZWATCH_H
#define COMMON_ZWATCH_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

struct zwatch;

/* Handles at most `budget` messages of the socket; returns how many. */
typedef unsigned zwatch_drain(void *arg, unsigned budget);
/* What is to be done once in each turn of the loop, before it sleeps; true if
 * there is more to do at once. */
typedef bool zwatch_turn(void *arg);

/* `turn` may be NULL. NULL without memory. */
MUST_CHECK struct zwatch *zwatch_create(
    struct ev_loop *loop, zwatch_turn *turn, void *arg);
/* Stops watching; closes no socket. NULL is fine. */
void zwatch_destroy(struct zwatch *watch);

/* Watches `socket` until zwatch_remove(), which must come before zmq_close().
 * 0, -ENOMEM, or the error of reading ZMQ_FD. */
MUST_CHECK int zwatch_add(struct zwatch *watch, void *socket, unsigned budget,
    zwatch_drain *drain, void *arg);
void zwatch_remove(struct zwatch *watch, void *socket);

/* A paused socket is neither read nor does it wake the loop. */
void zwatch_pause(struct zwatch *watch, void *socket, bool paused);

/* Messages handled so far; and whether the last turn left none waiting. One of
 * the two changes while the loop makes progress. */
uint64_t zwatch_handled(const struct zwatch *watch);
bool zwatch_is_idle(const struct zwatch *watch);

#endif
