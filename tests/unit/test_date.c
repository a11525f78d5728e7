/* date.h */
#include "date.h"

#include <time.h>

#include "unit.h"

/* Every day of the range, against the C library's calendar. */
static void days_agree_with_the_system(void **state)
{
	(void)state;
	for (date_t date = DATE_FIRST; date <= DATE_LAST; date++) {
		time_t seconds = (time_t)date * 86400;
		struct tm tm;
		int year, month, day;
		char buffer[DATE_TEXT_SIZE];
		date_t back;

		gmtime_r(&seconds, &tm);
		date_split(date, &year, &month, &day);
		assert_int_equal(year, tm.tm_year + 1900);
		assert_int_equal(month, tm.tm_mon + 1);
		assert_int_equal(day, tm.tm_mday);
		assert_int_equal(date_of(year, month, day), date);
		assert_true(date_parse(date_write(date, buffer), &back));
		assert_int_equal(back, date);
	}
}

static void dates_are_read_strictly(void **state)
{
	static const char *const bad[] = {"", "2026-3-01", "2026-02-29",
	    "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31",
	    "1899-12-31", "2200-01-01", "2026-03-01 ", " 2026-03-01",
	    "2026/03/01", "+026-03-01", "20260301", "2026-03-01T00:00:00Z"};
	date_t date;

	(void)state;
	assert_true(date_parse(TEXT("1900-01-01"), &date));
	assert_int_equal(date, DATE_FIRST);
	assert_true(date_parse(TEXT("2199-12-31"), &date));
	assert_int_equal(date, DATE_LAST);
	assert_true(date_parse(TEXT("2024-02-29"), &date));
	assert_false(date_parse(TEXT("1900-02-29"), &date));
	assert_true(date_parse(TEXT("2000-02-29"), &date));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(date_parse(text_of(bad[i]), &date));
	assert_false(date_parse(TEXT_NONE, &date));
}

static void months_clamp_to_the_month_s_end(void **state)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} cases[] = {{"2024-02-29", 12, "2025-02-28"},
	    {"2024-02-29", 48, "2028-02-29"}, {"2024-01-31", 1, "2024-02-29"},
	    {"2023-01-31", 1, "2023-02-28"}, {"2024-03-31", -1, "2024-02-29"},
	    {"2024-01-15", -1, "2023-12-15"}, {"2024-12-15", 1, "2025-01-15"},
	    {"2024-05-31", 0, "2024-05-31"}, {"1900-01-31", -1, "1899-12-31"}};
	char buffer[DATE_TEXT_SIZE];
	date_t date;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(date_parse(text_of(cases[i].from), &date));
		assert_true(text_is(
		    date_write(date_add_months(date, cases[i].months), buffer),
		    cases[i].to));
	}
}

static void marks_are_not_written_as_dates(void **state)
{
	char buffer[DATE_TEXT_SIZE];

	(void)state;
	assert_true(text_is(date_write(DATE_NONE, buffer), "none"));
	assert_true(text_is(date_write(DATE_NEVER, buffer), "never"));
}

static void times_know_zones_and_fractions(void **state)
{
	static const struct {
		const char *text, *utc;
	} good[] = {{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000Z"},
	    {"2026-03-01t12:00:00z", "2026-03-01T12:00:00.000000Z"},
	    {"2026-03-01T12:00:00.5-05:00", "2026-03-01T17:00:00.500000Z"},
	    {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000000Z"},
	    {"1900-01-01T00:00:00.000001Z", "1900-01-01T00:00:00.000001Z"},
	    {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
	    {"2199-12-31T23:59:59.123456-00:00",
		"2199-12-31T23:59:59.123456Z"}};
	static const char *const bad[] = {"2026-03-01", "2026-03-01T12:00Z",
	    "2026-03-01T12:00:00", "2026-03-01 12:00:00Z",
	    "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z",
	    "2026-03-01T12:00:60Z", "2026-03-01T12:00:00.Z",
	    "2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00+24:00",
	    "2026-03-01T12:00:00+0100", "2026-03-01T12:00:00+01:60",
	    "2026-02-30T12:00:00Z", "2200-01-01T00:00:00Z",
	    "2026-03-01T12:00:00Zx", ""};
	char buffer[TIME_TEXT_SIZE];
	int64_t us;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(time_parse(text_of(good[i].text), &us));
		assert_true(text_is(time_write(us, buffer), good[i].utc));
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(time_parse(text_of(bad[i]), &us));
	assert_int_equal(time_date_utc(-1), -1);
	assert_int_equal(time_date_utc(0), 0);
	assert_int_equal(time_date_utc(INT64_C(86400000000)), 1);
	assert_int_equal(time_date_utc(INT64_C(-86400000000)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_agree_with_the_system),
	    cmocka_unit_test(dates_are_read_strictly),
	    cmocka_unit_test(months_clamp_to_the_month_s_end),
	    cmocka_unit_test(marks_are_not_written_as_dates),
	    cmocka_unit_test(times_know_zones_and_fractions)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
