/* Feed messages: what a subscriber can see that differs from before. */
#include "post_change.h"

#include <assert.h>
#include <errno.h>

static bool same_list(struct text_list a, struct text_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (!text_equal(a.item[i], b.item[i]))
			return false;
	return true;
}

bool post_same_period(const struct period *a, const struct period *b)
{
	return a->ends_on == b->ends_on && a->has_required == b->has_required &&
	       (!a->has_required || (a->required == b->required &&
					a->remaining == b->remaining)) &&
	       a->accredited == b->accredited &&
	       a->recognized == b->recognized && a->adjusted == b->adjusted &&
	       a->earned == b->earned && a->carried_in == b->carried_in &&
	       a->total == b->total && a->status == b->status &&
	       same_list(a->missing, b->missing);
}

bool post_same_request(const struct request *a, const struct request *b)
{
	if (a->flag_count != b->flag_count)
		return false;
	for (size_t i = 0; i < a->flag_count; i++)
		if (a->flags[i] != b->flags[i])
			return false;
	return a->state == b->state && a->credits == b->credits &&
	       a->credited == b->credited && a->fee == b->fee &&
	       a->tax == b->tax && a->total_due == b->total_due &&
	       a->paid == b->paid && a->refund_due == b->refund_due &&
	       text_equal(a->currency, b->currency) &&
	       same_list(a->missing, b->missing);
}

/* A pair of what was and what is, of one key; one of them may be NULL. */
struct pair {
	const struct period *was, *is;
};

static int compare_periods(const struct period *a, const struct period *b)
{
	int order = text_compare(a->designation, b->designation);

	if (order != 0)
		return order;
	return (a->starts_on > b->starts_on) - (a->starts_on < b->starts_on);
}

/* Both lists are in order of their key: walks them side by side. */
static bool next_pair(
    const struct post *post, size_t *was, size_t *is, struct pair *ret)
{
	const struct ruling *before = post->before, *after = post->after;
	int order = 0;

	if (*was == before->periods && *is == after->periods)
		return false;
	if (*was == before->periods)
		order = 1;
	else if (*is == after->periods)
		order = -1;
	else
		order =
		    compare_periods(&before->period[*was], &after->period[*is]);
	*ret = (struct pair){NULL, NULL};
	if (order <= 0)
		ret->was = &before->period[(*was)++];
	if (order >= 0)
		ret->is = &after->period[(*is)++];
	return true;
}

static struct answer_change *add(struct post *post, enum change_kind kind)
{
	struct answer_change *change = &post->change[post->changes++];

	*change = (struct answer_change){.stream = post->member->stream,
	    .offset = post->event.offset + (int64_t)post->changes,
	    .version = post->event.version + (int64_t)post->changes,
	    .at = post->event.at,
	    .source = post->event.source,
	    .id = post->event.id,
	    .kind = kind};
	return change;
}

static void add_certification(struct post *post, const struct period *period,
    enum certification_what what, date_t on)
{
	struct answer_change *change = add(post, CHANGE_CERTIFICATION);

	change->certification =
	    (struct certification_view){.member = post->member->name,
		.designation = period->designation,
		.what = what,
		.on = on,
		.starts_on = period->starts_on,
		.ends_on = period->ends_on};
}

static enum certification_what opened(const struct period *period)
{
	switch (period->opening) {
	case OPENED_GRANTED:
		return CERTIFICATION_GRANTED;
	case OPENED_RENEWED:
		return CERTIFICATION_RENEWED;
	case OPENED_TRANSFERRED:
		return CERTIFICATION_TRANSFERRED;
	}
	return CERTIFICATION_GRANTED;
}

/* A period that opens already in grace says both: that it was opened, and how
 * it stands now. */
static void certification(struct post *post, const struct pair *pair)
{
	const struct period *was = pair->was, *is = pair->is;
	date_t today = post->after->today;

	assert(was != NULL || is != NULL);
	if (is == NULL) {
		add_certification(post, was, CERTIFICATION_REMOVED, today);
		return;
	}
	if (was == NULL || was->opening != is->opening ||
	    was->opened_on != is->opened_on)
		add_certification(post, is, opened(is), is->opened_on);
	if (was != NULL && was->status == is->status)
		return;
	if (is->status == PERIOD_GRACE)
		add_certification(
		    post, is, CERTIFICATION_GRACE, is->ends_on + 1);
	else if (is->status == PERIOD_LAPSED)
		add_certification(post, is, CERTIFICATION_LAPSED, today);
}

