/* A message of the feed as a line for a person. */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

/* Adds to a line of `size` bytes; what does not fit is cut. */
static void add(char *line, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(char *line, size_t size, const char *format, ...)
{
	size_t at = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + at, size - at, format, args);
	va_end(args);
}

/* The text of a key in a buffer of its own. */
struct said {
	char text[256];
};

static const char *get(const json_t *from, const char *key, struct said *said)
{
	return table_get(from, key, said->text, sizeof(said->text));
}

static void add_state(char *line, size_t size, bool colour, const char *state)
{
	add(line, size, "%s%s%s", paint(colour, paint_of(state)), state,
	    paint(colour, PAINT_PLAIN));
}

static void add_balance(
    const json_t *balance, bool colour, char *line, size_t size)
{
	const json_t *period = json_object_get(balance, "period");
	struct said a, b, c, required;

	add(line, size, "%s %s %s: %s", get(balance, "member", &a),
	    get(balance, "designation", &b), get(period, "starts_on", &c),
	    json_string_value(json_object_get(balance, "total"))
		? json_string_value(json_object_get(balance, "total"))
		: "?");
	if (*get(balance, "required", &required))
		add(line, size, " of %s", required.text);
	add(line, size, " %s, ", get(balance, "unit", &a));
	if (json_is_true(json_object_get(balance, "removed")))
		add(line, size, "removed");
	else
		add_state(line, size, colour, get(balance, "status", &a));
	if (*get(balance, "missing", &b))
		add(line, size, ", missing %s", b.text);
}

static void add_request(
    const json_t *body, bool colour, char *line, size_t size)
{
	const json_t *request = json_object_get(body, "request");
	struct said a, due, paid, missing;

	add(line, size, "%s: ", get(request, "request", &a));
	add_state(line, size, colour, get(request, "state", &a));
	add(line, size, ", credited %s", get(request, "credited", &a));
	get(request, "total_due", &due);
	get(request, "paid", &paid);
	if (*due.text && strcmp(due.text, "0.00") != 0)
		add(line, size, ", due %s %s, paid %s", due.text,
		    get(request, "currency", &a), paid.text);
	if (*get(request, "missing", &missing))
		add(line, size, ", missing %s", missing.text);
}

static void add_certification(
    const json_t *body, bool colour, char *line, size_t size)
{
	const json_t *it = json_object_get(body, "certification");
	const json_t *period = json_object_get(it, "period");
	struct said a, b, c;

	add(line, size, "%s %s: ", get(it, "member", &a),
	    get(it, "designation", &b));
	add_state(line, size, colour, get(it, "what", &a));
	add(line, size, " on %s", get(it, "on", &b));
	if (json_is_object(period))
		add(line, size, ", period %s to %s",
		    get(period, "starts_on", &a), get(period, "ends_on", &c));
}

static void add_notice(const json_t *body, char *line, size_t size)
{
	const json_t *it = json_object_get(body, "notice");
	struct said a, b, c, d;

	add(line, size, "%s %s: %s days until %s", get(it, "member", &a),
	    get(it, "designation", &b), get(it, "days", &c),
	    get(it, "ends_on", &d));
	if (*get(it, "remaining", &a))
		add(line, size, ", %s still to earn", a.text);
	if (*get(it, "missing", &b))
		add(line, size, ", missing %s", b.text);
}

/* "org/number/" of a topic; a request's body need not name its member. */
static void add_member(const char *topic, char *line, size_t size)
{
	const char *first = strchr(topic, '/');
	const char *last = strrchr(topic, '/');

	if (first != NULL && last > first)
		add(line, size, "%.*s ", (int)(last - first - 1), first + 1);
}

void message_balance(
    const json_t *balance, bool colour, char *line, size_t size)
{
	line[0] = '\0';
	add(line, size, "%-13s ", "balance");
	add_balance(balance, colour, line, size);
}

void message_line(
    const char *topic, const json_t *body, bool colour, char *line, size_t size)
{
	const json_t *event = json_object_get(body, "event");
	struct said kind, source, id;

	line[0] = '\0';
	get(body, "kind", &kind);
	add(line, size, "%-13s ", kind.text);
	if (strcmp(kind.text, "balance") == 0) {
		add_balance(
		    json_object_get(body, "balance"), colour, line, size);
	} else if (strcmp(kind.text, "request") == 0) {
		add_member(topic, line, size);
		add_request(body, colour, line, size);
	} else if (strcmp(kind.text, "certification") == 0) {
		add_certification(body, colour, line, size);
	} else if (strcmp(kind.text, "notice") == 0) {
		add_notice(body, line, size);
	} else {
		add(line, size, "%s", topic);
	}
	add(line, size, "  %s(%s %s)%s", paint(colour, PAINT_DIM),
	    get(event, "source", &source), get(event, "id", &id),
	    paint(colour, PAINT_PLAIN));
}
