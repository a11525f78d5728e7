/* Events from JSON Lines and from JSON of any shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "input.h"

/* What an input gives, as "1:a 2! 3:b": lines with ids, '!' for wrong ones, at
 * the end "F" if it failed. */
static void check(const char *text, const char *expected)
{
	char path[] = "/tmp/creditd-input-XXXXXX", said[256] = "";
	char message[INPUT_MESSAGE];
	enum input_result result;
	struct input input;
	json_t *event;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_true(input_open(&input, path));
	while ((result = input_next(&input, &event, message)) != INPUT_END) {
		size_t at = strlen(said);

		if (result == INPUT_FAILED) {
			strcat(said, "F");
			break;
		}
		if (result == INPUT_WRONG) {
			snprintf(
			    said + at, sizeof(said) - at, "%zu! ", input.line);
			continue;
		}
		snprintf(said + at, sizeof(said) - at, "%zu:%s ", input.line,
		    json_string_value(json_object_get(event, "id")));
		json_decref(event);
	}
	assert_string_equal(said, expected);
	input_close(&input);
	unlink(path);
}

static void lines(void **state)
{
	(void)state;
	check("", "");
	check("\n  \n", "");
	check("{\"id\":\"a\"}\n{\"id\":\"b\"}\n", "1:a 2:b ");
	check("{\"id\":\"a\"}\n\n{\"id\":\"b\"}", "1:a 3:b ");
	check("{\"id\":\"a\"}\n{bad}\n[1]\n{\"id\":\"b\"}\n", "1:a 2! 3! 4:b ");
	check("{bad}\n{\"id\":\"b\"}\n", "1! 2:b ");
	check("{\"id\":\"a\",\"id\":\"b\"}\n{\"id\":\"c\"}\n", "1! 2:c ");
}

static void documents(void **state)
{
	(void)state;
	check("[{\"id\":\"a\"}, {\"id\":\"b\"}]", "1:a 2:b ");
	check("[\n{\"id\":\"a\"},\n 5,\n{\"id\":\"b\"}\n]\n", "1:a 2! 3:b ");
	check("{\n \"id\": \"a\"\n}\n{\n \"id\": \"b\"\n}\n", "1:a 2:b ");
	check("{\n \"id\": \"a\"\n}\n[{\"id\": \"b\"}]", "1:a 2:b ");
	check("[]", "");
	check("[{\"id\":\"a\"},", "F");
	check("{\n \"id\": \n", "F");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
