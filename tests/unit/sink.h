/* A world around dispatch: fake workers, partners, subscribers and a clock. */
#ifndef TESTS_SINK_H
#define TESTS_SINK_H

#include "dispatch.h"
#include "unit.h"

#define SINK_MOST 20000
#define SINK_TEXT 80

/* Given to a worker, not answered by the test yet. */
struct given {
	int64_t ticket;
	uint32_t worker; /* serial */
	enum flight_kind kind;
	enum event_type type;
	int32_t stream;
	date_t received_on;
	unsigned losses, strikes;
	bool trial;
	char tag[SINK_TEXT]; /* of the request; "" for system events */
};

/* Sent to a partner. */
struct replied {
	char tag[SINK_TEXT];
	char verb[16];
	char code[24]; /* of REFUSED */
	int64_t retry_after_ms;
};

struct published {
	char topic[SINK_TEXT];
	size_t body;
};

struct fetched_for {
	int64_t ticket, after;
	uint32_t worker;
	int32_t stream;
	unsigned limit;
};

struct sink {
	struct dispatch dispatch;
	struct clock clock;
	int64_t now_us;
	struct given *given;
	size_t given_count;
	struct replied *replied;
	size_t replied_count;
	struct published *published;
	size_t published_count;
	struct fetched_for *fetched;
	size_t fetched_count;
	unsigned opened, cut, local;
	char local_query[16];
	uint32_t gone;   /* giving to this worker fails */
	bool no_room;    /* publishing fails */
	unsigned routes; /* workers so far */
};

/* A dispatch with these limits on a test clock that shows 2026-06-30, or on the
 * given date. */
void sink_init(struct sink *sink, const struct dispatch_limits *limits);
void sink_fini(struct sink *sink);
extern const struct dispatch_limits sink_limits;

/* A worker that says hello; organization 1 "canfitpro" comes with it. */
struct worker *sink_worker(
    struct sink *sink, const char *name, unsigned window);

/* A partner's SUBMIT or QUERY; the tag tells replies apart. */
void sink_submit(struct sink *sink, const char *partner, const char *member,
    const char *tag);
void sink_query(struct sink *sink, const char *key, const char *tag);
void sink_control(struct sink *sink, struct text body, const char *tag);

/* Turns until nothing is left to do at once. */
void sink_turn(struct sink *sink);
/* Lets time pass in ticks of 100 ms; a turn after each. Workers beat. */
void sink_pass(struct sink *sink, int64_t ms);

/* Answers what was given, `index` in sink->given, and forgets it. */
void sink_answer(struct sink *sink, size_t index, enum link_answer verb);
/* Answers all system events, until there are none. */
void sink_settle(struct sink *sink);

/* Tells a head of the stream. */
void sink_head(
    struct sink *sink, int32_t stream, int64_t seq, date_t today, bool due);

/* The last reply with that tag; NULL if there is none. */
const struct replied *sink_reply(const struct sink *sink, const char *tag);
/* How many replies carry it. */
size_t sink_replies(const struct sink *sink, const char *tag);
/* The index of what was given with that tag, or SIZE_MAX. */
size_t sink_find(const struct sink *sink, const char *tag);

#endif
