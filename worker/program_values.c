/* Programs: numbers, dates and choices that several parts of the document
 * share. */
#include <stdio.h>
#include <string.h>

#include "program_parse.h"

void parse_refuse(
    struct parsing *p, struct node *map, const char *key, const char *why)
{
	struct node *node = node_get(map, key);

	if (node != NULL)
		complain(p->complaints, node, "%s: %s", key, why);
}

void parse_refuse_rounding(struct parsing *p, struct node *map, const char *why)
{
	parse_refuse(p, map, "step", why);
	parse_refuse(p, map, "round", why);
}

bool parse_choice(struct parsing *p, struct node *node,
    const char *const *choice, size_t count, size_t *ret)
{
	char list[200] = "";
	size_t length = 0;
	struct text word;

	if (!node_text(node, p->complaints, &word))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (text_is(word, choice[i])) {
			*ret = i;
			return true;
		}
		length += (size_t)snprintf(list + length, sizeof(list) - length,
		    "%s%s",
		    i == 0          ? ""
		    : i + 1 < count ? ", "
				    : " or ",
		    choice[i]);
		if (length >= sizeof(list))
			length = sizeof(list) - 1;
	}
	complain(p->complaints, node, "%.*s: %s was expected",
	    TEXT_ARGS(node->key), list);
	return false;
}

bool parse_credits(
    struct parsing *p, struct node *node, bool zero, credit_t *ret)
{
	credit_t credits;

	if (node == NULL || !node_decimal(node, p->complaints, 4, &credits))
		return false;
	if (credits < 0 || credits > CREDIT_MOST || (credits == 0 && !zero)) {
		complain(p->complaints, node,
		    "%.*s: credits %s up to 1000000 were expected, such as 4.0",
		    TEXT_ARGS(node->key), zero ? "from 0" : "above 0");
		return false;
	}
	*ret = credits;
	return true;
}

void parse_required(
    struct parsing *p, struct node *map, struct amount_range *ret)
{
	struct node *from = node_get(map, "required_from");
	struct node *until = node_get(map, "required_until");

	ret->given = from != NULL || until != NULL;
	ret->until = CREDIT_MOST;
	(void)parse_credits(p, from, false, &ret->from);
	(void)parse_credits(p, until, true, &ret->until);
	if (ret->until < ret->from)
		complain(p->complaints, until,
		    "required_until: no less than `required_from` was "
		    "expected");
}

bool parse_amount(
    struct parsing *p, struct node *node, money_t most, money_t *ret)
{
	char text[EXACT_TEXT_SIZE];
	money_t amount;

	if (!node_decimal(node, p->complaints, 2, &amount))
		return false;
	if (amount < 0 || amount > most) {
		complain(p->complaints, node,
		    "%.*s: an amount from 0.00 to %.*s was expected, such as "
		    "11.00",
		    TEXT_ARGS(node->key), TEXT_ARGS(money_write(most, text)));
		return false;
	}
	if (p->program->currency.length == 0) {
		complain(p->complaints, node,
		    "%.*s: an amount needs `currency` at the top of the "
		    "program, such as CAD",
		    TEXT_ARGS(node->key));
		return false;
	}
	*ret = amount;
	return true;
}

bool parse_percent(
    struct parsing *p, struct node *node, bool zero, int64_t *ret)
{
	int64_t percent;

	if (!node_decimal(node, p->complaints, 4, &percent))
		return false;
	if (percent < 0 || percent > TAX_SCALE || (percent == 0 && !zero)) {
		complain(p->complaints, node,
		    "percent: a number %s up to 100 was expected, such as 50",
		    zero ? "from 0" : "above 0");
		return false;
	}
	*ret = percent;
	return true;
}

void parse_rounding(
    struct parsing *p, struct node *map, credit_t *ret_step, enum rounding *ret)
{
	static const char *const mode[] = {"down", "up", "nearest"};
	static const enum rounding means[] = {
	    ROUND_DOWN, ROUND_UP, ROUND_HALF_UP};
	struct node *step = node_get(map, "step");
	credit_t value;
	size_t i;

