/* Writing msgpack: msgpack-c packs, into one buffer that grows by doubling. */
#include "wire.h"

#include <assert.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "exact.h"

#define FIRST_CAPACITY 512
#define MAP16          0xde /* and two bytes of count */
#define ARRAY32        0xdd /* and four */

static bool make_room(struct wire_writer *writer, size_t size)
{
	size_t capacity = writer->capacity;
	char *data;

	if (writer->failed)
		return false;
	if (size <= capacity - writer->size)
		return true;
	if (capacity == 0)
		capacity = FIRST_CAPACITY;
	while (size > capacity - writer->size) {
		if (capacity > SIZE_MAX / 2) {
			writer->failed = true;
			return false;
		}
		capacity *= 2;
	}
	data = realloc(writer->data, capacity);
	if (data == NULL) {
		writer->failed = true;
		return false;
	}
	writer->data = data;
	writer->capacity = capacity;
	return true;
}

static int append(void *context, const char *bytes, size_t size)
{
	struct wire_writer *writer = context;

	if (!make_room(writer, size))
		return -1;
	if (size > 0)
		memcpy(writer->data + writer->size, bytes, size);
	writer->size += size;
	return 0;
}

static msgpack_packer packer_of(struct wire_writer *writer)
{
	msgpack_packer packer;

	msgpack_packer_init(&packer, writer, append);
	return packer;
}

void wire_writer_reset(struct wire_writer *writer)
{
	writer->size = 0;
	writer->failed = false;
	writer->depth = 0;
}

void wire_writer_fini(struct wire_writer *writer)
{
	free(writer->data);
	*writer = (struct wire_writer){0};
}

struct text wire_written(const struct wire_writer *writer)
{
	if (writer->data == NULL)
		return TEXT("");
	return (struct text){writer->data, writer->size};
}

void wire_write_nil(struct wire_writer *writer)
{
	msgpack_packer packer = packer_of(writer);

	msgpack_pack_nil(&packer);
}

void wire_write_bool(struct wire_writer *writer, bool value)
{
	msgpack_packer packer = packer_of(writer);

	if (value)
		msgpack_pack_true(&packer);
	else
		msgpack_pack_false(&packer);
}

void wire_write_int(struct wire_writer *writer, int64_t value)
{
	msgpack_packer packer = packer_of(writer);

	msgpack_pack_int64(&packer, value);
}

void wire_write_text(struct wire_writer *writer, struct text value)
{
	msgpack_packer packer = packer_of(writer);

	if (value.at == NULL) {
		msgpack_pack_nil(&packer);
		return;
	}
	if (value.length > UINT32_MAX) {
		writer->failed = true;
		return;
	}
	msgpack_pack_str(&packer, value.length);
	msgpack_pack_str_body(&packer, value.at, value.length);
}

void wire_write_string(struct wire_writer *writer, const char *value)
{
	wire_write_text(writer, text_of(value));
}

void wire_write_bin(struct wire_writer *writer, struct text value)
{
	msgpack_packer packer = packer_of(writer);

	if (value.length > UINT32_MAX) {
		writer->failed = true;
		return;
	}
	msgpack_pack_bin(&packer, value.length);
	msgpack_pack_bin_body(&packer, value.at, value.length);
}

void wire_write_raw(struct wire_writer *writer, struct text msgpack)
{
	(void)append(writer, msgpack.at, msgpack.length);
}

void wire_write_array(struct wire_writer *writer, uint32_t count)
{
	msgpack_packer packer = packer_of(writer);

	msgpack_pack_array(&packer, count);
}

void wire_write_map(struct wire_writer *writer, uint32_t count)
{
	msgpack_packer packer = packer_of(writer);

	msgpack_pack_map(&packer, count);
}

static void open_container(
    struct wire_writer *writer, const char *head, size_t size)
{
	assert(writer->depth < WIRE_NESTING);
	writer->open[writer->depth] = writer->size;
	writer->count[writer->depth] = 0;
	writer->depth++;
	(void)append(writer, head, size);
}

void wire_open_map(struct wire_writer *writer)
{
	static const char head[3] = {(char)MAP16};

	open_container(writer, head, sizeof(head));
}

void wire_open_list(struct wire_writer *writer)
{
	static const char head[5] = {(char)ARRAY32};

	open_container(writer, head, sizeof(head));
}

void wire_close(struct wire_writer *writer)
{
	unsigned char *head;
	uint32_t count;

	assert(writer->depth > 0);
	writer->depth--;
	if (writer->failed)
		return;
	head = (unsigned char *)writer->data + writer->open[writer->depth];
	count = writer->count[writer->depth];
	if (*head++ == ARRAY32) {
		*head++ = (unsigned char)(count >> 24);
		*head++ = (unsigned char)(count >> 16);
	} else if (count > UINT16_MAX) {
		writer->failed = true;
		return;
	}
	*head++ = (unsigned char)(count >> 8);
	*head = (unsigned char)count;
}

void wire_item(struct wire_writer *writer)
{
	assert(writer->depth > 0);
	writer->count[writer->depth - 1]++;
}

void wire_key(struct wire_writer *writer, const char *key)
{
	wire_item(writer);
	wire_write_string(writer, key);
}

void wire_pair_text(struct wire_writer *w, const char *key, struct text value)
{
	wire_key(w, key);
	wire_write_text(w, value);
}

void wire_pair_string(struct wire_writer *w, const char *key, const char *value)
{
	wire_key(w, key);
	wire_write_string(w, value);
}

void wire_pair_int(struct wire_writer *w, const char *key, int64_t value)
{
	wire_key(w, key);
	wire_write_int(w, value);
}

void wire_pair_bool(struct wire_writer *w, const char *key, bool value)
{
	wire_key(w, key);
	wire_write_bool(w, value);
}

void wire_pair_nil(struct wire_writer *w, const char *key)
{
	wire_key(w, key);
	wire_write_nil(w);
}

void wire_pair_credit(struct wire_writer *w, const char *key, int64_t credits)
{
	char buffer[EXACT_TEXT_SIZE];

	wire_pair_text(w, key, credit_write(credits, buffer));
}

void wire_pair_money(struct wire_writer *w, const char *key, int64_t cents)
{
	char buffer[EXACT_TEXT_SIZE];

	wire_pair_text(w, key, money_write(cents, buffer));
}

void wire_pair_date(struct wire_writer *w, const char *key, int32_t date)
{
	char buffer[DATE_TEXT_SIZE];

	if (date == DATE_NONE)
		wire_pair_nil(w, key);
	else
		wire_pair_text(w, key, date_write(date, buffer));
}

void wire_pair_time(struct wire_writer *w, const char *key, int64_t us)
{
	char buffer[TIME_TEXT_SIZE];

	wire_pair_text(w, key, time_write(us, buffer));
}
