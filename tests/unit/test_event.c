/* event.h: what is refused and how, what is decoded, what is the same. */
#include "event.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pack.h"
#include "unit.h"

static const uint8_t key[EVENT_KEY_SIZE] = {1, 2, 3};
static char message[EVENT_MESSAGE_SIZE];
static struct arena arena;
static struct wire_writer body;
static struct event event;

static int decode(const char *json)
{
	wire_writer_reset(&body);
	pack_json(&body, json);
	arena_reset(&arena);
	return event_decode(wire_written(&body), key, &arena, &event, message);
}

/* The body of an event of `type` with `data`. */
static const char *of(const char *type, const char *data)
{
	static char json[200000];

	snprintf(json, sizeof(json),
	    "{'id': 'e1', 'type': '%s', 'member': 'cpc/1', 'data': %s}", type,
	    data);
	return json;
}

/* An activity.completed whose activity has a kind, a date and `more`. */
static const char *activity(const char *more)
{
	static char data[150000];

	snprintf(data, sizeof(data),
	    "{'activity': {'kind': 'lecture', 'completed_on': '2026-01-02'%s}}",
	    more);
	return of("activity.completed", data);
}

static void assert_refused(const char *json, const char *wanted)
{
	if (decode(json) != -EINVAL)
		fail_msg("accepted: %.200s", json);
	if (strstr(message, wanted) == NULL)
		fail_msg("'%s' is not in '%s'", wanted, message);
	assert_true(text_is_utf8(text_of(message)));
}

static void assert_accepted(const char *json)
{
	if (decode(json) != 0)
		fail_msg("%s: %.200s", message, json);
}

static void every_type_is_decoded(void **state)
{
	static const struct {
		const char *type, *data;
	} cases[] = {{"certification.granted",
			 "{'designation':'FIS','granted_on':'2026-01-01',"
			 "'jurisdiction':'CA-ON'}"},
	    {"certification.renewed",
		"{'designation':'FIS','renewed_on':'2026-01-01'}"},
	    {"certification.transferred",
		"{'designation':'ACSM-CPT','transferred_on':'2026-01-01',"
		"'from':{'organization':'csep','number':'4',"
		"'designation':'CSEP-CPT'}}"},
	    {"activity.completed",
		"{'activity':{'code':'CDP','completed_on':'2026-01-01'},"
		"'designations':['MCRS']}"},
	    {"recognition.requested",
		"{'request':'r1','activity':{'kind':'course',"
		"'completed_on':'2026-01-01'},'evidence':[]}"},
	    {"recognition.evidence",
		"{'request':'r1','evidence':[{'kind':'copy','uri':'u',"
		"'sha256':'00112233445566778899aabbccddeeff"
		"00112233445566778899AABBCCDDEEFF','media_type':'a/b'}]}"},
	    {"recognition.decided",
		"{'request':'r1','decision':'approved','credits':'1.5',"
		"'reviewer':'x','reason':'good'}"},
	    {"recognition.paid",
		"{'request':'r1','amount':'49.72','currency':'CAD',"
		"'reference':'p1'}"},
	    {"recognition.withdrawn", "{'request':'r1'}"},
	    {"requirement.met",
		"{'requirement':'cpr-a','met_on':'2026-01-01',"
		"'expires_on':'2027-01-01','designation':'FIS'}"},
	    {"credit.adjusted",
		"{'designation':'FIS','credits':-1,'on':'2026-01-01',"
		"'reason':'why','author':'me'}"},
	    {"event.reversed", "{'event':'e2','reason':'why'}"}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_accepted(of(cases[i].type, cases[i].data));
		assert_int_equal(event.fact.type, EVENT_GRANTED + i);
		assert_true(text_is(event.fact.id, "e1"));
		assert_true(text_is(event.organization, "cpc"));
		assert_true(text_is(event.number, "1"));
		assert_false(event.has_source);
	}
}

