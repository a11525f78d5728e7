/* The network. Each connection is two queues in order; it may break, and then
 * what is under way is lost, as with TCP. creditd's sockets are these: the
 * functions of frame.h, zwatch.h and socket.h that touch a socket are replaced
 * when this program is linked (-Wl,--wrap). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <zmq.h>

#include "frame.h"
#include "sim.h"
#include "socket.h"
#include "zwatch.h"

#define SOCKETS_MOST     8
#define CONNECTIONS_MOST 20000
#define HWM              1000 /* what a subscriber may leave unread */

struct packet {
	TAILQ_ENTRY(packet) link; /* in the socket's inbox, or under way */
	struct connection *connection;
	bool to_server;
	size_t count, length[FRAMES_MOST];
	char bytes[];
};
TAILQ_HEAD(packets, packet);

struct server {
	bool open, paused;
	int type;
	struct packets inbox;
	zwatch_drain *drain;
	void *arg;
	unsigned budget;
};

struct connection {
	unsigned number;
	enum port port;
	unsigned feed;
	struct server *server;
	struct client client;
	bool open;      /* creditd can send to it */
	bool attached;  /* the client still has it */
	bool vanished;  /* nothing passes, and nobody knows */
	int64_t lag_us; /* some are far away */
	int64_t last_us[2];
	int64_t heard_us;
	unsigned under_way; /* to the client */
};

unsigned net_loss_per_mille;
static struct server servers[SOCKETS_MOST];
static unsigned server_count;
static struct connection **connections;
static unsigned connection_count;
static struct packets under_way = TAILQ_HEAD_INITIALIZER(under_way);
static bool listening;

int __wrap_frames_send(void *socket, const struct text *frame, size_t count);
int __wrap_frames_receive(void *socket, struct frames *frames, size_t most);
void *__wrap_socket_open(void *context, const struct socket_options *options);
int __wrap_socket_bind(
    void *socket, const char *endpoint, char ret[ENDPOINT_SIZE]);
void __wrap_socket_close(void *socket, int linger_ms);
void __wrap_socket_unlink(const char *endpoint);
int __wrap_zwatch_add(struct zwatch *watch, void *socket, unsigned budget,
    zwatch_drain *drain, void *arg);
void __wrap_zwatch_remove(struct zwatch *watch, void *socket);
void __wrap_zwatch_pause(struct zwatch *watch, void *socket, bool paused);
int __wrap_shutdown(int fd, int how);
int64_t __wrap_clock_monotonic_us(void);

int64_t __wrap_clock_monotonic_us(void)
{
	return sim.now_us;
}

/* ---- packets */

static struct packet *packet_create(
    struct connection *connection, const struct text *frame, size_t count)
{
	size_t size = 0;
	struct packet *packet;
	char *at;

	for (size_t i = 0; i < count; i++)
		size += frame[i].length;
	packet = malloc(sizeof(*packet) + size + 1);
	if (packet == NULL)
		abort();
	packet->connection = connection;
	packet->count = count;
	at = packet->bytes;
	for (size_t i = 0; i < count; i++) {
		packet->length[i] = frame[i].length;
		if (frame[i].length > 0)
			memcpy(at, frame[i].at, frame[i].length);
		at += frame[i].length;
	}
	return packet;
}

static size_t packet_frames(const struct packet *packet, struct text *frame)
{
	const char *at = packet->bytes;

	for (size_t i = 0; i < packet->count; i++) {
		frame[i] = (struct text){at, packet->length[i]};
		at += packet->length[i];
	}
	return packet->count;
}

static void deliver(void *arg, uint64_t tag)
{
	struct packet *packet = arg;
	struct connection *c = packet->connection;
	struct text frame[FRAMES_MOST];

	(void)tag;
	TAILQ_REMOVE(&under_way, packet, link);
	c->under_way -= !packet->to_server;
	if (packet->to_server && c->open && !c->vanished) {
		c->heard_us = sim.now_us;
		TAILQ_INSERT_TAIL(&c->server->inbox, packet, link);
		creditd_wake();
		return;
	}
	if (!packet->to_server && c->attached && !c->vanished)
		c->client.take(
		    c->client.owner, frame, packet_frames(packet, frame));
	free(packet);
}

