/* creditctl status and feeds: how creditd is, and where it publishes. */
#include <string.h>

#include "ask.h"
#include "table.h"
#include "verbs.h"

/* status grows with the protocol: whatever it says is shown in its kind, so
 * that a newer creditd needs no newer creditctl. */
static bool is_zero(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) == 0;
}

static void print_value(int indent, const char *key, const json_t *value)
{
	char text[1024];

	printf("%*s%-*s %s\n", indent, "", 24 - indent, key,
	    table_text(value, text, sizeof(text)));
}

static void print_title(const struct ctl *ctl, const char *title)
{
	printf("\n%s%s%s\n", paint(ctl->colour, PAINT_BOLD), title,
	    paint(ctl->colour, PAINT_PLAIN));
}

/* Numbers that are 0 are left out: what is not is what matters. */
static void print_section(
    const struct ctl *ctl, const char *title, json_t *section)
{
	const json_t *value;
	const char *key;
	bool any = false;

	print_title(ctl, title);
	json_object_foreach(section, key, value)
	{
		if (is_zero(value))
			continue;
		print_value(2, key, value);
		any = true;
	}
	if (!any)
		printf("  all 0\n");
}

static void print_status(const struct ctl *ctl, json_t *status)
{
	const char *key;
	json_t *value;

	json_object_foreach(status, key, value)
	{
		if (!json_is_object(value) &&
		    !json_is_object(json_array_get(value, 0)))
			print_value(0, key, value);
	}
	json_object_foreach(status, key, value)
	{
		if (json_is_object(json_array_get(value, 0))) {
			print_title(ctl, key);
			print_list(ctl, value);
		}
	}
	json_object_foreach(status, key, value)
	{
		if (json_is_object(value))
			print_section(ctl, key, value);
	}
}

static int ask_simple(struct ctl *ctl, const char *query, json_t **ret)
{
	json_t *body = json_pack("{s:s}", "query", query);
	struct creditd *c;
	int code;

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
	json_t *answer = NULL;
	int code;

	if (!ctl_parse(ctl, verb, NULL, &argc, &argv, &code))
		return code;
	if (argc != 0)
		return ctl_usage(verb, "'%s' is not expected", argv[0]);
	code = ask_simple(ctl, "status", &answer);
	if (code == CTL_OK && ctl->json)
		print_json(stdout, answer);
	else if (code == CTL_OK)
		print_status(ctl, answer);
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
		json_object_foreach(json_object_get(answer, "feeds"), name,
		    endpoint) printf("%s %s\n", name,
		    table_text(endpoint, text, sizeof(text)));
	}
	json_decref(answer);
	return code;
}
