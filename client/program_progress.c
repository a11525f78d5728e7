/* Members are ruled again behind partners' events, stream by stream: a stream's
 * last row names the revision that rules it, and `due` has the members who
 * still wait. Both are looked at; nobody keeps count elsewhere. */
#include "program_progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "endpoint.h"
#include "link.h"
#include "program_words.h"
#include "progress.h"
#include "table.h"

#define LOOK_MS  200
#define PAUSE_OF 10 /* looks take at most this part of the time */

static const char doing[] = "looking at the members who wait";

struct following {
	const struct ctl *ctl;
	PGconn *db;
	const char *organization;
	int64_t revision;
	int64_t number; /* the organization's */
	struct progress progress;

	int64_t streams;  /* that the revision rules, or that have no members */
	int64_t waiting;  /* members, in these */
	int64_t most;     /* that ever waited */
	int64_t moved_ms; /* when one of these was another last */
};

/* A stream without rows has nobody to rule. */
static bool look(struct following *f, int64_t *ret_took_ms)
{
	static const char sql[] =
	    "with head as (select s.stream, e.today, e.rules"
	    " from generate_series($1::int, $2::int) s(stream)"
	    " left join lateral (select today, rules from event"
	    " where event.stream = s.stream order by seq desc limit 1) e"
	    " on true)"
	    " select count(*) filter (where coalesce(rules >= $3::int, true)),"
	    " (select count(*) from head h join due d on d.stream = h.stream"
	    " and d.due_on <= h.today where h.rules >= $3::int) from head";
	char first[32], last[32], revision[32];
	const char *parameter[] = {first, last, revision};
	int64_t began = endpoint_now_ms(), streams, waiting;
	PGresult *rows;

	snprintf(first, sizeof(first), "%" PRId64, f->number * STREAM_BUCKETS);
	snprintf(last, sizeof(last), "%" PRId64,
	    f->number * STREAM_BUCKETS + STREAM_BUCKETS - 1);
	snprintf(revision, sizeof(revision), "%" PRId64, f->revision);
	rows = db_query(f->db, doing, sql, 3, parameter);
	if (rows == NULL)
		return false;
	streams = db_int(rows, 0, 0);
	waiting = db_int(rows, 0, 1);
	PQclear(rows);
	if (streams != f->streams || waiting != f->waiting)
		f->moved_ms = endpoint_now_ms();
	f->streams = streams;
	f->waiting = waiting;
	f->most = waiting > f->most ? waiting : f->most;
	*ret_took_ms = endpoint_now_ms() - began;
	return true;
}

static bool is_done(const struct following *f)
{
	return f->streams == STREAM_BUCKETS && f->waiting == 0;
}

static void show(struct following *f)
{
	char note[64] = "";
	json_t *line;

	if (f->streams < STREAM_BUCKETS)
		snprintf(note, sizeof(note), "%" PRId64 " of %d streams",
		    f->streams, STREAM_BUCKETS);
	progress_show(&f->progress,
	    &(struct progress_at){
		.done = f->most - f->waiting,
		.all = f->most,
		.count = (size_t)(f->most - f->waiting),
		.what = "members ruled",
		.note = note,
	    },
	    endpoint_now_ms());
	if (!f->ctl->json)
		return;
	progress_clear(&f->progress);
	line = json_pack("{s:s, s:I, s:i, s:I, s:I, s:b}", "organization",
	    f->organization, "revision", (json_int_t)f->revision, "streams",
	    STREAM_BUCKETS, "streams_ruled", (json_int_t)f->streams, "waiting",
	    (json_int_t)f->waiting, "done", is_done(f));
	print_json(stdout, line);
	fflush(stdout);
	json_decref(line);
}

static void say(struct following *f)
{
	progress_clear(&f->progress);
	if (f->ctl->json)
		return;
	if (is_done(f))
		printf("%s: revision %" PRId64 " rules, and no member waits\n",
		    f->organization, f->revision);
	else
		printf("%s: revision %" PRId64 " rules in %" PRId64
		       " of %d streams; %" PRId64
		       " members wait to be ruled again\n",
		    f->organization, f->revision, f->streams, STREAM_BUCKETS,
		    f->waiting);
}

static void nap(int64_t ms)
{
	const struct timespec time = {
	    .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&time, NULL); /* a signal ends it early */
}

/* It goes on by itself, whoever looks. */
static int leave(struct following *f, const char *why)
{
	say(f);
	ctl_fail("%s; it goes on by itself, and `creditctl program progress "
		 "%s` shows how far it is",
	    why, f->organization);
	return CTL_NO_ANSWER;
}

static int follow(struct following *f, bool wait)
{
	int64_t took = 0, shown[2] = {-1, -1};
	char why[80];

	snprintf(
	    why, sizeof(why), "nothing moved for %ld s", f->ctl->timeout_s);
	while (look(f, &took)) {
		if (!f->ctl->json || shown[0] != f->streams ||
		    shown[1] != f->waiting)
			show(f);
		shown[0] = f->streams;
		shown[1] = f->waiting;
		if (!wait || is_done(f)) {
			say(f);
			return CTL_OK;
		}
		if (endpoint_now_ms() - f->moved_ms > f->ctl->timeout_s * 1000)
			return leave(f, why);
		nap(took * PAUSE_OF > LOOK_MS ? took * PAUSE_OF : LOOK_MS);
		if (interrupted())
			return leave(f, "interrupted");
	}
	progress_clear(&f->progress);
	return CTL_FAILED;
}

static bool find_organization(struct following *f)
{
	const char *parameter[] = {f->organization};
	PGresult *rows = db_query(f->db, doing,
	    "select o.number, max(p.revision) from organization o"
	    " join program p on p.organization = o.number where o.name = $1"
	    " group by o.number",
	    1, parameter);
	bool found = rows != NULL && PQntuples(rows) == 1;

	if (found) {
		f->number = db_int(rows, 0, 0);
		if (f->revision == 0)
			f->revision = db_int(rows, 0, 1);
	} else if (rows != NULL) {
		ctl_fail("%s has no program (creditctl program list shows all)",
		    f->organization);
	}
	PQclear(rows);
	return found;
}

/* creditd_publisher may publish, and does not see members. */
static bool may_look(PGconn *db)
{
	PGresult *rows = db_query(db, doing,
	    "select has_table_privilege('event', 'select')"
	    " and has_table_privilege('due', 'select')",
	    0, NULL);
	bool may = rows != NULL && text_is(db_text(rows, 0, 0), "t");

	PQclear(rows);
	return may;
}

int program_follow(const struct ctl *ctl, PGconn *db, const char *organization,
    int64_t revision, bool wait)
{
	struct following f = {.ctl = ctl,
	    .db = db,
	    .organization = organization,
	    .revision = revision,
	    .streams = -1};

	if (!may_look(db)) {
		fprintf(stderr,
		    "creditctl: this role may not see how far the members are "
		    "ruled again: `creditctl program progress %s` with another "
		    "--dsn shows it\n",
		    organization);
		return CTL_OK;
	}
	progress_begin(&f.progress, endpoint_now_ms());
	if (!find_organization(&f))
		return CTL_FAILED;
	return follow(&f, wait);
}

int program_progress(
    struct ctl *ctl, const struct program_options *options, char **argument)
{
	PGconn *db = db_open(ctl);
	int code = CTL_FAILED;

	if (db != NULL)
		code =
		    program_follow(ctl, db, argument[0], 0, !options->no_wait);
	PQfinish(db);
	return code;
}
