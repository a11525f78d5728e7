#include "program_sound.h"

#define FAULT_IF(wrong)                                                        \
	do {                                                                   \
		if (wrong)                                                     \
			return #wrong;                                         \
	} while (0)

#define IS_CREDIT(value) ((value) >= 0 && (value) <= CREDIT_MOST)

static bool era_is_sound(struct era era)
{
	return era.from >= DATE_FIRST && era.until >= era.from &&
	       era.granted_from >= DATE_FIRST &&
	       era.granted_until >= era.granted_from;
}

static bool conditions_are_sound(
    const struct condition *condition, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct condition *c = &condition[i];
		bool values = c->test == TEST_ONE_OF || c->test == TEST_NONE_OF;

		if (values != (c->values.count > 0) ||
		    c->field > CONDITION_QUANTITY)
			return false;
	}
	return true;
}

static bool match_is_sound(const struct match *match)
{
	bool cohort = match->granted_from > DATE_FIRST ||
		      match->granted_until < DATE_NEVER;

	for (size_t i = 0; i < match->anys; i++)
		if (match->any[i].count == 0 ||
		    !conditions_are_sound(
			match->any[i].condition, match->any[i].count))
			return false;
	return conditions_are_sound(match->condition, match->count) &&
	       match->from >= DATE_FIRST && match->until >= match->from &&
	       match->granted_from >= DATE_FIRST &&
	       match->granted_until >= match->granted_from &&
	       (match->by_holder ||
		   (!cohort && match->designations.count == 0));
}

static bool ratio_is_sound(struct ratio ratio)
{
	return ratio.numerator >= 0 && ratio.denominator > 0;
}

static bool names_are_sorted(struct text_list list)
{
	for (size_t i = 1; i < list.count; i++)
		if (text_compare(list.item[i - 1], list.item[i]) > 0)
			return false;
	return true;
}

static const char *prorate_fault(const struct prorate_rule *rule)
{
	FAULT_IF(rule->step <= 0);
	if (rule->kind != PRORATE_STEPS)
		return NULL;
	FAULT_IF(rule->step_count < 1 || rule->step_count > 12);
	for (size_t i = 1; i < rule->step_count; i++)
		FAULT_IF(rule->step_list[i].within_months <=
			 rule->step_list[i - 1].within_months);
	FAULT_IF(
	    rule->step_list[rule->step_count - 1].within_months != INT32_MAX);
	return NULL;
}

static const char *period_fault(const struct period_rule *period)
{
	FAULT_IF(!era_is_sound(period->era));
	FAULT_IF(period->months < 1 || period->months > 240);
	FAULT_IF(period->at_least_months < 0 ||
		 period->at_least_months > period->months);
	if (period->shape == PERIOD_FIXED_DAY) {
		FAULT_IF(period->months % 12 != 0 || period->month_end);
		FAULT_IF(period->end_month < 1 || period->end_month > 12);
		FAULT_IF(period->end_day < 1 || period->end_day > 31);
		FAULT_IF(period->remainder < 0 ||
			 period->remainder >= period->months / 12);
	}
	return NULL;
}

static const char *designation_fault(const struct designation_rule *rule)
{
	const char *fault = NULL;

	FAULT_IF(rule->name.at == NULL);
	FAULT_IF(rule->periods < 1 || rule->requires_count < 1);
	for (size_t i = 0; i < rule->periods && fault == NULL; i++)
		fault = period_fault(&rule->period[i]);
	for (size_t i = 0; i < rule->requires_count && fault == NULL; i++) {
		const struct requires_rule *requires = &rule->requires[i];

		FAULT_IF(!era_is_sound(requires->era));
		FAULT_IF(!IS_CREDIT(requires->total));
		FAULT_IF(!names_are_sorted(requires->met));
		FAULT_IF(!names_are_sorted(requires->once));
		FAULT_IF(!requires->has_total &&
			 requires->first_period.kind != PRORATE_NOT);
		fault = prorate_fault(&requires->first_period);
	}
	return fault;
}

static const char *worth_fault(const struct program *p)
{
	for (size_t i = 0; i < p->rates; i++) {
		const struct rate_rule *rate = &p->rate[i];

		FAULT_IF(!match_is_sound(&rate->match));
		FAULT_IF(rate->step <= 0 || !IS_CREDIT(rate->at_least));
		FAULT_IF(rate->kind != RATE_DECIDED &&
			 !ratio_is_sound(rate->credits));
		FAULT_IF(rate->together > SAME_ACTIVITY);
		FAULT_IF(rate->match.by_holder && !p->rates_by_holder);
	}
	for (size_t i = 0; i < p->factors; i++) {
		const struct factor_rule *factor = &p->factor[i];

		FAULT_IF(!match_is_sound(&factor->match));
		FAULT_IF(!ratio_is_sound(factor->times));
		FAULT_IF(!ratio_is_sound(factor->allowance));
		FAULT_IF(!IS_CREDIT(factor->allowance_at_most));
		FAULT_IF(factor->match.by_holder && !p->rates_by_holder);
	}
	for (size_t i = 0; i < p->splits; i++) {
		int64_t whole = 0;

		FAULT_IF(!match_is_sound(&p->split[i].match));
		for (size_t k = 0; k < p->split[i].parts; k++) {
			FAULT_IF(p->split[i].part[k].percent <= 0);
			FAULT_IF(p->split[i].part[k].category.at == NULL);
			whole += p->split[i].part[k].percent;
		}
		FAULT_IF(whole != TAX_SCALE);
	}
	return NULL;
}

