/* Reading msgpack: a cursor that believes nothing. wire_write.c writes.
 *
 * read_head() is the one place that looks at bytes: it finds the next value's
 * type, checks what it announces against the bytes that remain, and hands out
 * its number or its payload. All else is made of it. */
#include "wire.h"

#include <assert.h>
#include <string.h>

/* What one value says of itself. */
struct head {
	enum wire_type type;
	size_t size;    /* bytes of the head */
	size_t payload; /* bytes behind it: of str, bin, ext */
	uint64_t value; /* the number's bits, or how many items or pairs */
};

/* The types 0xc0 to 0xdf, and how many bytes of a number follow the type. A
 * fixext has its length in `fixed`. */
static const struct {
	uint8_t type, bytes, fixed;
} kinds[32] = {{WIRE_NIL, 0, 0}, {WIRE_BROKEN, 0, 0}, {WIRE_BOOL, 0, 0},
    {WIRE_BOOL, 0, 0}, {WIRE_BIN, 1, 0}, {WIRE_BIN, 2, 0}, {WIRE_BIN, 4, 0},
    {WIRE_EXT, 1, 0}, {WIRE_EXT, 2, 0}, {WIRE_EXT, 4, 0}, {WIRE_FLOAT, 4, 0},
    {WIRE_FLOAT, 8, 0}, {WIRE_INT, 1, 0}, {WIRE_INT, 2, 0}, {WIRE_INT, 4, 0},
    {WIRE_INT, 8, 0}, {WIRE_INT, 1, 0}, {WIRE_INT, 2, 0}, {WIRE_INT, 4, 0},
    {WIRE_INT, 8, 0}, {WIRE_EXT, 0, 1}, {WIRE_EXT, 0, 2}, {WIRE_EXT, 0, 4},
    {WIRE_EXT, 0, 8}, {WIRE_EXT, 0, 16}, {WIRE_STR, 1, 0}, {WIRE_STR, 2, 0},
    {WIRE_STR, 4, 0}, {WIRE_ARRAY, 2, 0}, {WIRE_ARRAY, 4, 0}, {WIRE_MAP, 2, 0},
    {WIRE_MAP, 4, 0}};

