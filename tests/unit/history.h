/* Histories for tests of the ruling: JSON events to facts, a program, a ruling.
 */
#ifndef TESTS_HISTORY_H
#define TESTS_HISTORY_H

#include <jansson.h>

#include "event.h"
#include "rule.h"

#define HISTORY_MOST 512

struct history {
	struct arena arena;
	struct fact fact[HISTORY_MOST];
	uint8_t digest[HISTORY_MOST][FACT_DIGEST_SIZE];
	size_t count;
};

enum history_added {
	HISTORY_NEW,
	HISTORY_DUPLICATE,
	HISTORY_CONFLICT,
	HISTORY_REFUSED
};

/* The day on which facts arrive that say nothing else. */
#define HISTORY_RECEIVED date_of(2026, 6, 30)

/* Adds one SUBMIT body given as JSON, as a worker would; a key `received_on`
 * beside those of SUBMIT is the day of its arrival. `ret_index` is its fact's
 * (also of a duplicate); `message` says why it was refused. */
enum history_added history_add(struct history *history, json_t *submit,
    size_t *ret_index, char message[EVENT_MESSAGE_SIZE]);
void history_reset(struct history *history);
void history_fini(struct history *history);

/* schema/programs/NAME.yaml, or of its examples; fails the test if it does not
 * compile. */
struct program *history_program(const char *name);

#endif
