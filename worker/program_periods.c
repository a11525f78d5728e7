/* Programs: certifications in time: designations, their periods and what these
 * require. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "program_parse.h"

/* Variants of a rule may hold for some periods and cohorts only. */
static void parse_era(struct parsing *p, struct node *map, struct era *ret)
{
	parse_dates(p, map, &ret->from, &ret->until);
	parse_which(p, node_get(map, "period"), &ret->which);
	parse_range(p, map, "granted_from", "granted_until", &ret->granted_from,
	    &ret->granted_until);
}

static void parse_fixed_day(
    struct parsing *p, struct node *map, struct period_rule *rule)
{
	struct node *day = node_want(map, "ends", p->complaints);
	int64_t years = 1, remainder = 0, least;
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
	parse_refuse(p, map, "month_end",
	    "a period that `ends` on a fixed day has its end already");
	if (node_int(node_get(map, "at_least_months"), p->complaints, 1,
		years * 12, &least))
		rule->at_least_months = (int)least;
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

static void parse_anniversary(
    struct parsing *p, struct node *map, struct period_rule *rule)
{
	static const char *const fixed_only[] = {
	    "years", "year_remainder", "at_least_months"};
	int64_t months = 12;

	rule->shape = PERIOD_ANNIVERSARY;
	(void)node_int(node_want(map, "anniversary_months", p->complaints),
	    p->complaints, 1, 240, &months);
	rule->months = (int)months;
	(void)node_bool(
	    node_get(map, "month_end"), p->complaints, &rule->month_end);
	for (size_t i = 0; i < 3; i++)
		parse_refuse(p, map, fixed_only[i],
		    "it goes with a period that `ends` on a fixed day, such as "
		    "03-31");
}

static void parse_period(
    struct parsing *p, struct node *map, struct period_rule *rule)
{
	parse_words(p, map, "period", &rule->words);
	parse_era(p, map, &rule->era);
	if (node_get(map, "ends") != NULL) {
		parse_fixed_day(p, map, rule);
		parse_refuse(p, map, "anniversary_months",
		    "a period either `ends` on a fixed day or on an "
		    "anniversary: give one of them");
	} else {
		parse_anniversary(p, map, rule);
	}
	node_no_others(map,
	    "rule, source, assumption, note, from, until, granted_from, "
	    "granted_until, period, anniversary_months, month_end, ends, "
	    "years, "
	    "year_remainder, at_least_months",
	    p->complaints);
}

static void parse_period_list(
    struct parsing *p, struct node *node, struct designation_rule *ret)
{
	struct node *item;

	ret->period = parse_variants(p, node, "{anniversary_months: 12}",
	    sizeof(*ret->period), &ret->periods, &item);
	for (size_t i = 0; i < ret->periods; i++, item = item->next)
		parse_period(p, item, &ret->period[i]);
}

static void parse_step(struct parsing *p, struct node *item, int64_t *months,
    struct prorate_rule *rule)
{
	struct node *within = node_get(item, "within_months");
	struct prorate_step *step = &rule->step_list[rule->step_count];
	int64_t before = *months;

	if (rule->step_count ==
	    sizeof(rule->step_list) / sizeof(rule->step_list[0])) {
		complain(p->complaints, item,
		    "steps: at most 12 steps were expected");
		return;
	}
	step->within_months = INT_MAX;
	if (node_int(within, p->complaints, 1, 240, months)) {
		step->within_months = (int)*months;
		if (*months <= before)
			complain(p->complaints, within,
			    "within_months: more than in the step before was "
			    "expected, such as 12, then 24");
	} else if (within == NULL && item->next != NULL) {
		complain(p->complaints, item,
		    "`within_months` was expected: only the last step is for "
		    "all who enter later");
	}
	if (within != NULL && item->next == NULL)
		complain(p->complaints, item,
		    "a last step without `within_months` was expected, for all "
		    "who enter later, such as {credits: 0}");
	(void)parse_credits(
	    p, node_want(item, "credits", p->complaints), true, &step->credits);
	rule->step_count++;
	node_no_others(item, "within_months, credits", p->complaints);
}

static void parse_steps(
    struct parsing *p, struct node *map, struct prorate_rule *rule)
{
	int64_t months = 0;
	struct node *list;
	size_t count;

