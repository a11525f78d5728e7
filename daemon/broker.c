/* The running daemon: builds the parts, wires them, lives, and ends. */
#include "broker.h"

#include <errno.h>
#include <ev.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <zmq.h>

#include "clock.h"
#include "dispatch.h"
#include "gate.h"
#include "ingress.h"
#include "log.h"
#include "outlet.h"
#include "settings.h"
#include "status.h"
#include "version.h"
#include "workers.h"
#include "zwatch.h"

#define TICK_MS   INT64_C(100)
#define HEADS_US  INT64_C(1000000)
#define STATUS_US INT64_C(10000000)
#define DRAIN_US  INT64_C(10000000)
#define LINGER_MS 2000
#define LINGER_US INT64_C(2000000)
#define PACE_S    0.001 /* while a feed's burst goes out */
/* ZMQ_ZERO_COPY_RECV: a draft by the header, there in every build. */
#define CONTEXT_ZERO_COPY 10
/* Descriptors that are not connections: sockets, files, workers. */
#define FDS_OURS 1024u

struct broker {
	struct settings settings;
	const char *settings_file;
	struct ev_loop *loop;
	void *context;
	struct zwatch *watch;
	struct clock clock;
	struct dispatch dispatch;
	struct ingress ingress[INGRESS_COUNT];
	struct workers workers;
	struct outlets outlets;
	struct status status;
	ev_signal on_term, on_int, on_hup;
	ev_timer tick, pace, watchdog;
	int64_t beat_at_us, heads_at_us, status_at_us, retry_at_us;
	uint64_t watched; /* messages handled when systemd was told last */
	int64_t drain_until_us; /* 0: not ending */
};

/* ---- how the parts reach each other: dispatch knows none of them */

static int give(void *arg, const struct worker *to, const struct flight *flight)
{
	struct broker *broker = arg;

	return workers_give(&broker->workers, to, flight);
}

static int fetch(void *arg, const struct worker *to, int64_t ticket,
    int32_t stream, int64_t after, unsigned limit)
{
	struct broker *broker = arg;
	const struct fetch wanted = {ticket, stream, after, limit};

	return workers_fetch(&broker->workers, to, &wanted);
}

static bool publish(void *arg, const struct organization *organization,
    struct text topic, struct text body)
{
	struct broker *broker = arg;

	return outlet_publish(&broker->outlets, organization, topic, body);
}

static void opened(void *arg, struct organization *organization)
{
	struct broker *broker = arg;

	outlet_open(&broker->outlets, organization);
}

static void reply(
    void *arg, const struct request *to, const char *verb, struct text body)
{
	struct broker *broker = arg;

	ingress_send(&broker->ingress[to->port], to, verb, body);
}

static void cut(void *arg, const struct request *request)
{
	struct broker *broker = arg;

	ingress_cut(&broker->ingress[request->port], request);
}

static void local(void *arg, const struct request *request, const char *query)
{
	struct broker *broker = arg;
	struct reply *to = &broker->dispatch.reply;
	struct wire_writer *w = reply_write(to);

	if (strcmp(query, "ping") == 0) {
		status_write_pong(w);
		reply_written(to, request, REPLY_PONG);
		return;
	}
	if (strcmp(query, "feeds") == 0)
		status_write_feeds(w, &broker->status);
	else
		status_write(w, &broker->status, clock_monotonic_us());
	reply_written(to, request, REPLY_ANSWER);
}

static void take_request(void *arg, const struct request *request)
{
	struct broker *broker = arg;

	dispatch_request(&broker->dispatch, request, clock_monotonic_us());
}

/* ---- life: what is done in each turn, and by time */

/* The work of one turn, before the loop sleeps. */
static bool broker_turn(void *arg)
{
	struct broker *broker = arg;
	int64_t now_us = clock_monotonic_us();
	bool more;

	/* Hand to workers what came in; fill holes of the feeds. */
	more = dispatch_turn(&broker->dispatch, now_us);
	/* Publish what the last turns left over. */
	outlets_turn(&broker->outlets, now_us);
	if (broker->outlets.backlog)
		ev_timer_again(broker->loop, &broker->pace);
	else
		ev_timer_stop(broker->loop, &broker->pace);
	/* The end: everything is answered, or its time is up. */
	if (broker->drain_until_us != 0 &&
	    (dispatch_is_empty(&broker->dispatch) ||
		now_us >= broker->drain_until_us))
		ev_break(broker->loop, EVBREAK_ALL);
	return more;
}

