/* Programs: what goes from one period into the next, and when a period is
 * ruled for the last time. */
#include "program_parse.h"

#define MONTHS_MOST      240
#define FREEZE_DAYS_MOST 36500

/* A deficit that the next period's credits may fill. */
static void parse_backfill(
    struct parsing *p, struct node *map, struct carry_rule *rule)
{
	struct node *node = node_get(map, "backfill");
	int64_t months = 0;

	if (node == NULL || !node_is_map(node, p->complaints))
		return;
	rule->backfills = true;
	parse_words(p, node, "backfill", &rule->backfill_words);
	(void)parse_credits(p, node_want(node, "at_most", p->complaints), false,
	    &rule->backfill_at_most);
	(void)node_int(node_get(node, "within_months"), p->complaints, 1,
	    MONTHS_MOST, &months);
	rule->backfill_months = (int)months;
	node_no_others(node,
	    "rule, source, assumption, note, at_most, within_months",
	    p->complaints);
}

static void parse_surplus(
    struct parsing *p, struct node *map, struct carry_rule *rule)
{
	static const char *const only[] = {"recognized"};
	int64_t months = 0, periods = 1;
	size_t i;

	rule->at_most = CREDIT_MOST;
	(void)parse_credits(p, node_get(map, "at_most"), true, &rule->at_most);
	rule->is_percent =
	    parse_percent(p, node_get(map, "percent"), true, &rule->percent);
	if (node_get(map, "percent") == NULL)
		parse_refuse_rounding(
		    p, map, "only a `percent` of the requirement is rounded");
	parse_rounding(p, map, &rule->step, &rule->rounding);
	rule->recognized_only =
	    parse_choice(p, node_get(map, "only"), only, 1, &i);
	rule->has_match = node_get(map, "when") != NULL;
	parse_match(p, map, true, &rule->match);
	(void)node_int(node_get(map, "last_months"), p->complaints, 1,
	    MONTHS_MOST, &months);
	(void)node_int(node_get(map, "periods"), p->complaints, 1,
	    CARRY_PERIODS_MOST, &periods);
	rule->last_months = (int)months;
	rule->periods = (int)periods;
}

static void parse_carry_over(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *map = node_get(root, "carry");

	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	program->carries = true;
	parse_words(p, map, "carry-over", &program->carry.words);
	parse_surplus(p, map, &program->carry);
	parse_backfill(p, map, &program->carry);
	node_no_others(map,
	    "rule, source, assumption, note, at_most, percent, step, round, "
	    "only, when, last_months, periods, backfill",
	    p->complaints);
}

static void parse_freeze(struct parsing *p, struct node *root)
{
	struct freeze_rule *rule = &p->program->freeze;
	struct node *map = node_get(root, "freeze");
	int64_t days = -1;

	rule->after_days = -1;
	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	rule->given = true;
	parse_words(p, map, "freeze", &rule->words);
	(void)node_int(node_get(map, "after_days"), p->complaints, 0,
	    FREEZE_DAYS_MOST, &days);
	rule->after_days = (int)days;
	(void)node_bool(
	    node_get(map, "once_renewed"), p->complaints, &rule->once_renewed);
	if (node_get(map, "after_days") == NULL && !rule->once_renewed)
		complain(p->complaints, map,
		    "freeze: `after_days` (such as 90) or `once_renewed: true` "
		    "was expected");
	node_no_others(map,
	    "rule, source, assumption, note, after_days, once_renewed",
	    p->complaints);
}

void parse_carry(struct parsing *p, struct node *root)
{
	parse_carry_over(p, root);
	parse_freeze(p, root);
}
