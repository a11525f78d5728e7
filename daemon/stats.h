/* What is counted. */
#ifndef DAEMON_STATS_H
#define DAEMON_STATS_H

#include <stdint.h>

/* name in `QUERY status`, field here */
#define STATS(X)                                                               \
	X(submits) /* SUBMITs that were accepted */                            \
	X(queries) /* QUERYs that were accepted */                             \
	X(pings)                                                               \
	X(controls)                                                            \
	X(results) /* RESULTs that came from workers */                        \
	X(answers) /* ANSWERs, of workers and our own */                       \
	X(refused) /* REFUSED of every kind, of these: */                      \
	X(refused_malformed)                                                   \
	X(refused_too_large)                                                   \
	X(refused_busy)                                                        \
	X(refused_unavailable)                                                 \
	X(refused_by_workers)                                                  \
	X(refused_quarantined) /* of these: the bytes are set aside */         \
	X(dropped_messages)    /* too broken to have an answer */              \
	X(partners_cut)        /* connections cut for not heeding BUSY … */  \
	X(partners_cut_unread) /* … for not reading their answers */         \
	X(answers_unreachable) /* the partner was gone */                      \
	X(answers_overflow)    /* the partner did not read */                  \
	X(answers_late)        /* of workers, for a ticket that is settled */  \
	X(expired)             /* waited for longer than answer_ms */          \
	X(workers_lost)                                                        \
	X(workers_strange) /* messages of workers that are not known */        \
	X(events_requeued) /* taken back from lost workers */                  \
	X(trials)          /* groups of suspects given to a worker */          \
	X(strikes)         /* workers lost with a single suspect */            \
	X(set_aside)       /* events that went to quarantine */                \
	X(redriven)        /* … and were tried again with an answer */       \
	X(streams_moved)   /* to spread load */                                \
	X(system_events)   /* DAY, PROGRAM, DUE that were settled */           \
	X(published)       /* messages on the feeds, without heads */          \
	X(feed_holes)      /* times that a stream fell behind */               \
	X(fetches)         /* FETCHes sent to fill holes */

struct stats {
#define X(name) uint64_t name;
	STATS(X)
#undef X
};

#endif
