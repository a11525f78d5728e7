/* A worker's batch, as in worker/serve_batch.c: read what is not held, rule,
 * write with one statement, tell. What a fence turned down is ruled anew; an
 * unknown outcome is done again, never looked up. */
#include <stdlib.h>
#include <string.h>

#include "worker.h"

#define AGAIN_US (20 * MS)

static uint64_t attempts;

static void load(void *arg, uint64_t attempt);

/* A step of this attempt: false if it is void. One that finds the worker
 * paused comes again when it goes on. */
static bool is_at_work(
    struct worker_model *w, step *again, void *arg, uint64_t attempt)
{
	if (!w->up || w->attempt != attempt)
		return false;
	if (!w->paused)
		return true;
	after(w->pause_until_us - sim.now_us + 50, again, arg, attempt);
	return false;
}

static void go_idle(struct worker_model *w)
{
	w->phase = PHASE_IDLE;
	w->divide = false;
	w->attempt = 0;
}

/* What was not answered waits again, in the order in which it came. */
static void give_back(struct worker_model *w)
{
	struct parcel *parcel;

	while ((parcel = TAILQ_LAST(&w->batch, parcels)) != NULL) {
		TAILQ_REMOVE(&w->batch, parcel, link);
		worker_drop(w, parcel->stream);
		TAILQ_INSERT_HEAD(&w->events, parcel, link);
		w->event_count++;
	}
	w->again_at_us = sim.now_us + AGAIN_US;
	go_idle(w);
}

void batch_unknown(struct worker_model *w)
{
	note("unknown", w->index, 0, 0);
	give_back(w);
}

static void attempt(struct worker_model *w)
{
	w->phase = PHASE_LOADING;
	w->attempt = ++attempts;
	after(database_delay(), load, w, w->attempt);
}

void batch_begin(struct worker_model *w)
{
	struct parcel *parcel;
	unsigned count = 0;

	while (count < w->batch_most &&
	       (parcel = TAILQ_FIRST(&w->events)) != NULL) {
		if (parcel->system && count > 0)
			break;
		TAILQ_REMOVE(&w->events, parcel, link);
		w->event_count--;
		TAILQ_INSERT_TAIL(&w->batch, parcel, link);
		count++;
		if (parcel->system)
			break;
	}
	attempt(w);
}

/* ---- 2. what is not held is read */

/* False: the member has rows that the held head does not know. */
static bool read_member(struct worker_model *w, int member)
{
	int stream = members[member].stream;
	struct holding *holding = &w->holding[stream];

	if (w->member_loaded[member])
		return true;
	for (unsigned i = 0; i < sim.scale.saids; i++) {
		const struct row *row =
		    saids[i].member == member ? database_said((int)i) : NULL;

		if (row == NULL)
			continue;
		if (row->after.seq > holding->head.seq)
			return false;
		w->known[i] = (struct known){
		    true, row->after.seq, row->after.chain, saids[i].content};
	}
	w->member_loaded[member] = true;
	return true;
}

/* False: the stream is read anew, with all that the batch needs of it. */
static bool read_for(struct worker_model *w, const struct parcel *parcel)
{
	struct holding *holding = &w->holding[parcel->stream];

	if (!holding->loaded) {
		holding->head = *database_head(parcel->stream);
		holding->loaded = true;
		holding->news = true;
	}
	/* Of a system event nothing may be written, and then no fence tells
	 * that the stream has moved on elsewhere. */
	if (parcel->system && !chain_equal(holding->head.chain,
				  database_head(parcel->stream)->chain)) {
		worker_drop(w, parcel->stream);
		return false;
	}
	if (parcel->system || read_member(w, saids[parcel->body.said].member))
		return true;
	worker_drop(w, parcel->stream); /* it was elsewhere meanwhile */
	return false;
}

static void read_all(struct worker_model *w)
{
	const struct parcel *parcel;
	bool again = true;

	while (again) {
		again = false;
		TAILQ_FOREACH (parcel, &w->batch, link)
			again = !read_for(w, parcel) || again;
	}
}

/* ---- 3. event by event is ruled */

static struct chain link_chain(struct chain before, uint64_t with)
{
	return (struct chain){mix(before.a, with), mix(before.b, ~with)};
}

/* Moves the stream on by one row. */
static struct row next_row(struct staged *staged, const struct parcel *parcel)
{
	struct row row = {.after = staged->after,
	    .said = -1,
	    .id = parcel->id,
	    .received_us = parcel->received_us,
	    .received_on = (date_t)parcel->received_on};

	if (staged->after.seq == 0)
		row.after.rules = sim.revision;
	row.after.seq++;
	if (parcel->received_on > row.after.today)
		row.after.today = (date_t)parcel->received_on;
	return row;
}

static void add_row(struct worker_model *w, struct staged *staged,
    struct row *row, int member, unsigned changes)
{
	uint64_t what = mix(
	    (uint64_t)row->received_us, mix((uint64_t)row->said + 1, row->id));

