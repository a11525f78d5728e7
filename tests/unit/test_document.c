/* document.h */
#include "document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

/* Parses; on failure the complaints must have `wanted` in them. */
static struct document parse(const char *yaml, size_t length,
    struct complaints *complaints, const char *wanted)
{
	struct document document = {0};
	int error;

	*complaints = (struct complaints){.file = "test.yaml"};
	error =
	    document_parse((struct text){yaml, length}, complaints, &document);
	if (wanted == NULL) {
		assert_int_equal(error, 0);
		assert_int_equal(complaints->count, 0);
		return document;
	}
	assert_int_equal(error, -EINVAL);
	assert_non_null(complaints->text);
	if (strstr(complaints->text, wanted) == NULL)
		fail_msg("%s not in %s", wanted, complaints->text);
	complaints_fini(complaints);
	return document;
}

static void a_tree_knows_its_lines(void **state)
{
	static const char yaml[] = "unit: CEC\n"
				   "steps:\n"
				   "  - 4.0\n"
				   "  - {from: '2026-01-01', yes: true}\n"
				   "nothing:\n";
	struct complaints c;
	struct document d = parse(yaml, sizeof(yaml) - 1, &c, NULL);
	struct node *steps = node_get(d.root, "steps"), *map;

	(void)state;
	assert_int_equal(d.root->count, 3);
	assert_int_equal(steps->kind, NODE_LIST);
	assert_int_equal(steps->key_line, 2);
	assert_true(text_is(steps->first->scalar, "4.0"));
	assert_false(steps->first->quoted);
	assert_int_equal(steps->first->line, 3);
	assert_int_equal(steps->first->column, 5);
	map = steps->first->next;
	assert_true(node_get(map, "from")->quoted);
	assert_ptr_equal(map->parent, steps);
	assert_true(text_is(node_get(d.root, "nothing")->scalar, ""));
	assert_null(node_get(d.root, "other"));
	assert_null(node_get(NULL, "other"));
	document_fini(&d);
	document_fini(&d);
}

static void what_is_refused_says_where(void **state)
{
	static const struct {
		const char *yaml, *wanted;
	} cases[] = {{"", "test.yaml: the file is empty"},
	    {"# only words\n", "empty"},
	    {"a: &x 1\nb: *x\n", "test.yaml:1:4: anchors"},
	    {"a: *x\n", "test.yaml:1:4: aliases"},
	    {"a: !int 1\n", "test.yaml:1:4: tags"}, {"a: !!map {}\n", "tags"},
	    {"&a [1]\n", "anchors"},
	    {"a: 1\nb: 2\na: 3\n",
		"test.yaml:3:1: the key 'a' was given before, in line 1"},
	    {"a: {b: 1, 'b': 2}\n", "test.yaml:1:11: the key 'b'"},
	    {"a: 1\n---\nb: 1\n", "more than one document"},
	    {"%YAML 1.1\n---\na: 1\n", "directives"},
	    {"[a]: 1\n", "a key must be text"},
	    {"? {a: 1}\n: 2\n", "a key must be text"},
	    {"a: [1\n", "it is not YAML"}, {"a: \"\\0\"\n", "NUL"},
	    {"a: \t- b\n", "it is not YAML"}, {"\xff\xfe", "it is not YAML"}};
	struct complaints c;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		parse(
		    cases[i].yaml, strlen(cases[i].yaml), &c, cases[i].wanted);
}

/* As some editors write it. */
static void a_byte_order_mark_is_skipped(void **state)
{
	static const char yaml[] = "\xef\xbb\xbfname: b\nunit: CEC\n";
	struct complaints c;
	struct document d = parse(yaml, sizeof(yaml) - 1, &c, NULL);

	(void)state;
	assert_true(text_is(node_get(d.root, "unit")->scalar, "CEC"));
	assert_int_equal(node_get(d.root, "unit")->line, 2);
	document_fini(&d);
}

static void hostile_sizes_are_refused_early(void **state)
{
	static const struct {
		const char *unit;
		size_t size;
		const char *wanted;
	} cases[] = {{"[", 1000000, "deeper"}, {"- ", 1000000, "deeper"},
	    {"{a: ", 1000000, "deeper"}, {"x", 2000000, "64 KiB"},
	    {"- a\n", 2000000, "100,000"}, {"a\n", 5000000, "4 MiB"},
	    {"%TAG ! a\n", 4000000, "directives"}, {"\"", 1000000, ""},
	    {"a: b\n", 400000, "given before"}, {"'a\n", 4000000, ""},
	    {"!", 4000000, ""}, {"? ", 1000000, ""}, {"#\n", 4000000, "empty"},
	    {"|\n", 1000000, ""}};
	struct complaints c;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t unit = strlen(cases[i].unit);
		char *yaml = malloc(cases[i].size);

		for (size_t j = 0; j < cases[i].size; j++)
			yaml[j] = cases[i].unit[j % unit];
		parse(yaml, cases[i].size, &c, cases[i].wanted);
		free(yaml);
	}
}

