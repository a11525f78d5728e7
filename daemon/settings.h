/* creditd.yaml. */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include "date.h"
#include "document.h"
#include "log.h"

#define SETTINGS_ENDPOINT_SIZE 128
#define SETTINGS_EVENTS_MOST   8
#define SETTINGS_FEEDS_MOST    512

struct settings_feed {
	char organization[33];
	char endpoint[SETTINGS_ENDPOINT_SIZE];
};

struct settings {
	char events[SETTINGS_EVENTS_MOST][SETTINGS_ENDPOINT_SIZE];
	unsigned event_count;
	bool insecure; /* plain TCP, on loopback only */
	char feed_from[SETTINGS_ENDPOINT_SIZE];
	struct settings_feed *feeds;
	unsigned feed_count;
	char workers[SETTINGS_ENDPOINT_SIZE];
	char control[SETTINGS_ENDPOINT_SIZE];
	int64_t in_flight;
	int64_t in_flight_per_partner;
	int64_t memory_mib; /* of bodies that wait */
	int64_t memory_mib_per_partner;
	int64_t read_ahead_mib; /* read by libzmq and not taken yet */
	int64_t unread_mib;     /* replies that partners have not read */
	int64_t connections;
	int64_t answer_ms;
	int64_t beat_ms;
	int64_t dead_ms;
	enum log_level log;
	date_t test_clock; /* DATE_NONE: the real clock */
};

/* Reads complaints->file. 0; -EINVAL or another negative errno: the complaints
 * say what is wrong, and where. */
MUST_CHECK int settings_load(
    struct complaints *complaints, struct settings *ret);
/* The same from bytes. */
MUST_CHECK int settings_parse(
    struct text bytes, struct complaints *complaints, struct settings *ret);
void settings_fini(struct settings *settings);

/* The endpoint that the settings give to an organization's feed, or NULL. */
const char *settings_feed(
    const struct settings *settings, const char *organization);

#endif
