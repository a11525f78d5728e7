/* log.h: lines as they arrive on standard error. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

static int saved, pipe_out;
static char line[8192];

static void listen_to_stderr(void)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	pipe_out = ends[0];
}

/* What was written since; standard error is as before. */
static const char *heard(void)
{
	ssize_t got;

	dup2(saved, STDERR_FILENO);
	close(saved);
	got = read(pipe_out, line, sizeof(line) - 1);
	close(pipe_out);
	line[got > 0 ? got : 0] = '\0';
	return line;
}

static void lines_have_time_name_and_level(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_open("creditd", LOG_LEVEL_INFO);
	listen_to_stderr();
	errno = ENOENT;
	log_warn("partner %s: %d", "a", 5);
	assert_int_equal(errno, ENOENT);
	assert_non_null(strstr(heard(), "Z creditd warn: partner a: 5\n"));
	assert_int_equal(line[4], '-');
	assert_int_equal(line[10], 'T');
}

static void the_journal_gets_priorities(void **state)
{
	(void)state;
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_open("worker", LOG_LEVEL_INFO);
	listen_to_stderr();
	log_error("no database");
	assert_string_equal(heard(), "<3>worker: no database\n");
}

static void quieter_levels_are_left_out(void **state)
{
	(void)state;
	log_open("worker", LOG_LEVEL_WARN);
	assert_false(log_is_debug());
	listen_to_stderr();
	log_info("starting");
	log_debug("event");
	log_warn("odd");
	assert_string_equal(heard(), "<4>worker: odd\n");
	log_open("worker", LOG_LEVEL_DEBUG);
	assert_true(log_is_debug());
}

static void a_peer_s_text_makes_no_lines(void **state)
{
	char *words = calloc(1, 6001);

	(void)state;
	memset(words, 'x', 6000);
	log_open("w", LOG_LEVEL_INFO);
	listen_to_stderr();
	log_info("said a\n<0>b\x1b[m");
	log_info("%s", words);
	assert_memory_equal(heard(), "<6>w: said a?<0>b?[m\n<6>w: xxx", 30);
	assert_true(strlen(line) < 4200);
	assert_int_equal(line[strlen(line) - 1], '\n');
	free(words);
}

static void floods_are_cut_and_counted(void **state)
{
	struct log_limit limit = {0};
	int64_t now = 5000000;
	unsigned allowed = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		allowed += log_allowed(&limit, 3, now);
	assert_int_equal(allowed, 3);
	listen_to_stderr();
	assert_true(log_allowed(&limit, 3, now + 1000000));
	assert_non_null(strstr(heard(), "7 more lines"));
}

static void levels_have_names(void **state)
{
	enum log_level level;

	(void)state;
	assert_true(log_level_find("debug", &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_true(log_level_find("error", &level));
	assert_int_equal(level, LOG_LEVEL_ERROR);
	assert_false(log_level_find("loud", &level));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_have_time_name_and_level),
	    cmocka_unit_test(the_journal_gets_priorities),
	    cmocka_unit_test(quieter_levels_are_left_out),
	    cmocka_unit_test(a_peer_s_text_makes_no_lines),
	    cmocka_unit_test(floods_are_cut_and_counted),
	    cmocka_unit_test(levels_have_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
