/* Money: fees, and tax by jurisdiction and date. */
#include "rule_work.h"

static bool place_fits(struct text pattern, struct text place)
{
	if (pattern.length > 0 && pattern.at[pattern.length - 1] == '*') {
		struct text head = {place.at, pattern.length - 1};

		pattern.length--;
		return place.length >= head.length && text_equal(pattern, head);
	}
	return text_equal(pattern, place);
}

static const struct tax_rule *find_tax(
    const struct program *program, struct text place, date_t on)
{
	for (size_t i = 0; i < program->taxes; i++) {
		const struct tax_rule *rule = &program->tax[i];

		if (on < rule->from || on > rule->until)
			continue;
		for (size_t n = 0; n < rule->places.count; n++)
			if (place_fits(rule->places.item[n], place))
				return rule;
	}
	return NULL;
}

money_t rule_tax(struct work *work, money_t net, struct text place, date_t on)
{
	const struct tax_rule *rule =
	    place.at == NULL ? NULL : find_tax(work->program, place, on);
	money_t sum = 0;

	for (size_t i = 0; rule != NULL && i < rule->lines; i++) {
		money_t tax = 0;

		if (!exact_scale(net, rule->line[i].rate, TAX_SCALE,
			ROUND_HALF_UP, &tax))
			work->overflow = true;
		rule_sum(work, &sum, tax);
	}
	return sum;
}

/* The latest effective grant or transfer on or before the day that names one,
 * else the first that does. */
struct text rule_jurisdiction(const struct work *work, date_t on)
{
	size_t low = 0, high = work->openers;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (work->opener[middle]->on <= on)
			low = middle + 1;
		else
			high = middle;
	}
	if (work->openers == 0)
		return TEXT_NONE;
	return work->opener[low > 0 ? low - 1 : 0]->jurisdiction;
}

money_t rule_fee(struct work *work, credit_t credits)
{
	money_t fee = 0;

	if (!exact_scale(credits, work->program->fee_per_credit, CREDIT_ONE,
		ROUND_HALF_UP, &fee))
		work->overflow = true;
	if (credits > 0)
		rule_sum(work, &fee, work->program->fee_per_request);
	return fee;
}

void rule_charge(struct work *work, const struct late_rule *stage,
    const struct fact *renewal)
{
	money_t late = stage == NULL ? 0 : stage->fee;

	if (late > 0 || work->program->renewal_fee > 0)
		work->renewal_fee[work->renewal_fees++] =
		    (struct renewal_fee){.renewal = renewal, .late = late};
}

static int compare_renewals(const void *a, const void *b)
{
	return rule_compare_dated(((const struct renewal_fee *)a)->renewal,
	    ((const struct renewal_fee *)b)->renewal);
}

/* The fee of renewal itself, from each or from the first of a day. */
static void add_renewal_fee(struct work *work)
{
	struct renewal_fee **list =
	    rule_take(work, work->renewal_fees, sizeof(struct renewal_fee *));

	if (list == NULL)
		return;
	for (size_t i = 0; i < work->renewal_fees; i++)
		list[i] = &work->renewal_fee[i];
	if (work->program->renewal_fee_once)
		rule_sort(work, list, work->renewal_fees, compare_renewals);
	for (size_t i = 0; i < work->renewal_fees; i++)
		if (i == 0 || !work->program->renewal_fee_once ||
		    list[i]->renewal->on != list[i - 1]->renewal->on)
			list[i]->fee = work->program->renewal_fee;
}

/* One amount of fee and one of tax for each renewal. */
void rule_renewal_fees(struct work *work)
{
	if (work->program->renewal_fee > 0)
		add_renewal_fee(work);
	for (size_t i = 0; i < work->renewal_fees; i++) {
		struct renewal_fee *cost = &work->renewal_fee[i];
		date_t on = cost->renewal->on;

		rule_sum(work, &cost->fee, cost->late);
		cost->tax =
		    rule_tax(work, cost->fee, rule_jurisdiction(work, on), on);
	}
}
