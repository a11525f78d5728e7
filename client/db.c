/* The database, for the verbs that work on it directly. */
#include "db.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define SLICE_MS 250

PGconn *db_open(const struct ctl *ctl)
{
	char timeout[32];
	const char *key[] = {"dbname", "connect_timeout", "application_name",
	    "client_encoding", "tcp_user_timeout", NULL};
	const char *value[] = {
	    ctl->dsn, timeout, "creditctl", "UTF8", "10000", NULL};
	PGconn *db;

	if (ctl->dsn == NULL) {
		ctl_fail(
		    "the database is not known: give --dsn DSN (e.g. "
		    "\"host=/run/postgresql dbname=creditd\"), --dir DIR of an "
		    "instance, or set CREDITD_DSN");
		return NULL;
	}
	snprintf(timeout, sizeof(timeout), "%ld", ctl->timeout_s);
	db = PQconnectdbParams(key, value, 1);
	if (db == NULL || PQstatus(db) != CONNECTION_OK) {
		const char *why = db != NULL ? PQerrorMessage(db) : "no memory";

		ctl_fail("the database can't be reached: %.*s",
		    (int)strcspn(why, "\n"), why);
		PQfinish(db);
		return NULL;
	}
	return db;
}

static void cancel(PGconn *db)
{
	PGcancel *handle = PQgetCancel(db);
	char why[256];

	if (handle != NULL)
		(void)PQcancel(handle, why, sizeof(why));
	PQfreeCancel(handle);
}

/* An error keeps its SQLSTATE, detail and hint: they say what to do. */
static void say_error(PGconn *db, const char *doing, const PGresult *result)
{
	const char *message =
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *code = state != NULL ? state : "";

	if (message == NULL)
		message = PQerrorMessage(db);
	ctl_fail("%s: %.*s%s%s%s%s%s%s%s", doing, (int)strcspn(message, "\n"),
	    message, *code ? " (" : "", code, *code ? ")" : "",
	    detail ? "; " : "", detail ? detail : "", hint ? "; " : "",
	    hint ? hint : "");
	if (strcmp(code, "42501") == 0)
		ctl_fail("the database's owner may do this: use the owner's "
			 "--dsn");
	else if (strcmp(code, "42P01") == 0 || strcmp(code, "42703") == 0)
		ctl_fail("the schema is missing or older than this program: "
			 "run `creditctl migrate`");
}

PGresult *db_wait(PGconn *db, const char *doing)
{
	PGresult *last = NULL, *next;
	bool cancelled = false;

	for (;;) {
		struct pollfd poll_for = {PQsocket(db), POLLIN, 0};

		while (PQisBusy(db)) {
			if (interrupted() && !cancelled) {
				cancel(db);
				cancelled = true;
			}
			if (poll(&poll_for, 1, SLICE_MS) < 0 && errno != EINTR)
				break;
			if (!PQconsumeInput(db))
				break;
		}
		next = PQgetResult(db);
		if (next == NULL)
			break;
		if (last != NULL && PQresultStatus(last) == PGRES_FATAL_ERROR) {
			PQclear(next);
			continue;
		}
		PQclear(last);
		last = next;
	}
	if (cancelled) {
		ctl_fail("%s: interrupted", doing);
		PQclear(last);
		return NULL;
	}
	if (last == NULL)
		ctl_fail("%s: %s", doing, PQerrorMessage(db));
	return last;
}

static PGresult *finish(PGconn *db, const char *doing, int sent)
{
	PGresult *result = sent ? db_wait(db, doing) : NULL;

	if (!sent)
		ctl_fail("%s: %s", doing, PQerrorMessage(db));
	if (result == NULL)
		return NULL;
	if (PQresultStatus(result) != PGRES_TUPLES_OK &&
	    PQresultStatus(result) != PGRES_COMMAND_OK) {
		say_error(db, doing, result);
		PQclear(result);
		return NULL;
	}
	return result;
}

PGresult *db_query(PGconn *db, const char *doing, const char *sql,
    size_t parameters, const char *const *parameter)
{
	return finish(db, doing,
	    PQsendQueryParams(
		db, sql, (int)parameters, NULL, parameter, NULL, NULL, 0));
}

PGresult *db_query_binary(PGconn *db, const char *doing, const char *sql)
{
	return finish(db, doing,
	    PQsendQueryParams(db, sql, 0, NULL, NULL, NULL, NULL, 1));
}

bool db_do(PGconn *db, const char *doing, const char *sql, size_t parameters,
    const char *const *parameter)
{
	PGresult *result = db_query(db, doing, sql, parameters, parameter);

	PQclear(result);
	return result != NULL;
}

bool db_script(PGconn *db, const char *doing, const char *sql)
{
	PGresult *result = finish(db, doing, PQsendQuery(db, sql));

	PQclear(result);
	return result != NULL;
}

struct text db_text(const PGresult *rows, int row, int column)
{
	return (struct text){PQgetvalue(rows, row, column),
	    (size_t)PQgetlength(rows, row, column)};
}

int64_t db_int(const PGresult *rows, int row, int column)
{
	return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

void db_rollback(PGconn *db)
{
	if (PQstatus(db) == CONNECTION_OK &&
	    PQtransactionStatus(db) != PQTRANS_IDLE)
		PQclear(PQexec(db, "rollback"));
}

void db_digest(struct text bytes, char hex[65])
{
	unsigned char digest[32];

	crypto_generichash(digest, sizeof(digest),
	    (const unsigned char *)bytes.at, bytes.length, NULL, 0);
	sodium_bin2hex(hex, 65, digest, sizeof(digest));
}
