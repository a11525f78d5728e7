/* One pass over a whole msgpack value that says whether it may be looked at.
 *
 * The open maps and arrays stand on a stack; the keys of open maps stand on
 * another, each map's keys together on top of it when the map ends, where they
 * are compared. So nothing is walked twice, and time is bounded for every
 * input: small maps pairwise, big ones sorted. */
#include "wire.h"

#include <string.h>

#define DEPTH_MOST    32
#define KEYS_MOST     2048 /* of all open maps together */
#define PAIRWISE_MOST 64

struct level {
	uint64_t left; /* values still to come, keys included */
	bool is_map;
	size_t first_key; /* where its keys begin */
};

struct check {
	const struct wire_limits *limits;
	struct wire_reader reader;
	unsigned elements;
	unsigned depth;
	struct level level[DEPTH_MOST];
	size_t key_count;
	struct text repeated; /* the key that a map has twice */
	struct text key[KEYS_MOST];
};

static const char *const cut_short =
    "the msgpack is cut short or has a byte that means nothing";

static bool pairwise_repeats(
    const struct text *key, size_t count, struct text *ret)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (key[i].length == key[j].length &&
			    memcmp(key[i].at, key[j].at, key[i].length) == 0) {
				*ret = key[i];
				return true;
			}
		}
	}
	return false;
}

/* Restores the heap (greatest on top) below `top`. */
static void sift(struct text *key, size_t top, size_t count)
{
	for (;;) {
		size_t child = 2 * top + 1;
		struct text swap;

		if (child >= count)
			return;
		if (child + 1 < count &&
		    text_compare(key[child], key[child + 1]) < 0)
			child++;
		if (text_compare(key[top], key[child]) >= 0)
			return;
		swap = key[top];
		key[top] = key[child];
		key[child] = swap;
		top = child;
	}
}

/* Takes the keys in descending order from a heap: n log n for every input,
 * in place. Equal keys come one after the other. */
static bool sorted_repeats(struct text *key, size_t count, struct text *ret)
{
	for (size_t i = count / 2; i-- > 0;)
		sift(key, i, count);
	for (size_t left = count; left > 1; left--) {
		struct text greatest = key[0];

		key[0] = key[left - 1];
		sift(key, 0, left - 1);
		if (text_equal(greatest, key[0])) {
			*ret = greatest;
			return true;
		}
	}
	return false;
}

static const char *close_level(struct check *check)
{
	struct level *level = &check->level[--check->depth];
	size_t count = check->key_count - level->first_key;
	struct text *key = check->key + level->first_key;

	if (!level->is_map || !check->limits->partner)
		return NULL;
	check->key_count = level->first_key;
	if (count <= PAIRWISE_MOST
		? pairwise_repeats(key, count, &check->repeated)
		: sorted_repeats(key, count, &check->repeated))
		return "a map has the same key twice";
	return NULL;
}

static const char *open_level(struct check *check, bool is_map)
{
	struct level *level;
	uint32_t count;

	if (check->depth >= check->limits->depth || check->depth >= DEPTH_MOST)
		return "maps and lists are nested deeper than allowed";
	if (!(is_map ? wire_read_map(&check->reader, &count)
		     : wire_read_array(&check->reader, &count)))
		return cut_short;
	level = &check->level[check->depth++];
	level->left = is_map ? (uint64_t)count * 2 : count;
	level->is_map = is_map;
	level->first_key = check->key_count;
	return NULL;
}

/* The next value is a key of the innermost map. */
static bool is_key(const struct check *check)
{
	const struct level *level;

	if (check->depth == 0)
		return false;
	level = &check->level[check->depth - 1];
	return level->is_map && level->left % 2 == 0;
}

static const char *check_text(struct check *check, bool key)
{
	struct text text;

	if (!wire_read_text(&check->reader, &text))
		return cut_short;
	if (!text_is_utf8(text))
		return "text is not valid UTF-8 without NUL";
	if (!key || !check->limits->partner)
		return NULL;
	if (check->key_count == KEYS_MOST)
		return "maps have more keys than allowed";
	check->key[check->key_count++] = text;
	return NULL;
}

static const char *check_value(struct check *check)
{
	enum wire_type type = wire_peek(&check->reader);
	bool partner = check->limits->partner;
	bool key = is_key(check);

	if (++check->elements > check->limits->elements)
		return "there are more values than allowed";
	if (key && partner && type != WIRE_STR && type != WIRE_BROKEN)
		return "a key is not text (msgpack str)";
	if (check->depth > 0)
		check->level[check->depth - 1].left--;
	switch (type) {
	case WIRE_STR:
		return check_text(check, key);
	case WIRE_MAP:
	case WIRE_ARRAY:
		return open_level(check, type == WIRE_MAP);
	case WIRE_BROKEN:
		return cut_short;
	case WIRE_BIN:
		if (partner)
			return "binary data (msgpack bin) is not allowed";
		break;
	case WIRE_EXT:
		if (partner)
			return "extension types (msgpack ext) are not allowed";
		break;
	default:
		break;
	}
	return wire_skip(&check->reader, NULL) ? NULL : cut_short;
}

const char *wire_check(
    const void *bytes, size_t size, const struct wire_limits *limits)
{
	struct text repeated;

	return wire_check_keys(bytes, size, limits, &repeated);
}

const char *wire_check_keys(const void *bytes, size_t size,
    const struct wire_limits *limits, struct text *ret_repeated)
{
	struct check check; /* not zeroed: most of the keys are never used */
	const char *wrong;

	check.limits = limits;
	check.reader = wire_reader(bytes, size);
	check.elements = 0;
	check.depth = 0;
	check.key_count = 0;
	check.repeated = TEXT_NONE;
	wrong = check_value(&check);
	while (wrong == NULL && check.depth > 0) {
		if (check.level[check.depth - 1].left == 0)
			wrong = close_level(&check);
		else
			wrong = check_value(&check);
	}
	if (wrong == NULL && check.reader.at != check.reader.end)
		wrong = "there are bytes after the end of the msgpack";
	*ret_repeated = check.repeated;
	return wrong;
}
