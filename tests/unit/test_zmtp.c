/* zmtp.h */
#include "zmtp.h"

#include <string.h>

#include "unit.h"

static unsigned char wire[4096];
static size_t wire_size;

static void add(const void *bytes, size_t size)
{
	memcpy(wire + wire_size, bytes, size);
	wire_size += size;
}

static void add_greeting(const char *mechanism)
{
	unsigned char greeting[ZMTP_GREETING] = {
	    0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0};

	/* A field of the wire, not a string. */
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(greeting + 12, mechanism, strlen(mechanism));
	wire_size = 0;
	add(greeting, sizeof(greeting));
}

static void add_frame(unsigned char flags, size_t size)
{
	unsigned char header[9] = {flags, (unsigned char)size};

	if ((flags & 2) != 0) {
		memset(header + 1, 0, 8);
		header[7] = (unsigned char)(size >> 8);
		header[8] = (unsigned char)size;
	}
	add(header, (flags & 2) != 0 ? 9 : 2);
	memset(wire + wire_size, 0xa5, size);
	wire_size += size;
}

static void frames_are_counted_wherever_the_bytes_are_cut(void **state)
{
	(void)state;
	add_greeting("NULL");
	add_frame(4, 25); /* READY */
	add_frame(1, 0);
	add_frame(1, 7);
	add_frame(3, 300);
	add_frame(4, 9); /* PING */
	add_frame(2, 1000);
	for (size_t step = 1; step <= wire_size; step++) {
		struct zmtp zmtp = {0};
		size_t count = 0, bytes = 0;

		for (size_t at = 0; at < wire_size; at += step) {
			size_t size =
			    wire_size - at < step ? wire_size - at : step;
			struct zmtp_frames frames;

			assert_true(
			    zmtp_follow(&zmtp, wire + at, size, &frames));
			count += frames.count;
			bytes += frames.bytes;
		}
		assert_int_equal(count, 4);
		assert_int_equal(bytes, 1307);
		assert_false(zmtp.in_frame);
		assert_false(zmtp.curve);
	}
}

static void a_frame_counts_whole_when_it_begins(void **state)
{
	struct zmtp zmtp = {0};
	struct zmtp_frames frames;

	(void)state;
	add_greeting("CURVE");
	add_frame(2, 1000);
	assert_true(zmtp_follow(&zmtp, wire, ZMTP_GREETING + 9 + 10, &frames));
	assert_int_equal(frames.count, 1);
	assert_int_equal(frames.bytes, 1000);
	assert_true(zmtp.curve);
	assert_int_equal(zmtp.left, 990);
}

static void what_is_not_zmtp_3_is_seen(void **state)
{
	static const size_t at[] = {0, 9, 10};
	static const unsigned char wrong[] = {'G', 0, 1};
	struct zmtp zmtp;
	struct zmtp_frames frames;

	(void)state;
	for (size_t i = 0; i < COUNT(at); i++) {
		zmtp = (struct zmtp){0};
		add_greeting("NULL");
		wire[at[i]] = wrong[i];
		assert_false(zmtp_follow(&zmtp, wire, wire_size, &frames));
	}
	zmtp = (struct zmtp){0};
	add_greeting("NULL");
	add_frame(8, 1);
	assert_false(zmtp_follow(&zmtp, wire, wire_size, &frames));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_are_counted_wherever_the_bytes_are_cut),
	    cmocka_unit_test(a_frame_counts_whole_when_it_begins),
	    cmocka_unit_test(what_is_not_zmtp_3_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
