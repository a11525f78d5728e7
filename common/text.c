/* Borrowed text: comparing it and checking its syntax. */
#include "text.h"

#include <stdint.h>
#include <string.h>

bool text_is(struct text a, const char *string)
{
	return text_equal(a, text_of(string));
}

int text_compare(struct text a, struct text b)
{
	size_t least = a.length < b.length ? a.length : b.length;
	int order;

	if (a.at == NULL || b.at == NULL)
		return (a.at != NULL) - (b.at != NULL);
	order = least == 0 ? 0 : memcmp(a.at, b.at, least);
	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool text_equal_nocase(struct text a, struct text b)
{
	if (a.at == NULL || b.at == NULL)
		return a.at == b.at;
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++) {
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	}
	return true;
}

/* The length of the UTF-8 sequence at `p` (1 to 4), or 0 if there is none.
 * `left` > 0 bytes remain. The range of the second byte is what keeps overlong
 * forms, surrogates and everything above U+10FFFF out. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
	unsigned char least = 0x80, most = 0xbf;
	size_t length;

	if (p[0] < 0x80)
		return p[0] != 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (length > left)
		return 0;
	if (p[0] == 0xe0)
		least = 0xa0;
	else if (p[0] == 0xed)
		most = 0x9f;
	else if (p[0] == 0xf0)
		least = 0x90;
	else if (p[0] == 0xf4)
		most = 0x8f;
	if (p[1] < least || p[1] > most)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	}
	return length;
}

/* Bytes from `at` on that are plain ASCII without NUL, by eights. */
static size_t ascii_run(const unsigned char *at, size_t left)
{
	const uint64_t highs = UINT64_C(0x8080808080808080);
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t run = 0;

	while (left - run >= sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, at + run, sizeof(word));
		/* a high bit is set, or subtracting one borrows from a zero */
		if (((word | (word - ones)) & highs) != 0)
			break;
		run += sizeof(word);
	}
	return run;
}

bool text_is_utf8(struct text a)
{
	const unsigned char *at = (const unsigned char *)a.at;
	size_t left = a.length;

	while (left > 0) {
		size_t step = ascii_run(at, left);

		if (step == 0)
			step = utf8_sequence(at, left);
		if (step == 0)
			return false;
		at += step;
		left -= step;
	}
	return true;
}

bool text_is_id(struct text a, size_t most)
{
	if (a.at == NULL || a.length == 0 || a.length > most)
		return false;
	for (size_t i = 0; i < a.length; i++) {
		if (a.at[i] <= ' ' || a.at[i] > '~')
			return false;
	}
	return true;
}

static bool is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool text_is_organization(struct text a)
{
	if (a.at == NULL || a.length == 0 || a.length > 32 ||
	    !is_lower(a.at[0]))
		return false;
	for (size_t i = 1; i < a.length; i++) {
		if (!is_lower(a.at[i]) && !is_digit(a.at[i]) && a.at[i] != '-')
			return false;
	}
	return true;
}

bool text_is_member_number(struct text a)
{
	if (a.at == NULL || a.length == 0 || a.length > 64)
		return false;
	for (size_t i = 0; i < a.length; i++) {
		char c = a.at[i];

		if (!is_lower(lower(c)) && !is_digit(c) && c != '.' &&
		    c != '_' && c != '-')
			return false;
	}
	return true;
}

bool text_split_member(
    struct text member, struct text *ret_organization, struct text *ret_number)
{
	const char *slash;
	struct text organization, number;

	if (member.at == NULL || member.length == 0)
		return false;
	slash = memchr(member.at, '/', member.length);
	if (slash == NULL)
		return false;
	organization.at = member.at;
	organization.length = (size_t)(slash - member.at);
	number.at = slash + 1;
	number.length = member.length - organization.length - 1;
	if (!text_is_organization(organization) ||
	    !text_is_member_number(number))
		return false;
	*ret_organization = organization;
	*ret_number = number;
	return true;
}

struct text text_head(struct text a, size_t most)
{
	if (a.length <= most)
		return a;
	/* back to where a sequence begins: what follows it is dropped */
	while (most > 0 && ((unsigned char)a.at[most] & 0xc0) == 0x80)
		most--;
	return (struct text){a.at, most};
}
