/* Program documents: what is wrong is said with line, column and what was
 * expected; hostile ones get an error in bounded time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "program.h"

static const char head[] = "program: example\n"
			   "language: 1\n"
			   "title: Example\n"
			   "time_zone: UTC\n"
			   "unit: CEU\n"
			   "designations: [{name: A}]\n"
			   "period: {anniversary_months: 12}\n";

/* Parses head + rest; NULL if it compiles, else what was complained of. */
static char *complaint_about(const char *rest)
{
	char text[8192];
	struct complaints complaints = {.file = "x.yaml"};
	struct program *program = NULL;
	char *copy;

	(void)snprintf(text, sizeof(text), "%s%s", head, rest);
	if (program_parse(text_of(text), &complaints, &program) == 0) {
		program_destroy(program);
		assert_null(complaints.text);
		return NULL;
	}
	assert_null(program);
	assert_non_null(complaints.text);
	copy = strdup(complaints.text);
	complaints_fini(&complaints);
	return copy;
}

static void expect(const char *rest, const char *place, const char *words)
{
	char *complaint = complaint_about(rest);

	if (complaint == NULL)
		fail_msg("nothing is said about\n%s", rest);
	if (strstr(complaint, place) == NULL ||
	    strstr(complaint, words) == NULL)
		fail_msg("wanted %s … %s\ngot %s", place, words, complaint);
	free(complaint);
}

static void a_small_program_compiles(void **state)
{
	char *complaint = complaint_about("rates: [{credits: 1}]\n");

	(void)state;
	if (complaint != NULL)
		fail_msg("%s", complaint);
}

static void mistakes_are_named_with_line_and_column(void **state)
{
	(void)state;
	expect("rates: [{credits: 1}]\nrate: 3\n", "x.yaml:9:", "unknown key");
	expect("", "x.yaml:1:", "rates");
	expect("rates:\n  - credits: many\n", "x.yaml:9:14", "");
	expect("rates:\n  - minutes: 0\n", "x.yaml:9:14", "number");
	expect("rates:\n  - when: {kind: x}\n", "x.yaml:9:5", "minutes");
	expect("rates: [{credits: 1}]\neligibility:\n  - refuse: NO_SUCH\n",
	    "x.yaml:10:13", "reason code");
	expect("rates: [{credits: 1}]\neligibility:\n  - when: {colour: red}\n"
	       "    refuse: BAD_FIELD\n",
	    "x.yaml:10:", "unknown key 'colour'");
	expect("rates: [{credits: 1, when: {any: [{kind: x}, {}]}}]\n",
	    "x.yaml:8:", "says nothing");
	expect("rates: [{credits: 1, when: {any: [{from: 2026-01-01}]}}]\n",
	    "x.yaml:8:", "unknown key 'from'");
	expect("rates: [{credits: 1, when: {any: [{any: [{kind: x}]}]}}]\n",
	    "x.yaml:8:", "unknown key 'any'");
	expect(
	    "rates: [{credits: 1, source: nowhere}]\n", "x.yaml:8:", "sources");
	expect("rates: [{credits: 1}]\ncaps:\n  - {per: period, at_most: 4}\n"
	       "  - {per: day, at_most: 4}\n",
	    "x.yaml:11:", "narrow to wide");
	expect("rates: [{credits: 1, when: {designations: B}}]\n",
	    "x.yaml:8:", "designations");
	expect(
	    "rates: [{credits: 1, round: sideways}]\n", "x.yaml:8:", "nearest");
	expect("rates: [{credits: 1}]\nnotices: [30, 60]\n",
	    "x.yaml:9:", "falling");
	expect(
	    "rates: [{credits: 1}]\nrecognition: {fee: {per_credit: 11.00}}\n",
	    "x.yaml:9:", "currency");
	expect("rates: [{credits: 1}]\ntaxes: [{in: CA-ON, lines: [{name: T, "
	       "percent: 200}]}]\n",
	    "x.yaml:9:", "percent");
	expect(
	    "rates: [{credits: 1}]\nrates: [{credits: 1}]\n", "x.yaml:9:", "");
}

static void hostile_documents_get_an_error(void **state)
{
	size_t size = 200000;
	char *text = malloc(size + 1);
	struct complaints complaints = {.file = "x.yaml"};
	struct program *program = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, '[', size);
	text[size] = '\0';
	assert_true(program_parse(text_of(text), &complaints, &program) < 0);
	complaints_fini(&complaints);
	memset(text, 'a', size);
	assert_true(program_parse(text_of(text), &complaints, &program) < 0);
	complaints_fini(&complaints);
	free(text);
	expect("rates: &a [{credits: 1}]\n", "x.yaml:8:", "");
	expect("rates: *a\n", "x.yaml:8:", "");
	expect("rates: [1, [2], {x: [3]}]\ncaps: 7\ntaxes: {}\nsame: text\n",
	    "x.yaml:", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_small_program_compiles),
	    cmocka_unit_test(mistakes_are_named_with_line_and_column),
	    cmocka_unit_test(hostile_documents_get_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
