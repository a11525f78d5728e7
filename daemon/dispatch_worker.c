/* What workers tell, apart from answers: who they are, what there is. */
#include "dispatch.h"

#include <inttypes.h>
#include <string.h>

#include "log.h"

struct worker *dispatch_hello(struct dispatch *d, struct text route,
    const struct worker_hello *hello, int64_t now_us)
{
	struct worker *before = pool_find(&d->pool, route);
	struct worker *worker;

	d->feed.now_us = now_us;
	d->now_us = now_us;
	if (before == NULL)
		before = pool_find_incarnation(&d->pool, hello->incarnation);
	if (before != NULL) {
		before->lives = true;
		dispatch_lose(d, before, "it says hello anew");
	}
	worker = pool_add(&d->pool, route, hello, now_us);
	if (worker == NULL)
		return NULL;
	/* With its database away it can't tell what there is. */
	if (worker->state == WORKER_WELL)
		d->ready = true;
	isolate_hello(d, worker);
	log_info("worker=%s incarnation=%s version=%s schema=%s window=%u "
		 "hello (%s)",
	    worker->name, worker->incarnation, worker->version, worker->schema,
	    worker->window, worker_state_name(worker->state));
	return worker;
}

void dispatch_organization(
    struct dispatch *d, const struct organization_facts *facts)
{
	struct organization *organization;
	int known = directory_learn(&d->directory, facts, &organization);

	if (known < 0)
		log_error("organization=%.*s number=%" PRId64 " zone=%.*s: %s",
		    TEXT_ARGS(facts->name), facts->number,
		    TEXT_ARGS(facts->zone), directory_complaint(known));
	else if (known == 1)
		dispatch_open_feed(d, organization);
}

static void take_head(struct dispatch *d, struct stream *stream,
    const struct stream_head *head, bool hello)
{
	stream->asides = head->asides;
	feed_head(&d->feed, stream, head);
	calendar_head(&d->calendar, stream, head, hello);
	d->control.dirty = true;
}

void dispatch_head(
    struct dispatch *d, const struct stream_head *head, bool hello)
{
	struct stream *stream = directory_stream(&d->directory, head->stream);

	if (stream == NULL)
		return;
	if (hello) /* the newest worker's */
		stream->dates.hello = d->pool.serial;
	take_head(d, stream, head, hello);
}

/* A database that was restored to a moment before a stream's first event. */
void dispatch_told(struct dispatch *d, const struct worker *worker)
{
	if (!worker->told)
		return;
	for (struct organization *o = d->directory.first; o != NULL;
	     o = o->next) {
		for (int i = 0; i < STREAM_BUCKETS; i++) {
			struct stream *stream = &o->streams[i];
			const struct stream_head none = {
			    .stream = stream->number, .today = DATE_NONE};

			if (stream->dates.seq > 0 &&
			    stream->dates.hello != worker->serial)
				take_head(d, stream, &none, true);
		}
	}
}

void dispatch_beat(struct dispatch *d, struct worker *worker,
    enum link_database database, struct text message, int64_t now_us)
{
	enum worker_state before = worker->state;
	size_t length = message.length;

	d->now_us = now_us;
	worker_heard(worker, now_us);
	worker_database(worker, database);
	if (length >= sizeof(worker->message))
		length = sizeof(worker->message) - 1;
	if (length > 0)
		memcpy(worker->message, message.at, length);
	worker->message[length] = '\0';
	isolate_heard(d, worker);
	if (worker->state != before)
		log_warn("worker=%s is now: %s %s", worker->name,
		    worker_state_name(worker->state), worker->message);
}

void dispatch_change(struct dispatch *d, const struct change *change)
{
	struct stream *stream = directory_stream(&d->directory, change->stream);

	if (stream != NULL)
		feed_change(&d->feed, stream, change);
}

bool dispatch_fetched(struct dispatch *d, struct worker *worker, int64_t number,
    const struct fetched *fetched, int64_t now_us)
{
	struct stream *stream = directory_stream(&d->directory, number);

	if (stream == NULL || stream->feed.fetch != fetched->ticket ||
	    stream->feed.reader != worker->serial)
		return true; /* it took too long; another has it */
	worker->fetches--;
	return feed_fetched(&d->feed, stream, fetched, now_us);
}

void dispatch_bye(struct dispatch *d, struct worker *worker)
{
	(void)d;
	if (worker->state == WORKER_LEAVING)
		return;
	worker_set_state(worker, WORKER_LEAVING);
	log_info("worker=%s bye; events=%u still there", worker->name,
	    worker->events);
}
