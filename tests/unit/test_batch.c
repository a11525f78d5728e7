/* Arrays in PostgreSQL's binary form, byte by byte. */
#include "unit.h"

#include "batch.h"

static void an_array_of_int4_is_laid_out_as_the_server_wants(void **state)
{
	static const char wanted[] =
	    "\0\0\0\1"         /* dimensions */
	    "\0\0\0\0"         /* no nulls */
	    "\0\0\0\x17"       /* int4 */
	    "\0\0\0\2\0\0\0\1" /* length, lower bound */
	    "\0\0\0\4\0\0\0\5"
	    "\0\0\0\4\xff\xff\xff\xfe";
	struct array array = {0};
	struct pg_values values = {0};

	(void)state;
	array_reset(&array, PG_INT4);
	array_int4(&array, 5);
	array_int4(&array, -2);
	assert_true(array_put(&array, &values));
	assert_int_equal(values.count, 1);
	assert_int_equal(values.length[0], sizeof(wanted) - 1);
	assert_memory_equal(values.value[0], wanted, sizeof(wanted) - 1);
	array_fini(&array);
}

static void nulls_are_announced_and_marked(void **state)
{
	static const char wanted[] = "\0\0\0\1\0\0\0\1\0\0\0\x19"
				     "\0\0\0\3\0\0\0\1"
				     "\0\0\0\1x"
				     "\xff\xff\xff\xff"
				     "\0\0\0\0";
	struct array array = {0};
	struct pg_values values = {0};

	(void)state;
	array_reset(&array, PG_TEXT);
	array_text(&array, TEXT("x"));
	array_text(&array, TEXT_NONE);
	array_text(&array, TEXT(""));
	assert_true(array_put(&array, &values));
	assert_int_equal(values.length[0], sizeof(wanted) - 1);
	assert_memory_equal(values.value[0], wanted, sizeof(wanted) - 1);
	array_fini(&array);
}

static void an_empty_array_has_no_dimension(void **state)
{
	static const char wanted[] = "\0\0\0\0\0\0\0\0\0\0\0\x11";
	struct array array = {0};
	struct pg_values values = {0};

	(void)state;
	array_reset(&array, PG_BYTEA);
	array_bytes(&array, "old", 3);
	array_reset(&array, PG_BYTEA); /* what was in it is gone */
	assert_true(array_put(&array, &values));
	assert_int_equal(values.length[0], sizeof(wanted) - 1);
	assert_memory_equal(values.value[0], wanted, sizeof(wanted) - 1);
	array_fini(&array);
}

static void dates_and_times_count_from_2000(void **state)
{
	struct array array = {0};
	struct pg_values values = {0};

	(void)state;
	array_reset(&array, PG_DATE);
	array_date(&array, date_of(2000, 1, 2));
	array_date(&array, DATE_NONE);
	assert_true(array_put(&array, &values));
	assert_memory_equal(
	    values.value[0] + 20, "\0\0\0\4\0\0\0\1\xff\xff\xff\xff", 12);
	array_reset(&array, PG_TIMESTAMPTZ);
	array_time(&array, 946684800000001);
	assert_true(array_put(&array, &values));
	assert_memory_equal(
	    values.value[1] + 20, "\0\0\0\x8\0\0\0\0\0\0\0\1", 12);
	array_fini(&array);
}

static void an_array_grows_as_it_must(void **state)
{
	struct array array = {0};
	struct pg_values values = {0};
	char big[5000];

	(void)state;
	memset(big, 'x', sizeof(big));
	array_reset(&array, PG_TEXT);
	for (int i = 0; i < 100; i++)
		array_text(&array, (struct text){big, sizeof(big)});
	assert_true(array_put(&array, &values));
	assert_int_equal(values.length[0], 20 + 100 * 5004);
	array_trim(&array, 1000);
	assert_null(array.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_array_of_int4_is_laid_out_as_the_server_wants),
	    cmocka_unit_test(nulls_are_announced_and_marked),
	    cmocka_unit_test(an_empty_array_has_no_dimension),
	    cmocka_unit_test(dates_and_times_count_from_2000),
	    cmocka_unit_test(an_array_grows_as_it_must),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
