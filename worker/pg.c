/* The connection: opening it, checking the server, running pipelines. */
#include "pg.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema.h"

#define OPEN_MS           2000  /* most time for one attempt to connect */
#define RUN_MS            60000 /* a pipeline that takes longer is given up */
#define BACK_OFF_FIRST_MS 100
#define CHECK_MS          1000 /* between looks at fsync */
#define BACK_OFF_MOST_MS  2000
#define TURN_MS           50 /* beats while waiting come at least so often */
#define PREPARED_MOST     64

struct pg {
	struct pg_options options;
	PGconn *conn;
	const struct pg_statement *prepared[PREPARED_MOST];
	size_t prepared_count;
	int64_t retry_at; /* monotonic ms */
	int back_off_ms;
	int64_t checked_at; /* when fsync was looked at */
	int64_t server;     /* see pg_server() */
	char state[6];      /* SQLSTATE of the last error */
	char message[512];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void say(struct pg *pg, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps one line: libpq's messages end with, and may hold, newlines. */
static void say(struct pg *pg, const char *format, ...)
{
	va_list arguments;
	size_t length;

	va_start(arguments, format);
	vsnprintf(pg->message, sizeof(pg->message), format, arguments);
	va_end(arguments);
	length = strlen(pg->message);
	while (length > 0 && pg->message[length - 1] == '\n')
		pg->message[--length] = '\0';
	for (size_t i = 0; i < length; i++)
		if (pg->message[i] == '\n' || pg->message[i] == '\t')
			pg->message[i] = ' ';
}

const char *pg_message(const struct pg *pg)
{
	return pg->message;
}

bool pg_is_state(const struct pg *pg, const char *sqlstate)
{
	return strcmp(pg->state, sqlstate) == 0;
}

struct pg *pg_create(const struct pg_options *options)
{
	struct pg *pg = calloc(1, sizeof(*pg));

	if (pg == NULL)
		return NULL;
	pg->options = *options;
	pg->back_off_ms = BACK_OFF_FIRST_MS;
	return pg;
}

void pg_destroy(struct pg *pg)
{
	if (pg == NULL)
		return;
	pg_close(pg);
	free(pg);
}

void pg_close(struct pg *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->prepared_count = 0;
}

bool pg_is_open(const struct pg *pg)
{
	return pg->conn != NULL;
}

int pg_wait_ms(const struct pg *pg)
{
	int64_t left = pg->conn != NULL ? 0 : pg->retry_at - now_ms();

	return left > 0 ? (int)left : 0;
}

/* The one wait: until the socket is ready for `events` or the deadline has
 * passed, with a beat each turn. */
static bool pg_wait(struct pg *pg, short events, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = PQsocket(pg->conn), .events = events};

	for (;;) {
		int64_t left = deadline - now_ms();
		int ready;

		if (pg->options.beat != NULL)
			pg->options.beat(pg->options.context);
		if (left <= 0 || poll_fd.fd < 0)
			return false;
		ready = poll(&poll_fd, 1, left < TURN_MS ? (int)left : TURN_MS);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

/* ---- opening */

static bool start(struct pg *pg)
{
	/* Later words win: what the DSN says comes last. */
	const char *const words[] = {"application_name", "client_encoding",
	    "keepalives_idle", "keepalives_interval", "keepalives_count",
	    "tcp_user_timeout", "target_session_attrs", "dbname", NULL};
	const char *const values[] = {pg->options.application, "UTF8", "15",
	    "5", "3", "10000", pg->options.read_only ? "any" : "read-write",
	    pg->options.dsn, NULL};
	int64_t deadline = now_ms() + OPEN_MS;

	pg->conn = PQconnectStartParams(words, values, 1);
	if (pg->conn == NULL) {
		say(pg, "out of memory");
		return false;
	}
	for (PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	     PQstatus(pg->conn) != CONNECTION_BAD;
	     next = PQconnectPoll(pg->conn)) {
		if (next == PGRES_POLLING_OK)
			return true;
		if (next == PGRES_POLLING_FAILED)
			break;
		if (!pg_wait(pg,
			next == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			deadline)) {
			say(pg, "no answer within %d ms", OPEN_MS);
			return false;
		}
	}
	say(pg, "%s", PQerrorMessage(pg->conn));
	return false;
}

/* The next result once it is there; false: the connection is lost. */
static bool next_result(struct pg *pg, int64_t deadline, PGresult **ret)
{
	while (PQisBusy(pg->conn)) {
		if (!pg_wait(pg, POLLIN, deadline)) {
			say(pg, "no answer within %d ms", RUN_MS);
			return false;
		}
		if (!PQconsumeInput(pg->conn)) {
			say(pg, "%s", PQerrorMessage(pg->conn));
			return false;
		}
	}
	*ret = PQgetResult(pg->conn);
	return true;
}

static bool flush(struct pg *pg, int64_t deadline)
{
	int left;

	while ((left = PQflush(pg->conn)) == 1) {
		if (!pg_wait(pg, POLLIN | POLLOUT, deadline) ||
		    !PQconsumeInput(pg->conn)) {
			left = -1;
			break;
		}
	}
	if (left < 0)
		say(pg, "%s", PQerrorMessage(pg->conn));
	return left == 0;
}

static const struct pg_statement setting = {.name = "creditd_session",
    /* Generic plans by nested loops over indexes: a plan that was made while
     * a table was empty must still be right when it has grown, and planning
     * anew costs too much. */
    .sql = "SELECT set_config('enable_seqscan', $3, false),"
	   " set_config('enable_hashjoin', $3, false),"
	   " set_config('enable_mergejoin', $3, false),"
	   " set_config('jit', 'off', false),"
	   " set_config('plan_cache_mode', $1, false),"
	   " set_config('statement_timeout', '30s', false),"
	   " set_config('lock_timeout', '5s', false),"
	   " set_config('timezone', 'UTC', false),"
	   " set_config('default_transaction_read_only', $2, false),"
	   " set_config('default_transaction_isolation',"
	   " 'read committed', false),"
	   /* As it is now: a reload of the server must not change it. */
	   " set_config('synchronous_commit',"
	   " current_setting('synchronous_commit'), false),"
	   " current_setting('fsync') = 'on',"
	   " current_setting('synchronous_commit') NOT IN ('off'),"
	   " pg_is_in_recovery(),"
	   " to_regclass('schema_version') IS NOT NULL,"
	   " pg_postmaster_start_time(), (SELECT oid::int8 FROM pg_database"
	   " WHERE datname = current_database())",
    .count = 3,
    .types = (const Oid[]){PG_TEXT, PG_TEXT, PG_TEXT}};

static const struct pg_statement schema = {.name = "creditd_schema",
    .sql = "SELECT max(version), max(compatible_from) FROM schema_version"};

/* Whether the schema is one that this program knows. */
static enum pg_class check_schema(struct pg *pg)
{
	PGresult *result;
	enum pg_class class = pg_query(pg, &schema, NULL, &result);
	int version, from;

	if (class != PG_DONE)
		return PG_AWAY;
	version = pg_int4(result, 0, 0);
	from = pg_int4(result, 0, 1);
	PQclear(result);
	if (version < SCHEMA_VERSION) {
		say(pg,
		    "the database's schema is at step %d, this program "
		    "needs %d: run `creditctl migrate`",
		    version, SCHEMA_VERSION);
		return PG_AWAY;
	}
	if (from > SCHEMA_VERSION) {
		say(pg,
		    "the database's schema (step %d) needs programs that "
		    "know step %d, this one knows %d: upgrade it",
		    version, from, SCHEMA_VERSION);
		return PG_AWAY;
	}
	return PG_DONE;
}

/* Prepares the session and refuses a server that can't keep the promise. */
static enum pg_class check_server(struct pg *pg)
{
	struct pg_values values = {0};
	bool writes = !pg->options.read_only;
	PGresult *result;
	const char *unfit = NULL;

	pg_put_text(
	    &values, writes ? TEXT("force_generic_plan") : TEXT("auto"));
	pg_put_text(&values, writes ? TEXT("off") : TEXT("on"));
	pg_put_text(&values, writes ? TEXT("off") : TEXT("on"));
	if (pg_query(pg, &setting, &values, &result) != PG_DONE)
		return PG_AWAY;
	if (writes && !pg_bool(result, 0, 11))
		unfit = "the server runs with fsync = off: an answer would "
			"not be safe; switch it on";
	else if (writes && !pg_bool(result, 0, 12))
		unfit = "synchronous_commit is off for this role or server: "
			"an answer would not be safe; set it to on";
	else if (writes && pg_bool(result, 0, 13))
		unfit = "the server is a read-only standby";
	else if (!pg_bool(result, 0, 14))
		unfit = "the database has no schema of creditd (or this role "
			"may not see it): run `creditctl migrate`";
	/* Microseconds: no two starts are as near as that. */
	pg->server = pg_time(result, 0, 15) + pg_int8(result, 0, 16);
	PQclear(result);
	if (unfit != NULL) {
		say(pg, "%s", unfit);
		return PG_AWAY;
	}
	return check_schema(pg);
}

int64_t pg_server(const struct pg *pg)
{
	return pg->server;
}

static const struct pg_statement flushes = {
    .name = "creditd_flushes", .sql = "SELECT current_setting('fsync') = 'on'"};

enum pg_class pg_check_flushes(struct pg *pg)
{
	enum pg_class class;
	PGresult *result;
	bool safe;

	if (now_ms() - pg->checked_at < CHECK_MS)
		return PG_DONE;
	class = pg_query(pg, &flushes, NULL, &result);
	if (class != PG_DONE)
		return class;
	safe = pg_bool(result, 0, 0);
	PQclear(result);
	pg->checked_at = now_ms();
	if (safe)
		return PG_DONE;
	say(pg, "fsync was switched off: an answer would not be safe; switch "
		"it on");
	pg_close(pg);
	return PG_AWAY;
}

enum pg_class pg_open(struct pg *pg)
{
	if (pg->conn != NULL)
		return PG_DONE;
	if (now_ms() < pg->retry_at)
		return PG_AWAY;
	if (start(pg) && PQsetnonblocking(pg->conn, 1) == 0 &&
	    PQenterPipelineMode(pg->conn) == 1 && check_server(pg) == PG_DONE) {
		pg->back_off_ms = BACK_OFF_FIRST_MS;
		return PG_DONE;
	}
	pg_close(pg);
	pg->retry_at = now_ms() + pg->back_off_ms;
	pg->back_off_ms *= 2;
	if (pg->back_off_ms > BACK_OFF_MOST_MS)
		pg->back_off_ms = BACK_OFF_MOST_MS;
	return PG_AWAY;
}

/* ---- running */

static bool is_prepared(const struct pg *pg, const struct pg_statement *wanted)
{
	for (size_t i = 0; i < pg->prepared_count; i++)
		if (pg->prepared[i] == wanted)
			return true;
	return false;
}

/* What one call of pg_run() goes through. */
struct run {
	struct pg *pg;
	int64_t deadline;
	bool prepares[PG_COMMANDS_MOST]; /* a PREPARE goes first */
	bool failed;
	bool synced;
};

/* Is it to be prepared in front of command number `i`? Not if it was, be it
 * earlier in this very pipeline. */
static bool must_prepare(
    const struct run *run, const struct pg_command *command, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (command[before].statement == command[i].statement)
			return false;
	return !is_prepared(run->pg, command[i].statement);
}

static bool send_command(
    struct run *run, const struct pg_command *command, bool prepares)
{
	static int formats[PG_VALUES_MOST];
	const struct pg_statement *statement = command->statement;
	const struct pg_values *values = command->values;
	PGconn *conn = run->pg->conn;

	for (int i = 0; i < PG_VALUES_MOST; i++)
		formats[i] = 1;
	assert((values != NULL ? values->count : 0) == statement->count);
	if (prepares && !PQsendPrepare(conn, statement->name, statement->sql,
			    statement->count, statement->types))
		return false;
	return PQsendQueryPrepared(conn, statement->name, statement->count,
		   values != NULL ? values->value : NULL,
		   values != NULL ? values->length : NULL, formats, 1) != 0;
}

static void keep_error(struct run *run, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *primary =
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

	if (run->failed)
		return;
	run->failed = true;
	snprintf(run->pg->state, sizeof(run->pg->state), "%s",
	    state != NULL ? state : "");
	say(run->pg, "%s%s%s%s%s",
	    primary != NULL ? primary : PQresultErrorMessage(result),
	    detail != NULL ? ": " : "", detail != NULL ? detail : "",
	    state != NULL ? " " : "", state != NULL ? state : "");
}

/* Reads one result and what ends it. Gives it to `ret` (may be NULL) if it is
 * a good one. A commit-time error belongs to no statement: the caller reads on
 * until the Sync. False: the connection is lost. */
static bool take(struct run *run, PGresult **ret)
{
	PGresult *result, *end;

	if (!next_result(run->pg, run->deadline, &result))
		return false;
	if (result == NULL)
		return PQstatus(run->pg->conn) == CONNECTION_OK;
	switch (PQresultStatus(result)) {
	case PGRES_PIPELINE_SYNC:
		run->synced = true;
		PQclear(result);
		return true;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		if (ret != NULL)
			*ret = result;
		else
			PQclear(result);
		break;
	case PGRES_PIPELINE_ABORTED:
		PQclear(result);
		break;
	default:
		keep_error(run, result);
		PQclear(result);
	}
	return next_result(run->pg, run->deadline, &end) && end == NULL;
}

static bool send_all(
    struct run *run, const struct pg_command *command, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		run->prepares[i] = must_prepare(run, command, i);
		if (!send_command(run, &command[i], run->prepares[i])) {
			say(run->pg, "%s", PQerrorMessage(run->pg->conn));
			return false;
		}
	}
	if (!PQpipelineSync(run->pg->conn)) {
		say(run->pg, "%s", PQerrorMessage(run->pg->conn));
		return false;
	}
	return flush(run->pg, run->deadline);
}

static bool take_all(struct run *run, struct pg_command *command, size_t count)
{
	struct pg *pg = run->pg;

	for (size_t i = 0; i < count && !run->synced; i++) {
		if (run->prepares[i]) {
			if (!take(run, NULL))
				return false;
			if (!run->failed &&
			    !is_prepared(pg, command[i].statement)) {
				assert(pg->prepared_count < PREPARED_MOST);
				pg->prepared[pg->prepared_count++] =
				    command[i].statement;
			}
		}
		if (!take(run, &command[i].result))
			return false;
	}
	for (int extra = 0; !run->synced; extra++)
		if (extra > 8 || !take(run, NULL))
			return false;
	return true;
}

enum pg_class pg_run(struct pg *pg, struct pg_command *command, size_t count)
{
	struct run run = {.pg = pg, .deadline = now_ms() + RUN_MS};
	enum pg_class class = PG_DONE;

	assert(count <= PG_COMMANDS_MOST);
	for (size_t i = 0; i < count; i++)
		command[i].result = NULL;
	pg->state[0] = '\0';
	if (pg->conn == NULL) {
		say(pg, "not connected");
		return PG_AWAY;
	}
	if (!send_all(&run, command, count) || !take_all(&run, command, count))
		class = PG_AWAY;
	else if (run.failed)
		class = pg_classify(pg->state);
	if (class == PG_DONE)
		return class;
	for (size_t i = 0; i < count; i++) {
		PQclear(command[i].result);
		command[i].result = NULL;
	}
	/* A transaction that began with BEGIN outlives the Sync when it fails.
	 */
	if (class == PG_AWAY || PQtransactionStatus(pg->conn) != PQTRANS_IDLE) {
		pg_close(pg);
		pg->retry_at = now_ms();
	}
	return class;
}

enum pg_class pg_query(struct pg *pg, const struct pg_statement *statement,
    const struct pg_values *values, PGresult **ret_result)
{
	struct pg_command command = {.statement = statement, .values = values};
	enum pg_class class = pg_run(pg, &command, 1);

	*ret_result = command.result;
	return class;
}
