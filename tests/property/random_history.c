/* Random histories: a member's facts, of every type, about dates that meet. */
#include <stdio.h>
#include <string.h>

#include "random_program.h"

static uint64_t *state;

static unsigned pick(unsigned below)
{
	return random_pick(state, below);
}

#define ONE_OF(list) text_of((list)[pick(sizeof(list) / sizeof((list)[0]))])

static date_t a_date(void)
{
	if (pick(2) == 0)
		return date_of(2024 + (int)pick(3), 1 + 3 * (int)pick(4), 15);
	return date_of(2024, 1, 1) + (date_t)pick(1000);
}

/* One of the texts of a list that lasts. */
static struct text_list one_of(const struct text *texts, unsigned count)
{
	return (struct text_list){&texts[pick(count)], 1};
}

static void make_activity(struct activity *a)
{
	static const char *const titles[] = {"One", "Two", "Three"};
	static const char *const providers[] = {"lakeside", "Hilltop"};
	static const enum role roles[] = {
	    ROLE_PRESENTER, ROLE_DEVELOPER, ROLE_AUTHOR};

	a->completed_on = a_date();
	if (pick(4) == 0)
		a->started_on = a->completed_on - (date_t)pick(40);
	a->kind = ONE_OF(random_kinds);
	if (pick(3) > 0)
		a->category = ONE_OF(random_categories);
	if (pick(5) > 0)
		a->title = ONE_OF(titles);
	if (pick(2) == 0)
		a->provider = ONE_OF(providers);
	if (pick(8) > 0)
		a->accredited_by = TEXT("random");
	if (pick(4) > 0) {
		a->has_minutes = true;
		a->minutes = (struct ratio){20 * (int64_t)pick(60), 1};
	}
	if (pick(3) == 0) {
		a->has_quantity = true;
		a->quantity = (credit_t)pick(5) * (CREDIT_ONE / 2);
		a->unit = UNIT_DAY;
	}
	if (pick(3) == 0) {
		a->has_role = true;
		a->role = roles[pick(3)];
	}
}

static void make_claim(struct fact *fact)
{
	static const struct text names[] = {{"RT", 2}, {"ST", 2}};

	make_activity(&fact->activity);
	if (pick(4) == 0)
		fact->designations = one_of(names, 2);
}

static const char *const requests[] = {"R1", "R2", "R3"};

static void make_recognition(struct fact *fact)
{
	static const struct text evidence[] = {
	    {"transcript", 10}, {"notes", 5}};

	fact->request = ONE_OF(requests);
	switch (pick(6)) {
	case 0:
		fact->type = EVENT_EVIDENCE;
		fact->evidence = one_of(evidence, 2);
		break;
	case 1:
		fact->type = EVENT_DECIDED;
		fact->decision =
		    pick(6) == 0 ? DECISION_DECLINED : DECISION_APPROVED;
		fact->has_credits = pick(2) == 0;
		fact->credits = (credit_t)pick(12) * (CREDIT_ONE / 2);
		break;
	case 2:
		fact->type = EVENT_PAID;
		fact->amount = 500 + 100 * (money_t)pick(60);
		fact->currency = TEXT("CAD");
		break;
	case 3:
		if (pick(3) == 0) {
			fact->type = EVENT_WITHDRAWN;
			break;
		}
		/* fall through */
	default:
		fact->type = EVENT_REQUESTED;
		make_claim(fact);
	}
}

static void make_requirement(struct fact *fact)
{
	static const char *const names[] = {
	    "cpr", "club", "oath", "exam", "leave", "exempt", "audit"};

	fact->type = EVENT_REQUIREMENT;
	fact->requirement = ONE_OF(names);
	fact->on = a_date();
	if (pick(2) == 0)
		fact->expires_on = fact->on + (date_t)pick(500);
	if (pick(3) == 0)
		fact->designation = ONE_OF(random_designations);
}

static struct text id_of(size_t at)
{
	static char ids[RANDOM_FACTS_MOST][4];

	(void)snprintf(ids[at], sizeof(ids[at]), "f%02zu", at);
	return text_of(ids[at]);
}

static void make_fact(struct fact *fact, size_t before)
{
	static const char *const places[] = {"CA-ON", "CA-QC", "US-NY"};
	unsigned sort = pick(40);

	fact_init(fact);
	fact->source = pick(3) == 0 ? TEXT("desk") : TEXT("local");
	fact->id = id_of(before);
	fact->received_on = date_of(2024, 1, 1) + (date_t)pick(900);
	if (sort < 1 || before < 2) {
		fact->type = EVENT_GRANTED;
		fact->designation = ONE_OF(random_designations);
		fact->on = date_of(2024, 1, 1) + (date_t)pick(400);
		fact->jurisdiction = pick(2) ? ONE_OF(places) : TEXT_NONE;
	} else if (sort < 9) {
		fact->type = EVENT_RENEWED;
		fact->designation = ONE_OF(random_designations);
		fact->on = a_date();
	} else if (sort < 24) {
		fact->type = EVENT_ACTIVITY;
		make_claim(fact);
	} else if (sort < 32) {
		make_recognition(fact);
	} else if (sort < 37) {
		make_requirement(fact);
	} else if (sort < 39) {
		fact->type = EVENT_ADJUSTED;
		fact->designation = ONE_OF(random_designations);
		fact->on = a_date();
		fact->has_credits = true;
		fact->credits = ((credit_t)pick(20) - 5) * (CREDIT_ONE / 2);
	} else {
		fact->type = EVENT_REVERSED;
		fact->target_source =
		    pick(3) == 0 ? TEXT("desk") : TEXT("local");
		fact->target_id = id_of(pick(RANDOM_FACTS_MOST));
	}
}

size_t random_history_make(uint64_t *from, struct fact *fact)
{
	size_t count = 5 + random_pick(from, RANDOM_FACTS_MOST - 5);

	state = from;
	for (size_t i = 0; i < count; i++)
		make_fact(&fact[i], i);
	return count;
}
