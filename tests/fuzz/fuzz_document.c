/* Any bytes as YAML; a tree must hold together, a refusal must say why. */
#include <errno.h>
#include <stdlib.h>

#include "document.h"
#include "fuzz.h"

static size_t count_nodes(struct node *node, unsigned depth)
{
	size_t all = 1, children = 0;

	if (depth > 33 || node->line < 1 || node->column < 1)
		abort();
	for (struct node *n = node->first; n != NULL; n = n->next) {
		if (n->parent != node ||
		    (node->kind == NODE_MAP) != (n->key.at != NULL))
			abort();
		if (node->kind == NODE_MAP && n->key.length < 64 &&
		    !text_is_utf8(n->key))
			abort();
		all += count_nodes(n, depth + 1);
		children++;
	}
	if (children != node->count)
		abort();
	return all;
}

static void read_typed(struct node *root, struct complaints *complaints)
{
	struct text text;
	int64_t number;
	date_t date;
	bool flag;

	for (struct node *n = root->first; n != NULL; n = n->next) {
		(void)node_text(n, complaints, &text);
		(void)node_int(n, complaints, -5, 1000, &number);
		(void)node_bool(n, complaints, &flag);
		(void)node_date(n, complaints, &date);
		(void)node_decimal(n, complaints, 4, &number);
		(void)node_is_map(n, complaints);
		(void)node_is_list(n, complaints);
	}
	(void)node_want(root, "name", complaints);
	node_no_others(root, "name", complaints);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints complaints = {.file = "fuzz"};
	struct document document = {0};
	int error = document_parse(
	    (struct text){(const char *)data, size}, &complaints, &document);

	if (error == 0) {
		if (complaints.count != 0 ||
		    count_nodes(document.root, 1) > 100000)
			abort();
		read_typed(document.root, &complaints);
	} else if (error != -EINVAL || complaints.text == NULL) {
		abort();
	}
	document_fini(&document);
	complaints_fini(&complaints);
	return 0;
}