static uint64_t big_endian(const uint8_t *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

/* The number of a signed type (0xd0 to 0xd3) as the bits of an int64. */
static uint64_t extend_sign(uint64_t value, size_t bytes)
{
	uint64_t sign;

	assert(bytes >= 1 && bytes <= 8);
	sign = UINT64_C(1) << (bytes * 8 - 1);
	return (value ^ sign) - sign;
}

static void short_head(uint8_t byte, struct head *head)
{
	head->size = 1;
	if (byte <= 0x7f) {
		head->type = WIRE_INT;
		head->value = byte;
	} else if (byte <= 0x8f) {
		head->type = WIRE_MAP;
		head->value = byte & 0x0f;
	} else if (byte <= 0x9f) {
		head->type = WIRE_ARRAY;
		head->value = byte & 0x0f;
	} else if (byte <= 0xbf) {
		head->type = WIRE_STR;
		head->value = byte & 0x1f;
	} else {
		head->type = WIRE_INT;
		head->value = extend_sign(byte, 1);
	}
}

static bool long_head(const uint8_t *at, size_t left, struct head *head)
{
	unsigned i = at[0] - 0xc0u;
	size_t bytes = kinds[i].bytes;

	if (left - 1 < bytes)
		return false;
	head->type = (enum wire_type)kinds[i].type;
	head->size = 1 + bytes;
	head->value = big_endian(at + 1, bytes);
	if (kinds[i].fixed != 0)
		head->value = kinds[i].fixed;
	if (head->type == WIRE_BOOL)
		head->value = at[0] == 0xc3;
	else if (head->type == WIRE_INT && at[0] >= 0xd0)
		head->value = extend_sign(head->value, bytes);
	else if (head->type == WIRE_INT && head->value > INT64_MAX)
		head->type = WIRE_BIG;
	else if (head->type == WIRE_EXT)
		head->value += 1; /* the byte with its own type */
	return head->type != WIRE_BROKEN;
}

static bool read_head(const struct wire_reader *reader, struct head *head)
{
	size_t left = (size_t)(reader->end - reader->at);
	uint8_t byte;

	if (left == 0)
		return false;
	byte = reader->at[0];
	if (byte < 0xc0 || byte > 0xdf)
		short_head(byte, head);
	else if (!long_head(reader->at, left, head))
		return false;
	left -= head->size;
	head->payload = 0;
	switch (head->type) {
	case WIRE_STR:
	case WIRE_BIN:
	case WIRE_EXT:
		head->payload = head->value;
		return head->value <= left;
	case WIRE_ARRAY: /* every item is at least one byte */
		return head->value <= left;
	case WIRE_MAP:
		return head->value <= left / 2;
	default:
		return true;
	}
}

static void move_on(struct wire_reader *reader, const struct head *head)
{
	reader->at += head->size;
	reader->at += head->payload;
}

static struct text payload(
    const struct wire_reader *reader, const struct head *head)
{
	return (struct text){
	    (const char *)reader->at + head->size, head->payload};
}

struct wire_reader wire_reader(const void *bytes, size_t size)
{
	static const uint8_t nothing[1];
	const uint8_t *at = bytes != NULL ? bytes : nothing;

	return (struct wire_reader){at, at + (bytes != NULL ? size : 0)};
}

enum wire_type wire_peek(const struct wire_reader *reader)
{
	struct head head;

	return read_head(reader, &head) ? head.type : WIRE_BROKEN;
}

/* The head of the next value if it is of `type`; moves on. */
static bool take(
    struct wire_reader *reader, enum wire_type type, struct head *head)
{
	if (!read_head(reader, head) || head->type != type)
		return false;
	move_on(reader, head);
	return true;
}

bool wire_read_nil(struct wire_reader *reader)
{
	struct head head;

	return take(reader, WIRE_NIL, &head);
}

bool wire_read_bool(struct wire_reader *reader, bool *ret)
{
	struct head head;

	if (!take(reader, WIRE_BOOL, &head))
		return false;
	*ret = head.value != 0;
	return true;
}

bool wire_read_int(struct wire_reader *reader, int64_t *ret)
{
	struct head head;

	if (!take(reader, WIRE_INT, &head))
		return false;
	*ret = (int64_t)head.value;
	return true;
}

bool wire_read_double(struct wire_reader *reader, double *ret)
{
	struct head head;

	if (!take(reader, WIRE_FLOAT, &head))
		return false;
	if (head.size == 1 + sizeof(float)) {
		uint32_t bits = (uint32_t)head.value;
		float value;

		memcpy(&value, &bits, sizeof(value));
		*ret = (double)value;
	} else {
		memcpy(ret, &head.value, sizeof(*ret));
	}
	return true;
}

static bool read_payload(
    struct wire_reader *reader, enum wire_type type, struct text *ret)
{
	struct head head;

	if (!read_head(reader, &head) || head.type != type)
		return false;
	*ret = payload(reader, &head);
	move_on(reader, &head);
	return true;
}

bool wire_read_text(struct wire_reader *reader, struct text *ret)
{
	return read_payload(reader, WIRE_STR, ret);
}

bool wire_read_bin(struct wire_reader *reader, struct text *ret)
{
	return read_payload(reader, WIRE_BIN, ret);
}

bool wire_read_array(struct wire_reader *reader, uint32_t *ret)
{
	struct head head;

	if (!take(reader, WIRE_ARRAY, &head))
		return false;
	*ret = (uint32_t)head.value;
	return true;
}

bool wire_read_map(struct wire_reader *reader, uint32_t *ret)
{
	struct head head;

	if (!take(reader, WIRE_MAP, &head))
		return false;
	*ret = (uint32_t)head.value;
	return true;
}

bool wire_skip(struct wire_reader *reader, struct text *ret)
{
	struct wire_reader ahead = *reader;
	uint64_t waiting =
	    1; /* values still to be passed: no need of a stack */

	while (waiting > 0) {
		struct head head;

		if (!read_head(&ahead, &head))
			return false;
		move_on(&ahead, &head);
		waiting--;
		if (head.type == WIRE_ARRAY)
			waiting += head.value;
		else if (head.type == WIRE_MAP)
			waiting += head.value * 2;
	}
	if (ret != NULL)
		*ret = (struct text){
		    (const char *)reader->at, (size_t)(ahead.at - reader->at)};
	*reader = ahead;
	return true;
}

bool wire_find(struct text bytes, const char *key, struct wire_reader *ret)
{
	struct wire_reader reader = wire_reader(bytes.at, bytes.length);
	uint32_t pairs;

	if (!wire_read_map(&reader, &pairs))
		return false;
	for (; pairs > 0; pairs--) {
		struct text name;

		if (wire_read_text(&reader, &name)) {
			if (text_is(name, key)) {
				*ret = reader;
				return true;
			}
		} else if (!wire_skip(&reader, NULL)) {
			return false;
		}
		if (!wire_skip(&reader, NULL))
			return false;
	}
	return false;
}
