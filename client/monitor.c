/* Hears from ZeroMQ when a socket gets a connection and when it loses it. */
#include "monitor.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <zmq.h>

int monitor_open(struct monitor *monitor, void *zmq, void *socket)
{
	char address[64];
	int linger = 0;

	*monitor = (struct monitor){0};
	snprintf(address, sizeof(address), "inproc://monitor-%p", socket);
	if (zmq_socket_monitor(socket, address,
		ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) < 0)
		return -zmq_errno();
	monitor->pair = zmq_socket(zmq, ZMQ_PAIR);
	if (monitor->pair == NULL)
		return -zmq_errno();
	zmq_setsockopt(monitor->pair, ZMQ_LINGER, &linger, sizeof(linger));
	if (zmq_connect(monitor->pair, address) < 0) {
		int error = -zmq_errno();

		monitor_close(monitor);
		return error;
	}
	return 0;
}

/* An event is two frames: number and value in 6 bytes, then the address. */
static bool receive(struct monitor *monitor, uint16_t *ret_event)
{
	uint8_t head[6];
	char address[256];
	int size = zmq_recv(monitor->pair, head, sizeof(head), ZMQ_DONTWAIT);

	if (size < 0)
		return false;
	zmq_recv(monitor->pair, address, sizeof(address), ZMQ_DONTWAIT);
	memcpy(ret_event, head, sizeof(*ret_event));
	return size == (int)sizeof(head);
}

bool monitor_drain(struct monitor *monitor)
{
	bool renewed = false;
	uint16_t event;

	while (monitor->pair != NULL && receive(monitor, &event)) {
		if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
			monitor->connected = monitor->ever = renewed = true;
			monitor->times++;
		} else {
			monitor->connected = false;
		}
	}
	return renewed && monitor->connected;
}

void monitor_close(struct monitor *monitor)
{
	if (monitor->pair != NULL)
		zmq_close(monitor->pair);
	monitor->pair = NULL;
}
