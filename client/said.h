/* What the feed said last in a stream: a member's version, a period's balance.
 * Kept from the walk along the feed to the look at each member. */
#ifndef CLIENT_SAID_H
#define CLIENT_SAID_H

#include <stdint.h>

#include "date.h"
#include "text.h"

/* A zeroed struct knows nothing. */
struct said {
	void *tree;
};

/* The member's versions so far. */
int32_t said_version(const struct said *said, struct text member);
MUST_CHECK bool said_set_version(
    struct said *said, struct text member, int32_t version);

/* A period of a member. */
struct said_period {
	struct text member, designation;
	date_t starts_on;
};
/* The msgpack of the period's last balance, absent if there was none; it
 * counts as seen. */
struct text said_balance(
    const struct said *said, const struct said_period *period);
MUST_CHECK bool said_set_balance(
    struct said *said, const struct said_period *period, struct text balance);
/* Calls back with each period's balance that was not seen, unless the feed said
 * that it is removed; `name` is "organization/number DESIGNATION DAYS". */
void said_unseen(const struct said *said,
    void (*unseen)(void *context, const char *name), void *context);

void said_forget(struct said *said);

#endif
