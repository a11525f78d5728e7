/* creditctl today: moves a test clock on, and returns when all have ruled. */
#include <stdio.h>

#include "ask.h"
#include "date.h"
#include "table.h"
#include "verbs.h"

#define PATIENCE_S 300 /* every member may be ruled again on that day */

int verb_today(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	json_t *answer = NULL, *body;
	struct creditd *c;
	char date[32], streams[32];
	date_t day;
	int code;

	ctl->timeout_s = PATIENCE_S;
	if (!ctl_parse(ctl, verb, NULL, &argc, &argv, &code))
		return code;
	if (argc != 1 || !date_parse(text_of(argv[0]), &day))
		return ctl_usage(verb, "expected one date, such as 2026-07-01");
	c = ask_open(ctl, true, 1);
	if (c == NULL)
		return CTL_FAILED;
	body = json_pack("{s:s, s:s}", "control", "today", "date", argv[0]);
	code = ask_once(ctl, c, CREDITD_CONTROL, "", body, &answer);
	creditd_close(c);
	if (code == CTL_OK && ctl->json)
		print_json(stdout, answer);
	else if (code == CTL_OK)
		printf("it is %s; %s streams have ruled\n",
		    table_get(answer, "date", date, sizeof(date)),
		    table_get(answer, "streams", streams, sizeof(streams)));
	json_decref(answer);
	return code;
}
