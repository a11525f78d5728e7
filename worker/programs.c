/* Organizations and compiled programs; all kept until the worker ends, for a
 * duplicate may ask for any revision. */
#include "programs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "batch.h"
#include "log.h"
#include "pg.h"

struct compiled {
	int64_t key;             /* organization and revision */
	struct program *program; /* NULL: this engine can't compile it */
};

struct programs {
	struct organization *organization;
	size_t organizations, room;
	struct compiled *compiled; /* in order of key */
	size_t compileds, compileds_room;
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
	if (programs == NULL)
		return;
	for (size_t i = 0; i < programs->compileds; i++)
		program_destroy(programs->compiled[i].program);
	free(programs->compiled);
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

/* The place of the first one that is not before `key`. */
static size_t place_of_key(const struct programs *programs, int64_t key)
{
	size_t low = 0, high = programs->compileds;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (programs->compiled[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct program *programs_get(
    const struct programs *programs, int32_t organization, int32_t revision)
{
	int64_t key = key_of(organization, revision);
	size_t place = place_of_key(programs, key);

	if (place == programs->compileds ||
	    programs->compiled[place].key != key)
		return NULL;
	return programs->compiled[place].program;
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

static bool keep_compiled(
    struct programs *programs, int64_t key, struct program *program)
{
	size_t place = place_of_key(programs, key);
	struct compiled *list = programs->compiled;

	if (programs->compileds == programs->compileds_room) {
		size_t room = programs->compileds_room + 16;

		list = reallocarray(list, room, sizeof(*list));
		if (list == NULL)
			return false;
		programs->compiled = list;
		programs->compileds_room = room;
	}
	memmove(list + place + 1, list + place,
	    (programs->compileds - place) * sizeof(*list));
	list[place] = (struct compiled){key, program};
	programs->compileds++;
	return true;
}

static int compile(struct programs *programs, int32_t organization,
    int32_t revision, struct text document)
{
	char name[64];
	struct complaints complaints = {.file = name, .most = 1};
	struct program *program = NULL;
	int result;

	snprintf(name, sizeof(name), "program %d revision %d", organization,
	    revision);
	result = program_parse(document, &complaints, &program);
	if (result == -EINVAL)
		log_error("this worker can't rule by %s: %s", name,
		    complaints.text != NULL ? complaints.text : "");
	complaints_fini(&complaints);
	if (result == -ENOMEM)
		return result;
	if (!keep_compiled(programs, key_of(organization, revision), program)) {
		program_destroy(program);
		return -ENOMEM;
	}
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
	for (size_t i = 0; i < programs->compileds; i++)
		array_int8(&held, programs->compiled[i].key);
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
