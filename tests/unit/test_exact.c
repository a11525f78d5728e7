/* exact.h */
#include "exact.h"

#include <math.h>

#include "unit.h"

static void overflow_leaves_the_result_alone(void **state)
{
	int64_t value = 7;

	(void)state;
	assert_false(exact_add(INT64_MAX, 1, &value));
	assert_false(exact_subtract(INT64_MIN, 1, &value));
	assert_false(exact_multiply(INT64_MAX, 2, &value));
	assert_false(exact_multiply(INT64_MIN, -1, &value));
	assert_int_equal(value, 7);
	assert_true(exact_add(INT64_MAX, -1, &value));
	assert_true(value == INT64_MAX - 1);
	assert_true(exact_multiply(-3, 5, &value));
	assert_int_equal(value, -15);
}

static void ratios_are_in_lowest_terms(void **state)
{
	struct ratio a, b, c;

	(void)state;
	assert_true(ratio_make(90, -120, &a));
	assert_int_equal(a.numerator, -3);
	assert_int_equal(a.denominator, 4);
	assert_true(ratio_make(0, 17, &b));
	assert_int_equal(b.denominator, 1);
	assert_false(ratio_make(1, 0, &b));
	assert_false(ratio_make(INT64_MIN, -1, &b));
	assert_true(ratio_make(INT64_MIN, INT64_MIN, &b));
	assert_int_equal(b.numerator, 1);
	assert_true(ratio_make(1, 6, &b));
	assert_true(ratio_add(a, b, &c));
	assert_int_equal(c.numerator, -7);
	assert_int_equal(c.denominator, 12);
	assert_true(ratio_multiply(a, b, &c));
	assert_int_equal(c.numerator, -1);
	assert_int_equal(c.denominator, 8);
	a = (struct ratio){INT64_MAX, 1};
	assert_false(ratio_multiply(a, a, &c));
	assert_false(ratio_add(a, a, &c));
	a = (struct ratio){INT64_MAX, 2};
	b = (struct ratio){1, INT64_MAX};
	assert_true(ratio_multiply(a, b, &c));
	assert_int_equal(c.denominator, 2);
}

static void credits_round_to_steps(void **state)
{
	static const struct {
		int64_t numerator, denominator;
		credit_t step;
		enum rounding mode;
		credit_t want;
	} cases[] = {{90, 120, 5000, ROUND_DOWN, 5000},
	    {119, 120, 5000, ROUND_DOWN, 5000},
	    {120, 120, 5000, ROUND_DOWN, 10000}, {1, 3, 1, ROUND_HALF_UP, 3333},
	    {2, 3, 1, ROUND_HALF_UP, 6667}, {1, 3, 1, ROUND_UP, 3334},
	    {1, 4, 5000, ROUND_HALF_UP, 5000},
	    {-1, 4, 5000, ROUND_HALF_UP, -5000},
	    {-1, 8, 5000, ROUND_HALF_UP, 0}, {-3, 4, 5000, ROUND_DOWN, -5000},
	    {-3, 4, 5000, ROUND_UP, -10000}, {0, 1, 5000, ROUND_UP, 0}};
	credit_t got;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ratio value = {cases[i].numerator, cases[i].denominator};

		assert_true(
		    ratio_round(value, cases[i].step, cases[i].mode, &got));
		assert_int_equal(got, cases[i].want);
	}
	assert_false(ratio_round((struct ratio){1, 1}, 0, ROUND_UP, &got));
	assert_false(
	    ratio_round((struct ratio){INT64_MAX, 1}, 1, ROUND_DOWN, &got));
	assert_false(ratio_round(
	    (struct ratio){INT64_MAX, 1}, INT64_MAX, ROUND_UP, &got));
	assert_true(ratio_round(
	    (struct ratio){INT64_MIN, INT64_MAX}, 10000, ROUND_DOWN, &got));
	assert_int_equal(got, -10000);
}

static void taxes_scale_half_up(void **state)
{
	int64_t got;

	(void)state;
	/* 13 % of 44.00; 9.975 % of 11.00 = 1.09725 */
	assert_true(exact_scale(4400, 13, 100, ROUND_HALF_UP, &got));
	assert_int_equal(got, 572);
	assert_true(exact_scale(1100, 9975, 100000, ROUND_HALF_UP, &got));
	assert_int_equal(got, 110);
	assert_true(exact_scale(1, 1, 2, ROUND_HALF_UP, &got));
	assert_int_equal(got, 1);
	assert_true(exact_scale(1, 1, -2, ROUND_HALF_UP, &got));
	assert_int_equal(got, -1);
	assert_true(
	    exact_scale(INT64_MAX, INT64_MAX, INT64_MAX, ROUND_UP, &got));
	assert_true(got == INT64_MAX);
	assert_false(exact_scale(INT64_MAX, 2, 1, ROUND_UP, &got));
	assert_false(exact_scale(1, 1, 0, ROUND_UP, &got));
}

