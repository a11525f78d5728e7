/* The record of a member, the cache, and what is loaded into it. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "work.h"

/* ---- stand-ins for ledger.c: a database with one row a member */

static size_t loads, heads_loaded, members_loaded;
static int64_t head_seq = 10;
static int64_t member_seq = 3;

static void add_row(struct member *member, int64_t seq, const char *id)
{
	struct fact fact = {.seq = seq,
	    .type = EVENT_GRANTED,
	    .source = TEXT("local"),
	    .id = text_of(id),
	    .designation = TEXT("FIS"),
	    .on = 20468,
	    .received_on = 20634};
	struct row row = {.seq = seq, .today = 20634, .rules = 1, .version = 2};

	assert_int_equal(member_add_fact(member, &fact), 0);
	row.fact = member->facts - 1;
	assert_int_equal(member_add_row(member, &row), 0);
}

enum pg_class ledger_load(struct pg *pg, const struct ledger_load *load)
{
	(void)pg;
	loads++;
	heads_loaded += load->heads;
	members_loaded += load->members;
	for (size_t i = 0; i < load->heads; i++)
		*load->head[i] = (struct head){
		    .stream = load->head[i]->stream, .seq = head_seq};
	for (size_t i = 0; i < load->members; i++) {
		assert_int_equal(load->member[i]->rows, 0);
		add_row(load->member[i], member_seq, "g1");
	}
	return PG_DONE;
}

enum pg_class ledger_due(struct pg *pg, int32_t stream, date_t today,
    size_t limit, struct arena *arena, struct text_list *ret)
{
	(void)pg, (void)stream, (void)today, (void)limit, (void)arena;
	*ret = (struct text_list){0};
	return PG_DONE;
}

enum pg_class ledger_has_system_event(
    struct pg *pg, int32_t stream, struct text id, bool *ret)
{
	(void)pg, (void)stream, (void)id;
	*ret = false;
	return PG_DONE;
}

enum pg_class ledger_partitions(struct pg *pg, date_t first)
{
	(void)pg, (void)first;
	return PG_DONE;
}

enum pg_class ledger_key(struct pg *pg, uint8_t ret_key[EVENT_KEY_SIZE])
{
	(void)pg, (void)ret_key;
	return PG_AWAY;
}

/* ---- a batch of jobs */

static const struct organization organization = {
    .number = 1, .name = TEXT("canfitpro"), .revision = 1};
static struct cache cache;
static struct work work;
static struct parcel parcel[2];
static struct job job[2];
static struct job *jobs[] = {&job[0], &job[1]};

