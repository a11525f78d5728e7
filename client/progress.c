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

void progress_line(char line[PROGRESS_LINE], int width, int64_t done,
    int64_t all, size_t count, int64_t elapsed_ms, const char *note)
{
	char bar[BAR_WIDTH + 1], part[BAR_WIDTH + 16] = "";
	size_t speed =
	    elapsed_ms > 0 ? count * 1000 / (size_t)elapsed_ms : 0;

	if (width > BAR_WIDTH)
		width = BAR_WIDTH;
	if (all > 0) {
		int64_t filled = done < all ? done * width / all : width;

		memset(bar, '.', (size_t)width);
		memset(bar, '#', (size_t)filled);
		bar[width] = '\0';
		snprintf(part, sizeof(part), "[%s] %3d %%  ", bar,
		    (int)(done < all ? done * 100 / all : 100));
	}
	snprintf(line, PROGRESS_LINE, "%s%zu answered, %zu/s%s%.60s", part,
	    count, speed, *note ? ", " : "", note);
}

void progress_show(struct progress *progress, int64_t done, int64_t all,
    size_t count, const char *note, int64_t now_ms)
{
	char line[PROGRESS_LINE];

	if (!progress->shown || now_ms - progress->drawn_ms < REDRAW_MS)
		return;
	progress_line(line, BAR_WIDTH, done, all, count,
	    now_ms - progress->begun_ms, note);
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
