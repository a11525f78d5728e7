/* Programs: certifications in time: designations, periods, what they require,
 * renewal, carry-over, notices, agreements with other bodies. */
#include <stdlib.h>
#include <string.h>

#include "program_parse.h"

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* A list of requirement names, sorted; `ret` borrows from the arena. */
static void parse_requirements(
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
			    "spaces were expected",
			    TEXT_ARGS(item[i]));
}

static void parse_fixed_day(
    struct parsing *p, struct node *map, struct period_rule *rule)
{
	struct node *day = node_want(map, "ends", p->complaints);
	int64_t years = 1, remainder = 0;
	struct text text;
	char date_text[16] = "2001-";
	date_t date;

	rule->shape = PERIOD_FIXED_DAY;
	(void)node_int(node_want(map, "years", p->complaints), p->complaints, 1,
	    20, &years);
	(void)node_int(node_get(map, "year_remainder"), p->complaints, 0,
	    years - 1, &remainder);
	rule->months = (int)years * 12;
	rule->remainder = (int)remainder;
	rule->end_month = 12;
	rule->end_day = 31;
	if (!node_text(day, p->complaints, &text))
		return;
	if (text.length == 5) {
		int year;

		memcpy(date_text + 5, text.at, 5);
		date_text[10] = '\0';
		if (date_parse(text_of(date_text), &date)) {
			date_split(
			    date, &year, &rule->end_month, &rule->end_day);
			return;
		}
	}
	complain(p->complaints, day,
	    "ends: month and day such as 03-31 were expected");
}

static void parse_period(
    struct parsing *p, struct node *map, struct period_rule *rule)
{
	int64_t months = 12;

	if (!node_is_map(map, p->complaints))
		return;
	parse_words(p, map, "period", &rule->words);
	if (node_get(map, "ends") != NULL) {
		parse_fixed_day(p, map, rule);
	} else {
		rule->shape = PERIOD_ANNIVERSARY;
		(void)node_int(
		    node_want(map, "anniversary_months", p->complaints),
		    p->complaints, 1, 240, &months);
		rule->months = (int)months;
	}
	node_no_others(map,
	    "rule, source, assumption, note, anniversary_months, ends, years, "
	    "year_remainder",
	    p->complaints);
}

static void parse_requires(
    struct parsing *p, struct node *map, struct requires_rule *rule)
{
	struct node *credits;

	if (!node_is_map(map, p->complaints))
		return;
	parse_words(p, map, "requirements", &rule->words);
	credits = node_get(map, "credits");
	if (credits != NULL &&
	    node_decimal(credits, p->complaints, 4, &rule->total)) {
		rule->has_total = true;
		if (rule->total < 0 || rule->total > CREDIT_MOST)
			complain(p->complaints, credits,
			    "credits: a number from 0 to 1000000 was expected");
	}
	parse_requirements(p, node_get(map, "met"), &rule->met);
	node_no_others(
	    map, "rule, source, assumption, note, credits, met", p->complaints);
}

static int compare_designations(const void *a, const void *b)
{
	return text_compare(((const struct designation_rule *)a)->name,
	    ((const struct designation_rule *)b)->name);
}

static void parse_designation(struct parsing *p, struct node *item,
    struct node *period, struct node *requires, struct designation_rule *rule)
{
	struct node *own_period = node_get(item, "period");
	struct node *own_requires = node_get(item, "requires");

	if (parse_text(p, item, "name", true, &rule->name) &&
	    !text_is_id(rule->name, 128))
		complain(p->complaints, node_get(item, "name"),
		    "name: printable characters without spaces were expected");
	(void)parse_text(p, item, "title", false, &rule->title);
	rule->period = arena_take(&p->program->arena, sizeof(*rule->period));
	rule->requires =
	    arena_take(&p->program->arena, sizeof(*rule->requires));
	if (rule->period == NULL || rule->requires == NULL) {
		p->no_memory = true;
		return;
	}
	rule->periods = 1;
	rule->requires_count = 1;
	if (own_period == NULL && period == NULL)
		complain(p->complaints, item,
		    "a `period` was expected here, or one for all at the top");
	else
		parse_period(
		    p, own_period != NULL ? own_period : period, rule->period);
	if (own_requires != NULL || requires != NULL)
		parse_requires(p,
		    own_requires != NULL ? own_requires : requires,
		    rule->requires);
	(void)node_get(item, "source");
	(void)node_get(item, "note");
	node_no_others(
	    item, "name, title, period, requires, source, note", p->complaints);
}

static void parse_designations(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *period = node_get(root, "period");
	struct node *requires = node_get(root, "requires");
	struct node *list;

	(void)node_want(root, "designations", p->complaints);
	program->designation = parse_list(p, root, "designations",
	    sizeof(*program->designation), &program->designations, &list);
	if (list == NULL)
		return;
	struct designation_rule *rule = program->designation;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++)
		parse_designation(p, item, period, requires, rule);
	qsort(program->designation, program->designations, sizeof(*rule),
	    compare_designations);
	for (size_t i = 1; i < program->designations; i++)
		if (text_equal(program->designation[i - 1].name,
			program->designation[i].name))
			complain(p->complaints, list,
			    "designation '%.*s' is listed twice",
			    TEXT_ARGS(program->designation[i].name));
}

