/* The ruling's workbench: what its steps hand on to each other.
 *
 * rule.c runs the steps in the order of the domain's evaluation:
 *   1. rule_reverse.c   which facts stand, and by type in rule_stand.c
 *   2. rule_claim.c     eligibility of each claim; its worth: rule_rate.c
 *   3. rule_parts.c     what belongs to each recognition request
 *   4. rule_timeline.c  periods are opened one after the other, by
 *      rule_span.c      their first and last day, with leave (rule_leave.c)
 *      rule_requires.c  what each asks for (rule_minimum.c)
 *      rule_place.c     placing claims in them: duplicates (rule_same.c),
 *                       sums and parts, caps (rule_cap.c)
 *      rule_request.c   gates: evidence, decision, payment
 *      rule_period.c    totals, requirements, status (rule_count.c,
 *                       rule_values.c), and what goes into the next
 *                       (rule_carry.c)
 *   5. rule_verdict.c   how each fact stands
 *   6. rule_post.c      what should stand in the ledger */
#ifndef WORKER_RULE_WORK_H
#define WORKER_RULE_WORK_H

#include "program_rules.h"
#include "rule.h"

struct step_link {
	struct step step;
	struct step_link *next;
};

/* Facts of one type that stand. */
struct facts {
	const struct fact **item;
	size_t count;
};

/* For whom, and as what, a claim is looked at. */
struct aspect {
	struct text designation;
	date_t granted_on;    /* first day of the tenure: the cohort */
	struct text category; /* of one part of a split claim; absent: the
			       * claim's own */
};

/* What a claim is worth before caps, by the rates as they hold for one holder,
 * or for the claim as a whole. */
struct worth {
	const struct rate_rule *rate;     /* NULL: none knows the claim */
	const struct factor_rule *factor; /* NULL: none fits */
	struct ratio base;                /* by the rate, before rounding */
	struct ratio allowance;           /* what the factor adds to it */
	struct ratio exact;               /* with the factor */
	bool too_small;                   /* less than the rate's at_least */
	credit_t by_rate;                 /* rounded */
	credit_t raw;                     /* what a decision leaves of it */
};

/* The first claim that agrees in some fields, where this one comes after. */
struct repeat {
	unsigned fields; /* SAME_… */
	const struct fact *first;
	struct repeat *next;
};

/* A share on the bench. */
struct slot {
	struct share share;
	struct claim *claim;
	struct aspect aspect;        /* known once it lies in a period */
	const struct worth *worth;   /* likewise */
	const struct frozen *frozen; /* its period's, or NULL; its share is as
				      * it was, */
	const struct kept *kept;     /* or, without this, came too late */
	bool stands;       /* in its period: not a duplicate; holds room */
	struct slot *part; /* further parts of a split claim; they follow
			    * this one in the period, not in the claim */
	size_t parts;
	struct step_link *first, **last;
	size_t steps;
};

/* A claim: an activity, or the request that holds its name. */
struct claim {
	const struct fact *fact;
	bool recognized;
	bool accredited;
	unsigned traits;     /* TRAIT_… */
	bool future;         /* dated after today */
	bool takes_part;     /* may earn credit and hide others */
	bool taken_back;     /* reversed where a period is open to that */
	enum reason refused; /* can never count, or REASON_NONE */
	const struct rule_words *refused_by;
	bool unmatched;               /* no rate knows it */
	const struct rate_rule *rate; /* a request: of its best slot */
	struct worth worth;    /* where rates are the same for all holders */
	struct repeat *repeat; /* what it repeats, by fields */
	struct request_work *request; /* recognized only */
	struct slot *slot;            /* one a designation held, or just one */
	size_t slots;
};

struct request_work {
	struct text name;
	const struct fact *fact; /* the one that holds the name */
	struct claim *claim;
	const struct fact *decision; /* the one that counts */
	bool withdrawn;
	bool audited;
	bool settled; /* rule_request_settle() was here */
	money_t paid;
	const struct fact **parts; /* all facts of that name, any type */
	size_t part_count;
	struct request out;
};

/* A certification from its grant or transfer to the next of that name. */
struct tenure {
	const struct fact *opener;
	date_t from;
	date_t next; /* first day of the next tenure, or DATE_NEVER */
};