static void decimals_are_read_strictly(void **state)
{
	static const struct {
		const char *text;
		int places;
		int64_t want;
	} good[] = {{"1.5", 4, 15000}, {"-1.50", 4, -15000}, {"0", 4, 0},
	    {"-0", 4, 0}, {"007", 0, 7}, {"1.500000000000", 4, 15000},
	    {"120", 0, 120}, {"120.00", 0, 120}, {"49.72", 2, 4972},
	    {"922337203685477.5807", 4, INT64_MAX},
	    {"-922337203685477.5808", 4, INT64_MIN}};
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1.", ".5",
	    "1e3", "1,5", "1.23456", "--1", "1.2.3", "0x10", "inf", "nan",
	    "922337203685477.5808", "-922337203685477.5809",
	    "99999999999999999999", "\xd9\xa1"};
	int64_t got;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(
		    exact_parse(text_of(good[i].text), good[i].places, &got));
		assert_true(got == good[i].want);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(exact_parse(text_of(bad[i]), 4, &got));
	assert_false(exact_parse(TEXT_NONE, 4, &got));
	assert_false(exact_parse(TEXT("1.5"), 0, &got));
	assert_false(exact_parse(TEXT("1.505"), 2, &got));
}

static void a_double_counts_if_it_means_a_decimal(void **state)
{
	int64_t got;

	(void)state;
	assert_true(exact_from_double(1.1, 4, &got));
	assert_int_equal(got, 11000);
	assert_true(exact_from_double(-0.0001, 4, &got));
	assert_int_equal(got, -1);
	assert_true(exact_from_double(-0.0, 4, &got));
	assert_int_equal(got, 0);
	assert_true(exact_from_double(120.0, 0, &got));
	assert_int_equal(got, 120);
	assert_false(exact_from_double(0.1 + 0.2, 4, &got));
	assert_false(exact_from_double(1.00001, 4, &got));
	assert_false(exact_from_double(1.0 / 3.0, 4, &got));
	assert_false(exact_from_double((double)1.1f, 4, &got));
	assert_false(exact_from_double(NAN, 4, &got));
	assert_false(exact_from_double(INFINITY, 4, &got));
	assert_false(exact_from_double(-INFINITY, 4, &got));
	assert_false(exact_from_double(1e300, 4, &got));
	assert_false(exact_from_double(120.5, 0, &got));
}

/* Every decimal with four places comes back from its double, its neighbours
 * don't. */
static void doubles_and_decimals_agree(void **state)
{
	int64_t got;

	(void)state;
	for (int64_t n = -20000; n < 10000000000; n += n < 30000 ? 1 : 999983) {
		double value = (double)n / 10000.0;

		assert_true(exact_from_double(value, 4, &got));
		assert_true(got == n);
		assert_false(
		    exact_from_double(nextafter(value, 1e30), 4, &got));
	}
}

static void numbers_are_written_as_the_protocol_says(void **state)
{
	char buffer[EXACT_TEXT_SIZE];

	(void)state;
	assert_true(text_is(credit_write(40000, buffer), "4.0"));
	assert_true(text_is(credit_write(2500, buffer), "0.25"));
	assert_true(text_is(credit_write(-15000, buffer), "-1.5"));
	assert_true(text_is(credit_write(0, buffer), "0.0"));
	assert_true(text_is(credit_write(1, buffer), "0.0001"));
	assert_true(text_is(credit_write(100000, buffer), "10.0"));
	assert_true(
	    text_is(credit_write(INT64_MIN, buffer), "-922337203685477.5808"));
	assert_true(text_is(money_write(4972, buffer), "49.72"));
	assert_true(text_is(money_write(-5, buffer), "-0.05"));
	assert_true(text_is(money_write(0, buffer), "0.00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(overflow_leaves_the_result_alone),
	    cmocka_unit_test(ratios_are_in_lowest_terms),
	    cmocka_unit_test(credits_round_to_steps),
	    cmocka_unit_test(taxes_scale_half_up),
	    cmocka_unit_test(decimals_are_read_strictly),
	    cmocka_unit_test(a_double_counts_if_it_means_a_decimal),
	    cmocka_unit_test(doubles_and_decimals_agree),
	    cmocka_unit_test(numbers_are_written_as_the_protocol_says)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
