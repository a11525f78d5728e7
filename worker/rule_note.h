/* A sentence, piece by piece, cut to fit (rule_words.c). */
#ifndef WORKER_RULE_NOTE_H
#define WORKER_RULE_NOTE_H

#include <string.h>

#include "program.h"

struct note {
	char *at;
	size_t length, size; /* of the room; none once something was cut */
	const struct program *program;
	struct text unit; /* the program's */
};

/* As much of it as fits. */
void note_cut(struct note *note, struct text text);
static inline void note_text(struct note *note, struct text text)
{
	if (text.length > note->size - note->length) {
		note_cut(note, text);
	} else if (text.length > 0) {
		memcpy(note->at + note->length, text.at, text.length);
		note->length += text.length;
	}
}
static inline void note_words(struct note *note, const char *words)
{
	note_text(note, text_of(words));
}
void note_count(struct note *note, int64_t count);
void note_number(struct note *note, credit_t number);   /* "2.0" */
void note_credits(struct note *note, credit_t credits); /* "2.0 CEC" */
void note_money(struct note *note, money_t amount, struct text currency);
void note_date(struct note *note, date_t date);
void note_percent(struct note *note, int64_t percent); /* "33 %" */

#endif