struct period_work {
	struct period out;
	date_t anniversary; /* first day of the next period, if renewed */
	int number;         /* of its tenure, from 1 */
	const struct tenure *tenure;
	struct period_work *before;           /* that it renewed, or NULL */
	const struct period_rule *rule;       /* the variant that holds */
	const struct requires_rule *requires; /* likewise */
	date_t counted_from; /* its end is `lengths` of its rule later */
	int lengths;
	date_t whole_from; /* first day of a whole period with its end */
	credit_t asked;    /* of requires->total: less in a short period or
			    * with leave; nothing else changes it */
	bool *exempt;      /* by each exemption of the program; NULL: by none */
	struct minimum *minimum;                  /* out.minimum */
	const struct minimum_rule **minimum_rule; /* of each of these */
	struct cap_rule *own_cap; /* of minimums beside the total */
	size_t own_caps;
	const struct frozen *frozen;  /* it is closed to changes, or NULL */
	struct facts met;             /* requirements, as they count for it */
	const struct fact *closed_by; /* renewal that opened the next one */
	credit_t carried_out;
	credit_t lot[CARRY_PERIODS_MOST]; /* carried in: earned so many periods
					   * before, [0] in the last one */
	credit_t filled; /* from the next period, where credits were missing */
	struct slot **slot; /* of its claims, in the total order */
	size_t slots;
};

/* All of one designation that the member holds. */
struct line {
	const struct designation_rule *rule;
	struct tenure *tenure;
	size_t tenures, at;          /* at: the tenure in work */
	struct facts met;            /* requirements, as they count today */
	const struct fact **renewal; /* in order */
	size_t renewals, next_renewal;
	struct period_work *open; /* not settled yet, or NULL */
	struct period_work *last;
	struct likes *before; /* by rule of sameness that reaches back: what
			       * stood in the periods so far */
};

/* Money that a renewal costs. */
struct renewal_fee {
	const struct fact *renewal;
	money_t late; /* for being late */
	money_t fee, tax;
};

struct work {
	const struct program *program;
	struct arena *arena;
	struct ruling *ruling;
	struct facts standing[EVENT_REVERSED + 1]; /* by type; those with a
						    * day by (on, source, id),
						    * others as they came */
	struct freeze *freeze; /* what is closed to changes; NULL: nothing */
	bool is_look; /* for what is frozen; kept steps are not wanted */
	const struct fact **root;   /* of a reversal, in the end; by index */
	const struct fact **opener; /* effective grants and transfers by date,
				     * that name a jurisdiction */
	size_t openers;
	struct claim *claim; /* in the total order */
	size_t claims;
	struct request_work *request; /* by name */
	size_t requests;
	struct likes *repeat; /* first claims, by fields that factors ask */
	size_t repeats;
	struct line *line; /* by name of the designation */
	size_t lines;
	struct period_work **period;
	size_t periods, period_room;
	struct renewal_fee *renewal_fee; /* in the order they took effect */
	size_t renewal_fees;
	size_t posting_room;
	struct slot *slot; /* room for more slots and steps */
	size_t slots;
	struct step_link *link;
	size_t links;
	bool no_memory, overflow;
};

/* A share as it was when its period was frozen, with its parts. */
struct kept {
	size_t fact;            /* of its claim */
	struct slot slot;       /* without its claim */
	struct request request; /* its request, then */
};

/* A period that was open when it was last looked at. */
struct frozen {
	struct text designation;
	date_t starts_on, ends_on;
	date_t granted_on; /* first day of its tenure */
	date_t since;      /* what opened it arrived, or opened it again */
	unsigned look;
	bool is_frozen;    /* what follows is of that day: */
	date_t on;         /* what arrives later has no effect in it */
	size_t closed_by;  /* its renewal, or NO_FACT */
	struct kept *kept; /* in the order of claims */
	size_t kepts;
	struct facts met;     /* the requirements that counted */
	const bool *reversed; /* by fact; those that come after had not */
	size_t facts;         /* arrived */
};

/* Facts are meant by their index, in the order of their arrival. */
struct freeze {
	struct arena *arena;
	struct frozen *period; /* by (designation, starts_on) */
	size_t periods, room;
	size_t *keeps;    /* by fact: in how many periods it is kept */
	bool is_given_up; /* more looks would have taken too long */
};

/* rule.c: rules from the first step on; not `whole`: as far as it decides what
 * periods hold. The work has its program, arena, freeze and ruling, and that
 * its facts and today. Returns as rule_member(). */
