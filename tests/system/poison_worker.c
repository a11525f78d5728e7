/* creditd-worker with a weak stomach, for test_poison.py: decoding an event
 * that says "poison-crash" aborts, "poison-stall" never ends. The rest is the
 * worker that is installed. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event.h"

/* The linker's names for --wrap.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
int __real_event_decode(struct text body, const uint8_t key[EVENT_KEY_SIZE],
    struct arena *arena, struct event *ret, char message[EVENT_MESSAGE_SIZE]);
int __wrap_event_decode(struct text body, const uint8_t key[EVENT_KEY_SIZE],
    struct arena *arena, struct event *ret, char message[EVENT_MESSAGE_SIZE]);

static bool says(struct text body, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= body.length; i++)
		if (memcmp(body.at + i, word, length) == 0)
			return true;
	return false;
}

int __wrap_event_decode(struct text body, const uint8_t key[EVENT_KEY_SIZE],
    struct arena *arena, struct event *ret, char message[EVENT_MESSAGE_SIZE])
{
	if (says(body, "poison-crash"))
		abort();
	while (says(body, "poison-stall"))
		pause();
	return __real_event_decode(body, key, arena, ret, message);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
