/* Programs: the conditions under `when`, which say what a rule is about. */
#include <stdio.h>
#include <string.h>

#include "program_parse.h"

/* A key under `when` and what it asks of a claim. `key_not` is made of it. */
static const struct field {
	const char *key;
	enum condition_field field;
	bool category; /* what a cap over it is called */
} fields[] = {
    /* Cheap to look at, so first. */
    {"route", CONDITION_ROUTE, false},
    {"role", CONDITION_ROLE, false},
    {"unit", CONDITION_UNIT, false},
    {"passed", CONDITION_PASSED, false},
    {"accredited", CONDITION_ACCREDITED, false},
    {"provider_approved", CONDITION_APPROVED, false},
    {"contact_time", CONDITION_CONTACT_TIME, false},
    {"quantity", CONDITION_QUANTITY, false},
    {"kind", CONDITION_KIND, true},
    {"code", CONDITION_CODE, true},
    {"category", CONDITION_CATEGORY, true},
    {"provider", CONDITION_PROVIDER, false},
    {"accredited_by", CONDITION_ACCREDITED_BY, false},
    {"presenter_certified_by", CONDITION_PRESENTER, false},
    {"grade", CONDITION_GRADE, false},
    {"topics", CONDITION_TOPICS, false},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

#define FIELD_KEYS                                                             \
	"kind, code, category, provider, accredited_by, "                      \
	"presenter_certified_by, role, unit, passed, grade, topics, route, "   \
	"accredited, provider_approved, each also with _not; with, without"

static const char known[] =
    FIELD_KEYS ", any, designations, granted_from, granted_until, from, until";
static const char known_alternatives[] = FIELD_KEYS;

/* The trait that a word stands for; 0: none. */
static unsigned trait_of(enum condition_field field, struct text value)
{
	bool yes = text_is(value, "true"), no = text_is(value, "false");
	enum role role;
	enum unit unit;

	switch (field) {
	case CONDITION_ROLE:
		return role_find(value, &role) ? TRAIT_ROLE(role) : 0;
	case CONDITION_UNIT:
		return unit_find(value, &unit) ? TRAIT_UNIT(unit) : 0;
	case CONDITION_PASSED:
		return yes ? TRAIT_PASSED : no ? TRAIT_NOT_PASSED : 0;
	case CONDITION_ACCREDITED:
		return yes ? TRAIT_ACCREDITED : no ? TRAIT_UNACCREDITED : 0;
	case CONDITION_APPROVED:
		return yes ? TRAIT_APPROVED : no ? TRAIT_UNAPPROVED : 0;
	case CONDITION_ROUTE:
		return text_is(value, "accredited")   ? TRAIT_ON_ACCREDITED
		       : text_is(value, "recognized") ? TRAIT_ON_RECOGNIZED
						      : 0;
	default:
		return 0;
	}
}

/* The traits of which a claim has one if it says anything at all; 0: the field
 * takes any text. */
static unsigned traits_of(enum condition_field field)
{
	switch (field) {
	case CONDITION_ROLE:
		return TRAIT_HAS_ROLE;
	case CONDITION_UNIT:
		return TRAIT_UNIT(UNIT_COUNT) - TRAIT_UNIT(UNIT_NONE + 1);
	case CONDITION_PASSED:
		return TRAIT_PASSED | TRAIT_NOT_PASSED;
	case CONDITION_ACCREDITED:
		return TRAIT_ACCREDITED | TRAIT_UNACCREDITED;
	case CONDITION_APPROVED:
		return TRAIT_APPROVED | TRAIT_UNAPPROVED;
	case CONDITION_ROUTE:
		return TRAIT_ON_ACCREDITED | TRAIT_ON_RECOGNIZED;
	case CONDITION_CONTACT_TIME:
		return TRAIT_HAS_MINUTES;
	case CONDITION_QUANTITY:
		return TRAIT_HAS_QUANTITY;
	default:
		return 0;
	}
}

/* Does the field take that word? */
static bool value_fits(enum condition_field field, struct text value)
{
	return traits_of(field) == 0 ? value.length > 0
				     : trait_of(field, value) != 0;
}

static const char *example(enum condition_field field)
{
	switch (field) {
	case CONDITION_ROLE:
		return "presenter";
	case CONDITION_UNIT:
		return "day";
	case CONDITION_PASSED:
	case CONDITION_ACCREDITED:
	case CONDITION_APPROVED:
		return "true or false";
	case CONDITION_ROUTE:
		return "accredited or recognized";
	case CONDITION_CONTACT_TIME:
	case CONDITION_QUANTITY:
		return "with: quantity or without: contact_time";
	default:
		return "workshop";
	}
}

static void parse_values(struct parsing *p, struct node *node,
    const struct field *field, struct condition *condition)
{
	if (!parse_texts(p, node, &condition->values))
		return;
	for (size_t i = 0; i < condition->values.count; i++)
		if (!value_fits(field->field, condition->values.item[i]))
			complain(p->complaints, node,
			    "%s: '%.*s' is no value that it takes, such as %s",
			    field->key, TEXT_ARGS(condition->values.item[i]),
			    example(field->field));
	condition->field = field->field;
	for (size_t i = 0; i < condition->values.count; i++)
		condition->traits |=
		    trait_of(field->field, condition->values.item[i]);
}

/* `with` and `without` name fields that must be given, or not. */
static size_t parse_presence(struct parsing *p, struct node *node,
    enum condition_test test, struct condition *condition, size_t room)
{
	struct text_list names;
	size_t count = 0;

	if (node == NULL || !parse_texts(p, node, &names))
		return 0;
	for (size_t i = 0; i < names.count; i++) {
		size_t f = 0;

		while (f < FIELDS && !text_is(names.item[i], fields[f].key))
			f++;
		if (f == FIELDS || count == room) {
			complain(p->complaints, node,
			    f < FIELDS ? "'%.*s' is named too often"
				       : "'%.*s' is no field of an activity, "
					 "such as quantity",
			    TEXT_ARGS(names.item[i]));
			continue;
		}
		condition[count].field = fields[f].field;
		condition[count].traits = traits_of(fields[f].field);
		condition[count++].test = test;
	}
	return count;
}

/* The conditions that a map names; `ret_category`: also one on what a claim is
 * about? */
static struct conditions parse_conditions(
    struct parsing *p, struct node *map, bool *ret_category)
{
	struct condition condition[4 * FIELDS] = {0}, *kept;
	size_t count = 0;

	count += parse_presence(
	    p, node_get(map, "with"), TEST_PRESENT, condition + count, FIELDS);
	count += parse_presence(p, node_get(map, "without"), TEST_ABSENT,
	    condition + count, FIELDS);
	for (size_t f = 0; f < FIELDS; f++) {
		char not_key[64];
		struct node *node = node_get(map, fields[f].key);

		if (node != NULL) {
			condition[count].test = TEST_ONE_OF;
			parse_values(p, node, &fields[f], &condition[count++]);
			*ret_category |= fields[f].category;
		}
		(void)snprintf(
		    not_key, sizeof(not_key), "%s_not", fields[f].key);
		node = node_get(map, not_key);
		if (node != NULL) {
			condition[count].test = TEST_NONE_OF;
			parse_values(p, node, &fields[f], &condition[count++]);
		}
	}
	kept = arena_take_many(&p->program->arena, count + 1, sizeof(*kept));
	if (kept == NULL) {
		p->no_memory = true;
		return (struct conditions){0};
	}
	memcpy(kept, condition, count * sizeof(*kept));
	return (struct conditions){kept, count};
}

/* `any` lists alternatives of which one must hold. */
static void parse_any(struct parsing *p, struct node *map, struct match *match)
{
	struct node *list;
	struct conditions *any =
	    parse_list(p, map, "any", sizeof(*any), &match->anys, &list);
	struct node *item = list == NULL ? NULL : list->first;

	match->any = any;
	if (list != NULL && list->count == 0)
		complain(p->complaints, list,
		    "any: one alternative at least was expected, such as "
		    "[{kind: course}, {with: topics}]");
	for (; item != NULL; item = item->next, any++) {
		*any = parse_conditions(p, item, &match->names_category);
		if (any->count == 0)
			complain(p->complaints, item,
			    "any: an alternative that says nothing always "
			    "holds: a condition was expected, such as {kind: "
			    "course}");
		node_no_others(item, known_alternatives, p->complaints);
	}
}

/* What a condition says at a glance; one of several words it does not. */
static void add_musts(const struct condition *condition, struct match *match)
{
	unsigned traits = condition->traits;
	bool wanted =
	    condition->test == TEST_ONE_OF || condition->test == TEST_PRESENT;

	if (!wanted)
		match->must_not |= traits;
	else if ((traits & (traits - 1)) == 0)
		match->must |= traits;
}

/* What only a member who holds a designation has. */
static void parse_holder(
    struct parsing *p, struct node *map, bool holder, struct match *ret)
{
	static const char *const keys[] = {
	    "designations", "granted_from", "granted_until"};
	struct node *names = node_get(map, keys[0]);

	for (size_t i = 0; i < 3; i++) {
		ret->by_holder |= node_get(map, keys[i]) != NULL;
		if (!holder)
			parse_refuse(p, map, keys[i],
			    "this rule is about an activity as such, whoever "
			    "did it: ask for it under rates, factors, splits, "
			    "same, caps, minimums or carry");
	}
	parse_range(p, map, "granted_from", "granted_until", &ret->granted_from,
	    &ret->granted_until);
	if (names == NULL || !parse_texts(p, names, &ret->designations))
		return;
	for (size_t i = 0; i < ret->designations.count; i++)
		if (program_designation(
			p->program, ret->designations.item[i]) == NULL)
			complain(p->complaints, names,
			    "'%.*s' is none of the designations",
			    TEXT_ARGS(ret->designations.item[i]));
}

void parse_match(
    struct parsing *p, struct node *rule, bool holder, struct match *ret)
{
	struct node *map = node_get(rule, "when");
	struct conditions all;

	ret->from = DATE_FIRST;
	ret->until = DATE_NEVER;
	ret->granted_from = DATE_FIRST;
	ret->granted_until = DATE_NEVER;
	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	parse_dates(p, map, &ret->from, &ret->until);
	all = parse_conditions(p, map, &ret->names_category);
	ret->condition = all.condition;
	ret->count = all.count;
	for (size_t i = 0; i < all.count; i++)
		add_musts(&all.condition[i], ret);
	parse_any(p, map, ret);
	parse_holder(p, map, holder, ret);
	node_no_others(map, known, p->complaints);
}
