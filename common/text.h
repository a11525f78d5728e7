/* A piece of text that somebody else owns: bytes and a length, no NUL. */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MUST_CHECK __attribute__((warn_unused_result))

/* Borrowed bytes; absent text is {NULL, 0}, empty text has a non-NULL `at`. */
struct text {
	const char *at;
	size_t length;
};

#define TEXT(literal) ((struct text){("" literal), sizeof(literal) - 1})
#define TEXT_NONE     ((struct text){NULL, 0})
/* For printf("%.*s", TEXT_ARGS(t)). */
#define TEXT_ARGS(t) (int)(t).length, ((t).at != NULL ? (t).at : "")

/* The text of a C string, borrowed; TEXT_NONE for NULL. */
static inline struct text text_of(const char *string)
{
	return string == NULL ? TEXT_NONE
			      : (struct text){string, strlen(string)};
}

/* Equal bytes; absent equals absent only. */
static inline bool text_equal(struct text a, struct text b)
{
	if (a.at == NULL || b.at == NULL)
		return a.at == b.at;
	return a.length == b.length &&
	       (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool text_is(struct text a, const char *string);

/* Bytewise order, a prefix first, absent before all: <0, 0, >0. */
int text_compare(struct text a, struct text b);

/* Equal without regard to the case of ASCII letters. */
bool text_equal_nocase(struct text a, struct text b);

/* Valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF), no NUL. */
bool text_is_utf8(struct text a);

/* 1 to `most` printable ASCII characters without spaces (protocol: ids). */
bool text_is_id(struct text a, size_t most);

/* `organization/number` (protocol, section 1). On success gives the two
 * halves, borrowed from `member`. */
MUST_CHECK bool text_split_member(
    struct text member, struct text *ret_organization, struct text *ret_number);

/* An organization's name: [a-z][a-z0-9-]{0,31}. */
bool text_is_organization(struct text a);

/* A member's number within an organization: 1 to 64 of [A-Za-z0-9._-]. */
bool text_is_member_number(struct text a);

/* The first `most` bytes, fewer where that would cut a UTF-8 sequence apart. */
struct text text_head(struct text a, size_t most);

#endif
