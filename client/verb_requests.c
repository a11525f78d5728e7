/* creditctl requests: recognition requests of an organization. */
#include <stdio.h>

#include "ask.h"
#include "codes.h"
#include "table.h"
#include "verbs.h"

static void print_requests(const struct ctl *ctl, const json_t *requests)
{
	static const struct column columns[] = {{"MEMBER", COLUMN_TEXT},
	    {"REQUEST", COLUMN_TEXT}, {"STATE", COLUMN_TEXT},
	    {"CREDITS", COLUMN_NUMBER}, {"CREDITED", COLUMN_NUMBER},
	    {"DUE", COLUMN_NUMBER}, {"PAID", COLUMN_NUMBER},
	    {"REFUND", COLUMN_NUMBER}, {"", COLUMN_TEXT},
	    {"MISSING", COLUMN_LONG}, {"FLAGS", COLUMN_LONG},
	    {NULL, COLUMN_TEXT}};
	static const char *const key[] = {"credits", "credited", "total_due",
	    "paid", "refund_due", "currency", "missing", "flags"};
	static const char *const by[] = {"member", "request", NULL};
	json_t *sorted = sort_rows(requests, by);
	const json_t *request;
	struct table table;
	size_t i;

	table_open(&table, ctl, columns);
	json_array_foreach(sorted, i, request)
	{
		table_row(&table);
		table_cell_json(&table, json_object_get(request, "member"));
		table_cell_json(&table, json_object_get(request, "request"));
		table_cell_state(&table,
		    json_string_value(json_object_get(request, "state")));
		for (size_t k = 0; k < sizeof(key) / sizeof(key[0]); k++)
			table_cell_json(
			    &table, json_object_get(request, key[k]));
	}
	table_show(&table, stdout, "no requests");
	json_decref(sorted);
}

int verb_requests(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	static const char *const names[] = {"requests", NULL};
	const char *state = NULL;
	long limit = 0;
	struct flag flags[] = {
	    {"state", FLAG_TEXT, &state, "STATE", "only those in this state", 0,
		0},
	    {"limit", FLAG_NUMBER, &limit, "N", "at most so many", 1, 10000000},
	    {0},
	};
	json_t *answer = NULL, *body;
	enum request_state known;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 1)
		return ctl_usage(verb, "expected one organization");
	if (!ask_is_organization(verb, argv[0]))
		return CTL_USAGE;
	if (state != NULL && !request_state_find(text_of(state), &known))
		return ctl_usage(verb,
		    "--state: '%s' is no state of a request "
		    "(see --help)",
		    state);
	body = json_pack("{s:s, s:s, s:s*}", "query", "requests",
	    "organization", argv[0], "state", state);
	code = ask_pages(ctl, argv[0], body, names, (size_t)limit, &answer);
	if (code == CTL_OK && ctl->json)
		print_json(stdout, answer);
	else if (code == CTL_OK)
		print_requests(ctl, json_object_get(answer, "requests"));
	json_decref(answer);
	return code;
}
