/* An event from flags: `creditctl submit TYPE MEMBER --id a1 --kind workshop`.
 */
#ifndef CLIENT_EVENT_FLAGS_H
#define CLIENT_EVENT_FLAGS_H

#include <jansson.h>

#include "flags.h"

#define EVENT_FLAGS_MOST    48
#define EVENT_FLAGS_MESSAGE 320

/* What the flags of an event say; a zeroed struct says nothing. */
struct event_flags {
	struct flag_list value[EVENT_FLAGS_MOST]; /* by entry of the table */
	struct flag_list set;                     /* --set, in order */
	const char *id, *source, *occurred_at;
};

/* Fills `ret` with the flags of an event, bound to `flags`, and ends it with a
 * NULL name; `ret` has room for EVENT_FLAGS_MOST + 5. Returns how many. */
size_t event_flags_table(struct event_flags *flags, struct flag *ret);

/* True if any of them was given. */
bool event_flags_given(const struct event_flags *flags);

/* The SUBMIT body that they say. NULL with `message` where a flag does not
 * belong to the type or can't be read. What the values mean is creditd's
 * business; it names what it does not like. */
json_t *event_flags_build(const struct event_flags *flags, const char *type,
    const char *member, char message[EVENT_FLAGS_MESSAGE]);

/* Puts one --set into `data`: "activity.kind=workshop" sets text (a list where
 * the protocol has a list, split at commas; yes or no for `passed`),
 * "activity.extra:={\"room\": 4}" any JSON. */
bool event_flags_set(
    json_t *data, const char *assignment, char message[EVENT_FLAGS_MESSAGE]);

#endif
