/* A ZeroMQ socket of a partner: made with the right options, and connected. */
#include "endpoint.h"

#include <errno.h>
#include <time.h>

#include <zmq.h>

static int set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value));
}

static int set_keys(void *socket, const struct creditd_options *options)
{
	if (options->server_key == NULL && options->public_key == NULL &&
	    options->secret_key == NULL)
		return 0;
	if (options->server_key == NULL || options->public_key == NULL ||
	    options->secret_key == NULL)
		return -EINVAL;
	if (zmq_setsockopt(
		socket, ZMQ_CURVE_SERVERKEY, options->server_key, 40) < 0 ||
	    zmq_setsockopt(
		socket, ZMQ_CURVE_PUBLICKEY, options->public_key, 40) < 0 ||
	    zmq_setsockopt(
		socket, ZMQ_CURVE_SECRETKEY, options->secret_key, 40) < 0)
		return -zmq_errno();
	return 0;
}

/* No routing id is ever set (it could be squatted) and no ZMTP heartbeats are
 * asked for (they can abort libzmq 4.3.4's server): TCP's own keepalive finds
 * a host that vanished. */
static int set_options(void *socket, int receive_most)
{
	int64_t frame_most = (int64_t)ENDPOINT_RECEIVE_MOST;
	int failed = 0;

	failed |= set_int(socket, ZMQ_LINGER, 0);
	failed |= set_int(socket, ZMQ_SNDHWM, 10000);
	failed |= set_int(socket, ZMQ_RCVHWM, receive_most);
	failed |= set_int(socket, ZMQ_HANDSHAKE_IVL, 5000);
	failed |= set_int(socket, ZMQ_TCP_KEEPALIVE, 1);
	failed |= set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, 30);
	failed |= set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, 10);
	failed |= set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, 3);
	failed |= set_int(socket, ZMQ_TCP_MAXRT, 30000);
	failed |= set_int(socket, ZMQ_RECONNECT_IVL, 50);
	failed |= set_int(socket, ZMQ_RECONNECT_IVL_MAX, 2000);
	failed |= set_int(socket, ZMQ_IPV6, 1);
	failed |= zmq_setsockopt(
	    socket, ZMQ_MAXMSGSIZE, &frame_most, sizeof(frame_most));
	return failed != 0 ? -EINVAL : 0;
}

int endpoint_open(struct endpoint *end, int type, const char *address,
    const struct creditd_options *options, int receive_most)
{
	int error = -ENOMEM;

	*end = (struct endpoint){.zmq = zmq_ctx_new()};
	if (end->zmq == NULL)
		return -ENOMEM;
	end->socket = zmq_socket(end->zmq, type);
	if (end->socket == NULL)
		goto fail;
	error = set_options(end->socket, receive_most);
	if (error == 0)
		error = set_keys(end->socket, options);
	if (error == 0)
		error = monitor_open(&end->monitor, end->zmq, end->socket);
	if (error != 0)
		goto fail;
	if (zmq_connect(end->socket, address) < 0) {
		error = zmq_errno() == ENOMEM ? -ENOMEM : -EINVAL;
		goto fail;
	}
	return 0;
fail:
	endpoint_close(end);
	return error;
}

void endpoint_close(struct endpoint *end)
{
	if (end->socket != NULL) {
		zmq_socket_monitor(end->socket, NULL, 0);
		zmq_close(end->socket);
	}
	monitor_close(&end->monitor);
	if (end->zmq != NULL)
		zmq_ctx_term(end->zmq);
	*end = (struct endpoint){0};
}

int64_t endpoint_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
