/* Arrays of a batch in PostgreSQL's binary form, to be unnested. */
#ifndef WORKER_BATCH_H
#define WORKER_BATCH_H

#include "pg.h"

/* One array that grows, of elements of one type. A zeroed struct is empty; its
 * buffer is kept from batch to batch. An array that ran out of memory stays
 * `failed`: array_put() says so. */
struct array {
	char *data;
	size_t size, capacity;
	uint32_t count;
	bool has_null;
	bool failed;
};

/* Empties it; its elements will be of type `element`, PG_INT4 and so on. */
void array_reset(struct array *array, Oid element);
void array_fini(struct array *array);
/* Gives memory back after an unusually large batch. */
void array_trim(struct array *array, size_t most);

void array_int2(struct array *array, int16_t value);
void array_int4(struct array *array, int32_t value);
void array_int8(struct array *array, int64_t value);
void array_bool(struct array *array, bool value);
void array_date(struct array *array, date_t value); /* DATE_NONE: null */
void array_time(struct array *array, int64_t us);
void array_text(struct array *array, struct text value); /* absent: null */
void array_bytes(struct array *array, const void *bytes, size_t size);
void array_null(struct array *array);

/* Adds it as the next parameter; it is borrowed until the statement was run.
 * False if it ran out of memory or is larger than a parameter may be. */
MUST_CHECK bool array_put(struct array *array, struct pg_values *values);
/* Adds its only element as a plain parameter. */
MUST_CHECK bool array_put_first(struct array *array, struct pg_values *values);

#endif
