/* What two programs make of one member, and what differs between them. */
#include "try.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "post.h"
#include "program_rules.h"

const char *try_way_name(enum try_way way)
{
	static const char *const names[] = {"gain", "lose", "other"};

	return names[way];
}

size_t try_status_of(const struct period *period)
{
	return period != NULL ? (size_t)period->status : TRY_STATUSES - 1;
}

const char *try_status_name(size_t status)
{
	return status == TRY_STATUSES - 1
		   ? "none"
		   : period_status_name((enum period_status)status);
}

const char *try_state_name(size_t state)
{
	return state == TRY_STATES - 1
		   ? "none"
		   : request_state_name((enum request_state)state);
}

credit_t try_size_limit(size_t size)
{
	static const credit_t limit[TRY_SIZES] = {
	    CREDIT_ONE / 2,
	    CREDIT_ONE,
	    2 * CREDIT_ONE,
	    5 * CREDIT_ONE,
	    10 * CREDIT_ONE,
	    20 * CREDIT_ONE,
	    50 * CREDIT_ONE,
	    INT64_MAX,
	};

	return limit[size];
}

static size_t size_of(credit_t change)
{
	size_t size = 0;

	while (change >= try_size_limit(size))
		size++;
	return size;
}

/* ---- periods, side by side */

static int compare_periods(const struct period *a, const struct period *b)
{
	int order = text_compare(a->designation, b->designation);

	if (order != 0)
		return order;
	return (a->starts_on > b->starts_on) - (a->starts_on < b->starts_on);
}

bool try_next_period(const struct try_rulings *r, size_t *was, size_t *is,
    const struct period **ret_was, const struct period **ret_is)
{
	bool more_was = *was < r->before.periods;
	bool more_is = *is < r->after.periods;
	int order = 0;

	if (!more_was && !more_is)
		return false;
	if (!more_was)
		order = 1;
	else if (!more_is)
		order = -1;
	else
		order = compare_periods(
		    &r->before.period[*was], &r->after.period[*is]);
	*ret_was = order <= 0 ? &r->before.period[(*was)++] : NULL;
	*ret_is = order >= 0 ? &r->after.period[(*is)++] : NULL;
	return true;
}

/* The next certification that has a period before or after. */
static bool next_certification(const struct try_rulings *r, size_t *was_at,
    size_t *is_at, struct try_certification *ret)
{
	const struct period *was, *is;
	size_t next_was = *was_at, next_is = *is_at;

	*ret = (struct try_certification){.designation = TEXT_NONE};
	while (try_next_period(r, &next_was, &next_is, &was, &is)) {
		const struct period *any = was != NULL ? was : is;
		struct text name;

		assert(any != NULL);
		name = any->designation;

		if (ret->designation.at != NULL &&
		    !text_equal(ret->designation, name))
			break;
		ret->designation = name;
		ret->before += was != NULL ? was->total : 0;
		ret->after += is != NULL ? is->total : 0;
		if (was != NULL && was->current)
			ret->was = was;
		if (is != NULL && is->current)
			ret->is = is;
		ret->differs |=
		    was == NULL || is == NULL || !post_same_period(was, is);
		*was_at = next_was;
		*is_at = next_is;
	}
	return ret->designation.at != NULL;
}

/* ---- counting */

static struct try_designation *find(struct try *try, struct text name)
{
	for (size_t i = 0; i < try->designations; i++)
		if (text_equal(try->designation[i].name, name))
			return &try->designation[i];
	return NULL;
}

/* A member's name among the examples, which stay in order. */
static bool add_example(struct try_status *status, struct text member)
{
	json_t *name = json_stringn(member.at, member.length);
	size_t place = 0;

	if (status->examples == NULL)
		status->examples = json_array();
	while (
	    place < json_array_size(status->examples) &&
	    strcmp(json_string_value(json_array_get(status->examples, place)),
		json_string_value(name)) < 0)
		place++;
	if (json_array_insert_new(status->examples, place, name) != 0)
		return false;
	if (json_array_size(status->examples) > TRY_EXAMPLES)
		json_array_remove(status->examples, TRY_EXAMPLES);
	return true;
}

static enum try_way way_of(const struct try_certification *c)
{
	if (c->after == c->before)
		return TRY_OTHER;
	return c->after > c->before ? TRY_GAIN : TRY_LOSE;
}

