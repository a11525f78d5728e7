/* A period and a request with all that a person wants to know of them: why so
 * much is required, what is missing by which rule, until when. */
#include "answer.h"

#include <stdio.h>

#include "program_rules.h"

#define NOTE_SIZE 512

static void words_pairs(
    struct wire_writer *writer, const struct rule_words *words)
{
	if (words == NULL)
		return;
	wire_pair_text(writer, "rule", words->name);
	if (words->source.at != NULL)
		wire_pair_text(writer, "source", words->source);
}

/* Credits, or a number of different values. */
static void amount_pair(
    struct wire_writer *writer, const char *key, bool is_count, int64_t value)
{
	if (is_count)
		wire_pair_int(writer, key, value);
	else
		wire_pair_credit(writer, key, value);
}

static void minimum_pairs(
    struct wire_writer *writer, const struct minimum *minimum)
{
	wire_pair_text(writer, "name", minimum->name);
	amount_pair(writer, "needed", minimum->is_count, minimum->needed);
	amount_pair(writer, "has", minimum->is_count, minimum->has);
}

static const struct minimum *minimum_of(
    const struct period *period, struct text name)
{
	for (size_t i = 0; i < period->minimums; i++)
		if (text_equal(period->minimum[i].name, name))
			return &period->minimum[i];
	return NULL;
}

/* What is missing, each with the rule that asks for it. */
static void missing_pair(
    struct wire_writer *writer, const struct period *period)
{
	wire_key(writer, "missing");
	wire_open_list(writer);
	for (size_t i = 0; i < period->missing.count; i++) {
		struct text name = period->missing.item[i];
		const struct minimum *minimum = minimum_of(period, name);

		wire_item(writer);
		wire_open_map(writer);
		if (minimum != NULL) {
			minimum_pairs(writer, minimum);
			words_pairs(writer, minimum->rule);
		} else {
			wire_pair_text(writer, "name", name);
			words_pairs(writer, period->required_by);
		}
		wire_close(writer);
	}
	wire_close(writer);
}

static void minimums_pair(
    struct wire_writer *writer, const struct period *period)
{
	wire_key(writer, "minimums");
	wire_open_list(writer);
	for (size_t i = 0; i < period->minimums; i++) {
		wire_item(writer);
		wire_open_map(writer);
		minimum_pairs(writer, &period->minimum[i]);
		wire_pair_bool(writer, "met", period->minimum[i].met);
		words_pairs(writer, period->minimum[i].rule);
		wire_close(writer);
	}
	wire_close(writer);
}

/* "RULE (SOURCE)", behind why another number than the rule's is required. */
static void because_item(
    struct wire_writer *writer, const struct period_note *note)
{
	char text[2 * NOTE_SIZE];
	bool sourced = note->source.at != NULL, named = note->rule.length > 0;
	bool plain = note->kind == NOTE_REQUIRED && named;
	int length = snprintf(text, sizeof(text), "%.*s%s%.*s%s%.*s%s",
	    TEXT_ARGS(plain ? TEXT("") : note->words),
	    plain || !named ? "" : ": ", TEXT_ARGS(note->rule),
	    sourced ? " (" : "", TEXT_ARGS(note->source), sourced ? ")" : "");
	struct text item = text_of(text);

	/* What was cut may end in half a character. */
	if (length >= (int)sizeof(text))
		item = text_head(item, sizeof(text) - 5);
	wire_item(writer);
	wire_write_text(writer, item);
}

static void because_pair(struct wire_writer *writer,
    const struct ruling *ruling, const struct period *period)
{
	char buffer[NOTE_SIZE];
	struct period_note note;

	wire_key(writer, "because");
	wire_open_list(writer);
	for (size_t i = 0;
	     period_note(ruling, period, i, buffer, sizeof(buffer), &note) &&
	     note.kind != NOTE_MINIMUM;
	     i++)
		because_item(writer, &note);
	wire_close(writer);
}

/* The last day of a stage of lateness. */
static date_t last_day(
    const struct period *period, const struct late_rule *late)
{
	return date_add_months(period->ends_on + 1, late->months) - 1;
}

static void fee_pairs(
    struct wire_writer *writer, const struct program *program, money_t fee)
{
	wire_pair_money(writer, "fee", fee);
	wire_pair_text(writer, "currency", program->currency);
	wire_pair_bool(writer, "taxed", program->taxes > 0);
}

static void late_pair(struct wire_writer *writer, const struct program *program,
    const struct period *period)
{
	wire_key(writer, "late");
	wire_open_list(writer);
	for (size_t i = 0; i < program->lates; i++) {
		const struct late_rule *late = &program->late[i];

		wire_item(writer);
		wire_open_map(writer);
		wire_pair_date(writer, "until", last_day(period, late));
		if (late->fee > 0)
			fee_pairs(writer, program, late->fee);
		wire_key(writer, "requires");
		answer_names(writer, late->met);
		words_pairs(writer, &late->words);
		wire_close(writer);
	}
	wire_close(writer);
}

/* What stands before its end, and behind it. */
static void end_pairs(struct wire_writer *writer, const struct ruling *ruling,
    const struct period *period)
{
	const struct program *program = ruling->program;

	if (period->notice_days > 0)
		wire_pair_int(writer, "notice", period->notice_days);
	if (period->current && program->renewal_fee > 0) {
		wire_key(writer, "renewal");
		wire_open_map(writer);
		fee_pairs(writer, program, program->renewal_fee);
		wire_close(writer);
	}
	if (!period->current || program->lates == 0)
		return;
	wire_pair_date(writer, "grace_until",
	    last_day(period, &program->late[program->lates - 1]));
	late_pair(writer, program, period);
}

void answer_period_explained(struct wire_writer *writer,
    const struct ruling *ruling, const struct period *period)
{
	const struct designation_rule *rule =
	    program_designation(ruling->program, period->designation);

	wire_open_map(writer);
	wire_pair_text(writer, "designation", period->designation);
	if (rule != NULL && rule->title.at != NULL)
		wire_pair_text(writer, "title", rule->title);
	wire_key(writer, "period");
	answer_period(writer, period->starts_on, period->ends_on);
	wire_pair_bool(writer, "current", period->current);
	wire_pair_string(
	    writer, "opening", period_opening_name(period->opening));
	wire_pair_date(writer, "opened_on", period->opened_on);
	wire_pair_text(writer, "unit", program_unit(ruling->program));
	answer_balance_numbers(writer, period);
	because_pair(writer, ruling, period);
	missing_pair(writer, period);
	minimums_pair(writer, period);
	wire_pair_string(writer, "status", period_status_name(period->status));
	end_pairs(writer, ruling, period);
	wire_close(writer);
}

void answer_request_explained(struct wire_writer *writer,
    const struct ruling *ruling, const struct request *request)
{
	const struct fact *fact = &ruling->fact[request->fact];
	struct request_view view = {.request = request};

	wire_open_map(writer);
	answer_request_pairs(writer, &view);
	wire_key(writer, "event");
	answer_event(writer, fact->source, fact->id);
	wire_pair_date(writer, "date", fact->activity.completed_on);
	answer_reason(writer, request->reason);
	wire_close(writer);
}
