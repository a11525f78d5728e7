/* A program's document: read from a file and compiled. */
#include "program_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

#define DOCUMENT_MOST ((size_t)4 * 1024 * 1024)

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

static struct program *compile(const char *path, struct text document)
{
	struct complaints complaints = {.file = path};
	struct program *program = NULL;
	int error = program_parse(document, &complaints, &program);

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
	return program;
}

bool program_file_load(const char *path, struct program_file *ret)
{
	struct program_file file = {.path = path};

	if (!file_read(path, DOCUMENT_MOST, &file.document))
		return false;
	if (strlen(file.document.bytes) != file.document.size)
		ctl_fail("%s: not text (a NUL byte is in it)", path);
	else
		file.program = compile(path, file_text(&file.document));
	if (file.program == NULL || !knows_zone(path, file.program)) {
		program_file_fini(&file);
		return false;
	}
	*ret = file;
	return true;
}

void program_file_fini(struct program_file *file)
{
	program_destroy(file->program);
	free(file->document.bytes);
	*file = (struct program_file){0};
}
