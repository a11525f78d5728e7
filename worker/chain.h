/* The hash chains that make the two logs tamper-evident.
 *
 * Shared with `creditctl verify`, which computes them again from the rows.
 * Both are BLAKE2b with 16 bytes of output and no key; before the first row
 * the previous chain is 16 zero bytes. Integers are big-endian and signed;
 * dates are days since 1970-01-01, times microseconds since then. "text" and
 * "bytes" are a 4-byte length and that many bytes; a null is the length
 * 0xffffffff and nothing after it.
 *
 * event.chain of a row:
 *	previous chain (of seq - 1 in the same stream)   16 bytes
 *	stream int4, seq int8
 *	member text, source text, id text
 *	type int2
 *	digest bytes (null for system events)   the keyed digest of the content:
 *	                        it vouches for the body, and still does when the
 *	                        body was erased
 *	received_at int8, received_on int4, today int4
 *	rules int4, outcome int2, reason int2
 *	fact bytes (null for system events)
 *	version int4, feed_offset int8, feed_chain bytes
 *	number of entries int4, then each entry whose seq is this row's, in
 *	order of number:
 *		number int4, cause int8, account int2, kind int2
 *		designation text, period_starts_on int4 (null: INT32_MIN)
 *		credits or amount int8
 *		currency text, total int8 (0 for money), rules int4
 *
 * change.chain of a message:
 *	previous chain (of offset - 1 in the same stream; 16 zero bytes
 *	for the first)                                   16 bytes
 *	topic bytes, without a length
 *	a zero byte
 *	body bytes without the chain: see answer_change_seal() in answer.h; the
 *	last 40 bytes are cut off and the third byte is one less
 */
#ifndef WORKER_CHAIN_H
#define WORKER_CHAIN_H

#include <stdint.h>

#include "date.h"
#include "text.h"

#define CHAIN_SIZE 16

/* A row of `event`, as it is stored. */
struct chain_event {
	int32_t stream;
	int64_t seq;
	struct text member, source, id;
	int16_t type;
	struct text digest;  /* absent: null */
	int64_t received_at; /* microseconds since 1970 */
	date_t received_on, today;
	int32_t rules;
	int16_t outcome, reason;
	struct text fact; /* absent: null */
	int32_t version;
	int64_t feed_offset;
	uint8_t feed_chain[CHAIN_SIZE];
};

/* A row of `entry`, as it is stored. */
struct chain_entry {
	int32_t number;
	int64_t cause;
	int16_t account, kind;
	struct text designation; /* absent: null */
	date_t period_starts_on; /* DATE_NONE: null */
	int64_t value;           /* credits, or amount for money */
	struct text currency;    /* absent: null */
	int64_t total;           /* 0 for money */
	int32_t rules;
};

/* The chain of an event row and its entries after `previous`. */
void chain_event(const uint8_t previous[CHAIN_SIZE],
    const struct chain_event *event, const struct chain_entry *entry,
    size_t entries, uint8_t ret[CHAIN_SIZE]);

/* The chain of a message; `body` is without its chain. */
void chain_change(const uint8_t previous[CHAIN_SIZE], struct text topic,
    struct text body, uint8_t ret[CHAIN_SIZE]);

#endif
