/* creditctl balance: where a member's current periods stand, or everybody's. */
#include <string.h>

#include "ask.h"
#include "table.h"
#include "verbs.h"

void print_balances(const struct ctl *ctl, const json_t *balances)
{
	static const struct column columns[] = {
	    {"MEMBER", COLUMN_TEXT},
	    {"DESIGNATION", COLUMN_TEXT},
	    {"PERIOD", COLUMN_TEXT},
	    {"REQUIRED", COLUMN_NUMBER},
	    {"EARNED", COLUMN_NUMBER},
	    {"CARRIED IN", COLUMN_NUMBER},
	    {"TOTAL", COLUMN_NUMBER},
	    {"REMAINING", COLUMN_NUMBER},
	    {"UNIT", COLUMN_TEXT},
	    {"STATUS", COLUMN_TEXT},
	    {"MISSING", COLUMN_LONG},
	    {NULL, COLUMN_TEXT},
	};
	static const char *const number[] = {
	    "required", "earned", "carried_in", "total", "remaining"};
	static const char *const by[] = {"member", "designation", NULL};
	struct table table;
	json_t *sorted = sort_rows(balances, by);
	const json_t *balance;
	size_t i;

	table_open(&table, ctl, columns);
	json_array_foreach(sorted, i, balance)
	{
		table_row(&table);
		table_cell_json(&table, json_object_get(balance, "member"));
		table_cell_json(
		    &table, json_object_get(balance, "designation"));
		table_cell_period(&table, json_object_get(balance, "period"));
		for (size_t k = 0; k < sizeof(number) / sizeof(number[0]); k++)
			table_cell_json(
			    &table, json_object_get(balance, number[k]));
		table_cell_json(&table, json_object_get(balance, "unit"));
		table_cell_state(&table,
		    json_string_value(json_object_get(balance, "status")));
		table_cell_json(&table, json_object_get(balance, "missing"));
	}
	table_show(&table, stdout, "no certification is known");
	json_decref(sorted);
}

int verb_balance(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	static const char *const names[] = {"balances", NULL};
	long limit = 0;
	struct flag flags[] = {
	    {"limit", FLAG_NUMBER, &limit, "N",
		"of an organization: at most so many", 1, 10000000},
	    {0},
	};
	json_t *answer = NULL, *body;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 1)
		return ctl_usage(verb, "expected one member or organization");
	if (strchr(argv[0], '/') != NULL) {
		if (!ask_is_member(verb, argv[0]))
			return CTL_USAGE;
		body = json_pack(
		    "{s:s, s:s}", "query", "balance", "member", argv[0]);
		code = ask_query(ctl, argv[0], body, &answer);
	} else {
		if (!ask_is_organization(verb, argv[0]))
			return CTL_USAGE;
		body = json_pack(
		    "{s:s, s:s}", "query", "balances", "organization", argv[0]);
		code = ask_pages(
		    ctl, argv[0], body, names, (size_t)limit, &answer);
	}
	if (code == CTL_OK && ctl->json)
		print_json(stdout, answer);
	else if (code == CTL_OK)
		print_balances(ctl, json_object_get(answer, "balances"));
	json_decref(answer);
	return code;
}
