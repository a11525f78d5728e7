/* The keys of every event type, and the one loop that reads a map by them. */
#include "event_body.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "event_digest.h"
#include "event_value.h"

#define DEPTH_MOST 8  /* of paths, as of bodies */
#define SHOWN_MOST 64 /* bytes of a key that a message shows */

/* ---- saying what is wrong */

static size_t write_path(const struct path *path, char *to, size_t size)
{
	const struct path *step[DEPTH_MOST];
	size_t steps = 0, length = 0;

	to[0] = '\0';
	for (; path != NULL && steps < DEPTH_MOST; path = path->up)
		step[steps++] = path;
	while (steps > 0 && length < size) {
		const struct path *p = step[--steps];
		struct text key = text_head(p->key, SHOWN_MOST);
		int written;

		if (key.at == NULL)
			written = snprintf(to + length, size - length, "[%u]",
			    (unsigned)p->place);
		else
			written = snprintf(to + length, size - length, "%s%.*s",
			    length > 0 ? "." : "", TEXT_ARGS(key));
		length += written > 0 ? (size_t)written : 0;
	}
	return length < size ? length : size - 1;
}

/* One line of valid UTF-8, whatever a partner's key had in it. */
static void tame(char *message)
{
	size_t length = strlen(message);

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)message[i];

		if (c < ' ' || c == 0x7f)
			message[i] = '?';
	}
	while (!text_is_utf8((struct text){message, length}))
		length--;
	message[length] = '\0';
}

bool decoder_refuse(struct decoder *decoder, const char *format, ...)
{
	char *message = decoder->message;
	va_list arguments;
	size_t length;

	length = write_path(decoder->path, message, EVENT_MESSAGE_SIZE / 2);
	if (length > 0) {
		memcpy(message + length, ": ", 3);
		length += 2;
	}
	va_start(arguments, format);
	(void)vsnprintf(
	    message + length, EVENT_MESSAGE_SIZE - length, format, arguments);
	va_end(arguments);
	tame(message);
	decoder->wrong = true;
	return false;
}

static bool refuse_key(struct decoder *decoder, struct field_table table)
{
	char known[EVENT_MESSAGE_SIZE] = "";
	size_t length = 0;

	for (size_t i = 0; i < table.count && length < sizeof(known); i++) {
		int written = snprintf(known + length, sizeof(known) - length,
		    "%s%s", i > 0 ? ", " : "", table.field[i].name);

		length += written > 0 ? (size_t)written : 0;
	}
	return decoder_refuse(decoder, "unknown key (known here: %s)", known);
}

/* ---- reading a map */

static const struct field *find_field(struct field_table table, struct text key)
{
	for (size_t i = 0; i < table.count; i++) {
		const struct field *field = &table.field[i];

		if (field->length == key.length &&
		    memcmp(field->name, key.at, key.length) == 0)
			return field;
	}
	return NULL;
}

/* One pair, its key read already. Null is as if the key weren't there. */
static bool read_pair(struct decoder *decoder, struct field_table table,
    struct wire_reader *reader, void *record, uint32_t *seen)
{
	const struct path *path = decoder->path;
	const struct field *field = find_field(table, path->key);
	const struct kind *kind;

	if (field == NULL)
		return refuse_key(decoder, table);
	if (wire_read_nil(reader))
		return true;
	kind = field->kind;
	*seen |= UINT32_C(1) << (field - table.field);
	if (kind->read(decoder, kind, reader, (char *)record + field->offset))
		return true;
	if (decoder->wrong || decoder->no_memory)
		return false;
	return decoder_refuse(decoder, "%s was expected", kind->expected);
}

static bool check_required(
    struct decoder *decoder, struct field_table table, uint32_t seen)
{
	struct path path = {.up = decoder->path};

	for (size_t i = 0; i < table.count; i++) {
		const struct field *field = &table.field[i];

		if (!field->required || (seen >> i & 1) != 0)
			continue;
		path.key = (struct text){field->name, field->length};
		decoder->path = &path;
		decoder_refuse(decoder, "it is missing; %s was expected",
		    field->kind->expected);
		decoder->path = path.up;
		return false;
	}
	return true;
}

static bool read_map(struct decoder *decoder, struct field_table table,
    struct wire_reader *reader, void *record)
{
	struct path path = {.up = decoder->path};
	uint32_t pairs, seen = 0;
	bool well = true;

	if (!wire_read_map(reader, &pairs))
		return decoder_refuse(decoder, "a map was expected");
	decoder->path = &path;
	for (; pairs > 0 && well; pairs--) {
		well = wire_read_text(reader, &path.key) &&
		       read_pair(decoder, table, reader, record, &seen);
	}
	decoder->path = path.up;
	return well && check_required(decoder, table, seen);
}

/* ---- maps within maps */

static bool read_activity(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret);
static void add_activity(
    struct digest *digest, unsigned char number, const void *value);
static bool read_from(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret);
static void add_from(
    struct digest *digest, unsigned char number, const void *value);
static bool read_evidence(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret);
static void add_evidence(
    struct digest *digest, unsigned char number, const void *value);

