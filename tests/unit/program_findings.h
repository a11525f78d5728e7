/* What the check of a program finds, in short, for the tests of the check. */
#ifndef TESTS_PROGRAM_FINDINGS_H
#define TESTS_PROGRAM_FINDINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "program_check.h"

#define TEXT_MOST 65536

/* Lines 1 to 9; what a test adds begins at line 10. */
#define HEAD                                                                   \
	"program: body\n"                                                      \
	"language: 1\n"                                                        \
	"title: Body\n"                                                        \
	"time_zone: UTC\n"                                                     \
	"unit: CEC\n"                                                          \
	"currency: CAD\n"                                                      \
	"designations: [{name: A}, {name: B}]\n"                               \
	"period: {rule: year, assumption: x, anniversary_months: 12}\n"        \
	"requires: {rule: ten, assumption: x, credits: 10}\n"
/* The same without lines 7 to 9. */
#define BARE                                                                   \
	"program: body\nlanguage: 1\ntitle: Body\ntime_zone: UTC\n"            \
	"unit: CEC\ncurrency: CAD\n"
#define RATES "rates: [{rule: hours, assumption: x, minutes: 60}]\n"

/* "LINE:COLUMN CODE", a line each. */
static inline const char *findings_of(const char *document)
{
	static char said[TEXT_MOST];
	struct complaints complaints = {.file = "test"};
	struct program *program = NULL;
	struct findings findings = {0};
	size_t length = 0;

	if (program_parse(text_of(document), &complaints, &program) != 0)
		fail_msg("%s", complaints.text);
	assert_int_equal(
	    program_check(program, text_of(document), &findings), 0);
	said[0] = '\0';
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *f = &findings.item[i];

		assert_true(f->message.length > 20);
		length += (size_t)snprintf(said + length, sizeof(said) - length,
		    "%s%d:%d %s", i > 0 ? "\n" : "", f->line, f->column,
		    f->code);
	}
	findings_fini(&findings);
	program_destroy(program);
	complaints_fini(&complaints);
	return said;
}

#define FINDS(document, expected)                                              \
	assert_string_equal(findings_of(document), expected)

#endif
