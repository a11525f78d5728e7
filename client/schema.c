/* The steps of the schema as files. */
#include "schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl.h"
#include "db.h"
#include "file.h"
#include "version.h"

#ifndef CREDITD_SOURCE_SCHEMA
#define CREDITD_SOURCE_SCHEMA "schema"
#endif
#define STEP_MOST ((size_t)4 * 1024 * 1024)

bool schema_name(
    const char *file, int *ret_version, char name[SCHEMA_NAME_SIZE])
{
	size_t length = strlen(file);

	if (strspn(file, "0123456789") != 3 || file[3] != '-' || length < 9 ||
	    length - 8 >= SCHEMA_NAME_SIZE ||
	    strcmp(file + length - 4, ".sql") != 0)
		return false;
	*ret_version = (int)strtol(file, NULL, 10);
	snprintf(name, SCHEMA_NAME_SIZE, "%.*s", (int)(length - 8), file + 4);
	return *ret_version > 0;
}

int schema_compatible_from(struct text sql, int version)
{
	static const char mark[] = "-- compatible_from:";
	const char *line = sql.at;

	while (strncmp(line, "--", 2) == 0) {
		if (strncmp(line, mark, sizeof(mark) - 1) == 0) {
			long from = strtol(line + sizeof(mark) - 1, NULL, 10);

			return from > 0 && from <= version ? (int)from
							   : version;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return version;
}

static int by_version(const void *a, const void *b)
{
	return ((const struct schema_step *)a)->version -
	       ((const struct schema_step *)b)->version;
}

static bool add_step(struct schema *schema, const char *file)
{
	struct schema_step step = {0}, *grown;
	char path[4096];

	if (!schema_name(file, &step.version, step.name))
		return true; /* a README, an editor's copy … */
	snprintf(path, sizeof(path), "%s/%s", schema->directory, file);
	if (!file_read(path, STEP_MOST, &step.sql))
		return false;
	step.compatible_from =
	    schema_compatible_from(file_text(&step.sql), step.version);
	db_digest(file_text(&step.sql), step.digest);
	grown = reallocarray(
	    schema->step, schema->steps + 1, sizeof(*schema->step));
	if (grown == NULL) {
		free(step.sql.bytes);
		ctl_fail("no memory");
		return false;
	}
	schema->step = grown;
	schema->step[schema->steps++] = step;
	return true;
}

static bool is_dense(const struct schema *schema)
{
	if (schema->steps == 0) {
		ctl_fail(
		    "%s: no step (NNN-name.sql) is there", schema->directory);
		return false;
	}
	for (size_t i = 0; i < schema->steps; i++) {
		if (schema->step[i].version != (int)i + 1) {
			ctl_fail("%s: step %03zu is missing or there twice",
			    schema->directory, i + 1);
			return false;
		}
	}
	return true;
}

static const char *find_directory(const char *directory)
{
	struct stat info;

	if (directory == NULL)
		directory = getenv("CREDITD_SCHEMA");
	if (directory != NULL && *directory != '\0')
		return directory;
	if (stat(CREDITD_SCHEMA_DIR, &info) == 0 && S_ISDIR(info.st_mode))
		return CREDITD_SCHEMA_DIR;
	return CREDITD_SOURCE_SCHEMA;
}

bool schema_read(const char *directory, struct schema *ret)
{
	struct schema schema = {.directory = find_directory(directory)};
	DIR *open = opendir(schema.directory);
	struct dirent *entry;
	bool done = true;

	if (open == NULL) {
		ctl_fail("%s: %s (--schema DIR names the directory of the "
			 "steps)",
		    schema.directory, strerror(errno));
		return false;
	}
	while (done && (entry = readdir(open)) != NULL)
		done = add_step(&schema, entry->d_name);
	closedir(open);
	if (done && schema.steps > 0)
		qsort(schema.step, schema.steps, sizeof(*schema.step),
		    by_version);
	if (!done || !is_dense(&schema)) {
		schema_fini(&schema);
		return false;
	}
	*ret = schema;
	return true;
}

void schema_fini(struct schema *schema)
{
	for (size_t i = 0; i < schema->steps; i++)
		free(schema->step[i].sql.bytes);
	free(schema->step);
	*schema = (struct schema){0};
}
