/* The compiled form of a program: what the ruling reads. Rules are data; each
 * carries its name and source, so that every number can explain itself. */
#ifndef WORKER_PROGRAM_RULES_H
#define WORKER_PROGRAM_RULES_H

#include "arena.h"
#include "fact.h"
#include "program.h"

/* What a rule is called and where it is written. */
struct rule_words {
	struct text name;
	struct text source;     /* the source's name, or absent */
	struct text assumption; /* why it is so though no source says it */
};

enum condition_field {
	CONDITION_KIND,
	CONDITION_CODE,
	CONDITION_CATEGORY,
	CONDITION_PROVIDER, /* without regard to case */
	CONDITION_ACCREDITED_BY,
	CONDITION_PRESENTER, /* presenter_certified_by: any of them */
	CONDITION_ROLE,
	CONDITION_UNIT,
	CONDITION_PASSED,
	CONDITION_GRADE,
	CONDITION_TOPICS, /* any of them */
	CONDITION_ROUTE,
	CONDITION_ACCREDITED, /* true: a body that counts here did */
	CONDITION_CONTACT_TIME,
	CONDITION_QUANTITY
};

enum condition_test { TEST_ONE_OF, TEST_NONE_OF, TEST_PRESENT, TEST_ABSENT };

struct condition {
	enum condition_field field;
	enum condition_test test;
	struct text_list values;
};

/* All conditions must hold, and completed_on lie within from..until. */
struct match {
	const struct condition *condition;
	size_t count;
	date_t from, until;
	struct text_list designations; /* none: all */
	bool names_category; /* a condition on kind, code or category */
};

struct eligibility_rule {
	struct rule_words words;
	struct match match;
	enum reason reason;
	bool flags; /* only flags it for the reviewer */
};

enum rate_kind { RATE_MINUTES, RATE_FIXED, RATE_QUANTITY, RATE_DECIDED };

struct rate_rule {
	struct rule_words words;
	struct match match;
	enum rate_kind kind;
	struct ratio credits; /* for one minute, as such, or for one unit */
	enum unit unit;       /* RATE_QUANTITY */
	credit_t step;
	enum rounding rounding;
};

struct factor_rule {
	struct rule_words words;
	struct match match;
	struct ratio times;
};

/* Two claims of one period that agree in all `fields` are the same activity. */
struct same_rule {
	struct rule_words words;
	struct match match;
	unsigned fields; /* SAME_… */
};
#define SAME_COMPLETED_ON 1u
#define SAME_KIND         2u
#define SAME_CODE         4u
#define SAME_CATEGORY     8u
#define SAME_TITLE        16u
#define SAME_PROVIDER     32u
#define SAME_ROLE         64u
#define SAME_ACTIVITY     127u

enum cap_span { CAP_ACTIVITY, CAP_REQUEST, CAP_DAY, CAP_YEAR, CAP_PERIOD };

struct cap_rule {
	struct rule_words words;
	struct match match;
	enum cap_span span;
	credit_t at_most;
	enum reason reason;
};

struct evidence_rule {
	struct rule_words words;
	struct match match;
	struct text_list kinds;
};

#define TAX_SCALE 1000000 /* a rate of 13 % is 130000 */

struct tax_rule {
	struct rule_words words;
	struct text_list places; /* "CA-ON", "CA-*" */
	date_t from, until;
	struct tax_line {
		struct text name;
		int64_t rate;
	} line[4];
	size_t lines;
};

enum period_shape { PERIOD_ANNIVERSARY, PERIOD_FIXED_DAY };

struct period_rule {
	struct rule_words words;
	enum period_shape shape;
	int months; /* anniversary: length; fixed day: years × 12 */
	int end_month, end_day; /* fixed day */
	int remainder;          /* fixed day: end year mod years */
};

struct requires_rule {
	struct rule_words words;
	bool has_total;
	credit_t total;
	struct text_list met; /* non-credit requirements, sorted */
};

struct designation_rule {
	struct text name;
	struct text title;
	struct period_rule period;
	struct requires_rule requires;
};

/* A stage of lateness: a renewal before the anniversary + `months`. */
struct late_rule {
	struct rule_words words;
	int months;
	money_t fee;
	struct text_list met; /* asked for beside the period's own */
};

struct agreement_rule {
	struct rule_words words;
	struct text organization, from_designation, designation;
	date_t since;
};

struct accreditation_rule {
	struct rule_words words;
	struct text by;
	date_t from, until;
};

struct program {
	struct arena arena;
	struct text organization, title, time_zone, unit, currency;
	struct text_list sources;
	struct designation_rule *designation; /* sorted by name */
	size_t designations;
	struct accreditation_rule *accreditation;
	size_t accreditations;
	struct eligibility_rule *eligibility;
	size_t eligibilities;
	struct rate_rule *rate;
	size_t rates;
	enum reason unmatched; /* a claim that no rate fits waits with this */
	struct factor_rule *factor;
	size_t factors;
	struct same_rule *same;
	size_t sames;
	struct cap_rule *cap;
	size_t caps;

	bool recognition; /* offered */
	struct rule_words recognition_words;
	struct evidence_rule *evidence;
	size_t evidences;
	bool decision_required;
	money_t fee_per_credit; /* 0: none */
	struct rule_words fee_words;
	struct tax_rule *tax;
	size_t taxes;

	int renewal_early_days;
	struct rule_words renewal_words;
	struct late_rule *late; /* by months */
	size_t lates;
	bool late_is_free; /* no lateness: any later day will do */
	bool carries;
	credit_t carry_at_most;
	bool carry_recognized_only;
	struct rule_words carry_words;
	int notice[8]; /* days before the end, falling */
	size_t notices;
	struct agreement_rule *agreement;
	size_t agreements;
};

/* The designation of that name, or NULL. */
const struct designation_rule *program_designation(
    const struct program *program, struct text name);

/* True if the program asks for that requirement anywhere. */
bool program_knows_requirement(const struct program *program, struct text name);

/* ---- parsing, one file for each part of the document */
struct parsing {
	struct program *program;
	struct complaints *complaints;
	bool no_memory;
};

bool parse_text(struct parsing *p, struct node *map, const char *key,
    bool required, struct text *ret);
bool parse_texts(struct parsing *p, struct node *node, struct text_list *ret);
void parse_words(struct parsing *p, struct node *map, const char *fallback,
    struct rule_words *ret);
void parse_match(struct parsing *p, struct node *rule, struct match *ret);
void parse_dates(
    struct parsing *p, struct node *map, date_t *ret_from, date_t *ret_until);
/* Room for one rule for each item of the list `key` of `map`; the list itself
 * in *ret_list (NULL: absent). */
void *parse_list(struct parsing *p, struct node *map, const char *key,
    size_t size, size_t *ret_count, struct node **ret_list);
void parse_claims(struct parsing *p, struct node *root);
void parse_periods(struct parsing *p, struct node *root);
void parse_money(struct parsing *p, struct node *root);

#endif
