/* clock.h */
#include "clock.h"

#include <errno.h>
#include <stdlib.h>

#include "unit.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static int64_t at(const char *text)
{
	int64_t us;

	if (!time_parse(text_of(text), &us))
		fail_msg("bad time %s", text);
	return us;
}

/* To the microsecond, also where a day has 23 or 25 hours. */
static void the_date_changes_at_local_midnight(void **state)
{
	struct clock clock;
	struct zone zone = {0};

	(void)state;
	clock_init(&clock, DATE_NONE);
	assert_true(zone_set(&zone, TEXT("America/Toronto")));
	assert_int_equal(
	    clock_date(&clock, &zone, at("2026-03-01T04:59:59.999999Z")),
	    date_of(2026, 2, 28));
	assert_int_equal(clock_date(&clock, &zone, at("2026-03-01T05:00:00Z")),
	    date_of(2026, 3, 1));
	/* The day on which clocks go forward has 23 hours. */
	assert_int_equal(
	    clock_date(&clock, &zone, at("2026-03-09T03:59:59.999999Z")),
	    date_of(2026, 3, 8));
	assert_int_equal(clock_date(&clock, &zone, at("2026-03-09T04:00:00Z")),
	    date_of(2026, 3, 9));
	assert_int_equal(clock_date(&clock, &zone, at("2026-11-02T04:59:59Z")),
	    date_of(2026, 11, 1));
	assert_int_equal(clock_date(&clock, &zone, at("2026-11-02T05:00:00Z")),
	    date_of(2026, 11, 2));
}

static void the_date_never_falls(void **state)
{
	struct clock clock;
	struct zone zone = {0};

	(void)state;
	clock_init(&clock, DATE_NONE);
	assert_true(zone_set(&zone, TEXT("UTC")));
	assert_int_equal(clock_date(&clock, &zone, at("2026-07-01T00:00:01Z")),
	    date_of(2026, 7, 1));
	assert_int_equal(clock_date(&clock, &zone, at("2026-06-30T23:59:59Z")),
	    date_of(2026, 7, 1));
}

static void each_zone_has_its_own_day(void **state)
{
	struct clock clock;
	struct zone east = {0}, west = {0};
	int64_t now = at("2026-07-01T04:30:00Z");

	(void)state;
	clock_init(&clock, DATE_NONE);
	setenv("TZ", "Asia/Tokyo", 1);
	assert_true(zone_set(&east, TEXT("America/Toronto")));
	assert_true(zone_set(&west, TEXT("America/Vancouver")));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    clock_date(&clock, &east, now), date_of(2026, 7, 1));
		assert_int_equal(
		    clock_date(&clock, &west, now), date_of(2026, 6, 30));
	}
	assert_string_equal(getenv("TZ"), "Asia/Tokyo");
	unsetenv("TZ");
}

static void unknown_zones_are_refused(void **state)
{
	static const char *const bad[] = {"", "America/Nowhere", "/etc/passwd",
	    "../../../etc/passwd",
	    ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")};
	struct zone zone = {.name = "UTC"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(zone_set(&zone, text_of(bad[i])));
	assert_string_equal(zone.name, "UTC");
}

static void the_test_clock_stands_still_and_counts_up(void **state)
{
	struct clock clock;
	struct zone zone = {.name = "America/Toronto"};
	int64_t first;

	(void)state;
	clock_init(&clock, date_of(2026, 6, 30));
	assert_true(clock_is_test(&clock));
	first = clock_received_us(&clock);
	assert_int_equal(first, at("2026-06-30T12:00:00Z"));
	assert_int_equal(clock_received_us(&clock), first + 1);
	assert_int_equal(clock_date(&clock, &zone, 0), date_of(2026, 6, 30));
	assert_int_equal(clock_move(&clock, date_of(2026, 6, 29)), -EINVAL);
	assert_int_equal(clock_move(&clock, date_of(2026, 6, 30)), 0);
	assert_int_equal(clock_received_us(&clock), first + 2);
	assert_int_equal(clock_move(&clock, date_of(2026, 7, 1)), 0);
	assert_int_equal(clock_received_us(&clock), first + 24 * HOUR_US);
}

static void the_real_clock_does_not_move(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock, DATE_NONE);
	assert_int_equal(clock_move(&clock, date_of(2100, 1, 1)), -EPERM);
	assert_true(clock_received_us(&clock) > at("2025-01-01T00:00:00Z"));
	assert_true(clock_monotonic_us() > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_date_changes_at_local_midnight),
	    cmocka_unit_test(the_date_never_falls),
	    cmocka_unit_test(each_zone_has_its_own_day),
	    cmocka_unit_test(unknown_zones_are_refused),
	    cmocka_unit_test(the_test_clock_stands_still_and_counts_up),
	    cmocka_unit_test(the_real_clock_does_not_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
