/* Answers to partners' queries, and to creditd's requests for old messages.
 *
 * Reads only, on a connection of its own: a query never waits for a batch of
 * events and no event for a query's locks. `feeds` and `status` never get
 * here; creditd answers them. */
#ifndef WORKER_QUERY_H
#define WORKER_QUERY_H

#include "arena.h"
#include "link.h"
#include "log.h"
#include "pg.h"
#include "programs.h"
#include "wire.h"

#define QUERY_ANSWER_MOST ((size_t)512 * 1024) /* bytes in one answer */

/* What queries work with. A zeroed struct with the two pointers set. */
struct query_context {
	struct pg *pg;             /* borrowed; a read-only connection */
	struct programs *programs; /* borrowed; loaded again when needed */
	struct arena arena;        /* of one query */
	struct wire_writer item;   /* of one item of a list */
	struct log_limit limit;    /* of what queries make it log */
};
void query_fini(struct query_context *context);

/* A query as it came over the link; all is borrowed. */
struct query_request {
	struct text source; /* the authenticated partner's, or empty */
	uint32_t flags;     /* LINK_MAY_… */
	date_t today;       /* of the organization, by creditd's clock */
	struct text key;    /* frame 4 */
	struct text body;
};

/* Answers a query: writes the body of an ANSWER or of a REFUSED into `ret_body`
 * (emptied first) and says which. Where the database can't be asked, or memory
 * is short, that is REFUSED with UNAVAILABLE. */
enum link_answer query_answer(struct query_context *context,
    const struct query_request *request, struct wire_writer *ret_body);

/* Messages of a stream after an offset: the list [[stream, offset, chain,
 * topic, body] …] of LINK_FETCHED, at most `limit` and about QUERY_ANSWER_MOST
 * bytes, and the stream's head. On anything but PG_DONE nothing useful is
 * written. */
MUST_CHECK enum pg_class query_fetch(struct query_context *context,
    int32_t stream, int64_t after, int64_t limit,
    struct wire_writer *ret_changes, int64_t *ret_head);

#endif