MUST_CHECK int rule_run(struct work *work, bool whole);
/* Room for the verdicts, which rule_run() takes itself. */
MUST_CHECK bool rule_begin(struct work *work);

/* rule_freeze.c: what is frozen for a ruling whose facts are in the order of
 * their arrival. Returns as rule_member(). */
MUST_CHECK int rule_freeze(
    const struct ruling *ruling, struct arena *arena, struct freeze **ret);

/* The day from which on more is frozen than today, if nothing else comes. */
date_t rule_next_freeze(const struct work *work);

/* rule_arrival.c: the whole ruling where the program freezes; likewise. */
MUST_CHECK int rule_as_it_arrived(struct work *work);

/* rule_keep.c. The place of a period among those known, or where it belongs. */
size_t rule_known_at(const struct freeze *freeze, const struct period *period);
/* The period that began on the same day in the same tenure, or NULL. */
struct frozen *rule_known(
    const struct freeze *freeze, const struct period_work *period);
/* Keeps it as it is ruled now. *reversed: for all frozen in one ruling. False
 * without memory. */
MUST_CHECK bool rule_keep(const struct work *work,
    const struct period_work *period, date_t on, const bool **reversed,
    struct frozen *ret);
void rule_forget(struct freeze *freeze, struct frozen *known);
/* What is frozen of a period that opens, or NULL. */
const struct frozen *rule_frozen(
    const struct work *work, const struct period_work *period);
/* Is it kept in any period? */
bool rule_is_kept(const struct work *work, const struct fact *fact);
/* Requirements as they count for a line: those of a frozen period's days as
 * they stood then. */
void rule_view(struct work *work, struct line *line);
/* As they count for a period that opens: if it is frozen, as they did then. */
void rule_requirements(const struct work *work, const struct line *line,
    struct period_work *period);
/* Instead of rule_place(). */
void rule_take_in(
    struct work *work, struct line *line, struct period_work *period);

static inline size_t rule_index(
    const struct work *work, const struct fact *fact)
{
	return (size_t)(fact - work->ruling->fact);
}

static inline struct verdict *rule_verdict(
    const struct work *work, const struct fact *fact)
{
	return &work->ruling->verdict[rule_index(work, fact)];
}

static inline bool rule_stands(const struct work *work, const struct fact *fact)
{
	return !rule_verdict(work, fact)->reversed;
}

/* What is checked before all else, also before a reversal. */
bool rule_is_first(enum reason reason);

/* Zeroed memory of the ruling; notes a shortage in work->no_memory. */
void *rule_take(struct work *work, size_t count, size_t size);

/* Adds with overflow noted in the work. */
void rule_sum(struct work *work, int64_t *sum, int64_t value);

/* Sorts pointers, `items` being an array of `count` of them; equal ones stay in
 * their order. `compare` is given two of the pointers. Without memory they are
 * left as they are and it is noted. */
void rule_sort(struct work *work, void *items, size_t count,
    int (*compare)(const void *a, const void *b));

/* A step of a slot's explanation, to be filled in, or NULL. */
struct step *rule_next_step(struct work *work, struct slot *slot);
/* Inline: the step is made where it is kept, not copied there. */
static inline void rule_explain(
    struct work *work, struct slot *slot, struct step step)
{
	struct step *room = rule_next_step(work, slot);

	if (room == NULL)
		return;
	*room = step;
	room->fact = slot->claim->fact;
}

/* rule_match.c: does `match` speak of this claim, looked at like that? NULL:
 * as a whole, whoever holds what. rule_match() takes a glance first. */
bool rule_match_all(const struct match *match, const struct claim *claim,
    const struct aspect *aspect);

static inline bool rule_match(const struct match *match,
    const struct claim *claim, const struct aspect *aspect)
{
	return (claim->traits & (match->must | match->must_not)) ==
		   match->must &&
	       rule_match_all(match, claim, aspect);
}

void rule_reverse(struct work *work);
/* What a reversal is about in the end: what it reverses, or what that does; a
 * fact of another type itself. NULL: not known, or a circle. Of programs that
 * freeze only. */
const struct fact *rule_root(const struct work *work, const struct fact *fact);
void rule_stand(struct work *work);
/* Facts by (on, source, id). */
int rule_compare_dated(const void *a, const void *b);
/* The first of a dated type that is of that day or later. */
size_t rule_first_on(const struct facts *facts, date_t on);
void rule_hold(struct work *work);     /* openers and lines */
void rule_requests(struct work *work); /* before claims: names and parts */
void rule_claims(struct work *work);
/* The claim that a fact makes, or NULL. */
const struct claim *rule_find_claim(
    const struct work *work, const struct fact *fact);
