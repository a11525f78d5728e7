/* Hears from ZeroMQ when a socket gets a connection and when it loses it. */
#ifndef CLIENT_MONITOR_H
#define CLIENT_MONITOR_H

#include "text.h"

struct monitor {
	void *pair;     /* receives the events; NULL: not open */
	bool connected; /* a handshake succeeded and nothing ended it */
	bool ever;      /* was connected at some time */
	unsigned times; /* how many connections there were */
};

/* Watches `socket` (of context `zmq`), before it connects. A negative errno. */
MUST_CHECK int monitor_open(struct monitor *monitor, void *zmq, void *socket);
/* Takes in what happened; true if a new connection stands since last time. */
bool monitor_drain(struct monitor *monitor);
void monitor_close(struct monitor *monitor);

#endif