static int setup(void **state)
{
	(void)state;
	loads = heads_loaded = members_loaded = 0;
	head_seq = 10;
	member_seq = 3;
	cache_init(&cache, 1 << 20);
	work = (struct work){.cache = &cache,
	    .programs = programs_create(),
	    .pg = pg_create(&(struct pg_options){.dsn = ""})};
	for (size_t i = 0; i < 2; i++) {
		parcel[i] = (struct parcel){.stream = 65};
		job[i] = (struct job){
		    .parcel = &parcel[i], .organization = &organization};
		job[i].event.member =
		    i == 0 ? TEXT("canfitpro/1") : TEXT("canfitpro/2");
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cache_fini(&cache);
	programs_destroy(work.programs);
	pg_destroy(work.pg);
	arena_fini(&work.attempt);
	free(work.used);
	return 0;
}

static void end_of_batch(void)
{
	for (size_t i = 0; i < work.used_count; i++)
		cache_settle(&cache, work.used[i]);
	work.used_count = 0;
}

/* Members of a stream that had moved were ruled as if they were new. */
static void a_member_that_is_not_held_is_loaded(void **state)
{
	(void)state;
	assert_int_equal(load_jobs(&work, jobs, 2), PG_DONE);
	assert_int_equal(loads, 1);
	assert_int_equal(heads_loaded, 1);
	assert_int_equal(members_loaded, 2);
	assert_int_equal(job[0].held->member.rows, 1);
	end_of_batch();
	assert_int_equal(load_jobs(&work, jobs, 2), PG_DONE);
	assert_int_equal(loads, 1); /* all is held */
	end_of_batch();
	cache_drop(&cache, job[0].stream);
	assert_int_equal(load_jobs(&work, jobs, 2), PG_DONE);
	assert_int_equal(members_loaded, 4);
	assert_int_equal(job[1].held->member.facts, 1);
}

static void a_member_with_two_jobs_is_loaded_once(void **state)
{
	(void)state;
	job[1].event.member = job[0].event.member;
	assert_int_equal(load_jobs(&work, jobs, 2), PG_DONE);
	assert_int_equal(members_loaded, 1);
	assert_ptr_equal(job[0].held, job[1].held);
}

/* A stream that was elsewhere meanwhile: its head here is old. */
static void a_member_ahead_of_its_head_drops_the_stream(void **state)
{
	(void)state;
	assert_int_equal(load_jobs(&work, jobs, 1), PG_DONE);
	end_of_batch();
	head_seq = member_seq = 12;
	assert_int_equal(load_jobs(&work, jobs, 2), PG_DONE);
	assert_int_equal(job[0].stream->head.seq, 12);
	assert_int_equal(job[0].held->member.rows, 1);
	assert_int_equal(job[0].held->member.row[0].seq, 12);
}

static void a_dry_run_looks_whether_the_stream_moved_on(void **state)
{
	(void)state;
	assert_int_equal(load_jobs(&work, jobs, 1), PG_DONE);
	end_of_batch();
	job[0].event.dry_run = true;
	assert_int_equal(load_jobs(&work, jobs, 1), PG_DONE);
	assert_int_equal(members_loaded, 1); /* it had not */
	end_of_batch();
	head_seq = 11;
	assert_int_equal(load_jobs(&work, jobs, 1), PG_DONE);
	assert_int_equal(members_loaded, 2);
	assert_int_equal(job[0].stream->head.seq, 11);
}

static void the_cache_keeps_its_bound_but_not_at_the_batchs_cost(void **state)
{
	(void)state;
	cache.most = 1;
	assert_int_equal(load_jobs(&work, jobs, 2), PG_DONE);
	cache_trim(&cache);
	assert_int_equal(hash_count(&cache.members), 2); /* in the batch */
	end_of_batch();
	assert_true(cache.size > 1);
	cache_trim(&cache);
	assert_int_equal(hash_count(&cache.members), 0);
	assert_int_equal(cache.size, 0);
}

/* ---- the record */

static struct entry entry(int32_t number, int64_t cause, int64_t value)
{
	return (struct entry){.number = number,
	    .seq = number,
	    .cause = cause,
	    .account = ACCOUNT_CREDIT,
	    .designation = TEXT("FIS"),
	    .period_starts_on = 20468,
	    .value = value};
}

static void what_stands_is_the_sum_of_the_entries(void **state)
{
	struct member member;
	struct entry first = entry(1, 7, 40000), second = entry(2, 5, 10000),
		     third = entry(3, 7, -15000);

	(void)state;
	assert_int_equal(member_init(&member, TEXT("canfitpro/1"), 1, 65), 0);
	assert_int_equal(member_add_entry(&member, &first), 0);
	assert_int_equal(member_add_entry(&member, &second), 0);
	assert_int_equal(member_add_entry(&member, &third), 0);
	assert_int_equal(member.sums, 2);
	assert_int_equal(
	    member_sum(&member, 7, ACCOUNT_CREDIT, TEXT("FIS"), 20468)->value,
	    25000);
	assert_null(member_sum(&member, 7, ACCOUNT_CREDIT, TEXT("PTS"), 20468));
	assert_null(member_sum(&member, 7, ACCOUNT_FEE, TEXT_NONE, DATE_NONE));
	member_fini(&member);
}

static void facts_are_found_by_source_and_id_and_by_seq(void **state)
{
	struct member member;

	(void)state;
	assert_int_equal(member_init(&member, TEXT("canfitpro/1"), 1, 65), 0);
	add_row(&member, 3, "a");
	add_row(&member, 8, "b");
	assert_int_equal(
	    member_find(&member, TEXT("local"), TEXT("b"))->seq, 8);
	assert_null(member_find(&member, TEXT("other"), TEXT("b")));
	assert_int_equal(member_fact_of(&member, 3), 0);
	assert_int_equal(member_fact_of(&member, 8), 1);
	assert_int_equal(member_fact_of(&member, 4), NO_FACT);
	member_fini(&member);
}

static void a_damaged_fact_is_said_to_be_one(void **state)
{
	struct fact head = {.seq = 1, .type = EVENT_GRANTED};
	struct member member;

	(void)state;
	assert_int_equal(member_init(&member, TEXT("canfitpro/1"), 1, 65), 0);
	assert_int_equal(
	    member_add_stored_fact(&member, &head, TEXT("\xc1")), -EBADMSG);
	assert_int_equal(member.facts, 0);
	member_fini(&member);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_member_that_is_not_held_is_loaded),
	    TEST(a_member_with_two_jobs_is_loaded_once),
	    TEST(a_member_ahead_of_its_head_drops_the_stream),
	    TEST(a_dry_run_looks_whether_the_stream_moved_on),
	    TEST(the_cache_keeps_its_bound_but_not_at_the_batchs_cost),
	    cmocka_unit_test(what_stands_is_the_sum_of_the_entries),
	    cmocka_unit_test(facts_are_found_by_source_and_id_and_by_seq),
	    cmocka_unit_test(a_damaged_fact_is_said_to_be_one),
	};

	return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}
