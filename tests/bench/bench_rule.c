/* How long a ruling takes, with every step of it put into words: a member of
 * canfitpro with 40 claims and one with 1,000, half of them recognized, with
 * evidence, decisions, payments and renewals.
 *
 * Prints `rule.40_claims ns` and `rule.1000_claims ns`, the medians of some
 * rounds, in time of the processor: a ruling waits for nothing. Fails if
 * ruling again asks malloc() for anything. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rule.h"

#define ROUNDS      9
#define ROUND_NS    50000000 /* how long one takes at least */
#define FACTS_MOST  4000
#define PROGRAM     "schema/programs/canfitpro.yaml"
#define TODAY       date_of(2026, 6, 30)
#define NAME_SIZE   16
#define CLAIMS_YEAR 100

/* ---- malloc() of this program and its libraries, counted: glibc lets it be
 * replaced, and keeps its own under these names.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static size_t allocations;

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	allocations++;
	return __libc_realloc(memory, size);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name)
 * NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* ---- a member's history */

struct member {
	struct fact fact[FACTS_MOST];
	char name[FACTS_MOST][NAME_SIZE];
	size_t facts;
};

static _Noreturn void fail(const char *why)
{
	(void)fprintf(stderr, "bench_rule: %s\n", why);
	exit(1);
}

static struct fact *add(struct member *member, enum event_type type, date_t on)
{
	size_t at = member->facts;
	struct fact *fact = &member->fact[at];

	if (at == FACTS_MOST)
		fail("too many facts");
	fact_init(fact);
	(void)snprintf(member->name[at], NAME_SIZE, "event-%05zu", at);
	fact->source = TEXT("learning-system");
	fact->id = text_of(member->name[at]);
	fact->type = type;
	fact->received_on = on;
	member->facts++;
	return fact;
}

static void describe(struct fact *fact, size_t number, date_t on)
{
	static const char *const kinds[] = {
	    "workshop", "lecture", "conference", "correspondence"};
	struct activity *activity = &fact->activity;

	activity->completed_on = on;
	activity->kind = text_of(kinds[number % 4]);
	activity->provider = TEXT("University of Waterloo");
	activity->title = fact->id;
	activity->has_minutes = true;
	activity->minutes = (struct ratio){30 + 30 * (int64_t)(number % 20), 1};
}

static void attend(struct member *member, size_t number, date_t on)
{
	struct fact *fact = add(member, EVENT_ACTIVITY, on);

	describe(fact, number, on);
	fact->activity.accredited_by = TEXT("canfitpro");
}

/* A request and all that belongs to it; some of them still wait. */
static void ask(struct member *member, size_t number, date_t on)
{
	static const struct text kinds[] = {
	    {"attendance", 10}, {"description", 11}};
	struct fact *fact = add(member, EVENT_REQUESTED, on);
	struct text name = fact->id;

	describe(fact, number, on);
	fact->request = name;
	fact = add(member, EVENT_EVIDENCE, on + 5);
	fact->request = name;
	fact->evidence = (struct text_list){kinds, 2};
	if (number % 10 == 9)
		return;
	fact = add(member, EVENT_DECIDED, on + 25);
	fact->request = name;
	fact->decision = DECISION_APPROVED;
	fact = add(member, EVENT_PAID, on + 40);
	fact->request = name;
	fact->amount = number % 10 == 7 ? 500 : 4972;
	fact->currency = TEXT("CAD");
}

static void meet(struct member *member, struct text what, date_t on)
{
	struct fact *fact = add(member, EVENT_REQUIREMENT, on);

	fact->on = on;
	fact->requirement = what;
}

static void renew(struct member *member, date_t on)
{
	struct fact *fact = add(member, EVENT_RENEWED, on);

	fact->on = on;
	fact->designation = TEXT("FIS");
}

static int compare_arrival(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->received_on != y->received_on)
		return x->received_on < y->received_on ? -1 : 1;
	return fact_compare(x, y);
}

