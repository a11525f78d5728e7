/* What tests of claims say again and again. */
#ifndef TESTS_CLAIMS_H
#define TESTS_CLAIMS_H

#include "unit.h"

#include "program_rules.h"
#include "ruled.h"

#define ONE                                                                    \
	"designations: [{name: A}]\n"                                          \
	"period: {anniversary_months: 24}\n"
#define TWO                                                                    \
	"designations: [{name: A}, {name: B}]\n"                               \
	"period: {anniversary_months: 24}\n"
#define HOURS "rates: [{minutes: 60}]\n"
#define TODAY "2026-06-30"

/* An activity must have a kind or a code. */
static inline const char *some_kind(const char *more)
{
	return strstr(more, "'kind'") == NULL && strstr(more, "'code'") == NULL
		   ? "'kind':'course',"
		   : "";
}

/* An activity: its day, then further fields as JSON with ' for ". */
static inline void did(const char *id, const char *on, const char *more)
{
	ruled_fact(id, "activity.completed",
	    "'activity':{'completed_on':'%s',%s%s}", on, some_kind(more), more);
}

static inline void asked(
    const char *id, const char *name, const char *on, const char *more)
{
	ruled_fact(id, "recognition.requested",
	    "'request':'%s','activity':{'completed_on':'%s',%s%s}", name, on,
	    some_kind(more), more);
}

static inline void decided(
    const char *id, const char *name, const char *credits)
{
	ruled_fact(id, "recognition.decided",
	    "'request':'%s','decision':'approved','reviewer':'j.doe'%s%s%s",
	    name, *credits ? ",'credits':'" : "", credits, *credits ? "'" : "");
}

static inline void program(const char *rest)
{
	ruled_program(rest);
	ruled_grant("A", "2025-01-01");
}

static inline credit_t credited(const char *id)
{
	return ruled_share(id, 0)->credited;
}

#define assert_notes(id, number, wanted)                                       \
	assert_string_equal(ruled_notes(ruled_share(id, number)), wanted)

static inline void assert_verdict(
    const char *id, enum outcome outcome, enum reason reason)
{
	const struct verdict *verdict = ruled_verdict(id);

	if (verdict->outcome != outcome || verdict->reason != reason)
		fail_msg("%s: %s %s, not %s %s", id,
		    outcome_name(verdict->outcome),
		    reason_name(verdict->reason), outcome_name(outcome),
		    reason_name(reason));
}

static inline void assert_cut(
    const char *id, const char *credits, enum reason reason)
{
	assert_credits(credited(id), credits);
	assert_verdict(id, OUTCOME_APPLIED, reason);
}

#endif