	row->epoch = w->epoch;
	row->after.chain = link_chain(row->after.chain, what);
	for (unsigned i = 0; i < changes; i++) {
		struct posted change = {.member = member,
		    .cause = row->after.chain,
		    .chain = link_chain(
			row->after.feed, mix(row->after.chain.a, i))};

		row->after.offset++;
		row->after.feed = change.chain;
		stage_change(staged, &change);
	}
	stage_row(staged, row);
	staged->after = row->after;
}

/* A member of the stream, or -1. */
static int any_member(int stream, uint64_t which)
{
	for (unsigned i = 0; i < sim.scale.members; i++) {
		unsigned m = (unsigned)((i + which) % sim.scale.members);

		if (members[m].stream == stream)
			return (int)m;
	}
	return -1;
}

static void rule_system(
    struct worker_model *w, struct parcel *parcel, struct staged *staged)
{
	struct row row = next_row(staged, parcel);
	int member = any_member(parcel->stream, parcel->id);
	unsigned dues = member < 0 ? 0 : (unsigned)(parcel->id % 3);

	parcel->answered = true;
	note("system", parcel->stream, parcel->type, (int64_t)parcel->id);
	switch (parcel->type) {
	case EVENT_DAY:
		if (staged->after.today >= parcel->date)
			return;
		row.after.today = (date_t)parcel->date;
		row.after.due += dues;
		break;
	case EVENT_PROGRAM:
		if (staged->after.rules >= parcel->revision)
			return;
		row.after.rules = (int32_t)parcel->revision;
		row.after.due += dues;
		break;
	default:
		if (staged->after.due == 0 ||
		    database_has_system(parcel->stream, parcel->id))
			return;
		row.after.due--;
		add_row(w, staged, &row, member, 1);
		return;
	}
	add_row(w, staged, &row, -1, 0);
}

static void rule_event(
    struct worker_model *w, struct parcel *parcel, struct staged *staged)
{
	int said = parcel->body.said;
	struct known *known = &w->known[said];
	unsigned kind = (unsigned)(mix((uint64_t)said, 5) % 8);
	struct row row;

	parcel->answered = true;
	parcel->result.said = said;
	if (!known->there) {
		row = next_row(staged, parcel);
		row.said = said;
		row.attempt = parcel->body.attempt;
		row.id = parcel->body.content;
		add_row(w, staged, &row, saids[said].member,
		    kind == 0   ? 0
		    : kind == 1 ? 2
				: 1);
		*known = (struct known){true, staged->after.seq,
		    staged->after.chain, parcel->body.content};
	}
	parcel->result.outcome = known->content == parcel->body.content
				     ? RESULT_APPLIED
				     : RESULT_CONFLICT;
	parcel->result.seq = known->seq;
	parcel->result.chain = known->chain;
}

/* ---- 5. creditd is told */

static void write_changes(struct wire_writer *out, const struct staged *staged)
{
	for (size_t i = 0; i < staged->changes; i++) {
		const struct posted *change = &staged->change[i];
		struct message_body body = {
		    .stream = staged->stream + FIRST_STREAM,
		    .offset = staged->before.offset + (int64_t)i + 1,
		    .chain = change->chain,
		    .member = change->member,
		    .cause = change->cause};

		wire_write_array(out, 5);
		wire_write_int(out, body.stream);
		wire_write_int(out, body.offset);
		wire_write_bin(
		    out, (struct text){(const char *)&body.chain, CHAIN_BYTES});
		wire_write_string(out, "balance");
		wire_write_bin(
		    out, (struct text){(const char *)&body, sizeof(body)});
	}
}

static const struct staged *staged_of(
    const struct staged *staged, size_t count, int stream)
{
	for (size_t i = 0; i < count; i++)
		if (staged[i].stream == stream)
			return &staged[i];
	return NULL;
}

static bool is_done(
    const struct parcel *parcel, const struct staged *staged, size_t count)
{
	const struct staged *own = staged_of(staged, count, parcel->stream);

	return parcel->answered && (own == NULL || own->rows == 0 || own->won);
}

static void write_answers(struct worker_model *w, struct wire_writer *out,
    const struct staged *staged, size_t count)
{
	const struct parcel *p;
	uint32_t answers = 0;

	TAILQ_FOREACH (p, &w->batch, link)
		answers += is_done(p, staged, count);
	wire_write_array(out, answers);
	TAILQ_FOREACH (p, &w->batch, link) {
		if (!is_done(p, staged, count))
			continue;
		wire_write_array(out, 3);
		wire_write_int(out, p->ticket);
		wire_write_int(out, LINK_RESULT);
		wire_write_bin(
		    out, p->system ? TEXT("")
				   : (struct text){(const char *)&p->result,
					 sizeof(p->result)});
	}
}

static bool staged_won(const struct staged *staged, size_t count, int stream)
{
	const struct staged *own = staged_of(staged, count, stream);

	return own != NULL && own->won;
}

/* [DONE, answers, changes, heads, organizations] */
static void tell(
    struct worker_model *w, const struct staged *staged, size_t count)
{
	struct wire_writer *out = worker_write(w, LINK_DONE, 5);
	const struct parcel *parcel;
	int stream[STREAMS_MOST];
	struct head head[STREAMS_MOST];
	size_t changes = 0, heads = 0;

