/* From a SUBMIT body to an event: checked, decoded, hashed, made a fact. */
#include "event.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event_body.h"
#include "event_digest.h"

#define HEAD_MOST 95 /* of a long text: with '~' and the digest 128 bytes */

static const struct wire_limits limits = {
    .depth = 8, .elements = 4096, .partner = true};

/* Long text as its head and a digest of all of it: as equal or different as
 * the text itself is. */
static bool shorten(
    struct arena *arena, const uint8_t key[EVENT_KEY_SIZE], struct text *text)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[FACT_DIGEST_SIZE];
	struct text head;
	char *copy, *at;

	if (text->length <= FACT_TEXT_MOST)
		return true;
	head = text_head(*text, HEAD_MOST);
	copy = arena_take(arena, head.length + 1 + 2 * sizeof(digest));
	if (copy == NULL)
		return false;
	text_digest(*text, key, digest);
	memcpy(copy, head.at, head.length);
	at = copy + head.length;
	*at++ = '~';
	for (size_t i = 0; i < sizeof(digest); i++) {
		*at++ = hex[digest[i] >> 4];
		*at++ = hex[digest[i] & 15];
	}
	*text = (struct text){copy, (size_t)(at - copy)};
	return true;
}

/* Titles may name people: a fact knows only whether they are the same. */
static bool hide_title(
    struct arena *arena, const uint8_t key[EVENT_KEY_SIZE], struct text *title)
{
	uint8_t *digest;

	if (title->at == NULL)
		return true;
	digest = arena_take(arena, FACT_DIGEST_SIZE);
	if (digest == NULL)
		return false;
	text_digest(*title, key, digest);
	*title = (struct text){(const char *)digest, FACT_DIGEST_SIZE};
	return true;
}

static bool shorten_list(struct arena *arena, const uint8_t key[EVENT_KEY_SIZE],
    struct text_list *list)
{
	struct text *item;

	if (list->count == 0)
		return true;
	item = arena_take_many(arena, list->count, sizeof(*item));
	if (item == NULL)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		item[i] = list->item[i];
		if (!shorten(arena, key, &item[i]))
			return false;
	}
	list->item = item;
	return true;
}

/* Minutes as given, else hours × 60; hours come in ten-thousandths. */
static bool find_minutes(const struct content *content, struct activity *ret)
{
	if (content->contact_minutes.given) {
		ret->has_minutes = true;
		return ratio_make(
		    content->contact_minutes.value, 1, &ret->minutes);
	}
	if (!content->contact_hours.given)
		return true;
	ret->has_minutes = true;
	return ratio_make(
	    content->contact_hours.value * 60, CREDIT_ONE, &ret->minutes);
}

static bool finish_activity(const struct content *content,
    const uint8_t key[EVENT_KEY_SIZE], struct arena *arena,
    struct activity *ret)
{
	ret->has_quantity = content->quantity.given;
	ret->quantity = content->quantity.value;
	ret->unit = (enum unit)content->unit.value;
	ret->has_role = content->role.given;
	ret->role = (enum role)content->role.value;
	if (content->passed.given)
		ret->passed =
		    content->passed.value != 0 ? ANSWER_YES : ANSWER_NO;
	return find_minutes(content, ret) &&
	       hide_title(arena, key, &ret->title) &&
	       shorten(arena, key, &ret->provider) &&
	       shorten(arena, key, &ret->accredited_by) &&
	       shorten(arena, key, &ret->grade) &&
	       shorten_list(arena, key, &ret->topics);
}

static bool list_evidence(
    const struct content *content, struct arena *arena, struct text_list *ret)
{
	struct text *kind;

	if (content->evidence.count == 0)
		return true;
	kind = arena_take_many(arena, content->evidence.count, sizeof(*kind));
	if (kind == NULL)
		return false;
	for (size_t i = 0; i < content->evidence.count; i++)
		kind[i] = content->evidence.item[i].kind;
	*ret = (struct text_list){kind, content->evidence.count};
	return true;
}

/* What a content says, in the form that is ruled on. False without memory. */
static bool finish_fact(const struct content *content,
    const uint8_t key[EVENT_KEY_SIZE], struct arena *arena, struct fact *ret)
{
	*ret = content->fact;
	ret->decision = (enum decision)content->decision.value;
	ret->has_credits = content->credits.given;
	ret->credits = content->credits.value;
	ret->amount = content->amount.value;
	if (!list_evidence(content, arena, &ret->evidence))
		return false;
	return !content->has_activity ||
	       finish_activity(content, key, arena, &ret->activity);
}

