/* The feeds' XPUB sockets, one for each organization. */
#include "outlet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <zmq.h>

#include "gate.h"
#include "log.h"

#define BUDGET      64
#define SEND_MOST   1000 /* then a subscriber loses messages */
#define TOPIC_MOST  512  /* a subscription's length */
#define BURST       100  /* messages at once: well below SEND_MOST */
#define PER_MS      50   /* 50,000 a second */
#define QUEUE_MOST  ((size_t)8 * 1024 * 1024)
#define PORTS_TRIED 1000

struct waiting {
	TAILQ_ENTRY(waiting) link;
	size_t topic, body; /* lengths; the bytes follow */
	char bytes[];
};

struct outlet {
	struct organization *organization;
	void *socket;
	char endpoint[ENDPOINT_SIZE];
	bool complained;
	TAILQ_HEAD(, waiting) queue;
	size_t bytes; /* in the queue */
	int64_t tokens;
	int64_t filled_us; /* when tokens were given last */
	struct frames frames;
};

/* Subscriptions are libzmq's business; they are only read away. */
static unsigned outlet_drain(void *arg, unsigned budget)
{
	struct outlet *outlet = arg;
	unsigned handled = 0;

	while (handled < budget) {
		int error =
		    frames_receive(outlet->socket, &outlet->frames, TOPIC_MOST);

		if (error < 0 && error != -ENOMEM)
			break;
		handled++;
	}
	return handled;
}

/* The settings' own endpoint for it, or the next free one from `from`. */
static int outlet_bind(
    const struct outlets *outlets, struct outlet *outlet, void *socket)
{
	const char *name = outlet->organization->name;
	const char *own = settings_feed(outlets->settings, name);
	const char *from = outlets->settings->feed_from;
	const char *colon = strrchr(from, ':');
	char endpoint[ENDPOINT_SIZE + ORGANIZATION_NAME_SIZE];
	int error = -EADDRINUSE;
	long port;

	if (own != NULL)
		return socket_bind(socket, own, outlet->endpoint);
	if (from[0] == '\0')
		return -ENOTCONN;
	if (strncmp(from, "ipc://", 6) == 0) {
		snprintf(endpoint, sizeof(endpoint), "%s.%s", from, name);
		return socket_bind(socket, endpoint, outlet->endpoint);
	}
	if (colon == NULL || strcmp(colon, ":*") == 0)
		return socket_bind(socket, from, outlet->endpoint);
	port = strtol(colon + 1, NULL, 10);
	for (int i = 0; error == -EADDRINUSE && i < PORTS_TRIED; i++) {
		if (port + i > 65535)
			break;
		snprintf(endpoint, sizeof(endpoint), "%.*s:%ld",
		    (int)(colon - from), from, port + i);
		error = socket_bind(socket, endpoint, outlet->endpoint);
	}
	return error;
}

static void outlet_try(struct outlets *outlets, struct outlet *outlet)
{
	const struct socket_options options = {.type = ZMQ_XPUB,
	    .io = IO_PARTNERS,
	    .send_most = SEND_MOST,
	    .frame_most = TOPIC_MOST};
	void *socket = socket_open(outlets->context, &options);
	int error = socket == NULL ? -errno : 0;

	gate_listen_as(GATE_FEED);
	if (error == 0)
		error = outlet_bind(outlets, outlet, socket);
	gate_listen_as(GATE_OPEN);
	if (error == 0)
		error = zwatch_add(
		    outlets->watch, socket, BUDGET, outlet_drain, outlet);
	if (error == 0) {
		outlet->socket = socket;
		log_info("organization=%s number=%" PRId32 " feed=%s",
		    outlet->organization->name, outlet->organization->number,
		    outlet->endpoint);
		return;
	}
	socket_close(socket, 0);
	outlet->endpoint[0] = '\0';
	if (!outlet->complained)
		log_error("organization=%s has no feed: %s; see 'feed' in the "
			  "settings",
		    outlet->organization->name,
		    error == -ENOTCONN ? "no endpoint is set for it"
				       : socket_complaint(error));
	outlet->complained = true;
}

void outlet_open(struct outlets *outlets, struct organization *organization)
{
	struct outlet *outlet = calloc(1, sizeof(*outlet));

	if (outlet == NULL) {
		log_error("organization=%s has no feed: out of memory",
		    organization->name);
		return;
	}
	outlet->organization = organization;
	outlet->tokens = BURST;
	TAILQ_INIT(&outlet->queue);
	outlets->outlet[organization->index] = outlet;
	if (outlets->count <= organization->index)
		outlets->count = organization->index + 1;
	outlet_try(outlets, outlet);
}

