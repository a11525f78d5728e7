/* The chains: their layout is pinned, for rows are kept for ever. */
#include "unit.h"

#include <sodium.h>

#include "chain.h"

static struct chain_event event(void)
{
	struct chain_event event = {.stream = 65,
	    .seq = 7,
	    .member = TEXT("canfitpro/1"),
	    .source = TEXT("local"),
	    .id = TEXT("a1"),
	    .type = 4,
	    .digest = TEXT("0123456789abcdef"),
	    .received_at = 1782820800000000,
	    .received_on = 20634,
	    .today = 20634,
	    .rules = 1,
	    .fact = TEXT("fact"),
	    .version = 3,
	    .feed_offset = 9};

	memset(event.feed_chain, 0x5a, CHAIN_SIZE);
	return event;
}

static struct chain_entry entry(void)
{
	return (struct chain_entry){.number = 1,
	    .cause = 7,
	    .designation = TEXT("FIS"),
	    .period_starts_on = 20468,
	    .value = 40000,
	    .total = 40000,
	    .rules = 1};
}

static void hex_of(const uint8_t chain[CHAIN_SIZE], char hex[33])
{
	sodium_bin2hex(hex, 33, chain, CHAIN_SIZE);
}

static void the_layout_of_an_event_does_not_change(void **state)
{
	const uint8_t previous[CHAIN_SIZE] = {1, 2, 3};
	struct chain_event e = event();
	struct chain_entry posted = entry();
	uint8_t chain[CHAIN_SIZE];
	char hex[33];

	(void)state;
	chain_event(previous, &e, &posted, 1, chain);
	hex_of(chain, hex);
	assert_string_equal(hex, "52eff96043a4886706f59ce142daa8a8");
	e.digest = e.fact = TEXT_NONE;
	chain_event(previous, &e, NULL, 0, chain);
	hex_of(chain, hex);
	assert_string_equal(hex, "0f6e34e2f78b65d5719d2fa1134ec7e1");
}

static void the_layout_of_a_change_does_not_change(void **state)
{
	const uint8_t previous[CHAIN_SIZE] = {0};
	uint8_t chain[CHAIN_SIZE];
	char hex[33];

	(void)state;
	chain_change(
	    previous, TEXT("balance/canfitpro/1/FIS"), TEXT("body"), chain);
	hex_of(chain, hex);
	assert_string_equal(hex, "6327272b855e9c65159b560767a23fe7");
}

/* Every field counts: a row changed by hand is found. */
static void each_field_changes_the_chain(void **state)
{
	const uint8_t zero[CHAIN_SIZE] = {0}, one[CHAIN_SIZE] = {1};
	struct chain_event e[18];
	struct chain_entry posted = entry(), other = entry();
	uint8_t chain[20][CHAIN_SIZE];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(e); i++)
		e[i] = event();
	e[1].stream++;
	e[2].seq++;
	e[3].member = TEXT("canfitpro/2");
	e[4].source = TEXT("locala"); /* the border to the id moves */
	e[4].id = TEXT("1");
	e[5].id = TEXT("a2");
	e[6].type++;
	e[7].digest = TEXT_NONE;
	e[8].received_at++;
	e[9].received_on++;
	e[10].today++;
	e[11].rules++;
	e[12].outcome++;
	e[13].reason++;
	e[14].fact = TEXT("");
	e[15].version++;
	e[16].feed_offset++;
	e[17].feed_chain[15] ^= 1;
	for (size_t i = 0; i < COUNT(e); i++)
		chain_event(zero, &e[i], &posted, 1, chain[count++]);
	other.total--;
	chain_event(zero, &e[0], &other, 1, chain[count++]);
	chain_event(one, &e[0], &posted, 1, chain[count++]);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(chain[i], chain[j], CHAIN_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_layout_of_an_event_does_not_change),
	    cmocka_unit_test(the_layout_of_a_change_does_not_change),
	    cmocka_unit_test(each_field_changes_the_chain),
	};

	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
