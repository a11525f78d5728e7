/* When periods are closed to changes.
 *
 * A period is frozen on the first day on which the program says so: so many
 * days after its end, or after the arrival of what opened it if that was later;
 * or when a renewal of it takes effect. That day is found by ruling what had
 * arrived up to each day on which it may be, in their order, with what was
 * frozen before. What counts in it then, counts in it from then on
 * (rule_keep.c): so long as the period opens again in every later ruling and
 * its renewal is not reversed.
 *
 * Only days are looked at on which a period freezes by days; on which a
 * certification arrived, or a reversal of one or of a renewal; and where
 * renewals freeze, or open a period whose days have passed, those on which one
 * arrived and, while one waits for its period to be complete, anything else. */
#include <errno.h>
#include <string.h>

#include "rule_work.h"

/* While a renewal waits, so many days in a row; then it is left to wait. */
#define WAITING_MOST 64
/* Facts ruled on in all looks together: less than a second's work. After that
 * nothing more is frozen, and nothing is opened again. */
#define FACTS_MOST ((size_t)64 * 5000)

/* Does it open periods, or close them? */
enum turn { TURNS_NOTHING, TURNS_RENEWAL, TURNS_ALWAYS };

struct looking {
	const struct program *program;
	struct arena *arena;     /* what is kept */
	struct arena *scratch;   /* one look */
	const struct fact *fact; /* in the order of their arrival */
	size_t facts;
	date_t today;
	enum turn *turn; /* by fact */
	struct freeze *freeze;
	unsigned looks;
	date_t due;    /* the next day on which a period freezes by days */
	bool renewals; /* make a difference before that day */
	bool waiting;  /* one waits for its period to be complete */
	size_t spent;
};

/* The facts that arrived up to a day. */
static size_t arrived(const struct looking *l, date_t day)
{
	size_t low = 0, high = l->facts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->fact[middle].received_on <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first day on which a fact of that kind arrives, after `count` others. */
static date_t next_turning(const struct looking *l, size_t count)
{
	for (size_t i = count; i < l->facts; i++)
		if (l->turn[i] == TURNS_ALWAYS ||
		    (l->turn[i] == TURNS_RENEWAL && l->renewals))
			return l->fact[i].received_on;
	return DATE_NEVER;
}

/* The day after `day` on which anything arrives, or a claim that was dated
 * ahead comes to pass. */
static date_t next_event(const struct looking *l, date_t day)
{
	size_t count = arrived(l, day);
	date_t next =
	    count < l->facts ? l->fact[count].received_on : DATE_NEVER;

	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = &l->fact[i];

		if ((fact->type == EVENT_ACTIVITY ||
			fact->type == EVENT_REQUESTED) &&
		    fact->activity.completed_on > day &&
		    fact->activity.completed_on < next)
			next = fact->activity.completed_on;
	}
	return next;
}

/* The day on which it is frozen by days alone. */
static date_t freezes_on(
    const struct program *program, const struct frozen *period)
{
	date_t from =
	    period->ends_on > period->since ? period->ends_on : period->since;

	return program->freeze.after_days < 0
		   ? DATE_NEVER
		   : from + program->freeze.after_days;
}

/* Is what is frozen of it as it was: with the same end, and renewed still? */
static bool is_unchanged(const struct frozen *known, const struct work *work,
    const struct period_work *period)
{
	return known->ends_on == period->out.ends_on &&
	       (known->closed_by == NO_FACT ||
		   !work->ruling->verdict[known->closed_by].reversed);
}

/* What became of those that are known. One that ends earlier than it did, or
 * is not frozen any more, is as one that was not known. */
static bool look_again(struct looking *l, const struct work *work, date_t day)
{
	bool changed = false;

	for (size_t i = 0; i < work->periods; i++) {
		const struct period_work *period = work->period[i];
		struct frozen *known = rule_known(l->freeze, period);

		if (known == NULL)
			continue;
		known->look = l->looks;
		if (known->is_frozen && !is_unchanged(known, work, period)) {
			rule_forget(l->freeze, known);
			known->since = day;
			changed = true;
		}
		if (period->out.ends_on < known->ends_on)
			known->since = day;
		known->ends_on = period->out.ends_on;
	}
	return changed;
}

