/* The only place that knows msgpack: a strict reader, a writer. */
#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include <stdint.h>

#include "text.h"

/* ---- reading: a cursor over bytes that somebody else owns; it never
 * allocates, never reads past the end, and accepts integers of any width. */

enum wire_type {
	WIRE_NIL,
	WIRE_BOOL,
	WIRE_INT, /* fits int64 */
	WIRE_BIG, /* an unsigned integer above INT64_MAX */
	WIRE_FLOAT,
	WIRE_STR,
	WIRE_BIN,
	WIRE_ARRAY,
	WIRE_MAP,
	WIRE_EXT,
	WIRE_BROKEN /* truncated, or the byte 0xc1 */
};

struct wire_reader {
	const uint8_t *at;
	const uint8_t *end;
};

/* What wire_check() allows. */
struct wire_limits {
	unsigned depth;    /* nesting of maps and arrays, at most 32 */
	unsigned elements; /* values in all, keys included */
	bool partner; /* the partner protocol: str keys only, no bin, no ext,
		       * no key twice in a map */
};

/* One whole value and nothing after it, within the limits, every str valid
 * UTF-8 without NUL. Returns NULL if so, else a sentence saying what is wrong
 * (static text, written for the partner). Its time is bounded for any input, by
 * n log n in the number of a map's keys; a partner's maps may have 2,048 keys
 * open at a time. */
const char *wire_check(
    const void *bytes, size_t size, const struct wire_limits *limits);
/* The same, and tells which key a map has twice (absent: none has). */
const char *wire_check_keys(const void *bytes, size_t size,
    const struct wire_limits *limits, struct text *ret_repeated);

struct wire_reader wire_reader(const void *bytes, size_t size);
enum wire_type wire_peek(const struct wire_reader *reader);

/* Each reads one value of its type and moves on; false (and the reader stays)
 * if the next value is of another type or truncated. */
MUST_CHECK bool wire_read_nil(struct wire_reader *reader);
MUST_CHECK bool wire_read_bool(struct wire_reader *reader, bool *ret);
MUST_CHECK bool wire_read_int(struct wire_reader *reader, int64_t *ret);
MUST_CHECK bool wire_read_double(struct wire_reader *reader, double *ret);
MUST_CHECK bool wire_read_text(struct wire_reader *reader, struct text *ret);
MUST_CHECK bool wire_read_bin(struct wire_reader *reader, struct text *ret);
/* The number of items (array) or of pairs (map); the items follow. */
MUST_CHECK bool wire_read_array(struct wire_reader *reader, uint32_t *ret);
MUST_CHECK bool wire_read_map(struct wire_reader *reader, uint32_t *ret);
/* Skips one value of any type, with all in it. On success `ret`, unless NULL,
 * is its bytes. */
MUST_CHECK bool wire_skip(struct wire_reader *reader, struct text *ret);

/* Finds `key` in the map that `bytes` is; on success `ret` stands at its value.
 * For the cold paths of tools and queries: linear. */
MUST_CHECK bool wire_find(
    struct text bytes, const char *key, struct wire_reader *ret);

/* ---- writing: into one growing buffer (msgpack-c inside). A writer that ran
 * out of memory stays `failed` and ignores the rest: check once at the end. */

#define WIRE_NESTING 16

struct wire_writer {
	char *data;
	size_t size;
	size_t capacity;
	bool failed;
	unsigned depth;               /* open maps and lists */
	size_t open[WIRE_NESTING];    /* where their headers are */
	uint32_t count[WIRE_NESTING]; /* pairs or items so far */
};

/* A zeroed struct is an empty writer. */
void wire_writer_reset(struct wire_writer *writer); /* keeps the buffer */
void wire_writer_fini(struct wire_writer *writer);
/* What was written so far, borrowed; empty, not absent, if nothing was. */
struct text wire_written(const struct wire_writer *writer);

/* Absent text is written as nil, absent bin as empty bin. */
void wire_write_nil(struct wire_writer *writer);
void wire_write_bool(struct wire_writer *writer, bool value);
void wire_write_int(struct wire_writer *writer, int64_t value);
void wire_write_text(struct wire_writer *writer, struct text value);
void wire_write_string(struct wire_writer *writer, const char *value);
void wire_write_bin(struct wire_writer *writer, struct text value);
void wire_write_raw(struct wire_writer *writer, struct text msgpack);
/* Headers whose count is known. */
void wire_write_array(struct wire_writer *writer, uint32_t count);
void wire_write_map(struct wire_writer *writer, uint32_t count);

/* A map or list whose count is found on the way (map16, array32). Within an
 * open map every pair begins with wire_key(), within an open list every item
 * with wire_item(); a header is completed by wire_close(). */
void wire_open_map(struct wire_writer *writer);
void wire_open_list(struct wire_writer *writer);
void wire_close(struct wire_writer *writer);
void wire_key(struct wire_writer *writer, const char *key);
void wire_item(struct wire_writer *writer);

/* Pairs in an open map, in the forms of the protocol; DATE_NONE is nil. */
void wire_pair_text(struct wire_writer *w, const char *key, struct text value);
void wire_pair_string(
    struct wire_writer *w, const char *key, const char *value);
void wire_pair_int(struct wire_writer *w, const char *key, int64_t value);
void wire_pair_bool(struct wire_writer *w, const char *key, bool value);
void wire_pair_nil(struct wire_writer *w, const char *key);
void wire_pair_credit(struct wire_writer *w, const char *key, int64_t credits);
void wire_pair_money(struct wire_writer *w, const char *key, int64_t cents);
void wire_pair_date(struct wire_writer *w, const char *key, int32_t date);
void wire_pair_time(struct wire_writer *w, const char *key, int64_t us);

#endif
