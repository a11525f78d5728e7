/* Programs: what a claim is worth before any limit: rates, factors, splits. */
#include <string.h>

#include "program_parse.h"

#define SPLIT_PARTS_MOST 32 /* each is a slot of its own in a ruling */

static void parse_unit(
    struct parsing *p, struct node *node, struct rate_rule *rule)
{
	struct text word;

	if (!node_text(node, p->complaints, &word))
		return;
	if (text_is(word, "credit"))
		rule->unit = UNIT_NONE;
	else if (!unit_find(word, &rule->unit))
		complain(p->complaints, node,
		    "each: day, week, credit-hour, article, session or credit "
		    "(another body's) was expected");
}

static void parse_worth(
    struct parsing *p, struct node *item, struct rate_rule *rule)
{
	struct node *minutes = node_get(item, "minutes");
	struct node *credits = node_get(item, "credits");
	struct node *unit = node_get(item, "each");

	if ((minutes == NULL) == (credits == NULL)) {
		complain(p->complaints, item,
		    "either `minutes` (that make one credit, such as 60) or "
		    "`credits` (such as 1.5, or decided) was expected");
		return;
	}
	if (minutes != NULL) {
		rule->kind = RATE_MINUTES;
		(void)parse_ratio(p, minutes, true, &rule->credits);
	} else if (credits->kind == NODE_SCALAR &&
		   text_is(credits->scalar, "decided")) {
		rule->kind = RATE_DECIDED;
	} else {
		rule->kind = unit == NULL ? RATE_FIXED : RATE_QUANTITY;
		(void)parse_ratio(p, credits, false, &rule->credits);
	}
	parse_unit(p, unit, rule);
}

static void parse_rate(
    struct parsing *p, struct node *item, struct rate_rule *rule)
{
	parse_words(p, item, "rate", &rule->words);
	parse_match(p, item, true, &rule->match);
	parse_worth(p, item, rule);
	parse_rounding(p, item, &rule->step, &rule->rounding);
	(void)parse_credits(
	    p, node_get(item, "at_least"), false, &rule->at_least);
	if (rule->kind == RATE_DECIDED)
		parse_refuse(p, item, "together",
		    "what a decision makes of each can't be summed before it "
		    "is rounded");
	parse_fields(p, node_get(item, "together"), &rule->together);
	p->program->rates_by_holder |= rule->match.by_holder;
	node_no_others(item,
	    "rule, source, assumption, note, when, minutes, credits, each, "
	    "step, round, at_least, together",
	    p->complaints);
}

static void parse_rate_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *unmatched = node_get(root, "unmatched");
	struct node *list;

	program->unmatched = REASON_UNKNOWN_ACTIVITY;
	if (unmatched != NULL)
		(void)parse_reason(p, unmatched, &program->unmatched);
	(void)node_want(root, "rates", p->complaints);
	program->rate = parse_list(
	    p, root, "rates", sizeof(*program->rate), &program->rates, &list);
	if (list == NULL)
		return;
	struct rate_rule *rule = program->rate;
	for (struct node *item = list->first; item != NULL; item = item->next)
		parse_rate(p, item, rule++);
}

/* Exactly one of `times` and `percent`; neither where only an allowance is
 * given, which then adds to the plain worth. */
static void parse_times(
    struct parsing *p, struct node *item, struct factor_rule *rule)
{
	struct node *times = node_get(item, "times");
	struct node *percent = node_get(item, "percent");
	int64_t part;

	rule->times = (struct ratio){1, 1};
	if (times != NULL && percent != NULL)
		complain(p->complaints, percent,
		    "percent: it says the same as `times`: give one of them");
	else if (times == NULL && percent == NULL &&
		 node_get(item, "allowance") == NULL)
		complain(p->complaints, item,
		    "`times` (such as 2), `percent` (such as 50) or an "
		    "`allowance` was expected");
	(void)parse_ratio(p, times, false, &rule->times);
	if (parse_percent(p, percent, true, &part) &&
	    !ratio_make(part, TAX_SCALE, &rule->times))
		rule->times = (struct ratio){0, 1};
}

