/* Decodes queries: which keys each takes, and what each key may say. */
#include "query_decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ID_MOST        128
#define QUERY_DEPTH    8
#define QUERY_ELEMENTS 4096 /* far more than any query needs */

enum key {
	KEY_QUERY,
	KEY_MEMBER,
	KEY_ORGANIZATION,
	KEY_AFTER,
	KEY_AFTER_VERSION,
	KEY_LIMIT,
	KEY_ID,
	KEY_SOURCE,
	KEY_DESIGNATION,
	KEY_FROM,
	KEY_TO,
	KEY_STATE,
	KEYS
};
#define BIT(key) (1u << (key))
#define PAGED    (BIT(KEY_LIMIT) | BIT(KEY_AFTER))

static const char *const key_names[KEYS] = {"query", "member", "organization",
    "after", "after_version", "limit", "id", "source", "designation", "from",
    "to", "state"};

static const struct {
	const char *name;
	unsigned needs, takes; /* keys; `takes` besides those needed */
} kinds[QUERY_KINDS] = {
    [QUERY_BALANCE] = {"balance", BIT(KEY_MEMBER), PAGED},
    [QUERY_BALANCES] = {"balances", BIT(KEY_ORGANIZATION), PAGED},
    [QUERY_CHANGES] = {"changes", 0,
	BIT(KEY_MEMBER) | BIT(KEY_ORGANIZATION) | PAGED |
	    BIT(KEY_AFTER_VERSION)},
    [QUERY_EVENT] = {"event", BIT(KEY_MEMBER) | BIT(KEY_ID), BIT(KEY_SOURCE)},
    [QUERY_EXPLAIN] = {"explain", BIT(KEY_MEMBER),
	BIT(KEY_DESIGNATION) | PAGED},
    [QUERY_TRANSCRIPT] = {"transcript", BIT(KEY_MEMBER),
	BIT(KEY_FROM) | BIT(KEY_TO) | PAGED},
    [QUERY_REQUESTS] = {"requests", BIT(KEY_ORGANIZATION),
	BIT(KEY_STATE) | PAGED},
};

const char *query_kind_name(enum query_kind kind)
{
	return (unsigned)kind < QUERY_KINDS ? kinds[kind].name : "unknown";
}

/* What one body has said so far. */
struct decoding {
	struct query *query;
	unsigned seen; /* keys */
	char *message;
};

