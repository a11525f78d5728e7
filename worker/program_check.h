/* What no single rule of a program shows: rules that never apply, limits that
 * never bind, requirements that can't be met, dates with gaps.
 *
 * Pure and bounded: it looks at pairs of rules, and stops with a finding that
 * says so where there are too many. What it finds is true of every history;
 * what it does not find may still be wrong. */
#ifndef WORKER_PROGRAM_CHECK_H
#define WORKER_PROGRAM_CHECK_H

#include "arena.h"
#include "program.h"

#define FINDINGS_MOST 1000

struct finding {
	int line, column;
	const char *code;    /* "cap-never-binds": stable, for programs */
	struct text message; /* a sentence without a full stop */
};

/* In order of line and column. */
struct findings {
	struct finding *item;
	size_t count;
	struct arena arena;
};

/* Looks at a compiled program and the document that it was compiled from.
 * Returns 0 or -ENOMEM. */
MUST_CHECK int program_check(
    const struct program *program, struct text document, struct findings *ret);
void findings_fini(struct findings *findings);

#endif
