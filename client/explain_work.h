/* The parts of an explanation's page. Private to explain*.c. */
#ifndef CLIENT_EXPLAIN_WORK_H
#define CLIENT_EXPLAIN_WORK_H

#include "paper.h"

/* The text of a value, in a buffer of its own; titles may be long. */
struct word {
	char text[4200];
};

/* The text of a member of a map, "" if it is absent or null. */
const char *word_get(const json_t *map, const char *key, struct word *word);
bool word_has(const json_t *map, const char *key);
/* Appends what fits; word_join() with something between, if there is both. */
void word_add(struct word *word, const char *text);
void word_join(struct word *word, const char *between, const char *text);
/* "in_progress" as people write it. */
const char *word_plain(struct word *word);
/* " (rule; source)" of a map. */
void word_add_rule(struct word *word, const json_t *map);

void explain_period(struct paper *paper, const json_t *period);
void explain_claim(struct paper *paper, const json_t *claim);
void explain_request(struct paper *paper, const json_t *request);

#endif
