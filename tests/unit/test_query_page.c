/* Pages end where they must and go on where they ended; rows are safe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_work.h"
#include "wire_text.h"

struct world {
	struct query_context context;
	struct query_request request;
	struct wire_writer out;
	struct asking asking;
};

static void world_init(struct world *world, int64_t limit)
{
	*world = (struct world){0};
	world->asking = (struct asking){
	    .context = &world->context,
	    .request = &world->request,
	    .out = &world->out,
	    .query = {.limit = limit, .from = DATE_NONE, .to = DATE_NONE},
	};
	wire_open_map(&world->out);
}

static void world_fini(struct world *world)
{
	wire_writer_fini(&world->out);
	query_fini(&world->context);
}

/* Puts the numbers from `first` to `last`, as far as they fit. */
static void put_numbers(struct page *page, int first, int last)
{
	for (int i = first; i <= last; i++) {
		char number[16];
		struct text part[2] = {TEXT("n")};

		wire_write_int(page_item(page), i);
		if (!page_put(page))
			break;
		(void)snprintf(number, sizeof(number), "%d", i);
		part[1] = text_of(number);
		page_mark(page, part, 2);
	}
}

static void a_page_ends_at_its_limit(void **state)
{
	static struct wire_text text;
	struct world world;
	struct page page;

	(void)state;
	world_init(&world, 3);
	page_init(&page, &world.asking);
	page_open(&page, "a");
	put_numbers(&page, 1, 2);
	page_close(&page);
	page_open(&page, "b");
	put_numbers(&page, 3, 9);
	page_close(&page);
	page_end(&page);
	wire_close(&world.out);
	assert_string_equal(wire_text_of(&text, &world.out),
	    "{\"a\":[1,2],\"b\":[3],\"more\":true,\"next\":\"n 3\"}");
	world_fini(&world);
}

static void a_page_that_is_just_full_has_no_more(void **state)
{
	static struct wire_text text;
	struct world world;
	struct page page;

	(void)state;
	world_init(&world, 3);
	page_init(&page, &world.asking);
	page_open(&page, "a");
	put_numbers(&page, 1, 3);
	assert_false(page_is_full(&page));
	page_close(&page);
	page_end(&page);
	wire_close(&world.out);
	assert_string_equal(
	    wire_text_of(&text, &world.out), "{\"a\":[1,2,3],\"more\":false}");
	world_fini(&world);
}

static void a_page_ends_at_the_size_of_an_answer(void **state)
{
	static char big[200 * 1024];
	struct world world;
	struct page page;
	int put = 0;

	(void)state;
	memset(big, 'x', sizeof(big));
	world_init(&world, 10000);
	page_init(&page, &world.asking);
	page_open(&page, "a");
	do
		wire_write_text(
		    page_item(&page), (struct text){big, sizeof(big)});
	while (page_put(&page) && ++put < 10);
	page_close(&page);
	assert_int_equal(put, 2);
	assert_true(page_is_full(&page));
	assert_true(world.out.size < QUERY_ANSWER_MOST);
	world_fini(&world);
}

static void a_position_of_another_list_is_refused(void **state)
{
	struct world world;
	struct text part[3];
	bool given = true;

	(void)state;
	world_init(&world, 1);
	assert_int_equal(
	    page_after(&world.asking, 3, part, &given), ASKED_ANSWERED);
	assert_false(given);
	world.asking.query.after = TEXT("65 org/1 PTS");
	assert_int_equal(
	    page_after(&world.asking, 3, part, &given), ASKED_ANSWERED);
	assert_true(given && text_is(part[2], "PTS"));
	assert_int_equal(
	    page_after(&world.asking, 2, part, &given), ASKED_REFUSED);
	assert_string_equal(world.asking.code, "MALFORMED");
	world_fini(&world);
}

/* A result with one value of one column. */
static PGresult *one_value(const char *bytes, int length)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	char name[] = "value", copy[256];
	PGresAttDesc column = {.name = name, .format = 1, .typid = 1009};

	memcpy(copy, bytes, (size_t)length);
	assert_true(PQsetResultAttrs(result, 1, &column));
	assert_true(PQsetvalue(result, 0, 0, copy, length));
	return result;
}

