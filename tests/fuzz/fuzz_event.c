/* Any bytes as a SUBMIT body; what is accepted must be within its limits, give
 * the same digest again and make the round trip of its stored form. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "fuzz.h"

static void check(bool fine)
{
	if (!fine)
		abort();
}

static void check_round_trip(const struct fact *fact, struct arena *arena)
{
	static struct wire_writer first, second;
	struct fact back;

	wire_writer_reset(&first);
	wire_writer_reset(&second);
	fact_write(&first, fact);
	fact_init(&back);
	back.type = fact->type;
	check(fact_read(wire_written(&first), arena, &back));
	fact_write(&second, &back);
	check(text_equal(wire_written(&first), wire_written(&second)));
}

static void check_event(
    struct text body, const struct event *event, struct arena *arena)
{
	const struct activity *activity = &event->fact.activity;

	check(text_is_id(event->fact.id, 128));
	check(event->fact.type >= EVENT_GRANTED &&
	      event->fact.type <= EVENT_REVERSED);
	check(activity->provider.length <= FACT_TEXT_MOST);
	check(activity->grade.length <= FACT_TEXT_MOST);
	check(activity->topics.count <= FACT_LIST_MOST);
	check(event->fact.designations.count <= FACT_LIST_MOST);
	check(event->fact.evidence.count <= FACT_LIST_MOST);
	check(event->fact.amount >= 0 && event->fact.amount <= MONEY_MOST);
	check(event->fact.credits >= -CREDIT_MOST &&
	      event->fact.credits <= CREDIT_MOST);
	check(body.length <= EVENT_BODY_MOST);
	check_round_trip(&event->fact, arena);
}

/* The same bytes as the stored form of each type. */
static void read_as_fact(struct text bytes, struct arena *arena)
{
	struct fact fact;

	for (int type = EVENT_GRANTED; type <= EVENT_REVERSED; type++) {
		fact_init(&fact);
		fact.type = (enum event_type)type;
		if (fact_read(bytes, arena, &fact))
			check_round_trip(&fact, arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[EVENT_KEY_SIZE] = {7};
	static struct arena arena;
	struct text body = {(const char *)data, size};
	struct event event, again;
	struct event_words words;
	char message[EVENT_MESSAGE_SIZE];
	int error;

	arena_reset(&arena);
	error = event_decode(body, key, &arena, &event, message);
	if (error == 0) {
		check_event(body, &event, &arena);
		check(event_decode(body, key, &arena, &again, message) == 0);
		check(
		    memcmp(event.digest, again.digest, FACT_DIGEST_SIZE) == 0);
	} else {
		check(error == -EINVAL);
		check(message[0] != '\0' &&
		      strlen(message) < EVENT_MESSAGE_SIZE &&
		      text_is_utf8(text_of(message)));
	}
	event_words(body, &words);
	read_as_fact(body, &arena);
	return 0;
}
