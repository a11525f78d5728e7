/* Whose turn it is at a worker: partners' events are not kept waiting by the
 * system's, and what came behind a day or a program stays behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "uplink.h"

struct world {
	struct uplink uplink;
	struct parcel parcel[16];
	size_t parcels;
};

static void world_init(struct world *world)
{
	*world = (struct world){0};
	TAILQ_INIT(&world->uplink.events);
	TAILQ_INIT(&world->uplink.system);
	TAILQ_INIT(&world->uplink.queries);
}

enum sort { PARTNER, DUE, DAY };

/* One more arrives. */
static void arrives(struct world *world, enum sort sort, int32_t stream)
{
	struct parcel *parcel = &world->parcel[world->parcels++];

	parcel->kind = sort == PARTNER ? LINK_PARTNER : LINK_SYSTEM;
	parcel->urgent = sort == DAY;
	parcel->stream = stream;
	parcel->number = ++world->uplink.numbers;
	TAILQ_INSERT_TAIL(
	    sort == PARTNER ? &world->uplink.events : &world->uplink.system,
	    parcel, link);
	world->uplink.event_count++;
	world->uplink.urgent_count += parcel->urgent;
}

/* The numbers in the order of their turns, each a batch of its own. */
static const char *turns(struct world *world)
{
	static char said[64];
	struct parcel *parcel;
	size_t length = 0;

	said[0] = '\0';
	while ((parcel = uplink_first_event(&world->uplink)) != NULL) {
		uplink_take_event(&world->uplink, parcel);
		uplink_note_batch(&world->uplink, parcel);
		length += (size_t)snprintf(said + length, sizeof(said) - length,
		    "%s%d", length > 0 ? " " : "", (int)parcel->number);
	}
	assert_int_equal(world->uplink.event_count, 0);
	assert_int_equal(world->uplink.urgent_count, 0);
	return said;
}

static void partners_come_in_order(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_null(uplink_first_event(&world.uplink));
	for (int i = 0; i < 3; i++)
		arrives(&world, PARTNER, 7);
	assert_string_equal(turns(&world), "1 2 3");
}

static void who_is_due_lets_others_pass(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	arrives(&world, DUE, 1);
	arrives(&world, DUE, 2);
	for (int i = 0; i < 6; i++)
		arrives(&world, PARTNER, 1);
	/* … and has a turn after every four batches. */
	assert_string_equal(turns(&world), "3 4 5 6 1 7 8 2");
}

static void a_day_holds_its_own_stream_back(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	arrives(&world, PARTNER, 1); /* 1: came before the day */
	arrives(&world, DAY, 1);     /* 2 */
	arrives(&world, DAY, 2);     /* 3 */
	arrives(&world, PARTNER, 2); /* 4: behind 3 */
	arrives(&world, PARTNER, 1); /* 5: behind 2 */
	arrives(&world, PARTNER, 3); /* 6: passes */
	assert_string_equal(turns(&world), "1 2 5 3 4 6");
}

static void what_is_put_back_comes_first_again(void **state)
{
	struct world world;
	struct parcel *first, *second;

	(void)state;
	world_init(&world);
	arrives(&world, PARTNER, 1);
	arrives(&world, PARTNER, 1);
	arrives(&world, DAY, 2);
	arrives(&world, PARTNER, 2);
	first = uplink_first_event(&world.uplink);
	uplink_take_event(&world.uplink, first);
	second = uplink_first_event(&world.uplink);
	uplink_take_event(&world.uplink, second);
	uplink_return_event(&world.uplink, second);
	uplink_return_event(&world.uplink, first);
	assert_int_equal(world.uplink.event_count, 4);
	assert_string_equal(turns(&world), "1 3 2 4");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(partners_come_in_order),
	    cmocka_unit_test(who_is_due_lets_others_pass),
	    cmocka_unit_test(a_day_holds_its_own_stream_back),
	    cmocka_unit_test(what_is_put_back_comes_first_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
