/* The messages of a difference; a part of post.h. */
#ifndef WORKER_POST_CHANGE_H
#define WORKER_POST_CHANGE_H

#include "post.h"

/* Fills post->change from its rulings, entries and numbers. Returns 0 or
 * -ENOMEM. */
MUST_CHECK int post_changes(struct arena *arena, struct post *post);

#endif
