/* Organizations and compiled programs; all kept until the worker ends, for a
 * duplicate may ask for any revision. */
#include "programs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "batch.h"
#include "hash.h"
#include "log.h"
#include "pg.h"

struct compiled {
	int64_t key;             /* organization and revision */
	struct program *program; /* NULL: this engine can't compile it */
	UT_hash_handle hh;
};

struct programs {
	struct organization *organization;
	size_t organizations, room;
	struct compiled *compiled;
	struct arena arena; /* names */
};

static int64_t key_of(int32_t organization, int32_t revision)
{
	return ((int64_t)organization << 32) | (uint32_t)revision;
}

struct programs *programs_create(void)
{
	return calloc(1, sizeof(struct programs));
}

void programs_destroy(struct programs *programs)
{
	struct compiled *compiled, *next;

	if (programs == NULL)
		return;
	HASH_ITER (hh, programs->compiled, compiled, next) {
		HASH_DEL(programs->compiled, compiled);
		program_destroy(compiled->program);
		free(compiled);
	}
	free(programs->organization);
	arena_fini(&programs->arena);
	free(programs);
}

const struct organization *programs_by_name(
    const struct programs *programs, struct text name)
{
	for (size_t i = 0; i < programs->organizations; i++)
		if (text_equal(programs->organization[i].name, name))
			return &programs->organization[i];
	return NULL;
}

const struct organization *programs_by_number(
    const struct programs *programs, int32_t number)
{
	for (size_t i = 0; i < programs->organizations; i++)
		if (programs->organization[i].number == number)
			return &programs->organization[i];
	return NULL;
}

const struct organization *programs_all(
    const struct programs *programs, size_t *ret_count)
{
	*ret_count = programs->organizations;
	return programs->organization;
}

const struct program *programs_get(
    const struct programs *programs, int32_t organization, int32_t revision)
{
	int64_t key = key_of(organization, revision);
	struct compiled *compiled;

	HASH_FIND(hh, programs->compiled, &key, sizeof(key), compiled);
	return compiled != NULL ? compiled->program : NULL;
}

/* The organization's place, a new one if it is not held; NULL without memory.
 */
static struct organization *place_of(struct programs *programs, int32_t number)
{
	struct organization *grown;

	for (size_t i = 0; i < programs->organizations; i++)
		if (programs->organization[i].number == number)
			return &programs->organization[i];
	if (programs->organizations == programs->room) {
		size_t room = programs->room != 0 ? 2 * programs->room : 8;

		grown = realloc(programs->organization, room * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		programs->organization = grown;
		programs->room = room;
	}
	grown = &programs->organization[programs->organizations++];
	*grown = (struct organization){.number = number};
	return grown;
}

/* Names seldom change, so the arena hardly grows. */
static bool keep_text(struct arena *arena, struct text from, struct text *kept)
{
	return text_equal(*kept, from) || arena_copy_text(arena, from, kept);
}

static int keep_organization(
    struct programs *programs, const struct organization *from)
{
	struct organization *kept = place_of(programs, from->number);
	struct arena *arena = &programs->arena;

	if (kept == NULL || !keep_text(arena, from->name, &kept->name) ||
	    !keep_text(arena, from->title, &kept->title) ||
	    !keep_text(arena, from->time_zone, &kept->time_zone))
		return -ENOMEM;
	if (from->revision > kept->revision)
		kept->revision = from->revision;
	return 0;
}

static int compile(struct programs *programs, int32_t organization,
    int32_t revision, struct text document)
{
	char name[64];
	struct complaints complaints = {.file = name, .most = 1};
	struct compiled *compiled = calloc(1, sizeof(*compiled));
	int result;

	if (compiled == NULL)
		return -ENOMEM;
	snprintf(name, sizeof(name), "program %d revision %d", organization,
	    revision);
	compiled->key = key_of(organization, revision);
	result = program_parse(document, &complaints, &compiled->program);
	if (result == -EINVAL)
		log_error("this worker can't rule by %s: %s", name,
		    complaints.text != NULL ? complaints.text : "");
	complaints_fini(&complaints);
	if (result == -ENOMEM) {
		free(compiled);
		return result;
	}
	HASH_ADD(hh, programs->compiled, key, sizeof(compiled->key), compiled);
	return result;
}

int programs_add(struct programs *programs,
    const struct organization *organization, struct text document)
{
	int result = keep_organization(programs, organization);

	if (result < 0)
		return result;
	return compile(
	    programs, organization->number, organization->revision, document);
}

/* ---- from the database */

static const struct pg_statement read_organizations = {
    .name = "creditd_organizations",
    .sql = "SELECT o.number, o.name, o.title, o.time_zone, p.revision"
	   " FROM organization o JOIN (SELECT organization,"
	   " max(revision) AS revision FROM program GROUP BY organization) p"
	   " ON p.organization = o.number ORDER BY o.number"};

static const struct pg_statement read_programs = {.name = "creditd_programs",
    .sql = "SELECT organization, revision, document FROM program"
	   " WHERE organization::bigint << 32 | revision <> ALL ($1)"
	   " ORDER BY organization, revision",
    .count = 1,
    .types = (const Oid[]){PG_INT8S}};

static bool keep_all(struct programs *programs, const PGresult *organizations,
    const PGresult *documents)
{
	for (int i = 0; i < PQntuples(organizations); i++) {
		struct organization from = {
		    .number = pg_int4(organizations, i, 0),
		    .name = pg_text(organizations, i, 1),
		    .title = pg_text(organizations, i, 2),
		    .time_zone = pg_text(organizations, i, 3),
		    .revision = pg_int4(organizations, i, 4)};

		if (keep_organization(programs, &from) < 0)
			return false;
	}
	for (int i = 0; i < PQntuples(documents); i++)
		if (compile(programs, pg_int4(documents, i, 0),
			pg_int4(documents, i, 1),
			pg_text(documents, i, 2)) == -ENOMEM)
			return false;
	return true;
}

int programs_load(struct programs *programs, struct pg *pg)
{
	struct array held = {0};
	struct pg_values values = {0};
	struct pg_command command[] = {{.statement = &read_organizations},
	    {.statement = &read_programs, .values = &values}};
	enum pg_class class = PG_AGAIN;

	array_reset(&held, PG_INT8);
	for (struct compiled *compiled = programs->compiled; compiled != NULL;
	     compiled = compiled->hh.next)
		array_int8(&held, compiled->key);
	if (array_put(&held, &values))
		class = pg_run(pg, command, 2);
	if (class == PG_DONE &&
	    !keep_all(programs, command[0].result, command[1].result))
		class = PG_AGAIN;
	PQclear(command[0].result);
	PQclear(command[1].result);
	array_fini(&held);
	return (int)class;
}
