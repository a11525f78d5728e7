/* System events: a new day, a new program, members that are due.
 *
 *  1. A stream is told each day (DAY) before the first event of that day, and
 *     at midnight of its organization if there is none.
 *  2. A worker's heads say `due` while members of the stream still wait to be
 *     ruled again; then DUE events follow in the low lane, one at a time.
 *  3. An operator's new program goes into all streams (PROGRAM).
 *  4. What an operator has tried again goes into its stream (REDRIVE).
 *
 * They never expire: what a worker turns down is put in again a second later,
 * what brings workers down a minute later.
 * They carry ids that say what they are, so one that comes twice is harmless.
 */
#ifndef DAEMON_CALENDAR_H
#define DAEMON_CALENDAR_H

#include "clock.h"
#include "directory.h"
#include "flight.h"
#include "stream.h"
#include "wire.h"

struct calendar {
	struct clock *clock;
	struct directory *directory;
	struct flights *flights;
	struct streams *streams;
	struct wire_writer body;
	struct flight_list parked; /* turned down, to be put in again */
	bool rescan; /* some stream is unsure, or memory was short */
};

/* What a worker says about a stream. */
struct stream_head {
	int64_t stream, seq, offset;
	struct text chain;
	int64_t today;
	bool due;
	int64_t rules;  /* revision that rules it; 0: not told */
	int64_t asides; /* bytes that are set aside */
};

void calendar_init(struct calendar *calendar, struct clock *clock,
    struct directory *directory, struct flights *flights,
    struct streams *streams);
void calendar_fini(struct calendar *calendar);

/* The organization's date at that time of receipt; never earlier than that of
 * one of its streams, also where this clock went back. */
date_t calendar_date(struct calendar *calendar,
    struct organization *organization, int64_t received_us);
/* The organization's date now. */
date_t calendar_today(
    struct calendar *calendar, struct organization *organization);

/* Makes sure that the stream hears of `date` before what is pushed next.
 * False without memory. */
MUST_CHECK bool calendar_before(
    struct calendar *calendar, struct stream *stream, date_t date);

/* Takes in what a worker said; `hello`: as the database has it, which may be
 * earlier than what creditd knew. */
void calendar_head(struct calendar *calendar, struct stream *stream,
    const struct stream_head *head, bool hello);

/* Puts PROGRAM into each stream, for the operator's request `control`. Returns
 * how many streams got it (all, or fewer without memory). */
unsigned calendar_program(struct calendar *calendar,
    struct organization *organization, int32_t revision, uint32_t control);

/* Bytes that are set aside, to be tried again. */
#define REDRIVE_DIGEST_SIZE 16
struct redrive {
	struct text source;
	unsigned char digest[REDRIVE_DIGEST_SIZE];
	struct text author;
	uint32_t control; /* the operator's request */
};
/* Puts REDRIVE into the stream. False without memory. */
MUST_CHECK bool calendar_redrive(struct calendar *calendar,
    struct stream *stream, const struct redrive *redrive);

/* A worker has done a system event. The caller frees the flight. */
void calendar_settled(struct calendar *calendar, const struct flight *flight);
/* A worker turned a system event down; the calendar keeps the flight, which
 * was taken out of its stream. */
void calendar_turned_down(
    struct calendar *calendar, struct flight *flight, int64_t now_us);
/* Likewise for one that brings workers down, which waits. */
void calendar_put_off(
    struct calendar *calendar, struct flight *flight, int64_t now_us);

/* Ten times a second: midnights, and what was put off. */
void calendar_tick(struct calendar *calendar, int64_t now_us);

/* All streams have ruled that date, and nobody is due. */
bool calendar_is_settled(const struct calendar *calendar, date_t date);

#endif