/* Those that are not open any more. Was one of them frozen? */
static bool drop_others(struct looking *l)
{
	struct freeze *freeze = l->freeze;
	size_t count = 0;
	bool changed = false;

	for (size_t i = 0; i < freeze->periods; i++) {
		struct frozen *known = &freeze->period[i];

		if (known->look == l->looks) {
			freeze->period[count++] = *known;
			continue;
		}
		changed = changed || known->is_frozen;
		rule_forget(freeze, known);
	}
	freeze->periods = count;
	return changed;
}

static bool has_room(struct looking *l)
{
	struct freeze *freeze = l->freeze;
	size_t room = freeze->room == 0 ? 8 : freeze->room * 2;
	struct frozen *more;

	if (freeze->periods < freeze->room)
		return true;
	more = arena_take_many(l->arena, room, sizeof(*more));
	if (more == NULL)
		return false;
	if (freeze->periods > 0)
		memcpy(more, freeze->period, freeze->periods * sizeof(*more));
	freeze->period = more;
	freeze->room = room;
	return true;
}

static struct frozen *learn(struct looking *l, const struct work *work,
    const struct period_work *period)
{
	const struct fact *opener = &work->ruling->fact[period->out.opened_by];
	struct freeze *freeze = l->freeze;
	size_t at;

	if (!has_room(l))
		return NULL;
	at = rule_known_at(freeze, &period->out);
	memmove(&freeze->period[at + 1], &freeze->period[at],
	    (freeze->periods - at) * sizeof(*freeze->period));
	freeze->periods++;
	freeze->period[at] =
	    (struct frozen){.designation = period->out.designation,
		.starts_on = period->out.starts_on,
		.ends_on = period->out.ends_on,
		.granted_on = period->tenure->from,
		.since = opener->received_on,
		.closed_by = NO_FACT};
	return &freeze->period[at];
}

/* Freezes what is to be frozen on that day; notes the next one. */
static int freeze_open(struct looking *l, const struct work *work, date_t day)
{
	const bool *reversed = NULL;

	l->due = DATE_NEVER;
	for (size_t i = 0; i < work->periods; i++) {
		const struct period_work *period = work->period[i];
		struct frozen *known = rule_known(l->freeze, period);
		date_t on;

		if (known == NULL)
			known = learn(l, work, period);
		if (known == NULL)
			return -ENOMEM;
		if (known->is_frozen)
			continue;
		on = freezes_on(l->program, known);
		if (day < l->today &&
		    (on <= day || (l->program->freeze.once_renewed &&
				      period->closed_by != NULL))) {
			if (!rule_keep(work, period, day, &reversed, known))
				return -ENOMEM;
		} else if (on > day && on < l->due) {
			l->due = on;
		}
	}
	return 0;
}

/* Where a line's last period is frozen, nothing but its renewal leads on. */
static bool is_led_by_renewals(const struct looking *l, const struct work *work)
{
	if (l->program->freeze.once_renewed)
		return true;
	for (size_t i = 0; i < work->lines; i++) {
		const struct frozen *known =
		    rule_known(l->freeze, work->line[i].last);

		if (known != NULL && known->is_frozen)
			return true;
	}
	return false;
}

static bool waits(const struct work *work)
{
	const struct facts *renewed = &work->standing[EVENT_RENEWED];

	for (size_t i = 0; i < renewed->count; i++)
		if (rule_verdict(work, renewed->item[i])->reason ==
		    REASON_REQUIREMENTS_MISSING)
			return true;
	return false;
}

/* Rules what had arrived up to the day. */
static int look(struct looking *l, date_t day)
{
	struct ruling ruling;
	struct work work;
	bool changed;
	int result;

	do {
		arena_reset(l->scratch);
		ruling = (struct ruling){.program = l->program,
		    .fact = l->fact,
		    .facts = arrived(l, day),
		    .today = day == DATE_NONE ? l->today : day};
		work = (struct work){.program = l->program,
		    .arena = l->scratch,
		    .ruling = &ruling,
		    .freeze = l->freeze,
		    .is_look = true};
		result = rule_run(&work, false);
		if (result < 0)
			return result;
		l->looks++;
		l->spent += ruling.facts;
		changed = look_again(l, &work, day);
		changed = drop_others(l) || changed;
	} while (changed);
	result = freeze_open(l, &work, day);
	l->renewals = is_led_by_renewals(l, &work);
	l->waiting = l->renewals && waits(&work);
	return result;
}

