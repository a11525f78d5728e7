/* The organizations that creditd serves, each with its streams. */
#include "directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a. Names come from operators, so the hash needs no key. */
static unsigned hash_name(struct text name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.length; i++)
		hash = (hash ^ (unsigned char)name.at[i]) * 16777619u;
	return hash % DIRECTORY_BUCKETS;
}

static unsigned hash_number(int32_t number)
{
	return (unsigned)number % DIRECTORY_BUCKETS;
}

void directory_init(struct directory *directory)
{
	*directory = (struct directory){0};
	directory->last = &directory->first;
}

void directory_fini(struct directory *directory)
{
	struct organization *next;

	for (struct organization *o = directory->first; o != NULL; o = next) {
		next = o->next;
		free(o);
	}
	directory_init(directory);
}

struct organization *directory_find(
    const struct directory *directory, struct text name)
{
	struct organization *o = directory->by_name[hash_name(name)];

	while (o != NULL && !text_is(name, o->name))
		o = o->next_by_name;
	return o;
}

struct organization *directory_at(
    const struct directory *directory, int32_t number)
{
	struct organization *o = directory->by_number[hash_number(number)];

	while (o != NULL && o->number != number)
		o = o->next_by_number;
	return o;
}

struct stream *directory_stream(
    const struct directory *directory, int64_t number)
{
	struct organization *organization;

	if (number < 0 || number > INT32_MAX)
		return NULL;
	organization =
	    directory_at(directory, (int32_t)(number / STREAM_BUCKETS));
	if (organization == NULL)
		return NULL;
	return &organization->streams[number % STREAM_BUCKETS];
}

static struct organization *organization_create(
    const struct organization_facts *facts)
{
	struct organization *organization = calloc(1, sizeof(*organization));

	if (organization == NULL)
		return NULL;
	organization->number = (int32_t)facts->number;
	memcpy(organization->name, facts->name.at, facts->name.length);
	organization->asked = DATE_NONE;
	for (int32_t i = 0; i < STREAM_BUCKETS; i++)
		stream_init(&organization->streams[i],
		    organization->number * STREAM_BUCKETS + i, organization);
	return organization;
}

static void directory_add(
    struct directory *directory, struct organization *organization)
{
	unsigned name = hash_name(text_of(organization->name));
	unsigned number = hash_number(organization->number);

	organization->next_by_name = directory->by_name[name];
	directory->by_name[name] = organization;
	organization->next_by_number = directory->by_number[number];
	directory->by_number[number] = organization;
	*directory->last = organization;
	directory->last = &organization->next;
	organization->index = (unsigned)directory->count++;
}

int directory_learn(struct directory *directory,
    const struct organization_facts *facts, struct organization **ret)
{
	struct organization *organization;
	bool is_new = false;

	if (!text_is_organization(facts->name) || facts->number < 0 ||
	    facts->number > ORGANIZATION_NUMBER_MOST || facts->revision < 0 ||
	    facts->revision > INT32_MAX)
		return -EINVAL;
	organization = directory_find(directory, facts->name);
	if (organization != directory_at(directory, (int32_t)facts->number))
		return -EEXIST;
	if (organization == NULL) {
		if (directory->count >= ORGANIZATIONS_MOST)
			return -ENOSPC;
		organization = organization_create(facts);
		if (organization == NULL)
			return -ENOMEM;
		is_new = true;
	}
	if (!zone_set(&organization->zone, facts->zone)) {
		if (is_new)
			free(organization);
		return -ENOENT;
	}
	if (facts->revision > organization->revision)
		organization->revision = (int32_t)facts->revision;
	if (is_new)
		directory_add(directory, organization);
	*ret = organization;
	return is_new;
}

const char *directory_complaint(int error)
{
	switch (error) {
	case -EINVAL:
		return "its name, number or revision is out of range";
	case -EEXIST:
		return "its number has another name already, or its name "
		       "another number";
	case -ENOENT:
		return "this machine does not know its time zone (is tzdata "
		       "installed?)";
	case -ENOSPC:
		return "creditd serves as many organizations as it can";
	default:
		return "out of memory";
	}
}
