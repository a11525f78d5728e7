/* The tables: the worker's only file with SQL of events and the ledger.
 *
 * Loading reads what a batch needs in one round trip; writing (ledger_write.c)
 * stores a whole batch with one statement behind the fence. */
#ifndef WORKER_LEDGER_H
#define WORKER_LEDGER_H

#include "chain.h"
#include "event.h"
#include "member.h"
#include "pg.h"

/* Where a stream stands: its last event row. seq 0: no row yet. */
struct head {
	int32_t stream;
	int64_t seq;
	uint8_t chain[CHAIN_SIZE];
	int64_t feed_offset;
	uint8_t feed_chain[CHAIN_SIZE];
	date_t today;   /* DATE_NONE without rows */
	int32_t rules;  /* 0 without rows */
	bool due;       /* members wait to be ruled again */
	int64_t asides; /* different bytes that are set aside */
};

/* What to load: names must be set by member_init(); heads by their stream.
 * One round trip, one snapshot, the heads first. Members that are not in the
 * database stay empty. */
struct ledger_load {
	struct head **head;
	size_t heads;
	struct member **member;
	size_t members;
};
MUST_CHECK enum pg_class ledger_load(
    struct pg *pg, const struct ledger_load *load);

/* Up to `limit` members of a stream that are due on or before a date, the
 * longest due first; names in the arena. */
MUST_CHECK enum pg_class ledger_due(struct pg *pg, int32_t stream, date_t today,
    size_t limit, struct arena *arena, struct text_list *ret);

/* Whether a stream has a system event of that id. */
MUST_CHECK enum pg_class ledger_has_system_event(
    struct pg *pg, int32_t stream, struct text id, bool *ret);

/* Bytes in quarantine, or perhaps. */
#define ASIDE_DIGEST_SIZE 16
struct aside_key {
	int32_t stream;
	struct text source; /* empty: the endpoint does not authenticate */
	uint8_t digest[ASIDE_DIGEST_SIZE];
	bool is_aside;
};
/* The bytes, and what creditd knew of them. */
struct aside {
	struct text member; /* frame 4 */
	int64_t submit;     /* rights */
	int32_t flags;
	int64_t received_at;
	struct text bytes;
};
/* Which of them are set aside now: sets `is_aside`. */
MUST_CHECK enum pg_class ledger_find_asides(
    struct pg *pg, struct aside_key *key, size_t count);
/* The bytes, set aside still or not; text in the arena. */
MUST_CHECK enum pg_class ledger_read_aside(struct pg *pg,
    const struct aside_key *key, struct arena *arena, struct aside *ret,
    bool *ret_found);

/* The key of content digests. */
MUST_CHECK enum pg_class ledger_key(
    struct pg *pg, uint8_t ret_key[EVENT_KEY_SIZE]);

/* Makes the partitions for the months from that date on. */
MUST_CHECK enum pg_class ledger_partitions(struct pg *pg, date_t first);

#endif