void outlets_retry(struct outlets *outlets)
{
	for (unsigned i = 0; i < outlets->count; i++)
		if (outlets->outlet[i] != NULL &&
		    outlets->outlet[i]->socket == NULL)
			outlet_try(outlets, outlets->outlet[i]);
}

static void outlet_destroy(struct outlets *outlets, struct outlet *outlet)
{
	struct waiting *waiting, *next;

	if (outlet == NULL)
		return;
	for (waiting = TAILQ_FIRST(&outlet->queue); waiting != NULL;
	     waiting = next) {
		next = TAILQ_NEXT(waiting, link);
		free(waiting);
	}
	if (outlet->socket != NULL) {
		zwatch_remove(outlets->watch, outlet->socket);
		socket_unlink(outlet->endpoint);
		socket_close(outlet->socket, 0);
	}
	frames_fini(&outlet->frames);
	free(outlet);
}

void outlets_fini(struct outlets *outlets)
{
	for (unsigned i = 0; i < outlets->count; i++)
		outlet_destroy(outlets, outlets->outlet[i]);
	outlets->count = 0;
}

const char *outlet_endpoint(
    const struct outlets *outlets, const struct organization *organization)
{
	const struct outlet *outlet = outlets->outlet[organization->index];

	return outlet != NULL && outlet->socket != NULL ? outlet->endpoint
							: NULL;
}

static void outlet_send(
    struct outlet *outlet, struct text topic, struct text body)
{
	const struct text frame[] = {topic, body};

	/* XPUB drops at a subscriber's mark; it turns nothing down. */
	(void)!frames_send(outlet->socket, frame, 2);
	outlet->tokens--;
}

static void outlet_fill(struct outlet *outlet, int64_t now_us)
{
	int64_t more = (now_us - outlet->filled_us) * PER_MS / 1000;

	if (more <= 0)
		return;
	outlet->filled_us = now_us;
	outlet->tokens += more;
	if (outlet->tokens > BURST)
		outlet->tokens = BURST;
}

static bool outlet_queue(
    struct outlet *outlet, struct text topic, struct text body)
{
	size_t size = sizeof(struct waiting) + topic.length + body.length;
	struct waiting *waiting;

	if (outlet->bytes + size > QUEUE_MOST)
		return false;
	waiting = malloc(size);
	if (waiting == NULL)
		return false;
	waiting->topic = topic.length;
	waiting->body = body.length;
	memcpy(waiting->bytes, topic.at, topic.length);
	memcpy(waiting->bytes + topic.length, body.at, body.length);
	TAILQ_INSERT_TAIL(&outlet->queue, waiting, link);
	outlet->bytes += size;
	return true;
}

bool outlet_publish(struct outlets *outlets,
    const struct organization *organization, struct text topic,
    struct text body)
{
	struct outlet *outlet = outlets->outlet[organization->index];

	if (outlet == NULL || outlet->socket == NULL)
		return true;
	if (TAILQ_EMPTY(&outlet->queue) && outlet->tokens > 0) {
		outlet_send(outlet, topic, body);
		return true;
	}
	outlets->backlog = true;
	return outlet_queue(outlet, topic, body);
}

static void outlet_flush(struct outlet *outlet)
{
	struct waiting *waiting, *next;

	for (waiting = TAILQ_FIRST(&outlet->queue);
	     waiting != NULL && outlet->tokens > 0; waiting = next) {
		struct text topic = {waiting->bytes, waiting->topic};
		struct text body = {
		    waiting->bytes + waiting->topic, waiting->body};

		next = TAILQ_NEXT(waiting, link);
		outlet_send(outlet, topic, body);
		TAILQ_REMOVE(&outlet->queue, waiting, link);
		outlet->bytes -=
		    sizeof(*waiting) + waiting->topic + waiting->body;
		free(waiting);
	}
}

void outlets_turn(struct outlets *outlets, int64_t now_us)
{
	outlets->backlog = false;
	for (unsigned i = 0; i < outlets->count; i++) {
		struct outlet *outlet = outlets->outlet[i];

		if (outlet == NULL || outlet->socket == NULL)
			continue;
		outlet_fill(outlet, now_us);
		if (!TAILQ_EMPTY(&outlet->queue))
			outlet_flush(outlet);
		outlets->backlog =
		    outlets->backlog || !TAILQ_EMPTY(&outlet->queue);
	}
}
