/* Parameters and columns in PostgreSQL's binary form; classes of errors. */
#include "pg.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

/* PostgreSQL counts from 2000-01-01. */
#define EPOCH_DAYS 10957
#define EPOCH_US   946684800000000

enum pg_class pg_classify(const char *sqlstate)
{
	static const struct {
		const char *prefix;
		enum pg_class class;
	} classes[] = {
	    {"08", PG_AWAY},     /* connection */
	    {"25006", PG_AWAY},  /* the server became read-only */
	    {"42501", PG_AWAY},  /* a right is missing: it can be granted */
	    {"53", PG_AWAY},     /* out of disk, memory, connections */
	    {"57014", PG_AGAIN}, /* canceled, statement_timeout */
	    {"57", PG_AWAY},     /* shutdown, terminated */
	    {"58", PG_AWAY},     /* input or output error */
	    {"XX", PG_AWAY},     /* internal: a corrupted page, … */
	    {"40", PG_AGAIN},    /* deadlock, serialization */
	    {"55", PG_AGAIN},    /* lock not available */
	    {"22", PG_DATA}, {"23", PG_DATA},
	    {"54", PG_DATA},    /* an index row too large, … */
	    {"21000", PG_DATA}, /* the same row twice in one statement */
	    {"P0", PG_DATA}, {"CR", PG_DATA}, /* a stream won in part */
	};

	if (sqlstate == NULL || sqlstate[0] == '\0')
		return PG_AWAY;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strncmp(sqlstate, classes[i].prefix,
			strlen(classes[i].prefix)) == 0)
			return classes[i].class;
	return PG_BROKEN;
}

static void put(struct pg_values *values, const char *value, int length)
{
	assert(values->count < PG_VALUES_MOST);
	values->value[values->count] = value;
	values->length[values->count] = length;
	values->count++;
}

static void put_scalar(struct pg_values *values, const void *bytes, size_t size)
{
	char *room;

	assert(values->count < PG_VALUES_MOST);
	room = values->scalar[values->count];
	memcpy(room, bytes, size);
	put(values, room, (int)size);
}

void pg_put_int2(struct pg_values *values, int16_t value)
{
	uint16_t wire = htobe16((uint16_t)value);

	put_scalar(values, &wire, sizeof(wire));
}

void pg_put_int4(struct pg_values *values, int32_t value)
{
	uint32_t wire = htobe32((uint32_t)value);

	put_scalar(values, &wire, sizeof(wire));
}

void pg_put_int8(struct pg_values *values, int64_t value)
{
	uint64_t wire = htobe64((uint64_t)value);

	put_scalar(values, &wire, sizeof(wire));
}

void pg_put_bool(struct pg_values *values, bool value)
{
	char wire = value ? 1 : 0;

	put_scalar(values, &wire, sizeof(wire));
}

void pg_put_date(struct pg_values *values, date_t value)
{
	if (value == DATE_NONE)
		pg_put_null(values);
	else
		pg_put_int4(values, value - EPOCH_DAYS);
}

void pg_put_time(struct pg_values *values, int64_t us)
{
	pg_put_int8(values, us - EPOCH_US);
}

void pg_put_text(struct pg_values *values, struct text value)
{
	put(values, value.at, (int)value.length);
}

void pg_put_null(struct pg_values *values)
{
	put(values, NULL, 0);
}

/* The bytes of a column of at least `size` bytes, or NULL. */
static const char *column_of(
    const PGresult *result, int row, int column, int size)
{
	if (PQgetisnull(result, row, column))
		return NULL;
	assert(PQgetlength(result, row, column) == size);
	return PQgetvalue(result, row, column);
}

int16_t pg_int2(const PGresult *result, int row, int column)
{
	const char *bytes = column_of(result, row, column, 2);
	uint16_t wire = 0;

	if (bytes != NULL)
		memcpy(&wire, bytes, sizeof(wire));
	return (int16_t)be16toh(wire);
}

int32_t pg_int4(const PGresult *result, int row, int column)
{
	const char *bytes = column_of(result, row, column, 4);
	uint32_t wire = 0;

	if (bytes != NULL)
		memcpy(&wire, bytes, sizeof(wire));
	return (int32_t)be32toh(wire);
}

int64_t pg_int8(const PGresult *result, int row, int column)
{
	const char *bytes = column_of(result, row, column, 8);
	uint64_t wire = 0;

	if (bytes != NULL)
		memcpy(&wire, bytes, sizeof(wire));
	return (int64_t)be64toh(wire);
}

bool pg_bool(const PGresult *result, int row, int column)
{
	const char *bytes = column_of(result, row, column, 1);

	return bytes != NULL && *bytes != 0;
}

date_t pg_date(const PGresult *result, int row, int column)
{
	if (PQgetisnull(result, row, column))
		return DATE_NONE;
	return pg_int4(result, row, column) + EPOCH_DAYS;
}

int64_t pg_time(const PGresult *result, int row, int column)
{
	if (PQgetisnull(result, row, column))
		return 0;
	return pg_int8(result, row, column) + EPOCH_US;
}

struct text pg_text(const PGresult *result, int row, int column)
{
	if (PQgetisnull(result, row, column))
		return TEXT_NONE;
	return (struct text){PQgetvalue(result, row, column),
	    (size_t)PQgetlength(result, row, column)};
}
