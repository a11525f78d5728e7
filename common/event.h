/* A partner's event: strict decoding of a SUBMIT body, its canonical digest. */
#ifndef COMMON_EVENT_H
#define COMMON_EVENT_H

#include "fact.h"

#define EVENT_BODY_MOST    65536
#define EVENT_MESSAGE_SIZE 512
#define EVENT_KEY_SIZE     32

/* A decoded SUBMIT body. Text is borrowed from the body, lists and derived
 * text (digests, shortened text) live in the arena given to event_decode(). */
struct event {
	struct text member; /* "organization/number" */
	struct text organization, number;
	bool has_source;
	struct text source; /* as said in the body; else absent */
	bool dry_run;
	bool explain;
	struct fact fact;                 /* id, type and all that is ruled on;
					   * fact.source is left absent, and so
					   * is fact.target_source if the body
					   * names none */
	uint8_t digest[FACT_DIGEST_SIZE]; /* keyed, of the canonical content */
};

/* Decodes and checks `body` as protocol sections 1, 2 and 4 say; everything
 * that is MALFORMED is found here, including a reversal of itself by id when
 * no other source is named. `key` is the database's key of content digests.
 * Returns 0; -EINVAL with a sentence in `message` that names the key (with its
 * path, e.g. data.activity.contact_minuts) and what was expected; or -ENOMEM.
 */
MUST_CHECK int event_decode(struct text body, const uint8_t key[EVENT_KEY_SIZE],
    struct arena *arena, struct event *ret, char message[EVENT_MESSAGE_SIZE]);

/* The free text of an event for people (transcripts): the activity's title,
 * a reason, the reviewer or author, or absent. Borrowed from `body`. */
struct event_words {
	struct text title, reason, author, reviewer, reference;
};
void event_words(struct text body, struct event_words *ret);

#endif
