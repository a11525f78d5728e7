/* A partner's message: its frames, checked, before anything is decoded. */
#ifndef DAEMON_REQUEST_H
#define DAEMON_REQUEST_H

#include <stdint.h>

#include "frame.h"
#include "text.h"

#define REQUEST_ENVELOPE_MOST       2 /* frames in front of the delimiter */
#define REQUEST_ENVELOPE_FRAME_MOST 255
#define REQUEST_TAG_MOST            64
#define REQUEST_BODY_MOST           ((size_t)64 * 1024)
/* What ingress receives at most: a body that is answered TOO_LARGE. */
#define REQUEST_FRAME_MOST ((size_t)1024 * 1024)
#define REQUEST_MOST       (REQUEST_FRAME_MOST + 4096)

enum request_verb {
	REQUEST_SUBMIT,
	REQUEST_QUERY,
	REQUEST_PING,
	REQUEST_CONTROL /* operators only */
};

/* What the sender may do; travels with the event to the worker. */
struct rights {
	uint32_t submit; /* a bit for each event type */
	uint32_t flags;  /* LINK_MAY_… */
};

/* Text is borrowed from the frames, or from the flight that keeps it. */
struct request {
	enum request_verb verb;
	unsigned port; /* which endpoint: INGRESS_… */
	int fd;        /* the peer's descriptor, for this turn only; or -1 */
	uint64_t peer; /* its connection (gate.h), or 0 */
	struct text route; /* the peer's routing id */
	struct text envelope[REQUEST_ENVELOPE_MOST];
	unsigned envelope_count;
	struct text tag;
	struct text key;                  /* "", an organization or a member */
	struct text organization, number; /* of the key; else absent */
	struct text source;               /* authenticated, else "" */
	struct text body;
	struct rights rights;
};

enum refusal_code {
	REFUSAL_MALFORMED,
	REFUSAL_UNSUPPORTED_VERSION,
	REFUSAL_TOO_LARGE,
	REFUSAL_BUSY,
	REFUSAL_QUARANTINED, /* to operators: it stays set aside */
	REFUSAL_UNAVAILABLE
};

struct refusal {
	enum refusal_code code;
	unsigned retry_after_ms; /* 0: not said */
	char message[256];
};

const char *refusal_name(enum refusal_code code);

/* Writes a refusal. */
void refusal_say(struct refusal *refusal, enum refusal_code code,
    unsigned retry_after_ms, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The message may quote what a peer sent, and goes out as a msgpack str: what
 * is not printable ASCII becomes '?'. */
void refusal_tame(struct refusal *refusal);

enum request_fate {
	REQUEST_FINE,
	REQUEST_REFUSED, /* `ret` can be answered, `why` says with what */
	REQUEST_DROPPED  /* too broken to be answered */
};

/* Checks the frames as they come from a ROUTER (routing id first). `operators`
 * allows CONTROL and takes SUBMIT away. */
MUST_CHECK enum request_fate request_parse(const struct frames *frames,
    bool operators, struct request *ret, struct refusal *why);

/* How many bytes request_copy() needs. */
size_t request_size(const struct request *request);
/* A copy whose text lies in `store`. */
void request_copy(
    const struct request *request, char *store, struct request *ret);

#endif
