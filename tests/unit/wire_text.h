/* For tests: msgpack as one line of JSON, to be compared as text. */
#ifndef TESTS_UNIT_WIRE_TEXT_H
#define TESTS_UNIT_WIRE_TEXT_H

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"

#define WIRE_TEXT_SIZE 65536

struct wire_text {
	char at[WIRE_TEXT_SIZE];
	size_t used;
};

static inline void wire_text_add(struct wire_text *out, struct text text)
{
	assert(text.length < WIRE_TEXT_SIZE - out->used);
	memcpy(out->at + out->used, text.at, text.length);
	out->used += text.length;
	out->at[out->used] = '\0';
}

static inline void wire_text_value(
    struct wire_text *out, struct wire_reader *reader)
{
	char number[32];
	struct text text;
	uint32_t count = 0;
	int64_t value;
	bool flag, good = true, map;

	switch (wire_peek(reader)) {
	case WIRE_NIL:
		good = wire_read_nil(reader);
		wire_text_add(out, TEXT("null"));
		break;
	case WIRE_BOOL:
		good = wire_read_bool(reader, &flag);
		wire_text_add(out, good && flag ? TEXT("true") : TEXT("false"));
		break;
	case WIRE_INT:
		good = wire_read_int(reader, &value);
		(void)snprintf(
		    number, sizeof(number), "%lld", (long long)value);
		wire_text_add(out, text_of(number));
		break;
	case WIRE_STR:
	case WIRE_BIN:
		good = wire_peek(reader) == WIRE_STR
			   ? wire_read_text(reader, &text)
			   : wire_read_bin(reader, &text);
		wire_text_add(out, TEXT("\""));
		wire_text_add(out, text);
		wire_text_add(out, TEXT("\""));
		break;
	case WIRE_MAP:
	case WIRE_ARRAY:
		map = wire_peek(reader) == WIRE_MAP;
		good = map ? wire_read_map(reader, &count)
			   : wire_read_array(reader, &count);
		wire_text_add(out, map ? TEXT("{") : TEXT("["));
		for (uint32_t i = 0; i < count; i++) {
			if (i > 0)
				wire_text_add(out, TEXT(","));
			if (map) {
				wire_text_value(out, reader);
				wire_text_add(out, TEXT(":"));
			}
			wire_text_value(out, reader);
		}
		wire_text_add(out, map ? TEXT("}") : TEXT("]"));
		break;
	default:
		good = false;
	}
	assert(good);
	(void)good;
}

/* All of what `writer` holds, which must be one whole value. */
static inline const char *wire_text_of(
    struct wire_text *out, const struct wire_writer *writer)
{
	struct text bytes = wire_written(writer);
	struct wire_reader reader = wire_reader(bytes.at, bytes.length);

	assert(!writer->failed && writer->depth == 0);
	out->used = 0;
	wire_text_value(out, &reader);
	assert(reader.at == reader.end);
	return out->at;
}

#endif
