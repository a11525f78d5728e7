/* arena.h */
#include "arena.h"

#include <stdalign.h>

#include "unit.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
	struct arena arena = {0};
	unsigned char *piece[200];

	(void)state;
	for (size_t i = 0; i < COUNT(piece); i++) {
		size_t size = i * 7 % 300;

		piece[i] = arena_take(&arena, size);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
		for (size_t j = 0; j < size; j++)
			assert_int_equal(piece[i][j], 0);
		memset(piece[i], (int)i, size);
	}
	for (size_t i = 0; i < COUNT(piece); i++) {
		for (size_t j = 0; j < i * 7 % 300; j++)
			assert_int_equal(piece[i][j], i & 0xff);
	}
	arena_fini(&arena);
	assert_null(arena.blocks);
}

static void sizes_that_overflow_are_refused(void **state)
{
	struct arena arena = {0};

	(void)state;
	assert_null(arena_take(&arena, SIZE_MAX));
	assert_null(arena_take(&arena, SIZE_MAX - 20));
	assert_null(arena_take_many(&arena, SIZE_MAX / 2, 3));
	assert_non_null(arena_take_many(&arena, 0, 8));
	assert_non_null(arena_take_many(&arena, 8, 0));
	arena_fini(&arena);
}

static void a_reset_keeps_only_the_largest_block(void **state)
{
	struct arena arena = {0};
	size_t total;
	unsigned char *piece;

	(void)state;
	assert_non_null(arena_take(&arena, 100000));
	for (int i = 0; i < 50; i++)
		assert_non_null(arena_take(&arena, 1000));
	arena_reset(&arena);
	total = arena.total;
	assert_true(total >= 100000);
	piece = arena_take(&arena, 50000);
	assert_non_null(piece);
	assert_int_equal(piece[49999], 0);
	assert_int_equal(arena.total, total);
	arena_reset(&arena);
	arena_fini(&arena);
	arena_reset(&arena);
	arena_fini(&arena);
}

static void copied_text_keeps_absent_absent(void **state)
{
	struct arena arena = {0};
	struct text copy;

	(void)state;
	assert_true(arena_copy_text(&arena, TEXT("hours"), &copy));
	assert_true(text_is(copy, "hours"));
	assert_true(arena_copy_text(&arena, TEXT(""), &copy));
	assert_non_null(copy.at);
	assert_int_equal(copy.length, 0);
	assert_true(arena_copy_text(&arena, TEXT_NONE, &copy));
	assert_null(copy.at);
	arena_fini(&arena);
}

static void a_scratch_arena_goes_with_its_own(void **state)
{
	struct arena arena = {0};
	struct arena *scratch = arena_scratch(&arena);
	size_t held;

	(void)state;
	assert_non_null(scratch);
	assert_ptr_equal(arena_scratch(&arena), scratch);
	for (int i = 0; i < 50; i++)
		assert_non_null(arena_take(scratch, 1000));
	assert_int_equal(arena.total, 0);
	arena_reset(scratch);
	held = scratch->total;
	assert_non_null(arena_take(scratch, held));
	arena_reset(&arena);
	assert_int_equal(scratch->used, 0);
	assert_int_equal(scratch->total, held);
	arena_fini(&arena);
	assert_null(arena.scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
	    cmocka_unit_test(sizes_that_overflow_are_refused),
	    cmocka_unit_test(a_reset_keeps_only_the_largest_block),
	    cmocka_unit_test(copied_text_keeps_absent_absent),
	    cmocka_unit_test(a_scratch_arena_goes_with_its_own)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
