/* ZeroMQ multipart messages: received whole, copied at once, bounded. */
#include "frame.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define CAPACITY_FIRST 4096

/* Makes room for `more` bytes behind the ones that are kept. */
static bool frames_grow(struct frames *frames, size_t kept, size_t more)
{
	size_t capacity = frames->capacity;
	char *data;

	if (more <= capacity - kept)
		return true;
	if (capacity == 0)
		capacity = CAPACITY_FIRST;
	while (more > capacity - kept) {
		if (capacity > SIZE_MAX / 2)
			return false;
		capacity *= 2;
	}
	data = realloc(frames->data, capacity);
	if (data == NULL)
		return false;
	frames->data = data;
	frames->capacity = capacity;
	return true;
}

/* Who sent it. Read from a payload frame: libzmq 4.3.4 loses the metadata of a
 * routing-id frame that it has fetched ahead. */
static void frames_note_source(struct frames *frames, zmq_msg_t *part)
{
	const char *user = zmq_msg_gets(part, "User-Id");

	frames->source_fd = zmq_msg_get(part, ZMQ_SRCFD);
	frames->source_id[0] = '\0';
	if (user != NULL && strlen(user) < sizeof(frames->source_id))
		memcpy(frames->source_id, user, strlen(user) + 1);
}

static int part_receive(void *socket, zmq_msg_t *part)
{
	int received;

	do
		received = zmq_msg_recv(part, socket, ZMQ_DONTWAIT);
	while (received < 0 && errno == EINTR);
	return received < 0 ? -errno : 0;
}

/* Copies one frame, or drops it where a bound is reached. */
static int part_keep(struct frames *frames, zmq_msg_t *part, size_t most,
    size_t *kept, size_t offset[FRAMES_MOST])
{
	size_t length = zmq_msg_size(part);

	frames->size += length;
	if (frames->count++ >= FRAMES_MOST)
		return 0;
	frames->frame[frames->count - 1] = TEXT_NONE;
	if (*kept > most || length > most - *kept)
		return 0;
	/* One byte more than needed: an empty frame has an address, too. */
	if (!frames_grow(frames, *kept, length + 1))
		return -ENOMEM;
	if (length > 0)
		memcpy(frames->data + *kept, zmq_msg_data(part), length);
	offset[frames->count - 1] = *kept;
	frames->frame[frames->count - 1] = (struct text){"", length};
	*kept += length;
	return 0;
}

int frames_receive(void *socket, struct frames *frames, size_t most)
{
	size_t offset[FRAMES_MOST] = {0};
	size_t kept = 0;
	int result = 0;
	bool more = true;

	frames->count = 0;
	frames->size = 0;
	frames->source_fd = -1;
	frames->source_id[0] = '\0';
	while (more) {
		zmq_msg_t part;
		int error;

		zmq_msg_init(&part);
		error = part_receive(socket, &part);
		if (error < 0) {
			zmq_msg_close(&part);
			return error;
		}
		more = zmq_msg_more(&part) != 0;
		/* Without memory the rest of the message is read all the
		 * same: the socket would hand it out as a message. */
		error = part_keep(frames, &part, most, &kept, offset);
		if (error < 0)
			result = error;
		if (!more)
			frames_note_source(frames, &part);
		zmq_msg_close(&part);
	}
	for (size_t i = 0; i < frames->count && i < FRAMES_MOST; i++)
		if (frames->frame[i].at != NULL)
			frames->frame[i].at = frames->data + offset[i];
	return result;
}

void frames_fini(struct frames *frames)
{
	free(frames->data);
	*frames = (struct frames){0};
}

int frames_send(void *socket, const struct text *frame, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
		int sent;

		/* Only the first frame can be turned down for want of a peer
		 * or of room; what follows belongs to it. */
		do
			sent = zmq_send(
			    socket, frame[i].at, frame[i].length, flags);
		while (sent < 0 && errno == EINTR);
		if (sent < 0)
			return -errno;
	}
	return 0;
}
