/* A claim on the page: what it asked, what counts, what cut it by which rule. A
 * request: what it waits for, what is due. */
#include "explain_work.h"

#include <string.h>

#include "exact.h"

/* What was done, as far as it is known. */
static void set_what(struct word *what, const json_t *claim)
{
	static const char *const key[] = {
	    "kind", "activity", "category", "role", "provider", "grade"};
	struct word part;

	what->text[0] = '\0';
	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		word_join(what, ", ", word_get(claim, key[i], &part));
	if (*word_get(claim, "contact_minutes", &part)) {
		size_t length = strlen(part.text);

		/* Whole minutes, as most are, without their ".0". */
		if (length > 2 && strcmp(part.text + length - 2, ".0") == 0)
			part.text[length - 2] = '\0';
		word_join(what, ", ", part.text);
		word_add(what, " contact minutes");
	}
	if (*word_get(claim, "quantity", &part)) {
		word_join(what, ", ", part.text);
		word_join(what, " ", word_get(claim, "unit", &part));
	}
	if (*word_get(claim, "reason", &part))
		word_join(what, ", ", part.text);
	if (*word_get(claim, "request", &part)) {
		word_join(what, "; ", "request ");
		word_add(what, part.text);
	}
}

static void put_claim_head(struct paper *paper, const json_t *claim)
{
	const json_t *event = json_object_get(claim, "event");
	struct word title, what, part;

	word_get(claim, "date", &title);
	if (*word_get(claim, "title", &part) ||
	    *word_get(claim, "kind", &part) ||
	    *word_get(claim, "activity", &part) ||
	    *word_get(claim, "type", &part)) {
		word_add(&title, "  ");
		word_add(&title, part.text);
	}
	paper_heading(paper, 4, title.text);
	set_what(&what, claim);
	word_join(&what, "; ", "event ");
	word_add(&what, word_get(event, "id", &part));
	word_add(&what, " from ");
	word_add(&what, word_get(event, "source", &part));
	paper_paragraph(paper, PAINT_DIM, what.text);
}

static void put_counts(struct paper *paper, const json_t *claim)
{
	struct word raw, credited, code, line, part;
	bool full;

	word_get(claim, "raw", &raw);
	word_get(claim, "credited", &credited);
	word_get(claim, "code", &code);
	full = strcmp(raw.text, credited.text) == 0 && *code.text == '\0';
	snprintf(line.text, sizeof(line.text), "Asked %.40s, counts %.40s",
	    *raw.text ? raw.text : "nothing",
	    *credited.text ? credited.text : "nothing");
	if (*word_get(claim, "outcome", &part) &&
	    strcmp(part.text, "applied") != 0) {
		word_add(&line, "; ");
		word_add(&line, part.text);
	}
	if (*code.text) {
		word_add(&line, ": ");
		word_add(&line, code.text);
		word_add(&line, ", ");
		word_add(&line, word_get(claim, "message", &part));
	}
	paper_paragraph(paper, full ? PAINT_GOOD : PAINT_ODD, line.text);
}

void explain_claim(struct paper *paper, const json_t *claim)
{
	struct word credits, note, rule, source;
	const json_t *step;
	size_t i;

	put_claim_head(paper, claim);
	put_counts(paper, claim);
	json_array_foreach(json_object_get(claim, "steps"), i, step)
	{
		word_get(step, "source", &source);
		if (*source.text == '\0' &&
		    *word_get(step, "assumption", &note)) {
			word_add(&source, "assumed: ");
			word_add(&source, note.text);
		}
		paper_step(
		    paper, &(struct paper_step){
			       .credits = word_get(step, "credits", &credits),
			       .note = word_get(step, "note", &note),
			       .rule = word_get(step, "rule", &rule),
			       .source = source.text,
			   });
	}
}

/* What is due and not paid yet; false where that is nothing. */
static bool left_to_pay(const json_t *request, struct word *ret)
{
	struct word due, paid;
	char number[EXACT_TEXT_SIZE];
	money_t left, was_paid;
	struct text text;

	word_get(request, "total_due", &due);
	word_get(request, "paid", &paid);
	if (!exact_parse(text_of(due.text), 2, &left) ||
	    !exact_parse(text_of(paid.text), 2, &was_paid) || left <= was_paid)
		return false;
	text = money_write(left - was_paid, number);
	snprintf(ret->text, sizeof(ret->text), "%.*s", TEXT_ARGS(text));
	return true;
}

static void put_money(struct paper *paper, const json_t *request)
{
	struct word value, part, currency;

	word_get(request, "currency", &currency);
	if (*word_get(request, "total_due", &value) &&
	    strcmp(value.text, "0.00") != 0) {
		word_add(&value, " ");
		word_add(&value, currency.text);
		word_add(&value, " (");
		word_add(&value, word_get(request, "fee", &part));
		word_add(&value, " and tax ");
		word_add(&value, word_get(request, "tax", &part));
		word_add(&value, ")");
		paper_pair(paper, "Fee", PAINT_PLAIN, value.text);
		word_get(request, "paid", &value);
		word_add(&value, " ");
		word_add(&value, currency.text);
		paper_pair(paper, "Paid", PAINT_PLAIN, value.text);
	}
	if (left_to_pay(request, &value)) {
		word_add(&value, " ");
		word_add(&value, currency.text);
		paper_pair(paper, "Still to pay", PAINT_ODD, value.text);
	}
	if (*word_get(request, "refund_due", &value) &&
	    strcmp(value.text, "0.00") != 0) {
		word_add(&value, " ");
		word_add(&value, currency.text);
		paper_pair(paper, "Refund due", PAINT_ODD, value.text);
	}
}

void explain_request(struct paper *paper, const json_t *request)
{
	struct word title, value, part, state;

	word_get(request, "request", &title);
	if (*word_get(request, "date", &part)) {
		word_add(&title, " of ");
		word_add(&title, part.text);
	}
	paper_heading(paper, 4, title.text);
	word_get(request, "state", &state);
	value = state;
	word_plain(&value);
	if (*word_get(request, "message", &part)) {
		word_add(&value, ": ");
		word_add(&value, part.text);
	}
	paper_pair(paper, "State", paint_of(state.text), value.text);
	if (*word_get(request, "missing", &value))
		paper_pair(paper, "Documents", PAINT_ODD, value.text);
	word_get(request, "credits", &value);
	word_add(&value, ", credited ");
	word_add(&value, word_get(request, "credited", &part));
	paper_pair(paper, "Worth", PAINT_PLAIN, value.text);
	put_money(paper, request);
	if (*word_get(request, "flags", &value))
		paper_pair(paper, "For review", PAINT_ODD, value.text);
}
