/* What goes wrong, and when: drawn from the seed. Each run has its own taste.
 */
#include "sim.h"

static int64_t short_us(void)
{
	return span(10, 900) * MS;
}

static int64_t long_us(void)
{
	return span(300, 6000) * MS;
}

static unsigned any_worker(void)
{
	return roll(sim.scale.workers);
}

static void kill_worker(void)
{
	worker_kill(any_worker(), short_us());
}

static void stop_worker(void)
{
	worker_stop(any_worker(), short_us());
}

static void pause_worker(void)
{
	worker_pause(any_worker(), long_us());
}

static void break_worker(void)
{
	worker_break(any_worker(), chance(300));
}

/* Most of all while a statement runs: its outcome is not known then. */
static void cut_when_writing(void *arg, uint64_t left)
{
	unsigned worker = (unsigned)(left % WORKERS_SIM);

	(void)arg;
	if (left >= WORKERS_SIM && !worker_is_writing(worker))
		after(span(100, 3000), cut_when_writing, NULL,
		    left - WORKERS_SIM);
	else
		worker_cut_database(worker, chance(400));
}

static void cut_database(void)
{
	cut_when_writing(NULL, any_worker() + WORKERS_SIM * 300);
}

static void stop_database(void)
{
	database_stop(span(5, 2000) * MS);
}

static void slow_database(void)
{
	database_slow(long_us() / 2);
}

static void read_only(void)
{
	database_read_only(short_us() * 2);
}

static void lock_stream(void)
{
	database_lock(members[roll(sim.scale.members)].stream, long_us() / 2);
}

static void lock_all(void)
{
	database_lock(-1, short_us());
}

static void kill_creditd(void)
{
	creditd_kill(short_us());
}

static void stop_creditd(void)
{
	creditd_stop(short_us());
}

static void pause_creditd(void)
{
	creditd_pause(chance(700) ? short_us() : long_us() / 2);
}

static void break_partner(void)
{
	partner_break(roll(sim.scale.partners), chance(300));
}

static void flood(void)
{
	partner_flood(roll(sim.scale.partners));
}

static void break_subscriber(void)
{
	subscriber_break(roll(sim.scale.subscribers));
}

static void slow_subscriber(void)
{
	subscriber_sleep(roll(sim.scale.subscribers), long_us());
}

static void no_room(void)
{
	creditd_no_room(short_us());
}

static void bad_way(void)
{
	net_loss_per_mille = net_loss_per_mille > 0 ? 0 : 20 + roll(150);
}

static void new_day(void)
{
	operator_today();
}

static void new_program(void)
{
	operator_program();
}

static void restore(void)
{
	if (sim.restores && !database_was_restored())
		database_restore(sim.now_us - long_us());
}

static const struct {
	const char *name;
	void (*happen)(void);
	unsigned often;
} faults[] = {
    {"kill worker", kill_worker, 10},
    {"stop worker", stop_worker, 4},
    {"pause worker", pause_worker, 12},
    {"break worker", break_worker, 8},
    {"cut database", cut_database, 8},
    {"stop database", stop_database, 4},
    {"slow database", slow_database, 5},
    {"read-only", read_only, 3},
    {"lock stream", lock_stream, 6},
    {"lock all", lock_all, 3},
    {"kill creditd", kill_creditd, 5},
    {"stop creditd", stop_creditd, 3},
    {"pause creditd", pause_creditd, 4},
    {"break partner", break_partner, 6},
    {"flood", flood, 3},
    {"break subscriber", break_subscriber, 5},
    {"slow subscriber", slow_subscriber, 5},
    {"no room", no_room, 3},
    {"bad way", bad_way, 4},
    {"new day", new_day, 4},
    {"new program", new_program, 2},
    {"restore", restore, 4},
};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

unsigned fault_counts[FAULTS];
static unsigned often[FAULTS], total;

static void happen(void *arg, uint64_t gap_us)
{
	unsigned draw = roll(total);
	size_t i = 0;

	(void)arg;
	if (!sim.storm)
		return;
	after(span(1, (int64_t)gap_us * 2), happen, NULL, gap_us);
	while (draw >= often[i])
		draw -= often[i++];
	fault_counts[i]++;
	note(faults[i].name, 0, 0, 0);
	faults[i].happen();
}

static void calm(void *arg, uint64_t tag)
{
	(void)arg;
	(void)tag;
	note("calm", 0, 0, 0);
	sim.storm = false;
	sim.calm_us = sim.now_us;
	net_loss_per_mille = 0;
}

void faults_begin(void)
{
	bool one = chance(250); /* nothing else hides what it does */
	size_t only = roll(FAULTS);

	total = 0;
	for (size_t i = 0; i < FAULTS; i++) {
		/* Some kinds not at all, some often. */
		often[i] = chance(300) ? 0 : faults[i].often * (1 + roll(3));
		if (one)
			often[i] = i == only;
		total += often[i];
	}
	if (total == 0)
		total = often[0] = 1;
	after(span(SECOND / 10, 2 * SECOND), happen, NULL,
	    (uint64_t)span(50, 1500) * MS);
	after(sim.scale.storm_us, calm, NULL, 0);
}

void faults_print(void)
{
	for (size_t i = 0; i < FAULTS; i++)
		printf("%s%s %u", i > 0 ? ", " : "faults: ", faults[i].name,
		    fault_counts[i]);
	printf("\n");
}