void rule_timeline(struct work *work);

/* rule_place.c: the claims of a period, from its first to its last day, with
 * all that narrows them but gates. */
void rule_place(struct work *work, struct line *line, struct period_work *p);
/* Its slot for that designation, or NULL. */
struct slot *rule_slot_of(struct claim *claim, struct text designation);
/* The first claim, in the total order, of that day or later. */
size_t rule_first_claim(const struct work *work, date_t on);
/* In its period: may it earn credit and hide others? */
bool rule_takes_part(const struct slot *slot);

/* rule_rate.c. As a whole: claim->rate, claim->unmatched. */
void rule_find_rate(struct work *work, struct claim *claim);
/* What it is worth; `aspect` NULL: by claim->rate. *ret begins as zeroes. */
void rule_rate(struct work *work, const struct claim *claim,
    const struct aspect *aspect, struct worth *ret);
/* Is that less than the least that counts? */
bool rule_is_below(
    struct work *work, const struct rate_rule *rate, struct ratio base);
/* What a decision, if there is one, leaves of it. */
credit_t rule_decided(
    const struct claim *claim, const struct rate_rule *rate, credit_t by_rate);
/* `alone`: rounded by itself, not as a part of a sum. */
void rule_explain_worth(struct work *work, struct slot *slot, bool alone);
void rule_explain_minimum(
    struct work *work, struct slot *slot, const struct rate_rule *rate);
void rule_explain_decision(
    struct work *work, struct slot *slot, credit_t by_rate);

/* rule_same.c, rule_together.c, rule_split.c, rule_cap.c: the steps of
 * rule_place(), in this order. */
void rule_find_same(
    struct work *work, struct line *line, struct period_work *period);
/* For later periods, where that was done already. */
void rule_remember_same(
    struct work *work, struct line *line, const struct period_work *period);
void rule_together(struct work *work, struct period_work *period);
void rule_split(struct work *work, struct period_work *period);
void rule_caps(struct work *work, struct period_work *period);

/* Of two slots with equal credits: one with a period, then one whose rates know
 * the claim, goes first. */
bool rule_is_better(const struct slot *slot, const struct slot *than);
/* A slot of a claim with its parts as one: what the claim comes to for that
 * designation, with the first reason of any part. */
static inline struct share rule_whole(const struct slot *slot)
{
	struct share whole = slot->share;

	for (size_t i = 0; i < slot->parts; i++) {
		const struct share *part = &slot->part[i].share;

		whole.raw += part->raw;
		whole.allowed += part->allowed;
		whole.credited += part->credited;
		if (whole.reason == REASON_NONE)
			whole.reason = part->reason;
	}
	return whole;
}
/* Credits it, with its parts in their order, up to `most`. */
void rule_credit(struct slot *slot, credit_t most);

/* rule_span.c: from when to when a period runs. Whole months between two days,
 * the second not included. */
void rule_span(
    struct work *work, const struct line *line, struct period_work *period);
bool rule_era_holds(const struct era *era, const struct period_work *period);
int rule_months(date_t from, date_t until);

/* rule_leave.c: the day after the end of a period that leave makes longer; what
 * is left of its requirement after leave; is it leave from a day to a day? */
date_t rule_extend(
    struct work *work, const struct period_work *period, date_t end);
void rule_reduce(struct work *work, struct period_work *period);
bool rule_is_away(const struct work *work, const struct period_work *period,
    date_t from, date_t until);

/* rule_requires.c: what the period asks for, before any claim is placed in it.
 */
void rule_require(
    struct work *work, const struct line *line, struct period_work *period);
/* Does a period ask for a total within these bounds, if there are any? */
bool rule_asks_within(
    const struct period_work *period, const struct amount_range *range);
/* Sets the total that is asked, and why it is another than before. */
void rule_require_other(struct period_work *period, credit_t credits,
    enum required_change change, const struct rule_words *words);
/* credits × part / whole, rounded once. */
credit_t rule_share(struct work *work, credit_t credits, struct ratio part,
    credit_t step, enum rounding rounding);
