/* The worker's settings file (creditd-worker.yaml(5)). */
#ifndef WORKER_SETTINGS_H
#define WORKER_SETTINGS_H

#include <stddef.h>

#include "log.h"
#include "text.h"

struct settings {
	char *name;            /* who it is, in creditd's status */
	char *creditd;         /* endpoint of creditd's worker socket */
	char *dsn;             /* of PostgreSQL, as libpq takes it */
	unsigned batch;        /* most events in one transaction */
	unsigned window;       /* events that it takes at once */
	unsigned query_window; /* likewise queries */
	unsigned memory_mib;   /* for members that are held */
	enum log_level log;
	char *pause_before_commit; /* tests only: see serve.c; or NULL */
};

/* Reads the file. On failure says what is wrong, a line each, on standard
 * error. `name`, unless NULL, overrides the file's. */
MUST_CHECK bool settings_load(
    const char *file, const char *name, struct settings *ret);
void settings_fini(struct settings *settings);

#endif
