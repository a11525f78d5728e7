/* Why a period requires what it does, what its minimums still miss, and since
 * when it is closed to changes, in words that a member can read. */
#include "rule_note.h"
#include "rule_work.h"

/* The plain total of the rule that holds. */
static credit_t stated(
    const struct program *program, const struct period *period)
{
	const struct designation_rule *rule =
	    program_designation(program, period->designation);

	for (size_t i = 0; rule != NULL && i < rule->requires_count; i++)
		if (&rule->requires[i].words == period->required_by)
	return rule->requires[i].total;
	return period->required;
}

static const struct minimum_rule *rule_of(
    const struct program *program, const struct minimum *minimum)
{
	for (size_t i = 0; i < program->minimums; i++)
		if (&program->minimum[i].words == minimum->rule)
			return &program->minimum[i];
	return NULL;
}

static void put_required(struct note *note, const struct period *period)
{
	if (!period->has_required) {
		note_words(note, "no total is required");
		return;
	}
	note_credits(note, period->required);
	note_words(note, " are required");
}

static void put_changed(struct note *note, const struct period *period)
{
	static const char *const why[] = {
	    [REQUIRED_AS_STATED] = "",
	    [REQUIRED_PRORATED] =
		" are asked of a whole period; this first one is shorter",
	    [REQUIRED_REDUCED] = " are asked without leave; leave lowers them",
	    [REQUIRED_WAIVED] = " are asked; an exemption waives them",
	};

	note_credits(note, stated(note->program, period));
	note_words(note, why[period->change]);
}

static void put_beside(struct note *note, const struct minimum *minimum)
{
	note_credits(note, minimum->needed);
	note_words(note, " of what is required are for ");
	note_text(note, minimum->name);
	note_words(note, ", beside the total");
}

static void put_amount(
    struct note *note, const struct minimum *minimum, int64_t amount)
{
	if (minimum->is_count)
		note_count(note, amount);
	else
		note_credits(note, amount);
}

/* "ethics: 1.0 of 3.0 CEC; 2.0 CEC more are needed" */
static void put_minimum(struct note *note, const struct minimum *minimum)
{
	note_text(note, minimum->name);
	note_words(note, ": ");
	if (minimum->is_count)
		note_count(note, minimum->has);
	else
		note_number(note, minimum->has);
	note_words(note, " of ");
	put_amount(note, minimum, minimum->needed);
	if (minimum->met) {
		note_words(note, ", met");
		return;
	}
	note_words(note, "; ");
	put_amount(note, minimum, minimum->needed - minimum->has);
	note_words(note, " more are needed");
}

static void put_frozen(struct note *note, const struct period *period)
{
	note_words(note, "closed to what arrived after ");
	note_date(note, period->frozen_on);
}

/* Is it this one's turn? */
static bool is_next(size_t *number)
{
	return (*number)-- == 0;
}

/* The rule that the note comes from, or NULL past the last. */
static const struct rule_words *put_number(struct note *note,
    const struct period *period, size_t number, enum period_note_kind *ret)
{
	const struct program *program = note->program;

	*ret = NOTE_REQUIRED;
	if (is_next(&number)) {
		put_required(note, period);
		return period->required_by;
	}
	*ret = NOTE_CHANGED;
	if (period->changed_by != NULL && is_next(&number)) {
		put_changed(note, period);
		return period->changed_by;
	}
	for (size_t i = 0; i < period->minimums; i++) {
		const struct minimum_rule *rule =
		    rule_of(program, &period->minimum[i]);

		*ret = NOTE_BESIDE;
		if (rule != NULL && rule->beside_total && is_next(&number)) {
			put_beside(note, &period->minimum[i]);
			return &rule->words;
		}
	}
	*ret = NOTE_FROZEN;
	if (period->is_frozen && is_next(&number)) {
		put_frozen(note, period);
		return &program->freeze.words;
	}
	*ret = NOTE_MINIMUM;
	if (number >= period->minimums)
		return NULL;
	put_minimum(note, &period->minimum[number]);
	return period->minimum[number].rule;
}

bool period_note(const struct ruling *ruling, const struct period *period,
    size_t number, char *buffer, size_t size, struct period_note *ret)
{
	struct note note = {.at = buffer,
	    .size = size - 1,
	    .program = ruling->program,
	    .unit = program_unit(ruling->program)};
	const struct rule_words *words;

	words = put_number(&note, period, number, &ret->kind);
	if (words == NULL)
		return false;
	buffer[note.length] = '\0';
	ret->words = (struct text){buffer, note.length};
	ret->rule = words->name;
	ret->source = words->source;
	return true;
}
