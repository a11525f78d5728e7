/* What an error of the database means for a batch; values in binary. */
#include "unit.h"

#include "pg.h"

static void each_class_of_errors_has_its_remedy(void **state)
{
	static const struct {
		const char *sqlstate;
		enum pg_class class;
	} cases[] = {
	    {NULL, PG_AWAY}, /* the connection is lost */
	    {"", PG_AWAY},
	    {"08006", PG_AWAY},   /* connection failure */
	    {"25006", PG_AWAY},   /* read-only transaction */
	    {"53100", PG_AWAY},   /* disk full */
	    {"57P01", PG_AWAY},   /* admin shutdown */
	    {"57014", PG_AGAIN},  /* statement timeout */
	    {"40001", PG_AGAIN},  /* serialization */
	    {"40P01", PG_AGAIN},  /* deadlock */
	    {"55P03", PG_AGAIN},  /* lock timeout */
	    {"22021", PG_DATA},   /* invalid bytes in text */
	    {"22003", PG_DATA},   /* number out of range */
	    {"23505", PG_DATA},   /* unique violation */
	    {"23514", PG_DATA},   /* check violation */
	    {"54000", PG_DATA},   /* index row too large */
	    {"P0001", PG_DATA},   /* raised */
	    {"CR001", PG_DATA},   /* a stream won in part */
	    {"42P01", PG_BROKEN}, /* no such table */
	    {"42501", PG_AWAY},   /* no right: it can be granted */
	    {"0A000", PG_BROKEN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    pg_classify(cases[i].sqlstate), cases[i].class);
}

static void scalars_are_big_endian(void **state)
{
	struct pg_values values = {0};

	(void)state;
	pg_put_int4(&values, 0x01020304);
	pg_put_int8(&values, -1);
	pg_put_date(&values, DATE_NONE);
	pg_put_text(&values, TEXT("abc"));
	pg_put_bool(&values, true);
	assert_int_equal(values.count, 5);
	assert_memory_equal(values.value[0], "\1\2\3\4", 4);
	assert_memory_equal(
	    values.value[1], "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	assert_null(values.value[2]);
	assert_int_equal(values.length[3], 3);
	assert_memory_equal(values.value[4], "\1", 1);
}

static void nothing_runs_without_a_connection(void **state)
{
	static const struct pg_statement statement = {
	    .name = "one", .sql = "SELECT 1"};
	struct pg_options options = {
	    .dsn = "host=/nonexistent dbname=x", .application = "test"};
	struct pg *pg = pg_create(&options);
	PGresult *result;

	(void)state;
	assert_non_null(pg);
	assert_int_equal(pg_query(pg, &statement, NULL, &result), PG_AWAY);
	assert_null(result);
	assert_int_equal(pg_open(pg), PG_AWAY);
	assert_true(strlen(pg_message(pg)) > 0);
	assert_true(pg_wait_ms(pg) > 0); /* the back-off has begun */
	assert_int_equal(pg_open(pg), PG_AWAY);
	pg_destroy(pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_class_of_errors_has_its_remedy),
	    cmocka_unit_test(scalars_are_big_endian),
	    cmocka_unit_test(nothing_runs_without_a_connection),
	};

	return cmocka_run_group_tests_name("pg", tests, NULL, NULL);
}