/* A limit that falls with the requirement of a short period (or of one with
 * leave): limit × asked / total as stated, rounded. */
credit_t rule_prorated(struct work *work, const struct period_work *period,
    credit_t limit, credit_t step, enum rounding rounding);
/* Does an exemption waive that requirement or minimum? */
bool rule_is_waived(const struct work *work, const struct period_work *period,
    struct text name);

/* rule_minimum.c: the minimums that apply to a period and what each asks for.
 * One beside the total adds to it, and a cap of its own. */
void rule_ask(struct work *work, struct period_work *period);
/* COVERS: what each of its values needs; 0: any credit. */
credit_t rule_least(struct work *work, const struct period_work *period,
    const struct minimum_rule *rule);

/* rule_count.c: what a settled period has of each of its minimums. */
void rule_count(
    struct work *work, const struct line *line, struct period_work *period);
/* What there was of a minimum that is met once for all, if it was enough. */
int64_t rule_had_before(
    const struct period_work *period, const struct minimum_rule *rule);
/* How many years of that sort lie wholly in a period, and where they begin. */
int rule_whole_years(
    enum minimum_span span, const struct period *period, date_t *ret_first);
/* The first day that counts. */
date_t rule_counts_from(
    const struct period_work *period, const struct minimum_rule *rule);
/* Has it earned anything, and is it a claim of which `match` (or NULL) speaks?
 */
bool rule_counts(const struct match *match, const struct slot *slot);
/* The credits of such claims of a period and those it renewed, from a day to a
 * day. */
credit_t rule_earned(struct work *work, const struct match *match,
    const struct period_work *period, date_t from, date_t until);
/* Likewise adjustments of the designation. */
credit_t rule_adjusted(
    struct work *work, const struct line *line, date_t from, date_t until);

/* rule_values.c: how many different values the claims of these days have, how
 * many values of the rule they cover. */
int64_t rule_different(struct work *work, const struct minimum_rule *rule,
    const struct period_work *period, date_t from, date_t until);
int64_t rule_covered(struct work *work, const struct minimum_rule *rule,
    const struct period_work *period, date_t from, date_t until);

/* rule_carry.c: what a renewed period leaves to the next one, and what a period
 * gives back to the one before, where that opened it with too little. */
void rule_carry(
    struct work *work, struct period_work *period, struct period_work *next);
void rule_backfill(
    struct work *work, const struct line *line, struct period_work *period);

void rule_period_settle(
    struct work *work, struct line *line, struct period_work *period);
/* Its total, what is missing: again when carried_in is another. */
void rule_period_total(
    struct work *work, const struct line *line, struct period_work *period);
/* Of these the requirement.met of that name for the designation, of a day
 * from..until and not expired on the last, or NULL. */
const struct fact *rule_met(const struct facts *facts, struct text designation,
    struct text name, date_t from, date_t until);
void rule_request_settle(struct work *work, struct request_work *request);
/* Its fee and tax for so many credits, and what is paid. */
void rule_request_cost(
    struct work *work, struct request_work *request, credit_t credits);
/* rule_closed.c: do all periods that hold it keep it as it was, or as one that
 * came too late? */
bool rule_is_closed(const struct claim *claim);
void rule_close_request(struct work *work, struct request_work *request);
/* Of one that is still open elsewhere: it is credited what was kept. */
void rule_keep_credited(struct work *work, struct request_work *request);
/* rule_audit.c: is that request, which lies in its periods, audited? */
bool rule_is_audited(const struct work *work, const struct claim *claim);
void rule_period_finish(struct work *work, struct period_work *period);
void rule_verdicts(struct work *work);
/* rule_late.c, around the verdicts: facts about frozen periods. */
void rule_stand_as_then(struct work *work);
void rule_judge_late(struct work *work);
void rule_postings(struct work *work);

/* rule_money.c: tax on a net amount in that place on that day, each line
 * rounded half up. */
money_t rule_tax(struct work *work, money_t net, struct text place, date_t on);
/* The member's jurisdiction on a day, or absent. */
struct text rule_jurisdiction(const struct work *work, date_t on);
money_t rule_fee(struct work *work, credit_t credits);
/* A renewal took effect, so late that `stage` holds (NULL: in time). */
void rule_charge(struct work *work, const struct late_rule *stage,
    const struct fact *renewal);
/* What each renewal costs, once all of them are known. */
void rule_renewal_fees(struct work *work);

#endif
