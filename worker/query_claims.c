/* A member's claims, in order, and what is said of each. */
#include <stdio.h>
#include <stdlib.h>

#include "query_work.h"

/* The day of an activity, a request or an adjustment. */
static date_t claim_date(const struct fact *fact)
{
	return fact->type == EVENT_ADJUSTED ? fact->on
					    : fact->activity.completed_on;
}

static bool is_claim(const struct fact *fact)
{
	return fact->type == EVENT_ACTIVITY || fact->type == EVENT_REQUESTED ||
	       fact->type == EVENT_ADJUSTED;
}

static int compare(
    date_t a_date, const struct fact *a, date_t b_date, const struct fact *b)
{
	if (a_date != b_date)
		return a_date < b_date ? -1 : 1;
	return fact_compare(a, b);
}

struct sorted {
	struct claim claim;
	const struct fact *fact;
};

static int compare_sorted(const void *a, const void *b)
{
	const struct sorted *left = a, *right = b;

	return compare(
	    left->claim.date, left->fact, right->claim.date, right->fact);
}

bool claims_of(const struct ruling *ruling, struct arena *arena,
    struct claim **ret_claim, size_t *ret_count)
{
	struct sorted *sorted =
	    arena_take_many(arena, ruling->facts, sizeof(*sorted));
	struct claim *claim =
	    arena_take_many(arena, ruling->facts, sizeof(*claim));
	size_t count = 0;

	if (sorted == NULL || claim == NULL)
		return false;
	for (size_t i = 0; i < ruling->facts; i++) {
		const struct fact *fact = &ruling->fact[i];

		if (is_claim(fact))
			sorted[count++] =
			    (struct sorted){{i, claim_date(fact)}, fact};
	}
	qsort(sorted, count, sizeof(*sorted), compare_sorted);
	for (size_t i = 0; i < count; i++)
		claim[i] = sorted[i].claim;
	*ret_claim = claim;
	*ret_count = count;
	return true;
}

size_t claim_shares(const struct ruling *ruling, const struct claim *claim)
{
	size_t shares = ruling->verdict[claim->fact].shares;

	return shares > 0 ? shares : 1;
}

const struct share *claim_share(
    const struct ruling *ruling, const struct claim *claim, size_t number)
{
	const struct verdict *verdict = &ruling->verdict[claim->fact];

	return number < verdict->shares
		   ? &ruling->share[verdict->share + number]
		   : NULL;
}

const struct posting *claim_adjustment(const struct ruling *ruling, size_t fact)
{
	if (ruling->fact[fact].type != EVENT_ADJUSTED)
		return NULL;
	for (size_t i = 0; i < ruling->postings; i++) {
		if (ruling->posting[i].cause == fact &&
		    ruling->posting[i].account == ACCOUNT_ADJUSTMENT)
			return &ruling->posting[i];
	}
	return NULL;
}

/* What a claim comes to for one designation, of whatever type it is. */
struct summary {
	struct text designation;
	date_t starts_on;
	const char *route; /* NULL: none */
	credit_t raw, credited;
	enum reason reason;
};

static struct summary summary_of_share(const struct ruling *ruling,
    const struct share *share, const struct verdict *verdict)
{
	struct summary summary = {
	    .designation = share->designation,
	    .starts_on = DATE_NONE,
	    .route = share->recognized ? "recognized" : "accredited",
	    .raw = share->raw,
	    .credited = share->credited,
	    .reason = share->reason,
	};

	if (share->period != NO_PERIOD)
		summary.starts_on = ruling->period[share->period].starts_on;
	/* The reason of the whole claim explains what waits or was taken back
	 * as a whole; a share that counts in full has nothing to say. */
	if (summary.reason == REASON_NONE &&
	    (share->credited < share->raw || verdict->reversed ||
		verdict->outcome != OUTCOME_APPLIED))
		summary.reason = verdict->reason;
	return summary;
}

static struct summary summary_of_fact(const struct ruling *ruling, size_t index)
{
	const struct fact *fact = &ruling->fact[index];
	const struct posting *posting = claim_adjustment(ruling, index);
	struct summary summary = {
	    .designation = fact->designation,
	    .starts_on = DATE_NONE,
	    .reason = ruling->verdict[index].reason,
	};

	if (fact->type == EVENT_ADJUSTED) {
		summary.route = "adjusted";
		summary.raw = fact->credits;
	}
	if (posting != NULL) {
		summary.starts_on = posting->period_starts_on;
		summary.credited = posting->value;
	}
	return summary;
}

void claim_pairs(struct wire_writer *writer, const struct ruling *ruling,
    const struct claim *claim, const struct share *share)
{
	const struct fact *fact = &ruling->fact[claim->fact];
	const struct verdict *verdict = &ruling->verdict[claim->fact];
	struct summary summary = share != NULL
				     ? summary_of_share(ruling, share, verdict)
				     : summary_of_fact(ruling, claim->fact);

	wire_key(writer, "event");
	answer_event(writer, fact->source, fact->id);
	wire_pair_string(writer, "type", event_type_name(fact->type));
	wire_pair_date(writer, "date", claim->date);
	wire_pair_text(writer, "request", fact->request);
	wire_pair_text(writer, "designation", summary.designation);
	wire_pair_date(writer, "period_starts_on", summary.starts_on);
	wire_pair_string(writer, "route", summary.route);
	wire_pair_credit(writer, "raw", summary.raw);
	wire_pair_credit(writer, "credited", summary.credited);
	wire_pair_credit(writer, "cut", summary.raw - summary.credited);
	wire_pair_string(writer, "outcome", outcome_name(verdict->outcome));
	answer_reason(writer, summary.reason);
	wire_pair_bool(writer, "reversed", verdict->reversed);
}

void claim_mark(struct page *page, const char *list,
    const struct ruling *ruling, const struct claim *claim, size_t shares)
{
	const struct fact *fact = &ruling->fact[claim->fact];
	char date[DATE_TEXT_SIZE], number[24];
	struct text part[5] = {text_of(list), date_write(claim->date, date),
	    fact->source, fact->id, TEXT_NONE};

	(void)snprintf(number, sizeof(number), "%zu", shares);
	part[4] = text_of(number);
	page_mark(page, part, 5);
}

bool claim_position_read(const struct text part[5], struct claim_position *ret)
{
	*ret = (struct claim_position){.date = DATE_NONE};
	ret->fact.source = part[2];
	ret->fact.id = part[3];
	return text_is(part[0], "claims") && date_parse(part[1], &ret->date) &&
	       query_number(part[4], &ret->shares);
}

size_t claim_done(const struct ruling *ruling, const struct claim *claim,
    const struct claim_position *position)
{
	int order = compare(claim->date, &ruling->fact[claim->fact],
	    position->date, &position->fact);

	if (order > 0)
		return 0;
	return order == 0 ? (size_t)position->shares : SIZE_MAX;
}
