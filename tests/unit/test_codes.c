/* codes.h */
#include "codes.h"

#include "unit.h"

static void every_reason_is_found_by_its_name(void **state)
{
	enum reason found;

	(void)state;
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		assert_true(
		    reason_find(text_of(reason_name((enum reason)i)), &found));
		assert_int_equal(found, i);
		assert_true(strlen(reason_sentence((enum reason)i)) > 5);
	}
	assert_string_equal(reason_name(REASON_NONE), "");
	assert_string_equal(reason_name(REASON_BAD_FIELD), "BAD_FIELD");
	assert_string_equal(reason_name(REASON_ID_CONFLICT), "ID_CONFLICT");
	assert_false(reason_find(TEXT(""), &found));
	assert_false(reason_find(TEXT("NONE"), &found));
	assert_false(reason_find(TEXT_NONE, &found));
	assert_false(reason_find(TEXT("bad_field"), &found));
}

/* The database has these numbers: a change here breaks every ledger. */
static void stored_numbers_stay_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(REASON_FUTURE_DATE, 14);
	assert_int_equal(REASON_ID_CONFLICT, 42);
	assert_int_equal(OUTCOME_REJECTED, 2);
	assert_int_equal(EVENT_GRANTED, 1);
	assert_int_equal(EVENT_REVERSED, 12);
	assert_int_equal(EVENT_DAY, 32);
	assert_int_equal(EVENT_DUE, 34);
	assert_int_equal(EVENT_SET_ASIDE, 35);
	assert_int_equal(EVENT_REDRIVE, 36);
	assert_int_equal(ENTRY_PAYMENT, 8);
	assert_int_equal(REQUEST_WITHDRAWN, 5);
	assert_int_equal(PERIOD_LAPSED, 3);
	assert_int_equal(ROLE_COAUTHOR, 7);
	assert_int_equal(UNIT_SESSION, 5);
}

static void partners_can_name_only_their_own_types(void **state)
{
	enum event_type type;

	(void)state;
	for (int i = EVENT_GRANTED; i <= EVENT_REVERSED; i++) {
		const char *name = event_type_name((enum event_type)i);

		assert_true(event_type_find(text_of(name), &type));
		assert_int_equal(type, i);
		assert_false(event_type_is_system(type));
	}
	assert_string_equal(event_type_name(EVENT_DUE), "system.due");
	assert_true(event_type_is_system(EVENT_DAY));
	assert_false(event_type_find(TEXT("system.day"), &type));
	assert_false(event_type_find(TEXT("Activity.completed"), &type));
	assert_string_equal(event_type_name((enum event_type)0), "unknown");
	assert_string_equal(event_type_name((enum event_type)13), "unknown");
	assert_string_equal(event_type_name((enum event_type)99), "unknown");
}

static void names_and_values_go_both_ways(void **state)
{
	enum role role;
	enum unit unit;
	enum request_state request;
	enum period_status status;

	(void)state;
	for (int i = 0; i < ROLE_COUNT; i++) {
		assert_true(role_find(text_of(role_name((enum role)i)), &role));
		assert_int_equal(role, i);
	}
	for (int i = UNIT_NONE + 1; i < UNIT_COUNT; i++) {
		assert_true(unit_find(text_of(unit_name((enum unit)i)), &unit));
		assert_int_equal(unit, i);
	}
	assert_false(unit_find(TEXT(""), &unit));
	assert_string_equal(unit_name(UNIT_NONE), "");
	assert_true(request_state_find(TEXT("awaiting_payment"), &request));
	assert_int_equal(request, REQUEST_AWAITING_PAYMENT);
	assert_true(period_status_find(TEXT("grace"), &status));
	assert_int_equal(status, PERIOD_GRACE);
	assert_false(period_status_find(TEXT("open"), &status));
	assert_string_equal(outcome_name(OUTCOME_CONFLICT), "conflict");
	assert_string_equal(entry_kind_name(ENTRY_CARRY_OUT), "carry_out");
	assert_string_equal(entry_kind_name((enum entry_kind)77), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reason_is_found_by_its_name),
	    cmocka_unit_test(stored_numbers_stay_what_they_are),
	    cmocka_unit_test(partners_can_name_only_their_own_types),
	    cmocka_unit_test(names_and_values_go_both_ways)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
