/* Partners: each says its events, again after silence, UNAVAILABLE and BUSY,
 * and some of them again for no reason; and keeps a book of the answers. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "wire.h"

#define ATTEMPTS_MOST  60000
#define RESTORE_AGAIN  (10 * SECOND) /* then all is said again */
#define CALM_ANSWER_US (4 * SECOND)  /* no starvation when all is well */

struct attempt {
	int64_t turn; /* in which it was taken first */
	int64_t taken_us;
	int said;
	enum fate fate;
	unsigned taken, replied;
	unsigned connection; /* that it was said on */
	bool is_void;        /* creditd was gone before it answered */
	bool other;          /* says something else under the same id */
};

struct book { /* what a partner knows of its event */
	bool answered;
	int attempt; /* under way, or -1 */
	int64_t silent_until_us, again_us;
	int64_t seq;
	struct chain chain;
};

struct partner_model {
	unsigned index;
	struct connection *connection;
	int64_t connect_at_us, flood_until_us;
	unsigned window, in_flight, connections;
	int next; /* of its events */
};

const char *const organization_names[ORGANIZATIONS] = {"alpha", "beta"};
struct member members[MEMBERS_MOST];
struct said saids[SAID_MOST];
static struct book books[SAID_MOST];
static struct attempt attempts[ATTEMPTS_MOST];
static int attempt_count;
static int64_t turns;
static struct partner_model partners[PARTNERS_SIM];
static bool wait_for_all_again; /* after a restore */
static int64_t pace_us;

/* ---- attempts, as creditd sees them */

static int attempt_of(struct text tag)
{
	char digits[16];

	if (tag.length < 2 || tag.at[0] != 'a' || tag.length > sizeof(digits))
		return -1;
	snprintf(
	    digits, sizeof(digits), "%.*s", (int)tag.length - 1, tag.at + 1);
	return atoi(digits);
}

enum fate attempt_fate(int attempt)
{
	return attempts[attempt].fate;
}

int attempt_said(int attempt)
{
	return attempts[attempt].said;
}

unsigned attempt_connection(int attempt)
{
	return attempts[attempt].connection;
}

int64_t attempt_turn(int attempt)
{
	return attempts[attempt].turn;
}

unsigned attempt_taken_times(int attempt)
{
	return attempts[attempt].taken;
}

bool attempts_are_checked(void)
{
	return !wait_for_all_again;
}

void attempt_taken(struct text tag)
{
	int attempt = attempt_of(tag);

	if (attempt < 0)
		return;
	if (attempts[attempt].taken++ == 0)
		attempts[attempt].turn = ++turns;
	attempts[attempt].taken_us = sim.now_us;
}

static bool code_is(struct text body, const char *wanted)
{
	struct wire_reader reader;
	struct text code;

	return wire_find(body, "code", &reader) &&
	       wire_read_text(&reader, &code) && text_is(code, wanted);
}

static void check_result(const struct attempt *a, struct text body)
{
	struct result_body result;
	const struct row *row;

	promise(body.length == sizeof(result), "answer",
	    "a RESULT has %zu bytes", body.length);
	memcpy(&result, body.at, sizeof(result));
	promise(result.said == a->said, "answer",
	    "event %d got the answer of %d", a->said, result.said);
	if (!attempts_are_checked())
		return;
	row = database_said(a->said);
	promise(row != NULL && row->after.seq == result.seq &&
		    chain_equal(row->after.chain, result.chain),
	    "answered-is-committed",
	    "event %d is answered as seq %lld, the database has %lld", a->said,
	    (long long)result.seq,
	    (long long)(row != NULL ? row->after.seq : 0));
	promise((result.outcome == RESULT_CONFLICT) == a->other, "conflict",
	    "event %d, outcome %d", a->said, result.outcome);
}

void attempt_replied(struct text tag, struct text verb, struct text body)
{
	int number = attempt_of(tag);
	struct attempt *a = &attempts[number < 0 ? 0 : number];
	const struct row *row;

	if (number < 0)
		return;
	note("reply", number, verb.at[2], 0);
	a->replied++;
	promise(a->replied <= a->taken || a->is_void, "one-answer",
	    "attempt %d was answered %u times", number, a->replied);
	if (text_is(verb, "RESULT")) {
		a->fate = FATE_RESULT;
		check_result(a, body);
	} else if (code_is(body, "UNAVAILABLE")) {
		a->fate = FATE_UNAVAILABLE;
	} else {
		a->fate = FATE_REFUSED;
		row = database_said(a->said);
		promise(a->taken > 1 || row == NULL || row->attempt != number,
		    "refused-is-not-stored",
		    "attempt %d of event %d was refused, and is stored", number,
		    a->said);
	}
}

