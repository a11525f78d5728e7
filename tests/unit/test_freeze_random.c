/* Random histories of programs that freeze: whatever arrives later, what counts
 * in a frozen period stays, and the order of the facts makes no difference. */
#include "scene.h"

#define HISTORIES 100
#define FACTS     50
#define DAYS      60 /* that are looked at, of one history */

static const char rest[] =
    "designations: [{name: A}, {name: B}]\n"
    "period: {anniversary_months: 12}\n"
    "requires: {credits: 3, met: [cpr]}\n"
    "rates: [{minutes: 60, step: 0.5, round: down}]\n"
    "same: [{agree_in: [code], within_months: 18}]\n"
    "splits: [{when: {code: s}, into: [{category: x, percent: 30},\n"
    "  {category: y, percent: 70}]}]\n"
    "caps:\n"
    "  - {when: {route: recognized}, per: period, at_most: 4}\n"
    "  - {when: {category: x}, per: period, at_most: 1}\n"
    "minimums: [{name: few, when: {category: y}, at_least: 1,\n"
    "  beside_total: true, only_if: {met: more}}]\n"
    "recognition:\n"
    "  evidence: [{needs: certificate}]\n"
    "  audit: {one_in: 3, needs: copy}\n"
    "  fee: {per_credit: 10.00, per_request: 5.00}\n"
    "leaves: [{requirement: sick, reduces: month, step: 1, round: down},\n"
    "  {requirement: away, extends: true}]\n"
    "renewal: {late: [{within_months: 6, fee: 20.00}], fee: 30.00}\n";

static const char *const freezing[] = {
    "carry: {at_most: 3}\nfreeze: {after_days: 45}\n",
    "carry: {at_most: 3, periods: 2}\nfreeze: {once_renewed: true}\n",
    ("carry: {at_most: 3, backfill: {at_most: 2}}\n"
     "freeze: {after_days: 20, once_renewed: true}\n"),
};

static unsigned long long random_state;

static int draw(int below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (int)(random_state % (unsigned long long)below);
}

static const char *date(date_t on)
{
	static char buffer[4][DATE_TEXT_SIZE];
	static unsigned next;
	char *at = buffer[next++ % 4];

	(void)date_write(on, at);
	return at;
}

/* A day of the years 2024 to 2026, and one soon after; sometimes long after. */
static date_t some_day(date_t *ret_received)
{
	date_t on = date_of(2024, 1, 1) + draw(1000);

	*ret_received = on + draw(draw(4) == 0 ? 500 : 30);
	return on;
}

static void add_claim(int number)
{
	date_t received, done = some_day(&received);
	char id[8], more[64] = "";

	if (draw(8) == 0)
		received -= draw(60); /* booked ahead */
	if (draw(3) == 0)
		(void)snprintf(more, sizeof(more), "'code':'%c',",
		    draw(2) == 0 ? 's' : 'c');
	(void)snprintf(id, sizeof(id), "f%d", number);
	if (draw(3) > 0)
		on(date(received), id, "activity.completed",
		    "'activity':{'kind':'course','title':'%s',%s"
		    "'completed_on':'%s','contact_hours':%d}%s",
		    id, more, date(done), 1 + draw(6),
		    draw(4) == 0 ? ",'designations':['A']" : "");
	else
		on(date(received), id, "recognition.requested",
		    "'request':'r%d','activity':{'kind':'course','title':'%s',"
		    "%s'completed_on':'%s','contact_hours':%d},"
		    "'evidence':[{'kind':'certificate'}]",
		    draw(5), id, more, date(done), 1 + draw(6));
}

static void add_part(int number)
{
	date_t received;
	char id[8], name[8];

	(void)some_day(&received);
	(void)snprintf(id, sizeof(id), "f%d", number);
	(void)snprintf(name, sizeof(name), "r%d", draw(5));
	switch (draw(7)) {
	case 0:
		prove(date(received), id, name, draw(2) ? "copy" : "other");
		break;
	case 1:
	case 2:
	case 3:
		approve(date(received), id, name);
		break;
	case 4:
		on(date(received), id, "recognition.withdrawn",
		    "'request':'%s'", name);
		break;
	default:
		pay(date(received), id, name, draw(2) ? "25.00" : "100.00");
		break;
	}
}

