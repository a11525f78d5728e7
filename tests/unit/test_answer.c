/* What partners read is rendered as the protocol says, key by key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer.h"
#include "wire_text.h"

static struct wire_text text;

static const struct text missing[] = {
    {"membership", 10}, {"cpr-a", 5}, {"membership", 10}};

static struct period a_period(void)
{
	struct period period = {
	    .designation = TEXT("PTS"),
	    .starts_on = date_of(2026, 1, 15),
	    .ends_on = date_of(2027, 1, 14),
	    .has_required = true,
	    .required = 4 * CREDIT_ONE,
	    .accredited = 25000,
	    .recognized = 2500,
	    .adjusted = -10000,
	    .earned = 17500,
	    .carried_in = 5000,
	    .total = 22500,
	    .remaining = 17500,
	    .missing = {missing, 3},
	    .status = PERIOD_IN_PROGRESS,
	};

	return period;
}

static struct balance_view a_balance(const struct period *period)
{
	struct balance_view view = {
	    .member = TEXT("example/1"),
	    .unit = TEXT("CEC"),
	    .period = period,
	    .version = 7,
	};

	return view;
}

#define BALANCE_HEAD                                                           \
	"{\"member\":\"example/1\",\"designation\":\"PTS\",\"unit\":\"CEC\","  \
	"\"period\":{\"starts_on\":\"2026-01-15\",\"ends_on\":\"2027-01-14\"}"
#define BALANCE                                                                \
	BALANCE_HEAD ",\"required\":\"4.0\",\"earned\":\"1.75\","              \
		     "\"carried_in\":\"0.5\",\"total\":\"2.25\","              \
		     "\"remaining\":\"1.75\",\"routes\":{\"accredited\":"      \
		     "\"2.5\",\"recognized\":\"0.25\",\"adjusted\":\"-1.0\"}," \
		     "\"missing\":[\"cpr-a\",\"membership\"],"                 \
		     "\"status\":\"in_progress\",\"version\":7}"

static void a_balance_has_decimals_and_sorted_names(void **state)
{
	struct wire_writer writer = {0};
	struct period period = a_period();
	struct balance_view view = a_balance(&period);

	(void)state;
	answer_balance(&writer, &view);
	assert_string_equal(wire_text_of(&text, &writer), BALANCE);
	wire_writer_fini(&writer);
}

static void without_a_required_total_it_says_null(void **state)
{
	struct wire_writer writer = {0};
	struct period period = a_period();
	struct balance_view view = a_balance(&period);

	(void)state;
	period.has_required = false;
	answer_balance(&writer, &view);
	(void)wire_text_of(&text, &writer);
	assert_non_null(strstr(text.at, "\"required\":null"));
	assert_non_null(strstr(text.at, "\"remaining\":null"));
	wire_writer_fini(&writer);
}

static void a_balance_that_is_gone_says_so_with_zeros(void **state)
{
	struct wire_writer writer = {0};
	struct period period = a_period();
	struct balance_view view = a_balance(&period);

	(void)state;
	view.removed = true;
	answer_balance(&writer, &view);
	assert_string_equal(wire_text_of(&text, &writer),
	    BALANCE_HEAD ",\"required\":\"4.0\",\"earned\":\"0.0\","
			 "\"carried_in\":\"0.0\",\"total\":\"0.0\","
			 "\"remaining\":\"4.0\",\"routes\":{\"accredited\":"
			 "\"0.0\",\"recognized\":\"0.0\",\"adjusted\":\"0.0\"},"
			 "\"missing\":[],\"status\":\"in_progress\","
			 "\"version\":7,\"removed\":true}");
	wire_writer_fini(&writer);
}

static const enum reason flags[] = {REASON_SUBJECT_NOT_LISTED};
static const struct request a_request = {
    .name = {"RQ-1", 4},
    .state = REQUEST_AWAITING_PAYMENT,
    .reason = REASON_PAYMENT_MISSING,
    .credits = 4 * CREDIT_ONE,
    .fee = 4400,
    .tax = 572,
    .total_due = 4972,
    .paid = 5,
    .currency = {"CAD", 3},
    .flags = flags,
    .flag_count = 1,
};

#define REQUEST                                                                \
	"\"request\":\"RQ-1\",\"state\":\"awaiting_payment\",\"missing\":[],"  \
	"\"credits\":\"4.0\",\"credited\":\"0.0\",\"fee\":\"44.00\","          \
	"\"tax\":\"5.72\",\"total_due\":\"49.72\",\"paid\":\"0.05\","          \
	"\"refund_due\":\"0.00\",\"currency\":\"CAD\","                        \
	"\"flags\":[\"SUBJECT_NOT_LISTED\"]}"

static void a_request_has_money_with_two_decimals(void **state)
{
	struct wire_writer writer = {0};
	struct request_view view = {
	    .member = TEXT("example/1"), .request = &a_request};

	(void)state;
	answer_request(&writer, &view);
	assert_string_equal(
	    wire_text_of(&text, &writer), "{\"member\":\"example/1\"," REQUEST);
	wire_writer_fini(&writer);
}

static const struct posted_entry entries[] = {
    {.number = 4,
	.kind = ENTRY_CREDIT,
	.account = ACCOUNT_CREDIT,
	.cause_source = {"lms", 3},
	.cause_id = {"a1", 2},
	.designation = {"PTS", 3},
	.period_starts_on = 20468, /* 2026-01-15 */
	.value = 25000,
	.total = 22500},
    {.number = 5,
	.kind = ENTRY_PAYMENT,
	.account = ACCOUNT_PAYMENT,
	.cause_source = {"desk", 4},
	.cause_id = {"p1", 2},
	.value = -4972,
	.currency = {"CAD", 3}},
};

