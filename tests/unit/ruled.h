/* One member under a small program: a document as text, facts by hand, and a
 * ruling that is the same for every order of them. */
#ifndef TESTS_RULED_H
#define TESTS_RULED_H

#include "history.h"

/* The document after its head (program_text.h); forgets all facts. */
void ruled_program(const char *rest);
void ruled_fini(void);
/* A program that is compiled already; the caller keeps it. */
void ruled_by(const struct program *program);

/* Facts that follow arrive on that day; NULL: on HISTORY_RECEIVED again. */
void ruled_received(const char *on);

/* Facts: `id` names each. `data` is JSON with ' for ". */
void ruled_fact(const char *id, const char *type, const char *data, ...)
    __attribute__((format(printf, 3, 4)));
void ruled_grant(const char *designation, const char *on);
void ruled_renew(const char *designation, const char *on);
/* So many hours of a kind of activity in a category (or NULL). */
void ruled_attend(
    const char *id, const char *on, const char *category, double hours);
void ruled_meet(const char *requirement, const char *on, const char *expires);
void ruled_adjust(const char *id, const char *designation, const char *on,
    const char *credits);
void ruled_forget(void);

/* The ruling, after it was found to be the same in many orders of the facts and
 * on each day until it is due again (on the last of them), its entries to add
 * up to its balances, each key to be there once. Valid until the next. */
const struct ruling *ruled_on(const char *text);

/* The period that begins on that day; fails the test if there is none. */
const struct period *ruled_period(const char *designation, const char *start);
const struct minimum *ruled_minimum(
    const struct period *period, const char *name);
/* How the fact of that id stands. */
const struct verdict *ruled_verdict(const char *id);
/* What the claim of that id comes to: the share of that number, of the first
 * designation by name first. */
const struct share *ruled_share(const char *id, size_t number);
/* The notes of a share's steps, with "; " between them. */
const char *ruled_notes(const struct share *share);
/* Of one account in one period (NULL: money), caused by the fact of that id
 * (NULL: by any). */
int64_t ruled_posted(
    enum account account, const char *id, const struct period *period);

/* "1.5" as 15000. */
credit_t ruled_credits(const char *text);

void ruled_is_credits(credit_t is, const char *wanted, const char *file, int);
void ruled_is_date(date_t is, const char *wanted, const char *file, int line);
void ruled_is_list(
    struct text_list is, const char *wanted, const char *file, int line);
#define assert_credits(is, wanted)                                             \
	ruled_is_credits(is, wanted, __FILE__, __LINE__)
#define assert_date(is, wanted) ruled_is_date(is, wanted, __FILE__, __LINE__)
/* Names with spaces between them. */
#define assert_list(is, wanted) ruled_is_list(is, wanted, __FILE__, __LINE__)

#endif
