/* Random histories of a member: any order of arrival ends the same, and what
 * stands in the ledger adds up. `SEED` and `HISTORIES` in the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "history.h"

#define FACTS_MOST 40
#define ORDERS     4

static struct history history;
static struct arena arena;
static uint64_t state;

static unsigned pick(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % below);
}

#define ONE_OF(list) (list)[pick(sizeof(list) / sizeof((list)[0]))]

static const char *const fitness_names[] = {"FIS", "PTS", "OAS", "XXX"};
static const char *const career_names[] = {"MCRS", "CRS", "MCIS", "XXX"};
static bool career; /* which of the two programs is played */

/* What the histories came to: they must not be empty of what matters. */
static struct {
	size_t facts, renewed, carried, credited, cut, reversed;
} seen;

static const char *a_designation(void)
{
	return career ? ONE_OF(career_names) : ONE_OF(fitness_names);
}

static json_t *a_date(void)
{
	char buffer[DATE_TEXT_SIZE];
	date_t date = date_of(2024, 1, 1) + (date_t)pick(1100);

	/* Dates meet often, so that orders by (source, id) matter. */
	if (pick(2) == 0)
		date = date_of(2024 + (int)pick(3), 1 + 3 * (int)pick(4), 15);
	(void)date_write(date, buffer);
	return json_string(buffer);
}

static json_t *an_activity(void)
{
	static const char *const kinds[] = {"workshop", "course", "conference",
	    "published-work", "master-class", "lecture"};
	static const char *const codes[] = {
	    "CDP", "WEBINAR", "CERT-SELF-STUDY", "CERT-SELF-STUDY", "SUMMIT"};
	static const char *const titles[] = {"One", "Two"};
	static const char *const roles[] = {
	    "attendee", "presenter", "author", "coauthor"};
	static const char *const categories[] = {"CRS", "CIS", "other"};
	json_t *a = json_object();

	json_object_set_new(a, "completed_on", a_date());
	if (career)
		json_object_set_new(a, "code", json_string(ONE_OF(codes)));
	else
		json_object_set_new(a, "kind", json_string(ONE_OF(kinds)));
	if (pick(3) > 0)
		json_object_set_new(a, "title", json_string(ONE_OF(titles)));
	if (pick(4) > 0)
		json_object_set_new(
		    a, "contact_minutes", json_integer(30 * pick(30)));
	if (pick(3) > 0)
		json_object_set_new(a, "accredited_by",
		    json_string(career ? "cpc" : "canfitpro"));
	if (pick(3) == 0)
		json_object_set_new(a, "role", json_string(ONE_OF(roles)));
	if (pick(3) == 0)
		json_object_set_new(
		    a, "category", json_string(ONE_OF(categories)));
	if (pick(3) > 0)
		json_object_set_new(a, "passed", json_boolean(pick(4) > 0));
	return a;
}

static json_t *some_evidence(void)
{
	static const char *const kinds[] = {
	    "attendance", "description", "transcript", "copy"};
	json_t *list = json_array();

	for (unsigned i = 0, n = 1 + pick(3); i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:s}", "kind", ONE_OF(kinds)));
	return list;
}

static void add_money(json_t *data, const char *key, unsigned cents)
{
	char buffer[EXACT_TEXT_SIZE];

	(void)snprintf(
	    buffer, sizeof(buffer), "%u.%02u", cents / 100, cents % 100);
	json_object_set_new(data, key, json_string(buffer));
}

static const char *certification_data(json_t *data)
{
	static const char *const places[] = {
	    "CA-ON", "CA-QC", "CA-NS", "CA-BC", "US-NY"};

	json_object_set_new(data, "designation", json_string(a_designation()));
	if (pick(3) > 0) {
		json_object_set_new(data, "renewed_on", a_date());
		return "certification.renewed";
	}
	json_object_set_new(data, "granted_on", a_date());
	if (pick(2) == 0)
		json_object_set_new(
		    data, "jurisdiction", json_string(ONE_OF(places)));
	return "certification.granted";
}

static const char *request_data(json_t *data)
{
	static const char *const names[] = {"R1", "R2", "R3"};

	json_object_set_new(data, "request", json_string(ONE_OF(names)));
	switch (pick(7)) {
	case 0:
	case 1:
		json_object_set_new(data, "activity", an_activity());
		if (pick(2) == 0)
			json_object_set_new(data, "evidence", some_evidence());
		return "recognition.requested";
	case 2:
		json_object_set_new(data, "evidence", some_evidence());
		return "recognition.evidence";
	case 3:
	case 4:
		json_object_set_new(data, "decision",
		    json_string(pick(6) > 0 ? "approved" : "declined"));
		json_object_set_new(data, "reviewer", json_string("j.doe"));
		if (pick(3) == 0)
			json_object_set_new(
			    data, "credits", json_integer(pick(6)));
		return "recognition.decided";
	case 5:
		add_money(data, "amount", 1 + pick(6000));
		json_object_set_new(
		    data, "currency", json_string(pick(8) > 0 ? "CAD" : "USD"));
		json_object_set_new(data, "reference", json_string("x"));
		return "recognition.paid";
	default:
		return pick(3) == 0 ? "recognition.withdrawn" : NULL;
	}
}