static void depth_32_is_allowed(void **state)
{
	struct complaints c;
	struct document d;
	char yaml[66];

	(void)state;
	memset(yaml, '[', 33);
	memset(yaml + 33, ']', 33);
	d = parse(yaml + 1, 64, &c, NULL);
	document_fini(&d);
	parse(yaml, 66, &c, "deeper");
}

static void values_are_read_by_type(void **state)
{
	static const char yaml[] =
	    "text: hello\nempty: ''\nint: 12\nbool: true\n"
	    "date: 2026-02-28\ndecimal: 9.975\nmap: {}\n";
	struct complaints c;
	struct document d = parse(yaml, sizeof(yaml) - 1, &c, NULL);
	struct text text;
	int64_t number;
	date_t date;
	bool flag;

	(void)state;
	assert_true(node_text(node_get(d.root, "text"), &c, &text));
	assert_true(node_text(node_get(d.root, "empty"), &c, &text));
	assert_true(node_int(node_get(d.root, "int"), &c, 0, 12, &number));
	assert_int_equal(number, 12);
	assert_true(node_bool(node_get(d.root, "bool"), &c, &flag) && flag);
	assert_true(node_date(node_get(d.root, "date"), &c, &date));
	assert_int_equal(date, date_of(2026, 2, 28));
	assert_true(node_decimal(node_get(d.root, "decimal"), &c, 4, &number));
	assert_int_equal(number, 99750);
	assert_true(node_is_map(node_get(d.root, "map"), &c));
	assert_int_equal(c.count, 0);
	assert_false(node_is_list(node_get(d.root, "map"), &c));
	assert_non_null(strstr(
	    c.text, "test.yaml:7:6: map: a list was expected, not a map"));
	assert_false(node_int(node_get(d.root, "int"), &c, 13, 20, &number));
	assert_non_null(strstr(c.text,
	    "test.yaml:3:6: int: an integer from 13 to 20 was expected, "
	    "not '12'"));
	assert_false(node_int(node_get(d.root, "decimal"), &c, 0, 99, &number));
	assert_false(node_bool(node_get(d.root, "int"), &c, &flag));
	assert_false(node_date(node_get(d.root, "text"), &c, &date));
	assert_false(node_decimal(node_get(d.root, "decimal"), &c, 2, &number));
	assert_false(node_text(node_get(d.root, "map"), &c, &text));
	assert_int_equal(c.count, 7);
	assert_false(node_text(NULL, &c, &text));
	assert_int_equal(c.count, 7);
	complaints_fini(&c);
	document_fini(&d);
}

static void unknown_and_missing_keys_are_named(void **state)
{
	static const char yaml[] = "a: 1\nbb: 2\n";
	struct complaints c;
	struct document d = parse(yaml, sizeof(yaml) - 1, &c, NULL);

	(void)state;
	assert_non_null(node_want(d.root, "a", &c));
	assert_null(node_want(d.root, "b", &c));
	node_no_others(d.root, "a, b", &c);
	assert_string_equal(c.text,
	    "test.yaml:1:1: the key 'b' is missing here\n"
	    "test.yaml:2:1: unknown key 'bb' (known here: a, b)\n");
	complaints_fini(&c);
	document_fini(&d);
}

static void complaints_are_bounded_and_tame(void **state)
{
	struct complaints c = {.file = "f", .most = 2};

	(void)state;
	for (int i = 0; i < 5; i++)
		complain(&c, NULL, "line\n%d\x1b", i);
	assert_int_equal(c.count, 5);
	assert_string_equal(c.text, "f: line?0?\nf: line?1?\n");
	complaints_fini(&c);
}

static void files_are_loaded(void **state)
{
	char name[] = "/tmp/creditd-test-XXXXXX";
	struct complaints c = {.file = name};
	struct document d;
	int fd = mkstemp(name);
	FILE *file = fdopen(fd, "w");

	(void)state;
	fputs("a: 1\n", file);
	fclose(file);
	assert_int_equal(document_load(&c, &d), 0);
	assert_non_null(node_get(d.root, "a"));
	document_fini(&d);
	remove(name);
	assert_int_equal(document_load(&c, &d), -ENOENT);
	assert_non_null(strstr(c.text, "can't be opened"));
	complaints_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tree_knows_its_lines),
	    cmocka_unit_test(what_is_refused_says_where),
	    cmocka_unit_test(a_byte_order_mark_is_skipped),
	    cmocka_unit_test(hostile_sizes_are_refused_early),
	    cmocka_unit_test(depth_32_is_allowed),
	    cmocka_unit_test(values_are_read_by_type),
	    cmocka_unit_test(unknown_and_missing_keys_are_named),
	    cmocka_unit_test(complaints_are_bounded_and_tame),
	    cmocka_unit_test(files_are_loaded)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
