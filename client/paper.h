/* A page for people in one of three forms: plain text of 80 columns, Markdown,
 * or HTML that stands alone and prints well.
 *
 * Its parts are written one after the other; a run of parts of one sort makes
 * one block (a table of pairs, a list, a table of steps), which ends by itself
 * where another sort begins. All text is taken as it is: what would mean
 * something in the form is escaped. */
#ifndef CLIENT_PAPER_H
#define CLIENT_PAPER_H

#include <stdio.h>

#include "table.h"

enum paper_form { PAPER_TEXT, PAPER_MARKDOWN, PAPER_HTML };

enum paper_block {
	PAPER_NOTHING, /* at the begin */
	PAPER_HEADING,
	PAPER_PARAGRAPH,
	PAPER_PAIRS,
	PAPER_ITEMS,
	PAPER_STEPS
};

struct paper {
	FILE *out;
	enum paper_form form;
	bool colour; /* PAPER_TEXT */
	enum paper_block block;
	int level;   /* of the last heading */
	int indent;  /* PAPER_TEXT */
	int section; /* PAPER_HTML: open sections */
};

/* A step of a ruling; what is "" is left out. */
struct paper_step {
	const char *credits, *note, *rule, *source;
};

void paper_open(struct paper *paper, FILE *out, enum paper_form form,
    bool colour, const char *title);
/* Level 1 is the page's title, 4 the deepest. */
void paper_heading(struct paper *paper, int level, const char *text);
void paper_paragraph(struct paper *paper, enum paint paint, const char *text);
void paper_pair(struct paper *paper, const char *label, enum paint paint,
    const char *value);
void paper_item(struct paper *paper, const char *text);
void paper_step(struct paper *paper, const struct paper_step *step);
/* False if it could not be written in full. */
bool paper_close(struct paper *paper);

/* ---- the forms, private to paper*.c */
struct paper_writer {
	void (*open)(struct paper *paper, const char *title);
	/* A block begins, or ends. */
	void (*begin)(struct paper *paper, enum paper_block block);
	void (*end)(struct paper *paper, enum paper_block block);
	void (*heading)(struct paper *paper, int level, const char *text);
	void (*paragraph)(
	    struct paper *paper, enum paint paint, const char *text);
	void (*pair)(struct paper *paper, const char *label, enum paint paint,
	    const char *value);
	void (*item)(struct paper *paper, const char *text);
	void (*step)(struct paper *paper, const struct paper_step *step);
	void (*close)(struct paper *paper);
};
extern const struct paper_writer paper_text, paper_markdown, paper_html;

#endif
