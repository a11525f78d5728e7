/* Programs: from a document to compiled rules; the head of the document and
 * what all parts share. */
#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "program_parse.h"

struct text program_organization(const struct program *program)
{
	return program->organization;
}

struct text program_title(const struct program *program)
{
	return program->title;
}

struct text program_time_zone(const struct program *program)
{
	return program->time_zone;
}

struct text program_unit(const struct program *program)
{
	return program->unit;
}

struct text program_currency(const struct program *program)
{
	return program->currency;
}

const struct designation_rule *program_designation(
    const struct program *program, struct text name)
{
	size_t low = 0, high = program->designations;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct designation_rule *rule =
		    &program->designation[middle];
		int order = text_compare(rule->name, name);

		if (order == 0)
			return rule;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool program_knows_requirement(const struct program *program, struct text name)
{
	return texts_have_sorted(program->requirements, name);
}

bool parse_text(struct parsing *p, struct node *map, const char *key,
    bool required, struct text *ret)
{
	struct node *node =
	    required ? node_want(map, key, p->complaints) : node_get(map, key);
	struct text text;

	if (node == NULL || !node_text(node, p->complaints, &text))
		return false;
	if (text.length == 0) {
		complain(
		    p->complaints, node, "%s: some text was expected", key);
		return false;
	}
	if (!arena_copy_text(&p->program->arena, text, ret)) {
		p->no_memory = true;
		return false;
	}
	return true;
}

bool parse_texts(struct parsing *p, struct node *node, struct text_list *ret)
{
	size_t count = 0;
	struct node *first = node;
	struct text *item;

	if (node == NULL)
		return false;
	if (node->kind == NODE_LIST) {
		count = node->count;
		first = node->first;
	} else {
		count = 1;
	}
	if (count == 0 || count > PROGRAM_VALUES_MOST) {
		complain(p->complaints, node,
		    count == 0 ? "an empty list says nothing: name something "
				 "or leave the key out"
			       : "a list of at most 256 values was expected");
		return false;
	}
	item = arena_take_many(&p->program->arena, count, sizeof(*item));
	if (item == NULL) {
		p->no_memory = true;
		return false;
	}
	for (size_t i = 0; i < count; i++, first = first->next) {
		struct text text;

		if (!node_text(first, p->complaints, &text))
			return false;
		if (!arena_copy_text(&p->program->arena, text, &item[i])) {
			p->no_memory = true;
			return false;
		}
	}
	*ret = (struct text_list){item, count};
	return true;
}

void parse_words(struct parsing *p, struct node *map, const char *fallback,
    struct rule_words *ret)
{
	struct node *source = node_get(map, "source");
	bool known = false;

	ret->name = text_of(fallback);
	ret->line = map->line;
	ret->column = map->column;
	(void)parse_text(p, map, "rule", false, &ret->name);
	(void)parse_text(p, map, "assumption", false, &ret->assumption);
	(void)node_get(map, "note");
	if (source == NULL || !parse_text(p, map, "source", true, &ret->source))
		return;
	for (size_t i = 0; i < p->program->sources.count; i++)
		known |= text_equal(p->program->sources.item[i], ret->source);
	if (!known)
		complain(p->complaints, source,
		    "'%.*s' is none of the sources listed under `sources`",
		    TEXT_ARGS(ret->source));
}

void *parse_list(struct parsing *p, struct node *map, const char *key,
    size_t size, size_t *ret_count, struct node **ret_list)
{
	struct node *list = node_get(map, key);
	void *rules;

	*ret_count = 0;
	*ret_list = NULL;
	if (list == NULL || !node_is_list(list, p->complaints))
		return NULL;
	if (list->count > PROGRAM_RULES_MOST) {
		complain(p->complaints, list,
		    "%s: a list of at most %d was expected", key,
		    PROGRAM_RULES_MOST);
		return NULL;
	}
	for (struct node *item = list->first; item != NULL; item = item->next)
		if (!node_is_map(item, p->complaints))
			return NULL;
	rules = arena_take_many(&p->program->arena, list->count + 1, size);
	if (rules == NULL) {
		p->no_memory = true;
		return NULL;
	}
	*ret_count = list->count;
	*ret_list = list;
	return rules;
}

void *parse_variants(struct parsing *p, struct node *node, const char *example,
    size_t size, size_t *ret_count, struct node **ret_first)
{
	bool list = node->kind == NODE_LIST;
	size_t count = list ? node->count : 1;
	struct node *item = list ? node->first : node;
	void *rules;

	*ret_count = 0;
	*ret_first = item;
	if (count == 0 || count > PROGRAM_RULES_MOST) {
		complain(p->complaints, node,
		    "%.*s: one such as %s or a list of 1 to %d was expected",
		    TEXT_ARGS(node->key), example, PROGRAM_RULES_MOST);
		return NULL;
	}
	for (size_t i = 0; i < count; i++, item = item->next)
		if (!node_is_map(item, p->complaints))
			return NULL;
	rules = arena_take_many(&p->program->arena, count, size);
	if (rules == NULL)
		p->no_memory = true;
	else
		*ret_count = count;
	return rules;
}

static void parse_sources(struct parsing *p, struct node *root)
{
	struct node *list;
	size_t count;
	struct text *name =
	    parse_list(p, root, "sources", sizeof(*name), &count, &list);
	struct node *item = list == NULL ? NULL : list->first;

	for (size_t i = 0; item != NULL; i++, item = item->next) {
		(void)parse_text(p, item, "name", true, &name[i]);
		(void)node_get(item, "address");
		(void)node_get(item, "read_on");
		(void)node_get(item, "note");
		node_no_others(
		    item, "name, address, read_on, note", p->complaints);
	}
	p->program->sources = (struct text_list){name, count};
}

static bool is_currency(struct text text)
{
	if (text.length != 3)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	return true;
}

/* Letters, digits, _ + - in parts that '/' joins: never a path upwards. */
static bool is_zone_name(struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];
		bool part = i > 0 && text.at[i - 1] != '/';

		if (c == '/'
			? !part || i + 1 == text.length
			: !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9') || c == '_' || c == '+' ||
			      c == '-'))
			return false;
	}
	return text.length > 0 && text.length <= 64;
}

