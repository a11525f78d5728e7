/* Reading what a batch needs and the cache does not hold. */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "work.h"

#define PROGRAMS_EVERY_MS 1000
#define TRIES_MOST        8

/* What one load asks for. */
struct wants {
	struct head **head;
	size_t heads, heads_room;
	struct member **member;
	size_t members, members_room;
	struct head *seen;          /* heads read again, for dry runs */
	struct held_stream **asked; /* the streams of `seen` */
	size_t seens;
};

void load_programs(struct work *work)
{
	int64_t now = uplink_now_ms();

	if (work->programs_at != 0 &&
	    now - work->programs_at < PROGRAMS_EVERY_MS)
		return;
	work->programs_at = now;
	if (pg_is_open(work->pg) &&
	    programs_load(work->programs, work->pg) != PG_DONE)
		log_warn("programs can't be read: %s", pg_message(work->pg));
}

static bool want_head(struct wants *wants, struct head *head)
{
	struct head **list = work_grow(wants->head, wants->heads,
	    &wants->heads_room, sizeof(struct head *));

	if (list == NULL)
		return false;
	wants->head = list;
	list[wants->heads++] = head;
	return true;
}

static bool want_member(struct wants *wants, struct member *member)
{
	struct member **list = work_grow(wants->member, wants->members,
	    &wants->members_room, sizeof(struct member *));

	if (list == NULL)
		return false;
	wants->member = list;
	list[wants->members++] = member;
	return true;
}

/* Puts the member into the batch, and on the list if it is not held. */
static bool use_member(
    struct work *work, struct wants *wants, struct held *held)
{
	struct held **list;

	if (held == NULL)
		return false;
	if (held->in_batch)
		return true;
	list = work_grow(work->used, work->used_count, &work->used_room,
	    sizeof(struct held *));
	if (list == NULL)
		return false;
	work->used = list;
	list[work->used_count++] = held;
	held->in_batch = true;
	return held->loaded || want_member(wants, &held->member);
}

/* A dry run stores nothing, and a system event often nothing either, so no
 * fence would tell that the stream has moved on at another worker: its head is
 * looked at. */
static bool look_again(struct wants *wants, struct held_stream *stream)
{
	for (size_t i = 0; i < wants->seens; i++)
		if (wants->asked[i] == stream)
			return true;
	wants->asked[wants->seens] = stream;
	wants->seen[wants->seens] =
	    (struct head){.stream = stream->head.stream};
	return want_head(wants, &wants->seen[wants->seens++]);
}

static bool want_job(struct work *work, struct wants *wants, struct job *job)
{
	struct held_stream *stream =
	    cache_stream(work->cache, job->parcel->stream);

	job->answered = false;
	job->unavailable = false;
	job->stream = stream;
	if (stream == NULL)
		return false;
	if (!stream->loaded && !stream->in_batch) {
		stream->in_batch = true;
		if (!want_head(wants, &stream->head))
			return false;
	}
	if (job->parcel->kind == LINK_SYSTEM && stream->loaded &&
	    !look_again(wants, stream))
		return false;
	if (job->parcel->kind != LINK_PARTNER || job->refusal.at != NULL)
		return true;
	if (job->event.dry_run && stream->loaded && !look_again(wants, stream))
		return false;
	job->held = cache_member(
	    work->cache, stream, job->event.member, job->organization->number);
	return use_member(work, wants, job->held);
}

/* The members that a system event rules, and whether it was there before. */
static enum pg_class want_due(
    struct work *work, struct wants *wants, struct job *job)
{
	struct text_list names = {0};
	date_t date = job->date;
	enum pg_class class = PG_DONE;
	int32_t organization = job->parcel->stream / STREAM_BUCKETS;

	if (job->type == EVENT_PROGRAM)
		return PG_DONE;
	if (work->due_at_once == 0)
		work->due_at_once = DUE_LEAST;
	if (job->stream->loaded && job->stream->head.today > date)
		date = job->stream->head.today;
	if (job->type == EVENT_DUE)
		class = ledger_has_system_event(
		    work->pg, job->parcel->stream, job->id, &job->known);
	if (class == PG_DONE)
		class = ledger_due(work->pg, job->parcel->stream, date,
		    work->due_at_once + 1, &work->attempt, &names);
	if (class != PG_DONE)
		return class;
	job->due_more = names.count > work->due_at_once;
	job->due_count = job->due_more ? work->due_at_once : names.count;
	job->due = arena_take_many(
	    &work->attempt, names.count + 1, sizeof(struct held *));
	if (job->due == NULL)
		return PG_AGAIN;
	for (size_t i = 0; i < job->due_count; i++) {
		job->due[i] = cache_member(
		    work->cache, job->stream, names.item[i], organization);
		if (!use_member(work, wants, job->due[i]))
			return PG_AGAIN;
	}
	return PG_DONE;
}

