/* Workers: the link to creditd as in worker/uplink.c and serve.c, in a loop of
 * one thread: while a batch is at work nothing is read, but beats go out. */
#include "worker.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_US        (50 * MS)
#define HELLO_AGAIN_US SECOND
#define SILENCE_US     (4 * SECOND)

struct stored_message {
	struct stored_message *following;
	size_t size[2];
	size_t count;
	char bytes[];
};

static struct worker_model workers[WORKERS_SIM];

static void look(void *arg, uint64_t life);

/* ---- out */

struct wire_writer *worker_write(
    struct worker_model *w, enum link_verb verb, uint32_t items)
{
	wire_writer_reset(&w->out);
	wire_write_array(&w->out, items);
	wire_write_int(&w->out, verb);
	return &w->out;
}

void worker_send(struct worker_model *w)
{
	struct text frame = wire_written(&w->out);

	net_send(w->connection, &frame, 1);
}

static void send_beat(struct worker_model *w)
{
	struct wire_writer out = {0};
	struct text frame;

	wire_write_array(&out, 3);
	wire_write_int(&out, LINK_BEAT);
	wire_write_int(&out, w->well ? LINK_DATABASE_WELL : LINK_DATABASE_AWAY);
	wire_write_string(&out, "");
	frame = wire_written(&out);
	w->beaten_at_us = sim.now_us;
	net_send(w->connection, &frame, 1);
	wire_writer_fini(&out);
}

void worker_write_heads(struct wire_writer *out, const int *stream,
    const struct head *head, size_t count)
{
	wire_write_array(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		wire_write_array(out, 7);
		wire_write_int(out, stream[i] + FIRST_STREAM);
		wire_write_int(out, head[i].seq);
		wire_write_int(out, head[i].offset);
		wire_write_bin(out,
		    (struct text){(const char *)&head[i].feed, CHAIN_BYTES});
		wire_write_int(out, head[i].today);
		wire_write_bool(out, head[i].due > 0);
		wire_write_int(out, head[i].rules);
	}
}

static void say_hello(struct worker_model *w)
{
	char name[8], incarnation[24];
	int stream[STREAMS_MOST];
	struct head head[STREAMS_MOST];
	size_t count = 0;
	struct wire_writer *out;

	worker_forget(w, &w->events);
	worker_forget(w, &w->queries);
	w->event_count = 0;
	if (w->well && !database_has(w->backend))
		return;
	for (int i = 0; w->well && i < STREAMS_MOST; i++)
		if (database_head(i)->seq > 0) {
			head[count] = *database_head(i);
			stream[count++] = i;
		}
	snprintf(name, sizeof(name), "w%u", w->index);
	snprintf(incarnation, sizeof(incarnation), "%u.%u", w->index, w->life);
	out = worker_write(w, LINK_HELLO, 11);
	wire_write_int(out, LINK_VERSION);
	wire_write_string(out, name);
	wire_write_string(out, incarnation);
	wire_write_string(out, "0");
	wire_write_int(out, 1);
	wire_write_int(out, w->window);
	wire_write_int(out, w->query_window);
	wire_write_int(out, w->well ? LINK_DATABASE_WELL : LINK_DATABASE_AWAY);
	wire_write_array(out, w->well ? sim.scale.organizations : 0);
	for (unsigned i = 0; w->well && i < sim.scale.organizations; i++) {
		wire_write_array(out, 4);
		wire_write_int(out, (int64_t)i + 1);
		wire_write_string(out, organization_names[i]);
		wire_write_string(out, "America/Toronto");
		wire_write_int(out, sim.revision);
	}
	worker_write_heads(out, stream, head, count);
	worker_send(w);
	w->hello_at_us = sim.now_us;
	w->welcome = false;
	w->has_said_heads = w->well;
}

/* ---- in */

void worker_forget(struct worker_model *w, struct parcels *parcels)
{
	struct parcel *parcel;

	(void)w;
	while ((parcel = TAILQ_FIRST(parcels)) != NULL) {
		TAILQ_REMOVE(parcels, parcel, link);
		free(parcel);
	}
}

