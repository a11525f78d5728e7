/* text.h */
#include "text.h"

#include "unit.h"

static void absent_and_empty_differ(void **state)
{
	(void)state;
	assert_true(text_equal(TEXT_NONE, TEXT_NONE));
	assert_false(text_equal(TEXT_NONE, TEXT("")));
	assert_true(text_compare(TEXT_NONE, TEXT("")) < 0);
	assert_true(text_compare(TEXT("a"), TEXT_NONE) > 0);
	assert_int_equal(text_compare(TEXT_NONE, TEXT_NONE), 0);
	assert_null(text_of(NULL).at);
	assert_true(text_is(TEXT("abc"), "abc"));
	assert_false(text_is(TEXT_NONE, ""));
}

static void order_is_bytewise_with_prefixes_first(void **state)
{
	(void)state;
	assert_true(text_compare(TEXT("ab"), TEXT("abc")) < 0);
	assert_true(text_compare(TEXT("b"), TEXT("abc")) > 0);
	assert_true(text_compare(TEXT("\xc3\xa9"), TEXT("z")) > 0);
	assert_int_equal(text_compare(TEXT("x"), TEXT("x")), 0);
	assert_true(text_equal_nocase(TEXT("CSEP"), TEXT("csep")));
	assert_false(text_equal_nocase(TEXT("csep"), TEXT("cse")));
	assert_false(text_equal_nocase(TEXT("@"), TEXT("`")));
}

static void utf8_is_checked_in_full(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		bool valid;
	} cases[] = {{"", 0, true}, {"plain ascii of some length", 26, true},
	    {"caf\xc3\xa9", 5, true}, {"\xe2\x82\xac", 3, true},
	    {"\xf0\x9f\x99\x82", 4, true}, {"\xf4\x8f\xbf\xbf", 4, true},
	    {"a\0b", 3, false}, {"12345678\0", 9, false},
	    {"1234567\0", 8, false}, {"\xc0\x80", 2, false}, /* overlong NUL */
	    {"\xc1\xbf", 2, false}, {"\xe0\x9f\xbf", 3, false},
	    {"\xed\xa0\x80", 3, false}, /* a surrogate */
	    {"\xf0\x8f\xbf\xbf", 4, false},
	    {"\xf4\x90\x80\x80", 4, false}, /* above U+10FFFF */
	    {"\xf5\x80\x80\x80", 4, false}, {"\x80", 1, false},
	    {"\xc3", 1, false}, {"\xe2\x82", 2, false},
	    {"12345678\xff", 9, false}, {"\xe2\x28\xa1", 3, false},
	    {"\xe2\x82\x28", 3, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text text = {cases[i].bytes, cases[i].length};

		assert_int_equal(text_is_utf8(text), cases[i].valid);
	}
}

static void ids_are_printable_without_spaces(void **state)
{
	(void)state;
	assert_true(text_is_id(TEXT("course:17/a~!"), 128));
	assert_false(text_is_id(TEXT(""), 128));
	assert_false(text_is_id(TEXT_NONE, 128));
	assert_false(text_is_id(TEXT("a b"), 128));
	assert_false(text_is_id(TEXT("a\x7f"), 128));
	assert_false(text_is_id(TEXT("\xc3\xa9"), 128));
	assert_true(text_is_id(TEXT("abc"), 3));
	assert_false(text_is_id(TEXT("abcd"), 3));
}

static void members_split_at_the_slash(void **state)
{
	static const char *const bad[] = {"", "/", "canfitpro", "canfitpro/",
	    "/1", "Canfitpro/1", "9a/1", "a/1/2", "a/b c", "a/\xc3\xa9",
	    "a2345678901234567890123456789012x/1",
	    "a/"
	    "1234567890123456789012345678901234567890123456789012345678901234"
	    "5"};
	struct text organization, number;

	(void)state;
	assert_true(text_split_member(
	    TEXT("canfitpro/104-2.3_X"), &organization, &number));
	assert_true(text_is(organization, "canfitpro"));
	assert_true(text_is(number, "104-2.3_X"));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(
		    text_split_member(text_of(bad[i]), &organization, &number));
	assert_false(text_split_member(TEXT_NONE, &organization, &number));
	assert_true(
	    text_is_organization(TEXT("a2345678901234567890123456789012")));
	assert_false(text_is_organization(TEXT("-a")));
}

static void a_head_is_never_cut_within_a_character(void **state)
{
	(void)state;
	assert_true(text_is(text_head(TEXT("abc"), 5), "abc"));
	assert_true(text_is(text_head(TEXT("abc"), 2), "ab"));
	assert_true(text_is(text_head(TEXT("a\xe2\x82\xac z"), 3), "a"));
	assert_true(
	    text_is(text_head(TEXT("a\xe2\x82\xac z"), 4), "a\xe2\x82\xac"));
	assert_int_equal(text_head(TEXT("\xe2\x82\xac"), 1).length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(absent_and_empty_differ),
	    cmocka_unit_test(order_is_bytewise_with_prefixes_first),
	    cmocka_unit_test(utf8_is_checked_in_full),
	    cmocka_unit_test(ids_are_printable_without_spaces),
	    cmocka_unit_test(members_split_at_the_slash),
	    cmocka_unit_test(a_head_is_never_cut_within_a_character)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
