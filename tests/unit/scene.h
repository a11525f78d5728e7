/* Histories whose facts arrive on given days, ruled in several orders, and what
 * came of them. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "history.h"
#include "program_text.h"

#define ORDERS 12

static struct history history;
static struct fact facts[HISTORY_MOST];
static struct arena arena;
static struct program *program;
static struct ruling ruling;

static inline date_t day(const char *text)
{
	date_t date;

	assert_true(date_parse(text_of(text), &date));
	return date;
}

/* A fact that arrives on that day: its type, and the rest of its data. */
static inline void on(const char *received_on, const char *id, const char *type,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static inline void on(const char *received_on, const char *id, const char *type,
    const char *format, ...)
{
	char data[1024], text[2048], message[EVENT_MESSAGE_SIZE] = "";
	va_list arguments;
	size_t index;
	json_t *event;

	va_start(arguments, format);
	(void)vsnprintf(data, sizeof(data), format, arguments);
	va_end(arguments);
	(void)snprintf(text, sizeof(text),
	    "{'received_on':'%s','id':'%s','type':'%s','member':'example/1',"
	    "'data':{%s}}",
	    received_on, id, type, data);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	event = json_loads(text, 0, NULL);
	if (event == NULL ||
	    history_add(&history, event, &index, message) != HISTORY_NEW)
		fail_msg("%s\n%s", text, message);
	json_decref(event);
}

static inline void grant(
    const char *received_on, const char *designation, const char *granted_on)
{
	on(received_on, designation, "certification.granted",
	    "'designation':'%s','granted_on':'%s','jurisdiction':'CA-ON'",
	    designation, granted_on);
}

static inline void attend(const char *received_on, const char *id,
    const char *completed_on, int hours)
{
	on(received_on, id, "activity.completed",
	    "'activity':{'kind':'course','title':'%s','completed_on':'%s',"
	    "'contact_hours':%d}",
	    id, completed_on, hours);
}

static inline void request(const char *received_on, const char *id,
    const char *completed_on, int hours)
{
	on(received_on, id, "recognition.requested",
	    "'request':'%s','activity':{'kind':'course','title':'%s',"
	    "'completed_on':'%s','contact_hours':%d}",
	    id, id, completed_on, hours);
}

static inline void prove(const char *received_on, const char *id,
    const char *request, const char *kind)
{
	on(received_on, id, "recognition.evidence",
	    "'request':'%s','evidence':[{'kind':'%s'}]", request, kind);
}

static inline void approve(
    const char *received_on, const char *id, const char *request)
{
	on(received_on, id, "recognition.decided",
	    "'request':'%s','decision':'approved','reviewer':'x'", request);
}

static inline void pay(const char *received_on, const char *id,
    const char *request, const char *amount)
{
	on(received_on, id, "recognition.paid",
	    "'request':'%s','amount':'%s','currency':'CAD','reference':'x'",
	    request, amount);
}

/* ---- what came of it */

static inline size_t index_of(const char *id)
{
	for (size_t i = 0; i < ruling.facts; i++)
		if (text_is(ruling.fact[i].id, id))
			return i;
	fail_msg("no fact %s", id);
	return 0;
}

static inline void fact_is(
    const char *id, enum outcome outcome, enum reason reason)
{
	const struct verdict *v = &ruling.verdict[index_of(id)];

	if (v->outcome != outcome || v->reason != reason)
		fail_msg("%s: %s %s", id, outcome_name(v->outcome),
		    reason_name(v->reason));
}

static inline const struct share *share_of(
    const char *id, const char *designation)
{
	const struct verdict *v = &ruling.verdict[index_of(id)];

	for (size_t i = 0; i < v->shares; i++)
		if (text_is(
			ruling.share[v->share + i].designation, designation))
			return &ruling.share[v->share + i];
	fail_msg("%s: no share of %s", id, designation);
	return NULL;
}

static inline const struct request *request_of(const char *name)
{
	for (size_t i = 0; i < ruling.requests; i++)
		if (text_is(ruling.request[i].name, name))
			return &ruling.request[i];
	fail_msg("no request %s", name);
	return NULL;
}

static inline const struct period *period_of(
    const char *designation, const char *starts_on)
{
	for (size_t i = 0; i < ruling.periods; i++)
		if (text_is(ruling.period[i].designation, designation) &&
		    ruling.period[i].starts_on == day(starts_on))
			return &ruling.period[i];
	fail_msg("%s: no period from %s", designation, starts_on);
	return NULL;
}

/* Whole credits. */
static inline void total_is(
    const char *designation, const char *starts_on, int total)
{
	credit_t have = period_of(designation, starts_on)->total;
	char buffer[EXACT_TEXT_SIZE];

	if (have != total * CREDIT_ONE)
		fail_msg("%s from %s: %s", designation, starts_on,
		    credit_write(have, buffer).at);
}

/* Every period's total is the sum of what is posted to it. */
static inline void sums_hold(void)
{
	for (size_t p = 0; p < ruling.periods; p++) {
		const struct period *period = &ruling.period[p];
		credit_t sum = 0;

		for (size_t i = 0; i < ruling.postings; i++) {
			const struct posting *posting = &ruling.posting[i];

			if (!account_is_money(posting->account) &&
			    posting->account != ACCOUNT_CARRY_OUT &&
			    posting->period_starts_on == period->starts_on &&
			    text_equal(
				posting->designation, period->designation))
				sum += posting->value;
		}
		assert_int_equal(sum, period->total);
	}
	for (size_t i = 0; i < ruling.requests; i++) {
		const struct request *r = &ruling.request[i];
		money_t sum = 0;

		for (size_t n = 0; n < ruling.postings; n++) {
			const struct posting *posting = &ruling.posting[n];

			if (account_is_money(posting->account) &&
			    text_equal(
				ruling.fact[posting->cause].request, r->name))
				sum += posting->value;
		}
		if (r->state == REQUEST_CREDITED)
			assert_true(sum == r->total_due - r->paid);
	}
}

static inline void shuffle(unsigned long long *state)
{
	for (size_t i = history.count; i > 1; i--) {
		struct fact swap = facts[i - 1];
		size_t j;

		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		j = (size_t)(*state % i);
		facts[i - 1] = facts[j];
		facts[j] = swap;
	}
}

/* Rules on that day in several orders; `check` looks at each ruling. */
static inline void ruled(const char *date, void (*check)(void))
{
	unsigned long long state = 88172645463325252ull;

	memcpy(facts, history.fact, history.count * sizeof(*facts));
	for (int n = 0; n < ORDERS; n++) {
		arena_reset(&arena);
		assert_int_equal(rule_member(program, facts, history.count,
				     day(date), &arena, &ruling),
		    0);
		sums_hold();
		check();
		shuffle(&state);
	}
}

static inline void use(const char *rest)
{
	program_destroy(program);
	program = program_compiled(rest);
	history_reset(&history);
}

static inline bool step_names(const struct share *share, const char *rule)
{
	for (size_t i = 0; i < share->steps; i++)
		if (text_is(step_rule(&share->step[i]), rule))
			return true;
	return false;
}

static inline void renew(const char *received_on, const char *id,
    const char *designation, const char *renewed_on)
{
	on(received_on, id, "certification.renewed",
	    "'designation':'%s','renewed_on':'%s'", designation, renewed_on);
}

static inline void meet(const char *received_on, const char *id,
    const char *requirement, const char *met_on)
{
	on(received_on, id, "requirement.met",
	    "'requirement':'%s','met_on':'%s'", requirement, met_on);
}

static inline void adjust(const char *received_on, const char *id,
    const char *adjusted_on, const char *credits)
{
	on(received_on, id, "credit.adjusted",
	    "'designation':'A','on':'%s','credits':'%s','reason':'x',"
	    "'author':'x'",
	    adjusted_on, credits);
}

static inline void reverse(
    const char *received_on, const char *id, const char *what)
{
	on(received_on, id, "event.reversed", "'event':'%s','reason':'x'",
	    what);
}

static inline void money_is(const char *name, money_t fee, money_t tax,
    money_t due, money_t paid, money_t refund)
{
	const struct request *r = request_of(name);

	assert_int_equal(r->fee, fee);
	assert_int_equal(r->tax, tax);
	assert_int_equal(r->total_due, due);
	assert_int_equal(r->paid, paid);
	assert_int_equal(r->refund_due, refund);
}

static inline void scene_fini(void)
{
	program_destroy(program);
	history_fini(&history);
	arena_fini(&arena);
}

#endif