static const char *other_data(json_t *data, unsigned facts)
{
	static const char *const wants[] = {"membership", "cpr-a",
	    "practical-exam", "membership", "cpr-a", "unheard-of"};
	char id[16];

	switch (pick(4)) {
	case 0:
	case 1:
		json_object_set_new(
		    data, "requirement", json_string(ONE_OF(wants)));
		json_object_set_new(data, "met_on", a_date());
		if (pick(3) == 0)
			json_object_set_new(data, "expires_on", a_date());
		if (pick(3) == 0)
			json_object_set_new(
			    data, "designation", json_string(a_designation()));
		return "requirement.met";
	case 2:
		json_object_set_new(
		    data, "designation", json_string(a_designation()));
		json_object_set_new(
		    data, "credits", json_integer((int)pick(9) - 3));
		json_object_set_new(data, "on", a_date());
		json_object_set_new(data, "reason", json_string("audit"));
		json_object_set_new(data, "author", json_string("j.doe"));
		return "credit.adjusted";
	default:
		(void)snprintf(id, sizeof(id), "e%u", pick(facts + 2));
		json_object_set_new(data, "event", json_string(id));
		json_object_set_new(data, "reason", json_string("mistake"));
		return "event.reversed";
	}
}

static void add_random(unsigned number, unsigned facts)
{
	char id[16], when[40], message[EVENT_MESSAGE_SIZE];
	json_t *data = json_object(), *event;
	const char *type;
	size_t index;

	switch (pick(10)) {
	case 0:
	case 1:
	case 2:
		type = certification_data(data);
		break;
	case 3:
	case 4:
		json_object_set_new(data, "activity", an_activity());
		if (pick(3) == 0)
			json_object_set_new(data, "designations",
			    json_pack("[s,s]", a_designation(), "PTS"));
		type = "activity.completed";
		break;
	case 5:
	case 6:
	case 7:
		type = request_data(data);
		break;
	default:
		type = other_data(data, facts);
		break;
	}
	if (type != NULL) {
		(void)snprintf(id, sizeof(id), "e%u", number);
		(void)snprintf(
		    when, sizeof(when), "2026-03-0%uT12:00:00Z", 1 + pick(3));
		event = json_pack("{s:s,s:s,s:s,s:O}", "id", id, "type", type,
		    "member", career ? "cpc/1" : "canfitpro/1", "data", data);
		if (pick(2) == 0)
			json_object_set_new(
			    event, "occurred_at", json_string(when));
		(void)history_add(&history, event, &index, message);
		json_decref(event);
	}
	json_decref(data);
}

static void add_json(json_t *event)
{
	char message[EVENT_MESSAGE_SIZE];
	size_t index;

	assert_non_null(event);
	assert_int_not_equal(
	    history_add(&history, event, &index, message), HISTORY_REFUSED);
	json_decref(event);
}

/* What plausibly happens to one certification in a year: it is kept up, some
 * of it late or not at all, and requests are seen through to the end. */
