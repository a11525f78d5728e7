/* A RESULT as a page for a person. */
#include "result_page.h"

#include <string.h>

#include "table.h"
#include "verbs.h"

#define TEXT_SIZE 1024

void print_entries(const struct ctl *ctl, const json_t *entries)
{
	static const struct column columns[] = {{"ENTRY", COLUMN_NUMBER},
	    {"KIND", COLUMN_TEXT}, {"FOR EVENT", COLUMN_TEXT},
	    {"DESIGNATION", COLUMN_TEXT}, {"PERIOD FROM", COLUMN_TEXT},
	    {"CREDITS", COLUMN_NUMBER}, {"TOTAL", COLUMN_NUMBER},
	    {"AMOUNT", COLUMN_NUMBER}, {"", COLUMN_TEXT}, {NULL, COLUMN_TEXT}};
	static const char *const key[] = {"designation", "period_starts_on",
	    "credits", "total", "amount", "currency"};
	const json_t *entry;
	struct table table;
	size_t i;

	table_open(&table, ctl, columns);
	json_array_foreach(entries, i, entry)
	{
		const json_t *cause = json_object_get(entry, "cause");

		table_row(&table);
		table_cell_json(&table, json_object_get(entry, "number"));
		table_cell_json(&table, json_object_get(entry, "kind"));
		table_cell_json(&table, json_object_get(cause, "id"));
		for (size_t k = 0; k < sizeof(key) / sizeof(key[0]); k++)
			table_cell_json(&table, json_object_get(entry, key[k]));
	}
	table_show(&table, stdout, "no entries");
}

void print_steps(const struct ctl *ctl, const json_t *steps, int indent)
{
	char rule[256], source[256], note[TEXT_SIZE], credits[32];
	const json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		table_get(step, "credits", credits, sizeof(credits));
		printf("%*s%8s  %s\n", indent, "", credits,
		    table_get(step, "note", note, sizeof(note)));
		table_get(step, "rule", rule, sizeof(rule));
		table_get(step, "source", source, sizeof(source));
		if (*rule)
			printf("%*s%8s  %srule: %s%s%s%s%s\n", indent, "", "",
			    paint(ctl->colour, PAINT_DIM), rule,
			    *source ? " (" : "", source, *source ? ")" : "",
			    paint(ctl->colour, PAINT_PLAIN));
	}
}

void print_request(const struct ctl *ctl, const json_t *request)
{
	static const char *const key[] = {"missing", "credits", "credited",
	    "fee", "tax", "total_due", "paid", "refund_due", "flags"};
	char name[160], state[64], text[TEXT_SIZE], currency[16];

	table_get(request, "request", name, sizeof(name));
	table_get(request, "state", state, sizeof(state));
	table_get(request, "currency", currency, sizeof(currency));
	printf("request %s: %s%s%s\n", name,
	    paint(ctl->colour, paint_of(state)), state,
	    paint(ctl->colour, PAINT_PLAIN));
	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
		bool is_money = i >= 3 && i <= 7;

		table_get(request, key[i], text, sizeof(text));
		if (*text)
			printf("  %-11s %s%s%s\n", key[i], text,
			    is_money ? " " : "", is_money ? currency : "");
	}
}

static bool has_items(const json_t *result, const char *key)
{
	return json_array_size(json_object_get(result, key)) > 0;
}

static void print_head(
    const struct ctl *ctl, const char *member, const json_t *result)
{
	char id[160], outcome[32], code[64], message[TEXT_SIZE];

	table_get(result, "id", id, sizeof(id));
	table_get(result, "outcome", outcome, sizeof(outcome));
	table_get(result, "code", code, sizeof(code));
	table_get(result, "message", message, sizeof(message));
	printf("%s %s: %s%s%s%s%s%s%s%s%s\n", member, id,
	    paint(ctl->colour, paint_of(outcome)), outcome,
	    paint(ctl->colour, PAINT_PLAIN), *code ? ", " : "", code,
	    *message ? ": " : "", message,
	    json_is_true(json_object_get(result, "duplicate"))
		? " (answered before; nothing was added)"
		: "",
	    json_is_true(json_object_get(result, "dry_run"))
		? " (dry run; nothing was stored)"
		: "");
}

void result_page(
    const struct ctl *ctl, const char *member, const json_t *result)
{
	const json_t *request = json_object_get(result, "request");

	print_head(ctl, member, result);
	if (has_items(result, "explain")) {
		printf("\n");
		print_steps(ctl, json_object_get(result, "explain"), 2);
	}
	if (json_is_object(request)) {
		printf("\n");
		print_request(ctl, request);
	}
	if (has_items(result, "entries")) {
		printf("\n");
		print_entries(ctl, json_object_get(result, "entries"));
		if (json_is_true(json_object_get(result, "more_entries")))
			printf("there are more entries: creditctl transcript "
			       "%s\n",
			    member);
	}
	if (has_items(result, "balances")) {
		printf("\n");
		print_balances(ctl, json_object_get(result, "balances"));
	}
}
