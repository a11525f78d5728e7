/* creditctl explain and event: a page that a member could read. */
#include <string.h>

#include "ask.h"
#include "result_page.h"
#include "table.h"
#include "verbs.h"

#define TEXT_SIZE 512

/* Who, what and when, in one line. */
static void print_head(const struct ctl *ctl, const json_t *claim)
{
	const json_t *event = json_object_get(claim, "event");
	char id[160], source[160], date[32], type[64], request[160],
	    outcome[32];

	table_get(event, "id", id, sizeof(id));
	table_get(event, "source", source, sizeof(source));
	table_get(claim, "date", date, sizeof(date));
	table_get(claim, "type", type, sizeof(type));
	table_get(claim, "request", request, sizeof(request));
	table_get(claim, "outcome", outcome, sizeof(outcome));
	printf("%s%s%s%s%s  %s%s%s", date, *date ? "  " : "",
	    paint(ctl->colour, PAINT_BOLD), id, paint(ctl->colour, PAINT_PLAIN),
	    type, *request ? " " : "", request);
	printf("  %s(from %s)%s", paint(ctl->colour, PAINT_DIM), source,
	    paint(ctl->colour, PAINT_PLAIN));
	if (*outcome && strcmp(outcome, "applied") != 0)
		printf("  %s%s%s", paint(ctl->colour, paint_of(outcome)),
		    outcome, paint(ctl->colour, PAINT_PLAIN));
	printf("\n");
}

static void print_claim(const struct ctl *ctl, const json_t *claim)
{
	char designation[64], period[32], code[64], raw[32], credited[32];
	char message[TEXT_SIZE];
	bool cut;

	table_get(claim, "designation", designation, sizeof(designation));
	table_get(claim, "period_starts_on", period, sizeof(period));
	table_get(claim, "code", code, sizeof(code));
	table_get(claim, "message", message, sizeof(message));
	table_get(claim, "raw", raw, sizeof(raw));
	table_get(claim, "credited", credited, sizeof(credited));
	cut = strcmp(raw, credited) != 0 || *code != '\0';
	print_head(ctl, claim);
	if (*designation)
		printf("  for %s%s%s: ", designation,
		    *period ? ", period from " : "", period);
	else
		printf("  ");
	printf("asked %s, counts %s%s%s%s%s%s%s\n", *raw ? raw : "nothing",
	    paint(ctl->colour, cut ? PAINT_ODD : PAINT_GOOD),
	    *credited ? credited : "nothing", paint(ctl->colour, PAINT_PLAIN),
	    *code ? ": " : "", code, *message ? ", " : "", message);
	print_steps(ctl, json_object_get(claim, "steps"), 2);
	printf("\n");
}

int verb_explain(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	static const char *const names[] = {"claims", NULL};
	const char *designation = NULL;
	struct flag flags[] = {
	    {"designation", FLAG_TEXT, &designation, "D",
		"only what counts for this one", 0, 0},
	    {0},
	};
	json_t *answer = NULL, *body, *claim;
	size_t i;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 1)
		return ctl_usage(verb, "expected one member");
	if (!ask_is_member(verb, argv[0]))
		return CTL_USAGE;
	body = json_pack("{s:s, s:s, s:s*}", "query", "explain", "member",
	    argv[0], "designation", designation);
	code = ask_pages(ctl, argv[0], body, names, 0, &answer);
	if (code == CTL_OK && ctl->json) {
		print_json(stdout, answer);
	} else if (code == CTL_OK) {
		json_array_foreach(json_object_get(answer, "claims"), i, claim)
		    print_claim(ctl, claim);
		if (i == 0)
			printf("no claims are known of %s\n", argv[0]);
	}
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
