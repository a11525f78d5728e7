/* Text of an explanation, put together piece by piece. */
#include "explain_work.h"

#include <string.h>

const char *word_get(const json_t *map, const char *key, struct word *word)
{
	return table_get(map, key, word->text, sizeof(word->text));
}

bool word_has(const json_t *map, const char *key)
{
	const json_t *value = json_object_get(map, key);

	return value != NULL && !json_is_null(value);
}

void word_add(struct word *word, const char *text)
{
	size_t length = strlen(word->text);

	snprintf(word->text + length, sizeof(word->text) - length, "%s", text);
}

void word_join(struct word *word, const char *between, const char *text)
{
	if (*text == '\0')
		return;
	if (*word->text != '\0')
		word_add(word, between);
	word_add(word, text);
}

const char *word_plain(struct word *word)
{
	for (char *at = word->text; *at != '\0'; at++)
		if (*at == '_')
			*at = ' ';
	return word->text;
}

void word_add_rule(struct word *word, const json_t *map)
{
	struct word rule, source;

	if (*word_get(map, "rule", &rule) == '\0')
		return;
	word_add(word, " (");
	word_add(word, rule.text);
	if (*word_get(map, "source", &source)) {
		word_add(word, "; ");
		word_add(word, source.text);
	}
	word_add(word, ")");
}
