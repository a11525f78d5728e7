/* The document that uses every key: it does, and whatever else stands where
 * its values stand gets an error or compiles, and nothing falls over. */
#include "document.h"
#include "program_try.h"

#define FULL_DOCUMENT "tests/unit/programs/every-key.yaml"
#define NODES_MOST    2000

/* ---- a tree as text again, as JSON, which is YAML */

static void put_quoted(struct output *out, struct text text)
{
	output_string(out, "\"");
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			output_string(out, "\\");
		output_put(out, &text.at[i], 1);
	}
	output_string(out, "\"");
}

/* Without the node `left_out`, if there is one; the document is not deep. */
static void put_node(
    struct output *out, const struct node *node, const struct node *left_out)
{
	bool first = true;

	if (node->kind == NODE_SCALAR) {
		put_quoted(out, node->scalar);
		return;
	}
	output_string(out, node->kind == NODE_MAP ? "{" : "[");
	for (const struct node *n = node->first; n != NULL; n = n->next) {
		if (n == left_out)
			continue;
		if (!first)
			output_string(out, ", ");
		first = false;
		if (node->kind == NODE_MAP) {
			put_quoted(out, n->key);
			output_string(out, ": ");
		}
		put_node(out, n, left_out);
	}
	output_string(out, node->kind == NODE_MAP ? "}" : "]");
}

/* ---- the document */

struct full {
	struct document document;
	struct node *node[NODES_MOST]; /* all of it */
	size_t nodes;
	struct output out;
};

static void load_full(struct full *full)
{
	struct complaints complaints = {.file = FULL_DOCUMENT};
	size_t done = 0;

	*full = (struct full){0};
	if (document_load(&complaints, &full->document) < 0)
		fail_msg("%s", complaints.text);
	full->node[full->nodes++] = full->document.root;
	while (done < full->nodes) {
		struct node *node = full->node[done++];

		for (struct node *n = node->first; n != NULL; n = n->next) {
			assert_true(full->nodes < NODES_MOST);
			full->node[full->nodes++] = n;
		}
	}
}

static void free_full(struct full *full)
{
	document_fini(&full->document);
	free(full->out.at);
}

static struct text written(struct full *full, const struct node *left_out)
{
	full->out.length = 0;
	put_node(&full->out, full->document.root, left_out);
	return (struct text){full->out.at, full->out.length};
}

static void the_full_document_compiles(void **state)
{
	struct full full;
	char *complaint;

	(void)state;
	load_full(&full);
	if (program_try(written(&full, NULL), &complaint) < 0)
		fail_msg("%s", complaint);
	free_full(&full);
}

/* "unknown key 'odd' (known here: a, b, each also with _not)" names the keys
 * of a map; every map is asked for them by a key that none has. Those that the
 * document uses are struck out: what is left in one of the lists is a key that
 * it does not use. */
struct known {
	char *list; /* as it was complained */
	char *left; /* with what was seen struck out */
};

static void strike(char *left, struct text key)
{
	for (char *at = left; *at != '\0'; at++) {
		if (strncmp(at, key.at, key.length) == 0 &&
		    (at == left || at[-1] == ' ') &&
		    (at[key.length] == ',' || at[key.length] == ';' ||
			at[key.length] == ')')) {
			memset(at, '-', key.length);
			return;
		}
	}
}

/* The keys that fit into `map`; NULL for one that takes a single key. */
static char *keys_known(struct full *full, struct node *map)
{
	struct node odd = {.kind = NODE_SCALAR,
	    .next = map->first,
	    .key = TEXT("odd"),
	    .scalar = TEXT("x")};
	char *complaint, *list, *copy = NULL;

	map->first = &odd;
	assert_int_equal(program_try(written(full, NULL), &complaint), -EINVAL);
	map->first = odd.next;
	list = strstr(complaint, "unknown key 'odd' (known here: ");
	if (list != NULL) {
		*strchr(list, '\n') = '\0';
		copy = strdup(strstr(list, "here: ") + strlen("here: "));
	} else if (strstr(complaint, "covers: one of") == NULL) {
		fail_msg("%s", complaint);
	}
	free(complaint);
	return copy;
}

