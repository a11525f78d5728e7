/* creditctl program: check, publish, list and show organizations' rules. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "file.h"
#include "publish.h"
#include "table.h"
#include "verbs.h"

#define DOCUMENT_MOST ((size_t)4 * 1024 * 1024)
#define CONTROL_S     60 /* 64 streams settle one event each, behind others */

#define ZONES         "/usr/share/zoneinfo"

/* False, with a complaint, for a time zone that this machine does not know: its
 * creditd would turn the organization away. */
static bool knows_zone(const char *path, const struct program *program)
{
	struct text zone = program_time_zone(program);
	char file[128];

	snprintf(file, sizeof(file), ZONES "/%.*s", TEXT_ARGS(zone));
	if (access(ZONES, X_OK) != 0 || access(file, R_OK) == 0)
		return true;
	ctl_fail(
	    "%s: time_zone: '%.*s' is no time zone that this machine knows "
	    "(" ZONES " has none of that name)",
	    path, TEXT_ARGS(zone));
	return false;
}

/* Reads and compiles a file; what is wrong is said with line and column. */
static struct program *load(const char *path, struct file_content *ret_document)
{
	struct complaints complaints = {.file = path};
	struct program *program = NULL;
	int error;

	if (!file_read(path, DOCUMENT_MOST, ret_document))
		return NULL;
	if (strlen(ret_document->bytes) != ret_document->size) {
		ctl_fail("%s: not text (a NUL byte is in it)", path);
		goto done;
	}
	error = program_parse(file_text(ret_document), &complaints, &program);
	if (complaints.text != NULL)
		fputs(complaints.text, stderr);
	if (error != 0) {
		program = NULL;
		if (complaints.count == 0)
			ctl_fail("%s: %s", path, strerror(-error));
		else
			ctl_fail("%s: %zu mistake%s", path, complaints.count,
			    complaints.count == 1 ? "" : "s");
	}
	complaints_fini(&complaints);
	if (program != NULL && !knows_zone(path, program)) {
		program_destroy(program);
		program = NULL;
	}
done:
	if (program == NULL)
		free(ret_document->bytes);
	return program;
}

static void unload(struct program *program, struct file_content *document)
{
	program_destroy(program);
	free(document->bytes);
}

static int check(struct ctl *ctl, int files, char **file)
{
	int code = CTL_OK;

	for (int i = 0; i < files; i++) {
		struct file_content document;
		struct program *program = load(file[i], &document);

		if (program == NULL) {
			code = CTL_FAILED;
			continue;
		}
		if (ctl->json) {
			struct text name = program_organization(program);
			json_t *line = json_pack("{s:s, s:s%, s:b}", "file",
			    file[i], "organization", name.at, name.length,
			    "in_order", true);

			print_json(stdout, line);
			json_decref(line);
		} else {
			printf("%s: the program of %.*s is in order\n", file[i],
			    TEXT_ARGS(program_organization(program)));
		}
		unload(program, &document);
	}
	return code;
}

/* Lets the revision rule from now on; says when it does. */
static int tell_creditd(struct ctl *ctl, const struct program *program,
    const struct published *published, json_t **ret_answer)
{
	struct text name = program_organization(program);
	struct text title = program_title(program);
	struct text zone = program_time_zone(program);
	struct ctl patient = *ctl;
	char key[64];
	struct creditd *c;
	json_t *body;
	int code;

	if (patient.timeout_s < CONTROL_S)
		patient.timeout_s = CONTROL_S;
	body = json_pack("{s:s, s:s%, s:I, s:s%, s:s%, s:I}", "control",
	    "program", "organization", name.at, name.length, "number",
	    (json_int_t)published->number, "name", title.at, title.length,
	    "time_zone", zone.at, zone.length, "revision",
	    (json_int_t)published->revision);
	snprintf(key, sizeof(key), "%.*s", TEXT_ARGS(name));
	c = ask_open(&patient, true, 1);
	if (c == NULL) {
		json_decref(body);
		return CTL_FAILED;
	}
	code = ask_once(&patient, c, CREDITD_CONTROL, key, body, ret_answer);
	creditd_close(c);
	return code;
}

static void say_published(const struct ctl *ctl, const char *file,
    const struct program *program, const struct published *published,
    const json_t *answer)
{
	struct text name = program_organization(program);
	char streams[32];

	if (ctl->json) {
		json_t *line = json_pack("{s:s, s:s%, s:I, s:I, s:b, s:O?}",
		    "file", file, "organization", name.at, name.length,
		    "number", (json_int_t)published->number, "revision",
		    (json_int_t)published->revision, "published",
		    published->is_new, "streams",
		    json_object_get(answer, "streams"));

		print_json(stdout, line);
		json_decref(line);
		return;
	}
	printf("%.*s: revision %" PRId64 " %s\n", TEXT_ARGS(name),
	    published->revision,
	    published->is_new ? "is published"
			      : "is this very document; nothing changed");
	if (answer != NULL)
		printf("%.*s: revision %" PRId64 " rules in %s streams\n",
		    TEXT_ARGS(name), published->revision,
		    table_get(answer, "streams", streams, sizeof(streams)));
}

static int publish_file(
    struct ctl *ctl, PGconn *db, const char *file, bool offline)
{
	struct published published;
	struct file_content document;
	struct program *program = load(file, &document);
	json_t *answer = NULL;
	int code = CTL_OK;

