/* The chains: see chain.h for the layouts, which never change. */
#include "chain.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

typedef crypto_generichash_state hasher;

static void add(hasher *state, const void *bytes, size_t size)
{
	if (size > 0)
		crypto_generichash_update(state, bytes, size);
}

static void add_int2(hasher *state, int16_t value)
{
	uint16_t wire = htobe16((uint16_t)value);

	add(state, &wire, sizeof(wire));
}

static void add_int4(hasher *state, int32_t value)
{
	uint32_t wire = htobe32((uint32_t)value);

	add(state, &wire, sizeof(wire));
}

static void add_int8(hasher *state, int64_t value)
{
	uint64_t wire = htobe64((uint64_t)value);

	add(state, &wire, sizeof(wire));
}

static void add_text(hasher *state, struct text text)
{
	add_int4(state, text.at != NULL ? (int32_t)text.length : -1);
	add(state, text.at, text.length);
}

static void add_entry(hasher *state, const struct chain_entry *entry)
{
	add_int4(state, entry->number);
	add_int8(state, entry->cause);
	add_int2(state, entry->account);
	add_int2(state, entry->kind);
	add_text(state, entry->designation);
	add_int4(state, entry->period_starts_on);
	add_int8(state, entry->value);
	add_text(state, entry->currency);
	add_int8(state, entry->total);
	add_int4(state, entry->rules);
}

void chain_event(const uint8_t previous[CHAIN_SIZE],
    const struct chain_event *event, const struct chain_entry *entry,
    size_t entries, uint8_t ret[CHAIN_SIZE])
{
	hasher state;

	crypto_generichash_init(&state, NULL, 0, CHAIN_SIZE);
	add(&state, previous, CHAIN_SIZE);
	add_int4(&state, event->stream);
	add_int8(&state, event->seq);
	add_text(&state, event->member);
	add_text(&state, event->source);
	add_text(&state, event->id);
	add_int2(&state, event->type);
	add_text(&state, event->digest);
	add_int8(&state, event->received_at);
	add_int4(&state, event->received_on);
	add_int4(&state, event->today);
	add_int4(&state, event->rules);
	add_int2(&state, event->outcome);
	add_int2(&state, event->reason);
	add_text(&state, event->fact);
	add_int4(&state, event->version);
	add_int8(&state, event->feed_offset);
	add_int4(&state, CHAIN_SIZE);
	add(&state, event->feed_chain, CHAIN_SIZE);
	add_int4(&state, (int32_t)entries);
	for (size_t i = 0; i < entries; i++)
		add_entry(&state, &entry[i]);
	crypto_generichash_final(&state, ret, CHAIN_SIZE);
}

void chain_change(const uint8_t previous[CHAIN_SIZE], struct text topic,
    struct text body, uint8_t ret[CHAIN_SIZE])
{
	hasher state;

	crypto_generichash_init(&state, NULL, 0, CHAIN_SIZE);
	add(&state, previous, CHAIN_SIZE);
	add(&state, topic.at, topic.length);
	add(&state, "", 1);
	add(&state, body.at, body.length);
	crypto_generichash_final(&state, ret, CHAIN_SIZE);
}
