/* How a member stands, kept in one exactly sized piece of memory: rulings are
 * made in scratch memory, and most of what is in them explains them. */
#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "member.h"

/* Takes pieces from a block; without a block it only adds up their sizes. */
struct packer {
	char *block;
	size_t used;
};

static void *take(struct packer *packer, size_t size)
{
	const size_t step = alignof(max_align_t);
	size_t at = packer->used;

	packer->used += (size + step - 1) / step * step;
	return packer->block != NULL ? packer->block + at : NULL;
}

static struct text pack_text(struct packer *packer, struct text text)
{
	char *copy;

	if (text.at == NULL)
		return TEXT_NONE;
	copy = take(packer, text.length + 1);
	if (copy != NULL && text.length > 0)
		memcpy(copy, text.at, text.length);
	return (struct text){copy, text.length};
}

static struct text_list pack_list(struct packer *packer, struct text_list list)
{
	struct text *item = take(packer, list.count * sizeof(*item));

	for (size_t i = 0; i < list.count; i++) {
		struct text text = pack_text(packer, list.item[i]);

		if (item != NULL)
			item[i] = text;
	}
	return (struct text_list){item, list.count};
}

static void pack_periods(
    struct packer *packer, const struct ruling *ruling, struct ruling *ret)
{
	struct period *list = take(packer, ruling->periods * sizeof(*list));

	for (size_t i = 0; i < ruling->periods; i++) {
		struct period period = ruling->period[i];

		period.designation = pack_text(packer, period.designation);
		period.missing = pack_list(packer, period.missing);
		if (list != NULL)
			list[i] = period;
	}
	ret->period = list;
	ret->periods = ruling->periods;
}

static void pack_requests(
    struct packer *packer, const struct ruling *ruling, struct ruling *ret)
{
	struct request *list = take(packer, ruling->requests * sizeof(*list));

	for (size_t i = 0; i < ruling->requests; i++) {
		struct request request = ruling->request[i];
		size_t size = request.flag_count * sizeof(*request.flags);
		enum reason *flags = take(packer, size);

		if (flags != NULL && size > 0)
			memcpy(flags, request.flags, size);
		request.flags = flags;
		request.name = pack_text(packer, request.name);
		request.missing = pack_list(packer, request.missing);
		request.currency = pack_text(packer, request.currency);
		if (list != NULL)
			list[i] = request;
	}
	ret->request = list;
	ret->requests = ruling->requests;
}

static struct ruling pack(struct packer *packer, const struct ruling *ruling)
{
	struct ruling packed = {.program = ruling->program,
	    .today = ruling->today,
	    .next_due = ruling->next_due};

	pack_periods(packer, ruling, &packed);
	pack_requests(packer, ruling, &packed);
	return packed;
}

int member_stand(struct member *member, const struct ruling *ruling)
{
	struct packer packer = {NULL, 0};
	size_t size;

	(void)pack(&packer, ruling);
	size = packer.used;
	packer = (struct packer){malloc(size + 1), 0};
	if (packer.block == NULL)
		return -ENOMEM;
	member->standing = pack(&packer, ruling);
	assert(packer.used == size);
	free(member->standing_memory);
	member->standing_memory = packer.block;
	member->standing_size = size;
	member->has_standing = true;
	return 0;
}
