/* What a try found, for people. */
#include <string.h>

#include "table.h"
#include "try.h"

#define BAR_WIDTH   20
#define TEXT_SIZE   1024
#define STEP_INDENT 14

/* The text of a value, in a buffer of its own. */
struct word {
	char text[TEXT_SIZE];
};

static const char *get(const json_t *map, const char *key, struct word *word)
{
	return table_get(map, key, word->text, sizeof(word->text));
}

static size_t count_of(const json_t *map, const char *key)
{
	return (size_t)json_integer_value(json_object_get(map, key));
}

static void print_title(const struct ctl *ctl, const char *title)
{
	printf("\n%s%s%s\n", paint(ctl->colour, PAINT_BOLD), title,
	    paint(ctl->colour, PAINT_PLAIN));
}

static void print_head(const json_t *summary)
{
	struct word organization, file, revision, today;
	size_t members = count_of(summary, "members");
	size_t bad = count_of(summary, "not_ruled");

	printf("%s: %s against revision %s, as of %s\n",
	    get(summary, "organization", &organization),
	    get(summary, "file", &file), get(summary, "revision", &revision),
	    get(summary, "today", &today));
	printf("%zu member%s ruled twice, %zu differ; nothing was changed\n",
	    members, members == 1 ? "" : "s", count_of(summary, "changed"));
	if (bad > 0)
		printf("%zu could not be ruled (creditctl verify says why)\n",
		    bad);
}

/* ---- designations and sizes */

static void print_designations(const struct ctl *ctl, const json_t *summary)
{
	static const struct column columns[] = {{"DESIGNATION", COLUMN_TEXT},
	    {"MEMBERS", COLUMN_NUMBER}, {"DIFFER", COLUMN_NUMBER},
	    {"GAIN", COLUMN_NUMBER}, {"IN ALL", COLUMN_NUMBER},
	    {"LOSE", COLUMN_NUMBER}, {"IN ALL", COLUMN_NUMBER},
	    {NULL, COLUMN_TEXT}};
	const json_t *row;
	struct table table;
	size_t i;

	printf("\n");
	table_open(&table, ctl, columns);
	json_array_foreach(json_object_get(summary, "designations"), i, row)
	{
		table_row(&table);
		table_cell_json(&table, json_object_get(row, "designation"));
		table_cell_json(&table, json_object_get(row, "members"));
		table_cell_json(&table, json_object_get(row, "changed"));
		for (enum try_way way = TRY_GAIN; way < TRY_OTHER; way++) {
			const json_t *cell =
			    json_object_get(row, try_way_name(way));

			table_cell_json(
			    &table, json_object_get(cell, "members"));
			table_cell_json(
			    &table, json_object_get(cell, "credits"));
		}
	}
	table_show(&table, stdout, "no designations");
}

static void print_bar(size_t count, size_t most, char sign, const char *end)
{
	size_t width = most > 0 ? (count * BAR_WIDTH + most - 1) / most : 0;
	char bar[BAR_WIDTH + 1];

	memset(bar, sign, width);
	bar[width] = '\0';
	printf("  %8zu %-*s%s", count, *end ? 0 : BAR_WIDTH, bar, end);
}

static void print_size(const json_t *row, size_t most)
{
	struct word from, to, name;
	size_t lose = count_of(row, "lose"), gain = count_of(row, "gain");

	if (lose + gain == 0)
		return;
	get(row, "from", &from);
	if (*get(row, "to", &to) == '\0')
		snprintf(
		    name.text, sizeof(name.text), "%.32s and more", from.text);
	else
		snprintf(name.text, sizeof(name.text), "%.32s to %.32s",
		    from.text, to.text);
	printf("%-14s", name.text);
	print_bar(lose, most, '-', "");
	print_bar(gain, most, '+', "\n");
}

