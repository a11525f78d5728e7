/* An event from flags. Two tables: the flags, and where each one goes in which
 * type of event. */
#include "event_flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"

#define T(type)   (1u << EVENT_##type)
#define ACTIVITY  (T(ACTIVITY) | T(REQUESTED))
#define PATH_MOST 256

static const struct {
	const char *name, *word, *help;
} known[] = {
    {"on", "DATE", "the date of it (completed, granted, renewed, met, …)"},
    {"designation", "D", "may be given again for activities and requests"},
    {"kind", "KIND", "of an activity: workshop, conference, …"},
    {"code", "CODE", "of an activity with fixed credits"},
    {"title", "TEXT", "of an activity"},
    {"minutes", "N", "contact minutes"},
    {"hours", "N", "contact hours"},
    {"quantity", "N", "how many of --unit"},
    {"unit", "UNIT", "day, week, credit-hour, article, session"},
    {"provider", "TEXT", "who gave the activity"},
    {"accredited-by", "ORG", "who accredited the activity"},
    {"role", "ROLE", "attendee (default), presenter, author, …"},
    {"topic", "TEXT", "may be given again"},
    {"presenter-certified-by", "ORG", "may be given again"},
    {"grade", "GRADE", "of a course"},
    {"passed", "yes|no", "of a course"},
    {"category", "TEXT", "of an activity"},
    {"started-on", "DATE", "of an activity"},
    {"request", "NAME", "the recognition request"},
    {"evidence", "KIND[=URI]", "a document; may be given again"},
    {"decision", "D", "approved or declined"},
    {"credits", "N", "of a decision or an adjustment"},
    {"reviewer", "NAME", "of a decision"},
    {"reason", "TEXT", "of a decision, withdrawal, adjustment, reversal"},
    {"author", "NAME", "of an adjustment or a reversal"},
    {"amount", "MONEY", "paid"},
    {"currency", "CUR", "of the amount"},
    {"reference", "REF", "of the payment"},
    {"requirement", "NAME", "that was met"},
    {"expires-on", "DATE", "when it is met no longer"},
    {"jurisdiction", "J", "of the member, for tax, e.g. CA-ON"},
    {"from", "ORG/NUMBER/D", "the certification that is transferred"},
    {"event", "ID", "the event that is reversed"},
    {"event-source", "SOURCE", "and its source"},
};
#define KNOWN (sizeof(known) / sizeof(known[0]))
_Static_assert(KNOWN <= EVENT_FLAGS_MOST, "room for each flag's value");

static const struct {
	const char *name;
	unsigned types;
	const char *path;
} places[] = {
    {"on", T(GRANTED), "granted_on"},
    {"on", T(RENEWED), "renewed_on"},
    {"on", T(TRANSFERRED), "transferred_on"},
    {"on", ACTIVITY, "activity.completed_on"},
    {"on", T(REQUIREMENT), "met_on"},
    {"on", T(ADJUSTED), "on"},
    {"designation",
	T(GRANTED) | T(RENEWED) | T(TRANSFERRED) | T(REQUIREMENT) | T(ADJUSTED),
	"designation"},
    {"designation", ACTIVITY, "designations"},
    {"kind", ACTIVITY, "activity.kind"},
    {"code", ACTIVITY, "activity.code"},
    {"title", ACTIVITY, "activity.title"},
    {"minutes", ACTIVITY, "activity.contact_minutes"},
    {"hours", ACTIVITY, "activity.contact_hours"},
    {"quantity", ACTIVITY, "activity.quantity"},
    {"unit", ACTIVITY, "activity.unit"},
    {"provider", ACTIVITY, "activity.provider"},
    {"accredited-by", ACTIVITY, "activity.accredited_by"},
    {"role", ACTIVITY, "activity.role"},
    {"topic", ACTIVITY, "activity.topics"},
    {"presenter-certified-by", ACTIVITY, "activity.presenter_certified_by"},
    {"grade", ACTIVITY, "activity.grade"},
    {"passed", ACTIVITY, "activity.passed"},
    {"category", ACTIVITY, "activity.category"},
    {"started-on", ACTIVITY, "activity.started_on"},
    {"request",
	T(REQUESTED) | T(EVIDENCE) | T(DECIDED) | T(PAID) | T(WITHDRAWN),
	"request"},
    {"evidence", T(REQUESTED) | T(EVIDENCE), "evidence"},
    {"decision", T(DECIDED), "decision"},
    {"credits", T(DECIDED) | T(ADJUSTED), "credits"},
    {"reviewer", T(DECIDED), "reviewer"},
    {"reason", T(DECIDED) | T(WITHDRAWN) | T(ADJUSTED) | T(REVERSED), "reason"},
    {"author", T(ADJUSTED) | T(REVERSED), "author"},
    {"amount", T(PAID), "amount"},
    {"currency", T(PAID), "currency"},
    {"reference", T(PAID), "reference"},
    {"requirement", T(REQUIREMENT), "requirement"},
    {"expires-on", T(REQUIREMENT), "expires_on"},
    {"jurisdiction", T(GRANTED) | T(TRANSFERRED), "jurisdiction"},
    {"from", T(TRANSFERRED), "from"},
    {"event", T(REVERSED), "event"},
    {"event-source", T(REVERSED), "source"},
};

