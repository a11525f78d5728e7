/* Files read whole. */
#ifndef CLIENT_FILE_H
#define CLIENT_FILE_H

#include "text.h"

/* What was read; a NUL stands behind the bytes. The owner frees `bytes`. */
struct file_content {
	char *bytes;
	size_t size;
};

/* Reads `path` ("-": standard input), at most `most` bytes. False after saying
 * why not; then nothing is to be freed. */
MUST_CHECK bool file_read(
    const char *path, size_t most, struct file_content *ret);
/* The same bytes, borrowed. */
struct text file_text(const struct file_content *content);

#endif
