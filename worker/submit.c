/* A partner's event: who may say it, whether it was said before, its ruling. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "work.h"

#define SOURCE_MOST 128

void work_answer(struct work *work, struct job *job, struct arena *arena,
    enum link_answer verb)
{
	if (work->out.failed ||
	    !arena_copy_text(arena, wire_written(&work->out), &job->body)) {
		work->failed = true;
		return;
	}
	job->verb = verb;
	job->answered = true;
}

void work_refuse(struct work *work, struct job *job, struct arena *arena,
    const char *code, const char *format, ...)
{
	char message[EVENT_MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	job->unavailable = strcmp(code, "UNAVAILABLE") == 0;
	wire_writer_reset(&work->out);
	answer_refused(&work->out, code, message, -1);
	work_answer(work, job, arena, LINK_REFUSED);
	if (log_is_debug())
		log_debug("ticket=%lld refused=%s %s",
		    (long long)job->parcel->ticket, code, message);
}

/* ---- before anything is read */

/* Whether the member is the one that creditd has placed. */
static bool check_place(struct work *work, struct job *job)
{
	const struct parcel *parcel = job->parcel;
	struct text member = job->event.member;

	job->organization =
	    programs_by_name(work->programs, job->event.organization);
	if (job->organization == NULL) {
		load_programs(work);
		job->organization =
		    programs_by_name(work->programs, job->event.organization);
	}
	if (job->organization == NULL) {
		work_refuse(work, job, &work->arena, "MALFORMED",
		    "member: there is no organization '%.*s' here",
		    TEXT_ARGS(job->event.organization));
		return false;
	}
	if ((parcel->key.at == NULL || text_equal(parcel->key, member)) &&
	    stream_of(job->organization->number, member) == parcel->stream)
		return true;
	work_refuse(work, job, &work->arena, "MALFORMED",
	    "member: '%.*s' is not the member that frame 4 names",
	    TEXT_ARGS(member));
	return false;
}

/* Who says it: the authenticated partner, or whom the body names. */
static bool check_source(struct work *work, struct job *job)
{
	const struct event *event = &job->event;
	struct text partner = job->parcel->source;

	if (partner.length > 0) {
		job->source = partner;
		if (!event->has_source || text_equal(event->source, partner))
			return true;
		work_refuse(work, job, &work->arena, "NOT_AUTHORIZED",
		    "source: this partner is '%.*s' and may not speak as "
		    "'%.*s'",
		    TEXT_ARGS(partner), TEXT_ARGS(event->source));
		return false;
	}
	job->source = event->has_source ? event->source : TEXT("local");
	if (!text_is(job->source, "system"))
		return true;
	work_refuse(work, job, &work->arena, "MALFORMED",
	    "source: 'system' is creditd itself; expected another id");
	return false;
}

static bool check_reversal(struct work *work, struct job *job)
{
	struct fact *fact = &job->event.fact;

	if (fact->type != EVENT_REVERSED)
		return true;
	if (fact->target_source.at == NULL)
		fact->target_source = job->source;
	if (!text_equal(fact->target_source, job->source)) {
		if ((job->parcel->flags & LINK_MAY_DECIDE) != 0)
			return true;
		work_refuse(work, job, &work->arena, "NOT_AUTHORIZED",
		    "data.source: reversing an event of '%.*s' needs the right "
		    "to decide",
		    TEXT_ARGS(fact->target_source));
		return false;
	}
	if (!text_equal(fact->target_id, fact->id))
		return true;
	work_refuse(work, job, &work->arena, "MALFORMED",
	    "data.event: an event can't reverse itself");
	return false;
}

static bool check_rights(struct work *work, struct job *job)
{
	const struct parcel *parcel = job->parcel;
	enum event_type type = job->event.fact.type;
	const char *missing = NULL;

	if ((parcel->submit & 1u << type) == 0)
		missing = "submit events of this type";
	else if (type == EVENT_TRANSFERRED &&
		 (parcel->flags & LINK_MAY_TRANSFER) == 0)
		missing = "transfer certifications";
	else if (job->event.dry_run && (parcel->flags & LINK_MAY_READ) == 0)
		missing = "read members, which dry_run needs";
	if (missing == NULL)
		return true;
	work_refuse(work, job, &work->arena, "NOT_AUTHORIZED",
	    "type: '%s': this partner has no right to %s",
	    event_type_name(type), missing);
	return false;
}

