/* Rules about claims that can never earn credit, or about nothing at all. */
#include "program_check_work.h"

static const char *field_name(enum condition_field field)
{
	switch (field) {
	case CONDITION_KIND:
		return "kind";
	case CONDITION_CODE:
		return "code";
	case CONDITION_CATEGORY:
		return "category";
	default:
		return NULL;
	}
}

/* Some split puts credits into the category, whatever the claim's own. */
static bool is_split_into(const struct program *program, struct text category)
{
	for (size_t i = 0; i < program->splits; i++)
		for (size_t k = 0; k < program->split[i].parts; k++)
			if (text_equal(
				program->split[i].part[k].category, category))
				return true;
	return false;
}

static bool earns_with(struct check *check, const struct match *match,
    enum condition_field field, struct text value)
{
	struct condition only = {
	    .field = field, .test = TEST_ONE_OF, .values = {&value, 1}};
	struct set set = {.match = {match}, .extra = &only};

	if (field == CONDITION_CATEGORY && is_split_into(check->program, value))
		return true;
	return set_earns(check, &set);
}

static void find_value(struct check *check, const struct rule_words *words,
    const char *field, struct text value)
{
	check_find(check, words, "never-earned",
	    "%s '%.*s', which the rule '%.*s' names, earns nothing: no rate "
	    "is for it, or it is refused",
	    field, TEXT_ARGS(value), TEXT_ARGS(words->name));
}

/* The values that the conditions name, each for itself. */
static void look_at_values(struct check *check, const struct rule_words *words,
    const struct match *match, struct conditions conditions)
{
	for (size_t i = 0; i < conditions.count; i++) {
		const struct condition *c = &conditions.condition[i];
		const char *field = field_name(c->field);

		if (field == NULL || c->test != TEST_ONE_OF)
			continue;
		for (size_t k = 0; k < c->values.count && check->left > 0; k++)
			if (!earns_with(
				check, match, c->field, c->values.item[k]))
				find_value(
				    check, words, field, c->values.item[k]);
	}
}

/* Asks for a category that only a split gives: the claim's own does not tell.
 */
static bool asks_for_split(
    const struct program *program, const struct match *match)
{
	for (size_t i = 0; i < match->count; i++) {
		const struct condition *c = &match->condition[i];

		if (c->field != CONDITION_CATEGORY)
			continue;
		for (size_t k = 0; k < c->values.count; k++)
			if (is_split_into(program, c->values.item[k]))
				return true;
	}
	return match->anys > 0 && program->splits > 0;
}

static void look_at(struct check *check, const struct rule_words *words,
    const struct match *match)
{
	struct set set = {.match = {match}};

	if (asks_for_split(check->program, match) || set_is_empty(check, &set))
		return;
	if (!set_earns(check, &set)) {
		check_find(check, words, "never-earned",
		    "nothing that the rule '%.*s' is about can earn credit: "
		    "no rate is for it, or it is refused",
		    TEXT_ARGS(words->name));
		return;
	}
	look_at_values(check, words, match,
	    (struct conditions){match->condition, match->count});
	for (size_t i = 0; i < match->anys; i++)
		look_at_values(check, words, match, match->any[i]);
}

static void look_at_coverage(
    struct check *check, const struct minimum_rule *rule)
{
	const char *field = field_name(rule->field);

	if (rule->kind != MINIMUM_COVERS || field == NULL)
		return;
	for (size_t i = 0; i < rule->values.count && check->left > 0; i++)
		if (!earns_with(
			check, &rule->match, rule->field, rule->values.item[i]))
			find_value(
			    check, &rule->words, field, rule->values.item[i]);
}

static void look_at_designation(struct check *check, struct text name)
{
	const struct program *p = check->program;
	struct text_list list = {&name, 1};
	struct match match = {.from = DATE_FIRST,
	    .until = DATE_NEVER,
	    .granted_from = DATE_FIRST,
	    .granted_until = DATE_NEVER,
	    .designations = list};
	struct set set = {.match = {&match}};
	size_t i = 0;

	while (i < p->rates && check_is_about(&p->rate[i].match, name))
		i++;
	/* Where all rates are for all, this is not about the designation. */
	if (i < p->rates && !set_earns(check, &set))
		check_find(check, &p->rate[i].words, "never-earned",
		    "no rate is for %.*s: nothing ever earns credit there",
		    TEXT_ARGS(name));
}

/* What is listed, and no condition asks for. */
static void look_at_lists(struct check *check)
{
	const struct program *p = check->program;
	bool accredited = false, approved = false;

	for (const struct node *node = check->root->first; node != NULL;) {
		accredited |= text_is(node->key, "accredited") ||
			      text_is(node->key, "accredited_not");
		approved |= text_is(node->key, "provider_approved") ||
			    text_is(node->key, "provider_approved_not");
		if (node->first != NULL) {
			node = node->first;
			continue;
		}
		while (node != NULL && node->next == NULL)
			node = node->parent;
		node = node != NULL ? node->next : NULL;
	}
	if (!accredited && p->accreditations > 0)
		check_find(check, &p->accreditation[0].words, "never-asked",
		    "no rule asks for `accredited`: this list changes "
		    "nothing");
	if (!approved && p->providers > 0)
		check_find(check, &p->provider[0].words, "never-asked",
		    "no rule asks for `provider_approved`: this list changes "
		    "nothing");
}

void check_earning(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 0; i < p->rates; i++) {
		struct set set = {.match = {&p->rate[i].match}};

		if (!set_is_empty(check, &set) && !set_earns(check, &set))
			check_find(check, &p->rate[i].words, "never-applies",
			    "the rate '%.*s' never applies: all that it is "
			    "about is refused",
			    TEXT_ARGS(p->rate[i].words.name));
	}
	for (size_t i = 0; i < p->factors; i++)
		look_at(check, &p->factor[i].words, &p->factor[i].match);
	for (size_t i = 0; i < p->splits; i++)
		look_at(check, &p->split[i].words, &p->split[i].match);
	for (size_t i = 0; i < p->sames; i++)
		look_at(check, &p->same[i].words, &p->same[i].match);
	for (size_t i = 0; i < p->caps; i++)
		look_at(check, &p->cap[i].words, &p->cap[i].match);
	for (size_t i = 0; i < p->minimums; i++) {
		look_at(check, &p->minimum[i].words, &p->minimum[i].match);
		look_at_coverage(check, &p->minimum[i]);
	}
	for (size_t i = 0; i < p->evidences; i++)
		look_at(check, &p->evidence[i].words, &p->evidence[i].match);
	if (p->carries && p->carry.has_match)
		look_at(check, &p->carry.words, &p->carry.match);
	for (size_t i = 0; i < p->designations; i++)
		look_at_designation(check, p->designation[i].name);
	look_at_lists(check);
}
