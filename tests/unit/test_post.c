/* Differences: what is posted and published, and that nothing else is. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "history.h"
#include "post.h"

static struct history history;
static struct programs *programs;
static struct member member;
static struct arena arena;   /* rulings and posts of one test */
static struct ruling before; /* as it stands */
static struct post post;     /* the last difference */
static date_t today;

static void load_programs_once(void)
{
	static const struct organization organization = {.number = 1,
	    .name = TEXT("canfitpro"),
	    .title = TEXT("canfitpro"),
	    .time_zone = TEXT("America/Toronto"),
	    .revision = 1};
	FILE *file = fopen("schema/programs/canfitpro.yaml", "r");
	static char text[1 << 18];
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof(text), file);
	fclose(file);
	programs = programs_create();
	assert_non_null(programs);
	assert_int_equal(
	    programs_add(programs, &organization, (struct text){text, length}),
	    0);
}

static int setup(void **state)
{
	(void)state;
	history_reset(&history);
	if (programs == NULL)
		load_programs_once();
	assert_true(date_parse(TEXT("2026-06-30"), &today));
	assert_int_equal(member_init(&member, TEXT("canfitpro/1"), 1, 65), 0);
	assert_int_equal(member_rule(&member, 0, programs,
			     (struct ruled_at){today, 1}, &arena, &before),
	    0);
	post = (struct post){0};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	member_fini(&member);
	arena_fini(&arena);
	return 0;
}

/* Takes the difference to `after` as a worker does, and moves the member on. */
static void move(struct ruling *after, const struct fact *fact, const char *id)
{
	struct post_event event = {
	    .source = fact != NULL ? fact->source : TEXT("system"),
	    .id = fact != NULL ? fact->id : text_of(id),
	    .seq = (int64_t)member.rows + 1,
	    .rules = 1,
	    .offset = member.version,
	    .version = member.version};
	struct row row = {.seq = event.seq,
	    .today = today,
	    .rules = 1,
	    .fact = fact != NULL ? member.facts - 1 : NO_FACT,
	    .id = fact != NULL ? TEXT_NONE : text_of(id)};

	assert_int_equal(
	    post_difference(&member, &before, after, &event, &arena, &post), 0);
	row.version = member.version + (int32_t)post.changes;
	row.feed_offset = row.version;
	for (size_t i = 0; i < post.entries; i++)
		assert_int_equal(member_add_entry(&member, &post.entry[i]), 0);
	assert_int_equal(member_add_row(&member, &row), 0);
	before = *after;
}

static void say(const char *json)
{
	char text[2048], message[EVENT_MESSAGE_SIZE] = "";
	json_t *event;
	size_t index;
	struct fact fact;
	struct ruling after;

	snprintf(text, sizeof(text), "%s", json);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	event = json_loads(text, 0, NULL);
	assert_non_null(event);
	if (history_add(&history, event, &index, message) != HISTORY_NEW)
		fail_msg("%s", message);
	json_decref(event);
	fact = history.fact[index];
	fact.seq = (int64_t)member.rows + 1;
	fact.received_on = today;
	assert_int_equal(member_add_fact(&member, &fact), 0);
	assert_int_equal(member_rule(&member, member.facts, programs,
			     (struct ruled_at){today, 1}, &arena, &after),
	    0);
	move(&after, &member.fact[member.facts - 1], NULL);
}

static void day(const char *date)
{
	char id[32];
	struct ruling after;

	assert_true(date_parse(text_of(date), &today));
	assert_int_equal(member_rule(&member, member.facts, programs,
			     (struct ruled_at){today, 1}, &arena, &after),
	    0);
	snprintf(id, sizeof(id), "day:%s", date);
	move(&after, NULL, id);
}

static void grant(void)
{
	say("{'id':'g1','type':'certification.granted','member':'canfitpro/1',"
	    "'data':{'designation':'FIS','granted_on':'2026-01-15'}}");
}

static void attend(void)
{
	say("{'id':'a1','type':'activity.completed','member':'canfitpro/1',"
	    "'data':{'activity':{'kind':'workshop','title':'a','completed_on':"
	    "'2026-03-01','contact_minutes':240,'accredited_by':'canfitpro'}}"
	    "}");
}

static void reverse(const char *id, const char *of)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "{'id':'%s','type':'event.reversed','member':'canfitpro/1',"
	    "'data':{'event':'%s','reason':'wrong'}}",
	    id, of);
	say(text);
}

