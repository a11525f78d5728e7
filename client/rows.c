/* Rows of any kind: put in order, shown with the columns that they bring. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define COLUMNS_MOST 16

struct sorted_row {
	json_t *row;
	const char *const *keys;
	size_t place; /* as it came: keeps the order of equal rows */
};

static int compare(const void *a, const void *b)
{
	const struct sorted_row *x = a, *y = b;

	for (const char *const *key = x->keys; *key != NULL; key++) {
		char s[256], t[256];
		int order = strcmp(table_get(x->row, *key, s, sizeof(s)),
		    table_get(y->row, *key, t, sizeof(t)));

		if (order != 0)
			return order;
	}
	return x->place < y->place ? -1 : 1;
}

json_t *sort_rows(const json_t *rows, const char *const *keys)
{
	size_t count = json_array_size(rows);
	struct sorted_row *sorted = calloc(count + 1, sizeof(*sorted));
	json_t *all = json_array();

	for (size_t i = 0; sorted != NULL && i < count; i++)
		sorted[i] =
		    (struct sorted_row){json_array_get(rows, i), keys, i};
	if (sorted != NULL)
		qsort(sorted, count, sizeof(*sorted), compare);
	for (size_t i = 0; sorted != NULL && i < count; i++)
		json_array_append(all, sorted[i].row);
	free(sorted);
	return all;
}

static void title_of(const char *key, char title[64])
{
	size_t i = 0;

	for (; i < 63 && key[i] != '\0'; i++)
		title[i] = (char)toupper(
		    (unsigned char)(key[i] == '_' ? ' ' : key[i]));
	title[i] = '\0';
}

/* Numbers, and text that reads as one, go to the right. */
static enum column_kind kind_of(const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value) ||
	    (text != NULL && *text != '\0' &&
		strspn(text, "0123456789.-") == strlen(text) &&
		strchr(text, '-') == NULL))
		return COLUMN_NUMBER;
	return COLUMN_TEXT;
}

void print_list(const struct ctl *ctl, const json_t *list)
{
	struct column columns[COLUMNS_MOST + 1] = {{NULL, COLUMN_TEXT}};
	char title[COLUMNS_MOST][64];
	const char *name[COLUMNS_MOST], *key;
	const json_t *item;
	json_t *value;
	struct table table;
	size_t count = 0, i;

	json_object_foreach(json_array_get(list, 0), key, value)
	{
		if (count == COLUMNS_MOST)
			break;
		title_of(key, title[count]);
		name[count] = key;
		columns[count] = (struct column){title[count], kind_of(value)};
		count++;
	}
	table_open(&table, ctl, columns);
	json_array_foreach(list, i, item)
	{
		table_row(&table);
		for (size_t k = 0; k < count; k++) {
			value = json_object_get(item, name[k]);
			if (json_is_string(value))
				table_cell_state(
				    &table, json_string_value(value));
			else
				table_cell_json(&table, value);
		}
	}
	table_show(&table, stdout, "none");
}
