/* Programs: sets of names while a document is parsed. However long a document
 * is, looking one up takes few steps. */
#include <stdlib.h>
#include <string.h>

#include "program_parse.h"

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

bool texts_have(struct text_list list, struct text name)
{
	for (size_t i = 0; i < list.count; i++)
		if (text_equal(list.item[i], name))
			return true;
	return false;
}

bool texts_have_sorted(struct text_list list, struct text name)
{
	return list.count > 0 && bsearch(&name, list.item, list.count,
				     sizeof(name), compare_texts) != NULL;
}

void names_add(struct parsing *p, struct names *names, struct text name)
{
	size_t room = names->room == 0 ? 16 : 2 * names->room;
	struct text *item;

	if (name.at == NULL)
		return;
	if (names->count == names->room) {
		item = arena_take_many(&p->program->arena, room, sizeof(*item));
		if (item == NULL) {
			p->no_memory = true;
			return;
		}
		if (names->count > 0)
			memcpy(item, names->item, names->count * sizeof(*item));
		names->item = item;
		names->room = room;
	}
	names->item[names->count++] = name;
	names->sorted = false;
}

void names_add_all(
    struct parsing *p, struct names *names, struct text_list list)
{
	for (size_t i = 0; i < list.count; i++)
		names_add(p, names, list.item[i]);
}

struct text_list names_list(struct names *names)
{
	size_t kept = 0;

	if (!names->sorted && names->count > 0) {
		qsort(names->item, names->count, sizeof(*names->item),
		    compare_texts);
		for (size_t i = 0; i < names->count; i++)
			if (kept == 0 ||
			    !text_equal(names->item[kept - 1], names->item[i]))
				names->item[kept++] = names->item[i];
		names->count = kept;
		names->sorted = true;
	}
	return (struct text_list){names->item, names->count};
}

bool names_have(struct names *names, struct text name)
{
	return texts_have_sorted(names_list(names), name);
}

/* A copy, since a list that was read is not ours to sort. */
void parse_requirements(
    struct parsing *p, struct node *node, struct text_list *ret)
{
	struct text *item;

	if (node == NULL || !parse_texts(p, node, ret))
		return;
	item = arena_take_many(&p->program->arena, ret->count, sizeof(*item));
	if (item == NULL) {
		p->no_memory = true;
		return;
	}
	memcpy(item, ret->item, ret->count * sizeof(*item));
	qsort(item, ret->count, sizeof(*item), compare_texts);
	ret->item = item;
	for (size_t i = 0; i < ret->count; i++)
		if (!text_is_id(item[i], 128))
			complain(p->complaints, node,
			    "'%.*s' is no name: printable characters without "
			    "spaces were expected, such as cpr-a",
			    TEXT_ARGS(item[i]));
}

bool parse_requirement(
    struct parsing *p, struct node *map, const char *key, struct text *ret)
{
	struct node *node = node_want(map, key, p->complaints);
	struct text_list one = {0};

	if (node == NULL)
		return false;
	if (node->kind != NODE_SCALAR) {
		complain(p->complaints, node,
		    "%s: the name of one requirement was expected, such as "
		    "cpr-a",
		    key);
		return false;
	}
	parse_requirements(p, node, &one);
	if (one.count == 0)
		return false;
	*ret = one.item[0];
	return true;
}
