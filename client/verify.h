/* Proving the database whole, stream by stream, in one snapshot.
 *
 * For each stream: events and their entries along the event chain, messages
 * along the feed's chain, bodies against their digests, then each member:
 * ledger, balances and requests against the rules. The formats and the ruling
 * are the worker's own code, linked; nothing of it is written a second time. */
#ifndef CLIENT_VERIFY_H
#define CLIENT_VERIFY_H

#include <stdint.h>

#include "ctl.h"
#include "cursor.h"
#include "event.h"
#include "member.h"
#include "programs.h"
#include "progress.h"
#include "said.h"

#define VERIFY_ROW_SIZE 512

struct verify {
	const struct ctl *ctl;
	PGconn *db;
	struct programs *programs;
	struct progress progress;
	bool has_key; /* of content digests */
	uint8_t key[EVENT_KEY_SIZE];
	bool deep; /* rule every event again */
	long most; /* defects that are shown */

	/* the stream at hand */
	int32_t stream;
	date_t today; /* its last row's */
	int32_t rules;
	struct said said; /* by its feed */

	size_t defects;
	int64_t rows, rows_in_all; /* for the progress */
	size_t events, entries, changes, bodies, members, balances, requests;
	bool failed; /* the database, not its content */
};

/* Counts and shows one; `row` names it ("stream 65, seq 12"). */
void verify_defect(struct verify *v, const char *table, const char *row,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* After each row that was read: draws; false when it is to end. */
bool verify_go_on(struct verify *v);

/* The passes over v->stream. False: the database failed, or interrupted. */
bool verify_events(struct verify *v);
bool verify_changes(struct verify *v);
bool verify_bodies(struct verify *v);
bool verify_members(struct verify *v);
bool verify_asides(struct verify *v);

/* What a member's rows say of him (verify_rules.c). `balances` and `requests`
 * stand at his first row or behind; they are left behind his last. */
void verify_rules(struct verify *v, struct member *member,
    struct cursor *balances, struct cursor *requests, struct cursor *due);

#endif
