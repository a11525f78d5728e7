/* Writing the tables: all of a batch in one statement behind the fence. */
#ifndef WORKER_LEDGER_WRITE_H
#define WORKER_LEDGER_WRITE_H

#include "answer.h"
#include "batch.h"
#include "ledger.h"

#define LEDGER_COLUMNS_MOST PG_VALUES_MOST

/* The rows of a batch, as arrays. A zeroed struct, then ledger_reset(). */
struct ledger_batch {
	struct array column[LEDGER_COLUMNS_MOST];
	size_t rows;    /* event rows */
	int32_t stream; /* the last one that was added */
};

void ledger_reset(struct ledger_batch *batch);
void ledger_fini(struct ledger_batch *batch);
bool ledger_is_empty(const struct ledger_batch *batch);

/* A stream of the batch: where it stood before, and how many rows it gets.
 * Streams must come in rising order. */
void ledger_add_fence(
    struct ledger_batch *batch, const struct head *before, size_t rows);
void ledger_add_event(struct ledger_batch *batch,
    const struct chain_event *event, const uint8_t chain[CHAIN_SIZE]);
void ledger_add_body(struct ledger_batch *batch, int32_t stream, int64_t seq,
    date_t day, struct text bytes);
void ledger_add_entry(struct ledger_batch *batch, const struct member *member,
    const struct entry *entry);
/* A message: `body` is the feed's frame 2, with the chain. */
struct ledger_change {
	const struct answer_change *change;
	struct text member, topic, body;
	date_t day;
	const uint8_t *chain;
};
void ledger_add_change(
    struct ledger_batch *batch, const struct ledger_change *added);

/* How things stand after the batch: each key at most once. Version 0 keeps the
 * row's version. */
void ledger_set_balance(struct ledger_batch *batch, const struct member *member,
    const struct period *period, struct text unit, int64_t version);
void ledger_remove_balance(struct ledger_batch *batch,
    const struct member *member, struct text designation, date_t starts_on);
void ledger_set_request(struct ledger_batch *batch, const struct member *member,
    const struct request *request, struct text body);
void ledger_remove_request(struct ledger_batch *batch,
    const struct member *member, struct text request);
/* DATE_NEVER: it is not due any more. */
void ledger_set_due(
    struct ledger_batch *batch, const struct member *member, date_t due_on);
/* Every member of the stream is due on that date or earlier. Not together with
 * ledger_set_due() for the same stream. */
void ledger_set_all_due(
    struct ledger_batch *batch, int32_t stream, date_t due_on);

/* Bytes for quarantine; nothing where they are there from an earlier time. */
void ledger_add_aside(struct ledger_batch *batch, const struct aside_key *key,
    struct text reason, const struct aside *aside);
/* What was done with them, at the row of that seq. */
struct aside_mark {
	const struct aside_key *key;
	int64_t seq;
	bool redriven; /* else: set aside */
	struct text reason, author;
};
void ledger_add_mark(struct ledger_batch *batch, const struct aside_mark *mark);

/* Stores the batch. On PG_DONE the streams whose fence was won are in
 * `ret_won` (room for all of the batch's), the others left no trace. */
MUST_CHECK enum pg_class ledger_write(struct pg *pg, struct ledger_batch *batch,
    int32_t *ret_won, size_t *ret_count);

#endif
