/* The bare path: what any partner → broker → worker → back costs in ZeroMQ. The
 * broker and the worker are processes of their own; partners come by TCP and
 * workers by ipc, as with creditd. */
#include "bench.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

struct bench_path {
	pid_t broker, worker;
	char directory[32];
	char backend[64];
	void *context, *socket;
};

static void *open_socket(void *context, int type)
{
	void *socket = zmq_socket(context, type);
	int none = 0;

	if (socket == NULL)
		bench_fail("zmq_socket: %s", zmq_strerror(errno));
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof(none));
	return socket;
}

/* A child that ends with its parent. */
static pid_t fork_child(void)
{
	pid_t parent = getpid(), child = fork();

	if (child < 0)
		bench_fail("fork: %s", strerror(errno));
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return child;
}

/* Forwards between both sides until it is killed; tells its endpoint. */
static _Noreturn void be_broker(const char *backend, int tell)
{
	void *context = zmq_ctx_new();
	void *front = open_socket(context, ZMQ_ROUTER);
	void *back = open_socket(context, ZMQ_DEALER);
	char endpoint[64] = "";
	size_t size = sizeof(endpoint);

	if (zmq_bind(front, "tcp://127.0.0.1:*") != 0 ||
	    zmq_bind(back, backend) != 0 ||
	    zmq_getsockopt(front, ZMQ_LAST_ENDPOINT, endpoint, &size) != 0)
		bench_fail("the bare broker: %s", zmq_strerror(errno));
	if (write(tell, endpoint, sizeof(endpoint)) != sizeof(endpoint))
		_exit(1);
	zmq_proxy(front, back, NULL);
	_exit(0);
}

/* Sends every message back as it came until it is killed. */
static _Noreturn void be_worker(const char *backend)
{
	void *context = zmq_ctx_new();
	void *socket = open_socket(context, ZMQ_DEALER);
	zmq_msg_t part;

	if (zmq_connect(socket, backend) != 0)
		bench_fail("the bare worker: %s", zmq_strerror(errno));
	for (;;) {
		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, socket, 0) < 0)
			_exit(1);
		if (zmq_msg_send(&part, socket,
			zmq_msg_more(&part) ? ZMQ_SNDMORE : 0) < 0)
			_exit(1);
	}
}

struct bench_path *bench_path_start(void)
{
	struct bench_path *path = calloc(1, sizeof(*path));
	char endpoint[64];
	int wait_ms = BENCH_WAIT_MS, tell[2];

	if (path == NULL)
		bench_fail("no memory");
	strcpy(path->directory, "/tmp/creditd-bench.XXXXXX");
	if (mkdtemp(path->directory) == NULL || pipe(tell) != 0)
		bench_fail("%s: %s", path->directory, strerror(errno));
	snprintf(path->backend, sizeof(path->backend), "ipc://%s/backend",
	    path->directory);
	path->broker = fork_child();
	if (path->broker == 0)
		be_broker(path->backend, tell[1]);
	if (read(tell[0], endpoint, sizeof(endpoint)) != sizeof(endpoint))
		bench_fail("the bare broker did not start");
	close(tell[0]);
	close(tell[1]);
	path->worker = fork_child();
	if (path->worker == 0)
		be_worker(path->backend);
	path->context = zmq_ctx_new();
	path->socket = open_socket(path->context, ZMQ_DEALER);
	zmq_setsockopt(path->socket, ZMQ_RCVTIMEO, &wait_ms, sizeof(wait_ms));
	if (zmq_connect(path->socket, endpoint) != 0)
		bench_fail("%s: %s", endpoint, zmq_strerror(errno));
	return path;
}

void bench_path_trip(struct bench_path *path)
{
	char body[BENCH_BODY_SIZE] = {0};

	if (zmq_send(path->socket, "", 0, ZMQ_SNDMORE) < 0 ||
	    zmq_send(path->socket, body, sizeof(body), 0) < 0 ||
	    zmq_recv(path->socket, body, sizeof(body), 0) < 0 ||
	    zmq_recv(path->socket, body, sizeof(body), 0) < 0)
		bench_fail("the bare path: %s", zmq_strerror(errno));
}

void bench_path_stop(struct bench_path *path)
{
	zmq_close(path->socket);
	zmq_ctx_term(path->context);
	kill(path->worker, SIGKILL);
	kill(path->broker, SIGKILL);
	waitpid(path->worker, NULL, 0);
	waitpid(path->broker, NULL, 0);
	unlink(path->backend + strlen("ipc://"));
	rmdir(path->directory);
	free(path);
}
