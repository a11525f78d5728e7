/* ZeroMQ multipart messages: received whole, copied at once, bounded. */
#ifndef COMMON_FRAME_H
#define COMMON_FRAME_H

#include "text.h"

#define FRAMES_MOST 16

/* A received message. The bytes of all frames are in one buffer that is reused
 * by the next frames_receive(); a zeroed struct is ready for use. */
struct frames {
	struct text frame[FRAMES_MOST];
	size_t count; /* frames received, also those beyond FRAMES_MOST */
	char *data;
	size_t size, capacity;
	char source_id[128]; /* ZAP User-Id of a payload frame, or "" */
	int source_fd;       /* the peer's descriptor, or -1 */
};

/* Receives one message without waiting. `most` bounds the bytes kept in all;
 * frames beyond FRAMES_MOST or `most` are read and dropped: then `count` is
 * above FRAMES_MOST or `size` says more than `most`, and the caller refuses.
 * Returns 0, -EAGAIN (nothing waits), or another negative errno. */
MUST_CHECK int frames_receive(void *socket, struct frames *frames, size_t most);
void frames_fini(struct frames *frames);

/* Sends `count` frames as one message without waiting: all or nothing.
 * Returns 0, -EAGAIN (high-water mark), -EHOSTUNREACH (peer gone), … */
MUST_CHECK int frames_send(
    void *socket, const struct text *frame, size_t count);

#endif
