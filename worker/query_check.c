/* Is what a subscriber has the history that the database has? */
#include <errno.h>
#include <string.h>

#include "query_work.h"

static const Oid of_chain[] = {PG_INT4, PG_INT8};
static const struct pg_statement select_chain = {"query_chain",
    "SELECT chain FROM change WHERE stream = $1 AND \"offset\" = $2", 2,
    of_chain};

/* Takes the query's positions in by bucket. */
static enum asked take_positions(struct check *check)
{
	struct asking *asking = check->asking;
	const struct query *q = &asking->query;
	int32_t first = asking->organization->number * STREAM_BUCKETS;

	for (int32_t i = 0; i < STREAM_BUCKETS; i++)
		check->position[i].stream = first + i;
	for (size_t i = 0; i < q->positions; i++) {
		int32_t stream = q->position[i].stream;

		if (stream < first || stream >= first + STREAM_BUCKETS)
			return asking_refuse(asking, "MALFORMED",
			    "after.%d: expected a stream of %.*s, %d to %d",
			    (int)stream, TEXT_ARGS(q->organization), (int)first,
			    (int)first + STREAM_BUCKETS - 1);
		check->position[stream - first] = q->position[i];
	}
	return ASKED_ANSWERED;
}

/* What the heads alone say; true if the message itself must be looked at. */
static bool check_by_head(struct check *check, int bucket)
{
	const struct stream_position *position = &check->position[bucket];
	const struct head *head = &check->head[bucket];

	if (position->offset > head->feed_offset ||
	    (position->offset > 0 && position->offset == head->feed_offset &&
		memcmp(position->chain, head->feed_chain,
		    sizeof(position->chain)) != 0))
		check->standing[bucket] = DIVERGED;
	return position->offset < head->feed_offset;
}

/* What the message at the position says: with offset 0 that the first one is
 * still there. */
static enum standing check_by_message(
    const struct stream_position *position, const PGresult *result)
{
	struct text chain;

	if (PQntuples(result) == 0)
		return TOO_OLD;
	chain = pg_text(result, 0, 0);
	if (position->offset > 0 &&
	    (chain.length != sizeof(position->chain) ||
		memcmp(chain.at, position->chain, chain.length) != 0))
		return DIVERGED;
	return STANDS;
}

/* Looks at the messages of `count` streams in one round trip. */
static enum asked check_some(
    struct check *check, const int *bucket, size_t count)
{
	struct pg_command command[PG_COMMANDS_MOST] = {0};
	struct pg_values *values = arena_take_many(
	    &check->asking->context->arena, count, sizeof(*values));
	enum asked asked;

	if (values == NULL)
		return asking_errno(check->asking, -ENOMEM);
	for (size_t i = 0; i < count; i++) {
		const struct stream_position *position =
		    &check->position[bucket[i]];

		pg_put_int4(&values[i], position->stream);
		pg_put_int8(
		    &values[i], position->offset > 0 ? position->offset : 1);
		command[i].statement = &select_chain;
		command[i].values = &values[i];
	}
	asked = asking_pg(
	    check->asking, pg_run(check->asking->context->pg, command, count));
	for (size_t i = 0; i < count; i++) {
		if (asked == ASKED_ANSWERED)
			check->standing[bucket[i]] = check_by_message(
			    &check->position[bucket[i]], command[i].result);
		PQclear(command[i].result);
	}
	return asked;
}

static enum asked check_all(struct check *check)
{
	int bucket[STREAM_BUCKETS];
	enum asked asked = ASKED_ANSWERED;
	size_t count = 0;

	for (int i = 0; i < STREAM_BUCKETS; i++) {
		if (check_by_head(check, i))
			bucket[count++] = i;
	}
	for (size_t i = 0; i < count && asked == ASKED_ANSWERED;
	     i += PG_COMMANDS_MOST)
		asked = check_some(check, &bucket[i],
		    count - i < PG_COMMANDS_MOST ? count - i
						 : PG_COMMANDS_MOST);
	return asked;
}

/* Refuses if any stream stands badly; a diverged history goes first. */
static enum asked refuse_bad(struct check *check)
{
	struct asking *asking = check->asking;
	enum standing worst = STANDS;

	for (int i = 0; i < STREAM_BUCKETS; i++) {
		if (check->standing[i] == DIVERGED || worst == STANDS)
			worst = check->standing[i];
	}
	if (worst == STANDS)
		return ASKED_ANSWERED;
	asking->stream_count = 0;
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		if (check->standing[i] == worst)
			asking->streams[asking->stream_count++] =
			    check->position[i].stream;
	}
	if (worst == DIVERGED)
		return asking_refuse(asking, "DIVERGED",
		    "after: stream %d has another history here (a restored "
		    "database?): take a snapshot with the query balances",
		    (int)asking->streams[0]);
	return asking_refuse(asking, "TOO_OLD",
	    "after: messages of stream %d that follow were archived: take a "
	    "snapshot with the query balances",
	    (int)asking->streams[0]);
}

enum asked check_positions(struct check *check)
{
	enum asked asked = asking_heads(check->asking, check->head);

	if (asked == ASKED_ANSWERED)
		asked = take_positions(check);
	if (asked == ASKED_ANSWERED)
		asked = check_all(check);
	if (asked == ASKED_ANSWERED)
		asked = refuse_bad(check);
	return asked;
}
