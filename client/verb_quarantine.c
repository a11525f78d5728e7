/* creditctl quarantine: bytes that brought workers down and were set aside. */
#include <ctype.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "db.h"
#include "table.h"
#include "verbs.h"

#define DIGEST_LEAST 6  /* digits that name one */
#define CONTROL_S    60 /* it may be isolated again */

static const char doing[] = "reading the quarantine";

struct options {
	bool all;
	const char *author;
	bool raw;
};

/* ---- what is there */

/* How the bytes stand is what their last mark says. */
#define COLUMNS                                                                \
	"select q.stream, q.source, encode(q.digest, 'hex'), q.member,"        \
	" octet_length(q.bytes), m.what, m.reason, m.author,"                  \
	" to_char(m.marked_at at time zone 'UTC',"                             \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), m.seq,"                           \
	" encode(q.bytes, 'hex')"                                              \
	" from quarantine q cross join lateral (select * from"                 \
	" quarantine_mark m where m.stream = q.stream"                         \
	" and m.source = q.source and m.digest = q.digest"                     \
	" order by m.seq desc limit 1) m"

enum { STREAM, SOURCE, DIGEST, MEMBER, SIZE, WHAT, REASON, AUTHOR, AT, SEQ };
enum { BYTES = SEQ + 1 };

/* Of an organization (NULL: all), whose digest begins so (NULL: any), those set
 * aside now or all; in the order in which they were. */
static PGresult *read_rows(
    PGconn *db, const char *organization, const char *digest, bool all)
{
	const char *parameter[] = {organization, digest, all ? "t" : "f"};

	return db_query(db, doing,
	    COLUMNS " where ($1::text is null or q.stream / 64 ="
		    " (select number from organization where name = $1))"
		    " and ($2::text is null"
		    " or starts_with(encode(q.digest, 'hex'), $2))"
		    " and ($3::bool or m.what = 0)"
		    " order by m.marked_at, q.stream, m.seq",
	    3, parameter);
}

static const char *cell(const PGresult *rows, int row, int column)
{
	return PQgetvalue(rows, row, column);
}

static const char *state_of(const PGresult *rows, int row)
{
	return db_int(rows, row, WHAT) == 0 ? "set_aside" : "redriven";
}

static json_t *json_of(const PGresult *rows, int row)
{
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:s}",
	    "digest", cell(rows, row, DIGEST), "stream",
	    (json_int_t)db_int(rows, row, STREAM), "source",
	    cell(rows, row, SOURCE), "member", cell(rows, row, MEMBER), "state",
	    state_of(rows, row), "size", (json_int_t)db_int(rows, row, SIZE),
	    "at", cell(rows, row, AT), "reason", cell(rows, row, REASON),
	    "author", cell(rows, row, AUTHOR));
}

static void print_rows(const struct ctl *ctl, const PGresult *rows)
{
	static const struct column columns[] = {{"DIGEST", COLUMN_TEXT},
	    {"STATE", COLUMN_TEXT}, {"MEMBER", COLUMN_TEXT},
	    {"SOURCE", COLUMN_TEXT}, {"STREAM", COLUMN_NUMBER},
	    {"BYTES", COLUMN_NUMBER}, {"SINCE", COLUMN_TEXT},
	    {"WHY, OR BY WHOM", COLUMN_LONG}, {NULL, COLUMN_TEXT}};
	struct table table;

	table_open(&table, ctl, columns);
	for (int i = 0; i < PQntuples(rows); i++) {
		bool redriven = db_int(rows, i, WHAT) != 0;

		table_row(&table);
		table_cell(&table, cell(rows, i, DIGEST));
		table_cell_state(&table, state_of(rows, i));
		table_cell(&table, cell(rows, i, MEMBER));
		table_cell(&table, cell(rows, i, SOURCE));
		table_cell(&table, cell(rows, i, STREAM));
		table_cell(&table, cell(rows, i, SIZE));
		table_cell(&table, cell(rows, i, AT));
		table_cell(&table, cell(rows, i, redriven ? AUTHOR : REASON));
	}
	table_show(&table, stdout, "nothing is set aside");
}

static int list(
    struct ctl *ctl, const struct options *options, PGconn *db, char **argument)
{
	PGresult *rows = read_rows(db, argument[0], NULL, options->all);

	if (rows == NULL)
		return CTL_FAILED;
	if (!ctl->json)
		print_rows(ctl, rows);
	for (int i = 0; ctl->json && i < PQntuples(rows); i++) {
		json_t *line = json_of(rows, i);

		print_json(stdout, line);
		json_decref(line);
	}
	PQclear(rows);
	return CTL_OK;
}

/* ---- one of them */