static void add_other(int number)
{
	static const char *const requirement[] = {
	    "cpr", "cpr", "cpr", "more", "sick", "away"};
	date_t received, day = some_day(&received);
	char id[8], what[8];

	(void)snprintf(id, sizeof(id), "f%d", number);
	switch (draw(8)) {
	case 0:
		adjust(date(received), id, date(day), draw(2) ? "-1.5" : "2.0");
		break;
	case 1:
	case 2:
	case 3:
		on(date(received), id, "requirement.met",
		    "'requirement':'%s','met_on':'%s','expires_on':'%s'",
		    requirement[draw(6)], date(day),
		    date(day + 20 + draw(500)));
		break;
	case 4:
		(void)snprintf(what, sizeof(what), "f%d", draw(number));
		reverse(date(received), id, what);
		break;
	case 5:
		on(date(received), id, "certification.granted",
		    "'designation':'%s','granted_on':'%s'", draw(3) ? "B" : "A",
		    date(day));
		break;
	default:
		if (draw(2) == 0) {
			received += date_of(2024, 12, 1) - day;
			day = date_of(2024, 12, 1);
		}
		renew(date(received), id, draw(3) ? "A" : "B", date(day));
		break;
	}
}

static void make_history(unsigned long long seed)
{
	random_state = seed * 2654435761u + 88172645463325252ull;
	history_reset(&history);
	on("2024-01-05", "f0", "certification.granted",
	    "'designation':'A','granted_on':'2024-01-01'");
	for (int i = 1; i < FACTS; i++) {
		int kind = draw(10);

		if (kind < 4)
			add_claim(i);
		else if (kind < 6)
			add_part(i);
		else
			add_other(i);
	}
}

/* Rules what had arrived by that day. */
static void rule_then(date_t today)
{
	size_t count = 0;

	for (size_t i = 0; i < history.count; i++)
		if (history.fact[i].received_on <= today)
			facts[count++] = history.fact[i];
	arena_reset(&arena);
	assert_int_equal(
	    rule_member(program, facts, count, today, &arena, &ruling), 0);
	sums_hold();
}

static void describe_fact(FILE *out, const struct fact *fact)
{
	char id[16];
	size_t at;

	(void)snprintf(id, sizeof(id), "%.*s", TEXT_ARGS(fact->id));
	at = index_of(id);
	(void)fprintf(out, "%s %d %s %d\n", id, ruling.verdict[at].outcome,
	    reason_name(ruling.verdict[at].reason),
	    ruling.verdict[at].reversed);
	for (size_t i = 0; i < ruling.postings; i++) {
		const struct posting *p = &ruling.posting[i];

		if (p->cause == at)
			(void)fprintf(out, "  %d %.*s %d %lld\n", p->account,
			    TEXT_ARGS(p->designation), p->period_starts_on,
			    (long long)p->value);
	}
}

/* What a ruling says, as one text. */
static void describe(FILE *out)
{
	for (size_t i = 0; i < history.count; i++)
		describe_fact(out, &history.fact[i]);
	for (size_t i = 0; i < ruling.periods; i++) {
		const struct period *p = &ruling.period[i];

		(void)fprintf(out,
		    "%.*s %d-%d %lld %lld %lld %lld %lld %zu %d %d %d %.*s\n",
		    TEXT_ARGS(p->designation), p->starts_on, p->ends_on,
		    (long long)p->required, (long long)p->accredited,
		    (long long)p->recognized, (long long)p->carried_in,
		    (long long)p->total, p->missing.count, p->status,
		    p->is_frozen, p->frozen_on,
		    TEXT_ARGS(ruling.fact[p->opened_by].id));
	}
	for (size_t i = 0; i < ruling.requests; i++) {
		const struct request *r = &ruling.request[i];

		(void)fprintf(out, "%.*s %d %s %lld %lld %lld %lld %.*s\n",
		    TEXT_ARGS(r->name), r->state, reason_name(r->reason),
		    (long long)r->credits, (long long)r->credited,
		    (long long)r->total_due, (long long)r->refund_due,
		    TEXT_ARGS(ruling.fact[r->fact].id));
	}
	(void)fprintf(out, "%d\n", ruling.next_due);
}

static char *described(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	describe(out);
	(void)fclose(out);
	return text;
}

