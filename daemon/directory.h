/* The organizations that creditd serves, each with its streams.
 *
 * Learned from workers and operators; never from partners. Nothing is ever
 * removed: an organization's number is for ever. */
#ifndef DAEMON_DIRECTORY_H
#define DAEMON_DIRECTORY_H

#include "clock.h"
#include "link.h"
#include "stream.h"

#define ORGANIZATION_NAME_SIZE   33
#define ORGANIZATIONS_MOST       512 /* each has a socket of its own */
#define ORGANIZATION_NUMBER_MOST (INT32_MAX / STREAM_BUCKETS)

struct organization {
	unsigned index; /* 0, 1, 2, … in the order in which they came */
	int32_t number;
	char name[ORGANIZATION_NAME_SIZE];
	int32_t revision; /* of its program, as told last */
	struct zone zone;
	struct stream streams[STREAM_BUCKETS];
	date_t asked;            /* the date for which all streams were asked */
	int64_t publish_from_us; /* its feed is silent before; kept by feed */
	date_t latest; /* of its streams' dates: today is never earlier */
	struct organization *next;
	struct organization *next_by_number; /* in its bucket */
	struct organization *next_by_name;
};

#define DIRECTORY_BUCKETS 256

struct directory {
	struct organization *first; /* in the order in which they came */
	struct organization **last;
	size_t count;
	struct organization *by_number[DIRECTORY_BUCKETS];
	struct organization *by_name[DIRECTORY_BUCKETS];
};

void directory_init(struct directory *directory);
void directory_fini(struct directory *directory);

struct organization *directory_find(
    const struct directory *directory, struct text name);
struct organization *directory_at(
    const struct directory *directory, int32_t number);
/* The stream of that number, or NULL if no organization has it. */
struct stream *directory_stream(
    const struct directory *directory, int64_t number);

/* What a worker or an operator says about an organization. */
struct organization_facts {
	int64_t number;
	struct text name;
	struct text zone;
	int64_t revision;
};

/* Takes it in. 0: known already (the revision may be newer); 1: it is new.
 * -EINVAL: a bad name, number or revision; -EEXIST: its number has another
 * name, or the name another number; -ENOENT: an unknown time zone; -ENOSPC:
 * too many; -ENOMEM. */
MUST_CHECK int directory_learn(struct directory *directory,
    const struct organization_facts *facts, struct organization **ret);

/* A sentence for such an error. */
const char *directory_complaint(int error);

#endif
