/* wire.h: reading against msgpack-c, writing, and what is refused. */
#include "wire.h"

#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>

#include "date.h"
#include "pack.h"
#include "unit.h"

static const struct wire_limits partner = {
    .depth = 8, .elements = 4096, .partner = true};
static const struct wire_limits link_limits = {.depth = 32, .elements = 4096};

static const char *check(const char *bytes, size_t size)
{
	return wire_check(bytes, size, &partner);
}

static void integers_of_every_width_are_read(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		int64_t want;
	} cases[] = {{"\x07", 1, 7}, {"\xff", 1, -1}, {"\xe0", 1, -32},
	    {"\xcc\xff", 2, 255}, {"\xcd\x01\x00", 3, 256},
	    {"\xce\xff\xff\xff\xff", 5, UINT32_MAX},
	    {"\xcf\0\0\0\0\0\0\0\x01", 9, 1},
	    {"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", 9, INT64_MAX},
	    {"\xd0\x80", 2, -128}, {"\xd1\xff\xff", 3, -1},
	    {"\xd2\x80\0\0\0", 5, INT32_MIN}, {"\xd3\0\0\0\0\0\0\0\x05", 9, 5},
	    {"\xd3\x80\0\0\0\0\0\0\0", 9, INT64_MIN}};
	int64_t value;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct wire_reader reader =
		    wire_reader(cases[i].bytes, cases[i].size);

		assert_int_equal(wire_peek(&reader), WIRE_INT);
		assert_true(wire_read_int(&reader, &value));
		assert_true(value == cases[i].want);
		assert_ptr_equal(reader.at, reader.end);
		/* one byte less is no integer */
		reader = wire_reader(cases[i].bytes, cases[i].size - 1);
		assert_false(wire_read_int(&reader, &value));
	}
}

static void too_big_integers_are_a_type_of_their_own(void **state)
{
	static const char bytes[] = "\xcf\x80\0\0\0\0\0\0\0";
	struct wire_reader reader = wire_reader(bytes, 9);
	int64_t value;

	(void)state;
	assert_int_equal(wire_peek(&reader), WIRE_BIG);
	assert_false(wire_read_int(&reader, &value));
	assert_ptr_equal(reader.at, (const void *)bytes);
	assert_true(wire_skip(&reader, NULL));
}

static void lengths_beyond_the_end_are_broken(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} cases[] = {{"", 0}, {"\xc1", 1},
	    {"\xa3"
	     "ab",
		3},
	    {"\xd9", 1},
	    {"\xd9\x05"
	     "ab",
		4},
	    {"\xdb\xff\xff\xff\xff", 5}, {"\xc6\xff\xff\xff\xff", 5},
	    {"\xdd\xff\xff\xff\xff", 5}, {"\xdd\x08\0\0\0", 5},
	    {"\xdf\xff\xff\xff\xff", 5},
	    {"\xdf\x7f\xff\xff\xff"
	     "ab",
		7},
	    {"\x93\x01\x02", 3}, {"\x81\x01", 2},
	    {"\xc9\xff\xff\xff\xff\x01", 6}, {"\xd8\x01\x01", 3},
	    {"\xcb\0\0\0", 4}, {"\x91\x91", 2}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* in a block of its own, so that a byte too far is seen */
		char *copy = malloc(cases[i].size + 1);
		struct wire_reader reader;

		memcpy(copy, cases[i].bytes, cases[i].size);
		copy = realloc(copy, cases[i].size > 0 ? cases[i].size : 1);
		reader = wire_reader(copy, cases[i].size);
		assert_false(wire_skip(&reader, NULL));
		assert_ptr_equal(reader.at, (const void *)copy);
		assert_non_null(check(copy, cases[i].size));
		free(copy);
	}
}

static void a_wrong_type_leaves_the_reader_where_it_is(void **state)
{
	struct wire_reader reader = wire_reader("\xa1x", 2), before = reader;
	struct text text;
	int64_t number;
	uint32_t count;
	double real;
	bool flag;

	(void)state;
	assert_false(wire_read_nil(&reader));
	assert_false(wire_read_bool(&reader, &flag));
	assert_false(wire_read_int(&reader, &number));
	assert_false(wire_read_double(&reader, &real));
	assert_false(wire_read_bin(&reader, &text));
	assert_false(wire_read_array(&reader, &count));
	assert_false(wire_read_map(&reader, &count));
	assert_ptr_equal(reader.at, before.at);
	assert_true(wire_read_text(&reader, &text));
	assert_true(text_is(text, "x"));
	reader = wire_reader(NULL, 5);
	assert_int_equal(wire_peek(&reader), WIRE_BROKEN);
}