/* So many claims, over the years, to today; as they arrive. */
static void make_history(struct member *member, size_t claims)
{
	size_t years = claims / CLAIMS_YEAR + 1, done = 0;
	int first = 2026 - (int)years;
	struct fact *fact = add(member, EVENT_GRANTED, date_of(first, 3, 1));

	fact->on = date_of(first, 3, 1);
	fact->designation = TEXT("FIS");
	fact->jurisdiction = TEXT("CA-ON");
	for (size_t year = 0; year < years; year++) {
		date_t start = date_of(first + (int)year, 3, 1);
		size_t until = claims * (year + 1) / years;

		meet(member, TEXT("membership"), start + 1);
		meet(member, TEXT("cpr-a"), start + 2);
		for (size_t i = done; i < until; i++) {
			date_t on = start + 3 +
				    (date_t)((i - done) * 350 / (until - done));

			if (i % 2 == 0)
				attend(member, i, on);
			else
				ask(member, i / 2, on);
		}
		done = until;
		renew(member, start + 360);
	}
	qsort(member->fact, member->facts, sizeof(*member->fact),
	    compare_arrival);
}

/* ---- measuring */

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Returns the bytes of all notes, so that none can be left out. */
static size_t rule(const struct program *program, const struct member *member,
    struct arena *arena, struct ruling *ruling)
{
	char note[512];
	size_t bytes = 0;

	arena_reset(arena);
	if (rule_member(
		program, member->fact, member->facts, TODAY, arena, ruling) < 0)
		fail("no memory");
	for (size_t i = 0; i < ruling->shares; i++)
		for (size_t n = 0; n < ruling->share[i].steps; n++)
			bytes += step_note(ruling, &ruling->share[i].step[n],
			    note, sizeof(note))
				     .length;
	return bytes;
}

static int compare(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int64_t median_ns(const struct program *program,
    const struct member *member, struct arena *arena, struct ruling *ruling)
{
	int64_t ns[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		int64_t began = now_ns(), spent;
		int count = 0;

		do {
			for (int i = 0; i < 10; i++, count++)
				if (rule(program, member, arena, ruling) == 0)
					fail("nothing was explained");
			spent = now_ns() - began;
		} while (spent < ROUND_NS);
		ns[round] = spent / count;
	}
	qsort(ns, ROUNDS, sizeof(*ns), compare);
	return ns[ROUNDS / 2];
}

static void measure(const struct program *program, size_t claims)
{
	static struct member member;
	struct arena arena = {0};
	struct ruling ruling;
	size_t before;
	int64_t ns;

	member.facts = 0;
	make_history(&member, claims);
	/* The arena keeps its largest block: in the end one is enough. */
	for (int i = 0; i < 4; i++)
		(void)rule(program, &member, &arena, &ruling);
	before = allocations;
	ns = median_ns(program, &member, &arena, &ruling);
	if (allocations != before)
		fail("ruling again asked malloc() for memory");
	(void)printf("rule.%zu_claims %lld ns\n", claims, (long long)ns);
	(void)fprintf(stderr, "%zu facts, %zu periods, %zu steps, %zu kB\n",
	    member.facts, ruling.periods,
	    (size_t)(ruling.share[ruling.shares - 1].step +
		     ruling.share[ruling.shares - 1].steps -
		     ruling.share[0].step),
	    arena.total / 1024);
	arena_fini(&arena);
}

static struct program *load(const char *path)
{
	static char bytes[128 * 1024];
	struct complaints complaints = {.file = path};
	struct program *program = NULL;
	FILE *file = fopen(path, "r");
	size_t size;

	if (file == NULL)
		fail("the program can't be opened: run it from the top");
	size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	if (program_parse((struct text){bytes, size}, &complaints, &program) <
	    0)
		fail(complaints.text);
	complaints_fini(&complaints);
	return program;
}

int main(int argc, char *argv[])
{
	struct program *program = load(argc > 1 ? argv[1] : PROGRAM);

	measure(program, 40);
	measure(program, 1000);
	program_destroy(program);
	return 0;
}
