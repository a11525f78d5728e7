/* The books on the feed: what is published, in order, without gaps.
 *
 *  1. Workers tell the changes that they committed (DONE). A change whose
 *     offset is the next one of its stream is published at once.
 *  2. Where one is missing (a worker died between COMMIT and DONE, creditd was
 *     away), the stream is behind: creditd FETCHes from the first missing one
 *     through any worker, and what comes meanwhile is left to the FETCHes.
 *  3. After a start the last 1,000 changes of each stream are published again,
 *     a second later: subscribers shall have connected anew by then.
 *  4. When a worker tells less than was published, the database may have been
 *     restored to an earlier moment: one FETCH looks, and if it is so, the
 *     stream goes back and the epoch changes. Subscribers find out by the
 *     chain. */
#ifndef DAEMON_FEED_H
#define DAEMON_FEED_H

#include "calendar.h"
#include "directory.h"
#include "pool.h"
#include "stats.h"
#include "wire.h"

#define CHAIN_SIZE 16

struct feed_out {
	void *arg;
	/* Publishes; false if there is no room just now. */
	bool (*publish)(void *arg, const struct organization *organization,
	    struct text topic, struct text body);
	/* Sends a FETCH; 0 or a negative errno. */
	int (*fetch)(void *arg, const struct worker *to, int64_t ticket,
	    int32_t stream, int64_t after, unsigned limit);
};

TAILQ_HEAD(feed_list, stream);

struct feed {
	struct feed_out out;
	struct stats *stats;
	struct feed_list behind;   /* something is to be FETCHed */
	struct feed_list fetching; /* a FETCH is under way */
	int64_t ticket;            /* of the FETCH sent last */
	int64_t epoch;
	int64_t now_us; /* of this turn */
	struct wire_writer heads;
};

/* One change, as a worker tells it. */
struct change {
	int64_t stream, offset;
	struct text chain, topic, body;
};

/* The answer to a FETCH. */
struct fetched {
	int64_t ticket, head;
	uint32_t count;
	struct wire_reader changes; /* `count` of them */
};

void feed_init(struct feed *feed, const struct feed_out *out,
    struct stats *stats, int64_t epoch);
void feed_fini(struct feed *feed);

/* The organization has become known. */
void feed_open(struct feed *feed, struct organization *organization);

/* Reads [stream, offset, chain, topic, body]; false if it is something else. */
MUST_CHECK bool change_read(struct wire_reader *reader, struct change *ret);

/* A change that was committed. */
void feed_change(
    struct feed *feed, struct stream *stream, const struct change *change);
/* How far the stream is, as a worker said in a HELLO or DONE. */
void feed_head(
    struct feed *feed, struct stream *stream, const struct stream_head *head);
/* Publishes what a FETCH brought. False: the answer is damaged. */
MUST_CHECK bool feed_fetched(struct feed *feed, struct stream *stream,
    const struct fetched *fetched, int64_t now_us);

/* A worker is lost: its FETCHes go to others. */
void feed_lost(struct feed *feed, const struct worker *worker);

/* Sends the FETCHes that are due; once in each turn. */
void feed_turn(struct feed *feed, struct pool *pool, int64_t now_us);

/* Publishes heads/ORGANIZATION for all organizations; once a second. */
void feed_heads(struct feed *feed, const struct directory *directory);

#endif
