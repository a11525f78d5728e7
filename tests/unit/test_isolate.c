/* dispatch_isolate.c: which event brings workers down? Workers here do what the
 * test says with what they are given; the time is the test's. */
#include "sink.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMBERS 40

struct world {
	struct sink sink;
	unsigned workers; /* that are started again when they are lost */
	unsigned crashes;
	bool no_taken;    /* workers of the first release */
	bool all_at_once; /* a crash takes all workers with it */
	bool away;        /* the others say that their database is away */
	unsigned restart; /* steps until a lost worker is back */
	unsigned back[8]; /* the steps at which one comes back */
	unsigned backs;
	unsigned step;
	unsigned answered;      /* innocent ones */
	unsigned aside;         /* SET_ASIDEs that were done */
	unsigned last[MEMBERS]; /* the number answered last, by member */
	bool exclusive; /* whether an isolating worker got others' work */
	unsigned batch; /* events that are answered in one step */
};

static void start(struct world *w)
{
	char name[16];

	snprintf(name, sizeof(name), "w%u", w->step);
	sink_worker(&w->sink, name, 1000);
}

static void world_init(struct world *w, unsigned workers)
{
	*w = (struct world){.workers = workers, .restart = 3, .batch = 50};
	sink_init(&w->sink, &sink_limits);
	for (unsigned i = 0; i < workers; i++)
		start(w);
	sink_settle(&w->sink);
}

static bool is_poison(const struct given *given)
{
	return strncmp(given->tag, "poison", 6) == 0;
}

static void lose(struct world *w, struct worker *worker)
{
	struct sink *sink = &w->sink;
	uint32_t serial = worker->serial;
	size_t kept = 0;

	dispatch_lose(&sink->dispatch, worker, "the test says so");
	for (size_t i = 0; i < sink->given_count; i++)
		if (sink->given[i].worker != serial)
			sink->given[kept++] = sink->given[i];
	sink->given_count = kept;
	assert_true(w->backs < 8);
	w->back[w->backs++] = w->step + w->restart;
}

static void crash(struct world *w, struct worker *worker)
{
	w->crashes++;
	lose(w, worker);
	while (w->all_at_once &&
	       (worker = TAILQ_FIRST(&w->sink.dispatch.pool.workers)) != NULL)
		lose(w, worker);
}

static void answer(struct world *w, const struct given *given,
    struct worker *worker, const char *body, size_t length)
{
	const struct worker_answer answer = {.ticket = given->ticket,
	    .verb = length > 0 ? LINK_REFUSED : LINK_RESULT,
	    .body = {body, length}};

	dispatch_answer(&w->sink.dispatch, worker, &answer, w->sink.now_us);
}

/* Answers are in order for each member. */
static void check_order(struct world *w, const struct given *given)
{
	unsigned member, number;

	if (sscanf(given->tag, "%u.%u", &member, &number) != 2)
		return;
	assert_true(number > w->last[member]);
	w->last[member] = number;
	w->answered++;
}

/* One thing that the worker was given; false: that was its end. */
static bool handle(
    struct world *w, struct worker *worker, const struct given *given)
{
	static const char quarantined[] = "\x81\xa4"
					  "code\xab"
					  "QUARANTINED";
	struct dispatch *d = &w->sink.dispatch;

	if (worker->isolating && given->losses < FLIGHT_SUSPECT_LOSSES)
		w->exclusive = false;
	if (given->strikes >= FLIGHT_STRIKES_MOST) {
		w->aside++;
		answer(w, given, worker, quarantined, sizeof(quarantined) - 1);
		return true;
	}
	if (given->trial && !w->no_taken)
		assert_true(dispatch_taken(d, worker, given->ticket));
	if (is_poison(given)) {
		crash(w, worker);
		return false;
	}
	if (given->kind == FLIGHT_SYSTEM)
		sink_head(
		    &w->sink, given->stream, 1, given->received_on, false);
	else
		check_order(w, given);
	answer(w, given, worker, "", 0);
	return true;
}

/* The worker does its next batch. */
static void work(struct world *w, uint32_t serial)
{
	struct sink *sink = &w->sink;
	unsigned done = 0;

	for (size_t i = 0; i < sink->given_count && done < w->batch;) {
		struct given given = sink->given[i];
		struct worker *worker =
		    pool_find_serial(&sink->dispatch.pool, serial);

		if (given.worker != serial || worker == NULL) {
			i++;
			continue;
		}
		memmove(&sink->given[i], &sink->given[i + 1],
		    (sink->given_count - i - 1) * sizeof(given));
		sink->given_count--;
		done++;
		if (!handle(w, worker, &given))
			return;
	}
}

static void beat_all(struct world *w)
{
	struct dispatch *d = &w->sink.dispatch;
	struct worker *worker;

	TAILQ_FOREACH (worker, &d->pool.workers, link)
		dispatch_beat(d, worker,
		    w->away ? LINK_DATABASE_AWAY : LINK_DATABASE_WELL, TEXT(""),
		    w->sink.now_us);
}

