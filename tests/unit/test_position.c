/* Where a subscriber stands: next, old, gap, diverged; heads; the file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "position.h"

#define CHAIN_A "0123456789abcdef0123456789abcdef"
#define CHAIN_B "fedcba9876543210fedcba9876543210"

static void tells_apart(void **state)
{
	struct position p = {0};

	(void)state;
	assert_int_equal(position_see(&p, 65, 1, TEXT(CHAIN_A)), POSITION_NEXT);
	assert_int_equal(position_see(&p, 65, 2, TEXT(CHAIN_A)), POSITION_GAP);
	assert_true(position_move(&p, 65, 7, TEXT(CHAIN_A)));
	assert_int_equal(position_see(&p, 65, 8, TEXT(CHAIN_B)), POSITION_NEXT);
	assert_int_equal(position_see(&p, 65, 9, TEXT(CHAIN_B)), POSITION_GAP);
	assert_int_equal(position_see(&p, 65, 7, TEXT(CHAIN_A)), POSITION_OLD);
	assert_int_equal(position_see(&p, 65, 3, TEXT(CHAIN_B)), POSITION_OLD);
	assert_int_equal(
	    position_see(&p, 65, 7, TEXT(CHAIN_B)), POSITION_DIVERGED);
	assert_int_equal(position_offset(&p, 65), 7);
	assert_int_equal(position_offset(&p, 66), 0);
	position_fini(&p);
}

static void keeps_streams_in_order(void **state)
{
	struct position p = {0};

	(void)state;
	for (int64_t i = 0; i < 64; i++)
		assert_true(position_move(
		    &p, 64 + (i * 37) % 64, i + 1, TEXT(CHAIN_A)));
	assert_int_equal(p.streams, 64);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(p.stream[i].stream, 64 + i);
	position_fini(&p);
}

static void write_heads(struct wire_writer *w, int64_t offset)
{
	wire_write_map(w, 2);
	wire_write_string(w, "65");
	wire_write_map(w, 2);
	wire_write_string(w, "offset");
	wire_write_int(w, 7);
	wire_write_string(w, "chain");
	wire_write_string(w, CHAIN_A);
	wire_write_string(w, "70");
	wire_write_map(w, 2);
	wire_write_string(w, "offset");
	wire_write_int(w, offset);
	wire_write_string(w, "chain");
	wire_write_string(w, CHAIN_B);
}

static void heads_show_what_is_missing(void **state)
{
	struct position p = {0};
	struct wire_writer w = {0}, again = {0};

	(void)state;
	write_heads(&w, 3);
	assert_true(position_is_behind(&p, wire_written(&w)));
	assert_true(position_take_heads(&p, wire_written(&w)));
	assert_false(position_is_behind(&p, wire_written(&w)));
	assert_int_equal(position_offset(&p, 70), 3);

	/* What is asked for with `changes` is the same map. */
	position_write(&p, &again);
	assert_true(text_equal(wire_written(&w), wire_written(&again)));

	wire_writer_reset(&w);
	write_heads(&w, 4);
	assert_true(position_is_behind(&p, wire_written(&w)));
	assert_false(position_is_behind(&p, TEXT("\xc0")));
	assert_false(position_take_heads(&p, TEXT("\x81\xa1x\x80")));
	wire_writer_fini(&w);
	wire_writer_fini(&again);
	position_fini(&p);
}

static void with_path(char path[64])
{
	int fd;

	snprintf(path, 64, "/tmp/creditd-position-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

static void file_comes_back(void **state)
{
	struct position p = {.epoch = 12, .version = 9}, q = {0};
	char path[64];

	(void)state;
	with_path(path);
	assert_true(position_move(&p, 65, 7, TEXT(CHAIN_A)));
	assert_true(position_move(&p, 64, 1, TEXT("")));
	assert_int_equal(position_save(&p, "examplebody", path), 0);
	assert_int_equal(position_load(&q, "examplebody", path), 0);
	assert_int_equal(q.epoch, 12);
	assert_int_equal(q.version, 9);
	assert_int_equal(q.streams, 2);
	assert_string_equal(q.stream[1].chain, CHAIN_A);
	assert_string_equal(q.stream[0].chain, "");
	position_fini(&q);
	assert_int_equal(position_load(&q, "another", path), -EBADMSG);
	unlink(path);
	assert_int_equal(position_load(&q, "examplebody", path), -ENOENT);
	position_fini(&p);
}

static void damaged_file_is_refused(void **state)
{
	static const char *const contents[] = {
	    "",
	    "something else\n",
	    "creditd-position 1\nsubject x\nstream 65 7 " CHAIN_A "\n",
	    "creditd-position 1\nsubject x\nstream 65\nend\n",
	    "creditd-position 1\nsubject x\nstream 65 -7 -\nend\n",
	    "creditd-position 1\nsubject x\nwhat\nend\n",
	};
	char path[64];

	(void)state;
	with_path(path);
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct position p = {0};
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(contents[i], file);
		fclose(file);
		assert_int_equal(position_load(&p, "x", path), -EBADMSG);
		assert_null(p.stream);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_apart),
	    cmocka_unit_test(keeps_streams_in_order),
	    cmocka_unit_test(heads_show_what_is_missing),
	    cmocka_unit_test(file_comes_back),
	    cmocka_unit_test(damaged_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