/* Says what is wrong; always false. */
static bool wrong(struct decoding *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct decoding *d, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(d->message, QUERY_MESSAGE_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static bool read_id(struct decoding *d, struct wire_reader *reader,
    const char *key, struct text *ret)
{
	struct text text;

	if (!wire_read_text(reader, &text) || !text_is_id(text, ID_MOST))
		return wrong(d,
		    "%s: expected 1 to %d printable ASCII characters without "
		    "spaces",
		    key, ID_MOST);
	*ret = text;
	return true;
}

static bool read_int(struct decoding *d, struct wire_reader *reader,
    const char *key, const int64_t bounds[2], int64_t *ret)
{
	int64_t value;

	if (!wire_read_int(reader, &value) || value < bounds[0] ||
	    value > bounds[1])
		return wrong(d, "%s: expected an integer from %lld to %lld",
		    key, (long long)bounds[0], (long long)bounds[1]);
	*ret = value;
	return true;
}

static bool read_date(struct decoding *d, struct wire_reader *reader,
    const char *key, date_t *ret)
{
	struct text text;

	if (!wire_read_text(reader, &text) || !date_parse(text, ret))
		return wrong(d,
		    "%s: expected a date such as \"2026-03-01\", 1900-01-01 to "
		    "2199-12-31",
		    key);
	return true;
}

static bool read_member(struct decoding *d, struct wire_reader *reader)
{
	struct query *q = d->query;

	if (!wire_read_text(reader, &q->member) ||
	    !text_split_member(q->member, &q->organization, &q->number))
		return wrong(d, "member: expected organization/number, such as "
				"\"example/104233\"");
	return true;
}

static bool read_organization(struct decoding *d, struct wire_reader *reader)
{
	struct text text;

	if (!wire_read_text(reader, &text) || !text_is_organization(text))
		return wrong(d,
		    "organization: expected a name of a-z, 0-9 and -, at most "
		    "32 characters");
	if (d->query->member.at == NULL)
		d->query->organization = text;
	return true;
}

static bool read_state(struct decoding *d, struct wire_reader *reader)
{
	struct text text;

	if (!wire_read_text(reader, &text) ||
	    !request_state_find(text, &d->query->state))
		return wrong(d,
		    "state: expected awaiting_evidence, awaiting_decision, "
		    "awaiting_payment, credited, declined or withdrawn");
	d->query->has_state = true;
	return true;
}

static bool read_after(struct decoding *d, struct wire_reader *reader)
{
	struct text text;

	if (d->query->kind == QUERY_CHANGES)
		return query_positions_read(reader, d->query, d->message);
	if (!wire_read_text(reader, &text) || text.length == 0 ||
	    text.length >= QUERY_NEXT_SIZE)
		return wrong(
		    d, "after: expected the text `next` of the answer before");
	d->query->after = text;
	return true;
}

static bool read_value(
    struct decoding *d, enum key key, struct wire_reader *reader)
{
	static const int64_t limits[2] = {1, QUERY_LIMIT_MOST};
	static const int64_t versions[2] = {0, INT64_MAX};
	struct query *q = d->query;
	const char *name = key_names[key];

	switch (key) {
	case KEY_MEMBER:
		return read_member(d, reader);
	case KEY_ORGANIZATION:
		return read_organization(d, reader);
	case KEY_AFTER:
		return read_after(d, reader);
	case KEY_AFTER_VERSION:
		return read_int(d, reader, name, versions, &q->after_version);
	case KEY_LIMIT:
		return read_int(d, reader, name, limits, &q->limit);
	case KEY_ID:
		return read_id(d, reader, name, &q->id);
	case KEY_SOURCE:
		return read_id(d, reader, name, &q->source);
	case KEY_DESIGNATION:
		return read_id(d, reader, name, &q->designation);
	case KEY_FROM:
		return read_date(d, reader, name, &q->from);
	case KEY_TO:
		return read_date(d, reader, name, &q->to);
	case KEY_STATE:
		return read_state(d, reader);
	case KEY_QUERY:
	case KEYS:
		break;
	}
	return wire_skip(reader, NULL);
}

/* "query, member, limit, after" */
static void list_keys(unsigned keys, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (int key = 0; key < KEYS && used < size; key++) {
		if ((keys & BIT(key)) != 0)
			used += (size_t)snprintf(buffer + used, size - used,
			    "%s%s", used > 0 ? ", " : "", key_names[key]);
	}
}

static bool read_pair(struct decoding *d, struct wire_reader *reader)
{
	unsigned known = BIT(KEY_QUERY) | kinds[d->query->kind].needs |
			 kinds[d->query->kind].takes;
	char list[QUERY_MESSAGE_SIZE / 2];
	struct text name;
	int key = 0;

	if (!wire_read_text(reader, &name))
		return wrong(d, "a key is not text");
	while (key < KEYS && !text_is(name, key_names[key]))
		key++;
	if (key == KEYS || (known & BIT(key)) == 0) {
		list_keys(known, list, sizeof(list));
		return wrong(d, "%.*s: unknown key (the query %s takes %s)",
		    name.length > 64 ? 64 : (int)name.length, name.at,
		    kinds[d->query->kind].name, list);
	}
	if (wire_peek(reader) == WIRE_NIL)
		return wire_read_nil(reader); /* as if it were absent */
	d->seen |= BIT(key);
	return read_value(d, (enum key)key, reader);
}

static bool read_kind(struct decoding *d, struct text body)
{
	struct wire_reader reader;
	struct text name;
	int kind = 0;

	if (!wire_find(body, "query", &reader) ||
	    !wire_read_text(&reader, &name))
		return wrong(d, "query: expected text, what is asked for");
	while (kind < QUERY_KINDS && !text_is(name, kinds[kind].name))
		kind++;
	if (kind == QUERY_KINDS)
		return wrong(d,
		    "query: expected balance, balances, changes, event, "
		    "explain, transcript, requests, feeds or status");
	d->query->kind = (enum query_kind)kind;
	return true;
}

/* What concerns more than one key. */
static bool check_whole(struct decoding *d, struct text key)
{
	const struct query *q = d->query;
	unsigned missing = kinds[q->kind].needs & ~d->seen;
	bool of_member = (d->seen & BIT(KEY_MEMBER)) != 0;

	for (int i = 0; i < KEYS; i++) {
		if ((missing & BIT(i)) != 0)
			return wrong(d, "%s: required by the query %s",
			    key_names[i], kinds[q->kind].name);
	}
	if (q->kind == QUERY_CHANGES) {
		if (of_member == ((d->seen & BIT(KEY_ORGANIZATION)) != 0))
			return wrong(d,
			    "member: a changes query takes either organization "
			    "or member");
		if (of_member && (d->seen & BIT(KEY_AFTER)) != 0)
			return wrong(
			    d, "after: changes of a member take after_version");
		if (!of_member && (d->seen & BIT(KEY_AFTER_VERSION)) != 0)
			return wrong(d,
			    "after_version: changes of an organization take "
			    "after");
	}
	if (!text_equal(key, of_member ? q->member : q->organization))
		return wrong(d, "%s: differs from the key in frame 4",
		    of_member ? "member" : "organization");
	return true;
}

bool query_decode(struct text body, struct text key, struct query *ret,
    char message[QUERY_MESSAGE_SIZE])
{
	static const struct wire_limits limits = {
	    .depth = QUERY_DEPTH, .elements = QUERY_ELEMENTS, .partner = true};
	struct decoding d = {.query = ret, .message = message};
	struct wire_reader reader = wire_reader(body.at, body.length);
	struct text twice;
	const char *complaint =
	    wire_check_keys(body.at, body.length, &limits, &twice);
	uint32_t pairs;

	*ret = (struct query){
	    .limit = QUERY_LIMIT, .from = DATE_NONE, .to = DATE_NONE};
	if (twice.at != NULL)
		return wrong(&d, "body: %s: '%.*s'", complaint,
		    TEXT_ARGS(text_head(twice, 64)));
	if (complaint != NULL)
		return wrong(&d, "body: %s", complaint);
	if (!wire_read_map(&reader, &pairs))
		return wrong(&d, "body: expected a map");
	if (!read_kind(&d, body))
		return false;
	for (; pairs > 0; pairs--) {
		if (!read_pair(&d, &reader))
			return false;
	}
	return check_whole(&d, key);
}