static const char *limit_fault(const struct program *p)
{
	for (size_t i = 0; i < p->sames; i++) {
		FAULT_IF(!match_is_sound(&p->same[i].match));
		FAULT_IF(p->same[i].fields == 0 && !p->same[i].overlapping);
		FAULT_IF(p->same[i].within_months < 0);
	}
	for (size_t i = 0; i < p->caps; i++) {
		const struct cap_rule *cap = &p->cap[i];

		FAULT_IF(!match_is_sound(&cap->match));
		FAULT_IF(cap->step <= 0 || !IS_CREDIT(cap->at_most));
		FAULT_IF(cap->percent < 0 || cap->percent > TAX_SCALE);
		FAULT_IF(cap->reason == REASON_NONE);
		FAULT_IF(i > 0 && p->cap[i - 1].is_percent && !cap->is_percent);
	}
	for (size_t i = 0; i < p->deadlines; i++)
		FAULT_IF(!match_is_sound(&p->deadline[i].match) ||
			 p->deadline[i].match.by_holder ||
			 p->deadline[i].days < 0);
	for (size_t i = 0; i < p->eligibilities; i++)
		FAULT_IF(!match_is_sound(&p->eligibility[i].match) ||
			 p->eligibility[i].match.by_holder);
	return NULL;
}

static const char *minimum_fault(const struct program *p)
{
	for (size_t i = 0; i < p->minimums; i++) {
		const struct minimum_rule *rule = &p->minimum[i];

		FAULT_IF(rule->name.at == NULL || !era_is_sound(rule->era));
		FAULT_IF(!match_is_sound(&rule->match));
		FAULT_IF(!IS_CREDIT(rule->at_least));
		FAULT_IF(rule->kind == MINIMUM_CREDITS && rule->at_least == 0 &&
			 rule->percent == 0);
		FAULT_IF(rule->kind == MINIMUM_DIFFERENT && rule->count < 1);
		FAULT_IF(
		    rule->kind == MINIMUM_COVERS && rule->values.count == 0);
		FAULT_IF(rule->span == MINIMUM_ROLLING &&
			 (rule->rolling_years < 1 || rule->once));
	}
	for (size_t i = 0; i < p->leaves; i++) {
		FAULT_IF(p->leave[i].requirement.at == NULL);
		FAULT_IF(p->leave[i].step <= 0);
		FAULT_IF(p->leave[i].extends ==
			 (p->leave[i].reduces != PRORATE_NOT));
	}
	for (size_t i = 0; i < p->exemptions; i++)
		FAULT_IF(p->exemption[i].requirement.at == NULL ||
			 (p->exemption[i].waives.count == 0 &&
			     !p->exemption[i].waives_credits));
	return NULL;
}

static const char *rest_fault(const struct program *p)
{
	FAULT_IF(p->carries && (p->carry.periods < 1 ||
				   p->carry.periods > CARRY_PERIODS_MOST));
	FAULT_IF(p->carries && !match_is_sound(&p->carry.match));
	FAULT_IF(p->carry.backfills && p->carry.backfill_at_most <= 0);
	FAULT_IF(p->freeze.given && p->freeze.after_days < 0 &&
		 !p->freeze.once_renewed);
	FAULT_IF(!p->freeze.given && p->freeze.after_days != -1);
	FAULT_IF(p->audit.given && p->audit.one_in < 1 &&
		 p->audit.requirement.at == NULL);
	FAULT_IF(p->renewal_fee < 0 || p->fee_per_request < 0);
	FAULT_IF(!names_are_sorted(p->requirements));
	for (size_t i = 1; i < p->notices; i++)
		FAULT_IF(p->notice[i - 1] <= p->notice[i]);
	return NULL;
}

const char *program_fault(const struct program *program)
{
	const char *fault = NULL;

	for (size_t i = 0; i < program->designations && fault == NULL; i++)
		fault = designation_fault(&program->designation[i]);
	for (size_t i = 1; i < program->designations; i++)
		FAULT_IF(text_compare(program->designation[i - 1].name,
			     program->designation[i].name) >= 0);
	if (fault == NULL)
		fault = worth_fault(program);
	if (fault == NULL)
		fault = limit_fault(program);
	if (fault == NULL)
		fault = minimum_fault(program);
	return fault != NULL ? fault : rest_fault(program);
}