	rule->kind = PRORATE_STEPS;
	list = node_get(map, "steps");
	if (!node_is_list(list, p->complaints))
		return;
	if (list->count == 0)
		complain(p->complaints, list,
		    "steps: at least one step was expected, such as "
		    "{credits: 0}");
	count = p->complaints->count;
	for (struct node *item = list->first; item != NULL; item = item->next) {
		if (!node_is_map(item, p->complaints))
			continue;
		parse_step(p, item, &months, rule);
		if (p->complaints->count > count)
			return;
	}
}

static void parse_prorate(
    struct parsing *p, struct node *map, struct prorate_rule *rule)
{
	struct node *credits = node_get(map, "credits");
	struct node *by = node_get(map, "by");

	parse_words(p, map, "first period", &rule->words);
	if ((credits != NULL) + (by != NULL) +
		(node_get(map, "steps") != NULL) !=
	    1)
		complain(p->complaints, map,
		    "first_period: one of `steps` (such as [{within_months: "
		    "12, credits: 6}, {credits: 0}]), `by` (month or day) and "
		    "`credits` (such as 0) was expected");
	else if (by != NULL)
		rule->kind = parse_month_or_day(p, by);
	else if (credits == NULL)
		parse_steps(p, map, rule);
	if (credits != NULL) {
		rule->kind = PRORATE_STEPS;
		rule->step_list[0].within_months = INT_MAX;
		(void)parse_credits(
		    p, credits, true, &rule->step_list[0].credits);
		rule->step_count = 1;
	}
	if (by == NULL)
		parse_refuse_rounding(
		    p, map, "only a part `by` month or day is rounded");
	parse_rounding(p, map, &rule->step, &rule->rounding);
	node_no_others(map,
	    "rule, source, assumption, note, steps, by, credits, step, round",
	    p->complaints);
}

static void parse_first_period(
    struct parsing *p, struct node *map, struct requires_rule *rule)
{
	struct node *node = node_get(map, "first_period");

	if (node == NULL || !node_is_map(node, p->complaints))
		return;
	if (node_get(map, "credits") == NULL)
		complain(p->complaints, node,
		    "first_period: there is no total to lower: `credits` was "
		    "expected beside it");
	parse_prorate(p, node, &rule->first_period);
}

/* What is met once and what is met anew in each period are two things. */
static void check_once(
    struct parsing *p, struct node *node, const struct requires_rule *rule)
{
	for (size_t i = 0; i < rule->once.count; i++)
		if (texts_have(rule->met, rule->once.item[i]))
			complain(p->complaints, node,
			    "once: '%.*s' is asked for in each period under "
			    "`met`: name it in one of them",
			    TEXT_ARGS(rule->once.item[i]));
}

static void requires_nothing(struct requires_rule *rule)
{
	rule->era = (struct era){
	    DATE_FIRST, DATE_NEVER, DATE_FIRST, DATE_NEVER, ERA_ANY};
	rule->first_period.step = 1;
	rule->first_period.rounding = ROUND_HALF_UP;
}

static void parse_requires(
    struct parsing *p, struct node *map, struct requires_rule *rule)
{
	struct node *credits = node_get(map, "credits");
	struct node *once = node_get(map, "once");

