/* Rows of a query one at a time, fetched in portions, in binary. */
#ifndef CLIENT_CURSOR_H
#define CLIENT_CURSOR_H

#include "date.h"
#include "db.h"

struct cursor {
	PGconn *db;
	char name[32];
	PGresult *rows;
	int row;
	bool is_there; /* a row is at hand */
	bool failed;   /* said */
};

/* Opens it (in a transaction) and stands at the first row, if there is one. */
void cursor_open(
    struct cursor *cursor, PGconn *db, const char *name, const char *sql);
void cursor_next(struct cursor *cursor);
void cursor_close(struct cursor *cursor);

/* Cells of the row at hand; NULL is 0, DATE_NONE, absent text. */
int16_t cursor_int2(const struct cursor *cursor, int column);
int32_t cursor_int4(const struct cursor *cursor, int column);
int64_t cursor_int8(const struct cursor *cursor, int column);
bool cursor_bool(const struct cursor *cursor, int column);
date_t cursor_date(const struct cursor *cursor, int column);
int64_t cursor_time(const struct cursor *cursor, int column);
struct text cursor_text(const struct cursor *cursor, int column);
bool cursor_is_null(const struct cursor *cursor, int column);

#endif
