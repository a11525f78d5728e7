/* What a transcript says of a claim besides its credits: what was done, where,
 * and people's words, which only the event's body has. */
#include <errno.h>

#include "event.h"
#include "query_work.h"

#define CHUNK PG_COMMANDS_MOST /* claims whose bodies are read at once */

static const Oid of_body[] = {PG_INT4, PG_INT8, PG_DATE};
static const struct pg_statement select_body = {"query_body",
    "SELECT bytes FROM body WHERE stream = $1 AND seq = $2 AND day = $3", 3,
    of_body};

/* Reads the bodies of `count` claims; the caller clears the results. A body
 * that was archived or erased has no row. */
static enum asked read_bodies(struct asking *asking,
    const struct ruling *ruling, const struct claim *claim, size_t count,
    struct pg_command *ret_command)
{
	struct pg_values *values =
	    arena_take_many(&asking->context->arena, count, sizeof(*values));

	if (values == NULL)
		return asking_errno(asking, -ENOMEM);
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = &ruling->fact[claim[i].fact];

		pg_put_int4(&values[i], asking->stream);
		pg_put_int8(&values[i], fact->seq);
		pg_put_date(&values[i], fact->received_on);
		ret_command[i].statement = &select_body;
		ret_command[i].values = &values[i];
	}
	return asking_pg(
	    asking, pg_run(asking->context->pg, ret_command, count));
}

static enum asked put_some(struct page *page, const struct ruling *ruling,
    const struct claim *claim, size_t count, put_claim put, void *context)
{
	struct pg_command command[CHUNK] = {0};
	enum asked asked =
	    read_bodies(page->asking, ruling, claim, count, command);

	for (size_t i = 0; i < count; i++) {
		if (asked == ASKED_ANSWERED && !page_is_full(page))
			put(context, &claim[i],
			    PQntuples(command[i].result) > 0
				? pg_text(command[i].result, 0, 0)
				: TEXT_NONE);
		PQclear(command[i].result);
	}
	return asked;
}

enum asked claims_put(struct page *page, const struct ruling *ruling,
    const struct claim *claim, size_t count, put_claim put, void *context)
{
	enum asked asked = ASKED_ANSWERED;

	for (size_t i = 0;
	     i < count && asked == ASKED_ANSWERED && !page_is_full(page);
	     i += CHUNK)
		asked = put_some(page, ruling, &claim[i],
		    count - i < CHUNK ? count - i : CHUNK, put, context);
	return asked;
}

/* A pair if there is something to say. */
static void said(struct wire_writer *writer, const char *key, struct text text)
{
	if (text.at != NULL)
		wire_pair_text(writer, key, text);
}

static void amount_pairs(
    struct wire_writer *writer, const struct activity *activity)
{
	int64_t minutes;

	/* at most 3 places: a count of ten-thousandths always holds them */
	if (activity->has_minutes &&
	    exact_scale(CREDIT_ONE, activity->minutes.numerator,
		activity->minutes.denominator, ROUND_HALF_UP, &minutes))
		wire_pair_credit(writer, "contact_minutes", minutes);
	if (activity->has_quantity)
		wire_pair_credit(writer, "quantity", activity->quantity);
	if (activity->unit != UNIT_NONE)
		wire_pair_string(writer, "unit", unit_name(activity->unit));
	if (activity->passed != ANSWER_ABSENT)
		wire_pair_bool(
		    writer, "passed", activity->passed == ANSWER_YES);
}

static void activity_pairs(
    struct wire_writer *writer, const struct activity *activity)
{
	said(writer, "kind", activity->kind);
	said(writer, "activity", activity->code);
	said(writer, "category", activity->category);
	said(writer, "provider", activity->provider);
	said(writer, "accredited_by", activity->accredited_by);
	said(writer, "grade", activity->grade);
	if (activity->has_role)
		wire_pair_string(writer, "role", role_name(activity->role));
	if (activity->topics.count > 0) {
		wire_key(writer, "topics");
		answer_names(writer, activity->topics);
	}
	amount_pairs(writer, activity);
}

void claim_words(
    struct wire_writer *writer, const struct fact *fact, struct text body)
{
	struct event_words words = {0};

	if (fact->type != EVENT_ADJUSTED)
		activity_pairs(writer, &fact->activity);
	if (body.at == NULL)
		return;
	event_words(body, &words);
	said(writer, "title", words.title);
	said(writer, "reason", words.reason);
	said(writer, "author", words.author);
}
