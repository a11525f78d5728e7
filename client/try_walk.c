/* The members of an organization, put together from their events, stream by
 * stream. */
#include "try.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cursor.h"
#include "endpoint.h"
#include "link.h"

enum { E_MEMBER, E_SEQ, E_SOURCE, E_ID, E_TYPE, E_RECEIVED_ON, E_FACT };

/* Draws; false when it is to end. */
static bool go_on(struct try *try)
{
	char note[64] = "";

	if (try->changed > 0)
		snprintf(note, sizeof(note), "%zu changed", try->changed);
	progress_show(&try->progress,
	    &(struct progress_at){
		.done = try->rows,
		.all = try->rows_in_all,
		.count = try->members,
		.what = "members ruled",
		.note = note,
	    },
	    endpoint_now_ms());
	if (interrupted() && !try->failed) {
		progress_clear(&try->progress);
		ctl_fail("interrupted after %zu members; nothing was changed",
		    try->members);
		try->failed = true;
	}
	return !try->failed;
}

static int take_fact(struct member *member, const struct cursor *e)
{
	struct fact head = {
	    .seq = cursor_int8(e, E_SEQ),
	    .source = cursor_text(e, E_SOURCE),
	    .id = cursor_text(e, E_ID),
	    .type = (enum event_type)cursor_int2(e, E_TYPE),
	    .received_on = cursor_date(e, E_RECEIVED_ON),
	};
	int error =
	    member_add_stored_fact(member, &head, cursor_text(e, E_FACT));

	if (error != -EBADMSG)
		return error;
	member->damaged = true;
	return 0;
}

/* The member whose rows come next. */
static bool take_member(struct try *try, struct cursor *e, int32_t stream)
{
	struct member member;
	int error =
	    member_init(&member, cursor_text(e, E_MEMBER), try->number, stream);

	if (error != 0)
		return false;
	for (; error == 0 && e->is_there &&
	       text_equal(cursor_text(e, E_MEMBER), member.name);
	     cursor_next(e)) {
		error = take_fact(&member, e);
		try->rows++;
	}
	/* A cursor that failed ended in the middle of the member. */
	if (error == 0 && !e->failed && !try_member(try, &member))
		error = -ENOMEM;
	member_fini(&member);
	return error == 0;
}

static bool take_stream(struct try *try, int32_t stream)
{
	struct cursor e;
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "select member, seq, source, id, type, received_on, fact"
	    " from event where stream = %d and member <> ''"
	    " and fact is not null order by member collate \"C\", seq",
	    stream);
	cursor_open(&e, try->db, "try_row", sql);
	while (e.is_there && go_on(try)) {
		if (take_member(try, &e, stream))
			continue;
		progress_clear(&try->progress);
		ctl_fail("no memory");
		try->failed = true;
	}
	cursor_close(&e);
	try->failed |= e.failed;
	return !try->failed;
}

static bool count_rows(struct try *try)
{
	char first[16], last[16];
	const char *parameter[] = {first, last};
	PGresult *rows;

	snprintf(first, sizeof(first), "%d", try->number * STREAM_BUCKETS);
	snprintf(last, sizeof(last), "%d",
	    try->number * STREAM_BUCKETS + STREAM_BUCKETS - 1);
	rows = db_query(try->db, "counting the events",
	    "select count(*) from event where stream between $1::int"
	    " and $2::int and member <> '' and fact is not null",
	    2, parameter);
	if (rows == NULL)
		return false;
	try->rows_in_all = db_int(rows, 0, 0);
	PQclear(rows);
	return true;
}

bool try_members(struct try *try)
{
	int32_t first = try->number * STREAM_BUCKETS;
	bool done;

	progress_begin(&try->progress, endpoint_now_ms());
	done = count_rows(try);
	for (int32_t i = 0; done && i < STREAM_BUCKETS; i++)
		done = take_stream(try, first + i);
	progress_clear(&try->progress);
	return done;
}
