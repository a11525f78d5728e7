/* Civil dates by counting days in 400-year eras; times in microseconds. */
#include "date.h"

#include <stdio.h>

#define DAYS_PER_ERA  146097 /* 400 years */
#define DAYS_TO_1970  719468 /* from 0000-03-01 */
#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY    (INT64_C(86400) * US_PER_SECOND)

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const unsigned char days[12] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Years begin in March here, so that the leap day is a year's last: then the
 * days before a month are a linear function of it. */
date_t date_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year =
	    (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 -
			 year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

void date_split(date_t date, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t days = (int64_t)date + DAYS_TO_1970;
	int64_t era =
	    (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int day_of_era = (int)(days - era * DAYS_PER_ERA);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			      day_of_era / 146096) /
			  365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 -
					   year_of_era / 100);
	int month = (5 * day_of_year + 2) / 153; /* 0 is March */

	*ret_day = day_of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = (int)(era * 400) + year_of_era + (*ret_month <= 2);
}

/* Exactly `count` digits; moves on. */
static bool take_number(struct text *text, unsigned count, int *ret)
{
	int value = 0;

	if (text->length < count)
		return false;
	for (unsigned i = 0; i < count; i++) {
		char c = text->at[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	text->at += count;
	text->length -= count;
	*ret = value;
	return true;
}

static bool take_char(struct text *text, char wanted)
{
	if (text->length == 0 || text->at[0] != wanted)
		return false;
	text->at++;
	text->length--;
	return true;
}

static bool take_date(struct text *text, date_t *ret)
{
	int year, month, day;

	if (!take_number(text, 4, &year) || !take_char(text, '-') ||
	    !take_number(text, 2, &month) || !take_char(text, '-') ||
	    !take_number(text, 2, &day))
		return false;
	if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	*ret = date_of(year, month, day);
	return true;
}

bool date_parse(struct text text, date_t *ret)
{
	date_t date;

	if (!take_date(&text, &date) || text.length != 0)
		return false;
	*ret = date;
	return true;
}

struct text date_write(date_t date, char buffer[DATE_TEXT_SIZE])
{
	int year, month, day, length;

	/* The marks are no dates; they must not look like some. */
	if (date == DATE_NONE)
		length = snprintf(buffer, DATE_TEXT_SIZE, "none");
	else if (date == DATE_NEVER)
		length = snprintf(buffer, DATE_TEXT_SIZE, "never");
	else {
		date_split(date, &year, &month, &day);
		length = snprintf(
		    buffer, DATE_TEXT_SIZE, "%04d-%02d-%02d", year, month, day);
	}
	if (length >= DATE_TEXT_SIZE)
		length = DATE_TEXT_SIZE - 1;
	return (struct text){buffer, (size_t)length};
}

date_t date_add_months(date_t date, int months)
{
	int year, month, day, last;

	date_split(date, &year, &month, &day);
	months += year * 12 + (month - 1);
	year = (months >= 0 ? months : months - 11) / 12;
	month = months - year * 12 + 1;
	last = days_in_month(year, month);
	return date_of(year, month, day < last ? day : last);
}

static bool take_clock(struct text *text, int64_t *ret_us)
{
	int hour, minute, second;
	int64_t us, part = US_PER_SECOND;

	if (!take_number(text, 2, &hour) || !take_char(text, ':') ||
	    !take_number(text, 2, &minute) || !take_char(text, ':') ||
	    !take_number(text, 2, &second) || hour > 23 || minute > 59 ||
	    second > 59)
		return false;
	us = (hour * 3600 + minute * 60 + second) * US_PER_SECOND;
	if (take_char(text, '.')) {
		int digit;

		if (!take_number(text, 1, &digit))
			return false;
		do {
			part /= 10;
			if (part == 0)
				return false; /* a seventh digit */
			us += digit * part;
		} while (take_number(text, 1, &digit));
	}
	*ret_us = us;
	return true;
}

/* The zone's distance from UTC, east positive. */
static bool take_zone(struct text *text, int64_t *ret_us)
{
	int hour, minute;
	bool west;

	if (take_char(text, 'Z') || take_char(text, 'z')) {
		*ret_us = 0;
		return true;
	}
	west = take_char(text, '-');
	if (!west && !take_char(text, '+'))
		return false;
	if (!take_number(text, 2, &hour) || !take_char(text, ':') ||
	    !take_number(text, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*ret_us = (hour * 3600 + minute * 60) * US_PER_SECOND;
	if (west)
		*ret_us = -*ret_us;
	return true;
}

bool time_parse(struct text text, int64_t *ret_us)
{
	date_t date;
	int64_t clock, zone;

	if (!take_date(&text, &date) ||
	    (!take_char(&text, 'T') && !take_char(&text, 't')) ||
	    !take_clock(&text, &clock) || !take_zone(&text, &zone) ||
	    text.length != 0)
		return false;
	*ret_us = date * US_PER_DAY + clock - zone;
	return true;
}

date_t time_date_utc(int64_t us)
{
	int64_t day = us / US_PER_DAY;

	return (date_t)(us % US_PER_DAY < 0 ? day - 1 : day);
}

struct text time_write(int64_t us, char buffer[TIME_TEXT_SIZE])
{
	date_t date = time_date_utc(us);
	int64_t rest = us - date * US_PER_DAY;
	int seconds = (int)(rest / US_PER_SECOND);
	int year, month, day, length;

	date_split(date, &year, &month, &day);
	length = snprintf(buffer, TIME_TEXT_SIZE,
	    "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day,
	    seconds / 3600, seconds / 60 % 60, seconds % 60,
	    (int)(rest % US_PER_SECOND));
	if (length >= TIME_TEXT_SIZE)
		length = TIME_TEXT_SIZE - 1;
	return (struct text){buffer, (size_t)length};
}
