/* creditd's core, wired as broker.c wires it, on the virtual clock: turns and
 * ticks, crashes, graceful ends, pauses. */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "dispatch.h"
#include "ingress.h"
#include "outlet.h"
#include "sim.h"
#include "status.h"
#include "workers.h"

#define TICK_US    (100 * MS)
#define HEADS_US   SECOND
#define DRAIN_US   (10 * SECOND)
#define DEEP_EVERY 8 /* ticks between thorough looks */

static struct {
	bool up, paused, turn_asked, ending;
	unsigned life; /* steps of an earlier one are void */
	unsigned ticks;
	struct clock clock;
	struct dispatch dispatch;
	struct ingress ingress[INGRESS_COUNT];
	struct workers workers;
	struct outlets outlets;
	struct settings settings;
	int64_t beat_ms, beat_at_us, heads_at_us, drain_until_us, away_us;
	int64_t epoch, steady_us, no_room_until_us;
	struct dispatch_limits limits;
} d;

static void turn(void *arg, uint64_t life);

struct dispatch *creditd_dispatch(void)
{
	return d.up ? &d.dispatch : NULL;
}

/* Which of its feeds is that organization's; -1: it does not know it yet. */
int creditd_feed(unsigned organization)
{
	const struct organization *o =
	    d.up
		? directory_at(&d.dispatch.directory, (int32_t)organization + 1)
		: NULL;

	return o != NULL ? (int)o->index : -1;
}

bool creditd_is_paused(void)
{
	return d.paused;
}

int64_t creditd_steady_since_us(void)
{
	return d.steady_us;
}

int64_t creditd_epoch(void)
{
	return d.epoch;
}

int64_t creditd_answer_us(void)
{
	return d.limits.answer_us;
}

/* ---- how the parts reach each other, as in broker.c */

static int give(void *arg, const struct worker *to, const struct flight *flight)
{
	(void)arg;
	return workers_give(&d.workers, to, flight);
}

static int fetch(void *arg, const struct worker *to, int64_t ticket,
    int32_t stream, int64_t after_offset, unsigned limit)
{
	const struct fetch wanted = {ticket, stream, after_offset, limit};

	(void)arg;
	return workers_fetch(&d.workers, to, &wanted);
}

static bool publish(void *arg, const struct organization *organization,
    struct text topic, struct text body)
{
	(void)arg;
	if (sim.now_us < d.no_room_until_us)
		return false;
	promise_published(
	    organization->index, topic, body, d.dispatch.feed.epoch);
	promise(outlet_publish(&d.outlets, organization, topic, body), "bounds",
	    "the queue of a feed is full");
	return true;
}

static void opened(void *arg, struct organization *organization)
{
	(void)arg;
	outlet_open(&d.outlets, organization);
}

static void reply(
    void *arg, const struct request *to, const char *verb, struct text body)
{
	(void)arg;
	if (to->port == INGRESS_EVENTS)
		attempt_replied(to->tag, text_of(verb), body);
	ingress_send(&d.ingress[to->port], to, verb, body);
}

static void cut(void *arg, const struct request *request)
{
	(void)arg;
	ingress_cut(&d.ingress[request->port], request);
}

static void local(void *arg, const struct request *request, const char *query)
{
	struct wire_writer *w = reply_write(&d.dispatch.reply);

	(void)arg;
	(void)query;
	status_write_pong(w);
	reply_written(&d.dispatch.reply, request, REPLY_PONG);
}

static void take_request(void *arg, const struct request *request)
{
	(void)arg;
	dispatch_request(&d.dispatch, request, sim.now_us);
}

void creditd_gave(struct text route, struct text frame)
{
	promise_given(route, frame);
}

/* ---- turns and ticks */

static void finish(void)
{
	d.up = false;
	d.life++;
	attempts_void();
	net_listen(false);
	for (int i = 0; i < INGRESS_COUNT; i++)
		ingress_close(&d.ingress[i], 0);
	workers_close(&d.workers, 0);
	outlets_fini(&d.outlets);
	dispatch_fini(&d.dispatch);
}

static void restart(void *arg, uint64_t tag)
{
	(void)arg;
	(void)tag;
	if (!d.up)
		creditd_start();
}

/* Two rounds, as the loop has them: a drained socket may have more. */
static void turn(void *arg, uint64_t life)
{
	bool more;

	(void)arg;
	if (!d.up || life != d.life || d.paused)
		return;
	d.turn_asked = false;
	more = net_drain();
	more = dispatch_turn(&d.dispatch, sim.now_us) || more;
	outlets_turn(&d.outlets, sim.now_us);
	promise_turn(false);
	if (d.ending && (dispatch_is_empty(&d.dispatch) ||
			    sim.now_us >= d.drain_until_us)) {
		dispatch_refuse_all(&d.dispatch);
		finish();
		after(d.away_us, restart, NULL, 0);
		return;
	}
	if (more || d.outlets.backlog) {
		d.turn_asked = true;
		after(more ? 20 : MS, turn, NULL, d.life);
	}
}

