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

const struct fact *rule_met(const struct facts *facts, struct text designation,
    struct text name, date_t from, date_t until)
{
	for (size_t i = rule_first_on(facts, from); i < facts->count; i++) {
		const struct fact *fact = facts->item[i];

		if (fact->on > until)
			break;
		if (text_equal(fact->requirement, name) &&
		    (fact->designation.at == NULL ||
			text_equal(fact->designation, designation)) &&
		    (fact->expires_on == DATE_NONE ||
			fact->expires_on >= until))
			return fact;
	}
	return NULL;
}

/* Keeps the names sorted, each once; they come mostly in their order. */
static void add_missing(struct text *missing, size_t *count, struct text name)
{
	size_t at = *count;

	while (at > 0 && text_compare(missing[at - 1], name) > 0)
		at--;
	if (at > 0 && text_equal(missing[at - 1], name))
		return;
	memmove(
	    missing + at + 1, missing + at, (*count - at) * sizeof(*missing));
	missing[at] = name;
	++*count;
}

static bool list_has(struct text_list list, struct text name)
{
	for (size_t i = 0; i < list.count; i++)
		if (text_equal(list.item[i], name))
			return true;
	return false;
}

static void find_missing(struct work *work, struct period_work *period)
{
	const struct requires_rule *rule = period->requires;
	struct period *out = &period->out;
	size_t most = rule->met.count + rule->once.count + out->minimums;
	struct text *missing;
	size_t count = 0;

	out->missing = (struct text_list){0};
	if (most == 0)
		return;
	missing = rule_take(work, most, sizeof(*missing));
	if (missing == NULL)
		return;
	for (size_t i = 0; i < rule->met.count; i++)
		if (!list_has(rule->once, rule->met.item[i]) &&
		    !rule_met(&period->met, period->out.designation,
			rule->met.item[i], out->starts_on, out->ends_on) &&
		    !rule_is_waived(work, period, rule->met.item[i]))
			add_missing(missing, &count, rule->met.item[i]);
	for (size_t i = 0; i < rule->once.count; i++)
		if (!rule_met(&period->met, period->out.designation,
			rule->once.item[i], period->tenure->from,
			out->ends_on) &&
		    !rule_is_waived(work, period, rule->once.item[i]))
			add_missing(missing, &count, rule->once.item[i]);
	for (size_t i = 0; i < out->minimums; i++)
		if (!out->minimum[i].met)
			add_missing(missing, &count, out->minimum[i].name);
	out->missing = (struct text_list){missing, count};
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

void rule_period_total(
    struct work *work, const struct line *line, struct period_work *period)
{
	struct period *out = &period->out;

	out->total = out->carried_in;
	rule_sum(work, &out->total, out->earned);
	out->remaining = out->has_required && out->total < out->required
			     ? out->required - out->total
			     : 0;
	rule_count(work, line, period);
	find_missing(work, period);
}

void rule_period_settle(
    struct work *work, struct line *line, struct period_work *period)
{
	struct period *out = &period->out;

	add_claims(work, period);
	out->adjusted = rule_adjusted(work, line, out->starts_on, out->ends_on);
	rule_sum(work, &out->earned, out->accredited);
	rule_sum(work, &out->earned, out->recognized);
	rule_sum(work, &out->earned, out->adjusted);
	rule_backfill(work, line, period);
	rule_period_total(work, line, period);
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
