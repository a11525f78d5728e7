/* The results file of a submission. */
#include "results.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "ctl.h"

#define KEY_SIZE 16

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, KEY_SIZE);
}

static void add_part(crypto_generichash_state *state, const char *part)
{
	crypto_generichash_update(
	    state, (const unsigned char *)part, strlen(part) + 1);
}

/* The line belongs to it: the same id in two lines is two submissions. */
static void make_key(const char *input, size_t line, const char *member,
    const char *id, unsigned char key[KEY_SIZE])
{
	crypto_generichash_state state;
	char number[32];

	snprintf(number, sizeof(number), "%zu", line);
	crypto_generichash_init(&state, NULL, 0, KEY_SIZE);
	add_part(&state, input);
	add_part(&state, number);
	add_part(&state, member);
	add_part(&state, id);
	crypto_generichash_final(&state, key, KEY_SIZE);
}

static bool add_known(struct results *results, const json_t *line)
{
	const char *input = json_string_value(json_object_get(line, "input"));
	const char *member = json_string_value(json_object_get(line, "member"));
	const char *id = json_string_value(json_object_get(line, "id"));
	const char *kind = json_string_value(json_object_get(line, "kind"));
	json_int_t number = json_integer_value(json_object_get(line, "line"));
	unsigned char *known;
	void *const *place;

	/* Who was refused may mend the cause and send it again. */
	if (input == NULL || member == NULL || id == NULL || kind == NULL ||
	    strcmp(kind, "RESULT") != 0 || number < 1)
		return true;
	known = malloc(KEY_SIZE);
	if (known == NULL)
		return false;
	make_key(input, (size_t)number, member, id, known);
	place = tsearch(known, &results->known, compare);
	if (place == NULL || *place != known) {
		free(known);
		return place != NULL;
	}
	results->count++;
	return true;
}

/* Returns where the last whole line ends, or -1. */
static long read_known(struct results *results)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	long end = 0;

	rewind(results->file);
	while ((length = getline(&text, &room, results->file)) > 0 &&
	       text[length - 1] == '\n') {
		json_t *line = json_loadb(text, (size_t)length, 0, NULL);
		bool done = line == NULL || add_known(results, line);

		json_decref(line);
		if (!done) {
			end = -1;
			break;
		}
		end += length;
	}
	free(text);
	return end;
}

bool results_open(struct results *results, const char *path)
{
	long end;

	*results = (struct results){.path = path};
	if (path == NULL)
		return true;
	results->file = fopen(path, "a+e");
	if (results->file == NULL) {
		ctl_fail("%s: %s", path, strerror(errno));
		return false;
	}
	end = read_known(results);
	if (end < 0 || ftruncate(fileno(results->file), end) < 0) {
		ctl_fail("%s: %s", path, strerror(end < 0 ? ENOMEM : errno));
		return false;
	}
	fseek(results->file, 0, SEEK_END);
	return true;
}

bool results_has(const struct results *results, const char *input, size_t line,
    const char *member, const char *id)
{
	unsigned char key[KEY_SIZE];

	if (results->known == NULL)
		return false;
	make_key(input, line, member, id, key);
	return tfind(key, &results->known, compare) != NULL;
}

json_t *results_line(const char *kind, const char *input, size_t line,
    const char *member, const char *id, json_t *body)
{
	json_t *all =
	    json_pack("{s:s, s:s, s:I, s:s?, s:s?}", "kind", kind, "input",
		input, "line", (json_int_t)line, "member", member, "id", id);

	if (all != NULL && body != NULL)
		json_object_update_missing(all, body);
	return all;
}

bool results_write(struct results *results, const json_t *line)
{
	if (results->file == NULL)
		return true;
	if (json_dumpf(line, results->file, JSON_COMPACT) == 0 &&
	    fputc('\n', results->file) != EOF)
		return true;
	ctl_fail("%s: %s", results->path, strerror(errno));
	return false;
}

bool results_close(struct results *results)
{
	bool done = true;

	tdestroy(results->known, free);
	if (results->file != NULL && fclose(results->file) != 0) {
		ctl_fail("%s: %s", results->path, strerror(errno));
		done = false;
	}
	*results = (struct results){0};
	return done;
}
