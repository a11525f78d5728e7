/* Random histories under random programs: what must hold of every ruling.
 *
 * PROGRAM_HISTORIES (10,000 in `./run tests`) and PROGRAM_SEED in the
 * environment; a failure prints those that make the same history again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random_program.h"

#define HISTORIES_A_PROGRAM 20
#define ORDERS              3
#define TEXT_SIZE           ((size_t)256 * 1024)

static struct random_program made;
static struct program *program;
static struct fact fact[RANDOM_FACTS_MOST];
static size_t facts;
static date_t today;
static uint64_t seed;
static struct arena arena;
static date_t noticed_until =
    DATE_FIRST; /* periods that end before: nobody is reminded */

/* What the histories came to: they must not be empty of what matters. */
static struct {
	size_t facts, renewed, carried, backfilled, cut, waiting, frozen, late,
	    prorated, minimums;
} seen;

static _Noreturn void wrong(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static _Noreturn void wrong(const char *format, ...)
{
	va_list arguments;

	(void)fprintf(stderr, "PROGRAM_SEED=%llu PROGRAM_HISTORIES=20: ",
	    (unsigned long long)seed);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fprintf(stderr, "\n--- the program\n%s", made.text);
	fail_msg("see above");
	abort();
}

/* ---- a ruling as text: equal texts, equal rulings */

struct page {
	char *text;
	size_t length;
};

static void put(struct page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct page *page, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(page->text + page->length, TEXT_SIZE - page->length,
	    format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= TEXT_SIZE - page->length)
		wrong("the ruling is longer than the test's page");
	page->length += (size_t)length;
}

static int compare_facts(const void *a, const void *b)
{
	return fact_compare(
	    *(const struct fact *const *)a, *(const struct fact *const *)b);
}

static void put_fact(
    struct page *page, const struct ruling *r, const struct fact *f)
{
	const struct verdict *v = &r->verdict[f - r->fact];

	put(page, "%.*s/%.*s %d %d %d\n", TEXT_ARGS(f->source),
	    TEXT_ARGS(f->id), v->outcome, v->reason, v->reversed);
	for (size_t i = v->share; i < v->share + v->shares; i++) {
		const struct share *s = &r->share[i];

		put(page, "  %.*s %d %lld %lld %lld %d\n",
		    TEXT_ARGS(s->designation),
		    s->period == NO_PERIOD ? 0 : r->period[s->period].starts_on,
		    (long long)s->raw, (long long)s->allowed,
		    (long long)s->credited, s->reason);
		for (size_t n = 0; n < s->steps; n++)
			put(page, "    %d %d %lld %lld %.*s\n", s->step[n].kind,
			    s->step[n].reason, (long long)s->step[n].credits,
			    (long long)s->step[n].number,
			    TEXT_ARGS(s->step[n].words));
	}
}

static void put_period(
    struct page *page, const struct ruling *r, const struct period *p)
{
	put(page,
	    "%.*s %d..%d %d %.*s %d %lld: %lld %lld %lld + %lld = %lld, %lld "
	    "status %d notice %d\n",
	    TEXT_ARGS(p->designation), p->starts_on, p->ends_on, p->opening,
	    TEXT_ARGS(r->fact[p->opened_by].id), p->current,
	    (long long)p->required, (long long)p->accredited,
	    (long long)p->recognized, (long long)p->adjusted,
	    (long long)p->carried_in, (long long)p->total,
	    (long long)p->remaining, p->status,
	    p->ends_on >= noticed_until ? p->notice_days : 0);
	for (size_t i = 0; i < p->missing.count; i++)
		put(page, "  missing %.*s\n", TEXT_ARGS(p->missing.item[i]));
	for (size_t i = 0; i < p->minimums; i++)
		put(page, "  minimum %.*s %lld %lld %d\n",
		    TEXT_ARGS(p->minimum[i].name),
		    (long long)p->minimum[i].needed,
		    (long long)p->minimum[i].has, p->minimum[i].met);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Payments are posted in the order of the facts, which is nobody's promise. */
static void put_postings(struct page *page, const struct ruling *r)
{
	static char line[1024][96];

	assert_true(r->postings < 1024);
	for (size_t i = 0; i < r->postings; i++) {
		const struct posting *p = &r->posting[i];

		(void)snprintf(line[i], sizeof(line[i]),
		    "%.*s/%.*s %d %.*s %d %lld",
		    TEXT_ARGS(r->fact[p->cause].source),
		    TEXT_ARGS(r->fact[p->cause].id), p->account,
		    TEXT_ARGS(p->designation), p->period_starts_on,
		    (long long)p->value);
	}
	qsort(line, r->postings, sizeof(line[0]), compare_lines);
	for (size_t i = 0; i < r->postings; i++)
		put(page, "%s\n", line[i]);
}

static void put_ruling(struct page *page, const struct ruling *r)
{
	const struct fact *order[RANDOM_FACTS_MOST];

	page->length = 0;
	for (size_t i = 0; i < r->facts; i++)
		order[i] = &r->fact[i];
	qsort(order, r->facts, sizeof(order[0]), compare_facts);
	for (size_t i = 0; i < r->facts; i++)
		put_fact(page, r, order[i]);
	for (size_t i = 0; i < r->periods; i++)
		put_period(page, r, &r->period[i]);
	for (size_t i = 0; i < r->requests; i++) {
		const struct request *q = &r->request[i];

		put(page, "%.*s %d %d %zu %lld %lld %lld %lld %lld %lld\n",
		    TEXT_ARGS(q->name), q->state, q->reason, q->missing.count,
		    (long long)q->credits, (long long)q->credited,
		    (long long)q->fee, (long long)q->tax, (long long)q->paid,
		    (long long)q->refund_due);
	}
	put_postings(page, r);
}

/* ---- what holds of every single ruling */

static void check_entries(const struct ruling *r)
{
	for (size_t i = 0; i < r->postings; i++)
		for (size_t n = 0; n < i; n++)
			if (r->posting[i].cause == r->posting[n].cause &&
			    r->posting[i].account == r->posting[n].account &&
			    text_equal(r->posting[i].designation,
				r->posting[n].designation) &&
			    r->posting[i].period_starts_on ==
				r->posting[n].period_starts_on)
				wrong("a posting stands twice");
	for (size_t i = 0; i < r->periods; i++) {
		const struct period *p = &r->period[i];
		credit_t sum = 0;

		for (size_t n = 0; n < r->postings; n++)
			if (text_equal(
				r->posting[n].designation, p->designation) &&
			    r->posting[n].period_starts_on == p->starts_on &&
			    r->posting[n].account != ACCOUNT_CARRY_OUT)
				sum += r->posting[n].value;
		if (sum != p->total)
			wrong("entries come to %lld, the balance is %lld",
			    (long long)sum, (long long)p->total);
	}
}

static void check_period(const struct ruling *r, size_t at)
{
	const struct period *p = &r->period[at];
	credit_t earned = p->adjusted;

	for (size_t i = 0; i < r->shares; i++)
		if (r->share[i].period == at)
			earned += r->share[i].credited;
	if (earned != p->earned ||
	    p->earned != p->accredited + p->recognized + p->adjusted ||
	    p->total != p->earned + p->carried_in)
		wrong("a period's parts do not add up");
	if (p->has_required &&
	    p->remaining !=
		(p->total < p->required ? p->required - p->total : 0))
		wrong("remaining is not what is missing of required");
	for (size_t i = 1; i < p->missing.count; i++)
		if (text_compare(p->missing.item[i - 1], p->missing.item[i]) >=
		    0)
			wrong("missing is not sorted");
	for (size_t i = 0; i < p->minimums; i++) {
		const struct minimum *m = &p->minimum[i];
		bool missing = false;

		for (size_t n = 0; n < p->missing.count; n++)
			missing |= text_equal(p->missing.item[n], m->name);
		if (missing == m->met)
			wrong("minimum %.*s: met and missing disagree",
			    TEXT_ARGS(m->name));
		seen.minimums++;
	}
	if (p->required < 0 || p->ends_on < p->starts_on)
		wrong("a period that can't be");
}

static void check_share(const struct share *s)
{
	if (s->credited < 0 || s->credited > s->allowed || s->allowed > s->raw)
		wrong("credited %lld, allowed %lld, raw %lld",
		    (long long)s->credited, (long long)s->allowed,
		    (long long)s->raw);
	if (s->steps == 0)
		wrong("a share without explanation");
	if (s->step[s->steps - 1].credits != s->credited)
		wrong("the explanation ends with %lld, %lld are credited",
		    (long long)s->step[s->steps - 1].credits,
		    (long long)s->credited);
}

static int64_t bucket_of(
    const struct random_cap *cap, const struct share *share)
{
	date_t on = fact[share->fact].activity.completed_on;
	int year, month, day;

	date_split(on, &year, &month, &day);
	switch (cap->span) {
	case RANDOM_ACTIVITY:
		return (int64_t)share->fact;
	case RANDOM_DAY:
		return on;
	case RANDOM_YEAR:
		return year;
	default:
		return 0;
	}
}

/* Recounts a cap by the test's own reading of the program. */
static void check_cap(const struct ruling *r, const struct random_cap *cap)
{
	for (size_t i = 0; i < r->shares; i++) {
		const struct share *first = &r->share[i];
		credit_t sum = 0, most = cap->at_most;

		if (first->period == NO_PERIOD ||
		    !random_when_fits(&cap->when, &fact[first->fact]))
			continue;
		for (size_t n = 0; n < r->shares; n++)
			if (r->share[n].period == first->period &&
			    random_when_fits(
				&cap->when, &fact[r->share[n].fact]) &&
			    bucket_of(cap, &r->share[n]) ==
				bucket_of(cap, first))
				sum += r->share[n].credited;
		if (cap->span == RANDOM_PERCENT) {
			if (!r->period[first->period].has_required)
				continue;
			most =
			    (r->period[first->period].required * cap->at_most +
				50) /
			    100;
		}
		if (sum > most)
			wrong("a cap of %lld lets %lld through",
			    (long long)most, (long long)sum);
	}
}

/* A payment that is reversed later takes nothing back there. */
static bool is_frozen(const struct ruling *r, const struct request *q)
{
	const struct verdict *v = &r->verdict[q->fact];

	for (size_t i = v->share; i < v->share + v->shares; i++)
		if (r->share[i].period != NO_PERIOD &&
		    r->period[r->share[i].period].is_frozen)
			return true;
	return false;
}

static void check_requests(const struct ruling *r)
{
	for (size_t i = 0; i < r->requests; i++) {
		const struct request *q = &r->request[i];
		money_t posted = 0;

		for (size_t n = 0; n < r->postings; n++)
			if (r->posting[n].cause == q->fact &&
			    account_is_money(r->posting[n].account))
				posted += r->posting[n].value;
		if (q->credited > q->credits || q->fee + q->tax != q->total_due)
			wrong("a request's parts do not add up");
		if (q->state == REQUEST_CREDITED && posted != q->total_due)
			wrong("%lld cents are posted for a request, %lld due",
			    (long long)posted, (long long)q->total_due);
		if (posted > q->paid && !is_frozen(r, q))
			wrong("more is credited than was paid for");
	}
}

static void check_ruling(const struct ruling *r)
{
	check_entries(r);
	for (size_t i = 0; i < r->periods; i++)
		check_period(r, i);
	for (size_t i = 0; i < r->shares; i++)
		check_share(&r->share[i]);
	for (size_t i = 0; i < made.caps && !made.splits; i++)
		check_cap(r, &made.cap[i]);
	check_requests(r);
}

static void count_what_is_there(const struct ruling *r)
{
	seen.facts += r->facts;
	for (size_t i = 0; i < r->facts; i++) {
		seen.waiting += r->verdict[i].outcome == OUTCOME_PENDING;
		seen.frozen += r->verdict[i].reason == REASON_PERIOD_FROZEN;
		seen.late += r->verdict[i].reason == REASON_REPORTED_LATE;
	}
	for (size_t i = 0; i < r->periods; i++) {
		seen.renewed += r->period[i].opening == OPENED_RENEWED;
		seen.carried += r->period[i].carried_in > 0;
		seen.backfilled += r->period[i].carried_in < 0;
		seen.prorated += r->period[i].change == REQUIRED_PRORATED;
	}
	for (size_t i = 0; i < r->shares; i++)
		seen.cut += r->share[i].credited < r->share[i].raw &&
			    r->share[i].credited > 0;
}

/* ---- one history after the other */

static void rule(date_t day, struct page *page, bool check)
{
	struct ruling ruling;
	int error;

	arena_reset(&arena);
	error = rule_member(program, fact, facts, day, &arena, &ruling);
	if (error < 0)
		wrong("rule_member: %d", error);
	put_ruling(page, &ruling);
	if (check) {
		check_ruling(&ruling);
		count_what_is_there(&ruling);
	}
}

static void shuffle(uint64_t *state)
{
	for (size_t i = facts; i > 1; i--) {
		size_t j = random_pick(state, (unsigned)i);
		struct fact swap = fact[i - 1];

		fact[i - 1] = fact[j];
		fact[j] = swap;
	}
}

/* Where two pages part, to be read. */
static void compare(const struct page *a, const struct page *b, const char *why)
{
	size_t at = 0, line = 0;

	if (a->length == b->length && memcmp(a->text, b->text, a->length) == 0)
		return;
	while (a->text[at] == b->text[at] && a->text[at] != '\0')
		if (a->text[at++] == '\n')
			line = at;
	wrong("%s:\n%.400s\n--- but\n%.400s", why, a->text + line,
	    b->text + line);
}

/* Nothing changes by itself before the day that the ruling names. */
static void check_due(struct page *a, struct page *b)
{
	struct ruling ruling;
	date_t due;

	arena_reset(&arena);
	assert_int_equal(
	    rule_member(program, fact, facts, today, &arena, &ruling), 0);
	due = ruling.next_due;
	if (due == DATE_NEVER)
		due = today + 4000;
	if (due <= today)
		wrong("the next day is not after today");
	if (due - 1 == today)
		return;
	noticed_until = due - 1;
	rule(today, a, false);
	rule(due - 1, b, false);
	noticed_until = DATE_FIRST;
	compare(a, b, "something changed before its day");
}

static void play(uint64_t *state, struct page *a, struct page *b)
{
	facts = random_history_make(state, fact);
	today = date_of(2024, 6, 1) + (date_t)random_pick(state, 900);
	for (size_t i = 0; i < facts; i++)
		if (fact[i].received_on > today) /* nothing arrives tomorrow */
			fact[i].received_on = today;
	/* Nothing has arrived that is still to come. */
	for (size_t i = 0; i < facts; i++)
		if (fact[i].received_on > today)
			fact[i].received_on = today;
	rule(today, a, true);
	rule(today, b, false);
	compare(a, b, "ruling twice differs");
	for (int i = 0; i < ORDERS; i++) {
		shuffle(state);
		rule(today, b, true);
		compare(a, b, "another order differs");
	}
	check_due(a, b);
}

static void make_program(uint64_t *state)
{
	struct complaints complaints = {.file = "random"};

	random_program_make(state, &made);
	program_destroy(program);
	program = NULL;
	if (program_parse((struct text){made.text, made.length}, &complaints,
		&program) < 0)
		wrong("%s", complaints.text);
	complaints_fini(&complaints);
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void test_random(void **unused)
{
	uint64_t first = from_environment("PROGRAM_SEED", 1);
	uint64_t histories = from_environment("PROGRAM_HISTORIES", 2000);
	struct page a = {malloc(TEXT_SIZE), 0}, b = {malloc(TEXT_SIZE), 0};

	(void)unused;
	assert_non_null(a.text);
	assert_non_null(b.text);
	for (uint64_t i = 0; i < histories; i++) {
		uint64_t state = (first + i / HISTORIES_A_PROGRAM) *
				 UINT64_C(0x9e3779b97f4a7c15);

		seed = first + i / HISTORIES_A_PROGRAM;
		if (i % HISTORIES_A_PROGRAM == 0)
			make_program(&state);
		state += (i % HISTORIES_A_PROGRAM + 1) *
			 UINT64_C(0xbf58476d1ce4e5b9);
		state |= 1;
		play(&state, &a, &b);
	}
	free(a.text);
	free(b.text);
	(void)printf(
	    "%llu histories from seed %llu: %zu facts, %zu renewed, %zu "
	    "carried, %zu back-filled, %zu cut, %zu waiting, %zu frozen, %zu "
	    "late, %zu prorated, %zu minimums\n",
	    (unsigned long long)histories, (unsigned long long)first,
	    seen.facts, seen.renewed, seen.carried, seen.backfilled, seen.cut,
	    seen.waiting, seen.frozen, seen.late, seen.prorated, seen.minimums);
	if (histories >= 2000) {
		assert_true(seen.renewed > 100 && seen.carried > 20);
		assert_true(seen.backfilled > 5 && seen.cut > 500);
		assert_true(seen.frozen > 20 && seen.late > 20);
		assert_true(seen.prorated > 20 && seen.minimums > 500);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	program_destroy(program);
	arena_fini(&arena);
	return failed;
}
