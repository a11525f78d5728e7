/* Programs in the database: publishing a revision, reading what is there. */
#ifndef CLIENT_PUBLISH_H
#define CLIENT_PUBLISH_H

#include "db.h"
#include "program.h"

struct published {
	int64_t number; /* the organization's */
	int64_t revision;
	bool is_new; /* false: this document was the latest already */
};

/* Publishes `document`, which `program` was compiled from, in one transaction:
 * the organization if it is new, and the next revision. False after saying
 * what failed; then nothing is changed. */
MUST_CHECK bool publish(PGconn *db, const struct program *program,
    struct text document, struct published *ret);

#endif
