/* settings.h of the daemon */
#include "settings.h"

#include <stdio.h>

#include "unit.h"

#define ENDPOINTS                                                              \
	"events: [\"tcp://127.0.0.1:7431\", \"ipc:///run/c/events\"]\n"        \
	"insecure: true\n"                                                     \
	"workers: ipc:///run/c/workers\n"                                      \
	"control: ipc:///run/c/control\n"
#define FEED "feed: {from: \"tcp://127.0.0.1:7440\"}\n"

static int load(
    const char *text, struct settings *settings, struct complaints *complaints)
{
	*complaints = (struct complaints){.file = "c.yaml"};
	return settings_parse(text_of(text), complaints, settings);
}

static void a_full_file_is_read(void **state)
{
	struct complaints complaints;
	struct settings s;

	(void)state;
	assert_int_equal(
	    load(ENDPOINTS "feed:\n"
			   "  from: tcp://127.0.0.1:*\n"
			   "  endpoints: {cpc: \"tcp://127.0.0.1:7500\"}\n"
			   "limits: {in_flight: 10, in_flight_per_partner: 5, "
			   "memory_mib: 7, answer_ms: 2000}\n"
			   "heartbeat: {beat_ms: 50, dead_ms: 500}\n"
			   "log: debug\n"
			   "test_clock: 2026-06-30\n",
		&s, &complaints),
	    0);
	assert_int_equal(s.event_count, 2);
	assert_string_equal(s.events[1], "ipc:///run/c/events");
	assert_string_equal(s.feed_from, "tcp://127.0.0.1:*");
	assert_string_equal(settings_feed(&s, "cpc"), "tcp://127.0.0.1:7500");
	assert_null(settings_feed(&s, "canfitpro"));
	assert_int_equal(s.in_flight, 10);
	assert_int_equal(s.in_flight_per_partner, 5);
	assert_int_equal(s.memory_mib, 7);
	assert_int_equal(s.answer_ms, 2000);
	assert_int_equal(s.beat_ms, 50);
	assert_int_equal(s.dead_ms, 500);
	assert_int_equal(s.log, LOG_LEVEL_DEBUG);
	assert_int_equal(s.test_clock, date_of(2026, 6, 30));
	settings_fini(&s);
	complaints_fini(&complaints);
}

static void what_is_not_said_has_a_default(void **state)
{
	struct complaints complaints;
	struct settings s;

	(void)state;
	assert_int_equal(load(ENDPOINTS FEED, &s, &complaints), 0);
	assert_int_equal(s.in_flight, 65536);
	assert_int_equal(s.in_flight_per_partner, 16384);
	assert_int_equal(s.answer_ms, 10000);
	assert_int_equal(s.beat_ms, 100);
	assert_int_equal(s.dead_ms, 2000);
	assert_int_equal(s.test_clock, DATE_NONE);
	settings_fini(&s);
	complaints_fini(&complaints);
}

/* Each names the line and what was expected. */
static void mistakes_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text, *complaint;
	} bad[] = {
	    {"", "empty"},
	    {"[]", "c.yaml:1"},
	    {ENDPOINTS, "feed"},
	    {ENDPOINTS FEED "evnts: 1\n", "unknown key 'evnts'"},
	    {ENDPOINTS FEED "log: loud\n", "error, warn, info or debug"},
	    {ENDPOINTS FEED "limits: {in_flight: 0}\n", "c.yaml:6"},
	    {ENDPOINTS FEED "limits: {inflight: 1}\n", "unknown key"},
	    {ENDPOINTS FEED "heartbeat: {beat_ms: 500, dead_ms: 600}\n",
		"three times"},
	    {ENDPOINTS FEED "test_clock: 2026-02-30\n", "c.yaml:6"},
	    {ENDPOINTS "feed: {from: \"tcp://0.0.0.0:1\"}\n", "loopback"},
	    {ENDPOINTS "feed: {from: \"udp://1\"}\n", "expected an endpoint"},
	    {ENDPOINTS "feed: {from: \"tcp://127.0.0.1:70000\"}\n",
		"expected an endpoint"},
	    {ENDPOINTS "feed: {endpoints: {Bad: \"tcp://127.0.0.1:1\"}}\n",
		"not an organization"},
	    {"events: []\nworkers: ipc:///w\ncontrol: ipc:///c\n" FEED,
		"1 to 8"},
	    {"events: [\"tcp://127.0.0.1:1\"]\nworkers: ipc:///w\n"
	     "control: ipc:///c\nfeed: {}\n",
		"insecure: true"},
	    {"events: [ipc:///e]\nworkers: ipc:///w\ninsecure: true\n"
	     "control: \"tcp://127.0.0.1:1\"\nfeed: {}\n",
		"ipc only"},
	    {"events: [ipc:///e]\nworkers: ipc:relative\n"
	     "control: ipc:///c\nfeed: {}\n",
		"expected an endpoint"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct complaints complaints;
		struct settings s;

		if (load(bad[i].text, &s, &complaints) == 0)
			fail_msg("accepted:\n%s", bad[i].text);
		if (complaints.text == NULL ||
		    strstr(complaints.text, bad[i].complaint) == NULL)
			fail_msg("expected '%s' for\n%s\ngot\n%s",
			    bad[i].complaint, bad[i].text,
			    complaints.text != NULL ? complaints.text : "-");
		complaints_fini(&complaints);
	}
}

static void a_path_that_is_too_long_for_a_socket_is_refused(void **state)
{
	struct complaints complaints;
	struct settings s;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text),
	    "events: [\"ipc:///%0110d\"]\nworkers: ipc:///w\n"
	    "control: ipc:///c\nfeed: {}\n",
	    1);
	assert_true(load(text, &s, &complaints) < 0);
	assert_non_null(strstr(complaints.text, "longer than"));
	complaints_fini(&complaints);
}

static void a_missing_file_is_named(void **state)
{
	struct complaints complaints = {.file = "/nonexistent/c.yaml"};
	struct settings s;

	(void)state;
	assert_true(settings_load(&complaints, &s) < 0);
	assert_non_null(strstr(complaints.text, "/nonexistent/c.yaml"));
	complaints_fini(&complaints);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_full_file_is_read),
	    cmocka_unit_test(what_is_not_said_has_a_default),
	    cmocka_unit_test(mistakes_are_told_with_their_line),
	    cmocka_unit_test(a_path_that_is_too_long_for_a_socket_is_refused),
	    cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
