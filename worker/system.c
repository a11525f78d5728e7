/* What creditd itself says: a new date, a new program, members that are due. */
#include <errno.h>
#include <stdio.h>

#include "log.h"
#include "work.h"

bool system_check(struct job *job)
{
	struct text body = job->parcel->body;
	struct wire_reader reader = wire_reader(body.at, body.length);
	uint32_t items;
	int64_t type, date, revision;

	if (!wire_read_array(&reader, &items) || items < 4 ||
	    !wire_read_int(&reader, &type) ||
	    !wire_read_text(&reader, &job->id) ||
	    !wire_read_int(&reader, &date) ||
	    !wire_read_int(&reader, &revision) ||
	    !event_type_is_system((enum event_type)type) ||
	    type == EVENT_SET_ASIDE || type > EVENT_REDRIVE ||
	    !text_is_id(job->id, 128) || date < DATE_FIRST ||
	    date > DATE_LAST || revision < 0 || revision > INT32_MAX)
		return false;
	job->type = (enum event_type)type;
	job->date = (date_t)date;
	job->revision = (int32_t)revision;
	return true;
}

/* ---- one member */

/* How the member stood at its last row. */
static int make_standing(
    struct work *work, struct member *member, date_t today, int32_t rules)
{
	struct ruling ruling;
	int error;

	if (member->rows == 0) {
		member->ruled_on = today;
		member->ruled_by = rules;
	} else if (member->has_standing) {
		return 0;
	}
	error = member_rule(member, member->facts, work->programs,
	    (struct ruled_at){member->ruled_on, member->ruled_by},
	    &work->scratch, &ruling);
	if (error == 0)
		error = member_stand(member, &ruling);
	return error;
}

static void stage_renewal(struct work *work, struct held *held,
    const struct post *post, date_t today, int32_t rules)
{
	struct stage_row row = {.stream = held->stream,
	    .held = held,
	    .type = held->member.ruled_by != rules ? EVENT_PROGRAM : EVENT_DAY,
	    .source = post->event.source,
	    .id = post->event.id,
	    .at = post->event.at,
	    .received_on = today,
	    .today = today,
	    .rules = rules,
	    .outcome = OUTCOME_APPLIED,
	    .reason = REASON_NONE,
	    .post = post};

	stage_add(work, &row);
}

int system_renew(struct work *work, struct held *held, date_t today,
    int32_t rules, int64_t at)
{
	struct member *member = &held->member;
	char id[64], date[DATE_TEXT_SIZE];
	struct ruling now;
	struct post_event event;
	struct post post;
	int error = make_standing(work, member, today, rules);

	if (error < 0)
		return error;
	if (member->ruled_by == rules &&
	    (member->ruled_on >= today || member->standing.next_due > today))
		return 0;
	error = member_rule(member, member->facts, work->programs,
	    (struct ruled_at){today, rules}, &work->scratch, &now);
	if (error < 0)
		return error;
	if (member->ruled_by != rules)
		snprintf(id, sizeof(id), "program:%d", (int)rules);
	else
		snprintf(id, sizeof(id), "day:%.*s",
		    TEXT_ARGS(date_write(today, date)));
	event = stage_next(held, TEXT("system"), text_of(id), at, rules);
	if (post_difference(member, &member->standing, &now, &event,
		&work->scratch, &post) < 0)
		work->failed = true;
	else if (post.entries > 0 || post.changes > 0)
		stage_renewal(work, held, &post, today, rules);
	if (member_stand(member, &now) < 0)
		work->failed = true;
	member->ruled_on = today;
	member->ruled_by = rules;
	stage_touch_due(work, held);
	return 0;
}

/* ---- one system event */

