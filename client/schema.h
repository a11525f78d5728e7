/* The steps of the schema as files: NNN-name.sql in one directory. */
#ifndef CLIENT_SCHEMA_H
#define CLIENT_SCHEMA_H

#include "file.h"

#define SCHEMA_STEPS_MOST 999
#define SCHEMA_NAME_SIZE  128

struct schema_step {
	int version;                 /* NNN, from 1 without gaps */
	int compatible_from;         /* programs of this version on can work
				      * beside it */
	char name[SCHEMA_NAME_SIZE]; /* "tables" of 001-tables.sql */
	struct file_content sql;     /* owned */
	char digest[65];
};

struct schema {
	struct schema_step *step;
	size_t steps;
	const char *directory;
};

/* Reads all steps. `directory` NULL: that of CREDITD_SCHEMA, the installed one,
 * or the source tree's.
 * False after saying what is wrong (a gap, two files with one number, …). */
MUST_CHECK bool schema_read(const char *directory, struct schema *ret);
void schema_fini(struct schema *schema);

/* The step that a file name says: "007-more.sql" is 7, "more". */
MUST_CHECK bool schema_name(
    const char *file, int *ret_version, char name[SCHEMA_NAME_SIZE]);
/* The N of a line "-- compatible_from: N" in the comments that begin the file,
 * else `version`. */
int schema_compatible_from(struct text sql, int version);

#endif