#define ENTRY_4                                                                \
	"{\"number\":4,\"kind\":\"credit\",\"cause\":{\"source\":\"lms\","     \
	"\"id\":\"a1\"},\"designation\":\"PTS\",\"period_starts_on\":"         \
	"\"2026-01-15\",\"credits\":\"2.5\",\"total\":\"2.25\"}"
#define ENTRY_5                                                                \
	"{\"number\":5,\"kind\":\"payment\",\"cause\":{\"source\":\"desk\","   \
	"\"id\":\"p1\"},\"amount\":\"-49.72\",\"currency\":\"CAD\"}"

static struct answer_result a_result(const struct balance_view *balance)
{
	struct answer_result result = {
	    .source = TEXT("lms"),
	    .id = TEXT("a1"),
	    .stream = 65,
	    .offset = 12,
	    .rules = 3,
	    .entry = entries,
	    .entries = 2,
	    .balance = balance,
	    .balances = 1,
	    .request = &a_request,
	    .request_source = TEXT("desk"),
	    .may_read = true,
	};

	return result;
}

static void a_result_has_every_key(void **state)
{
	struct wire_writer writer = {0};
	struct period period = a_period();
	struct balance_view view = a_balance(&period);
	struct answer_result result = a_result(&view);

	(void)state;
	answer_result(&writer, &result);
	assert_string_equal(wire_text_of(&text, &writer),
	    "{\"id\":\"a1\",\"outcome\":\"applied\",\"duplicate\":false,"
	    "\"code\":null,\"message\":null,\"stream\":65,\"offset\":12,"
	    "\"rules\":3,\"entries\":[" ENTRY_4 "," ENTRY_5
	    "],\"balances\":[" BALANCE "],\"request\":{" REQUEST "}");
	wire_writer_fini(&writer);
}

