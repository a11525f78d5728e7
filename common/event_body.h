/* A SUBMIT body decoded by tables of keys, before it becomes an event. */
#ifndef COMMON_EVENT_BODY_H
#define COMMON_EVENT_BODY_H

#include "event.h"

/* A number, a choice or a bool that may be absent. */
struct given {
	bool given;
	int64_t value;
};

struct evidence_item {
	struct text kind, uri, sha256, media_type;
};

struct evidence_list {
	struct evidence_item *item; /* NULL: absent */
	size_t count;
};

/* What `data` says. The fact has its texts, dates and lists, just as they were
 * sent; what the ruling does not see, or sees in another form, stands beside.
 */
struct content {
	struct fact fact;
	bool has_activity;
	bool has_from;
	struct given contact_minutes; /* places 0 */
	struct given contact_hours;   /* places 4 */
	struct given quantity;        /* places 4 */
	struct given unit, role, passed, decision;
	struct given credits, amount;
	struct evidence_list evidence;
	struct text extra; /* msgpack of the map, or absent */
	struct text reason, author, reviewer, reference;
};

/* The body's own keys. */
struct envelope {
	struct text id, type, member, source;
	struct given occurred_at, dry_run, explain;
	struct text data; /* msgpack of a map */
};

/* Where in the body the decoder is: keys, and places in lists from 0. */
struct path {
	const struct path *up;
	struct text key; /* absent: a place in a list */
	uint32_t place;
};

/* One decoding; `wrong` and `no_memory` end it. */
struct decoder {
	struct arena *arena;
	char *message; /* EVENT_MESSAGE_SIZE bytes */
	bool wrong, no_memory;
	const struct path *path; /* of the value that is read */
};

struct digest;

/* What a value must be; event_value.h has them. */
struct kind {
	/* Reads one value into the field at `ret`. False: not such a value,
	 * unless the decoder says more. */
	bool (*read)(struct decoder *decoder, const struct kind *kind,
	    struct wire_reader *reader, void *ret);
	/* Adds the field at `value` to the digest, nothing if it is absent. */
	void (*digest)(
	    struct digest *digest, unsigned char number, const void *value);
	const char *expected; /* "a date such as 2026-03-01" */
	const char *item;     /* likewise, of a list's texts */
	bool (*fits)(struct text text);
	bool (*choose)(struct text name, int64_t *ret);
	int places;          /* of decimals */
	int64_t least, most; /* of numbers; of a list's items */
};

/* A key of a map: what its value must be and where it goes. */
struct field {
	const char *name;
	unsigned char length; /* of the name */
	/* Names the field in digests, which are kept for ever: never change a
	 * number, never use one again. Unique within a map. */
	unsigned char number;
	bool required;
	const struct kind *kind;
	size_t offset;
};

struct field_table {
	const struct field *field;
	size_t count;
};

/* The keys of an event type's `data`. */
struct field_table event_fields(enum event_type type);

/* Both return false with `decoder->message` or `no_memory` set. */
MUST_CHECK bool decode_envelope(
    struct decoder *decoder, struct text body, struct envelope *ret);
MUST_CHECK bool decode_data(struct decoder *decoder, enum event_type type,
    struct text data, struct content *ret);

/* Says what is wrong at `path` (dots between keys). Returns false. */
bool decoder_refuse(struct decoder *decoder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
