/* A RESULT as a page for a person. */
#ifndef CLIENT_RESULT_PAGE_H
#define CLIENT_RESULT_PAGE_H

#include <jansson.h>

#include "ctl.h"

/* The RESULT of an event of `member` (also a dry run's ANSWER). */
void result_page(
    const struct ctl *ctl, const char *member, const json_t *result);

/* Ledger entries as a table. */
void print_entries(const struct ctl *ctl, const json_t *entries);
/* [{rule, note, credits}] as indented lines. */
void print_steps(const struct ctl *ctl, const json_t *steps, int indent);
/* A recognition request as lines. */
void print_request(const struct ctl *ctl, const json_t *request);

#endif
