/* Rows of a query one at a time, fetched in portions, in binary. */
#include "cursor.h"

#include <stdio.h>
#include <string.h>

#include "pg.h"

#define PORTION "2000"

static const char doing[] = "reading the database";

static void fetch(struct cursor *cursor)
{
	char sql[80];

	PQclear(cursor->rows);
	snprintf(sql, sizeof(sql), "fetch " PORTION " from %s", cursor->name);
	cursor->rows = db_query_binary(cursor->db, doing, sql);
	cursor->row = 0;
	cursor->failed = cursor->rows == NULL;
	cursor->is_there = !cursor->failed && PQntuples(cursor->rows) > 0;
}

void cursor_open(
    struct cursor *cursor, PGconn *db, const char *name, const char *sql)
{
	char declare[2048];

	*cursor = (struct cursor){.db = db};
	snprintf(cursor->name, sizeof(cursor->name), "%s", name);
	snprintf(declare, sizeof(declare), "declare %s no scroll cursor for %s",
	    name, sql);
	if (db_do(db, doing, declare, 0, NULL))
		fetch(cursor);
	else
		cursor->failed = true;
}

void cursor_next(struct cursor *cursor)
{
	if (!cursor->is_there)
		return;
	if (++cursor->row == PQntuples(cursor->rows))
		fetch(cursor);
}

void cursor_close(struct cursor *cursor)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "close %s", cursor->name);
	if (!cursor->failed && cursor->db != NULL &&
	    !db_do(cursor->db, doing, sql, 0, NULL))
		cursor->failed = true;
	PQclear(cursor->rows);
	cursor->rows = NULL;
	cursor->is_there = false;
}

int16_t cursor_int2(const struct cursor *cursor, int column)
{
	return pg_int2(cursor->rows, cursor->row, column);
}

int32_t cursor_int4(const struct cursor *cursor, int column)
{
	return pg_int4(cursor->rows, cursor->row, column);
}

int64_t cursor_int8(const struct cursor *cursor, int column)
{
	return pg_int8(cursor->rows, cursor->row, column);
}

bool cursor_bool(const struct cursor *cursor, int column)
{
	return pg_bool(cursor->rows, cursor->row, column);
}

date_t cursor_date(const struct cursor *cursor, int column)
{
	return pg_date(cursor->rows, cursor->row, column);
}

int64_t cursor_time(const struct cursor *cursor, int column)
{
	return pg_time(cursor->rows, cursor->row, column);
}

struct text cursor_text(const struct cursor *cursor, int column)
{
	return pg_text(cursor->rows, cursor->row, column);
}

bool cursor_is_null(const struct cursor *cursor, int column)
{
	return PQgetisnull(cursor->rows, cursor->row, column) != 0;
}
