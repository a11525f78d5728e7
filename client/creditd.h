/* libcreditd: submit events to creditd, ask it questions, hear its feed.
 *
 * Everything hangs on the two handles below; there is no global state. A
 * handle belongs to one thread at a time. Every wait has a deadline. Bodies are
 * msgpack as the partner protocol says; this library moves them, keeps them in
 * flight, sends them again when that is safe, and follows the feed without
 * gaps. It never prints, never exits, and touches no signal.
 *
 * Submitting, many in flight:
 *
 *	struct creditd_options options = {.endpoint = "tcp://127.0.0.1:7431"};
 *	struct creditd *c;
 *	int error = creditd_open(&options, &c);
 *	...
 *	error = creditd_send(c, CREDITD_SUBMIT, "canfitpro/104233", body, size,
 *	    cookie);                 (-EAGAIN: take answers first)
 *	error = creditd_next(c, 250, &reply);
 *
 * A RESULT means committed. A request that got no answer may be sent again with
 * the same id at any time, by this library (it does so by itself until the
 * deadline) or by you, in this process or in a later one.
 *
 * Functions return 0 or a negative errno unless they say otherwise. */
#ifndef CLIENT_CREDITD_H
#define CLIENT_CREDITD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CREDITD_CODE_SIZE    32 /* "UNSUPPORTED_VERSION" and a NUL */
#define CREDITD_MESSAGE_SIZE 512
#define CREDITD_CHAIN_SIZE   33 /* 32 hex characters and a NUL */
#define CREDITD_TOPIC_SIZE   256
#define CREDITD_BODY_MOST    ((size_t)64 * 1024) /* what a partner may send */

/* ---- requests ---------------------------------------------------------- */

struct creditd;

/* A zero takes the default. Text is copied by creditd_open(). */
struct creditd_options {
	const char *endpoint;   /* events (or operator) endpoint; required */
	int timeout_ms;         /* 10,000: give up when for so long no request
				 * of this handle got its final answer */
	int resend_ms;          /* 5,000: send again after silence */
	size_t in_flight;       /* 256: most requests without an answer */
	const char *server_key; /* CURVE, Z85 text of 40; all three or none */
	const char *public_key;
	const char *secret_key;
};

enum creditd_verb {
	CREDITD_SUBMIT,
	CREDITD_QUERY,
	CREDITD_PING,
	CREDITD_CONTROL /* operator endpoint only */
};

enum creditd_kind {
	CREDITD_RESULT, /* to SUBMIT: committed */
	CREDITD_ANSWER, /* to QUERY, to CONTROL, to a dry run */
	CREDITD_PONG,
	CREDITD_REFUSED,  /* code and message say why; nothing was stored */
	CREDITD_NO_ANSWER /* the deadline passed: it is not known whether it
			   * was stored; code may be BUSY or UNAVAILABLE */
};

/* An answer; its pointers hold until the next call with the same handle. */
struct creditd_reply {
	enum creditd_kind kind;
	void *cookie;     /* as given to creditd_send() */
	const void *body; /* msgpack map; NULL for NO_ANSWER */
	size_t size;
	char code[CREDITD_CODE_SIZE];       /* REFUSED, NO_ANSWER; else "" */
	char message[CREDITD_MESSAGE_SIZE]; /* likewise */
	unsigned sent;                      /* how often the request was sent */
};

/* Opens a handle; connecting goes on by itself in the background, again and
 * again. -EINVAL: endpoint or keys are wrong; -ENOMEM. */
int creditd_open(const struct creditd_options *options, struct creditd **ret);
/* Requests in flight are forgotten (not undone). NULL is fine. */
void creditd_close(struct creditd *c);

/* Puts a request in flight; `key` is the member or organization that the body
 * names ("" for neither). The body is copied. -EAGAIN: as many as allowed are
 * in flight; -EMSGSIZE: the body is too large. */
int creditd_send(struct creditd *c, enum creditd_verb verb, const char *key,
    const void *body, size_t size, void *cookie);

/* Sends what is due, waits up to `wait_ms` for one final answer. BUSY and
 * UNAVAILABLE are not final: the request is sent again after the time that
 * creditd asked for. -EAGAIN: none yet; -ENOENT: nothing is in flight; -EINTR:
 * a signal came. */
int creditd_next(struct creditd *c, int wait_ms, struct creditd_reply *ret);

/* One request and its answer, within the handle's timeout. -EBUSY when others
 * are in flight; -EINTR when a signal came (the request is forgotten). */
int creditd_ask(struct creditd *c, enum creditd_verb verb, const char *key,
    const void *body, size_t size, struct creditd_reply *ret);

/* Requests in flight. */
size_t creditd_in_flight(const struct creditd *c);
/* A connection stands now. / One stood at some time. */
bool creditd_is_connected(const struct creditd *c);
bool creditd_was_connected(const struct creditd *c);

/* ---- the feed ---------------------------------------------------------- */

struct creditd_feed;

enum creditd_start {
	CREDITD_FROM_SNAPSHOT, /* all current balances, then what follows */
	CREDITD_FROM_NOW,      /* only what follows */
	CREDITD_FROM_POSITION, /* what follows the position (see below) */
	CREDITD_FROM_START     /* every change that is kept */
};

struct creditd_feed_options {
	struct creditd_options connection; /* the events endpoint */
	const char *organization;          /* this, or member */
	const char *member;                /* one member's messages only */
	const char *endpoint;              /* the feed's; NULL: asked for */
	enum creditd_start start;
	const char *position; /* file to start from; CREDITD_FROM_POSITION
			       * starts with a snapshot if it isn't there */
};

enum creditd_event {
	CREDITD_BALANCE,   /* of the snapshot: body is a balance */
	CREDITD_CHANGE,    /* a message of the feed: topic and body */
	CREDITD_CAUGHT_UP, /* nothing older is left to hear; live from here */
	CREDITD_RESTARTED, /* creditd restarted (another epoch) */
	CREDITD_DIVERGED   /* the history that was heard is not creditd's (a
			    * restored database, or too old): a snapshot
			    * follows; keep nothing that it does not have */
};

/* What was heard; pointers hold until the next call with the same handle. */
struct creditd_heard {
	enum creditd_event event;
	bool live; /* came by the feed, not by catching up */
	char topic[CREDITD_TOPIC_SIZE];
	const void *body;
	size_t size;
	int64_t stream, offset, version; /* CHANGE */
};

/* Opens a subscription. It asks creditd for the feed's endpoint, so it may wait
 * up to the connection's timeout. -ENOENT: there is no such organization's feed
 * to read; -ETIMEDOUT: no answer; -EBADMSG: the position file is damaged or of
 * another organization. Of one organization all messages are heard (so gaps
 * show); choose by topic. */
int creditd_feed_open(
    const struct creditd_feed_options *options, struct creditd_feed **ret);
void creditd_feed_close(struct creditd_feed *feed);

/* The next thing heard, in offset order per stream, none missing, none twice
 * while the handle lives. -EAGAIN: nothing within `wait_ms`; -EINTR. While
 * creditd is away this says -EAGAIN, and it goes on when creditd is back. */
int creditd_feed_next(
    struct creditd_feed *feed, int wait_ms, struct creditd_heard *ret);

/* Writes where the handle stands: all that creditd_feed_next() gave counts as
 * handled. The file is replaced as a whole and is on the disk on return.
 * -EAGAIN: the snapshot is not complete, so there is no position yet. */
int creditd_feed_save(struct creditd_feed *feed, const char *path);

/* Why nothing comes, for people: "" while all is well. */
const char *creditd_feed_trouble(const struct creditd_feed *feed);

#endif
