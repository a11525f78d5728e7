/* One event: the RESULT that it had, and how it stands today. */
#include "post.h"
#include "query_work.h"

/* What a claim comes to today: its greatest share; of other events null. */
static void write_credits(
    struct wire_writer *writer, const struct ruling *ruling, size_t index)
{
	const struct verdict *verdict = &ruling->verdict[index];
	const struct fact *fact = &ruling->fact[index];
	const struct posting *adjustment = claim_adjustment(ruling, index);
	credit_t most = 0;

	for (size_t i = 0; i < verdict->shares; i++) {
		credit_t credited = ruling->share[verdict->share + i].credited;

		if (credited > most)
			most = credited;
	}
	if (adjustment != NULL)
		most = adjustment->value;
	if (fact->type == EVENT_ACTIVITY || fact->type == EVENT_REQUESTED ||
	    fact->type == EVENT_ADJUSTED)
		wire_pair_credit(writer, "credits", most);
	else
		wire_pair_nil(writer, "credits");
}

static void write_standing(
    struct wire_writer *writer, const struct asked_member *m, size_t fact)
{
	const struct verdict *verdict = &m->ruling.verdict[fact];

	wire_key(writer, "standing");
	wire_open_map(writer);
	wire_pair_string(writer, "outcome", outcome_name(verdict->outcome));
	answer_reason(writer, verdict->reason);
	write_credits(writer, &m->ruling, fact);
	wire_pair_int(writer, "rules", m->rules);
	wire_pair_bool(writer, "reversed", verdict->reversed);
	wire_close(writer);
}

static enum asked write_event(
    struct asking *asking, struct asked_member *m, const struct row *row)
{
	struct query_context *context = asking->context;
	struct post_asker asker = {.may_read = asking_may_read(asking)};
	const struct fact *fact = &m->member.fact[row->fact];
	struct answer_result result;
	struct post post;
	int error = post_recall(&m->member, (size_t)(row - m->member.row),
	    context->programs, &context->arena, &post);

	if (error == 0)
		error = post_result(
		    &post, row->fact, &asker, &context->arena, &result);
	if (error != 0)
		return asking_errno(asking, error);
	answer_result_pairs(asking->out, &result);
	wire_pair_text(asking->out, "source", fact->source);
	wire_pair_string(asking->out, "type", event_type_name(fact->type));
	wire_pair_time(asking->out, "received_at", row->received_at);
	write_standing(asking->out, m, row->fact);
	return ASKED_ANSWERED;
}

/* Whose event: as said, else the asker's own. */
static struct text event_source(const struct asking *asking)
{
	if (asking->query.source.at != NULL)
		return asking->query.source;
	if (asking->request->source.length > 0)
		return asking->request->source;
	return TEXT("local");
}

enum asked query_event(struct asking *asking)
{
	struct text source = event_source(asking);
	struct asked_member m;
	const struct row *row;
	enum asked asked = asked_member_load(asking, &m);

	if (asked != ASKED_ANSWERED)
		return asked;
	row = member_find(&m.member, source, asking->query.id);
	if (row != NULL)
		asked = write_event(asking, &m, row);
	else
		asked = asking_refuse(asking, "UNKNOWN_EVENT",
		    "id: no event %.*s of source %.*s is stored for %.*s",
		    TEXT_ARGS(asking->query.id), TEXT_ARGS(source),
		    TEXT_ARGS(asking->query.member));
	asked_member_fini(&m);
	return asked;
}
