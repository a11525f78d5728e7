/* Tables and pages for people, by libsmartcols. */
#include "table.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#define CELL_SIZE 1024

void table_open(
    struct table *table, const struct ctl *ctl, const struct column *columns)
{
	*table = (struct table){
	    .scols = scols_new_table(),
	    .colour = ctl->colour,
	};
	if (table->scols == NULL) {
		table->failed = true;
		return;
	}
	scols_table_enable_colors(table->scols, ctl->colour);
	for (; columns->title != NULL; columns++) {
		int flags = columns->kind == COLUMN_NUMBER ? SCOLS_FL_RIGHT
			    : columns->kind == COLUMN_LONG ? SCOLS_FL_WRAP
							   : 0;

		if (scols_table_new_column(
			table->scols, columns->title, 0, flags) == NULL)
			table->failed = true;
		table->columns++;
	}
}

void table_row(struct table *table)
{
	if (table->failed)
		return;
	table->line = scols_table_new_line(table->scols, NULL);
	table->column = 0;
	table->rows++;
	if (table->line == NULL)
		table->failed = true;
}

void table_cell(struct table *table, const char *text)
{
	if (table->failed)
		return;
	if (scols_line_set_data(
		table->line, table->column++, text != NULL ? text : "") != 0)
		table->failed = true;
}

void table_cell_json(struct table *table, const json_t *value)
{
	char buffer[CELL_SIZE];

	table_cell(table, table_text(value, buffer, sizeof(buffer)));
}

void table_cell_period(struct table *table, const json_t *period)
{
	char from[32], to[32], text[80];

	snprintf(text, sizeof(text), "%s to %s",
	    table_get(period, "starts_on", from, sizeof(from)),
	    table_get(period, "ends_on", to, sizeof(to)));
	table_cell(table, text);
}

void table_cell_state(struct table *table, const char *text)
{
	struct libscols_cell *cell;
	const char *colour = paint(table->colour, paint_of(text));

	table_cell(table, text);
	if (table->failed || *colour == '\0')
		return;
	cell = scols_line_get_cell(table->line, table->column - 1);
	if (cell == NULL || scols_cell_set_color(cell, colour) != 0)
		table->failed = true;
}

void table_print(struct table *table, FILE *out, const char *nothing)
{
	if (table->failed) {
		ctl_fail("no memory for the table");
	} else if (table->rows == 0) {
		fprintf(out, "%s\n", nothing);
	} else {
		scols_table_set_stream(table->scols, out);
		scols_print_table(table->scols);
	}
}

void table_close(struct table *table)
{
	scols_unref_table(table->scols);
	*table = (struct table){0};
}

void table_show(struct table *table, FILE *out, const char *nothing)
{
	table_print(table, out, nothing);
	table_close(table);
}

static void add_text(char *buffer, size_t size, const char *text)
{
	size_t at = strlen(buffer);

	for (; *text != '\0' && at + 1 < size; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 0x20 || byte == 0x7f)
			byte = '?';
		buffer[at++] = (char)byte;
	}
	/* Never half a character at the cut. */
	if (*text != '\0')
		while (at > 0 && ((unsigned char)buffer[at - 1] & 0x80))
			at--;
	buffer[at] = '\0';
}

static void add_value(char *buffer, size_t size, const json_t *value)
{
	char number[32], *dump;

	switch (value == NULL ? JSON_NULL : json_typeof(value)) {
	case JSON_NULL:
		break;
	case JSON_STRING:
		add_text(buffer, size, json_string_value(value));
		break;
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		add_text(buffer, size, number);
		break;
	case JSON_TRUE:
		add_text(buffer, size, "yes");
		break;
	case JSON_FALSE:
		add_text(buffer, size, "no");
		break;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				add_text(buffer, size, ", ");
			add_value(buffer, size, json_array_get(value, i));
		}
		break;
	case JSON_OBJECT:
	case JSON_REAL:
		dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		add_text(buffer, size, dump != NULL ? dump : "");
		free(dump);
		break;
	}
}

const char *table_text(const json_t *value, char *buffer, size_t size)
{
	buffer[0] = '\0';
	add_value(buffer, size, value);
	return buffer;
}

const char *table_get(
    const json_t *object, const char *key, char *buffer, size_t size)
{
	return table_text(json_object_get(object, key), buffer, size);
}

const char *paint(bool colour, enum paint paint)
{
	static const char *const code[] = {
	    [PAINT_PLAIN] = "\033[0m",
	    [PAINT_BOLD] = "\033[1m",
	    [PAINT_DIM] = "\033[2m",
	    [PAINT_GOOD] = "\033[32m",
	    [PAINT_ODD] = "\033[33m",
	    [PAINT_BAD] = "\033[31m",
	};

	return colour ? code[paint] : "";
}

enum paint paint_of(const char *state)
{
	static const struct {
		const char *state;
		enum paint paint;
	} known[] = {
	    {"applied", PAINT_GOOD},
	    {"complete", PAINT_GOOD},
	    {"credited", PAINT_GOOD},
	    {"pending", PAINT_ODD},
	    {"grace", PAINT_ODD},
	    {"awaiting_evidence", PAINT_ODD},
	    {"awaiting_decision", PAINT_ODD},
	    {"awaiting_payment", PAINT_ODD},
	    {"rejected", PAINT_BAD},
	    {"conflict", PAINT_BAD},
	    {"lapsed", PAINT_BAD},
	    {"declined", PAINT_BAD},
	    {"refused", PAINT_BAD},
	    {"unanswered", PAINT_BAD},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (state != NULL && strcmp(known[i].state, state) == 0)
			return known[i].paint;
	}
	return PAINT_PLAIN;
}

void print_json(FILE *out, const json_t *json)
{
	json_dumpf(json, out, JSON_COMPACT | JSON_ENCODE_ANY);
	fputc('\n', out);
}