/* A tenth of a second. */
static void step(struct world *w)
{
	struct sink *sink = &w->sink;
	uint32_t serials[16];
	struct worker *worker;
	unsigned count = 0;

	w->step++;
	sink->now_us += 100000;
	beat_all(w);
	for (unsigned i = 0; i < w->backs;) {
		if (w->back[i] > w->step) {
			i++;
			continue;
		}
		w->back[i] = w->back[--w->backs];
		start(w);
	}
	dispatch_tick(&sink->dispatch, sink->now_us);
	sink_turn(sink);
	TAILQ_FOREACH (worker, &sink->dispatch.pool.workers, link)
		serials[count++] = worker->serial;
	for (unsigned i = 0; i < count; i++)
		work(w, serials[i]);
	sink_turn(sink);
}

static void run(struct world *w, unsigned steps)
{
	w->exclusive = true;
	while (steps-- > 0)
		step(w);
}

static void submit(struct world *w, unsigned member, const char *tag)
{
	char key[32];

	snprintf(key, sizeof(key), "canfitpro/%u", member);
	sink_submit(&w->sink, "p", key, tag);
}

/* `each` events of all members, in turn. */
static void load(struct world *w, unsigned first, unsigned each)
{
	char tag[32];

	for (unsigned n = first; n < first + each; n++) {
		for (unsigned member = 0; member < MEMBERS; member++) {
			snprintf(tag, sizeof(tag), "%u.%u", member, n);
			submit(w, member, tag);
		}
	}
}

static const struct stats *stats(const struct world *w)
{
	return &w->sink.dispatch.stats;
}

static bool at_rest(const struct world *w)
{
	const struct dispatch *d = &w->sink.dispatch;
	const struct worker *worker;

	TAILQ_FOREACH (worker, &d->pool.workers, link)
		if (worker->isolating)
			return false;
	return d->flights.in_flight == 0 && TAILQ_EMPTY(&d->streams.suspect);
}

static void one_of_a_thousand_is_set_aside_and_no_other(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 2);
	load(&w, 1, 13);
	submit(&w, 7, "poison");
	load(&w, 14, 12);
	run(&w, 600);
	assert_true(at_rest(&w));
	assert_int_equal(w.answered, MEMBERS * 25);
	assert_int_equal(w.aside, 1);
	assert_true(w.exclusive);
	assert_int_equal(stats(&w)->strikes, 3);
	assert_int_equal(stats(&w)->set_aside, 1);
	assert_string_equal(sink_reply(&w.sink, "poison")->code, "QUARANTINED");
	/* Two losses, halves down to few, three strikes. */
	assert_in_range(w.crashes, 5, 12);
	sink_fini(&w.sink);
}

static void several_are_found_one_after_the_other(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 3);
	load(&w, 1, 5);
	submit(&w, 3, "poison a");
	submit(&w, 3, "poison b");
	submit(&w, 21, "poison c");
	load(&w, 6, 5);
	run(&w, 900);
	assert_true(at_rest(&w));
	assert_int_equal(w.answered, MEMBERS * 10);
	assert_int_equal(stats(&w)->set_aside, 3);
	assert_int_equal(stats(&w)->strikes, 9);
	sink_fini(&w.sink);
}

static void a_single_worker_is_enough(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 1);
	load(&w, 1, 2);
	submit(&w, 5, "poison");
	load(&w, 3, 2);
	run(&w, 300);
	assert_int_equal(w.answered, MEMBERS * 4);
	assert_int_equal(stats(&w)->set_aside, 1);
	sink_fini(&w.sink);
}

/* Whatever killed all of them, it was not this event. */
static void nobody_is_to_blame_when_all_go_at_once(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 2);
	w.all_at_once = true;
	submit(&w, 5, "poison");
	run(&w, 300);
	assert_true(w.crashes > 5);
	assert_int_equal(stats(&w)->strikes, 0);
	assert_int_equal(w.aside, 0);
	sink_fini(&w.sink);
}

static void nobody_is_to_blame_while_the_database_is_away(void **state)
{
	struct world w;
	unsigned strikes;

	(void)state;
	world_init(&w, 3);
	submit(&w, 5, "poison");
	while (w.crashes < 3)
		step(&w);
	/* It ran alone, but the others say that it is away. */
	strikes = (unsigned)stats(&w)->strikes;
	w.away = true;
	run(&w, 50);
	assert_int_equal(stats(&w)->strikes, strikes);
	w.away = false;
	run(&w, 300);
	assert_int_equal(stats(&w)->set_aside, 1);
	sink_fini(&w.sink);
}

static void without_taken_there_is_no_strike(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 2);
	w.no_taken = true;
	submit(&w, 5, "poison");
	run(&w, 300);
	assert_true(w.crashes > 5);
	assert_int_equal(stats(&w)->strikes, 0);
	sink_fini(&w.sink);
}

/* Workers that are killed for other reasons harm nobody. */
static void a_loss_alone_makes_no_suspect(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 2);
	w.batch = 20;
	load(&w, 1, 25);
	run(&w, 1);
	crash(&w, TAILQ_FIRST(&w.sink.dispatch.pool.workers));
	sink_turn(&w.sink);
	assert_true(TAILQ_EMPTY(&w.sink.dispatch.streams.suspect));
	run(&w, 100);
	assert_int_equal(stats(&w)->trials, 0);
	assert_int_equal(w.answered, MEMBERS * 25);
	sink_fini(&w.sink);
}

