/* What creditd says about itself: PONG, QUERY feeds, QUERY status. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include "dispatch.h"
#include "outlet.h"
#include "wire.h"

/* All that a status tells of. */
struct status {
	struct dispatch *dispatch;
	const struct outlets *outlets;
	const struct settings *settings;
	/* as bound, with real ports */
	char events[SETTINGS_EVENTS_MOST][ENDPOINT_SIZE];
	char workers[ENDPOINT_SIZE];
	char control[ENDPOINT_SIZE];
	int64_t started_us;
	int64_t epoch;
};

void status_write_pong(struct wire_writer *w);
void status_write_feeds(struct wire_writer *w, const struct status *status);
void status_write(
    struct wire_writer *w, const struct status *status, int64_t now_us);

/* "well", "away" or "unknown": the database, as workers say. */
const char *status_database(const struct pool *pool);

#endif