void submit_check(struct work *work, struct job *job)
{
	char message[EVENT_MESSAGE_SIZE];
	int error = event_decode(
	    job->parcel->body, work->key, &work->arena, &job->event, message);

	if (error == -ENOMEM)
		work_refuse(work, job, &work->arena, "UNAVAILABLE",
		    "out of memory; send it again");
	else if (error < 0)
		work_refuse(
		    work, job, &work->arena, "MALFORMED", "%s", message);
	else if (check_place(work, job) && check_source(work, job) &&
		 check_rights(work, job))
		(void)!check_reversal(work, job);
}

/* ---- with all that is known of the member */

/* One event being ruled. */
struct ruled {
	struct work *work;
	struct job *job;
	struct member *member;
	struct ruled_at at;
};

static void refuse_unruled(const struct ruled *r, int error)
{
	struct work *work = r->work;
	struct arena *arena = &work->attempt;

	if (error == -EOVERFLOW)
		work_refuse(work, r->job, arena, "MALFORMED",
		    "data: its numbers are beyond what can be counted");
	else if (error == -ENOENT)
		work_refuse(work, r->job, arena, "UNAVAILABLE",
		    "revision %d of the program of '%.*s' can't be loaded; "
		    "send it again later",
		    (int)r->at.rules, TEXT_ARGS(r->job->organization->name));
	else
		work->failed = true;
}

static void answer_with(const struct ruled *r, const struct post *post,
    size_t fact, struct post_asker asker, const struct row *row)
{
	struct work *work = r->work;
	struct job *job = r->job;
	struct answer_result result;

	asker.may_read = (job->parcel->flags & LINK_MAY_READ) != 0;
	asker.explain = job->event.explain;
	asker.dry_run = job->event.dry_run;
	if (post_result(post, fact, &asker, &work->scratch, &result) < 0) {
		work->failed = true;
		return;
	}
	if (row != NULL) {
		result.outcome = row->outcome;
		result.reason = row->reason;
	}
	wire_writer_reset(&work->out);
	answer_result(&work->out, &result);
	work_answer(work, job, &work->attempt,
	    asker.dry_run ? LINK_ANSWER : LINK_RESULT);
}

/* The id was used before: the first RESULT again, or a conflict. */
static void repeat(const struct ruled *r, const struct row *row)
{
	struct work *work = r->work;
	struct job *job = r->job;
	struct post post;
	int error;

	if (memcmp(row->digest, job->event.digest, FACT_DIGEST_SIZE) != 0) {
		wire_writer_reset(&work->out);
		answer_conflict(&work->out, job->event.fact.id,
		    r->member->stream, row->rules);
		work_answer(work, job, &work->attempt,
		    job->event.dry_run ? LINK_ANSWER : LINK_RESULT);
		return;
	}
	error = post_recall(r->member, (size_t)(row - r->member->row),
	    work->programs, &work->scratch, &post);
	if (error < 0)
		refuse_unruled(r, error);
	else
		answer_with(r, &post, row->fact,
		    (struct post_asker){.duplicate = true}, row);
}

static bool too_many(const struct ruling *ruling, const struct fact *fact)
{
	size_t most = fact->type == EVENT_REVERSED ? MEMBER_REVERSALS_MOST
						   : MEMBER_FACTS_MOST;
	size_t count = 0;

	if (ruling->facts <= most)
		return false;
	if (ruling->facts > MEMBER_ROWS_MOST)
		return true;
	if (ruling->verdict[ruling->facts - 1].outcome == OUTCOME_REJECTED)
		return false;
	for (size_t i = 0; i < ruling->facts; i++)
		count += ruling->verdict[i].outcome != OUTCOME_REJECTED;
	return count > most;
}

static void refuse_too_many(const struct ruled *r)
{
	work_refuse(r->work, r->job, &r->work->attempt, "TOO_MANY_FACTS",
	    "member: '%.*s' has as many events as can be ruled (%d, with "
	    "reversals %d)",
	    TEXT_ARGS(r->member->name), MEMBER_FACTS_MOST,
	    MEMBER_REVERSALS_MOST);
}

static struct fact fact_of(const struct ruled *r)
{
	struct fact fact = r->job->event.fact;

	fact.seq = r->job->stream->head.seq + 1;
	fact.source = r->job->source;
	/* A clock that went back does not: dates never fall within a stream. */
	fact.received_on = r->at.today;
	return fact;
}

