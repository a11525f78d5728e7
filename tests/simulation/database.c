/* The database: streams of rows with a fence, transactions that run on when
 * their client is gone, locks, and restores to an earlier moment. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct log {
	struct row *row;
	struct posted *change;
	size_t rows, changes, row_room, change_room;
	struct transaction *holder; /* has uncommitted rows here */
	int64_t locked_until_us;
};

struct lost { /* by a restore */
	int stream;
	int64_t offset;
	struct chain chain;
};

static struct log logs[STREAMS_MOST];
static const struct head nothing;
static struct {
	bool up, read_only, restored;
	unsigned backend;    /* the newest */
	unsigned generation; /* how often it was started */
	unsigned oldest;     /* those before it are gone */
	unsigned killed[64];
	unsigned kills;
	int64_t slow_until_us, locked_until_us;
	struct transaction *running;
	struct lost *lost;
	size_t losts;
} db;
static int64_t said_at[SAID_MOST]; /* stream × 2^32 + seq */

bool chain_equal(struct chain a, struct chain b)
{
	return a.a == b.a && a.b == b.b;
}

static void *more(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room * 2 + 8;
	list = reallocarray(list, *room, size);
	if (list == NULL)
		abort();
	return list;
}

void database_begin(void)
{
	db.up = true;
	db.generation = 1;
	db.oldest = 1;
	memset(said_at, 0, sizeof(said_at));
}

void transaction_free(struct transaction *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->staged[i].row);
		free(t->staged[i].change);
	}
	free(t->staged);
	free(t);
}

void database_end(void)
{
	struct transaction *t;

	while ((t = db.running) != NULL) {
		db.running = t->following;
		transaction_free(t);
	}
	for (int i = 0; i < STREAMS_MOST; i++) {
		free(logs[i].row);
		free(logs[i].change);
		logs[i] = (struct log){0};
	}
	free(db.lost);
	memset(&db, 0, sizeof(db));
}

/* ---- what stands there */

const struct head *database_head(int stream)
{
	const struct log *log = &logs[stream];

	return log->rows > 0 ? &log->row[log->rows - 1].after : &nothing;
}

const struct posted *database_change(int stream, int64_t offset)
{
	const struct log *log = &logs[stream];

	return offset >= 1 && (size_t)offset <= log->changes
		   ? &log->change[offset - 1]
		   : NULL;
}

const struct row *database_row(int stream, int64_t seq)
{
	const struct log *log = &logs[stream];

	return seq >= 1 && (size_t)seq <= log->rows ? &log->row[seq - 1] : NULL;
}

const struct row *database_said(int said)
{
	if (said_at[said] == 0)
		return NULL;
	return database_row(
	    (int)(said_at[said] >> 32), said_at[said] & INT64_C(0xffffffff));
}

bool database_has_system(int stream, uint64_t id)
{
	for (size_t i = 0; i < logs[stream].rows; i++)
		if (logs[stream].row[i].said < 0 &&
		    logs[stream].row[i].id == id)
			return true;
	return false;
}

bool database_ever(int stream, int64_t offset, struct chain chain)
{
	const struct posted *change = database_change(stream, offset);

	if (change != NULL && chain_equal(change->chain, chain))
		return true;
	for (size_t i = 0; i < db.losts; i++)
		if (db.lost[i].stream == stream &&
		    db.lost[i].offset == offset &&
		    chain_equal(db.lost[i].chain, chain))
			return true;
	return false;
}

bool database_was_restored(void)
{
	return db.restored;
}

/* ---- connections */

bool database_is_up(void)
{
	return db.up;
}

unsigned database_connect(void)
{
	return db.up && !db.read_only ? ++db.backend : 0;
}

unsigned database_generation(void)
{
	return db.generation;
}

bool database_has(unsigned backend)
{
	if (!db.up || backend < db.oldest)
		return false;
	for (unsigned i = 0; i < db.kills; i++)
		if (db.killed[i] == backend)
			return false;
	return true;
}