static void print_sizes(const struct ctl *ctl, const json_t *summary)
{
	const json_t *sizes = json_object_get(summary, "sizes"), *row;
	struct word unit, title;
	size_t most = 0, i;

	json_array_foreach(sizes, i, row)
	{
		size_t lose = count_of(row, "lose");
		size_t gain = count_of(row, "gain");

		most = lose > most ? lose : most;
		most = gain > most ? gain : most;
	}
	if (most == 0)
		return;
	snprintf(title.text, sizeof(title.text), "%-14.14s  %8s %-*s  %8s",
	    get(summary, "unit", &unit), "lose", BAR_WIDTH, "", "gain");
	print_title(ctl, title.text);
	json_array_foreach(sizes, i, row) print_size(row, most);
}

/* ---- statuses, requests, money */

static void print_statuses(const struct ctl *ctl, const json_t *summary)
{
	static const struct column columns[] = {{"STATUS BEFORE", COLUMN_TEXT},
	    {"AFTER", COLUMN_TEXT}, {"DESIGNATION", COLUMN_TEXT},
	    {"MEMBERS", COLUMN_NUMBER}, {"SUCH AS", COLUMN_LONG},
	    {NULL, COLUMN_TEXT}};
	const json_t *list = json_object_get(summary, "statuses"), *row;
	struct table table;
	struct word word;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("\n");
	table_open(&table, ctl, columns);
	json_array_foreach(list, i, row)
	{
		table_row(&table);
		table_cell_state(&table, get(row, "before", &word));
		table_cell_state(&table, get(row, "after", &word));
		table_cell_json(&table, json_object_get(row, "designation"));
		table_cell_json(&table, json_object_get(row, "members"));
		table_cell_json(&table, json_object_get(row, "examples"));
	}
	table_show(&table, stdout, "");
}

static void print_requests(const struct ctl *ctl, const json_t *summary)
{
	static const struct column columns[] = {{"REQUEST BEFORE", COLUMN_TEXT},
	    {"AFTER", COLUMN_TEXT}, {"REQUESTS", COLUMN_NUMBER},
	    {NULL, COLUMN_TEXT}};
	const json_t *list = json_object_get(summary, "requests"), *row;
	struct table table;
	struct word word;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("\n");
	table_open(&table, ctl, columns);
	json_array_foreach(list, i, row)
	{
		table_row(&table);
		table_cell_state(&table, get(row, "before", &word));
		table_cell_state(&table, get(row, "after", &word));
		table_cell_json(&table, json_object_get(row, "requests"));
	}
	table_show(&table, stdout, "");
}

static void print_money(const struct ctl *ctl, const json_t *summary)
{
	static const char *const key[][2] = {{"fees", "fees"},
	    {"taxes", "taxes"}, {"refunds_due", "refunds due"}};
	const json_t *money = json_object_get(summary, "money");
	const json_t *before = json_object_get(money, "before");
	const json_t *after = json_object_get(money, "after");
	struct word was, is, was_in, is_in;

	if (json_equal(before, after) && count_of(money, "members_more") == 0 &&
	    count_of(money, "members_less") == 0)
		return;
	print_title(ctl, "money");
	get(before, "currency", &was_in);
	get(after, "currency", &is_in);
	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		printf("  %-12s %14s %s → %14s %s\n", key[i][1],
		    get(before, key[i][0], &was), was_in.text,
		    get(after, key[i][0], &is), is_in.text);
	printf("  %zu members are charged more, %zu less\n",
	    count_of(money, "members_more"), count_of(money, "members_less"));
}

/* ---- cases */

static void print_standing(const json_t *standing)
{
	struct word total, required, status, missing;

	if (!json_is_object(standing)) {
		printf("no such period");
		return;
	}
	printf("%s", get(standing, "total", &total));
	if (*get(standing, "required", &required))
		printf(" of %s", required.text);
	printf(" %s", get(standing, "status", &status));
	if (*get(standing, "missing", &missing))
		printf(", missing %s", missing.text);
}