static void floats_of_both_widths_are_read(void **state)
{
	struct wire_reader reader =
	    wire_reader("\xca\x3f\xc0\0\0\xcb\x3f\xf8\0\0\0\0\0\0", 14);
	double value;

	(void)state;
	assert_true(wire_read_double(&reader, &value) && value == 1.5);
	assert_true(wire_read_double(&reader, &value) && value == 1.5);
}

static void a_partner_s_body_is_checked(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *wrong; /* a word of the sentence, or NULL */
	} cases[] = {{"\x80", 1, NULL},
	    {"\x81\xa1"
	     "a\xc0",
		4, NULL},
	    {"\x80\x80", 2, "after the end"},
	    {"\x82\xa1"
	     "a\x01\xa1"
	     "a\x02",
		7, "twice"},
	    {"\x81\x01\x02", 3, "key is not text"},
	    {"\x81\xc4\x01"
	     "a\x02",
		5, "key is not text"},
	    {"\x81\xc0\x02", 3, "key is not text"},
	    {"\x81\xa1"
	     "a\xc4\x01"
	     "a",
		6, "binary"},
	    {"\x81\xa1"
	     "a\xd4\x01\x01",
		6, "extension"},
	    {"\x81\xa1\xff\x01", 4, "UTF-8"},
	    {"\x81\xa1"
	     "a\xa1\0",
		5, "UTF-8"},
	    {"\x81\xa1\0\x01", 4, "UTF-8"},
	    {"\x81\xa1"
	     "a\xc1",
		4, "cut short"},
	    {"\x91\x91\x91\x91\x91\x91\x91\x90", 8, NULL},
	    {"\x91\x91\x91\x91\x91\x91\x91\x91\x01", 9, NULL},
	    {"\x91\x91\x91\x91\x91\x91\x91\x91\x90", 9, "deeper"},
	    /* the same key at different levels is fine */
	    {"\x82\xa1"
	     "a\x81\xa1"
	     "a\x01\xa1"
	     "b\x81\xa1"
	     "a\x01",
		13, NULL},
	    {"\x82\xa1"
	     "a\x82\xa1"
	     "b\x01\xa1"
	     "b\x01\xa1"
	     "c\x01",
		13, "twice"}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *wrong = check(cases[i].bytes, cases[i].size);

		if (cases[i].wrong == NULL) {
			assert_null(wrong);
		} else {
			assert_non_null(wrong);
			assert_non_null(strstr(wrong, cases[i].wrong));
		}
	}
	/* our own link may have bin and keys of any kind */
	assert_null(
	    wire_check("\x82\x01\xc4\x01\xff\x01\x02", 7, &link_limits));
}

/* A map with `count` keys k0 k1 …; the last one again as the first if asked. */
static void write_keys(struct wire_writer *w, unsigned count, bool again)
{
	char key[32];

	wire_writer_reset(w);
	wire_open_map(w);
	for (unsigned i = 0; i < count; i++) {
		snprintf(key, sizeof(key), "k%u",
		    again && i == count - 1 ? 0 : i * 7919 % count);
		wire_pair_nil(w, key);
	}
	wire_close(w);
}

static void repeated_keys_are_found_in_maps_of_every_size(void **state)
{
	struct wire_writer w = {0};

	(void)state;
	for (unsigned count = 2; count < 2048; count += 1 + count / 5) {
		write_keys(&w, count, false);
		assert_null(check(w.data, w.size));
		write_keys(&w, count, true);
		assert_non_null(check(w.data, w.size));
		assert_non_null(strstr(check(w.data, w.size), "twice"));
	}
	write_keys(&w, 2049, false);
	assert_non_null(strstr(check(w.data, w.size), "more"));
	wire_writer_fini(&w);
}