static void carry(struct packet *packet, bool to_server, int64_t late_us)
{
	struct connection *c = packet->connection;
	int64_t at_us = sim.now_us + late_us + c->lag_us +
			span(20, chance(20) ? 20000 : 400);

	/* In order, unless the way to partners is a bad one. */
	if (c->port == PORT_WORKERS || !chance(net_loss_per_mille)) {
		if (at_us < c->last_us[to_server])
			at_us = c->last_us[to_server];
		c->last_us[to_server] = at_us;
	} else {
		at_us += span(0, 3 * SECOND);
	}
	packet->to_server = to_server;
	c->under_way += !to_server;
	TAILQ_INSERT_TAIL(&under_way, packet, link);
	after(at_us - sim.now_us, deliver, packet, 0);
}

static void send_over(struct connection *c, bool to_server,
    const struct text *frame, size_t count, int64_t late_us)
{
	unsigned loss = c->port == PORT_WORKERS ? 0 : net_loss_per_mille;

	if (c->vanished || chance(loss))
		return;
	if (c->port == PORT_FEED && c->under_way >= HWM)
		return;
	carry(packet_create(c, frame, count), to_server, late_us);
	if (loss > 0 && c->port == PORT_EVENTS && chance(loss))
		carry(packet_create(c, frame, count), to_server, 0);
}

/* ---- connections */

struct connection *net_connect(
    enum port port, unsigned feed, const struct client *client)
{
	struct connection *c;

	if (!listening || (unsigned)port + feed >= server_count)
		return NULL;
	if (connections == NULL)
		connections = calloc(CONNECTIONS_MOST, sizeof(*connections));
	c = calloc(1, sizeof(*c));
	if (c == NULL || connections == NULL ||
	    connection_count == CONNECTIONS_MOST)
		abort();
	*c = (struct connection){.number = connection_count,
	    .port = port,
	    .feed = feed,
	    .server = &servers[(unsigned)port + feed],
	    .client = *client,
	    .open = true,
	    .attached = true,
	    .heard_us = sim.now_us};
	if (chance(250))
		c->lag_us = span(1, 30) * MS;
	connections[connection_count++] = c;
	note("connect", c->number, port, feed);
	return c;
}

void net_send_late(struct connection *connection, const struct text *frame,
    size_t count, int64_t late_us)
{
	if (connection != NULL && connection->open)
		send_over(connection, true, frame, count, late_us);
}

void net_send(
    struct connection *connection, const struct text *frame, size_t count)
{
	net_send_late(connection, frame, count, 0);
}

static void tell_lost(void *arg, uint64_t tag)
{
	struct connection *c = arg;

	(void)tag;
	c->open = false;
	if (!c->attached)
		return;
	c->attached = false;
	c->client.lost(c->client.owner);
}

void net_break(struct connection *connection, bool silently)
{
	if (connection == NULL || !connection->attached)
		return;
	note("break", connection->number, silently, 0);
	if (silently) {
		connection->vanished = true;
		after(span(SECOND / 2, 6 * SECOND), tell_lost, connection, 0);
		return;
	}
	connection->open = false;
	after(span(0, 2000), tell_lost, connection, 0);
}

void net_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	connection->open = false;
	connection->attached = false;
}

static struct connection *of_route(struct text route)
{
	unsigned number;

	if (route.length != 5)
		return NULL;
	memcpy(&number, route.at + 1, sizeof(number));
	return number < connection_count ? connections[number] : NULL;
}

unsigned net_number(struct text route)
{
	struct connection *c = of_route(route);

	return c != NULL ? c->number : 0;
}

int64_t net_heard_us(struct text route)
{
	struct connection *c = of_route(route);

	return c != NULL ? c->heard_us : 0;
}

static void drop_all(struct packets *packets)
{
	struct packet *packet;

	while ((packet = TAILQ_FIRST(packets)) != NULL) {
		TAILQ_REMOVE(packets, packet, link);
		free(packet);
	}
}

void net_reset(void)
{
	drop_all(&under_way);
	for (unsigned i = 0; i < server_count; i++)
		drop_all(&servers[i].inbox);
	for (unsigned i = 0; i < connection_count; i++)
		free(connections[i]);
	connection_count = 0;
	server_count = 0;
	listening = false;
	net_loss_per_mille = 0;
}

void net_listen(bool on)
{
	listening = on;
	if (on)
		return;
	/* The sockets of this creditd are gone, and all connections. */
	for (unsigned i = 0; i < connection_count; i++)
		if (connections[i]->attached || connections[i]->open)
			net_break(connections[i], false);
	for (unsigned i = 0; i < server_count; i++)
		drop_all(&servers[i].inbox);
	server_count = 0;
}

