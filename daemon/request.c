/* A partner's message: its frames, checked, before anything is decoded. */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "link.h"

#define VERSION "CREDIT1"

static const char *const refusal_names[] = {
    [REFUSAL_MALFORMED] = "MALFORMED",
    [REFUSAL_UNSUPPORTED_VERSION] = "UNSUPPORTED_VERSION",
    [REFUSAL_TOO_LARGE] = "TOO_LARGE",
    [REFUSAL_BUSY] = "BUSY",
    [REFUSAL_QUARANTINED] = "QUARANTINED",
    [REFUSAL_UNAVAILABLE] = "UNAVAILABLE",
};

static const struct {
	const char *name;
	enum request_verb verb;
	bool partners, operators;
} verbs[] = {
    {"SUBMIT", REQUEST_SUBMIT, true, false},
    {"QUERY", REQUEST_QUERY, true, true},
    {"PING", REQUEST_PING, true, true},
    {"CONTROL", REQUEST_CONTROL, false, true},
};

const char *refusal_name(enum refusal_code code)
{
	return refusal_names[code];
}

void refusal_tame(struct refusal *refusal)
{
	for (char *c = refusal->message; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
}

void refusal_say(struct refusal *refusal, enum refusal_code code,
    unsigned retry_after_ms, const char *format, ...)
{
	va_list args;

	refusal->code = code;
	refusal->retry_after_ms = retry_after_ms;
	va_start(args, format);
	vsnprintf(refusal->message, sizeof(refusal->message), format, args);
	va_end(args);
	refusal_tame(refusal);
}

/* Up to the delimiter. False: there is none where it must be. */
static bool read_envelope(
    const struct frames *frames, struct request *request, size_t *ret_next)
{
	size_t at = 1;

	request->route = frames->frame[0];
	for (; at < frames->count && at < FRAMES_MOST; at++) {
		struct text frame = frames->frame[at];

		if (frame.at == NULL)
			return false;
		if (frame.length == 0) {
			*ret_next = at + 1;
			return true;
		}
		if (request->envelope_count == REQUEST_ENVELOPE_MOST ||
		    frame.length > REQUEST_ENVELOPE_FRAME_MOST)
			return false;
		request->envelope[request->envelope_count++] = frame;
	}
	return false;
}

static bool check_version(struct text version, struct refusal *why)
{
	if (text_is(version, VERSION))
		return true;
	if (version.length > 16)
		version.length = 16;
	refusal_say(why, REFUSAL_UNSUPPORTED_VERSION, 0,
	    "frame 1 (version) is '%.*s'; this creditd speaks " VERSION,
	    TEXT_ARGS(version));
	return false;
}

static bool check_verb(struct text name, bool operators, enum request_verb *ret,
    struct refusal *why)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!text_is(name, verbs[i].name))
			continue;
		if (!(operators ? verbs[i].operators : verbs[i].partners))
			break;
		*ret = verbs[i].verb;
		return true;
	}
	if (name.length > 16)
		name.length = 16;
	refusal_say(why, REFUSAL_MALFORMED, 0,
	    "frame 2 (verb) is '%.*s'; expected %s", TEXT_ARGS(name),
	    operators ? "CONTROL, QUERY or PING" : "SUBMIT, QUERY or PING");
	return false;
}

static bool check_tag(struct request *request, struct refusal *why)
{
	if (request->tag.length <= REQUEST_TAG_MOST)
		return true;
	refusal_say(why, REFUSAL_MALFORMED, 0,
	    "frame 3 (tag) has %zu bytes; at most %d are allowed",
	    request->tag.length, REQUEST_TAG_MOST);
	request->tag.length = REQUEST_TAG_MOST;
	return false;
}

static bool check_count(
    enum request_verb verb, size_t count, struct refusal *why)
{
	if (verb == REQUEST_PING ? count == 3 || count == 4 : count == 5)
		return true;
	refusal_say(why, REFUSAL_MALFORMED, 0,
	    "%zu frames after the delimiter; expected %s", count,
	    verb == REQUEST_PING ? "4: version, verb, tag, empty key"
				 : "5: version, verb, tag, key, body");
	return false;
}