	requires_nothing(rule);
	parse_words(p, map, "requirements", &rule->words);
	parse_era(p, map, &rule->era);
	rule->has_total = parse_credits(p, credits, true, &rule->total);
	parse_requirements(p, node_get(map, "met"), &rule->met);
	parse_requirements(p, once, &rule->once);
	check_once(p, once, rule);
	names_add_all(p, &p->asked, rule->met);
	names_add_all(p, &p->asked, rule->once);
	parse_first_period(p, map, rule);
	node_no_others(map,
	    "rule, source, assumption, note, from, until, granted_from, "
	    "granted_until, period, credits, met, once, first_period",
	    p->complaints);
}

/* Without a node: one variant that asks for nothing. */
static void parse_requires_list(
    struct parsing *p, struct node *node, struct designation_rule *ret)
{
	struct node *item;

	if (node == NULL) {
		ret->requires =
		    arena_take(&p->program->arena, sizeof(*ret->requires));
		if (ret->requires == NULL) {
			p->no_memory = true;
			return;
		}
		ret->requires_count = 1;
		requires_nothing(ret->requires);
		return;
	}
	ret->requires = parse_variants(p, node, "{credits: 4.0}",
	    sizeof(*ret->requires), &ret->requires_count, &item);
	for (size_t i = 0; i < ret->requires_count; i++, item = item->next)
		parse_requires(p, item, &ret->requires[i]);
}

static int compare_designations(const void *a, const void *b)
{
	return text_compare(((const struct designation_rule *)a)->name,
	    ((const struct designation_rule *)b)->name);
}

/* `common` has what those without rules of their own share. */
static void parse_designation(struct parsing *p, struct node *item,
    const struct designation_rule *common, struct designation_rule *rule)
{
	struct node *period = node_get(item, "period");
	struct node *requires = node_get(item, "requires");

	*rule = *common;
	if (parse_text(p, item, "name", true, &rule->name) &&
	    !text_is_id(rule->name, 128))
		complain(p->complaints, node_get(item, "name"),
		    "name: printable characters without spaces were expected");
	(void)parse_text(p, item, "title", false, &rule->title);
	if (period != NULL)
		parse_period_list(p, period, rule);
	if (requires != NULL)
		parse_requires_list(p, requires, rule);
	(void)node_get(item, "source");
	(void)node_get(item, "note");
	node_no_others(
	    item, "name, title, period, requires, source, note", p->complaints);
}

/* The period and requirements at the top, if any designation uses them. */
static void parse_common(struct parsing *p, struct node *root,
    struct node *list, struct designation_rule *ret)
{
	struct node *period = node_get(root, "period");
	struct node *requires = node_get(root, "requires");
	bool has_period = true, has_requires = true;

	for (struct node *item = list->first; item != NULL; item = item->next) {
		has_requires &= node_get(item, "requires") != NULL;
		if (node_get(item, "period") != NULL)
			continue;
		has_period = false;
		if (period == NULL)
			complain(p->complaints, item,
			    "a `period` was expected here, or one for all at "
			    "the top, such as {anniversary_months: 12}");
	}
	if (!has_period && period != NULL)
		parse_period_list(p, period, ret);
	if (!has_requires)
		parse_requires_list(p, requires, ret);
}

void parse_designations(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct designation_rule common = {0};
	struct node *list;

	(void)node_want(root, "designations", p->complaints);
	program->designation = parse_list(p, root, "designations",
	    sizeof(*program->designation), &program->designations, &list);
	if (list == NULL) {
		(void)node_get(root, "period");
		(void)node_get(root, "requires");
		return;
	}
	parse_common(p, root, list, &common);
	struct designation_rule *rule = program->designation;
	for (struct node *item = list->first; item != NULL; item = item->next)
		parse_designation(p, item, &common, rule++);
	qsort(program->designation, program->designations, sizeof(*rule),
	    compare_designations);
	for (size_t i = 1; i < program->designations; i++)
		if (text_equal(program->designation[i - 1].name,
			program->designation[i].name))
			complain(p->complaints, list,
			    "designation '%.*s' is listed twice",
			    TEXT_ARGS(program->designation[i].name));
}
