/* fact.h: order, and the stored form. */
#include "fact.h"

#include <stdlib.h>

#include "unit.h"

static const struct text two[] = {{"anatomy", 7}, {"biology", 7}};

/* A fact of `type` with everything set that the type uses. */
static void fill(struct fact *f, enum event_type type)
{
	fact_init(f);
	f->type = type;
	f->has_occurred_at = true;
	f->occurred_at = -123456789;
	f->on = date_of(2026, 3, 1);
	f->expires_on = date_of(2027, 3, 1);
	f->designation = TEXT("FIS");
	f->jurisdiction = TEXT("CA-ON");
	f->from_organization = TEXT("csep");
	f->from_number = TEXT("17");
	f->from_designation = TEXT("CSEP-CPT");
	f->request = TEXT("r-1");
	f->decision = DECISION_DECLINED;
	f->has_credits = true;
	f->credits = type == EVENT_ADJUSTED ? -15000 : 15000;
	f->amount = 4972;
	f->currency = TEXT("CAD");
	f->requirement = TEXT("cpr-a");
	f->target_source = TEXT("local");
	f->target_id = TEXT("e-7");
	f->designations = (struct text_list){two, 2};
	f->evidence = (struct text_list){two, 1};
	f->activity = (struct activity){.completed_on = date_of(2026, 1, 2),
	    .started_on = date_of(2026, 1, 1),
	    .kind = TEXT("workshop"),
	    .code = TEXT("CDP"),
	    .category = TEXT("CRS"),
	    .title = TEXT("\xff\0binary digest"),
	    .provider = TEXT("Someone"),
	    .accredited_by = TEXT("canfitpro"),
	    .grade = TEXT("B+"),
	    .has_minutes = true,
	    .minutes = {181, 2},
	    .has_quantity = true,
	    .quantity = 25000,
	    .unit = UNIT_DAY,
	    .has_role = true,
	    .role = ROLE_AUTHOR,
	    .passed = ANSWER_NO,
	    .topics = {two, 2},
	    .presenter_certified_by = {two, 1}};
}

static void store(struct wire_writer *w, const struct fact *f)
{
	wire_writer_reset(w);
	fact_write(w, f);
	assert_false(w->failed);
}

/* Written, read and written again the bytes are the same. */
static void assert_round_trip(struct fact *f)
{
	struct wire_writer first = {0}, second = {0};
	struct arena arena = {0};
	struct fact back;

	store(&first, f);
	fact_init(&back);
	back.type = f->type;
	back.seq = 99;
	assert_true(fact_read(wire_written(&first), &arena, &back));
	assert_int_equal(back.seq, 99);
	store(&second, &back);
	assert_true(text_equal(wire_written(&first), wire_written(&second)));
	arena_fini(&arena);
	wire_writer_fini(&first);
	wire_writer_fini(&second);
}

static void every_type_makes_the_round_trip(void **state)
{
	struct fact f;

	(void)state;
	for (int type = EVENT_GRANTED; type <= EVENT_REVERSED; type++) {
		fill(&f, (enum event_type)type);
		assert_round_trip(&f);
		fact_init(&f);
		f.type = (enum event_type)type;
		f.decision = DECISION_APPROVED;
		assert_round_trip(&f);
	}
	fact_init(&f);
	f.type = EVENT_DAY;
	assert_round_trip(&f);
}

static void an_activity_comes_back_whole(void **state)
{
	struct wire_writer w = {0};
	struct arena arena = {0};
	struct fact f, back;

	(void)state;
	fill(&f, EVENT_REQUESTED);
	store(&w, &f);
	back.type = EVENT_REQUESTED;
	fact_init(&back);
	back.type = EVENT_REQUESTED;
	assert_true(fact_read(wire_written(&w), &arena, &back));
	assert_int_equal(back.activity.completed_on, f.activity.completed_on);
	assert_true(text_equal(back.activity.title, f.activity.title));
	assert_int_equal(back.activity.minutes.numerator, 181);
	assert_int_equal(back.activity.minutes.denominator, 2);
	assert_int_equal(back.activity.quantity, 25000);
	assert_int_equal(back.activity.unit, UNIT_DAY);
	assert_int_equal(back.activity.role, ROLE_AUTHOR);
	assert_int_equal(back.activity.passed, ANSWER_NO);
	assert_int_equal(back.activity.topics.count, 2);
	assert_true(text_is(back.activity.topics.item[1], "biology"));
	assert_int_equal(back.evidence.count, 1);
	assert_int_equal(back.occurred_at, -123456789);
	assert_true(back.has_occurred_at);
	assert_true(text_is(back.request, "r-1"));
	assert_null(back.designation.at);
	arena_fini(&arena);
	wire_writer_fini(&w);
}

