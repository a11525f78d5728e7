/* Gathering the rows of a batch, column by column, and writing them. */
#include "ledger_write.h"

#include <stdlib.h>

#include "ledger_sql.h"

#define KEEP_BYTES ((size_t)1 << 20) /* of each column, between batches */

void ledger_reset(struct ledger_batch *batch)
{
	batch->rows = 0;
	for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
		array_trim(&batch->column[i], KEEP_BYTES);
		array_reset(&batch->column[i], ledger_column_type(i));
	}
}

void ledger_fini(struct ledger_batch *batch)
{
	for (size_t i = 0; i < LEDGER_COLUMNS; i++)
		array_fini(&batch->column[i]);
}

bool ledger_is_empty(const struct ledger_batch *batch)
{
	return batch->rows == 0;
}

void ledger_add_fence(
    struct ledger_batch *batch, const struct head *before, size_t rows)
{
	struct array *c = batch->column + FENCE;

	batch->stream = before->stream;
	array_int4(c++, before->stream);
	array_int8(c++, before->seq);
	if (before->seq > 0)
		array_bytes(c++, before->chain, CHAIN_SIZE);
	else
		array_null(c++);
	array_int4(c++, (int32_t)rows);
}

void ledger_add_event(struct ledger_batch *batch,
    const struct chain_event *event, const uint8_t chain[CHAIN_SIZE])
{
	struct array *c = batch->column + EVENT;

	array_int4(c++, event->stream);
	array_int8(c++, event->seq);
	array_text(c++, event->member);
	array_text(c++, event->source);
	array_text(c++, event->id);
	array_int2(c++, event->type);
	array_text(c++, event->digest);
	array_time(c++, event->received_at);
	array_date(c++, event->received_on);
	array_date(c++, event->today);
	array_int4(c++, event->rules);
	array_int2(c++, event->outcome);
	array_int2(c++, event->reason);
	array_text(c++, event->fact);
	array_int4(c++, event->version);
	array_int8(c++, event->feed_offset);
	array_bytes(c++, event->feed_chain, CHAIN_SIZE);
	array_bytes(c++, chain, CHAIN_SIZE);
	batch->rows++;
}

void ledger_add_body(struct ledger_batch *batch, int32_t stream, int64_t seq,
    date_t day, struct text bytes)
{
	struct array *c = batch->column + BODY;

	array_int4(c++, stream);
	array_int8(c++, seq);
	array_date(c++, day);
	array_text(c++, bytes);
}

void ledger_add_entry(struct ledger_batch *batch, const struct member *member,
    const struct entry *entry)
{
	struct array *c = batch->column + ENTRY;
	bool is_money = account_is_money(entry->account);

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_int4(c++, entry->number);
	array_int8(c++, entry->seq);
	array_int8(c++, entry->cause);
	array_int2(c++, (int16_t)entry->account);
	array_int2(c++, (int16_t)entry->kind);
	array_text(c++, entry->designation);
	array_date(c++, entry->period_starts_on);
	if (is_money)
		array_null(c++);
	array_int8(c++, entry->value);
	if (!is_money)
		array_null(c++);
	array_text(c++, entry->currency);
	if (is_money)
		array_null(c++);
	else
		array_int8(c++, entry->total);
	array_int4(c++, entry->rules);
}

void ledger_add_change(
    struct ledger_batch *batch, const struct ledger_change *added)
{
	struct array *c = batch->column + CHANGE;

	array_int4(c++, added->change->stream);
	array_int8(c++, added->change->offset);
	array_date(c++, added->day);
	array_text(c++, added->member);
	array_int4(c++, (int32_t)added->change->version);
	array_text(c++, added->topic);
	array_text(c++, added->body);
	array_bytes(c++, added->chain, CHAIN_SIZE);
}

/* Names of requirements are ids, so a space parts them. */
static void add_names(struct array *array, struct text_list names)
{
	char joined[FACT_LIST_MOST * (FACT_TEXT_MOST + 1)];
	size_t length = 0;

	for (size_t i = 0; i < names.count; i++) {
		struct text name = names.item[i];

		if (name.length + 1 > sizeof(joined) - length)
			break;
		if (length > 0)
			joined[length++] = ' ';
		for (size_t j = 0; j < name.length; j++)
			joined[length++] = name.at[j];
	}
	array_bytes(array, joined, length);
}

void ledger_set_balance(struct ledger_batch *batch, const struct member *member,
    const struct period *period, struct text unit, int64_t version)
{
	struct array *c = batch->column + BALANCE;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, period->designation);
	array_date(c++, period->starts_on);
	array_date(c++, period->ends_on);
	array_bool(c++, period->current);
	array_int4(c++, (int32_t)version);
	array_text(c++, unit);
	if (period->has_required)
		array_int8(c++, period->required);
	else
		array_null(c++);
	array_int8(c++, period->earned);
	array_int8(c++, period->carried_in);
	array_int8(c++, period->total);
	if (period->has_required)
		array_int8(c++, period->remaining);
	else
		array_null(c++);
	array_int8(c++, period->accredited);
	array_int8(c++, period->recognized);
	array_int8(c++, period->adjusted);
	array_int2(c++, (int16_t)period->status);
	add_names(c++, period->missing);
}