/* Stores it: the ruling after it becomes how the member stands. */
static void accept(
    const struct ruled *r, const struct fact *fact, const struct ruling *after)
{
	struct work *work = r->work;
	struct job *job = r->job;
	size_t last = r->member->facts - 1;
	struct post_event event = stage_next(job->held, fact->source, fact->id,
	    job->parcel->received_at, r->at.rules);
	struct post post;
	struct stage_row row = {.stream = job->stream,
	    .held = job->held,
	    .type = fact->type,
	    .source = fact->source,
	    .id = fact->id,
	    .at = job->parcel->received_at,
	    .received_on = fact->received_on,
	    .today = r->at.today,
	    .rules = r->at.rules,
	    .outcome = after->verdict[last].outcome,
	    .reason = after->verdict[last].reason,
	    .digest = job->event.digest,
	    .fact = wire_written(&work->stored),
	    .body = job->parcel->body,
	    .post = &post};

	if (post_difference(r->member, &r->member->standing, after, &event,
		&work->scratch, &post) < 0) {
		work->failed = true;
		return;
	}
	stage_add(work, &row);
	answer_with(r, &post, last, (struct post_asker){0}, NULL);
}

/* Adds the fact and rules. Until accept() is through, the attempt may fail:
 * then the stream is dropped and read again. */
static void store(const struct ruled *r)
{
	struct work *work = r->work;
	struct member *member = r->member;
	struct fact fact = fact_of(r);
	struct ruling after = {0};
	int error;

	wire_writer_reset(&work->stored);
	fact_write(&work->stored, &fact);
	if (work->stored.failed || member_add_stored_fact(member, &fact,
				       wire_written(&work->stored)) < 0) {
		work->failed = true;
		return;
	}
	error = member_rule(member, member->facts, work->programs, r->at,
	    &work->scratch, &after);
	if (error == 0 && !too_many(&after, &fact)) {
		accept(r, &fact, &after);
		if (member_stand(member, &after) < 0)
			work->failed = true;
		return;
	}
	member->facts--;
	if (error < 0)
		refuse_unruled(r, error);
	else
		refuse_too_many(r);
}

/* Rules it beside the member, in memory that is given back. */
static void try(const struct ruled *r)
{
	struct work *work = r->work;
	struct arena *arena = &work->scratch;
	struct member trial = *r->member;
	struct fact fact = fact_of(r);
	struct fact *facts =
	    arena_take_many(arena, trial.facts + 1, sizeof(*facts));
	struct post_event event = stage_next(r->job->held, fact.source, fact.id,
	    r->job->parcel->received_at, r->at.rules);
	struct ruling before = {0}, after = {0};
	struct post post;
	int error;

	if (facts == NULL) {
		work->failed = true;
		return;
	}
	if (trial.facts > 0)
		memcpy(facts, trial.fact, trial.facts * sizeof(*facts));
	facts[trial.facts++] = fact;
	trial.fact = facts;
	error = member_rule(
	    &trial, trial.facts - 1, work->programs, r->at, arena, &before);
	if (error == 0)
		error = member_rule(
		    &trial, trial.facts, work->programs, r->at, arena, &after);
	if (error < 0)
		refuse_unruled(r, error);
	else if (too_many(&after, &fact))
		refuse_too_many(r);
	else if (post_difference(
		     &trial, &before, &after, &event, arena, &post) < 0)
		work->failed = true;
	else
		answer_with(
		    r, &post, trial.facts - 1, (struct post_asker){0}, NULL);
}

void submit_rule(struct work *work, struct job *job)
{
	const struct head *head = &job->stream->head;
	struct ruled r = {.work = work,
	    .job = job,
	    .member = &job->held->member,
	    .at = {.today = job->parcel->received_on,
		.rules =
		    head->seq > 0 ? head->rules : job->organization->revision}};
	const struct row *row =
	    member_find(r.member, job->source, job->event.fact.id);
	int error;

	arena_reset(&work->scratch);
	if (head->seq > 0 && head->today > r.at.today)
		r.at.today = head->today;
	if (r.member->damaged) {
		work_refuse(work, job, &work->attempt, "UNAVAILABLE",
		    "member: a stored event of '%.*s' can't be read by this "
		    "release; its operator must look",
		    TEXT_ARGS(r.member->name));
		log_error("member=%.*s a stored fact can't be read",
		    TEXT_ARGS(r.member->name));
		return;
	}
	if (row != NULL) {
		repeat(&r, row);
		return;
	}
	if (job->event.dry_run) {
		try(&r);
		return;
	}
	error = system_renew(
	    work, job->held, r.at.today, r.at.rules, job->parcel->received_at);
	if (error < 0)
		refuse_unruled(&r, error);
	else if (!work->failed)
		store(&r);
}
