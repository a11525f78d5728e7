/* The ruling: what a program makes of all that is known of one member.
 *
 * A pure function: facts in, ruling out. No I/O, no clock, no globals; it
 * allocates only from the arena that it is given. The order of the facts makes
 * no difference to anything but the order of `verdict`. */
#ifndef WORKER_RULE_H
#define WORKER_RULE_H

#include "fact.h"
#include "program.h"

#define NO_FACT   SIZE_MAX
#define NO_PERIOD SIZE_MAX

/* How a fact stands. */
struct verdict {
	enum outcome outcome;
	enum reason reason; /* REASON_NONE: nothing to say */
	bool reversed;      /* a standing reversal takes it back */
	size_t share;       /* first of its shares, if any */
	size_t shares;      /* how many (a claim: one a designation, or one
			     * for each part that it is split into) */
	size_t request;     /* the request that it is about, or NO_FACT */
};

enum period_opening { OPENED_GRANTED, OPENED_RENEWED, OPENED_TRANSFERRED };
/* "granted", "renewed", "transferred" */
const char *period_opening_name(enum period_opening opening);

/* Something that must be among the credits of a period: how much of it is
 * asked, and had. Credits, or a number of different values. */
struct minimum {
	struct text name; /* also in `missing` while it is not met */
	const struct rule_words *rule;
	bool is_count; /* needed and has count values, not credits */
	int64_t needed, has;
	bool met;
};

/* Why a period requires other than its rule's plain total. */
enum required_change {
	REQUIRED_AS_STATED,
	REQUIRED_PRORATED, /* a short first period */
	REQUIRED_REDUCED,  /* leave */
	REQUIRED_WAIVED    /* exemption */
};

/* A recertification period that is open or was. In order of (designation,
 * starts_on). */
struct period {
	struct text designation;
	date_t starts_on, ends_on; /* first and last day */
	enum period_opening opening;
	date_t opened_on;  /* granted_on, renewed_on, transferred_on */
	size_t opened_by;  /* index of that fact */
	bool current;      /* the last one of its designation */
	bool has_required; /* the program requires a total */
	credit_t required;
	const struct rule_words *required_by; /* the rule that says so */
	const struct rule_words *changed_by;  /* proration, leave, exemption */
	enum required_change change;
	const struct minimum *minimum; /* that apply, in the program's order */
	size_t minimums;
	credit_t accredited, recognized, adjusted; /* earned = their sum */
	credit_t earned, carried_in, total;
	credit_t remaining;       /* 0 where no total is required */
	struct text_list missing; /* non-credit requirements not met */
	enum period_status status;
	int notice_days; /* nearest mark passed (90, 60, …), 0: none */
	bool is_frozen;  /* what arrives after frozen_on has no effect in it */
	date_t frozen_on;
};

/* A recognition request by name. In order of name. */
struct request {
	struct text name;
	size_t fact; /* the request that holds the name */
	enum request_state state;
	enum reason reason;       /* what it waits for, or what cut it */
	struct text_list missing; /* kinds of evidence */
	credit_t credits;         /* greatest share, as cut by caps */
	credit_t credited;        /* as far as paid for */
	money_t fee, tax, total_due, paid, refund_due;
	struct text currency;
	const enum reason *flags; /* e.g. REASON_SUBJECT_NOT_LISTED */
	size_t flag_count;
};

enum step_kind {
	STEP_RATE,      /* worth by a rate; number: enum rate_kind */
	STEP_FACTOR,    /* times number */
	STEP_REPEAT,    /* likewise, as it repeats `other` */
	STEP_ALLOWANCE, /* number is added for preparation */
	STEP_TOGETHER,  /* one of `of` parts that make number so far */
	STEP_LEAST,     /* below number, the least that counts */
	STEP_DECISION,  /* the reviewer's credits */
	STEP_DUPLICATE, /* of `other`, or overlaps it */
	STEP_SPLIT,     /* number % of `of` count as category `words` */
	STEP_CAP,       /* at most number by `cap`; of category `words` */
	STEP_FROZEN,    /* its period is closed to changes since number */
	STEP_AUDIT,     /* chosen for audit: documents and a decision */
	STEP_GATE,      /* evidence, decision, payment still wanted */
	STEP_PAID,      /* as far as paid for */
	STEP_REFUSED,   /* not eligible */
	STEP_DATE       /* in no open period, or still to come */
};

