/* The verbs of creditctl, one file each. */
#ifndef CLIENT_VERBS_H
#define CLIENT_VERBS_H

#include "ctl.h"

#define VERB(name)                                                             \
	int name(                                                              \
	    struct ctl *ctl, const struct verb *verb, int argc, char **argv)

VERB(verb_submit);
VERB(verb_balance);
VERB(verb_explain);
VERB(verb_event);
VERB(verb_requests);
VERB(verb_transcript);
VERB(verb_watch);
VERB(verb_changes);
VERB(verb_feeds);
VERB(verb_status);
VERB(verb_program);
VERB(verb_migrate);
VERB(verb_verify);
VERB(verb_quarantine);
VERB(verb_today);

/* Rows of balances (protocol, section 5) as a table for people. */
#include <jansson.h>
void print_balances(const struct ctl *ctl, const json_t *balances);

#endif
