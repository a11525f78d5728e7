/* Exact numbers: credits in ten-thousandths, money in cents, rationals. */
#ifndef COMMON_EXACT_H
#define COMMON_EXACT_H

#include <stdint.h>

#include "text.h"

typedef int64_t credit_t; /* ten-thousandths of a credit */
typedef int64_t money_t;  /* cents */

#define CREDIT_ONE ((credit_t)10000)
#define CREDIT_MOST                                                            \
	((credit_t)1000000 * CREDIT_ONE)      /* |credits| in the protocol */
#define MONEY_MOST      ((money_t)1000000000) /* 10,000,000.00 */
#define EXACT_TEXT_SIZE 32 /* room for any number written by this module */

/* A fraction in lowest terms, denominator > 0. */
struct ratio {
	int64_t numerator;
	int64_t denominator;
};

/* Down is towards zero, up away from it, half up away from it at the half. */
enum rounding { ROUND_DOWN, ROUND_HALF_UP, ROUND_UP };

/* Checked arithmetic: false on overflow, then *ret is untouched. */
MUST_CHECK bool exact_add(int64_t a, int64_t b, int64_t *ret);
MUST_CHECK bool exact_subtract(int64_t a, int64_t b, int64_t *ret);
MUST_CHECK bool exact_multiply(int64_t a, int64_t b, int64_t *ret);

/* numerator/denominator in lowest terms; false for denominator 0 or overflow.
 */
MUST_CHECK bool ratio_make(
    int64_t numerator, int64_t denominator, struct ratio *ret);
MUST_CHECK bool ratio_multiply(
    struct ratio a, struct ratio b, struct ratio *ret);
MUST_CHECK bool ratio_add(struct ratio a, struct ratio b, struct ratio *ret);

/* `value` credits (a ratio in whole credits) rounded to a multiple of `step`
 * (ten-thousandths, > 0). */
MUST_CHECK bool ratio_round(
    struct ratio value, credit_t step, enum rounding mode, credit_t *ret);

/* value * numerator / denominator, rounded to an integer. */
MUST_CHECK bool exact_scale(int64_t value, int64_t numerator,
    int64_t denominator, enum rounding mode, int64_t *ret);

/* Decimal text such as "-1.50" as an integer count of 10^-places. At most
 * `places` digits after the point, trailing zeros not counted; no exponent, no
 * plus sign, no spaces, at least one digit on each side of a point. False if
 * it is no such text or does not fit. */
MUST_CHECK bool exact_parse(struct text text, int places, int64_t *ret);

/* The double as such a count, if it is the nearest double of a decimal with at
 * most `places` places (protocol, section 1); false for NaN, infinities, else.
 */
MUST_CHECK bool exact_from_double(double value, int places, int64_t *ret);

/* "4.0", "0.25", "-1.5": at least one decimal, at most four. */
struct text credit_write(credit_t credits, char buffer[EXACT_TEXT_SIZE]);

/* "49.72": two decimals. */
struct text money_write(money_t cents, char buffer[EXACT_TEXT_SIZE]);

#endif
