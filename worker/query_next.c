/* The opaque `next` of a list: the key of its last item, as text. */
#include <assert.h>
#include <string.h>

#include "query_decode.h"

struct text query_next_write(
    const struct text *part, size_t count, char buffer[QUERY_NEXT_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		/* ids and members are at most 128 bytes: 4 parts do fit */
		assert(part[i].length > 0);
		assert(part[i].length < QUERY_NEXT_SIZE - used);
		if (i > 0)
			buffer[used++] = ' ';
		memcpy(buffer + used, part[i].at, part[i].length);
		used += part[i].length;
	}
	return (struct text){buffer, used};
}

bool query_next_read(struct text next, size_t count, struct text *ret_part)
{
	const char *at = next.at, *end = next.at + next.length;

	for (size_t i = 0; i < count; i++) {
		const char *stop = memchr(at, ' ', (size_t)(end - at));

		if (i + 1 == count && stop != NULL)
			return false;
		if (stop == NULL)
			stop = end;
		if (stop == at || (i + 1 < count && stop == end))
			return false;
		ret_part[i] = (struct text){at, (size_t)(stop - at)};
		at = stop == end ? end : stop + 1;
	}
	return true;
}

bool query_number(struct text text, int64_t *ret)
{
	int64_t value = 0;

	if (text.length == 0 || text.length > 18)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		value = value * 10 + (text.at[i] - '0');
	}
	*ret = value;
	return true;
}
