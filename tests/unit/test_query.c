/* Queries are decoded strictly; lists are continued where they ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_decode.h"

static char message[QUERY_MESSAGE_SIZE];

/* A body of text pairs: key, value, …, NULL. A value "#5" is the integer 5,
 * "-" is null, "{}" an empty map. */
static bool decode(const char *key, struct query *ret, const char *const *pairs)
{
	static struct wire_writer writer; /* what is decoded borrows from it */

	wire_writer_reset(&writer);
	wire_open_map(&writer);
	for (; pairs[0] != NULL; pairs += 2) {
		wire_key(&writer, pairs[0]);
		if (pairs[1][0] == '#')
			wire_write_int(&writer, atoll(pairs[1] + 1));
		else if (strcmp(pairs[1], "-") == 0)
			wire_write_nil(&writer);
		else if (strcmp(pairs[1], "{}") == 0)
			wire_write_map(&writer, 0);
		else
			wire_write_string(&writer, pairs[1]);
	}
	wire_close(&writer);
	message[0] = '\0';
	return query_decode(wire_written(&writer), text_of(key), ret, message);
}
#define DECODE(key, ret, ...)                                                  \
	decode(key, ret, (const char *const[]){__VA_ARGS__, NULL, NULL})
#define REFUSES(sentence, key, ...)                                            \
	do {                                                                   \
		struct query query_;                                           \
		assert_false(DECODE(key, &query_, __VA_ARGS__));               \
		assert_string_equal(message, sentence);                        \
	} while (0)

static void each_query_is_decoded(void **state)
{
	struct query q;

	(void)state;
	assert_true(DECODE("org/1", &q, "query", "balance", "member", "org/1"));
	assert_int_equal(q.kind, QUERY_BALANCE);
	assert_true(text_is(q.organization, "org"));
	assert_true(text_is(q.number, "1"));
	assert_int_equal(q.limit, QUERY_LIMIT);

	assert_true(DECODE("org", &q, "organization", "org", "query",
	    "balances", "limit", "#10", "after", "65 org/1 PTS"));
	assert_int_equal(q.kind, QUERY_BALANCES);
	assert_true(q.member.at == NULL);
	assert_int_equal(q.limit, 10);
	assert_true(text_is(q.after, "65 org/1 PTS"));

	assert_true(DECODE("org/1", &q, "query", "event", "member", "org/1",
	    "id", "a1", "source", "lms"));
	assert_int_equal(q.kind, QUERY_EVENT);
	assert_true(text_is(q.id, "a1") && text_is(q.source, "lms"));

	assert_true(DECODE("org/1", &q, "query", "explain", "member", "org/1",
	    "designation", "PTS"));
	assert_int_equal(q.kind, QUERY_EXPLAIN);
	assert_true(text_is(q.designation, "PTS"));

	assert_true(DECODE("org/1", &q, "query", "transcript", "member",
	    "org/1", "from", "2026-01-01", "to", "-"));
	assert_int_equal(q.kind, QUERY_TRANSCRIPT);
	assert_int_equal(q.from, date_of(2026, 1, 1));
	assert_int_equal(q.to, DATE_NONE);

	assert_true(DECODE("org", &q, "query", "requests", "organization",
	    "org", "state", "credited"));
	assert_int_equal(q.kind, QUERY_REQUESTS);
	assert_true(q.has_state && q.state == REQUEST_CREDITED);
}

static void changes_have_positions_or_a_version(void **state)
{
	struct wire_writer writer = {0};
	struct query q;

	(void)state;
	assert_true(DECODE("org/1", &q, "query", "changes", "member", "org/1",
	    "after_version", "#7", "limit", "#10000"));
	assert_int_equal(q.after_version, 7);
	assert_int_equal(q.limit, 10000);
	assert_true(DECODE("org", &q, "query", "changes", "organization", "org",
	    "after", "{}"));
	assert_int_equal(q.positions, 0);

	wire_open_map(&writer);
	wire_pair_string(&writer, "query", "changes");
	wire_pair_string(&writer, "organization", "org");
	wire_key(&writer, "after");
	wire_open_map(&writer);
	wire_key(&writer, "65");
	wire_open_map(&writer);
	wire_pair_int(&writer, "offset", 9);
	wire_pair_string(&writer, "chain", "000102030405060708090a0b0c0d0eFf");
	wire_close(&writer);
	wire_key(&writer, "127");
	wire_open_map(&writer);
	wire_pair_string(&writer, "chain", "");
	wire_pair_int(&writer, "offset", 0);
	wire_close(&writer);
	wire_close(&writer);
	wire_close(&writer);
	assert_true(
	    query_decode(wire_written(&writer), TEXT("org"), &q, message));
	assert_int_equal(q.positions, 2);
	assert_int_equal(q.position[0].stream, 65);
	assert_int_equal(q.position[0].offset, 9);
	assert_int_equal(q.position[0].chain[14], 14);
	assert_int_equal(q.position[0].chain[15], 255);
	assert_int_equal(q.position[1].stream, 127);
	assert_int_equal(q.position[1].offset, 0);
	wire_writer_fini(&writer);
}

/* One stream's position that is to be refused. */
static void refused_position(
    const char *stream, int64_t offset, const char *chain, const char *sentence)
{
	struct wire_writer writer = {0};
	struct query q;

	wire_open_map(&writer);
	wire_pair_string(&writer, "query", "changes");
	wire_pair_string(&writer, "organization", "org");
	wire_key(&writer, "after");
	wire_open_map(&writer);
	wire_key(&writer, stream);
	wire_open_map(&writer);
	wire_pair_int(&writer, "offset", offset);
	wire_pair_string(&writer, "chain", chain);
	wire_close(&writer);
	wire_close(&writer);
	wire_close(&writer);
	assert_false(
	    query_decode(wire_written(&writer), TEXT("org"), &q, message));
	assert_string_equal(message, sentence);
	wire_writer_fini(&writer);
}

