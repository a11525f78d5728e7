/* The programs by (organization, revision): loaded once, compiled once. */
#ifndef WORKER_PROGRAMS_H
#define WORKER_PROGRAMS_H

#include "program.h"

struct pg;
struct programs;

struct organization {
	int32_t number;
	struct text name, title, time_zone;
	int32_t revision; /* the greatest that is published */
};

MUST_CHECK struct programs *programs_create(void);
void programs_destroy(struct programs *programs);

/* Reads organizations and the programs that are not held yet. A document that
 * this engine can't compile is logged and left out. Returns an enum pg_class
 * (0: done). */
MUST_CHECK int programs_load(struct programs *programs, struct pg *pg);

/* Adds an organization or a newer revision; for programs_load() and tests.
 * `document` is compiled at once. Returns 0, -EINVAL or -ENOMEM. */
MUST_CHECK int programs_add(struct programs *programs,
    const struct organization *organization, struct text document);

/* NULL: not held. They live as long as `programs`. */
const struct organization *programs_by_name(
    const struct programs *programs, struct text name);
const struct organization *programs_by_number(
    const struct programs *programs, int32_t number);
/* The program of a revision, or NULL. */
const struct program *programs_get(
    const struct programs *programs, int32_t organization, int32_t revision);
/* All organizations: the first `*ret_count` of what is returned. */
const struct organization *programs_all(
    const struct programs *programs, size_t *ret_count);

#endif
