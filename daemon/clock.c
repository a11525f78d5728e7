/* The time of receipt, and which day it is for an organization. */
#include "clock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define DAY_US    (INT64_C(86400) * SECOND_US)

void clock_init(struct clock *clock, date_t test_date)
{
	*clock = (struct clock){.test_date = test_date};
}

bool clock_is_test(const struct clock *clock)
{
	return clock->test_date != DATE_NONE;
}

int64_t clock_received_us(struct clock *clock)
{
	struct timespec now;

	if (clock_is_test(clock))
		return clock->test_date * DAY_US + DAY_US / 2 +
		       clock->test_count++;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int clock_move(struct clock *clock, date_t date)
{
	if (!clock_is_test(clock))
		return -EPERM;
	if (date < clock->test_date)
		return -EINVAL;
	if (date > clock->test_date)
		clock->test_count = 0;
	clock->test_date = date;
	return 0;
}

/* Works out the local day. The C library knows one zone at a time, so TZ is
 * switched for the moment: this happens once a day and zone, in the only
 * thread of ours. */
static void zone_refresh(struct zone *zone, time_t now)
{
	const char *tz = getenv("TZ");
	char *before = tz != NULL ? strdup(tz) : NULL;
	struct tm local, day;

	setenv("TZ", zone->name, 1);
	tzset();
	localtime_r(&now, &local);
	day = (struct tm){.tm_year = local.tm_year,
	    .tm_mon = local.tm_mon,
	    .tm_mday = local.tm_mday,
	    .tm_isdst = -1};
	zone->from_us = mktime(&day) * SECOND_US;
	day = (struct tm){.tm_year = local.tm_year,
	    .tm_mon = local.tm_mon,
	    .tm_mday = local.tm_mday + 1,
	    .tm_isdst = -1};
	zone->until_us = mktime(&day) * SECOND_US;
	if (before != NULL)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);

	date_t date =
	    date_of(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);

	/* A stream's dates never fall, whatever the clock or the law does. */
	if (zone->date == 0 || date > zone->date)
		zone->date = date;
}

date_t clock_date(
    const struct clock *clock, struct zone *zone, int64_t received_us)
{
	if (clock_is_test(clock))
		return clock->test_date;
	if (received_us < zone->from_us || received_us >= zone->until_us)
		zone_refresh(zone, (time_t)(received_us / SECOND_US));
	return zone->date;
}

bool zone_set(struct zone *zone, struct text name)
{
	char path[PATH_MAX];

	if (name.length == 0 || name.length >= sizeof(zone->name) ||
	    name.at[0] == '/' || memchr(name.at, '\0', name.length) != NULL ||
	    memmem(name.at, name.length, "..", 2) != NULL)
		return false;
	if (zone->name[0] != '\0' && text_is(name, zone->name))
		return true;
	/* The C library takes an unknown name for UTC without a word. */
	snprintf(
	    path, sizeof(path), "/usr/share/zoneinfo/%.*s", TEXT_ARGS(name));
	if (access(path, R_OK) != 0)
		return false;
	memcpy(zone->name, name.at, name.length);
	zone->name[name.length] = '\0';
	zone->from_us = 0;
	zone->until_us = 0;
	return true;
}
