/* Virtual time, chance, the trace, and the end of a run that broke a promise.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct due {
	int64_t at_us;
	uint64_t order;
	step *run;
	void *arg;
	uint64_t tag;
};

struct sim sim;
static struct due *heap;
static size_t heap_count, heap_room;
static uint64_t heap_order;

uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t z =
	    a * UINT64_C(0x9e3779b97f4a7c15) + b + UINT64_C(0x632be59bd9b4e019);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned roll(unsigned below)
{
	sim.random = mix(sim.random, 1);
	return below == 0 ? 0 : (unsigned)((sim.random >> 8) % below);
}

bool chance(unsigned per_mille)
{
	return roll(1000) < per_mille;
}

int64_t span(int64_t from, int64_t to)
{
	return from + (int64_t)roll((unsigned)(to - from + 1));
}

static bool is_earlier(const struct due *a, const struct due *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void swap(size_t i, size_t j)
{
	struct due due = heap[i];

	heap[i] = heap[j];
	heap[j] = due;
}

void after(int64_t us, step *run, void *arg, uint64_t tag)
{
	size_t i = heap_count++;

	if (heap_count > heap_room) {
		heap_room = heap_room * 2 + 256;
		heap = reallocarray(heap, heap_room, sizeof(*heap));
		if (heap == NULL)
			abort();
	}
	heap[i] = (struct due){sim.now_us + us, ++heap_order, run, arg, tag};
	for (; i > 0 && is_earlier(&heap[i], &heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		swap(i, (i - 1) / 2);
}

bool sim_step(void)
{
	struct due due;
	size_t i = 0;

	if (heap_count == 0)
		return false;
	due = heap[0];
	heap[0] = heap[--heap_count];
	for (;;) {
		size_t least = i, child = 2 * i + 1;

		for (size_t j = child; j < child + 2 && j < heap_count; j++)
			if (is_earlier(&heap[j], &heap[least]))
				least = j;
		if (least == i)
			break;
		swap(i, least);
		i = least;
	}
	sim.now_us = due.at_us;
	sim.steps++;
	due.run(due.arg, due.tag);
	return true;
}

void sim_begin(uint64_t seed, bool trace)
{
	sim = (struct sim){.seed = seed,
	    .random = mix(seed, 7),
	    .digest = seed,
	    .now_us = SECOND,
	    .trace = trace,
	    .storm = true};
	heap_count = 0;
	heap_order = 0;
}

void sim_end(void)
{
	for (size_t i = 0; i < heap_count; i++)
		if (heap[i].run == worker_hear)
			worker_hear_void(heap[i].arg);
	free(heap);
	heap = NULL;
	heap_room = 0;
	heap_count = 0;
}

void note(const char *what, int64_t a, int64_t b, int64_t c)
{
	sim.digest = mix(sim.digest, (uint64_t)sim.now_us);
	for (const char *at = what; *at != '\0'; at++)
		sim.digest = sim.digest * 31 + (unsigned char)*at;
	sim.digest = mix(sim.digest, (uint64_t)a * 3 + (uint64_t)b * 5);
	sim.digest = mix(sim.digest, (uint64_t)c);
	if (sim.trace)
		printf("%10.6f %-12s %" PRId64 " %" PRId64 " %" PRId64 "\n",
		    (double)sim.now_us / 1e6, what, a, b, c);
}

void broken(const char *name, const char *format, ...)
{
	va_list args;

	printf("seed=%" PRIu64 " at=%.6f promise=%s: ", sim.seed,
	    (double)sim.now_us / 1e6, name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_Exit(1);
}
