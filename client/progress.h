/* A progress bar on standard error, if that is a terminal. */
#ifndef CLIENT_PROGRESS_H
#define CLIENT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_LINE 160

struct progress {
	bool shown; /* standard error is a terminal */
	bool drawn; /* a bar stands on the line now */
	int64_t begun_ms, drawn_ms;
};

/* How far it is. */
struct progress_at {
	int64_t done, all; /* the part; all 0: not known */
	size_t count;      /* things so far */
	const char *what;  /* which things: "answered" */
	const char *note;  /* shown behind; "" for none */
};

void progress_begin(struct progress *progress, int64_t now_ms);
/* Draws at most 10 times a second. */
void progress_show(
    struct progress *progress, const struct progress_at *at, int64_t now_ms);
/* Removes the bar, so that other lines can be written. */
void progress_clear(struct progress *progress);

/* The bar's text, `width` columns for the bar itself. */
void progress_line(char line[PROGRESS_LINE], int width,
    const struct progress_at *at, int64_t elapsed_ms);

#endif
