/* creditctl status and feeds: how creditd is, and where it publishes. */
#include <string.h>

#include "ask.h"
#include "table.h"
#include "verbs.h"

/* status grows with the protocol: whatever it says is shown, a line a value,
 * so that a newer creditd needs no newer creditctl. */
static void add_rows(struct table *table, const char *path, const json_t *value)
{
	const json_t *inner;
	const char *key;
	char name[256];
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach ((json_t *)(uintptr_t)value, key, inner) {
			snprintf(name, sizeof(name), "%s%s%s", path,
			    *path ? "." : "", key);
			add_rows(table, name, inner);
		}
		return;
	}
	if (json_is_array(value) && json_array_size(value) > 0 &&
	    json_is_object(json_array_get(value, 0))) {
		json_array_foreach (value, i, inner) {
			snprintf(name, sizeof(name), "%s[%zu]", path, i);
			add_rows(table, name, inner);
		}
		return;
	}
	table_row(table);
	table_cell(table, path);
	table_cell_json(table, value);
}

static int ask_simple(struct ctl *ctl, const char *query, json_t **ret)
{
	json_t *body = json_pack("{s:s}", "query", query);
	struct creditd *c;
	int code;

	/* creditd answers status at the operator endpoint too, also where the
	 * partners' endpoint is not known to us. */
	c = ask_open(ctl, false, 1);
	if (c == NULL) {
		json_decref(body);
		return CTL_FAILED;
	}
	code = ask_once(ctl, c, CREDITD_QUERY, "", body, ret);
	creditd_close(c);
	return code;
}

int verb_status(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	static const struct column columns[] = {{"WHAT", COLUMN_TEXT},
		{"VALUE", COLUMN_LONG}, {NULL, COLUMN_TEXT}};
	json_t *answer = NULL;
	struct table table;
	int code;

	if (!ctl_parse(ctl, verb, NULL, &argc, &argv, &code))
		return code;
	if (argc != 0)
		return ctl_usage(verb, "'%s' is not expected", argv[0]);
	code = ask_simple(ctl, "status", &answer);
	if (code == CTL_OK && ctl->json) {
		print_json(stdout, answer);
	} else if (code == CTL_OK) {
		table_open(&table, ctl, columns);
		add_rows(&table, "", answer);
		table_show(&table, stdout, "creditd says nothing about itself");
	}
	json_decref(answer);
	return code;
}

int verb_feeds(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	json_t *answer = NULL, *endpoint;
	const char *name;
	char text[256];
	int code;

	if (!ctl_parse(ctl, verb, NULL, &argc, &argv, &code))
		return code;
	if (argc != 0)
		return ctl_usage(verb, "'%s' is not expected", argv[0]);
	code = ask_simple(ctl, "feeds", &answer);
	if (code == CTL_OK && ctl->json) {
		print_json(stdout, answer);
	} else if (code == CTL_OK) {
		/* Plain lines, without a head: scripts read them too. */
		json_object_foreach (json_object_get(answer, "feeds"), name,
		    endpoint)
			printf("%s %s\n", name,
			    table_text(endpoint, text, sizeof(text)));
	}
	json_decref(answer);
	return code;
}
