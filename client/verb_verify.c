/* creditctl verify: proves the database whole, or names what is not. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "table.h"
#include "verbs.h"
#include "verify.h"

#define SHOWN_MOST 100

void verify_defect(struct verify *v, const char *table, const char *row,
    const char *format, ...)
{
	char message[1024];
	json_t *line;
	va_list args;

	if (v->defects++ >= (size_t)v->most)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	progress_clear(&v->progress);
	if (!v->ctl->json) {
		printf("%s%s%s: %s: %s\n", paint(v->ctl->colour, PAINT_BAD),
		    table, paint(v->ctl->colour, PAINT_PLAIN), row, message);
		return;
	}
	line = json_pack(
	    "{s:s, s:s, s:s}", "table", table, "row", row, "message", message);
	print_json(stdout, line);
	json_decref(line);
}

bool verify_go_on(struct verify *v)
{
	char note[64] = "";

	if (v->defects > 0)
		snprintf(note, sizeof(note), "%zu defects", v->defects);
	progress_show(&v->progress,
	    &(struct progress_at){
		.done = v->rows,
		.all = v->rows_in_all,
		.count = (size_t)v->rows,
		.what = "rows read",
		.note = note,
	    },
	    endpoint_now_ms());
	if (interrupted() && !v->failed) {
		progress_clear(&v->progress);
		ctl_fail("interrupted; nothing is proven");
		v->failed = true;
	}
	return !v->failed;
}

static bool load_programs(struct verify *v)
{
	PGresult *rows = db_query(v->db, "reading the programs",
	    "select o.number, o.name, o.title, o.time_zone, p.revision,"
	    " p.document, p.digest from organization o"
	    " join program p on p.organization = o.number"
	    " order by o.number, p.revision",
	    0, NULL);
	char row[VERIFY_ROW_SIZE], digest[65];

	if (rows == NULL)
		return false;
	for (int i = 0; i < PQntuples(rows); i++) {
		struct organization organization = {
		    .number = (int32_t)db_int(rows, i, 0),
		    .name = db_text(rows, i, 1),
		    .title = db_text(rows, i, 2),
		    .time_zone = db_text(rows, i, 3),
		    .revision = (int32_t)db_int(rows, i, 4),
		};

		snprintf(row, sizeof(row), "%s, revision %d",
		    PQgetvalue(rows, i, 1), organization.revision);
		db_digest(db_text(rows, i, 5), digest);
		if (!text_is(db_text(rows, i, 6), digest))
			verify_defect(v, "program", row,
			    "the document was "
			    "changed after it was published: its digest "
			    "differs");
		if (programs_add(
			v->programs, &organization, db_text(rows, i, 5)) != 0)
			verify_defect(
			    v, "program", row, "the document can't be read");
	}
	PQclear(rows);
	return true;
}

/* Without the right to read it (creditd_reader has none) bodies are only
 * counted. */
static bool load_key(struct verify *v)
{
	PGresult *rows = db_query_binary(v->db, "reading the key of digests",
	    "select has_table_privilege('digest_key', 'select')");
	bool may_read = rows != NULL && PQgetvalue(rows, 0, 0)[0] == 1;

	if (rows == NULL)
		return false;
	PQclear(rows);
	if (!may_read) {
		fprintf(stderr,
		    "creditctl: this role may not read digest_key: "
		    "the bodies are not compared with their digests\n");
		return true;
	}
	rows = db_query_binary(
	    v->db, "reading the key of digests", "select key from digest_key");
	if (rows == NULL)
		return false;
	v->has_key =
	    PQntuples(rows) == 1 && PQgetlength(rows, 0, 0) == EVENT_KEY_SIZE;
	if (v->has_key)
		memcpy(v->key, PQgetvalue(rows, 0, 0), EVENT_KEY_SIZE);
	else
		verify_defect(v, "digest_key", "id 1",
		    "the key is not there: "
		    "no repeated event can be recognized");
	PQclear(rows);
	return true;
}

