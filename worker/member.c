/* A member's record: appending, finding, ruling. */
#include "member.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int member_init(struct member *member, struct text name, int32_t organization,
    int32_t stream)
{
	*member =
	    (struct member){.organization = organization, .stream = stream};
	if (!arena_copy_text(&member->arena, name, &member->name)) {
		member_fini(member);
		return -ENOMEM;
	}
	return 0;
}

void member_fini(struct member *member)
{
	arena_fini(&member->arena);
	free(member->standing_memory);
	free(member->fact);
	free(member->row);
	free(member->entry);
	free(member->sum);
	*member = (struct member){0};
}

size_t member_size(const struct member *member)
{
	return sizeof(*member) + member->arena.total + member->standing_size +
	       member->facts_room * sizeof(*member->fact) +
	       member->rows_room * sizeof(*member->row) +
	       member->entries_room * sizeof(*member->entry) +
	       member->sums_room * sizeof(*member->sum);
}

/* Room for one more of `size` bytes; grows by half, for there are many members.
 */
static void *grown(void *list, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room + *room / 2 + 4;

	if (count < *room)
		return list;
	list = reallocarray(list, wanted, size);
	if (list != NULL)
		*room = wanted;
	return list;
}

static int add_fact(struct member *member, const struct fact *fact)
{
	struct fact *list = grown(
	    member->fact, member->facts, &member->facts_room, sizeof(*list));

	if (list == NULL)
		return -ENOMEM;
	member->fact = list;
	assert(member->facts == 0 || list[member->facts - 1].seq < fact->seq);
	list[member->facts++] = *fact;
	return 0;
}

int member_add_stored_fact(
    struct member *member, const struct fact *head, struct text stored)
{
	struct fact fact = *head;

	if (!fact_read(stored, &member->arena, &fact))
		return -EBADMSG;
	if (!arena_copy_text(&member->arena, head->source, &fact.source) ||
	    !arena_copy_text(&member->arena, head->id, &fact.id))
		return -ENOMEM;
	return add_fact(member, &fact);
}

int member_add_fact(struct member *member, const struct fact *fact)
{
	struct wire_writer stored = {0};
	int result = -ENOMEM;

	fact_write(&stored, fact);
	if (!stored.failed)
		result =
		    member_add_stored_fact(member, fact, wire_written(&stored));
	wire_writer_fini(&stored);
	return result;
}

int member_add_row(struct member *member, const struct row *row)
{
	struct row *list =
	    grown(member->row, member->rows, &member->rows_room, sizeof(*list));

	if (list == NULL)
		return -ENOMEM;
	member->row = list;
	list[member->rows] = *row;
	if (!arena_copy_text(&member->arena, row->id, &list[member->rows].id))
		return -ENOMEM;
	member->rows++;
	member->version = row->version;
	member->ruled_on = row->today;
	member->ruled_by = row->rules;
	return 0;
}

static int compare_sum(const struct sum *a, const struct sum *b)
{
	int order;

	if (a->cause != b->cause)
		return a->cause < b->cause ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	order = text_compare(a->designation, b->designation);
	if (order != 0)
		return order;
	if (a->period_starts_on != b->period_starts_on)
		return a->period_starts_on < b->period_starts_on ? -1 : 1;
	return 0;
}

/* The place of the first sum that is not before `key`. */
static size_t place_of(const struct member *member, const struct sum *key)
{
	size_t low = 0, high = member->sums;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_sum(&member->sum[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct sum *member_sum(struct member *member, int64_t cause,
    enum account account, struct text designation, date_t period_starts_on)
{
	struct sum key = {.cause = cause,
	    .account = account,
	    .designation = designation,
	    .period_starts_on = period_starts_on};
	size_t place = place_of(member, &key);

	if (place < member->sums && compare_sum(&member->sum[place], &key) == 0)
		return &member->sum[place];
	return NULL;
}

static int add_to_sum(struct member *member, const struct entry *entry)
{
	struct sum key = {.cause = entry->cause,
	    .account = entry->account,
	    .designation = entry->designation,
	    .period_starts_on = entry->period_starts_on,
	    .value = entry->value,
	    .currency = entry->currency};
	size_t place = place_of(member, &key);
	struct sum *list = member->sum;

	if (place < member->sums && compare_sum(&list[place], &key) == 0) {
		list[place].value += entry->value;
		return 0;
	}
	list = grown(list, member->sums, &member->sums_room, sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	member->sum = list;
	memmove(list + place + 1, list + place,
	    (member->sums - place) * sizeof(*list));
	list[place] = key;
	member->sums++;
	return 0;
}

int member_add_entry(struct member *member, const struct entry *entry)
{
	struct entry *list = grown(member->entry, member->entries,
	    &member->entries_room, sizeof(*list));
	struct entry kept = *entry;
	int result;

	if (list == NULL)
		return -ENOMEM;
	member->entry = list;
	if (!arena_copy_text(
		&member->arena, entry->designation, &kept.designation) ||
	    !arena_copy_text(&member->arena, entry->currency, &kept.currency))
		return -ENOMEM;
	result = add_to_sum(member, &kept);
	if (result == 0)
		list[member->entries++] = kept;
	return result;
}

const struct row *member_find(
    const struct member *member, struct text source, struct text id)
{
	for (size_t i = 0; i < member->rows; i++) {
		const struct row *row = &member->row[i];
		const struct fact *fact;

		if (row->fact == NO_FACT)
			continue;
		fact = &member->fact[row->fact];
		if (text_equal(fact->id, id) &&
		    text_equal(fact->source, source))
			return row;
	}
	return NULL;
}

size_t member_fact_of(const struct member *member, int64_t seq)
{
	size_t low = 0, high = member->facts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (member->fact[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < member->facts && member->fact[low].seq == seq ? low
								   : NO_FACT;
}

int member_rule(const struct member *member, size_t facts,
    struct programs *programs, struct ruled_at at, struct arena *arena,
    struct ruling *ret)
{
	const struct program *program =
	    programs_get(programs, member->organization, at.rules);

	if (program == NULL)
		return -ENOENT;
	return rule_member(program, member->fact, facts, at.today, arena, ret);
}

int member_rule_at(const struct member *member, size_t row,
    struct programs *programs, struct arena *arena, struct ruling *ret_before,
    struct ruling *ret_after)
{
	const struct row *at = &member->row[row];
	const struct row *previous = row > 0 ? at - 1 : at;
	size_t before = 0, after = 0;
	int result;

	for (size_t i = 0; i <= row; i++) {
		if (member->row[i].fact == NO_FACT)
			continue;
		after = member->row[i].fact + 1;
		if (i < row)
			before = after;
	}
	result = member_rule(member, before, programs,
	    (struct ruled_at){previous->today, previous->rules}, arena,
	    ret_before);
	if (result < 0)
		return result;
	return member_rule(member, after, programs,
	    (struct ruled_at){at->today, at->rules}, arena, ret_after);
}