int64_t database_delay(void)
{
	int64_t us = span(100, 1500);

	return sim.now_us < db.slow_until_us ? us * 60 : us;
}

/* ---- a batch is staged */

struct staged *transaction_stage(
    struct transaction *t, int stream, const struct head *head)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->staged[i].stream == stream)
			return &t->staged[i];
	t->staged = reallocarray(t->staged, t->count + 1, sizeof(*t->staged));
	if (t->staged == NULL)
		abort();
	t->staged[t->count] =
	    (struct staged){.stream = stream, .before = *head, .after = *head};
	return &t->staged[t->count++];
}

void stage_change(struct staged *staged, const struct posted *change)
{
	staged->change = more(staged->change, staged->changes,
	    &staged->change_room, sizeof(*change));
	staged->change[staged->changes++] = *change;
}

void stage_row(struct staged *staged, const struct row *row)
{
	staged->row =
	    more(staged->row, staged->rows, &staged->row_room, sizeof(*row));
	staged->row[staged->rows++] = *row;
}

/* ---- a batch is written: one statement
 *
 * What stands when it begins decides the fence. Then the rows of each stream
 * are inserted in order; where another writer has uncommitted rows there, it
 * waits for its end, and then may find its places taken. */

static bool passes(const struct staged *staged)
{
	const struct head *head = database_head(staged->stream);

	return head->seq == staged->before.seq &&
	       chain_equal(head->chain, staged->before.chain);
}

static void let_go(struct transaction *t)
{
	struct transaction **at = &db.running;

	for (int i = 0; i < STREAMS_MOST; i++)
		if (logs[i].holder == t)
			logs[i].holder = NULL;
	while (*at != t)
		at = &(*at)->following;
	*at = t->following;
}

static void finish(struct transaction *t, enum written written)
{
	let_go(t);
	if (database_has(t->backend))
		t->done(t->owner, t, written);
	transaction_free(t);
}

static void add(struct staged *staged)
{
	struct log *log = &logs[staged->stream];
	const struct head *head = database_head(staged->stream);

	promise(head->seq == staged->before.seq &&
		    chain_equal(head->chain, staged->before.chain),
	    "one-batch-a-stream",
	    "stream %d stands at %lld, the batch was ruled after %lld",
	    staged->stream, (long long)head->seq,
	    (long long)staged->before.seq);
	for (size_t i = 0; i < staged->changes; i++) {
		log->change = more(log->change, log->changes, &log->change_room,
		    sizeof(*log->change));
		log->change[log->changes++] = staged->change[i];
	}
	for (size_t i = 0; i < staged->rows; i++) {
		struct row *row = &staged->row[i];

		row->committed_us = sim.now_us;
		promise_committed(staged->stream, row);
		log->row = more(
		    log->row, log->rows, &log->row_room, sizeof(*log->row));
		log->row[log->rows++] = *row;
		if (row->said >= 0)
			said_at[row->said] =
			    ((int64_t)staged->stream << 32) + row->after.seq;
	}
	promise(staged->after.offset == (int64_t)log->changes, "dense-offsets",
	    "stream %d has %zu messages, its head says %lld", staged->stream,
	    log->changes, (long long)staged->after.offset);
	note("commit", staged->stream, staged->after.seq, staged->after.offset);
}

static void commit(void *arg, uint64_t tag)
{
	struct transaction *t = arg;

	(void)tag;
	if (t->killed) {
		let_go(t);
		transaction_free(t);
		return;
	}
	for (size_t i = 0; i < t->count; i++)
		if (t->staged[i].won)
			add(&t->staged[i]);
	finish(t, WRITTEN);
}