void ledger_remove_balance(struct ledger_batch *batch,
    const struct member *member, struct text designation, date_t starts_on)
{
	struct array *c = batch->column + BALANCE_GONE;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, designation);
	array_date(c++, starts_on);
}

void ledger_set_request(struct ledger_batch *batch, const struct member *member,
    const struct request *request, struct text body)
{
	struct array *c = batch->column + REQUEST;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, request->name);
	array_int2(c++, (int16_t)request->state);
	array_text(c++, body);
}

void ledger_remove_request(struct ledger_batch *batch,
    const struct member *member, struct text request)
{
	struct array *c = batch->column + REQUEST_GONE;

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	array_text(c++, request);
}

void ledger_set_due(
    struct ledger_batch *batch, const struct member *member, date_t due_on)
{
	bool is_gone = due_on == DATE_NEVER;
	struct array *c = batch->column + (is_gone ? DUE_GONE : DUE);

	array_int4(c++, member->stream);
	array_text(c++, member->name);
	if (!is_gone)
		array_date(c++, due_on);
}

void ledger_set_all_due(
    struct ledger_batch *batch, int32_t stream, date_t due_on)
{
	struct array *c = batch->column + ALL_DUE;

	array_int4(c++, stream);
	array_date(c++, due_on);
}

void ledger_add_aside(struct ledger_batch *batch, const struct aside_key *key,
    struct text reason, const struct aside *aside)
{
	struct array *c = batch->column + ASIDE;

	array_int4(c++, key->stream);
	array_text(c++, key->source);
	array_bytes(c++, key->digest, ASIDE_DIGEST_SIZE);
	array_text(c++, aside->bytes);
	array_text(c++, reason);
	array_text(c++, aside->member);
	array_int8(c++, aside->submit);
	array_int4(c++, aside->flags);
	array_time(c++, aside->received_at);
}

void ledger_add_mark(struct ledger_batch *batch, const struct aside_mark *mark)
{
	struct array *c = batch->column + ASIDE_MARK;

	array_int4(c++, mark->key->stream);
	array_int8(c++, mark->seq);
	array_text(c++, mark->key->source);
	array_bytes(c++, mark->key->digest, ASIDE_DIGEST_SIZE);
	array_int2(c++, mark->redriven ? 1 : 0);
	array_text(c++, mark->reason);
	array_text(c++, mark->author);
}

static enum pg_class write_many(struct pg *pg, struct ledger_batch *batch,
    int32_t *ret_won, size_t *ret_count)
{
	const struct ledger_form *form = ledger_form_for(batch);
	struct pg_values values = {0};
	PGresult *result;
	enum pg_class class;

	for (int i = 0; i < form->statement.count; i++)
		if (!array_put(&batch->column[form->column[i]], &values))
			return PG_DATA;
	class = pg_query(pg, &form->statement, &values, &result);
	if (class != PG_DONE)
		return class;
	*ret_count = (size_t)PQntuples(result);
	for (size_t i = 0; i < *ret_count; i++)
		ret_won[i] = pg_int4(result, (int)i, 0);
	PQclear(result);
	return class;
}

static enum pg_class write_one(struct pg *pg, struct ledger_batch *batch,
    const struct ledger_form *const *form, size_t count, size_t *ret_count)
{
	static struct pg_values values[LEDGER_PARTS_MOST];
	struct pg_command command[LEDGER_PARTS_MOST];
	enum pg_class class;

	for (size_t i = 0; i < count; i++) {
		values[i].count = 0;
		for (int j = 0; j < form[i]->statement.count; j++)
			if (!array_put_first(
				&batch->column[form[i]->column[j]], &values[i]))
				return PG_DATA;
		command[i] = (struct pg_command){
		    .statement = &form[i]->statement, .values = &values[i]};
	}
	class = pg_run(pg, command, count);
	*ret_count = class == PG_DONE;
	if (class == PG_DATA && pg_is_state(pg, "CR001"))
		return PG_DONE; /* the fence was lost */
	for (size_t i = 0; i < count; i++)
		PQclear(command[i].result);
	return class;
}

enum pg_class ledger_write(struct pg *pg, struct ledger_batch *batch,
    int32_t *ret_won, size_t *ret_count)
{
	const struct ledger_form *form[LEDGER_PARTS_MOST];
	size_t count = ledger_forms_for_one(batch, form);

	if (count == 0)
		return write_many(pg, batch, ret_won, ret_count);
	*ret_won = batch->stream;
	return write_one(pg, batch, form, count, ret_count);
}