	*ret_step = 1;
	*ret = ROUND_HALF_UP;
	if (node_decimal(step, p->complaints, 4, &value)) {
		if (value <= 0 || value > CREDIT_MOST)
			complain(p->complaints, step,
			    "step: a number above 0 was expected, such as 0.5");
		else
			*ret_step = value;
	}
	if (parse_choice(p, node_get(map, "round"), mode, 3, &i))
		*ret = means[i];
}

void parse_which(struct parsing *p, struct node *node, enum era_period *ret)
{
	static const char *const words[] = {"first", "later"};
	size_t i;

	if (parse_choice(p, node, words, 2, &i))
		*ret = i == 0 ? ERA_FIRST : ERA_LATER;
}

bool parse_ratio(
    struct parsing *p, struct node *node, bool upside_down, struct ratio *ret)
{
	int64_t value;

	if (!node_decimal(node, p->complaints, 4, &value))
		return false;
	if (value < 0 || value > CREDIT_MOST || (upside_down && value == 0)) {
		complain(p->complaints, node,
		    "%.*s: a number %s up to 1000000 was expected, such as %s",
		    TEXT_ARGS(node->key), upside_down ? "above 0" : "from 0",
		    upside_down ? "60" : "1.5");
		return false;
	}
	return upside_down ? ratio_make(CREDIT_ONE, value, ret)
			   : ratio_make(value, CREDIT_ONE, ret);
}

static unsigned field_of(struct text name)
{
	static const struct {
		const char *name;
		unsigned bit;
	} field[] = {{"completed_on", SAME_COMPLETED_ON}, {"kind", SAME_KIND},
	    {"code", SAME_CODE}, {"category", SAME_CATEGORY},
	    {"title", SAME_TITLE}, {"provider", SAME_PROVIDER},
	    {"role", SAME_ROLE}};

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (text_is(name, field[i].name))
			return field[i].bit;
	return 0;
}

void parse_fields(struct parsing *p, struct node *node, unsigned *ret)
{
	struct text_list names;

	if (!parse_texts(p, node, &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		unsigned bit = field_of(names.item[i]);

		if (bit == 0)
			complain(p->complaints, node,
			    "%.*s: completed_on, kind, code, category, title, "
			    "provider or role was expected, such as [title, "
			    "provider]",
			    TEXT_ARGS(node->key));
		*ret |= bit;
	}
}

bool parse_reason(struct parsing *p, struct node *node, enum reason *ret)
{
	struct text name;

	if (!node_text(node, p->complaints, &name))
		return false;
	if (reason_find(name, ret))
		return true;
	complain(p->complaints, node,
	    "'%.*s' is no reason code (creditd-program(5) lists them)",
	    TEXT_ARGS(name));
	return false;
}

void parse_range(struct parsing *p, struct node *map, const char *from,
    const char *until, date_t *ret_from, date_t *ret_until)
{
	*ret_from = DATE_FIRST;
	*ret_until = DATE_NEVER;
	(void)node_date(node_get(map, from), p->complaints, ret_from);
	(void)node_date(node_get(map, until), p->complaints, ret_until);
	if (*ret_until < *ret_from)
		complain(p->complaints, node_get(map, until),
		    "%s: a day on or after `%s` was expected", until, from);
}

void parse_dates(
    struct parsing *p, struct node *map, date_t *ret_from, date_t *ret_until)
{
	parse_range(p, map, "from", "until", ret_from, ret_until);
}

enum prorate_kind parse_month_or_day(struct parsing *p, struct node *node)
{
	static const char *const choice[] = {"month", "day"};
	size_t i;

	if (!parse_choice(p, node, choice, 2, &i))
		return PRORATE_NOT;
	return i == 0 ? PRORATE_MONTH : PRORATE_DAY;
}
