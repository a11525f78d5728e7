/* One connection to PostgreSQL: pipelines that never block the worker.
 *
 * libpq is used without blocking; the one wait (in pg.c) polls the socket and
 * calls `beat` in between, so that creditd hears from a worker whose database
 * is slow. A unit of work is a pipeline of prepared statements and one Sync,
 * which is one implicit transaction: pg_run() says PG_DONE only after a clean
 * Sync. All values and results are binary. */
#ifndef WORKER_PG_H
#define WORKER_PG_H

#include <libpq-fe.h>
#include <stdint.h>

#include "date.h"
#include "text.h"

/* How a piece of work ended. */
enum pg_class {
	PG_DONE,
	PG_AWAY,  /* connection lost, or server not fit to work: outcome
		   * unknown; connect again, then do the work again */
	PG_AGAIN, /* rolled back for a passing reason: do it again */
	PG_DATA,  /* rolled back because of the data (22, 23, P0, CR) */
	PG_BROKEN /* schema or rights don't fit: stop (42, …) */
};
/* The class of an SQLSTATE; NULL or "" is a lost connection. */
enum pg_class pg_classify(const char *sqlstate);

#define PG_VALUES_MOST   112
#define PG_COMMANDS_MOST 16 /* in one pipeline */

/* The parameters of a statement. Text is borrowed until it was run. */
struct pg_values {
	int count;
	const char *value[PG_VALUES_MOST];
	int length[PG_VALUES_MOST];
	char scalar[PG_VALUES_MOST][8];
};
void pg_put_int2(struct pg_values *values, int16_t value);
void pg_put_int4(struct pg_values *values, int32_t value);
void pg_put_int8(struct pg_values *values, int64_t value);
void pg_put_bool(struct pg_values *values, bool value);
void pg_put_date(struct pg_values *values, date_t value); /* DATE_NONE: null */
void pg_put_time(struct pg_values *values, int64_t us);
void pg_put_text(struct pg_values *values, struct text value); /* also bytea */
void pg_put_null(struct pg_values *values);

/* A statement; `name` is unique and `types` are parameter types. Prepared on
 * first use on each connection. */
struct pg_statement {
	const char *name;
	const char *sql;
	int count;
	const Oid *types;
};
/* Types for `types`, as in pg_type. */
enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_DATE = 1082,
	PG_TIMESTAMPTZ = 1184,
	PG_BOOLS = 1000,
	PG_BYTEAS = 1001,
	PG_INT2S = 1005,
	PG_INT4S = 1007,
	PG_TEXTS = 1009,
	PG_INT8S = 1016,
	PG_TIMESTAMPTZS = 1185,
	PG_DATES = 1182
};

struct pg_command {
	const struct pg_statement *statement;
	const struct pg_values *values; /* NULL: no parameters */
	PGresult *result; /* the caller clears it; NULL on failure */
};

struct pg;
struct pg_options {
	const char *dsn;
	const char *application;     /* shown in pg_stat_activity */
	bool read_only;              /* for queries */
	void (*beat)(void *context); /* called while waiting; may be NULL */
	void *context;
};

MUST_CHECK struct pg *pg_create(const struct pg_options *options);
void pg_destroy(struct pg *pg);

/* Connects unless it is connected; gives up after 2 s, and then not again
 * before the back-off (0.1 to 2 s) is over. PG_DONE, PG_AWAY, or PG_BROKEN
 * (the server is unfit for service: fsync off, unknown schema; `pg_message`
 * says why). */
MUST_CHECK enum pg_class pg_open(struct pg *pg);
bool pg_is_open(const struct pg *pg);
/* Which start of which server and database it is: where this changes, what was
 * read before may not be there any more (another server, a restored one). */
int64_t pg_server(const struct pg *pg);
/* Looks, at most once a second, whether the server still flushes: fsync can be
 * switched off by a reload. PG_AWAY, and the connection is ended, if not. */
MUST_CHECK enum pg_class pg_check_flushes(struct pg *pg);
/* Ends the connection, for a fresh one with the next pg_open(). */
void pg_close(struct pg *pg);
/* Milliseconds until pg_open() will try again; 0: at once. */
int pg_wait_ms(const struct pg *pg);

/* Runs `count` statements in one transaction. On any class but PG_DONE all
 * results are NULL and pg_message() says what happened. */
MUST_CHECK enum pg_class pg_run(
    struct pg *pg, struct pg_command *command, size_t count);
/* The same for one statement; *ret_result is the caller's. */
MUST_CHECK enum pg_class pg_query(struct pg *pg,
    const struct pg_statement *statement, const struct pg_values *values,
    PGresult **ret_result);
const char *pg_message(const struct pg *pg);
/* Whether the last run ended with that SQLSTATE. */
bool pg_is_state(const struct pg *pg, const char *sqlstate);

/* Columns of a binary result. Text and bytea are borrowed from it; NULLs are
 * 0, false, DATE_NONE and absent text. */
int16_t pg_int2(const PGresult *result, int row, int column);
int32_t pg_int4(const PGresult *result, int row, int column);
int64_t pg_int8(const PGresult *result, int row, int column);
bool pg_bool(const PGresult *result, int row, int column);
date_t pg_date(const PGresult *result, int row, int column);
int64_t pg_time(const PGresult *result, int row, int column); /* us */
struct text pg_text(const PGresult *result, int row, int column);

#endif
