/* Facts in order, and their stored form.
 *
 * The layout is said once: each code_x() below writes a value or reads it,
 * as the codec says, so what was written is what is read. */
#include "fact.h"

#define VERSION        1
#define ACTIVITY_ITEMS 16

struct codec {
	struct wire_writer *writer; /* NULL: reading */
	struct wire_reader reader;
	struct arena *arena; /* of what is read */
	bool failed;         /* damaged or out of memory */
};

void fact_init(struct fact *fact)
{
	*fact = (struct fact){
	    .received_on = DATE_NONE,
	    .on = DATE_NONE,
	    .expires_on = DATE_NONE,
	    .activity = {.completed_on = DATE_NONE, .started_on = DATE_NONE},
	};
}

int fact_compare(const struct fact *a, const struct fact *b)
{
	int order = text_compare(a->source, b->source);

	return order != 0 ? order : text_compare(a->id, b->id);
}

/* When reading: true, and moves on, if the value is absent. */
static bool is_absent(struct codec *c)
{
	return wire_read_nil(&c->reader);
}

static void code_text(struct codec *c, struct text *text)
{
	struct text borrowed;

	if (c->writer != NULL) {
		wire_write_text(c->writer, *text);
	} else if (is_absent(c)) {
		*text = TEXT_NONE;
	} else if (!wire_read_text(&c->reader, &borrowed) ||
		   !arena_copy_text(c->arena, borrowed, text)) {
		c->failed = true;
	}
}

/* Bytes that are not UTF-8: a digest. */
static void code_bytes(struct codec *c, struct text *bytes)
{
	struct text borrowed;

	if (c->writer != NULL) {
		if (bytes->at == NULL)
			wire_write_nil(c->writer);
		else
			wire_write_bin(c->writer, *bytes);
	} else if (is_absent(c)) {
		*bytes = TEXT_NONE;
	} else if (!wire_read_bin(&c->reader, &borrowed) ||
		   !arena_copy_text(c->arena, borrowed, bytes)) {
		c->failed = true;
	}
}

/* An integer from `least` to `most`, or nothing. */
static void code_number(
    struct codec *c, bool *given, int64_t *value, int64_t least, int64_t most)
{
	if (c->writer != NULL) {
		if (*given)
			wire_write_int(c->writer, *value);
		else
			wire_write_nil(c->writer);
		return;
	}
	*given = !is_absent(c);
	if (*given && (!wire_read_int(&c->reader, value) || *value < least ||
			  *value > most))
		c->failed = true;
}

/* An integer that is always there. */
static void code_integer(
    struct codec *c, int64_t *value, int64_t least, int64_t most)
{
	bool given = true;

	code_number(c, &given, value, least, most);
	if (!given)
		c->failed = true;
}

static void code_date(struct codec *c, date_t *date)
{
	bool given = *date != DATE_NONE;
	int64_t value = *date;

	code_number(c, &given, &value, DATE_FIRST, DATE_LAST);
	if (c->writer == NULL && !c->failed)
		*date = given ? (date_t)value : DATE_NONE;
}

/* One of `count` values, from 0; returns it. */
static unsigned code_choice(struct codec *c, unsigned value, unsigned count)
{
	int64_t number = value;

	code_integer(c, &number, 0, (int64_t)count - 1);
	return c->failed ? 0 : (unsigned)number;
}

/* An int, or [numerator, denominator]. */
static void code_ratio(struct codec *c, bool *given, struct ratio *ratio)
{
	uint32_t count;

	if (c->writer != NULL) {
		if (!*given) {
			wire_write_nil(c->writer);
			return;
		}
		if (ratio->denominator != 1)
			wire_write_array(c->writer, 2);
		wire_write_int(c->writer, ratio->numerator);
		if (ratio->denominator != 1)
			wire_write_int(c->writer, ratio->denominator);
		return;
	}
	*given = !is_absent(c);
	if (!*given)
		return;
	ratio->denominator = 1;
	if (wire_read_int(&c->reader, &ratio->numerator))
		return;
	if (!wire_read_array(&c->reader, &count) || count != 2 ||
	    !wire_read_int(&c->reader, &ratio->numerator) ||
	    !wire_read_int(&c->reader, &ratio->denominator) ||
	    ratio->denominator <= 0)
		c->failed = true;
}

static void read_list(struct codec *c, struct text_list *list)
{
	struct text *item;
	uint32_t count;

	*list = (struct text_list){0};
	if (is_absent(c))
		return;
	if (!wire_read_array(&c->reader, &count) || count > FACT_LIST_MOST) {
		c->failed = true;
		return;
	}
	item = arena_take_many(c->arena, count, sizeof(*item));
	if (item == NULL) {
		c->failed = true;
		return;
	}
	for (uint32_t i = 0; i < count && !c->failed; i++) {
		code_text(c, &item[i]);
		if (!c->failed && item[i].at == NULL)
			c->failed = true;
	}
	*list = (struct text_list){item, count};
}

static void code_list(struct codec *c, struct text_list *list)
{
	if (c->writer == NULL) {
		read_list(c, list);
	} else if (list->count == 0) {
		wire_write_nil(c->writer);
	} else {
		wire_write_array(c->writer, (uint32_t)list->count);
		for (size_t i = 0; i < list->count; i++)
			wire_write_text(c->writer, list->item[i]);
	}
}

/* The head of an array whose length is known to both sides. */
static void code_array(struct codec *c, uint32_t count)
{
	uint32_t found;

	if (c->writer != NULL)
		wire_write_array(c->writer, count);
	else if (!wire_read_array(&c->reader, &found) || found != count)
		c->failed = true;
}

