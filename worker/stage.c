/* What an event changes: its row, entries, messages, and what stands after. */
#include <stdlib.h>
#include <string.h>

#include "work.h"

void *work_grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room != 0 ? 2 * *room : 64;

	if (count < *room)
		return list;
	list = reallocarray(list, wanted, size);
	if (list != NULL)
		*room = wanted;
	return list;
}

/* The stream's place in the attempt; its head is kept for the fence when it
 * gets its first row. */
static struct staged *staged_of(struct work *work, struct held_stream *stream)
{
	struct staged *list;

	/* Jobs come in order of streams. */
	if (work->staged_count > 0 &&
	    work->staged[work->staged_count - 1].stream == stream)
		return &work->staged[work->staged_count - 1];
	list = work_grow(work->staged, work->staged_count, &work->staged_room,
	    sizeof(*list));
	if (list == NULL) {
		work->failed = true;
		return NULL;
	}
	work->staged = list;
	list += work->staged_count++;
	*list = (struct staged){.stream = stream, .before = stream->head};
	return list;
}

/* ---- touches: what has to be written of a member when the batch is over */

static void is_touched(struct work *work, struct held *held)
{
	if (held->touches == NULL && !held->touches_due) {
		held->next_touched = work->touched;
		work->touched = held;
	}
}

void stage_touch_due(struct work *work, struct held *held)
{
	is_touched(work, held);
	held->touches_due = true;
}

static void touch(struct work *work, struct held *held, bool is_request,
    struct text name, date_t starts_on, int64_t version)
{
	struct touch *t;

	for (t = held->touches; t != NULL; t = t->next) {
		if (t->is_request == is_request && t->starts_on == starts_on &&
		    text_equal(t->name, name)) {
			if (version > t->version)
				t->version = version;
			return;
		}
	}
	t = arena_take(&work->attempt, sizeof(*t));
	if (t == NULL || !arena_copy_text(&work->attempt, name, &t->name)) {
		work->failed = true;
		return;
	}
	is_touched(work, held);
	t->is_request = is_request;
	t->starts_on = starts_on;
	t->version = version;
	t->next = held->touches;
	held->touches = t;
}

/* A period may stop being the current one without any other change. */
static void touch_current(
    struct work *work, struct held *held, const struct post *post)
{
	const struct ruling *before = post->before, *after = post->after;
	size_t is = 0;

	for (size_t was = 0; was < before->periods; was++) {
		const struct period *old = &before->period[was];
		const struct period *new;

		for (is = 0; is < after->periods; is++) {
			new = &after->period[is];
			if (new->starts_on == old->starts_on &&new->current !=
				old->current &&
			    text_equal(new->designation, old->designation))
				touch(work, held, false, new->designation,
				    new->starts_on, 0);
		}
	}
}

static void touch_all(
    struct work *work, struct held *held, const struct post *post)
{
	for (size_t i = 0; i < post->changes; i++) {
		const struct answer_change *change = &post->change[i];

		if (change->kind == CHANGE_BALANCE)
			touch(work, held, false,
			    change->balance.period->designation,
			    change->balance.period->starts_on, change->version);
		else if (change->kind == CHANGE_REQUEST)
			touch(work, held, true, change->request.request->name,
			    DATE_NONE, change->version);
	}
	touch_current(work, held, post);
	if (post->before->next_due != post->after->next_due)
		stage_touch_due(work, held);
}

/* ---- messages */

static void tell_later(struct work *work, const struct head *head,
    struct text topic, struct text body)
{
	struct told *list = work_grow(
	    work->told, work->told_count, &work->told_room, sizeof(*list));

	if (list == NULL) {
		work->failed = true;
		return;
	}
	work->told = list;
	list += work->told_count;
	list->stream = head->stream;
	list->offset = head->feed_offset;
	memcpy(list->chain, head->feed_chain, CHAIN_SIZE);
	if (!arena_copy_text(&work->attempt, topic, &list->topic) ||
	    !arena_copy_text(&work->attempt, body, &list->body))
		work->failed = true;
	else
		work->told_count++;
}

