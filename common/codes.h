/* The closed vocabularies of the protocol: types, codes, outcomes, states. */
#ifndef COMMON_CODES_H
#define COMMON_CODES_H

#include "text.h"

/* Why something counted for less, waits or was turned down (domain: reason
 * codes). The numbers are stored in the database: add at the end only. */
#define REASON_CODES(X)                                                        \
	X(NONE, "")                                                            \
	X(BAD_FIELD, "a field is missing or has a value that the program "     \
		     "can't use")                                              \
	X(UNKNOWN_CERTIFICATION, "the member holds none of the designations "  \
				 "yet")                                        \
	X(UNKNOWN_DESIGNATION, "the program has no such designation")          \
	X(UNKNOWN_REQUEST, "the recognition request is not known yet")         \
	X(UNKNOWN_EVENT, "the event that it refers to is not known yet")       \
	X(UNKNOWN_ACTIVITY, "the program does not know this activity yet")     \
	X(NOT_ACCREDITED, "the activity is not accredited by a body that "     \
			  "counts here")                                       \
	X(PROVIDER_NOT_APPROVED, "the provider was not approved on that date") \
	X(INELIGIBLE_KIND, "activities of this kind never count")              \
	X(INELIGIBLE_ROLE, "this role does not earn credits for the activity") \
	X(SUBJECT_NOT_LISTED, "none of the subjects is on the list")           \
	X(BEFORE_CERTIFICATION, "it was completed before the certification "   \
				"began")                                       \
	X(OUTSIDE_PERIOD, "its date lies in no period that is open")           \
	X(FUTURE_DATE, "its date is still to come; it counts from that day")   \
	X(REPORTED_LATE, "it was reported after the deadline")                 \
	X(GRADE_TOO_LOW, "the grade is too low")                               \
	X(NOT_PASSED, "the course was not passed")                             \
	X(EVIDENCE_MISSING, "documents are still missing")                     \
	X(DECISION_MISSING, "the reviewer's decision is still to come")        \
	X(PAYMENT_MISSING, "the fee is not fully paid yet")                    \
	X(NOT_OFFERED, "the organization does not offer this")                 \
	X(DECLINED, "the reviewer declined the request")                       \
	X(WITHDRAWN, "the request was withdrawn")                              \
	X(DUPLICATE_ACTIVITY, "the same activity counts once in a period")     \
	X(OVERLAPPING, "it overlaps another session")                          \
	X(BELOW_MINIMUM, "it is shorter than the least that counts")           \
	X(ACTIVITY_CAP, "one activity counts for no more than this")           \
	X(REQUEST_CAP, "one request counts for no more than this")             \
	X(DAY_CAP, "one day counts for no more than this")                     \
	X(YEAR_CAP, "one year counts for no more than this")                   \
	X(PERIOD_CAP, "this route counts for no more than this in a period")   \
	X(CATEGORY_CAP, "this category counts for no more than this")          \
	X(GROUP_CAP, "these categories together count for no more than this")  \
	X(PERCENT_CAP, "no more than this share of the total may come from "   \
		       "here")                                                 \
	X(CARRY_CAP, "no more than this is carried over")                      \
	X(REQUIREMENTS_MISSING, "the period is not complete yet")              \
	X(NO_AGREEMENT, "there was no agreement between the bodies on that "   \
			"date")                                                \
	X(NOT_TRANSFERABLE, "this certification can't be transferred to that " \
			    "one")                                             \
	X(LAPSED, "the certification had lapsed by then")                      \
	X(PERIOD_FROZEN, "the period is closed to changes")                    \
	X(REVERSED, "it was reversed")                                         \
	X(ID_CONFLICT, "this id or name was used before with other content")

enum reason {
#define X(name, sentence) REASON_##name,
	REASON_CODES(X)
#undef X
	    REASON_COUNT
};

/* "BAD_FIELD"; "" for REASON_NONE. */
const char *reason_name(enum reason reason);
/* A sentence for people, without a full stop. */
const char *reason_sentence(enum reason reason);
/* The reason of that name; false if there is none (REASON_NONE has no name). */
MUST_CHECK bool reason_find(struct text name, enum reason *ret);

/* Outcomes of an event; stored. A conflict is never stored. */
enum outcome {
	OUTCOME_APPLIED,
	OUTCOME_PENDING,
	OUTCOME_REJECTED,
	OUTCOME_CONFLICT
};
const char *outcome_name(enum outcome outcome);

/* Event types; stored: add at the end only. */
enum event_type {
	EVENT_GRANTED = 1,
	EVENT_RENEWED,
	EVENT_TRANSFERRED,
	EVENT_ACTIVITY,
	EVENT_REQUESTED,
	EVENT_EVIDENCE,
	EVENT_DECIDED,
	EVENT_PAID,
	EVENT_WITHDRAWN,
	EVENT_REQUIREMENT,
	EVENT_ADJUSTED,
	EVENT_REVERSED,
	/* system events; never from a partner */
	EVENT_DAY = 32,  /* the stream's date moves on */
	EVENT_PROGRAM,   /* a program revision begins to rule */
	EVENT_DUE,       /* more members whose day has come */
	EVENT_SET_ASIDE, /* bytes that bring workers down go to quarantine */
	EVENT_REDRIVE    /* … and are tried again */
};
/* "certification.granted", …, "system.day", "system.program", "system.due",
 * "system.set_aside", "system.redrive". */
const char *event_type_name(enum event_type type);
/* Partner types only. */
MUST_CHECK bool event_type_find(struct text name, enum event_type *ret);
bool event_type_is_system(enum event_type type);

/* Entry kinds, as partners see them; stored. */
enum entry_kind {
	ENTRY_CREDIT,
	ENTRY_CORRECTION,
	ENTRY_REVERSAL,
	ENTRY_CARRY_IN,
	ENTRY_CARRY_OUT,
	ENTRY_ADJUSTMENT,
	ENTRY_FEE,
	ENTRY_TAX,
	ENTRY_PAYMENT
};
const char *entry_kind_name(enum entry_kind kind);

/* Recognition request states; stored. */
enum request_state {
	REQUEST_AWAITING_EVIDENCE,
	REQUEST_AWAITING_DECISION,
	REQUEST_AWAITING_PAYMENT,
	REQUEST_CREDITED,
	REQUEST_DECLINED,
	REQUEST_WITHDRAWN
};
const char *request_state_name(enum request_state state);
MUST_CHECK bool request_state_find(struct text name, enum request_state *ret);

/* Status of a period; stored. */
enum period_status {
	PERIOD_IN_PROGRESS,
	PERIOD_COMPLETE,
	PERIOD_GRACE,
	PERIOD_LAPSED
};
const char *period_status_name(enum period_status status);
MUST_CHECK bool period_status_find(struct text name, enum period_status *ret);

/* Roles and units of an activity; stored. */
enum role {
	ROLE_ATTENDEE, /* the default */
	ROLE_PRESENTER,
	ROLE_FACILITATOR,
	ROLE_DEVELOPER,
	ROLE_VOLUNTEER,
	ROLE_OVERSEER,
	ROLE_AUTHOR,
	ROLE_COAUTHOR,
	ROLE_COUNT
};
const char *role_name(enum role role);
MUST_CHECK bool role_find(struct text name, enum role *ret);

enum unit {
	UNIT_NONE,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_CREDIT_HOUR,
	UNIT_ARTICLE,
	UNIT_SESSION,
	UNIT_COUNT
};
const char *unit_name(enum unit unit); /* "" for UNIT_NONE */
MUST_CHECK bool unit_find(struct text name, enum unit *ret);

#endif