static void wrong_positions_are_refused(void **state)
{
	static const char streams[] =
	    "after: expected streams as decimal text, such as \"65\"";
	static const char chain[] = "after.65: expected offset and chain, 32 "
				    "hex characters (offset 0: \"\")";

	(void)state;
	refused_position("x", 0, "", streams);
	refused_position("", 0, "", streams);
	refused_position("065", 0, "", streams);
	refused_position("4294967361", 0, "", streams);
	refused_position("65", 1, "", chain);
	refused_position("65", 0, "00112233445566778899aabbccddeeff", chain);
	refused_position("65", 1, "00112233445566778899aabbccddeefg", chain);
	refused_position("65", -1, "",
	    "after.65.offset: expected only offset, an integer from 0, and "
	    "chain, text");
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	REFUSES("query: expected text, what is asked for", "", "member", "x");
	REFUSES("query: expected balance, balances, changes, event, explain, "
		"transcript, requests, feeds or status",
	    "", "query", "ballance");
	REFUSES("membr: unknown key (the query balance takes query, member, "
		"after, limit)",
	    "org/1", "query", "balance", "membr", "org/1");
	REFUSES("after_version: unknown key (the query balance takes query, "
		"member, after, limit)",
	    "org/1", "query", "balance", "after_version", "#1");
	REFUSES("member: required by the query balance", "org/1", "query",
	    "balance");
	REFUSES("member: required by the query balance", "org/1", "query",
	    "balance", "member", "-");
	REFUSES("member: expected organization/number, such as "
		"\"example/104233\"",
	    "org/1", "query", "balance", "member", "org1");
	REFUSES("member: differs from the key in frame 4", "org/2", "query",
	    "balance", "member", "org/1");
	REFUSES("organization: differs from the key in frame 4", "", "query",
	    "balances", "organization", "org");
	REFUSES("organization: expected a name of a-z, 0-9 and -, at most 32 "
		"characters",
	    "Org", "query", "balances", "organization", "Org");
	REFUSES("limit: expected an integer from 1 to 10000", "org", "query",
	    "balances", "organization", "org", "limit", "#0");
	REFUSES("limit: expected an integer from 1 to 10000", "org", "query",
	    "balances", "organization", "org", "limit", "10");
	REFUSES("after: expected the text `next` of the answer before", "org",
	    "query", "balances", "organization", "org", "after", "#1");
	REFUSES("member: a changes query takes either organization or member",
	    "org/1", "query", "changes");
	REFUSES("member: a changes query takes either organization or member",
	    "org/1", "query", "changes", "member", "org/1", "organization",
	    "org");
	REFUSES("after: changes of a member take after_version", "org/1",
	    "query", "changes", "member", "org/1", "after", "{}");
	REFUSES("after_version: changes of an organization take after", "org",
	    "query", "changes", "organization", "org", "after_version", "#1");
	REFUSES("from: expected a date such as \"2026-03-01\", 1900-01-01 to "
		"2199-12-31",
	    "org/1", "query", "transcript", "member", "org/1", "from",
	    "2026-02-30");
	REFUSES("id: required by the query event", "org/1", "query", "event",
	    "member", "org/1");
	REFUSES("state: expected awaiting_evidence, awaiting_decision, "
		"awaiting_payment, credited, declined or withdrawn",
	    "org", "query", "requests", "organization", "org", "state", "done");
}

static void broken_bytes_are_refused(void **state)
{
	struct query q;

	(void)state;
	assert_false(query_decode(TEXT(""), TEXT(""), &q, message));
	assert_false(query_decode(TEXT("\x81"), TEXT(""), &q, message));
	assert_false(query_decode(TEXT("\x01"), TEXT(""), &q, message));
	assert_string_equal(message, "body: expected a map");
	assert_false(query_decode(
	    TEXT("\x82\xa5query\xa5x\0\0\0\0"), TEXT(""), &q, message));
}

static void a_list_goes_on_after_its_last_item(void **state)
{
	const struct text parts[3] = {TEXT("65"), TEXT("org/1"), TEXT("P/T:S")};
	struct text read[3];
	char buffer[QUERY_NEXT_SIZE];
	struct text next = query_next_write(parts, 3, buffer);
	int64_t number;

	(void)state;
	assert_true(text_is(next, "65 org/1 P/T:S"));
	assert_true(query_next_read(next, 3, read));
	for (size_t i = 0; i < 3; i++)
		assert_true(text_equal(read[i], parts[i]));
	assert_false(query_next_read(next, 2, read));
	assert_false(query_next_read(TEXT("65 org/1"), 3, read));
	assert_false(query_next_read(TEXT("65 org/1 "), 3, read));
	assert_false(query_next_read(TEXT("65  x"), 3, read));
	assert_false(query_next_read(TEXT(" a b"), 3, read));
	assert_true(query_number(TEXT("00127"), &number) && number == 127);
	assert_false(query_number(TEXT(""), &number));
	assert_false(query_number(TEXT("-1"), &number));
	assert_false(query_number(TEXT("1234567890123456789"), &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_query_is_decoded),
	    cmocka_unit_test(changes_have_positions_or_a_version),
	    cmocka_unit_test(wrong_positions_are_refused),
	    cmocka_unit_test(what_is_wrong_is_named),
	    cmocka_unit_test(broken_bytes_are_refused),
	    cmocka_unit_test(a_list_goes_on_after_its_last_item),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
