/* Runs seeds: SEED is the first, SEEDS how many, SECONDS for how long at most,
 * EVENTS how many events each has (else the seed says), TRACE=1 tells each
 * step. Each seed in 64 is run twice: the two must not differ in one step. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "sim.h"

#define CALM_MOST_US (60 * SECOND) /* then all must be done */
#define TWICE        64

struct total {
	uint64_t steps, seeds, twice;
	int64_t longest_us;
	int64_t events;
};

static int64_t number(const char *name, int64_t otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? strtoll(value, NULL, 10)
					       : otherwise;
}

static void choose_scale(void)
{
	int64_t events = number("EVENTS", 0);

	sim.scale = (struct scale){.organizations = 1 + chance(200),
	    .members = (unsigned)span(2, MEMBERS_MOST),
	    .saids = (unsigned)span(20, 160),
	    .workers = (unsigned)span(1, WORKERS_SIM),
	    .partners = (unsigned)span(1, PARTNERS_SIM),
	    .subscribers = SUBSCRIBERS,
	    .storm_us = span(1, 12) * SECOND};
	if (events > 0)
		sim.scale.saids =
		    (unsigned)(events < SAID_MOST ? events : SAID_MOST);
	sim.restores = chance(350);
	sim.today = date_of(2026, 6, 30);
	sim.revision = 1;
}

static void begin(uint64_t seed, bool trace)
{
	sim_begin(seed, trace);
	choose_scale();
	promises_begin();
	database_begin();
	creditd_begin();
	partners_begin();
	operator_begin();
	workers_begin();
	subscribers_begin();
	faults_begin();
}

static void end(void)
{
	creditd_end();
	sim_end();
	workers_end();
	database_end();
	net_reset();
}

/* Until the storm is over and everybody has what is due to them. */
static uint64_t run(uint64_t seed, bool trace, struct total *total)
{
	int64_t look_us = 0;
	const char *why = "";

	begin(seed, trace);
	while (sim_step()) {
		if (sim.storm || sim.now_us < look_us)
			continue;
		look_us = sim.now_us + 200 * MS;
		if (promise_all_is_done(&why))
			break;
		promise(sim.now_us < sim.calm_us + CALM_MOST_US, why,
		    "not done %lld s after all is well; %s",
		    (long long)(CALM_MOST_US / SECOND), missing);
	}
	promise_end();
	if (sim.now_us - sim.calm_us > total->longest_us)
		total->longest_us = sim.now_us - sim.calm_us;
	total->steps += sim.steps;
	total->events += sim.scale.saids;
	total->seeds++;
	end();
	return sim.digest;
}

/* An assertion of the product's own. */
static void on_abort(int signal)
{
	char line[96];
	/* It aborted in our own code, not within the library's. */
	/* NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c) */
	int length = snprintf(line, sizeof(line),
	    "seed=%" PRIu64 " promise=assert: the core stopped itself (%d)\n",
	    sim.seed, signal);

	(void)!write(STDOUT_FILENO, line, (size_t)length);
	_Exit(1);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(void)
{
	uint64_t first = (uint64_t)number("SEED", 1);
	uint64_t count = (uint64_t)number("SEEDS", 300);
	double most = (double)number("SECONDS", 0), began = seconds();
	bool trace = number("TRACE", 0) > 0;
	struct total total = {0};

	signal(SIGABRT, on_abort);
	signal(SIGSEGV, on_abort);
	log_open("creditd", trace ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t seed = first + i, digest;

		digest = run(seed, trace, &total);
		if (i % TWICE == 0 && !trace) {
			promise(run(seed, false, &total) == digest, "same-run",
			    "seed %" PRIu64 " ran differently", seed);
			total.twice++;
		}
		if (most > 0 && seconds() - began > most)
			break;
	}
	printf("[       OK ] simulation from seed %" PRIu64 ": %" PRIu64
	       " runs (%" PRIu64 " of them twice), %" PRId64 " events, %" PRIu64
	       " steps, calm again after %.1f s at most, "
	       "%.1f s\n",
	    first, total.seeds, total.twice, total.events, total.steps,
	    (double)total.longest_us / 1e6, seconds() - began);
	faults_print();
	return 0;
}