static void an_activity_becomes_a_fact(void **state)
{
	(void)state;
	assert_accepted(activity(
	    ",'title':'T','contact_hours':1.5,'quantity':'2.50','unit':'day',"
	    "'role':'presenter','topics':['a','b'],'passed':false,"
	    "'presenter_certified_by':['csep'],'grade':'B+','extra':{'x':1}"));
	assert_int_equal(event.fact.activity.minutes.numerator, 90);
	assert_int_equal(event.fact.activity.minutes.denominator, 1);
	assert_int_equal(event.fact.activity.quantity, 25000);
	assert_int_equal(event.fact.activity.unit, UNIT_DAY);
	assert_int_equal(event.fact.activity.role, ROLE_PRESENTER);
	assert_int_equal(event.fact.activity.passed, ANSWER_NO);
	assert_int_equal(event.fact.activity.topics.count, 2);
	assert_int_equal(event.fact.activity.title.length, FACT_DIGEST_SIZE);
	assert_int_equal(event.fact.designations.count, 0);
	/* minutes count where both are given; hours stay exact */
	assert_accepted(activity(",'contact_hours':9,'contact_minutes':'45'"));
	assert_int_equal(event.fact.activity.minutes.numerator, 45);
	assert_accepted(activity(",'contact_hours':'0.3333'"));
	assert_int_equal(event.fact.activity.minutes.numerator, 9999);
	assert_int_equal(event.fact.activity.minutes.denominator, 500);
	assert_accepted(activity(""));
	assert_false(event.fact.activity.has_minutes);
	assert_false(event.fact.activity.has_role);
}

static void the_envelope_is_decoded(void **state)
{
	(void)state;
	assert_accepted("{'id':'e1','type':'recognition.withdrawn',"
			"'member':'cpc/1','source':'desk','dry_run':true,"
			"'explain':true,'occurred_at':'1970-01-01T00:00:01Z',"
			"'data':{'request':'r','reason':null}}");
	assert_true(event.dry_run && event.explain && event.has_source);
	assert_true(text_is(event.source, "desk"));
	assert_true(event.fact.has_occurred_at);
	assert_int_equal(event.fact.occurred_at, 1000000);
	assert_accepted("{'id':'e1','type':'recognition.withdrawn',"
			"'member':'cpc/1','source':null,'dry_run':null,"
			"'occurred_at':null,'data':{'request':'r'}}");
	assert_false(
	    event.dry_run || event.has_source || event.fact.has_occurred_at);
}

static void mistakes_are_named_with_their_path(void **state)
{
	(void)state;
	assert_refused(activity(",'contact_minuts':90"),
	    "data.activity.contact_minuts: unknown key (known here: "
	    "completed_on, kind, code");
	assert_refused(of("certification.granted",
			   "{'designation':'FIS','granted_on':'2026-3-1'}"),
	    "data.granted_on: a date such as 2026-03-01");
	assert_refused(
	    of("certification.granted", "{'granted_on':'2026-03-01'}"),
	    "data.designation: it is missing");
	assert_refused(of("certification.granted",
			   "{'designation':null,'granted_on':'2026-03-01'}"),
	    "data.designation: it is missing");
	assert_refused("{'id':'e','member':'cpc/1','data':{}}", "type: it is");
	assert_refused("{'id':'e','member':'cpc/1','type':'x','data':{}}",
	    "type: one of certification.granted, ");
	assert_refused("{'id':'e','member':'cpc/1','type':'system.day',"
		       "'data':{}}",
	    "type: one of");
	assert_refused("{'id':'e','member':'CPC/1','type':'event.reversed',"
		       "'data':{}}",
	    "member: a member such as");
	assert_refused("{'id':'e','idd':'e'}", "idd: unknown key");
	assert_refused("{'id':'e','member':'cpc/1','type':'event.reversed',"
		       "'data':[]}",
	    "data: a map was expected");
	assert_refused("[]", "a map was expected");
	assert_refused("{'id':'e e'}", "id: an id");
	assert_refused(of("recognition.evidence",
			   "{'request':'r','evidence':[{'kind':'a'},"
			   "{'kind':'b','url':'u'}]}"),
	    "data.evidence[1].url: unknown key");
	assert_refused(of("recognition.evidence",
			   "{'request':'r','evidence':[{'uri':'a'}]}"),
	    "data.evidence[0].kind: it is missing");
	assert_refused(of("activity.completed", "{'activity':{'kind':'a',"
						"'completed_on':'2026-01-01'},"
						"'designations':['A','b c']}"),
	    "data.designations[1]: an id");
	assert_refused(of("certification.transferred",
			   "{'designation':'A','transferred_on':'2026-01-01',"
			   "'from':{'organization':'csep','number':'1'}}"),
	    "data.from.designation: it is missing");
	assert_refused(activity(",'line\\nbreak\\u001b':1"),
	    "data.activity.line?break?: unknown key");
}