void creditd_wake(void)
{
	if (!d.up || d.paused || d.turn_asked)
		return;
	d.turn_asked = true;
	after(span(5, 60), turn, NULL, d.life);
}

static bool is_due(int64_t *at_us, int64_t every_us)
{
	if (sim.now_us < *at_us)
		return false;
	*at_us = sim.now_us + every_us;
	return true;
}

static void tick(void *arg, uint64_t life)
{
	(void)arg;
	if (!d.up || life != d.life)
		return;
	after(TICK_US, tick, NULL, d.life);
	if (d.paused)
		return;
	if (is_due(&d.beat_at_us, d.beat_ms * MS - TICK_US / 2))
		workers_beat(&d.workers);
	dispatch_tick(&d.dispatch, sim.now_us);
	if (is_due(&d.heads_at_us, HEADS_US - TICK_US))
		feed_heads(&d.dispatch.feed, &d.dispatch.directory);
	if (++d.ticks % DEEP_EVERY == 0)
		promise_turn(true);
	attempts_check();
	creditd_wake();
}

/* ---- life */

static void wire(void)
{
	const struct dispatch_out out = {.arg = NULL,
	    .give = give,
	    .local = local,
	    .opened = opened,
	    .cut = cut,
	    .reply = reply,
	    .feed = {.publish = publish, .fetch = fetch}};
	/* Never used: what takes it is replaced. */
	struct zwatch *watch = (struct zwatch *)(void *)&d;

	clock_init(&d.clock, sim.today);
	dispatch_init(&d.dispatch, &d.limits, &out, &d.clock, d.epoch);
	memset(&d.workers, 0, sizeof(d.workers));
	memset(&d.outlets, 0, sizeof(d.outlets));
	memset(d.ingress, 0, sizeof(d.ingress));
	d.workers.dispatch = &d.dispatch;
	d.workers.watch = watch;
	d.workers.beat_ms = d.beat_ms;
	d.workers.epoch = d.epoch;
	d.outlets.watch = watch;
	d.outlets.settings = &d.settings;
	for (unsigned i = 0; i < INGRESS_COUNT; i++)
		d.ingress[i] = (struct ingress){.port = (enum ingress_port)i,
		    .watch = watch,
		    .reply = &d.dispatch.reply,
		    .stats = &d.dispatch.stats,
		    .handle = take_request};
}

void creditd_start(void)
{
	unsigned life = d.life + 1;

	note("creditd", 0, 0, 0);
	d.up = true;
	d.life = life;
	d.paused = d.turn_asked = d.ending = false;
	d.beat_at_us = d.heads_at_us = d.no_room_until_us = 0;
	d.epoch = 1000000 * SECOND + sim.now_us;
	d.steady_us = sim.now_us;
	wire();
	/* In this order: see enum port. */
	if (workers_open(&d.workers, &d) < 0 ||
	    ingress_open(&d.ingress[INGRESS_EVENTS], &d, 0) < 0 ||
	    ingress_open(&d.ingress[INGRESS_CONTROL], &d, 0) < 0)
		abort();
	net_listen(true);
	promise_started();
	after(span(0, TICK_US), tick, NULL, d.life);
}

void creditd_begin(void)
{
	unsigned life = d.life;

	if (d.up)
		finish();
	memset(&d, 0, sizeof(d));
	d.life = life + 1;
	d.beat_ms = span(100, 250);
	d.limits =
	    (struct dispatch_limits){.in_flight = (unsigned)span(20, 400),
		.in_flight_per_partner = (unsigned)span(8, 200),
		.bytes = chance(100) ? 4000 : 1 << 20,
		.bytes_per_partner = 1 << 20,
		.answer_us = span(1500 * MS, 10 * SECOND),
		.dead_us = span(600 * MS, 2 * SECOND)};
	strcpy(d.settings.feed_from, "tcp://127.0.0.1:*");
	creditd_start();
}

void creditd_kill(int64_t away_us)
{
	if (!d.up)
		return;
	note("kill-creditd", away_us, 0, 0);
	finish();
	after(away_us, restart, NULL, 0);
}

void creditd_stop(int64_t away_us)
{
	if (!d.up || d.ending)
		return;
	note("stop-creditd", away_us, 0, 0);
	d.ending = true;
	d.drain_until_us = sim.now_us + DRAIN_US;
	d.away_us = away_us;
	for (int i = 0; i < INGRESS_COUNT; i++)
		ingress_pause(&d.ingress[i]);
	creditd_wake();
}

static void go_on(void *arg, uint64_t life)
{
	(void)arg;
	if (!d.up || life != d.life)
		return;
	d.paused = false;
	d.steady_us = sim.now_us;
	creditd_wake();
}

void creditd_pause(int64_t us)
{
	if (!d.up || d.paused)
		return;
	note("pause-creditd", us, 0, 0);
	d.paused = true;
	d.turn_asked = false;
	after(us, go_on, NULL, d.life);
}

void creditd_no_room(int64_t us)
{
	d.no_room_until_us = sim.now_us + us;
}

void creditd_end(void)
{
	if (d.up)
		finish();
}
