/* ZeroMQ sockets as creditd opens them. */
#include "socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#define HANDSHAKE_MS 3000
#define BACKLOG      1024

static bool set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

/* No heartbeats of ZeroMQ's own, and no mark at which it stops reading: both
 * together let a peer abort libzmq 4.3.4. Sockets are always drained, and
 * admission is decided on what was read. */
static bool set_options(void *socket, const struct socket_options *options)
{
	return zmq_setsockopt(socket, ZMQ_AFFINITY, &options->io,
		   sizeof(options->io)) == 0 &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &options->frame_most,
		   sizeof(options->frame_most)) == 0 &&
	       set_int(socket, ZMQ_RCVHWM, 0) &&
	       set_int(socket, ZMQ_SNDHWM, options->send_most) &&
	       set_int(socket, ZMQ_HEARTBEAT_IVL, 0) &&
	       set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
	       set_int(socket, ZMQ_BACKLOG, BACKLOG) &&
	       set_int(socket, ZMQ_LINGER, 0) &&
	       set_int(socket, ZMQ_TCP_KEEPALIVE, 1) &&
	       set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, 30) &&
	       set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, 10) &&
	       set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, 3) &&
	       set_int(socket, ZMQ_TCP_MAXRT, 30000) &&
	       (options->type != ZMQ_ROUTER ||
		   (set_int(socket, ZMQ_ROUTER_MANDATORY, 1) &&
		       set_int(socket, ZMQ_ROUTER_HANDOVER, 0)));
}

void *socket_open(void *context, const struct socket_options *options)
{
	void *socket = zmq_socket(context, options->type);

	if (socket == NULL)
		return NULL;
	if (!set_options(socket, options)) {
		int error = errno;

		zmq_close(socket);
		errno = error;
		return NULL;
	}
	return socket;
}

/* libzmq unlinks whatever is at the path; a creditd that runs there would go
 * deaf without a word. */
static bool somebody_listens(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	bool listens;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return false;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	listens = connect(fd, (const struct sockaddr *)&address,
		      sizeof(address)) == 0 ||
		  errno == EAGAIN;
	close(fd);
	return listens;
}

int socket_bind(void *socket, const char *endpoint, char ret[ENDPOINT_SIZE])
{
	bool is_ipc = strncmp(endpoint, "ipc://", 6) == 0;
	size_t size = ENDPOINT_SIZE;
	mode_t mask;
	int error;

	if (is_ipc && somebody_listens(endpoint + 6))
		return -EADDRINUSE;
	/* With it, an IPv4 address would be told as a mapped one. */
	if (!set_int(socket, ZMQ_IPV6, strchr(endpoint, '[') != NULL))
		return -errno;
	mask = umask(0117);
	error = zmq_bind(socket, endpoint) < 0 ? -errno : 0;
	umask(mask);
	if (error == 0 &&
	    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, ret, &size) < 0)
		error = -errno;
	return error;
}

void socket_close(void *socket, int linger_ms)
{
	if (socket == NULL)
		return;
	zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
	zmq_close(socket);
}

void socket_unlink(const char *endpoint)
{
	if (strncmp(endpoint, "ipc://", 6) == 0)
		(void)!unlink(endpoint + 6);
}

const char *socket_complaint(int error)
{
	switch (error) {
	case -EADDRINUSE:
		return "another program listens there already";
	case -EADDRNOTAVAIL:
	case -ENODEV:
		return "this machine has no such address";
	case -EACCES:
		return "no permission";
	case -ENOENT:
		return "its directory does not exist";
	case -EPROTONOSUPPORT:
	case -EINVAL:
		return "it is not an endpoint such as tcp://127.0.0.1:7431 or "
		       "ipc:///run/creditd/events";
	default:
		return zmq_strerror(-error);
	}
}