/* A row about the whole stream, so that the fence covers what follows. */
void system_stage(
    struct work *work, struct job *job, date_t today, int32_t rules)
{
	struct stage_row row = {.stream = job->stream,
	    .type = job->type,
	    .source = TEXT("system"),
	    .id = job->id,
	    .at = job->parcel->received_at,
	    .received_on = today,
	    .today = today,
	    .rules = rules,
	    .outcome = OUTCOME_APPLIED,
	    .reason = REASON_NONE};

	stage_add(work, &row);
}

static void renew_due(
    struct work *work, struct job *job, date_t today, int32_t rules)
{
	for (size_t i = 0; i < job->due_count && !work->failed; i++) {
		struct held *held = job->due[i];
		int error = -EBADMSG;

		arena_reset(&work->scratch);
		if (!held->member.damaged)
			error = system_renew(
			    work, held, today, rules, job->parcel->received_at);
		if (error == -ENOMEM) {
			work->failed = true;
		} else if (error < 0) {
			/* Not due any more until it gets an event: else the
			 * stream would never come to rest. */
			log_error("member=%.*s can't be ruled (%d)",
			    TEXT_ARGS(held->member.name), error);
			held->member.standing.next_due = DATE_NEVER;
		}
		stage_touch_due(work, held);
		uplink_beat(work->uplink);
	}
	job->stream->head.due = job->due_more;
}

static void answer_settled(struct work *work, struct job *job)
{
	job->body = TEXT("");
	job->verb = LINK_RESULT;
	job->answered = !work->failed;
}

/* Whether there is a program to rule by. */
static bool has_program(struct work *work, const struct job *job, int32_t rules)
{
	int32_t number = job->parcel->stream / STREAM_BUCKETS;

	if (programs_get(work->programs, number, rules) == NULL)
		load_programs(work);
	return programs_get(work->programs, number, rules) != NULL;
}

static void rule_day(struct work *work, struct job *job, int32_t rules)
{
	struct head *head = &job->stream->head;

	if (head->seq > 0 && head->today >= job->date) {
		head->due = job->due_count > 0; /* `due` will come for them */
		return;
	}
	system_stage(work, job, job->date, rules);
	renew_due(work, job, head->today, rules);
}

static void rule_program(struct work *work, struct job *job)
{
	struct head *head = &job->stream->head;
	date_t today =
	    head->seq > 0 && head->today > job->date ? head->today : job->date;
	bool had_rows = head->seq > 0;

	if (had_rows && head->rules >= job->revision)
		return;
	system_stage(work, job, today, job->revision);
	if (!had_rows)
		return;
	ledger_set_all_due(&work->rows, head->stream, today);
	head->due = true;
}

static void rule_due(struct work *work, struct job *job)
{
	struct head *head = &job->stream->head;

	if (job->known)
		return;
	if (head->seq == 0 || job->due_count == 0) {
		head->due = false;
		return;
	}
	system_stage(work, job, head->today, head->rules);
	renew_due(work, job, head->today, head->rules);
}

void system_rule(struct work *work, struct job *job)
{
	const struct head *head = &job->stream->head;
	const struct organization *organization =
	    programs_by_number(work->programs, head->stream / STREAM_BUCKETS);
	int32_t rules = head->rules;

	if (job->type == EVENT_PROGRAM)
		rules = job->revision;
	else if (head->seq == 0 && organization != NULL)
		rules = organization->revision;
	arena_reset(&work->scratch);
	if (!has_program(work, job, rules)) {
		log_error("stream=%d event=%.*s waits: revision %d of its "
			  "program can't be loaded",
		    (int)head->stream, TEXT_ARGS(job->id), (int)rules);
		work_refuse(work, job, &work->attempt, "UNAVAILABLE",
		    "revision %d of the program can't be loaded", (int)rules);
		return;
	}
	switch (job->type) {
	case EVENT_DAY:
		rule_day(work, job, rules);
		break;
	case EVENT_PROGRAM:
		rule_program(work, job);
		break;
	default:
		rule_due(work, job);
	}
	answer_settled(work, job);
}
