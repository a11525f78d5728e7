/* Files read whole. */
#ifndef CLIENT_FILE_H
#define CLIENT_FILE_H

#include "text.h"

/* Reads `path` ("-": standard input), at most `most` bytes. The caller frees
 * ret->at; a NUL stands behind the bytes. False after saying why not. */
MUST_CHECK bool file_read(const char *path, size_t most, struct text *ret);

#endif
