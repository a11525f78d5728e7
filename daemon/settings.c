/* creditd.yaml. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* The longest path that fits into a socket's address. */
#define PATH_MOST (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

struct loader {
	struct settings *settings;
	struct complaints *complaints;
};

static bool starts_with(struct text text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && memcmp(text.at, prefix, length) == 0;
}

static bool is_loopback(struct text endpoint)
{
	return starts_with(endpoint, "tcp://127.") ||
	       starts_with(endpoint, "tcp://localhost:") ||
	       starts_with(endpoint, "tcp://[::1]:");
}

/* A port from 1 to 65535, or '*' for any that is free. */
static bool has_port(struct text endpoint)
{
	const char *colon = memrchr(endpoint.at, ':', endpoint.length);
	struct text port;
	long value = 0;

	if (colon == NULL)
		return false;
	port = (struct text){
	    colon + 1, endpoint.length - (size_t)(colon + 1 - endpoint.at)};
	if (text_is(port, "*"))
		return true;
	if (port.length == 0 || port.length > 5)
		return false;
	for (size_t i = 0; i < port.length; i++) {
		if (port.at[i] < '0' || port.at[i] > '9')
			return false;
		value = value * 10 + (port.at[i] - '0');
	}
	return value >= 1 && value <= 65535;
}

static bool check_endpoint(
    struct loader *loader, struct node *node, struct text endpoint)
{
	if (endpoint.length >= SETTINGS_ENDPOINT_SIZE) {
		complain(loader->complaints, node, "the endpoint is too long");
	} else if (starts_with(endpoint, "ipc:///")) {
		if (endpoint.length - 6 <= PATH_MOST)
			return true;
		complain(loader->complaints, node,
		    "the path is longer than the %zu bytes that a socket's "
		    "path may have",
		    PATH_MOST);
	} else if (!starts_with(endpoint, "tcp://") || !has_port(endpoint)) {
		complain(loader->complaints, node,
		    "expected an endpoint such as tcp://127.0.0.1:7431 or "
		    "ipc:///run/creditd/events");
	} else if (!is_loopback(endpoint)) {
		complain(loader->complaints, node,
		    "plain TCP is allowed on loopback only (127.0.0.1, ::1)");
	} else if (!loader->settings->insecure) {
		complain(loader->complaints, node,
		    "plain TCP authenticates nobody: say 'insecure: true' if "
		    "that is what you want on this machine, or use ipc");
	} else {
		return true;
	}
	return false;
}

static void load_endpoint(
    struct loader *loader, struct node *node, char to[SETTINGS_ENDPOINT_SIZE])
{
	struct text text;

	if (!node_text(node, loader->complaints, &text) ||
	    !check_endpoint(loader, node, text))
		return;
	memcpy(to, text.at, text.length);
	to[text.length] = '\0';
}

static void load_events(struct loader *loader, struct node *node)
{
	struct settings *settings = loader->settings;

	if (node == NULL || !node_is_list(node, loader->complaints))
		return;
	if (node->count == 0 || node->count > SETTINGS_EVENTS_MOST) {
		complain(loader->complaints, node, "expected 1 to %d endpoints",
		    SETTINGS_EVENTS_MOST);
		return;
	}
	for (struct node *n = node->first; n != NULL; n = n->next)
		load_endpoint(
		    loader, n, settings->events[settings->event_count++]);
}

static void load_feed_endpoints(struct loader *loader, struct node *node)
{
	struct settings *settings = loader->settings;

	if (node == NULL || !node_is_map(node, loader->complaints))
		return;
	if (node->count > SETTINGS_FEEDS_MOST) {
		complain(loader->complaints, node, "at most %d feeds",
		    SETTINGS_FEEDS_MOST);
		return;
	}
	settings->feeds = calloc(node->count + 1, sizeof(*settings->feeds));
	if (settings->feeds == NULL) {
		complain(loader->complaints, node, "out of memory");
		return;
	}
	for (struct node *n = node->first; n != NULL; n = n->next) {
		struct settings_feed *feed =
		    &settings->feeds[settings->feed_count];

		n->used = true;
		if (!text_is_organization(n->key)) {
			complain(loader->complaints, n,
			    "'%.*s' is not an organization's name",
			    TEXT_ARGS(n->key));
			continue;
		}
		memcpy(feed->organization, n->key.at, n->key.length);
		load_endpoint(loader, n, feed->endpoint);
		settings->feed_count++;
	}
}

static void load_feed(struct loader *loader, struct node *node)
{
	if (node == NULL || !node_is_map(node, loader->complaints))
		return;
	if (node_get(node, "from") != NULL)
		load_endpoint(loader, node_get(node, "from"),
		    loader->settings->feed_from);
	load_feed_endpoints(loader, node_get(node, "endpoints"));
	node_no_others(node, "from, endpoints", loader->complaints);
}

struct number {
	const char *key;
	int64_t least, most;
	int64_t *to;
};

static void load_numbers(
    struct loader *loader, struct node *node, const struct number *numbers)
{
	if (node == NULL || !node_is_map(node, loader->complaints))
		return;
	for (; numbers->key != NULL; numbers++) {
		struct node *value = node_get(node, numbers->key);

		if (value != NULL)
			(void)node_int(value, loader->complaints,
			    numbers->least, numbers->most, numbers->to);
	}
}

