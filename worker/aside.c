/* Quarantine: bytes that bring workers down.
 *
 *  - Where a stream has any, every body is looked up by its digest before it is
 *    decoded, and what is found is refused.
 *  - A SET_ASIDE stores bytes without looking into them, behind the fence like
 *    any event: a row of the stream says that, and which.
 *  - A REDRIVE takes bytes out again and treats them as the partner's event
 *    that they are, with the rights of then, in the same transaction: either
 *    they are answered and not set aside any more, or nothing has changed. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "work.h"

static void make_key(const struct work *work, int32_t stream,
    struct text source, struct text bytes, struct aside_key *ret)
{
	*ret = (struct aside_key){.stream = stream, .source = source};
	crypto_generichash(ret->digest, ASIDE_DIGEST_SIZE,
	    (const unsigned char *)bytes.at, bytes.length, work->key,
	    EVENT_KEY_SIZE);
}

static void refuse(struct work *work, struct job *job, struct arena *arena)
{
	work_refuse(work, job, arena, "QUARANTINED",
	    "these bytes brought workers down and are set aside for an "
	    "operator; until they are released they get this answer");
}

/* ---- before anything is decoded */

enum pg_class aside_look_up(struct work *work)
{
	struct aside_key *key =
	    arena_take_many(&work->arena, work->jobs + 1, sizeof(*key));
	enum pg_class class = PG_DONE;
	size_t count = 0, next = 0;

	if (key == NULL)
		return PG_AGAIN;
	for (size_t i = 0; i < work->jobs; i++) {
		const struct parcel *parcel = work->job[i].parcel;

		if (parcel->kind == LINK_PARTNER && parcel->asides != 0)
			make_key(work, parcel->stream, parcel->source,
			    parcel->body, &key[count++]);
	}
	if (count > 0)
		class = ledger_find_asides(work->pg, key, count);
	for (size_t i = 0; class == PG_DONE && i < work->jobs; i++) {
		struct job *job = &work->job[i];

		if (job->parcel->kind == LINK_PARTNER &&
		    job->parcel->asides != 0 && key[next++].is_aside)
			refuse(work, job, &work->arena);
	}
	return class;
}

/* ---- rows */

/* The row of the stream that a mark belongs to, and the mark. */
static void stage_mark(struct work *work, struct job *job, bool redriven)
{
	struct head *head = &job->stream->head;
	const struct organization *organization =
	    programs_by_number(work->programs, head->stream / STREAM_BUCKETS);
	date_t today = job->parcel->received_on;
	int32_t rules = head->rules;
	char hex[2 * ASIDE_DIGEST_SIZE + 1], id[128];

	if (head->seq > 0 && head->today > today)
		today = head->today;
	if (head->seq == 0)
		rules = organization != NULL ? organization->revision : 0;
	sodium_bin2hex(hex, sizeof(hex), job->aside.digest, ASIDE_DIGEST_SIZE);
	snprintf(id, sizeof(id), "%s:%s:%lld",
	    redriven ? "redrive" : "set_aside", hex, (long long)head->seq + 1);
	job->type = redriven ? EVENT_REDRIVE : EVENT_SET_ASIDE;
	if (!arena_copy_text(&work->attempt, text_of(id), &job->id)) {
		work->failed = true;
		return;
	}
	system_stage(work, job, today, rules);
	head->asides += redriven ? -1 : 1;
	ledger_add_mark(&work->rows,
	    &(struct aside_mark){.key = &job->aside,
		.seq = head->seq,
		.redriven = redriven,
		.reason = redriven ? TEXT("") : job->parcel->reason,
		.author = redriven ? job->author : TEXT("")});
}

/* ---- setting aside */

void aside_check(struct work *work, struct job *job)
{
	const struct parcel *parcel = job->parcel;

	make_key(
	    work, parcel->stream, parcel->source, parcel->body, &job->aside);
}

