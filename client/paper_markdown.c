/* Markdown, as CommonMark has it, with the tables that most readers know. */
#include <string.h>

#include "paper.h"

static void put(struct paper *paper, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_[]<>|~&#", *text) != NULL)
			fputc('\\', paper->out);
		fputc(*text, paper->out);
	}
}

/* At the begin of a line "1." and "-" would make a list. */
static void put_line(struct paper *paper, const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits > 0 && text[digits] == '.') {
		fprintf(paper->out, "%.*s\\.", (int)digits, text);
		text += digits + 1;
	} else if (*text == '-' || *text == '=') {
		fputc('\\', paper->out);
	}
	put(paper, text);
}

static void md_open(struct paper *paper, const char *title)
{
	(void)paper;
	(void)title;
}

static void md_begin(struct paper *paper, enum paper_block block)
{
	if (paper->block != PAPER_NOTHING)
		fputc('\n', paper->out);
	if (block == PAPER_PAIRS)
		fputs("| | |\n|---|---|\n", paper->out);
	if (block == PAPER_STEPS)
		fputs("| credits | why | rule |\n|---:|---|---|\n", paper->out);
}

static void md_end(struct paper *paper, enum paper_block block)
{
	(void)paper;
	(void)block;
}

static void md_heading(struct paper *paper, int level, const char *text)
{
	fprintf(paper->out, "%.*s ", level, "####");
	put(paper, text);
	fputc('\n', paper->out);
}

static void md_paragraph(struct paper *paper, enum paint how, const char *text)
{
	bool strong = how == PAINT_ODD || how == PAINT_BAD;

	if (strong)
		fputs("**", paper->out);
	put_line(paper, text);
	fputs(strong ? "**\n" : "\n", paper->out);
}

static void md_pair(
    struct paper *paper, const char *label, enum paint how, const char *value)
{
	bool strong = how != PAINT_PLAIN && how != PAINT_DIM && *value != '\0';

	fputs("| ", paper->out);
	put(paper, label);
	fputs(strong ? " | **" : " | ", paper->out);
	put(paper, value);
	fputs(strong ? "** |\n" : " |\n", paper->out);
}

static void md_item(struct paper *paper, const char *text)
{
	fputs("- ", paper->out);
	put_line(paper, text);
	fputc('\n', paper->out);
}

static void md_step(struct paper *paper, const struct paper_step *step)
{
	fprintf(paper->out, "| %s | ", step->credits);
	put(paper, step->note);
	fputs(" | ", paper->out);
	put(paper, step->rule);
	if (*step->source != '\0') {
		fputs(" (", paper->out);
		put(paper, step->source);
		fputc(')', paper->out);
	}
	fputs(" |\n", paper->out);
}

static void md_close(struct paper *paper)
{
	(void)paper;
}

const struct paper_writer paper_markdown = {
    .open = md_open,
    .begin = md_begin,
    .end = md_end,
    .heading = md_heading,
    .paragraph = md_paragraph,
    .pair = md_pair,
    .item = md_item,
    .step = md_step,
    .close = md_close,
};
