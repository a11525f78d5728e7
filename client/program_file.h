/* A program's document: read from a file and compiled, with all that is wrong
 * said to the person. */
#ifndef CLIENT_PROGRAM_FILE_H
#define CLIENT_PROGRAM_FILE_H

#include "file.h"
#include "program.h"

struct program_file {
	const char *path;
	struct file_content document;
	struct program *program;
};

/* Reads and compiles `path`. False after saying what is wrong, with line and
 * column; then nothing is to be freed. */
MUST_CHECK bool program_file_load(const char *path, struct program_file *ret);
void program_file_fini(struct program_file *file);

#endif
