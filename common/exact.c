/* Checked integers, fractions and decimal text. Doubles only ever come in. */
#include "exact.h"

#include <math.h>

/* Wide enough for every product of two int64; a GNU extension. */
__extension__ typedef __int128 wide_t;

#define PLACES_MOST 9
/* Below it the product of a double and a scale is off by less than a half. */
#define COUNT_MOST 1125899906842624.0 /* 2^50 */

bool exact_add(int64_t a, int64_t b, int64_t *ret)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

bool exact_subtract(int64_t a, int64_t b, int64_t *ret)
{
	int64_t difference;

	if (__builtin_sub_overflow(a, b, &difference))
		return false;
	*ret = difference;
	return true;
}

bool exact_multiply(int64_t a, int64_t b, int64_t *ret)
{
	int64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*ret = product;
	return true;
}

static bool narrow(wide_t value, int64_t *ret)
{
	if (value > INT64_MAX || value < INT64_MIN)
		return false;
	*ret = (int64_t)value;
	return true;
}

/* Both are >= 0; not both are 0. */
static wide_t common_divisor(wide_t a, wide_t b)
{
	while (b != 0) {
		wide_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static int64_t narrow_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Numbers that are far from the bounds, as nearly all are. */
static bool is_small(wide_t value)
{
	return value <= INT64_MAX && value >= -INT64_MAX;
}

static bool ratio_of_wide(
    wide_t numerator, wide_t denominator, struct ratio *ret)
{
	struct ratio ratio;
	wide_t divisor;

	if (denominator == 0)
		return false;
	if (denominator < 0) {
		numerator = -numerator;
		denominator = -denominator;
	}
	if (is_small(numerator) && is_small(denominator)) {
		int64_t above = (int64_t)numerator;
		int64_t below = (int64_t)denominator;
		int64_t common =
		    narrow_divisor(above < 0 ? -above : above, below);

		*ret = (struct ratio){above / common, below / common};
		return true;
	}
	divisor =
	    common_divisor(numerator < 0 ? -numerator : numerator, denominator);
	if (!narrow(numerator / divisor, &ratio.numerator) ||
	    !narrow(denominator / divisor, &ratio.denominator))
		return false;
	*ret = ratio;
	return true;
}

bool ratio_make(int64_t numerator, int64_t denominator, struct ratio *ret)
{
	return ratio_of_wide(numerator, denominator, ret);
}

bool ratio_multiply(struct ratio a, struct ratio b, struct ratio *ret)
{
	return ratio_of_wide((wide_t)a.numerator * b.numerator,
	    (wide_t)a.denominator * b.denominator, ret);
}

bool ratio_add(struct ratio a, struct ratio b, struct ratio *ret)
{
	wide_t left = (wide_t)a.numerator * b.denominator;
	wide_t right = (wide_t)b.numerator * a.denominator;
	wide_t sum;

	if (__builtin_add_overflow(left, right, &sum))
		return false;
	return ratio_of_wide(sum, (wide_t)a.denominator * b.denominator, ret);
}

/* numerator / denominator (> 0) as an integer; the sign does not matter. */
static wide_t divide_rounded(
    wide_t numerator, wide_t denominator, enum rounding mode)
{
	wide_t quotient, rest, size; /* rest: sign of the numerator */
	bool away = false;

	if (is_small(numerator) && is_small(denominator)) {
		quotient = (int64_t)numerator / (int64_t)denominator;
		rest = (int64_t)numerator % (int64_t)denominator;
	} else {
		quotient = numerator / denominator;
		rest = numerator % denominator;
	}
	size = rest < 0 ? -rest : rest;
	switch (mode) {
	case ROUND_DOWN:
		break;
	case ROUND_UP:
		away = size > 0;
		break;
	case ROUND_HALF_UP:
		away = size >= denominator - size; /* 2 * size may not fit */
		break;
	}
	if (!away)
		return quotient;
	return numerator < 0 ? quotient - 1 : quotient + 1;
}

bool ratio_round(
    struct ratio value, credit_t step, enum rounding mode, credit_t *ret)
{
	wide_t denominator, result;

	if (step <= 0 || value.denominator <= 0)
		return false;
	denominator = (wide_t)value.denominator * step;
	result = divide_rounded(
	    (wide_t)value.numerator * CREDIT_ONE, denominator, mode);
	if (__builtin_mul_overflow(result, (wide_t)step, &result))
		return false;
	return narrow(result, ret);
}

bool exact_scale(int64_t value, int64_t numerator, int64_t denominator,
    enum rounding mode, int64_t *ret)
{
	wide_t product = (wide_t)value * numerator;
	wide_t divisor = denominator;

	if (denominator == 0)
		return false;
	if (denominator < 0) {
		product = -product;
		divisor = -divisor;
	}
	return narrow(divide_rounded(product, divisor, mode), ret);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits are gathered as a negative number, whose range is the larger one. */
static bool append_digit(int64_t *value, int digit)
{
	return exact_multiply(*value, 10, value) &&
	       exact_subtract(*value, digit, value);
}

bool exact_parse(struct text text, int places, int64_t *ret)
{
	const char *at = text.at, *end;
	bool negative;
	int64_t value = 0;

	if (text.at == NULL || text.length == 0 || places < 0)
		return false;
	end = text.at + text.length;
	negative = *at == '-';
	at += negative;
	if (at == end || !is_digit(*at))
		return false;
	for (; at < end && is_digit(*at); at++) {
		if (!append_digit(&value, *at - '0'))
			return false;
	}
	if (at < end && (*at++ != '.' || at == end))
		return false;
	for (; at < end; at++) {
		if (!is_digit(*at) || (places == 0 && *at != '0'))
			return false;
		if (places > 0 && !append_digit(&value, *at - '0'))
			return false;
		places -= places > 0;
	}
	for (; places > 0; places--) {
		if (!append_digit(&value, 0))
			return false;
	}
	return negative ? (*ret = value, true) : exact_subtract(0, value, ret);
}

bool exact_from_double(double value, int places, int64_t *ret)
{
	double scale = 1.0, scaled;
	int64_t count;

	if (!isfinite(value) || places < 0 || places > PLACES_MOST)
		return false;
	for (int i = 0; i < places; i++)
		scale *= 10.0;
	scaled = value * scale;
	if (scaled > COUNT_MOST || scaled < -COUNT_MOST)
		return false;
	/* The count that lies nearest. Both it and the scale are exact, so
	 * their quotient is the nearest double of that decimal. */
	count = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
	if ((double)count / scale != value)
		return false;
	*ret = count;
	return true;
}

/* The digits of `value` / 10^places, without a double on the way. */
static size_t write_decimal(
    int64_t value, unsigned places, char buffer[EXACT_TEXT_SIZE])
{
	char digits[EXACT_TEXT_SIZE];
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	size_t count = 0, length = 0;

	while (size > 0 || count <= places) {
		digits[count++] = (char)('0' + size % 10);
		size /= 10;
	}
	if (value < 0)
		buffer[length++] = '-';
	while (count > 0) {
		if (count == places)
			buffer[length++] = '.';
		buffer[length++] = digits[--count];
	}
	buffer[length] = '\0';
	return length;
}

struct text credit_write(credit_t credits, char buffer[EXACT_TEXT_SIZE])
{
	size_t length;

	if (credits >= 0 && credits < 10 * CREDIT_ONE &&
	    credits % (CREDIT_ONE / 10) == 0) { /* as most are */
		buffer[0] = (char)('0' + credits / CREDIT_ONE);
		buffer[1] = '.';
		buffer[2] = (char)('0' + credits / (CREDIT_ONE / 10) % 10);
		buffer[3] = '\0';
		return (struct text){buffer, 3};
	}
	length = write_decimal(credits, 4, buffer);

	while (buffer[length - 1] == '0' && buffer[length - 2] != '.')
		length--;
	buffer[length] = '\0';
	return (struct text){buffer, length};
}

struct text money_write(money_t cents, char buffer[EXACT_TEXT_SIZE])
{
	return (struct text){buffer, write_decimal(cents, 2, buffer)};
}
