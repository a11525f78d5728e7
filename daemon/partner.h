/* How much each connected partner has in flight.
 *
 * A partner is known here by its connection (endpoint and routing id), and only
 * while something of it is in flight. */
#ifndef DAEMON_PARTNER_H
#define DAEMON_PARTNER_H

#include <stdint.h>

#include "text.h"

struct partner;

struct partners {
	struct partner *table;
	struct partner *free; /* for use again */
	size_t count;
};

void partners_fini(struct partners *partners);

/* Counts one more in flight. NULL: it has `most` already (`ret_busy` is true
 * then), or there is no memory. */
MUST_CHECK struct partner *partner_enter(struct partners *partners,
    unsigned port, struct text route, unsigned most, bool *ret_busy);

/* Counts one less; the partner is forgotten with its last. NULL is fine. */
void partner_leave(struct partners *partners, struct partner *partner);

/* Notes that the partner of that connection was told BUSY. True when it was
 * told more than `most` times within ten seconds: it does not heed it. */
bool partner_is_deaf(struct partners *partners, unsigned port,
    struct text route, unsigned most, int64_t now_us);

#endif
