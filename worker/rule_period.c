/* A period's totals, what it still misses, and how it stands today. */
#include <string.h>

#include "rule_work.h"

const char *period_opening_name(enum period_opening opening)
{
	static const char *const names[] = {
	    [OPENED_GRANTED] = "granted",
	    [OPENED_RENEWED] = "renewed",
	    [OPENED_TRANSFERRED] = "transferred",
	};

	return names[opening];
}

/* Met within the days given and not expired on the last of them. */
static bool is_met(struct work *work, const struct line *line, struct text name,
    date_t from, date_t until)
{
	const struct facts *facts = &work->standing[EVENT_REQUIREMENT];

	for (size_t i = rule_first_on(facts, from); i < facts->count; i++) {
		const struct fact *fact = facts->item[i];

		if (fact->on > until)
			break;
		if (text_equal(fact->requirement, name) &&
		    (fact->designation.at == NULL ||
			text_equal(fact->designation, line->rule->name)) &&
		    (fact->expires_on == DATE_NONE ||
			fact->expires_on >= until))
			return true;
	}
	return false;
}

bool rule_requirements_met(struct work *work, const struct line *line,
    struct text_list names, date_t from, date_t until)
{
	for (size_t i = 0; i < names.count; i++)
		if (!is_met(work, line, names.item[i], from, until))
			return false;
	return true;
}

static void find_missing(
    struct work *work, const struct line *line, struct period *period)
{
	struct text_list names = line->rule->requires->met;
	struct text *missing;
	size_t count = 0;

	if (names.count == 0)
		return;
	missing = rule_take(work, names.count, sizeof(*missing));
	if (missing == NULL)
		return;
	for (size_t i = 0; i < names.count; i++)
		if (!is_met(work, line, names.item[i], period->starts_on,
			period->ends_on))
			missing[count++] = names.item[i];
	period->missing = (struct text_list){missing, count};
}

static void add_claims(struct work *work, struct period_work *period)
{
	for (size_t i = 0; i < period->slots; i++) {
		struct slot *slot = period->slot[i];

		if (slot->claim->recognized) {
			rule_request_settle(work, slot->claim->request);
			rule_sum(work, &period->out.recognized,
			    slot->share.credited);
		} else {
			slot->share.credited = slot->share.allowed;
			rule_sum(work, &period->out.accredited,
			    slot->share.credited);
		}
	}
}

static void add_adjustments(
    struct work *work, const struct line *line, struct period *period)
{
	const struct facts *facts = &work->standing[EVENT_ADJUSTED];

	for (size_t i = rule_first_on(facts, period->starts_on);
	     i < facts->count && facts->item[i]->on <= period->ends_on; i++)
		if (text_equal(facts->item[i]->designation, line->rule->name))
			rule_sum(
			    work, &period->adjusted, facts->item[i]->credits);
}

void rule_period_settle(
    struct work *work, struct line *line, struct period_work *period)
{
	struct period *out = &period->out;

	add_claims(work, period);
	add_adjustments(work, line, out);
	rule_sum(work, &out->earned, out->accredited);
	rule_sum(work, &out->earned, out->recognized);
	rule_sum(work, &out->earned, out->adjusted);
	out->total = out->carried_in;
	rule_sum(work, &out->total, out->earned);
	if (out->has_required && out->total < out->required)
		out->remaining = out->required - out->total;
	find_missing(work, line, out);
}

static enum period_status status_of(
    const struct work *work, const struct period_work *period)
{
	const struct program *program = work->program;
	const struct period *out = &period->out;
	date_t today = work->ruling->today;
	int months;

	if (out->current && program->lates > 0 && today > out->ends_on) {
		months = program->late[program->lates - 1].months;
		return today < date_add_months(period->anniversary, months)
			   ? PERIOD_GRACE
			   : PERIOD_LAPSED;
	}
	if (!out->has_required || out->remaining > 0 || out->missing.count > 0)
		return PERIOD_IN_PROGRESS;
	return PERIOD_COMPLETE;
}

/* The nearest mark before the period's end that has passed; none once the
 * period is complete or over, or where nothing is required at all. */
static int notice_of(const struct work *work, const struct period *out)
{
	const struct program *program = work->program;
	date_t today = work->ruling->today;

	if (!out->current || today > out->ends_on || today < out->starts_on ||
	    (out->remaining == 0 && out->missing.count == 0))
		return 0;
	for (size_t i = program->notices; i-- > 0;)
		if (today >= out->ends_on - program->notice[i])
			return program->notice[i];
	return 0;
}

void rule_period_finish(struct work *work, struct period_work *period)
{
	period->out.status = status_of(work, period);
	period->out.notice_days = notice_of(work, &period->out);
}