static void parse_head(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	int64_t language = 0;

	if (parse_text(p, root, "program", true, &program->organization) &&
	    !text_is_organization(program->organization))
		complain(p->complaints, node_get(root, "program"),
		    "program: the organization's short name was expected: "
		    "small "
		    "letters, digits and '-', at most 32, a letter first");
	if (node_int(node_want(root, "language", p->complaints), p->complaints,
		1, 1000000, &language) &&
	    language > PROGRAM_ENGINE)
		complain(p->complaints, node_get(root, "language"),
		    "language: this release rules programs of language %d; for "
		    "%lld install a newer one",
		    PROGRAM_ENGINE, (long long)language);
	(void)parse_text(p, root, "title", true, &program->title);
	if (parse_text(p, root, "time_zone", true, &program->time_zone) &&
	    !is_zone_name(program->time_zone))
		complain(p->complaints, node_get(root, "time_zone"),
		    "time_zone: a name of the time zone database such as "
		    "America/Toronto was expected");
	(void)parse_text(p, root, "unit", true, &program->unit);
	if (parse_text(p, root, "currency", false, &program->currency) &&
	    !is_currency(program->currency))
		complain(p->complaints, node_get(root, "currency"),
		    "currency: three capital letters such as CAD were "
		    "expected");
	(void)node_get(root, "note");
	(void)node_get(root, "assumptions");
	parse_sources(p, root);
}

/* Every name that a requirement.met may bear. */
static void gather_requirements(struct parsing *p)
{
	struct program *program = p->program;

	for (size_t i = 0; i < program->minimums; i++)
		names_add(p, &p->asked, program->minimum[i].if_met);
	for (size_t i = 0; i < program->leaves; i++)
		names_add(p, &p->asked, program->leave[i].requirement);
	for (size_t i = 0; i < program->exemptions; i++)
		names_add(p, &p->asked, program->exemption[i].requirement);
	names_add(p, &p->asked, program->audit.requirement);
	program->requirements = names_list(&p->asked);
}

static void parse_program(struct parsing *p, struct node *root)
{
	if (!node_is_map(root, p->complaints))
		return;
	parse_head(p, root);
	parse_designations(p, root);
	parse_renewals(p, root);
	parse_claims(p, root);
	parse_carry(p, root);
	parse_minimums(p, root);
	parse_money(p, root);
	gather_requirements(p);
	node_no_others(root,
	    "program, language, title, time_zone, unit, currency, note, "
	    "assumptions, sources, designations, period, requires, "
	    "accreditation, providers, eligibility, deadlines, rates, "
	    "unmatched, factors, splits, same, caps, recognition, taxes, "
	    "renewal, carry, freeze, minimums, leaves, exemptions, notices, "
	    "agreements",
	    p->complaints);
}

int program_parse(
    struct text text, struct complaints *complaints, struct program **ret)
{
	struct document document;
	size_t before = complaints->count;
	struct parsing p = {.complaints = complaints};
	int error = document_parse(text, complaints, &document);

	if (error < 0)
		return error;
	p.program = calloc(1, sizeof(*p.program));
	if (p.program == NULL) {
		document_fini(&document);
		return -ENOMEM;
	}
	parse_program(&p, document.root);
	document_fini(&document);
	if (p.no_memory || complaints->count > before) {
		program_destroy(p.program);
		return p.no_memory ? -ENOMEM : -EINVAL;
	}
	*ret = p.program;
	return 0;
}

void program_destroy(struct program *program)
{
	if (program == NULL)
		return;
	arena_fini(&program->arena);
	free(program);
}