static void innocents_of_many_losses_are_ruled(void **state)
{
	struct world w;

	(void)state;
	srand(7);
	for (int round = 0; round < 20; round++) {
		world_init(&w, 3);
		w.batch = 20;
		load(&w, 1, 25);
		for (unsigned i = 0; i < 40; i++) {
			struct worker *worker;

			run(&w, 1);
			worker = TAILQ_LAST(
			    &w.sink.dispatch.pool.workers, worker_list);
			if (worker != NULL && rand() % 4 == 0)
				crash(&w, worker);
		}
		run(&w, 200);
		assert_true(at_rest(&w));
		assert_int_equal(w.answered, MEMBERS * 25);
		assert_int_equal(w.aside, 0);
		assert_int_equal(stats(&w)->set_aside, 0);
		sink_fini(&w.sink);
	}
}

/* The search goes on when the partner was told UNAVAILABLE. */
static void a_suspect_that_expires_is_searched_for_all_the_same(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 2);
	w.restart = 40;
	submit(&w, 5, "poison");
	run(&w, 90);
	submit(&w, 5, "5.1");
	run(&w, 100);
	assert_string_equal(sink_reply(&w.sink, "poison")->code, "UNAVAILABLE");
	assert_true(dispatch_is_empty(&w.sink.dispatch) ||
		    w.sink.dispatch.flights.orphans > 0);
	run(&w, 600);
	assert_int_equal(stats(&w)->set_aside, 1);
	assert_int_equal(sink_replies(&w.sink, "poison"), 1);
	assert_true(at_rest(&w));
	assert_int_equal(w.sink.dispatch.flights.orphans, 0);
	assert_int_equal(w.sink.dispatch.flights.bytes, 0);
	sink_fini(&w.sink);
}

/* With one worker left, what may bring it down waits for the others. */
static void the_last_worker_is_spared_for_a_while(void **state)
{
	struct world w;
	unsigned crashes;

	(void)state;
	world_init(&w, 2);
	w.restart = 10000;
	submit(&w, 5, "poison");
	step(&w);
	assert_int_equal(w.crashes, 1);
	start(&w);
	while (w.crashes < 2)
		step(&w);
	crashes = w.crashes;
	load(&w, 1, 1);
	run(&w, 40);
	assert_int_equal(w.crashes, crashes);
	/* Others are served meanwhile, but for that stream. */
	assert_true(w.answered > MEMBERS / 2);
	run(&w, 20);
	assert_int_equal(w.crashes, crashes + 1);
	sink_fini(&w.sink);
}

static void a_worker_that_lives_gives_no_strike(void **state)
{
	struct world w;
	struct worker *worker;
	struct worker_hello hello = {.name = TEXT("w"),
	    .window = 10,
	    .query_window = 2,
	    .database = LINK_DATABASE_WELL,
	    .skills = LINK_CAN_ISOLATE};
	char incarnation[WORKER_TEXT_SIZE];

	(void)state;
	world_init(&w, 2);
	submit(&w, 5, "a");
	sink_turn(&w.sink);
	worker =
	    pool_find_serial(&w.sink.dispatch.pool, w.sink.given[0].worker);
	/* creditd was not heard for long: it says hello anew. */
	snprintf(incarnation, sizeof(incarnation), "%s", worker->incarnation);
	hello.incarnation = text_of(incarnation);
	for (int i = 0; i < 5; i++)
		assert_non_null(dispatch_hello(
		    &w.sink.dispatch, TEXT("new"), &hello, w.sink.now_us));
	sink_turn(&w.sink);
	assert_true(TAILQ_EMPTY(&w.sink.dispatch.streams.suspect));
	sink_fini(&w.sink);
}

static void a_query_that_brings_workers_down_is_given_up(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, 2);
	sink_query(&w.sink, "canfitpro", "poison");
	run(&w, 100);
	assert_int_equal(w.crashes, 3);
	assert_string_equal(sink_reply(&w.sink, "poison")->code, "UNAVAILABLE");
	assert_int_equal(w.sink.dispatch.queries_waiting, 0);
	assert_int_equal(w.sink.dispatch.flights.in_flight, 0);
	sink_fini(&w.sink);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(one_of_a_thousand_is_set_aside_and_no_other),
	    TEST(several_are_found_one_after_the_other),
	    TEST(a_single_worker_is_enough),
	    TEST(nobody_is_to_blame_when_all_go_at_once),
	    TEST(nobody_is_to_blame_while_the_database_is_away),
	    TEST(without_taken_there_is_no_strike),
	    TEST(a_loss_alone_makes_no_suspect),
	    TEST(innocents_of_many_losses_are_ruled),
	    TEST(a_suspect_that_expires_is_searched_for_all_the_same),
	    TEST(the_last_worker_is_spared_for_a_while),
	    TEST(a_worker_that_lives_gives_no_strike),
	    TEST(a_query_that_brings_workers_down_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
