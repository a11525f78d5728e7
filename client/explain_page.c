/* The page: whose it is; each certification with its periods, what each
 * requires and still misses, and its claims; then requests. */
#include "explain_page.h"

#include "explain_work.h"

/* The claims of a period; of none (NULL). */
static size_t put_claims(
    struct paper *paper, const json_t *answer, const json_t *period)
{
	const json_t *starts_on =
	    json_object_get(json_object_get(period, "period"), "starts_on");
	const json_t *claim;
	size_t i, count = 0;

	json_array_foreach(json_object_get(answer, "claims"), i, claim)
	{
		bool here =
		    period == NULL
			? !word_has(claim, "period_starts_on")
			: json_equal(json_object_get(claim, "period_starts_on"),
			      starts_on) &&
			      json_equal(json_object_get(claim, "designation"),
				  json_object_get(period, "designation"));

		if (!here)
			continue;
		if (period == NULL && count == 0)
			paper_heading(paper, 2, "Claims in no period");
		explain_claim(paper, claim);
		count++;
	}
	return count;
}

static void put_requests(struct paper *paper, const json_t *answer)
{
	const json_t *request;
	size_t i;

	json_array_foreach(json_object_get(answer, "requests"), i, request)
	{
		if (i == 0)
			paper_heading(paper, 2, "Requests for recognition");
		explain_request(paper, request);
	}
}

static void put_head(
    struct paper *paper, const json_t *answer, const char *title)
{
	struct word value, revision;

	paper_heading(paper, 1, title);
	paper_pair(
	    paper, "Member", PAINT_BOLD, word_get(answer, "member", &value));
	paper_pair(
	    paper, "As of", PAINT_PLAIN, word_get(answer, "today", &value));
	snprintf(value.text, sizeof(value.text),
	    "revision %.20s of the program",
	    word_get(answer, "rules", &revision));
	paper_pair(paper, "Rules", PAINT_PLAIN, value.text);
}

/* The designation's heading where it begins. Periods come by designation, the
 * oldest first; people want the newest first. */
static void put_periods(struct paper *paper, const json_t *answer)
{
	const json_t *periods = json_object_get(answer, "periods");
	size_t count = json_array_size(periods);

	for (size_t from = 0, to; from < count; from = to) {
		const json_t *first = json_array_get(periods, from);
		const json_t *name = json_object_get(first, "designation");
		struct word title, part;

		for (to = from; to < count &&
				json_equal(name,
				    json_object_get(json_array_get(periods, to),
					"designation"));)
			to++;
		word_get(first, "designation", &title);
		if (*word_get(first, "title", &part)) {
			word_add(&title, ", ");
			word_add(&title, part.text);
		}
		paper_heading(paper, 2, title.text);
		for (size_t i = to; i-- > from;) {
			explain_period(paper, json_array_get(periods, i));
			(void)put_claims(
			    paper, answer, json_array_get(periods, i));
		}
	}
}

bool explain_page(
    FILE *out, enum paper_form form, bool colour, const json_t *answer)
{
	const json_t *organization = json_object_get(answer, "organization");
	struct paper paper;
	struct word title, member;

	word_get(organization, "title", &title);
	word_add(&title, ": continuing education of ");
	word_add(&title, word_get(answer, "member", &member));
	paper_open(&paper, out, form, colour, title.text);
	put_head(&paper, answer, title.text);
	put_periods(&paper, answer);
	if (put_claims(&paper, answer, NULL) == 0 &&
	    json_array_size(json_object_get(answer, "claims")) == 0)
		paper_paragraph(&paper, PAINT_PLAIN, "No claims are known.");
	put_requests(&paper, answer);
	return paper_close(&paper);
}
