/* Programs: what must be among the credits of a period beside their total, and
 * what excuses from it: leaves and exemptions. */
#include "program_parse.h"

#define ROLLING_YEARS_MOST 20
#define LEAVE_MONTHS_MOST  240

/* What credits may differ in or have to cover. */
static const char *const value_words[] = {
    "category", "kind", "code", "provider", "topics"};
static const enum condition_field value_fields[] = {CONDITION_CATEGORY,
    CONDITION_KIND, CONDITION_CODE, CONDITION_PROVIDER, CONDITION_TOPICS};
#define VALUE_WORDS (sizeof(value_words) / sizeof(value_words[0]))

static void parse_different(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	int64_t count = 1;
	size_t i;

	rule->kind = MINIMUM_DIFFERENT;
	if (parse_choice(
		p, node_get(item, "different"), value_words, VALUE_WORDS, &i))
		rule->field = value_fields[i];
	(void)node_int(node_want(item, "count", p->complaints), p->complaints,
	    1, PROGRAM_VALUES_MOST, &count);
	rule->count = (int)count;
	parse_refuse(p, item, "at_least",
	    "of `different` values the `count` is asked for, such as 2");
	parse_refuse(p, item, "prorated",
	    "a `count` does not fall with the requirement");
}

static void parse_covers(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	struct node *map = node_get(item, "covers");
	struct node *values = NULL;

	rule->kind = MINIMUM_COVERS;
	if (!node_is_map(map, p->complaints))
		return;
	for (size_t i = 0; i < VALUE_WORDS && values == NULL; i++) {
		values = node_get(map, value_words[i]);
		rule->field = value_fields[i];
	}
	if (values == NULL || map->count != 1) {
		complain(p->complaints, map,
		    "covers: one of category, kind, code, provider and topics "
		    "was expected, such as {category: [a, b]}");
		return;
	}
	(void)parse_texts(p, values, &rule->values);
	(void)parse_credits(
	    p, node_get(item, "at_least"), false, &rule->at_least);
	if (rule->at_least == 0)
		parse_refuse(p, item, "prorated",
		    "there is nothing to lower: `at_least` was expected, such "
		    "as 1");
}

static void parse_least(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	struct node *at_least = node_get(item, "at_least");
	struct node *percent = node_get(item, "percent");

	rule->kind = MINIMUM_CREDITS;
	if ((at_least == NULL) == (percent == NULL))
		complain(p->complaints, item,
		    "either `at_least` (credits, such as 8.0) or `percent` (of "
		    "the required total, such as 50) was expected, or "
		    "`different` or `covers`");
	(void)parse_credits(p, at_least, false, &rule->at_least);
	rule->is_percent = parse_percent(p, percent, false, &rule->percent);
	if (percent != NULL && rule->prorated)
		parse_refuse(p, item, "prorated",
		    "a percentage falls with the required total by itself");
}

static void parse_measure(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	bool different = node_get(item, "different") != NULL;
	bool covers = node_get(item, "covers") != NULL;

	if (different && covers)
		parse_refuse(p, item, "covers",
		    "`different` says already what is asked for: make it two "
		    "minimums");
	else if (different)
		parse_different(p, item, rule);
	else if (covers)
		parse_covers(p, item, rule);
	else
		parse_least(p, item, rule);
	if (!different)
		parse_refuse(p, item, "count",
		    "it goes with `different`, such as {different: category, "
		    "count: 2}");
	if (different || covers)
		parse_refuse(p, item, "percent",
		    "a share of the total goes without `different` and "
		    "`covers`");
}

