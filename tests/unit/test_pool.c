/* pool.h */
#include "pool.h"

#include <stdio.h>

#include "unit.h"

static struct worker *add(struct pool *pool, const char *name, unsigned window)
{
	const struct worker_hello hello = {.name = text_of(name),
	    .incarnation = text_of(name),
	    .version = TEXT("0"),
	    .schema = TEXT("1"),
	    .window = window,
	    .query_window = window,
	    .database = LINK_DATABASE_WELL};
	struct worker *worker = pool_add(pool, text_of(name), &hello, 1000);

	assert_non_null(worker);
	return worker;
}

static void workers_are_found_in_three_ways(void **state)
{
	struct pool pool;
	struct worker *a, *b;

	(void)state;
	pool_init(&pool);
	a = add(&pool, "a", 10);
	b = add(&pool, "b", 10);
	assert_ptr_equal(pool_find(&pool, TEXT("a")), a);
	assert_ptr_equal(pool_find_incarnation(&pool, TEXT("b")), b);
	assert_ptr_equal(pool_find_serial(&pool, b->serial), b);
	assert_null(pool_find(&pool, TEXT("aa")));
	assert_true(a->serial != 0 && a->serial != b->serial);
	pool_remove(&pool, a);
	assert_null(pool_find(&pool, TEXT("a")));
	assert_true(add(&pool, "a", 1)->serial > b->serial);
	pool_fini(&pool);
}

static void the_least_loaded_gets_a_stream_and_home_is_preferred(void **state)
{
	struct pool pool;
	struct worker *a, *b;

	(void)state;
	pool_init(&pool);
	assert_null(pool_choose(&pool, 0));
	a = add(&pool, "a", 10);
	b = add(&pool, "b", 10);
	a->holder.held_count = 1;
	assert_ptr_equal(pool_choose(&pool, 0), b);
	assert_ptr_equal(pool_choose(&pool, a->serial), a);
	a->holder.held_count = 30;
	assert_ptr_equal(pool_choose(&pool, a->serial), b);
	b->events = 10; /* its window is full */
	assert_ptr_equal(pool_choose(&pool, 0), a);
	worker_database(a, LINK_DATABASE_AWAY);
	assert_null(pool_choose(&pool, 0));
	assert_true(pool_is_usable(&pool)); /* b is well, only busy */
	worker_set_state(b, WORKER_LEAVING);
	assert_false(pool_is_usable(&pool));
	worker_database(b, LINK_DATABASE_WELL);
	assert_int_equal(b->state, WORKER_LEAVING);
	a->holder.held_count = 0;
	pool_fini(&pool);
}

static void queries_leave_room_for_fetches(void **state)
{
	struct pool pool;
	struct worker *a, *b;

	(void)state;
	pool_init(&pool);
	a = add(&pool, "a", 4);
	b = add(&pool, "b", 4);
	a->queries = 1;
	assert_ptr_equal(pool_choose_for_query(&pool), b);
	a->queries = 2;
	b->queries = 2;
	assert_null(pool_choose_for_query(&pool));
	assert_ptr_equal(pool_choose_for_fetch(&pool, a->serial), b);
	b->fetches = 2;
	assert_ptr_equal(pool_choose_for_fetch(&pool, a->serial), a);
	a->fetches = 2;
	assert_null(pool_choose_for_fetch(&pool, 0));
	pool_fini(&pool);
}

static void silence_is_noticed(void **state)
{
	struct pool pool;
	struct worker *a, *b;
	int64_t now;

	(void)state;
	pool_init(&pool);
	a = add(&pool, "a", 4);
	b = add(&pool, "b", 4);
	for (now = 1000; now < 2000000; now += 100000) {
		worker_heard(a, now);
		assert_null(pool_silent(&pool, 2000000, now));
	}
	worker_heard(a, now);
	assert_ptr_equal(pool_silent(&pool, 1900000, now + 100000), b);
	pool_fini(&pool);
}

/* What was read before the first tick after a pause counts from then. */
static void a_beat_read_after_a_pause_is_not_in_the_future(void **state)
{
	struct pool pool;
	struct worker *a;

	(void)state;
	pool_init(&pool);
	a = add(&pool, "a", 10);
	assert_null(pool_silent(&pool, 2000000, 1000000));
	worker_heard(a, 61000000);
	assert_null(pool_silent(&pool, 2000000, 61000000));
	for (int64_t now = 61100000; now <= 63000000; now += 100000)
		assert_null(pool_silent(&pool, 2000000, now));
	assert_ptr_equal(pool_silent(&pool, 2000000, 63100000), a);
	pool_fini(&pool);
}

static void texts_are_cut_to_their_room(void **state)
{
	struct pool pool;
	char name[200];

	(void)state;
	pool_init(&pool);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	const struct worker_hello hello = {
	    .name = text_of(name), .incarnation = text_of(name)};

	assert_non_null(pool_add(&pool, TEXT("r"), &hello, 0));
	assert_int_equal(
	    strlen(TAILQ_FIRST(&pool.workers)->name), WORKER_TEXT_SIZE - 1);
	assert_null(pool_add(&pool, text_of(name), &hello, 0));
	pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(workers_are_found_in_three_ways),
	    cmocka_unit_test(
		the_least_loaded_gets_a_stream_and_home_is_preferred),
	    cmocka_unit_test(queries_leave_room_for_fetches),
	    cmocka_unit_test(silence_is_noticed),
	    cmocka_unit_test(a_beat_read_after_a_pause_is_not_in_the_future),
	    cmocka_unit_test(texts_are_cut_to_their_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
