/* creditctl: what all verbs share. */
#ifndef CLIENT_CTL_H
#define CLIENT_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "flags.h"

/* Exit codes; scripts trust them, so they never change their meaning. */
enum ctl_exit {
	CTL_OK = 0,       /* done; everything that was asked for is so */
	CTL_FAILED = 1,   /* it could not be done, or `verify` found defects */
	CTL_USAGE = 2,    /* the command line is wrong; nothing was done */
	CTL_REFUSED = 3,  /* creditd refused, rejected, or found a conflict */
	CTL_NO_ANSWER = 4 /* no answer in time: not known; safe to run again */
};

/* The settings of one run, from flags, an instance's file and environment. */
struct ctl {
	const char *dir;    /* --dir: instance whose file names the rest */
	const char *events; /* endpoints; NULL where none is known */
	const char *control;
	const char *dsn;
	long timeout_s; /* every wait's deadline */
	bool json;      /* for programs: JSON lines on standard output */
	bool colour;    /* standard output shows colours */
	char *instance; /* the instance file's text; the above borrow it */
};

struct verb {
	const char *name;
	const char *arguments; /* "MEMBER" */
	const char *summary;   /* one line of creditctl --help */
	const char *help;      /* further paragraphs of its own --help */
	int (*run)(
	    struct ctl *ctl, const struct verb *verb, int argc, char **argv);
};

/* Parses a verb's command line: its own flags (ended by a NULL name) and the
 * common ones. Returns true to go on with `*argc` arguments left in `argv`
 * (without the verb's name); false with the exit code in `ret_exit`. Then the
 * endpoints are settled as well. */
bool ctl_parse(struct ctl *ctl, const struct verb *verb,
    const struct flag *flags, int *argc, char ***argv, int *ret_exit);

/* Wrong usage: says so, and where help is. Returns CTL_USAGE. */
int ctl_usage(const struct verb *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A failure, on standard error as "creditctl: …". Returns CTL_FAILED. */
int ctl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Settles events, control and dsn: flags, then --dir, then CREDITD_EVENTS,
 * CREDITD_CONTROL, CREDITD_DSN, then CREDITD_DIR, then the default endpoint.
 * False after saying what is wrong. */
bool ctl_settle(struct ctl *ctl);
/* A line "key=value" of an instance's file (changed in place), or NULL. */
const char *instance_get(char *instance, const char *key);

/* SIGINT and SIGTERM end things in order: waits return with EINTR. */
void interrupt_catch(void);
bool interrupted(void);

/* Output was written in full; else says why it was not, CTL_FAILED. */
int ctl_finish(int code);

#endif