static bool read_texts(
    const char *bytes, int length, struct arena *arena, struct text_list *ret)
{
	PGresult *result = one_value(bytes, length);
	bool good = texts_of_column(result, 0, 0, arena, ret);

	if (good && ret->count == 2) {
		assert_true(text_is(ret->item[0], "cpr-a"));
		assert_true(text_is(ret->item[1], ""));
	}
	PQclear(result);
	return good;
}

static void arrays_of_text_are_read_within_bounds(void **state)
{
	static const char two[] = "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\2\0\0\0\1"
				  "\0\0\0\5cpr-a\0\0\0\0";
	static const char none[] = "\0\0\0\0\0\0\0\0\0\0\0\x19";
	static const char numbers[] = "\0\0\0\0\0\0\0\0\0\0\0\x17";
	static const char many[] = "\0\0\0\1\0\0\0\0\0\0\0\x19\x7f\xff\xff\xff"
				   "\0\0\0\1";
	struct arena arena = {0};
	struct text_list list;

	(void)state;
	assert_true(read_texts(two, sizeof(two) - 1, &arena, &list));
	assert_int_equal(list.count, 2);
	for (int cut = 0; cut < (int)sizeof(two) - 1; cut++)
		assert_false(read_texts(two, cut, &arena, &list));
	assert_true(read_texts(none, sizeof(none) - 1, &arena, &list));
	assert_int_equal(list.count, 0);
	assert_false(read_texts(numbers, sizeof(numbers) - 1, &arena, &list));
	assert_false(read_texts(many, sizeof(many) - 1, &arena, &list));
	arena_fini(&arena);
}

static const struct fact facts[] = {
    {.source = {"b", 1},
	.id = {"2", 1},
	.type = EVENT_ACTIVITY,
	.activity = {.completed_on = 10}},
    {.source = {"a", 1}, .id = {"g", 1}, .type = EVENT_GRANTED, .on = 1},
    {.source = {"b", 1},
	.id = {"1", 1},
	.type = EVENT_REQUESTED,
	.activity = {.completed_on = 10}},
    {.source = {"z", 1}, .id = {"9", 1}, .type = EVENT_ADJUSTED, .on = 9},
};

static void claims_go_on_after_the_share_before(void **state)
{
	struct verdict verdict[4] = {{.shares = 3}, {0}, {0}, {0}};
	struct share share[3] = {{0}};
	struct ruling ruling = {
	    .fact = facts,
	    .facts = 4,
	    .verdict = verdict,
	    .share = share,
	    .shares = 3,
	};
	struct claim_position position;
	struct world world;
	struct page page;
	struct text part[5];
	struct claim *claim;
	size_t count;

	(void)state;
	world_init(&world, 10);
	page_init(&page, &world.asking);
	assert_true(claims_of(&ruling, &world.context.arena, &claim, &count));
	assert_int_equal(count, 3);
	assert_int_equal(claim[0].fact, 3);
	assert_int_equal(claim[1].fact, 2);
	assert_int_equal(claim[2].fact, 0);
	claim_mark(&page, "claims", &ruling, &claim[2], 2);
	assert_true(query_next_read(page.next, 5, part));
	assert_true(claim_position_read(part, &position));
	assert_int_equal(claim_done(&ruling, &claim[2], &position), 2);
	assert_true(claim_done(&ruling, &claim[1], &position) >=
		    claim_shares(&ruling, &claim[1]));
	part[2] = TEXT("a");
	assert_true(claim_position_read(part, &position));
	assert_int_equal(claim_done(&ruling, &claim[2], &position), 0);
	part[0] = TEXT("entries");
	assert_false(claim_position_read(part, &position));
	world_fini(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_ends_at_its_limit),
	    cmocka_unit_test(a_page_that_is_just_full_has_no_more),
	    cmocka_unit_test(a_page_ends_at_the_size_of_an_answer),
	    cmocka_unit_test(a_position_of_another_list_is_refused),
	    cmocka_unit_test(arrays_of_text_are_read_within_bounds),
	    cmocka_unit_test(claims_go_on_after_the_share_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
