/* partner.h */
#include "partner.h"

#include <stdio.h>

#include "unit.h"

static const struct partner_room two = {.most = 2,
    .free = 100,
    .queries = 2,
    .free_queries = 100,
    .most_bytes = 1000,
    .free_bytes = 10000};

static struct request from(unsigned port, const char *route, const char *source)
{
	return (struct request){
	    .port = port, .route = text_of(route), .source = text_of(source)};
}

static void each_connection_has_its_own_count(void **state)
{
	const struct request in_a = from(0, "a", ""), in_b = from(1, "a", ""),
			     in_c = from(0, "c", "");
	struct partners partners;
	struct partner *a, *b, *c;

	(void)state;
	partners_init(&partners);
	a = partner_enter(&partners, &in_a, 1, &two);
	assert_non_null(a);
	assert_ptr_equal(partner_enter(&partners, &in_a, 1, &two), a);
	assert_null(partner_enter(&partners, &in_a, 1, &two));
	/* Another endpoint, another partner. */
	b = partner_enter(&partners, &in_b, 1, &two);
	c = partner_enter(&partners, &in_c, 1, &two);
	assert_true(a != b && b != c && c != a);
	assert_int_equal(partners.count, 3);
	partner_leave(&partners, a, false, 1);
	assert_ptr_equal(partner_enter(&partners, &in_a, 1, &two), a);
	partner_leave(&partners, a, false, 1);
	partner_leave(&partners, a, false, 1);
	partner_leave(&partners, b, false, 1);
	partner_leave(&partners, c, false, 1);
	partner_leave(&partners, NULL, false, 0);
	assert_int_equal(partners.count, 0);
	partners_fini(&partners);
}

static void a_source_is_one_partner_however_it_connects(void **state)
{
	const struct request one = from(0, "a", "lms"),
			     two_ = from(1, "b", "lms");
	struct partners partners;
	struct partner *partner;

	(void)state;
	partners_init(&partners);
	partner = partner_enter(&partners, &one, 1, &two);
	assert_ptr_equal(partner_enter(&partners, &two_, 1, &two), partner);
	assert_null(partner_enter(&partners, &one, 1, &two));
	partners_fini(&partners);
}

static void queries_are_bounded_among_all_that_is_in_flight(void **state)
{
	const struct request a = from(0, "a", "");
	struct partner_room event = two, query;
	struct partners partners;
	struct partner *partner;

	(void)state;
	event.most = 4;
	query = event;
	query.query = true;
	query.queries = 1;
	partners_init(&partners);
	partner = partner_enter(&partners, &a, 400, &event);
	assert_non_null(partner_enter(&partners, &a, 400, &event));
	assert_null(partner_enter(&partners, &a, 201, &event));
	assert_non_null(partner_enter(&partners, &a, 100, &query));
	assert_null(partner_enter(&partners, &a, 1, &query));
	assert_non_null(partner_enter(&partners, &a, 100, &event));
	assert_null(partner_enter(&partners, &a, 0, &event));
	partner_leave(&partners, partner, true, 100);
	assert_non_null(partner_enter(&partners, &a, 100, &query));
	partners_fini(&partners);
}

/* However many take all they get, there is room for who comes next. */
static void who_comes_next_finds_room(void **state)
{
	struct partner_room room = {
	    .most = 800, .free = 1000, .most_bytes = 1000, .free_bytes = 1000};
	struct partners partners;
	struct request greedy;
	size_t had = 0;
	char route[16];

	(void)state;
	partners_init(&partners);
	for (int i = 0; i < 9; i++) {
		size_t took = 0;

		snprintf(route, sizeof(route), "%d", i);
		greedy = from(0, route, "");
		while (partner_enter(&partners, &greedy, 0, &room) != NULL) {
			took++;
			room.free--;
		}
		assert_true(took > 0);
		assert_true(i == 0 ? took == 500 : took <= had);
		had = took;
	}
	assert_true(partners.count == 9);
	partners_fini(&partners);
}

static void many_come_and_go(void **state)
{
	struct partners partners;
	struct partner *all[1000];
	struct request request;
	char route[16];

	(void)state;
	partners_init(&partners);
	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < COUNT(all); i++) {
			snprintf(route, sizeof(route), "%u", i);
			request = from(0, route, "");
			all[i] = partner_enter(&partners, &request, 0, &two);
			assert_non_null(all[i]);
		}
		assert_int_equal(partners.count, COUNT(all));
		for (unsigned i = 0; i < COUNT(all); i++)
			partner_leave(&partners, all[i], false, 0);
	}
	/* One is left in the table. */
	assert_non_null(partner_enter(&partners, &request, 0, &two));
	partners_fini(&partners);
}

static void who_does_not_heed_busy_is_deaf(void **state)
{
	const struct request a = from(0, "a", ""), b = from(0, "b", "");
	struct partners partners;
	int64_t now = 100000000;
	unsigned before = 0, retry_ms;

	(void)state;
	partners_init(&partners);
	/* Nothing of it need be in flight. It is told to wait longer and
	 * longer. */
	for (int i = 0; i < 5; i++) {
		assert_false(partner_is_deaf(&partners, &a, 5, now, &retry_ms));
		assert_true(retry_ms > before && retry_ms >= 100);
		before = retry_ms;
	}
	assert_int_equal(retry_ms, 5000);
	assert_true(partner_is_deaf(&partners, &a, 5, now, &retry_ms));
	assert_false(partner_is_deaf(&partners, &b, 5, now, &retry_ms));
	assert_int_equal(partners.idle_count, 2);
	/* Coming and going does not make it forgotten. */
	partner_leave(
	    &partners, partner_enter(&partners, &a, 0, &two), false, 0);
	assert_true(partner_is_deaf(&partners, &a, 5, now, &retry_ms));
	/* After a while it starts anew. */
	now += 11000000;
	assert_false(partner_is_deaf(&partners, &a, 5, now, &retry_ms));
	partners_tick(&partners, now);
	now += 11000000;
	partners_tick(&partners, now);
	assert_int_equal(partners.idle_count, 0);
	assert_null(partners.table);
	partners_fini(&partners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_connection_has_its_own_count),
	    cmocka_unit_test(a_source_is_one_partner_however_it_connects),
	    cmocka_unit_test(queries_are_bounded_among_all_that_is_in_flight),
	    cmocka_unit_test(who_comes_next_finds_room),
	    cmocka_unit_test(many_come_and_go),
	    cmocka_unit_test(who_does_not_heed_busy_is_deaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
