/* The database, for the verbs that work on it directly. Waits end by signals
 * and deadlines; errors are said to the person with what to do. */
#ifndef CLIENT_DB_H
#define CLIENT_DB_H

#include <stdint.h>

#include <libpq-fe.h>

#include "ctl.h"
#include "text.h"

#define DB_PARAMETERS_MOST 8

/* Connects to ctl->dsn. NULL after saying why not. */
PGconn *db_open(const struct ctl *ctl);

/* One statement with text parameters (NULL: null); rows or nothing. Waits as
 * long as it takes, ended by a signal. NULL after saying what failed, `doing`
 * in front ("publishing the program"). */
PGresult *db_query(PGconn *db, const char *doing, const char *sql,
    size_t parameters, const char *const *parameter);
/* The same with binary results and without parameters. */
PGresult *db_query_binary(PGconn *db, const char *doing, const char *sql);
/* The same without rows. */
MUST_CHECK bool db_do(PGconn *db, const char *doing, const char *sql,
    size_t parameters, const char *const *parameter);
/* Several statements at once, without parameters (a schema step). */
MUST_CHECK bool db_script(PGconn *db, const char *doing, const char *sql);

/* A text cell; "" for null. An integer cell. */
struct text db_text(const PGresult *rows, int row, int column);
int64_t db_int(const PGresult *rows, int row, int column);

/* Waits until all results of a sent command are there; the last is returned
 * (an earlier error wins). NULL: interrupted (said) or lost. */
PGresult *db_wait(PGconn *db, const char *doing);

/* Rolls back after a failure; what is said of it was said already. */
void db_rollback(PGconn *db);

/* BLAKE2b-256 of `bytes` as 64 hex characters. */
void db_digest(struct text bytes, char hex[65]);

#endif
