/* Where rules are written: those without a source, sources without a rule. */
#include "program_check_work.h"

/* ---- each rule says where it is written, or that it is assumed */

static bool has_words(const struct rule_words *words)
{
	return words != NULL &&
	       (words->source.at != NULL || words->assumption.at != NULL);
}

/* A rule within another one may leave it to that. */
static void look(struct check *check, const struct rule_words *words,
    const struct rule_words *outer)
{
	if (!has_words(words) && !has_words(outer))
		check_find(check, words, "no-source",
		    "the rule '%.*s' names no `source`, and no `assumption` "
		    "says why it is so",
		    TEXT_ARGS(words->name));
}

/* The rules of a list: each begins with its words. */
static void look_at(struct check *check, const void *rules, size_t count,
    size_t size, const struct rule_words *outer)
{
	for (size_t i = 0; i < count; i++)
		look(check,
		    (const struct rule_words *)((const char *)rules + i * size),
		    outer);
}
#define LOOK_AT(check, list, count, outer)                                     \
	look_at(check, list, count, sizeof(*(list)), outer)

static void look_at_designations(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 0; i < p->designations; i++) {
		const struct designation_rule *d = &p->designation[i];

		LOOK_AT(check, d->period, d->periods, NULL);
		LOOK_AT(check, d->requires, d->requires_count, NULL);
		for (size_t k = 0; k < d->requires_count; k++)
			if (d->requires[k].first_period.kind != PRORATE_NOT)
				look(check, &d->requires[k].first_period.words,
				    &d->requires[k].words);
	}
}

static void look_at_claims(struct check *check)
{
	const struct program *p = check->program;

	LOOK_AT(check, p->accreditation, p->accreditations, NULL);
	LOOK_AT(check, p->provider, p->providers, NULL);
	LOOK_AT(check, p->deadline, p->deadlines, NULL);
	LOOK_AT(check, p->eligibility, p->eligibilities, NULL);
	LOOK_AT(check, p->rate, p->rates, NULL);
	LOOK_AT(check, p->factor, p->factors, NULL);
	LOOK_AT(check, p->split, p->splits, NULL);
	LOOK_AT(check, p->same, p->sames, NULL);
	LOOK_AT(check, p->cap, p->caps, NULL);
	LOOK_AT(check, p->minimum, p->minimums, NULL);
}

static void look_at_rest(struct check *check)
{
	const struct program *p = check->program;

	look(check, &p->recognition_words, NULL);
	LOOK_AT(check, p->evidence, p->evidences, &p->recognition_words);
	look(check, &p->audit.words, &p->recognition_words);
	look(check, &p->fee_words, &p->recognition_words);
	LOOK_AT(check, p->tax, p->taxes, NULL);
	look(check, &p->renewal_words, NULL);
	LOOK_AT(check, p->late, p->lates, &p->renewal_words);
	look(check, &p->carry.words, NULL);
	look(check, &p->carry.backfill_words, &p->carry.words);
	LOOK_AT(check, p->leave, p->leaves, NULL);
	LOOK_AT(check, p->exemption, p->exemptions, NULL);
	look(check, &p->freeze.words, NULL);
	LOOK_AT(check, p->agreement, p->agreements, NULL);
}

/* ---- each source is named by something */

/* The node after this one, as they stand in the document. */
static const struct node *next(const struct node *node)
{
	if (node->first != NULL)
		return node->first;
	while (node != NULL && node->next == NULL)
		node = node->parent;
	return node != NULL ? node->next : NULL;
}

static bool is_named(struct check *check, struct text source)
{
	for (const struct node *node = check->root; node != NULL;
	     node = next(node))
		if (node->kind == NODE_SCALAR && text_is(node->key, "source") &&
		    check_take(check, 1) && text_equal(node->scalar, source))
			return true;
	return check->left == 0;
}

static const struct node *child(const struct node *map, const char *key)
{
	const struct node *node = map->first;

	while (node != NULL && !text_is(node->key, key))
		node = node->next;
	return node;
}

static void look_at_sources(struct check *check)
{
	const struct node *list = child(check->root, "sources");

	if (list == NULL)
		return;
	for (const struct node *item = list->first; item != NULL;
	     item = item->next) {
		const struct node *name = child(item, "name");

		if (name != NULL && !is_named(check, name->scalar))
			check_find_at(check, item->line, item->column,
			    "source-unused", "no rule names the source '%.*s'",
			    TEXT_ARGS(name->scalar));
	}
}

void check_words(struct check *check)
{
	look_at_designations(check);
	look_at_claims(check);
	look_at_rest(check);
	look_at_sources(check);
}