/* The row whose digest begins so; complains unless it is one. */
static PGresult *read_one(PGconn *db, const char *digest)
{
	PGresult *rows = read_rows(db, NULL, digest, true);

	if (rows == NULL || PQntuples(rows) == 1)
		return rows;
	if (PQntuples(rows) == 0)
		ctl_fail("nothing was ever set aside whose digest begins with "
			 "'%s' (creditctl quarantine list --all)",
		    digest);
	else
		ctl_fail("%d digests begin with '%s': give more digits",
		    PQntuples(rows), digest);
	PQclear(rows);
	return NULL;
}

/* The bytes as text: what is not printable ASCII becomes a dot, so that it
 * can't play with the terminal. `hex` is changed in place. */
static const char *tame(char *hex)
{
	char *to = hex;

	for (const char *at = hex; at[0] != '\0' && at[1] != '\0'; at += 2) {
		const char pair[] = {at[0], at[1], '\0'};
		int byte = (int)strtol(pair, NULL, 16);

		if (byte < 0x7f && isprint(byte))
			*to++ = (char)(unsigned char)byte;
		else
			*to++ = '.';
	}
	*to = '\0';
	return hex;
}

static void write_raw(const char *hex)
{
	for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		const char pair[] = {hex[0], hex[1], '\0'};

		putchar((int)strtol(pair, NULL, 16));
	}
}

static PGresult *read_marks(PGconn *db, const PGresult *row)
{
	const char *parameter[] = {
	    cell(row, 0, STREAM), cell(row, 0, SOURCE), cell(row, 0, DIGEST)};

	return db_query(db, doing,
	    "select to_char(marked_at at time zone 'UTC',"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), seq, what, reason, author"
	    " from quarantine_mark where stream = $1::int and source = $2"
	    " and digest = decode($3, 'hex') order by seq",
	    3, parameter);
}

static void show_json(const PGresult *row, const PGresult *marks)
{
	json_t *line = json_of(row, 0), *list = json_array();
	char *hex = strdup(cell(row, 0, BYTES));

	for (int i = 0; i < PQntuples(marks); i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:s, s:s, s:s}", "at",
			cell(marks, i, 0), "seq",
			(json_int_t)db_int(marks, i, 1), "what",
			db_int(marks, i, 2) == 0 ? "set_aside" : "redriven",
			"reason", cell(marks, i, 3), "author",
			cell(marks, i, 4)));
	json_object_set_new(line, "marks", list);
	json_object_set_new(line, "bytes", json_string(cell(row, 0, BYTES)));
	if (hex != NULL)
		json_object_set_new(line, "text", json_string(tame(hex)));
	free(hex);
	print_json(stdout, line);
	json_decref(line);
}

static void show_page(const PGresult *row, const PGresult *marks)
{
	char *hex = strdup(cell(row, 0, BYTES));

	printf("digest  %s\nstream  %s\nsource  %s\nmember  %s\nstate   %s\n",
	    cell(row, 0, DIGEST), cell(row, 0, STREAM),
	    *cell(row, 0, SOURCE) != '\0' ? cell(row, 0, SOURCE)
					  : "(not authenticated)",
	    cell(row, 0, MEMBER), state_of(row, 0));
	for (int i = 0; i < PQntuples(marks); i++)
		printf("%s  seq %s  %s%s\n", cell(marks, i, 0),
		    cell(marks, i, 1),
		    db_int(marks, i, 2) == 0 ? "set aside: " : "redriven by ",
		    cell(marks, i, db_int(marks, i, 2) == 0 ? 3 : 4));
	printf("%s bytes, what is not ASCII as dots:\n%s\n", cell(row, 0, SIZE),
	    hex != NULL ? tame(hex) : "");
	free(hex);
}

static int show(
    struct ctl *ctl, const struct options *options, PGconn *db, char **argument)
{
	PGresult *row = read_one(db, argument[0]);
	PGresult *marks = row != NULL ? read_marks(db, row) : NULL;

	if (marks != NULL && options->raw)
		write_raw(cell(row, 0, BYTES));
	else if (marks != NULL && ctl->json)
		show_json(row, marks);
	else if (marks != NULL)
		show_page(row, marks);
	PQclear(marks);
	PQclear(row);
	return marks != NULL ? CTL_OK : CTL_FAILED;
}

/* ---- another try */

static const char *author_of(const struct options *options)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user;

	if (options->author != NULL)
		return options->author;
	if (sudo != NULL && text_is_id(text_of(sudo), 128))
		return sudo;
	user = getpwuid(getuid());
	return user != NULL && text_is_id(text_of(user->pw_name), 128)
		   ? user->pw_name
		   : "unknown";
}

