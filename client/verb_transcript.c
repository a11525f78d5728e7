/* creditctl transcript: what a member did, earned and paid, on paper. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "date.h"
#include "result_page.h"
#include "table.h"
#include "verbs.h"

static void print_periods(const struct ctl *ctl, const json_t *periods)
{
	static const struct column columns[] = {{"DESIGNATION", COLUMN_TEXT},
	    {"PERIOD", COLUMN_TEXT}, {"OPENED", COLUMN_TEXT},
	    {"REQUIRED", COLUMN_NUMBER}, {"EARNED", COLUMN_NUMBER},
	    {"CARRIED IN", COLUMN_NUMBER}, {"TOTAL", COLUMN_NUMBER},
	    {"UNIT", COLUMN_TEXT}, {"STATUS", COLUMN_TEXT},
	    {"MISSING", COLUMN_LONG}, {NULL, COLUMN_TEXT}};
	static const char *const number[] = {
	    "required", "earned", "carried_in", "total", "unit"};
	const json_t *period;
	struct table table;
	char how[32], on[32], opened[80];
	size_t i;

	table_open(&table, ctl, columns);
	json_array_foreach(periods, i, period)
	{
		snprintf(opened, sizeof(opened), "%s %s",
		    table_get(period, "opening", how, sizeof(how)),
		    table_get(period, "opened_on", on, sizeof(on)));
		table_row(&table);
		table_cell_json(&table, json_object_get(period, "designation"));
		table_cell_period(&table, json_object_get(period, "period"));
		table_cell(&table, opened);
		for (size_t k = 0; k < sizeof(number) / sizeof(number[0]); k++)
			table_cell_json(
			    &table, json_object_get(period, number[k]));
		table_cell_state(&table,
		    json_string_value(json_object_get(period, "status")));
		table_cell_json(&table, json_object_get(period, "missing"));
	}
	table_show(&table, stdout, "none");
}

/* What was done, in the words that there are. */
static const char *what(const json_t *claim, char *text, size_t size)
{
	static const char *const keys[] = {"title", "code", "kind", "type"};

	text[0] = '\0';
	for (size_t i = 0; *text == '\0' && i < 4; i++)
		table_get(claim, keys[i], text, size);
	return text;
}

/* Why it counts as it does: nothing where nothing reduced it. */
static const char *why(const json_t *claim, char *text, size_t size)
{
	table_get(claim, "message", text, size);
	return *text ? text : table_get(claim, "code", text, size);
}

static void print_claims(const struct ctl *ctl, const json_t *claims)
{
	static const struct column columns[] = {{"DATE", COLUMN_TEXT},
	    {"EVENT", COLUMN_TEXT}, {"WHAT", COLUMN_LONG},
	    {"ROUTE", COLUMN_TEXT}, {"DESIGNATION", COLUMN_TEXT},
	    {"ASKED", COLUMN_NUMBER}, {"COUNTS", COLUMN_NUMBER},
	    {"OUTCOME", COLUMN_TEXT}, {"WHY", COLUMN_LONG},
	    {NULL, COLUMN_TEXT}};
	static const char *const by[] = {"date", NULL};
	json_t *sorted = sort_rows(claims, by);
	const json_t *claim;
	struct table table;
	char text[512];
	size_t i;

	table_open(&table, ctl, columns);
	json_array_foreach(sorted, i, claim)
	{
		const json_t *event = json_object_get(claim, "event");

		table_row(&table);
		table_cell_json(&table, json_object_get(claim, "date"));
		table_cell_json(&table, json_object_get(event, "id"));
		table_cell(&table, what(claim, text, sizeof(text)));
		table_cell_json(&table, json_object_get(claim, "route"));
		table_cell_json(&table, json_object_get(claim, "designation"));
		table_cell_json(&table, json_object_get(claim, "raw"));
		table_cell_json(&table, json_object_get(claim, "credited"));
		table_cell_state(&table,
		    json_string_value(json_object_get(claim, "outcome")));
		table_cell(&table, why(claim, text, sizeof(text)));
	}
	table_show(&table, stdout, "none");
	json_decref(sorted);
}

static void print_title(const struct ctl *ctl, const char *title)
{
	printf("\n%s%s%s\n", paint(ctl->colour, PAINT_BOLD), title,
	    paint(ctl->colour, PAINT_PLAIN));
}

int verb_transcript(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	static const char *const names[] = {
	    "entries", "claims", "periods", NULL};
	const char *from = NULL, *to = NULL;
	struct flag flags[] = {
	    {"from", FLAG_TEXT, &from, "DATE", "only from that day on", 0, 0},
	    {"to", FLAG_TEXT, &to, "DATE", "only up to that day", 0, 0},
	    {0},
	};
	json_t *answer = NULL, *body;
	date_t day;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 1)
		return ctl_usage(verb, "expected one member");
	if (!ask_is_member(verb, argv[0]))
		return CTL_USAGE;
	if ((from != NULL && !date_parse(text_of(from), &day)) ||
	    (to != NULL && !date_parse(text_of(to), &day)))
		return ctl_usage(verb, "--from and --to: expected a date such "
				       "as 2026-07-01");
	body = json_pack("{s:s, s:s, s:s*, s:s*}", "query", "transcript",
	    "member", argv[0], "from", from, "to", to);
	code = ask_pages(ctl, argv[0], body, names, 0, &answer);
	if (code == CTL_OK && ctl->json) {
		print_json(stdout, answer);
	} else if (code == CTL_OK) {
		printf("Transcript of %s\n", argv[0]);
		print_title(ctl, "Periods");
		print_periods(ctl, json_object_get(answer, "periods"));
		print_title(ctl, "Claims");
		print_claims(ctl, json_object_get(answer, "claims"));
		print_title(ctl, "Ledger");
		print_entries(ctl, json_object_get(answer, "entries"));
	}
	json_decref(answer);
	return code;
}