	write_answers(w, out, staged, count);
	for (size_t i = 0; i < count; i++)
		changes += staged[i].won ? staged[i].changes : 0;
	wire_write_array(out, (uint32_t)changes);
	for (size_t i = 0; i < count; i++) {
		if (!staged[i].won)
			continue;
		write_changes(out, &staged[i]);
		stream[heads] = staged[i].stream;
		head[heads++] = staged[i].after;
	}
	/* Streams that were found further on: perhaps by a commit of ours whose
	 * outcome we never heard. */
	TAILQ_FOREACH (parcel, &w->batch, link) {
		struct holding *holding = &w->holding[parcel->stream];

		if (!holding->loaded || holding->head.seq == 0 ||
		    (!holding->news && !parcel->system))
			continue;
		holding->news = false;
		if (staged_won(staged, count, parcel->stream))
			continue;
		stream[heads] = parcel->stream;
		head[heads++] = holding->head;
	}
	worker_write_heads(out, stream, head, heads);
	wire_write_array(out, 0);
	worker_send(w);
	if (chance(5)) /* said twice */
		worker_send(w);
}

static void settle(
    struct worker_model *w, const struct staged *staged, size_t count)
{
	struct parcel *parcel, *next;

	for (size_t i = 0; i < count; i++) {
		if (staged[i].won)
			w->holding[staged[i].stream].head = staged[i].after;
		else if (staged[i].rows > 0)
			worker_drop(w, staged[i].stream);
	}
	tell(w, staged, count);
	for (parcel = TAILQ_FIRST(&w->batch); parcel != NULL; parcel = next) {
		next = TAILQ_NEXT(parcel, link);
		if (is_done(parcel, staged, count)) {
			TAILQ_REMOVE(&w->batch, parcel, link);
			free(parcel);
		} else {
			parcel->answered = false;
		}
	}
	if (!TAILQ_EMPTY(&w->batch)) {
		attempt(w);
		return;
	}
	go_idle(w);
	worker_look(w);
}

/* ---- 4. all is written */

struct hearing {
	struct worker_model *worker;
	enum written written;
	struct staged *staged;
	size_t count;
};

void worker_hear_void(void *arg)
{
	struct hearing *hearing = arg;

	for (size_t i = 0; i < hearing->count; i++) {
		free(hearing->staged[i].row);
		free(hearing->staged[i].change);
	}
	free(hearing->staged);
	free(hearing);
}

void worker_hear(void *arg, uint64_t attempt_number)
{
	struct hearing *hearing = arg;
	struct worker_model *w = hearing->worker;
	struct parcel *parcel;

	if (!is_at_work(w, worker_hear, hearing, attempt_number)) {
		if (!w->up || w->attempt != attempt_number)
			worker_hear_void(hearing);
		return;
	}
	switch (hearing->written) {
	case WRITTEN:
		settle(w, hearing->staged, hearing->count);
		break;
	case WRITTEN_IN_PART:
		TAILQ_FOREACH (parcel, &w->batch, link) {
			worker_drop(w, parcel->stream);
			parcel->answered = false;
		}
		w->divide = true;
		attempt(w);
		break;
	case ROLLED_BACK:
		worker_lose_database(w);
		break;
	}
	worker_hear_void(hearing);
}

static void written(
    void *owner, struct transaction *transaction, enum written written)
{
	struct hearing *hearing = malloc(sizeof(*hearing));

	if (hearing == NULL)
		abort();
	*hearing = (struct hearing){
	    owner, written, transaction->staged, transaction->count};
	transaction->staged = NULL;
	transaction->count = 0;
	after(span(50, 400), worker_hear, hearing, transaction->tag);
}

static int by_stream(const void *a, const void *b)
{
	return ((const struct staged *)a)->stream -
	       ((const struct staged *)b)->stream;
}

static void load(void *arg, uint64_t attempt_number)
{
	struct worker_model *w = arg;
	struct transaction *t;
	struct parcel *parcel;
	size_t rows = 0;

	if (!is_at_work(w, load, w, attempt_number))
		return;
	if (!database_has(w->backend)) {
		worker_lose_database(w);
		return;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		abort();
	read_all(w);
	TAILQ_FOREACH (parcel, &w->batch, link) {
		struct staged *staged;

		parcel->answered = false;
		if (w->divide &&
		    parcel->stream != TAILQ_FIRST(&w->batch)->stream)
			continue;
		staged = transaction_stage(
		    t, parcel->stream, &w->holding[parcel->stream].head);
		if (parcel->system)
			rule_system(w, parcel, staged);
		else
			rule_event(w, parcel, staged);
	}
	for (size_t i = 0; i < t->count; i++)
		rows += t->staged[i].rows;
	if (rows == 0) {
		settle(w, t->staged, t->count);
		transaction_free(t);
		return;
	}
	/* In one order, so that two writers can't wait for each other. */
	qsort(t->staged, t->count, sizeof(*t->staged), by_stream);
	w->phase = PHASE_WRITING;
	t->backend = w->backend;
	t->owner = w;
	t->tag = w->attempt;
	t->done = written;
	database_write(t);
}
