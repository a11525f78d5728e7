/* A program: an organization's rules, compiled once from their document and
 * never changed afterwards. No I/O here; who loads it hands in the text. */
#ifndef WORKER_PROGRAM_H
#define WORKER_PROGRAM_H

#include "document.h"

struct program;

#define PROGRAM_ENGINE                                                         \
	1 /* version of the program language that this engine rules */

/* Compiles a program document. Returns 0 and gives the caller the program;
 * -EINVAL with complaints (file, line, column, what was expected); -ENOMEM. */
MUST_CHECK int program_parse(
    struct text document, struct complaints *complaints, struct program **ret);
void program_destroy(struct program *program);

struct text program_organization(const struct program *program);
struct text program_title(const struct program *program);
struct text program_time_zone(const struct program *program);
struct text program_unit(const struct program *program); /* "CEC" */
struct text program_currency(
    const struct program *program); /* "CAD", or absent */

#endif
