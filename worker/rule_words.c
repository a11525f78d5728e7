/* A step of an explanation, in words that a member can read. */
#include <string.h>

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

void note_text(struct note *note, struct text text)
{
	size_t left = note->size - note->length;

	/* Nothing more once something did not fit. */
	if (text.length > left) {
		text = text_head(text, left);
		note->size = note->length + text.length;
	}
	if (text.length > 0)
		memcpy(note->at + note->length, text.at, text.length);
	note->length += text.length;
}

void note_words(struct note *note, const char *words)
{
	note_text(note, text_of(words));
}

void note_count(struct note *note, int64_t count)
{
	char digits[EXACT_TEXT_SIZE];
	size_t at = sizeof(digits);
	uint64_t size = count < 0 ? -(uint64_t)count : (uint64_t)count;

	do
		digits[--at] = (char)('0' + size % 10);
	while ((size /= 10) > 0);
	if (count < 0)
		digits[--at] = '-';
	note_text(note, (struct text){digits + at, sizeof(digits) - at});
}

void note_number(struct note *note, credit_t number)
{
	char buffer[EXACT_TEXT_SIZE];

	note_text(note, credit_write(number, buffer));
}

void note_credits(struct note *note, credit_t credits)
{
	note_number(note, credits);
	note_words(note, " ");
	note_text(note, note->unit);
}

void note_money(struct note *note, money_t amount, struct text currency)
{
	char buffer[EXACT_TEXT_SIZE];

	note_text(note, money_write(amount, buffer));
	note_words(note, " ");
	note_text(note, currency);
}

void note_date(struct note *note, date_t date)
{
	char buffer[DATE_TEXT_SIZE];

	note_text(note, date_write(date, buffer));
}

/* 330000 is "33": as a number of credits would be written, without ".0". */
void note_percent(struct note *note, int64_t percent)
{
	char buffer[EXACT_TEXT_SIZE];
	struct text text = credit_write(percent, buffer);

	if (text.at[text.length - 1] == '0')
		text.length -= 2;
	note_text(note, text);
	note_words(note, " %");
}

/* "480 contact minutes are worth ", "2.5 days are worth ". */
static void put_measure(struct note *note, const struct activity *activity)
{
	if (activity->has_minutes) {
		note_count(note, activity->minutes.numerator);
		if (activity->minutes.denominator != 1) {
			note_words(note, "/");
			note_count(note, activity->minutes.denominator);
		}
		note_words(note, " contact minutes are worth ");
	} else if (activity->has_quantity) {
		note_number(note, activity->quantity);
		note_words(note, " ");
		note_words(note, activity->unit == UNIT_NONE
				     ? "units"
				     : unit_name(activity->unit));
		note_words(note, " are worth ");
	} else if (activity->code.at != NULL) {
		note_text(note, activity->code);
		note_words(note, " is worth ");
	} else {
		note_words(note, "it is worth ");
	}
}

static void put_rate(struct note *note, const struct step *step)
{
	if (step->fact != NULL)
		put_measure(note, &step->fact->activity);
	note_credits(note, step->credits);
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

static void put_cap(struct note *note, const struct step *step)
{
	note_words(note, "at most ");
	note_credits(note, step->number);
	note_words(note, " ");
	note_words(note, cap_words(step->reason));
	note_words(note, " count; ");
	note_number(note, step->credits);
	note_words(note, " are left for this");
}

static void put_paid(struct note *note, const struct step *step)
{
	note_money(note, step->number, step->words);
	note_words(note, " with tax is due; what is paid covers ");
	note_credits(note, step->credits);
}

static void put_note(struct note *note, const struct step *step)
{
	switch (step->kind) {
	case STEP_RATE:
		put_rate(note, step);
		break;
	case STEP_DECISION:
		note_words(note, "the reviewer decided on ");
		note_credits(note, step->credits);
		break;
	case STEP_CAP:
		put_cap(note, step);
		break;
	case STEP_AUDIT:
		note_words(note, "it was chosen for audit: its documents are "
				 "asked for and a reviewer decides");
		break;
	case STEP_PAID:
		put_paid(note, step);
		break;
	default:
		note_words(note, reason_sentence(step->reason));
		break;
	}
}

struct text step_note(const struct ruling *ruling, const struct step *step,
    char *buffer, size_t size)
{
	struct note note = {.at = buffer,
	    .size = size - 1,
	    .program = ruling->program,
	    .unit = program_unit(ruling->program)};

	put_note(&note, step);
	buffer[note.length] = '\0';
	return (struct text){buffer, note.length};
}