static void values_must_be_what_they_say(void **state)
{
	static const char *const bad[] = {"'contact_minutes':-1",
	    "'contact_minutes':1.5", "'contact_minutes':'1.5'",
	    "'contact_minutes':10000001", "'contact_minutes':true",
	    "'contact_minutes':[]", "'contact_hours':-0.1",
	    "'contact_hours':1000000.1", "'contact_hours':0.33333",
	    "'contact_hours':'1,5'", "'contact_hours':'1e3'",
	    "'quantity':'0.00001'", "'quantity':9223372036854775807",
	    "'unit':'hour'", "'unit':''", "'role':'Presenter'", "'role':1",
	    "'passed':1", "'passed':'true'", "'topics':'a'", "'topics':[1]",
	    "'topics':[null]", "'presenter_certified_by':['CSEP']",
	    "'extra':[]", "'extra':1", "'started_on':'1899-12-31'",
	    "'category':''", "'code':'a b'", "'title':5"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char more[100];

		snprintf(more, sizeof(more), ",%s", bad[i]);
		assert_refused(activity(more), "data.activity.");
	}
	assert_refused(of("activity.completed",
			   "{'activity':{'completed_on':'2026-01-01'}}"),
	    "data.activity: one of kind and code is required");
	assert_refused(of("activity.completed",
			   "{'activity':{'kind':'a',"
			   "'completed_on':'2026-01-01'},'designations':[]}"),
	    "data.designations: an empty list");
	assert_refused(
	    of("recognition.evidence", "{'request':'r','evidence':[]}"),
	    "data.evidence: an empty list");
	assert_refused(
	    of("recognition.paid", "{'request':'r','amount':0,'currency':'CAD',"
				   "'reference':'p'}"),
	    "data.amount: a decimal");
	assert_refused(
	    of("recognition.paid", "{'request':'r','amount':'10000000.01',"
				   "'currency':'CAD','reference':'p'}"),
	    "data.amount");
	assert_refused(
	    of("recognition.paid", "{'request':'r','amount':'1.001',"
				   "'currency':'CAD','reference':'p'}"),
	    "data.amount");
	assert_refused(
	    of("recognition.paid", "{'request':'r','amount':1,'currency':'cad',"
				   "'reference':'p'}"),
	    "data.currency: a currency");
	assert_refused(of("recognition.decided",
			   "{'request':'r','decision':'approved','credits':-1,"
			   "'reviewer':'x'}"),
	    "data.credits");
	assert_refused(
	    of("recognition.decided", "{'request':'r','decision':'maybe',"
				      "'reviewer':'x'}"),
	    "approved or declined");
	assert_refused(of("credit.adjusted",
			   "{'designation':'F','credits':'-1000000.0001',"
			   "'on':'2026-01-01','reason':'','author':'a'}"),
	    "data.credits");
	assert_refused(of("recognition.evidence",
			   "{'request':'r','evidence':[{'kind':'copy',"
			   "'sha256':'00'}]}"),
	    "sha256: a SHA-256");
}

/* `count` times `piece` in a JSON list of activity's key `name`. */
static const char *many(const char *name, size_t count)
{
	static char more[140000];
	size_t length = (size_t)sprintf(more, ",'%s':[", name);

	for (size_t i = 0; i < count; i++)
		length +=
		    (size_t)sprintf(more + length, "%s'a'", i > 0 ? "," : "");
	sprintf(more + length, "]");
	return activity(more);
}

/* An activity with a text of `size` bytes under `name`. */
static const char *large(const char *name, size_t size)
{
	static char more[140000];
	size_t length = (size_t)sprintf(more, ",'%s':'", name);

	memset(more + length, 'x', size);
	strcpy(more + length + size, "'");
	return activity(more);
}

static void sizes_are_bounded(void **state)
{
	(void)state;
	assert_accepted(many("topics", 64));
	assert_refused(many("topics", 65), "data.activity.topics: a list has");
	assert_accepted(large("title", 4096));
	assert_refused(large("title", 4097), "data.activity.title: text");
	assert_accepted(large("category", 128));
	assert_refused(large("category", 129), "data.activity.category");
	assert_refused(large("title", 65536), "longer than 64 KiB");
	assert_accepted(activity(",'extra':{'a':{'b':{'c':{'d':[1]}}}}"));
	assert_refused(
	    activity(",'extra':{'a':{'b':{'c':{'d':[[1]]}}}}"), "deeper");
}

static void no_event_reverses_itself(void **state)
{
	static const char format[] =
	    "{'id':'e1','type':'event.reversed','member':'cpc/1'%s,"
	    "'data':{'event':'e1','reason':'r'%s}}";
	char json[300];

	(void)state;
	snprintf(json, sizeof(json), format, "", "");
	assert_refused(json, "data.event: an event can't reverse itself");
	snprintf(json, sizeof(json), format, ",'source':'a'", ",'source':'a'");
	assert_refused(json, "reverse itself");
	snprintf(json, sizeof(json), format, ",'source':'a'", "");
	assert_refused(json, "reverse itself");
	snprintf(json, sizeof(json), format, ",'source':'a'", ",'source':'b'");
	assert_accepted(json);
	assert_true(text_is(event.fact.target_source, "b"));
	snprintf(json, sizeof(json), format, "", ",'source':'b'");
	assert_accepted(json);
}

