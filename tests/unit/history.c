/* Histories for tests of the ruling. */
#include "history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void write_json(struct wire_writer *w, json_t *value)
{
	const char *key;
	json_t *item;
	size_t index;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		wire_write_map(w, (uint32_t)json_object_size(value));
		json_object_foreach(value, key, item)
		{
			wire_write_string(w, key);
			write_json(w, item);
		}
		break;
	case JSON_ARRAY:
		wire_write_array(w, (uint32_t)json_array_size(value));
		json_array_foreach(value, index, item) write_json(w, item);
		break;
	case JSON_STRING:
		wire_write_string(w, json_string_value(value));
		break;
	case JSON_INTEGER:
		wire_write_int(w, json_integer_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		wire_write_bool(w, json_is_true(value));
		break;
	case JSON_NULL:
		wire_write_nil(w);
		break;
	default:
		fail_msg("histories say decimals as text");
	}
}

/* When it arrives; the worker is told that beside the body. */
static date_t received_on(const json_t *submit)
{
	const char *said =
	    json_string_value(json_object_get(submit, "received_on"));
	date_t date = HISTORY_RECEIVED;

	if (said != NULL &&
	    !date_parse((struct text){said, strlen(said)}, &date))
		fail_msg("received_on: %s", said);
	return date;
}

enum history_added history_add(struct history *history, json_t *submit,
    size_t *ret_index, char message[EVENT_MESSAGE_SIZE])
{
	static const uint8_t key[EVENT_KEY_SIZE] = {1};
	json_t *said = json_copy(submit);
	struct wire_writer writer = {0};
	struct event event;
	struct text body;
	int error;

	(void)json_object_del(said, "received_on");
	write_json(&writer, said);
	json_decref(said);
	assert_false(writer.failed);
	/* Facts borrow from the body: keep it as long as the history. */
	assert_true(
	    arena_copy_text(&history->arena, wire_written(&writer), &body));
	wire_writer_fini(&writer);
	error = event_decode(body, key, &history->arena, &event, message);
	if (error < 0)
		return HISTORY_REFUSED;
	event.fact.received_on = received_on(submit);
	event.fact.source = event.has_source ? event.source : TEXT("local");
	if (event.fact.type == EVENT_REVERSED &&
	    event.fact.target_source.at == NULL)
		event.fact.target_source = event.fact.source;
	for (size_t i = 0; i < history->count; i++)
		if (fact_compare(&history->fact[i], &event.fact) == 0) {
			*ret_index = i;
			return memcmp(history->digest[i], event.digest,
				   FACT_DIGEST_SIZE) == 0
				   ? HISTORY_DUPLICATE
				   : HISTORY_CONFLICT;
		}
	assert_true(history->count < HISTORY_MOST);
	*ret_index = history->count;
	event.fact.seq = (int64_t)history->count + 1;
	memcpy(history->digest[history->count], event.digest, FACT_DIGEST_SIZE);
	history->fact[history->count++] = event.fact;
	return HISTORY_NEW;
}

void history_reset(struct history *history)
{
	arena_reset(&history->arena);
	history->count = 0;
}

void history_fini(struct history *history)
{
	arena_fini(&history->arena);
	history->count = 0;
}

struct program *history_program(const char *name)
{
	char path[256];
	char bytes[128 * 1024];
	struct complaints complaints = {.file = path};
	struct program *program = NULL;
	size_t size;
	FILE *file;

	(void)snprintf(path, sizeof(path), "schema/programs/%s.yaml", name);
	file = fopen(path, "r");
	if (file == NULL) {
		(void)snprintf(path, sizeof(path),
		    "schema/programs/examples/%s.yaml", name);
		file = fopen(path, "r");
	}
	if (file == NULL)
		fail_msg(
		    "%s: can't be opened; tests run from the project's top",
		    path);
	size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	if (program_parse((struct text){bytes, size}, &complaints, &program) <
	    0)
		fail_msg("%s", complaints.text);
	complaints_fini(&complaints);
	return program;
}