static void parse_late(struct parsing *p, struct node *map)
{
	struct program *program = p->program;
	struct node *list;

	program->late = parse_list(
	    p, map, "late", sizeof(*program->late), &program->lates, &list);
	if (list == NULL)
		return;
	struct late_rule *rule = program->late;
	int64_t months = 0;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		int64_t before = months;

		parse_words(p, item, "late renewal", &rule->words);
		(void)node_int(node_want(item, "within_months", p->complaints),
		    p->complaints, 1, 240, &months);
		if (months <= before)
			complain(p->complaints, item,
			    "within_months: the stages of lateness go from "
			    "short to long");
		rule->months = (int)months;
		if (node_decimal(
			node_get(item, "fee"), p->complaints, 2, &rule->fee) &&
		    (rule->fee < 0 || rule->fee > MONEY_MOST ||
			program->currency.length == 0))
			complain(p->complaints, node_get(item, "fee"),
			    "fee: an amount of 0.00 or more was expected, and "
			    "`currency` at the top");
		parse_requirements(p, node_get(item, "met"), &rule->met);
		node_no_others(item,
		    "rule, source, assumption, note, within_months, fee, met",
		    p->complaints);
	}
}

static void parse_renewal(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *map = node_get(root, "renewal");
	int64_t early = 90;

	program->renewal_early_days = (int)early;
	program->renewal_words.name = TEXT("renewal");
	program->late_is_free = true;
	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	parse_words(p, map, "renewal", &program->renewal_words);
	(void)node_int(
	    node_get(map, "early_days"), p->complaints, 0, 3660, &early);
	program->renewal_early_days = (int)early;
	parse_late(p, map);
	program->late_is_free = program->lates == 0;
	node_no_others(map, "rule, source, assumption, note, early_days, late",
	    p->complaints);
}

static void parse_carry(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *map = node_get(root, "carry");
	struct node *only;
	struct text word;

	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	program->carries = true;
	program->carry.periods = 1;
	program->carry.at_most = CREDIT_MOST;
	parse_words(p, map, "carry-over", &program->carry.words);
	if (node_decimal(node_get(map, "at_most"), p->complaints, 4,
		&program->carry.at_most) &&
	    program->carry.at_most < 0)
		complain(p->complaints, node_get(map, "at_most"),
		    "at_most: credits of 0 or more were expected");
	only = node_get(map, "only");
	if (node_text(only, p->complaints, &word)) {
		program->carry.recognized_only = true;
		if (!text_is(word, "recognized"))
			complain(p->complaints, only,
			    "only: recognized was expected");
	}
	node_no_others(map, "rule, source, assumption, note, at_most, only",
	    p->complaints);
}

static void parse_notices(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list = node_get(root, "notices");
	int64_t before = 3660;

	if (list == NULL || !node_is_list(list, p->complaints))
		return;
	for (struct node *item = list->first; item != NULL; item = item->next) {
		int64_t days;

		if (!node_int(item, p->complaints, 1, 3660, &days))
			continue;
		if (days >= before ||
		    program->notices ==
			sizeof(program->notice) / sizeof(program->notice[0])) {
			complain(p->complaints, item,
			    "notices: at most 8 numbers of days, falling, were "
			    "expected, such as [90, 60, 30, 7]");
			return;
		}
		program->notice[program->notices++] = (int)days;
		before = days;
	}
}

static void parse_agreements(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->agreement = parse_list(p, root, "agreements",
	    sizeof(*program->agreement), &program->agreements, &list);
	if (list == NULL)
		return;
	struct agreement_rule *rule = program->agreement;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		struct node *since = node_want(item, "since", p->complaints);

		parse_words(p, item, "agreement", &rule->words);
		(void)parse_text(p, item, "with", true, &rule->organization);
		(void)parse_text(
		    p, item, "their", true, &rule->from_designation);
		(void)parse_text(p, item, "our", true, &rule->designation);
		(void)node_date(since, p->complaints, &rule->since);
		if (rule->designation.at != NULL &&
		    program_designation(program, rule->designation) == NULL)
			complain(p->complaints, node_get(item, "our"),
			    "'%.*s' is none of the designations",
			    TEXT_ARGS(rule->designation));
		node_no_others(item,
		    "rule, source, assumption, note, with, their, our, since",
		    p->complaints);
	}
}

void parse_periods(struct parsing *p, struct node *root)
{
	parse_designations(p, root);
	parse_renewal(p, root);
	parse_carry(p, root);
	parse_notices(p, root);
	parse_agreements(p, root);
}
