/* Command lines by table; schema file names; instance files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl.h"
#include "flags.h"
#include "schema.h"

struct given {
	bool yes;
	const char *text;
	long number;
	struct flag_list list;
	struct flags_parsed parsed;
};

/* Words are separated by '|'; the values point into `copy`. */
static enum flags_result parse(struct given *given, const char *line)
{
	static char copy[256];
	char *argv[32] = {NULL};
	int argc = 0;
	struct flag own[] = {
	    {"yes", FLAG_BOOL, &given->yes, NULL, "a flag", 0, 0},
	    {"text", FLAG_TEXT, &given->text, "TEXT", "some text", 0, 0},
	    {"number", FLAG_NUMBER, &given->number, "N", "a number", 1, 9},
	    {"list", FLAG_LIST, &given->list, "X", "many", 0, 0},
	    {0},
	};

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, "|"); word; word = strtok(NULL, "|"))
		argv[argc++] = word;
	*given = (struct given){.number = 5};
	return flags_parse((const struct flag *const[]){own, NULL}, false, argc,
	    argv, &given->parsed);
}
static void values_arrive(void **state)
{
	struct given g;

	(void)state;
	assert_int_equal(parse(&g, "v|one|--yes|--text=t|two|--number|9|"
				   "--list|a|--list|b"),
	    FLAGS_GO_ON);
	assert_true(g.yes);
	assert_string_equal(g.text, "t");
	assert_int_equal(g.number, 9);
	assert_int_equal(g.list.count, 2);
	assert_string_equal(g.list.item[1], "b");
	assert_int_equal(g.parsed.first, 9);
	assert_int_equal(parse(&g, "v|--help"), FLAGS_HELP);
	assert_int_equal(parse(&g, "v|--version"), FLAGS_VERSION);
}

static void mistakes_are_named(void **state)
{
	struct given g;

	(void)state;
	assert_int_equal(parse(&g, "v|--nope"), FLAGS_WRONG);
	assert_non_null(strstr(g.parsed.message, "--nope"));
	assert_int_equal(parse(&g, "v|-x"), FLAGS_WRONG);
	assert_non_null(strstr(g.parsed.message, "-x"));
	assert_int_equal(parse(&g, "v|--text"), FLAGS_WRONG);
	assert_non_null(
	    strstr(g.parsed.message, "--text needs a value (TEXT)"));
	assert_int_equal(parse(&g, "v|--yes=1"), FLAGS_WRONG);
	assert_non_null(strstr(g.parsed.message, "takes no value"));
	assert_int_equal(parse(&g, "v|--number|10"), FLAGS_WRONG);
	assert_non_null(strstr(g.parsed.message, "from 1 to 9"));
	assert_int_equal(parse(&g, "v|--number|4x"), FLAGS_WRONG);
	assert_int_equal(parse(&g, "v|--number="), FLAGS_WRONG);
}

static void help_is_folded(void **state)
{
	char text[512] = "";
	FILE *into = fmemopen(text, sizeof(text), "w");

	(void)state;
	flags_fold(into, 4, "one two\n  an example that stays as it is\nthree");
	fclose(into);
	assert_string_equal(text, "    one two\n"
				  "      an example that stays as it is\n"
				  "    three\n");
}

static void schema_names(void **state)
{
	char name[SCHEMA_NAME_SIZE];
	int version = 0;

	(void)state;
	assert_true(schema_name("007-more-tables.sql", &version, name));
	assert_int_equal(version, 7);
	assert_string_equal(name, "more-tables");
	assert_false(schema_name("7-x.sql", &version, name));
	assert_false(schema_name("0007-x.sql", &version, name));
	assert_false(schema_name("007-.sql", &version, name));
	assert_false(schema_name("007-x.sql~", &version, name));
	assert_false(schema_name("000-x.sql", &version, name));
	assert_false(schema_name("README", &version, name));
	assert_int_equal(schema_compatible_from(
			     TEXT("-- what\n-- compatible_from: 3\nSELECT"), 5),
	    3);
	assert_int_equal(
	    schema_compatible_from(TEXT("SELECT 1;\n-- compatible_from: 3"), 5),
	    5);
	assert_int_equal(
	    schema_compatible_from(TEXT("-- compatible_from: 9\n"), 5), 5);
}

static void instance_lines(void **state)
{
	char text[] = "events=tcp://x:1\0feed.a=tcp://y:2\0dsn=host=/a b\0";

	(void)state;
	assert_string_equal(instance_get(text, "events"), "tcp://x:1");
	assert_string_equal(instance_get(text, "dsn"), "host=/a b");
	assert_null(instance_get(text, "feed"));
	assert_null(instance_get(text, "control"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_arrive),
	    cmocka_unit_test(mistakes_are_named),
	    cmocka_unit_test(help_is_folded),
	    cmocka_unit_test(schema_names),
	    cmocka_unit_test(instance_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
