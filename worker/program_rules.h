/* The compiled form of a program: what the ruling reads. Rules are data; each
 * carries its name and source, so that every number can explain itself. */
#ifndef WORKER_PROGRAM_RULES_H
#define WORKER_PROGRAM_RULES_H

#include <assert.h>

#include "arena.h"
#include "fact.h"
#include "program.h"

/* What a rule is called and where it is written. */
struct rule_words {
	struct text name;
	struct text source;     /* the source's name, or absent */
	struct text assumption; /* why it is so though no source says it */
	int line, column;       /* where it stands in the document, from 1; 0:
				 * nowhere, the document leaves it out */
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
	CONDITION_APPROVED,   /* provider_approved: its provider is listed for
			       * that day */
	CONDITION_CONTACT_TIME,
	CONDITION_QUANTITY
};

enum condition_test { TEST_ONE_OF, TEST_NONE_OF, TEST_PRESENT, TEST_ABSENT };

struct condition {
	enum condition_field field;
	enum condition_test test;
	struct text_list values;
	unsigned traits; /* what is asked for as TRAIT_… where the field has a
			  * closed list of words; 0: it takes any text */
};

/* A claim's words of closed lists, as bits: one of its role, of its unit (if it
 * has one), and so on. */
#define TRAIT_ROLE(role)    (1u << (role))
#define TRAIT_UNIT(unit)    (1u << (ROLE_COUNT + (unit)))
#define TRAIT_PASSED        0x010000u
#define TRAIT_NOT_PASSED    0x020000u
#define TRAIT_ON_ACCREDITED 0x040000u /* route */
#define TRAIT_ON_RECOGNIZED 0x080000u
#define TRAIT_ACCREDITED    0x100000u
#define TRAIT_UNACCREDITED  0x200000u
#define TRAIT_APPROVED      0x400000u
#define TRAIT_UNAPPROVED    0x800000u
#define TRAIT_HAS_ROLE      0x1000000u
#define TRAIT_HAS_MINUTES   0x2000000u
#define TRAIT_HAS_QUANTITY  0x4000000u
static_assert(ROLE_COUNT + UNIT_COUNT <= 16, "bits below TRAIT_PASSED");

/* Conditions that must all hold. */
struct conditions {
	const struct condition *condition;
	size_t count;
};

/* All conditions must hold, those of one of the alternatives (if there are
 * any), and completed_on lie within from..until; for the designations named
 * and the cohort certified within granted_from..until. */
struct match {
	const struct condition *condition;
	size_t count;
	const struct conditions *any;
	size_t anys;
	unsigned must, must_not; /* traits that claims must have, and not have,
				  * for the conditions to hold */
	date_t from, until;
	struct text_list designations; /* none: all */
	date_t granted_from, granted_until;
	bool by_holder;      /* asks for a designation or a cohort */
	bool names_category; /* a condition on kind, code or category */
};

/* A provider whose activities are approved from when to when. */
struct provider_rule {
	struct rule_words words;
	struct text_list names; /* compared without regard to case */
	date_t from, until;
};

/* What arrives later than `days` after completed_on counts no more. In order,
 * the first that fits decides. */
struct deadline_rule {
	struct rule_words words;
	struct match match;
	int days;
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
	enum unit unit;       /* RATE_QUANTITY; UNIT_NONE: `each: credit`, a
			       * quantity without a unit */
	credit_t step;
	enum rounding rounding;
	credit_t at_least; /* an exact worth below it earns nothing */
	unsigned together; /* SAME_…: claims of one period that agree in these
			    * are one sum before rounding; 0: each alone */
};

/* worth × times, plus worth × allowance (for preparation) up to a limit. */
struct factor_rule {
	struct rule_words words;
	struct match match;
	struct ratio times;
	struct ratio allowance; /* 0/1: none */
	credit_t allowance_at_most;
	unsigned repeats; /* SAME_…: only for a claim that an earlier one of the
			   * member agrees with in these; 0: any claim */
	bool rounded_first; /* the rate's step rounds what is multiplied, not
			     * what comes of it */
};

/* A claim whose credits are divided over categories. */
struct split_part {
	struct text category;
	int64_t percent; /* in TAX_SCALE; all of a rule make a whole */
};
struct split_rule {
	struct rule_words words;
	struct match match;
	struct split_part *part;
	size_t parts;
};

