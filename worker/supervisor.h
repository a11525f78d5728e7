/* What systemd hears of a worker: that it runs, that it gets on, how it is.
 * Without NOTIFY_SOCKET in the environment nothing is said. */
#ifndef WORKER_SUPERVISOR_H
#define WORKER_SUPERVISOR_H

#include "uplink.h"

struct supervisor {
	int64_t told_at; /* monotonic, ms */
};

/* The worker serves from now on. */
void supervisor_ready(struct supervisor *supervisor);

/* Called from wherever the worker gets on, as often as it likes: feeds the
 * watchdog and says how it is, at most once a second. */
void supervisor_beat(
    struct supervisor *supervisor, const struct uplink *uplink);

/* It finishes what it has, and ends. */
void supervisor_stopping(void);

#endif