struct cap_rule;

/* One step of an explanation. */
struct step {
	enum step_kind kind;
	enum reason reason;
	const struct rule_words *rule; /* name and source, NULL: general rule */
	credit_t credits;              /* what is left after it */
	int64_t number, of;            /* what the note speaks of, by kind */
	struct text words;             /* likewise */
	const struct cap_rule *cap;    /* STEP_CAP */
	const struct fact *fact;       /* the claim that it is about */
	const struct fact *other;      /* another that it speaks of, or NULL */
};

/* What one claim comes to for one designation. */
struct share {
	size_t fact;
	struct text designation;
	size_t period;        /* index, or NO_PERIOD */
	struct text category; /* of one part of a split claim, or absent */
	bool recognized;      /* route: recognized, else accredited */
	credit_t raw;         /* after rate and rounding */
	credit_t allowed;     /* after duplicates and caps; holds this room */
	credit_t credited;    /* what counts now */
	enum reason reason;   /* first thing that reduced it */
	const struct step *step;
	size_t steps;
};

/* What an amount in the ledger is for; stored. */
enum account {
	ACCOUNT_CREDIT, /* of a claim */
	ACCOUNT_ADJUSTMENT,
	ACCOUNT_CARRY_IN,
	ACCOUNT_CARRY_OUT, /* informs; not in the period's total */
	ACCOUNT_FEE,
	ACCOUNT_TAX,
	ACCOUNT_PAYMENT /* negative */
};
bool account_is_money(enum account account);

/* What should stand in the ledger: the sum of all entries with the same
 * (cause, account, designation, period) is to be `value`. Never 0, and each key
 * at most once. In the order in which new entries are to be posted. */
struct posting {
	size_t cause; /* index of the fact */
	enum account account;
	struct text designation; /* credits only */
	date_t period_starts_on; /* credits only, else DATE_NONE */
	int64_t value;           /* credit_t or money_t */
	struct text currency;    /* money only */
};

struct ruling {
	const struct program *program;
	const struct fact *fact;
	size_t facts;
	date_t today;
	struct verdict *verdict; /* one a fact, in the order of the facts */
	struct period *period;
	size_t periods;
	struct request *request;
	size_t requests;
	struct share *share; /* a fact's shares stand together */
	size_t shares;
	struct posting *posting;
	size_t postings;
	date_t next_due; /* first day on which it changes by itself, or
			  * DATE_NEVER */
};

/* Rules a member. All of the ruling lives in `arena` and borrows from the
 * facts and the program. Facts: any order, (source, id) unique. Returns 0,
 * -ENOMEM, or -EOVERFLOW (numbers beyond all bounds of the protocol). */
MUST_CHECK int rule_member(const struct program *program,
    const struct fact *facts, size_t count, date_t today, struct arena *arena,
    struct ruling *ret);

/* A step's rule as a short name ("accredited hours"; a general rule's name
 * such as "same activity"), and a sentence that a member can read, written into
 * `buffer` (size > 0), cut to fit and ended by a NUL. */
struct text step_rule(const struct step *step);
struct text step_note(const struct ruling *ruling, const struct step *step,
    char *buffer, size_t size);
/* Where the rule is written ("Recertification guide"), or absent. */
struct text step_source(const struct step *step);

enum period_note_kind {
	NOTE_REQUIRED, /* how much; always the first */
	NOTE_CHANGED,  /* why another number than the rule's */
	NOTE_BESIDE,   /* what is asked for beside the total */
	NOTE_FROZEN,
	NOTE_MINIMUM /* what there is of it, and what it misses */
};

/* A sentence about a period, and the rule that it comes from. */
struct period_note {
	enum period_note_kind kind;
	struct text words, rule, source; /* source: or absent */
};

/* Sentence `number`, from 0: why a period of the ruling requires what it does,
 * and how its minimums stand. Written into `buffer` (size > 0), cut to fit and
 * ended by a NUL. False: it has no more. */
bool period_note(const struct ruling *ruling, const struct period *period,
    size_t number, char *buffer, size_t size, struct period_note *ret);

#endif
