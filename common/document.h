/* A YAML document as a tree whose nodes know their line and column.
 *
 * One format for programs, settings and partners. Strict: aliases, anchors and
 * tags are refused, so are repeated keys, more than one document, nesting
 * deeper than 32, more than 100,000 nodes, scalars above 64 KiB and files above
 * 4 MiB. Scalars are text, exactly as written (4.0 stays "4.0"). */
#ifndef COMMON_DOCUMENT_H
#define COMMON_DOCUMENT_H

#include "date.h"
#include "exact.h"
#include "text.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	int line, column; /* from 1 */
	struct text key;  /* in a map: its key; else absent */
	int key_line, key_column;
	struct text scalar; /* NODE_SCALAR: its text ("" for nothing) */
	bool quoted;        /* the scalar was written in quotes */
	struct node *first; /* children of a list or map, in order */
	struct node *next;  /* next sibling */
	struct node *parent;
	size_t count; /* number of children */
	bool used;    /* asked for by node_get() or marked */
};

/* Collects what is wrong, each as "file:line:column: sentence". */
struct complaints {
	const char *file; /* named in front of each */
	char *text;       /* lines, or NULL when there is none */
	size_t count;
	size_t most; /* stop collecting after this many; 0: 100 */
};

/* Adds a complaint at `node` (NULL: the file as a whole). */
void complain(struct complaints *complaints, const struct node *node,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void complaints_fini(struct complaints *complaints);

struct document {
	struct node *root;
	struct document_store *store;
};

/* Parses `bytes`. Returns 0; -EINVAL (complaints say why); -ENOMEM. */
MUST_CHECK int document_parse(
    struct text bytes, struct complaints *complaints, struct document *ret);
/* Reads and parses the file complaints->file; also a negative errno of
 * opening or reading it, with a complaint. */
MUST_CHECK int document_load(
    struct complaints *complaints, struct document *ret);
void document_fini(struct document *document);

/* The child of that key in a map (marked as used), or NULL. `map` may be NULL.
 */
struct node *node_get(struct node *map, const char *key);
/* Complains about every key below `map` (this level only) that no node_get()
 * asked for: "unknown key 'x' (known here: a, b, c)". */
void node_no_others(
    struct node *map, const char *known, struct complaints *complaints);

/* Typed reading; each complains with what was expected and returns false when
 * the node is of another kind or out of range. A NULL node is false without a
 * complaint: use node_want() where a key is required. */
struct node *node_want(
    struct node *map, const char *key, struct complaints *complaints);
bool node_text(struct node *node, struct complaints *c, struct text *ret);
bool node_int(struct node *node, struct complaints *c, int64_t least,
    int64_t most, int64_t *ret);
bool node_bool(struct node *node, struct complaints *c, bool *ret);
bool node_date(struct node *node, struct complaints *c, date_t *ret);
/* A decimal as a count of 10^-places. */
bool node_decimal(
    struct node *node, struct complaints *c, int places, int64_t *ret);
bool node_is_map(struct node *node, struct complaints *c);
bool node_is_list(struct node *node, struct complaints *c);

#endif
