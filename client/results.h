/* The results file of a submission: an answer a line, so that a run that was
 * broken off goes on where it was. */
#ifndef CLIENT_RESULTS_H
#define CLIENT_RESULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct results {
	FILE *file; /* appended to; NULL: no results file */
	const char *path;
	void *known; /* answered events: a tree of digests */
	size_t count;
};

/* Reads what is answered and opens the file for more. A last line that was cut
 * off counts as not there. False after saying why not. */
bool results_open(struct results *results, const char *path);

/* That event of that line got its RESULT in an earlier run. */
bool results_has(const struct results *results, const char *input, size_t line,
    const char *member, const char *id);

/* One answer as a line {kind, input, line, member, id, …}: the keys of the
 * RESULT or REFUSED follow. The caller owns it. */
json_t *results_line(const char *kind, const char *input, size_t line,
    const char *member, const char *id, json_t *body);
/* Appends it, if there is a file. False after saying why it could not. */
bool results_write(struct results *results, const json_t *line);

bool results_close(struct results *results);

#endif