static bool read_system(struct text body, struct parcel *parcel)
{
	struct wire_reader reader = wire_reader(body.at, body.length);
	uint32_t items;
	struct text id;
	int64_t type;

	if (!wire_read_array(&reader, &items) ||
	    !wire_read_int(&reader, &type) || !wire_read_text(&reader, &id) ||
	    !wire_read_int(&reader, &parcel->date) ||
	    !wire_read_int(&reader, &parcel->revision))
		return false;
	parcel->type = (enum event_type)type;
	parcel->id = 1;
	for (size_t i = 0; i < id.length; i++)
		parcel->id = mix(parcel->id, (unsigned char)id.at[i]);
	return true;
}

static bool read_event(
    struct wire_reader *reader, struct text body, struct parcel *parcel)
{
	int64_t stream, kind;
	struct text source;

	if (!wire_read_int(reader, &parcel->ticket) ||
	    !wire_read_int(reader, &stream) || !wire_read_int(reader, &kind) ||
	    !wire_read_text(reader, &source) || !wire_skip(reader, NULL) ||
	    !wire_read_int(reader, &parcel->received_us) ||
	    !wire_read_int(reader, &parcel->received_on))
		return false;
	parcel->stream = (int)stream - FIRST_STREAM;
	parcel->system = kind == LINK_SYSTEM;
	if (parcel->system)
		return read_system(body, parcel);
	if (body.length != sizeof(parcel->body))
		return false;
	memcpy(&parcel->body, body.at, sizeof(parcel->body));
	return true;
}

static bool read_parcel(
    struct wire_reader *reader, struct text body, struct parcel *parcel)
{
	int64_t stream;

	if (parcel->verb == LINK_EVENT)
		return read_event(reader, body, parcel);
	if (!wire_read_int(reader, &parcel->ticket))
		return false;
	if (parcel->verb == LINK_QUERY) {
		if (body.length != sizeof(parcel->ask))
			return false;
		memcpy(&parcel->ask, body.at, sizeof(parcel->ask));
		return true;
	}
	if (!wire_read_int(reader, &stream) ||
	    !wire_read_int(reader, &parcel->after) ||
	    !wire_read_int(reader, &parcel->limit))
		return false;
	parcel->stream = (int)stream - FIRST_STREAM;
	return true;
}

static void take_parcel(struct worker_model *w, int verb,
    struct wire_reader *reader, struct text body)
{
	struct parcel *parcel = calloc(1, sizeof(*parcel));

	if (parcel == NULL)
		abort();
	parcel->verb = verb;
	promise(read_parcel(reader, body, parcel), "link",
	    "a worker can't read a message of verb %d", verb);
	if (verb != LINK_EVENT) {
		TAILQ_INSERT_TAIL(&w->queries, parcel, link);
		return;
	}
	TAILQ_INSERT_TAIL(&w->events, parcel, link);
	w->event_count++;
}

static void take(struct worker_model *w, struct text first, struct text body)
{
	struct wire_reader reader = wire_reader(first.at, first.length);
	uint32_t items;
	int64_t verb, value;

	w->heard_at_us = sim.now_us;
	if (!wire_read_array(&reader, &items) || !wire_read_int(&reader, &verb))
		return;
	switch (verb) {
	case LINK_EVENT:
	case LINK_QUERY:
	case LINK_FETCH:
		if (w->welcome)
			take_parcel(w, (int)verb, &reader, body);
		break;
	case LINK_WELCOME:
		if (!wire_read_int(&reader, &w->epoch) ||
		    !wire_read_int(&reader, &value))
			break;
		w->beat_us = value * MS;
		w->welcome = true;
		break;
	case LINK_HELLO:
		w->welcome = false;
		if (sim.now_us - w->hello_at_us > 100 * MS)
			w->hello_at_us = 0;
		break;
	case LINK_BYE:
		w->bye = true;
		break;
	default:
		break;
	}
}

static void receive(struct worker_model *w)
{
	struct stored_message *message;

	while ((message = w->first) != NULL) {
		w->first = message->following;
		if (w->first == NULL)
			w->last = &w->first;
		take(w, (struct text){message->bytes, message->size[0]},
		    (struct text){
			message->bytes + message->size[0], message->size[1]});
		free(message);
	}
}