static void add_year(const char *name, int year)
{
	static const char *const days[] = {"03-10", "06-10", "11-20"};
	char date[40], id[64], request[40];
	const char *member = "canfitpro/1";

	for (int i = 0; i < 3; i++) {
		(void)snprintf(date, sizeof(date), "%d-%s", year, days[i]);
		(void)snprintf(
		    request, sizeof(request), "%s%d-%d", name, year, i);
		if (pick(4) == 0)
			continue;
		(void)snprintf(id, sizeof(id), "r%s", request);
		add_json(json_pack(
		    "{s:s,s:s,s:s,s:{s:s,s:{s:s,s:s,s:i},s:[{s:s},"
		    "{s:s}]}}",
		    "id", id, "type", "recognition.requested", "member", member,
		    "data", "request", request, "activity", "kind", "workshop",
		    "completed_on", date, "contact_minutes", 60 * (int)pick(9),
		    "evidence", "kind", "attendance", "kind", "description"));
		(void)snprintf(id, sizeof(id), "d%s", request);
		if (pick(8) > 0)
			add_json(json_pack("{s:s,s:s,s:s,s:{s:s,s:s,s:s}}",
			    "id", id, "type", "recognition.decided", "member",
			    member, "data", "request", request, "decision",
			    "approved", "reviewer", "j.doe"));
		(void)snprintf(id, sizeof(id), "p%s", request);
		add_json(json_pack("{s:s,s:s,s:s,s:{s:s,s:i,s:s,s:s}}", "id",
		    id, "type", "recognition.paid", "member", member, "data",
		    "request", request, "amount", 5 + (int)pick(60), "currency",
		    "CAD", "reference", "x"));
	}
	(void)snprintf(date, sizeof(date), "%d-04-01", year);
	(void)snprintf(id, sizeof(id), "a%s%d", name, year);
	add_json(json_pack("{s:s,s:s,s:s,s:{s:{s:s,s:s,s:i,s:s}}}", "id", id,
	    "type", "activity.completed", "member", member, "data", "activity",
	    "kind", "course", "completed_on", date, "contact_minutes",
	    60 * (int)pick(9), "accredited_by", "canfitpro"));
	for (int i = 0; i < 2; i++) {
		(void)snprintf(id, sizeof(id), "m%d%s%d", i, name, year);
		add_json(json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "id", id,
		    "type", "requirement.met", "member", member, "data",
		    "requirement", i == 0 ? "membership" : "cpr-a", "met_on",
		    date));
	}
	(void)snprintf(
	    date, sizeof(date), "%d-01-%02u", year + 1, 1 + pick(28));
	(void)snprintf(id, sizeof(id), "n%s%d", name, year);
	add_json(json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "id", id, "type",
	    "certification.renewed", "member", member, "data", "designation",
	    name, "renewed_on", date));
}

static void add_story(void)
{
	for (int i = 0; i < 2; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "g%s", fitness_names[i]);
		add_json(json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "id", id,
		    "type", "certification.granted", "member", "canfitpro/1",
		    "data", "designation", fitness_names[i], "granted_on",
		    "2024-01-15"));
		for (int year = 2024; year < 2027; year++)
			if (pick(4) > 0)
				add_year(fitness_names[i], year);
	}
}

/* ---- a ruling as sorted lines, the same for every order of the facts */

struct lines {
	char *line[2048];
	size_t count;
};

