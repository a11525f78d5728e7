/* The feeds' XPUB sockets, one for each organization.
 *
 * A subscriber that is slow or gone loses messages at its high-water mark and
 * asks for `changes`; it never slows anyone. So that a healthy one does not
 * lose any in a burst, messages go out at a pace that libzmq can keep up with,
 * from a bounded queue. */
#ifndef DAEMON_OUTLET_H
#define DAEMON_OUTLET_H

#include "directory.h"
#include "frame.h"
#include "settings.h"
#include "socket.h"
#include "zwatch.h"

struct outlet;

struct outlets {
	void *context;
	struct zwatch *watch;
	const struct settings *settings;
	struct outlet *outlet[ORGANIZATIONS_MOST]; /* by organization.index */
	unsigned count;
	bool backlog; /* some queue is not empty */
};

/* Opens the organization's feed; one that can't be bound is logged, and tried
 * again by outlets_retry(). */
void outlet_open(struct outlets *outlets, struct organization *organization);
void outlets_retry(struct outlets *outlets);
void outlets_fini(struct outlets *outlets);

/* Its endpoint; NULL while it has none. */
const char *outlet_endpoint(
    const struct outlets *outlets, const struct organization *organization);

/* Sends, or queues behind what waits; false: no room, publish it later. What
 * has no socket to go to is dropped: subscribers ask for it. */
MUST_CHECK bool outlet_publish(struct outlets *outlets,
    const struct organization *organization, struct text topic,
    struct text body);

/* Once in each turn: sends what waits, as far as the pace allows. */
void outlets_turn(struct outlets *outlets, int64_t now_us);

#endif
