/* Layout: dimensions, has nulls, element type, length, lower bound; then each
 * element as length and bytes; all integers big-endian. */
#include "batch.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 20
#define EMPTY_SIZE  12 /* no dimension: nothing after the type */
#define ARRAY_MOST  (512 << 20)
#define EPOCH_DAYS  10957
#define EPOCH_US    946684800000000

static char *room(struct array *array, size_t size)
{
	size_t wanted = array->size + size;

	if (array->failed || wanted > ARRAY_MOST) {
		array->failed = true;
		return NULL;
	}
	if (wanted > array->capacity) {
		size_t capacity = array->capacity != 0 ? array->capacity : 256;
		char *data;

		while (capacity < wanted)
			capacity *= 2;
		data = realloc(array->data, capacity);
		if (data == NULL) {
			array->failed = true;
			return NULL;
		}
		array->data = data;
		array->capacity = capacity;
	}
	array->size = wanted;
	return array->data + wanted - size;
}

static void set_u32(char *at, uint32_t value)
{
	uint32_t wire = htobe32(value);

	memcpy(at, &wire, sizeof(wire));
}

void array_reset(struct array *array, Oid element)
{
	char *header;

	array->size = 0;
	array->count = 0;
	array->has_null = false;
	array->failed = false;
	header = room(array, HEADER_SIZE);
	if (header == NULL)
		return;
	memset(header, 0, HEADER_SIZE);
	set_u32(header + 8, element);
	set_u32(header + 16, 1);
}

void array_fini(struct array *array)
{
	free(array->data);
	*array = (struct array){0};
}

void array_trim(struct array *array, size_t most)
{
	if (array->capacity > most)
		array_fini(array);
}

void array_bytes(struct array *array, const void *bytes, size_t size)
{
	char *at = room(array, size + 4);

	if (at == NULL)
		return;
	set_u32(at, (uint32_t)size);
	if (size > 0)
		memcpy(at + 4, bytes, size);
	array->count++;
}

void array_null(struct array *array)
{
	char *at = room(array, 4);

	if (at == NULL)
		return;
	set_u32(at, UINT32_MAX);
	array->has_null = true;
	array->count++;
}

void array_int2(struct array *array, int16_t value)
{
	uint16_t wire = htobe16((uint16_t)value);

	array_bytes(array, &wire, sizeof(wire));
}

void array_int4(struct array *array, int32_t value)
{
	uint32_t wire = htobe32((uint32_t)value);

	array_bytes(array, &wire, sizeof(wire));
}

void array_int8(struct array *array, int64_t value)
{
	uint64_t wire = htobe64((uint64_t)value);

	array_bytes(array, &wire, sizeof(wire));
}

void array_bool(struct array *array, bool value)
{
	char wire = value ? 1 : 0;

	array_bytes(array, &wire, sizeof(wire));
}

void array_date(struct array *array, date_t value)
{
	if (value == DATE_NONE)
		array_null(array);
	else
		array_int4(array, value - EPOCH_DAYS);
}

void array_time(struct array *array, int64_t us)
{
	array_int8(array, us - EPOCH_US);
}

void array_text(struct array *array, struct text value)
{
	if (value.at == NULL)
		array_null(array);
	else
		array_bytes(array, value.at, value.length);
}

bool array_put(struct array *array, struct pg_values *values)
{
	if (array->failed)
		return false;
	set_u32(array->data, array->count > 0 ? 1 : 0);
	set_u32(array->data + 4, array->has_null ? 1 : 0);
	set_u32(array->data + 12, array->count);
	pg_put_text(values, (struct text){array->data,
				array->count > 0 ? array->size : EMPTY_SIZE});
	return true;
}

bool array_put_first(struct array *array, struct pg_values *values)
{
	uint32_t length;

	if (array->failed || array->count != 1)
		return false;
	memcpy(&length, array->data + HEADER_SIZE, sizeof(length));
	length = be32toh(length);
	if (length == UINT32_MAX)
		pg_put_null(values);
	else
		pg_put_text(values,
		    (struct text){array->data + HEADER_SIZE + 4, length});
	return true;
}
