/* Between JSON and msgpack. */
#include "convert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* wire.h writes no doubles, for nothing else in creditd may: this is the one
 * place where a partner's own number is passed on as it was given. */
static void write_double(struct wire_writer *writer, double value)
{
	uint64_t bits;
	char bytes[9];

	memcpy(&bits, &value, sizeof(bits));
	bytes[0] = (char)0xcb;
	for (int i = 0; i < 8; i++)
		bytes[1 + i] = (char)(bits >> (56 - 8 * i) & 0xff);
	wire_write_raw(writer, (struct text){bytes, sizeof(bytes)});
}

static struct text string_text(const json_t *string)
{
	return (struct text){
	    json_string_value(string), json_string_length(string)};
}

static bool write_value(json_t *json, struct wire_writer *writer, int depth)
{
	bool done = true;

	if (depth > CONVERT_DEPTH_MOST)
		return false;
	switch (json_typeof(json)) {
	case JSON_OBJECT: {
		void *at = json_object_iter(json);

		wire_write_map(writer, (uint32_t)json_object_size(json));
		for (; at != NULL && done;
		     at = json_object_iter_next(json, at)) {
			wire_write_string(writer, json_object_iter_key(at));
			done = write_value(
			    json_object_iter_value(at), writer, depth + 1);
		}
		return done;
	}
	case JSON_ARRAY:
		wire_write_array(writer, (uint32_t)json_array_size(json));
		for (size_t i = 0; i < json_array_size(json) && done; i++)
			done = write_value(
			    json_array_get(json, i), writer, depth + 1);
		return done;
	case JSON_STRING:
		wire_write_text(writer, string_text(json));
		return true;
	case JSON_INTEGER:
		wire_write_int(writer, json_integer_value(json));
		return true;
	case JSON_REAL:
		write_double(writer, json_real_value(json));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		wire_write_bool(writer, json_is_true(json));
		return true;
	case JSON_NULL:
		wire_write_nil(writer);
		return true;
	}
	return false;
}

bool convert_to_wire(json_t *json, struct wire_writer *writer)
{
	return write_value(json, writer, 1);
}

static json_t *read_value(struct wire_reader *reader, int depth);

static json_t *read_map(struct wire_reader *reader, int depth)
{
	json_t *map = json_object();
	uint32_t count;

	if (map == NULL || !wire_read_map(reader, &count))
		goto fail;
	while (count-- > 0) {
		struct text key;
		json_t *value;

		if (!wire_read_text(reader, &key))
			goto fail;
		value = read_value(reader, depth + 1);
		if (value == NULL ||
		    json_object_setn_new(map, key.at, key.length, value) < 0)
			goto fail;
	}
	return map;
fail:
	json_decref(map);
	return NULL;
}

static json_t *read_array(struct wire_reader *reader, int depth)
{
	json_t *array = json_array();
	uint32_t count;

	if (array == NULL || !wire_read_array(reader, &count))
		goto fail;
	while (count-- > 0) {
		json_t *value = read_value(reader, depth + 1);

		if (value == NULL || json_array_append_new(array, value) < 0)
			goto fail;
	}
	return array;
fail:
	json_decref(array);
	return NULL;
}

static json_t *hex_text(struct text bytes)
{
	char *hex = malloc(2 * bytes.length + 1);
	json_t *json;

	if (hex == NULL)
		return NULL;
	for (size_t i = 0; i < bytes.length; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)bytes.at[i]);
	json = json_stringn(hex, 2 * bytes.length);
	free(hex);
	return json;
}

static json_t *read_bin(struct wire_reader *reader, int depth)
{
	struct wire_reader inner;
	struct text bytes;
	json_t *json;

	if (!wire_read_bin(reader, &bytes))
		return NULL;
	inner = wire_reader(bytes.at, bytes.length);
	if (wire_peek(&inner) == WIRE_MAP) {
		json = read_value(&inner, depth + 1);
		if (json != NULL && inner.at == inner.end)
			return json;
		json_decref(json);
	}
	return hex_text(bytes);
}

/* Numbers that JSON has no room for become text. */
static json_t *read_number(struct wire_reader *reader, enum wire_type type)
{
	struct text raw;
	double value;

	if (type == WIRE_FLOAT && wire_read_double(reader, &value)) {
		char text[32];

		if (isfinite(value))
			return json_real(value);
		snprintf(text, sizeof(text), "%g", value);
		return json_string(text);
	}
	return wire_skip(reader, &raw) ? hex_text(raw) : NULL;
}

static json_t *read_value(struct wire_reader *reader, int depth)
{
	enum wire_type type = wire_peek(reader);
	struct text text;
	int64_t number;
	bool truth;

	if (depth > CONVERT_DEPTH_MOST)
		return NULL;
	switch (type) {
	case WIRE_NIL:
		return wire_read_nil(reader) ? json_null() : NULL;
	case WIRE_BOOL:
		return wire_read_bool(reader, &truth) ? json_boolean(truth)
						      : NULL;
	case WIRE_INT:
		return wire_read_int(reader, &number) ? json_integer(number)
						      : NULL;
	case WIRE_STR:
		if (!wire_read_text(reader, &text))
			return NULL;
		return json_stringn(text.at, text.length);
	case WIRE_BIN:
		return read_bin(reader, depth);
	case WIRE_ARRAY:
		return read_array(reader, depth);
	case WIRE_MAP:
		return read_map(reader, depth);
	case WIRE_BIG:
	case WIRE_FLOAT:
	case WIRE_EXT:
		return read_number(reader, type);
	case WIRE_BROKEN:
		break;
	}
	return NULL;
}

json_t *convert_to_json(struct text bytes)
{
	struct wire_reader reader = wire_reader(bytes.at, bytes.length);
	json_t *json = read_value(&reader, 1);

	if (json != NULL && reader.at != reader.end) {
		json_decref(json);
		return NULL;
	}
	return json;
}
