/* An event from flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "event_flags.h"

#define WORDS_MOST 32

/* The event that a command line gives, as JSON with sorted keys; or what is
 * wrong with it. Words are separated by '|'. */
static void check(const char *type, const char *line, const char *expected)
{
	char copy[512], verb[] = "submit", *words[WORDS_MOST] = {verb};
	char wrong[EVENT_FLAGS_MESSAGE] = "", *dump;
	struct flag table[EVENT_FLAGS_MOST + 8];
	struct event_flags flags = {0};
	struct flags_parsed parsed;
	int count = 1;
	json_t *event;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, "|"); word; word = strtok(NULL, "|"))
		words[count++] = word;
	event_flags_table(&flags, table);
	assert_int_equal(flags_parse((const struct flag *const[]){table, NULL},
			     false, count, words, &parsed),
	    FLAGS_GO_ON);
	event = event_flags_build(&flags, type, "o/1", wrong);
	if (event == NULL) {
		assert_non_null(strstr(wrong, expected));
		return;
	}
	dump = json_dumps(
	    json_object_get(event, "data"), JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(dump, expected);
	free(dump);
	json_decref(event);
}

static void flags_find_their_place(void **state)
{
	(void)state;
	check("certification.granted",
	    "--id|g|--designation|FIS|--on|2026-01-15|--jurisdiction|CA-ON",
	    "{\"designation\":\"FIS\",\"granted_on\":\"2026-01-15\","
	    "\"jurisdiction\":\"CA-ON\"}");
	check("activity.completed",
	    "--id|a|--kind|course|--on|2026-01-15|--minutes|240|--passed|yes|"
	    "--designation|FIS|--designation|PTS|--topic|biology",
	    "{\"activity\":{\"completed_on\":\"2026-01-15\","
	    "\"contact_minutes\":\"240\",\"kind\":\"course\",\"passed\":true,"
	    "\"topics\":[\"biology\"]},\"designations\":[\"FIS\",\"PTS\"]}");
	check("recognition.evidence",
	    "--id|e|--request|r|--evidence|attendance|--evidence|copy=s3://x",
	    "{\"evidence\":[{\"kind\":\"attendance\"},{\"kind\":\"copy\","
	    "\"uri\":\"s3://x\"}],\"request\":\"r\"}");
	check("certification.transferred",
	    "--id|t|--designation|X|--on|2026-01-01|--from|other/7/Y",
	    "{\"designation\":\"X\",\"from\":{\"designation\":\"Y\","
	    "\"number\":\"7\",\"organization\":\"other\"},"
	    "\"transferred_on\":\"2026-01-01\"}");
	check("credit.adjusted", "--id|c|--credits|-1.5|--designation|X",
	    "{\"credits\":\"-1.5\",\"designation\":\"X\"}");
	check("event.reversed", "--id|v|--event|a|--event-source|lms",
	    "{\"event\":\"a\",\"source\":\"lms\"}");
}

static void set_takes_any_key(void **state)
{
	(void)state;
	check("activity.completed",
	    "--id|a|--set|activity.kind=workshop|--set|"
	    "activity.contact_minutes:=240|--set|activity.topics=a,b|--set|"
	    "activity.extra:={\"room\": [1.5]}|--set|activity.title=a=b",
	    "{\"activity\":{\"contact_minutes\":240,\"extra\":{\"room\":[1.5]},"
	    "\"kind\":\"workshop\",\"title\":\"a=b\",\"topics\":[\"a\",\"b\"]"
	    "}}");
}

static void mistakes_are_named(void **state)
{
	(void)state;
	check("activity.done", "--id|a", "'activity.done' is no type");
	check("activity.completed", "--on|2026-01-01", "--id is missing");
	check("activity.completed", "--id|a|--amount|5",
	    "--amount does not belong to activity.completed");
	check("activity.completed", "--id|a|--kind|x|--kind|y",
	    "--kind is given more than once");
	check(
	    "activity.completed", "--id|a|--set|nothing", "expected KEY=TEXT");
	check("activity.completed", "--id|a|--set|=x", "expected KEY=TEXT");
	check("activity.completed", "--id|a|--set|x:={", "--set x: not JSON");
	check("activity.completed", "--id|a|--set|a..b=c", "is no key");
	check("activity.completed", "--id|a|--set|a=1|--set|a.b=2",
	    "'a' has a value already");
	check("certification.transferred", "--id|t|--from|x/y",
	    "expected ORG/NUMBER/DESIGNATION");
	check("activity.completed", "--id|a|--kind|\xff", "not valid UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(flags_find_their_place),
	    cmocka_unit_test(set_takes_any_key),
	    cmocka_unit_test(mistakes_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
