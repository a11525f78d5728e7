/* flight.h */
#include "flight.h"

#include "unit.h"

static const struct request request = {.fd = 3,
    .route = {"route", 5},
    .tag = {"tag", 3},
    .key = {"canfitpro/1", 11},
    .organization = {"canfitpro", 9},
    .number = {"1", 1},
    .source = {"", 0},
    .body = {"body", 4}};

static void a_ticket_is_never_seen_twice(void **state)
{
	struct flights flights;
	int64_t last = 0;

	(void)state;
	flights_init(&flights);
	for (int i = 0; i < 5000; i++) {
		struct flight *flight =
		    flight_take(&flights, FLIGHT_EVENT, &request);
		int64_t ticket;

		assert_non_null(flight);
		ticket = flight->ticket;
		assert_true(ticket > 0 && ticket != last);
		assert_ptr_equal(flight_find(&flights, ticket), flight);
		assert_null(flight_find(&flights, last));
		flight_free(&flights, flight);
		assert_null(flight_find(&flights, ticket));
		last = ticket;
	}
	assert_null(flight_find(&flights, -1));
	assert_null(flight_find(&flights, INT64_MAX));
	assert_int_equal(flights.chunk_count, 1);
	flights_fini(&flights);
}

static void many_are_counted(void **state)
{
	struct flights flights;
	static struct flight *all[3000];

	(void)state;
	flights_init(&flights);
	for (size_t i = 0; i < COUNT(all); i++) {
		all[i] = flight_take(&flights,
		    i % 3 == 0 ? FLIGHT_SYSTEM : FLIGHT_QUERY, &request);
		assert_non_null(all[i]);
		assert_true(text_is(all[i]->request.body, "body"));
		assert_true(text_is(all[i]->request.number, "1"));
		assert_int_equal(all[i]->request.fd, -1);
	}
	assert_int_equal(flights.in_flight, 2000);
	assert_int_equal(flights.system, 1000);
	assert_int_equal(flights.bytes, COUNT(all) * request_size(&request));
	for (size_t i = 0; i < COUNT(all); i++) {
		assert_ptr_equal(flight_find(&flights, all[i]->ticket), all[i]);
		flight_free(&flights, all[i]);
	}
	assert_int_equal(flights.in_flight, 0);
	assert_int_equal(flights.system, 0);
	assert_int_equal(flights.bytes, 0);
	flights_fini(&flights);
}

static void deadlines_pass_in_order(void **state)
{
	struct flights flights;
	struct flight *flight[3];

	(void)state;
	flights_init(&flights);
	for (int i = 0; i < 3; i++) {
		flight[i] = flight_take(&flights, FLIGHT_EVENT, &request);
		assert_non_null(flight[i]);
		flight_expect(&flights, flight[i], 100 + i);
	}
	assert_null(flight_expired(&flights, 99));
	assert_ptr_equal(flight_expired(&flights, 100), flight[0]);
	flight_free(&flights, flight[0]);
	flight_forgive(&flights, flight[1]);
	flight_forgive(&flights, flight[1]);
	assert_null(flight_expired(&flights, 101));
	assert_ptr_equal(flight_expired(&flights, 102), flight[2]);
	flights_fini(&flights);
}

static void text_can_go_before_the_flight(void **state)
{
	struct flights flights;
	struct flight *flight;

	(void)state;
	flights_init(&flights);
	flight = flight_take(&flights, FLIGHT_EVENT, &request);
	assert_non_null(flight);
	flight_drop_text(&flights, flight);
	assert_int_equal(flights.bytes, 0);
	assert_int_equal(flights.in_flight, 1);
	flight_free(&flights, flight);
	flights_fini(&flights);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ticket_is_never_seen_twice),
	    cmocka_unit_test(many_are_counted),
	    cmocka_unit_test(deadlines_pass_in_order),
	    cmocka_unit_test(text_can_go_before_the_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
