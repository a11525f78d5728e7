/* A partner's query, decoded strictly (protocol, section 2); and the positions
 * that lists are continued from. Pure: no I/O. */
#ifndef WORKER_QUERY_DECODE_H
#define WORKER_QUERY_DECODE_H

#include "codes.h"
#include "date.h"
#include "link.h"
#include "wire.h"

#define QUERY_MESSAGE_SIZE 512
#define QUERY_LIMIT        1000 /* unless it says another */
#define QUERY_LIMIT_MOST   10000
#define QUERY_CHAIN_SIZE   16
#define QUERY_NEXT_SIZE    512 /* room for any `next` */

enum query_kind {
	QUERY_BALANCE,
	QUERY_BALANCES,
	QUERY_CHANGES,
	QUERY_EVENT,
	QUERY_EXPLAIN,
	QUERY_TRANSCRIPT,
	QUERY_REQUESTS,
	QUERY_KINDS
};
const char *query_kind_name(enum query_kind kind);

/* How far a subscriber has a stream. */
struct stream_position {
	int32_t stream;
	int64_t offset;                        /* 0: from the start */
	unsigned char chain[QUERY_CHAIN_SIZE]; /* zeros with offset 0 */
};

/* Text is borrowed from the body. Which are used depends on `kind`; what a
 * query did not say is TEXT_NONE, DATE_NONE or 0. */
struct query {
	enum query_kind kind;
	struct text member; /* absent: it is about an organization */
	struct text organization, number;
	int64_t limit;
	struct text after; /* `next` of the last page, or absent */
	struct stream_position position[STREAM_BUCKETS]; /* changes */
	size_t positions;
	int64_t after_version;   /* changes of a member */
	struct text id, source;  /* event */
	struct text designation; /* explain */
	date_t from, to;         /* transcript */
	bool has_state;          /* requests */
	enum request_state state;
};

/* Decodes `body`, which came with `key` in frame 4. False with a sentence in
 * `message` that names the key and says what was expected: it is MALFORMED. */
MUST_CHECK bool query_decode(struct text body, struct text key,
    struct query *ret, char message[QUERY_MESSAGE_SIZE]);

/* Reads `after` of changes, {stream: {offset, chain}}, for query_decode(). */
MUST_CHECK bool query_positions_read(struct wire_reader *reader,
    struct query *query, char message[QUERY_MESSAGE_SIZE]);

/* The opaque `next` of a list is its last item's key: parts without spaces
 * (ids have none), separated by spaces. */
/* Writes `count` parts; borrowed from `buffer`. */
struct text query_next_write(
    const struct text *part, size_t count, char buffer[QUERY_NEXT_SIZE]);
/* Splits into exactly `count` parts, each with something in it. */
MUST_CHECK bool query_next_read(
    struct text next, size_t count, struct text *ret_part);
/* A whole number of at most 18 digits, without a sign. */
MUST_CHECK bool query_number(struct text text, int64_t *ret);

#endif
