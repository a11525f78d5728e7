/* The golden cases, ruled directly: every step as expected, and the final
 * balances after every order that keeps the order of steps with one id.
 *
 * A case may speak of several members, of several organizations: each of them
 * is ruled by its own program and by what is said of it alone. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "history.h"

#define TODAY         date_of(2026, 6, 30)
#define STEPS_MOST    32
#define PERMUTED_MOST 7 /* steps; longer cases: random orders */
#define ORDERS        200
#define MEMBERS_MOST  4
#define PROGRAMS_MOST 128

static struct arena ruling_arena;

/* The members of the case that is played. */
static struct member {
	struct text name;
	const struct program *program;
	struct history history;
} members[MEMBERS_MOST];
static size_t member_count;

static struct program *programs[PROGRAMS_MOST];
static size_t program_count;

static const char *text_string(struct text text)
{
	static char buffer[8][256];
	static unsigned at;
	char *string = buffer[at++ % 8];

	(void)snprintf(string, 256, "%.*s", TEXT_ARGS(text));
	return string;
}

static const char *credits_string(credit_t credits)
{
	char buffer[EXACT_TEXT_SIZE];

	return text_string(credit_write(credits, buffer));
}

static const char *money_string(money_t cents)
{
	char buffer[EXACT_TEXT_SIZE];

	return text_string(money_write(cents, buffer));
}

static json_t *list_of(struct text_list list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list.count; i++)
		json_array_append_new(
		    array, json_string(text_string(list.item[i])));
	return array;
}

static json_t *date_json(date_t date)
{
	char buffer[DATE_TEXT_SIZE];

	return json_string(text_string(date_write(date, buffer)));
}

/* Is `want` a subset of `have`? Lists of text are sets. */
static bool holds(json_t *have, json_t *want)
{
	const char *key;
	json_t *item;

	if (json_is_object(want)) {
		json_object_foreach(
		    want, key, item) if (!holds(json_object_get(have, key),
					     item)) return false;
		return true;
	}
	if (json_is_array(want)) {
		size_t i, j;
		json_t *other;

		if (json_array_size(want) != json_array_size(have))
			return false;
		json_array_foreach(want, i, item)
		{
			bool found = false;

			json_array_foreach(have, j, other) found |=
			    json_equal(item, other);
			if (!found)
				return false;
		}
		return true;
	}
	return have != NULL && json_equal(have, want);
}

static json_t *request_json(const struct request *r)
{
	json_t *map = json_object();
	json_t *flags = json_array();

	for (size_t i = 0; i < r->flag_count; i++)
		json_array_append_new(
		    flags, json_string(reason_name(r->flags[i])));
	json_object_set_new(map, "request", json_string(text_string(r->name)));
	json_object_set_new(
	    map, "state", json_string(request_state_name(r->state)));
	json_object_set_new(map, "missing", list_of(r->missing));
	json_object_set_new(map, "flags", flags);
	json_object_set_new(
	    map, "credits", json_string(credits_string(r->credits)));
	json_object_set_new(
	    map, "credited", json_string(credits_string(r->credited)));
	json_object_set_new(map, "fee", json_string(money_string(r->fee)));
	json_object_set_new(map, "tax", json_string(money_string(r->tax)));
	json_object_set_new(
	    map, "total_due", json_string(money_string(r->total_due)));
	json_object_set_new(map, "paid", json_string(money_string(r->paid)));
	json_object_set_new(
	    map, "refund_due", json_string(money_string(r->refund_due)));
	json_object_set_new(
	    map, "currency", json_string(text_string(r->currency)));
	return map;
}

static json_t *balance_json(
    const struct program *program, const struct period *p)
{
	json_t *map = json_object(), *period = json_object(),
	       *routes = json_object();

	json_object_set_new(
	    map, "designation", json_string(text_string(p->designation)));
	json_object_set_new(
	    map, "unit", json_string(text_string(program_unit(program))));
	json_object_set_new(period, "starts_on", date_json(p->starts_on));
	json_object_set_new(period, "ends_on", date_json(p->ends_on));
	json_object_set_new(map, "period", period);
	json_object_set_new(map, "required",
	    p->has_required ? json_string(credits_string(p->required))
			    : json_null());
	json_object_set_new(map, "remaining",
	    p->has_required ? json_string(credits_string(p->remaining))
			    : json_null());
	json_object_set_new(
	    map, "earned", json_string(credits_string(p->earned)));
	json_object_set_new(
	    map, "carried_in", json_string(credits_string(p->carried_in)));
	json_object_set_new(
	    map, "total", json_string(credits_string(p->total)));
	json_object_set_new(
	    routes, "accredited", json_string(credits_string(p->accredited)));
	json_object_set_new(
	    routes, "recognized", json_string(credits_string(p->recognized)));
	json_object_set_new(
	    routes, "adjusted", json_string(credits_string(p->adjusted)));
	json_object_set_new(map, "routes", routes);
	json_object_set_new(map, "missing", list_of(p->missing));
	json_object_set_new(
	    map, "status", json_string(period_status_name(p->status)));
	return map;
}

