/* Renewal, notices and carry-over that can't do what they say. */
#include "program_check_work.h"

/* ---- lateness */

static void look_at_lateness(struct check *check)
{
	const struct program *p = check->program;

	for (size_t i = 0; i < p->lates; i++) {
		const struct late_rule *late = &p->late[i];

		if (late->fee == 0 && late->met.count == 0)
			check_find(check, &late->words, "late-without-fee",
			    "the stage '%.*s' costs nothing and asks for "
			    "nothing: a renewal then is as good as one in "
			    "time",
			    TEXT_ARGS(late->words.name));
		if (i > 0 && late->fee < p->late[i - 1].fee)
			check_find(check, &late->words, "late-fee-falls",
			    "the stage '%.*s' costs less than " RULE_FORMAT
			    ", which is earlier: who waits pays less",
			    TEXT_ARGS(late->words.name),
			    RULE_ARGS(&p->late[i - 1].words));
	}
}

/* ---- notices */

/* The designation with the shortest whole period. */
static const struct designation_rule *shortest(
    const struct program *p, int *ret_months)
{
	const struct designation_rule *found = NULL;

	for (size_t i = 0; i < p->designations; i++)
		for (size_t k = 0; k < p->designation[i].periods; k++) {
			int months = p->designation[i].period[k].months;

			if (found != NULL && months >= *ret_months)
				continue;
			found = &p->designation[i];
			*ret_months = months;
		}
	return found;
}

static void look_at_notices(struct check *check)
{
	const struct program *p = check->program;
	const struct node *list = check->root->first;
	int months = 0;
	const struct designation_rule *d = shortest(p, &months);
	date_t first = date_of(2001, 1, 1);
	const struct node *item;
	int days;

	while (list != NULL && !text_is(list->key, "notices"))
		list = list->next;
	if (list == NULL || d == NULL)
		return;
	days = (int)(date_add_months(first, months) - first);
	item = list->first;
	for (size_t i = 0; i < p->notices && item != NULL;
	     i++, item = item->next)
		if (p->notice[i] >= days)
			check_find_at(check, item->line, item->column,
			    "notice-too-long",
			    "a notice %d days before the end: a period of "
			    "%.*s has %d days, so it comes as each one "
			    "begins",
			    p->notice[i], TEXT_ARGS(d->name), days);
}

/* ---- carry-over */

static void look_at_carry(struct check *check)
{
	const struct program *p = check->program;

	if (!p->carries)
		return;
	for (size_t i = 0; i < p->designations; i++)
		for (size_t k = 0; k < p->designation[i].requires_count; k++)
			if (p->designation[i].requires[k].has_total)
				return;
	check_find(check, &p->carry.words, "carry-without-total",
	    "no designation requires a total: there is never a surplus to "
	    "carry over");
}

void check_periods(struct check *check)
{
	look_at_lateness(check);
	look_at_notices(check);
	look_at_carry(check);
}