static void digest_of(const char *json, bool otherwise, uint8_t *ret)
{
	wire_writer_reset(&body);
	if (otherwise)
		pack_json_otherwise(&body, json);
	else
		pack_json(&body, json);
	arena_reset(&arena);
	if (event_decode(wire_written(&body), key, &arena, &event, message) !=
	    0)
		fail_msg("%s: %.200s", message, json);
	memcpy(ret, event.digest, FACT_DIGEST_SIZE);
}

static bool same(const char *a, const char *b)
{
	uint8_t first[FACT_DIGEST_SIZE], second[FACT_DIGEST_SIZE];
	char *copy = strdup(a); /* activity() has but one buffer */
	char *other = strdup(b);

	digest_of(copy, false, first);
	digest_of(other, true, second);
	free(copy);
	free(other);
	return memcmp(first, second, sizeof(first)) == 0;
}

static bool same_activity(const char *a, const char *b)
{
	char *first = strdup(activity(a));
	bool ret = same(first, activity(b));

	free(first);
	return ret;
}

static void form_does_not_matter(void **state)
{
	(void)state;
	assert_true(same_activity("", ""));
	assert_true(same_activity(",'title':null", ""));
	assert_true(
	    same_activity(",'contact_hours':1.5", ",'contact_hours':'1.50'"));
	assert_true(
	    same_activity(",'contact_hours':2", ",'contact_hours':2.0"));
	assert_true(same_activity(",'extra':{'a':1,'b':{'c':300,'d':[1,2]}}",
	    ",'extra':{'b':{'d':[1,2],'c':300},'a':1}"));
	assert_true(
	    same("{'id':'1','type':'recognition.withdrawn','member':'cpc/1',"
		 "'occurred_at':'2026-01-01T00:00:00Z','data':{'request':'r'}}",
		"{'dry_run':true,'explain':true,'source':'x','id':'2',"
		"'type':'recognition.withdrawn','member':'cpc/2',"
		"'occurred_at':'2025-12-31T19:00:00.000-05:00',"
		"'data':{'request':'r','reason':null}}"));
}

static void content_matters(void **state)
{
	static const struct {
		const char *a, *b;
	} pairs[] = {{",'title':'a'", ",'title':'b'"}, {"", ",'title':''"},
	    {",'contact_hours':2", ",'contact_minutes':120"},
	    {",'contact_minutes':1,'contact_hours':2",
		",'contact_minutes':1,'contact_hours':3"},
	    {",'topics':['a','b']", ",'topics':['b','a']"},
	    {",'topics':['ab']", ",'topics':['a','b']"}, {"", ",'topics':[]"},
	    {"", ",'extra':{}"}, {",'extra':{'a':1}", ",'extra':{'a':1.0}"},
	    {",'extra':{'a':1}", ",'extra':{'a':'1'}"},
	    {",'extra':{'a':null}", ",'extra':{}"},
	    {",'extra':{'a':[1,2]}", ",'extra':{'a':[2,1]}"},
	    {",'extra':{'a':[[],1]}", ",'extra':{'a':[[1]]}"},
	    {"", ",'role':'attendee'"}, {",'passed':true", ",'passed':false"},
	    {",'provider':'x'", ",'accredited_by':'x'"},
	    {",'title':'x'", ",'grade':'x'"}};

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		if (same_activity(pairs[i].a, pairs[i].b))
			fail_msg("%s = %s", pairs[i].a, pairs[i].b);
	}
	assert_false(same(of("recognition.withdrawn", "{'request':'r'}"),
	    "{'id':'e1','type':'recognition.withdrawn','member':'cpc/1',"
	    "'data':{'request':'r','reason':'x'}}"));
	assert_false(same(
	    "{'id':'e1','type':'recognition.withdrawn','member':'cpc/1',"
	    "'data':{'request':'r'}}",
	    "{'id':'e1','type':'recognition.withdrawn','member':'cpc/1',"
	    "'occurred_at':'1970-01-01T00:00:00Z','data':{'request':'r'}}"));
}

/* Digests are kept for ever: another one here would turn every repeated event
 * into a conflict. */
