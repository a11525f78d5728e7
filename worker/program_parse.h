/* Parsing a program document, one file for each part of it, and what the parts
 * share. Each function complains at line and column with what was expected and
 * goes on, so that one reading names every mistake; a program that was
 * complained of is never used. */
#ifndef WORKER_PROGRAM_PARSE_H
#define WORKER_PROGRAM_PARSE_H

#include "program_rules.h"

#define PROGRAM_RULES_MOST  1000 /* in one list */
#define PROGRAM_VALUES_MOST 256  /* in one list of words */

/* Names that grow in the program's arena; sorted, each once, when it is asked
 * whether one is among them. */
struct names {
	struct text *item;
	size_t count, room;
	bool sorted;
};

struct parsing {
	struct program *program;
	struct complaints *complaints;
	struct names asked;    /* requirements of periods and late renewals */
	struct names waivable; /* these and the minimums */
	bool no_memory;
};

/* ---- program.c: text, words, lists; program_names.c: names */

bool parse_text(struct parsing *p, struct node *map, const char *key,
    bool required, struct text *ret);
bool parse_texts(struct parsing *p, struct node *node, struct text_list *ret);
void parse_words(struct parsing *p, struct node *map, const char *fallback,
    struct rule_words *ret);
/* Room for one rule for each item of the list `key` of `map`; the list itself
 * in *ret_list (NULL: absent). */
void *parse_list(struct parsing *p, struct node *map, const char *key,
    size_t size, size_t *ret_count, struct node **ret_list);

/* The same for a rule that is one map or a list of variants. */
void *parse_variants(struct parsing *p, struct node *node, const char *example,
    size_t size, size_t *ret_count, struct node **ret_first);
bool texts_have(struct text_list list, struct text name);
bool texts_have_sorted(struct text_list list, struct text name);
void names_add(struct parsing *p, struct names *names, struct text name);
void names_add_all(
    struct parsing *p, struct names *names, struct text_list list);
bool names_have(struct names *names, struct text name);
/* Them all, sorted, each once. */
struct text_list names_list(struct names *names);
/* Names of requirements, sorted; a NULL node is none. */
void parse_requirements(
    struct parsing *p, struct node *node, struct text_list *ret);
/* One that must be there. */
bool parse_requirement(
    struct parsing *p, struct node *map, const char *key, struct text *ret);

/* ---- program_values.c: numbers, dates, choices */

/* Complains about `key` of `map`, if it is there: `why` it does not fit. */
void parse_refuse(
    struct parsing *p, struct node *map, const char *key, const char *why);
void parse_refuse_rounding(
    struct parsing *p, struct node *map, const char *why);
/* Which of the words of `choice` (as "a, b or c") the node is. */
bool parse_choice(struct parsing *p, struct node *node,
    const char *const *choice, size_t count, size_t *ret);
/* `period` of a variant: first or later. */
void parse_which(struct parsing *p, struct node *node, enum era_period *ret);
/* Credits above 0, or from 0 where `zero` may stand. */
bool parse_credits(
    struct parsing *p, struct node *node, bool zero, credit_t *ret);
/* An amount of money; needs the program's currency. */
bool parse_amount(
    struct parsing *p, struct node *node, money_t most, money_t *ret);
/* `required_from` and `required_until` of `only_if`. */
void parse_required(
    struct parsing *p, struct node *map, struct amount_range *ret);
/* 0 to 100 with at most 4 places, in TAX_SCALE. */
bool parse_percent(
    struct parsing *p, struct node *node, bool zero, int64_t *ret);
/* `step` and `round`; without them 4 places, half up. */
void parse_rounding(struct parsing *p, struct node *map, credit_t *ret_step,
    enum rounding *ret);
/* A number as a fraction, or what there are of it in one. */
bool parse_ratio(
    struct parsing *p, struct node *node, bool upside_down, struct ratio *ret);
/* PRORATE_NOT with a complaint. */
enum prorate_kind parse_month_or_day(struct parsing *p, struct node *node);
/* Names of SAME_… fields, as bits. */
void parse_fields(struct parsing *p, struct node *node, unsigned *ret);
bool parse_reason(struct parsing *p, struct node *node, enum reason *ret);
void parse_range(struct parsing *p, struct node *map, const char *from,
    const char *until, date_t *ret_from, date_t *ret_until);
void parse_dates(
    struct parsing *p, struct node *map, date_t *ret_from, date_t *ret_until);

/* ---- the parts of the document */

/* The conditions under `when`; `holder`: may it ask for designations and the
 * cohort? */
void parse_match(
    struct parsing *p, struct node *rule, bool holder, struct match *ret);
void parse_designations(struct parsing *p, struct node *root);
void parse_renewals(struct parsing *p, struct node *root);
void parse_carry(struct parsing *p, struct node *root);
void parse_minimums(struct parsing *p, struct node *root);
void parse_claims(struct parsing *p, struct node *root);
void parse_rates(struct parsing *p, struct node *root);
void parse_caps(struct parsing *p, struct node *root);
void parse_money(struct parsing *p, struct node *root);

#endif
