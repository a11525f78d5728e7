/* A page for people: its parts, whatever its form. */
#include "paper.h"

static const struct paper_writer *writer_of(const struct paper *paper)
{
	static const struct paper_writer *const writers[] = {
	    [PAPER_TEXT] = &paper_text,
	    [PAPER_MARKDOWN] = &paper_markdown,
	    [PAPER_HTML] = &paper_html,
	};

	return writers[paper->form];
}

/* The next part is of that block. Headings and paragraphs are one each. */
static const struct paper_writer *turn_to(
    struct paper *paper, enum paper_block block)
{
	const struct paper_writer *writer = writer_of(paper);

	if (paper->block == block && block > PAPER_PARAGRAPH)
		return writer;
	if (paper->block != PAPER_NOTHING)
		writer->end(paper, paper->block);
	writer->begin(paper, block);
	paper->block = block;
	return writer;
}

void paper_open(struct paper *paper, FILE *out, enum paper_form form,
    bool colour, const char *title)
{
	*paper = (struct paper){.out = out, .form = form, .colour = colour};
	writer_of(paper)->open(paper, title);
}

void paper_heading(struct paper *paper, int level, const char *text)
{
	turn_to(paper, PAPER_HEADING)->heading(paper, level, text);
	paper->level = level;
}

void paper_paragraph(struct paper *paper, enum paint paint, const char *text)
{
	turn_to(paper, PAPER_PARAGRAPH)->paragraph(paper, paint, text);
}

void paper_pair(
    struct paper *paper, const char *label, enum paint paint, const char *value)
{
	turn_to(paper, PAPER_PAIRS)->pair(paper, label, paint, value);
}

void paper_item(struct paper *paper, const char *text)
{
	turn_to(paper, PAPER_ITEMS)->item(paper, text);
}

void paper_step(struct paper *paper, const struct paper_step *step)
{
	turn_to(paper, PAPER_STEPS)->step(paper, step);
}

bool paper_close(struct paper *paper)
{
	const struct paper_writer *writer = writer_of(paper);

	if (paper->block != PAPER_NOTHING)
		writer->end(paper, paper->block);
	paper->block = PAPER_NOTHING;
	writer->close(paper);
	return fflush(paper->out) == 0 && !ferror(paper->out);
}