static bool check_key(struct request *request, struct refusal *why)
{
	struct text key = request->key;

	if (text_split_member(key, &request->organization, &request->number))
		return request->verb != REQUEST_PING ||
		       (refusal_say(why, REFUSAL_MALFORMED, 0,
			    "frame 4 (key) must be empty for PING"),
			   false);
	request->organization = TEXT_NONE;
	request->number = TEXT_NONE;
	if (request->verb == REQUEST_SUBMIT) {
		refusal_say(why, REFUSAL_MALFORMED, 0,
		    "frame 4 (key) must be the body's member, "
		    "organization/number");
		return false;
	}
	if (key.length == 0)
		return true;
	if (request->verb != REQUEST_PING && text_is_organization(key)) {
		request->organization = key;
		return true;
	}
	refusal_say(why, REFUSAL_MALFORMED, 0,
	    request->verb == REQUEST_PING
		? "frame 4 (key) must be empty for PING"
		: "frame 4 (key) must be a member (organization/number), an "
		  "organization, or empty");
	return false;
}

static bool check_body(const struct request *request, struct refusal *why)
{
	if (request->verb == REQUEST_PING ||
	    request->body.length <= REQUEST_BODY_MOST)
		return true;
	refusal_say(why, REFUSAL_TOO_LARGE, 0,
	    "frame 5 (body) has %zu bytes; at most %zu are allowed",
	    request->body.length, REQUEST_BODY_MOST);
	return false;
}

enum request_fate request_parse(const struct frames *frames, bool operators,
    struct request *ret, struct refusal *why)
{
	const struct text *frame = frames->frame;
	size_t next, count;

	*ret = (struct request){.fd = frames->source_fd,
	    .source = TEXT(""),
	    .key = TEXT(""),
	    .rights = {LINK_ALL_TYPES,
		LINK_MAY_READ | LINK_MAY_DECIDE | LINK_MAY_TRANSFER}};
	if (!read_envelope(frames, ret, &next) || frames->count - next < 3)
		return REQUEST_DROPPED;
	count = frames->count - next;
	if (next + 3 > FRAMES_MOST || frame[next].at == NULL ||
	    frame[next + 1].at == NULL || frame[next + 2].at == NULL)
		return REQUEST_DROPPED;
	ret->tag = frame[next + 2];
	if (ret->tag.length > REQUEST_TAG_MOST)
		ret->tag.length = REQUEST_TAG_MOST;
	if (!check_version(frame[next], why) ||
	    !check_verb(frame[next + 1], operators, &ret->verb, why))
		return REQUEST_REFUSED;
	ret->tag = frame[next + 2];
	if (!check_tag(ret, why) || !check_count(ret->verb, count, why))
		return REQUEST_REFUSED;
	if (count > 3)
		ret->key = frame[next + 3];
	if (count > 4)
		ret->body = frame[next + 4];
	/* A frame that did not fit into REQUEST_MOST is absent. */
	if (count > 4 && ret->body.at == NULL) {
		refusal_say(why, REFUSAL_TOO_LARGE, 0,
		    "the message is too large; a body has at most %zu bytes",
		    REQUEST_BODY_MOST);
		return REQUEST_REFUSED;
	}
	if (!check_key(ret, why) || !check_body(ret, why))
		return REQUEST_REFUSED;
	return REQUEST_FINE;
}

size_t request_size(const struct request *request)
{
	size_t size = request->route.length + request->tag.length +
		      request->key.length + request->source.length +
		      request->body.length;

	for (unsigned i = 0; i < request->envelope_count; i++)
		size += request->envelope[i].length;
	return size;
}

static struct text put(char **at, struct text text)
{
	struct text copy = {*at, text.length};

	if (text.length > 0)
		memcpy(*at, text.at, text.length);
	*at += text.length;
	return copy;
}

void request_copy(
    const struct request *request, char *store, struct request *ret)
{
	*ret = *request;
	ret->fd = -1;
	ret->route = put(&store, request->route);
	for (unsigned i = 0; i < request->envelope_count; i++)
		ret->envelope[i] = put(&store, request->envelope[i]);
	ret->tag = put(&store, request->tag);
	ret->key = put(&store, request->key);
	ret->source = put(&store, request->source);
	ret->body = put(&store, request->body);
	if (ret->number.at != NULL) {
		size_t slash = request->organization.length;

		ret->organization = (struct text){ret->key.at, slash};
		ret->number = (struct text){
		    ret->key.at + slash + 1, request->number.length};
	} else if (ret->organization.at != NULL) {
		ret->organization = ret->key;
	}
}