static void on_message(void *owner, const struct text *frame, size_t count)
{
	struct worker_model *w = owner;
	size_t second = count > 1 ? frame[1].length : 0;
	struct stored_message *message =
	    malloc(sizeof(*message) + frame[0].length + second);

	if (message == NULL)
		abort();
	message->following = NULL;
	message->size[0] = frame[0].length;
	message->size[1] = second;
	memcpy(message->bytes, frame[0].at, frame[0].length);
	if (second > 0)
		memcpy(message->bytes + frame[0].length, frame[1].at, second);
	*w->last = message;
	w->last = &message->following;
	worker_look(w);
}

static void on_lost(void *owner)
{
	struct worker_model *w = owner;

	w->connection = NULL;
	w->connect_at_us = sim.now_us + span(50, 1000) * MS;
}

/* ---- the loop */

static void keep_connected(struct worker_model *w)
{
	const struct client client = {w, on_message, on_lost};

	if (w->connection == NULL && sim.now_us >= w->connect_at_us) {
		w->connection = net_connect(PORT_WORKERS, 0, &client);
		w->connect_at_us = sim.now_us + span(50, 300) * MS;
	}
	if (w->well && database_has(w->backend))
		return;
	if (w->well)
		worker_lose_database(w);
	if (sim.now_us < w->connect_database_at_us)
		return;
	w->connect_database_at_us = sim.now_us + span(50, 500) * MS;
	w->backend = database_connect();
	if (w->backend == 0)
		return;
	if (w->generation != database_generation()) {
		/* It may be another database than before. */
		worker_drop(w, -1);
		w->has_said_heads = false;
		w->generation = database_generation();
	}
	w->well = true;
	if (w->welcome)
		send_beat(w);
	if (w->welcome && !w->has_said_heads)
		say_hello(w);
}

static bool wants_hello(struct worker_model *w)
{
	if (w->welcome && sim.now_us - w->heard_at_us > SILENCE_US)
		w->welcome = false;
	return w->connection != NULL && !w->welcome &&
	       (w->hello_at_us == 0 ||
		   sim.now_us - w->hello_at_us > HELLO_AGAIN_US);
}

static void serve_queries(struct worker_model *w)
{
	struct parcel *parcel;

	while ((parcel = TAILQ_FIRST(&w->queries)) != NULL) {
		TAILQ_REMOVE(&w->queries, parcel, link);
		query_answer(w, parcel);
		free(parcel);
	}
}

static void start(void *arg, uint64_t life);

static void die(struct worker_model *w)
{
	struct stored_message *message;

	w->up = false;
	w->life++;
	net_close(w->connection);
	w->connection = NULL;
	worker_forget(w, &w->events);
	worker_forget(w, &w->queries);
	worker_forget(w, &w->batch);
	while ((message = w->first) != NULL) {
		w->first = message->following;
		free(message);
	}
	w->last = &w->first;
	wire_writer_fini(&w->out);
}

void worker_look(struct worker_model *w)
{
	if (!w->up || w->paused || w->phase != PHASE_IDLE)
		return;
	receive(w);
	keep_connected(w);
	if (wants_hello(w))
		say_hello(w);
	if (w->event_count > 0 && w->well && sim.now_us >= w->again_at_us)
		batch_begin(w);
	if (w->phase == PHASE_IDLE)
		serve_queries(w);
	if (w->leaving && w->phase == PHASE_IDLE &&
	    ((w->bye && w->event_count == 0) || !w->welcome)) {
		die(w);
		after(span(0, SECOND), start, w, w->life);
	}
}

static void look(void *arg, uint64_t life)
{
	struct worker_model *w = arg;

	if (!w->up || life != w->life)
		return;
	after(LOOK_US, look, w, life);
	if (w->paused)
		return;
	if (w->phase != PHASE_IDLE && !database_has(w->backend))
		worker_lose_database(w);
	worker_look(w);
	if (w->up && w->welcome &&
	    (sim.now_us - w->beaten_at_us) * 4 >= w->beat_us * 3)
		send_beat(w);
}

/* ---- the database */

