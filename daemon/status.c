/* What creditd says about itself: PONG, QUERY feeds, QUERY status. */
#include "status.h"

#include "gate.h"
#include "version.h"

static const char *const features[] = {
    "submit",
    "dry_run",
    "explain",
    "balances",
    "changes",
    "transcript",
    "requests",
    "feeds",
    "heads",
    "status",
};

static void write_versions(struct wire_writer *w)
{
	wire_key(w, "versions");
	wire_write_array(w, 1);
	wire_write_int(w, 1);
	wire_key(w, "features");
	wire_open_list(w);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		wire_item(w);
		wire_write_string(w, features[i]);
	}
	wire_close(w);
}

void status_write_pong(struct wire_writer *w)
{
	wire_open_map(w);
	write_versions(w);
	wire_close(w);
}

void status_write_feeds(struct wire_writer *w, const struct status *status)
{
	const struct directory *directory = &status->dispatch->directory;

	wire_open_map(w);
	wire_key(w, "feeds");
	wire_open_map(w);
	for (const struct organization *o = directory->first; o != NULL;
	     o = o->next) {
		const char *endpoint = outlet_endpoint(status->outlets, o);

		if (endpoint != NULL)
			wire_pair_string(w, o->name, endpoint);
	}
	wire_close(w);
	wire_close(w);
}

static void write_worker(
    struct wire_writer *w, const struct worker *worker, int64_t now_us)
{
	wire_item(w);
	wire_open_map(w);
	wire_pair_string(w, "name", worker->name);
	wire_pair_string(w, "state", worker_state_name(worker->state));
	wire_pair_string(w, "message", worker->message);
	wire_pair_string(w, "version", worker->version);
	wire_pair_string(w, "schema", worker->schema);
	wire_pair_int(w, "window", worker->window);
	wire_pair_int(w, "in_flight", worker->events);
	wire_pair_int(w, "queries", worker->queries);
	wire_pair_int(w, "streams", worker->holder.held_count);
	wire_pair_bool(w, "isolating", worker->isolating);
	wire_pair_int(w, "heard_ms", (now_us - worker->heard_us) / 1000);
	wire_close(w);
}

static void write_queues(struct wire_writer *w, const struct dispatch *d)
{
	wire_key(w, "queues");
	wire_open_map(w);
	wire_pair_int(w, "in_flight", (int64_t)d->flights.in_flight);
	wire_pair_int(w, "in_flight_most", d->limits.in_flight);
	wire_pair_int(w, "waiting", (int64_t)d->streams.waiting);
	wire_pair_int(w, "at_workers", (int64_t)d->streams.at_worker);
	wire_pair_int(w, "queries_waiting", d->queries_waiting);
	wire_pair_int(w, "system_events", (int64_t)d->flights.system);
	wire_pair_int(w, "bytes", (int64_t)d->flights.bytes);
	wire_pair_int(w, "bytes_most", (int64_t)d->limits.bytes);
	wire_pair_int(w, "partners", (int64_t)d->partners.count);
	wire_close(w);
}

static void write_gate(struct wire_writer *w)
{
	const struct gate_stats gate = gate_stats();

	wire_key(w, "connections");
	wire_open_map(w);
	wire_pair_int(w, "open", (int64_t)gate.connections);
	wire_pair_int(w, "turned_away", (int64_t)gate.turned_away);
	wire_pair_int(w, "cut_endless", (int64_t)gate.cut_endless);
	wire_pair_int(w, "cut_strange", (int64_t)gate.cut_strange);
	wire_pair_int(w, "cut_topics", (int64_t)gate.cut_topics);
	wire_pair_int(w, "times_slowed", (int64_t)gate.times_slowed);
	wire_pair_int(w, "bytes_ahead", gate.ahead);
	wire_pair_int(w, "bytes_unread", gate.unread);
	wire_close(w);
}

static void write_organization(struct wire_writer *w,
    const struct status *status, struct organization *organization)
{
	const char *endpoint = outlet_endpoint(status->outlets, organization);
	int64_t waiting = 0, behind = 0, due = 0, suspect = 0, asides = 0;

	for (int i = 0; i < STREAM_BUCKETS; i++) {
		waiting += organization->streams[i].waiting;
		behind += organization->streams[i].feed.behind;
		due += organization->streams[i].dates.due;
		suspect += organization->streams[i].state == STREAM_SUSPECT;
		asides += organization->streams[i].asides;
	}
	wire_item(w);
	wire_open_map(w);
	wire_pair_string(w, "organization", organization->name);
	wire_pair_int(w, "number", organization->number);
	wire_pair_int(w, "revision", organization->revision);
	wire_pair_string(w, "time_zone", organization->zone.name);
	wire_pair_date(w, "today",
	    calendar_today(&status->dispatch->calendar, organization));
	if (endpoint != NULL)
		wire_pair_string(w, "feed", endpoint);
	else
		wire_pair_nil(w, "feed");
	wire_pair_int(w, "waiting", waiting);
	wire_pair_int(w, "streams_due", due);
	wire_pair_int(w, "streams_behind", behind);
	wire_pair_int(w, "streams_suspect", suspect);
	wire_pair_int(w, "set_aside", asides);
	wire_close(w);
}

static void write_counters(struct wire_writer *w, const struct stats *stats)
{
	wire_key(w, "counters");
	wire_open_map(w);
#define X(name) wire_pair_int(w, #name, (int64_t)stats->name);
	STATS(X)
#undef X
	wire_close(w);
}

static void write_endpoints(struct wire_writer *w, const struct status *status)
{
	wire_key(w, "endpoints");
	wire_open_map(w);
	wire_key(w, "events");
	wire_open_list(w);
	for (unsigned i = 0; i < status->settings->event_count; i++) {
		wire_item(w);
		wire_write_string(w, status->events[i]);
	}
	wire_close(w);
	wire_pair_string(w, "workers", status->workers);
	wire_pair_string(w, "control", status->control);
	wire_close(w);
}

const char *status_database(const struct pool *pool)
{
	if (pool->count == 0)
		return "unknown";
	return pool_is_usable(pool) ? "well" : "away";
}

void status_write(
    struct wire_writer *w, const struct status *status, int64_t now_us)
{
	struct dispatch *d = status->dispatch;
	const struct worker *worker;

	wire_open_map(w);
	write_versions(w);
	wire_pair_string(w, "release", CREDITD_VERSION);
	wire_pair_int(w, "uptime_s", (now_us - status->started_us) / 1000000);
	wire_pair_int(w, "epoch", d->feed.epoch);
	wire_pair_string(w, "database", status_database(&d->pool));
	wire_pair_bool(w, "test_clock", clock_is_test(d->clock));
	wire_key(w, "workers");
	wire_open_list(w);
	TAILQ_FOREACH (worker, &d->pool.workers, link)
		write_worker(w, worker, now_us);
	wire_close(w);
	write_queues(w, d);
	write_gate(w);
	wire_key(w, "organizations");
	wire_open_list(w);
	for (struct organization *o = d->directory.first; o != NULL;
	     o = o->next)
		write_organization(w, status, o);
	wire_close(w);
	write_endpoints(w, status);
	write_counters(w, &d->stats);
	wire_close(w);
}
