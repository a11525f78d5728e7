/* The bare commit: one prepared INSERT of one row, as its own transaction. */
#include "bench.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

struct bench_sql {
	PGconn *db;
	int64_t next;
};

static void execute(struct bench_sql *sql, const char *statement)
{
	PGresult *result = PQexec(sql->db, statement);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_fail("%s%s", PQerrorMessage(sql->db), statement);
	PQclear(result);
}

struct bench_sql *bench_sql_start(const char *dsn)
{
	struct bench_sql *sql = calloc(1, sizeof(*sql));

	if (sql == NULL)
		bench_fail("no memory");
	sql->db = PQconnectdb(dsn);
	if (PQstatus(sql->db) != CONNECTION_OK)
		bench_fail("%s", PQerrorMessage(sql->db));
	execute(sql, "SET client_min_messages = warning");
	execute(sql, "DROP TABLE IF EXISTS bench_row");
	execute(sql, "CREATE TABLE bench_row "
		     "(id bigint PRIMARY KEY, body bytea NOT NULL)");
	PQclear(PQprepare(sql->db, "insert",
	    "INSERT INTO bench_row (id, body) VALUES ($1::int8, $2::bytea)", 2,
	    NULL));
	return sql;
}

void bench_sql_insert(struct bench_sql *sql)
{
	char body[BENCH_BODY_SIZE] = {0};
	uint64_t id = htobe64((uint64_t)++sql->next);
	const char *values[2] = {(const char *)&id, body};
	const int lengths[2] = {sizeof(id), sizeof(body)}, formats[2] = {1, 1};
	PGresult *result =
	    PQexecPrepared(sql->db, "insert", 2, values, lengths, formats, 1);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_fail("%s", PQerrorMessage(sql->db));
	PQclear(result);
}

void bench_sql_stop(struct bench_sql *sql)
{
	execute(sql, "DROP TABLE bench_row");
	PQfinish(sql->db);
	free(sql);
}
