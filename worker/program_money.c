/* Programs: recognition (documents, decision, audit, fee) and taxes. */
#include "program_parse.h"

#define ONE_IN_MOST 1000000

static void parse_evidence(struct parsing *p, struct node *map)
{
	struct program *program = p->program;
	struct node *list;

	program->evidence = parse_list(p, map, "evidence",
	    sizeof(*program->evidence), &program->evidences, &list);
	if (list == NULL)
		return;
	struct evidence_rule *rule = program->evidence;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "documents", &rule->words);
		parse_match(p, item, false, &rule->match);
		(void)parse_texts(
		    p, node_want(item, "needs", p->complaints), &rule->kinds);
		node_no_others(item,
		    "rule, source, assumption, note, when, needs",
		    p->complaints);
	}
}

static void parse_fee(struct parsing *p, struct node *map)
{
	struct program *program = p->program;
	struct node *fee = node_get(map, "fee");
	struct node *credit, *request;

	program->fee_words.name = TEXT("fee");
	if (fee == NULL || !node_is_map(fee, p->complaints))
		return;
	parse_words(p, fee, "fee", &program->fee_words);
	credit = node_get(fee, "per_credit");
	request = node_get(fee, "per_request");
	if (credit == NULL && request == NULL)
		complain(p->complaints, fee,
		    "fee: `per_credit` (such as 11.00) or `per_request` (such "
		    "as 25.00) was expected");
	(void)parse_amount(
	    p, credit, MONEY_MOST / 1000, &program->fee_per_credit);
	(void)parse_amount(p, request, MONEY_MOST, &program->fee_per_request);
	node_no_others(fee,
	    "rule, source, assumption, note, per_credit, per_request",
	    p->complaints);
}

static void parse_audit(struct parsing *p, struct node *map)
{
	struct audit_rule *rule = &p->program->audit;
	struct node *audit = node_get(map, "audit");
	struct node *needs;
	int64_t one_in = 0;

	if (audit == NULL || !node_is_map(audit, p->complaints))
		return;
	rule->given = true;
	parse_words(p, audit, "audit", &rule->words);
	parse_match(p, audit, false, &rule->match);
	(void)node_int(
	    node_get(audit, "one_in"), p->complaints, 1, ONE_IN_MOST, &one_in);
	rule->one_in = (int)one_in;
	if (node_get(audit, "requirement") != NULL)
		(void)parse_requirement(
		    p, audit, "requirement", &rule->requirement);
	else if (node_get(audit, "one_in") == NULL)
		complain(p->complaints, audit,
		    "audit: `one_in` (such as 20) or a `requirement` (such as "
		    "audit) was expected, which says who is audited");
	needs = node_get(audit, "needs");
	if (needs != NULL)
		(void)parse_texts(p, needs, &rule->needs);
	node_no_others(audit,
	    "rule, source, assumption, note, when, one_in, requirement, needs",
	    p->complaints);
}

static void parse_recognition(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *map = node_get(root, "recognition");

	if (map == NULL || !node_is_map(map, p->complaints))
		return;
	program->recognition = true;
	program->decision_required = true;
	parse_words(p, map, "recognition", &program->recognition_words);
	parse_evidence(p, map);
	(void)node_bool(node_get(map, "decision"), p->complaints,
	    &program->decision_required);
	parse_audit(p, map);
	parse_fee(p, map);
	node_no_others(map,
	    "rule, source, assumption, note, evidence, decision, audit, fee",
	    p->complaints);
}

static void parse_lines(
    struct parsing *p, struct node *item, struct tax_rule *rule)
{
	struct node *list = node_want(item, "lines", p->complaints);

	if (list == NULL || !node_is_list(list, p->complaints))
		return;
	for (struct node *line = list->first; line != NULL; line = line->next) {
		struct tax_line *tax = &rule->line[rule->lines];
		struct node *percent;

		if (rule->lines == sizeof(rule->line) / sizeof(rule->line[0])) {
			complain(p->complaints, line, "lines: at most 4");
			return;
		}
		if (!node_is_map(line, p->complaints))
			continue;
		(void)parse_text(p, line, "name", true, &tax->name);
		percent = node_want(line, "percent", p->complaints);
		(void)parse_percent(p, percent, true, &tax->rate);
		node_no_others(line, "name, percent", p->complaints);
		rule->lines++;
	}
}

static void parse_taxes(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->tax = parse_list(
	    p, root, "taxes", sizeof(*program->tax), &program->taxes, &list);
	if (list == NULL)
		return;
	struct tax_rule *rule = program->tax;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "tax", &rule->words);
		(void)parse_texts(
		    p, node_want(item, "in", p->complaints), &rule->places);
		parse_dates(p, item, &rule->from, &rule->until);
		parse_lines(p, item, rule);
		node_no_others(item,
		    "rule, source, assumption, note, in, from, until, lines",
		    p->complaints);
	}
}

void parse_money(struct parsing *p, struct node *root)
{
	parse_recognition(p, root);
	parse_taxes(p, root);
}