static void tell_systemd(struct broker *broker)
{
	const struct dispatch *d = &broker->dispatch;

	if (broker->drain_until_us != 0)
		sd_notifyf(
		    0, "STATUS=ending; %zu in flight", d->flights.in_flight);
	else if (d->pool.count == 0)
		sd_notify(0, "STATUS=waiting for workers");
	else
		sd_notifyf(0,
		    "STATUS=workers %u, database %s, in flight %zu, "
		    "waiting %zu",
		    d->pool.count, status_database(&d->pool),
		    d->flights.in_flight, d->streams.waiting);
}

/* True, and sets when it is due again, if the time has come. */
static bool is_due(int64_t *at_us, int64_t every_us, int64_t now_us)
{
	if (now_us < *at_us)
		return false;
	*at_us = now_us + every_us;
	return true;
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct broker *broker = timer->data;
	int64_t now_us = clock_monotonic_us();

	(void)loop;
	(void)events;
	if (is_due(&broker->beat_at_us,
		broker->settings.beat_ms * 1000 - TICK_MS * 1000 / 2, now_us))
		workers_beat(&broker->workers);
	dispatch_tick(&broker->dispatch, now_us);
	gate_survey();
	if (broker->drain_until_us == 0)
		for (int i = 0; i < INGRESS_COUNT; i++)
			ingress_look(&broker->ingress[i]);
	if (is_due(&broker->heads_at_us, HEADS_US - TICK_MS * 1000, now_us))
		feed_heads(&broker->dispatch.feed, &broker->dispatch.directory);
	if (is_due(&broker->retry_at_us, STATUS_US, now_us))
		outlets_retry(&broker->outlets);
	if (is_due(&broker->status_at_us, STATUS_US, now_us))
		tell_systemd(broker);
}

static void on_pace(struct ev_loop *loop, ev_timer *timer, int events)
{
	/* It only wakes the loop: broker_turn() sends. */
	(void)loop;
	(void)timer;
	(void)events;
}

/* Says that the loop turns: messages were handled, or none wait. */
static void on_watchdog(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct broker *broker = timer->data;
	uint64_t handled = zwatch_handled(broker->watch);

	(void)loop;
	(void)events;
	if (handled != broker->watched || zwatch_is_idle(broker->watch))
		sd_notify(0, "WATCHDOG=1");
	broker->watched = handled;
}

/* ---- signals */

static void on_end(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct broker *broker = signal->data;

	(void)events;
	if (broker->drain_until_us != 0) {
		log_info("ending at once");
		ev_break(loop, EVBREAK_ALL);
		return;
	}
	log_info("ending: reads no more; %zu in flight are answered first",
	    broker->dispatch.flights.in_flight);
	sd_notifyf(0, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%" PRId64,
	    DRAIN_US + 2 * LINGER_US);
	broker->drain_until_us = clock_monotonic_us() + DRAIN_US;
	for (int i = 0; i < INGRESS_COUNT; i++)
		ingress_pause(&broker->ingress[i]);
}

static void on_reload(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct broker *broker = signal->data;
	struct complaints complaints = {.file = broker->settings_file};
	struct settings fresh;

	(void)loop;
	(void)events;
	sd_notifyf(0, "RELOADING=1");
	if (settings_load(&complaints, &fresh) < 0) {
		log_error("settings are left as they were:\n%s",
		    complaints.text != NULL ? complaints.text : "");
	} else {
		broker->settings.log = fresh.log;
		log_open("creditd", fresh.log);
		log_info("settings read again: the log level holds now, the "
			 "rest from the next start");
		settings_fini(&fresh);
	}
	complaints_fini(&complaints);
	sd_notify(0, "READY=1");
}

static void watch_signals(struct broker *broker)
{
	signal(SIGPIPE, SIG_IGN);
	ev_signal_init(&broker->on_term, on_end, SIGTERM);
	ev_signal_init(&broker->on_int, on_end, SIGINT);
	ev_signal_init(&broker->on_hup, on_reload, SIGHUP);
	broker->on_term.data = broker;
	broker->on_int.data = broker;
	broker->on_hup.data = broker;
	ev_signal_start(broker->loop, &broker->on_term);
	ev_signal_start(broker->loop, &broker->on_int);
	ev_signal_start(broker->loop, &broker->on_hup);
}

