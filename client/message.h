/* A message of the feed as a line for a person. */
#ifndef CLIENT_MESSAGE_H
#define CLIENT_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* "balance  examplebody/1 FIS 2026-01-15: 3.5 of 4.0, in_progress …" */
void message_line(const char *topic, const json_t *body, bool colour,
    char *line, size_t size);
/* A balance by itself, as in a snapshot. */
void message_balance(
    const json_t *balance, bool colour, char *line, size_t size);

#endif
