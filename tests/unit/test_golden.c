/* The golden cases, ruled directly: every step as expected, and the final
 * balances after every order that keeps the order of steps with one id. */
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

static struct history history;
static struct arena ruling_arena;

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

static void rule(const struct program *program, struct ruling *ruling)
{
	arena_reset(&ruling_arena);
	assert_int_equal(rule_member(program, history.fact, history.count,
			     TODAY, &ruling_arena, ruling),
	    0);
}

static void check_step(
    const struct program *program, json_t *step, const char *name)
{
	json_t *expect = json_object_get(step, "expect"), *have = json_object();
	char message[EVENT_MESSAGE_SIZE] = "";
	enum history_added added;
	struct ruling ruling;
	size_t index = 0;

	added = history_add(
	    &history, json_object_get(step, "submit"), &index, message);
	if (added == HISTORY_REFUSED) {
		json_object_set_new(have, "refused", json_string("MALFORMED"));
	} else {
		const struct verdict *verdict;

		rule(program, &ruling);
		verdict = &ruling.verdict[index];
		json_object_set_new(have, "outcome",
		    json_string(outcome_name(added == HISTORY_CONFLICT
						 ? OUTCOME_CONFLICT
						 : verdict->outcome)));
		json_object_set_new(have, "code",
		    added == HISTORY_CONFLICT ? json_string("ID_CONFLICT")
		    : verdict->reason == REASON_NONE
			? json_null()
			: json_string(reason_name(verdict->reason)));
		json_object_set_new(have, "duplicate",
		    json_boolean(added == HISTORY_DUPLICATE));
		if (verdict->request != NO_FACT)
			json_object_set_new(have, "request",
			    request_json(&ruling.request[verdict->request]));
	}
	if (!holds(have, expect))
		fail_msg("%s: step %s\n  wanted %s\n  got %s %s", name,
		    json_dumps(json_object_get(step, "submit"), JSON_COMPACT),
		    json_dumps(expect, 0), json_dumps(have, 0), message);
	json_decref(have);
}

static void check_final(
    const struct program *program, json_t *final, const char *name)
{
	struct ruling ruling;
	size_t index;
	json_t *want;

	rule(program, &ruling);
	json_array_foreach(final, index, want)
	{
		json_t *expect = json_deep_copy(want), *have = NULL;

		json_object_del(expect, "member");
		for (size_t i = 0; i < ruling.periods; i++)
			if (ruling.period[i].current &&
			    text_is(ruling.period[i].designation,
				json_string_value(
				    json_object_get(want, "designation"))))
				have = balance_json(program, &ruling.period[i]);
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

static void play(const struct program *program, json_t *test,
    const size_t *order, size_t count, const char *name)
{
	json_t *steps = json_object_get(test, "steps");

	history_reset(&history);
	for (size_t i = 0; i < count; i++) {
		char message[EVENT_MESSAGE_SIZE];
		size_t index;

		(void)history_add(&history,
		    json_object_get(json_array_get(steps, order[i]), "submit"),
		    &index, message);
	}
	check_final(program, json_object_get(test, "final"), name);
}

static size_t permute(const struct program *program, json_t *test,
    size_t *order, size_t at, size_t count, const char *name)
{
	size_t played = 0;

	if (at == count) {
		if (!keeps_ids(json_object_get(test, "steps"), order, count))
			return 0;
		play(program, test, order, count, name);
		return 1;
	}
	for (size_t i = at; i < count; i++) {
		size_t swap = order[at];

		order[at] = order[i];
		order[i] = swap;
		played += permute(program, test, order, at + 1, count, name);
		order[i] = order[at];
		order[at] = swap;
	}
	return played;
}

/* Random orders, drawn the same way in every run. */
static void play_some(const struct program *program, json_t *test,
    size_t *order, size_t count, const char *name)
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
			play(program, test, order, count, name);
	}
}

static void check_case(const struct program *program, json_t *test)
{
	const char *name = json_string_value(json_object_get(test, "case"));
	json_t *steps = json_object_get(test, "steps"), *step;
	size_t count = json_array_size(steps), order[STEPS_MOST], index;

	assert_true(count > 0 && count <= STEPS_MOST);
	history_reset(&history);
	json_array_foreach(steps, index, step) check_step(program, step, name);
	check_final(program, json_object_get(test, "final"), name);
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	if (count <= PERMUTED_MOST && json_object_get(test, "final") != NULL)
		assert_true(permute(program, test, order, 0, count, name) > 0);
	else
		play_some(program, test, order, count, name);
}

static void check_file(const char *name, const char *organization)
{
	struct program *program = history_program(organization);
	char path[128], line[64 * 1024];
	size_t cases = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "tests/cases/%s.jsonl", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		json_t *test = json_loads(line, 0, NULL);

		assert_non_null(test);
		check_case(program, test);
		json_decref(test);
		cases++;
	}
	(void)fclose(file);
	program_destroy(program);
	assert_true(cases > 0);
	print_message(
	    "%zu cases of %s, every order of up to 7 steps\n", cases, name);
}

static void canfitpro_cases_hold_in_every_order(void **state)
{
	(void)state;
	check_file("canfitpro", "canfitpro");
	check_file("canfitpro-more", "canfitpro");
}

static void cpc_cases_hold_in_every_order(void **state)
{
	(void)state;
	check_file("cpc", "cpc");
	check_file("cpc-more", "cpc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(canfitpro_cases_hold_in_every_order),
	    cmocka_unit_test(cpc_cases_hold_in_every_order),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	history_fini(&history);
	arena_fini(&ruling_arena);
	return failed;
}