static void add_changes(
    struct work *work, const struct stage_row *row, struct head *head)
{
	const struct post *post = row->post;
	char buffer[ANSWER_TOPIC_SIZE];

	for (size_t i = 0; i < post->changes; i++) {
		const struct answer_change *change = &post->change[i];
		struct text topic = answer_topic(change, buffer);
		uint8_t chain[CHAIN_SIZE];

		wire_writer_reset(&work->out);
		answer_change(&work->out, change);
		if (work->out.failed) {
			work->failed = true;
			return;
		}
		chain_change(
		    head->feed_chain, topic, wire_written(&work->out), chain);
		answer_change_seal(&work->out, chain);
		head->feed_offset = change->offset;
		memcpy(head->feed_chain, chain, CHAIN_SIZE);
		ledger_add_change(
		    &work->rows, &(struct ledger_change){.change = change,
				     .member = row->held->member.name,
				     .topic = topic,
				     .body = wire_written(&work->out),
				     .day = row->received_on,
				     .chain = chain});
		tell_later(work, head, topic, wire_written(&work->out));
	}
}

/* ---- rows */

static const struct chain_entry *chain_entries(
    struct work *work, const struct post *post)
{
	struct chain_entry *list =
	    arena_take_many(&work->scratch, post->entries + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < post->entries; i++) {
		const struct entry *entry = &post->entry[i];

		list[i] = (struct chain_entry){.number = entry->number,
		    .cause = entry->cause,
		    .account = (int16_t)entry->account,
		    .kind = (int16_t)entry->kind,
		    .designation = entry->designation,
		    .period_starts_on = entry->period_starts_on,
		    .value = entry->value,
		    .currency = entry->currency,
		    .total = entry->total,
		    .rules = entry->rules};
	}
	if (list == NULL)
		work->failed = true;
	return list;
}

static void add_event(struct work *work, const struct stage_row *row,
    struct head *head, int32_t version)
{
	struct chain_event event = {.stream = head->stream,
	    .seq = head->seq + 1,
	    .member = row->held != NULL ? row->held->member.name : TEXT(""),
	    .source = row->source,
	    .id = row->id,
	    .type = (int16_t)row->type,
	    .received_at = row->at,
	    .received_on = row->received_on,
	    .today = row->today,
	    .rules = row->rules,
	    .outcome = (int16_t)row->outcome,
	    .reason = (int16_t)row->reason,
	    .fact = row->fact,
	    .version = version,
	    .feed_offset = head->feed_offset};
	const struct chain_entry *entries = NULL;
	uint8_t chain[CHAIN_SIZE];

	if (row->digest != NULL)
		event.digest =
		    (struct text){(const char *)row->digest, FACT_DIGEST_SIZE};
	memcpy(event.feed_chain, head->feed_chain, CHAIN_SIZE);
	if (row->post != NULL) {
		entries = chain_entries(work, row->post);
		if (entries == NULL)
			return;
	}
	chain_event(head->chain, &event, entries,
	    row->post != NULL ? row->post->entries : 0, chain);
	ledger_add_event(&work->rows, &event, chain);
	memcpy(head->chain, chain, CHAIN_SIZE);
	head->seq = event.seq;
	head->today = row->today;
	head->rules = row->rules;
}

static void move_member(
    struct work *work, const struct stage_row *row, const struct head *head)
{
	struct member *member = &row->held->member;
	const struct post *post = row->post;
	struct row added = {.seq = head->seq,
	    .today = row->today,
	    .rules = row->rules,
	    .version = post->event.version + (int32_t)post->changes,
	    .feed_offset = head->feed_offset,
	    .received_at = row->at,
	    .fact = row->digest != NULL ? member->facts - 1 : NO_FACT,
	    .id = row->digest != NULL ? TEXT_NONE : row->id,
	    .outcome = row->outcome,
	    .reason = row->reason};