/* Two claims of one period that agree in all `fields` are the same activity. */
struct same_rule {
	struct rule_words words;
	struct match match;
	unsigned fields;   /* SAME_… */
	int within_months; /* also of earlier periods, less than that before; 0:
			    * within the period */
	bool overlapping;  /* and only where started_on..completed_on overlap */
};
#define SAME_COMPLETED_ON 1u
#define SAME_KIND         2u
#define SAME_CODE         4u
#define SAME_CATEGORY     8u
#define SAME_TITLE        16u
#define SAME_PROVIDER     32u
#define SAME_ROLE         64u
#define SAME_ACTIVITY     127u

enum cap_span {
	CAP_ACTIVITY,
	CAP_REQUEST,
	CAP_DAY,
	CAP_YEAR,        /* a calendar year */
	CAP_PERIOD_YEAR, /* a year counted from the period's first day */
	CAP_CATEGORY,    /* each category for itself */
	CAP_PERIOD,
	CAP_GROUP /* as a period; its reason is GROUP_CAP */
};

/* Only where a period asks for so much: `only_if: {required_from,
 * required_until}`. */
struct amount_range {
	bool given;
	credit_t from, until;
};

struct cap_rule {
	struct rule_words words;
	struct match match;
	enum cap_span span;
	credit_t at_most;
	enum reason reason;
	bool is_percent; /* at_most is `percent` of the required total */
	int64_t percent; /* in TAX_SCALE */
	credit_t step;   /* of a percentage or a prorated limit */
	enum rounding rounding;
	bool prorated; /* falls with the requirement of a short period */
	struct amount_range required;
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

/* Which of a tenure's periods. */
enum era_period { ERA_ANY, ERA_FIRST, ERA_LATER };

/* From when a variant of a rule holds: for periods that begin within
 * from..until of members certified within granted_from..granted_until. */
struct era {
	date_t from, until;
	date_t granted_from, granted_until;
	enum era_period which;
};

struct period_rule {
	struct rule_words words;
	struct era era;
	bool month_end;      /* anniversary: ends with the month */
	int at_least_months; /* fixed day: a first period shorter than this
			      * runs to the next end; 0: any length */
	enum period_shape shape;
	int months; /* anniversary: length; fixed day: years × 12 */
	int end_month, end_day; /* fixed day */
	int remainder;          /* fixed day: end year mod years */
};

enum prorate_kind { PRORATE_NOT, PRORATE_STEPS, PRORATE_MONTH, PRORATE_DAY };

/* What a first period that is shorter than a whole one requires. */
struct prorate_rule {
	struct rule_words words;
	enum prorate_kind kind;
	struct prorate_step {
		int within_months; /* entered within that many months of the
				    * whole period's first day; INT_MAX: any */
		credit_t credits;
	} step_list[12];
	size_t step_count;
	credit_t step; /* PRORATE_MONTH and _DAY: one rounding */
	enum rounding rounding;
};

struct requires_rule {
	struct rule_words words;
	struct era era;
	bool has_total;
	credit_t total;
	struct text_list met;  /* non-credit requirements, sorted */
	struct text_list once; /* those met once for all periods, sorted */
	struct prorate_rule first_period;
};

/* Variants in order; the first whose era fits holds (the last if none). */
struct designation_rule {
	struct text name;
	struct text title;
	struct period_rule *period;
	size_t periods; /* at least 1 */
	struct requires_rule *requires;
	size_t requires_count; /* at least 1; may ask for nothing */
};

enum minimum_kind {
	MINIMUM_CREDITS,
	MINIMUM_DIFFERENT, /* so many different values of `field` */
	MINIMUM_COVERS     /* each of `values` of `field` */
};
enum minimum_span {
	MINIMUM_PERIOD,
	MINIMUM_YEAR,        /* each calendar year that lies wholly in it */
	MINIMUM_PERIOD_YEAR, /* each whole year from its first day */
	MINIMUM_ROLLING
};

/* What must be among the credits of a period beside their total. */
struct minimum_rule {
	struct rule_words words;
	struct text name; /* as `missing` calls it */
	struct match match;
	enum minimum_kind kind;
	credit_t at_least; /* credits; COVERS: of each value (0: any) */
	bool is_percent;   /* at_least is `percent` of the required total */
	int64_t percent;   /* in TAX_SCALE */
	enum minimum_span span;
	int rolling_years;
	enum condition_field field; /* DIFFERENT, COVERS: kind code category
				     * provider topics */
	int count;                  /* DIFFERENT */
	struct text_list values;    /* COVERS */
	bool once;                  /* of all periods so far together */
	bool beside_total; /* added to the total, which it serves only so far */
	bool prorated;     /* falls with the requirement of a short period */
	struct text if_met; /* only if that requirement is met, or absent */
	struct amount_range required;
	struct era era;
};

/* Time away: a requirement.met of that name from met_on to expires_on. */
struct leave_rule {
	struct rule_words words;
	struct text requirement;
	bool extends;              /* the period; else the requirement falls */
	enum prorate_kind reduces; /* PRORATE_MONTH or _DAY */
	credit_t step;
	enum rounding rounding;
	int at_most_months; /* of one period; 0: no limit */
};

/* A requirement.met of that name stands for what it waives. */
struct exemption_rule {
	struct rule_words words;
	struct text requirement;
	struct text_list waives; /* names of requirements and minimums */
	bool waives_credits;     /* `credits`: the total and all minimums */
};

#define CARRY_PERIODS_MOST 8

struct carry_rule {
	struct rule_words words;
	credit_t at_most;
	bool is_percent; /* nor more than `percent` of the required total */
	int64_t percent; /* in TAX_SCALE */
	credit_t step;   /* of the percentage */
	enum rounding rounding;
	bool recognized_only;
	bool has_match; /* only what these claims earned */
	struct match match;
	int last_months; /* only what was completed in these; 0: all */
	int periods;     /* usable for so many, oldest first; 1 at least */
	bool backfills;  /* a deficit may be filled from the next period */
	struct rule_words backfill_words;
	credit_t backfill_at_most;
	int backfill_months; /* by claims within these after the end; 0: all */
};

/* When a period is ruled for the last time (rule_freeze.c). */
struct freeze_rule {
	bool given;
	struct rule_words words;
	int after_days;    /* after its end, or after the arrival of what
			    * opened it; -1: not by days */
	bool once_renewed; /* when a renewal of it takes effect */
};

/* Requests that wait for documents and a decision though others need none. */
struct audit_rule {
	bool given;
	struct rule_words words;
	struct match match;
	int one_in;              /* by digest of source and id; 0: none */
	struct text requirement; /* a requirement.met of that name audits all
				  * of the periods that hold it; or absent */
	struct text_list needs;  /* evidence */
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
	struct provider_rule *provider;
	size_t providers;
	struct deadline_rule *deadline;
	size_t deadlines;
	struct eligibility_rule *eligibility;
	size_t eligibilities;
	struct rate_rule *rate;
	size_t rates;
	enum reason unmatched; /* a claim that no rate fits waits with this */
	struct factor_rule *factor;
	size_t factors;
	bool rates_by_holder; /* some rate or factor asks for a designation, a
			       * cohort */
	struct split_rule *split;
	size_t splits;
	struct same_rule *same;
	size_t sames;
	struct cap_rule *cap;
	size_t caps;

