/* The worker's main loop, and its dealings with creditd and the database. */
#include "serve.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"
#include "version.h"

#define QUERIES_A_TURN 16
#define WAIT_MS        50   /* most time without a look at the clock */
#define LEAVE_MS       5000 /* most time for a farewell */
#define EX_CONFIG      78

static void beat(void *context)
{
	struct serve *serve = context;

	uplink_beat(&serve->uplink);
	supervisor_beat(&serve->supervisor, &serve->uplink);
}

static bool make_connections(struct serve *serve)
{
	const struct settings *settings = serve->settings;
	struct pg_options options = {.dsn = settings->dsn,
	    .application = serve->application,
	    .beat = beat,
	    .context = serve};

	snprintf(serve->application, sizeof(serve->application),
	    "creditd-worker %s", settings->name);
	snprintf(serve->query_application, sizeof(serve->query_application),
	    "creditd-query %s", settings->name);
	serve->pg = pg_create(&options);
	options.application = serve->query_application;
	options.read_only = true;
	serve->query_pg = pg_create(&options);
	serve->programs = programs_create();
	return serve->pg != NULL && serve->query_pg != NULL &&
	       serve->programs != NULL;
}

int serve_init(struct serve *serve, const struct settings *settings)
{
	unsigned char random[16];
	int error;

	*serve = (struct serve){.settings = settings};
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(serve->incarnation, sizeof(serve->incarnation), random,
	    sizeof(random));
	error = uplink_init(&serve->uplink, settings->creditd);
	if (error < 0) {
		log_error("creditd: '%s' is no endpoint to connect to (%s)",
		    settings->creditd, strerror(-error));
		return EX_CONFIG;
	}
	if (!make_connections(serve)) {
		log_error("out of memory");
		return 1;
	}
	cache_init(&serve->cache, (size_t)settings->memory_mib << 20);
	serve->work = (struct work){.pg = serve->pg,
	    .programs = serve->programs,
	    .cache = &serve->cache,
	    .uplink = &serve->uplink,
	    .pause_before_commit = settings->pause_before_commit};
	serve->query = (struct query_context){
	    .pg = serve->query_pg, .programs = serve->programs};
	uplink_set_database(
	    &serve->uplink, LINK_DATABASE_AWAY, "not connected yet");
	return 0;
}

static void work_fini(struct work *work)
{
	stage_reset(work);
	arena_fini(&work->arena);
	arena_fini(&work->attempt);
	arena_fini(&work->scratch);
	wire_writer_fini(&work->out);
	wire_writer_fini(&work->stored);
	ledger_fini(&work->rows);
	free(work->job);
	free(work->staged);
	free(work->told);
	free(work->used);
}

void serve_fini(struct serve *serve)
{
	work_fini(&serve->work);
	query_fini(&serve->query);
	wire_writer_fini(&serve->answer);
	cache_fini(&serve->cache);
	programs_destroy(serve->programs);
	pg_destroy(serve->query_pg);
	pg_destroy(serve->pg);
	uplink_fini(&serve->uplink);
}

/* ---- heads, and HELLO */

struct heads {
	struct head *head;
	struct head **list;
	size_t count;
};

/* All streams that there can be. */
static bool list_heads(const struct serve *serve, struct heads *heads)
{
	size_t organizations;
	const struct organization *organization =
	    programs_all(serve->programs, &organizations);
	size_t count = organizations * STREAM_BUCKETS;

	heads->head = calloc(count + 1, sizeof(*heads->head));
	heads->list = calloc(count + 1, sizeof(struct head *));
	heads->count = count;
	if (heads->head == NULL || heads->list == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		heads->head[i].stream =
		    organization[i / STREAM_BUCKETS].number * STREAM_BUCKETS +
		    (int32_t)(i % STREAM_BUCKETS);
		heads->list[i] = &heads->head[i];
	}
	return true;
}

static void heads_fini(struct heads *heads)
{
	free(heads->head);
	free(heads->list);
}

