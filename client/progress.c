/* A progress bar on standard error, if that is a terminal. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REDRAW_MS 100
#define BAR_WIDTH 24

void progress_begin(struct progress *progress, int64_t now_ms)
{
	*progress = (struct progress){
	    .shown = isatty(STDERR_FILENO),
	    .begun_ms = now_ms,
	    .drawn_ms = now_ms - REDRAW_MS,
	};
}

void progress_line(char line[PROGRESS_LINE], int width,
    const struct progress_at *at, int64_t elapsed_ms)
{
	char bar[BAR_WIDTH + 1], part[BAR_WIDTH + 16] = "";
	size_t speed =
	    elapsed_ms > 0 ? at->count * 1000 / (size_t)elapsed_ms : 0;

	if (width > BAR_WIDTH)
		width = BAR_WIDTH;
	if (at->all > 0) {
		int64_t filled =
		    at->done < at->all ? at->done * width / at->all : width;

		memset(bar, '.', (size_t)width);
		memset(bar, '#', (size_t)filled);
		bar[width] = '\0';
		snprintf(part, sizeof(part), "[%s] %3d %%  ", bar,
		    (int)(at->done < at->all ? at->done * 100 / at->all : 100));
	}
	snprintf(line, PROGRESS_LINE, "%s%zu %.20s, %zu/s%s%.60s", part,
	    at->count, at->what, speed, *at->note ? ", " : "", at->note);
}

void progress_show(
    struct progress *progress, const struct progress_at *at, int64_t now_ms)
{
	char line[PROGRESS_LINE];

	if (!progress->shown || now_ms - progress->drawn_ms < REDRAW_MS)
		return;
	progress_line(line, BAR_WIDTH, at, now_ms - progress->begun_ms);
	fprintf(stderr, "\r\033[K%s", line);
	fflush(stderr);
	progress->drawn = true;
	progress->drawn_ms = now_ms;
}

void progress_clear(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
