/* What the queries share: one query at work, its pages, its rows. Private to
 * query*.c. */
#ifndef WORKER_QUERY_WORK_H
#define WORKER_QUERY_WORK_H

#include "answer.h"
#include "ledger.h"
#include "query.h"
#include "query_decode.h"

/* How a query ended. */
enum asked {
	ASKED_ANSWERED,
	ASKED_REFUSED, /* `code` and `message` say why */
	ASKED_AGAIN,   /* the database rolled back or was gone: once more */
	ASKED_FAILED   /* it can't be answered now */
};

/* One query at work. */
struct asking {
	struct query_context *context;
	const struct query_request *request;
	struct query query;
	const struct organization *organization;
	int32_t stream; /* of query.member */
	struct wire_writer *out;
	const char *code; /* ASKED_REFUSED */
	char message[QUERY_MESSAGE_SIZE];
	int32_t streams[STREAM_BUCKETS]; /* DIVERGED, TOO_OLD: these */
	size_t stream_count;
};

/* Says why the query is refused; returns ASKED_REFUSED. */
enum asked asking_refuse(struct asking *asking, const char *code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What a failed database call means for the query. */
enum asked asking_pg(struct asking *asking, enum pg_class class);
/* What a failed ruling or posting (negative errno) means. */
enum asked asking_errno(struct asking *asking, int error);
bool asking_may_read(const struct asking *asking);

/* The queries; each writes pairs into the open map of asking->out. */
enum asked query_balance(struct asking *asking);
enum asked query_balances(struct asking *asking);
enum asked query_requests(struct asking *asking);
enum asked query_changes(struct asking *asking);
enum asked query_event(struct asking *asking);
enum asked query_explain(struct asking *asking);
enum asked query_transcript(struct asking *asking);

/* ---- pages (query_page.c) */

/* A list, or several after each other, within the query's limit and the size
 * of an answer. Each item is written apart and taken over if it fits. */
struct page {
	struct asking *asking;
	int64_t left;     /* items that may still be put */
	size_t items;     /* put so far */
	bool more;        /* something did not fit */
	struct text next; /* after the last item put, or absent */
	char buffer[QUERY_NEXT_SIZE];
};

void page_init(struct page *page, struct asking *asking);
void page_open(struct page *page, const char *key);
void page_close(struct page *page);
/* No further item is wanted. */
bool page_is_full(const struct page *page);
/* An empty writer for the next item. */
struct wire_writer *page_item(struct page *page);
/* Puts the item into the open list; false if it does not fit. */
bool page_put(struct page *page);
/* The position after the item just put. */
void page_mark(struct page *page, const struct text *part, size_t count);
/* Pairs `more` and, if there is more, `next`. */
void page_end(struct page *page);
/* Splits the query's `after` into `count` parts. Returns ASKED_ANSWERED (also
 * without `after`: then *ret_given is false) or ASKED_REFUSED. */
enum asked page_after(struct asking *asking, size_t count,
    struct text *ret_part, bool *ret_given);

/* ---- rows (query_rows.c) */

/* The columns of `balance` that balance_of_row() reads, from 0 on. */
#define BALANCE_COLUMNS                                                        \
	"stream, member, designation, period_starts_on, period_ends_on, "      \
	"current, version, unit, required, earned, carried_in, total, "        \
	"remaining, accredited, recognized, adjusted, missing, status"
/* Borrows from the result; the names of what is missing lie in the arena. */
MUST_CHECK bool balance_of_row(const PGresult *result, int row,
    struct arena *arena, struct period *ret_period,
    struct balance_view *ret_view);
/* An array of text in binary form. */
MUST_CHECK bool texts_of_column(const PGresult *result, int row, int column,
    struct arena *arena, struct text_list *ret);

/* ---- members and heads (query_load.c) */

/* A member with all that is known of it, ruled as of today. */
struct asked_member {
	struct member member;
	struct head head;
	struct ruling ruling; /* in the query's arena */
	int32_t rules;
};
/* Loads and rules. On ASKED_ANSWERED the caller owes asked_member_fini(). */
MUST_CHECK enum asked asked_member_load(
    struct asking *asking, struct asked_member *ret);
void asked_member_fini(struct asked_member *member);

/* The heads of an organization's streams, by bucket. */
MUST_CHECK enum asked asking_heads(
    struct asking *asking, struct head ret_head[STREAM_BUCKETS]);
/* Pair `heads`: of all streams that have messages. */
void write_heads(struct wire_writer *writer, const struct head *head);
/* Pair STREAM: {offset, chain} in an open map. */
void write_position(struct wire_writer *writer, int32_t stream, int64_t offset,
    const unsigned char *chain);

/* ---- positions (query_check.c) */

/* What is wrong with a position. */
enum standing { STANDS, DIVERGED, TOO_OLD };

/* An organization's streams by bucket: how far the subscriber has them. */
struct check {
	struct asking *asking;
	struct head head[STREAM_BUCKETS];
	struct stream_position position[STREAM_BUCKETS];
	enum standing standing[STREAM_BUCKETS];
};
/* Reads the heads and compares the query's positions with the history; refuses
 * with DIVERGED or TOO_OLD and their streams. `asking` is set, the rest 0. */
MUST_CHECK enum asked check_positions(struct check *check);

/* ---- claims (query_claims.c) */

/* A claim in the total order (date, source, id). */
struct claim {
	size_t fact;
	date_t date;
};
/* The member's claims and adjustments, sorted; in the arena. False: no
 * memory. */
MUST_CHECK bool claims_of(const struct ruling *ruling, struct arena *arena,
    struct claim **ret_claim, size_t *ret_count);
/* Pairs of a claim and one of its shares (NULL: it has none). */
void claim_pairs(struct wire_writer *writer, const struct ruling *ruling,
    const struct claim *claim, const struct share *share);
/* What an adjustment counts, or NULL: of another type, or it doesn't. */
const struct posting *claim_adjustment(
    const struct ruling *ruling, size_t fact);
/* The shares of a claim; at least 1, for a claim without any is shown too. */
size_t claim_shares(const struct ruling *ruling, const struct claim *claim);
/* The share of that number, or NULL where it has none. */
const struct share *claim_share(
    const struct ruling *ruling, const struct claim *claim, size_t number);
/* Where a page of claims goes on: after `shares` shares of this one. */
struct claim_position {
	date_t date;
	struct fact fact; /* source and id */
	int64_t shares;
};
void claim_mark(struct page *page, const char *list,
    const struct ruling *ruling, const struct claim *claim, size_t shares);
MUST_CHECK bool claim_position_read(
    const struct text part[5], struct claim_position *ret);
/* How many of the claim's shares were on pages before. */
size_t claim_done(const struct ruling *ruling, const struct claim *claim,
    const struct claim_position *position);

/* ---- words (query_words.c) */

/* Puts one claim; `body` is that of its event, absent where it was archived or
 * erased. */
typedef void (*put_claim)(
    void *context, const struct claim *claim, struct text body);
/* Reads the bodies of `count` claims, some at once, and calls back for each
 * until the page is full. */
MUST_CHECK enum asked claims_put(struct page *page, const struct ruling *ruling,
    const struct claim *claim, size_t count, put_claim put, void *context);
/* Pairs: what was done, and the words of the body (absent: none). */
void claim_words(
    struct wire_writer *writer, const struct fact *fact, struct text body);

#endif
