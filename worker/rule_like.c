/* Activities that agree in some fields, found by hash. */
#include <string.h>

#include "rule_like.h"

bool rule_agree(
    const struct activity *a, const struct activity *b, unsigned fields)
{
	if ((fields & SAME_COMPLETED_ON) && a->completed_on != b->completed_on)
		return false;
	if ((fields & SAME_ROLE) && a->role != b->role)
		return false;
	return (!(fields & SAME_KIND) || text_equal(a->kind, b->kind)) &&
	       (!(fields & SAME_CODE) || text_equal(a->code, b->code)) &&
	       (!(fields & SAME_CATEGORY) ||
		   text_equal(a->category, b->category)) &&
	       (!(fields & SAME_TITLE) || text_equal(a->title, b->title)) &&
	       (!(fields & SAME_PROVIDER) ||
		   text_equal(a->provider, b->provider));
}

/* Text often differs in its last bytes only, which are the high ones of a word:
 * multiplying carries upwards, so the halves change places before. */
static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value;
	return (hash << 32 | hash >> 32) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Up to eight bytes as a number. */
static uint64_t read_word(const char *at, size_t length)
{
	uint64_t word = 0;

	if (length == sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		return word;
	}
	while (length > 0)
		word = word << 8 | (unsigned char)at[--length];
	return word;
}

uint64_t rule_hash_text(uint64_t hash, struct text text)
{
	size_t left = text.at == NULL ? 0 : text.length;
	const char *at = text.at;

	hash = mix(hash, text.at == NULL ? UINT64_MAX : text.length);
	for (; left > sizeof(uint64_t); left -= sizeof(uint64_t)) {
		hash = mix(hash, read_word(at, sizeof(uint64_t)));
		at += sizeof(uint64_t);
	}
	if (left == 0)
		return hash;
	/* The last eight again: quicker than a few bytes one by one. */
	return mix(hash,
	    text.length < sizeof(uint64_t)
		? read_word(at, left)
		: read_word(at + left - sizeof(uint64_t), sizeof(uint64_t)));
}

/* Equal for activities that agree in the fields. */
static uint64_t hash_of(const struct activity *a, unsigned fields)
{
	uint64_t hash = fields;

	if (fields & SAME_COMPLETED_ON)
		hash = mix(hash, (uint64_t)a->completed_on);
	if (fields & SAME_ROLE)
		hash = mix(hash, (uint64_t)a->role);
	if (fields & SAME_KIND)
		hash = rule_hash_text(hash, a->kind);
	if (fields & SAME_CODE)
		hash = rule_hash_text(hash, a->code);
	if (fields & SAME_CATEGORY)
		hash = rule_hash_text(hash, a->category);
	if (fields & SAME_TITLE)
		hash = rule_hash_text(hash, a->title);
	if (fields & SAME_PROVIDER)
		hash = rule_hash_text(hash, a->provider);
	return hash ^ hash >> 32;
}

bool rule_likes_make(
    struct work *work, struct likes *likes, unsigned fields, size_t most)
{
	size_t size = 8;

	while (size < 2 * most)
		size *= 2;
	likes->fields = fields;
	likes->size = size;
	likes->table = rule_take(work, size, sizeof(*likes->table));
	return likes->table != NULL;
}

struct like *rule_like(
    const struct likes *likes, const struct activity *activity)
{
	size_t at =
	    (size_t)hash_of(activity, likes->fields) & (likes->size - 1);

	while (likes->table[at].activity != NULL &&
	       !rule_agree(activity, likes->table[at].activity, likes->fields))
		at = (at + 1) & (likes->size - 1);
	return &likes->table[at];
}