static bool has_frozen(const struct freeze *freeze)
{
	for (size_t i = 0; i < freeze->periods; i++)
		if (freeze->period[i].is_frozen)
			return true;
	return false;
}

/* The day to be looked at after `day`. `waited`: so many in a row only because
 * a renewal waits. */
static date_t next_day(const struct looking *l, date_t day, int *waited)
{
	date_t next = next_turning(l, arrived(l, day));
	date_t event;

	if (l->due < next && l->due < l->today)
		next = l->due;
	if (l->waiting && *waited < WAITING_MOST) {
		event = next_event(l, day);
		if (event < next && event < l->today) {
			++*waited;
			return event;
		}
	}
	*waited = 0;
	return next;
}

/* On the last day there is nothing to freeze, but maybe to open again. */
static int look_at_all(struct looking *l)
{
	date_t day = next_turning(l, 0);
	int waited = 0;

	while (day != DATE_NEVER && l->spent < FACTS_MOST &&
	       (day < l->today || has_frozen(l->freeze))) {
		int result = look(l, day);

		if (result < 0)
			return result;
		day = next_day(l, day, &waited);
	}
	l->freeze->is_given_up = l->spent >= FACTS_MOST;
	return 0;
}

/* Which facts may open or close a period: found by ruling on what reverses
 * what. */
static int find_turns(struct looking *l)
{
	struct ruling ruling = {
	    .program = l->program, .fact = l->fact, .facts = l->facts};
	struct work work = {.program = l->program,
	    .arena = l->scratch,
	    .ruling = &ruling,
	    .freeze = l->freeze};

	l->turn = arena_take_many(l->arena, l->facts + 1, sizeof(*l->turn));
	if (l->turn == NULL || !rule_begin(&work))
		return -ENOMEM;
	rule_reverse(&work);
	if (work.no_memory)
		return -ENOMEM;
	for (size_t i = 0; i < l->facts; i++) {
		const struct fact *root = rule_root(&work, &l->fact[i]);

		if (root != NULL && (root->type == EVENT_GRANTED ||
					root->type == EVENT_RENEWED ||
					root->type == EVENT_TRANSFERRED))
			l->turn[i] = l->fact[i].type == EVENT_RENEWED
					 ? TURNS_RENEWAL
					 : TURNS_ALWAYS;
	}
	return 0;
}

/* The day on which it will be frozen, as it is known today. */
static date_t will_freeze_on(
    const struct work *work, const struct period_work *period)
{
	const struct program *program = work->program;
	const struct frozen *known = rule_known(work->freeze, period);
	struct frozen as = {.ends_on = period->out.ends_on};

	if (program->freeze.once_renewed && period->closed_by != NULL)
		return work->ruling->today;
	as.since = known != NULL
		       ? known->since
		       : work->ruling->fact[period->out.opened_by].received_on;
	if (known != NULL && as.ends_on < known->ends_on)
		as.since = work->ruling->today;
	return freezes_on(program, &as);
}

date_t rule_next_freeze(const struct work *work)
{
	date_t today = work->ruling->today, next = DATE_NEVER;

	for (size_t i = 0; i < work->periods; i++) {
		const struct period_work *period = work->period[i];
		date_t on;

		if (period->frozen != NULL)
			continue;
		on = will_freeze_on(work, period);
		if (on < today)
			on = today; /* it has opened only now */
		if (on < next)
			next = on;
	}
	return next == DATE_NEVER || work->freeze->is_given_up ? DATE_NEVER
							       : next + 1;
}

int rule_freeze(
    const struct ruling *ruling, struct arena *arena, struct freeze **ret)
{
	struct looking l = {.program = ruling->program,
	    .arena = arena,
	    .scratch = arena_scratch(arena),
	    .fact = ruling->fact,
	    .facts = ruling->facts,
	    .today = ruling->today,
	    .due = DATE_NEVER};
	int result;

	l.freeze = arena_take(arena, sizeof(*l.freeze));
	if (l.scratch == NULL || l.freeze == NULL)
		return -ENOMEM;
	l.freeze->arena = arena;
	l.freeze->keeps =
	    arena_take_many(arena, l.facts + 1, sizeof(*l.freeze->keeps));
	if (l.freeze->keeps == NULL)
		return -ENOMEM;
	arena_reset(l.scratch);
	result = find_turns(&l);
	if (result == 0)
		result = look_at_all(&l);
	*ret = l.freeze;
	return result;
}