void worker_drop(struct worker_model *w, int stream)
{
	for (int i = 0; i < STREAMS_MOST; i++)
		if (stream < 0 || stream == i)
			w->holding[i].loaded = false;
	for (unsigned i = 0; i < sim.scale.members; i++)
		if (stream < 0 || members[i].stream == stream)
			w->member_loaded[i] = false;
	for (unsigned i = 0; i < sim.scale.saids; i++)
		if (stream < 0 || members[saids[i].member].stream == stream)
			w->known[i].there = false;
}

void worker_lose_database(struct worker_model *w)
{
	w->well = false;
	w->connect_database_at_us = sim.now_us + span(20, 200) * MS;
	if (w->phase != PHASE_IDLE)
		batch_unknown(w);
	if (w->welcome && !w->paused)
		send_beat(w);
}

/* ---- life */

static void start(void *arg, uint64_t life)
{
	struct worker_model *w = arg;
	unsigned index = w->index;

	if (w->up || life != w->life)
		return;
	*w = (struct worker_model){.index = index,
	    .up = true,
	    .life = (unsigned)life,
	    .beat_us = 100 * MS,
	    .window = (unsigned)span(1, 60),
	    .query_window = (unsigned)span(3, 12),
	    .batch_most = (unsigned)span(1, 40)};
	TAILQ_INIT(&w->events);
	TAILQ_INIT(&w->queries);
	TAILQ_INIT(&w->batch);
	w->last = &w->first;
	note("worker", index, w->life, 0);
	after(span(0, LOOK_US), look, w, w->life);
}

void workers_begin(void)
{
	for (unsigned i = 0; i < sim.scale.workers; i++) {
		workers[i].index = i;
		after(span(0, SECOND), start, &workers[i], workers[i].life);
	}
}

void workers_end(void)
{
	for (unsigned i = 0; i < WORKERS_SIM; i++) {
		if (workers[i].up)
			die(&workers[i]);
		memset(&workers[i], 0, sizeof(workers[i]));
	}
}

void worker_kill(unsigned worker, int64_t away_us)
{
	struct worker_model *w = &workers[worker];

	if (!w->up)
		return;
	note("kill-worker", worker, away_us, 0);
	/* What it wrote last may well be committed all the same. */
	net_break(w->connection, chance(100));
	die(w);
	after(away_us, start, w, w->life);
}

void worker_stop(unsigned worker, int64_t away_us)
{
	struct worker_model *w = &workers[worker];

	(void)away_us;
	if (!w->up || w->leaving)
		return;
	note("stop-worker", worker, 0, 0);
	w->leaving = true;
	if (!w->welcome)
		return;
	(void)worker_write(w, LINK_BYE, 1);
	worker_send(w);
}

static void go_on(void *arg, uint64_t life)
{
	struct worker_model *w = arg;

	if (!w->up || life != w->life)
		return;
	w->paused = false;
	note("resume", w->index, 0, 0);
	worker_look(w);
}

void worker_pause(unsigned worker, int64_t us)
{
	struct worker_model *w = &workers[worker];

	if (!w->up || w->paused)
		return;
	note("pause-worker", worker, us, 0);
	w->paused = true;
	w->pause_until_us = sim.now_us + us;
	after(us, go_on, w, w->life);
}

void worker_break(unsigned worker, bool silently)
{
	net_break(workers[worker].connection, silently);
}

bool worker_is_writing(unsigned worker)
{
	return workers[worker].up && workers[worker].phase == PHASE_WRITING;
}

void worker_cut_database(unsigned worker, bool terminate)
{
	struct worker_model *w = &workers[worker];

	if (!w->up || !w->well)
		return;
	note("cut-database", worker, terminate, 0);
	/* Without that the server does not know, and goes on. */
	if (terminate)
		database_kill(w->backend);
	w->backend = 0;
	if (!w->paused)
		worker_lose_database(w);
}

static void notice(void *arg, uint64_t life)
{
	struct worker_model *w = arg;

	if (w->up && life == w->life && w->well && !w->paused &&
	    !database_has(w->backend))
		worker_lose_database(w);
}

void workers_cut_database(void)
{
	for (unsigned i = 0; i < sim.scale.workers; i++)
		after(span(100, 3000), notice, &workers[i], workers[i].life);
}

bool worker_is_at_rest(unsigned worker)
{
	return workers[worker].up && workers[worker].phase == PHASE_IDLE &&
	       workers[worker].event_count == 0;
}
