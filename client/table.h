/* Tables and pages for people, on standard output. */
#ifndef CLIENT_TABLE_H
#define CLIENT_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "ctl.h"

struct libscols_table;

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER, /* to the right */
	COLUMN_LONG    /* gives way when the terminal is narrow */
};

struct column {
	const char *title; /* NULL ends a list of columns */
	enum column_kind kind;
};

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;
	size_t column, columns, rows;
	bool colour;
	bool failed;
};

/* Rows are written cell by cell; a NULL text is an empty cell. */
void table_open(
    struct table *table, const struct ctl *ctl, const struct column *columns);
void table_row(struct table *table);
void table_cell(struct table *table, const char *text);
void table_cell_json(struct table *table, const json_t *value);
/* {starts_on, ends_on} as "2026-01-15 to 2027-01-14". */
void table_cell_period(struct table *table, const json_t *period);
/* Colours the row's last cell by what it says (status, outcome, state). */
void table_cell_state(struct table *table, const char *text);
/* Prints it to `out`, or `nothing` where there are no rows. */
void table_print(struct table *table, FILE *out, const char *nothing);
void table_close(struct table *table);
/* Both. */
void table_show(struct table *table, FILE *out, const char *nothing);

/* The text of a JSON value for people: "" for null, a list joined by ", ".
 * Cut to fit; control characters are replaced, so that what a partner sent
 * can't play with the terminal. Returns `buffer`. */
const char *table_text(const json_t *value, char *buffer, size_t size);
/* The member `key` of `object` likewise. */
const char *table_get(
    const json_t *object, const char *key, char *buffer, size_t size);

/* "\033[1m" and the like, or "" without colours. */
enum paint {
	PAINT_PLAIN,
	PAINT_BOLD,
	PAINT_DIM,
	PAINT_GOOD,
	PAINT_ODD,
	PAINT_BAD
};
const char *paint(bool colour, enum paint paint);
/* How a status, state or outcome is painted. */
enum paint paint_of(const char *state);

/* A list of maps, whatever their keys: a column for each key of the first,
 * its title in capitals. */
void print_list(const struct ctl *ctl, const json_t *list);
/* The same rows ordered by the text of these keys; the caller owns it. */
json_t *sort_rows(const json_t *rows, const char *const *keys);

/* One line of compact JSON. */
void print_json(FILE *out, const json_t *json);

#endif