void attempts_void(void)
{
	for (int i = 0; i < attempt_count; i++)
		if (attempts[i].taken > attempts[i].replied) {
			attempts[i].is_void = true;
			attempts[i].replied = attempts[i].taken;
		}
}

/* Whatever happens, who asked is told within answer_ms. */
void attempts_check(void)
{
	int64_t most = creditd_answer_us() + SECOND / 2;

	if (sim.now_us < creditd_steady_since_us() + SECOND)
		return;
	for (int i = attempt_count - 1; i >= 0 && i > attempt_count - 3000;
	     i--) {
		const struct attempt *a = &attempts[i];
		int64_t waits = sim.now_us - a->taken_us;

		if (a->taken <= a->replied)
			continue;
		promise(waits < most || a->taken_us < creditd_steady_since_us(),
		    "in-time", "attempt %d waits for %lld ms", i,
		    (long long)(waits / MS));
		promise(sim.storm || waits < CALM_ANSWER_US ||
			    a->taken_us < sim.calm_us + 12 * SECOND,
		    "no-starvation",
		    "attempt %d waits for %lld ms, all is well", i,
		    (long long)(waits / MS));
	}
}

/* ---- partners */

static void send_event(struct partner_model *p, int said, bool other)
{
	struct book *book = &books[said];
	struct submit_body body = {
	    said, attempt_count, saids[said].content + (other ? 1 : 0)};
	char tag[16];
	struct text frame[6];

	if (attempt_count == ATTEMPTS_MOST)
		broken("simulation", "too many attempts");
	attempts[attempt_count] = (struct attempt){
	    .said = said, .other = other, .connection = p->connections};
	snprintf(tag, sizeof(tag), "a%d", attempt_count);
	frame[0] = TEXT("");
	frame[1] = TEXT("CREDIT1");
	frame[2] = TEXT("SUBMIT");
	frame[3] = text_of(tag);
	frame[4] = text_of(members[saids[said].member].key);
	frame[5] = (struct text){(const char *)&body, sizeof(body)};
	net_send(p->connection, frame, 6);
	if (!other) {
		book->attempt = attempt_count;
		book->silent_until_us =
		    sim.now_us + creditd_answer_us() + span(500, 3000) * MS;
		p->in_flight++;
	}
	note("say", said, attempt_count, other);
	attempt_count++;
}

static void put_off(struct partner_model *p, struct book *book, int64_t us)
{
	p->in_flight -= book->attempt >= 0;
	book->attempt = -1;
	book->again_us = sim.now_us + us;
}

static void hear_result(
    struct partner_model *p, const struct attempt *a, struct text body)
{
	struct book *book = &books[a->said];
	struct result_body result;

	memcpy(&result, body.at, sizeof(result));
	if (book->answered && attempts_are_checked())
		promise(book->seq == result.seq &&
			    chain_equal(book->chain, result.chain),
		    "answer-never-changes",
		    "event %d: seq %lld before, %lld now", a->said,
		    (long long)book->seq, (long long)result.seq);
	book->seq = result.seq;
	book->chain = result.chain;
	if (a->other)
		return;
	p->in_flight -= book->attempt >= 0;
	book->attempt = -1;
	book->answered = true;
	if (chance(60)) { /* again, for no reason */
		send_event(p, a->said, !sim.restores && chance(300));
	}
}

static void on_message(void *owner, const struct text *frame, size_t count)
{
	struct partner_model *p = owner;
	int number = count == 5 ? attempt_of(frame[3]) : -1;
	const struct attempt *a;

	if (number < 0)
		return;
	a = &attempts[number];
	if (text_is(frame[2], "RESULT")) {
		hear_result(p, a, frame[4]);
		return;
	}
	promise(!code_is(frame[4], "MALFORMED"), "answer",
	    "event %d is refused as malformed", a->said);
	if (books[a->said].attempt == number)
		put_off(p, &books[a->said], span(100, 1200) * MS);
}

