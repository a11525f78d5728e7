/* Events from a file or standard input: JSON Lines, or any JSON that is an
 * event, a list of events, or one event after another. */
#ifndef CLIENT_INPUT_H
#define CLIENT_INPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "text.h"

#define INPUT_MESSAGE 256

struct input {
	const char *name; /* for people: the path, or "standard input" */
	FILE *file;
	size_t line;        /* of the last event, or its number in a list */
	int64_t size, read; /* bytes; size 0: not known */
	char *text;         /* getline's */
	size_t room;
	bool begun;
	json_t *list; /* the whole document, unless it is lines */
	size_t next;
};

enum input_result {
	INPUT_EVENT, /* *ret_event is the caller's */
	INPUT_WRONG, /* this line is no JSON object; goes on behind it */
	INPUT_END,
	INPUT_FAILED /* nothing more can be read */
};

/* Opens a file ("-": standard input). False after saying why not. */
MUST_CHECK bool input_open(struct input *input, const char *path);
enum input_result input_next(
    struct input *input, json_t **ret_event, char message[INPUT_MESSAGE]);
void input_close(struct input *input);

#endif