static void print_period(const json_t *period)
{
	struct word from, to;

	printf("  %s to %s:\n      before  ", get(period, "starts_on", &from),
	    get(period, "ends_on", &to));
	print_standing(json_object_get(period, "before"));
	printf("\n      after   ");
	print_standing(json_object_get(period, "after"));
	printf("\n");
}

/* What the claim counts on one side, and the steps in which it differs. */
static void print_side(
    const struct ctl *ctl, const char *name, const json_t *side)
{
	struct word credited, code, message, note, rule, source;
	const json_t *step;
	size_t i;

	printf("      %-7s %s", name, get(side, "credited", &credited));
	if (*get(side, "code", &code))
		printf(" %s%s%s, %s", paint(ctl->colour, PAINT_ODD), code.text,
		    paint(ctl->colour, PAINT_PLAIN),
		    get(side, "message", &message));
	printf("\n");
	json_array_foreach(json_object_get(side, "steps"), i, step)
	{
		flags_fold(stdout, STEP_INDENT, get(step, "note", &note));
		get(step, "rule", &rule);
		get(step, "source", &source);
		snprintf(note.text, sizeof(note.text), "rule: %.400s%s%.400s%s",
		    rule.text, *source.text ? " (" : "", source.text,
		    *source.text ? ")" : "");
		printf("%s", paint(ctl->colour, PAINT_DIM));
		flags_fold(stdout, STEP_INDENT, note.text);
		printf("%s", paint(ctl->colour, PAINT_PLAIN));
	}
}

static void print_claim(const struct ctl *ctl, const json_t *claim)
{
	static const char *const keys[] = {
	    "type", "request", "kind", "activity", "category", "provider"};
	struct word date, id, word;

	printf("  %s  %s", get(claim, "date", &date),
	    get(json_object_get(claim, "event"), "id", &id));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (*get(claim, keys[i], &word))
			printf(" %s", word.text);
	printf("\n");
	print_side(ctl, "before", json_object_get(claim, "before"));
	print_side(ctl, "after", json_object_get(claim, "after"));
}

static void print_case(const struct ctl *ctl, const json_t *shown)
{
	struct word member, designation, before, after, change;
	const json_t *item;
	size_t i;

	printf("\n%s%s %s%s: %s → %s (%s%s)\n", paint(ctl->colour, PAINT_BOLD),
	    get(shown, "member", &member),
	    get(shown, "designation", &designation),
	    paint(ctl->colour, PAINT_PLAIN), get(shown, "before", &before),
	    get(shown, "after", &after),
	    *get(shown, "change", &change) != '-' ? "+" : "", change.text);
	json_array_foreach(json_object_get(shown, "periods"), i, item)
	    print_period(item);
	json_array_foreach(json_object_get(shown, "claims"), i, item)
	    print_claim(ctl, item);
	if (count_of(shown, "more_claims") > 0)
		printf("  … and %zu more claims\n",
		    count_of(shown, "more_claims"));
}

static void print_cases(const struct ctl *ctl, const json_t *summary)
{
	static const char *const title[] = {[TRY_GAIN] = "who gains most",
	    [TRY_LOSE] = "who loses most",
	    [TRY_OTHER] = "what else differs, with the same credits"};
	const json_t *cases = json_object_get(summary, "cases"), *shown;
	size_t i;

	for (enum try_way way = TRY_GAIN; way < TRY_WAYS; way++) {
		const json_t *list = json_object_get(cases, try_way_name(way));

		if (json_array_size(list) > 0)
			print_title(ctl, title[way]);
		json_array_foreach(list, i, shown) print_case(ctl, shown);
	}
}

void try_print(const struct ctl *ctl, const json_t *summary)
{
	print_head(summary);
	print_designations(ctl, summary);
	print_sizes(ctl, summary);
	print_statuses(ctl, summary);
	print_requests(ctl, summary);
	print_money(ctl, summary);
	print_cases(ctl, summary);
}