static bool read_heads(struct serve *serve, struct heads *heads)
{
	struct ledger_load load;

	if (!list_heads(serve, heads))
		return false;
	load = (struct ledger_load){.head = heads->list, .heads = heads->count};
	return heads->count == 0 || ledger_load(serve->pg, &load) == PG_DONE;
}

static void write_hello(struct serve *serve, const struct heads *heads)
{
	const struct settings *settings = serve->settings;
	bool well = serve->uplink.database == LINK_DATABASE_WELL;
	struct wire_writer *out;
	const struct head **list =
	    calloc(heads->count + 1, sizeof(struct head *));

	if (list == NULL)
		return;
	for (size_t i = 0; i < heads->count; i++)
		list[i] = heads->list[i];
	out = uplink_begin(&serve->uplink, LINK_HELLO, 12);
	wire_write_int(out, LINK_VERSION);
	wire_write_string(out, settings->name);
	wire_write_string(out, serve->incarnation);
	wire_write_string(out, CREDITD_VERSION);
	wire_write_int(out, SCHEMA_VERSION);
	wire_write_int(out, settings->window);
	wire_write_int(out, settings->query_window);
	wire_write_int(out, serve->uplink.database);
	done_write_organizations(out, serve->programs);
	done_write_heads(out, list, heads->count);
	wire_write_int(out, LINK_CAN_ISOLATE);
	if (uplink_send(&serve->uplink)) {
		serve->uplink.hello_at = uplink_now_ms();
		serve->uplink.welcome = false;
		serve->has_said_heads = well;
	}
	free(list);
}

/* Says who it is and where all streams stand. What waits is forgotten: creditd
 * has given it, or will give it, to whom it knows. */
static void say_hello(struct serve *serve)
{
	struct heads heads = {0};

	uplink_forget(&serve->uplink);
	if (serve->uplink.database == LINK_DATABASE_WELL) {
		load_programs(&serve->work);
		if (!read_heads(serve, &heads)) {
			heads_fini(&heads);
			return; /* again when the database is back */
		}
	}
	write_hello(serve, &heads);
	heads_fini(&heads);
}

/* ---- the database */

static bool get_to_know(struct serve *serve)
{
	enum pg_class class;

	if (serve->is_known)
		return true;
	class = ledger_key(serve->pg, serve->work.key);
	if (class == PG_BROKEN)
		log_error("the key of digests can't be read (table "
			  "digest_key): %s",
		    pg_message(serve->pg));
	if (class != PG_DONE ||
	    programs_load(serve->programs, serve->pg) != PG_DONE)
		return false;
	serve->is_known = true;
	return true;
}

/* After a start of the server streams may stand elsewhere than before (another
 * server, a restored one): what is held is forgotten, and creditd hears all
 * heads again. */
static void on_connected(struct serve *serve)
{
	log_info("database: connected");
	if (serve->server != pg_server(serve->pg)) {
		cache_forget(&serve->cache);
		serve->has_said_heads = false;
		serve->server = pg_server(serve->pg);
	}
	uplink_set_database(&serve->uplink, LINK_DATABASE_WELL, "");
	if (serve->uplink.welcome && !serve->has_said_heads)
		say_hello(serve);
}

static void keep_connected(struct serve *serve)
{
	char before[sizeof(serve->uplink.message)];

	if (pg_is_open(serve->pg) &&
	    serve->uplink.database == LINK_DATABASE_WELL)
		return;
	if (pg_wait_ms(serve->pg) > 0)
		return;
	if (pg_open(serve->pg) == PG_DONE && get_to_know(serve)) {
		on_connected(serve);
		return;
	}
	snprintf(before, sizeof(before), "%s", serve->uplink.message);
	uplink_set_database(
	    &serve->uplink, LINK_DATABASE_AWAY, pg_message(serve->pg));
	if (strcmp(before, serve->uplink.message) != 0)
		log_warn("database: %s", serve->uplink.message);
	pg_close(serve->pg);
}

