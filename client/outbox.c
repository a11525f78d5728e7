/* The requests in flight. A heap orders them by when to send them, a list by
 * age; a tag names slot and use, so that a late answer finds nobody. */
#include "outbox.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUT_OFF_MOST_MS 5000

bool outbox_init(
    struct outbox *box, size_t capacity, int resend_ms, int timeout_ms)
{
	*box = (struct outbox){
	    .capacity = capacity,
	    .resend_ms = resend_ms,
	    .timeout_ms = timeout_ms,
	};
	box->slot = calloc(capacity, sizeof(*box->slot));
	box->free_slot = calloc(capacity, sizeof(*box->free_slot));
	box->heap = calloc(capacity, sizeof(*box->heap));
	if (box->slot == NULL || box->free_slot == NULL || box->heap == NULL) {
		outbox_fini(box);
		return false;
	}
	for (size_t i = 0; i < capacity; i++)
		box->free_slot[i] = (uint32_t)(capacity - 1 - i);
	return true;
}

void outbox_fini(struct outbox *box)
{
	while (box->oldest != NULL) {
		struct outbox_item *next = box->oldest->newer;

		free(box->oldest);
		box->oldest = next;
	}
	free(box->slot);
	free(box->free_slot);
	free(box->heap);
	*box = (struct outbox){0};
}

/* ---- the heap */

static struct outbox_item *heap_at(const struct outbox *box, size_t place)
{
	return box->slot[box->heap[place]].item;
}

static void heap_put(struct outbox *box, size_t place, struct outbox_item *item)
{
	box->heap[place] = item->slot;
	item->place = place;
}

static void heap_rise(struct outbox *box, struct outbox_item *item)
{
	size_t place = item->place;

	while (place > 0) {
		struct outbox_item *parent = heap_at(box, (place - 1) / 2);

		if (parent->due_ms <= item->due_ms)
			break;
		heap_put(box, place, parent);
		place = (place - 1) / 2;
	}
	heap_put(box, place, item);
}

static void heap_sink(struct outbox *box, struct outbox_item *item)
{
	size_t place = item->place;

	for (;;) {
		size_t child = 2 * place + 1;

		if (child >= box->count)
			break;
		if (child + 1 < box->count && heap_at(box, child + 1)->due_ms <
						  heap_at(box, child)->due_ms)
			child++;
		if (heap_at(box, child)->due_ms >= item->due_ms)
			break;
		heap_put(box, place, heap_at(box, child));
		place = child;
	}
	heap_put(box, place, item);
}

static void set_due(
    struct outbox *box, struct outbox_item *item, int64_t due_ms)
{
	item->due_ms = due_ms;
	heap_rise(box, item);
	heap_sink(box, item);
}

/* ---- what is in flight */

static struct outbox_item *item_create(struct text key, struct text body)
{
	struct outbox_item *item =
	    calloc(1, sizeof(*item) + key.length + body.length + 1);
	char *bytes;

	if (item == NULL)
		return NULL;
	bytes = (char *)(item + 1);
	if (key.length > 0)
		memcpy(bytes, key.at, key.length);
	if (body.length > 0)
		memcpy(bytes + key.length, body.at, body.length);
	item->key = (struct text){bytes, key.length};
	item->body = (struct text){bytes + key.length, body.length};
	return item;
}

int outbox_add(struct outbox *box, enum creditd_verb verb, struct text key,
    struct text body, void *cookie, int64_t now_ms)
{
	struct outbox_item *item;

	if (box->count == box->capacity)
		return -EAGAIN;
	item = item_create(key, body);
	if (item == NULL)
		return -ENOMEM;
	item->verb = verb;
	item->cookie = cookie;
	item->added_ms = item->due_ms = now_ms;
	item->slot = box->free_slot[box->capacity - box->count - 1];
	box->slot[item->slot].item = item;
	box->slot[item->slot].use++;
	snprintf(item->tag, sizeof(item->tag), "%08x%08x", item->slot,
	    box->slot[item->slot].use);

	item->older = box->newest;
	if (box->newest != NULL)
		box->newest->newer = item;
	else
		box->oldest = item;
	box->newest = item;

	heap_put(box, box->count++, item);
	heap_rise(box, item);
	return 0;
}

struct outbox_item *outbox_due(struct outbox *box, int64_t now_ms)
{
	if (box->count == 0 || heap_at(box, 0)->due_ms > now_ms)
		return NULL;
	return heap_at(box, 0);
}

void outbox_sent(struct outbox *box, struct outbox_item *item, int64_t now_ms)
{
	item->sent++;
	set_due(box, item, now_ms + box->resend_ms);
}

struct outbox_item *outbox_find(struct outbox *box, struct text tag)
{
	char digits[9] = "";
	struct outbox_item *item;
	unsigned long slot;

	if (tag.length != OUTBOX_TAG_SIZE)
		return NULL;
	memcpy(digits, tag.at, 8);
	if (strspn(digits, "0123456789abcdef") != 8)
		return NULL;
	slot = strtoul(digits, NULL, 16);
	if (slot >= box->capacity || (item = box->slot[slot].item) == NULL)
		return NULL;
	return memcmp(item->tag, tag.at, OUTBOX_TAG_SIZE) == 0 ? item : NULL;
}

void outbox_put_off(struct outbox *box, struct outbox_item *item,
    int64_t after_ms, int64_t now_ms)
{
	/* Longer with each try, whatever creditd asks for: thousands that come
	 * back at once would only be turned away again. */
	int64_t least = 10 * (int64_t)(item->sent < 100 ? item->sent : 100);

	if (after_ms < least)
		after_ms = least;
	if (after_ms > PUT_OFF_MOST_MS)
		after_ms = PUT_OFF_MOST_MS;
	set_due(box, item, now_ms + after_ms);
}

void outbox_send_all_again(struct outbox *box, int64_t now_ms)
{
	for (struct outbox_item *item = box->oldest; item; item = item->newer) {
		if (item->sent > 0)
			set_due(box, item, now_ms);
	}
}

static int64_t expires_ms(
    const struct outbox *box, const struct outbox_item *item)
{
	int64_t since = item->added_ms > box->progress_ms ? item->added_ms
							  : box->progress_ms;

	return since + box->timeout_ms;
}

struct outbox_item *outbox_expired(struct outbox *box, int64_t now_ms)
{
	if (box->oldest == NULL || expires_ms(box, box->oldest) > now_ms)
		return NULL;
	return box->oldest;
}

void outbox_take(
    struct outbox *box, struct outbox_item *item, bool answered, int64_t now_ms)
{
	struct outbox_item *last = heap_at(box, --box->count);

	assert(box->slot[item->slot].item == item);
	if (last != item) {
		heap_put(box, item->place, last);
		heap_rise(box, last);
		heap_sink(box, last);
	}
	box->slot[item->slot].item = NULL;
	box->free_slot[box->capacity - box->count - 1] = item->slot;
	if (item->older != NULL)
		item->older->newer = item->newer;
	else
		box->oldest = item->newer;
	if (item->newer != NULL)
		item->newer->older = item->older;
	else
		box->newest = item->older;
	item->older = item->newer = NULL;
	if (answered)
		box->progress_ms = now_ms;
}

int64_t outbox_wait_ms(const struct outbox *box, bool can_send, int64_t now_ms)
{
	int64_t at;

	if (box->count == 0)
		return -1;
	at = expires_ms(box, box->oldest);
	if (can_send && heap_at(box, 0)->due_ms < at)
		at = heap_at(box, 0)->due_ms;
	return at > now_ms ? at - now_ms : 0;
}
