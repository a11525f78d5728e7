/* creditctl transcript: what a member did, earned and paid, on paper. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "date.h"
#include "result_page.h"
#include "table.h"
#include "verbs.h"

/* A list whose items have other keys in each release: the columns are the keys
 * of the first item, in the order in which creditd gave them. */
static void print_list(const struct ctl *ctl, const json_t *list)
{
	struct column columns[16] = {{NULL, COLUMN_TEXT}};
	const char *name[16];
	size_t count = 0, i;
	const json_t *item;
	struct table table;
	const char *key;
	json_t *value;

	json_object_foreach (json_array_get(list, 0), key, value) {
		if (count == 15)
			break;
		name[count] = key;
		columns[count++] = (struct column){key, COLUMN_LONG};
	}
	columns[count] = (struct column){NULL, COLUMN_TEXT};
	table_open(&table, ctl, columns);
	json_array_foreach (list, i, item) {
		table_row(&table);
		for (size_t k = 0; k < count; k++)
			table_cell_json(&table, json_object_get(item, name[k]));
	}
	table_show(&table, stdout, "none");
}

static void print_title(const struct ctl *ctl, const char *title)
{
	printf("%s%s%s\n", paint(ctl->colour, PAINT_BOLD), title,
	    paint(ctl->colour, PAINT_PLAIN));
}

int verb_transcript(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	const char *from = NULL, *to = NULL;
	struct flag flags[] = {
		{"from", FLAG_TEXT, &from, "DATE", "only from that day on", 0,
		    0},
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
	code = ask_query(ctl, argv[0], body, &answer);
	if (code == CTL_OK && ctl->json) {
		print_json(stdout, answer);
	} else if (code == CTL_OK) {
		printf("Transcript of %s\n\n", argv[0]);
		print_title(ctl, "Periods");
		print_list(ctl, json_object_get(answer, "periods"));
		printf("\n");
		print_title(ctl, "Claims");
		print_list(ctl, json_object_get(answer, "claims"));
		printf("\n");
		print_title(ctl, "Ledger");
		print_entries(ctl, json_object_get(answer, "entries"));
	}
	json_decref(answer);
	return code;
}
