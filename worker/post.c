/* Ledger entries: the difference between what should stand and what stands. */
#include "post.h"

#include <assert.h>
#include <errno.h>

#include "post_change.h"

/* The running total of a period while entries are added to it. */
struct running {
	struct text designation;
	date_t starts_on;
	credit_t total;
};

struct posting_work {
	struct member *member;
	struct post *post;
	struct running *running;
	size_t runnings;
};

static enum entry_kind kind_of(enum account account)
{
	switch (account) {
	case ACCOUNT_CREDIT:
		return ENTRY_CREDIT;
	case ACCOUNT_ADJUSTMENT:
		return ENTRY_ADJUSTMENT;
	case ACCOUNT_CARRY_IN:
		return ENTRY_CARRY_IN;
	case ACCOUNT_CARRY_OUT:
		return ENTRY_CARRY_OUT;
	case ACCOUNT_FEE:
		return ENTRY_FEE;
	case ACCOUNT_TAX:
		return ENTRY_TAX;
	case ACCOUNT_PAYMENT:
		return ENTRY_PAYMENT;
	}
	return ENTRY_CORRECTION;
}

/* Carry-out informs: it is not part of the total of the period it leaves. */
static bool is_counted(enum account account)
{
	return !account_is_money(account) && account != ACCOUNT_CARRY_OUT;
}

static struct running *running_of(
    struct posting_work *work, struct text designation, date_t starts_on)
{
	struct running *running;

	for (size_t i = 0; i < work->runnings; i++) {
		running = &work->running[i];
		if (running->starts_on == starts_on &&
		    text_equal(running->designation, designation))
			return running;
	}
	running = &work->running[work->runnings++];
	*running = (struct running){designation, starts_on, 0};
	for (size_t i = 0; i < work->member->sums; i++) {
		const struct sum *sum = &work->member->sum[i];

		if (is_counted(sum->account) &&
		    sum->period_starts_on == starts_on &&
		    text_equal(sum->designation, designation))
			running->total += sum->value;
	}
	return running;
}

static void add_entry(struct posting_work *work, const struct sum *key,
    bool is_first, int64_t value)
{
	struct post *post = work->post;
	struct entry *entry = &post->entry[post->entries];
	size_t cause = member_fact_of(work->member, key->cause);

	*entry = (struct entry){.seq = post->event.seq,
	    .number = (int32_t)(work->member->entries + post->entries + 1),
	    .cause = key->cause,
	    .account = key->account,
	    .kind = kind_of(key->account),
	    .designation = key->designation,
	    .period_starts_on = key->period_starts_on,
	    .value = value,
	    .currency = key->currency,
	    .rules = post->event.rules};
	/* What informs stays apart from what is summed, its differences too. */
	if (!is_first && key->account != ACCOUNT_CARRY_OUT)
		entry->kind =
		    cause != NO_FACT && post->after->verdict[cause].reversed
			? ENTRY_REVERSAL
			: ENTRY_CORRECTION;
	if (!account_is_money(key->account)) {
		struct running *running =
		    running_of(work, key->designation, key->period_starts_on);

		if (is_counted(key->account))
			running->total += value;
		entry->total = running->total;
	}
	post->entries++;
}

static struct sum key_of(
    const struct ruling *ruling, const struct posting *posting)
{
	return (struct sum){.cause = ruling->fact[posting->cause].seq,
	    .account = posting->account,
	    .designation = posting->designation,
	    .period_starts_on = posting->period_starts_on,
	    .currency = posting->currency};
}

static struct sum *sum_of(struct member *member, const struct sum *key)
{
	return member_sum(member, key->cause, key->account, key->designation,
	    key->period_starts_on);
}

/* What is no longer wanted is taken back first, so that no total on the way is
 * above what the ruling allows. */
static void take_back(struct posting_work *work)
{
	const struct ruling *after = work->post->after;
	struct member *member = work->member;

	for (size_t i = 0; i < member->sums; i++)
		member->sum[i].wanted = false;
	for (size_t i = 0; i < after->postings; i++) {
		struct sum key = key_of(after, &after->posting[i]);
		struct sum *sum = sum_of(member, &key);

		if (sum != NULL)
			sum->wanted = true;
	}
	for (size_t i = 0; i < member->sums; i++) {
		const struct sum *sum = &member->sum[i];

		if (!sum->wanted && sum->value != 0)
			add_entry(work, sum, false, -sum->value);
	}
}

static void add_wanted(struct posting_work *work)
{
	const struct ruling *after = work->post->after;

	for (size_t i = 0; i < after->postings; i++) {
		const struct posting *posting = &after->posting[i];
		struct sum key = key_of(after, posting);
		const struct sum *sum = sum_of(work->member, &key);
		int64_t value = posting->value - (sum != NULL ? sum->value : 0);

		if (value != 0)
			add_entry(work, &key, sum == NULL, value);
	}
}