static void start_timers(struct broker *broker)
{
	double tick = broker->settings.beat_ms < TICK_MS
			  ? (double)broker->settings.beat_ms / 1000
			  : (double)TICK_MS / 1000;
	uint64_t watchdog_us = 0;

	ev_timer_init(&broker->tick, on_tick, tick, tick);
	broker->tick.data = broker;
	ev_timer_start(broker->loop, &broker->tick);
	ev_timer_init(&broker->pace, on_pace, PACE_S, PACE_S);
	if (sd_watchdog_enabled(0, &watchdog_us) <= 0)
		return;
	ev_timer_init(
	    &broker->watchdog, on_watchdog, 0, (double)watchdog_us / 2e6);
	broker->watchdog.data = broker;
	ev_timer_start(broker->loop, &broker->watchdog);
}

/* ---- birth and end */

/* libzmq's threads must take no signals: they start with the first socket. */
static void *create_context(struct zwatch *watch, struct workers *workers)
{
	sigset_t all, before;
	void *context;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	context = zmq_ctx_new();
	if (context != NULL) {
		zmq_ctx_set(context, ZMQ_IO_THREADS, 2);
		zmq_ctx_set(context, ZMQ_BLOCKY, 0);
		/* Else a small message that waits keeps 8 KiB. */
		zmq_ctx_set(context, CONTEXT_ZERO_COPY, 0);
		zmq_ctx_set(context, ZMQ_MAX_SOCKETS, ORGANIZATIONS_MOST + 64);
		workers->watch = watch;
		if (workers_open(workers, context) < 0) {
			zmq_ctx_term(context);
			context = NULL;
		}
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return context;
}

static bool bind_to(void *socket, enum gate_kind kind, const char *endpoint,
    char ret[ENDPOINT_SIZE])
{
	int error;

	gate_listen_as(kind);
	error = socket_bind(socket, endpoint, ret);
	gate_listen_as(GATE_OPEN);

	if (error < 0)
		log_error("can't listen on %s: %s", endpoint,
		    socket_complaint(error));
	return error == 0;
}

static bool open_ingress(struct broker *broker, enum ingress_port port)
{
	struct ingress *ingress = &broker->ingress[port];
	int error;

	ingress->port = port;
	ingress->watch = broker->watch;
	ingress->reply = &broker->dispatch.reply;
	ingress->stats = &broker->dispatch.stats;
	ingress->handle = take_request;
	ingress->arg = broker;
	/* All that a partner may have in flight, and as many refusals. */
	error = ingress_open(ingress, broker->context,
	    (int)broker->settings.in_flight_per_partner * 2 + 1000);
	if (error < 0)
		log_error("can't open a socket: %s", zmq_strerror(-error));
	return error == 0;
}

static bool open_sockets(struct broker *broker)
{
	const struct settings *settings = &broker->settings;
	struct status *status = &broker->status;

	if (!open_ingress(broker, INGRESS_EVENTS) ||
	    !open_ingress(broker, INGRESS_CONTROL) ||
	    !bind_to(broker->workers.socket, GATE_OPEN, settings->workers,
		status->workers) ||
	    !bind_to(broker->ingress[INGRESS_CONTROL].socket, GATE_CONTROL,
		settings->control, status->control))
		return false;
	log_info("workers=%s control=%s", status->workers, status->control);
	for (unsigned i = 0; i < settings->event_count; i++) {
		if (!bind_to(broker->ingress[INGRESS_EVENTS].socket,
			GATE_EVENTS, settings->events[i], status->events[i]))
			return false;
		log_info("events=%s", status->events[i]);
	}
	return true;
}

static void wire(struct broker *broker)
{
	const struct settings *settings = &broker->settings;
	const struct dispatch_limits limits = {
	    .in_flight = (unsigned)settings->in_flight,
	    .in_flight_per_partner = (unsigned)settings->in_flight_per_partner,
	    .bytes = (size_t)settings->memory_mib << 20,
	    .bytes_per_partner = (size_t)settings->memory_mib_per_partner << 20,
	    .answer_us = settings->answer_ms * 1000,
	    .dead_us = settings->dead_ms * 1000};
	const struct dispatch_out out = {.arg = broker,
	    .give = give,
	    .local = local,
	    .opened = opened,
	    .cut = cut,
	    .reply = reply,
	    .feed = {.arg = broker, .publish = publish, .fetch = fetch}};
	struct clock wall;

	clock_init(&wall, DATE_NONE);
	broker->status.epoch = clock_received_us(&wall);
	broker->status.started_us = clock_monotonic_us();
	clock_init(&broker->clock, settings->test_clock);
	dispatch_init(&broker->dispatch, &limits, &out, &broker->clock,
	    broker->status.epoch);
	broker->workers.dispatch = &broker->dispatch;
	broker->workers.beat_ms = settings->beat_ms;
	broker->workers.epoch = broker->status.epoch;
	broker->outlets.watch = broker->watch;
	broker->outlets.context = broker->context;
	broker->outlets.settings = &broker->settings;
	broker->status.dispatch = &broker->dispatch;
	broker->status.outlets = &broker->outlets;
	broker->status.settings = &broker->settings;
}

/* Before anybody listens. Without descriptors libzmq would turn in circles. */
static void bound_gate(const struct settings *settings)
{
	struct gate_limits limits = {
	    .ahead_most = settings->read_ahead_mib << 20,
	    .unread_most = settings->unread_mib << 20,
	    .connections = (unsigned)settings->connections};
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
		if (files.rlim_cur < limits.connections + FDS_OURS) {
			limits.connections =
			    files.rlim_cur > (rlim_t)2 * FDS_OURS
				? (unsigned)files.rlim_cur - FDS_OURS
				: (unsigned)files.rlim_cur / 2;
			log_warn("connections=%u at most: the process may "
				 "have %ju files (LimitNOFILE)",
			    limits.connections, (uintmax_t)files.rlim_cur);
		}
	}
	gate_limit(&limits);
}

