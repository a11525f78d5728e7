/* A step of an explanation, in words that a member can read. */
#include <string.h>

#include "rule_note.h"
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

void note_cut(struct note *note, struct text text)
{
	text = text_head(text, note->size - note->length);
	/* Nothing more once something did not fit. */
	note->size = note->length + text.length;
	note_text(note, text);
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

/* "2", "0.5": as credits are written, without ".0". */
static void put_plain(struct note *note, int64_t number)
{
	char buffer[EXACT_TEXT_SIZE];
	struct text text = credit_write(number, buffer);

	if (text.at[text.length - 1] == '0')
		text.length -= 2;
	note_text(note, text);
}

void note_percent(struct note *note, int64_t percent)
{
	put_plain(note, percent); /* in TAX_SCALE a percent has four places */
	note_words(note, " %");
}

static const char *unit_words(enum unit unit)
{
	static const char *const words[] = {
	    [UNIT_NONE] = "credits of another body",
	    [UNIT_DAY] = "days",
	    [UNIT_WEEK] = "weeks",
	    [UNIT_CREDIT_HOUR] = "credit hours",
	    [UNIT_ARTICLE] = "articles",
	    [UNIT_SESSION] = "sessions",
	};

	return words[unit];
}

/* "480 contact minutes are worth ", "2.5 days are worth ". */
static void put_measure(
    struct note *note, const struct activity *activity, enum rate_kind kind)
{
	if (kind == RATE_MINUTES && activity->has_minutes) {
		note_count(note, activity->minutes.numerator);
		if (activity->minutes.denominator != 1) {
			note_words(note, "/");
			note_count(note, activity->minutes.denominator);
		}
		note_words(note, " contact minutes are worth ");
	} else if (kind == RATE_QUANTITY && activity->has_quantity) {
		note_number(note, activity->quantity);
		note_words(note, " ");
		note_words(note, unit_words(activity->unit));
		note_words(note, " are worth ");
	} else if (kind == RATE_FIXED && activity->code.at != NULL) {
		note_text(note, activity->code);
		note_words(note, " is worth ");
	} else {
		note_words(note, "it is worth ");
	}
}

static void put_rate(struct note *note, const struct step *step)
{
	enum rate_kind kind = (enum rate_kind)step->number;

	if (kind == RATE_DECIDED) {
		note_words(note, "the reviewer decides what it is worth");
		return;
	}
	put_measure(note, &step->fact->activity, kind);
	note_credits(note, step->credits);
}

static void put_factor(struct note *note, const struct step *step)
{
	note_words(note, "it ");
	if (step->kind == STEP_REPEAT) {
		note_words(note, "repeats the activity of ");
		note_date(note, step->other->activity.completed_on);
		note_words(note, " and ");
	}
	note_words(note, "counts ");
	put_plain(note, step->number);
	note_words(note, " times: ");
	note_credits(note, step->credits);
}

static void put_allowance(struct note *note, const struct step *step)
{
	note_credits(note, step->number);
	note_words(note, " are added for preparation: ");
	note_credits(note, step->credits);
}

static void put_together(struct note *note, const struct step *step)
{
	note_words(note, "counted together with ");
	if (step->of == 1)
		note_words(note, "no other");
	else
		note_count(note, step->of - 1);
	if (step->of > 1)
		note_words(note, step->of == 2 ? " other" : " others");
	note_words(note, " it makes ");
	note_credits(note, step->number);
	note_words(note, ", of which ");
	note_number(note, step->credits);
	note_words(note, " are earned by this");
}

static void put_least(struct note *note, const struct step *step)
{
	note_words(note, "less than ");
	note_credits(note, step->number);
	note_words(note, " does not count");
}

static void put_duplicate(struct note *note, const struct step *step)
{
	note_words(note, step->reason == REASON_OVERLAPPING
			     ? "it overlaps the activity of "
			     : "the same activity counts already, on ");
	note_date(note, step->other->activity.completed_on);
}

static void put_split(struct note *note, const struct step *step)
{
	note_percent(note, step->number);
	note_words(note, " of ");
	note_credits(note, step->of);
	note_words(note, " count as ");
	note_text(note, step->words);
	note_words(note, ": ");
	note_credits(note, step->credits);
}

static const char *span_words(enum cap_span span, enum reason reason)
{
	switch (span) {
	case CAP_ACTIVITY:
		return "for one activity";
	case CAP_REQUEST:
		return "for one request";
	case CAP_DAY:
		return "in one day";
	case CAP_YEAR:
		return "in one year";
	case CAP_PERIOD_YEAR:
		return "in one year of the period";
	case CAP_CATEGORY:
		return "of one category in a period";
	case CAP_GROUP:
		return "of this group in a period";
	default:
		return reason == REASON_CATEGORY_CAP
			   ? "of this kind in a period"
			   : "by this route in a period";
	}
}

static void put_cap(struct note *note, const struct step *step)
{
	const struct cap_rule *cap = step->cap;

	note_words(note, "at most ");
	if (cap->is_percent) {
		note_percent(note, cap->percent);
		note_words(note, " of what is required, ");
	}
	note_credits(note, step->number);
	note_words(note, cap->is_percent ? ", " : " ");
	note_words(note, span_words(cap->span, cap->reason));
	if (step->words.at != NULL) {
		note_words(note, " (");
		note_text(note, step->words);
		note_words(note, ")");
	}
	note_words(note, " count");
	if (step->number != cap->at_most && !cap->is_percent)
		note_words(note, ", as this period asks for less");
	note_words(note, "; ");
	note_number(note, step->credits);
	note_words(note, " are left for this");
}

/* What came too late, and by when it was due. */
static void put_late(struct note *note, const struct step *step)
{
	for (size_t i = 0; i < note->program->deadlines; i++) {
		const struct deadline_rule *rule = &note->program->deadline[i];

		if (&rule->words != step->rule)
			continue;
		note_words(note, "it was reported on ");
		note_date(note, step->fact->received_on);
		note_words(note, ", more than ");
		note_count(note, rule->days);
		note_words(note, " days after ");
		note_date(note, step->fact->activity.completed_on);
		return;
	}
	note_words(note, reason_sentence(step->reason));
}

static void put_paid(struct note *note, const struct step *step)
{
	note_money(note, step->number, step->words);
	note_words(note, " with tax is due; what is paid covers ");
	note_credits(note, step->credits);
}

static void put_decision(struct note *note, const struct step *step)
{
	note_words(note, "the reviewer decided on ");
	note_credits(note, step->credits);
}

static void put_refused(struct note *note, const struct step *step)
{
	if (step->reason == REASON_REPORTED_LATE)
		put_late(note, step);
	else
		note_words(note, reason_sentence(step->reason));
}

static void put_audit(struct note *note, const struct step *step)
{
	(void)step;
	note_words(note, "it was chosen for audit: its documents are asked for "
			 "and a reviewer decides");
}

static void put_frozen(struct note *note, const struct step *step)
{
	note_words(note, "it arrived on ");
	note_date(note, step->fact->received_on);
	note_words(note, "; the period is closed to changes since ");
	note_date(note, (date_t)step->number);
}

static void put_sentence(struct note *note, const struct step *step)
{
	note_words(note, reason_sentence(step->reason));
}

struct text step_note(const struct ruling *ruling, const struct step *step,
    char *buffer, size_t size)
{
	static void (*const put[])(struct note *, const struct step *) = {
	    [STEP_RATE] = put_rate,
	    [STEP_FACTOR] = put_factor,
	    [STEP_REPEAT] = put_factor,
	    [STEP_ALLOWANCE] = put_allowance,
	    [STEP_TOGETHER] = put_together,
	    [STEP_LEAST] = put_least,
	    [STEP_DECISION] = put_decision,
	    [STEP_DUPLICATE] = put_duplicate,
	    [STEP_SPLIT] = put_split,
	    [STEP_CAP] = put_cap,
	    [STEP_FROZEN] = put_frozen,
	    [STEP_AUDIT] = put_audit,
	    [STEP_GATE] = put_sentence,
	    [STEP_PAID] = put_paid,
	    [STEP_REFUSED] = put_refused,
	    [STEP_DATE] = put_sentence,
	};
	struct note note = {.at = buffer,
	    .size = size - 1,
	    .program = ruling->program,
	    .unit = program_unit(ruling->program)};

	put[step->kind](&note, step);
	buffer[note.length] = '\0';
	return (struct text){buffer, note.length};
}
