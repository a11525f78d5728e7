/* JSON to msgpack and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "convert.h"

/* Bytes that a JSON text becomes. */
static void check_wire(const char *text, const char *bytes, size_t size)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	struct wire_writer w = {0};

	assert_non_null(json);
	assert_true(convert_to_wire(json, &w));
	assert_false(w.failed);
	assert_int_equal(w.size, size);
	assert_memory_equal(w.data, bytes, size);
	wire_writer_fini(&w);
	json_decref(json);
}
#define CHECK_WIRE(text, bytes) check_wire(text, bytes, sizeof(bytes) - 1)

/* JSON text that bytes become. */
static void check_json(const char *bytes, size_t size, const char *text)
{
	json_t *json = convert_to_json((struct text){bytes, size});
	char *dump;

	assert_non_null(json);
	dump = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	assert_string_equal(dump, text);
	free(dump);
	json_decref(json);
}
#define CHECK_JSON(bytes, text) check_json(bytes, sizeof(bytes) - 1, text)

static void json_becomes_msgpack(void **state)
{
	(void)state;
	CHECK_WIRE("{\"a\": 1}", "\x81\xa1"
				 "a\x01");
	CHECK_WIRE("[null, true, false]", "\x93\xc0\xc3\xc2");
	CHECK_WIRE("\"1.50\"", "\xa4"
			       "1.50");
	CHECK_WIRE("-5", "\xfb");
	CHECK_WIRE("240", "\xcc\xf0");
	CHECK_WIRE("1.5", "\xcb\x3f\xf8\0\0\0\0\0\0");
	CHECK_WIRE("0.1", "\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a");
	CHECK_WIRE("{\"x\": {\"y\": []}}", "\x81\xa1x\x81\xa1y\x90");
}

static void msgpack_becomes_json(void **state)
{
	(void)state;
	CHECK_JSON("\x81\xa1"
		   "a\x01",
	    "{\"a\":1}");
	CHECK_JSON("\x93\xc0\xc3\xc2", "[null,true,false]");
	CHECK_JSON("\xcb\x3f\xf8\0\0\0\0\0\0", "1.5");
	CHECK_JSON(
	    "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "\"cfffffffffffffffff\"");
	CHECK_JSON("\xcb\x7f\xf8\0\0\0\0\0\0", "\"nan\"");
	/* A message's body is bin in `changes`, and a map for people. */
	CHECK_JSON("\xc4\x04\x81\xa1"
		   "a\x01",
	    "{\"a\":1}");
	CHECK_JSON("\xc4\x02\x01\xff", "\"01ff\"");
}

static void damage_is_refused(void **state)
{
	static const char *const damaged[] = {"\x81", "\x81\xa1", "\xc1",
	    "\x92\x01",
	    ("\xa5"
	     "ab"),
	    "\x81\x01\x02"};

	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		assert_null(convert_to_json(text_of(damaged[i])));
	assert_null(convert_to_json(TEXT("\x01\x02")));
	assert_null(convert_to_json(TEXT("")));
	/* invalid UTF-8 */
	assert_null(convert_to_json(TEXT("\xa1\xff")));
}

static void depth_is_bounded(void **state)
{
	char text[201];
	json_t *json;
	struct wire_writer w = {0};

	(void)state;
	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	text[200] = '\0';
	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	assert_false(convert_to_wire(json, &w));
	wire_writer_fini(&w);
	json_decref(json);
	memset(text, '\x91', 100);
	assert_null(convert_to_json((struct text){text, 100}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_becomes_msgpack),
	    cmocka_unit_test(msgpack_becomes_json),
	    cmocka_unit_test(damage_is_refused),
	    cmocka_unit_test(depth_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
