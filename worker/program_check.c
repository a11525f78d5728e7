/* A program's check: its looks one after the other, and what they find. */
#include "program_check_work.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Some tenths of a second; documents of a few hundred rules need a thousandth
 * of it. */
#define COMPARISONS_MOST UINT64_C(50000000)
#define MESSAGE_SIZE     1024

bool check_take(struct check *check, size_t count)
{
	if (check->left <= count) {
		check->left = 0;
		return false;
	}
	check->left -= count;
	return true;
}

static bool make_room(struct check *check)
{
	struct findings *findings = check->findings;
	size_t room = check->room != 0 ? 2 * check->room : 32;
	struct finding *grown;

	if (findings->count < check->room)
		return true;
	grown = reallocarray(findings->item, room, sizeof(*grown));
	if (grown == NULL) {
		check->no_memory = true;
		return false;
	}
	findings->item = grown;
	check->room = room;
	return true;
}

/* A rule that several designations share is looked at for each. */
static bool is_known(const struct findings *findings, struct finding finding)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *known = &findings->item[i];

		if (known->line == finding.line &&
		    known->column == finding.column &&
		    strcmp(known->code, finding.code) == 0 &&
		    text_equal(known->message, finding.message))
			return true;
	}
	return false;
}

/* `length`: as the message was before it was cut. */
static void add(struct check *check, struct finding finding,
    const char message[MESSAGE_SIZE], int length)
{
	struct findings *findings = check->findings;
	struct text text = text_of(message);

	/* What was cut may end in half a character. */
	if (length >= MESSAGE_SIZE)
		text = text_head(text, MESSAGE_SIZE - 5);
	finding.message = text;
	if (findings->count == FINDINGS_MOST || is_known(findings, finding) ||
	    !make_room(check))
		return;
	if (!arena_copy_text(&findings->arena, text, &finding.message))
		check->no_memory = true;
	else
		findings->item[findings->count++] = finding;
}

void check_find_at(struct check *check, int line, int column, const char *code,
    const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	add(check, (struct finding){line, column, code, TEXT_NONE}, message,
	    length);
}

void check_find(struct check *check, const struct rule_words *at,
    const char *code, const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;
	int length;

	if (at->line == 0)
		return;
	va_start(arguments, format);
	length = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	add(check, (struct finding){at->line, at->column, code, TEXT_NONE},
	    message, length);
}

int check_months(const struct designation_rule *rule)
{
	int months = 0;

	for (size_t i = 0; i < rule->periods; i++)
		if (rule->period[i].months > months)
			months = rule->period[i].months;
	return months;
}

bool check_era_covers(const struct era *a, const struct era *b)
{
	return a->from <= b->from && a->until >= b->until &&
	       a->granted_from <= b->granted_from &&
	       a->granted_until >= b->granted_until &&
	       (a->which == ERA_ANY || a->which == b->which);
}

bool check_is_about(const struct match *match, struct text designation)
{
	if (match->designations.count == 0)
		return true;
	for (size_t i = 0; i < match->designations.count; i++)
		if (text_equal(match->designations.item[i], designation))
			return true;
	return false;
}

bool check_share(credit_t total, int64_t percent, credit_t step,
    enum rounding rounding, credit_t *ret)
{
	struct ratio share, exact;

	return ratio_make(percent, TAX_SCALE, &share) &&
	       ratio_make(total, CREDIT_ONE, &exact) &&
	       ratio_multiply(exact, share, &share) &&
	       ratio_round(share, step > 0 ? step : 1, rounding, ret);
}

/* ---- all looks */

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->code, y->code);
}

static void look(struct check *check)
{
	check_words(check);
	check_order(check);
	check_earning(check);
	check_caps(check);
	check_minimums(check);
	check_dates(check);
	check_periods(check);
	if (check->left == 0)
		check_find_at(check, 1, 1, "too-many-rules",
		    "there are too many rules to compare each with each: not "
		    "all was looked at");
}

int program_check(
    const struct program *program, struct text document, struct findings *ret)
{
	struct complaints complaints = {.most = 1};
	struct findings findings = {0};
	struct document tree;
	struct check check = {.program = program,
	    .findings = &findings,
	    .left = COMPARISONS_MOST};
	int error = document_parse(document, &complaints, &tree);

	complaints_fini(&complaints);
	if (error < 0)
		return error;
	check.root = tree.root;
	look(&check);
	document_fini(&tree);
	if (check.no_memory) {
		findings_fini(&findings);
		return -ENOMEM;
	}
	if (findings.count > 1)
		qsort(findings.item, findings.count, sizeof(*findings.item),
		    compare);
	*ret = findings;
	return 0;
}

void findings_fini(struct findings *findings)
{
	free(findings->item);
	arena_fini(&findings->arena);
	*findings = (struct findings){0};
}
