/* ZMTP 3, as far as it takes to see where frames begin and how long they are.
 */
#include "zmtp.h"

#define FLAG_LONG    0x02
#define FLAG_COMMAND 0x04
#define FLAGS_KNOWN  0x07

/* Signature FF … 7F, then the version, then the mechanism's name. */
static bool greet(struct zmtp *zmtp, unsigned char byte)
{
	switch (zmtp->greeted++) {
	case 0:
		return byte == 0xff;
	case 9:
		return (byte & 1) != 0;
	case 10:
		return byte >= 3;
	case 12:
		zmtp->curve = byte == 'C';
		return true;
	default:
		return true;
	}
}

static void begin(struct zmtp *zmtp, struct zmtp_frames *frames)
{
	if (zmtp->command)
		return;
	frames->count++;
	/* Beyond MAXMSGSIZE: libzmq ends it. */
	frames->bytes += zmtp->left < (UINT64_C(1) << 32) ? zmtp->left : 0;
}

static bool header(
    struct zmtp *zmtp, unsigned char byte, struct zmtp_frames *frames)
{
	if (!zmtp->in_frame) {
		if ((byte & ~FLAGS_KNOWN) != 0)
			return false;
		zmtp->in_frame = true;
		zmtp->command = (byte & FLAG_COMMAND) != 0;
		zmtp->sizes = (byte & FLAG_LONG) != 0 ? 8 : 1;
		zmtp->left = 0;
		return true;
	}
	zmtp->left = zmtp->left << 8 | byte;
	if (--zmtp->sizes > 0)
		return true;
	begin(zmtp, frames);
	zmtp->in_frame = zmtp->left > 0;
	return true;
}

bool zmtp_follow(
    struct zmtp *zmtp, const void *bytes, size_t size, struct zmtp_frames *ret)
{
	const unsigned char *at = bytes;

	*ret = (struct zmtp_frames){0};
	while (size > 0) {
		if (zmtp->in_frame && zmtp->sizes == 0) {
			size_t skip = zmtp->left < size ? zmtp->left : size;

			at += skip;
			size -= skip;
			zmtp->left -= skip;
			zmtp->in_frame = zmtp->left > 0;
			continue;
		}
		if (zmtp->greeted < ZMTP_GREETING ? !greet(zmtp, *at)
						  : !header(zmtp, *at, ret))
			return false;
		at++;
		size--;
	}
	return true;
}
