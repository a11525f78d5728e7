/* Programs: what a claim is worth: accreditation, eligibility, rates, factors,
 * sameness, caps. */
#include <string.h>

#include "program_rules.h"

static bool parse_reason(struct parsing *p, struct node *node, enum reason *ret)
{
	struct text name;

	if (!node_text(node, p->complaints, &name))
		return false;
	if (reason_find(name, ret))
		return true;
	complain(p->complaints, node,
	    "'%.*s' is no reason code (creditd-program(5) lists them)",
	    TEXT_ARGS(name));
	return false;
}

static void parse_accreditation(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->accreditation = parse_list(p, root, "accreditation",
	    sizeof(*program->accreditation), &program->accreditations, &list);
	if (list == NULL)
		return;
	struct accreditation_rule *rule = program->accreditation;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "accreditation", &rule->words);
		(void)parse_text(p, item, "by", true, &rule->by);
		parse_dates(p, item, &rule->from, &rule->until);
		node_no_others(item,
		    "rule, source, assumption, note, by, from, until",
		    p->complaints);
	}
}

static void parse_eligibility(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->eligibility = parse_list(p, root, "eligibility",
	    sizeof(*program->eligibility), &program->eligibilities, &list);
	if (list == NULL)
		return;
	struct eligibility_rule *rule = program->eligibility;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		struct node *flag = node_get(item, "flag");
		struct node *refuse = node_get(item, "refuse");

		parse_words(p, item, "eligibility", &rule->words);
		parse_match(p, item, false, &rule->match);
		if ((flag == NULL) == (refuse == NULL))
			complain(p->complaints, item,
			    "either `refuse` or `flag` was expected, with a "
			    "reason code");
		rule->flags = flag != NULL;
		(void)parse_reason(
		    p, flag != NULL ? flag : refuse, &rule->reason);
		node_no_others(item,
		    "rule, source, assumption, note, when, refuse, flag",
		    p->complaints);
	}
}

static void parse_rounding(
    struct parsing *p, struct node *item, struct rate_rule *rule)
{
	struct node *node = node_get(item, "round");
	struct text mode;
	int64_t step;

	rule->step = 1;
	rule->rounding = ROUND_HALF_UP;
	if (node_decimal(node_get(item, "step"), p->complaints, 4, &step)) {
		if (step <= 0 || step > CREDIT_MOST)
			complain(p->complaints, node_get(item, "step"),
			    "step: a number above 0 was expected");
		else
			rule->step = step;
	}
	if (!node_text(node, p->complaints, &mode))
		return;
	if (text_is(mode, "down"))
		rule->rounding = ROUND_DOWN;
	else if (text_is(mode, "up"))
		rule->rounding = ROUND_UP;
	else if (!text_is(mode, "nearest"))
		complain(p->complaints, node,
		    "round: down, up or nearest was expected");
}

static bool parse_ratio(
    struct parsing *p, struct node *node, bool upside_down, struct ratio *ret)
{
	int64_t value;

	if (!node_decimal(node, p->complaints, 4, &value))
		return false;
	if (value < 0 || value > CREDIT_MOST || (upside_down && value == 0)) {
		complain(p->complaints, node,
		    "a number from 0 to 1000000 was "
		    "expected");
		return false;
	}
	return upside_down ? ratio_make(CREDIT_ONE, value, ret)
			   : ratio_make(value, CREDIT_ONE, ret);
}

static void parse_worth(
    struct parsing *p, struct node *item, struct rate_rule *rule)
{
	struct node *minutes = node_get(item, "minutes");
	struct node *credits = node_get(item, "credits");
	struct node *unit = node_get(item, "each");
	struct text word;

	if ((minutes == NULL) == (credits == NULL)) {
		complain(p->complaints, item,
		    "either `minutes` (that make one credit) or `credits` was "
		    "expected");
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
	if (unit != NULL && node_text(unit, p->complaints, &word) &&
	    !unit_find(word, &rule->unit))
		complain(p->complaints, unit,
		    "each: day, week, credit-hour, article or session was "
		    "expected");
}

static void parse_rates(struct parsing *p, struct node *root)
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
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "rate", &rule->words);
		parse_match(p, item, true, &rule->match);
		parse_worth(p, item, rule);
		parse_rounding(p, item, rule);
		node_no_others(item,
		    "rule, source, assumption, note, when, minutes, credits, "
		    "each, step, round",
		    p->complaints);
	}
}

