/* The words of `creditctl program`, a file each where they are long. */
#ifndef CLIENT_PROGRAM_WORDS_H
#define CLIENT_PROGRAM_WORDS_H

#include "ctl.h"

/* Flags of all of them; which word takes which stands in verb_program.c. */
struct program_options {
	bool strict;              /* check: warnings fail */
	bool offline;             /* publish: creditd is not told */
	bool no_wait;             /* publish, progress: leave at once */
	const char *organization; /* try: expected in the document */
	const char *today;        /* try: ruled as of that day */
	long top;                 /* try: cases that are shown each way */
};

/* Each takes the arguments behind its word and returns an exit code. */
int program_check_files(
    struct ctl *ctl, const struct program_options *options, char **argument);
int program_publish(
    struct ctl *ctl, const struct program_options *options, char **argument);
int program_progress(
    struct ctl *ctl, const struct program_options *options, char **argument);
int program_try(
    struct ctl *ctl, const struct program_options *options, char **argument);

#endif