/* What is not used by the type is not stored, and comes back absent. */
static void absent_stays_absent(void **state)
{
	struct wire_writer w = {0};
	struct arena arena = {0};
	struct fact f, back;

	(void)state;
	fact_init(&f);
	f.type = EVENT_ACTIVITY;
	f.activity.completed_on = date_of(2026, 1, 2);
	f.activity.kind = TEXT("lecture");
	store(&w, &f);
	assert_true(w.size < 40);
	fact_init(&back);
	back.type = EVENT_ACTIVITY;
	assert_true(fact_read(wire_written(&w), &arena, &back));
	assert_null(back.activity.title.at);
	assert_int_equal(back.activity.started_on, DATE_NONE);
	assert_false(back.activity.has_minutes);
	assert_false(back.activity.has_role);
	assert_int_equal(back.activity.role, ROLE_ATTENDEE);
	assert_int_equal(back.activity.passed, ANSWER_ABSENT);
	assert_int_equal(back.designations.count, 0);
	assert_int_equal(back.on, DATE_NONE);
	arena_fini(&arena);
	wire_writer_fini(&w);
}

/* Every byte of every type changed to some others, and every truncation. */
static void damaged_bytes_are_refused_or_harmless(void **state)
{
	static const unsigned char other[] = {
	    0x00, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xcb, 0xdd, 0xff};
	struct wire_writer w = {0};
	struct arena arena = {0};
	struct fact f, back;

	(void)state;
	for (int type = EVENT_GRANTED; type <= EVENT_REVERSED; type++) {
		fill(&f, (enum event_type)type);
		store(&w, &f);
		fact_init(&back);
		back.type = (enum event_type)type;
		for (size_t size = 0; size < w.size; size++) {
			char *copy = malloc(size + 1);

			memcpy(copy, w.data, size);
			assert_false(fact_read(
			    (struct text){copy, size}, &arena, &back));
			free(copy);
		}
		for (size_t i = 0; i < w.size * COUNT(other); i++) {
			size_t at = i / COUNT(other);
			char kept = w.data[at];
			bool read;

			w.data[at] = (char)other[i % COUNT(other)];
			read = fact_read(wire_written(&w), &arena, &back);
			w.data[at] = kept;
			assert_true(!read || back.type == f.type);
			arena_reset(&arena);
		}
	}
	arena_fini(&arena);
	wire_writer_fini(&w);
}

static void a_newer_version_is_refused(void **state)
{
	struct wire_writer w = {0};
	struct arena arena = {0};
	struct fact f, back;

	(void)state;
	fill(&f, EVENT_GRANTED);
	store(&w, &f);
	fact_init(&back);
	back.type = EVENT_GRANTED;
	assert_int_equal(w.data[1], 1);
	w.data[1] = 2;
	assert_false(fact_read(wire_written(&w), &arena, &back));
	w.data[1] = 1;
	assert_true(fact_read(wire_written(&w), &arena, &back));
	arena_fini(&arena);
	wire_writer_fini(&w);
}

static void facts_of_a_day_go_by_source_then_id(void **state)
{
	struct fact a, b;

	(void)state;
	fact_init(&a);
	fact_init(&b);
	a.source = b.source = TEXT("local");
	a.id = TEXT("1");
	b.id = TEXT("2");
	assert_true(fact_compare(&a, &b) < 0);
	assert_int_equal(fact_compare(&a, &a), 0);
	b.source = TEXT("abc");
	assert_true(fact_compare(&a, &b) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_type_makes_the_round_trip),
	    cmocka_unit_test(an_activity_comes_back_whole),
	    cmocka_unit_test(absent_stays_absent),
	    cmocka_unit_test(damaged_bytes_are_refused_or_harmless),
	    cmocka_unit_test(a_newer_version_is_refused),
	    cmocka_unit_test(facts_of_a_day_go_by_source_then_id)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
