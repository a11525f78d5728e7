/* The messages of the feed (protocol, section 6): topics, bodies, the seal. */
#include "answer.h"

#include <assert.h>
#include <string.h>

#define COUNT_AT 2 /* the low byte of the count in a map16 header */

const char *certification_what_name(enum certification_what what)
{
	static const char *const names[] = {
	    "granted", "renewed", "transferred", "grace", "lapsed", "removed"};

	assert((size_t)what < sizeof(names) / sizeof(names[0]));
	return names[what];
}

const char *change_kind_name(enum change_kind kind)
{
	static const char *const names[] = {
	    "certification", "request", "balance", "notice"};

	assert((size_t)kind < sizeof(names) / sizeof(names[0]));
	return names[kind];
}

void answer_certification(
    struct wire_writer *writer, const struct certification_view *view)
{
	wire_open_map(writer);
	wire_pair_text(writer, "member", view->member);
	wire_pair_text(writer, "designation", view->designation);
	wire_pair_string(writer, "what", certification_what_name(view->what));
	wire_pair_date(writer, "on", view->on);
	wire_key(writer, "period");
	answer_period(writer, view->starts_on, view->ends_on);
	wire_close(writer);
}

void answer_notice(struct wire_writer *writer, const struct notice_view *view)
{
	const struct period *period = view->period;

	wire_open_map(writer);
	wire_pair_text(writer, "member", view->member);
	wire_pair_text(writer, "designation", period->designation);
	wire_pair_int(writer, "days", view->days);
	wire_pair_date(writer, "ends_on", period->ends_on);
	if (period->has_required)
		wire_pair_credit(writer, "remaining", period->remaining);
	else
		wire_pair_nil(writer, "remaining");
	wire_key(writer, "missing");
	answer_names(writer, period->missing);
	wire_close(writer);
}

/* Whom a message is about, and the last part of its topic. */
static void subject(const struct answer_change *change, struct text *ret_member,
    struct text *ret_name)
{
	switch (change->kind) {
	case CHANGE_CERTIFICATION:
		*ret_member = change->certification.member;
		*ret_name = change->certification.designation;
		break;
	case CHANGE_REQUEST:
		*ret_member = change->request.member;
		*ret_name = change->request.request->name;
		break;
	case CHANGE_BALANCE:
		*ret_member = change->balance.member;
		*ret_name = change->balance.period->designation;
		break;
	case CHANGE_NOTICE:
		*ret_member = change->notice.member;
		*ret_name = change->notice.period->designation;
		break;
	}
}

/* Appends what fits; lengths were checked when the event was decoded. */
static size_t put(char *buffer, size_t used, struct text text)
{
	size_t room = ANSWER_TOPIC_SIZE - 1 - used;

	assert(text.length <= room);
	memcpy(buffer + used, text.at, text.length);
	return used + text.length;
}

struct text answer_topic(
    const struct answer_change *change, char buffer[ANSWER_TOPIC_SIZE])
{
	struct text member = TEXT_NONE, name = TEXT_NONE;
	size_t length;

	subject(change, &member, &name);
	length = put(buffer, 0, text_of(change_kind_name(change->kind)));
	length = put(buffer, length, TEXT("/"));
	length = put(buffer, length, member);
	length = put(buffer, length, TEXT("/"));
	length = put(buffer, length, name);
	buffer[length] = '\0';
	return (struct text){buffer, length};
}

static void change_payload(
    struct wire_writer *writer, const struct answer_change *change)
{
	wire_key(writer, change_kind_name(change->kind));
	switch (change->kind) {
	case CHANGE_CERTIFICATION:
		answer_certification(writer, &change->certification);
		break;
	case CHANGE_REQUEST:
		answer_request(writer, &change->request);
		break;
	case CHANGE_BALANCE:
		answer_balance(writer, &change->balance);
		break;
	case CHANGE_NOTICE:
		answer_notice(writer, &change->notice);
		break;
	}
}

void answer_change(
    struct wire_writer *writer, const struct answer_change *change)
{
	assert(writer->size == 0);
	wire_open_map(writer);
	wire_pair_int(writer, "stream", change->stream);
	wire_pair_int(writer, "offset", change->offset);
	wire_pair_int(writer, "version", change->version);
	wire_pair_time(writer, "at", change->at);
	wire_key(writer, "event");
	answer_event(writer, change->source, change->id);
	wire_pair_string(writer, "kind", change_kind_name(change->kind));
	change_payload(writer, change);
	wire_key(writer, "entries");
	answer_entries(writer, change->entry, change->entries);
	if (change->entries > ANSWER_ENTRIES_MOST)
		wire_pair_bool(writer, "more_entries", true);
	wire_close(writer);
}

void answer_chain_text(const unsigned char chain[ANSWER_CHAIN_SIZE],
    char buffer[2 * ANSWER_CHAIN_SIZE + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ANSWER_CHAIN_SIZE; i++) {
		buffer[2 * i] = digits[chain[i] >> 4];
		buffer[2 * i + 1] = digits[chain[i] & 15];
	}
	buffer[(size_t)2 * ANSWER_CHAIN_SIZE] = '\0';
}

void answer_change_seal(
    struct wire_writer *writer, const unsigned char chain[ANSWER_CHAIN_SIZE])
{
	char text[2 * ANSWER_CHAIN_SIZE + 1];

	if (writer->failed)
		return;
	assert(writer->depth == 0 && writer->size > COUNT_AT);
	answer_chain_text(chain, text);
	wire_write_string(writer, "chain");
	wire_write_string(writer, text);
	if (!writer->failed)
		writer->data[COUNT_AT]++;
}
