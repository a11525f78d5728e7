/* The lists of <sys/queue.h>, with the removal-safe walk that glibc lacks. */
#ifndef WORKER_QUEUE_H
#define WORKER_QUEUE_H

#include <sys/queue.h>

#ifndef TAILQ_FOREACH_SAFE
#define TAILQ_FOREACH_SAFE(var, head, field, next)                             \
	for ((var) = TAILQ_FIRST((head));                                      \
	     (var) != NULL && ((next) = TAILQ_NEXT((var), field), 1);          \
	     (var) = (next))
#endif

#endif
