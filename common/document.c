/* Parsing YAML, event by event, into a tree in an arena; node.c reads it.
 *
 * libyaml is asked for one event at a time and every limit is checked as the
 * event comes, so hostile input is dropped at the first line that goes too far:
 * nothing is ever expanded, and the tree is built without recursion. */
#include "document.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "arena.h"

#define DEPTH_MOST  32
#define NODES_MOST  100000
#define SCALAR_MOST 65536
#define FILE_MOST   4194304

struct document_store {
	struct arena arena;
};

/* Where the tree grows. */
struct builder {
	struct arena *arena;
	struct complaints *complaints;
	struct node *root;
	struct node *open; /* innermost list or map that isn't done */
	unsigned depth;
	struct node *last[DEPTH_MOST + 1]; /* newest child at each depth */
	size_t nodes;
	bool has_key; /* the key of the next node in a map */
	struct text key;
	int key_line, key_column;
	bool done;
};

static int wrong_at(struct builder *builder, yaml_mark_t mark, const char *what)
{
	struct node here = {
	    .line = (int)mark.line + 1, .column = (int)mark.column + 1};

	complain(builder->complaints, &here, "%s", what);
	return -EINVAL;
}

static int add_node(struct builder *builder, const yaml_event_t *event,
    enum node_kind kind, struct node **ret)
{
	struct node *node, *parent = builder->open;

	if (++builder->nodes > NODES_MOST)
		return wrong_at(builder, event->start_mark,
		    "the file has more than 100,000 values");
	node = arena_take(builder->arena, sizeof(*node));
	if (node == NULL)
		return -ENOMEM;
	node->kind = kind;
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	node->parent = parent;
	if (builder->has_key) {
		node->key = builder->key;
		node->key_line = builder->key_line;
		node->key_column = builder->key_column;
		builder->has_key = false;
	}
	if (parent == NULL)
		builder->root = node;
	else if (parent->first == NULL)
		parent->first = node;
	else
		builder->last[builder->depth]->next = node;
	if (parent != NULL)
		parent->count++;
	builder->last[builder->depth] = node;
	*ret = node;
	return 0;
}

static int add_scalar(struct builder *builder, const yaml_event_t *event)
{
	struct text text = {
	    (const char *)event->data.scalar.value, event->data.scalar.length};
	struct node *node;
	int error;

	if (text.length > SCALAR_MOST)
		return wrong_at(builder, event->start_mark,
		    "a value is longer than 64 KiB");
	if (!text_is_utf8(text))
		return wrong_at(
		    builder, event->start_mark, "a value has a NUL in it");
	if (!arena_copy_text(builder->arena, text, &text))
		return -ENOMEM;
	if (builder->open != NULL && builder->open->kind == NODE_MAP &&
	    !builder->has_key) {
		builder->has_key = true;
		builder->key = text;
		builder->key_line = (int)event->start_mark.line + 1;
		builder->key_column = (int)event->start_mark.column + 1;
		return 0;
	}
	error = add_node(builder, event, NODE_SCALAR, &node);
	if (error < 0)
		return error;
	node->scalar = text;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return 0;
}

static int open_node(
    struct builder *builder, const yaml_event_t *event, enum node_kind kind)
{
	struct node *node;
	int error;

	if (builder->open != NULL && builder->open->kind == NODE_MAP &&
	    !builder->has_key)
		return wrong_at(builder, event->start_mark,
		    "a key must be text, not a list or a map");
	if (builder->depth == DEPTH_MOST)
		return wrong_at(builder, event->start_mark,
		    "lists and maps are nested deeper than 32");
	error = add_node(builder, event, kind, &node);
	if (error < 0)
		return error;
	builder->open = node;
	builder->depth++;
	return 0;
}

static int compare_keys(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;
	int order = text_compare((*x)->key, (*y)->key);

	if (order != 0)
		return order;
	if ((*x)->key_line != (*y)->key_line)
		return (*x)->key_line < (*y)->key_line ? -1 : 1;
	return ((*x)->key_column > (*y)->key_column) -
	       ((*x)->key_column < (*y)->key_column);
}

/* Sorted, since one map may have as many keys as the file has values. */
static int check_keys(struct builder *builder, struct node *map)
{
	struct node **sorted, here = {0};
	size_t count = 0;
	int error = 0;

	if (map->kind != NODE_MAP || map->count < 2)
		return 0;
	sorted = calloc(map->count, sizeof(struct node *));
	if (sorted == NULL)
		return -ENOMEM;
	for (struct node *n = map->first; n != NULL; n = n->next)
		sorted[count++] = n;
	qsort(sorted, count, sizeof(struct node *), compare_keys);
	for (size_t i = 1; i < count; i++) {
		if (!text_equal(sorted[i - 1]->key, sorted[i]->key))
			continue;
		here.line = sorted[i]->key_line;
		here.column = sorted[i]->key_column;
		complain(builder->complaints, &here,
		    "the key '%.*s' was given before, in line %d",
		    TEXT_ARGS(sorted[i]->key), sorted[i - 1]->key_line);
		error = -EINVAL;
	}
	free(sorted);
	return error;
}

