/* Lines on standard error, each written by one write(2). */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MOST 4096

/* The one piece of state that a whole program shares: its voice. */
static struct {
	const char *name;
	enum log_level most;
	bool journal; /* systemd wants "<3>" and stamps the time itself */
} voice = {"creditd", LOG_LEVEL_INFO, false};

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static const int priorities[] = {3, 4, 6, 7}; /* those of syslog(3) */

void log_open(const char *name, enum log_level most)
{
	voice.name = name;
	voice.most = most;
	voice.journal = getenv("JOURNAL_STREAM") != NULL;
}

bool log_level_find(const char *name, enum log_level *ret)
{
	for (unsigned i = 0; i <= LOG_LEVEL_DEBUG; i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* What stands in front of a line; returns its length. */
static size_t write_prefix(char *line, size_t size, enum log_level level)
{
	struct timespec now;
	struct tm utc;
	char stamp[32] = "";
	int length;

	if (voice.journal) {
		length = snprintf(
		    line, size, "<%d>%s: ", priorities[level], voice.name);
	} else {
		clock_gettime(CLOCK_REALTIME, &now);
		gmtime_r(&now.tv_sec, &utc);
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
		length = snprintf(line, size, "%s.%03dZ %s %s: ", stamp,
		    (int)(now.tv_nsec / 1000000), voice.name,
		    level_names[level]);
	}
	if (length < 0)
		return 0;
	return (size_t)length < size ? (size_t)length : size - 1;
}

/* A peer's text must neither begin a line of its own nor drive a terminal. */
static void tame(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f)
			text[i] = '?';
	}
}

static void write_all(const char *line, size_t length)
{
	while (length > 0) {
		ssize_t done = write(STDERR_FILENO, line, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return; /* nobody listens: nothing can be said of it */
		line += done;
		length -= (size_t)done;
	}
}

__attribute__((format(printf, 2, 0))) static void log_line(
    enum log_level level, const char *format, va_list arguments)
{
	char line[LINE_MOST];
	int error = errno;
	size_t prefix, length;
	int said;

	if (level > voice.most)
		return;
	prefix = write_prefix(line, sizeof(line) - 1, level);
	errno = error; /* for %m */
	said = vsnprintf(
	    line + prefix, sizeof(line) - 1 - prefix, format, arguments);
	length = said < 0 ? 0 : (size_t)said;
	if (length > sizeof(line) - 2 - prefix)
		length = sizeof(line) - 2 - prefix;
	tame(line + prefix, length);
	line[prefix + length] = '\n';
	write_all(line, prefix + length + 1);
	errno = error;
}

void log_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_LEVEL_ERROR, format, arguments);
	va_end(arguments);
}

void log_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_LEVEL_WARN, format, arguments);
	va_end(arguments);
}

void log_info(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_LEVEL_INFO, format, arguments);
	va_end(arguments);
}

void log_debug(const char *format, ...)
{
	va_list arguments;

	if (voice.most < LOG_LEVEL_DEBUG)
		return;
	va_start(arguments, format);
	log_line(LOG_LEVEL_DEBUG, format, arguments);
	va_end(arguments);
}

bool log_is_debug(void)
{
	return voice.most >= LOG_LEVEL_DEBUG;
}

bool log_allowed(struct log_limit *limit, unsigned burst, int64_t now_us)
{
	int64_t second = now_us / 1000000;

	if (second != limit->second) {
		if (limit->left_out > 0)
			log_warn("%u more lines of this kind were left out",
			    limit->left_out);
		limit->second = second;
		limit->seen = 0;
		limit->left_out = 0;
	}
	if (limit->seen < burst) {
		limit->seen++;
		return true;
	}
	limit->left_out++;
	return false;
}
