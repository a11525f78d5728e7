/* Pages in their three forms: nothing that a partner sent breaks them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain_page.h"

#define PAGE_MOST 16384

static char page[PAGE_MOST];

/* A page with each sort of part. */
static const char *parts(enum paper_form form, const char *text)
{
	FILE *out = fmemopen(page, sizeof(page), "w");
	struct paper paper;

	assert_non_null(out);
	paper_open(&paper, out, form, false, text);
	paper_heading(&paper, 1, text);
	paper_pair(&paper, "One", PAINT_GOOD, text);
	paper_pair(&paper, "", PAINT_PLAIN, "more");
	paper_paragraph(&paper, PAINT_ODD, text);
	paper_item(&paper, text);
	paper_heading(&paper, 4, "claim");
	paper_step(&paper, &(struct paper_step){"2.0", text, "rule", text});
	paper_step(&paper, &(struct paper_step){"1.0", "cut", "", ""});
	assert_true(paper_close(&paper));
	fclose(out);
	return page;
}

static void html_is_escaped(void **state)
{
	const char *html = parts(PAPER_HTML, "<b>\"A&B\"</b>");

	(void)state;
	assert_null(strstr(html, "<b>"));
	assert_non_null(
	    strstr(html, "<h1>&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;</h1>"));
	assert_non_null(strstr(html, "<title>&lt;b&gt;"));
	/* It stands alone: nothing is fetched, nothing runs. */
	assert_null(strstr(html, "src="));
	assert_null(strstr(html, "href="));
	assert_null(strstr(html, "url("));
	assert_null(strstr(html, "<script"));
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		count++;
	}
	return count;
}

static void html_is_whole(void **state)
{
	static const char *const element[] = {
	    "html", "body", "section", "table", "tr", "td", "th", "ul", "li"};
	const char *html = parts(PAPER_HTML, "text");

	(void)state;
	for (size_t i = 0; i < sizeof(element) / sizeof(element[0]); i++) {
		char open[16], open_with[16], close[16];

		snprintf(open, sizeof(open), "<%s>", element[i]);
		snprintf(open_with, sizeof(open_with), "<%s ", element[i]);
		snprintf(close, sizeof(close), "</%s>", element[i]);
		assert_int_equal(
		    count_of(html, open) + count_of(html, open_with),
		    count_of(html, close));
	}
}

static void markdown_is_escaped(void **state)
{
	const char *text = parts(PAPER_MARKDOWN, "*a* | [b](c) <d> `e`");

	(void)state;
	assert_non_null(
	    strstr(text, "# \\*a\\* \\| \\[b\\](c) \\<d\\> \\`e\\`\n"));
	assert_non_null(strstr(text, "| 2.0 | \\*a\\* \\| \\[b\\](c)"));
	assert_non_null(strstr(parts(PAPER_MARKDOWN, "1. x"), "- 1\\. x\n"));
	assert_non_null(strstr(parts(PAPER_MARKDOWN, "- x"), "- \\- x\n"));
}

static void text_is_folded(void **state)
{
	const char *text = parts(PAPER_TEXT,
	    "an activity with a very long title that goes on and on, "
	    "é ü ß included, until it does not fit into a line of a page");

	(void)state;
	for (const char *line = text; *line != '\0';) {
		size_t length = strcspn(line, "\n"), columns = 0;

		for (size_t i = 0; i < length; i++)
			columns += ((unsigned char)line[i] & 0xc0) != 0x80;
		assert_true(columns <= 80);
		line += length + (line[length] == '\n');
	}
	assert_non_null(strstr(text, "One:"));
	assert_null(strchr(text, '\033'));
}

/* ---- an explanation */

static const char *explain(enum paper_form form, const char *json)
{
	FILE *out = fmemopen(page, sizeof(page), "w");
	json_error_t error;
	json_t *answer = json_loads(json, 0, &error);

	assert_non_null(answer);
	assert_true(explain_page(out, form, false, answer));
	fclose(out);
	json_decref(answer);
	return page;
}

#define HEAD                                                                   \
	"{\"organization\": {\"title\": \"A Body\"}, \"member\": "             \
	"\"body/7\", \"today\": \"2026-06-30\", \"rules\": 3, "
#define PERIOD                                                                 \
	"\"designation\": \"PT\", \"title\": \"Trainer\", \"period\": "        \
	"{\"starts_on\": \"2026-01-01\", \"ends_on\": \"2026-12-31\"}, "       \
	"\"unit\": \"CEC\", \"required\": \"4.0\", \"earned\": \"1.0\", "      \
	"\"carried_in\": \"0.5\", \"total\": \"1.5\", \"remaining\": "         \
	"\"2.5\", \"routes\": {\"accredited\": \"1.0\", \"recognized\": "      \
	"\"0.0\", \"adjusted\": \"0.0\"}, \"status\": \"in_progress\""

