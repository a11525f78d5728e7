/* Reading single values of a SUBMIT body, and adding them to its digest. */
#include "event_value.h"

#include "event_digest.h"

#define ID_MOST   128
#define TEXT_MOST 4096

static bool is_id(struct text text)
{
	return text_is_id(text, ID_MOST);
}

static bool is_text(struct text text)
{
	return text.length <= TEXT_MOST;
}

static bool is_member(struct text text)
{
	struct text organization, number;

	return text_split_member(text, &organization, &number);
}

static bool is_currency(struct text text)
{
	if (text.length != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	}
	return true;
}

static bool is_sha256(struct text text)
{
	if (text.length != 64)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
			(c >= 'A' && c <= 'F')))
			return false;
	}
	return true;
}

static bool choose_role(struct text name, int64_t *ret)
{
	enum role role;

	if (!role_find(name, &role))
		return false;
	*ret = role;
	return true;
}

static bool choose_unit(struct text name, int64_t *ret)
{
	enum unit unit;

	if (!unit_find(name, &unit))
		return false;
	*ret = unit;
	return true;
}

static bool choose_decision(struct text name, int64_t *ret)
{
	if (text_is(name, "approved"))
		*ret = DECISION_APPROVED;
	else if (text_is(name, "declined"))
		*ret = DECISION_DECLINED;
	else
		return false;
	return true;
}

static bool read_text(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct text text;

	(void)decoder;
	if (!wire_read_text(reader, &text) || !kind->fits(text))
		return false;
	*(struct text *)ret = text;
	return true;
}

static void add_text(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct text *text = value;

	if (text->at == NULL)
		return;
	digest_start(digest, number);
	digest_text(digest, *text);
}

static bool read_map_bytes(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	(void)decoder;
	(void)kind;
	return wire_peek(reader) == WIRE_MAP && wire_skip(reader, ret);
}

static void add_map_bytes(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct text *msgpack = value;

	if (msgpack->at == NULL)
		return;
	digest_start(digest, number);
	digest_value(digest, *msgpack);
}

static bool read_date(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct text text;

	(void)decoder;
	(void)kind;
	return wire_read_text(reader, &text) && date_parse(text, ret);
}

static void add_date(
    struct digest *digest, unsigned char number, const void *value)
{
	const date_t *date = value;

	if (*date == DATE_NONE)
		return;
	digest_start(digest, number);
	digest_int(digest, *date);
}

static bool give(void *ret, int64_t value)
{
	*(struct given *)ret = (struct given){true, value};
	return true;
}

static void add_given(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct given *given = value;

	if (!given->given)
		return;
	digest_start(digest, number);
	digest_int(digest, given->value);
}

static bool read_time(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct text text;
	int64_t us;

	(void)decoder;
	(void)kind;
	return wire_read_text(reader, &text) && time_parse(text, &us) &&
	       give(ret, us);
}

static bool read_bool(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	bool value;

	(void)decoder;
	(void)kind;
	return wire_read_bool(reader, &value) && give(ret, value);
}

static bool read_choice(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct text name;
	int64_t value;

	(void)decoder;
	return wire_read_text(reader, &name) && kind->choose(name, &value) &&
	       give(ret, value);
}

/* Decimal text, an integer, or a float that means a decimal. */
static bool read_decimal(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	int64_t value = 0;
	struct text text;
	double number;

	(void)decoder;
	if (wire_read_int(reader, &value)) {
		for (int i = 0; i < kind->places; i++) {
			if (!exact_multiply(value, 10, &value))
				return false;
		}
	} else if (wire_read_text(reader, &text)) {
		if (!exact_parse(text, kind->places, &value))
			return false;
	} else if (!wire_read_double(reader, &number) ||
		   !exact_from_double(number, kind->places, &value)) {
		return false;
	}
	return value >= kind->least && value <= kind->most && give(ret, value);
}

bool value_list_head(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, uint32_t *ret_count)
{
	uint32_t count;

	if (!wire_read_array(reader, &count))
		return false;
	if (count > (uint64_t)kind->most)
		return decoder_refuse(
		    decoder, "a list has at most %d items", (int)kind->most);
	if (count < (uint64_t)kind->least)
		return decoder_refuse(decoder,
		    "an empty list says nothing; leave the key out or fill it");
	*ret_count = count;
	return true;
}

static bool read_text_list(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, void *ret)
{
	struct path path = {.up = decoder->path};
	struct text *item;
	uint32_t count = 0;

	if (!value_list_head(decoder, kind, reader, &count))
		return false;
	item = arena_take_many(decoder->arena, count, sizeof(*item));
	if (item == NULL) {
		decoder->no_memory = true;
		return false;
	}
	for (; path.place < count; path.place++) {
		if (wire_read_text(reader, &item[path.place]) &&
		    kind->fits(item[path.place]))
			continue;
		decoder->path = &path;
		decoder_refuse(decoder, "%s was expected", kind->item);
		decoder->path = path.up;
		return false;
	}
	*(struct text_list *)ret = (struct text_list){item, count};
	return true;
}

