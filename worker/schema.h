/* The schema that the worker is written for. */
#ifndef WORKER_SCHEMA_H
#define WORKER_SCHEMA_H

#define SCHEMA_VERSION 7 /* the last step of schema/ that it knows */

#endif
