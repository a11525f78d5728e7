/* creditctl: what partners' engineers and operators type. A table of verbs. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "verb_help.h"
#include "verbs.h"

static const struct verb verbs[] = {
    {"submit", "[TYPE MEMBER] | [FILE…]",
	"Submit one event from flags, or many from JSON", HELP_SUBMIT,
	verb_submit},
    {"balance", "MEMBER | ORG", "Show where periods stand", HELP_BALANCE,
	verb_balance},
    {"explain", "MEMBER", "Explain every number of a member", HELP_EXPLAIN,
	verb_explain},
    {"event", "MEMBER ID", "Show an event's answer and how it stands today",
	HELP_EVENT, verb_event},
    {"requests", "ORG", "List recognition requests", HELP_REQUESTS,
	verb_requests},
    {"transcript", "MEMBER", "Show periods, claims and ledger of a member",
	HELP_TRANSCRIPT, verb_transcript},
    {"watch", "ORG | MEMBER [TOPIC…]", "Follow the feed, live, without gaps",
	HELP_WATCH, verb_watch},
    {"changes", "ORG | MEMBER", "Show what the feed said", HELP_CHANGES,
	verb_changes},
    {"feeds", "", "Show the feeds' endpoints", HELP_FEEDS, verb_feeds},
    {"status", "", "Show how creditd is", HELP_STATUS, verb_status},
    {"program", "check|try|publish|progress|list|show …",
	"Check, try, publish and read an organization's rules", HELP_PROGRAM,
	verb_program},
    {"migrate", "", "Bring the database's schema up to date", HELP_MIGRATE,
	verb_migrate},
    {"verify", "", "Prove the database whole, or name what is not", HELP_VERIFY,
	verb_verify},
    {"quarantine", "list [ORG] | show DIGEST | redrive DIGEST… …",
	"See and try again what brought workers down", HELP_QUARANTINE,
	verb_quarantine},
    {"today", "DATE", "Move a test clock on", HELP_TODAY, verb_today},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void help(void)
{
	printf("usage: creditctl VERB … [flags]\n\n"
	       "Talks to creditd, which rules on continuing education "
	       "credits.\n\nverbs:\n");
	for (size_t i = 0; i < VERBS; i++)
		printf("  %-12s%s\n", verbs[i].name, verbs[i].summary);
	printf("\n");
	flags_fold(stdout, 0, HELP_GENERAL);
}

static const struct verb *find(const char *name)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

static bool shows_colours(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) &&
	       (no_color == NULL || *no_color == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

int main(int argc, char **argv)
{
	struct ctl ctl = {.timeout_s = 10, .colour = shows_colours()};
	const struct verb *verb;
	int code = CTL_OK;

	setlocale(LC_CTYPE, "");
	interrupt_catch();
	if (!ctl_parse(&ctl, NULL, NULL, &argc, &argv, &code)) {
		if (code == -1) {
			help();
			code = CTL_OK;
		}
		return ctl_finish(code);
	}
	if (argc == 0)
		return ctl_usage(NULL, "which verb?");
	if (strcmp(argv[0], "help") == 0) {
		help();
		return ctl_finish(CTL_OK);
	}
	verb = find(argv[0]);
	if (verb == NULL)
		return ctl_usage(NULL, "unknown verb '%s'", argv[0]);
	code = ctl_finish(verb->run(&ctl, verb, argc, argv));
	free(ctl.instance);
	return code;
}
