/* Activities that agree in some fields, found by hash. */
#ifndef WORKER_RULE_LIKE_H
#define WORKER_RULE_LIKE_H

#include "rule_work.h"

struct like {
	const struct activity *activity; /* NULL: none yet */
	union {
		void *value;
		const struct fact *fact;
	};
};
struct likes {
	unsigned fields; /* SAME_… */
	struct like *table;
	size_t size; /* a power of two; at most half of it is taken */
};
bool rule_agree(
    const struct activity *a, const struct activity *b, unsigned fields);
bool rule_likes_make(
    struct work *work, struct likes *likes, unsigned fields, size_t most);
/* Where activities like this one stand; the caller may fill a free one in. */
struct like *rule_like(
    const struct likes *likes, const struct activity *activity);
uint64_t rule_hash_text(uint64_t hash, struct text text);

#endif
