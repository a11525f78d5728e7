/* creditctl submit: one event from flags, or many from JSON. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "codes.h"
#include "endpoint.h"
#include "event_flags.h"
#include "submission.h"
#include "verbs.h"

struct wishes {
	struct event_flags event;
	bool dry_run, explain;
	long in_flight;
	const char *results;
};

static size_t submit_flags(struct wishes *wishes, struct flag *flags)
{
	size_t n = 0;

	flags[n++] = (struct flag){"dry-run", FLAG_BOOL, &wishes->dry_run, NULL,
	    "decide and explain, store nothing", 0, 0};
	flags[n++] = (struct flag){"explain", FLAG_BOOL, &wishes->explain, NULL,
	    "put the steps of the ruling into the answers", 0, 0};
	flags[n++] =
	    (struct flag){"source", FLAG_TEXT, &wishes->event.source, "SOURCE",
		"who says it, where the endpoint does not "
		"authenticate; default local",
		0, 0};
	flags[n++] =
	    (struct flag){"in-flight", FLAG_NUMBER, &wishes->in_flight, "N",
		"most events without an answer at once; default 256", 1, 16384};
	flags[n++] =
	    (struct flag){"results", FLAG_TEXT, &wishes->results, "FILE",
		"append each answer as a JSON line, and skip what has "
		"a RESULT there: a run that broke off goes on",
		0, 0};
	return n + event_flags_table(&wishes->event, flags + n);
}

static int begin(struct submission *s, const struct wishes *wishes)
{
	s->dry_run = wishes->dry_run;
	s->explain = wishes->explain;
	s->source = wishes->event.source;
	s->in_flight = (size_t)wishes->in_flight;
	s->begun_ms = endpoint_now_ms();
	s->c = ask_open(s->ctl, false, s->in_flight);
	if (s->c == NULL)
		return CTL_FAILED;
	if (!results_open(&s->results, wishes->results)) {
		results_close(&s->results);
		creditd_close(s->c);
		return CTL_FAILED;
	}
	progress_begin(&s->progress, s->begun_ms);
	return CTL_OK;
}

static int submit_one(struct submission *s, const struct verb *verb,
    const struct wishes *wishes, char **argv)
{
	char message[EVENT_FLAGS_MESSAGE];
	json_t *event =
	    event_flags_build(&wishes->event, argv[0], argv[1], message);

	if (event == NULL)
		return ctl_usage(verb, "%s", message);
	s->is_single = true;
	s->progress.shown = false;
	if (begin(s, wishes) != CTL_OK) {
		json_decref(event);
		return CTL_FAILED;
	}
	s->progress.shown = false;
	submission_one(s, event);
	creditd_close(s->c);
	return submission_end(s);
}

static int submit_files(
    struct submission *s, const struct wishes *wishes, int files, char **file)
{
	static char standard_input[] = "-";
	char *only = standard_input;

	if (files == 0) {
		files = 1;
		file = &only;
	}
	if (begin(s, wishes) != CTL_OK)
		return CTL_FAILED;
	for (int i = 0;
	     i < files && !interrupted() && !s->failed && !s->gave_up; i++) {
		struct input input;

		if (!input_open(&input, file[i])) {
			s->failed = true;
			break;
		}
		submission_run(s, &input);
		input_close(&input);
	}
	creditd_close(s->c);
	return submission_end(s);
}

int verb_submit(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	struct wishes wishes = {.in_flight = 256};
	struct flag flags[EVENT_FLAGS_MOST + 16];
	struct submission s = {.ctl = ctl};
	enum event_type type;
	int code;

	submit_flags(&wishes, flags);
	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc > 0 && event_type_find(text_of(argv[0]), &type)) {
		if (argc != 2)
			return ctl_usage(verb,
			    "expected TYPE MEMBER, e.g. %s "
			    "examplebody/104233",
			    argv[0]);
		if (!ask_is_member(verb, argv[1]))
			return CTL_USAGE;
		return submit_one(&s, verb, &wishes, argv);
	}
	if (event_flags_given(&wishes.event))
		return ctl_usage(verb,
		    argc > 0 ? "'%.60s' is no type of event; flags of an event "
			       "go with "
			       "TYPE MEMBER"
			     : "flags of an event go with TYPE MEMBER",
		    argc > 0 ? argv[0] : "");
	if (argc == 0 && isatty(STDIN_FILENO))
		return ctl_usage(verb, "expected TYPE MEMBER, or a FILE of "
				       "events (- for standard input)");
	return submit_files(&s, &wishes, argc, argv);
}
