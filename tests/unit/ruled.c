/* One member under a small program. */
#include "ruled.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program_text.h"

#define ORDERS     12
#define LINES_MOST 2048

static struct {
	struct history history;
	struct program *own;           /* compiled here, or NULL */
	const struct program *program; /* that rules */
	struct arena arena, other;     /* of the ruling, of other orders */
	struct ruling ruling;
	const char *received; /* NULL: as histories are */
	char notes[2048];
} now;

void ruled_forget(void)
{
	history_reset(&now.history);
}

void ruled_by(const struct program *program)
{
	program_destroy(now.own);
	now.own = NULL;
	now.program = program;
	now.received = NULL;
	ruled_forget();
}

void ruled_program(const char *rest)
{
	struct program *program = program_compiled(rest);

	ruled_by(program);
	now.own = program;
}

void ruled_fini(void)
{
	ruled_by(NULL);
	history_fini(&now.history);
	arena_fini(&now.arena);
	arena_fini(&now.other);
}

/* ---- facts */

void ruled_received(const char *on)
{
	now.received = on;
}

void ruled_fact(const char *id, const char *type, const char *data, ...)
{
	char text[2048], whole[4096], message[EVENT_MESSAGE_SIZE] = "";
	va_list arguments;
	size_t index;
	json_t *event;

	va_start(arguments, data);
	(void)vsnprintf(text, sizeof(text), data, arguments);
	va_end(arguments);
	(void)snprintf(whole, sizeof(whole),
	    "{'id':'%s','type':'%s','member':'example/1','data':{%s}}", id,
	    type, text);
	for (char *c = whole; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	event = json_loads(whole, 0, NULL);
	if (event == NULL)
		fail_msg("no JSON: %s", whole);
	if (now.received != NULL)
		json_object_set_new(
		    event, "received_on", json_string(now.received));
	if (history_add(&now.history, event, &index, message) != HISTORY_NEW)
		fail_msg("%s: %s", whole, message);
	json_decref(event);
}

void ruled_grant(const char *designation, const char *on)
{
	char id[64];

	(void)snprintf(id, sizeof(id), "grant-%s-%s", designation, on);
	ruled_fact(id, "certification.granted",
	    "'designation':'%s','granted_on':'%s'", designation, on);
}

void ruled_renew(const char *designation, const char *on)
{
	char id[64];

	(void)snprintf(id, sizeof(id), "renew-%s-%s", designation, on);
	ruled_fact(id, "certification.renewed",
	    "'designation':'%s','renewed_on':'%s'", designation, on);
}

void ruled_attend(
    const char *id, const char *on, const char *category, double hours)
{
	char words[64] = "";

	if (category != NULL)
		(void)snprintf(
		    words, sizeof(words), "'category':'%s',", category);
	ruled_fact(id, "activity.completed",
	    "'activity':{'kind':'course','title':'%s','completed_on':'%s',%s"
	    "'contact_minutes':%d}",
	    id, on, words, (int)(hours * 60));
}

void ruled_meet(const char *requirement, const char *on, const char *expires)
{
	char id[64], words[64] = "";

	(void)snprintf(id, sizeof(id), "met-%s-%s", requirement, on);
	if (expires != NULL)
		(void)snprintf(
		    words, sizeof(words), ",'expires_on':'%s'", expires);
	ruled_fact(id, "requirement.met", "'requirement':'%s','met_on':'%s'%s",
	    requirement, on, words);
}

void ruled_adjust(const char *id, const char *designation, const char *on,
    const char *credits)
{
	ruled_fact(id, "credit.adjusted",
	    "'designation':'%s','on':'%s','credits':%s,'reason':'audit',"
	    "'author':'j.doe'",
	    designation, on, credits);
}

/* ---- what a ruling says, as sorted lines without regard to the order of the
 * facts */

struct lines {
	char *line[LINES_MOST];
	size_t count;
};

static void add_line(struct lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_line(struct lines *lines, const char *format, ...)
{
	char buffer[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(buffer, sizeof(buffer), format, arguments);
	va_end(arguments);
	assert_true(lines->count < LINES_MOST);
	lines->line[lines->count++] = strdup(buffer);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void describe_period(
    const struct ruling *r, size_t at, struct lines *lines)
{
	const struct period *p = &r->period[at];

	add_line(lines,
	    "period %zu %.*s %d..%d by %.*s current %d: %lld (%d) of %lld = "
	    "%lld + %lld + %lld + %lld, remaining %lld, status %d, notice %d",
	    at, TEXT_ARGS(p->designation), p->starts_on, p->ends_on,
	    TEXT_ARGS(r->fact[p->opened_by].id), p->current,
	    (long long)p->required, p->change, (long long)p->total,
	    (long long)p->accredited, (long long)p->recognized,
	    (long long)p->adjusted, (long long)p->carried_in,
	    (long long)p->remaining, p->status, p->notice_days);
	for (size_t i = 0; i < p->missing.count; i++)
		add_line(lines, "period %zu missing %zu %.*s", at, i,
		    TEXT_ARGS(p->missing.item[i]));
	for (size_t i = 0; i < p->minimums; i++)
		add_line(lines, "period %zu minimum %zu %.*s %lld of %lld %d",
		    at, i, TEXT_ARGS(p->minimum[i].name),
		    (long long)p->minimum[i].has,
		    (long long)p->minimum[i].needed, p->minimum[i].met);
}

static void describe(const struct ruling *r, struct lines *lines)
{
	for (size_t i = 0; i < r->facts; i++)
		add_line(lines, "verdict %.*s %d %d", TEXT_ARGS(r->fact[i].id),
		    r->verdict[i].outcome, r->verdict[i].reason);
	for (size_t i = 0; i < r->periods; i++)
		describe_period(r, i, lines);
	for (size_t i = 0; i < r->requests; i++)
		add_line(lines,
		    "request %zu %d %d %lld %lld due %lld back %lld", i,
		    r->request[i].state, r->request[i].reason,
		    (long long)r->request[i].credits,
		    (long long)r->request[i].credited,
		    (long long)r->request[i].total_due,
		    (long long)r->request[i].refund_due);
	for (size_t i = 0; i < r->shares; i++) {
		const struct share *s = &r->share[i];

		add_line(lines, "share %.*s %.*s %lld %lld %lld %d steps %zu",
		    TEXT_ARGS(r->fact[s->fact].id), TEXT_ARGS(s->designation),
		    (long long)s->raw, (long long)s->allowed,
		    (long long)s->credited, s->reason, s->steps);
	}
	for (size_t i = 0; i < r->postings; i++) {
		const struct posting *p = &r->posting[i];

		add_line(lines, "posting %.*s %d %.*s %d %lld",
		    TEXT_ARGS(r->fact[p->cause].id), p->account,
		    TEXT_ARGS(p->designation), p->period_starts_on,
		    (long long)p->value);
	}
	add_line(lines, "due %d", r->next_due);
	qsort(lines->line, lines->count, sizeof(char *), compare_lines);
}

static void forget_lines(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->line[i]);
	lines->count = 0;
}

/* ---- what holds of every ruling */

static void check_keys(const struct ruling *r)
{
	for (size_t i = 0; i < r->postings; i++)
		for (size_t n = 0; n < i; n++) {
			const struct posting *a = &r->posting[i];
			const struct posting *b = &r->posting[n];

			assert_false(
			    a->cause == b->cause && a->account == b->account &&
			    a->period_starts_on == b->period_starts_on &&
			    text_equal(a->designation, b->designation));
		}
}

static void check_sums(const struct ruling *r)
{
	for (size_t i = 0; i < r->periods; i++) {
		const struct period *p = &r->period[i];
		credit_t sum = 0;

		for (size_t n = 0; n < r->postings; n++)
			if (r->posting[n].account != ACCOUNT_CARRY_OUT &&
			    r->posting[n].period_starts_on == p->starts_on &&
			    text_equal(
				r->posting[n].designation, p->designation))
				sum += r->posting[n].value;
		assert_int_equal(sum, p->total);
		assert_int_equal(
		    p->earned, p->accredited + p->recognized + p->adjusted);
		assert_int_equal(p->total, p->earned + p->carried_in);
		assert_true(p->ends_on >= p->starts_on);
		assert_true(p->ends_on <= DATE_LAST);
	}
}

/* The same order each time a test runs. */
static void shuffle(unsigned *state)
{
	struct history *history = &now.history;

	for (size_t i = history->count; i > 1; i--) {
		struct fact swap = history->fact[i - 1];
		size_t j;

		*state = *state * 1103515245u + 12345u;
		j = (*state >> 16) % i;
		history->fact[i - 1] = history->fact[j];
		history->fact[j] = swap;
	}
}

static void rule(date_t today, struct arena *arena, struct ruling *ret)
{
	arena_reset(arena);
	assert_int_equal(rule_member(now.program, now.history.fact,
			     now.history.count, today, arena, ret),
	    0);
}

static void expect_same(
    const struct lines *a, const struct lines *b, const char *why)
{
	for (size_t i = 0; i < a->count; i++)
		if (i >= b->count || strcmp(a->line[i], b->line[i]) != 0)
			fail_msg("%s\n  %s\nand\n  %s", why, a->line[i],
			    i < b->count ? b->line[i] : "nothing");
	assert_int_equal(a->count, b->count);
}

const struct ruling *ruled_on(const char *text)
{
	struct lines first = {0}, again = {0};
	struct ruling other;
	unsigned state = 1;
	date_t today;

	assert_true(date_parse(text_of(text), &today));
	rule(today, &now.other, &other);
	describe(&other, &first);
	for (int order = 0; order < ORDERS; order++) {
		shuffle(&state);
		rule(today, &now.other, &other);
		describe(&other, &again);
		expect_same(&first, &again, "two orders of the facts give");
		forget_lines(&again);
	}
	if (other.next_due != DATE_NEVER) {
		assert_true(other.next_due > today);
		rule(other.next_due - 1, &now.other, &other);
		describe(&other, &again);
		expect_same(&first, &again, "before the day it is due it goes");
		forget_lines(&again);
	}
	forget_lines(&first);
	rule(today, &now.arena, &now.ruling);
	check_sums(&now.ruling);
	check_keys(&now.ruling);
	return &now.ruling;
}

/* ---- looking at it */

const struct period *ruled_period(const char *designation, const char *start)
{
	date_t on;

	assert_true(date_parse(text_of(start), &on));
	for (size_t i = 0; i < now.ruling.periods; i++)
		if (now.ruling.period[i].starts_on == on &&
		    text_is(now.ruling.period[i].designation, designation))
			return &now.ruling.period[i];
	fail_msg("%s has no period from %s", designation, start);
	return NULL;
}

const struct minimum *ruled_minimum(
    const struct period *period, const char *name)
{
	for (size_t i = 0; i < period->minimums; i++)
		if (text_is(period->minimum[i].name, name))
			return &period->minimum[i];
	return NULL;
}

static size_t find_fact(const char *id)
{
	for (size_t i = 0; i < now.ruling.facts; i++)
		if (text_is(now.ruling.fact[i].id, id))
			return i;
	fail_msg("no fact is called %s", id);
	return NO_FACT;
}

const struct verdict *ruled_verdict(const char *id)
{
	return &now.ruling.verdict[find_fact(id)];
}

const struct share *ruled_share(const char *id, size_t number)
{
	const struct verdict *verdict = ruled_verdict(id);

	if (number >= verdict->shares)
		fail_msg("%s has %zu shares", id, verdict->shares);
	return &now.ruling.share[verdict->share + number];
}

const char *ruled_notes(const struct share *share)
{
	size_t length = 0;

	for (size_t i = 0; i < share->steps; i++) {
		if (i > 0)
			length += (size_t)snprintf(now.notes + length,
			    sizeof(now.notes) - length, "; ");
		length += step_note(&now.ruling, &share->step[i],
		    now.notes + length, sizeof(now.notes) - length)
			      .length;
	}
	return now.notes;
}

int64_t ruled_posted(
    enum account account, const char *id, const struct period *period)
{
	int64_t sum = 0;

	for (size_t i = 0; i < now.ruling.postings; i++) {
		const struct posting *p = &now.ruling.posting[i];

		if (p->account == account &&
		    (id == NULL || p->cause == find_fact(id)) &&
		    (period == NULL ||
			(p->period_starts_on == period->starts_on &&
			    text_equal(p->designation, period->designation))))
			sum += p->value;
	}
	return sum;
}

credit_t ruled_credits(const char *text)
{
	credit_t credits = 0;

	assert_true(exact_parse(text_of(text), 4, &credits));
	return credits;
}

void ruled_is_credits(
    credit_t is, const char *wanted, const char *file, int line)
{
	char buffer[EXACT_TEXT_SIZE];

	if (is != ruled_credits(wanted)) {
		print_error("%s:%d: %s credits, not %s\n", file, line,
		    credit_write(is, buffer).at, wanted);
		fail();
	}
}

void ruled_is_date(date_t is, const char *wanted, const char *file, int line)
{
	char buffer[DATE_TEXT_SIZE];

	if (!text_is(date_write(is, buffer), wanted)) {
		print_error("%s:%d: %s, not %s\n", file, line, buffer, wanted);
		fail();
	}
}

void ruled_is_list(
    struct text_list is, const char *wanted, const char *file, int line)
{
	char buffer[512] = "";
	size_t length = 0;

	for (size_t i = 0; i < is.count; i++)
		length +=
		    (size_t)snprintf(buffer + length, sizeof(buffer) - length,
			"%s%.*s", i == 0 ? "" : " ", TEXT_ARGS(is.item[i]));
	if (strcmp(buffer, wanted) != 0) {
		print_error(
		    "%s:%d: '%s', not '%s'\n", file, line, buffer, wanted);
		fail();
	}
}
