/* HTML that stands alone: no other file, no script; it prints on A4 and Letter
 * and reads on a telephone. */
#include "paper.h"

static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;"
    "padding:0 1rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.6rem;margin:0 0 .5rem}"
    "h2{font-size:1.25rem;margin:2rem 0 .5rem;padding-bottom:.25rem;"
    "border-bottom:2px solid #1a1a1a}"
    "h3{font-size:1.05rem;margin:1.5rem 0 .25rem}"
    "h4{font-size:1rem;margin:1rem 0 .25rem}"
    "p{margin:.25rem 0}ul{margin:.25rem 0;padding-left:1.25rem}"
    "table{border-collapse:collapse;width:100%;margin:.25rem 0;"
    "font-size:.9rem}"
    "th{text-align:left;font-weight:600;border-bottom:1px solid #999}"
    "td{vertical-align:top;border-bottom:1px solid #ddd}"
    "th,td{padding:.15rem .5rem .15rem 0}"
    ".pairs{font-size:1rem;margin:.5rem 0}.pairs th,.pairs td{border:0}"
    ".pairs th{width:9rem;font-weight:400;color:#555;vertical-align:top}"
    "td.n,th.n{text-align:right;padding-right:1rem;"
    "font-variant-numeric:tabular-nums}"
    ".rule{color:#555}.good{color:#146c2e;font-weight:600}"
    ".odd{color:#8a5a00;font-weight:600}.bad{color:#a81010;font-weight:600}"
    ".dim{color:#555}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}"
    "h2{border-color:#e6e6e6}.pairs th,.rule,.dim{color:#a6a6a6}"
    "td{border-color:#3a3a3a}.good{color:#6fcf8a}.odd{color:#e5b455}"
    ".bad{color:#ff8a80}}"
    "@media print{@page{margin:18mm}body{font-size:10.5pt;margin:0;padding:0;"
    "max-width:none;color:#000;background:#fff}h2,h3,h4{break-after:avoid}"
    "section.claim,tr,.pairs{break-inside:avoid}"
    ".good,.odd,.bad,.rule,.dim,.pairs th{color:#000}}";

static void put(struct paper *paper, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", paper->out);
			break;
		case '<':
			fputs("&lt;", paper->out);
			break;
		case '>':
			fputs("&gt;", paper->out);
			break;
		case '"':
			fputs("&quot;", paper->out);
			break;
		default:
			fputc(*text, paper->out);
		}
	}
}

static const char *class_of(enum paint how)
{
	static const char *const name[] = {
	    [PAINT_PLAIN] = "",
	    [PAINT_BOLD] = "",
	    [PAINT_DIM] = " class=\"dim\"",
	    [PAINT_GOOD] = " class=\"good\"",
	    [PAINT_ODD] = " class=\"odd\"",
	    [PAINT_BAD] = " class=\"bad\"",
	};

	return name[how];
}

static void html_open(struct paper *paper, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\">\n<title>",
	    paper->out);
	put(paper, title);
	fprintf(paper->out, "</title>\n<style>%s</style>\n</head>\n<body>\n",
	    style);
}

static void html_begin(struct paper *paper, enum paper_block block)
{
	if (block == PAPER_PAIRS)
		fputs("<table class=\"pairs\">\n", paper->out);
	if (block == PAPER_ITEMS)
		fputs("<ul>\n", paper->out);
	if (block == PAPER_STEPS)
		fputs("<table>\n<tr><th class=\"n\">credits</th><th>why</th>"
		      "</tr>\n",
		    paper->out);
}

static void html_end(struct paper *paper, enum paper_block block)
{
	if (block == PAPER_ITEMS)
		fputs("</ul>\n", paper->out);
	if (block == PAPER_PAIRS || block == PAPER_STEPS)
		fputs("</table>\n", paper->out);
}

/* A section is open for each deepest heading, so that a claim is not torn
 * apart where pages end. */
static void html_heading(struct paper *paper, int level, const char *text)
{
	if (paper->section > 0)
		fputs("</section>\n", paper->out);
	paper->section = level == 4;
	if (level == 4)
		fputs("<section class=\"claim\">\n", paper->out);
	fprintf(paper->out, "<h%d>", level);
	put(paper, text);
	fprintf(paper->out, "</h%d>\n", level);
}

static void html_paragraph(
    struct paper *paper, enum paint how, const char *text)
{
	fprintf(paper->out, "<p%s>", class_of(how));
	put(paper, text);
	fputs("</p>\n", paper->out);
}

static void html_pair(
    struct paper *paper, const char *label, enum paint how, const char *value)
{
	fputs("<tr><th scope=\"row\">", paper->out);
	put(paper, label);
	fprintf(paper->out, "</th><td%s>", class_of(how));
	put(paper, value);
	fputs("</td></tr>\n", paper->out);
}

static void html_item(struct paper *paper, const char *text)
{
	fputs("<li>", paper->out);
	put(paper, text);
	fputs("</li>\n", paper->out);
}

static void html_step(struct paper *paper, const struct paper_step *step)
{
	fputs("<tr><td class=\"n\">", paper->out);
	put(paper, step->credits);
	fputs("</td><td>", paper->out);
	put(paper, step->note);
	if (*step->rule != '\0') {
		fputs("<br><span class=\"rule\">", paper->out);
		put(paper, step->rule);
		if (*step->source != '\0') {
			fputs(" — ", paper->out);
			put(paper, step->source);
		}
		fputs("</span>", paper->out);
	}
	fputs("</td></tr>\n", paper->out);
}

static void html_close(struct paper *paper)
{
	if (paper->section > 0)
		fputs("</section>\n", paper->out);
	fputs("</body>\n</html>\n", paper->out);
}

const struct paper_writer paper_html = {
    .open = html_open,
    .begin = html_begin,
    .end = html_end,
    .heading = html_heading,
    .paragraph = html_paragraph,
    .pair = html_pair,
    .item = html_item,
    .step = html_step,
    .close = html_close,
};
