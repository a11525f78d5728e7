/* Proving the database whole, stream by stream, in one snapshot.
 *
 * For each stream: events and their entries along the event chain, messages
 * along the feed's chain, bodies against their digests, then each member:
 * ledger, balances and requests against the rules. The formats and the ruling
 * are the worker's own code, linked; nothing of it is written a second time. */
#ifndef CLIENT_VERIFY_H
#define CLIENT_VERIFY_H

#include <stdint.h>

#include "cursor.h"
#include "ctl.h"
#include "event.h"
#include "member.h"
#include "progress.h"
#include "programs.h"

#define VERIFY_ROW_SIZE 512

struct verify_last; /* what the feed said last, by member and by period */

struct verify {
	const struct ctl *ctl;
	PGconn *db;
	struct programs *programs;
	struct progress progress;
	bool has_key;                 /* of content digests */
	uint8_t key[EVENT_KEY_SIZE];
	bool deep;                    /* rule every event again */
	long most;                    /* defects that are shown */

	/* the stream at hand */
	int32_t stream;
	date_t today;                 /* its last row's */
	int32_t rules;
	struct verify_last *last;

	size_t defects;
	int64_t rows, rows_in_all;    /* for the progress */
	size_t events, entries, changes, bodies, members, balances, requests;
	bool failed;                  /* the database, not its content */
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

/* What a member's rows say of him (verify_rules.c). `balances` and `requests`
 * stand at his first row or behind; they are left behind his last. */
void verify_rules(struct verify *v, struct member *member,
    struct cursor *balances, struct cursor *requests, struct cursor *due);

/* ---- verify_last.c: what the feed said last in this stream */

/* The member's versions so far. */
int32_t verify_version(const struct verify *v, struct text member);
MUST_CHECK bool verify_set_version(
    struct verify *v, struct text member, int32_t version);
/* The msgpack of the period's last balance, absent if there was none. */
struct text verify_balance(const struct verify *v, struct text member,
    struct text designation, date_t starts_on);
MUST_CHECK bool verify_set_balance(struct verify *v, struct text member,
    struct text designation, date_t starts_on, struct text balance);
/* Calls back for each balance that no row was compared with. */
void verify_unseen(struct verify *v);
void verify_forget(struct verify *v);

#endif
