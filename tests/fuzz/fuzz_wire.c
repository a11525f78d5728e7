/* Any bytes: the cursor and the check against msgpack-c. */
#include <msgpack.h>
#include <stdlib.h>

#include "fuzz.h"
#include "wire.h"

/* Reads everything there is, by type; false where the bytes end or break. */
static bool walk(struct wire_reader *reader, unsigned depth)
{
	struct text text;
	int64_t number;
	double real;
	uint32_t count;
	bool flag;

	if (depth > 40)
		return false;
	switch (wire_peek(reader)) {
	case WIRE_NIL:
		return wire_read_nil(reader);
	case WIRE_BOOL:
		return wire_read_bool(reader, &flag);
	case WIRE_INT:
		return wire_read_int(reader, &number);
	case WIRE_FLOAT:
		return wire_read_double(reader, &real);
	case WIRE_STR:
		return wire_read_text(reader, &text);
	case WIRE_BIN:
		return wire_read_bin(reader, &text);
	case WIRE_ARRAY:
		if (!wire_read_array(reader, &count))
			return false;
		for (; count > 0; count--) {
			if (!walk(reader, depth + 1))
				return false;
		}
		return true;
	case WIRE_MAP:
		if (!wire_read_map(reader, &count))
			return false;
		for (; count > 0; count--) {
			if (!walk(reader, depth + 1) ||
			    !walk(reader, depth + 1))
				return false;
		}
		return true;
	case WIRE_BIG:
	case WIRE_EXT:
		return wire_skip(reader, &text);
	case WIRE_BROKEN:
		return false;
	}
	return false;
}

/* What the check lets through msgpack-c must read, in full. */
static void compare(const uint8_t *data, size_t size)
{
	msgpack_unpacked unpacked;
	size_t offset = 0;

	msgpack_unpacked_init(&unpacked);
	if (msgpack_unpack_next(&unpacked, (const char *)data, size, &offset) !=
		MSGPACK_UNPACK_SUCCESS ||
	    offset != size)
		abort();
	msgpack_unpacked_destroy(&unpacked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wire_limits link_limits = {
	    .depth = 32, .elements = 100000};
	static const struct wire_limits partner = {
	    .depth = 8, .elements = 4096, .partner = true};
	struct wire_reader reader = wire_reader(data, size), skipping = reader;
	struct wire_reader found;
	struct text all = TEXT_NONE;
	bool walked = walk(&reader, 0);

	if (wire_skip(&skipping, &all) &&
	    (skipping.at > skipping.end || all.length > size))
		abort();
	if (walked && skipping.at != reader.at)
		abort();
	if (wire_find((struct text){(const char *)data, size}, "id", &found) &&
	    found.at > found.end)
		abort();
	if (wire_check(data, size, &link_limits) == NULL) {
		if (!walked || reader.at != reader.end)
			abort();
		compare(data, size);
	}
	if (wire_check(data, size, &partner) == NULL) {
		if (wire_check(data, size, &link_limits) != NULL)
			abort();
	}
	return 0;
}
