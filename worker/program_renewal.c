/* Programs: what follows a period: renewal and its lateness, notices,
 * agreements with other bodies. */
#include "program_parse.h"

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
		(void)parse_amount(
		    p, node_get(item, "fee"), MONEY_MOST, &rule->fee);
		parse_requirements(p, node_get(item, "met"), &rule->met);
		names_add_all(p, &p->asked, rule->met);
		node_no_others(item,
		    "rule, source, assumption, note, within_months, fee, met",
		    p->complaints);
	}
}

/* What each renewal costs, in addition to a late fee. */
static void parse_renewal_fee(struct parsing *p, struct node *map)
{
	struct program *program = p->program;
	struct node *fee = node_get(map, "fee");

	(void)parse_amount(p, fee, MONEY_MOST, &program->renewal_fee);
	(void)node_bool(node_get(map, "fee_once"), p->complaints,
	    &program->renewal_fee_once);
	if (fee == NULL)
		parse_refuse(p, map, "fee_once",
		    "there is no fee here: `fee` was expected beside it, such "
		    "as 45.00");
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
	parse_renewal_fee(p, map);
	parse_late(p, map);
	program->late_is_free = program->lates == 0;
	node_no_others(map,
	    "rule, source, assumption, note, early_days, fee, fee_once, late",
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

void parse_renewals(struct parsing *p, struct node *root)
{
	parse_renewal(p, root);
	parse_notices(p, root);
	parse_agreements(p, root);
}