static void add_text_list(
    struct digest *digest, unsigned char number, const void *value)
{
	const struct text_list *list = value;

	if (list->item == NULL)
		return;
	digest_start(digest, number);
	digest_int(digest, (int64_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		digest_text(digest, list->item[i]);
}

#define TEXT_KIND(predicate, what)                                             \
	{                                                                      \
		.read = read_text, .digest = add_text, .fits = (predicate),    \
		.expected = (what)                                             \
	}

const struct kind value_id =
    TEXT_KIND(is_id, "an id (1 to 128 printable ASCII characters, no spaces)");
const struct kind value_text = TEXT_KIND(is_text, "text of at most 4 KiB");
const struct kind value_member =
    TEXT_KIND(is_member, "a member such as example/104233");
const struct kind value_organization = TEXT_KIND(text_is_organization,
    "an organization's name (a letter, then at most 31 of a-z, 0-9 and -)");
const struct kind value_member_number = TEXT_KIND(text_is_member_number,
    "a member's number (1 to 64 of A-Z, a-z, 0-9 and ._-)");
const struct kind value_currency =
    TEXT_KIND(is_currency, "a currency such as CAD");
const struct kind value_sha256 =
    TEXT_KIND(is_sha256, "a SHA-256 in 64 hex characters");

const struct kind value_map = {
    .read = read_map_bytes, .digest = add_map_bytes, .expected = "a map"};
const struct kind value_date = {.read = read_date,
    .digest = add_date,
    .expected = "a date such as 2026-03-01 (1900 to 2199)"};

#define GIVEN_KIND(reader, what)                                               \
	.read = (reader), .digest = add_given, .expected = (what)

const struct kind value_time = {GIVEN_KIND(read_time,
    "a time such as 2026-03-01T12:00:00Z (RFC 3339 with a zone, at most 6 "
    "fraction digits, 1900 to 2199)")};
const struct kind value_flag = {GIVEN_KIND(read_bool, "true or false")};

#define DECIMAL_KIND(most_places, from, to, what)                              \
	{                                                                      \
		GIVEN_KIND(read_decimal, what), .places = (most_places),       \
						.least = (from), .most = (to)  \
	}

const struct kind value_minutes =
    DECIMAL_KIND(0, 0, 10000000, "an integer from 0 to 10,000,000");
const struct kind value_hours = DECIMAL_KIND(4, 0, CREDIT_MOST,
    "a decimal from 0 to 1,000,000 with at most 4 places, such as \"1.5\"");
const struct kind value_quantity = DECIMAL_KIND(4, 0, CREDIT_MOST,
    "a decimal from 0 to 1,000,000 with at most 4 places, such as \"1.5\"");
const struct kind value_decided_credits = DECIMAL_KIND(4, 0, CREDIT_MOST,
    "a decimal from 0 to 1,000,000 with at most 4 places, such as \"1.5\"");
const struct kind value_credits = DECIMAL_KIND(4, -CREDIT_MOST, CREDIT_MOST,
    "a decimal from -1,000,000 to 1,000,000 with at most 4 places, such as "
    "\"-1.5\"");
const struct kind value_amount = DECIMAL_KIND(2, 1, MONEY_MOST,
    "a decimal from 0.01 to 10,000,000.00 with at most 2 places, such as "
    "\"49.72\"");

#define CHOICE_KIND(chooser, what)                                             \
	{                                                                      \
		GIVEN_KIND(read_choice, what), .choose = (chooser)             \
	}

const struct kind value_role = CHOICE_KIND(choose_role,
    "one of attendee, presenter, facilitator, developer, volunteer, overseer, "
    "author, coauthor");
const struct kind value_unit =
    CHOICE_KIND(choose_unit, "one of day, week, credit-hour, article, session");
const struct kind value_decision =
    CHOICE_KIND(choose_decision, "approved or declined");

#define LIST_KIND(predicate, fewest, each, what)                               \
	{                                                                      \
		.read = read_text_list, .digest = add_text_list,               \
		.fits = (predicate), .least = (fewest),                        \
		.most = FACT_LIST_MOST, .item = (each), .expected = (what)     \
	}

const struct kind value_designations = LIST_KIND(is_id, 1,
    "an id (1 to 128 printable ASCII characters, no spaces)",
    "a list of designations");
const struct kind value_topics =
    LIST_KIND(is_text, 0, "text of at most 4 KiB", "a list of texts");
const struct kind value_organizations = LIST_KIND(text_is_organization, 0,
    "an organization's name", "a list of organizations' names");