static int close_node(struct builder *builder)
{
	struct node *node = builder->open;

	assert(node != NULL);
	builder->open = node->parent;
	builder->depth--;
	return check_keys(builder, node);
}

/* Anchors and tags may stand on every node. */
static int refuse_marks(struct builder *builder, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor != NULL)
		return wrong_at(builder, event->start_mark,
		    "anchors (&name) are not allowed; write the value out");
	if (tag != NULL)
		return wrong_at(
		    builder, event->start_mark, "tags (!name) are not allowed");
	return 0;
}

static int take_event(struct builder *builder, const yaml_event_t *event)
{
	int error = refuse_marks(builder, event);

	if (error < 0)
		return error;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return add_scalar(builder, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_node(builder, event, NODE_LIST);
	case YAML_MAPPING_START_EVENT:
		return open_node(builder, event, NODE_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_node(builder);
	case YAML_ALIAS_EVENT:
		return wrong_at(builder, event->start_mark,
		    "aliases (*name) are not allowed; write the value out");
	case YAML_DOCUMENT_START_EVENT:
		if (builder->root != NULL)
			return wrong_at(builder, event->start_mark,
			    "there is more than one document in the file");
		return 0;
	case YAML_STREAM_END_EVENT:
		builder->done = true;
		return 0;
	default:
		return 0;
	}
}

static int parse_error(struct builder *builder, const yaml_parser_t *parser)
{
	struct node here = {.line = (int)parser->problem_mark.line + 1,
	    .column = (int)parser->problem_mark.column + 1};

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	/* what can't even be read as characters has no line */
	complain(builder->complaints,
	    parser->error == YAML_READER_ERROR ? NULL : &here,
	    "it is not YAML: %s%s%s",
	    parser->context != NULL ? parser->context : "",
	    parser->context != NULL ? ", " : "",
	    parser->problem != NULL ? parser->problem : "nobody knows why");
	return -EINVAL;
}

/* Some editors begin a file with a mark of its byte order. */
static struct text skip_mark(struct text bytes)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t length = sizeof(mark) - 1;

	if (bytes.length < length || memcmp(bytes.at, mark, length) != 0)
		return bytes;
	return (struct text){bytes.at + length, bytes.length - length};
}

static int build(struct builder *builder, struct text bytes)
{
	yaml_parser_t parser;
	int error = 0;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	bytes = skip_mark(bytes);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)bytes.at, bytes.length);
	while (error == 0 && !builder->done) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			error = parse_error(builder, &parser);
			break;
		}
		error = take_event(builder, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	if (error == 0 && builder->root == NULL) {
		complain(builder->complaints, NULL, "the file is empty");
		error = -EINVAL;
	}
	return error;
}

/* A line that begins with '%': libyaml compares each directive with all before
 * it, in a time that grows with the square of their number. */
static bool has_directive(struct text bytes)
{
	const char *at = bytes.at, *end = bytes.at + bytes.length;

	while (at != NULL && at < end) {
		if (*at == '%')
			return true;
		at = memchr(at, '\n', (size_t)(end - at));
		if (at != NULL)
			at++;
	}
	return false;
}

int document_parse(
    struct text bytes, struct complaints *complaints, struct document *ret)
{
	struct builder builder = {.complaints = complaints};
	struct document document = {0};
	int error;

	if (bytes.at == NULL)
		bytes = TEXT("");
	if (bytes.length > FILE_MOST) {
		complain(complaints, NULL, "the file is larger than 4 MiB");
		return -EINVAL;
	}
	if (has_directive(bytes)) {
		complain(complaints, NULL,
		    "a line begins with %%: directives are not allowed");
		return -EINVAL;
	}
	document.store = calloc(1, sizeof(*document.store));
	if (document.store == NULL)
		return -ENOMEM;
	builder.arena = &document.store->arena;
	error = build(&builder, bytes);
	if (error < 0) {
		document_fini(&document);
		return error;
	}
	document.root = builder.root;
	*ret = document;
	return 0;
}

/* Reads at most FILE_MOST + 1 bytes, so that one too many is seen. */
static int read_all(int fd, char *buffer, size_t *ret_size)
{
	size_t size = 0;

	while (size < FILE_MOST + 1) {
		ssize_t got = read(fd, buffer + size, FILE_MOST + 1 - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		size += (size_t)got;
	}
	*ret_size = size;
	return 0;
}

int document_load(struct complaints *complaints, struct document *ret)
{
	char *buffer;
	size_t size = 0;
	int fd, error;

	fd = open(complaints->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		complain(complaints, NULL, "it can't be opened: %s",
		    strerror(-error));
		return error;
	}
	buffer = malloc(FILE_MOST + 1);
	error = buffer != NULL ? read_all(fd, buffer, &size) : -ENOMEM;
	close(fd);
	if (error < 0)
		complain(
		    complaints, NULL, "it can't be read: %s", strerror(-error));
	else
		error = document_parse(
		    (struct text){buffer, size}, complaints, ret);
	free(buffer);
	return error;
}

void document_fini(struct document *document)
{
	if (document->store != NULL) {
		arena_fini(&document->store->arena);
		free(document->store);
	}
	*document = (struct document){0};
}
