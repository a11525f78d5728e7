/* THE JOURNEY of a batch, in order:
 *
 *	1. take what waits, decode it, check rights     serve_batch, submit.c
 *	2. read what is not held, in one round trip     load.c
 *	3. rule event by event, stage what changes      submit.c system.c
 *stage.c
 *	4. write all with one statement, commit         ledger_write.c
 *	5. tell creditd: messages, heads, answers       done.c
 *
 * An answer that says "stored" is only given after step 4 came back clean. What
 * can go wrong in steps 2 to 4, and what is done then:
 *
 *	a stream's fence is lost      drop what is held of it, from 2 again
 *	the database rolled back      likewise with all streams, a little later
 *	the outcome is unknown        likewise when the database is back: the
 *	                              events' ids decide, nothing is looked up
 *	the data is at fault          likewise stream by stream, then event by
 *	                              event: one bad event costs its own answer
 *	the schema does not fit       end
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "serve.h"

#define RULE_MS     200 /* most time to rule before what is ruled is written */
#define AGAIN_MS    20  /* pause after a rollback */
#define AGAINS_MOST 5   /* rollbacks, then the batch is divided */
#define KEEP_BYTES  (4 << 20)
#define DUE_MS      5 /* about so long for members that are due */

enum served {
	SERVED,       /* all jobs are answered */
	SERVED_LATER, /* the database: they wait again */
	SERVED_NEVER  /* the worker must end */
};

/* Tests only (setting test_fault): while the file is there, stands still right
 * before the write without beating, as a frozen machine would, so that creditd
 * moves the streams and this commit comes late. */
static void pause_before_commit(const char *file)
{
	const struct timespec nap = {.tv_nsec = 5000000};

	if (file == NULL || access(file, F_OK) != 0)
		return;
	log_info("paused before a commit: %s is there", file);
	while (access(file, F_OK) == 0)
		nanosleep(&nap, NULL);
	log_info("goes on with the commit");
}

static void drop_streams(struct work *work, struct job **job, size_t count)
{
	for (size_t i = 0; i < work->used_count; i++)
		work->used[i]->in_batch = false;
	work->used_count = 0;
	for (size_t i = 0; i < count; i++)
		if (job[i]->stream != NULL)
			cache_drop(work->cache, job[i]->stream);
}

/* Step 3. Ruling a member of thousands of facts takes long: creditd hears a
 * beat between the events, and what is not ruled in good time is left for the
 * next attempt. Returns how many were ruled. */
static size_t rule_jobs(struct work *work, struct job **job, size_t count)
{
	int64_t deadline = uplink_now_ms() + RULE_MS;
	size_t ruled = 0;

	while (ruled < count && !work->failed &&
	       (ruled == 0 || uplink_now_ms() < deadline)) {
		if (job[ruled]->parcel->kind == LINK_SYSTEM)
			system_rule(work, job[ruled]);
		else if (job[ruled]->parcel->kind == LINK_ASIDE)
			aside_rule(work, job[ruled]);
		else if (job[ruled]->redrive)
			redrive_rule(work, job[ruled]);
		else
			submit_rule(work, job[ruled]);
		uplink_beat(work->uplink);
		ruled++;
	}
	return ruled;
}

/* Steps 2 to 4 for the first of the jobs; *count says for how many. */
static enum pg_class attempt(struct work *work, struct job **job, size_t *count)
{
	int32_t *won = NULL;
	size_t wons = 0;
	enum pg_class class;

	stage_reset(work);
	class = pg_check_flushes(work->pg);
	if (class == PG_DONE)
		class = load_jobs(work, job, *count);
	if (class != PG_DONE)
		return class;
	*count = rule_jobs(work, job, *count);
	if (!work->failed)
		stage_finish(work);
	if (work->failed)
		return PG_AGAIN;
	if (ledger_is_empty(&work->rows))
		return PG_DONE;
	won = arena_take_many(&work->attempt, work->staged_count, sizeof(*won));
	if (won == NULL)
		return PG_AGAIN;
	pause_before_commit(work->pause_before_commit);
	class = ledger_write(work->pg, &work->rows, won, &wons);
	for (size_t i = 0; class == PG_DONE && i < wons; i++)
		for (size_t j = 0; j < work->staged_count; j++)
			if (work->staged[j].stream->head.stream == won[i])
				work->staged[j].won = true;
	return class;
}