static void parse_allowance(
    struct parsing *p, struct node *item, struct factor_rule *rule)
{
	struct node *map = node_get(item, "allowance");
	struct node *times;

	rule->allowance = (struct ratio){0, 1};
	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	rule->allowance_at_most = CREDIT_MOST;
	times = node_want(map, "times", p->complaints);
	if (parse_ratio(p, times, false, &rule->allowance) &&
	    rule->allowance.numerator == 0)
		complain(p->complaints, times,
		    "times: a number above 0 was expected, such as 2");
	(void)parse_credits(
	    p, node_get(map, "at_most"), false, &rule->allowance_at_most);
	node_no_others(map, "times, at_most", p->complaints);
}

/* `rounded: first`: the credits that an attendee gets, times so much. */
static void parse_rounded(
    struct parsing *p, struct node *item, struct factor_rule *rule)
{
	static const char *const words[] = {"first", "last"};
	size_t i;

	if (parse_choice(p, node_get(item, "rounded"), words, 2, &i))
		rule->rounded_first = i == 0;
}

static void parse_factor_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->factor = parse_list(p, root, "factors",
	    sizeof(*program->factor), &program->factors, &list);
	if (list == NULL)
		return;
	struct factor_rule *rule = program->factor;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "factor", &rule->words);
		parse_match(p, item, true, &rule->match);
		parse_times(p, item, rule);
		parse_allowance(p, item, rule);
		parse_fields(p, node_get(item, "repeats"), &rule->repeats);
		parse_rounded(p, item, rule);
		program->rates_by_holder |= rule->match.by_holder;
		node_no_others(item,
		    "rule, source, assumption, note, when, times, percent, "
		    "allowance, repeats, rounded",
		    p->complaints);
	}
}

static void check_parts(
    struct parsing *p, struct node *list, const struct split_rule *rule)
{
	int64_t whole = 0;

	for (size_t i = 0; i < rule->parts; i++) {
		whole += rule->part[i].percent;
		for (size_t k = 0; k < i; k++)
			if (rule->part[i].category.at != NULL &&
			    text_equal(
				rule->part[i].category, rule->part[k].category))
				complain(p->complaints, list,
				    "into: the category '%.*s' was expected "
				    "once",
				    TEXT_ARGS(rule->part[i].category));
	}
	if (whole != TAX_SCALE)
		complain(p->complaints, list,
		    "into: percentages that make 100 were expected, such as "
		    "[{category: a, percent: 25}, {category: b, percent: 75}]");
}

static void parse_parts(
    struct parsing *p, struct node *item, struct split_rule *rule)
{
	size_t before = p->complaints->count;
	struct node *list;

	(void)node_want(item, "into", p->complaints);
	rule->part = parse_list(
	    p, item, "into", sizeof(*rule->part), &rule->parts, &list);
	if (list == NULL)
		return;
	if (rule->parts > SPLIT_PARTS_MOST) {
		complain(p->complaints, list,
		    "into: at most %d parts were expected", SPLIT_PARTS_MOST);
		return;
	}
	struct split_part *part = rule->part;
	for (struct node *at = list->first; at != NULL; at = at->next, part++) {
		(void)parse_text(p, at, "category", true, &part->category);
		(void)parse_percent(p, node_want(at, "percent", p->complaints),
		    false, &part->percent);
		node_no_others(at, "category, percent", p->complaints);
	}
	if (p->complaints->count == before)
		check_parts(p, list, rule);
}

static void parse_split_list(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->split = parse_list(p, root, "splits", sizeof(*program->split),
	    &program->splits, &list);
	if (list == NULL)
		return;
	struct split_rule *rule = program->split;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "split", &rule->words);
		parse_match(p, item, true, &rule->match);
		parse_parts(p, item, rule);
		node_no_others(item,
		    "rule, source, assumption, note, when, into",
		    p->complaints);
	}
}

void parse_rates(struct parsing *p, struct node *root)
{
	parse_rate_list(p, root);
	parse_factor_list(p, root);
	parse_split_list(p, root);
}
