/* The tables: the worker's only file with SQL of events and the ledger.
 *
 * Loading reads what a batch needs in one round trip; writing (ledger_write.c)
 * stores a whole batch with one statement behind the fence. */
#ifndef WORKER_LEDGER_H
#define WORKER_LEDGER_H

#include "chain.h"
#include "member.h"
#include "pg.h"

/* Where a stream stands: its last event row. seq 0: no row yet. */
struct head {
	int32_t stream;
	int64_t seq;
	uint8_t chain[CHAIN_SIZE];
	int64_t feed_offset;
	uint8_t feed_chain[CHAIN_SIZE];
	date_t today;          /* DATE_NONE without rows */
	int32_t rules;         /* 0 without rows */
	bool due;              /* members wait to be ruled again */
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

#endif
