/* fair.h, in virtual time */
#include "fair.h"

#include <stdlib.h>

#include "flight.h"
#include "unit.h"

#define MANY 2000

struct line {
	struct fair_queue queue;
	struct fair_time time;
	struct fair_place place[4];
	struct flight flight[MANY];
	int owner[MANY];
	int count;
};

static struct line *line;

static int set_up(void **state)
{
	(void)state;
	line = calloc(1, sizeof(*line));
	return line == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	free(line);
	return 0;
}

static bool push(int owner, uint64_t cost)
{
	line->owner[line->count] = owner;
	return fair_push(&line->queue, &line->time, &line->place[owner],
	    &line->flight[line->count++], cost);
}

/* Its number, or -1. */
static int take(void)
{
	struct flight *flight = fair_first(&line->queue);

	if (flight == NULL)
		return -1;
	fair_take(&line->queue, &line->time, flight);
	return (int)(flight - line->flight);
}

static void one_partners_stay_in_order(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		push(0, 1 + (uint64_t)(i * 7 % 5));
	for (int i = 0; i < 100; i++)
		assert_int_equal(take(), i);
	assert_int_equal(take(), -1);
}

static void who_has_little_goes_before_who_has_much(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		push(0, 10);
	for (int i = 0; i < 500; i++)
		take();
	assert_true(push(1, 10));
	/* At most what starts at the same time is in front of it. */
	if (take() != 1000)
		assert_int_equal(take(), 1000);
	/* It is given one at a time, again and again. */
	for (int i = 0; i < 100; i++) {
		bool served = false;

		push(1, 10);
		for (int n = 0; n < 3 && !served; n++)
			served = line->owner[take()] == 1;
		assert_true(served);
	}
}

static void those_who_flood_share_by_cost(void **state)
{
	uint64_t cost[3] = {10, 20, 40}, served[3] = {0};

	(void)state;
	for (int i = 0; i < MANY; i++)
		push(i % 3, cost[i % 3]);
	for (int i = 0; i < 600; i++) {
		int owner = line->owner[take()];

		served[owner] += cost[owner];
	}
	for (int i = 1; i < 3; i++) {
		assert_true(served[i] + 80 > served[0]);
		assert_true(served[0] + 80 > served[i]);
	}
}

static void a_pause_saves_nothing_up(void **state)
{
	int first = 0;

	(void)state;
	push(1, 10);
	for (int i = 0; i < 500; i++)
		push(0, 10);
	for (int i = 0; i < 400; i++)
		take();
	/* After a long pause it gets its half, not all. */
	for (int i = 0; i < 100; i++)
		push(1, 10);
	for (int i = 0; i < 40; i++)
		first += line->owner[take()] == 1;
	assert_in_range(first, 19, 21);
}

static void what_turned_out_costly_is_paid_for(void **state)
{
	int mine = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		push(0, 10);
		fair_charge(&line->place[0], 90);
	}
	for (int i = 0; i < 200; i++)
		push(1, 10);
	for (int i = 0; i < 110; i++)
		mine += line->owner[take()] == 0;
	assert_in_range(mine, 9, 12);
}

static void whatever_is_taken_out_the_rest_is_in_order(void **state)
{
	uint64_t random = 1, last = 0;
	int left = 0;

	(void)state;
	while (line->count < MANY) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		push((int)(random >> 60) & 3, 1 + (random >> 40 & 63));
		if ((random >> 33 & 3) == 0) {
			struct flight *flight =
			    &line->flight[(random >> 20) %
					  (uint64_t)line->count];

			if (flight->fair.queued) {
				fair_remove(&line->queue, flight);
				if ((random >> 35 & 1) == 0)
					fair_return(&line->queue, flight);
			}
		}
	}
	for (int i = 0; i < MANY; i++)
		left += line->flight[i].fair.queued;
	assert_true(left > MANY / 2);
	for (; left > 0; left--) {
		const struct flight *flight = fair_first(&line->queue);

		assert_non_null(flight);
		assert_true(flight->fair.start >= last);
		last = flight->fair.start;
		take();
	}
	assert_null(fair_first(&line->queue));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(one_partners_stay_in_order),
	    TEST(who_has_little_goes_before_who_has_much),
	    TEST(those_who_flood_share_by_cost),
	    TEST(a_pause_saves_nothing_up),
	    TEST(what_turned_out_costly_is_paid_for),
	    TEST(whatever_is_taken_out_the_rest_is_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