static bool is_lost(const struct work *work, const struct job *job)
{
	for (size_t i = 0; i < work->staged_count; i++)
		if (work->staged[i].stream == job->stream)
			return !work->staged[i].won;
	return false; /* nothing to write: nothing to lose */
}

/* Step 5, for the won streams. The jobs of the others are left in front; their
 * number is returned. */
static size_t finish(struct work *work, struct job **job, size_t count)
{
	struct job **done = calloc(count, sizeof(struct job *));
	size_t lost = 0, dones = 0;

	if (done == NULL)
		return count; /* all again: their ids decide */
	for (size_t i = 0; i < count; i++) {
		if (is_lost(work, job[i]))
			job[lost++] = job[i];
		else
			done[dones++] = job[i];
	}
	done_tell(work, done, dones);
	for (size_t i = 0; i < dones; i++)
		done[i]->done = true;
	free(done);
	for (size_t i = 0; i < work->used_count; i++)
		cache_settle(work->cache, work->used[i]);
	if (lost > 0)
		log_info(
		    "%zu events of streams that moved are ruled anew", lost);
	drop_streams(work, job, lost);
	return lost;
}

/* Gives one event up: it alone can't be stored. */
static void give_up(struct work *work, struct job *job, const char *code)
{
	log_error("ticket=%lld stream=%d can't be stored: %s",
	    (long long)job->parcel->ticket, (int)job->parcel->stream,
	    work->failed ? "out of memory" : pg_message(work->pg));
	stage_reset(work);
	work_refuse(work, job, &work->arena, code,
	    "the event could not be stored; its operator can see why");
	job->stream = NULL;
	done_tell(work, &job, 1);
	job->done = true;
}

static enum served settle(struct serve *serve, struct job **job, size_t count);

/* By streams, then by events. */
static enum served divide(struct serve *serve, struct job **job, size_t count)
{
	bool one_stream =
	    job[0]->parcel->stream == job[count - 1]->parcel->stream;
	size_t first = 0;

	while (first < count) {
		enum served served;
		size_t last = first + 1;

		while (!one_stream && last < count &&
		       job[last]->parcel->stream == job[first]->parcel->stream)
			last++;
		served = settle(serve, job + first, last - first);
		if (served != SERVED)
			return served;
		first = last;
	}
	return SERVED;
}

/* What to do when the attempt came to nothing. */
static enum served on_failure(
    struct serve *serve, struct job **job, size_t count, enum pg_class class)
{
	struct work *work = &serve->work;
	const char *why = work->failed ? "out of memory" : pg_message(work->pg);

	if (class == PG_BROKEN) {
		log_error("the database does not fit this release: %s", why);
		return SERVED_NEVER;
	}
	if (class == PG_AGAIN && ++serve->agains >= AGAINS_MOST)
		class = PG_DATA; /* perhaps one of them is the cause */
	if (class != PG_DATA) {
		log_warn("a batch of %zu will be done again: %s", count, why);
		return SERVED_LATER;
	}
	if (count == 1) {
		give_up(work, job[0],
		    serve->agains >= AGAINS_MOST ? "UNAVAILABLE" : "MALFORMED");
		return SERVED;
	}
	log_warn("a batch of %zu is divided: %s", count, why);
	return divide(serve, job, count);
}

/* So many members are brought up to date at once as keep a partner's event that
 * comes meanwhile waiting for no longer than is hardly noticed. */
static void keep_pace(struct work *work, const struct job *job, int64_t began)
{
	int64_t took = uplink_now_ms() - began;

	if (job->parcel->kind != LINK_SYSTEM || job->due_count == 0)
		return;
	if (took > DUE_MS && work->due_at_once >= 2 * DUE_LEAST)
		work->due_at_once /= 2;
	else if (took < DUE_MS / 2 && job->due_more &&
		 work->due_at_once <= DUE_MOST / 2)
		work->due_at_once *= 2;
}

static enum served settle(struct serve *serve, struct job **job, size_t count)
{
	while (count > 0) {
		size_t ruled = count, lost;
		int64_t began = uplink_now_ms();
		enum pg_class class = attempt(&serve->work, job, &ruled);

		if (class != PG_DONE) {
			drop_streams(&serve->work, job, count);
			return on_failure(serve, job, count, class);
		}
		serve->agains = 0;
		keep_pace(&serve->work, job[0], began);
		lost = finish(&serve->work, job, ruled);
		memmove(job + lost, job + ruled,
		    (count - ruled) * sizeof(struct job *));
		count = lost + count - ruled;
	}
	return SERVED;
}

/* ---- taking and giving back */

