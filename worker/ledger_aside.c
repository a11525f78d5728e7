/* The tables of quarantine: looking bytes up, undecoded, and reading them to
 * try again. Writing is a part of the write statement (ledger_sql.c). */
#include "ledger.h"

#include "batch.h"

#include <string.h>

static const struct pg_statement find_asides = {.name = "creditd_asides",
    .sql = "SELECT k.place FROM unnest($1, $2, $3) WITH ORDINALITY"
	   " AS k(stream, source, digest, place)"
	   " CROSS JOIN LATERAL (SELECT q.what FROM quarantine_mark q"
	   " WHERE q.stream = k.stream AND q.source = k.source"
	   " AND q.digest = k.digest ORDER BY q.source, q.digest, q.seq DESC"
	   " LIMIT 1) m WHERE m.what = 0",
    .count = 3,
    .types = (const Oid[]){PG_INT4S, PG_TEXTS, PG_BYTEAS}};

static const struct pg_statement read_aside = {.name = "creditd_aside",
    .sql = "SELECT member, submit, flags, received_at, bytes FROM quarantine"
	   " WHERE stream = $1 AND source = $2 AND digest = $3",
    .count = 3,
    .types = (const Oid[]){PG_INT4, PG_TEXT, PG_BYTEA}};

enum pg_class ledger_find_asides(
    struct pg *pg, struct aside_key *key, size_t count)
{
	struct array array[3] = {{0}};
	struct pg_values values = {0};
	PGresult *result = NULL;
	enum pg_class class = PG_AGAIN;

	array_reset(&array[0], PG_INT4);
	array_reset(&array[1], PG_TEXT);
	array_reset(&array[2], PG_BYTEA);
	for (size_t i = 0; i < count; i++) {
		key[i].is_aside = false;
		array_int4(&array[0], key[i].stream);
		array_text(&array[1], key[i].source);
		array_bytes(&array[2], key[i].digest, ASIDE_DIGEST_SIZE);
	}
	if (array_put(&array[0], &values) && array_put(&array[1], &values) &&
	    array_put(&array[2], &values))
		class = pg_query(pg, &find_asides, &values, &result);
	for (int i = 0; class == PG_DONE && i < PQntuples(result); i++)
		key[pg_int8(result, i, 0) - 1].is_aside = true;
	PQclear(result);
	for (size_t i = 0; i < 3; i++)
		array_fini(&array[i]);
	return class;
}

enum pg_class ledger_read_aside(struct pg *pg, const struct aside_key *key,
    struct arena *arena, struct aside *ret, bool *ret_found)
{
	struct pg_values values = {0};
	PGresult *result;
	enum pg_class class;

	pg_put_int4(&values, key->stream);
	pg_put_text(&values, key->source);
	pg_put_text(&values,
	    (struct text){(const char *)key->digest, ASIDE_DIGEST_SIZE});
	class = pg_query(pg, &read_aside, &values, &result);
	if (class != PG_DONE)
		return class;
	*ret_found = PQntuples(result) == 1;
	if (*ret_found) {
		*ret = (struct aside){.submit = pg_int8(result, 0, 1),
		    .flags = pg_int4(result, 0, 2),
		    .received_at = pg_time(result, 0, 3)};
		if (!arena_copy_text(
			arena, pg_text(result, 0, 0), &ret->member) ||
		    !arena_copy_text(arena, pg_text(result, 0, 4), &ret->bytes))
			class = PG_AGAIN;
	}
	PQclear(result);
	return class;
}
