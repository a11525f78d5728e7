/* Answers queries: decodes, checks rights, asks again if the database was gone.
 * Not about any query in particular. */
#include "query.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "query_work.h"

#define TRIES          2
#define RETRY_AFTER_MS 500
#define LOG_BURST      10 /* lines a second */

void query_fini(struct query_context *context)
{
	arena_fini(&context->arena);
	wire_writer_fini(&context->item);
	*context = (struct query_context){0};
}

enum asked asking_refuse(
    struct asking *asking, const char *code, const char *format, ...)
{
	va_list arguments;

	asking->code = code;
	va_start(arguments, format);
	(void)vsnprintf(
	    asking->message, sizeof(asking->message), format, arguments);
	va_end(arguments);
	return ASKED_REFUSED;
}

/* Partners choose how often they ask: what that makes us log is bounded. */
static void log_failure(struct asking *asking, const char *why)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (log_allowed(&asking->context->limit, LOG_BURST,
		(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000))
		log_error("query=%s key=%.*s: %s",
		    query_kind_name(asking->query.kind),
		    TEXT_ARGS(asking->request->key), why);
}

enum asked asking_pg(struct asking *asking, enum pg_class class)
{
	if (class == PG_DONE)
		return ASKED_ANSWERED;
	if (class == PG_AWAY || class == PG_AGAIN)
		return ASKED_AGAIN;
	log_failure(asking, pg_message(asking->context->pg));
	return ASKED_FAILED;
}

enum asked asking_errno(struct asking *asking, int error)
{
	switch (error) {
	case 0:
		return ASKED_ANSWERED;
	case -ENOENT:
		log_failure(asking, "the program that ruled can't be loaded");
		break;
	case -ENOMEM:
		log_failure(asking, "out of memory");
		break;
	case -EBADMSG:
		log_failure(asking, "a stored row can't be read");
		break;
	default:
		log_failure(asking, "the member can't be ruled");
	}
	return ASKED_FAILED;
}

bool asking_may_read(const struct asking *asking)
{
	return (asking->request->flags & LINK_MAY_READ) != 0;
}

/* Who may ask: who may read, and everybody for its own event. */
static enum asked check_rights(struct asking *asking)
{
	const struct query *q = &asking->query;

	if (asking_may_read(asking))
		return ASKED_ANSWERED;
	if (q->kind == QUERY_EVENT &&
	    (q->source.at == NULL ||
		text_equal(q->source, asking->request->source)))
		return ASKED_ANSWERED;
	return asking_refuse(asking, "NOT_AUTHORIZED",
	    "%s: this partner has no right to read members of %.*s",
	    q->kind == QUERY_EVENT ? "source" : "query",
	    TEXT_ARGS(q->organization));
}

/* Finds the organization; one that was published a moment ago may not be held
 * yet. */
static enum asked find_organization(struct asking *asking)
{
	struct query_context *context = asking->context;
	struct text name = asking->query.organization;
	int class;

	asking->organization = programs_by_name(context->programs, name);
	if (asking->organization == NULL) {
		class = programs_load(context->programs, context->pg);
		if (class != PG_DONE)
			return asking_pg(asking, (enum pg_class) class);
		asking->organization =
		    programs_by_name(context->programs, name);
	}
	if (asking->organization == NULL)
		return asking_refuse(asking, "MALFORMED",
		    "%s: no organization '%.*s' is known here",
		    asking->query.member.at != NULL ? "member" : "organization",
		    TEXT_ARGS(name));
	if (asking->query.member.at != NULL)
		asking->stream = stream_of(
		    asking->organization->number, asking->query.member);
	return ASKED_ANSWERED;
}

static enum asked ask(struct asking *asking)
{
	static enum asked (*const queries[QUERY_KINDS])(struct asking *) = {
	    [QUERY_BALANCE] = query_balance,
	    [QUERY_BALANCES] = query_balances,
	    [QUERY_CHANGES] = query_changes,
	    [QUERY_EVENT] = query_event,
	    [QUERY_EXPLAIN] = query_explain,
	    [QUERY_TRANSCRIPT] = query_transcript,
	    [QUERY_REQUESTS] = query_requests,
	};
	struct query_context *context = asking->context;
	enum asked asked = asking_pg(asking, pg_open(context->pg));

	if (asked == ASKED_ANSWERED)
		asked = find_organization(asking);
	if (asked != ASKED_ANSWERED)
		return asked;
	arena_reset(&context->arena);
	wire_writer_reset(asking->out);
	wire_open_map(asking->out);
	asked = queries[asking->query.kind](asking);
	if (asked != ASKED_ANSWERED)
		return asked;
	wire_close(asking->out);
	return asking->out->failed ? asking_errno(asking, -ENOMEM) : asked;
}

static void write_refused(const struct asking *asking)
{
	struct wire_writer *out = asking->out;

	wire_writer_reset(out);
	wire_open_map(out);
	wire_pair_string(out, "code", asking->code);
	wire_pair_string(out, "message", asking->message);
	if (asking->stream_count > 0) {
		wire_key(out, "streams");
		wire_write_array(out, (uint32_t)asking->stream_count);
		for (size_t i = 0; i < asking->stream_count; i++)
			wire_write_int(out, asking->streams[i]);
	}
	wire_close(out);
}

enum link_answer query_answer(struct query_context *context,
    const struct query_request *request, struct wire_writer *ret_body)
{
	struct asking asking = {
	    .context = context,
	    .request = request,
	    .out = ret_body,
	    .code = "MALFORMED",
	};
	enum asked asked = ASKED_REFUSED;

	if (query_decode(
		request->body, request->key, &asking.query, asking.message)) {
		asked = check_rights(&asking);
		if (asked == ASKED_ANSWERED)
			asked = ASKED_AGAIN;
		for (int i = 0; i < TRIES && asked == ASKED_AGAIN; i++)
			asked = ask(&asking);
	}
	if (asked == ASKED_ANSWERED)
		return LINK_ANSWER;
	if (asked == ASKED_REFUSED) {
		write_refused(&asking);
		return LINK_REFUSED;
	}
	wire_writer_reset(ret_body);
	answer_refused(ret_body, "UNAVAILABLE",
	    "the database can't answer now; ask again", RETRY_AFTER_MS);
	return LINK_REFUSED;
}
