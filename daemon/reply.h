/* What goes back to partners and operators: RESULT, ANSWER, PONG, REFUSED. */
#ifndef DAEMON_REPLY_H
#define DAEMON_REPLY_H

#include "request.h"
#include "stats.h"
#include "wire.h"

enum reply_verb { REPLY_RESULT, REPLY_ANSWER, REPLY_PONG, REPLY_REFUSED };

struct reply {
	/* Sends it; never fails for the caller: a partner that is gone or does
	 * not read is counted, and asks again. */
	void (*send)(void *arg, const struct request *to, const char *verb,
	    struct text body);
	void *arg;
	struct stats *stats;
	struct wire_writer body;
};

void reply_fini(struct reply *reply);

/* Sends a body that is ready. */
void reply_send(struct reply *reply, const struct request *to,
    enum reply_verb verb, struct text body);

/* The empty writer for a body; reply_written() sends it. */
struct wire_writer *reply_write(struct reply *reply);
void reply_written(
    struct reply *reply, const struct request *to, enum reply_verb verb);

/* Sends REFUSED; the message names what was wrong and what was expected. */
void reply_refusal(struct reply *reply, const struct request *to,
    const struct refusal *refusal);
void reply_refuse(struct reply *reply, const struct request *to,
    enum refusal_code code, unsigned retry_after_ms, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