size_t event_flags_table(struct event_flags *flags, struct flag *ret)
{
	size_t count = 0;

	ret[count++] = (struct flag){"id", FLAG_TEXT, &flags->id, "ID",
	    "of the event: unique within its source for this member", 0, 0};
	for (size_t i = 0; i < KNOWN; i++)
		ret[count++] = (struct flag){known[i].name, FLAG_LIST,
		    &flags->value[i], known[i].word, known[i].help, 0, 0};
	ret[count++] = (struct flag){"set", FLAG_LIST, &flags->set, "KEY=TEXT",
	    "any key of data, e.g. activity.kind=workshop; KEY:=JSON sets "
	    "any JSON; may be given again",
	    0, 0};
	ret[count++] = (struct flag){"occurred-at", FLAG_TEXT,
	    &flags->occurred_at, "TIME", "when it happened", 0, 0};
	ret[count] = (struct flag){0};
	return count;
}

bool event_flags_given(const struct event_flags *flags)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (flags->value[i].count > 0)
			return true;
	}
	return flags->set.count > 0 || flags->id != NULL ||
	       flags->occurred_at != NULL;
}

/* ---- where a value goes */

/* Sets `value` (taken over) at a path such as "activity.kind". */
static bool put(json_t *data, const char *path, json_t *value,
    char message[EVENT_FLAGS_MESSAGE])
{
	char key[PATH_MOST];

	for (;;) {
		size_t length = strcspn(path, ".");
		json_t *inner;

		if (length == 0 || length >= sizeof(key)) {
			snprintf(message, EVENT_FLAGS_MESSAGE,
			    "'%.100s' is no key", path);
			json_decref(value);
			return false;
		}
		memcpy(key, path, length);
		key[length] = '\0';
		if (path[length] == '\0')
			return json_object_set_new(data, key, value) == 0;
		inner = json_object_get(data, key);
		if (inner == NULL) {
			inner = json_object();
			json_object_set_new(data, key, inner);
		} else if (!json_is_object(inner)) {
			snprintf(message, EVENT_FLAGS_MESSAGE,
			    "'%.100s' has a value already; nothing can be set "
			    "below it",
			    key);
			json_decref(value);
			return false;
		}
		data = inner;
		path += length + 1;
	}
}

static json_t *document(const char *text, size_t length)
{
	const char *uri = memchr(text, '=', length);
	size_t kind = uri != NULL ? (size_t)(uri - text) : length;

	if (uri == NULL)
		return json_pack("{s:s%}", "kind", text, kind);
	return json_pack("{s:s%, s:s%}", "kind", text, kind, "uri", uri + 1,
	    length - kind - 1);
}

static bool is_one_of(const char *path, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(path, *list) == 0)
			return true;
	}
	return false;
}

static bool is_list(const char *path)
{
	static const char *const lists[] = {"designations", "evidence",
	    "activity.topics", "activity.presenter_certified_by", NULL};

	return is_one_of(path, lists);
}

/* One value as the protocol types it at that path. */
static json_t *value_of(const char *path, const char *text, size_t length)
{
	if (strcmp(path, "evidence") == 0)
		return document(text, length);
	if (strcmp(path, "activity.passed") == 0) {
		if (strcmp(text, "yes") == 0 || strcmp(text, "true") == 0)
			return json_true();
		if (strcmp(text, "no") == 0 || strcmp(text, "false") == 0)
			return json_false();
	}
	return json_stringn(text, length);
}

static json_t *split(const char *path, const char *text)
{
	json_t *list = json_array();

	while (*text != '\0') {
		size_t length = strcspn(text, ",");

		json_array_append_new(list, value_of(path, text, length));
		text += length + (text[length] == ',');
	}
	return list;
}

