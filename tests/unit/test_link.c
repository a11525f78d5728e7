/* link.h: where members belong, for ever. */
#include "link.h"

#include <stdio.h>

#include "unit.h"

static void members_stay_where_they_are(void **state)
{
	(void)state;
	/* BLAKE2b-256 of these texts begins with these bytes */
	assert_int_equal(stream_of(0, TEXT("canfitpro/104233")), 47);
	assert_int_equal(stream_of(3, TEXT("cpc/1")), 3 * 64 + 51);
}

static void members_spread_over_all_streams(void **state)
{
	int seen[STREAM_BUCKETS] = {0};

	(void)state;
	for (int i = 0; i < 6400; i++) {
		char member[32];
		int length = snprintf(member, sizeof(member), "csep/%d", i);
		int32_t stream =
		    stream_of(1, (struct text){member, (size_t)length});

		assert_in_range(stream, 64, 127);
		seen[stream - 64]++;
	}
	for (int i = 0; i < STREAM_BUCKETS; i++)
		assert_in_range(seen[i], 50, 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_stay_where_they_are),
	    cmocka_unit_test(members_spread_over_all_streams)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