static bool refuse_type(struct decoder *decoder)
{
	char known[EVENT_MESSAGE_SIZE] = "";
	size_t length = 0;

	for (int i = EVENT_GRANTED; i <= EVENT_REVERSED; i++) {
		int written = snprintf(known + length, sizeof(known) - length,
		    "%s%s", i > EVENT_GRANTED ? ", " : "",
		    event_type_name((enum event_type)i));

		length += written > 0 ? (size_t)written : 0;
		if (length >= sizeof(known))
			break;
	}
	return decoder_refuse(decoder, "type: one of %s was expected", known);
}

/* An event can't take itself back; another source's may bear the same id. */
static bool check_reversal(struct decoder *decoder,
    const struct envelope *envelope, const struct fact *fact)
{
	if (fact->type != EVENT_REVERSED ||
	    !text_equal(fact->target_id, envelope->id))
		return true;
	if (fact->target_source.at != NULL &&
	    !text_equal(fact->target_source, envelope->source))
		return true;
	return decoder_refuse(
	    decoder, "data.event: an event can't reverse itself");
}

static bool check_bytes(struct decoder *decoder, struct text body)
{
	struct text twice;
	const char *wrong;

	if (body.length > EVENT_BODY_MOST)
		return decoder_refuse(
		    decoder, "the body is longer than 64 KiB");
	wrong = wire_check_keys(body.at, body.length, &limits, &twice);
	if (twice.at != NULL)
		return decoder_refuse(decoder, "the body: %s: '%.*s'", wrong,
		    TEXT_ARGS(text_head(twice, 64)));
	if (wrong != NULL)
		return decoder_refuse(decoder, "the body: %s", wrong);
	return true;
}

/* The body as its parts; false with a message. */
static bool decode(struct decoder *decoder, struct text body,
    struct envelope *envelope, struct content *content)
{
	enum event_type type;

	if (!check_bytes(decoder, body) ||
	    !decode_envelope(decoder, body, envelope))
		return false;
	if (!event_type_find(envelope->type, &type))
		return refuse_type(decoder);
	if (!decode_data(decoder, type, envelope->data, content))
		return false;
	content->fact.id = envelope->id;
	content->fact.has_occurred_at = envelope->occurred_at.given;
	content->fact.occurred_at = envelope->occurred_at.value;
	return check_reversal(decoder, envelope, &content->fact);
}

int event_decode(struct text body, const uint8_t key[EVENT_KEY_SIZE],
    struct arena *arena, struct event *ret, char message[EVENT_MESSAGE_SIZE])
{
	struct decoder decoder = {.arena = arena, .message = message};
	struct envelope envelope = {0};
	struct content content = {0};
	struct event event = {0};

	message[0] = '\0';
	if (!decode(&decoder, body, &envelope, &content))
		return decoder.wrong ? -EINVAL : -ENOMEM;
	event.member = envelope.member;
	event.has_source = envelope.source.at != NULL;
	event.source = envelope.source;
	event.dry_run = envelope.dry_run.value != 0;
	event.explain = envelope.explain.value != 0;
	if (!text_split_member(
		envelope.member, &event.organization, &event.number))
		return -EINVAL;
	if (!event_digest(&content, key, arena, event.digest) ||
	    !finish_fact(&content, key, arena, &event.fact))
		return -ENOMEM;
	*ret = event;
	return 0;
}

/* The text under `key` of the map that `bytes` is, or absent. */
static struct text word(struct text bytes, const char *key)
{
	struct wire_reader reader;
	struct text text;

	if (!wire_find(bytes, key, &reader) || !wire_read_text(&reader, &text))
		return TEXT_NONE;
	return text;
}

static struct text inner(struct text bytes, const char *key)
{
	struct wire_reader reader;
	struct text map;

	if (!wire_find(bytes, key, &reader) || !wire_skip(&reader, &map))
		return TEXT_NONE;
	return map;
}

void event_words(struct text body, struct event_words *ret)
{
	struct text data = inner(body, "data");

	ret->title = word(inner(data, "activity"), "title");
	ret->reason = word(data, "reason");
	ret->author = word(data, "author");
	ret->reviewer = word(data, "reviewer");
	ret->reference = word(data, "reference");
}
