/* Rows of `balance` as partners see them. */
#include "query_work.h"

#define TEXT_OID 25

/* A big-endian 32-bit number at the front of what is left; moves on. */
static bool take_int(struct text *left, int32_t *ret)
{
	uint32_t value = 0;

	if (left->length < 4)
		return false;
	for (int i = 0; i < 4; i++)
		value = value << 8 | (unsigned char)left->at[i];
	left->at += 4;
	left->length -= 4;
	*ret = (int32_t)value;
	return true;
}

bool texts_of_column(const PGresult *result, int row, int column,
    struct arena *arena, struct text_list *ret)
{
	struct text left = pg_text(result, row, column);
	int32_t dimensions, nulls, type, count, lowest, length;
	struct text *item;

	*ret = (struct text_list){0};
	if (!take_int(&left, &dimensions) || !take_int(&left, &nulls) ||
	    !take_int(&left, &type) || type != TEXT_OID)
		return false;
	if (dimensions == 0)
		return true;
	if (dimensions != 1 || !take_int(&left, &count) ||
	    !take_int(&left, &lowest) || count < 0 ||
	    (size_t)count > left.length / 4)
		return false;
	item = arena_take_many(arena, (size_t)count, sizeof(*item));
	if (item == NULL)
		return false;
	for (int32_t i = 0; i < count; i++) {
		if (!take_int(&left, &length) || length < 0 ||
		    (size_t)length > left.length)
			return false;
		item[i] = (struct text){left.at, (size_t)length};
		left.at += length;
		left.length -= (size_t)length;
	}
	*ret = (struct text_list){item, (size_t)count};
	return true;
}

bool balance_of_row(const PGresult *result, int row, struct arena *arena,
    struct period *ret_period, struct balance_view *ret_view)
{
	struct text_list missing;

	if (!texts_of_column(result, row, 16, arena, &missing))
		return false;
	*ret_period = (struct period){
	    .designation = pg_text(result, row, 2),
	    .starts_on = pg_date(result, row, 3),
	    .ends_on = pg_date(result, row, 4),
	    .current = pg_bool(result, row, 5),
	    .has_required = !PQgetisnull(result, row, 8),
	    .required = pg_int8(result, row, 8),
	    .earned = pg_int8(result, row, 9),
	    .carried_in = pg_int8(result, row, 10),
	    .total = pg_int8(result, row, 11),
	    .remaining = pg_int8(result, row, 12),
	    .accredited = pg_int8(result, row, 13),
	    .recognized = pg_int8(result, row, 14),
	    .adjusted = pg_int8(result, row, 15),
	    .missing = missing,
	    .status = (enum period_status)pg_int2(result, row, 17),
	};
	*ret_view = (struct balance_view){
	    .member = pg_text(result, row, 1),
	    .unit = pg_text(result, row, 7),
	    .period = ret_period,
	    .version = pg_int4(result, row, 6),
	};
	return true;
}
