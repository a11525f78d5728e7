/* The keyed digest of an event's content in canonical form. */
#ifndef COMMON_EVENT_DIGEST_H
#define COMMON_EVENT_DIGEST_H

#include <sodium.h>

#include "event_body.h"

/* A hash that gathers small pieces before it works. */
struct digest {
	crypto_generichash_state state;
	unsigned char piece[512];
	size_t used;
	bool no_memory;
	struct arena *arena; /* for sorting the keys of `extra` */
};

/* Equal digests mean the same content: type, instant and data, with null as
 * absent, whatever the order of keys and the form of numbers. False without
 * memory. */
MUST_CHECK bool event_digest(const struct content *content,
    const uint8_t key[EVENT_KEY_SIZE], struct arena *arena,
    uint8_t ret[FACT_DIGEST_SIZE]);

/* A digest of one text under the same key. */
void text_digest(struct text text, const uint8_t key[EVENT_KEY_SIZE],
    uint8_t ret[FACT_DIGEST_SIZE]);

/* Pieces, each preceded by its field's number and, if its length may vary, by
 * its length, so that no two contents make the same bytes. */
void digest_start(struct digest *digest, unsigned char number);
void digest_bytes(struct digest *digest, const void *bytes, size_t size);
void digest_int(struct digest *digest, int64_t value);
void digest_text(struct digest *digest, struct text text);
/* Any msgpack value that passed wire_check(): the keys of maps sorted, the
 * widths of integers and lengths gone. */
void digest_value(struct digest *digest, struct text msgpack);
/* All fields of a table that are present in `record`, in its order. */
void digest_fields(
    struct digest *digest, struct field_table table, const void *record);

#endif
