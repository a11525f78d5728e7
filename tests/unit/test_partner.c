/* partner.h */
#include "partner.h"

#include <stdio.h>

#include "unit.h"

static void each_connection_has_its_own_count(void **state)
{
	struct partners partners = {0};
	struct partner *a, *b, *c;
	bool busy;

	(void)state;
	a = partner_enter(&partners, 0, TEXT("a"), 2, &busy);
	assert_non_null(a);
	assert_ptr_equal(partner_enter(&partners, 0, TEXT("a"), 2, &busy), a);
	assert_null(partner_enter(&partners, 0, TEXT("a"), 2, &busy));
	assert_true(busy);
	/* Another endpoint, another partner. */
	b = partner_enter(&partners, 1, TEXT("a"), 2, &busy);
	c = partner_enter(&partners, 0, TEXT("c"), 2, &busy);
	assert_true(a != b && b != c && c != a);
	assert_int_equal(partners.count, 3);
	partner_leave(&partners, a);
	assert_ptr_equal(partner_enter(&partners, 0, TEXT("a"), 2, &busy), a);
	partner_leave(&partners, a);
	partner_leave(&partners, a);
	partner_leave(&partners, b);
	partner_leave(&partners, c);
	partner_leave(&partners, NULL);
	assert_int_equal(partners.count, 0);
	partners_fini(&partners);
}

static void many_come_and_go(void **state)
{
	struct partners partners = {0};
	struct partner *all[1000];
	char route[16];
	bool busy;

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < COUNT(all); i++) {
			snprintf(route, sizeof(route), "%u", i);
			all[i] = partner_enter(
			    &partners, 0, text_of(route), 1, &busy);
			assert_non_null(all[i]);
		}
		assert_int_equal(partners.count, COUNT(all));
		for (unsigned i = 0; i < COUNT(all); i++)
			partner_leave(&partners, all[i]);
	}
	/* One is left in the table. */
	assert_non_null(partner_enter(&partners, 0, TEXT("x"), 1, &busy));
	partners_fini(&partners);
}

static void who_does_not_heed_busy_is_deaf(void **state)
{
	struct partners partners = {0};
	int64_t now = 100000000;
	bool busy;

	(void)state;
	assert_non_null(partner_enter(&partners, 0, TEXT("a"), 1, &busy));
	for (int i = 0; i < 5; i++)
		assert_false(partner_is_deaf(&partners, 0, TEXT("a"), 5, now));
	assert_true(partner_is_deaf(&partners, 0, TEXT("a"), 5, now));
	/* After a while it starts anew. */
	now += 11000000;
	assert_false(partner_is_deaf(&partners, 0, TEXT("a"), 5, now));
	assert_false(partner_is_deaf(&partners, 0, TEXT("b"), 0, now));
	partners_fini(&partners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_connection_has_its_own_count),
	    cmocka_unit_test(many_come_and_go),
	    cmocka_unit_test(who_does_not_heed_busy_is_deaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