static void add_line(struct lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_line(struct lines *lines, const char *format, ...)
{
	va_list arguments;
	char buffer[1024];

	va_start(arguments, format);
	(void)vsnprintf(buffer, sizeof(buffer), format, arguments);
	va_end(arguments);
	assert_true(lines->count < 2048);
	lines->line[lines->count++] = strdup(buffer);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *id_of(const struct ruling *ruling, size_t fact)
{
	static char buffer[4][32];
	static unsigned at;

	at++;
	(void)snprintf(
	    buffer[at % 4], 32, "%.*s", TEXT_ARGS(ruling->fact[fact].id));
	return buffer[at % 4];
}

static void describe(const struct ruling *r, struct lines *lines)
{
	for (size_t i = 0; i < r->facts; i++)
		add_line(lines, "verdict %s %d %d", id_of(r, i),
		    r->verdict[i].outcome, r->verdict[i].reason);
	for (size_t i = 0; i < r->periods; i++) {
		const struct period *p = &r->period[i];

		add_line(lines,
		    "period %.*s %d..%d %d %s %d total %lld = %lld %lld %lld + "
		    "%lld, %lld missing %zu status %d notice %d",
		    TEXT_ARGS(p->designation), p->starts_on, p->ends_on,
		    p->opening, id_of(r, p->opened_by), p->current,
		    (long long)p->total, (long long)p->accredited,
		    (long long)p->recognized, (long long)p->adjusted,
		    (long long)p->carried_in, (long long)p->remaining,
		    p->missing.count, p->status, p->notice_days);
	}
	for (size_t i = 0; i < r->requests; i++) {
		const struct request *q = &r->request[i];

		add_line(lines,
		    "request %.*s %s %d %d missing %zu %lld %lld %lld %lld "
		    "%lld "
		    "%lld %lld",
		    TEXT_ARGS(q->name), id_of(r, q->fact), q->state, q->reason,
		    q->missing.count, (long long)q->credits,
		    (long long)q->credited, (long long)q->fee,
		    (long long)q->tax, (long long)q->total_due,
		    (long long)q->paid, (long long)q->refund_due);
	}
	for (size_t i = 0; i < r->postings; i++) {
		const struct posting *p = &r->posting[i];

		add_line(lines, "posting %s %d %.*s %d %lld",
		    id_of(r, p->cause), p->account, TEXT_ARGS(p->designation),
		    p->period_starts_on, (long long)p->value);
	}
	add_line(lines, "due %d", r->next_due);
	qsort(lines->line, lines->count, sizeof(char *), compare_lines);
}

static void forget(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->line[i]);
	lines->count = 0;
}

static void shuffle(void)
{
	for (size_t i = history.count; i > 1; i--) {
		size_t j = pick((unsigned)i);
		struct fact swap = history.fact[i - 1];

		history.fact[i - 1] = history.fact[j];
		history.fact[j] = swap;
	}
}

static void count_what_is_there(const struct ruling *r)
{
	seen.facts += r->facts;
	for (size_t i = 0; i < r->facts; i++)
		seen.reversed += r->verdict[i].reversed;
	for (size_t i = 0; i < r->periods; i++) {
		seen.renewed += r->period[i].opening == OPENED_RENEWED;
		seen.carried += r->period[i].carried_in > 0;
	}
	for (size_t i = 0; i < r->requests; i++)
		seen.credited += r->request[i].state == REQUEST_CREDITED &&
				 r->request[i].credited > 0;
	for (size_t i = 0; i < r->shares; i++)
		seen.cut += r->share[i].credited < r->share[i].raw &&
			    r->share[i].credited > 0;
}

/* What holds of every single ruling. */
static void check_sums(const struct ruling *r, uint64_t seed)
{
	for (size_t i = 0; i < r->periods; i++) {
		const struct period *p = &r->period[i];
		credit_t sum = 0, recognized = 0;

		for (size_t n = 0; n < r->postings; n++)
			if (text_equal(
				r->posting[n].designation, p->designation) &&
			    r->posting[n].period_starts_on == p->starts_on &&
			    r->posting[n].account != ACCOUNT_CARRY_OUT)
				sum += r->posting[n].value;
		if (sum != p->total)
			fail_msg("seed %llu: entries %lld, balance %lld",
			    (unsigned long long)seed, (long long)sum,
			    (long long)p->total);
		for (size_t n = 0; n < r->shares; n++)
			if (r->share[n].period == i && r->share[n].recognized)
				recognized += r->share[n].credited;
		assert_true(recognized == p->recognized);
		if (!career)
			assert_true(recognized <= 4 * CREDIT_ONE);
	}
	for (size_t n = 0; n < r->shares; n++)
		if (r->share[n].credited > r->share[n].raw ||
		    r->share[n].credited > r->share[n].allowed)
			fail_msg("seed %llu: %s is credited more than its raw "
				 "credit",
			    (unsigned long long)seed,
			    id_of(r, r->share[n].fact));
}

static void check_history(const struct program *program, uint64_t seed)
{
	struct lines first = {0}, again = {0};
	struct ruling ruling;
	date_t today = date_of(2026, 6, 30);

	state = seed * 0x9e3779b97f4a7c15u + 1;
	history_reset(&history);
	if (!career && seed % 2 == 0)
		add_story();
	for (unsigned i = 0, n = 1 + pick(FACTS_MOST); i < n; i++)
		add_random(i, n);
	for (unsigned order = 0; order <= ORDERS; order++) {
		struct lines *lines = order == 0 ? &first : &again;

		arena_reset(&arena);
		assert_int_equal(rule_member(program, history.fact,
				     history.count, today, &arena, &ruling),
		    0);
		check_sums(&ruling, seed);
		if (order == 0)
			count_what_is_there(&ruling);
		describe(&ruling, lines);
		for (size_t i = 0; order > 0 && i < first.count; i++)
			if (i >= again.count ||
			    strcmp(first.line[i], again.line[i]) != 0)
				fail_msg("seed %llu: one order gives\n  %s\n"
					 "another\n  %s",
				    (unsigned long long)seed, first.line[i],
				    again.line[i]);
		forget(&again);
		shuffle();
	}
	forget(&first);
}

static uint64_t setting(const char *name, uint64_t standard)
{
	const char *value = getenv(name);

	return value == NULL ? standard : strtoull(value, NULL, 10);
}

static void any_order_ends_the_same(void **unused)
{
	uint64_t seed = setting("SEED", 1), count = setting("HISTORIES", 3000);
	const char *const names[] = {"canfitpro", "cpc"};

	(void)unused;
	for (int i = 0; i < 2; i++) {
		struct program *program = history_program(names[i]);

		career = i == 1;
		for (uint64_t n = 0; n < count; n++)
			check_history(program, seed + n);
		program_destroy(program);
	}
	print_message("seeds %llu to %llu for two programs, %d orders each\n",
	    (unsigned long long)seed, (unsigned long long)(seed + count - 1),
	    ORDERS);
	print_message(
	    "%zu facts, %zu renewed periods, %zu with carry-over, %zu "
	    "credited requests, %zu cut claims, %zu reversed facts\n",
	    seen.facts, seen.renewed, seen.carried, seen.credited, seen.cut,
	    seen.reversed);
	assert_true(
	    count < 1000 || (seen.renewed && seen.carried && seen.credited &&
				seen.cut && seen.reversed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_order_ends_the_same)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	history_fini(&history);
	arena_fini(&arena);
	return failed;
}