static void load_limits(struct loader *loader, struct node *node)
{
	struct settings *s = loader->settings;
	const struct number numbers[] = {
	    {"in_flight", 1, 1000000, &s->in_flight},
	    {"in_flight_per_partner", 1, 1000000, &s->in_flight_per_partner},
	    {"memory_mib", 1, 65536, &s->memory_mib},
	    {"memory_mib_per_partner", 1, 65536, &s->memory_mib_per_partner},
	    {"read_ahead_mib", 2, 65536, &s->read_ahead_mib},
	    {"unread_mib", 2, 65536, &s->unread_mib},
	    {"connections", 1, 60000, &s->connections},
	    {"answer_ms", 100, 600000, &s->answer_ms}, {NULL, 0, 0, NULL}};

	load_numbers(loader, node, numbers);
	if (node != NULL)
		node_no_others(node,
		    "in_flight, in_flight_per_partner, memory_mib, "
		    "memory_mib_per_partner, read_ahead_mib, unread_mib, "
		    "connections, answer_ms",
		    loader->complaints);
}

static void load_heartbeat(struct loader *loader, struct node *node)
{
	struct settings *s = loader->settings;
	const struct number numbers[] = {{"beat_ms", 10, 10000, &s->beat_ms},
	    {"dead_ms", 100, 600000, &s->dead_ms}, {NULL, 0, 0, NULL}};

	load_numbers(loader, node, numbers);
	if (node == NULL)
		return;
	node_no_others(node, "beat_ms, dead_ms", loader->complaints);
	if (s->dead_ms < 3 * s->beat_ms)
		complain(loader->complaints, node,
		    "dead_ms must be at least three times beat_ms");
}

static void load_log(struct loader *loader, struct node *node)
{
	struct text text;
	char name[16];

	if (node == NULL || !node_text(node, loader->complaints, &text))
		return;
	snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(text));
	if (!log_level_find(name, &loader->settings->log))
		complain(loader->complaints, node,
		    "expected error, warn, info or debug");
}

static void load_control(struct loader *loader, struct node *node)
{
	load_endpoint(loader, node, loader->settings->control);
	if (loader->settings->control[0] != '\0' &&
	    !starts_with(text_of(loader->settings->control), "ipc://"))
		complain(loader->complaints, node,
		    "operators come in by ipc only: its file mode says who");
}

static void load_all(struct loader *loader, struct node *root)
{
	struct complaints *complaints = loader->complaints;
	struct settings *s = loader->settings;
	struct node *node;

	if (root == NULL)
		complain(complaints, NULL, "the file is empty");
	if (!node_is_map(root, complaints))
		return;
	/* First: it says what the endpoints may be. */
	node = node_get(root, "insecure");
	if (node != NULL)
		(void)node_bool(node, complaints, &s->insecure);
	load_events(loader, node_want(root, "events", complaints));
	node = node_want(root, "workers", complaints);
	if (node != NULL)
		load_endpoint(loader, node, s->workers);
	node = node_want(root, "control", complaints);
	if (node != NULL)
		load_control(loader, node);
	load_feed(loader, node_want(root, "feed", complaints));
	load_limits(loader, node_get(root, "limits"));
	load_heartbeat(loader, node_get(root, "heartbeat"));
	load_log(loader, node_get(root, "log"));
	node = node_get(root, "test_clock");
	if (node != NULL)
		(void)node_date(node, complaints, &s->test_clock);
	node_no_others(root,
	    "events, insecure, feed, workers, control, limits, heartbeat, log, "
	    "test_clock",
	    complaints);
}

static int settings_read(struct document *document,
    struct complaints *complaints, struct settings *ret)
{
	struct settings settings = {.in_flight = 65536,
	    .in_flight_per_partner = 16384,
	    .memory_mib = 64,
	    .memory_mib_per_partner = 32,
	    .read_ahead_mib = 48,
	    .unread_mib = 48,
	    .connections = 10000,
	    .answer_ms = 10000,
	    .beat_ms = 100,
	    .dead_ms = 2000,
	    .log = LOG_LEVEL_INFO,
	    .test_clock = DATE_NONE};
	struct loader loader = {&settings, complaints};

	load_all(&loader, document->root);
	document_fini(document);
	if (complaints->count > 0) {
		settings_fini(&settings);
		return -EINVAL;
	}
	*ret = settings;
	return 0;
}

int settings_load(struct complaints *complaints, struct settings *ret)
{
	struct document document = {0};
	int error = document_load(complaints, &document);

	return error < 0 ? error : settings_read(&document, complaints, ret);
}

int settings_parse(
    struct text bytes, struct complaints *complaints, struct settings *ret)
{
	struct document document = {0};
	int error = document_parse(bytes, complaints, &document);

	return error < 0 ? error : settings_read(&document, complaints, ret);
}

void settings_fini(struct settings *settings)
{
	free(settings->feeds);
	settings->feeds = NULL;
	settings->feed_count = 0;
}

const char *settings_feed(
    const struct settings *settings, const char *organization)
{
	for (unsigned i = 0; i < settings->feed_count; i++)
		if (strcmp(settings->feeds[i].organization, organization) == 0)
			return settings->feeds[i].endpoint;
	return NULL;
}
