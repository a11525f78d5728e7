/* A step of an explanation, in words that a member can read. */
#include <stdio.h>

#include "rule_work.h"

struct text step_rule(const struct step *step)
{
	if (step->rule != NULL)
		return step->rule->name;
	switch (step->kind) {
	case STEP_DATE:
		return TEXT("dates and periods");
	case STEP_REFUSED:
		return TEXT("what can count");
	default:
		return TEXT("general rules");
	}
}

struct text step_source(const struct step *step)
{
	return step->rule == NULL ? TEXT_NONE : step->rule->source;
}

/* "480 contact minutes", "2.5 days", or "" where a fixed credit is given. */
static struct text measure_words(
    const struct fact *fact, char *buffer, size_t size)
{
	const struct activity *activity = &fact->activity;
	char number[EXACT_TEXT_SIZE];
	int length = 0;

	if (activity->has_minutes && activity->minutes.denominator == 1)
		length =
		    snprintf(buffer, size, "%lld contact minutes are worth ",
			(long long)activity->minutes.numerator);
	else if (activity->has_minutes)
		length = snprintf(buffer, size,
		    "%lld/%lld contact minutes are worth ",
		    (long long)activity->minutes.numerator,
		    (long long)activity->minutes.denominator);
	else if (activity->has_quantity)
		length = snprintf(buffer, size, "%.*s %s are worth ",
		    TEXT_ARGS(credit_write(activity->quantity, number)),
		    activity->unit == UNIT_NONE ? "units"
						: unit_name(activity->unit));
	else if (activity->code.at != NULL)
		length = snprintf(
		    buffer, size, "%.*s is worth ", TEXT_ARGS(activity->code));
	else
		length = snprintf(buffer, size, "it is worth ");
	return (struct text){buffer, length < 0              ? 0
				     : (size_t)length < size ? (size_t)length
							     : size - 1};
}

static const struct fact *fact_of(
    const struct ruling *ruling, const struct step *step)
{
	for (size_t i = 0; i < ruling->shares; i++) {
		const struct share *share = &ruling->share[i];

		if (step >= share->step && step < share->step + share->steps)
			return &ruling->fact[share->fact];
	}
	return NULL;
}

static int rate_note(const struct ruling *ruling, const struct step *step,
    const char *unit, char *buffer, size_t size)
{
	const struct fact *fact = fact_of(ruling, step);
	char number[EXACT_TEXT_SIZE], words[192] = "";

	if (fact != NULL)
		(void)measure_words(fact, words, sizeof(words));
	return snprintf(buffer, size, "%s%.*s %s", words,
	    TEXT_ARGS(credit_write(step->credits, number)), unit);
}

static const char *cap_words(enum reason reason)
{
	switch (reason) {
	case REASON_ACTIVITY_CAP:
		return "for one activity";
	case REASON_REQUEST_CAP:
		return "for one request";
	case REASON_DAY_CAP:
		return "in one day";
	case REASON_YEAR_CAP:
		return "in one calendar year";
	case REASON_CATEGORY_CAP:
		return "of this kind in a period";
	default:
		return "by this route in a period";
	}
}

struct text step_note(const struct ruling *ruling, const struct step *step,
    char *buffer, size_t size)
{
	char number[EXACT_TEXT_SIZE], left[EXACT_TEXT_SIZE], unit[64];
	const char *why = reason_sentence(step->reason);
	int length = 0;

	(void)snprintf(unit, sizeof(unit), "%.*s",
	    TEXT_ARGS(program_unit(ruling->program)));
	switch (step->kind) {
	case STEP_RATE:
		length = rate_note(ruling, step, unit, buffer, size);
		break;
	case STEP_DECISION:
		length =
		    snprintf(buffer, size, "the reviewer decided on %.*s %s",
			TEXT_ARGS(credit_write(step->credits, left)), unit);
		break;
	case STEP_CAP:
		length = snprintf(buffer, size,
		    "at most %.*s %s %s count; %.*s are left for this",
		    TEXT_ARGS(credit_write(step->number, number)), unit,
		    cap_words(step->reason),
		    TEXT_ARGS(credit_write(step->credits, left)));
		break;
	case STEP_PAID:
		length = snprintf(buffer, size,
		    "%.*s %.*s with tax is due; what is paid covers %.*s %s",
		    TEXT_ARGS(money_write(step->number, number)),
		    TEXT_ARGS(step->words),
		    TEXT_ARGS(credit_write(step->credits, left)), unit);
		break;
	default:
		length = snprintf(buffer, size, "%s", why);
		break;
	}
	if (length < 0)
		length = 0;
	return (struct text){
	    buffer, (size_t)length < size ? (size_t)length : size - 1};
}
