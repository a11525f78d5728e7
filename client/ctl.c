/* What all verbs share: common flags, where creditd and its database are,
 * signals, the ways to fail. */
#include "ctl.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "version.h"

#define DEFAULT_EVENTS "tcp://127.0.0.1:7431"
#define INSTANCE_MOST  ((size_t)64 * 1024)

static volatile sig_atomic_t stop;

bool ctl_parse(struct ctl *ctl, const struct verb *verb,
    const struct flag *flags, int *argc, char ***argv, int *ret_exit)
{
	static const struct flag none = {0};
	struct flags_parsed parsed = {0};
	struct flag common[] = {
	    {"dir", FLAG_TEXT, &ctl->dir, "DIR",
		"the instance that ./run up made there (CREDITD_DIR)", 0, 0},
	    {"events", FLAG_TEXT, &ctl->events, "ENDPOINT",
		"creditd's endpoint for partners (CREDITD_EVENTS); "
		"default " DEFAULT_EVENTS,
		0, 0},
	    {"control", FLAG_TEXT, &ctl->control, "ENDPOINT",
		"creditd's endpoint for operators (CREDITD_CONTROL)", 0, 0},
	    {"dsn", FLAG_TEXT, &ctl->dsn, "DSN",
		"the database, as libpq takes it (CREDITD_DSN)", 0, 0},
	    {"timeout", FLAG_NUMBER, &ctl->timeout_s, "SECONDS",
		"give up after so long without progress; default 10", 1, 86400},
	    {"json", FLAG_BOOL, &ctl->json, NULL,
		"JSON on standard output, for programs", 0, 0},
	    {0},
	};

	*ret_exit = CTL_OK;
	switch (flags_parse((const struct flag *const[]){flags, common},
	    verb == NULL, *argc, *argv, &parsed)) {
	case FLAGS_GO_ON:
		break;
	case FLAGS_VERSION:
		printf("creditctl %s\n", CREDITD_VERSION);
		return false;
	case FLAGS_WRONG:
		*ret_exit = ctl_usage(verb, "%s", parsed.message);
		return false;
	case FLAGS_HELP:
		if (verb == NULL) {
			*ret_exit = -1; /* main knows the verbs */
		} else {
			printf("usage: creditctl %s%s%s [flags]\n\n",
			    verb->name, *verb->arguments ? " " : "",
			    verb->arguments);
			flags_fold(stdout, 0, verb->summary);
			printf("\n");
			flags_fold(stdout, 0, verb->help);
			if (flags != NULL && flags->name != NULL)
				printf("\nflags:\n");
			flags_help(stdout, flags != NULL ? flags : &none);
			printf("\ncommon flags:\n");
		}
		if (verb != NULL)
			flags_help(stdout, common);
		return false;
	}
	*argc -= parsed.first;
	*argv += parsed.first;
	if (verb != NULL && !ctl_settle(ctl)) {
		*ret_exit = CTL_FAILED;
		return false;
	}
	return true;
}

int ctl_usage(const struct verb *verb, const char *format, ...)
{
	va_list args;

	fputs("creditctl", stderr);
	if (verb != NULL)
		fprintf(stderr, " %s", verb->name);
	fputs(": ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nsee `creditctl %s%s--help`\n",
	    verb != NULL ? verb->name : "", verb != NULL ? " " : "");
	return CTL_USAGE;
}

int ctl_fail(const char *format, ...)
{
	va_list args;

	fputs("creditctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CTL_FAILED;
}

/* ---- where creditd and its database are */

const char *instance_get(char *instance, const char *key)
{
	size_t length = strlen(key);

	/* The first call ends each line with a NUL; an empty line ends all. */
	for (char *line = instance; *line != '\0'; line += strlen(line) + 1) {
		if (strncmp(line, key, length) == 0 && line[length] == '=')
			return line + length + 1;
	}
	return NULL;
}

/* Reads DIR/instance into lines that end with NUL, then an empty one. */
static char *instance_read(const char *dir)
{
	char path[4096], *bytes;
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/instance", dir);
	file = fopen(path, "re");
	if (file == NULL) {
		ctl_fail("%s: %s; no instance was started there (./run up "
			 "--dir %s starts one)",
		    path, strerror(errno), dir);
		return NULL;
	}
	bytes = calloc(1, INSTANCE_MOST + 2);
	if (bytes != NULL) {
		size = fread(bytes, 1, INSTANCE_MOST, file);
		for (size_t i = 0; i < size; i++) {
			if (bytes[i] == '\n')
				bytes[i] = '\0';
		}
	}
	fclose(file);
	return bytes;
}

static const char *not_empty(const char *value)
{
	return value != NULL && *value != '\0' ? value : NULL;
}

static void settle(const char **place, const char *value)
{
	if (*place == NULL)
		*place = not_empty(value);
}

static void settle_by_instance(struct ctl *ctl)
{
	if (ctl->instance == NULL)
		return;
	settle(&ctl->events, instance_get(ctl->instance, "events"));
	settle(&ctl->control, instance_get(ctl->instance, "control"));
	settle(&ctl->dsn, instance_get(ctl->instance, "dsn"));
}

bool ctl_settle(struct ctl *ctl)
{
	const char *dir = ctl->dir;

	if (dir == NULL)
		dir = not_empty(getenv("CREDITD_DIR"));
	if (dir != NULL && ctl->instance == NULL) {
		ctl->instance = instance_read(dir);
		if (ctl->instance == NULL)
			return false;
	}
	if (ctl->dir != NULL)
		settle_by_instance(ctl);
	settle(&ctl->events, getenv("CREDITD_EVENTS"));
	settle(&ctl->control, getenv("CREDITD_CONTROL"));
	settle(&ctl->dsn, getenv("CREDITD_DSN"));
	settle_by_instance(ctl);
	settle(&ctl->events, DEFAULT_EVENTS);
	return true;
}

/* ---- signals and the end */

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

void interrupt_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	/* A second signal kills, should the orderly end ever hang. */
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* `creditctl … | head` ends by the failed write. */
	signal(SIGPIPE, SIG_IGN);
}

bool interrupted(void)
{
	return stop != 0;
}

int ctl_finish(int code)
{
	/* A pipe that closed early (`| head`) is the reader's choice. */
	if (fflush(stdout) != 0 && errno != EPIPE)
		return ctl_fail("standard output: %s", strerror(errno));
	return code;
}