/* What became of it: an answer like any partner's. */
static int say_redriven(
    const struct ctl *ctl, const PGresult *rows, int row, const json_t *answer)
{
	const json_t *event = json_object_get(answer, "answer");
	char outcome[32], code[64], message[256];
	json_t *line;

	table_get(event, "outcome", outcome, sizeof(outcome));
	table_get(event, "code", code, sizeof(code));
	table_get(event, "message", message, sizeof(message));
	if (ctl->json) {
		line = json_pack("{s:s, s:I, s:O?}", "digest",
		    cell(rows, row, DIGEST), "stream",
		    (json_int_t)db_int(rows, row, STREAM), "answer", event);
		print_json(stdout, line);
		json_decref(line);
	} else {
		printf("%s: %s%s%s%s%s\n", cell(rows, row, DIGEST),
		    *outcome != '\0' ? outcome : "refused",
		    *code != '\0' ? " " : "", code,
		    *message != '\0' ? ": " : "", message);
	}
	return strcmp(outcome, "applied") == 0 ||
		       strcmp(outcome, "pending") == 0
		   ? CTL_OK
		   : CTL_REFUSED;
}

static int redrive_row(struct ctl *ctl, const struct options *options,
    struct creditd *c, const PGresult *rows, int row)
{
	json_t *answer = NULL;
	json_t *body = json_pack("{s:s, s:I, s:s, s:s, s:s}", "control",
	    "redrive", "stream", (json_int_t)db_int(rows, row, STREAM),
	    "source", cell(rows, row, SOURCE), "digest",
	    cell(rows, row, DIGEST), "author", author_of(options));
	int code = ask_once(ctl, c, CREDITD_CONTROL, "", body, &answer);

	if (code == CTL_OK)
		code = say_redriven(ctl, rows, row, answer);
	json_decref(answer);
	return code;
}

static int redrive(
    struct ctl *ctl, const struct options *options, PGconn *db, char **argument)
{
	struct ctl patient = *ctl;
	struct creditd *c;
	int code = CTL_OK;
	PGresult *rows;

	if (patient.timeout_s < CONTROL_S)
		patient.timeout_s = CONTROL_S;
	c = ask_open(&patient, true, 1);
	if (c == NULL)
		return CTL_FAILED;
	do {
		rows = options->all ? read_rows(db, argument[0], NULL, false)
				    : read_one(db, argument[0]);
		if (rows == NULL)
			code = CTL_FAILED;
		for (int i = 0;
		     rows != NULL && i < PQntuples(rows) && !interrupted();
		     i++) {
			int one = redrive_row(&patient, options, c, rows, i);

			code = one != CTL_OK ? one : code;
		}
		PQclear(rows);
	} while (!options->all && *++argument != NULL && !interrupted());
	creditd_close(c);
	return code;
}

/* ---- the words */

static bool is_digest(const char *text)
{
	size_t length = strlen(text);

	return strspn(text, "0123456789abcdef") == length &&
	       length >= DIGEST_LEAST && length <= 32;
}

static int check_words(const struct verb *verb, const struct options *options,
    const char *word, int argc, char **argv)
{
	bool of_organization = strcmp(word, "list") == 0 ||
			       (strcmp(word, "redrive") == 0 && options->all);

	if (options->author != NULL &&
	    !text_is_id(text_of(options->author), 128))
		return ctl_usage(verb, "--author: '%s' is no id (no spaces)",
		    options->author);
	if (of_organization)
		return argc > 1 ? ctl_usage(
				      verb, "expected at most one organization")
		       : argc == 1 && !ask_is_organization(verb, argv[0])
			   ? CTL_USAGE
			   : CTL_OK;
	if (argc == 0 || (argc > 1 && strcmp(word, "show") == 0))
		return ctl_usage(verb, "expected %s",
		    strcmp(word, "show") == 0 ? "one digest"
					      : "digests, or --all");
	for (int i = 0; i < argc; i++)
		if (!is_digest(argv[i]))
			return ctl_usage(verb,
			    "'%s' is not the beginning of a digest (%d to 32 "
			    "hex digits)",
			    argv[i], DIGEST_LEAST);
	return CTL_OK;
}

static int run(struct ctl *ctl, const struct verb *verb,
    const struct options *options, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct ctl *ctl, const struct options *options,
		    PGconn *db, char **argument);
	} words[] = {{"list", list}, {"show", show}, {"redrive", redrive}};
	int code;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		PGconn *db;

		if (argc == 0 || strcmp(argv[0], words[i].name) != 0)
			continue;
		code = check_words(
		    verb, options, words[i].name, argc - 1, argv + 1);
		if (code != CTL_OK)
			return code;
		db = db_open(ctl);
		if (db == NULL)
			return CTL_FAILED;
		code = words[i].run(ctl, options, db, argv + 1);
		PQfinish(db);
		return code;
	}
	return ctl_usage(verb, "expected list, show or redrive");
}

int verb_quarantine(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	struct options options = {0};
	struct flag flags[] = {
	    {"all", FLAG_BOOL, &options.all, NULL,
		"list: also what was redriven; redrive: everything that is set "
		"aside, in that order",
		0, 0},
	    {"author", FLAG_TEXT, &options.author, "WHO",
		"redrive: who it is; default: the name of this account", 0, 0},
	    {"raw", FLAG_BOOL, &options.raw, NULL,
		"show: only the bytes, as they came", 0, 0},
	    {0},
	};
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	return run(ctl, verb, &options, argc, argv);
}