void aside_rule(struct work *work, struct job *job)
{
	/* It is there already where the outcome of a commit was unknown, or a
	 * worker was lost after it. */
	if (!job->aside.is_aside) {
		stage_mark(work, job, false);
		ledger_add_aside(&work->rows, &job->aside, job->parcel->reason,
		    &(struct aside){.member = job->parcel->key,
			.submit = job->parcel->submit,
			.flags = (int32_t)job->parcel->flags,
			.received_at = job->parcel->received_at,
			.bytes = job->parcel->body});
		log_warn("stream=%d ticket=%lld bytes are set aside: %.*s",
		    (int)job->parcel->stream, (long long)job->parcel->ticket,
		    TEXT_ARGS(job->parcel->reason));
	}
	refuse(work, job, &work->attempt);
}

enum pg_class aside_load(struct work *work, struct job *job)
{
	return ledger_find_asides(work->pg, &job->aside, 1);
}

/* ---- trying again */

static bool read_redrive(struct job *job)
{
	struct text body = job->parcel->body, digest;
	struct wire_reader reader = wire_reader(body.at, body.length);
	uint32_t items;

	if (!wire_read_array(&reader, &items) || items < 8)
		return false;
	for (int i = 0; i < 5; i++)
		if (!wire_skip(&reader, NULL))
			return false;
	if (!wire_read_text(&reader, &job->aside.source) ||
	    !wire_read_bin(&reader, &digest) ||
	    !wire_read_text(&reader, &job->author) ||
	    digest.length != ASIDE_DIGEST_SIZE)
		return false;
	job->aside.stream = job->parcel->stream;
	memcpy(job->aside.digest, digest.at, ASIDE_DIGEST_SIZE);
	return true;
}

static void refuse_redrive(struct work *work, struct job *job)
{
	work_refuse(work, job, &work->arena, "MALFORMED",
	    "digest: no such bytes are set aside in stream %d",
	    (int)job->given->stream);
}

/* The partner's message as it would be if it came now. */
static bool take_out(
    struct work *work, struct job *job, const struct aside *stored)
{
	struct parcel *parcel = arena_take(&work->arena, sizeof(*parcel));

	if (parcel == NULL)
		return false;
	*parcel = *job->given;
	parcel->kind = LINK_PARTNER;
	parcel->source = job->aside.source;
	parcel->submit = (uint32_t)stored->submit;
	parcel->flags = (uint32_t)stored->flags;
	parcel->received_at = stored->received_at;
	parcel->key = stored->member;
	parcel->body = stored->bytes;
	job->parcel = parcel;
	return true;
}

enum pg_class redrive_check(struct work *work, struct job *job)
{
	struct aside stored;
	enum pg_class class;
	bool found;

	if (!read_redrive(job)) {
		refuse_redrive(work, job);
		return PG_DONE;
	}
	class = ledger_read_aside(
	    work->pg, &job->aside, &work->arena, &stored, &found);
	if (class != PG_DONE)
		return class;
	if (!found) {
		refuse_redrive(work, job);
		return PG_DONE;
	}
	if (!take_out(work, job, &stored))
		return PG_AGAIN;
	job->redrive = true;
	submit_check(work, job);
	if (job->answered && !job->unavailable) {
		/* That is how it ends: an answer like any. */
		job->refusal = job->body;
		job->answered = false;
	}
	return PG_DONE;
}

void redrive_rule(struct work *work, struct job *job)
{
	if (!job->aside.is_aside) {
		refuse_redrive(work, job);
		return;
	}
	if (job->refusal.at != NULL) {
		job->body = job->refusal;
		job->answered = true;
	} else {
		submit_rule(work, job);
	}
	if (work->failed || !job->answered || job->unavailable)
		return;
	stage_mark(work, job, true);
	job->verb = LINK_RESULT;
	log_info("stream=%d bytes that were set aside are tried again by %.*s",
	    (int)job->given->stream, TEXT_ARGS(job->author));
}
