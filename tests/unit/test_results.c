/* The results file: what is answered is skipped; exit codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "results.h"
#include "submission.h"

static void put(
    struct results *results, const char *kind, size_t line, const char *id)
{
	json_t *body = json_pack("{s:s, s:s}", "outcome", "applied", "id", id);
	json_t *all = results_line(kind, "in.jsonl", line, "o/1", id, body);

	assert_true(results_write(results, all));
	json_decref(all);
	json_decref(body);
}

static void answered_is_skipped(void **state)
{
	char path[] = "/tmp/creditd-results-XXXXXX";
	int fd = mkstemp(path);
	struct results results;
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_true(results_open(&results, path));
	put(&results, "RESULT", 1, "a");
	put(&results, "REFUSED", 2, "b");
	put(&results, "NO_ANSWER", 3, "c");
	assert_true(results_close(&results));

	/* A run that was killed leaves half a line. */
	file = fopen(path, "a");
	assert_non_null(file);
	fputs("{\"kind\":\"RESULT\",\"input\":\"in.jsonl\",\"li", file);
	fclose(file);

	assert_true(results_open(&results, path));
	assert_int_equal(results.count, 1);
	assert_true(results_has(&results, "in.jsonl", 1, "o/1", "a"));
	assert_false(results_has(&results, "in.jsonl", 2, "o/1", "b"));
	assert_false(results_has(&results, "in.jsonl", 3, "o/1", "c"));
	/* The same id in another line is another submission. */
	assert_false(results_has(&results, "in.jsonl", 4, "o/1", "a"));
	assert_false(results_has(&results, "other", 1, "o/1", "a"));
	put(&results, "RESULT", 4, "d");
	assert_true(results_close(&results));

	assert_true(results_open(&results, path));
	assert_int_equal(results.count, 2);
	assert_true(results_close(&results));
	unlink(path);
}

static void no_file_knows_nothing(void **state)
{
	struct results results;

	(void)state;
	assert_true(results_open(&results, NULL));
	assert_false(results_has(&results, "x", 1, "o/1", "a"));
	put(&results, "RESULT", 1, "a");
	assert_true(results_close(&results));
}

static void exit_codes(void **state)
{
	size_t tally[TALLY_COUNT] = {0};

	(void)state;
	tally[TALLY_APPLIED] = 5;
	tally[TALLY_PENDING] = 2;
	assert_int_equal(submission_code(tally, false), CTL_OK);
	tally[TALLY_REJECTED] = 1;
	assert_int_equal(submission_code(tally, false), CTL_REFUSED);
	tally[TALLY_UNANSWERED] = 1;
	assert_int_equal(submission_code(tally, false), CTL_NO_ANSWER);
	assert_int_equal(submission_code(tally, true), CTL_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answered_is_skipped),
	    cmocka_unit_test(no_file_knows_nothing),
	    cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
