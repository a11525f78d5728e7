/* What is in flight: resending, putting off, giving up, late answers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "outbox.h"

#define RESEND  5000
#define TIMEOUT 10000

static int set_up(void **state)
{
	struct outbox *box = calloc(1, sizeof(*box));

	*state = box;
	return box != NULL && outbox_init(box, 4, RESEND, TIMEOUT) ? 0 : -1;
}

static int tear_down(void **state)
{
	outbox_fini(*state);
	free(*state);
	return 0;
}

static void add(struct outbox *box, const char *body, int64_t now)
{
	assert_int_equal(outbox_add(box, CREDITD_SUBMIT, text_of("o/1"),
			     text_of(body), NULL, now),
	    0);
}

static struct outbox_item *send_next(struct outbox *box, int64_t now)
{
	struct outbox_item *item = outbox_due(box, now);

	assert_non_null(item);
	outbox_sent(box, item, now);
	return item;
}

static void full_box_says_so(void **state)
{
	struct outbox *box = *state;

	for (int i = 0; i < 4; i++)
		add(box, "x", 0);
	assert_int_equal(
	    outbox_add(box, CREDITD_QUERY, TEXT(""), TEXT("y"), NULL, 0),
	    -EAGAIN);
}

static void silence_sends_again(void **state)
{
	struct outbox *box = *state;
	struct outbox_item *item;

	add(box, "a", 100);
	item = send_next(box, 100);
	assert_true(text_is(item->body, "a"));
	assert_true(text_is(item->key, "o/1"));
	assert_null(outbox_due(box, 100 + RESEND - 1));
	assert_int_equal(outbox_wait_ms(box, true, 100), RESEND);
	assert_ptr_equal(outbox_due(box, 100 + RESEND), item);
	outbox_sent(box, item, 100 + RESEND);
	assert_int_equal(item->sent, 2);
}

static void put_off_waits_as_asked(void **state)
{
	struct outbox *box = *state;
	struct outbox_item *item;

	add(box, "a", 0);
	item = send_next(box, 0);
	outbox_put_off(box, item, 200, 10);
	assert_null(outbox_due(box, 209));
	assert_ptr_equal(outbox_due(box, 210), item);
	/* Longer with each try, even if creditd asks for nothing. */
	for (int i = 0; i < 20; i++)
		outbox_sent(box, item, 300);
	outbox_put_off(box, item, 0, 300);
	assert_null(outbox_due(box, 300 + 209));
	assert_non_null(outbox_due(box, 300 + 210));
	/* And never beyond reason. */
	outbox_put_off(box, item, 3600000, 1000);
	assert_non_null(outbox_due(box, 1000 + 5000));
}

static void late_answer_finds_nobody(void **state)
{
	struct outbox *box = *state;
	struct outbox_item *item;
	char tag[OUTBOX_TAG_SIZE + 1];

	add(box, "a", 0);
	item = send_next(box, 0);
	memcpy(tag, item->tag, sizeof(tag));
	assert_ptr_equal(outbox_find(box, text_of(tag)), item);
	outbox_take(box, item, true, 1);
	free(item);
	assert_null(outbox_find(box, text_of(tag)));
	/* The slot's next use has another tag. */
	add(box, "b", 2);
	assert_null(outbox_find(box, text_of(tag)));
	assert_non_null(outbox_find(box, text_of(box->oldest->tag)));
	assert_null(outbox_find(box, TEXT("")));
	assert_null(outbox_find(box, TEXT("zzzzzzzzzzzzzzzz")));
	assert_null(outbox_find(box, TEXT("ffffffff00000001")));
}

static void gives_up_without_progress(void **state)
{
	struct outbox *box = *state;
	struct outbox_item *a, *b;

	add(box, "a", 0);
	add(box, "b", 0);
	a = send_next(box, 0);
	b = send_next(box, 0);
	assert_null(outbox_expired(box, TIMEOUT - 1));
	assert_non_null(outbox_expired(box, TIMEOUT));
	/* An answer to one is progress for all. */
	outbox_take(box, a, true, 9000);
	free(a);
	assert_null(outbox_expired(box, 9000 + TIMEOUT - 1));
	assert_ptr_equal(outbox_expired(box, 9000 + TIMEOUT), b);
	/* Taking what expired is none. */
	outbox_take(box, b, false, 9000 + TIMEOUT);
	free(b);
	assert_int_equal(box->progress_ms, 9000);
	assert_int_equal(outbox_wait_ms(box, true, 0), -1);
}

static void new_connection_sends_all_again(void **state)
{
	struct outbox *box = *state;
	struct outbox_item *item;

	add(box, "a", 0);
	add(box, "b", 0);
	send_next(box, 0);
	send_next(box, 0);
	assert_null(outbox_due(box, 50));
	outbox_send_all_again(box, 50);
	item = send_next(box, 50);
	assert_ptr_not_equal(send_next(box, 50), item);
	assert_null(outbox_due(box, 50));
}

static void waits_for_deadlines_without_connection(void **state)
{
	struct outbox *box = *state;

	add(box, "a", 0);
	assert_int_equal(outbox_wait_ms(box, true, 0), 0);
	assert_int_equal(outbox_wait_ms(box, false, 0), TIMEOUT);
}

/* Random operations against a plain list. */
static void order_holds(void **state)
{
	struct outbox *box = *state;
	unsigned seed = 7;
	int64_t now = 0;

	for (int step = 0; step < 20000; step++) {
		struct outbox_item *item;
		int64_t least = INT64_MAX;

		seed = seed * 1103515245u + 12345u;
		now += seed >> 16 & 63;
		if ((seed >> 8 & 3) == 0 && box->count < box->capacity)
			add(box, "r", now);
		item = outbox_due(box, now);
		for (size_t i = 0; i < box->count; i++)
			if (box->slot[box->heap[i]].item->due_ms < least)
				least = box->slot[box->heap[i]].item->due_ms;
		assert_true((item != NULL) == (least <= now));
		if (item == NULL)
			continue;
		assert_int_equal(item->due_ms, least);
		outbox_sent(box, item, now);
		if ((seed >> 4 & 1) != 0) {
			outbox_put_off(box, item, seed & 255, now);
		} else {
			outbox_take(box, item, true, now);
			free(item);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(full_box_says_so),
	    TEST(silence_sends_again),
	    TEST(put_off_waits_as_asked),
	    TEST(late_answer_finds_nobody),
	    TEST(gives_up_without_progress),
	    TEST(new_connection_sends_all_again),
	    TEST(waits_for_deadlines_without_connection),
	    TEST(order_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