static void balance(struct post *post, const struct pair *pair)
{
	const struct period *shown = pair->is != NULL ? pair->is : pair->was;
	const struct program *program = post->after->program;
	struct answer_change *change;

	if (pair->was != NULL && pair->is != NULL &&
	    post_same_period(pair->was, pair->is) &&
	    text_equal(
		program_unit(post->before->program), program_unit(program)))
		return;
	change = add(post, CHANGE_BALANCE);
	change->balance = (struct balance_view){.member = post->member->name,
	    .unit = program_unit(program),
	    .period = shown,
	    .version = change->version,
	    .removed = pair->is == NULL};
}

/* Only a mark that is nearer than the one passed before is worth a notice. */
static void notice(struct post *post, const struct pair *pair)
{
	const struct period *was = pair->was, *is = pair->is;
	struct answer_change *change;

	if (is == NULL || is->notice_days == 0)
		return;
	if (was != NULL && was->notice_days != 0 &&
	    was->notice_days <= is->notice_days)
		return;
	change = add(post, CHANGE_NOTICE);
	change->notice = (struct notice_view){.member = post->member->name,
	    .days = is->notice_days,
	    .period = is};
}

static void add_request(
    struct post *post, const struct request *request, bool removed)
{
	struct answer_change *change = add(post, CHANGE_REQUEST);

	change->request = (struct request_view){.member = post->member->name,
	    .request = request,
	    .removed = removed};
}

/* Both lists are in order of their names. A request is gone when the event
 * that made it was reversed. */
static void requests(struct post *post)
{
	const struct ruling *before = post->before, *after = post->after;
	size_t was = 0, is = 0;

	while (was < before->requests || is < after->requests) {
		const struct request *old = &before->request[was];
		const struct request *new = &after->request[is];
		int order = 0;

		if (was == before->requests)
			order = 1;
		else if (is == after->requests)
			order = -1;
		else
			order = text_compare(old->name, new->name);
		if (order < 0)
			add_request(post, old, true);
		else if (order > 0 || !post_same_request(old, new))
			add_request(post, new, false);
		was += order <= 0;
		is += order >= 0;
	}
}

static bool belongs(const struct post *post, const struct answer_change *change,
    const struct entry *entry)
{
	const struct period *period = change->balance.period;
	size_t cause;

	if (change->kind == CHANGE_BALANCE)
		return !account_is_money(entry->account) &&
		       entry->period_starts_on == period->starts_on &&
		       text_equal(entry->designation, period->designation);
	if (change->kind != CHANGE_REQUEST || change->request.removed)
		return false;
	cause = member_fact_of(post->member, entry->cause);
	return cause != NO_FACT && cause < post->after->facts &&
	       post->after->verdict[cause].request ==
		   (size_t)(change->request.request - post->after->request);
}

/* Gives each message the entries of its period or request. */
static int spread_entries(struct arena *arena, struct post *post)
{
	for (size_t i = 0; i < post->changes && post->entries > 0; i++) {
		struct answer_change *change = &post->change[i];
		struct posted_entry *entry;

		if (change->kind != CHANGE_BALANCE &&
		    change->kind != CHANGE_REQUEST)
			continue;
		entry = arena_take_many(arena, post->entries, sizeof(*entry));
		if (entry == NULL)
			return -ENOMEM;
		change->entry = entry;
		for (size_t j = 0; j < post->entries; j++)
			if (belongs(post, change, &post->entry[j]))
				entry[change->entries++] = post->view[j];
	}
	return 0;
}

int post_changes(struct arena *arena, struct post *post)
{
	static void (*const of_periods[])(struct post *,
	    const struct pair *) = {certification, balance, notice};
	size_t most = 4 * (post->before->periods + post->after->periods) +
		      post->before->requests + post->after->requests;

	post->change = arena_take_many(arena, most + 1, sizeof(*post->change));
	if (post->change == NULL)
		return -ENOMEM;
	for (size_t kind = 0; kind < 3; kind++) {
		struct pair pair;
		size_t was = 0, is = 0;

		while (next_pair(post, &was, &is, &pair))
			of_periods[kind](post, &pair);
		if (kind == 0)
			requests(post);
	}
	return spread_entries(arena, post);
}
