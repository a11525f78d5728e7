/* What an operator asks of creditd: a new test date, a new program, another try
 * of what was set aside. Answered when all streams concerned have done it. */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include "calendar.h"
#include "directory.h"
#include "reply.h"

#define CONTROLS_MOST 64 /* that wait at once */

struct control_wait;

TAILQ_HEAD(control_list, control_wait);

struct control {
	struct reply *reply;
	struct calendar *calendar;
	struct directory *directory;
	/* An organization that was not known before; broker opens its feed. */
	void (*opened)(void *arg, struct organization *organization);
	void *arg;
	struct control_list waits;
	unsigned count;
	uint32_t id;         /* of the newest */
	bool dirty;          /* something was settled */
	int64_t usable_us;   /* when a worker was usable last */
	int64_t progress_us; /* when something was settled last */
};

void control_init(struct control *control, struct reply *reply,
    struct calendar *calendar, struct directory *directory);
void control_fini(struct control *control);

/* Takes up a CONTROL. False: it asks for `status`, which others answer. */
MUST_CHECK bool control_request(
    struct control *control, const struct request *request, int64_t now_us);

/* A system event was settled, for the request `id` (0: for none). */
void control_settled(struct control *control, uint32_t id, int64_t now_us);

/* The redrive that the request `id` waits for is over. `answer`: what the
 * worker said, NULL if it brought workers down again; `done`: it was recorded,
 * the bytes are not set aside any more. */
void control_redriven(
    struct control *control, uint32_t id, const struct text *answer, bool done);

/* Answers what is done, and what waits for too long. `usable`: some worker is
 * well; `ready`: workers have told all streams. */
void control_turn(
    struct control *control, bool usable, bool ready, int64_t now_us);

#endif
