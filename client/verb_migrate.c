/* creditctl migrate: brings the schema up to date, a transaction a step.
 *
 * An advisory lock lets one run at a time work; a second one waits for it and
 * then finds nothing to do. A step that was applied is never changed: its
 * digest is kept and compared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "schema.h"
#include "table.h"
#include "verbs.h"

#define LOCK "hashtextextended('creditd schema', 0)"

/* What the database says of the steps; index is version - 1. */
struct applied {
	PGresult *rows;
	size_t count;
};

static bool read_applied(PGconn *db, struct applied *ret)
{
	static const char doing[] = "reading the applied steps";
	PGresult *there = db_query(db, doing,
	    "select to_regclass('schema_version') is not null", 0, NULL);
	bool is_there;

	if (there == NULL)
		return false;
	is_there = text_is(db_text(there, 0, 0), "t");
	PQclear(there);
	*ret = (struct applied){0};
	if (!is_there)
		return true;
	ret->rows = db_query(db, doing,
	    "select version, name, digest, compatible_from,"
	    " to_char(applied_at at time zone 'UTC',"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
	    " from schema_version order by version",
	    0, NULL);
	if (ret->rows == NULL)
		return false;
	ret->count = (size_t)PQntuples(ret->rows);
	return true;
}

/* The applied steps are the first ones of the files, unchanged. */
static bool agree(const struct schema *schema, const struct applied *applied)
{
	for (size_t i = 0; i < applied->count; i++) {
		const struct schema_step *step = &schema->step[i];

		if (i == schema->steps) {
			ctl_fail(
			    "the database has step %s (%s), which %s does "
			    "not have: this program is older than the database",
			    PQgetvalue(applied->rows, (int)i, 0),
			    PQgetvalue(applied->rows, (int)i, 1),
			    schema->directory);
			return false;
		}
		if (db_int(applied->rows, (int)i, 0) != step->version) {
			ctl_fail(
			    "the database lacks step %03d among the "
			    "applied ones: schema_version was changed by hand",
			    step->version);
			return false;
		}
		if (!text_is(db_text(applied->rows, (int)i, 2), step->digest)) {
			ctl_fail(
			    "%s/%03d-%s.sql is not the step that was "
			    "applied on %s (its digest differs): a released "
			    "step is never edited; put the file back and add "
			    "a new step",
			    schema->directory, step->version, step->name,
			    PQgetvalue(applied->rows, (int)i, 4));
			return false;
		}
	}
	return true;
}

static bool apply(PGconn *db, const struct schema_step *step)
{
	char doing[SCHEMA_NAME_SIZE + 32], version[16], from[16];
	const char *parameter[] = {version, from, step->name, step->digest};

	snprintf(
	    doing, sizeof(doing), "step %03d-%s", step->version, step->name);
	snprintf(version, sizeof(version), "%d", step->version);
	snprintf(from, sizeof(from), "%d", step->compatible_from);
	if (db_script(db, doing, "begin") &&
	    db_script(db, doing, step->sql.bytes) &&
	    db_do(db, doing,
		"insert into schema_version (version,"
		" compatible_from, name, digest, applied_at)"
		" values ($1, $2, $3, $4, now())",
		4, parameter) &&
	    db_script(db, doing, "commit"))
		return true;
	db_rollback(db);
	return false;
}

static bool lock(PGconn *db, const struct ctl *ctl)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "set lock_timeout = '%lds'",
	    ctl->timeout_s > 60 ? ctl->timeout_s : 60);
	return db_script(db, "waiting for another `creditctl migrate`", sql) &&
	       db_script(db, "waiting for another `creditctl migrate`",
		   "select pg_advisory_lock(" LOCK ")") &&
	       db_script(db, "making schema_version",
		   "set client_min_messages = warning;"
		   "create table if not exists schema_version ("
		   " version int primary key,"
		   " compatible_from int not null,"
		   " name text not null,"
		   " digest text not null,"
		   " applied_at timestamptz not null)");
}

static void say_step(const struct ctl *ctl, const struct schema_step *step)
{
	json_t *line;

	if (!ctl->json) {
		printf("applied %03d %s\n", step->version, step->name);
		return;
	}
	line = json_pack("{s:i, s:s, s:s}", "applied", step->version, "name",
	    step->name, "digest", step->digest);
	print_json(stdout, line);
	json_decref(line);
}

static int migrate(
    PGconn *db, const struct ctl *ctl, const struct schema *schema)
{
	struct applied applied = {0};
	int code = CTL_FAILED;
	size_t first;

	if (!lock(db, ctl) || !read_applied(db, &applied) ||
	    !agree(schema, &applied))
		goto done;
	first = applied.count;
	for (size_t i = first; i < schema->steps; i++) {
		if (!apply(db, &schema->step[i]))
			goto done;
		say_step(ctl, &schema->step[i]);
		fflush(stdout);
	}
	if (!ctl->json && first == schema->steps)
		printf("nothing to do: the schema is at step %03zu\n", first);
	else if (!ctl->json)
		printf("the schema is at step %03zu\n", schema->steps);
	code = CTL_OK;
done:
	PQclear(applied.rows);
	return code;
}

/* What stands, without changing anything; 1 when a step is to be applied. */
static int show_status(
    PGconn *db, const struct ctl *ctl, const struct schema *schema)
{
	static const struct column columns[] = {{"STEP", COLUMN_NUMBER},
	    {"NAME", COLUMN_TEXT}, {"APPLIED", COLUMN_TEXT},
	    {NULL, COLUMN_TEXT}};
	struct applied applied = {0};
	json_t *steps = json_array();
	struct table table;
	int code = CTL_FAILED;

	if (!read_applied(db, &applied) || !agree(schema, &applied))
		goto done;
	table_open(&table, ctl, columns);
	for (size_t i = 0; i < schema->steps; i++) {
		const struct schema_step *step = &schema->step[i];
		const char *at = i < applied.count
				     ? PQgetvalue(applied.rows, (int)i, 4)
				     : NULL;
		char number[16];

		snprintf(number, sizeof(number), "%03d", step->version);
		table_row(&table);
		table_cell(&table, number);
		table_cell(&table, step->name);
		table_cell(&table, at != NULL ? at : "not yet");
		json_array_append_new(steps,
		    json_pack("{s:i, s:s, s:s?}", "version", step->version,
			"name", step->name, "applied_at", at));
	}
	if (ctl->json)
		print_json(stdout, steps);
	else
		table_print(&table, stdout, "");
	table_close(&table);
	code = applied.count == schema->steps ? CTL_OK : CTL_FAILED;
done:
	json_decref(steps);
	PQclear(applied.rows);
	return code;
}

int verb_migrate(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	const char *directory = NULL;
	bool status = false;
	struct flag flags[] = {
	    {"schema", FLAG_TEXT, &directory, "DIR",
		"where the steps are (NNN-name.sql); default: CREDITD_SCHEMA, "
		"the installed ones, or those of the source tree",
		0, 0},
	    {"status", FLAG_BOOL, &status, NULL,
		"only show what is applied; exit 1 if a step is not", 0, 0},
	    {0},
	};
	struct schema schema = {0};
	PGconn *db;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 0)
		return ctl_usage(verb, "'%s' is not expected", argv[0]);
	if (!schema_read(directory, &schema))
		return CTL_FAILED;
	db = db_open(ctl);
	code = CTL_FAILED;
	if (db != NULL)
		code = status ? show_status(db, ctl, &schema)
			      : migrate(db, ctl, &schema);
	PQfinish(db);
	schema_fini(&schema);
	return code;
}
