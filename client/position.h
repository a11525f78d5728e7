/* Where a subscriber stands: offset and chain of each stream, or a member's
 * version; told apart what is next, old, or beyond a gap; kept in a file. */
#ifndef CLIENT_POSITION_H
#define CLIENT_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "creditd.h"
#include "text.h"
#include "wire.h"

#define POSITION_STREAMS_MOST 4096

struct position_stream {
	int64_t stream, offset;
	char chain[CREDITD_CHAIN_SIZE];
};

/* A zeroed struct stands at the start of everything. */
struct position {
	struct position_stream *stream; /* by stream number, ascending */
	size_t streams;
	int64_t epoch;   /* of the creditd heard last; 0: none */
	int64_t version; /* a member's subscription: its last */
};

enum position_seen {
	POSITION_NEXT,    /* the one that follows */
	POSITION_OLD,     /* was heard before */
	POSITION_GAP,     /* others before it are missing */
	POSITION_DIVERGED /* same offset, another chain: another history */
};

/* The stream's offset, 0 if nothing of it was heard. */
int64_t position_offset(const struct position *position, int64_t stream);

/* What a message is; does not move. */
enum position_seen position_see(const struct position *position, int64_t stream,
    int64_t offset, struct text chain);
/* Stands at that offset now. False: no memory, or too many streams. */
MUST_CHECK bool position_move(struct position *position, int64_t stream,
    int64_t offset, struct text chain);

/* `heads`, a msgpack map {stream: {offset, chain}}: is any beyond us? */
bool position_is_behind(const struct position *position, struct text heads);
/* Stands at those heads. False: damaged, or no memory. */
MUST_CHECK bool position_take_heads(
    struct position *position, struct text heads);

/* {stream: {offset, chain}} for the query `changes`. */
void position_write(const struct position *position, struct wire_writer *w);

/* The file: text, a line a stream. `subject` is the organization or member.
 * Saving replaces the file as a whole and syncs it. A negative errno; -ENOENT:
 * no such file; -EBADMSG: damaged, or of another subject. */
MUST_CHECK int position_save(
    const struct position *position, const char *subject, const char *path);
MUST_CHECK int position_load(
    struct position *position, const char *subject, const char *path);

void position_fini(struct position *position);

#endif
