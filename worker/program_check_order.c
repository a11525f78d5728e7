/* Where the first rule that fits decides: rules that are never reached, and
 * rules that contradict themselves. */
#include "program_check_work.h"

/* A rule of an ordered list, whatever its kind. */
struct item {
	const struct rule_words *words;
	const struct match *match;
	bool stops;       /* what it fits goes no further */
	unsigned repeats; /* only for claims that repeat one in these */
};

static void find_covered(
    struct check *check, const struct item *item, size_t count)
{
	for (size_t i = 0; i < count && check->left > 0; i++) {
		struct set later = {.match = {item[i].match}};
		size_t k = 0;

		if (set_is_empty(check, &later)) {
			check_find(check, item[i].words, "never-applies",
			    "the rule '%.*s' can never apply: no claim fits "
			    "its conditions",
			    TEXT_ARGS(item[i].words->name));
			continue;
		}
		for (; k < i; k++) {
			struct set earlier = {.match = {item[k].match}};

			if (item[k].stops &&
			    (item[k].repeats & ~item[i].repeats) == 0 &&
			    set_covers(check, &earlier, &later))
				break;
		}
		if (k < i)
			check_find(check, item[i].words, "never-applies",
			    "the rule '%.*s' never applies: " RULE_FORMAT
			    " takes all that it is about",
			    TEXT_ARGS(item[i].words->name),
			    RULE_ARGS(item[k].words));
	}
}

/* Makes items of a list and looks at them. */
#define FIND_COVERED(check, list, count, stops_if, repeats_of)                 \
	do {                                                                   \
		struct item *item = arena_take_many(                           \
		    &(check)->findings->arena, (count) + 1, sizeof(*item));    \
                                                                               \
		if (item == NULL) {                                            \
			(check)->no_memory = true;                             \
			break;                                                 \
		}                                                              \
		for (size_t n = 0; n < (count); n++)                           \
			item[n] = (struct item){&(list)[n].words,              \
			    &(list)[n].match, stops_if, repeats_of};           \
		find_covered(check, item, count);                              \
	} while (0)

static void look_at_lists(struct check *check)
{
	const struct program *p = check->program;

	FIND_COVERED(check, p->eligibility, p->eligibilities,
	    !p->eligibility[n].flags, 0);
	FIND_COVERED(check, p->deadline, p->deadlines, true, 0);
	FIND_COVERED(check, p->rate, p->rates, true, 0);
	FIND_COVERED(check, p->factor, p->factors, true, p->factor[n].repeats);
	FIND_COVERED(check, p->split, p->splits, true, 0);
	FIND_COVERED(check, p->evidence, p->evidences, true, 0);
	/* All of these apply; only what fits nothing is found. */
	FIND_COVERED(check, p->same, p->sames, false, 0);
	FIND_COVERED(check, p->cap, p->caps, false, 0);
	FIND_COVERED(check, p->minimum, p->minimums, false, 0);
}

/* ---- taxes */

static bool place_covers(struct text pattern, struct text place)
{
	if (pattern.length > 0 && pattern.at[pattern.length - 1] == '*') {
		pattern.length--;
		if (place.length > pattern.length)
			place.length = pattern.length;
	}
	return text_equal(pattern, place);
}

static bool tax_covers(struct check *check, const struct tax_rule *earlier,
    const struct tax_rule *later)
{
	if (later->from < earlier->from || later->until > earlier->until)
		return false;
	for (size_t i = 0; i < later->places.count; i++) {
		size_t k = 0;

		while (k < earlier->places.count && check_take(check, 1) &&
		       !place_covers(
			   earlier->places.item[k], later->places.item[i]))
			k++;
		if (k == earlier->places.count || check->left == 0)
			return false;
	}
	return true;
}

static void look_at_taxes(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 1; i < p->taxes; i++) {
		size_t k = 0;

		while (k < i && !tax_covers(check, &p->tax[k], &p->tax[i]))
			k++;
		if (k < i)
			check_find(check, &p->tax[i].words, "never-applies",
			    "the tax '%.*s' never applies: " RULE_FORMAT
			    " takes all of its places and days",
			    TEXT_ARGS(p->tax[i].words.name),
			    RULE_ARGS(&p->tax[k].words));
	}
}

/* ---- variants */

/* A variant of `period` or `requires`. */
struct variant {
	const struct rule_words *words;
	const struct era *era;
};

static bool era_is_all(const struct era *era)
{
	return era->from <= DATE_FIRST && era->until == DATE_NEVER &&
	       era->granted_from <= DATE_FIRST &&
	       era->granted_until == DATE_NEVER && era->which == ERA_ANY;
}

/* The last one also holds where none fits, so only a variant without limits
 * before it leaves it nothing. */
static void find_hidden(struct check *check, const struct variant *variant,
    size_t count, struct text designation)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			if (i + 1 == count ? !era_is_all(variant[k].era)
					   : !check_era_covers(variant[k].era,
						 variant[i].era))
				continue;
			check_find(check, variant[i].words, "never-applies",
			    "the variant '%.*s' never holds for "
			    "%.*s: " RULE_FORMAT " takes all of its periods",
			    TEXT_ARGS(variant[i].words->name),
			    TEXT_ARGS(designation),
			    RULE_ARGS(variant[k].words));
			break;
		}
}

static void look_at_variants(
    struct check *check, const struct designation_rule *rule)
{
	size_t count = rule->periods + rule->requires_count;
	struct variant *variant =
	    arena_take_many(&check->findings->arena, count, sizeof(*variant));

	if (variant == NULL) {
		check->no_memory = true;
		return;
	}
	for (size_t i = 0; i < rule->periods; i++)
		variant[i] = (struct variant){
		    &rule->period[i].words, &rule->period[i].era};
	find_hidden(check, variant, rule->periods, rule->name);
	for (size_t i = 0; i < rule->requires_count; i++)
		variant[i] = (struct variant){
		    &rule->requires[i].words, &rule->requires[i].era};
	find_hidden(check, variant, rule->requires_count, rule->name);
}

/* ---- agreements */

static void look_at_agreements(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 0; i < p->agreements; i++)
		for (size_t k = 0; k < p->agreements; k++) {
			const struct agreement_rule *a = &p->agreement[i];
			const struct agreement_rule *b = &p->agreement[k];

			if (i == k || !check_take(check, 1) ||
			    !text_equal(a->organization, b->organization) ||
			    !text_equal(
				a->from_designation, b->from_designation) ||
			    !text_equal(a->designation, b->designation) ||
			    a->since < b->since ||
			    (a->since == b->since && i < k))
				continue;
			check_find(check, &a->words, "never-applies",
			    "the agreement '%.*s' adds nothing: " RULE_FORMAT
			    " is of the same two designations, and older",
			    TEXT_ARGS(a->words.name), RULE_ARGS(&b->words));
			break;
		}
}

void check_order(struct check *check)
{
	const struct program *p = check->program;

	look_at_lists(check);
	look_at_taxes(check);
	for (size_t i = 0; i < p->designations; i++)
		look_at_variants(check, &p->designation[i]);
	look_at_agreements(check);
}
