/* Reading a document's tree, and complaining about it: file, line, column. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"

#define COMPLAINT_MOST  1024 /* bytes of one line */
#define COMPLAINTS_MOST 100  /* lines, if the caller does not say */
#define SHOWN_MOST      80   /* bytes of a wrong value that are shown */

/* Control characters can't make up lines of their own; a sequence of UTF-8
 * that was cut at the end is dropped. Returns the new length. */
static size_t tame(char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c < ' ' || c == 0x7f)
			line[i] = '?';
	}
	for (size_t cut = 0; cut < 4 && cut < length; cut++) {
		if (text_is_utf8((struct text){line, length - cut}))
			return length - cut;
	}
	return length; /* a file's name may be anything */
}

static void append_line(
    struct complaints *complaints, const char *line, size_t length)
{
	size_t size = complaints->text != NULL ? strlen(complaints->text) : 0;
	char *text = realloc(complaints->text, size + length + 2);

	if (text == NULL)
		return; /* it is counted all the same */
	memcpy(text + size, line, length);
	text[size + length] = '\n';
	text[size + length + 1] = '\0';
	complaints->text = text;
}

void complain(struct complaints *complaints, const struct node *node,
    const char *format, ...)
{
	size_t most =
	    complaints->most != 0 ? complaints->most : COMPLAINTS_MOST;
	const char *file = complaints->file != NULL ? complaints->file : "-";
	char line[COMPLAINT_MOST];
	va_list arguments;
	int length;

	if (complaints->count++ >= most)
		return;
	if (node != NULL)
		length = snprintf(line, sizeof(line) / 2, "%s:%d:%d: ", file,
		    node->line, node->column);
	else
		length = snprintf(line, sizeof(line) / 2, "%s: ", file);
	if (length < 0 || (size_t)length >= sizeof(line) / 2)
		length = 0;
	va_start(arguments, format);
	(void)vsnprintf(
	    line + length, sizeof(line) - (size_t)length, format, arguments);
	va_end(arguments);
	append_line(complaints, line, tame(line, strlen(line)));
}

void complaints_fini(struct complaints *complaints)
{
	free(complaints->text);
	complaints->text = NULL;
	complaints->count = 0;
}

struct node *node_get(struct node *map, const char *key)
{
	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (struct node *node = map->first; node != NULL; node = node->next) {
		if (text_is(node->key, key)) {
			node->used = true;
			return node;
		}
	}
	return NULL;
}

/* How much of a text a message shows. */
static struct text shown(struct text text)
{
	if (text.length > SHOWN_MOST)
		text.length = SHOWN_MOST;
	while (text.length > 0 && !text_is_utf8(text))
		text.length--;
	return text;
}

void node_no_others(
    struct node *map, const char *known, struct complaints *complaints)
{
	if (map == NULL || map->kind != NODE_MAP)
		return;
	for (struct node *node = map->first; node != NULL; node = node->next) {
		struct node here = {
		    .line = node->key_line, .column = node->key_column};

		if (!node->used)
			complain(complaints, &here,
			    "unknown key '%.*s' (known here: %s)",
			    TEXT_ARGS(shown(node->key)), known);
	}
}

struct node *node_want(
    struct node *map, const char *key, struct complaints *complaints)
{
	struct node *node;

	if (map == NULL || !node_is_map(map, complaints))
		return NULL;
	node = node_get(map, key);
	if (node == NULL)
		complain(complaints, map, "the key '%s' is missing here", key);
	return node;
}

/* Complains about the value at `node`, naming its key if it has one. */
static bool expected(
    const struct node *node, struct complaints *c, const char *what)
{
	struct text key = shown(node->key), value = shown(node->scalar);

	if (key.at != NULL && node->kind == NODE_SCALAR)
		complain(c, node, "%.*s: %s was expected, not '%.*s'",
		    TEXT_ARGS(key), what, TEXT_ARGS(value));
	else if (key.at != NULL)
		complain(c, node, "%.*s: %s was expected, not a %s",
		    TEXT_ARGS(key), what,
		    node->kind == NODE_MAP ? "map" : "list");
	else if (node->kind == NODE_SCALAR)
		complain(c, node, "%s was expected, not '%.*s'", what,
		    TEXT_ARGS(value));
	else
		complain(c, node, "%s was expected, not a %s", what,
		    node->kind == NODE_MAP ? "map" : "list");
	return false;
}

bool node_text(struct node *node, struct complaints *c, struct text *ret)
{
	if (node == NULL)
		return false;
	if (node->kind != NODE_SCALAR ||
	    (node->scalar.length == 0 && !node->quoted))
		return expected(node, c, "text");
	*ret = node->scalar;
	return true;
}

bool node_int(struct node *node, struct complaints *c, int64_t least,
    int64_t most, int64_t *ret)
{
	char what[80];
	int64_t value;

	if (node == NULL)
		return false;
	if (node->kind == NODE_SCALAR && node->scalar.length > 0 &&
	    memchr(node->scalar.at, '.', node->scalar.length) == NULL &&
	    exact_parse(node->scalar, 0, &value) && value >= least &&
	    value <= most) {
		*ret = value;
		return true;
	}
	(void)snprintf(what, sizeof(what), "an integer from %lld to %lld",
	    (long long)least, (long long)most);
	return expected(node, c, what);
}

bool node_bool(struct node *node, struct complaints *c, bool *ret)
{
	if (node == NULL)
		return false;
	if (node->kind == NODE_SCALAR && text_is(node->scalar, "true"))
		*ret = true;
	else if (node->kind == NODE_SCALAR && text_is(node->scalar, "false"))
		*ret = false;
	else
		return expected(node, c, "true or false");
	return true;
}

bool node_date(struct node *node, struct complaints *c, date_t *ret)
{
	if (node == NULL)
		return false;
	if (node->kind != NODE_SCALAR || !date_parse(node->scalar, ret))
		return expected(node, c, "a date such as 2026-03-01");
	return true;
}

bool node_decimal(
    struct node *node, struct complaints *c, int places, int64_t *ret)
{
	char what[64];

	if (node == NULL)
		return false;
	if (node->kind == NODE_SCALAR && exact_parse(node->scalar, places, ret))
		return true;
	(void)snprintf(
	    what, sizeof(what), "a decimal with at most %d places", places);
	return expected(node, c, what);
}

bool node_is_map(struct node *node, struct complaints *c)
{
	if (node == NULL)
		return false;
	return node->kind == NODE_MAP || expected(node, c, "a map");
}

bool node_is_list(struct node *node, struct complaints *c)
{
	if (node == NULL)
		return false;
	return node->kind == NODE_LIST || expected(node, c, "a list");
}
