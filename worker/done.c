/* What creditd is told when a batch is committed.
 *
 * Messages first, then heads and answers: creditd publishes what it hears in
 * order, and an answer to a system event counts on the heads beside it. */
#include <string.h>

#include "work.h"

static struct text chain_text(const uint8_t chain[CHAIN_SIZE])
{
	return (struct text){(const char *)chain, CHAIN_SIZE};
}

static void write_head(struct wire_writer *writer, const struct head *head)
{
	wire_write_array(writer, 8);
	wire_write_int(writer, head->stream);
	wire_write_int(writer, head->seq);
	wire_write_int(writer, head->feed_offset);
	wire_write_bin(writer, chain_text(head->feed_chain));
	wire_write_int(writer, head->today);
	wire_write_bool(writer, head->due);
	wire_write_int(writer, head->rules);
	wire_write_int(writer, head->asides);
}

void done_write_heads(
    struct wire_writer *writer, const struct head *const *head, size_t count)
{
	uint32_t there = 0;

	for (size_t i = 0; i < count; i++)
		there += head[i]->seq > 0;
	wire_write_array(writer, there);
	for (size_t i = 0; i < count; i++)
		if (head[i]->seq > 0)
			write_head(writer, head[i]);
}

void done_write_organizations(
    struct wire_writer *writer, const struct programs *programs)
{
	size_t count;
	const struct organization *organization =
	    programs_all(programs, &count);

	wire_write_array(writer, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		wire_write_array(writer, 4);
		wire_write_int(writer, organization[i].number);
		wire_write_text(writer, organization[i].name);
		wire_write_text(writer, organization[i].time_zone);
		wire_write_int(writer, organization[i].revision);
	}
}

/* ---- messages */

/* Telling: where we are in the lists. */
struct telling {
	struct work *work;
	struct job **job;
	size_t jobs, next_job;
	size_t next_told;
};

static bool is_won(const struct work *work, int32_t stream)
{
	for (size_t i = 0; i < work->staged_count; i++)
		if (work->staged[i].stream->head.stream == stream)
			return work->staged[i].won;
	return false;
}

/* As many messages as fit; those of lost streams are left out. */
static void write_told(struct telling *t, struct wire_writer *out)
{
	struct work *work = t->work;
	size_t last = t->next_told, size = 0;
	uint32_t count = 0;
	int32_t stream = -1;
	bool won = false;

	for (; last < work->told_count && size < (size_t)LINK_DONE_TARGET;
	     last++) {
		struct told *told = &work->told[last];

		if (told->stream != stream)
			won = is_won(work, told->stream);
		stream = told->stream;
		if (!won)
			told->topic = TEXT_NONE;
		else
			size += told->topic.length + told->body.length + 48;
		count += won;
	}
	wire_write_array(out, count);
	for (; t->next_told < last; t->next_told++) {
		const struct told *told = &work->told[t->next_told];

		if (told->topic.at == NULL)
			continue;
		wire_write_array(out, 5);
		wire_write_int(out, told->stream);
		wire_write_int(out, told->offset);
		wire_write_bin(out, chain_text(told->chain));
		wire_write_text(out, told->topic);
		wire_write_bin(out, told->body);
	}
}

static void write_answers(
    struct telling *t, struct wire_writer *out, size_t room)
{
	size_t last = t->next_job, size = 0;
	uint32_t count = 0;

	for (; last < t->jobs && size < room; last++) {
		size += t->job[last]->body.length + 24;
		count++;
	}
	wire_write_array(out, count);
	for (; t->next_job < last; t->next_job++) {
		const struct job *job = t->job[t->next_job];

		wire_write_array(out, 3);
		wire_write_int(out, job->parcel->ticket);
		wire_write_int(out, job->verb);
		wire_write_bin(out, job->body);
	}
}

/* Streams whose heads are worth telling: those that moved, those of system
 * events, for who is still due, and those that were found further on: perhaps
 * by a commit whose worker could tell nobody. */
static void write_heads(struct telling *t, struct wire_writer *out)
{
	struct work *work = t->work;
	const struct head **head = arena_take_many(&work->scratch,
	    work->staged_count + t->jobs + 1, sizeof(struct head *));
	size_t count = 0;

	if (head == NULL) {
		wire_write_array(out, 0);
		return;
	}
	for (size_t i = 0; i < work->staged_count; i++)
		if (work->staged[i].won)
			head[count++] = &work->staged[i].stream->head;
	for (size_t i = 0; i < t->jobs; i++) {
		const struct job *job = t->job[i];

		if (job->stream == NULL ||
		    (job->parcel->kind != LINK_SYSTEM && !job->stream->news))
			continue;
		job->stream->news = false;
		if (!is_won(work, job->stream->head.stream))
			head[count++] = &job->stream->head;
	}
	done_write_heads(out, head, count);
}

/* [DONE, answers, changes, heads, organizations] */
static bool tell(struct telling *t)
{
	struct work *work = t->work;
	struct wire_writer *out = uplink_begin(work->uplink, LINK_DONE, 5);
	struct wire_writer changes = {0};
	bool is_last;

	write_told(t, &changes);
	is_last = t->next_told == work->told_count;
	write_answers(t, out, is_last ? (size_t)LINK_DONE_TARGET : 0);
	wire_write_raw(out, wire_written(&changes));
	if (changes.failed)
		out->failed = true;
	wire_writer_fini(&changes);
	if (is_last)
		write_heads(t, out);
	else
		wire_write_array(out, 0);
	wire_write_array(out, 0);
	return uplink_send(work->uplink);
}

void done_tell(struct work *work, struct job **job, size_t count)
{
	struct telling t = {.work = work, .job = job, .jobs = count};

	if (count == 0)
		return;
	do {
		arena_reset(&work->scratch);
		if (!tell(&t))
			return;
	} while (t.next_told < work->told_count || t.next_job < t.jobs);
}
