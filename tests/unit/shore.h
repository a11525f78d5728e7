/* A context, a loop and a directory for sockets, for tests of what does I/O. */
#ifndef TESTS_SHORE_H
#define TESTS_SHORE_H

#include <ev.h>

#include "frame.h"
#include "socket.h"
#include "unit.h"
#include "zwatch.h"

struct shore {
	void *context;
	struct ev_loop *loop;
	struct zwatch *watch;
	char directory[64];
	char endpoint[128]; /* ipc://directory/socket */
};

void shore_init(struct shore *shore);
/* All sockets must be closed. */
void shore_fini(struct shore *shore);

/* A socket of the other side, connected to `endpoint`. */
void *shore_peer(struct shore *shore, int type, const char *endpoint);

/* Turns the loop until `done` says so; fails after five seconds. */
typedef bool shore_done(void *arg);
void shore_until(struct shore *shore, shore_done *done, void *arg);

/* Turns the loop until the peer has a message. */
void shore_receive(struct shore *shore, void *peer, struct frames *frames);

#endif