	if (program == NULL)
		return CTL_FAILED;
	if (!publish(db, program, file_text(&document), &published)) {
		unload(program, &document);
		return CTL_FAILED;
	}
	if (!offline && ctl->control != NULL)
		code = tell_creditd(ctl, program, &published, &answer);
	say_published(ctl, file, program, &published, answer);
	if (code != CTL_OK)
		ctl_fail(
		    "%s: the revision is in the database, but creditd did "
		    "not confirm that it rules: run the same command again, or "
		    "restart creditd",
		    file);
	else if (!offline && ctl->control == NULL && !ctl->json)
		printf(
		    "it rules from creditd's next start; to let it rule now, "
		    "run this again with --control ENDPOINT or --dir DIR\n");
	json_decref(answer);
	unload(program, &document);
	return code;
}

static int list(struct ctl *ctl, PGconn *db)
{
	static const struct column columns[] = {{"NUMBER", COLUMN_NUMBER},
	    {"ORGANIZATION", COLUMN_TEXT}, {"TITLE", COLUMN_LONG},
	    {"TIME ZONE", COLUMN_TEXT}, {"REVISION", COLUMN_NUMBER},
	    {"PUBLISHED", COLUMN_TEXT}, {"BY", COLUMN_TEXT},
	    {NULL, COLUMN_TEXT}};
	static const char *const name[] = {"number", "organization", "title",
	    "time_zone", "revision", "published_at", "published_by"};
	json_t *all = json_array();
	struct table table;
	PGresult *rows;

	rows = db_query(db, "reading the programs",
	    "select o.number, o.name, o.title, o.time_zone, p.revision,"
	    " to_char(p.published_at at time zone 'UTC',"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), p.published_by"
	    " from organization o join program p on p.organization = o.number"
	    " order by o.number, p.revision",
	    0, NULL);
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

static int show(
    struct ctl *ctl, PGconn *db, const char *organization, const char *revision)
{
	const char *parameter[] = {organization, revision};
	PGresult *rows = db_query(db, "reading the program",
	    "select p.revision, p.document, p.digest from program p"
	    " join organization o on o.number = p.organization"
	    " where o.name = $1 and ($2::int is null or p.revision = $2::int)"
	    " order by p.revision desc limit 1",
	    2, parameter);
	int code = CTL_OK;

	if (rows == NULL)
		return CTL_FAILED;
	if (PQntuples(rows) == 0) {
		code = ctl_fail("%s has no program%s%s (creditctl program list "
				"shows all)",
		    organization, revision ? " of revision " : "",
		    revision ? revision : "");
	} else if (ctl->json) {
		json_t *line = json_pack("{s:s, s:I, s:s, s:s}", "organization",
		    organization, "revision", (json_int_t)db_int(rows, 0, 0),
		    "document", PQgetvalue(rows, 0, 1), "digest",
		    PQgetvalue(rows, 0, 2));

		print_json(stdout, line);
		json_decref(line);
	} else {
		fputs(PQgetvalue(rows, 0, 1), stdout);
	}
	PQclear(rows);
	return code;
}

static int with_database(struct ctl *ctl, const struct verb *verb, int argc,
    char **argv, bool offline)
{
	PGconn *db;
	int code = CTL_OK;

	if (strcmp(argv[0], "publish") == 0 && argc < 2)
		return ctl_usage(verb, "which FILE?");
	if (strcmp(argv[0], "list") == 0 && argc != 1)
		return ctl_usage(verb, "'%s' is not expected", argv[1]);
	if (strcmp(argv[0], "show") == 0 && (argc < 2 || argc > 3))
		return ctl_usage(verb, "expected show ORG [REVISION]");
	if (strcmp(argv[0], "show") == 0 &&
	    (!ask_is_organization(verb, argv[1]) ||
		(argc == 3 &&
		    (strspn(argv[2], "0123456789") != strlen(argv[2]) ||
			strlen(argv[2]) > 9 || *argv[2] == '\0'))))
		return ctl_usage(verb, "expected show ORG [REVISION]");
	db = db_open(ctl);
	if (db == NULL)
		return CTL_FAILED;
	if (strcmp(argv[0], "list") == 0)
		code = list(ctl, db);
	else if (strcmp(argv[0], "show") == 0)
		code = show(ctl, db, argv[1], argc == 3 ? argv[2] : NULL);
	else
		for (int i = 1; i < argc && !interrupted(); i++) {
			int one = publish_file(ctl, db, argv[i], offline);

			code = one != CTL_OK ? one : code;
		}
	PQfinish(db);
	return code;
}

int verb_program(
    struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	bool offline = false;
	struct flag flags[] = {
	    {"offline", FLAG_BOOL, &offline, NULL,
		"publish: only put it into the database; it rules from "
		"creditd's next start",
		0, 0},
	    {0},
	};
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc == 0)
		return ctl_usage(verb, "expected check, publish, list or show");
	if (strcmp(argv[0], "check") == 0)
		return argc > 1 ? check(ctl, argc - 1, argv + 1)
				: ctl_usage(verb, "which FILE?");
	if (strcmp(argv[0], "publish") != 0 && strcmp(argv[0], "list") != 0 &&
	    strcmp(argv[0], "show") != 0)
		return ctl_usage(verb,
		    "unknown word '%s' (expected check, "
		    "publish, list or show)",
		    argv[0]);
	return with_database(ctl, verb, argc, argv, offline);
}
