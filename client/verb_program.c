/* creditctl program: check, try, publish, list and show organizations' rules,
 * and how far a new one has come. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "db.h"
#include "program_words.h"
#include "table.h"
#include "verbs.h"

#define TOP 10

static int list(
    struct ctl *ctl, const struct program_options *options, char **argument)
{
	static const struct column columns[] = {{"NUMBER", COLUMN_NUMBER},
	    {"ORGANIZATION", COLUMN_TEXT}, {"TITLE", COLUMN_LONG},
	    {"TIME ZONE", COLUMN_TEXT}, {"REVISION", COLUMN_NUMBER},
	    {"PUBLISHED", COLUMN_TEXT}, {"BY", COLUMN_TEXT},
	    {NULL, COLUMN_TEXT}};
	static const char *const name[] = {"number", "organization", "title",
	    "time_zone", "revision", "published_at", "published_by"};
	PGconn *db = db_open(ctl);
	json_t *all = json_array();
	struct table table;
	PGresult *rows = NULL;

	(void)options;
	(void)argument;
	if (db != NULL)
		rows = db_query(db, "reading the programs",
		    "select o.number, o.name, o.title, o.time_zone, p.revision,"
		    " to_char(p.published_at at time zone 'UTC',"
		    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), p.published_by"
		    " from organization o"
		    " join program p on p.organization = o.number"
		    " order by o.number, p.revision",
		    0, NULL);
	PQfinish(db);
	if (rows == NULL) {
		json_decref(all);
		return CTL_FAILED;
	}
	table_open(&table, ctl, columns);
	for (int i = 0; i < PQntuples(rows); i++) {
		json_t *row = json_object();

		table_row(&table);
		for (int k = 0; k < 7; k++) {
			table_cell(&table, PQgetvalue(rows, i, k));
			json_object_set_new(row, name[k],
			    k == 0 || k == 4
				? json_integer(db_int(rows, i, k))
				: json_string(PQgetvalue(rows, i, k)));
		}
		json_array_append_new(all, row);
	}
	if (ctl->json)
		print_json(stdout, all);
	else
		table_print(&table, stdout,
		    "no program is published yet "
		    "(creditctl program publish FILE)");
	table_close(&table);
	PQclear(rows);
	json_decref(all);
	return CTL_OK;
}

static int show_row(
    const struct ctl *ctl, const PGresult *rows, char **argument)
{
	json_t *line;

	if (PQntuples(rows) == 0)
		return ctl_fail(
		    "%s has no program%s%s (creditctl program list shows all)",
		    argument[0], argument[1] ? " of revision " : "",
		    argument[1] ? argument[1] : "");
	if (!ctl->json) {
		fputs(PQgetvalue(rows, 0, 1), stdout);
		return CTL_OK;
	}
	line = json_pack("{s:s, s:I, s:s, s:s}", "organization", argument[0],
	    "revision", (json_int_t)db_int(rows, 0, 0), "document",
	    PQgetvalue(rows, 0, 1), "digest", PQgetvalue(rows, 0, 2));
	print_json(stdout, line);
	json_decref(line);
	return CTL_OK;
}

static int show(
    struct ctl *ctl, const struct program_options *options, char **argument)
{
	const char *parameter[] = {argument[0], argument[1]};
	PGconn *db = db_open(ctl);
	PGresult *rows = NULL;
	int code = CTL_FAILED;

	(void)options;
	if (db != NULL)
		rows = db_query(db, "reading the program",
		    "select p.revision, p.document, p.digest from program p"
		    " join organization o on o.number = p.organization"
		    " where o.name = $1"
		    " and ($2::int is null or p.revision = $2::int)"
		    " order by p.revision desc limit 1",
		    2, parameter);
	if (rows != NULL)
		code = show_row(ctl, rows, argument);
	PQclear(rows);
	PQfinish(db);
	return code;
}

/* The words, how many arguments each takes, and of what kind. */
static const struct word {
	const char *name;
	int least, most;
	bool is_organization; /* the first argument */
	const char *arguments;
	int (*run)(struct ctl *ctl, const struct program_options *options,
	    char **argument);
} words[] = {
    {"check", 1, INT_MAX, false, "FILE…", program_check_files},
    {"try", 1, 1, false, "FILE", program_try},
    {"publish", 1, INT_MAX, false, "FILE…", program_publish},
    {"progress", 1, 1, true, "ORG", program_progress},
    {"list", 0, 0, false, "", list},
    {"show", 1, 2, true, "ORG [REVISION]", show},
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static bool is_revision(const char *text)
{
	return strspn(text, "0123456789") == strlen(text) && *text != '\0' &&
	       strlen(text) <= 9;
}

static int run(struct ctl *ctl, const struct verb *verb,
    const struct program_options *options, int argc, char **argv)
{
	const struct word *word = words;

	if (argc == 0)
		return ctl_usage(verb,
		    "expected check, try, publish, progress, list or show");
	while (word < words + WORDS && strcmp(argv[0], word->name) != 0)
		word++;
	if (word == words + WORDS)
		return ctl_usage(verb,
		    "unknown word '%s' (expected check, try, publish, "
		    "progress, list or show)",
		    argv[0]);
	if (argc - 1 < word->least || argc - 1 > word->most)
		return ctl_usage(verb, "expected %s%s%s", word->name,
		    *word->arguments ? " " : "", word->arguments);
	if (word->is_organization && !ask_is_organization(verb, argv[1]))
		return CTL_USAGE;
	if (word->is_organization && argc == 3 && !is_revision(argv[2]))
		return ctl_usage(verb, "'%s' is no revision", argv[2]);
	return word->run(ctl, options, argv + 1);
}

int verb_program(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	struct program_options options = {.top = TOP};
	struct flag flags[] = {
	    {"offline", FLAG_BOOL, &options.offline, NULL,
		"publish: only put it into the database; it rules from "
		"creditd's next start",
		0, 0},
	    {"no-wait", FLAG_BOOL, &options.no_wait, NULL,
		"publish: don't wait until all members are ruled again; "
		"progress: look once",
		0, 0},
	    {"strict", FLAG_BOOL, &options.strict, NULL,
		"check: end with 1 where there are warnings", 0, 0},
	    {"organization", FLAG_TEXT, &options.organization, "ORG",
		"try: refuse a document that is not this organization's", 0, 0},
	    {"today", FLAG_TEXT, &options.today, "DATE",
		"try: rule as of that day; default: the last day that the "
		"database knows of",
		0, 0},
	    {"top", FLAG_NUMBER, &options.top, "N",
		"try: show so many cases each way; default 10", 0, 1000},
	    {0},
	};
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	return run(ctl, verb, &options, argc, argv);
}