struct broker *broker_create(
    const struct settings *settings, const char *settings_file)
{
	struct broker *broker = calloc(1, sizeof(*broker));

	if (broker == NULL)
		return NULL;
	broker->settings = *settings;
	broker->settings_file = settings_file;
	broker->loop = ev_default_loop(EVFLAG_AUTO);
	if (broker->loop != NULL)
		broker->watch =
		    zwatch_create(broker->loop, broker_turn, broker);
	if (broker->watch != NULL)
		broker->context =
		    create_context(broker->watch, &broker->workers);
	wire(broker);
	bound_gate(settings);
	if (broker->context == NULL) {
		log_error("can't start: no event loop, no memory or too few "
			  "descriptors");
		broker_destroy(broker);
		return NULL;
	}
	if (!open_sockets(broker)) {
		broker_destroy(broker);
		return NULL;
	}
	watch_signals(broker);
	start_timers(broker);
	return broker;
}

void broker_run(struct broker *broker)
{
	log_info("creditd " CREDITD_VERSION " is ready%s",
	    clock_is_test(&broker->clock) ? " (test clock)" : "");
	sd_notify(0, "READY=1\nSTATUS=waiting for workers");
	ev_run(broker->loop, 0);
	/* Whoever still waits is told. */
	dispatch_refuse_all(&broker->dispatch);
	log_info("ended; submits=%" PRIu64 " results=%" PRIu64
		 " refused=%" PRIu64,
	    broker->dispatch.stats.submits, broker->dispatch.stats.results,
	    broker->dispatch.stats.refused);
}

void broker_destroy(struct broker *broker)
{
	if (broker == NULL)
		return;
	/* Files first: while creditd still listens, no successor has made its
	 * own. */
	for (unsigned i = 0; i < SETTINGS_EVENTS_MOST; i++)
		socket_unlink(broker->status.events[i]);
	socket_unlink(broker->status.workers);
	socket_unlink(broker->status.control);
	for (int i = 0; i < INGRESS_COUNT; i++)
		ingress_close(&broker->ingress[i], LINGER_MS);
	workers_close(&broker->workers, 0);
	outlets_fini(&broker->outlets);
	zwatch_destroy(broker->watch);
	if (broker->context != NULL)
		zmq_ctx_term(broker->context);
	dispatch_fini(&broker->dispatch);
	if (broker->loop != NULL)
		ev_loop_destroy(broker->loop);
	free(broker);
}
