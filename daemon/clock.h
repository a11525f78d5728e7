/* The time of receipt, and which day it is for an organization.
 *
 * Deadlines use the monotonic clock (`now_us`); what is stored uses the wall
 * clock (`received_us`), stamped once, at ingress. */
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include <stdint.h>

#include "date.h"

#define ZONE_NAME_SIZE 64

/* A time zone, and the bounds of the local day in which it was asked last. */
struct zone {
	char name[ZONE_NAME_SIZE];
	int64_t from_us, until_us; /* in these `date` holds; both 0: unknown */
	date_t date;               /* never falls */
};

struct clock {
	date_t test_date;   /* DATE_NONE: the real clock */
	int64_t test_count; /* microseconds given out on the test date */
};

/* A date makes a test clock that stands still on it. */
void clock_init(struct clock *clock, date_t test_date);
bool clock_is_test(const struct clock *clock);

/* The time of receipt: the wall clock's, or the test date's noon in UTC and
 * one microsecond more at each call. */
int64_t clock_received_us(struct clock *clock);

/* The date in `zone` at that time of receipt; the test date on a test clock. */
date_t clock_date(
    const struct clock *clock, struct zone *zone, int64_t received_us);

/* Moves a test clock on. 0; -EPERM: not a test clock; -EINVAL: back. */
MUST_CHECK int clock_move(struct clock *clock, date_t date);

int64_t clock_monotonic_us(void);

/* Sets the zone's name; false if this machine does not know it (or it is too
 * long). It is then left as it was. */
MUST_CHECK bool zone_set(struct zone *zone, struct text name);

#endif