static bool count_certification(struct try *try, const struct try_rulings *r,
    const struct try_certification *c)
{
	struct try_designation *d = find(try, c->designation);
	size_t was = try_status_of(c->was), is = try_status_of(c->is);
	enum try_way way = way_of(c);
	credit_t change = c->after - c->before;

	if (d == NULL)
		return true;
	d->members++;
	if (!c->differs)
		return true;
	d->changed++;
	d->count[way]++;
	d->sum[way] += change;
	if (way != TRY_OTHER)
		d->size[way][size_of(change < 0 ? -change : change)]++;
	if (was != is) {
		d->status[was][is].members++;
		if (!add_example(&d->status[was][is], r->member))
			return false;
	}
	return try_offer(try, way, r, c);
}

/* Requests have names and stand in their order. */
static bool count_requests(struct try *try, const struct try_rulings *r)
{
	const struct ruling *before = &r->before, *after = &r->after;
	bool differs = false;

	for (size_t i = 0, k = 0;
	     i < before->requests || k < after->requests;) {
		const struct request *was = NULL, *is = NULL;
		int order = i == before->requests ? 1
			    : k == after->requests
				? -1
				: text_compare(before->request[i].name,
				      after->request[k].name);

		if (order <= 0)
			was = &before->request[i++];
		if (order >= 0)
			is = &after->request[k++];
		if (was != NULL && is != NULL && post_same_request(was, is))
			continue;
		differs = true;
		try->request[was ? (size_t)was->state : TRY_STATES - 1]
			    [is ? (size_t)is->state : TRY_STATES - 1]++;
	}
	return differs;
}

/* What is charged: requests with all that is due, also before it is paid and
 * posted, and what else the ledger has: renewals. */
static void add_money(
    const struct ruling *ruling, struct try_money *sum, money_t *ret_due)
{
	struct try_money own = {0};

	for (size_t i = 0; i < ruling->requests; i++) {
		own.fee += ruling->request[i].fee;
		own.tax += ruling->request[i].tax;
		own.refund_due += ruling->request[i].refund_due;
	}
	for (size_t i = 0; i < ruling->postings; i++) {
		const struct posting *posting = &ruling->posting[i];

		if (ruling->fact[posting->cause].type == EVENT_REQUESTED)
			continue;
		if (posting->account == ACCOUNT_FEE)
			own.fee += posting->value;
		else if (posting->account == ACCOUNT_TAX)
			own.tax += posting->value;
	}
	sum->fee += own.fee;
	sum->tax += own.tax;
	sum->refund_due += own.refund_due;
	*ret_due = own.fee + own.tax;
}

static bool count_money(struct try *try, const struct try_rulings *r)
{
	money_t before, after;

	add_money(&r->before, &try->money_before, &before);
	add_money(&r->after, &try->money_after, &after);
	try->pays_more += after > before;
	try->pays_less += after < before;
	return after != before;
}

/* Facts that stand otherwise, also where no number shows it. */
static bool verdicts_differ(const struct try_rulings *r)
{
	for (size_t i = 0; i < r->before.facts; i++) {
		const struct verdict *was = &r->before.verdict[i];
		const struct verdict *is = &r->after.verdict[i];

		if (was->outcome != is->outcome || was->reason != is->reason)
			return true;
	}
	return false;
}

static bool count_member(struct try *try, const struct try_rulings *r)
{
	struct try_certification c;
	size_t was = 0, is = 0;
	bool differs = verdicts_differ(r);

	differs |= count_requests(try, r);
	differs |= count_money(try, r);
	while (next_certification(r, &was, &is, &c)) {
		differs |= c.differs;
		if (!count_certification(try, r, &c))
			return false;
	}
	try->changed += differs;
	return true;
}

bool try_member(struct try *try, const struct member *member)
{
	struct try_rulings r = {.member = member->name};
	int error = -EBADMSG;

	arena_reset(&try->arena);
	if (!member->damaged)
		error = rule_member(try->before, member->fact, member->facts,
		    try->today, &try->arena, &r.before);
	if (error == 0)
		error = rule_member(try->after, member->fact, member->facts,
		    try->today, &try->arena, &r.after);
	if (error == -ENOMEM)
		return false;
	try->members++;
	if (error == 0)
		return count_member(try, &r);
	try->not_ruled++;
	return true;
}
