/* Tables, lines and progress bars for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"
#include "progress.h"
#include "table.h"

static void text_of_values(void **state)
{
	json_t *json =
	    json_loads("{\"n\": null, \"s\": \"a\\u001b[1mb\", "
		       "\"l\": [\"x\", \"y\"], \"i\": 5, \"t\": true, "
		       "\"u\": \"h\\u00e9llo\"}",
		0, NULL);
	char text[16];

	(void)state;
	assert_string_equal(table_get(json, "n", text, sizeof(text)), "");
	assert_string_equal(table_get(json, "none", text, sizeof(text)), "");
	/* What a partner sent can't play with the terminal. */
	assert_string_equal(table_get(json, "s", text, sizeof(text)), "a?[1mb");
	assert_string_equal(table_get(json, "l", text, sizeof(text)), "x, y");
	assert_string_equal(table_get(json, "i", text, sizeof(text)), "5");
	assert_string_equal(table_get(json, "t", text, sizeof(text)), "yes");
	/* A cut never leaves half a character. */
	assert_string_equal(table_get(json, "u", text, 3), "h");
	json_decref(json);
}

static void table_is_rendered(void **state)
{
	static const struct column columns[] = {{"NAME", COLUMN_TEXT},
	    {"N", COLUMN_NUMBER}, {"STATE", COLUMN_TEXT}, {NULL, COLUMN_TEXT}};
	struct ctl ctl = {.colour = false};
	char text[256] = "";
	FILE *into = fmemopen(text, sizeof(text), "w");
	struct table table;

	(void)state;
	table_open(&table, &ctl, columns);
	table_row(&table);
	table_cell(&table, "ann");
	table_cell(&table, "5");
	table_cell_state(&table, "complete");
	table_row(&table);
	table_cell(&table, NULL);
	table_cell(&table, "12.5");
	table_cell_state(&table, NULL);
	table_show(&table, into, "none");
	fclose(into);
	assert_non_null(strstr(text, "NAME    N STATE\n"));
	assert_non_null(strstr(text, "ann     5 complete\n"));
	assert_non_null(strstr(text, "     12.5"));
	assert_null(strchr(text, '\033'));
}

static void empty_table_says_so(void **state)
{
	static const struct column columns[] = {
	    {"NAME", COLUMN_TEXT}, {NULL, COLUMN_TEXT}};
	struct ctl ctl = {.colour = false};
	char text[64] = "";
	FILE *into = fmemopen(text, sizeof(text), "w");
	struct table table;

	(void)state;
	table_open(&table, &ctl, columns);
	table_show(&table, into, "nothing here");
	fclose(into);
	assert_string_equal(text, "nothing here\n");
}

static void rows_are_sorted(void **state)
{
	static const char *const by[] = {"m", "d", NULL};
	json_t *rows = json_loads(
	    "[{\"m\":\"b\",\"d\":\"x\",\"n\":1},"
	    "{\"m\":\"a\",\"d\":\"y\",\"n\":2},{\"m\":\"a\",\"d\":\"x\","
	    "\"n\":3},{\"m\":\"a\",\"d\":\"x\",\"n\":4}]",
	    0, NULL);
	static const int expected[] = {3, 4, 2, 1};
	json_t *sorted = sort_rows(rows, by);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(json_integer_value(json_object_get(
				     json_array_get(sorted, i), "n")),
		    expected[i]);
	json_decref(sorted);
	json_decref(rows);
}

static void messages_read_well(void **state)
{
	json_t *body = json_loads(
	    "{\"kind\":\"balance\",\"event\":{\"source\":"
	    "\"lms\",\"id\":\"a1\"},\"balance\":{\"member\":\"o/1\","
	    "\"designation\":\"D\",\"unit\":\"CEC\",\"period\":{\"starts_on\":"
	    "\"2026-01-15\",\"ends_on\":\"2027-01-14\"},\"required\":\"4.0\","
	    "\"total\":\"3.5\",\"status\":\"in_progress\",\"missing\":"
	    "[\"cpr\"]}}",
	    0, NULL);
	char line[512], tiny[12];

	(void)state;
	message_line("balance/o/1/D", body, false, line, sizeof(line));
	assert_string_equal(line, "balance       o/1 D 2026-01-15: 3.5 of 4.0 "
				  "CEC, in_progress, missing cpr  (lms a1)");
	/* Cut, never beyond its room. */
	message_line("balance/o/1/D", body, false, tiny, sizeof(tiny));
	assert_string_equal(tiny, "balance    ");
	json_decref(body);
	body = json_loads(
	    "{\"kind\":\"request\",\"request\":{\"request\":"
	    "\"r7\",\"state\":\"awaiting_payment\",\"credited\":\"1.0\","
	    "\"total_due\":\"49.72\",\"paid\":\"20.00\",\"currency\":\"CAD\"}}",
	    0, NULL);
	message_line("request/o/1/r7", body, false, line, sizeof(line));
	assert_non_null(strstr(line, "o/1 r7: awaiting_payment, credited 1.0, "
				     "due 49.72 CAD, paid 20.00"));
	json_decref(body);
}

static void progress_bar(void **state)
{
	char line[PROGRESS_LINE];

	(void)state;
	progress_line(line, 10,
	    &(struct progress_at){50, 100, 500, "answered", ""}, 1000);
	assert_string_equal(line, "[#####.....]  50 %  500 answered, 500/s");
	progress_line(line, 10,
	    &(struct progress_at){200, 100, 500, "answered", "3 not taken"}, 0);
	assert_string_equal(
	    line, "[##########] 100 %  500 answered, 0/s, 3 not taken");
	progress_line(
	    line, 10, &(struct progress_at){0, 0, 7, "answered", ""}, 1000);
	assert_string_equal(line, "7 answered, 7/s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_of_values),
	    cmocka_unit_test(table_is_rendered),
	    cmocka_unit_test(empty_table_says_so),
	    cmocka_unit_test(rows_are_sorted),
	    cmocka_unit_test(messages_read_well),
	    cmocka_unit_test(progress_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