	bool recognition; /* offered */
	struct rule_words recognition_words;
	struct evidence_rule *evidence;
	size_t evidences;
	bool decision_required;
	struct audit_rule audit;
	money_t fee_per_credit;  /* 0: none */
	money_t fee_per_request; /* 0: none; due as soon as credits are */
	struct rule_words fee_words;
	struct tax_rule *tax;
	size_t taxes;

	int renewal_early_days;
	struct rule_words renewal_words;
	money_t renewal_fee;    /* of each renewal that applies; 0: none */
	bool renewal_fee_once;  /* of several renewed on one day only once */
	struct late_rule *late; /* by months */
	size_t lates;
	bool late_is_free; /* no lateness: any later day will do */
	bool carries;
	struct carry_rule carry;
	struct minimum_rule *minimum;
	size_t minimums;
	struct leave_rule *leave;
	size_t leaves;
	struct exemption_rule *exemption;
	size_t exemptions;
	struct freeze_rule freeze;
	int notice[8]; /* days before the end, falling */
	size_t notices;
	struct agreement_rule *agreement;
	size_t agreements;
	struct text_list requirements; /* all that it asks for, sorted */
};

/* The designation of that name, or NULL. */
const struct designation_rule *program_designation(
    const struct program *program, struct text name);

/* True if the program asks for that requirement anywhere. */
bool program_knows_requirement(const struct program *program, struct text name);

#endif
