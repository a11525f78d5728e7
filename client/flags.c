/* Command lines by table, over getopt_long. */
#include "flags.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MOST 64
#define HELP_COLUMN  26
#define WIDTH        79
#define FIRST_CODE   256 /* beyond every character */

struct table {
	struct option option[OPTIONS_MOST + 3];
	const struct flag *flag[OPTIONS_MOST];
	int count;
};

static void table_add(struct table *table, const struct flag *flags)
{
	for (; flags != NULL && flags->name != NULL; flags++) {
		if (table->count == OPTIONS_MOST)
			abort(); /* a verb's table outgrew the program */
		table->option[table->count] = (struct option){
		    .name = flags->name,
		    .has_arg = flags->kind == FLAG_BOOL ? no_argument
							: required_argument,
		    .val = FIRST_CODE + table->count,
		};
		table->flag[table->count++] = flags;
	}
}

static bool set_number(
    const struct flag *flag, const char *value, char message[256])
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' ||
	    number < flag->least || number > flag->most) {
		snprintf(message, 256,
		    "--%s: '%.60s' is not a number from %ld to %ld", flag->name,
		    value, flag->least, flag->most);
		return false;
	}
	*(long *)flag->value = number;
	return true;
}

static bool set_value(
    const struct flag *flag, const char *value, char message[256])
{
	struct flag_list *list = flag->value;

	switch (flag->kind) {
	case FLAG_BOOL:
		*(bool *)flag->value = true;
		return true;
	case FLAG_TEXT:
		*(const char **)flag->value = value;
		return true;
	case FLAG_NUMBER:
		return set_number(flag, value, message);
	case FLAG_LIST:
		if (list->count == FLAG_LIST_MOST) {
			snprintf(message, 256,
			    "--%s is given more than %d times", flag->name,
			    FLAG_LIST_MOST);
			return false;
		}
		list->item[list->count++] = value;
		return true;
	}
	return false;
}

static void say_wrong(
    int code, const struct table *table, char **argv, char message[256])
{
	if (code == ':' && optopt >= FIRST_CODE &&
	    optopt < FIRST_CODE + table->count)
		snprintf(message, 256, "--%s needs a value (%s)",
		    table->flag[optopt - FIRST_CODE]->name,
		    table->flag[optopt - FIRST_CODE]->word);
	else if (optopt >= FIRST_CODE)
		snprintf(
		    message, 256, "%.100s takes no value", argv[optind - 1]);
	else if (optopt > 0)
		snprintf(message, 256, "unknown flag '-%c'", optopt);
	else
		snprintf(message, 256, "unknown or ambiguous flag '%.100s'",
		    argv[optind - 1]);
}

enum flags_result flags_parse(const struct flag *const tables[2],
    bool only_leading, int argc, char **argv, struct flags_parsed *ret)
{
	struct table table = {0};
	int code;

	table_add(&table, tables[0]);
	table_add(&table, tables[1]);
	table.option[table.count] = (struct option){"help", 0, NULL, 'h'};
	table.option[table.count + 1] =
	    (struct option){"version", 0, NULL, 'V'};

	opterr = 0;
	optind = 0; /* glibc: start anew */
	while ((code = getopt_long(argc, argv, only_leading ? "+:hV" : ":hV",
		    table.option, NULL)) != -1) {
		if (code == 'h')
			return FLAGS_HELP;
		if (code == 'V')
			return FLAGS_VERSION;
		if (code < FIRST_CODE) {
			say_wrong(code, &table, argv, ret->message);
			return FLAGS_WRONG;
		}
		if (!set_value(
			table.flag[code - FIRST_CODE], optarg, ret->message))
			return FLAGS_WRONG;
	}
	ret->first = optind;
	return FLAGS_GO_ON;
}

void flags_fold(FILE *out, int indent, const char *text)
{
	int column = 0;

	while (*text != '\0') {
		int word = (int)strcspn(text, " \n");

		if (column > 0 && column + 1 + word > WIDTH - indent) {
			fputc('\n', out);
			column = 0;
		}
		if (word > 0) {
			fprintf(out, "%*s%.*s", column == 0 ? indent : 1, "",
			    word, text);
			column += word + (column > 0);
		}
		text += word;
		if (*text == '\n') {
			/* A line break stays; lines that begin with a space
			 * are examples and are kept as they are. */
			fputc('\n', out);
			column = 0;
			text++;
			while (*text == ' ') {
				int line = (int)strcspn(text, "\n");

				fprintf(
				    out, "%*s%.*s\n", indent, "", line, text);
				text += line + (text[line] == '\n');
			}
		} else if (*text == ' ') {
			text++;
		}
	}
	if (column > 0)
		fputc('\n', out);
}

void flags_help(FILE *out, const struct flag *flags)
{
	for (; flags->name != NULL; flags++) {
		char folded[1024] = "";
		FILE *into;
		int wide;

		wide = fprintf(out, "  --%s%s%s", flags->name,
		    flags->kind == FLAG_BOOL ? "" : " ",
		    flags->kind == FLAG_BOOL ? "" : flags->word);
		if (wide >= HELP_COLUMN)
			fputc('\n', out);
		into = fmemopen(folded, sizeof(folded), "w");
		if (into == NULL)
			continue;
		flags_fold(into, HELP_COLUMN, flags->help);
		fclose(into);
		fputs(folded + (wide < HELP_COLUMN ? wide : 0), out);
	}
}
