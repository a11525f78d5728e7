/* creditctl program try: what would change if a document ruled. */
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "program_file.h"
#include "program_rules.h"
#include "program_words.h"
#include "table.h"
#include "try.h"

static const char doing[] = "reading the program in force";

/* All organizations, for who typed the wrong one. */
static void say_known(PGconn *db)
{
	PGresult *rows = db_query(db, doing,
	    "select string_agg(name, ', ' order by name) from organization", 0,
	    NULL);

	if (rows != NULL && PQgetlength(rows, 0, 0) > 0)
		ctl_fail(
		    "the database has programs of: %s", PQgetvalue(rows, 0, 0));
	PQclear(rows);
}

static bool compile(struct try *try, struct text document)
{
	char name[64];
	struct complaints complaints = {.file = name};
	int error;

	snprintf(name, sizeof(name), "revision %d", try->revision);
	error = program_parse(document, &complaints, &try->before);
	if (error != 0) {
		try->before = NULL;
		if (complaints.text != NULL)
			fputs(complaints.text, stderr);
		ctl_fail("revision %d of %.*s, which is in force, can't be "
			 "compiled by this release: %s",
		    try->revision, TEXT_ARGS(try->name), strerror(-error));
	}
	complaints_fini(&complaints);
	return error == 0;
}

static bool read_in_force(struct try *try)
{
	char name[64];
	const char *parameter[] = {name};
	PGresult *rows;
	bool done = false;

	snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(try->name));
	rows = db_query(try->db, doing,
	    "select o.number, p.revision, p.document from organization o"
	    " join program p on p.organization = o.number where o.name = $1"
	    " order by p.revision desc limit 1",
	    1, parameter);
	if (rows == NULL)
		return false;
	if (PQntuples(rows) == 0) {
		ctl_fail("no program of %s is published here: there is nothing "
			 "to compare with",
		    name);
		say_known(try->db);
	} else {
		try->number = (int32_t)db_int(rows, 0, 0);
		try->revision = (int32_t)db_int(rows, 0, 1);
		done = compile(try, db_text(rows, 0, 2));
	}
	PQclear(rows);
	return done;
}

/* The last day that the organization's streams know. */
static bool read_today(struct try *try)
{
	char first[16], last[16];
	const char *parameter[] = {first, last};
	PGresult *rows;
	bool done;

	if (try->today != DATE_NONE)
		return true;
	snprintf(first, sizeof(first), "%d", try->number * STREAM_BUCKETS);
	snprintf(last, sizeof(last), "%d",
	    try->number * STREAM_BUCKETS + STREAM_BUCKETS - 1);
	/* Dates never fall within a stream: its last row has its last day. */
	rows = db_query(try->db, "reading the date",
	    "select coalesce(max(today), current_date) from generate_series("
	    "$1::int, $2::int) s cross join lateral (select today from event"
	    " where stream = s order by seq desc limit 1) e",
	    2, parameter);
	if (rows == NULL)
		return false;
	done = date_parse(db_text(rows, 0, 0), &try->today);
	PQclear(rows);
	return done;
}

static int compare_names(const void *a, const void *b)
{
	return text_compare(((const struct try_designation *)a)->name,
	    ((const struct try_designation *)b)->name);
}

/* All designations of either program, by name. */
static bool make_room(struct try *try)
{
	const struct program *side[] = {try->before, try->after};
	size_t count = 0, kept = 0;

	try->designation =
	    calloc(side[0]->designations + side[1]->designations + 1,
		sizeof(*try->designation));
	if (try->designation == NULL)
		return false;
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < side[i]->designations; k++)
			try->designation[count++].name =
			    side[i]->designation[k].name;
	qsort(
	    try->designation, count, sizeof(*try->designation), compare_names);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !text_equal(try->designation[kept - 1].name,
				     try->designation[i].name))
			try->designation[kept++] = try->designation[i];
	try->designations = kept;
	for (int way = 0; way < TRY_WAYS; way++) {
		try->shown[way].place =
		    calloc(try->top + 1, sizeof(*try->shown[way].place));
		if (try->shown[way].place == NULL)
			return false;
	}
	return true;
}

static void fini(struct try *try)
{
	for (size_t i = 0; i < try->designations; i++)
		for (size_t k = 0; k < (size_t)TRY_STATUSES * TRY_STATUSES; k++)
			json_decref(
			    try->designation[i]
				.status[k / TRY_STATUSES][k % TRY_STATUSES]
				.examples);
	free(try->designation);
	for (int way = 0; way < TRY_WAYS; way++) {
		for (size_t i = 0; i < try->shown[way].count; i++)
			json_decref(try->shown[way].place[i].shown);
		free(try->shown[way].place);
	}
	arena_fini(&try->arena);
	program_destroy(try->before);
	PQfinish(try->db);
}

static int run(struct try *try)
{
	json_t *summary;

	try->db = db_open(try->ctl);
	if (try->db == NULL ||
	    !db_script(try->db, "beginning a snapshot",
		"begin isolation level repeatable read, read only") ||
	    !read_in_force(try) || !read_today(try))
		return CTL_FAILED;
	if (!make_room(try))
		return ctl_fail("no memory");
	if (!try_members(try))
		return CTL_FAILED;
	summary = try_summary(try);
	if (summary == NULL)
		return ctl_fail("no memory");
	if (try->ctl->json)
		print_json(stdout, summary);
	else
		try_print(try->ctl, summary);
	json_decref(summary);
	return CTL_OK;
}

int program_try(
    struct ctl *ctl, const struct program_options *options, char **argument)
{
	struct try try = {.ctl = ctl,
	    .file = argument[0],
	    .top = (size_t)options->top,
	    .today = DATE_NONE};
	struct program_file file;
	int code = CTL_FAILED;

	if (options->today != NULL &&
	    !date_parse(text_of(options->today), &try.today)) {
		ctl_fail("--today: '%s' is no date (expected YYYY-MM-DD)",
		    options->today);
		return CTL_USAGE;
	}
	if (!program_file_load(argument[0], &file))
		return CTL_FAILED;
	try.after = file.program;
	try.name = program_organization(file.program);
	if (options->organization != NULL &&
	    !text_is(try.name, options->organization))
		ctl_fail("%s is a program of '%.*s', not of '%s': nothing was "
			 "tried",
		    argument[0], TEXT_ARGS(try.name), options->organization);
	else
		code = run(&try);
	fini(&try);
	program_file_fini(&file);
	return code;
}