static int compare_jobs(const void *a, const void *b)
{
	const struct job *x = *(struct job *const *)a;
	const struct job *y = *(struct job *const *)b;

	if (x->parcel->stream != y->parcel->stream)
		return x->parcel->stream < y->parcel->stream ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Takes events up to the bound. A system event goes alone, as it may bring
 * hundreds of members with it; so does what is set aside. */
static bool take(struct serve *serve)
{
	struct work *work = &serve->work;
	struct parcel *parcel;

	work->jobs = 0;
	while (work->jobs < serve->settings->batch &&
	       (parcel = uplink_first_event(&serve->uplink)) != NULL) {
		struct job *list = work_grow(
		    work->job, work->jobs, &work->room, sizeof(*list));
		bool alone = parcel->kind != LINK_PARTNER;

		if (list == NULL)
			break;
		work->job = list;
		if (alone && work->jobs > 0)
			break;
		uplink_take_event(&serve->uplink, parcel);
		list[work->jobs] = (struct job){
		    .given = parcel, .parcel = parcel, .place = work->jobs};
		work->jobs++;
		if (alone)
			break;
	}
	if (work->jobs > 0)
		uplink_note_batch(&serve->uplink, work->job[0].parcel);
	return work->jobs > 0;
}

static enum pg_class check_job(struct work *work, struct job *job)
{
	switch (job->parcel->kind) {
	case LINK_PARTNER:
		submit_check(work, job);
		return PG_DONE;
	case LINK_ASIDE:
		aside_check(work, job);
		return PG_DONE;
	default:
		break;
	}
	if (!system_check(job))
		work_refuse(
		    work, job, &work->arena, "MALFORMED", "not a system event");
	else if (job->type == EVENT_REDRIVE)
		return redrive_check(work, job);
	return PG_DONE;
}

/* Decodes and checks; what is refused here needs no database, but for what is
 * set aside. */
static enum pg_class check(
    struct serve *serve, struct job **todo, size_t *ret_count)
{
	struct work *work = &serve->work;
	struct job **refused = todo + work->jobs;
	size_t todos = 0, refusals = 0;
	enum pg_class class = aside_look_up(work);

	for (size_t i = 0; i < work->jobs && class == PG_DONE; i++) {
		struct job *job = &work->job[i];

		if (!job->answered)
			class = check_job(work, job);
		if (job->answered)
			refused[refusals++] = job;
		else
			todo[todos++] = job;
	}
	if (class != PG_DONE)
		return class;
	stage_reset(work);
	done_tell(work, refused, refusals);
	for (size_t i = 0; i < refusals; i++)
		refused[i]->done = true;
	*ret_count = todos;
	return PG_DONE;
}

/* What was not answered waits again, in the order in which it came. */
static void give_back(struct serve *serve)
{
	struct work *work = &serve->work;

	for (size_t i = work->jobs; i > 0; i--) {
		struct parcel *parcel = work->job[i - 1].given;

		if (parcel == NULL)
			continue;
		uplink_return_event(&serve->uplink, parcel);
	}
}

static void free_done(struct work *work)
{
	for (size_t i = 0; i < work->jobs; i++) {
		struct job *job = &work->job[i];

		if (!job->done)
			continue;
		free(job->given);
		job->given = NULL;
	}
}

void serve_batch(struct serve *serve)
{
	struct work *work = &serve->work;
	struct job **todo;
	enum served served = SERVED;
	enum pg_class class;
	size_t count = 0;

	if (!take(serve))
		return;
	todo = calloc(2 * work->jobs, sizeof(struct job *));
	if (todo == NULL) {
		give_back(serve);
		serve->again_at = uplink_now_ms() + AGAIN_MS;
		return;
	}
	class = check(serve, todo, &count);
	if (class != PG_DONE) {
		log_warn("a batch of %zu will be done again: %s", work->jobs,
		    pg_message(work->pg));
		served = class == PG_BROKEN ? SERVED_NEVER : SERVED_LATER;
	} else if (count > 0) {
		qsort(todo, count, sizeof(struct job *), compare_jobs);
		served = settle(serve, todo, count);
	}
	free_done(work);
	if (served != SERVED) {
		give_back(serve);
		serve->again_at = uplink_now_ms() + AGAIN_MS;
	}
	if (served == SERVED_NEVER)
		serve->exit_code = 1;
	free(todo);
	if (work->arena.total > KEEP_BYTES)
		arena_fini(&work->arena);
	arena_reset(&work->arena);
	cache_trim(work->cache);
}
