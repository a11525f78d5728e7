/* Programs: recognition (documents, decision, fee) and taxes. */
#include "program_parse.h"

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
	struct node *amount;

	program->fee_words.name = TEXT("fee");
	if (fee == NULL || !node_is_map(fee, p->complaints))
		return;
	parse_words(p, fee, "fee", &program->fee_words);
	amount = node_want(fee, "per_credit", p->complaints);
	if (node_decimal(amount, p->complaints, 2, &program->fee_per_credit) &&
	    (program->fee_per_credit < 0 ||
		program->fee_per_credit > MONEY_MOST / 1000))
		complain(p->complaints, amount,
		    "per_credit: an amount of 0.00 or more was expected");
	if (program->currency.length == 0)
		complain(p->complaints, fee,
		    "a fee needs `currency` at the top of the program");
	node_no_others(
	    fee, "rule, source, assumption, note, per_credit", p->complaints);
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
	parse_fee(p, map);
	node_no_others(map,
	    "rule, source, assumption, note, evidence, decision, fee",
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
		if (node_decimal(percent, p->complaints, 4, &tax->rate) &&
		    (tax->rate < 0 || tax->rate > TAX_SCALE))
			complain(p->complaints, percent,
			    "percent: a number from 0 to 100 was expected");
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
