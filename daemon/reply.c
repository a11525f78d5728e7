/* What goes back to partners and operators: RESULT, ANSWER, PONG, REFUSED. */
#include "reply.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const verbs[] = {
    [REPLY_RESULT] = "RESULT",
    [REPLY_ANSWER] = "ANSWER",
    [REPLY_PONG] = "PONG",
    [REPLY_REFUSED] = "REFUSED",
};

void reply_fini(struct reply *reply)
{
	wire_writer_fini(&reply->body);
}

void reply_send(struct reply *reply, const struct request *to,
    enum reply_verb verb, struct text body)
{
	reply->stats->results += verb == REPLY_RESULT;
	reply->stats->answers += verb == REPLY_ANSWER;
	reply->stats->refused += verb == REPLY_REFUSED;
	reply->send(reply->arg, to, verbs[verb], body);
}

struct wire_writer *reply_write(struct reply *reply)
{
	wire_writer_reset(&reply->body);
	return &reply->body;
}

void reply_written(
    struct reply *reply, const struct request *to, enum reply_verb verb)
{
	/* Without memory there is silence, which means UNAVAILABLE. */
	if (!reply->body.failed)
		reply_send(reply, to, verb, wire_written(&reply->body));
}

void reply_refusal(struct reply *reply, const struct request *to,
    const struct refusal *refusal)
{
	struct wire_writer *w = reply_write(reply);

	switch (refusal->code) {
	case REFUSAL_MALFORMED:
	case REFUSAL_UNSUPPORTED_VERSION:
		reply->stats->refused_malformed++;
		break;
	case REFUSAL_TOO_LARGE:
		reply->stats->refused_too_large++;
		break;
	case REFUSAL_BUSY:
		reply->stats->refused_busy++;
		break;
	case REFUSAL_QUARANTINED:
		reply->stats->refused_quarantined++;
		break;
	case REFUSAL_UNAVAILABLE:
		reply->stats->refused_unavailable++;
		break;
	}
	wire_open_map(w);
	wire_pair_string(w, "code", refusal_name(refusal->code));
	wire_pair_string(w, "message", refusal->message);
	if (refusal->retry_after_ms > 0)
		wire_pair_int(w, "retry_after_ms", refusal->retry_after_ms);
	wire_close(w);
	reply_written(reply, to, REPLY_REFUSED);
}

void reply_refuse(struct reply *reply, const struct request *to,
    enum refusal_code code, unsigned retry_after_ms, const char *format, ...)
{
	struct refusal refusal = {
	    .code = code, .retry_after_ms = retry_after_ms};
	va_list args;

	va_start(args, format);
	vsnprintf(refusal.message, sizeof(refusal.message), format, args);
	va_end(args);
	refusal_tame(&refusal);
	reply_refusal(reply, to, &refusal);
}
