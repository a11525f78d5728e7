/* Which certifications a member holds, from when to when. */
#include "rule_work.h"

/* By designation, then date, then the total order. */
static int compare_openers(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int order = text_compare(x->designation, y->designation);

	return order != 0 ? order : rule_compare_dated(a, b);
}

/* A transfer needs an agreement for the pair, in force on its day. */
static enum reason transfer_refusal(
    const struct program *program, const struct fact *fact)
{
	for (size_t i = 0; i < program->agreements; i++) {
		const struct agreement_rule *rule = &program->agreement[i];

		if (text_equal(rule->organization, fact->from_organization) &&
		    text_equal(
			rule->from_designation, fact->from_designation) &&
		    text_equal(rule->designation, fact->designation))
			return fact->on < rule->since ? REASON_NO_AGREEMENT
						      : REASON_NONE;
	}
	return REASON_NOT_TRANSFERABLE;
}

/* May this grant or transfer open anything? Writes its refusal. */
static bool opens(struct work *work, const struct fact *fact)
{
	struct verdict *verdict = rule_verdict(work, fact);
	enum reason refusal = REASON_NONE;

	if (fact->type != EVENT_GRANTED && fact->type != EVENT_TRANSFERRED)
		return false;
	if (program_designation(work->program, fact->designation) == NULL)
		refusal = REASON_UNKNOWN_DESIGNATION;
	else if (fact->type == EVENT_TRANSFERRED)
		refusal = transfer_refusal(work->program, fact);
	if (refusal != REASON_NONE) {
		verdict->outcome = OUTCOME_REJECTED;
		verdict->reason = refusal;
		return false;
	}
	return !verdict->reversed;
}

/* Openers by designation and date; of several on one day the last stands. */
static size_t collect_openers(struct work *work)
{
	const struct ruling *ruling = work->ruling;
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < ruling->facts; i++)
		count += ruling->fact[i].type == EVENT_GRANTED ||
			 ruling->fact[i].type == EVENT_TRANSFERRED;
	work->opener = rule_take(work, count, sizeof(struct fact *));
	if (work->opener == NULL)
		return 0;
	count = 0;
	for (size_t i = 0; i < ruling->facts; i++)
		if (opens(work, &ruling->fact[i]))
			work->opener[count++] = &ruling->fact[i];
	rule_sort(work, work->opener, count, compare_openers);
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = work->opener[i];

		if (kept > 0 && work->opener[kept - 1]->on == fact->on &&
		    text_equal(
			work->opener[kept - 1]->designation, fact->designation))
			kept--;
		work->opener[kept++] = fact;
	}
	return kept;
}

static void collect_renewals(struct work *work, struct line *line)
{
	const struct facts *renewed = &work->standing[EVENT_RENEWED];

	line->renewal = rule_take(work, renewed->count, sizeof(struct fact *));
	for (size_t i = 0; i < renewed->count && !work->no_memory; i++)
		if (text_equal(renewed->item[i]->designation, line->rule->name))
			line->renewal[line->renewals++] = renewed->item[i];
}

static void make_line(
    struct work *work, struct line *line, size_t first, size_t count)
{
	line->tenure = rule_take(work, count, sizeof(*line->tenure));
	if (line->tenure == NULL)
		return;
	line->rule = program_designation(
	    work->program, work->opener[first]->designation);
	line->tenures = count;
	for (size_t i = 0; i < count; i++) {
		const struct fact *opener = work->opener[first + i];

		line->tenure[i] = (struct tenure){opener, opener->on,
		    i + 1 < count ? work->opener[first + i + 1]->on
				  : DATE_NEVER};
	}
	collect_renewals(work, line);
	rule_view(work, line);
}

void rule_hold(struct work *work)
{
	size_t count = collect_openers(work), first = 0;

	work->line =
	    rule_take(work, work->program->designations, sizeof(*work->line));
	if (work->no_memory)
		return;
	while (first < count) {
		size_t end = first + 1;

		while (end < count && text_equal(work->opener[end]->designation,
					  work->opener[first]->designation))
			end++;
		make_line(work, &work->line[work->lines++], first, end - first);
		first = end;
	}
	/* From here on only jurisdictions are looked up in them, by date. */
	for (size_t i = 0; i < count; i++)
		if (work->opener[i]->jurisdiction.at != NULL)
			work->opener[work->openers++] = work->opener[i];
	rule_sort(work, work->opener, work->openers, rule_compare_dated);
}
