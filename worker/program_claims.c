/* Programs: which claims count: accreditation, approved providers, eligibility,
 * deadlines. */
#include "program_parse.h"

#define DEADLINE_DAYS_MOST 36500

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

static void parse_providers(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->provider = parse_list(p, root, "providers",
	    sizeof(*program->provider), &program->providers, &list);
	if (list == NULL)
		return;
	struct provider_rule *rule = program->provider;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		parse_words(p, item, "approved providers", &rule->words);
		(void)parse_texts(
		    p, node_want(item, "names", p->complaints), &rule->names);
		parse_dates(p, item, &rule->from, &rule->until);
		node_no_others(item,
		    "rule, source, assumption, note, names, from, until",
		    p->complaints);
	}
}

static void parse_deadlines(struct parsing *p, struct node *root)
{
	struct program *program = p->program;
	struct node *list;

	program->deadline = parse_list(p, root, "deadlines",
	    sizeof(*program->deadline), &program->deadlines, &list);
	if (list == NULL)
		return;
	struct deadline_rule *rule = program->deadline;
	for (struct node *item = list->first; item != NULL;
	     item = item->next, rule++) {
		int64_t days = 0;

		parse_words(p, item, "deadline", &rule->words);
		parse_match(p, item, false, &rule->match);
		(void)node_int(node_want(item, "days", p->complaints),
		    p->complaints, 0, DEADLINE_DAYS_MOST, &days);
		rule->days = (int)days;
		node_no_others(item,
		    "rule, source, assumption, note, when, days",
		    p->complaints);
	}
}

void parse_claims(struct parsing *p, struct node *root)
{
	parse_accreditation(p, root);
	parse_providers(p, root);
	parse_eligibility(p, root);
	parse_deadlines(p, root);
	parse_rates(p, root);
	parse_caps(p, root);
}