/* The months ahead get their partitions with the first date of each. Where that
 * fails the default partition takes the rows, which works as well. */
static enum pg_class make_partitions(struct work *work, const struct job *job)
{
	enum pg_class class;

	if (job->type != EVENT_DAY || job->date < work->partitions_until)
		return PG_DONE;
	class = ledger_partitions(work->pg, job->date);
	if (class == PG_AWAY)
		return class;
	if (class != PG_DONE)
		log_warn("partitions can't be made: %s", pg_message(work->pg));
	work->partitions_until = job->date + 25;
	return PG_DONE;
}

static void forget_used(struct work *work)
{
	for (size_t i = 0; i < work->used_count; i++)
		work->used[i]->in_batch = false;
	work->used_count = 0;
}

static enum pg_class want_all(
    struct work *work, struct wants *wants, struct job **job, size_t count)
{
	enum pg_class class = PG_DONE;

	wants->heads = wants->members = wants->seens = 0;
	forget_used(work);
	for (size_t i = 0; i < count && class == PG_DONE; i++) {
		if (!want_job(work, wants, job[i]))
			class = PG_AGAIN;
		else if (job[i]->parcel->kind == LINK_SYSTEM) {
			class = make_partitions(work, job[i]);
			if (class == PG_DONE)
				class = want_due(work, wants, job[i]);
		}
	}
	for (size_t i = 0; i < count; i++)
		if (job[i]->stream != NULL)
			job[i]->stream->in_batch = false;
	return class;
}

/* A member that was read now may have rows behind the head that was held: the
 * stream was elsewhere meanwhile. Such streams are dropped. */
static bool outran(struct work *work, struct job **job, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < work->used_count; i++) {
		const struct member *member = &work->used[i]->member;
		struct held_stream *stream = work->used[i]->stream;

		if (member->rows == 0 ||
		    member->row[member->rows - 1].seq <= stream->head.seq)
			continue;
		stream->loaded = false;
		any = true;
	}
	if (any)
		forget_used(work);
	for (size_t i = 0; any && i < count; i++)
		if (!job[i]->stream->loaded)
			cache_drop(work->cache, job[i]->stream);
	return any;
}

/* Drops the streams that have moved on; then all has to be asked anew. */
static bool moved_on(struct work *work, const struct wants *wants)
{
	bool any = false;

	for (size_t i = 0; i < wants->seens; i++) {
		const struct head *held = &wants->asked[i]->head;

		if (held->seq == wants->seen[i].seq &&
		    memcmp(held->chain, wants->seen[i].chain, CHAIN_SIZE) == 0)
			continue;
		if (!any)
			forget_used(work);
		cache_drop(work->cache, wants->asked[i]);
		any = true;
	}
	return any;
}

static void take_loaded(struct work *work, struct job **job, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct head *head = &job[i]->stream->head;

		if (!job[i]->stream->loaded)
			job[i]->stream->news = true;
		job[i]->stream->loaded = true;
		if (head->seq > 0 && job[i]->organization != NULL &&
		    programs_get(work->programs, job[i]->organization->number,
			head->rules) == NULL)
			load_programs(work);
	}
	for (size_t i = 0; i < work->used_count; i++)
		work->used[i]->loaded = true;
}

static enum pg_class load_wants(
    struct work *work, struct wants *wants, struct job **job, size_t count)
{
	for (int tries = 0; tries < TRIES_MOST; tries++) {
		enum pg_class class = want_all(work, wants, job, count);
		struct ledger_load load = {.head = wants->head,
		    .heads = wants->heads,
		    .member = wants->member,
		    .members = wants->members};

		if (class == PG_DONE && wants->heads + wants->members > 0)
			class = ledger_load(work->pg, &load);
		if (class != PG_DONE)
			return class;
		take_loaded(work, job, count);
		if (!outran(work, job, count) && !moved_on(work, wants))
			return PG_DONE;
	}
	return PG_AGAIN;
}

enum pg_class load_jobs(struct work *work, struct job **job, size_t count)
{
	struct wants wants = {0};
	enum pg_class class = PG_AGAIN;

	wants.seen = calloc(count + 1, sizeof(*wants.seen));
	wants.asked = calloc(count + 1, sizeof(struct held_stream *));
	if (wants.seen != NULL && wants.asked != NULL)
		class = load_wants(work, &wants, job, count);
	for (size_t i = 0; i < count && class == PG_DONE; i++)
		if (job[i]->parcel->kind == LINK_ASIDE || job[i]->redrive)
			class = aside_load(work, job[i]);
	free(wants.seen);
	free(wants.asked);
	free(wants.head);
	free(wants.member);
	return class;
}
