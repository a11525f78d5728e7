/* creditctl explain and event: a page that a member could read. */
#include <errno.h>
#include <string.h>

#include "ask.h"
#include "explain_page.h"
#include "result_page.h"
#include "table.h"
#include "verbs.h"

/* The page to a file, or to standard output. */
static int write_page(const struct ctl *ctl, const char *path,
    enum paper_form form, const json_t *answer)
{
	FILE *out = path != NULL ? fopen(path, "we") : stdout;
	bool done;

	if (out == NULL)
		return ctl_fail("%s: %s", path, strerror(errno));
	done = explain_page(out, form, ctl->colour && path == NULL, answer);
	if (path == NULL)
		return CTL_OK; /* ctl_finish() says if it failed */
	if (fclose(out) != 0 || !done)
		return ctl_fail("%s: %s", path, strerror(errno));
	return CTL_OK;
}

int verb_explain(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	static const char *const names[] = {
	    "claims", "periods", "requests", NULL};
	const char *designation = NULL, *html = NULL;
	bool markdown = false;
	struct flag flags[] = {
	    {"designation", FLAG_TEXT, &designation, "D",
		"only what counts for this one", 0, 0},
	    {"markdown", FLAG_BOOL, &markdown, NULL, "the page as Markdown", 0,
		0},
	    {"html", FLAG_TEXT, &html, "FILE",
		"the page as HTML into a file: it stands alone, to be sent or "
		"printed",
		0, 0},
	    {0},
	};
	json_t *answer = NULL, *body;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 1)
		return ctl_usage(verb, "expected one member");
	if (!ask_is_member(verb, argv[0]))
		return CTL_USAGE;
	if (ctl->json + markdown + (html != NULL) > 1)
		return ctl_usage(
		    verb, "expected one of --json, --markdown and --html");
	body = json_pack("{s:s, s:s, s:s*}", "query", "explain", "member",
	    argv[0], "designation", designation);
	code = ask_pages(ctl, argv[0], body, names, 0, &answer);
	if (code == CTL_OK && ctl->json)
		print_json(stdout, answer);
	else if (code == CTL_OK)
		code = write_page(ctl, html,
		    html != NULL ? PAPER_HTML
		    : markdown   ? PAPER_MARKDOWN
				 : PAPER_TEXT,
		    answer);
	json_decref(answer);
	return code;
}

static void print_standing(const struct ctl *ctl, const json_t *standing)
{
	char outcome[32], code[64], credits[32], rules[32];

	if (!json_is_object(standing))
		return;
	table_get(standing, "outcome", outcome, sizeof(outcome));
	table_get(standing, "code", code, sizeof(code));
	table_get(standing, "credits", credits, sizeof(credits));
	table_get(standing, "rules", rules, sizeof(rules));
	printf("\ntoday: %s%s%s%s%s%s%s, by revision %s of the program\n",
	    paint(ctl->colour, paint_of(outcome)), outcome,
	    paint(ctl->colour, PAINT_PLAIN), *code ? ", " : "", code,
	    *credits ? ", credits " : "", credits, rules);
}

int verb_event(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	const char *source = NULL;
	struct flag flags[] = {
	    {"source", FLAG_TEXT, &source, "SOURCE",
		"whose event; default: one's own", 0, 0},
	    {0},
	};
	json_t *answer = NULL, *body;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 2)
		return ctl_usage(verb, "expected a member and an event's id");
	if (!ask_is_member(verb, argv[0]))
		return CTL_USAGE;
	body = json_pack("{s:s, s:s, s:s, s:s*}", "query", "event", "member",
	    argv[0], "id", argv[1], "source", source);
	if (body == NULL)
		return ctl_usage(verb, "the id is not valid UTF-8");
	code = ask_query(ctl, argv[0], body, &answer);
	if (code == CTL_OK && ctl->json) {
		print_json(stdout, answer);
	} else if (code == CTL_OK) {
		result_page(ctl, argv[0], answer);
		print_standing(ctl, json_object_get(answer, "standing"));
	}
	json_decref(answer);
	return code;
}