static void digests_of_today_are_those_of_tomorrow(void **state)
{
	uint8_t digest[FACT_DIGEST_SIZE];
	char hex[2 * FACT_DIGEST_SIZE + 1];

	(void)state;
	digest_of(activity(",'title':'T','contact_hours':1.5,'topics':['a'],"
			   "'role':'author','extra':{'b':[1,null],'a':-1}"),
	    false, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, "c3c20d44550a1b24f9b25503998efa03");
}

static void evidence_is_part_of_the_content(void **state)
{
	const char *plain = "{'id':'e','type':'recognition.evidence',"
			    "'member':'cpc/1','data':{'request':'r',"
			    "'evidence':[{'kind':'copy'},{'kind':'x'}]}}";
	const char *more = "{'id':'e','type':'recognition.evidence',"
			   "'member':'cpc/1','data':{'request':'r',"
			   "'evidence':[{'kind':'copy','uri':'u'},"
			   "{'kind':'x'}]}}";

	(void)state;
	assert_true(same(plain, plain));
	assert_false(same(plain, more));
	assert_accepted(more);
	assert_int_equal(event.fact.evidence.count, 2);
	assert_true(text_is(event.fact.evidence.item[0], "copy"));
}

static void long_text_is_shortened_but_stays_different(void **state)
{
	char first[FACT_TEXT_MOST + 1] = "";
	struct text provider;

	(void)state;
	assert_accepted(large("provider", 128));
	assert_int_equal(event.fact.activity.provider.length, 128);
	assert_int_equal(event.fact.activity.provider.at[95], 'x');
	assert_accepted(large("provider", 129));
	provider = event.fact.activity.provider;
	assert_int_equal(provider.length, 128);
	assert_int_equal(provider.at[95], '~');
	memcpy(first, provider.at, 128);
	assert_accepted(large("provider", 130));
	assert_memory_not_equal(event.fact.activity.provider.at, first, 128);
	assert_accepted(large("provider", 129));
	assert_memory_equal(event.fact.activity.provider.at, first, 128);
	assert_true(text_is_utf8(event.fact.activity.provider));
}

static void words_are_found_for_people(void **state)
{
	struct event_words words;

	(void)state;
	assert_accepted(activity(",'title':'A talk'"));
	event_words(wire_written(&body), &words);
	assert_true(text_is(words.title, "A talk"));
	assert_null(words.reason.at);
	assert_accepted(of("recognition.decided",
	    "{'request':'r','decision':'declined','reviewer':'x',"
	    "'reason':'too short'}"));
	event_words(wire_written(&body), &words);
	assert_true(text_is(words.reviewer, "x"));
	assert_true(text_is(words.reason, "too short"));
	event_words(TEXT("\xc1"), &words);
	assert_null(words.title.at);
	event_words(TEXT_NONE, &words);
}

/* What JSON can't say. */
static void msgpack_is_checked_first(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *wanted;
	} cases[] = {{"\x82\xa2id\xa1"
		      "a\xa2id\xa1"
		      "b",
			 11, "twice"},
	    {"\x81\xa2id\xc4\x01"
	     "a",
		7, "binary"},
	    {"\x80\x80", 2, "after"},
	    {"\x81\xa2id\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 13, "id: an id"},
	    {"", 0, "cut short"}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text bytes = {cases[i].bytes, cases[i].size};

		assert_int_equal(
		    event_decode(bytes, key, &arena, &event, message), -EINVAL);
		if (strstr(message, cases[i].wanted) == NULL)
			fail_msg("%s", message);
	}
}

static int stop(void **state)
{
	(void)state;
	arena_fini(&arena);
	wire_writer_fini(&body);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_type_is_decoded),
	    cmocka_unit_test(an_activity_becomes_a_fact),
	    cmocka_unit_test(the_envelope_is_decoded),
	    cmocka_unit_test(mistakes_are_named_with_their_path),
	    cmocka_unit_test(values_must_be_what_they_say),
	    cmocka_unit_test(sizes_are_bounded),
	    cmocka_unit_test(no_event_reverses_itself),
	    cmocka_unit_test(form_does_not_matter),
	    cmocka_unit_test(content_matters),
	    cmocka_unit_test(digests_of_today_are_those_of_tomorrow),
	    cmocka_unit_test(evidence_is_part_of_the_content),
	    cmocka_unit_test(long_text_is_shortened_but_stays_different),
	    cmocka_unit_test(words_are_found_for_people),
	    cmocka_unit_test(msgpack_is_checked_first)};

	return cmocka_run_group_tests(tests, NULL, stop);
}
