/* The inside of a subscription (see creditd.h), shared by feed.c, which hears
 * the live feed, and feed_catch_up.c, which asks for what was missed.
 *
 *            snapshot pages          changes after our position
 *   SNAPSHOT ──────────────▶ CATCH_UP ──────────────────────▶ LIVE
 *      ▲                      ▲   │                             │
 *      └── DIVERGED, TOO_OLD ─┼───┘◀── gap, heads beyond us, ───┘
 *                             │        another epoch
 *                    (a position to start from)
 *
 * While not LIVE the feed's socket is not read: its messages wait, or are lost
 * at its mark and found missing afterwards. */
#ifndef CLIENT_FEED_H
#define CLIENT_FEED_H

#include "creditd.h"
#include "endpoint.h"
#include "frame.h"
#include "position.h"
#include "text.h"
#include "wire.h"

enum feed_state { FEED_SNAPSHOT, FEED_CATCH_UP, FEED_LIVE };

struct creditd_feed {
	enum feed_state state;
	struct creditd *c;    /* for questions */
	struct endpoint end;  /* the feed */
	struct frames frames; /* the live message heard last */
	struct position position;
	char *organization;
	char *member; /* NULL: all of the organization */

	char *page;               /* the answer that is being handed out */
	struct wire_reader items; /* its list */
	uint32_t left;            /* items not handed out */
	struct text next;         /* where the next page begins, or absent */
	bool has_page, more;
	bool asked;         /* a question is in flight */
	int64_t ask_ms;     /* not before this time */
	int64_t recheck_ms; /* a member's: ask for changes by then */

	bool only_heads; /* of the snapshot only the heads count */
	bool is_mute;    /* catch up without handing out */
	bool caught_up;  /* was said */
	bool say_restarted, say_diverged, say_caught_up;
	char trouble[CREDITD_MESSAGE_SIZE];
};

/* What a message of the feed says of itself. */
struct feed_mark {
	int64_t stream, offset, version;
	struct text chain;
};
MUST_CHECK bool feed_read_mark(struct text body, struct feed_mark *ret);

/* Where it stands to our position; moves there if it is the next one. */
enum position_seen feed_take(
    struct creditd_feed *feed, const struct feed_mark *mark);

/* Hands out the next item of the page, if there is one. */
bool feed_next_item(struct creditd_feed *feed, struct creditd_heard *ret);
/* Takes the answer to a question, asks the next one: what SNAPSHOT and
 * CATCH_UP want. */
void feed_catch_up(struct creditd_feed *feed, int64_t now_ms);
/* From now on we are behind. */
void feed_fall_behind(struct creditd_feed *feed, int64_t now_ms);

#endif
