/* Command lines by table: one entry gives a flag's parsing and its help. */
#ifndef CLIENT_FLAGS_H
#define CLIENT_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define FLAG_LIST_MOST 64

enum flag_kind {
	FLAG_BOOL,   /* bool * */
	FLAG_TEXT,   /* const char ** */
	FLAG_NUMBER, /* long *, from least to most */
	FLAG_LIST    /* struct flag_list *, may be given again */
};

struct flag_list {
	const char *item[FLAG_LIST_MOST];
	size_t count;
};

struct flag {
	const char *name; /* without the dashes; NULL ends a table */
	enum flag_kind kind;
	void *value;
	const char *word; /* what the help calls the value */
	const char *help;
	long least, most; /* FLAG_NUMBER */
};

enum flags_result { FLAGS_GO_ON, FLAGS_HELP, FLAGS_VERSION, FLAGS_WRONG };

struct flags_parsed {
	int first;         /* index in argv of the first word that is no flag */
	char message[256]; /* FLAGS_WRONG: what is wrong */
};

/* Parses with two tables (either may be NULL), --help and --version. With
 * `only_leading` it stops at the first word that is no flag; else flags may
 * stand anywhere, and such words are moved to the end. */
enum flags_result flags_parse(const struct flag *const tables[2],
    bool only_leading, int argc, char **argv, struct flags_parsed *ret);

/* "  --member M   its help", folded at 79 columns. */
void flags_help(FILE *out, const struct flag *flags);
/* Text folded at 79 columns behind `indent` spaces. */
void flags_fold(FILE *out, int indent, const char *text);

#endif