/* The program of "organization/number". */
static const struct program *program_of(struct text member)
{
	struct text organization, number;
	char name[64];

	if (!text_split_member(member, &organization, &number))
		fail_msg("%.*s is no member", TEXT_ARGS(member));
	for (size_t i = 0; i < program_count; i++)
		if (text_equal(program_organization(programs[i]), organization))
			return programs[i];
	assert_true(program_count < PROGRAMS_MOST);
	(void)snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(organization));
	programs[program_count] = history_program(name);
	return programs[program_count++];
}

static struct member *member_named(json_t *map)
{
	struct text name =
	    text_of(json_string_value(json_object_get(map, "member")));

	for (size_t i = 0; i < member_count; i++)
		if (text_equal(members[i].name, name))
			return &members[i];
	assert_true(member_count < MEMBERS_MOST);
	members[member_count].name = name;
	members[member_count].program = program_of(name);
	return &members[member_count++];
}

static void forget_histories(void)
{
	for (size_t i = 0; i < MEMBERS_MOST; i++)
		history_reset(&members[i].history);
}

static void rule(const struct member *member, struct ruling *ruling)
{
	arena_reset(&ruling_arena);
	assert_int_equal(
	    rule_member(member->program, member->history.fact,
		member->history.count, TODAY, &ruling_arena, ruling),
	    0);
}

static json_t *verdict_json(
    const struct ruling *ruling, size_t index, enum history_added added)
{
	const struct verdict *verdict = &ruling->verdict[index];
	json_t *have = json_object();

	json_object_set_new(have, "outcome",
	    json_string(
		outcome_name(added == HISTORY_CONFLICT ? OUTCOME_CONFLICT
						       : verdict->outcome)));
	json_object_set_new(have, "code",
	    added == HISTORY_CONFLICT ? json_string("ID_CONFLICT")
	    : verdict->reason == REASON_NONE
		? json_null()
		: json_string(reason_name(verdict->reason)));
	json_object_set_new(
	    have, "duplicate", json_boolean(added == HISTORY_DUPLICATE));
	if (verdict->request != NO_FACT)
		json_object_set_new(have, "request",
		    request_json(&ruling->request[verdict->request]));
	return have;
}

static void check_step(json_t *step, const char *name)
{
	json_t *submit = json_object_get(step, "submit");
	json_t *expect = json_object_get(step, "expect"), *have;
	struct member *member = member_named(submit);
	char message[EVENT_MESSAGE_SIZE] = "";
	enum history_added added;
	struct ruling ruling;
	size_t index = 0;

	added = history_add(&member->history, submit, &index, message);
	if (added == HISTORY_REFUSED) {
		have = json_pack("{s:s}", "refused", "MALFORMED");
	} else {
		rule(member, &ruling);
		have = verdict_json(&ruling, index, added);
	}
	if (!holds(have, expect))
		fail_msg("%s: step %s\n  wanted %s\n  got %s %s", name,
		    json_dumps(submit, JSON_COMPACT), json_dumps(expect, 0),
		    json_dumps(have, 0), message);
	json_decref(have);
}

static json_t *current_balance(
    const struct member *member, const char *designation)
{
	struct ruling ruling;

	rule(member, &ruling);
	for (size_t i = 0; i < ruling.periods; i++)
		if (ruling.period[i].current &&
		    text_is(ruling.period[i].designation, designation))
			return balance_json(member->program, &ruling.period[i]);
	return NULL;
}

