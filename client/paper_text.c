/* Plain text of 80 columns. */
#include <stdlib.h>
#include <string.h>

#include "paper.h"

#define WIDTH        79
#define LABEL_WIDTH  14
#define CREDIT_WIDTH 8

/* Columns that a piece of text takes, taking each character as one. */
static int columns_of(const char *text, size_t length)
{
	int columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* Writes text from `column` on, folded at WIDTH with `indent` in front of the
 * further lines, and ends the line. */
static void fold(FILE *out, int column, int indent, const char *text)
{
	bool first = true;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		int wide = columns_of(text, length);

		if (length > 0 && !first && column + 1 + wide > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
			first = true;
		}
		if (length > 0) {
			fprintf(
			    out, "%s%.*s", first ? "" : " ", (int)length, text);
			column += wide + !first;
			first = false;
		}
		text += length;
		text += *text == ' ';
	}
	fputc('\n', out);
}

static void text_open(struct paper *paper, const char *title)
{
	(void)paper;
	(void)title;
}

static void text_begin(struct paper *paper, enum paper_block block)
{
	bool apart = block == PAPER_HEADING ||
		     (block == PAPER_PARAGRAPH &&
			 paper->block != PAPER_HEADING && paper->level < 3);

	if (paper->block != PAPER_NOTHING && apart)
		fputc('\n', paper->out);
}

static void text_end(struct paper *paper, enum paper_block block)
{
	(void)paper;
	(void)block;
}

static void text_heading(struct paper *paper, int level, const char *text)
{
	static const char line[] =
	    "==================================="
	    "=============================================";
	int wide = columns_of(text, strlen(text));

	paper->indent = level > 2 ? 2 * (level - 2) : 0;
	fprintf(paper->out, "%*s%s", level > 3 ? 2 : 0, "",
	    paint(paper->colour, PAINT_BOLD));
	fold(paper->out, level > 3 ? 2 : 0, level > 3 ? 4 : 2, text);
	fputs(paint(paper->colour, PAINT_PLAIN), paper->out);
	if (level <= 2)
		fprintf(paper->out, "%.*s\n", wide < WIDTH ? wide : WIDTH,
		    level == 1
			? line
			: "-----------------------------------"
			  "---------------------------------------------");
}

static void text_paragraph(
    struct paper *paper, enum paint how, const char *text)
{
	fprintf(paper->out, "%*s%s", paper->indent, "",
	    paint(paper->colour && how != PAINT_PLAIN, how));
	fold(paper->out, paper->indent, paper->indent, text);
	if (how != PAINT_PLAIN)
		fputs(paint(paper->colour, PAINT_PLAIN), paper->out);
}

static void text_pair(
    struct paper *paper, const char *label, enum paint how, const char *value)
{
	int wide = columns_of(label, strlen(label));
	int from = paper->indent + LABEL_WIDTH + 2;

	fprintf(paper->out, "%*s%s%s%*s%s", paper->indent, "", label,
	    *label ? ":" : " ", wide < LABEL_WIDTH ? LABEL_WIDTH - wide + 1 : 1,
	    "", paint(paper->colour && how != PAINT_PLAIN, how));
	fold(paper->out, from, from, value);
	if (how != PAINT_PLAIN)
		fputs(paint(paper->colour, PAINT_PLAIN), paper->out);
}

static void text_item(struct paper *paper, const char *text)
{
	fprintf(paper->out, "%*s- ", paper->indent, "");
	fold(paper->out, paper->indent + 2, paper->indent + 2, text);
}

static void text_step(struct paper *paper, const struct paper_step *step)
{
	int from = paper->indent + CREDIT_WIDTH + 2;

	fprintf(paper->out, "%*s%*s  ", paper->indent, "", CREDIT_WIDTH,
	    step->credits);
	fold(paper->out, from, from, step->note);
	if (*step->rule == '\0')
		return;
	fprintf(paper->out, "%*s%srule: ", from, "",
	    paint(paper->colour, PAINT_DIM));
	fold(paper->out, from + 6, from + 6, step->rule);
	if (*step->source != '\0') {
		fprintf(paper->out, "%*s", from + 6, "");
		fold(paper->out, from + 6, from + 6, step->source);
	}
	fputs(paint(paper->colour, PAINT_PLAIN), paper->out);
}

static void text_close(struct paper *paper)
{
	(void)paper;
}

const struct paper_writer paper_text = {
    .open = text_open,
    .begin = text_begin,
    .end = text_end,
    .heading = text_heading,
    .paragraph = text_paragraph,
    .pair = text_pair,
    .item = text_item,
    .step = text_step,
    .close = text_close,
};
