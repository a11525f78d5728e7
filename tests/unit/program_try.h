/* Any text as a program document, with what must hold whatever comes of it. */
#ifndef TESTS_PROGRAM_TRY_H
#define TESTS_PROGRAM_TRY_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "program_sound.h"
#include "unit.h"

#define PROGRAM_SECONDS_MOST 10 /* for one document; sanitizers are slow */

/* Text that grows. */
struct output {
	char *at;
	size_t length, room;
};

static inline void output_put(
    struct output *out, const char *bytes, size_t length)
{
	if (out->room - out->length <= length) {
		out->room = 2 * (out->length + length) + 1024;
		out->at = realloc(out->at, out->room);
		assert_non_null(out->at);
	}
	memcpy(out->at + out->length, bytes, length);
	out->length += length;
	out->at[out->length] = '\0';
}

static inline void output_string(struct output *out, const char *string)
{
	output_put(out, string, strlen(string));
}

/* Compiles the text or not: 0 or -EINVAL, with the complaints in *ret, which
 * the caller frees, if that is not NULL. */
static inline int program_try(struct text text, char **ret_complaint)
{
	struct complaints complaints = {.file = "x"};
	struct program *program = NULL;
	clock_t begin = clock();
	int error = program_parse(text, &complaints, &program);

	assert_true(clock() - begin < PROGRAM_SECONDS_MOST * CLOCKS_PER_SEC);
	assert_true(error == 0 || error == -EINVAL);
	assert_int_equal(error == 0, complaints.text == NULL);
	assert_int_equal(error == 0, complaints.count == 0);
	assert_int_equal(error == 0, program != NULL);
	if (error == 0 && program_fault(program) != NULL)
		fail_msg("%.*s\ncompiles though %s", TEXT_ARGS(text),
		    program_fault(program));
	program_destroy(program);
	if (ret_complaint != NULL)
		*ret_complaint =
		    complaints.text != NULL ? strdup(complaints.text) : NULL;
	complaints_fini(&complaints);
	return error;
}

static inline void program_try_refused(struct text text, const char *words)
{
	char *complaint;

	assert_int_equal(program_try(text, &complaint), -EINVAL);
	if (strstr(complaint, words) == NULL)
		fail_msg("wanted %s\ngot %s", words, complaint);
	free(complaint);
}

#endif