static void parse_factors(struct parsing *p, struct node *root)
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
		(void)parse_ratio(p, node_want(item, "times", p->complaints),
		    false, &rule->times);
		node_no_others(item,
		    "rule, source, assumption, note, when, times",
		    p->complaints);
	}
}

static unsigned same_field(struct text name)
{
	static const struct {
		const char *name;
		unsigned bit;
	} field[] = {{"completed_on", SAME_COMPLETED_ON}, {"kind", SAME_KIND},
	    {"code", SAME_CODE}, {"category", SAME_CATEGORY},
	    {"title", SAME_TITLE}, {"provider", SAME_PROVIDER},
	    {"role", SAME_ROLE}};

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (text_is(name, field[i].name))
			return field[i].bit;
	return 0;
}

static void parse_sames(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->same = parse_list(
	    p, root, "same", sizeof(*program->same), &program->sames, &list);
	if (list == NULL)
		return;
	struct same_rule *rule = program->same;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		struct node *node = node_want(item, "agree_in", p->complaints);
		struct text_list names;

		parse_words(p, item, "same activity", &rule->words);
		parse_match(p, item, true, &rule->match);
		if (node != NULL && parse_texts(p, node, &names))
			for (size_t i = 0; i < names.count; i++) {
				unsigned bit = same_field(names.item[i]);

				if (bit == 0)
					complain(p->complaints, node,
					    "agree_in: completed_on, kind, "
					    "code, "
					    "category, title, provider or role "
					    "was expected");
				rule->fields |= bit;
			}
		node_no_others(item,
		    "rule, source, assumption, note, when, agree_in",
		    p->complaints);
	}
}

static const struct span {
	const char *name;
	enum cap_span span;
	enum reason reason;
} spans[] = {
    {"activity", CAP_ACTIVITY, REASON_ACTIVITY_CAP},
    {"request", CAP_REQUEST, REASON_REQUEST_CAP},
    {"day", CAP_DAY, REASON_DAY_CAP},
    {"year", CAP_YEAR, REASON_YEAR_CAP},
    {"period", CAP_PERIOD, REASON_PERIOD_CAP},
};
#define SPANS (sizeof(spans) / sizeof(spans[0]))

static void parse_span(
    struct parsing *p, struct node *item, struct cap_rule *rule)
{
	struct node *node = node_want(item, "per", p->complaints);
	struct text word;
	size_t i = 0;

	if (!node_text(node, p->complaints, &word))
		return;
	while (i < SPANS && !text_is(word, spans[i].name))
		i++;
	if (i == SPANS) {
		complain(p->complaints, node,
		    "per: activity, request, day, year or period was expected");
		return;
	}
	rule->span = spans[i].span;
	rule->reason = spans[i].reason;
	if (rule->span == CAP_PERIOD && rule->match.names_category)
		rule->reason = REASON_CATEGORY_CAP;
}

static void parse_caps(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	enum cap_span widest = CAP_ACTIVITY;
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
		parse_span(p, item, rule);
		if (!node_decimal(node_want(item, "at_most", p->complaints),
			p->complaints, 4, &rule->at_most) ||
		    rule->at_most < 0)
			complain(p->complaints, item,
			    "at_most: credits of 0 or more were expected");
		if (rule->span < widest)
			complain(p->complaints, item,
			    "caps go from narrow to wide: activity, request, "
			    "day, year, period");
		widest = rule->span;
		node_no_others(item,
		    "rule, source, assumption, note, when, per, at_most",
		    p->complaints);
	}
}

void parse_claims(struct parsing *p, struct node *root)
{
	parse_accreditation(p, root);
	parse_eligibility(p, root);
	parse_rates(p, root);
	parse_factors(p, root);
	parse_sames(p, root);
	parse_caps(p, root);
}