static void a_grant_tells_the_certification_then_its_balance(void **state)
{
	(void)state;
	grant();
	assert_int_equal(post.entries, 0);
	assert_int_equal(post.changes, 2);
	assert_int_equal(post.change[0].kind, CHANGE_CERTIFICATION);
	assert_int_equal(
	    post.change[0].certification.what, CERTIFICATION_GRANTED);
	assert_int_equal(post.change[1].kind, CHANGE_BALANCE);
	assert_int_equal(post.change[0].offset, 1);
	assert_int_equal(post.change[1].offset, 2);
	assert_int_equal(post.change[1].balance.version, 2);
}

static void a_claim_posts_a_credit_with_the_total(void **state)
{
	(void)state;
	grant();
	attend();
	assert_int_equal(post.entries, 1);
	assert_int_equal(post.entry[0].kind, ENTRY_CREDIT);
	assert_int_equal(post.entry[0].number, 1);
	assert_int_equal(post.entry[0].value, 2 * CREDIT_ONE);
	assert_int_equal(post.entry[0].total, 2 * CREDIT_ONE);
	assert_true(text_is(post.view[0].cause_id, "a1"));
	assert_int_equal(post.changes, 1);
	assert_int_equal(post.change[0].kind, CHANGE_BALANCE);
	assert_int_equal(post.change[0].entries, 1);
}

static void a_reversal_takes_back_and_its_reversal_restores(void **state)
{
	(void)state;
	grant();
	attend();
	reverse("r1", "a1");
	assert_int_equal(post.entries, 1);
	assert_int_equal(post.entry[0].kind, ENTRY_REVERSAL);
	assert_int_equal(post.entry[0].value, -2 * CREDIT_ONE);
	assert_int_equal(post.entry[0].total, 0);
	assert_true(text_is(post.view[0].cause_id, "a1"));
	reverse("r2", "r1");
	assert_int_equal(post.entries, 1);
	assert_int_equal(post.entry[0].kind, ENTRY_CORRECTION);
	assert_int_equal(post.entry[0].total, 2 * CREDIT_ONE);
	assert_int_equal(post.entry[0].number, 3);
}

static void a_reversed_grant_removes_balance_and_certification(void **state)
{
	(void)state;
	grant();
	attend();
	reverse("r1", "g1");
	assert_int_equal(post.entries, 1);
	assert_int_equal(post.entry[0].value, -2 * CREDIT_ONE);
	assert_int_equal(post.changes, 2);
	assert_int_equal(
	    post.change[0].certification.what, CERTIFICATION_REMOVED);
	assert_true(post.change[1].balance.removed);
}

static void a_request_without_its_event_is_told_as_removed(void **state)
{
	(void)state;
	grant();
	say("{'id':'q1','type':'recognition.requested','member':'canfitpro/1',"
	    "'data':{'request':'R1','activity':{'kind':'workshop','title':'a',"
	    "'completed_on':'2026-03-01','contact_minutes':240}}}");
	assert_int_equal(post.changes, 1);
	assert_int_equal(post.change[0].kind, CHANGE_REQUEST);
	assert_false(post.change[0].request.removed);
	reverse("r1", "q1");
	assert_int_equal(post.changes, 1);
	assert_int_equal(post.change[0].kind, CHANGE_REQUEST);
	assert_true(post.change[0].request.removed);
}

static void without_a_change_nothing_is_said(void **state)
{
	(void)state;
	grant();
	day("2026-07-01");
	assert_int_equal(post.changes, 0);
	assert_int_equal(post.entries, 0);
	say("{'id':'a2','type':'activity.completed','member':'canfitpro/1',"
	    "'data':{'activity':{'kind':'workout','title':'a','completed_on':"
	    "'2026-03-01','contact_minutes':240,'accredited_by':'canfitpro'}}"
	    "}");
	assert_int_equal(post.changes, 0);
	assert_int_equal(post.entries, 0);
}

static void each_mark_gives_one_notice_and_the_end_its_messages(void **state)
{
	(void)state;
	grant();
	day("2026-10-16"); /* 90 days before 2027-01-14 */
	assert_int_equal(post.changes, 1);
	assert_int_equal(post.change[0].kind, CHANGE_NOTICE);
	assert_int_equal(post.change[0].notice.days, 90);
	day("2026-10-20");
	assert_int_equal(post.changes, 0);
	day("2027-01-10"); /* past 60, 30 and 7: the nearest */
	assert_int_equal(post.changes, 1);
	assert_int_equal(post.change[0].notice.days, 7);
	day("2027-01-15");
	assert_int_equal(post.changes, 2);
	assert_int_equal(
	    post.change[0].certification.what, CERTIFICATION_GRACE);
	assert_int_equal(post.change[0].certification.on, date_of(2027, 1, 15));
	assert_int_equal(post.change[1].kind, CHANGE_BALANCE);
}

