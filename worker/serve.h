/* A worker at work: batches of events, queries, creditd, the database. */
#ifndef WORKER_SERVE_H
#define WORKER_SERVE_H

#include "query.h"
#include "settings.h"
#include "supervisor.h"
#include "work.h"

struct serve {
	const struct settings *settings;
	struct uplink uplink;
	struct supervisor supervisor;
	struct pg *pg;       /* events */
	struct pg *query_pg; /* queries: read-only */
	struct programs *programs;
	struct cache cache;
	struct work work;
	struct query_context query;
	struct wire_writer answer; /* of a query */
	char incarnation[33];
	char application[80], query_application[80];
	bool is_known;       /* key and programs were read */
	bool has_said_heads; /* creditd has heard all heads */
	int64_t server;      /* that what is held was read from; 0: none */
	int64_t again_at;    /* ms: not before, after a rollback */
	unsigned agains;     /* rollbacks without a success between */
	int exit_code;       /* not 0: it must end */
};

/* Returns 0, or the exit code after saying what is wrong. */
MUST_CHECK int serve_init(struct serve *serve, const struct settings *settings);
void serve_fini(struct serve *serve);

/* Serves until *stop is set (then what is begun is finished, and creditd is
 * told) or it must end. Returns the exit code. */
int serve_run(struct serve *serve, const volatile int *stop);

/* ---- serve_batch.c */

/* Takes up to settings->batch events that wait, and serves them. What could not
 * be served because the database is away waits again. */
void serve_batch(struct serve *serve);

#endif
