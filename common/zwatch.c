/* ZeroMQ sockets in a libev loop. */
#include "zwatch.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

struct watched {
	ev_io io;
	void *socket;
	zwatch_drain *drain;
	void *arg;
	unsigned budget;
	bool paused;
	bool ready; /* its descriptor fired, or ZMQ_EVENTS said so */
};

struct zwatch {
	struct ev_loop *loop;
	ev_prepare prepare;
	ev_check check;
	ev_idle idle;
	zwatch_turn *turn;
	void *turn_arg;
	struct watched **sockets; /* pointers: libev keeps the addresses */
	size_t count;
	size_t first; /* which one is drained first: goes round */
	uint64_t handled;
	bool is_idle;
};

static bool socket_readable(void *socket)
{
	int events = 0;
	size_t size = sizeof(events);

	return zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0 &&
	       (events & ZMQ_POLLIN) != 0;
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct watched *watched = io->data;

	(void)loop;
	(void)events;
	watched->ready = true;
}

static void on_idle(struct ev_loop *loop, ev_idle *idle, int events)
{
	/* It only has to exist: the loop then does not sleep. */
	(void)loop;
	(void)idle;
	(void)events;
}

static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct zwatch *watch = prepare->data;
	bool more = watch->turn != NULL && watch->turn(watch->turn_arg);

	(void)events;
	for (size_t i = 0; i < watch->count; i++) {
		struct watched *watched = watch->sockets[i];

		watched->ready =
		    !watched->paused && socket_readable(watched->socket);
		more = more || watched->ready;
	}
	watch->is_idle = !more;
	if (more)
		ev_idle_start(loop, &watch->idle);
}

static void on_check(struct ev_loop *loop, ev_check *check, int events)
{
	struct zwatch *watch = check->data;
	size_t count = watch->count;

	(void)events;
	ev_idle_stop(loop, &watch->idle);
	for (size_t i = 0; i < count && i < watch->count; i++) {
		struct watched *watched =
		    watch->sockets[(watch->first + i) % watch->count];

		if (watched->ready && !watched->paused)
			watch->handled +=
			    watched->drain(watched->arg, watched->budget);
	}
	watch->first = count > 0 ? (watch->first + 1) % count : 0;
}

struct zwatch *zwatch_create(struct ev_loop *loop, zwatch_turn *turn, void *arg)
{
	struct zwatch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL)
		return NULL;
	watch->loop = loop;
	watch->turn = turn;
	watch->turn_arg = arg;
	ev_prepare_init(&watch->prepare, on_prepare);
	ev_check_init(&watch->check, on_check);
	ev_idle_init(&watch->idle, on_idle);
	/* After the descriptors' own callbacks, before timers. */
	ev_set_priority(&watch->check, EV_MAXPRI - 1);
	watch->prepare.data = watch;
	watch->check.data = watch;
	ev_prepare_start(loop, &watch->prepare);
	ev_check_start(loop, &watch->check);
	return watch;
}

void zwatch_destroy(struct zwatch *watch)
{
	if (watch == NULL)
		return;
	while (watch->count > 0)
		zwatch_remove(watch, watch->sockets[0]->socket);
	ev_prepare_stop(watch->loop, &watch->prepare);
	ev_check_stop(watch->loop, &watch->check);
	ev_idle_stop(watch->loop, &watch->idle);
	free(watch->sockets);
	free(watch);
}

int zwatch_add(struct zwatch *watch, void *socket, unsigned budget,
    zwatch_drain *drain, void *arg)
{
	struct watched **sockets;
	struct watched *watched;
	size_t size = sizeof(int);
	int fd;

	if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) < 0)
		return -errno;
	sockets = reallocarray(
	    watch->sockets, watch->count + 1, sizeof(struct watched *));
	if (sockets == NULL)
		return -ENOMEM;
	watch->sockets = sockets;
	watched = calloc(1, sizeof(*watched));
	if (watched == NULL)
		return -ENOMEM;
	watched->socket = socket;
	watched->drain = drain;
	watched->arg = arg;
	watched->budget = budget;
	ev_io_init(&watched->io, on_io, fd, EV_READ);
	ev_set_priority(&watched->io, EV_MAXPRI);
	watched->io.data = watched;
	ev_io_start(watch->loop, &watched->io);
	watch->sockets[watch->count++] = watched;
	return 0;
}

static struct watched *zwatch_find(
    const struct zwatch *watch, const void *socket, size_t *ret_index)
{
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->sockets[i]->socket != socket)
			continue;
		if (ret_index != NULL)
			*ret_index = i;
		return watch->sockets[i];
	}
	return NULL;
}

void zwatch_remove(struct zwatch *watch, void *socket)
{
	size_t index;
	struct watched *watched = zwatch_find(watch, socket, &index);

	if (watched == NULL)
		return;
	ev_io_stop(watch->loop, &watched->io);
	free(watched);
	watch->sockets[index] = watch->sockets[--watch->count];
}

void zwatch_pause(struct zwatch *watch, void *socket, bool paused)
{
	struct watched *watched = zwatch_find(watch, socket, NULL);

	if (watched == NULL || watched->paused == paused)
		return;
	watched->paused = paused;
	if (paused)
		ev_io_stop(watch->loop, &watched->io);
	else
		ev_io_start(watch->loop, &watched->io);
}

uint64_t zwatch_handled(const struct zwatch *watch)
{
	return watch->handled;
}

bool zwatch_is_idle(const struct zwatch *watch)
{
	return watch->is_idle;
}