	if (row->digest != NULL)
		memcpy(added.digest, row->digest, FACT_DIGEST_SIZE);
	for (size_t i = 0; i < post->entries; i++) {
		ledger_add_entry(&work->rows, member, &post->entry[i]);
		if (member_add_entry(member, &post->entry[i]) < 0)
			work->failed = true;
	}
	if (member_add_row(member, &added) < 0)
		work->failed = true;
}

void stage_add(struct work *work, const struct stage_row *row)
{
	struct staged *staged = staged_of(work, row->stream);
	struct head *head = &row->stream->head;
	int32_t version = 0;

	if (staged == NULL)
		return;
	if (row->held != NULL) {
		version =
		    row->post->event.version + (int32_t)row->post->changes;
		add_changes(work, row, head);
	}
	add_event(work, row, head, version);
	staged->rows++;
	if (row->body.at != NULL)
		ledger_add_body(&work->rows, head->stream, head->seq,
		    row->received_on, row->body);
	if (row->held != NULL && !work->failed) {
		move_member(work, row, head);
		touch_all(work, row->held, row->post);
	}
}

struct post_event stage_next(const struct held *held, struct text source,
    struct text id, int64_t at, int32_t rules)
{
	const struct head *head = &held->stream->head;

	return (struct post_event){.source = source,
	    .id = id,
	    .seq = head->seq + 1,
	    .at = at,
	    .rules = rules,
	    .offset = head->feed_offset,
	    .version = held->member.version};
}

/* ---- the end of an attempt */

static const struct period *period_of(
    const struct ruling *ruling, struct text designation, date_t starts_on)
{
	for (size_t i = 0; i < ruling->periods; i++)
		if (ruling->period[i].starts_on == starts_on &&
		    text_equal(ruling->period[i].designation, designation))
			return &ruling->period[i];
	return NULL;
}

static void finish_balance(
    struct work *work, const struct member *member, const struct touch *t)
{
	const struct ruling *standing = &member->standing;
	const struct period *period =
	    period_of(standing, t->name, t->starts_on);

	if (period == NULL)
		ledger_remove_balance(
		    &work->rows, member, t->name, t->starts_on);
	else
		ledger_set_balance(&work->rows, member, period,
		    program_unit(standing->program), t->version);
}

static void finish_request(
    struct work *work, const struct member *member, const struct touch *t)
{
	const struct ruling *standing = &member->standing;

	for (size_t i = 0; i < standing->requests; i++) {
		struct request_view view = {.request = &standing->request[i]};

		if (!text_equal(view.request->name, t->name))
			continue;
		wire_writer_reset(&work->out);
		answer_request(&work->out, &view);
		if (work->out.failed)
			work->failed = true;
		else
			ledger_set_request(&work->rows, member, view.request,
			    wire_written(&work->out));
		return;
	}
	ledger_remove_request(&work->rows, member, t->name);
}

static void forget_touches(struct work *work)
{
	struct held *held = work->touched;

	while (held != NULL) {
		struct held *next = held->next_touched;

		held->touches = NULL;
		held->touches_due = false;
		held->next_touched = NULL;
		held = next;
	}
	work->touched = NULL;
}

void stage_finish(struct work *work)
{
	for (struct held *held = work->touched; held != NULL;
	     held = held->next_touched) {
		const struct member *member = &held->member;

		for (struct touch *t = held->touches; t != NULL; t = t->next) {
			if (t->is_request)
				finish_request(work, member, t);
			else
				finish_balance(work, member, t);
		}
		if (held->touches_due)
			ledger_set_due(
			    &work->rows, member, member->standing.next_due);
	}
	for (size_t i = 0; i < work->staged_count; i++)
		ledger_add_fence(
		    &work->rows, &work->staged[i].before, work->staged[i].rows);
	forget_touches(work);
}

void stage_reset(struct work *work)
{
	forget_touches(work);
	ledger_reset(&work->rows);
	arena_reset(&work->attempt);
	work->staged_count = 0;
	work->told_count = 0;
	work->failed = false;
}