static void on_lost(void *owner)
{
	struct partner_model *p = owner;

	p->connection = NULL;
	p->connections++;
	p->connect_at_us = sim.now_us + span(10, 300) * MS;
}

static void say_again(struct partner_model *p)
{
	for (int i = 0; i < p->next; i++) {
		struct book *book = &books[i];

		if (saids[i].partner != p->index)
			continue;
		if (book->attempt >= 0 && sim.now_us > book->silent_until_us)
			put_off(p, book, 0);
		if (!book->answered && book->attempt < 0 &&
		    sim.now_us >= book->again_us && p->in_flight < p->window)
			send_event(p, i, false);
	}
}

static void look(void *arg, uint64_t tag)
{
	struct partner_model *p = arg;
	const struct client client = {p, on_message, on_lost};
	unsigned most = 1 + roll(4);

	(void)tag;
	after(span(pace_us / 2, pace_us * 2), look, p, 0);
	if (p->connection == NULL && sim.now_us >= p->connect_at_us)
		p->connection = net_connect(PORT_EVENTS, 0, &client);
	if (p->connection == NULL)
		return;
	say_again(p);
	if (sim.now_us < p->flood_until_us)
		most = 1000;
	for (; p->next < (int)sim.scale.saids; p->next++) {
		if (saids[p->next].partner != p->index)
			continue;
		if (most == 0 || (p->in_flight >= p->window &&
				     sim.now_us >= p->flood_until_us))
			break;
		most--;
		send_event(p, p->next, false);
	}
}

/* Few streams, so that members meet in them. */
static void make_members(void)
{
	int wanted[4];

	for (int i = 0; i < 4; i++)
		wanted[i] = (int)roll(STREAM_BUCKETS);
	for (unsigned i = 0; i < sim.scale.members; i++) {
		struct member *m = &members[i];
		unsigned number = roll(100000);
		int bucket = wanted[roll(4)];

		m->organization = roll(sim.scale.organizations);
		do {
			snprintf(m->key, sizeof(m->key), "%s/%u",
			    organization_names[m->organization], number++);
		} while (stream_of(0, text_of(m->key)) != bucket);
		m->stream = (int)m->organization * STREAM_BUCKETS + bucket;
	}
}

void partners_begin(void)
{
	attempt_count = 0;
	turns = 0;
	wait_for_all_again = false;
	pace_us = span(5, 150) * MS;
	make_members();
	for (unsigned i = 0; i < sim.scale.saids; i++) {
		saids[i] = (struct said){.member = (int)roll(sim.scale.members),
		    .partner = roll(sim.scale.partners),
		    .content = roll(1000) * 2};
		books[i] = (struct book){.attempt = -1};
	}
	for (unsigned i = 0; i < sim.scale.partners; i++) {
		partners[i] = (struct partner_model){
		    .index = i, .window = (unsigned)span(1, 60)};
		after(span(0, SECOND), look, &partners[i], 0);
	}
}

/* They say all again that they said. */
static void say_all_again(void *arg, uint64_t tag)
{
	(void)arg;
	(void)tag;
	for (unsigned i = 0; i < sim.scale.saids; i++)
		books[i].answered = false;
	wait_for_all_again = false;
}

void partners_restored(void)
{
	wait_for_all_again = true;
	after(RESTORE_AGAIN, say_all_again, NULL, 0);
}

void partner_break(unsigned partner, bool silently)
{
	net_break(partners[partner].connection, silently);
}

void partner_flood(unsigned partner)
{
	note("flood", partner, 0, 0);
	partners[partner].flood_until_us = sim.now_us + SECOND;
}

bool partners_are_done(void)
{
	if (!attempts_are_checked())
		return false;
	for (unsigned i = 0; i < sim.scale.saids; i++)
		if (!books[i].answered)
			return false;
	return true;
}

void partners_check_end(void)
{
	for (unsigned i = 0; i < sim.scale.saids; i++) {
		const struct row *row = database_said((int)i);

		promise(row != NULL && row->after.seq == books[i].seq &&
			    chain_equal(row->after.chain, books[i].chain),
		    "never-lost", "event %u was answered as seq %lld", i,
		    (long long)books[i].seq);
	}
}