/* The place of that list among those seen before, or a new one. */
static struct known *known_list(
    struct known *known, size_t room, size_t *count, char *list)
{
	for (size_t k = 0; k < *count; k++) {
		if (strcmp(known[k].list, list) == 0) {
			free(list);
			return &known[k];
		}
	}
	assert_true(*count < room);
	known[*count] = (struct known){list, strdup(list)};
	return &known[(*count)++];
}

static void nothing_is_left(const struct known *known)
{
	for (const char *at = known->left; *at != ')'; at++) {
		if (strncmp(at, "each also with _not", 19) == 0)
			at += 19;
		if (*at >= 'a' && *at <= 'z')
			fail_msg("of these keys\n%s\n%s should use\n%s",
			    known->list, FULL_DOCUMENT, known->left);
	}
}

static void every_key_is_used(void **state)
{
	static struct known known[64];
	size_t knowns = 0;
	struct full full;

	(void)state;
	load_full(&full);
	for (size_t i = 0; i < full.nodes; i++) {
		struct node *map = full.node[i];
		char *list;

		if (map->kind != NODE_MAP)
			continue;
		list = keys_known(&full, map);
		if (list == NULL)
			continue;
		struct known *of =
		    known_list(known, COUNT(known), &knowns, list);
		for (struct node *n = map->first; n != NULL; n = n->next)
			strike(of->left, n->key);
	}
	for (size_t k = 0; k < knowns; k++) {
		nothing_is_left(&known[k]);
		free(known[k].list);
		free(known[k].left);
	}
	assert_true(knowns > 30);
	free_full(&full);
}

/* What may stand where something else was expected. */
static struct node values[] = {
    {.kind = NODE_SCALAR, .scalar = {"x", 1}},
    {.kind = NODE_LIST, .first = &(struct node){.scalar = {"x", 1}}},
    {.kind = NODE_LIST,
	.first = &(struct node){.kind = NODE_MAP,
	    .first = &(struct node){.key = {"rule", 4},
		.scalar = {"99999999999999999999999", 23}}}},
    {.kind = NODE_MAP,
	.first = &(struct node){.key = {"when", 4},
	    .kind = NODE_LIST,
	    .first = &(struct node){.kind = NODE_LIST}}},
    /* by turns */
    {.kind = NODE_SCALAR, .scalar = {"", 0}},
    {.kind = NODE_SCALAR, .scalar = {"-1", 2}},
    {.kind = NODE_LIST},
    {.kind = NODE_MAP},
    {.kind = NODE_SCALAR, .scalar = {"0", 1}},
    {.kind = NODE_SCALAR, .scalar = {"true", 4}},
    {.kind = NODE_SCALAR, .scalar = {"2020-02-30", 10}},
    {.kind = NODE_SCALAR, .scalar = {"999999999999999999999", 21}},
    {.kind = NODE_SCALAR, .scalar = {"0.00001", 7}},
};
#define ALWAYS 4

static void replace(struct full *full, struct node *node, struct node *by)
{
	struct node kept = *node;

	node->kind = by->kind;
	node->scalar = by->scalar;
	node->first = by->first;
	(void)program_try(written(full, NULL), NULL);
	*node = kept;
}

/* Wrong types at every key, and every key left out. */
static void wrong_types_are_refused_or_compile(void **state)
{
	struct full full;

	(void)state;
	load_full(&full);
	for (size_t i = 0; i < full.nodes; i++) {
		struct node *node = full.node[i];

		for (size_t k = 0; k < ALWAYS; k++)
			replace(&full, node, &values[k]);
		replace(&full, node,
		    &values[ALWAYS + i % (COUNT(values) - ALWAYS)]);
		if (node != full.document.root)
			(void)program_try(written(&full, node), NULL);
	}
	free_full(&full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_full_document_compiles),
	    cmocka_unit_test(every_key_is_used),
	    cmocka_unit_test(wrong_types_are_refused_or_compile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
