/* Events from a file or standard input. */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl.h"

#define DOCUMENT_MOST ((size_t)256 * 1024 * 1024)
#define FLAGS         (JSON_REJECT_DUPLICATES)

bool input_open(struct input *input, const char *path)
{
	struct stat info;

	*input = (struct input){.name = path, .file = stdin};
	if (strcmp(path, "-") == 0) {
		input->name = "standard input";
		return true;
	}
	input->file = fopen(path, "re");
	if (input->file == NULL) {
		ctl_fail("%s: %s", path, strerror(errno));
		return false;
	}
	if (fstat(fileno(input->file), &info) == 0 && S_ISREG(info.st_mode))
		input->size = info.st_size;
	return true;
}

void input_close(struct input *input)
{
	if (input->file != NULL && input->file != stdin)
		fclose(input->file);
	free(input->text);
	json_decref(input->list);
	*input = (struct input){0};
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Reads the next line that says something. */
static bool read_line(struct input *input)
{
	ssize_t length;

	while (
	    (length = getline(&input->text, &input->room, input->file)) >= 0) {
		input->read += length;
		input->line++;
		if (strlen(input->text) != (size_t)length ||
		    !is_blank(input->text))
			return true;
	}
	return false;
}

static enum input_result parse_line(
    struct input *input, json_t **ret_event, char message[INPUT_MESSAGE])
{
	json_error_t error;
	json_t *event = json_loads(input->text, FLAGS, &error);

	if (event == NULL) {
		snprintf(message, INPUT_MESSAGE, "not JSON: %.160s (column %d)",
		    error.text, error.column);
		return INPUT_WRONG;
	}
	if (!json_is_object(event)) {
		snprintf(message, INPUT_MESSAGE, "not a JSON object");
		json_decref(event);
		return INPUT_WRONG;
	}
	*ret_event = event;
	return INPUT_EVENT;
}

/* The first line and all that follows, as one text. */
static char *read_rest(struct input *input, size_t *ret_length)
{
	size_t length = strlen(input->text), room = 2 * length + 65536;
	char *text = malloc(room + 1), *grown;

	if (text == NULL)
		return NULL;
	memcpy(text, input->text, length);
	for (;;) {
		length += fread(text + length, 1, room - length, input->file);
		if (length < room)
			break;
		room *= 2;
		grown = room <= DOCUMENT_MOST ? realloc(text, room + 1) : NULL;
		if (grown == NULL) {
			free(text);
			return NULL;
		}
		text = grown;
	}
	text[length] = '\0';
	*ret_length = length;
	return text;
}

/* Values one after another; lists give their items. */
static bool parse_document(struct input *input, const char *text, size_t length,
    char message[INPUT_MESSAGE])
{
	size_t at = strspn(text, " \t\r\n");

	input->list = json_array();
	while (at < length) {
		json_error_t error;
		json_t *value = json_loadb(text + at, length - at,
		    FLAGS | JSON_DISABLE_EOF_CHECK, &error);

		if (value == NULL) {
			int line = error.line;

			for (size_t i = 0; i < at; i++)
				line += text[i] == '\n';
			snprintf(message, INPUT_MESSAGE,
			    "%.80s:%d: not JSON: %.120s", input->name, line,
			    error.text);
			return false;
		}
		if (json_is_array(value)) {
			json_array_extend(input->list, value);
			json_decref(value);
		} else {
			json_array_append_new(input->list, value);
		}
		at += (size_t)error.position;
		at += strspn(text + at, " \t\r\n");
	}
	return true;
}

/* A list, or the begin of something that goes on in the next lines. */
static bool is_document(const char *line)
{
	json_error_t error;
	json_t *value;

	if (line[strspn(line, " \t")] == '[')
		return true;
	value = json_loads(line, FLAGS, &error);
	json_decref(value);
	return value == NULL &&
	       json_error_code(&error) == json_error_premature_end_of_input;
}

/* The first line decides: an object by itself means JSON Lines. */
static enum input_result begin(
    struct input *input, json_t **ret_event, char message[INPUT_MESSAGE])
{
	size_t length = 0;
	char *text;
	bool done;

	input->begun = true;
	if (!read_line(input))
		return INPUT_END;
	if (!is_document(input->text))
		return parse_line(input, ret_event, message);
	text = read_rest(input, &length);
	if (text == NULL) {
		snprintf(message, INPUT_MESSAGE,
		    "%.80s: more than %zu MiB, or "
		    "no memory: use JSON Lines, an event a line",
		    input->name, DOCUMENT_MOST >> 20);
		return INPUT_FAILED;
	}
	done = parse_document(input, text, length, message);
	free(text);
	if (!done)
		return INPUT_FAILED;
	input->line = 0;
	return input_next(input, ret_event, message);
}

enum input_result input_next(
    struct input *input, json_t **ret_event, char message[INPUT_MESSAGE])
{
	json_t *event;

	if (!input->begun)
		return begin(input, ret_event, message);
	if (input->list != NULL) {
		if (input->next == json_array_size(input->list))
			return INPUT_END;
		event = json_array_get(input->list, input->next++);
		input->line = input->next;
		if (!json_is_object(event)) {
			snprintf(message, INPUT_MESSAGE, "not a JSON object");
			return INPUT_WRONG;
		}
		*ret_event = json_incref(event);
		return INPUT_EVENT;
	}
	if (read_line(input))
		return parse_line(input, ret_event, message);
	if (ferror(input->file)) {
		snprintf(message, INPUT_MESSAGE, "%.80s: %s", input->name,
		    strerror(errno));
		return INPUT_FAILED;
	}
	return INPUT_END;
}
