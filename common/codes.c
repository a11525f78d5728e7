/* The names of the closed vocabularies, and finding a value by its name. */
#include "codes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name, *sentence;
} reasons[REASON_COUNT] = {
#define X(name, sentence) {#name, sentence},
    REASON_CODES(X)
#undef X
};

static const char *const outcomes[] = {
    "applied", "pending", "rejected", "conflict"};

/* Partner types from EVENT_GRANTED on, system types from EVENT_DAY on. */
static const char *const event_types[] = {
    "certification.granted",
    "certification.renewed",
    "certification.transferred",
    "activity.completed",
    "recognition.requested",
    "recognition.evidence",
    "recognition.decided",
    "recognition.paid",
    "recognition.withdrawn",
    "requirement.met",
    "credit.adjusted",
    "event.reversed",
};
static const char *const system_types[] = {"system.day", "system.program",
    "system.due", "system.set_aside", "system.redrive"};

static const char *const entry_kinds[] = {"credit", "correction", "reversal",
    "carry_in", "carry_out", "adjustment", "fee", "tax", "payment"};

static const char *const request_states[] = {"awaiting_evidence",
    "awaiting_decision", "awaiting_payment", "credited", "declined",
    "withdrawn"};

static const char *const period_statuses[] = {
    "in_progress", "complete", "grace", "lapsed"};

static const char *const roles[] = {"attendee", "presenter", "facilitator",
    "developer", "volunteer", "overseer", "author", "coauthor"};

static const char *const units[] = {
    "", "day", "week", "credit-hour", "article", "session"};

_Static_assert(COUNT(roles) == ROLE_COUNT, "a role without a name");
_Static_assert(COUNT(units) == UNIT_COUNT, "a unit without a name");
_Static_assert(COUNT(entry_kinds) == ENTRY_PAYMENT + 1, "an entry's name");
_Static_assert(COUNT(event_types) == EVENT_REVERSED, "an event type's name");
_Static_assert(COUNT(request_states) == REQUEST_WITHDRAWN + 1, "a state");
_Static_assert(COUNT(period_statuses) == PERIOD_LAPSED + 1, "a status");

/* The name at `value`, or "unknown" for a value of a newer version. */
static const char *name_at(
    const char *const *names, size_t count, unsigned value)
{
	return value < count ? names[value] : "unknown";
}

/* The index of `name` from `first` on, or `count`. */
static unsigned index_of(
    const char *const *names, size_t count, unsigned first, struct text name)
{
	for (unsigned i = first; i < count; i++) {
		if (text_is(name, names[i]))
			return i;
	}
	return (unsigned)count;
}

const char *reason_name(enum reason reason)
{
	if (reason == REASON_NONE)
		return "";
	return (unsigned)reason < REASON_COUNT ? reasons[reason].name
					       : "unknown";
}

const char *reason_sentence(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? reasons[reason].sentence
					       : "a reason of a newer version";
}

bool reason_find(struct text name, enum reason *ret)
{
	for (unsigned i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		if (text_is(name, reasons[i].name)) {
			*ret = (enum reason)i;
			return true;
		}
	}
	return false;
}

const char *outcome_name(enum outcome outcome)
{
	return name_at(outcomes, COUNT(outcomes), (unsigned)outcome);
}

const char *event_type_name(enum event_type type)
{
	if (event_type_is_system(type))
		return name_at(system_types, COUNT(system_types),
		    (unsigned)type - EVENT_DAY);
	return name_at(
	    event_types, COUNT(event_types), (unsigned)type - EVENT_GRANTED);
}

bool event_type_find(struct text name, enum event_type *ret)
{
	unsigned i = index_of(event_types, COUNT(event_types), 0, name);

	if (i == COUNT(event_types))
		return false;
	*ret = (enum event_type)(i + EVENT_GRANTED);
	return true;
}

bool event_type_is_system(enum event_type type)
{
	return type >= EVENT_DAY;
}

const char *entry_kind_name(enum entry_kind kind)
{
	return name_at(entry_kinds, COUNT(entry_kinds), (unsigned)kind);
}

const char *request_state_name(enum request_state state)
{
	return name_at(request_states, COUNT(request_states), (unsigned)state);
}

bool request_state_find(struct text name, enum request_state *ret)
{
	unsigned i = index_of(request_states, COUNT(request_states), 0, name);

	if (i == COUNT(request_states))
		return false;
	*ret = (enum request_state)i;
	return true;
}

const char *period_status_name(enum period_status status)
{
	return name_at(
	    period_statuses, COUNT(period_statuses), (unsigned)status);
}

bool period_status_find(struct text name, enum period_status *ret)
{
	unsigned i = index_of(period_statuses, COUNT(period_statuses), 0, name);

	if (i == COUNT(period_statuses))
		return false;
	*ret = (enum period_status)i;
	return true;
}

const char *role_name(enum role role)
{
	return name_at(roles, COUNT(roles), (unsigned)role);
}

bool role_find(struct text name, enum role *ret)
{
	unsigned i = index_of(roles, COUNT(roles), 0, name);

	if (i == COUNT(roles))
		return false;
	*ret = (enum role)i;
	return true;
}

const char *unit_name(enum unit unit)
{
	return name_at(units, COUNT(units), (unsigned)unit);
}

bool unit_find(struct text name, enum unit *ret)
{
	unsigned i = index_of(units, COUNT(units), UNIT_NONE + 1, name);

	if (i == COUNT(units))
		return false;
	*ret = (enum unit)i;
	return true;
}
