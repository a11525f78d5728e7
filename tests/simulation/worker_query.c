/* Queries and FETCHes: what the database has, at this moment. */
#include <string.h>

#include "worker.h"

#define PAGE_MOST 40 /* messages in one answer */

static struct text bytes_of(const void *at, size_t size)
{
	return (struct text){at, size};
}

static struct message_body message(int stream, int64_t offset)
{
	const struct posted *change = database_change(stream, offset);

	return (struct message_body){.stream = stream + FIRST_STREAM,
	    .offset = offset,
	    .chain = change->chain,
	    .member = change->member,
	    .cause = change->cause};
}

/* [stream, offset, chain, topic, body], for creditd */
static void fetched(struct worker_model *w, const struct parcel *parcel)
{
	const struct head *head = database_head(parcel->stream);
	int64_t last = parcel->after + parcel->limit;
	struct wire_writer *out;
	struct text frame;

	if (!database_has(w->backend))
		return; /* creditd asks again */
	if (last > head->offset)
		last = head->offset;
	out = worker_write(w, LINK_FETCHED, 5);
	wire_write_int(out, parcel->ticket);
	wire_write_int(out, parcel->stream + FIRST_STREAM);
	wire_write_array(
	    out, (uint32_t)(last > parcel->after ? last - parcel->after : 0));
	for (int64_t i = parcel->after + 1; i <= last; i++) {
		struct message_body body = message(parcel->stream, i);

		wire_write_array(out, 5);
		wire_write_int(out, body.stream);
		wire_write_int(out, i);
		wire_write_bin(out, bytes_of(&body.chain, CHAIN_BYTES));
		wire_write_string(out, "balance");
		wire_write_bin(out, bytes_of(&body, sizeof(body)));
	}
	wire_write_int(out, head->offset);
	/* While it reads, others commit. */
	frame = wire_written(out);
	net_send_late(w->connection, &frame, 1, database_delay() * 10);
}

static void answer(struct worker_model *w, const struct parcel *parcel,
    enum link_answer verb, struct text body)
{
	struct wire_writer *out = worker_write(w, LINK_DONE, 5);

	wire_write_array(out, 1);
	wire_write_array(out, 3);
	wire_write_int(out, parcel->ticket);
	wire_write_int(out, verb);
	wire_write_bin(out, body);
	for (int i = 0; i < 3; i++)
		wire_write_array(out, 0);
	worker_send(w);
}

static void refuse(
    struct worker_model *w, const struct parcel *parcel, const char *code)
{
	struct wire_writer body = {0};

	wire_open_map(&body);
	wire_pair_string(&body, "code", code);
	wire_close(&body);
	answer(w, parcel, LINK_REFUSED, wire_written(&body));
	wire_writer_fini(&body);
}

static const struct position *position_of(const struct ask *ask, int stream)
{
	for (unsigned i = 0; i < ask->positions; i++)
		if (ask->position[i].stream == stream + FIRST_STREAM)
			return &ask->position[i];
	return NULL;
}

static bool has_diverged(const struct position *position, int stream)
{
	const struct posted *change = database_change(stream, position->offset);

	return position->offset > 0 &&
	       (change == NULL || !chain_equal(change->chain, position->chain));
}

/* Messages after the positions, as many as fit; their number comes first. */
static void changes(struct worker_model *w, const struct parcel *parcel)
{
	struct message_body page[PAGE_MOST];
	size_t count = 0;
	int first = parcel->ask.organization * STREAM_BUCKETS;

	for (int i = first; i < first + STREAM_BUCKETS; i++) {
		const struct position *position = position_of(&parcel->ask, i);

		if (position != NULL && has_diverged(position, i)) {
			refuse(w, parcel, "DIVERGED");
			return;
		}
	}
	for (int i = first; i < first + STREAM_BUCKETS; i++) {
		const struct position *position = position_of(&parcel->ask, i);
		int64_t offset = position != NULL ? position->offset : 0;

		while (offset++ < database_head(i)->offset && count < PAGE_MOST)
			page[count++] = message(i, offset);
	}
	answer(w, parcel, LINK_ANSWER, bytes_of(page, count * sizeof(*page)));
}

/* The last message of each member, behind the position of each stream. */
static void balances(struct worker_model *w, const struct parcel *parcel)
{
	struct message_body page[STREAM_BUCKETS + MEMBERS_MOST];
	size_t count = 0;
	int first = parcel->ask.organization * STREAM_BUCKETS;

	for (int i = first; i < first + STREAM_BUCKETS; i++) {
		const struct head *head = database_head(i);

		if (head->offset > 0)
			page[count++] =
			    (struct message_body){.stream = i + FIRST_STREAM,
				.offset = head->offset,
				.chain = head->feed,
				.member = -1};
	}
	for (unsigned m = 0; m < sim.scale.members; m++) {
		int stream = members[m].stream;
		int64_t offset = database_head(stream)->offset;

		if (stream < first || stream >= first + STREAM_BUCKETS)
			continue;
		while (offset > 0 &&
		       database_change(stream, offset)->member != (int)m)
			offset--;
		if (offset > 0)
			page[count++] = message(stream, offset);
	}
	answer(w, parcel, LINK_ANSWER, bytes_of(page, count * sizeof(*page)));
}

void query_answer(struct worker_model *w, const struct parcel *parcel)
{
	if (parcel->verb == LINK_FETCH)
		fetched(w, parcel);
	else if (!database_has(w->backend))
		refuse(w, parcel, "UNAVAILABLE");
	else if (parcel->ask.what == ASK_CHANGES)
		changes(w, parcel);
	else
		balances(w, parcel);
}