static void what_is_written_reads_back(void **state)
{
	struct wire_writer w = {0};
	struct wire_reader reader;
	struct text text;
	int64_t number;
	uint32_t count;
	bool flag;

	(void)state;
	assert_int_equal(wire_written(&w).length, 0);
	assert_non_null(wire_written(&w).at);
	wire_write_array(&w, 8);
	wire_write_nil(&w);
	wire_write_bool(&w, true);
	wire_write_int(&w, INT64_MIN);
	wire_write_text(&w, TEXT_NONE);
	wire_write_text(&w, TEXT(""));
	wire_write_bin(&w, TEXT("\xff\0"));
	wire_write_bin(&w, TEXT_NONE);
	wire_write_map(&w, 0);
	assert_false(w.failed);
	assert_null(wire_check(w.data, w.size, &link_limits));
	reader = wire_reader(w.data, w.size);
	assert_true(wire_read_array(&reader, &count) && count == 8);
	assert_true(wire_read_nil(&reader));
	assert_true(wire_read_bool(&reader, &flag) && flag);
	assert_true(wire_read_int(&reader, &number) && number == INT64_MIN);
	assert_true(wire_read_nil(&reader));
	assert_true(wire_read_text(&reader, &text) && text.length == 0);
	assert_true(wire_read_bin(&reader, &text) && text.length == 2);
	assert_true(wire_read_bin(&reader, &text) && text.length == 0);
	assert_true(wire_read_map(&reader, &count) && count == 0);
	assert_ptr_equal(reader.at, reader.end);
	wire_writer_fini(&w);
}

static void open_containers_count_by_themselves(void **state)
{
	struct wire_writer w = {0}, expected = {0};
	struct wire_reader reader;
	struct text text;
	uint32_t count;

	(void)state;
	wire_open_map(&w);
	wire_pair_credit(&w, "credits", 40000);
	wire_pair_money(&w, "fee", -4972);
	wire_pair_date(&w, "on", date_of(2026, 3, 1));
	wire_pair_date(&w, "none", DATE_NONE);
	wire_pair_time(&w, "at", 1);
	wire_pair_int(&w, "n", 3);
	wire_pair_bool(&w, "b", false);
	wire_pair_string(&w, "s", "x");
	wire_key(&w, "list");
	wire_open_list(&w);
	for (int i = 0; i < 70000; i++) {
		wire_item(&w);
		wire_write_int(&w, 1);
	}
	wire_close(&w);
	wire_close(&w);
	assert_false(w.failed);
	assert_int_equal(w.depth, 0);
	assert_true(wire_find(wire_written(&w), "fee", &reader));
	assert_true(wire_read_text(&reader, &text) && text_is(text, "-49.72"));
	assert_true(wire_find(wire_written(&w), "on", &reader));
	assert_true(
	    wire_read_text(&reader, &text) && text_is(text, "2026-03-01"));
	assert_true(wire_find(wire_written(&w), "none", &reader));
	assert_true(wire_read_nil(&reader));
	assert_true(wire_find(wire_written(&w), "list", &reader));
	assert_true(wire_read_array(&reader, &count) && count == 70000);
	assert_false(wire_find(wire_written(&w), "nothing", &reader));
	wire_writer_fini(&w);
	wire_writer_fini(&expected);
}

static void a_map_with_too_many_pairs_fails(void **state)
{
	struct wire_writer w = {0};

	(void)state;
	wire_open_map(&w);
	for (int i = 0; i < 65536; i++)
		wire_pair_nil(&w, "k");
	wire_close(&w);
	assert_true(w.failed);
	wire_writer_reset(&w);
	assert_false(w.failed);
	wire_writer_fini(&w);
}

static void msgpack_c_reads_the_same(void **state)
{
	struct wire_writer w = {0};
	msgpack_unpacked unpacked;

	(void)state;
	pack_json(&w, "{'a': [1, -5, 300, 70000, 'text', null, true, 1.5],"
		      " 'b': {'c': {}}}");
	assert_null(check(w.data, w.size));
	msgpack_unpacked_init(&unpacked);
	assert_int_equal(msgpack_unpack_next(&unpacked, w.data, w.size, NULL),
	    MSGPACK_UNPACK_SUCCESS);
	assert_int_equal(unpacked.data.type, MSGPACK_OBJECT_MAP);
	assert_int_equal(unpacked.data.via.map.ptr[0].val.via.array.size, 8);
	msgpack_unpacked_destroy(&unpacked);
	wire_writer_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(integers_of_every_width_are_read),
	    cmocka_unit_test(too_big_integers_are_a_type_of_their_own),
	    cmocka_unit_test(lengths_beyond_the_end_are_broken),
	    cmocka_unit_test(a_wrong_type_leaves_the_reader_where_it_is),
	    cmocka_unit_test(floats_of_both_widths_are_read),
	    cmocka_unit_test(a_partner_s_body_is_checked),
	    cmocka_unit_test(repeated_keys_are_found_in_maps_of_every_size),
	    cmocka_unit_test(what_is_written_reads_back),
	    cmocka_unit_test(open_containers_count_by_themselves),
	    cmocka_unit_test(a_map_with_too_many_pairs_fails),
	    cmocka_unit_test(msgpack_c_reads_the_same)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
