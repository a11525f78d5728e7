/* Does a rule speak of a claim? */
#include "rule_work.h"

static bool one_of(struct text_list values, struct text text, bool nocase)
{
	if (text.at == NULL)
		return false;
	for (size_t i = 0; i < values.count; i++)
		if (nocase ? text_equal_nocase(values.item[i], text)
			   : text_equal(values.item[i], text))
			return true;
	return false;
}

static bool any_of(struct text_list values, struct text_list texts)
{
	for (size_t i = 0; i < texts.count; i++)
		if (one_of(values, texts.item[i], false))
			return true;
	return false;
}

/* The one text that a condition looks at; absent where nothing was said. */
static struct text field_text(const struct claim *claim,
    const struct aspect *aspect, enum condition_field field)
{
	const struct activity *a = &claim->fact->activity;

	switch (field) {
	case CONDITION_KIND:
		return a->kind;
	case CONDITION_CODE:
		return a->code;
	case CONDITION_CATEGORY:
		return aspect != NULL && aspect->category.at != NULL
			   ? aspect->category
			   : a->category;
	case CONDITION_PROVIDER:
		return a->provider;
	case CONDITION_ACCREDITED_BY:
		return a->accredited_by;
	case CONDITION_GRADE:
		return a->grade;
	default:
		return TEXT_NONE;
	}
}

/* Of a field that takes any text. */
static bool text_holds(const struct condition *condition,
    const struct claim *claim, const struct aspect *aspect)
{
	const struct activity *activity = &claim->fact->activity;
	bool present, among;

	if (condition->field == CONDITION_TOPICS ||
	    condition->field == CONDITION_PRESENTER) {
		struct text_list list = condition->field == CONDITION_TOPICS
					    ? activity->topics
					    : activity->presenter_certified_by;

		present = list.count > 0;
		among = any_of(condition->values, list);
	} else {
		struct text text = field_text(claim, aspect, condition->field);

		present = text.at != NULL;
		among = one_of(condition->values, text,
		    condition->field == CONDITION_PROVIDER);
	}
	switch (condition->test) {
	case TEST_ONE_OF:
		return among;
	case TEST_NONE_OF:
		return !among;
	case TEST_PRESENT:
		return present;
	default:
		return !present;
	}
}

static bool conditions_hold(struct conditions conditions,
    const struct claim *claim, const struct aspect *aspect)
{
	for (size_t i = 0; i < conditions.count; i++) {
		const struct condition *condition = &conditions.condition[i];
		bool wanted = condition->test == TEST_ONE_OF ||
			      condition->test == TEST_PRESENT;

		if (condition->traits == 0
			? !text_holds(condition, claim, aspect)
			: ((claim->traits & condition->traits) != 0) != wanted)
			return false;
	}
	return true;
}

static bool any_holds(const struct match *match, const struct claim *claim,
    const struct aspect *aspect)
{
	for (size_t i = 0; i < match->anys; i++)
		if (conditions_hold(match->any[i], claim, aspect))
			return true;
	return match->anys == 0;
}

bool rule_match_all(const struct match *match, const struct claim *claim,
    const struct aspect *aspect)
{
	date_t on = claim->fact->activity.completed_on;

	if (on < match->from || on > match->until)
		return false;
	if (aspect != NULL && match->by_holder &&
	    (aspect->granted_on < match->granted_from ||
		aspect->granted_on > match->granted_until ||
		(match->designations.count > 0 &&
		    !one_of(match->designations, aspect->designation, false))))
		return false;
	return conditions_hold(
		   (struct conditions){match->condition, match->count}, claim,
		   aspect) &&
	       any_holds(match, claim, aspect);
}
