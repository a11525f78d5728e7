/* Civil dates as days, times as microseconds; no clock, no time zones. */
#ifndef COMMON_DATE_H
#define COMMON_DATE_H

#include <stdint.h>

#include "text.h"

typedef int32_t date_t; /* days since 1970-01-01, proleptic Gregorian */

#define DATE_FIRST     ((date_t)-25567) /* 1900-01-01 */
#define DATE_LAST      ((date_t)84005)  /* 2199-12-31 */
#define DATE_NONE      INT32_MIN        /* no date */
#define DATE_NEVER     INT32_MAX        /* later than every date */
#define DATE_TEXT_SIZE 16
#define TIME_TEXT_SIZE 40

date_t date_of(int year, int month, int day);
void date_split(date_t date, int *ret_year, int *ret_month, int *ret_day);

/* "2026-03-01", an existing day from DATE_FIRST to DATE_LAST. */
MUST_CHECK bool date_parse(struct text text, date_t *ret);
struct text date_write(date_t date, char buffer[DATE_TEXT_SIZE]);

/* The same day of the month `months` later (or earlier), clamped to the
 * month's end: 2024-02-29 + 12 months is 2025-02-28. */
date_t date_add_months(date_t date, int months);

/* RFC 3339 with a zone, at most 6 fraction digits, as microseconds since
 * 1970-01-01T00:00:00Z. Year 1900 to 2199; second 60 is refused. */
MUST_CHECK bool time_parse(struct text text, int64_t *ret_us);
/* "2026-03-01T12:00:00.000000Z" */
struct text time_write(int64_t us, char buffer[TIME_TEXT_SIZE]);
/* The UTC date of a time, rounding down before 1970. */
date_t time_date_utc(int64_t us);

#endif