static void a_period_says_what_is_missing(void **state)
{
	const char *text = explain(PAPER_TEXT,
	    HEAD "\"periods\": [{" PERIOD
		 ", \"current\": true, \"because\": [\"a rule\", \"leave\"], "
		 "\"missing\": [{\"name\": \"ethics\", \"needed\": \"2.0\", "
		 "\"has\": \"0.5\", \"rule\": \"two of ethics\", \"source\": "
		 "\"guide\"}, {\"name\": \"kinds\", \"needed\": 3, \"has\": "
		 "1}, {\"name\": \"cpr\"}], \"grace_until\": \"2027-02-28\", "
		 "\"late\": [{\"until\": \"2027-02-28\", \"fee\": \"20.00\", "
		 "\"currency\": \"CAD\", \"taxed\": true, \"requires\": "
		 "[\"exam\"]}], "
		 "\"notice\": 30}]}");

	(void)state;
	assert_non_null(strstr(text, "A Body: continuing education of body/7"));
	assert_non_null(strstr(text, "PT, Trainer\n"));
	assert_non_null(strstr(text, "in progress\n"));
	assert_non_null(strstr(text, "because:        a rule\n"));
	assert_non_null(strstr(text, "                  leave\n"));
	assert_non_null(strstr(text, "1.0 CEC: 1.0 accredited\n"));
	assert_non_null(strstr(text, "Carried in:     0.5 CEC\n"));
	assert_non_null(strstr(text, "Still missing, by 2026-12-31:\n"));
	assert_non_null(strstr(text, "- 2.5 CEC of the total\n"));
	assert_non_null(
	    strstr(text, "- ethics: 0.5 of 2.0 CEC (two of ethics; guide)\n"));
	assert_non_null(strstr(text, "- kinds: 1 of 3\n"));
	assert_non_null(strstr(text, "- cpr\n"));
	assert_non_null(strstr(text, "at most 30 days away"));
	assert_non_null(strstr(
	    text, "- until 2027-02-28 for 20.00 CAD and tax, with exam\n"));
}

/* A body without taxes, and a day that has passed. */
static void what_is_lapsed_was_possible(void **state)
{
	const char *text = explain(PAPER_TEXT,
	    HEAD "\"periods\": [{" PERIOD
		 ", \"current\": true, \"missing\": [], \"status\": "
		 "\"lapsed\", \"renewal\": {\"fee\": \"45.00\", \"currency\": "
		 "\"USD\"}, \"late\": [{\"until\": \"2027-02-28\", "
		 "\"fee\": \"80.00\", \"currency\": \"USD\", "
		 "\"requires\": []}]}]}");

	(void)state;
	assert_non_null(strstr(text, " Renewal costs 45.00 USD.\n"));
	assert_non_null(strstr(text, "A later renewal was possible:\n"));
	assert_non_null(
	    strstr(text, "- until 2027-02-28 for another 80.00 USD\n"));
}

static void a_claim_stands_in_its_period(void **state)
{
	const char *text = explain(PAPER_TEXT,
	    HEAD "\"periods\": [{" PERIOD
		 ", \"current\": true, \"missing\": []}], \"claims\": ["
		 "{\"event\": {\"source\": \"lms\", \"id\": \"e1\"}, \"type\": "
		 "\"activity.completed\", \"date\": \"2026-03-01\", "
		 "\"designation\": \"PT\", \"period_starts_on\": "
		 "\"2026-01-01\", \"title\": \"Knees\", \"kind\": \"course\", "
		 "\"contact_minutes\": \"90.0\", \"raw\": \"2.0\", "
		 "\"credited\": \"1.0\", \"code\": \"DAY_CAP\", \"message\": "
		 "\"a day\", \"outcome\": \"applied\", \"steps\": [{\"rule\": "
		 "\"r\", \"note\": \"n\", \"credits\": \"2.0\", "
		 "\"assumption\": \"no page says it\"}]},"
		 "{\"event\": {\"source\": \"lms\", \"id\": \"e2\"}, \"type\": "
		 "\"activity.completed\", \"date\": \"2026-03-02\", \"raw\": "
		 "\"0.0\", \"credited\": \"0.0\", \"outcome\": \"pending\", "
		 "\"steps\": []}]}");
	const char *in = strstr(text, "2026-03-01 Knees\n");
	const char *out = strstr(text, "Claims in no period\n");

	(void)state;
	assert_non_null(in);
	assert_non_null(out);
	assert_true(in < out);
	assert_non_null(
	    strstr(text, "course, 90 contact minutes; event e1 from lms\n"));
	assert_non_null(
	    strstr(text, "Asked 2.0, counts 1.0: DAY_CAP, a day\n"));
	assert_non_null(strstr(text, "assumed: no page says it\n"));
	assert_non_null(strstr(out, "counts 0.0; pending\n"));
}

static void a_request_says_what_is_due(void **state)
{
	const char *text = explain(PAPER_TEXT,
	    HEAD "\"requests\": [{\"request\": \"RQ-1\", \"date\": "
		 "\"2026-02-02\", \"state\": \"awaiting_payment\", "
		 "\"message\": \"the fee is not fully paid yet\", \"missing\": "
		 "[\"transcript\"], \"credits\": \"2.0\", \"credited\": "
		 "\"1.0\", \"fee\": \"22.00\", \"tax\": \"2.86\", "
		 "\"total_due\": \"24.86\", \"paid\": \"12.43\", "
		 "\"refund_due\": \"0.00\", \"currency\": \"CAD\"}]}");

	(void)state;
	assert_non_null(strstr(text, "RQ-1 of 2026-02-02\n"));
	assert_non_null(
	    strstr(text, "awaiting payment: the fee is not fully paid yet\n"));
	assert_non_null(strstr(text, "Documents:      transcript\n"));
	assert_non_null(strstr(text, "24.86 CAD (22.00 and tax 2.86)\n"));
	assert_non_null(strstr(text, "Still to pay:   12.43 CAD\n"));
	assert_null(strstr(text, "Refund"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(html_is_escaped),
	    cmocka_unit_test(html_is_whole),
	    cmocka_unit_test(markdown_is_escaped),
	    cmocka_unit_test(text_is_folded),
	    cmocka_unit_test(a_period_says_what_is_missing),
	    cmocka_unit_test(what_is_lapsed_was_possible),
	    cmocka_unit_test(a_claim_stands_in_its_period),
	    cmocka_unit_test(a_request_says_what_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
