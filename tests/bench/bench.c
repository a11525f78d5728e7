/* creditd beside the bare limits, interleaved, so that a machine that slows
 * down slows all alike: only ratios within one run count. */
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TURN           20 /* of each kind before the next kind's turn */
#define WARM_UP        200
#define STREAM_MEMBERS 20000
#define STREAM_ROUNDS  5

void bench_fail(const char *format, ...)
{
	va_list arguments;

	fputs("creditd-bench: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

int64_t bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The value below which `percent` of them lie; sorts them. */
static double percentile_us(int64_t *ns, size_t count, unsigned percent)
{
	qsort(ns, count, sizeof(*ns), by_value);
	return (double)ns[(count - 1) * percent / 100] / 1000.0;
}

static int64_t *samples(size_t count)
{
	int64_t *ns = calloc(count, sizeof(*ns));

	if (ns == NULL)
		bench_fail("no memory");
	return ns;
}

/* One event in flight, beside the two things that it can't do without. */
static void latency(const char *events, const char *dsn, unsigned count)
{
	struct bench_path *path = bench_path_start();
	struct bench_sql *sql = bench_sql_start(dsn);
	struct bench_partner *partner = bench_partner_start(events, 400);
	int64_t *trip = samples(count), *insert = samples(count),
		*event = samples(count);
	double trip_us, insert_us, event_us;

	for (unsigned i = 0; i < WARM_UP; i++) {
		bench_path_trip(path);
		bench_sql_insert(sql);
		bench_partner_trip(partner);
	}
	for (unsigned done = 0; done < count; done += TURN) {
		for (unsigned i = done; i < done + TURN; i++) {
			int64_t began = bench_now();

			bench_path_trip(path);
			trip[i] = bench_now() - began;
		}
		for (unsigned i = done; i < done + TURN; i++) {
			int64_t began = bench_now();

			bench_sql_insert(sql);
			insert[i] = bench_now() - began;
		}
		for (unsigned i = done; i < done + TURN; i++) {
			int64_t began = bench_now();

			bench_partner_trip(partner);
			event[i] = bench_now() - began;
		}
	}
	trip_us = percentile_us(trip, count, 50);
	insert_us = percentile_us(insert, count, 50);
	event_us = percentile_us(event, count, 50);
	printf("bare.path.p50 %.1f us\n", trip_us);
	printf("bare.insert.p50 %.1f us\n", insert_us);
	printf("one_in_flight.p50 %.1f us\n", event_us);
	printf("one_in_flight.p99 %.1f us\n", percentile_us(event, count, 99));
	printf("one_in_flight.ratio %.2f times\n",
	    event_us / (trip_us + insert_us));
	free(trip);
	free(insert);
	free(event);
	bench_partner_stop(partner);
	bench_sql_stop(sql);
	bench_path_stop(path);
}

/* A thousand in flight: the median of some rounds. */
static void throughput(const char *events, unsigned count)
{
	struct bench_partner *partner =
	    bench_partner_start(events, STREAM_MEMBERS);
	int64_t ns[STREAM_ROUNDS];

	bench_partner_stream(partner, count / 4, 1000);
	for (unsigned i = 0; i < STREAM_ROUNDS; i++)
		ns[i] = bench_partner_stream(partner, count, 1000);
	qsort(ns, STREAM_ROUNDS, sizeof(*ns), by_value);
	printf("thousand_in_flight.rate %.0f events/s\n",
	    count * 1e9 / (double)ns[STREAM_ROUNDS / 2]);
	printf("thousand_in_flight.best %.0f events/s\n",
	    count * 1e9 / (double)ns[0]);
	bench_partner_stop(partner);
}

int main(int argc, char **argv)
{
	unsigned count;

	if (argc != 5 || (strcmp(argv[1], "latency") != 0 &&
			     strcmp(argv[1], "throughput") != 0)) {
		fputs("usage: creditd-bench latency|throughput EVENTS DSN "
		      "COUNT\n",
		    stderr);
		return 2;
	}
	count = (unsigned)strtoul(argv[4], NULL, 10) / TURN * TURN;
	if (count == 0)
		bench_fail("COUNT is at least %d", TURN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(argv[1], "latency") == 0)
		latency(argv[2], argv[3], count);
	else
		throughput(argv[2], count);
	return 0;
}
