/* The requests in flight: what to send, when to send it again, when to give
 * up. Time is passed in and nothing here touches a socket. */
#ifndef CLIENT_OUTBOX_H
#define CLIENT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "creditd.h"
#include "text.h"

#define OUTBOX_TAG_SIZE 16 /* 8 hex characters of the slot, 8 of its use */

struct outbox_item {
	enum creditd_verb verb;
	struct text key, body; /* owned, in one piece behind the struct */
	void *cookie;
	char tag[OUTBOX_TAG_SIZE + 1];
	uint32_t slot;
	unsigned sent; /* how often */
	int64_t added_ms;
	int64_t due_ms; /* to be sent (again) at this time */
	size_t place;   /* in the heap */
	struct outbox_item *older, *newer;
	char code[CREDITD_CODE_SIZE]; /* why it was put off last, or "" */
	char message[CREDITD_MESSAGE_SIZE];
};

struct outbox_slot {
	struct outbox_item *item; /* NULL: free */
	uint32_t use;             /* how often it was used */
};

struct outbox {
	struct outbox_slot *slot; /* by slot number */
	uint32_t *free_slot;      /* stack of free slot numbers */
	uint32_t *heap;           /* slots by due_ms, the earliest first */
	size_t count, capacity;
	struct outbox_item *oldest, *newest;
	int64_t progress_ms; /* when the last final answer came */
	int resend_ms, timeout_ms;
};

MUST_CHECK bool outbox_init(
    struct outbox *box, size_t capacity, int resend_ms, int timeout_ms);
void outbox_fini(struct outbox *box);

/* Takes a copy, due at once. 0, -EAGAIN (full) or -ENOMEM. */
MUST_CHECK int outbox_add(struct outbox *box, enum creditd_verb verb,
    struct text key, struct text body, void *cookie, int64_t now_ms);

/* The item that is due to be sent now, or NULL. Say outbox_sent() for it. */
struct outbox_item *outbox_due(struct outbox *box, int64_t now_ms);
void outbox_sent(struct outbox *box, struct outbox_item *item, int64_t now_ms);

/* The item of that tag, or NULL: an answer that came twice, or too late. */
struct outbox_item *outbox_find(struct outbox *box, struct text tag);

/* creditd asked to send it again after `after_ms`; waits longer each time. */
void outbox_put_off(struct outbox *box, struct outbox_item *item,
    int64_t after_ms, int64_t now_ms);

/* The connection is a new one: answers to what was sent before are lost, so
 * everything that was sent is due. */
void outbox_send_all_again(struct outbox *box, int64_t now_ms);

/* The item whose time is over, or NULL. It stays until outbox_take(). */
struct outbox_item *outbox_expired(struct outbox *box, int64_t now_ms);

/* Takes an item out; `answered`: by a final answer, which is progress. The
 * caller frees it with free(). */
void outbox_take(struct outbox *box, struct outbox_item *item, bool answered,
    int64_t now_ms);

/* Milliseconds until something is due or over; -1: nothing is in flight. When
 * `can_send` is false only the deadlines count. */
int64_t outbox_wait_ms(const struct outbox *box, bool can_send, int64_t now_ms);

#endif