static bool count_rows(struct verify *v)
{
	PGresult *rows = db_query(v->db, "counting rows",
	    "select 2 * (select count(*) from event)"
	    " + (select count(*) from entry) + (select count(*) from change)"
	    " + (select count(*) from body) + (select count(*) from balance)"
	    " + (select count(*) from request)",
	    0, NULL);

	if (rows == NULL)
		return false;
	v->rows_in_all = db_int(rows, 0, 0);
	PQclear(rows);
	return true;
}

static bool check_streams(struct verify *v)
{
	PGresult *rows = db_query(v->db, "listing the streams",
	    "select stream from event union select stream from entry"
	    " union select stream from change union select stream from body"
	    " union select stream from balance union"
	    " select stream from request union select stream from due"
	    " union select stream from quarantine"
	    " union select stream from quarantine_mark"
	    " order by 1",
	    0, NULL);

	if (rows == NULL)
		return false;
	for (int i = 0; i < PQntuples(rows) && !v->failed; i++) {
		v->stream = (int32_t)db_int(rows, i, 0);
		v->today = DATE_NONE;
		v->rules = 0;
		(void)(verify_events(v) && verify_changes(v) &&
		       verify_bodies(v) && verify_members(v) &&
		       verify_asides(v));
		said_forget(&v->said);
	}
	PQclear(rows);
	return !v->failed;
}

static void print_summary(const struct verify *v)
{
	json_t *line;

	if (v->ctl->json) {
		line = json_pack(
		    "{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "whole",
		    v->defects == 0, "defects", (json_int_t)v->defects,
		    "events", (json_int_t)v->events, "entries",
		    (json_int_t)v->entries, "changes", (json_int_t)v->changes,
		    "bodies", (json_int_t)v->bodies, "members",
		    (json_int_t)v->members, "balances", (json_int_t)v->balances,
		    "requests", (json_int_t)v->requests);
		print_json(stdout, line);
		json_decref(line);
		return;
	}
	if (v->defects > (size_t)v->most)
		printf("… and %zu more (--most N shows more)\n",
		    v->defects - (size_t)v->most);
	printf(
	    "%zu events, %zu entries, %zu messages, %zu bodies, %zu members, "
	    "%zu balances, %zu requests: ",
	    v->events, v->entries, v->changes, v->bodies, v->members,
	    v->balances, v->requests);
	if (v->defects == 0)
		printf("%swhole%s\n", paint(v->ctl->colour, PAINT_GOOD),
		    paint(v->ctl->colour, PAINT_PLAIN));
	else
		printf("%s%zu defect%s%s\n", paint(v->ctl->colour, PAINT_BAD),
		    v->defects, v->defects == 1 ? "" : "s",
		    paint(v->ctl->colour, PAINT_PLAIN));
}

static int run(struct verify *v)
{
	v->programs = programs_create();
	v->db = db_open(v->ctl);
	if (v->db == NULL)
		return CTL_FAILED;
	if (v->programs == NULL)
		return ctl_fail("no memory");
	progress_begin(&v->progress, endpoint_now_ms());
	/* Locked in the order in which the worker makes their partitions: else
	 * the two could wait for each other. */
	if (!db_script(v->db, "beginning a snapshot",
		"begin isolation level repeatable read, read only;"
		"lock table body, change in access share mode") ||
	    !load_programs(v) || !load_key(v) || !count_rows(v) ||
	    !check_streams(v)) {
		progress_clear(&v->progress);
		return CTL_FAILED;
	}
	progress_clear(&v->progress);
	print_summary(v);
	return v->defects == 0 ? CTL_OK : CTL_FAILED;
}

int verb_verify(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	struct verify v = {.ctl = ctl, .most = SHOWN_MOST};
	struct flag flags[] = {
	    {"deep", FLAG_BOOL, &v.deep, NULL,
		"rule every event again as it was ruled when it came, and "
		"compare its answer",
		0, 0},
	    {"most", FLAG_NUMBER, &v.most, "N",
		"show at most so many defects; default 100", 1, 1000000000},
	    {0},
	};
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc != 0)
		return ctl_usage(verb, "'%s' is not expected", argv[0]);
	code = run(&v);
	PQfinish(v.db);
	programs_destroy(v.programs);
	return code;
}
