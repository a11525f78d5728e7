/* creditctl changes: what the feed said, page by page, to its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "message.h"
#include "table.h"
#include "verbs.h"

#define LINE_SIZE  2048
#define PAGE_LIMIT 1000

struct changes {
	struct ctl *ctl;
	json_t *query;     /* the next page's */
	long limit, shown; /* limit 0: all */
};

/* Behind this message goes on the next page. */
static void move_on(struct changes *c, const json_t *body)
{
	json_t *after = json_object_get(c->query, "after");
	char stream[32];

	if (after == NULL) {
		json_object_set(c->query, "after_version",
		    json_object_get(body, "version"));
		return;
	}
	json_object_set_new(after,
	    table_get(body, "stream", stream, sizeof(stream)),
	    json_pack("{s:O, s:O}", "offset", json_object_get(body, "offset"),
		"chain", json_object_get(body, "chain")));
}

static void show(struct changes *c, const json_t *change)
{
	const json_t *body = json_object_get(change, "body");
	char topic[CREDITD_TOPIC_SIZE], line[LINE_SIZE];
	char stream[32], offset[32];

	if (c->ctl->json) {
		print_json(stdout, change);
		return;
	}
	message_line(table_get(change, "topic", topic, sizeof(topic)), body,
	    c->ctl->colour, line, sizeof(line));
	printf("%s:%-6s %s\n",
	    table_get(body, "stream", stream, sizeof(stream)),
	    table_get(body, "offset", offset, sizeof(offset)), line);
}

static int show_page(struct changes *c, const json_t *answer, bool *ret_more)
{
	const json_t *changes = json_object_get(answer, "changes"), *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		const json_t *body = json_object_get(change, "body");

		if (!json_is_object(body))
			return ctl_fail("creditd's answer is damaged: a change "
					"without a body");
		if (c->limit > 0 && c->shown == c->limit)
			break;
		show(c, change);
		move_on(c, body);
		c->shown++;
	}
	*ret_more = json_is_true(json_object_get(answer, "more")) &&
		    json_array_size(changes) > 0 &&
		    (c->limit == 0 || c->shown < c->limit) && !ferror(stdout);
	return CTL_OK;
}

static int run(struct changes *c, const char *key)
{
	struct creditd *creditd = ask_open(c->ctl, false, 1);
	bool more = true;
	int code = creditd != NULL ? CTL_OK : CTL_FAILED;

	while (code == CTL_OK && more) {
		json_t *answer = NULL;

		code = ask_once(c->ctl, creditd, CREDITD_QUERY, key,
		    json_deep_copy(c->query), &answer);
		if (code == CTL_OK)
			code = show_page(c, answer, &more);
		json_decref(answer);
	}
	creditd_close(creditd);
	return code;
}

int verb_changes(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	struct changes c = {.ctl = ctl};
	const char *after = NULL;
	long after_version = 0;
	struct flag flags[] = {
	    {"after", FLAG_TEXT, &after, "JSON",
		"of an organization: behind these heads, e.g. "
		"'{\"65\": {\"offset\": 7, \"chain\": \"…\"}}'",
		0, 0},
	    {"after-version", FLAG_NUMBER, &after_version, "N",
		"of a member: behind this version", 0, 2000000000},
	    {"limit", FLAG_NUMBER, &c.limit, "N", "at most so many", 1,
		2000000000},
	    {0},
	};
	json_t *heads;
	bool is_member;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 1)
		return ctl_usage(verb, "expected one organization or member");
	is_member = strchr(argv[0], '/') != NULL;
	if (is_member ? !ask_is_member(verb, argv[0])
		      : !ask_is_organization(verb, argv[0]))
		return CTL_USAGE;
	heads = after != NULL ? json_loads(after, 0, NULL) : json_object();
	if (!json_is_object(heads)) {
		json_decref(heads);
		return ctl_usage(verb, "--after: expected a JSON object of "
				       "streams");
	}
	if (is_member)
		c.query = json_pack("{s:s, s:s, s:I, s:i}", "query", "changes",
		    "member", argv[0], "after_version",
		    (json_int_t)after_version, "limit", PAGE_LIMIT);
	else
		c.query = json_pack("{s:s, s:s, s:O, s:i}", "query", "changes",
		    "organization", argv[0], "after", heads, "limit",
		    PAGE_LIMIT);
	json_decref(heads);
	code = run(&c, argv[0]);
	json_decref(c.query);
	return code;
}