/* ---- queries */

static bool answer_query(struct serve *serve, const struct parcel *parcel)
{
	struct query_request request = {.source = parcel->source,
	    .flags = parcel->flags,
	    .today = parcel->received_on,
	    .key = parcel->key,
	    .body = parcel->body};
	enum link_answer verb =
	    query_answer(&serve->query, &request, &serve->answer);
	struct wire_writer *out = uplink_begin(&serve->uplink, LINK_DONE, 5);

	wire_write_array(out, 1);
	wire_write_array(out, 3);
	wire_write_int(out, parcel->ticket);
	wire_write_int(out, verb);
	wire_write_bin(out, wire_written(&serve->answer));
	for (int i = 0; i < 3; i++)
		wire_write_array(out, 0);
	return uplink_send(&serve->uplink);
}

static bool answer_fetch(struct serve *serve, const struct parcel *parcel)
{
	int64_t head;
	struct wire_writer *out;

	/* Without an answer creditd asks again, perhaps another worker. */
	if (query_fetch(&serve->query, parcel->stream, parcel->after,
		parcel->limit, &serve->answer, &head) != PG_DONE)
		return true;
	out = uplink_begin(&serve->uplink, LINK_FETCHED, 5);
	wire_write_int(out, parcel->ticket);
	wire_write_int(out, parcel->stream);
	wire_write_raw(out, wire_written(&serve->answer));
	wire_write_int(out, head);
	return uplink_send(&serve->uplink);
}

static void serve_queries(struct serve *serve)
{
	for (int i = 0; i < QUERIES_A_TURN; i++) {
		struct parcel *parcel = uplink_next_query(&serve->uplink);
		bool sent;

		if (parcel == NULL)
			return;
		sent = parcel->verb == LINK_FETCH ? answer_fetch(serve, parcel)
						  : answer_query(serve, parcel);
		free(parcel);
		uplink_beat(&serve->uplink);
		if (!sent)
			return;
	}
}

/* ---- the loop */

static bool may_serve(const struct serve *serve)
{
	return serve->uplink.event_count > 0 && pg_is_open(serve->pg) &&
	       serve->uplink.database == LINK_DATABASE_WELL &&
	       uplink_now_ms() >= serve->again_at;
}

static void turn(struct serve *serve)
{
	struct uplink *uplink = &serve->uplink;
	bool busy = may_serve(serve) || uplink->query_count > 0;

	uplink_wait(uplink, busy ? 0 : WAIT_MS);
	uplink_receive(uplink);
	keep_connected(serve);
	if (uplink_wants_hello(uplink))
		say_hello(serve);
	if (may_serve(serve))
		serve_batch(serve);
	serve_queries(serve);
	beat(serve);
}

/* What creditd has given is finished first; it gives nothing more. */
static void leave(struct serve *serve)
{
	struct uplink *uplink = &serve->uplink;
	int64_t deadline = uplink_now_ms() + LEAVE_MS;

	supervisor_stopping();
	if (!uplink->welcome)
		return;
	(void)uplink_begin(uplink, LINK_BYE, 1);
	if (!uplink_send_now(uplink))
		return; /* creditd left first: nobody waits for us */
	while (serve->exit_code == 0 && uplink_now_ms() < deadline &&
	       uplink->welcome && !(uplink->bye && uplink->event_count == 0))
		turn(serve);
}

int serve_run(struct serve *serve, const volatile int *stop)
{
	log_info(
	    "started, connecting to creditd at %s", serve->settings->creditd);
	supervisor_ready(&serve->supervisor);
	while (*stop == 0 && serve->exit_code == 0) {
		turn(serve);
		if (serve->uplink.turned_away[0] != '\0') {
			log_error("creditd turned this worker away: %s",
			    serve->uplink.turned_away);
			return EX_CONFIG;
		}
	}
	leave(serve);
	log_info("stopped");
	return serve->exit_code;
}
