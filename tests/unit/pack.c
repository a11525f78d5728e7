/* JSON to msgpack by jansson, which keeps the order of keys. */
#include "pack.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void big_endian(struct wire_writer *writer, char type, uint64_t bits)
{
	char bytes[9] = {type};

	for (int i = 8; i > 0; i--, bits >>= 8)
		bytes[i] = (char)(bits & 0xff);
	wire_write_raw(writer, (struct text){bytes, sizeof(bytes)});
}

static void pack(struct wire_writer *writer, json_t *value, bool otherwise);

static void pack_object(
    struct wire_writer *writer, json_t *value, bool otherwise)
{
	size_t count = json_object_size(value), i = 0;
	const char *keys[256], *key;
	json_t *item;

	if (count > 256)
		abort();
	json_object_foreach(value, key, item) keys[i++] = key;
	wire_write_map(writer, (uint32_t)count);
	for (i = 0; i < count; i++) {
		key = keys[otherwise ? count - 1 - i : i];
		wire_write_string(writer, key);
		pack(writer, json_object_get(value, key), otherwise);
	}
}

static void pack(struct wire_writer *writer, json_t *value, bool otherwise)
{
	double number;
	uint64_t bits;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		pack_object(writer, value, otherwise);
		break;
	case JSON_ARRAY:
		wire_write_array(writer, (uint32_t)json_array_size(value));
		for (size_t i = 0; i < json_array_size(value); i++)
			pack(writer, json_array_get(value, i), otherwise);
		break;
	case JSON_STRING:
		wire_write_text(writer, (struct text){json_string_value(value),
					    json_string_length(value)});
		break;
	case JSON_INTEGER:
		if (otherwise)
			big_endian(writer, (char)0xd3,
			    (uint64_t)json_integer_value(value));
		else
			wire_write_int(writer, json_integer_value(value));
		break;
	case JSON_REAL:
		number = json_real_value(value);
		memcpy(&bits, &number, sizeof(bits));
		big_endian(writer, (char)0xcb, bits);
		break;
	case JSON_NULL:
		wire_write_nil(writer);
		break;
	default:
		wire_write_bool(writer, json_is_true(value));
		break;
	}
}

static void pack_either(
    struct wire_writer *writer, const char *json, bool otherwise)
{
	char *quoted = strdup(json);
	json_error_t error;
	json_t *value;

	for (char *c = quoted; *c != '\0'; c++) {
		if (*c == '\'')
			*c = '"';
	}
	value = json_loads(quoted, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (value == NULL) {
		fprintf(stderr, "bad JSON: %s in %s\n", error.text, json);
		abort();
	}
	pack(writer, value, otherwise);
	json_decref(value);
	free(quoted);
}

void pack_json(struct wire_writer *writer, const char *json)
{
	pack_either(writer, json, false);
}

void pack_json_otherwise(struct wire_writer *writer, const char *json)
{
	pack_either(writer, json, true);
}
