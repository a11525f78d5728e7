/* One line for each thing worth knowing, on standard error.
 *
 * error: someone must act; warn: odd, handled; info: life cycle; debug: per
 * event. Lines carry "<3>"-style prefixes under systemd (JOURNAL_STREAM set),
 * a UTC time otherwise. Only programs log; common/, rules and libraries don't.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* `name` is put in front of each line; it is not copied. */
void log_open(const char *name, enum log_level most);
bool log_level_find(const char *name, enum log_level *ret);

#define LOG_FORMAT __attribute__((format(printf, 1, 2)))
void log_error(const char *format, ...) LOG_FORMAT;
void log_warn(const char *format, ...) LOG_FORMAT;
void log_info(const char *format, ...) LOG_FORMAT;
void log_debug(const char *format, ...) LOG_FORMAT;
bool log_is_debug(void);

/* For lines that a peer can cause: true for the first `burst` in a second,
 * then false; counts what was left out and says so once in the next second. */
struct log_limit {
	int64_t second;
	unsigned seen;
	unsigned left_out;
};
bool log_allowed(struct log_limit *limit, unsigned burst, int64_t now_us);

#endif
