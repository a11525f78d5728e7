/* A period on the page: what it requires and why, what it has, what it still
 * misses and until when. */
#include "explain_work.h"

#include <string.h>

static void put_required(struct paper *paper, const json_t *period)
{
	const json_t *because;
	struct word value, unit;
	size_t i;

	if (!word_has(period, "required")) {
		paper_pair(
		    paper, "Required", PAINT_PLAIN, "no total is required");
	} else {
		word_get(period, "required", &value);
		word_add(&value, " ");
		word_add(&value, word_get(period, "unit", &unit));
		paper_pair(paper, "Required", PAINT_PLAIN, value.text);
	}
	json_array_foreach(json_object_get(period, "because"), i, because)
	    paper_pair(paper, i == 0 ? "because" : "", PAINT_PLAIN,
		table_text(because, value.text, sizeof(value.text)));
}

static void put_earned(struct paper *paper, const json_t *period)
{
	static const char *const route[] = {
	    "accredited", "recognized", "adjusted"};
	const json_t *routes = json_object_get(period, "routes");
	struct word value, unit, part, parts = {""};

	word_get(period, "unit", &unit);
	for (size_t i = 0; i < sizeof(route) / sizeof(route[0]); i++) {
		if (strcmp(word_get(routes, route[i], &part), "0.0") == 0)
			continue;
		word_add(&part, " ");
		word_add(&part, route[i]);
		word_join(&parts, ", ", part.text);
	}
	word_get(period, "earned", &value);
	word_add(&value, " ");
	word_add(&value, unit.text);
	word_join(&value, ": ", parts.text);
	paper_pair(paper, "Earned", PAINT_PLAIN, value.text);
	if (strcmp(word_get(period, "carried_in", &value), "0.0") != 0) {
		word_add(&value, " ");
		word_add(&value, unit.text);
		paper_pair(paper, "Carried in", PAINT_PLAIN, value.text);
	}
	word_get(period, "total", &value);
	word_add(&value, " ");
	word_add(&value, unit.text);
	paper_pair(paper, "Total", PAINT_BOLD, value.text);
}

/* "ethics: 2.0 of 3.0 CEC"; a number of values has no unit. */
static void set_minimum(
    struct word *value, const json_t *minimum, const json_t *period)
{
	struct word part;

	word_get(minimum, "name", value);
	if (!word_has(minimum, "needed"))
		return;
	word_add(value, ": ");
	word_add(value, word_get(minimum, "has", &part));
	word_add(value, " of ");
	word_add(value, word_get(minimum, "needed", &part));
	if (json_is_string(json_object_get(minimum, "needed"))) {
		word_add(value, " ");
		word_add(value, word_get(period, "unit", &part));
	}
}

static void put_minimums(struct paper *paper, const json_t *period)
{
	const json_t *minimum;
	struct word value;
	size_t i;

	json_array_foreach(json_object_get(period, "minimums"), i, minimum)
	{
		bool met = json_is_true(json_object_get(minimum, "met"));

		set_minimum(&value, minimum, period);
		word_add(&value, met ? ", met" : ", not met");
		paper_pair(paper, i == 0 ? "Minimums" : "",
		    met ? PAINT_GOOD : PAINT_ODD, value.text);
	}
}

static bool anything_missing(const json_t *period)
{
	struct word remaining;

	word_get(period, "remaining", &remaining);
	return json_array_size(json_object_get(period, "missing")) > 0 ||
	       (*remaining.text && strcmp(remaining.text, "0.0") != 0);
}

static void put_missing(struct paper *paper, const json_t *period)
{
	bool current = json_is_true(json_object_get(period, "current"));
	const json_t *missing;
	struct word value, part;
	size_t i;

	if (!anything_missing(period)) {
		paper_paragraph(paper, PAINT_GOOD,
		    current ? "Nothing is missing." : "Nothing was missing.");
		return;
	}
	snprintf(value.text, sizeof(value.text),
	    "%s %.16s:", current ? "Still missing, by" : "Was missing on",
	    word_get(json_object_get(period, "period"), "ends_on", &part));
	paper_paragraph(paper, PAINT_ODD, value.text);
	if (*word_get(period, "remaining", &value) &&
	    strcmp(value.text, "0.0") != 0) {
		word_add(&value, " ");
		word_add(&value, word_get(period, "unit", &part));
		word_add(&value, " of the total");
		paper_item(paper, value.text);
	}
	json_array_foreach(json_object_get(period, "missing"), i, missing)
	{
		set_minimum(&value, missing, period);
		word_add_rule(&value, missing);
		paper_item(paper, value.text);
	}
}

/* "30.00 CAD and tax" */
static void add_fee(struct word *value, const json_t *map)
{
	struct word part;

	word_add(value, word_get(map, "fee", &part));
	word_add(value, " ");
	word_add(value, word_get(map, "currency", &part));
	if (json_is_true(json_object_get(map, "taxed")))
		word_add(value, " and tax");
}

/* What comes when the period has ended. */
static void put_end(struct paper *paper, const json_t *period)
{
	const json_t *renewal = json_object_get(period, "renewal"), *late;
	struct word value, part;
	size_t i;

	if (!json_is_true(json_object_get(period, "current")))
		return;
	snprintf(value.text, sizeof(value.text), "The last day is %.16s.",
	    word_get(json_object_get(period, "period"), "ends_on", &part));
	if (*word_get(period, "notice", &part)) {
		word_add(&value, " It is at most ");
		word_add(&value, part.text);
		word_add(&value, " days away.");
	}
	if (renewal != NULL) {
		word_add(&value, " Renewal costs ");
		add_fee(&value, renewal);
		word_add(&value, ".");
	}
	paper_paragraph(paper,
	    word_has(period, "notice") ? PAINT_ODD : PAINT_PLAIN, value.text);
	if (json_array_size(json_object_get(period, "late")) > 0)
		paper_paragraph(paper, PAINT_PLAIN,
		    strcmp(word_get(period, "status", &part), "lapsed") == 0
			? "A later renewal was possible:"
			: "A later renewal is late, and possible:");
	json_array_foreach(json_object_get(period, "late"), i, late)
	{
		value.text[0] = '\0';
		word_add(&value, "until ");
		word_add(&value, word_get(late, "until", &part));
		if (word_has(late, "fee")) {
			word_add(&value, renewal ? " for another " : " for ");
			add_fee(&value, late);
		}
		if (*word_get(late, "requires", &part)) {
			word_add(&value, ", with ");
			word_add(&value, part.text);
		}
		word_add_rule(&value, late);
		paper_item(paper, value.text);
	}
}

void explain_period(struct paper *paper, const json_t *period)
{
	const json_t *dates = json_object_get(period, "period");
	struct word title, part, status;

	snprintf(title.text, sizeof(title.text), "Period %.16s to ",
	    word_get(dates, "starts_on", &part));
	word_add(&title, word_get(dates, "ends_on", &part));
	if (!json_is_true(json_object_get(period, "current")))
		word_add(&title, " (closed)");
	paper_heading(paper, 3, title.text);
	word_get(period, "status", &status);
	part = status;
	paper_pair(paper, "Status", paint_of(status.text), word_plain(&part));
	put_required(paper, period);
	put_earned(paper, period);
	put_minimums(paper, period);
	put_missing(paper, period);
	put_end(paper, period);
}