static const struct kind value_activity = {.read = read_activity,
    .digest = add_activity,
    .expected = "a map with what was done"};
static const struct kind value_from = {.read = read_from,
    .digest = add_from,
    .expected = "a map with organization, number and designation"};
static const struct kind value_evidence = {.read = read_evidence,
    .digest = add_evidence,
    .least = 1,
    .most = FACT_LIST_MOST,
    .expected = "a list of documents"};
static const struct kind value_first_evidence = {.read = read_evidence,
    .digest = add_evidence,
    .most = FACT_LIST_MOST,
    .expected = "a list of documents"};

/* ---- the tables: a body, what its types say, and what they have in common */

#define FIELD(record, number, key, required, kind, member)                     \
	{                                                                      \
		key, sizeof(key) - 1, number, required, &value_##kind,         \
		    offsetof(struct record, member)                            \
	}
#define MUST(number, key, kind, member)                                        \
	FIELD(content, number, key, true, kind, member)
#define MAY(number, key, kind, member)                                         \
	FIELD(content, number, key, false, kind, member)
#define TABLE(fields)                                                          \
	{                                                                      \
		fields, sizeof(fields) / sizeof((fields)[0])                   \
	}

/* clang-format off */
static const struct field envelope_fields[] = {
	FIELD(envelope, 1, "id", true, id, id),
	FIELD(envelope, 2, "type", true, text, type),
	FIELD(envelope, 3, "member", true, member, member),
	FIELD(envelope, 4, "occurred_at", false, time, occurred_at),
	FIELD(envelope, 5, "data", true, map, data),
	FIELD(envelope, 6, "source", false, id, source),
	FIELD(envelope, 7, "dry_run", false, flag, dry_run),
	FIELD(envelope, 8, "explain", false, flag, explain),
};

static const struct field activity_fields[] = {
	MUST(1, "completed_on", date, fact.activity.completed_on),
	MAY(2, "kind", id, fact.activity.kind),
	MAY(3, "code", id, fact.activity.code),
	MAY(4, "title", text, fact.activity.title),
	MAY(5, "provider", text, fact.activity.provider),
	MAY(6, "accredited_by", text, fact.activity.accredited_by),
	MAY(7, "contact_minutes", minutes, contact_minutes),
	MAY(8, "contact_hours", hours, contact_hours),
	MAY(9, "quantity", quantity, quantity),
	MAY(10, "unit", unit, unit),
	MAY(11, "role", role, role),
	MAY(12, "topics", topics, fact.activity.topics),
	MAY(13, "presenter_certified_by", organizations,
	    fact.activity.presenter_certified_by),
	MAY(14, "grade", text, fact.activity.grade),
	MAY(15, "passed", flag, passed),
	MAY(16, "category", id, fact.activity.category),
	MAY(17, "started_on", date, fact.activity.started_on),
	MAY(18, "extra", map, extra),
};

static const struct field from_fields[] = {
	MUST(1, "organization", organization, fact.from_organization),
	MUST(2, "number", member_number, fact.from_number),
	MUST(3, "designation", id, fact.from_designation),
};

static const struct field evidence_fields[] = {
	FIELD(evidence_item, 1, "kind", true, id, kind),
	FIELD(evidence_item, 2, "uri", false, text, uri),
	FIELD(evidence_item, 3, "sha256", false, sha256, sha256),
	FIELD(evidence_item, 4, "media_type", false, text, media_type),
};

static const struct field granted[] = {
	MUST(1, "designation", id, fact.designation),
	MUST(2, "granted_on", date, fact.on),
	MAY(3, "jurisdiction", id, fact.jurisdiction),
};
static const struct field renewed[] = {
	MUST(1, "designation", id, fact.designation),
	MUST(2, "renewed_on", date, fact.on),
};
static const struct field transferred[] = {
	MUST(1, "designation", id, fact.designation),
	MUST(2, "transferred_on", date, fact.on),
	MUST(4, "from", from, fact),
	MAY(3, "jurisdiction", id, fact.jurisdiction),
};
static const struct field completed[] = {
	MUST(1, "activity", activity, fact),
	MAY(2, "designations", designations, fact.designations),
};
static const struct field requested[] = {
	MUST(3, "request", id, fact.request),
	MUST(1, "activity", activity, fact),
	MAY(2, "designations", designations, fact.designations),
	MAY(4, "evidence", first_evidence, evidence),
};
static const struct field documented[] = {
	MUST(3, "request", id, fact.request),
	MUST(4, "evidence", evidence, evidence),
};
static const struct field decided[] = {
	MUST(3, "request", id, fact.request),
	MUST(5, "decision", decision, decision),
	MAY(6, "credits", decided_credits, credits),
	MUST(7, "reviewer", id, reviewer),
	MAY(8, "reason", text, reason),
};
static const struct field paid[] = {
	MUST(3, "request", id, fact.request),
	MUST(5, "amount", amount, amount),
	MUST(6, "currency", currency, fact.currency),
	MUST(7, "reference", id, reference),
};
static const struct field withdrawn[] = {
	MUST(3, "request", id, fact.request),
	MAY(8, "reason", text, reason),
};
static const struct field required[] = {
	MUST(1, "requirement", id, fact.requirement),
	MUST(2, "met_on", date, fact.on),
	MAY(3, "expires_on", date, fact.expires_on),
	MAY(4, "designation", id, fact.designation),
};
static const struct field adjusted[] = {
	MUST(1, "designation", id, fact.designation),
	MUST(2, "credits", credits, credits),
	MUST(3, "on", date, fact.on),
	MUST(4, "reason", text, reason),
	MUST(5, "author", id, author),
};
static const struct field reversed[] = {
	MUST(1, "event", id, fact.target_id),
	MAY(2, "source", id, fact.target_source),
	MUST(3, "reason", text, reason),
	MAY(4, "author", id, author),
};
/* clang-format on */

