/* What partners read: RESULTs, answers and feed bodies as msgpack.
 *
 * Pure rendering into a writer, with no I/O and no decisions beyond what the
 * protocol says about form: who may see what, and how a value is written. Each
 * answer_… writes exactly one value. */
#ifndef WORKER_ANSWER_H
#define WORKER_ANSWER_H

#include "rule.h"

#define ANSWER_ENTRIES_MOST 500 /* in one RESULT or message */
#define ANSWER_TOPIC_SIZE   288 /* room for any topic, with a NUL */
#define ANSWER_CHAIN_SIZE   16

/* A ledger entry as it was posted. */
struct posted_entry {
	int64_t number; /* the member's, from 1 */
	enum entry_kind kind;
	enum account account;
	struct text cause_source, cause_id;
	struct text designation; /* credits only */
	date_t period_starts_on; /* credits only */
	int64_t value;           /* credit_t or money_t, by account */
	credit_t total;          /* credits: the period's after it */
	struct text currency;    /* money only */
};

/* A period's balance as partners see it (protocol, section 5). */
struct balance_view {
	struct text member;
	struct text unit; /* program_unit() */
	const struct period *period;
	int64_t version; /* of the last message that carried it */
	bool removed;    /* the period is gone: its numbers are
			  * written as 0, `removed` as true */
};

/* What became of a certification; in the order of the protocol. */
enum certification_what {
	CERTIFICATION_GRANTED,
	CERTIFICATION_RENEWED,
	CERTIFICATION_TRANSFERRED,
	CERTIFICATION_GRACE,
	CERTIFICATION_LAPSED,
	CERTIFICATION_REMOVED
};
const char *certification_what_name(enum certification_what what);

struct certification_view {
	struct text member, designation;
	enum certification_what what;
	date_t on;
	date_t starts_on, ends_on; /* its period */
};

struct notice_view {
	struct text member;
	int days; /* the mark: 90, 60, 30, 7 */
	const struct period *period;
};

struct request_view {
	struct text member; /* absent: do not write the key */
	const struct request *request;
	bool removed; /* the fact that asked was reversed:
		       * this is how it stood before */
};

/* Everything in a RESULT. */
struct answer_result {
	struct text source, id; /* of the event */
	enum outcome outcome;
	enum reason reason; /* REASON_NONE: code and message null */
	bool duplicate;
	bool dry_run;
	int32_t stream;
	int64_t offset; /* its first message, 0 if none */
	int64_t rules;  /* revision of the program */
	const struct posted_entry *entry;
	size_t entries;
	bool more_entries; /* there are more than these */
	const struct balance_view *balance;
	size_t balances;
	const struct request *request; /* it is about; NULL: none */
	struct text request_source;    /* source of the event that holds the
					* request's name */
	bool may_read;                 /* the asker may read the member; else
					* only its own claim is written */
	const struct ruling *explain;  /* unless NULL: the steps of `fact` */
	size_t fact;
};

enum change_kind { /* in the order of an event's messages */
	CHANGE_CERTIFICATION,
	CHANGE_REQUEST,
	CHANGE_BALANCE,
	CHANGE_NOTICE
};
/* "certification", "request", "balance", "notice". */
const char *change_kind_name(enum change_kind kind);

/* A message of the feed. */
struct answer_change {
	int32_t stream;
	int64_t offset;
	int64_t version;        /* the member's, of this message */
	int64_t at;             /* microseconds */
	struct text source, id; /* of the event that caused it */
	enum change_kind kind;
	struct certification_view certification; /* the one of `kind` is used */
	struct request_view request;
	struct balance_view balance;
	struct notice_view notice;
	const struct posted_entry *entry; /* of that period or request */
	size_t entries;
};

void answer_balance(
    struct wire_writer *writer, const struct balance_view *balance);
/* The same without the map around it. */
void answer_balance_pairs(
    struct wire_writer *writer, const struct balance_view *balance);
/* Pairs `required` to `routes`. */
void answer_balance_numbers(
    struct wire_writer *writer, const struct period *period);
void answer_request(
    struct wire_writer *writer, const struct request_view *view);
/* The same without the map around it. */
void answer_request_pairs(
    struct wire_writer *writer, const struct request_view *view);
void answer_certification(
    struct wire_writer *writer, const struct certification_view *view);
void answer_notice(struct wire_writer *writer, const struct notice_view *view);
void answer_entry(struct wire_writer *writer, const struct posted_entry *entry);
/* The list of the first ANSWER_ENTRIES_MOST. */
void answer_entries(struct wire_writer *writer,
    const struct posted_entry *entry, size_t entries);

/* A period, a request as QUERY explain shows them (protocol, section 7). */
void answer_period_explained(struct wire_writer *writer,
    const struct ruling *ruling, const struct period *period);
void answer_request_explained(struct wire_writer *writer,
    const struct ruling *ruling, const struct request *request);

/* The list of a share's steps: {rule, note, credits, designation, source? or
 * assumption?}. */
void answer_steps(struct wire_writer *writer, const struct ruling *ruling,
    const struct share *share);

/* A list of names, sorted, each once. */
void answer_names(struct wire_writer *writer, struct text_list names);
/* {starts_on, ends_on} */
void answer_period(
    struct wire_writer *writer, date_t starts_on, date_t ends_on);
/* {source, id} */
void answer_event(
    struct wire_writer *writer, struct text source, struct text id);
/* Pairs `code` and `message`, null where there is nothing to say. */
void answer_reason(struct wire_writer *writer, enum reason reason);

void answer_result(
    struct wire_writer *writer, const struct answer_result *result);
/* The same without the map around it, for who adds pairs of its own. */
void answer_result_pairs(
    struct wire_writer *writer, const struct answer_result *result);
/* The RESULT of an id that was used with other content before. */
void answer_conflict(
    struct wire_writer *writer, struct text id, int32_t stream, int64_t rules);
/* A REFUSED; retry_after_ms < 0 is not written. */
void answer_refused(struct wire_writer *writer, const char *code,
    const char *message, int64_t retry_after_ms);

/* A message's topic: balance/ORG/NUMBER/DESIGNATION and so on. Borrowed from
 * `buffer`. */
struct text answer_topic(
    const struct answer_change *change, char buffer[ANSWER_TOPIC_SIZE]);
/* A message's body but for its chain, which is computed over the topic and
 * these very bytes. The writer must be empty; the body is all that is in it. */
void answer_change(
    struct wire_writer *writer, const struct answer_change *change);
/* Appends the pair `chain`, which is the last of a body, for ever: without its
 * last ANSWER_SEAL_SIZE bytes and with one less in its third byte (the count of
 * pairs) a body is what the chain was computed over. */
#define ANSWER_SEAL_SIZE 40
void answer_change_seal(
    struct wire_writer *writer, const unsigned char chain[ANSWER_CHAIN_SIZE]);
/* 32 hex digits and a NUL. */
void answer_chain_text(const unsigned char chain[ANSWER_CHAIN_SIZE],
    char buffer[2 * ANSWER_CHAIN_SIZE + 1]);

#endif
