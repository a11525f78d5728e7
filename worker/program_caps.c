/* Programs: which claims are the same, and how much counts at most. */
#include "program_parse.h"

#define SAME_YEARS_MOST 50

/* How long before, in earlier periods, a claim still hides this one. */
static void parse_within(
    struct parsing *p, struct node *item, struct same_rule *rule)
{
	struct node *years = node_get(item, "within_years");
	struct node *months = node_get(item, "within_months");
	int64_t count = 0;

	if (years != NULL && months != NULL)
		complain(p->complaints, months,
		    "within_months: `within_years` says how long already: "
		    "give one of them");
	if (node_int(years, p->complaints, 1, SAME_YEARS_MOST, &count))
		count *= 12;
	else
		(void)node_int(months, p->complaints, 1,
		    INT64_C(12) * SAME_YEARS_MOST, &count);
	rule->within_months = (int)count;
	if ((rule->fields & SAME_COMPLETED_ON) != 0 && count > 0)
		complain(p->complaints, years != NULL ? years : months,
		    "claims that agree in completed_on are of one day: leave "
		    "it out of `agree_in`, such as agree_in: [title, "
		    "provider]");
}

static void parse_same(
    struct parsing *p, struct node *item, struct same_rule *rule)
{
	struct node *agree = node_get(item, "agree_in");

	parse_words(p, item, "same activity", &rule->words);
	parse_match(p, item, true, &rule->match);
	(void)node_bool(
	    node_get(item, "overlapping"), p->complaints, &rule->overlapping);
	if (agree == NULL && !rule->overlapping)
		complain(p->complaints, item,
		    "`agree_in` (such as [title, provider]) or `overlapping: "
		    "true` was expected");
	parse_fields(p, agree, &rule->fields);
	parse_within(p, item, rule);
	node_no_others(item,
	    "rule, source, assumption, note, when, agree_in, within_years, "
	    "within_months, overlapping",
	    p->complaints);
}

static void parse_same_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->same = parse_list(
	    p, root, "same", sizeof(*program->same), &program->sames, &list);
	if (list == NULL)
		return;
	struct same_rule *rule = program->same;
	for (struct node *item = list->first; item != NULL; item = item->next)
		parse_same(p, item, rule++);
}

/* In the order of `per_words`; caps stand in order of `level`. */
static const struct span {
	enum cap_span span;
	enum reason reason;
	int level;
} spans[] = {
    {CAP_ACTIVITY, REASON_ACTIVITY_CAP, 0},
    {CAP_REQUEST, REASON_REQUEST_CAP, 1},
    {CAP_DAY, REASON_DAY_CAP, 2},
    {CAP_YEAR, REASON_YEAR_CAP, 3},
    {CAP_PERIOD_YEAR, REASON_YEAR_CAP, 3},
    {CAP_CATEGORY, REASON_CATEGORY_CAP, 4},
    {CAP_PERIOD, REASON_PERIOD_CAP, 4},
    {CAP_GROUP, REASON_GROUP_CAP, 5},
};
static const char *const per_words[] = {"activity", "request", "day", "year",
    "period-year", "category", "period", "group"};
#define SPANS         (sizeof(spans) / sizeof(spans[0]))
#define LEVEL_PERCENT 6

static bool parse_span(
    struct parsing *p, struct node *item, struct cap_rule *rule, int *ret_level)
{
	struct node *node = node_want(item, "per", p->complaints);
	size_t i;

	if (!parse_choice(p, node, per_words, SPANS, &i))
		return false;
	rule->span = spans[i].span;
	rule->reason = spans[i].reason;
	if (rule->span == CAP_PERIOD && rule->match.names_category)
		rule->reason = REASON_CATEGORY_CAP;
	if (rule->is_percent)
		rule->reason = REASON_PERCENT_CAP;
	*ret_level = rule->is_percent ? LEVEL_PERCENT : spans[i].level;
	return true;
}

static void parse_limit(
    struct parsing *p, struct node *item, struct cap_rule *rule)
{
	struct node *at_most = node_get(item, "at_most");
	struct node *percent = node_get(item, "percent");

	if ((at_most == NULL) == (percent == NULL))
		complain(p->complaints, item,
		    "either `at_most` (credits, such as 4.0) or `percent` (of "
		    "the required total, such as 33) was expected");
	rule->is_percent = percent != NULL;
	(void)parse_credits(p, at_most, true, &rule->at_most);
	(void)parse_percent(p, percent, true, &rule->percent);
	(void)node_bool(
	    node_get(item, "prorated"), p->complaints, &rule->prorated);
	if (rule->is_percent && rule->prorated)
		parse_refuse(p, item, "prorated",
		    "a percentage falls with the required total by itself");
	if (!rule->is_percent && !rule->prorated) {
		parse_refuse_rounding(p, item,
		    "only a limit that is reckoned, by `percent` or "
		    "`prorated: true`, is rounded");
	}
	parse_rounding(p, item, &rule->step, &rule->rounding);
}

static void parse_cap_condition(
    struct parsing *p, struct node *item, struct cap_rule *rule)
{
	struct node *map = node_get(item, "only_if");

	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	parse_required(p, map, &rule->required);
	if (!rule->required.given)
		complain(p->complaints, map,
		    "only_if: a condition was expected, such as "
		    "{required_until: 4.0}");
	node_no_others(map, "required_from, required_until", p->complaints);
}

static void parse_cap_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	int widest = 0, level;
	struct node *list;

	program->cap = parse_list(
	    p, root, "caps", sizeof(*program->cap), &program->caps, &list);
	if (list == NULL)
		return;
	struct cap_rule *rule = program->cap;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "cap", &rule->words);
		parse_match(p, item, true, &rule->match);
		parse_limit(p, item, rule);
		parse_cap_condition(p, item, rule);
		if (parse_span(p, item, rule, &level)) {
			if (level < widest)
				complain(p->complaints, item,
				    "caps go from narrow to wide: activity, "
				    "request, day, year or period-year, "
				    "category or period, group, percentages");
			widest = level;
		}
		node_no_others(item,
		    "rule, source, assumption, note, when, per, at_most, "
		    "percent, prorated, step, round, only_if",
		    p->complaints);
	}
}

void parse_caps(struct parsing *p, struct node *root)
{
	parse_same_list(p, root);
	parse_cap_list(p, root);
}