static void who_may_not_read_gets_only_its_own(void **state)
{
	struct wire_writer writer = {0};
	struct period period = a_period();
	struct balance_view view = a_balance(&period);
	struct answer_result result = a_result(&view);

	(void)state;
	result.may_read = false;
	result.outcome = OUTCOME_PENDING;
	result.reason = REASON_FUTURE_DATE;
	result.offset = 0;
	answer_result(&writer, &result);
	assert_string_equal(wire_text_of(&text, &writer),
	    "{\"id\":\"a1\",\"outcome\":\"pending\",\"duplicate\":false,"
	    "\"code\":\"FUTURE_DATE\",\"message\":\"its date is still to come; "
	    "it counts from that day\",\"stream\":65,\"offset\":null,"
	    "\"rules\":3,\"entries\":[" ENTRY_4
	    "],\"balances\":[],\"request\":null}");
	wire_writer_fini(&writer);
}

static void a_request_is_shown_to_who_made_it(void **state)
{
	struct wire_writer writer = {0};
	struct answer_result result = a_result(NULL);

	(void)state;
	result.may_read = false;
	result.balances = 0;
	result.entries = 0;
	result.request_source = TEXT("lms");
	result.dry_run = true;
	answer_result(&writer, &result);
	(void)wire_text_of(&text, &writer);
	assert_non_null(strstr(text.at,
	    "\"balances\":[],\"request\":{" REQUEST ",\"dry_run\":true}"));
	wire_writer_fini(&writer);
}

static void many_entries_are_cut_and_announced(void **state)
{
	static struct posted_entry many[ANSWER_ENTRIES_MOST + 1];
	struct wire_writer writer = {0};
	struct wire_reader reader;
	struct answer_result result = a_result(NULL);
	uint32_t count = 0;
	bool more = false;

	(void)state;
	for (size_t i = 0; i < ANSWER_ENTRIES_MOST + 1; i++)
		many[i] = entries[0];
	result.entry = many;
	result.entries = ANSWER_ENTRIES_MOST + 1;
	result.balances = 0;
	answer_result(&writer, &result);
	assert_true(wire_find(wire_written(&writer), "entries", &reader));
	assert_true(wire_read_array(&reader, &count));
	assert_int_equal(count, ANSWER_ENTRIES_MOST);
	assert_true(wire_find(wire_written(&writer), "more_entries", &reader));
	assert_true(wire_read_bool(&reader, &more) && more);
	wire_writer_fini(&writer);
}

static void a_conflict_and_a_refusal(void **state)
{
	struct wire_writer writer = {0};

	(void)state;
	answer_conflict(&writer, TEXT("a1"), 65, 3);
	assert_string_equal(wire_text_of(&text, &writer),
	    "{\"id\":\"a1\",\"outcome\":\"conflict\",\"duplicate\":false,"
	    "\"code\":\"ID_CONFLICT\",\"message\":\"this id or name was used "
	    "before with other content\",\"stream\":65,\"offset\":null,"
	    "\"rules\":3,\"entries\":[],\"balances\":[],\"request\":null}");
	wire_writer_reset(&writer);
	answer_refused(&writer, "BUSY", "too much in flight", 50);
	assert_string_equal(wire_text_of(&text, &writer),
	    "{\"code\":\"BUSY\",\"message\":\"too much in flight\","
	    "\"retry_after_ms\":50}");
	wire_writer_reset(&writer);
	answer_refused(&writer, "MALFORMED", "id: required", -1);
	assert_string_equal(wire_text_of(&text, &writer),
	    "{\"code\":\"MALFORMED\",\"message\":\"id: required\"}");
	wire_writer_fini(&writer);
}

static struct answer_change a_change(enum change_kind kind)
{
	static struct period period;
	struct answer_change change = {
	    .stream = 65,
	    .offset = 12,
	    .version = 7,
	    .at = 1000001,
	    .source = TEXT("lms"),
	    .id = TEXT("a1"),
	    .kind = kind,
	    .certification = {TEXT("example/1"), TEXT("PTS"),
		CERTIFICATION_LAPSED, date_of(2027, 1, 15),
		date_of(2026, 1, 15), date_of(2027, 1, 14)},
	    .request = {.member = TEXT("example/1"), .request = &a_request},
	    .notice = {TEXT("example/1"), 30, &period},
	    .entry = entries,
	    .entries = 1,
	};