static void code_activity(struct codec *c, struct activity *a)
{
	bool has_passed = a->passed != ANSWER_ABSENT;
	int64_t passed = a->passed == ANSWER_YES, role = a->role;

	code_array(c, ACTIVITY_ITEMS);
	code_date(c, &a->completed_on);
	code_date(c, &a->started_on);
	code_text(c, &a->kind);
	code_text(c, &a->code);
	code_text(c, &a->category);
	code_bytes(c, &a->title);
	code_text(c, &a->provider);
	code_text(c, &a->accredited_by);
	code_text(c, &a->grade);
	code_ratio(c, &a->has_minutes, &a->minutes);
	code_number(c, &a->has_quantity, &a->quantity, 0, CREDIT_MOST);
	a->unit = (enum unit)code_choice(c, a->unit, UNIT_COUNT);
	code_number(c, &a->has_role, &role, 0, ROLE_COUNT - 1);
	code_number(c, &has_passed, &passed, 0, 1);
	code_list(c, &a->topics);
	code_list(c, &a->presenter_certified_by);
	if (c->failed)
		return;
	a->role = a->has_role ? (enum role)role : ROLE_ATTENDEE;
	a->passed = !has_passed   ? ANSWER_ABSENT
		    : passed != 0 ? ANSWER_YES
				  : ANSWER_NO;
}

/* Items of a type's array behind the version and occurred_at. */
static const uint8_t items[] = {
    [EVENT_GRANTED] = 3,
    [EVENT_RENEWED] = 2,
    [EVENT_TRANSFERRED] = 6,
    [EVENT_ACTIVITY] = 2,
    [EVENT_REQUESTED] = 4,
    [EVENT_EVIDENCE] = 2,
    [EVENT_DECIDED] = 3,
    [EVENT_PAID] = 3,
    [EVENT_WITHDRAWN] = 1,
    [EVENT_REQUIREMENT] = 4,
    [EVENT_ADJUSTED] = 3,
    [EVENT_REVERSED] = 2,
};

static void code_certification(struct codec *c, struct fact *f)
{
	code_text(c, &f->designation);
	code_date(c, &f->on);
	if (f->type != EVENT_RENEWED)
		code_text(c, &f->jurisdiction);
	if (f->type != EVENT_TRANSFERRED)
		return;
	code_text(c, &f->from_organization);
	code_text(c, &f->from_number);
	code_text(c, &f->from_designation);
}

static void code_recognition(struct codec *c, struct fact *f)
{
	code_text(c, &f->request);
	switch (f->type) {
	case EVENT_REQUESTED:
		code_activity(c, &f->activity);
		code_list(c, &f->designations);
		code_list(c, &f->evidence);
		break;
	case EVENT_EVIDENCE:
		code_list(c, &f->evidence);
		break;
	case EVENT_DECIDED:
		f->decision = code_choice(c, f->decision - 1, 2) == 0
				  ? DECISION_APPROVED
				  : DECISION_DECLINED;
		code_number(
		    c, &f->has_credits, &f->credits, -CREDIT_MOST, CREDIT_MOST);
		break;
	case EVENT_PAID:
		code_integer(c, &f->amount, 0, MONEY_MOST);
		code_text(c, &f->currency);
		break;
	default:
		break;
	}
}

static void code_rest(struct codec *c, struct fact *f)
{
	switch (f->type) {
	case EVENT_ACTIVITY:
		code_activity(c, &f->activity);
		code_list(c, &f->designations);
		break;
	case EVENT_REQUIREMENT:
		code_text(c, &f->requirement);
		code_date(c, &f->on);
		code_date(c, &f->expires_on);
		code_text(c, &f->designation);
		break;
	case EVENT_ADJUSTED:
		code_text(c, &f->designation);
		f->has_credits = true;
		code_integer(c, &f->credits, -CREDIT_MOST, CREDIT_MOST);
		code_date(c, &f->on);
		break;
	case EVENT_REVERSED:
		code_text(c, &f->target_source);
		code_text(c, &f->target_id);
		break;
	default:
		break;
	}
}

static void code_fact(struct codec *c, struct fact *f)
{
	uint32_t count = 2;

	if (f->type >= EVENT_GRANTED && f->type <= EVENT_REVERSED)
		count += items[f->type];
	code_array(c, count);
	if (!c->failed && code_choice(c, VERSION, VERSION + 1) != VERSION)
		c->failed = true;
	if (c->failed)
		return;
	code_number(
	    c, &f->has_occurred_at, &f->occurred_at, INT64_MIN, INT64_MAX);
	switch (f->type) {
	case EVENT_GRANTED:
	case EVENT_RENEWED:
	case EVENT_TRANSFERRED:
		code_certification(c, f);
		break;
	case EVENT_REQUESTED:
	case EVENT_EVIDENCE:
	case EVENT_DECIDED:
	case EVENT_PAID:
	case EVENT_WITHDRAWN:
		code_recognition(c, f);
		break;
	default:
		code_rest(c, f);
		break;
	}
}

void fact_write(struct wire_writer *writer, const struct fact *fact)
{
	struct codec codec = {.writer = writer};
	struct fact copy = *fact; /* the codec could write to it; it doesn't */

	code_fact(&codec, &copy);
}

bool fact_read(struct text stored, struct arena *arena, struct fact *fact)
{
	struct codec codec = {
	    .reader = wire_reader(stored.at, stored.length), .arena = arena};
	struct fact read;

	fact_init(&read);
	read.seq = fact->seq;
	read.source = fact->source;
	read.id = fact->id;
	read.type = fact->type;
	read.received_on = fact->received_on;
	code_fact(&codec, &read);
	if (codec.failed || codec.reader.at != codec.reader.end)
		return false;
	*fact = read;
	return true;
}
