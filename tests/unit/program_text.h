/* Small program documents for tests: a head that compiles, and what is said of
 * what comes after it. */
#ifndef TESTS_PROGRAM_TEXT_H
#define TESTS_PROGRAM_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program_rules.h"
#include "unit.h"

static const char program_head[] = "program: example\n"
				   "language: 1\n"
				   "title: Example\n"
				   "time_zone: UTC\n"
				   "unit: CEU\n"
				   "currency: CAD\n";

/* What is complained of in head + rest; NULL if it compiles, and then the
 * program in *ret, which the caller destroys. The caller frees the text. */
static inline char *program_of(const char *rest, struct program **ret)
{
	size_t size = sizeof(program_head) + strlen(rest);
	char *text = malloc(size);
	struct complaints complaints = {.file = "x.yaml"};
	char *copy = NULL;
	int error;

	*ret = NULL;
	assert_non_null(text);
	(void)snprintf(text, size, "%s%s", program_head, rest);
	error = program_parse(text_of(text), &complaints, ret);
	free(text);
	assert_int_equal(error == 0, complaints.text == NULL);
	if (error < 0) {
		assert_null(*ret);
		copy = strdup(complaints.text);
	}
	complaints_fini(&complaints);
	return copy;
}

static inline struct program *program_compiled(const char *rest)
{
	struct program *program;
	char *complaint = program_of(rest, &program);

	if (complaint != NULL)
		fail_msg("%s", complaint);
	return program;
}

/* The place of the mark in head + rest, as "x.yaml:line:column: ". */
static inline void program_place(const char *rest, size_t size, char *ret)
{
	const char *mark = strchr(rest, '^'), *line = rest;
	int number = 1;

	assert_non_null(mark);
	for (const char *at = program_head; *at != '\0'; at++)
		number += *at == '\n';
	for (const char *at = rest; at < mark; at++) {
		if (*at != '\n')
			continue;
		number++;
		line = at + 1;
	}
	(void)snprintf(
	    ret, size, "x.yaml:%d:%d: ", number, (int)(mark - line) + 1);
}

/* One complaint, with those words, where '^' stands in `marked` (which is no
 * part of the document). */
static inline void program_refused(const char *marked, const char *words)
{
	char *rest = strdup(marked), *complaint, place[64];
	struct program *program;

	assert_non_null(rest);
	program_place(rest, sizeof(place), place);
	memmove(strchr(rest, '^'), strchr(rest, '^') + 1,
	    strlen(strchr(rest, '^')));
	complaint = program_of(rest, &program);
	if (complaint == NULL) {
		program_destroy(program);
		fail_msg("nothing is said about\n%s", rest);
	}
	if (strncmp(complaint, place, strlen(place)) != 0 ||
	    strstr(complaint, words) == NULL ||
	    strchr(complaint, '\n')[1] != '\0')
		fail_msg(
		    "%s\nwanted %s… %s\ngot %s", rest, place, words, complaint);
	free(complaint);
	free(rest);
}

#endif