static void insert(void *arg, uint64_t tag)
{
	struct transaction *t = arg;

	(void)tag;
	if (t->killed) {
		let_go(t);
		transaction_free(t);
		return;
	}
	for (; t->next < t->count; t->next++) {
		struct staged *staged = &t->staged[t->next];
		struct log *log = &logs[staged->stream];
		int64_t taken;

		if (!staged->passed)
			continue;
		if (sim.now_us < log->locked_until_us ||
		    sim.now_us < db.locked_until_us || log->holder != NULL) {
			after(span(500, 3000), insert, t, 0);
			return;
		}
		taken = database_head(staged->stream)->seq - staged->before.seq;
		if (taken > 0 && taken < (int64_t)staged->rows) {
			finish(t, WRITTEN_IN_PART);
			return;
		}
		staged->won = taken == 0;
		if (staged->won)
			log->holder = t;
	}
	after(database_delay(), commit, t, 0);
}

static void arrive(void *arg, uint64_t tag)
{
	struct transaction *t = arg;

	(void)tag;
	if (t->killed || !database_has(t->backend)) {
		let_go(t);
		transaction_free(t);
		return;
	}
	if (db.read_only) {
		finish(t, ROLLED_BACK);
		return;
	}
	for (size_t i = 0; i < t->count; i++)
		t->staged[i].passed = passes(&t->staged[i]);
	after(chance(900) ? 0 : span(0, 3000), insert, t, 0);
}

void database_write(struct transaction *t)
{
	t->following = db.running;
	db.running = t;
	after(database_delay(), arrive, t, 0);
}

/* ---- what happens to it */

static void come_back(void *arg, uint64_t tag)
{
	(void)arg;
	(void)tag;
	db.up = true;
	db.generation++;
	note("db-up", 0, 0, 0);
}

static void stop(void)
{
	db.up = false;
	db.oldest = db.backend + 1;
	db.kills = 0;
	for (struct transaction *t = db.running; t != NULL; t = t->following)
		t->killed = true;
	workers_cut_database();
}

void database_stop(int64_t us)
{
	if (!db.up)
		return;
	note("db-down", us, 0, 0);
	stop();
	after(us, come_back, NULL, 0);
}

void database_slow(int64_t us)
{
	db.slow_until_us = sim.now_us + us;
}

static void write_again(void *arg, uint64_t tag)
{
	(void)arg;
	(void)tag;
	db.read_only = false;
}

void database_read_only(int64_t us)
{
	note("read-only", us, 0, 0);
	db.read_only = true;
	after(us, write_again, NULL, 0);
}

void database_lock(int stream, int64_t us)
{
	if (stream < 0)
		db.locked_until_us = sim.now_us + us;
	else
		logs[stream].locked_until_us = sim.now_us + us;
}

void database_kill(unsigned backend)
{
	if (db.kills == sizeof(db.killed) / sizeof(db.killed[0]))
		return;
	db.killed[db.kills++] = backend;
	for (struct transaction *t = db.running; t != NULL; t = t->following)
		if (t->backend == backend)
			t->killed = true;
}

static void cut_off(int stream, size_t rows)
{
	struct log *log = &logs[stream];
	size_t changes = rows > 0 ? (size_t)log->row[rows - 1].after.offset : 0;

	for (size_t i = rows; i < log->rows; i++)
		if (log->row[i].said >= 0)
			said_at[log->row[i].said] = 0;
	db.lost = reallocarray(
	    db.lost, db.losts + log->changes - changes + 1, sizeof(*db.lost));
	if (db.lost == NULL)
		abort();
	for (size_t i = changes; i < log->changes; i++)
		db.lost[db.losts++] =
		    (struct lost){stream, (int64_t)i + 1, log->change[i].chain};
	log->rows = rows;
	log->changes = changes;
}

void database_restore(int64_t to_us)
{
	if (!db.up)
		return;
	note("restore", to_us, 0, 0);
	stop();
	db.restored = true;
	for (int i = 0; i < STREAMS_MOST; i++) {
		size_t rows = logs[i].rows;

		while (rows > 0 && logs[i].row[rows - 1].committed_us > to_us)
			rows--;
		cut_off(i, rows);
	}
	promise_restored();
	after(span(SECOND / 10, SECOND), come_back, NULL, 0);
}