static void any_order_is_the_same(date_t today)
{
	char *first, *next;

	rule_then(today);
	first = described();
	for (int n = 0; n < 4; n++) {
		shuffle(&random_state);
		arena_reset(&arena);
		assert_int_equal(rule_member(program, facts, history.count,
				     today, &arena, &ruling),
		    0);
		next = described();
		if (strcmp(first, next) != 0)
			fail_msg("%s\n%s", first, next);
		free(next);
	}
	free(first);
}

/* A frozen period as it was seen. */
struct seen {
	char designation;
	date_t starts_on, ends_on, frozen_on;
	date_t opened_on;
	credit_t accredited, recognized, required;
	credit_t share[FACTS]; /* by the number of its fact */
};

static struct seen seen[256];
static size_t seens;

static struct seen see(const struct period *p)
{
	struct seen s = {p->designation.at[0], p->starts_on, p->ends_on,
	    p->frozen_on, p->opened_on, p->accredited, p->recognized,
	    p->required, {0}};
	size_t at = (size_t)(p - ruling.period);

	for (size_t i = 0; i < ruling.shares; i++) {
		const struct share *share = &ruling.share[i];

		if (share->period == at)
			s.share[atoi(ruling.fact[share->fact].id.at + 1)] +=
			    share->credited;
	}
	return s;
}

static bool is_same_period(const struct seen *a, const struct seen *b)
{
	return a->designation == b->designation &&
	       a->starts_on == b->starts_on && a->ends_on == b->ends_on &&
	       a->frozen_on == b->frozen_on;
}

/* Each frozen period is as it was when it was first seen frozen. */
static void frozen_stays(date_t today)
{
	for (size_t i = 0; i < ruling.periods; i++) {
		const struct period *p = &ruling.period[i];
		struct seen now;
		size_t at = 0;

		if (!p->is_frozen)
			continue;
		assert_true(p->frozen_on < today);
		now = see(p);
		while (at < seens && !is_same_period(&seen[at], &now))
			at++;
		if (at == seens) {
			assert_true(seens < COUNT(seen));
			seen[seens++] = now;
			continue;
		}
		assert_true(seen[at].accredited == now.accredited);
		assert_true(seen[at].recognized == now.recognized);
		assert_true(seen[at].required == now.required);
		for (int n = 0; n < FACTS; n++)
			if (seen[at].share[n] != now.share[n])
				fail_msg("f%d in %c from %s", n,
				    now.designation, date(now.starts_on));
	}
}

/* It is what counted on the day on which it was frozen. */
static void frozen_is_as_then(void)
{
	for (size_t n = 0; n < seens; n++) {
		bool found = false;

		rule_then(seen[n].frozen_on);
		for (size_t i = 0; i < ruling.periods; i++) {
			struct seen then = see(&ruling.period[i]);

			if (then.designation != seen[n].designation ||
			    then.starts_on != seen[n].starts_on)
				continue;
			found = true;
			assert_int_equal(then.ends_on, seen[n].ends_on);
			assert_memory_equal(
			    then.share, seen[n].share, sizeof(then.share));
			assert_true(then.required == seen[n].required);
		}
		assert_true(found);
	}
}

static size_t check_history(unsigned long long seed)
{
	date_t today = date_of(2024, 1, 4), end = date_of(2028, 6, 30);

	make_history(seed);
	seens = 0;
	for (int n = 0; n < DAYS; n++) {
		date_t next = end;

		rule_then(today);
		frozen_stays(today);
		for (size_t i = 0; i < history.count; i++)
			if (history.fact[i].received_on > today &&
			    history.fact[i].received_on < next)
				next = history.fact[i].received_on;
		if (next == end)
			break;
		today = next;
	}
	rule_then(end);
	frozen_stays(end);
	any_order_is_the_same(end);
	frozen_is_as_then();
	return seens;
}

static void check_program(const char *freeze)
{
	char text[4096];
	size_t frozen = 0;

	(void)snprintf(text, sizeof(text), "%s%s", rest, freeze);
	use(text);
	for (int i = 0; i < HISTORIES; i++)
		frozen += check_history((unsigned long long)i);
	print_message(
	    "%zu frozen periods of %d histories\n", frozen, HISTORIES);
	assert_true(frozen > HISTORIES / 5);
}

static void what_is_frozen_stays(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(freezing); i++)
		check_program(freezing[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_frozen_stays),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	scene_fini();
	return failed;
}