bool event_flags_set(
    json_t *data, const char *assignment, char message[EVENT_FLAGS_MESSAGE])
{
	const char *equals = strchr(assignment, '=');
	char path[PATH_MOST];
	json_error_t error;
	json_t *value;
	bool is_json;
	size_t length;

	if (equals == NULL || equals == assignment ||
	    (size_t)(equals - assignment) >= sizeof(path)) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "--set '%.100s': expected KEY=TEXT or KEY:=JSON",
		    assignment);
		return false;
	}
	is_json = equals[-1] == ':';
	length = (size_t)(equals - assignment) - is_json;
	memcpy(path, assignment, length);
	path[length] = '\0';
	if (is_json) {
		value = json_loads(equals + 1,
		    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
		if (value == NULL) {
			snprintf(message, EVENT_FLAGS_MESSAGE,
			    "--set %.100s: not JSON: %.120s", path, error.text);
			return false;
		}
	} else if (is_list(path)) {
		value = split(path, equals + 1);
	} else {
		value = value_of(path, equals + 1, strlen(equals + 1));
	}
	if (value == NULL) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "--set %.100s: not valid UTF-8", path);
		return false;
	}
	return put(data, path, value, message);
}

static bool put_from(
    json_t *data, const char *from, char message[EVENT_FLAGS_MESSAGE])
{
	const char *slash = strchr(from, '/');
	const char *last = strrchr(from, '/');
	json_t *value = NULL;

	if (slash != NULL && last != slash)
		value = json_pack("{s:s%, s:s%, s:s}", "organization", from,
		    (size_t)(slash - from), "number", slash + 1,
		    (size_t)(last - slash - 1), "designation", last + 1);
	if (value == NULL) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "--from '%.100s': expected ORG/NUMBER/DESIGNATION", from);
		return false;
	}
	return put(data, "from", value, message);
}

static bool put_flag(json_t *data, const char *name, const char *path,
    const struct flag_list *given, char message[EVENT_FLAGS_MESSAGE])
{
	json_t *value;

	if (strcmp(path, "from") == 0)
		return put_from(data, given->item[0], message);
	if (given->count > 1 && !is_list(path)) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "--%s is given more than once", name);
		return false;
	}
	value = is_list(path) ? json_array() : NULL;
	for (size_t i = 0; i < given->count; i++) {
		json_t *one =
		    value_of(path, given->item[i], strlen(given->item[i]));

		if (one == NULL) {
			snprintf(message, EVENT_FLAGS_MESSAGE,
			    "--%s: not valid UTF-8", name);
			json_decref(value);
			return false;
		}
		if (is_list(path))
			json_array_append_new(value, one);
		else
			value = one;
	}
	return put(data, path, value, message);
}

static const char *find_place(const char *name, enum event_type type)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strcmp(places[i].name, name) == 0 &&
		    (places[i].types & 1u << type) != 0)
			return places[i].path;
	}
	return NULL;
}

static bool put_all(const struct event_flags *flags, enum event_type type,
    json_t *data, char message[EVENT_FLAGS_MESSAGE])
{
	for (size_t i = 0; i < KNOWN; i++) {
		const char *path = find_place(known[i].name, type);

		if (flags->value[i].count == 0)
			continue;
		if (path == NULL) {
			snprintf(message, EVENT_FLAGS_MESSAGE,
			    "--%s does not belong to %s", known[i].name,
			    event_type_name(type));
			return false;
		}
		if (!put_flag(
			data, known[i].name, path, &flags->value[i], message))
			return false;
	}
	for (size_t i = 0; i < flags->set.count; i++) {
		if (!event_flags_set(data, flags->set.item[i], message))
			return false;
	}
	return true;
}

json_t *event_flags_build(const struct event_flags *flags, const char *type,
    const char *member, char message[EVENT_FLAGS_MESSAGE])
{
	enum event_type known_type;
	json_t *event, *data;

	if (!event_type_find(text_of(type), &known_type)) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "'%.60s' is no type of event (see creditctl submit --help)",
		    type);
		return NULL;
	}
	if (flags->id == NULL) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "--id is missing: with it the event can be sent again "
		    "safely");
		return NULL;
	}
	data = json_object();
	event = json_pack("{s:s, s:s, s:s, s:o}", "id", flags->id, "type", type,
	    "member", member, "data", data);
	if (event == NULL) {
		snprintf(message, EVENT_FLAGS_MESSAGE,
		    "the id or the member is not valid UTF-8");
		return NULL;
	}
	if (flags->occurred_at != NULL)
		json_object_set_new(
		    event, "occurred_at", json_string(flags->occurred_at));
	if (!put_all(flags, known_type, data, message)) {
		json_decref(event);
		return NULL;
	}
	return event;
}
