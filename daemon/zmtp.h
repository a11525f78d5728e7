/* ZMTP 3, as far as it takes to see where frames begin and how long they are.
 */
#ifndef DAEMON_ZMTP_H
#define DAEMON_ZMTP_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define ZMTP_GREETING 64
/* What CURVE adds to each frame: a command's name, a nonce, flags, a MAC. */
#define ZMTP_CURVE_BYTES 33

/* Where in the stream of bytes a connection is; zeroed: at its beginning. */
struct zmtp {
	uint8_t greeted; /* bytes of the greeting, up to ZMTP_GREETING */
	uint8_t sizes;   /* bytes of the size that are still to come */
	bool in_frame;   /* its flags were read */
	bool command;    /* it is one: not handed on */
	bool curve;
	uint64_t left; /* of the frame; while its size comes, that so far */
};

/* Frames of messages that began. */
struct zmtp_frames {
	size_t count;
	size_t bytes; /* their sizes, also of what is still to come */
};

/* Follows the next bytes. False: it is not ZMTP 3. */
MUST_CHECK bool zmtp_follow(
    struct zmtp *zmtp, const void *bytes, size_t size, struct zmtp_frames *ret);

#endif
