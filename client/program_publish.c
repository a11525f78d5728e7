/* creditctl program publish: the next revision, and that it rules. */
#include <inttypes.h>
#include <stdio.h>

#include "ask.h"
#include "program_file.h"
#include "program_progress.h"
#include "program_words.h"
#include "publish.h"
#include "table.h"

#define CONTROL_S 60 /* 64 streams settle one event each, behind others */

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

static void say_published(const struct ctl *ctl,
    const struct program_file *file, const struct published *published,
    const json_t *answer)
{
	struct text name = program_organization(file->program);
	char streams[32];

	if (ctl->json) {
		json_t *line = json_pack("{s:s, s:s%, s:I, s:I, s:b, s:O?}",
		    "file", file->path, "organization", name.at, name.length,
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

/* Until all members are ruled by it. */
static int follow(const struct ctl *ctl, PGconn *db,
    const struct program *program, const struct published *published)
{
	struct text name = program_organization(program);
	struct ctl patient = *ctl;
	char organization[64];

	if (patient.timeout_s < CONTROL_S)
		patient.timeout_s = CONTROL_S;
	snprintf(organization, sizeof(organization), "%.*s", TEXT_ARGS(name));
	return program_follow(
	    &patient, db, organization, published->revision, true);
}

static int publish_file(struct ctl *ctl, PGconn *db, struct program_file *file,
    const struct program_options *options)
{
	bool told = !options->offline && ctl->control != NULL;
	struct published published;
	json_t *answer = NULL;
	int code = CTL_OK;

	if (!publish(db, file->program, file_text(&file->document), &published))
		return CTL_FAILED;
	if (told)
		code = tell_creditd(ctl, file->program, &published, &answer);
	say_published(ctl, file, &published, answer);
	if (code != CTL_OK)
		ctl_fail(
		    "%s: the revision is in the database, but creditd did "
		    "not confirm that it rules: run the same command again, or "
		    "restart creditd",
		    file->path);
	else if (told && !options->no_wait)
		code = follow(ctl, db, file->program, &published);
	else if (!options->offline && !told && !ctl->json)
		printf(
		    "it rules from creditd's next start; to let it rule now, "
		    "run this again with --control ENDPOINT or --dir DIR\n");
	json_decref(answer);
	return code;
}

int program_publish(
    struct ctl *ctl, const struct program_options *options, char **argument)
{
	PGconn *db = db_open(ctl);
	int code = CTL_OK;

	if (db == NULL)
		return CTL_FAILED;
	for (; *argument != NULL && !interrupted(); argument++) {
		struct program_file file;
		int one = CTL_FAILED;

		if (program_file_load(*argument, &file)) {
			one = publish_file(ctl, db, &file, options);
			program_file_fini(&file);
		}
		code = one != CTL_OK ? one : code;
	}
	PQfinish(db);
	return code;
}