static int take_entries(
    struct member *member, struct arena *arena, struct post *post)
{
	size_t most = member->sums + post->after->postings;
	struct posting_work work = {.member = member, .post = post};

	post->entry = arena_take_many(arena, most + 1, sizeof(*post->entry));
	work.running = arena_take_many(arena, most + 1, sizeof(*work.running));
	if (post->entry == NULL || work.running == NULL)
		return -ENOMEM;
	take_back(&work);
	add_wanted(&work);
	return 0;
}

/* Entries as partners see them. */
static int view_entries(struct arena *arena, struct post *post)
{
	const struct member *member = post->member;

	post->view =
	    arena_take_many(arena, post->entries + 1, sizeof(*post->view));
	if (post->view == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < post->entries; i++) {
		const struct entry *entry = &post->entry[i];
		size_t cause = member_fact_of(member, entry->cause);

		post->view[i] = (struct posted_entry){.number = entry->number,
		    .kind = entry->kind,
		    .account = entry->account,
		    .designation = entry->designation,
		    .period_starts_on = entry->period_starts_on,
		    .value = entry->value,
		    .total = entry->total,
		    .currency = entry->currency};
		if (cause == NO_FACT)
			continue;
		post->view[i].cause_source = member->fact[cause].source;
		post->view[i].cause_id = member->fact[cause].id;
	}
	return 0;
}

int post_difference(struct member *member, const struct ruling *before,
    const struct ruling *after, const struct post_event *event,
    struct arena *arena, struct post *ret)
{
	struct post post = {.member = member,
	    .before = before,
	    .after = after,
	    .event = *event};

	if (take_entries(member, arena, &post) < 0 ||
	    view_entries(arena, &post) < 0 || post_changes(arena, &post) < 0)
		return -ENOMEM;
	*ret = post;
	return 0;
}

/* The entries that the row posted stand together, for numbers rise with seq. */
static void recall_entries(
    const struct member *member, int64_t seq, struct post *post)
{
	size_t first = member->entries;

	while (first > 0 && member->entry[first - 1].seq >= seq)
		first--;
	post->entry = member->entry + first;
	while (first + post->entries < member->entries &&
	       member->entry[first + post->entries].seq == seq)
		post->entries++;
}

int post_recall(const struct member *member, size_t row,
    struct programs *programs, struct arena *arena, struct post *ret)
{
	const struct row *at = &member->row[row];
	int32_t version = row > 0 ? at[-1].version : 0;
	struct post post = {.member = member};
	struct ruling *rulings = arena_take_many(arena, 2, sizeof(*rulings));
	int result;

	if (rulings == NULL)
		return -ENOMEM;
	post.before = &rulings[0];
	post.after = &rulings[1];
	post.event = (struct post_event){.source = TEXT("system"),
	    .id = at->id,
	    .seq = at->seq,
	    .at = at->received_at,
	    .rules = at->rules,
	    .offset = at->feed_offset - (at->version - version),
	    .version = version};
	if (at->fact != NO_FACT) {
		post.event.source = member->fact[at->fact].source;
		post.event.id = member->fact[at->fact].id;
	}
	result = member_rule_at(
	    member, row, programs, arena, &rulings[0], &rulings[1]);
	if (result < 0)
		return result;
	recall_entries(member, at->seq, &post);
	if (view_entries(arena, &post) < 0 || post_changes(arena, &post) < 0)
		return -ENOMEM;
	*ret = post;
	return 0;
}

int post_result(const struct post *post, size_t fact,
    const struct post_asker *asker, struct arena *arena,
    struct answer_result *ret)
{
	const struct ruling *after = post->after;
	const struct verdict *verdict = &after->verdict[fact];
	struct balance_view *balance =
	    arena_take_many(arena, post->changes + 1, sizeof(*balance));
	struct answer_result result = {.source = post->event.source,
	    .id = post->event.id,
	    .outcome = verdict->outcome,
	    .reason = verdict->reason,
	    .duplicate = asker->duplicate,
	    .dry_run = asker->dry_run,
	    .stream = post->member->stream,
	    .offset = post->changes > 0 ? post->event.offset + 1 : 0,
	    .rules = post->event.rules,
	    .entry = post->view,
	    .entries = post->entries,
	    .balance = balance,
	    .may_read = asker->may_read,
	    .explain = asker->explain ? after : NULL,
	    .fact = fact};

	if (balance == NULL)
		return -ENOMEM;
	if (result.entries > ANSWER_ENTRIES_MOST) {
		result.entries = ANSWER_ENTRIES_MOST;
		result.more_entries = true;
	}
	if (asker->dry_run)
		result.offset = 0;
	for (size_t i = 0; i < post->changes; i++)
		if (post->change[i].kind == CHANGE_BALANCE)
			balance[result.balances++] = post->change[i].balance;
	if (verdict->request != NO_FACT) {
		result.request = &after->request[verdict->request];
		result.request_source =
		    after->fact[result.request->fact].source;
	}
	*ret = result;
	return 0;
}