	period = a_period();
	change.balance = a_balance(&period);
	return change;
}

#define CHANGE_HEAD                                                            \
	"{\"stream\":65,\"offset\":12,\"version\":7,"                          \
	"\"at\":\"1970-01-01T00:00:01.000001Z\","                              \
	"\"event\":{\"source\":\"lms\",\"id\":\"a1\"},"
#define CHAIN "000102030405060708090a0b0c0d0eff"

static void a_message_is_sealed_by_its_chain(void **state)
{
	static const unsigned char chain[ANSWER_CHAIN_SIZE] = {
	    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255};
	struct wire_writer writer = {0};
	struct answer_change change = a_change(CHANGE_BALANCE);
	struct text bytes;
	char before[4096];
	size_t size;

	(void)state;
	answer_change(&writer, &change);
	assert_string_equal(wire_text_of(&text, &writer),
	    CHANGE_HEAD "\"kind\":\"balance\",\"balance\":" BALANCE
			",\"entries\":[" ENTRY_4 "]}");
	size = writer.size;
	memcpy(before, writer.data, size);
	answer_change_seal(&writer, chain);
	assert_string_equal(wire_text_of(&text, &writer),
	    CHANGE_HEAD "\"kind\":\"balance\",\"balance\":" BALANCE
			",\"entries\":[" ENTRY_4 "],\"chain\":\"" CHAIN "\"}");
	bytes = wire_written(&writer);
	assert_int_equal(bytes.length, size + ANSWER_SEAL_SIZE);
	before[2]++;
	assert_memory_equal(bytes.at, before, size);
	wire_writer_fini(&writer);
}

static void every_kind_has_its_topic_and_map(void **state)
{
	static const char *const topics[] = {"certification/example/1/PTS",
	    "request/example/1/RQ-1", "balance/example/1/PTS",
	    "notice/example/1/PTS"};
	static const char *const maps[] = {
	    "\"certification\":{\"member\":\"example/1\",\"designation\":"
	    "\"PTS\",\"what\":\"lapsed\",\"on\":\"2027-01-15\",\"period\":"
	    "{\"starts_on\":\"2026-01-15\",\"ends_on\":\"2027-01-14\"}}",
	    "\"request\":{\"member\":\"example/1\"," REQUEST,
	    "\"balance\":" BALANCE,
	    "\"notice\":{\"member\":\"example/1\",\"designation\":\"PTS\","
	    "\"days\":30,\"ends_on\":\"2027-01-14\",\"remaining\":\"1.75\","
	    "\"missing\":[\"cpr-a\",\"membership\"]}"};
	char buffer[ANSWER_TOPIC_SIZE];
	struct wire_writer writer = {0};

	(void)state;
	for (int kind = CHANGE_CERTIFICATION; kind <= CHANGE_NOTICE; kind++) {
		struct answer_change change = a_change((enum change_kind)kind);

		wire_writer_reset(&writer);
		answer_change(&writer, &change);
		(void)wire_text_of(&text, &writer);
		assert_non_null(strstr(text.at, maps[kind]));
		assert_string_equal(
		    answer_topic(&change, buffer).at, topics[kind]);
	}
	wire_writer_fini(&writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_balance_has_decimals_and_sorted_names),
	    cmocka_unit_test(without_a_required_total_it_says_null),
	    cmocka_unit_test(a_balance_that_is_gone_says_so_with_zeros),
	    cmocka_unit_test(a_request_has_money_with_two_decimals),
	    cmocka_unit_test(a_result_has_every_key),
	    cmocka_unit_test(who_may_not_read_gets_only_its_own),
	    cmocka_unit_test(a_request_is_shown_to_who_made_it),
	    cmocka_unit_test(many_entries_are_cut_and_announced),
	    cmocka_unit_test(a_conflict_and_a_refusal),
	    cmocka_unit_test(a_message_is_sealed_by_its_chain),
	    cmocka_unit_test(every_kind_has_its_topic_and_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