bool net_drain(void)
{
	bool more = false;

	for (unsigned i = 0; i < server_count; i++) {
		struct server *s = &servers[i];

		if (!s->open || s->paused || s->drain == NULL)
			continue;
		(void)s->drain(s->arg, s->budget);
		more = more || !TAILQ_EMPTY(&s->inbox);
	}
	return more;
}

/* ---- in place of frame.c, zwatch.c and socket.c */

int __wrap_frames_send(void *socket, const struct text *frame, size_t count)
{
	struct server *server = socket;
	struct connection *c;

	if (server->type == ZMQ_XPUB) {
		unsigned feed = (unsigned)(server - servers) - PORT_FEED;

		promise_sent(feed, frame[0], frame[1]);
		for (unsigned i = 0; i < connection_count; i++)
			if (connections[i]->open &&
			    connections[i]->server == server &&
			    connections[i]->port == PORT_FEED)
				send_over(
				    connections[i], false, frame, count, 0);
		return 0;
	}
	c = of_route(frame[0]);
	if (c == NULL || !c->open || c->server != server)
		return -EHOSTUNREACH;
	if (c->port == PORT_WORKERS)
		creditd_gave(frame[0], frame[1]);
	send_over(c, false, frame + 1, count - 1, 0);
	return 0;
}

int __wrap_frames_receive(void *socket, struct frames *frames, size_t most)
{
	struct server *server = socket;
	struct packet *packet = TAILQ_FIRST(&server->inbox);
	char route[5] = {0};
	struct text frame[FRAMES_MOST];
	size_t size = sizeof(route), count;
	char *at;

	(void)most;
	frames->count = 0;
	frames->source_fd = -1;
	frames->source_id[0] = '\0';
	if (packet == NULL)
		return -EAGAIN;
	TAILQ_REMOVE(&server->inbox, packet, link);
	memcpy(route + 1, &packet->connection->number, 4);
	frame[0] = (struct text){route, sizeof(route)};
	count = packet_frames(packet, frame + 1) + 1;
	for (size_t i = 1; i < count; i++)
		size += frame[i].length;
	if (size + 1 > frames->capacity) {
		frames->capacity = 2 * size + 64;
		frames->data = realloc(frames->data, frames->capacity);
		if (frames->data == NULL)
			abort();
	}
	at = frames->data;
	for (size_t i = 0; i < count; i++) {
		memcpy(at, frame[i].at, frame[i].length);
		frames->frame[i] = (struct text){at, frame[i].length};
		at += frame[i].length;
	}
	frames->count = count;
	frames->size = size;
	frames->source_fd = 1000 + (int)packet->connection->number;
	if (packet->connection->port == PORT_WORKERS)
		promise_done(frames->frame[0], frames->frame[1]);
	if (packet->connection->port == PORT_EVENTS && count > 4)
		attempt_taken(frames->frame[4]);
	free(packet);
	return 0;
}

void *__wrap_socket_open(void *context, const struct socket_options *options)
{
	struct server *server = &servers[server_count++];

	(void)context;
	*server = (struct server){.open = true, .type = options->type};
	TAILQ_INIT(&server->inbox);
	return server;
}

int __wrap_socket_bind(
    void *socket, const char *endpoint, char ret[ENDPOINT_SIZE])
{
	(void)socket;
	snprintf(ret, ENDPOINT_SIZE, "%s", endpoint);
	return 0;
}

void __wrap_socket_close(void *socket, int linger_ms)
{
	struct server *server = socket;

	(void)linger_ms;
	server->open = false;
}

void __wrap_socket_unlink(const char *endpoint)
{
	(void)endpoint;
}

int __wrap_zwatch_add(struct zwatch *watch, void *socket, unsigned budget,
    zwatch_drain *drain, void *arg)
{
	struct server *server = socket;

	(void)watch;
	server->drain = drain;
	server->arg = arg;
	server->budget = budget;
	return 0;
}

void __wrap_zwatch_remove(struct zwatch *watch, void *socket)
{
	(void)watch;
	((struct server *)socket)->drain = NULL;
}

void __wrap_zwatch_pause(struct zwatch *watch, void *socket, bool paused)
{
	(void)watch;
	((struct server *)socket)->paused = paused;
}

/* A partner's connection is cut. */
int __wrap_shutdown(int fd, int how)
{
	unsigned number = (unsigned)(fd - 1000);

	(void)how;
	if (number < connection_count)
		net_break(connections[number], false);
	return 0;
}