/* Over which time it is counted: a period, its years, the last years, all. */
static void parse_time(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	static const char *const words[] = {"period", "year", "period-year"};
	static const enum minimum_span means[] = {
	    MINIMUM_PERIOD, MINIMUM_YEAR, MINIMUM_PERIOD_YEAR};
	int64_t years = 0;
	size_t i;

	if (parse_choice(p, node_get(item, "per"), words, 3, &i))
		rule->span = means[i];
	if (node_int(node_get(item, "rolling_years"), p->complaints, 1,
		ROLLING_YEARS_MOST, &years)) {
		rule->span = MINIMUM_ROLLING;
		rule->rolling_years = (int)years;
		parse_refuse(p, item, "per",
		    "`rolling_years` says over which time: give one of them");
	}
	(void)node_bool(node_get(item, "once"), p->complaints, &rule->once);
	if (rule->once && rule->span != MINIMUM_PERIOD)
		parse_refuse(p, item, "once",
		    "it is over all periods together, without `per` and "
		    "`rolling_years`");
}

/* Credits beside the total are those of certain claims, in each period. */
static void parse_beside(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	struct node *node = node_get(item, "beside_total");

	(void)node_bool(node, p->complaints, &rule->beside_total);
	if (!rule->beside_total)
		return;
	if (rule->kind != MINIMUM_CREDITS || node_get(item, "percent") != NULL)
		complain(p->complaints, node,
		    "beside_total: it goes with `at_least`, such as 2.0");
	else if (rule->match.count == 0 && rule->match.anys == 0)
		complain(p->complaints, node,
		    "beside_total: `when` was expected, which says for what "
		    "these credits are, such as {category: ethics}");
	else if (rule->span != MINIMUM_PERIOD || rule->once)
		complain(p->complaints, node,
		    "beside_total: it is added to the total of each period, "
		    "without `per`, `rolling_years` and `once`");
}

static void parse_condition(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	struct node *map = node_get(item, "only_if");

	parse_range(p, map, "starts_from", "starts_until", &rule->era.from,
	    &rule->era.until);
	parse_range(p, map, "granted_from", "granted_until",
	    &rule->era.granted_from, &rule->era.granted_until);
	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	if (map->count == 0)
		complain(p->complaints, map,
		    "only_if: a condition was expected, such as {met: "
		    "supervises} or {period: first}");
	if (node_get(map, "met") != NULL)
		(void)parse_requirement(p, map, "met", &rule->if_met);
	parse_which(p, node_get(map, "period"), &rule->era.which);
	parse_required(p, map, &rule->required);
	node_no_others(map,
	    "met, period, required_from, required_until, starts_from, "
	    "starts_until, granted_from, granted_until",
	    p->complaints);
}

/* `missing` and `waives` name minimums and requirements alike. */
static void check_name(
    struct parsing *p, struct node *item, const struct minimum_rule *rule)
{
	if (text_is(rule->name, "credits"))
		complain(p->complaints, node_get(item, "name"),
		    "name: `credits` is the total itself: another name was "
		    "expected, such as ethics");
	else if (names_have(&p->asked, rule->name))
		complain(p->complaints, node_get(item, "name"),
		    "name: a requirement is called '%.*s' already: another "
		    "name was expected",
		    TEXT_ARGS(rule->name));
}

static void parse_minimum(
    struct parsing *p, struct node *item, struct minimum_rule *rule)
{
	parse_words(p, item, "minimum", &rule->words);
	if (parse_requirement(p, item, "name", &rule->name))
		check_name(p, item, rule);
	parse_match(p, item, true, &rule->match);
	(void)node_bool(
	    node_get(item, "prorated"), p->complaints, &rule->prorated);
	parse_measure(p, item, rule);
	parse_time(p, item, rule);
	parse_beside(p, item, rule);
	parse_condition(p, item, rule);
	node_no_others(item,
	    "rule, source, assumption, note, name, when, at_least, percent, "
	    "different, count, covers, per, rolling_years, once, beside_total, "
	    "prorated, only_if",
	    p->complaints);
}

static void parse_minimum_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->minimum = parse_list(p, root, "minimums",
	    sizeof(*program->minimum), &program->minimums, &list);
	if (list == NULL)
		return;
	struct minimum_rule *rule = program->minimum;
	for (struct node *item = list->first; item != NULL; item = item->next)
		parse_minimum(p, item, rule++);
}

