/* dispatch.h under random histories: whatever happens to workers, each event is
 * answered once, and a stream's events are ruled in the order of their arrival.
 */
#include "sink.h"

#include <stdio.h>
#include <stdlib.h>

#define EVENTS  3000
#define STEPS   12000
#define MEMBERS 40

struct history {
	struct sink sink;
	uint64_t random;
	unsigned sent;
	bool ruled[EVENTS];               /* a worker committed it */
	int32_t last[STREAM_BUCKETS * 2]; /* the newest that was ruled */
	bool answered[EVENTS];
};

static unsigned roll(struct history *history, unsigned below)
{
	/* splitmix64 */
	uint64_t z = history->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)((z ^ (z >> 31)) % below);
}

static void submit(struct history *history)
{
	char member[32], tag[16];

	if (history->sent == EVENTS)
		return;
	snprintf(
	    member, sizeof(member), "canfitpro/%u", roll(history, MEMBERS));
	snprintf(tag, sizeof(tag), "%u", history->sent++);
	sink_submit(&history->sink, "p", member, tag);
}

/* The worker commits the oldest of some stream that it has, as a real one
 * would, and perhaps the answer is lost with it. */
static void rule(struct history *history, bool answer)
{
	struct sink *sink = &history->sink;
	size_t index;

	if (sink->given_count == 0)
		return;
	index = roll(history, (unsigned)sink->given_count);
	for (size_t i = 0; i < index; i++)
		if (sink->given[i].stream == sink->given[index].stream &&
		    sink->given[i].worker == sink->given[index].worker) {
			index = i;
			break;
		}
	if (sink->given[index].kind == FLIGHT_EVENT) {
		int32_t number = atoi(sink->given[index].tag);
		int32_t *last = &history->last[sink->given[index].stream];

		/* A repeat is fine; what is new must not be out of order. */
		if (!history->ruled[number]) {
			assert_true(number > *last);
			*last = number;
			history->ruled[number] = true;
		}
	} else {
		sink_head(sink, sink->given[index].stream, 1,
		    sink->given[index].received_on, false);
	}
	if (answer)
		sink_answer(sink, index, LINK_RESULT);
}

static struct worker *any_worker(struct history *history)
{
	struct pool *pool = &history->sink.dispatch.pool;
	struct worker *worker = TAILQ_FIRST(&pool->workers);
	unsigned skip = pool->count > 0 ? roll(history, pool->count) : 0;

	while (skip-- > 0)
		worker = TAILQ_NEXT(worker, link);
	return worker;
}

static void forget_given(struct sink *sink, uint32_t serial)
{
	size_t kept = 0;

	for (size_t i = 0; i < sink->given_count; i++)
		if (sink->given[i].worker != serial)
			sink->given[kept++] = sink->given[i];
	sink->given_count = kept;
}

static void lose(struct history *history)
{
	struct worker *worker = any_worker(history);
	uint32_t serial;

	if (worker == NULL)
		return;
	serial = worker->serial;
	dispatch_lose(&history->sink.dispatch, worker, "chance");
	forget_given(&history->sink, serial);
}

static void step(struct history *history)
{
	struct sink *sink = &history->sink;
	struct worker *worker;
	unsigned what = roll(history, 1000);

	if (what < 350) {
		submit(history);
	} else if (what < 880) {
		rule(history, true);
	} else if (what < 900) {
		rule(history, false); /* committed, and then … */
	} else if (what < 910) {
		if (sink->dispatch.pool.count < 4)
			sink_worker(sink, "w", 1 + roll(history, 100));
	} else if (what < 916) {
		lose(history);
	} else if (what < 930) {
		worker = any_worker(history);
		if (worker != NULL)
			dispatch_beat(&sink->dispatch, worker,
			    roll(history, 2) ? LINK_DATABASE_AWAY
					     : LINK_DATABASE_WELL,
			    TEXT(""), sink->now_us);
	} else if (what < 960) {
		sink_pass(sink, 100);
	} else {
		sink_turn(sink);
	}
}

/* After the storm one good worker does the rest. */
static void finish(struct history *history)
{
	struct sink *sink = &history->sink;

	while (sink->dispatch.pool.count > 0)
		lose(history);
	sink_worker(sink, "last", 1000);
	while (!dispatch_is_empty(&sink->dispatch) || sink->given_count > 0) {
		sink_turn(sink);
		rule(history, true);
	}
}

static void check(struct history *history)
{
	struct sink *sink = &history->sink;
	unsigned results = 0;

	for (size_t i = 0; i < sink->replied_count; i++) {
		int number = atoi(sink->replied[i].tag);

		assert_false(history->answered[number]);
		history->answered[number] = true;
		if (strcmp(sink->replied[i].verb, "RESULT") != 0)
			continue;
		results++;
		assert_true(history->ruled[number]);
	}
	for (unsigned i = 0; i < history->sent; i++)
		assert_true(history->answered[i]);
	assert_true(results > history->sent / 2);
	assert_int_equal(sink->dispatch.streams.waiting, 0);
	assert_int_equal(sink->dispatch.streams.at_worker, 0);
	assert_int_equal(sink->dispatch.flights.bytes, 0);
	assert_int_equal(sink->dispatch.partners.count, 0);
}

static void each_event_is_answered_once_and_in_order(void **state)
{
	static struct history history;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		memset(&history, 0, sizeof(history));
		memset(history.last, -1, sizeof(history.last));
		history.random = seed;
		sink_init(&history.sink, &sink_limits);
		sink_worker(&history.sink, "w", 50);
		for (int i = 0; i < STEPS; i++)
			step(&history);
		finish(&history);
		check(&history);
		sink_fini(&history.sink);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_event_is_answered_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