static void check_final(json_t *final, const char *name)
{
	size_t index;
	json_t *want;

	json_array_foreach(final, index, want)
	{
		json_t *expect = json_deep_copy(want);
		json_t *have = current_balance(member_named(want),
		    json_string_value(json_object_get(want, "designation")));

		json_object_del(expect, "member");
		if (have == NULL || !holds(have, expect))
			fail_msg("%s\n  wanted %s\n  got %s", name,
			    json_dumps(expect, 0),
			    have ? json_dumps(have, 0) : "no such balance");
		json_decref(have);
		json_decref(expect);
	}
}

/* Does this order keep the order of steps with the same id? */
static bool keeps_ids(json_t *steps, const size_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++) {
			json_t *a = json_object_get(
			    json_object_get(
				json_array_get(steps, order[i]), "submit"),
			    "id");
			json_t *b = json_object_get(
			    json_object_get(
				json_array_get(steps, order[j]), "submit"),
			    "id");

			if (order[i] > order[j] && json_equal(a, b))
				return false;
		}
	return true;
}

static void play(
    json_t *test, const size_t *order, size_t count, const char *name)
{
	json_t *steps = json_object_get(test, "steps");

	forget_histories();
	for (size_t i = 0; i < count; i++) {
		json_t *submit =
		    json_object_get(json_array_get(steps, order[i]), "submit");
		char message[EVENT_MESSAGE_SIZE];
		size_t index;

		(void)history_add(
		    &member_named(submit)->history, submit, &index, message);
	}
	check_final(json_object_get(test, "final"), name);
}

static size_t permute(
    json_t *test, size_t *order, size_t at, size_t count, const char *name)
{
	size_t played = 0;

	if (at == count) {
		if (!keeps_ids(json_object_get(test, "steps"), order, count))
			return 0;
		play(test, order, count, name);
		return 1;
	}
	for (size_t i = at; i < count; i++) {
		size_t swap = order[at];

		order[at] = order[i];
		order[i] = swap;
		played += permute(test, order, at + 1, count, name);
		order[i] = order[at];
		order[at] = swap;
	}
	return played;
}

/* Random orders, drawn the same way in every run. */
static void play_some(
    json_t *test, size_t *order, size_t count, const char *name)
{
	static unsigned long long state = 88172645463325252ull;

	for (int n = 0; n < ORDERS; n++) {
		for (size_t i = count; i > 1; i--) {
			size_t j, swap = order[i - 1];

			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			j = (size_t)(state % i);
			order[i - 1] = order[j];
			order[j] = swap;
		}
		if (keeps_ids(json_object_get(test, "steps"), order, count))
			play(test, order, count, name);
	}
}

static void check_case(json_t *test)
{
	const char *name = json_string_value(json_object_get(test, "case"));
	json_t *steps = json_object_get(test, "steps"), *step;
	size_t count = json_array_size(steps), order[STEPS_MOST], index;

	assert_true(count > 0 && count <= STEPS_MOST);
	member_count = 0;
	forget_histories();
	json_array_foreach(steps, index, step) check_step(step, name);
	check_final(json_object_get(test, "final"), name);
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	if (count <= PERMUTED_MOST && json_object_get(test, "final") != NULL)
		assert_true(permute(test, order, 0, count, name) > 0);
	else
		play_some(test, order, count, name);
}

static void check_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[64 * 1024];
	size_t cases = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		json_t *test = json_loads(line, 0, NULL);

		if (test == NULL)
			fail_msg("%s: case %zu is no JSON", path, cases + 1);
		check_case(test);
		json_decref(test);
		cases++;
	}
	(void)fclose(file);
	assert_true(cases > 0);
	print_message("%zu cases of %s\n", cases, path);
}

static size_t check_files(const char *pattern)
{
	glob_t found;
	size_t count;

	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	count = found.gl_pathc;
	for (size_t i = 0; i < count; i++)
		check_file(found.gl_pathv[i]);
	globfree(&found);
	return count;
}

static void cases_of_the_bodies_hold_in_every_order(void **state)
{
	(void)state;
	assert_true(check_files("tests/cases/*.jsonl") > 0);
}

static void cases_of_the_examples_hold_in_every_order(void **state)
{
	(void)state;
	(void)check_files("tests/cases/examples/*.jsonl");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cases_of_the_bodies_hold_in_every_order),
	    cmocka_unit_test(cases_of_the_examples_hold_in_every_order),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	for (size_t i = 0; i < MEMBERS_MOST; i++)
		history_fini(&members[i].history);
	for (size_t i = 0; i < program_count; i++)
		program_destroy(programs[i]);
	arena_fini(&ruling_arena);
	return failed;
}
