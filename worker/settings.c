/* Reading the settings: strict, with line and column of what is wrong. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"

static bool keep(char **ret, struct text text)
{
	free(*ret);
	*ret = strndup(text.at, text.length);
	return *ret != NULL;
}

static void read_text(struct node *map, const char *key, char **ret,
    struct complaints *complaints)
{
	struct text text;
	struct node *node = node_get(map, key);

	if (node == NULL || !node_text(node, complaints, &text))
		return;
	if (text.length == 0)
		complain(complaints, node, "%s: is empty", key);
	else if (!keep(ret, text))
		complain(complaints, node, "out of memory");
}

static void read_number(struct node *map, const char *key, int64_t most,
    unsigned *ret, struct complaints *complaints)
{
	int64_t value;
	struct node *node = node_get(map, key);

	if (node != NULL && node_int(node, complaints, 1, most, &value))
		*ret = (unsigned)value;
}

static void read_log(
    struct node *map, enum log_level *ret, struct complaints *complaints)
{
	struct text text;
	char name[16];
	struct node *node = node_get(map, "log");

	if (node == NULL || !node_text(node, complaints, &text))
		return;
	snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(text));
	if (!log_level_find(name, ret))
		complain(complaints, node,
		    "log: '%s' is none of error, warn, info, debug", name);
}

static void read_fault(
    struct node *map, char **ret, struct complaints *complaints)
{
	struct node *fault = node_get(map, "test_fault");

	if (fault == NULL || !node_is_map(fault, complaints))
		return;
	read_text(fault, "pause_before_commit", ret, complaints);
	node_no_others(fault, "pause_before_commit", complaints);
}

static void read_all(struct node *root, const char *name,
    struct settings *settings, struct complaints *complaints)
{
	if (!node_is_map(root, complaints))
		return;
	read_text(root, "name", &settings->name, complaints);
	if (name != NULL && !keep(&settings->name, text_of(name)))
		complain(complaints, NULL, "out of memory");
	read_text(root, "creditd", &settings->creditd, complaints);
	read_text(root, "dsn", &settings->dsn, complaints);
	read_number(root, "batch", 20000, &settings->batch, complaints);
	read_number(root, "window", 100000, &settings->window, complaints);
	read_number(
	    root, "query_window", 1000, &settings->query_window, complaints);
	read_number(
	    root, "memory_mib", 1 << 20, &settings->memory_mib, complaints);
	read_log(root, &settings->log, complaints);
	read_fault(root, &settings->pause_before_commit, complaints);
	node_no_others(root,
	    "name, creditd, dsn, batch, window, query_window, memory_mib, log, "
	    "test_fault",
	    complaints);
	if (settings->name == NULL && node_get(root, "name") == NULL)
		complain(complaints, NULL,
		    "name is missing: say it here or with --name");
	if (settings->name != NULL && !text_is_id(text_of(settings->name), 64))
		complain(complaints, node_get(root, "name"),
		    "name: must be 1 to 64 printable characters without "
		    "spaces");
	if (node_get(root, "creditd") == NULL)
		complain(complaints, NULL,
		    "creditd is missing: the endpoint of creditd's worker "
		    "socket, e.g. ipc:///run/creditd/workers");
	if (node_get(root, "dsn") == NULL)
		complain(complaints, NULL,
		    "dsn is missing: how to reach PostgreSQL, e.g. "
		    "\"host=/run/postgresql dbname=creditd "
		    "user=creditd_worker\"");
}

bool settings_load(const char *file, const char *name, struct settings *ret)
{
	struct settings settings = {.batch = 1000,
	    .window = 4000,
	    .query_window = 64,
	    .memory_mib = 256,
	    .log = LOG_LEVEL_INFO};
	struct complaints complaints = {.file = file};
	struct document document = {0};
	bool is_right = false;

	if (document_load(&complaints, &document) == 0) {
		read_all(document.root, name, &settings, &complaints);
		document_fini(&document);
		is_right = complaints.count == 0;
	}
	if (is_right)
		*ret = settings;
	else
		settings_fini(&settings);
	if (complaints.text != NULL)
		fprintf(stderr, "%s%s", complaints.text,
		    complaints.text[strlen(complaints.text) - 1] == '\n'
			? ""
			: "\n");
	complaints_fini(&complaints);
	return is_right;
}

void settings_fini(struct settings *settings)
{
	free(settings->name);
	free(settings->creditd);
	free(settings->dsn);
	free(settings->pause_before_commit);
	*settings = (struct settings){0};
}
