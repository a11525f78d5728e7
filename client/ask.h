/* One question to creditd, or a list of pages, as JSON, with all that can go
 * wrong said to the person. */
#ifndef CLIENT_ASK_H
#define CLIENT_ASK_H

#include <jansson.h>

#include "creditd.h"
#include "ctl.h"

/* Opens a connection to ctl->events (or ctl->control, `control`). Says why not
 * and returns NULL. */
struct creditd *ask_open(const struct ctl *ctl, bool control, size_t in_flight);

/* Asks once. Takes `body` over. Returns CTL_OK and gives the answer to the
 * caller; else says what was wrong and returns that exit code. */
int ask_once(const struct ctl *ctl, struct creditd *c, enum creditd_verb verb,
    const char *key, json_t *body, json_t **ret_answer);

/* QUERY with a connection of its own. */
int ask_query(
    const struct ctl *ctl, const char *key, json_t *body, json_t **ret_answer);

/* A QUERY whose answer has lists in pages (`more`, `next`): gives all pages of
 * the lists `names` (ended by NULL) as one answer, the other keys from the last
 * page. `most`: at most so many items of the first list, 0 all. */
int ask_pages(const struct ctl *ctl, const char *key, json_t *body,
    const char *const *names, size_t most, json_t **ret_answer);

/* "examplebody/104233" is a member; complains as wrong usage if not. */
bool ask_is_member(const struct verb *verb, const char *member);
bool ask_is_organization(const struct verb *verb, const char *organization);

#endif