static size_t render(const struct post *of, char *ret, size_t most)
{
	struct post_asker asker = {.may_read = true, .explain = true};
	struct answer_result result;
	struct wire_writer writer = {0};
	size_t size;

	assert_int_equal(post_result(of, 1, &asker, &arena, &result), 0);
	answer_result(&writer, &result);
	assert_false(writer.failed);
	assert_true(writer.size < most);
	memcpy(ret, writer.data, writer.size);
	size = writer.size;
	wire_writer_fini(&writer);
	return size;
}

/* A repeated id is answered as it was the first time, whatever came since. */
#define SAY(id, type, data)                                                    \
	say("{'id':'" id "','type':'" type "','member':'canfitpro/1','data':"  \
	    "{" data "}}")

/* Who sums entries must know what only informs, however often it changes. */
static void a_later_carry_out_is_still_one(void **state)
{
	size_t outs = 0;

	(void)state;
	SAY("g1", "certification.granted",
	    "'designation':'FIS','granted_on':'2025-06-15'");
	SAY("m1", "requirement.met",
	    "'requirement':'membership','met_on':'2026-01-10'");
	SAY("m2", "requirement.met",
	    "'requirement':'cpr-a','met_on':'2026-01-10'");
	SAY("a1", "activity.completed",
	    "'activity':{'kind':'workshop','completed_on':'2026-03-01',"
	    "'contact_minutes':480,'accredited_by':'canfitpro'}");
	SAY("q1", "recognition.requested",
	    "'request':'R','activity':{'kind':'workshop','completed_on':"
	    "'2026-03-02','contact_minutes':240},'evidence':[{'kind':"
	    "'attendance'},{'kind':'description'}]");
	SAY("d1", "recognition.decided",
	    "'request':'R','decision':'approved','reviewer':'j.doe'");
	SAY("p1", "recognition.paid",
	    "'request':'R','amount':'11.00','currency':'CAD','reference':'1'");
	SAY("n1", "certification.renewed",
	    "'designation':'FIS','renewed_on':'2026-06-10'");
	SAY("p2", "recognition.paid",
	    "'request':'R','amount':'11.00','currency':'CAD','reference':'2'");
	for (size_t i = 0; i < post.entries; i++) {
		if (post.entry[i].account != ACCOUNT_CARRY_OUT)
			continue;
		outs++;
		assert_int_equal(post.entry[i].kind, ENTRY_CARRY_OUT);
		assert_int_equal(post.entry[i].value, CREDIT_ONE);
	}
	assert_int_equal(outs, 1);
}

static void a_difference_can_be_recalled(void **state)
{
	struct post again;
	char first[4096], second[4096];
	size_t size;

	(void)state;
	grant();
	attend();
	assert_int_equal(post_recall(&member, 1, programs, &arena, &again), 0);
	assert_int_equal(again.entries, post.entries);
	assert_int_equal(again.changes, post.changes);
	size = render(&again, first, sizeof(first));
	reverse("r1", "a1");
	day("2026-10-16");
	assert_int_equal(post_recall(&member, 1, programs, &arena, &again), 0);
	assert_int_equal(render(&again, second, sizeof(second)), size);
	assert_memory_equal(first, second, size);
	assert_int_equal(again.event.offset, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_grant_tells_the_certification_then_its_balance),
	    TEST(a_claim_posts_a_credit_with_the_total),
	    TEST(a_reversal_takes_back_and_its_reversal_restores),
	    TEST(a_reversed_grant_removes_balance_and_certification),
	    TEST(a_request_without_its_event_is_told_as_removed),
	    TEST(without_a_change_nothing_is_said),
	    TEST(each_mark_gives_one_notice_and_the_end_its_messages),
	    TEST(a_later_carry_out_is_still_one),
	    TEST(a_difference_can_be_recalled),
	};
	int failed = cmocka_run_group_tests_name("post", tests, NULL, NULL);

	programs_destroy(programs);
	history_fini(&history);
	return failed;
}