/* Time away moves the end of a period that runs to an anniversary; one with a
 * fixed day stays. */
static bool has_anniversaries(const struct program *program)
{
	for (size_t i = 0; i < program->designations; i++)
		for (size_t k = 0; k < program->designation[i].periods; k++)
			if (program->designation[i].period[k].shape ==
			    PERIOD_ANNIVERSARY)
				return true;
	return false;
}

static void parse_leave(
    struct parsing *p, struct node *item, struct leave_rule *rule)
{
	struct node *extends = node_get(item, "extends");
	struct node *reduces = node_get(item, "reduces");
	int64_t months = 0;

	parse_words(p, item, "leave", &rule->words);
	(void)parse_requirement(p, item, "requirement", &rule->requirement);
	(void)node_bool(extends, p->complaints, &rule->extends);
	if (rule->extends == (reduces != NULL))
		complain(p->complaints, item,
		    "either `extends: true` or `reduces` (by month or day) was "
		    "expected");
	if (reduces != NULL)
		rule->reduces = parse_month_or_day(p, reduces);
	else
		parse_refuse_rounding(p, item,
		    "only a requirement that a leave `reduces` is rounded");
	if (rule->extends && !has_anniversaries(p->program))
		complain(p->complaints, extends,
		    "extends: a period that ends on a fixed day can't be "
		    "moved: `reduces: month` was expected");
	parse_rounding(p, item, &rule->step, &rule->rounding);
	(void)node_int(node_get(item, "at_most_months"), p->complaints, 1,
	    LEAVE_MONTHS_MOST, &months);
	rule->at_most_months = (int)months;
	node_no_others(item,
	    "rule, source, assumption, note, requirement, extends, reduces, "
	    "step, round, at_most_months",
	    p->complaints);
}

static void parse_leave_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->leave = parse_list(p, root, "leaves", sizeof(*program->leave),
	    &program->leaves, &list);
	if (list == NULL)
		return;
	struct leave_rule *rule = program->leave;
	for (struct node *item = list->first; item != NULL; item = item->next)
		parse_leave(p, item, rule++);
}

/* `credits` is no name but stands for the total. */
static void parse_waives(
    struct parsing *p, struct node *item, struct exemption_rule *rule)
{
	struct node *node = node_want(item, "waives", p->complaints);
	struct text_list names = {0};
	struct text *kept;

	parse_requirements(p, node, &names);
	if (names.count == 0)
		return;
	kept = arena_take_many(&p->program->arena, names.count, sizeof(*kept));
	if (kept == NULL) {
		p->no_memory = true;
		return;
	}
	rule->waives.item = kept;
	for (size_t i = 0; i < names.count; i++) {
		if (text_is(names.item[i], "credits")) {
			rule->waives_credits = true;
			continue;
		}
		if (!names_have(&p->waivable, names.item[i]))
			complain(p->complaints, node,
			    "waives: '%.*s' is no requirement, no minimum and "
			    "not `credits`",
			    TEXT_ARGS(names.item[i]));
		kept[rule->waives.count++] = names.item[i];
	}
}

static void parse_exemption_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	names_add_all(p, &p->waivable, names_list(&p->asked));
	for (size_t i = 0; i < program->minimums; i++)
		names_add(p, &p->waivable, program->minimum[i].name);

	program->exemption = parse_list(p, root, "exemptions",
	    sizeof(*program->exemption), &program->exemptions, &list);
	if (list == NULL)
		return;
	struct exemption_rule *rule = program->exemption;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "exemption", &rule->words);
		(void)parse_requirement(
		    p, item, "requirement", &rule->requirement);
		parse_waives(p, item, rule);
		node_no_others(item,
		    "rule, source, assumption, note, requirement, waives",
		    p->complaints);
	}
}

void parse_minimums(struct parsing *p, struct node *root)
{
	parse_minimum_list(p, root);
	parse_leave_list(p, root);
	parse_exemption_list(p, root);
}
