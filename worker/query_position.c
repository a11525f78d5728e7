/* Decodes how far a subscriber has each stream: `after` of changes. */
#include <stdarg.h>
#include <stdio.h>

#include "query_decode.h"

/* Says what is wrong; always false. */
static bool wrong(char *message, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(char *message, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, QUERY_MESSAGE_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 32 hex characters, or none with offset 0. */
static bool read_chain(struct text text, struct stream_position *position)
{
	if (position->offset == 0)
		return text.length == 0;
	if (text.length != (size_t)2 * QUERY_CHAIN_SIZE)
		return false;
	for (size_t i = 0; i < QUERY_CHAIN_SIZE; i++) {
		int high = hex_digit(text.at[2 * i]);
		int low = hex_digit(text.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		position->chain[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* The value of one stream in `after`: {offset, chain}. */
static bool read_position(
    struct wire_reader *reader, struct stream_position *position, char *message)
{
	struct text chain = TEXT_NONE, key;
	bool has_offset = false;
	uint32_t pairs;

	if (!wire_read_map(reader, &pairs))
		return wrong(message,
		    "after.%d: expected a map {offset, chain}",
		    (int)position->stream);
	for (; pairs > 0; pairs--) {
		if (!wire_read_text(reader, &key))
			return wrong(message, "after: expected text as a key");
		if (text_is(key, "offset") &&
		    wire_read_int(reader, &position->offset) &&
		    position->offset >= 0)
			has_offset = true;
		else if (!text_is(key, "chain") ||
			 !wire_read_text(reader, &chain))
			return wrong(message,
			    "after.%d.%.*s: expected only offset, an integer "
			    "from 0, and chain, text",
			    (int)position->stream, TEXT_ARGS(key));
	}
	if (!has_offset || chain.at == NULL || !read_chain(chain, position))
		return wrong(message,
		    "after.%d: expected offset and chain, 32 hex characters "
		    "(offset 0: \"\")",
		    (int)position->stream);
	return true;
}

bool query_positions_read(struct wire_reader *reader, struct query *q,
    char message[QUERY_MESSAGE_SIZE])
{
	struct text key;
	int64_t stream;
	uint32_t pairs;

	if (!wire_read_map(reader, &pairs))
		return wrong(
		    message, "after: expected a map {stream: {offset, chain}}");
	if (pairs > STREAM_BUCKETS)
		return wrong(message, "after: expected at most %d streams",
		    STREAM_BUCKETS);
	for (q->positions = 0; q->positions < pairs; q->positions++) {
		struct stream_position *position = &q->position[q->positions];

		if (!wire_read_text(reader, &key) ||
		    !query_number(key, &stream) || key.at[0] == '0' ||
		    stream > INT32_MAX)
			return wrong(message,
			    "after: expected streams as decimal text, such as "
			    "\"65\"");
		*position = (struct stream_position){(int32_t)stream, 0, {0}};
		if (!read_position(reader, position, message))
			return false;
	}
	return true;
}
