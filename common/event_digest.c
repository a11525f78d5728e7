/* Hashing an event's content field by field, each in its one canonical form.
 *
 * Every present field is its number and its value; absent ones are nothing at
 * all, so a key that the protocol may get one day changes no digest of today.
 */
#include "event_digest.h"

#include <stdlib.h>
#include <string.h>

#define LAYOUT 1 /* changes if the canonical form must ever change */

static void flush(struct digest *digest)
{
	crypto_generichash_update(&digest->state, digest->piece, digest->used);
	digest->used = 0;
}

void digest_bytes(struct digest *digest, const void *bytes, size_t size)
{
	if (size > sizeof(digest->piece) - digest->used)
		flush(digest);
	if (size > sizeof(digest->piece)) {
		crypto_generichash_update(&digest->state, bytes, size);
	} else if (size > 0) {
		memcpy(digest->piece + digest->used, bytes, size);
		digest->used += size;
	}
}

void digest_start(struct digest *digest, unsigned char number)
{
	digest_bytes(digest, &number, 1);
}

/* Least significant byte first, on every machine. */
void digest_int(struct digest *digest, int64_t value)
{
	unsigned char bytes[8];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
	digest_bytes(digest, bytes, sizeof(bytes));
}

void digest_text(struct digest *digest, struct text text)
{
	digest_int(digest, (int64_t)text.length);
	digest_bytes(digest, text.at, text.length);
}

void digest_fields(
    struct digest *digest, struct field_table table, const void *record)
{
	for (size_t i = 0; i < table.count; i++) {
		const struct field *field = &table.field[i];

		field->kind->digest(digest, field->number,
		    (const char *)record + field->offset);
	}
}

struct pair {
	struct text key, value;
};

static int compare_pairs(const void *a, const void *b)
{
	return text_compare(
	    ((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

static void digest_next(struct digest *digest, struct wire_reader *reader);

/* The map's pairs by their keys. Depth is bounded by wire_check(). */
static void digest_map(struct digest *digest, struct wire_reader *reader)
{
	struct pair *pair;
	uint32_t count = 0, got = 0;

	if (!wire_read_map(reader, &count))
		return;
	pair = arena_take_many(digest->arena, count, sizeof(*pair));
	if (pair == NULL) {
		digest->no_memory = true;
		return;
	}
	while (got < count && wire_read_text(reader, &pair[got].key) &&
	       wire_skip(reader, &pair[got].value))
		got++;
	qsort(pair, got, sizeof(*pair), compare_pairs);
	digest_int(digest, got);
	for (uint32_t i = 0; i < got && !digest->no_memory; i++) {
		digest_text(digest, pair[i].key);
		digest_value(digest, pair[i].value);
	}
}

static void digest_list(struct digest *digest, struct wire_reader *reader)
{
	uint32_t count = 0;

	if (!wire_read_array(reader, &count))
		return;
	digest_int(digest, count);
	for (; count > 0 && !digest->no_memory; count--)
		digest_next(digest, reader);
}

static void digest_next(struct digest *digest, struct wire_reader *reader)
{
	enum wire_type type = wire_peek(reader);
	struct text bytes = TEXT_NONE;
	int64_t number;

	digest_start(digest, (unsigned char)type);
	switch (type) {
	case WIRE_MAP:
		digest_map(digest, reader);
		break;
	case WIRE_ARRAY:
		digest_list(digest, reader);
		break;
	case WIRE_INT:
		if (wire_read_int(reader, &number))
			digest_int(digest, number);
		break;
	case WIRE_STR:
		if (wire_read_text(reader, &bytes))
			digest_text(digest, bytes);
		break;
	default: /* one form only, or, floats, compared by their bits */
		if (wire_skip(reader, &bytes))
			digest_text(digest, bytes);
		break;
	}
}

void digest_value(struct digest *digest, struct text msgpack)
{
	struct wire_reader reader = wire_reader(msgpack.at, msgpack.length);

	digest_next(digest, &reader);
}

bool event_digest(const struct content *content,
    const uint8_t key[EVENT_KEY_SIZE], struct arena *arena,
    uint8_t ret[FACT_DIGEST_SIZE])
{
	const struct fact *fact = &content->fact;
	struct digest digest;

	digest.used = 0;
	digest.no_memory = false;
	digest.arena = arena;
	crypto_generichash_init(
	    &digest.state, key, EVENT_KEY_SIZE, FACT_DIGEST_SIZE);
	digest_start(&digest, LAYOUT);
	digest_start(&digest, (unsigned char)fact->type);
	digest_start(&digest, fact->has_occurred_at);
	if (fact->has_occurred_at)
		digest_int(&digest, fact->occurred_at);
	digest_fields(&digest, event_fields(fact->type), content);
	flush(&digest);
	crypto_generichash_final(&digest.state, ret, FACT_DIGEST_SIZE);
	return !digest.no_memory;
}

void text_digest(struct text text, const uint8_t key[EVENT_KEY_SIZE],
    uint8_t ret[FACT_DIGEST_SIZE])
{
	crypto_generichash(ret, FACT_DIGEST_SIZE,
	    (const unsigned char *)text.at, text.length, key, EVENT_KEY_SIZE);
}