static const struct field_table envelope_table = TABLE(envelope_fields);
static const struct field_table activity_table = TABLE(activity_fields);
static const struct field_table from_table = TABLE(from_fields);
static const struct field_table evidence_table = TABLE(evidence_fields);

static const struct field_table tables[] = {
    [EVENT_GRANTED] = TABLE(granted),
    [EVENT_RENEWED] = TABLE(renewed),
    [EVENT_TRANSFERRED] = TABLE(transferred),
    [EVENT_ACTIVITY] = TABLE(completed),
    [EVENT_REQUESTED] = TABLE(requested),
    [EVENT_EVIDENCE] = TABLE(documented),
    [EVENT_DECIDED] = TABLE(decided),
    [EVENT_PAID] = TABLE(paid),
    [EVENT_WITHDRAWN] = TABLE(withdrawn),
    [EVENT_REQUIREMENT] = TABLE(required),
    [EVENT_ADJUSTED] = TABLE(adjusted),
    [EVENT_REVERSED] = TABLE(reversed),
};

struct field_table event_fields(enum event_type type)
{
	return tables[type];
}

_Static_assert(offsetof(struct content, fact) == 0,
    "a nested map of a content is read into the content itself");

static bool read_activity(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct content *content = ret;

	(void)kind;
	content->has_activity = true;
	if (!read_map(decoder, activity_table, reader, content))
		return false;
	if (content->fact.activity.kind.at == NULL &&
	    content->fact.activity.code.at == NULL)
		return decoder_refuse(
		    decoder, "one of kind and code is required");
	return true;
}

/* A nested map stands between its number and a 0. */
static void add_activity(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct content *content = value;

	if (!content->has_activity)
		return;
	digest_start(digest, number);
	digest_fields(digest, activity_table, content);
	digest_start(digest, 0);
}

static bool read_from(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct content *content = ret;

	(void)kind;
	content->has_from = true;
	return read_map(decoder, from_table, reader, content);
}

static void add_from(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct content *content = value;

	if (!content->has_from)
		return;
	digest_start(digest, number);
	digest_fields(digest, from_table, content);
	digest_start(digest, 0);
}

static bool read_evidence(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct path path = {.up = decoder->path};
	struct evidence_item *item;
	uint32_t count = 0;
	bool well = true;

	if (!value_list_head(decoder, kind, reader, &count))
		return false;
	item = arena_take_many(decoder->arena, count, sizeof(*item));
	if (item == NULL) {
		decoder->no_memory = true;
		return false;
	}
	decoder->path = &path;
	for (; path.place < count && well; path.place++)
		well = read_map(
		    decoder, evidence_table, reader, &item[path.place]);
	decoder->path = path.up;
	*(struct evidence_list *)ret = (struct evidence_list){item, count};
	return well;
}

static void add_evidence(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct evidence_list *list = value;

	if (list->item == NULL)
		return;
	digest_start(digest, number);
	for (size_t i = 0; i < list->count; i++) {
		digest_start(digest, 1);
		digest_fields(digest, evidence_table, &list->item[i]);
		digest_start(digest, 0);
	}
	digest_start(digest, 0);
}

/* ---- whole bodies */

static bool read_whole(struct decoder *decoder, struct field_table table,
    struct text bytes, void *record)
{
	struct wire_reader reader = wire_reader(bytes.at, bytes.length);

	if (read_map(decoder, table, &reader, record))
		return true;
	/* wire_check() has seen the bytes: this is for who forgot it */
	if (!decoder->wrong && !decoder->no_memory)
		decoder_refuse(decoder, "a map with text as keys was expected");
	return false;
}

bool decode_envelope(
    struct decoder *decoder, struct text body, struct envelope *ret)
{
	*ret = (struct envelope){0};
	return read_whole(decoder, envelope_table, body, ret);
}

bool decode_data(struct decoder *decoder, enum event_type type,
    struct text data, struct content *ret)
{
	struct path path = {.up = decoder->path, .key = TEXT("data")};
	bool well;

	*ret = (struct content){0};
	fact_init(&ret->fact);
	ret->fact.type = type;
	decoder->path = &path;
	well = read_whole(decoder, event_fields(type), data, ret);
	decoder->path = path.up;
	return well;
}
