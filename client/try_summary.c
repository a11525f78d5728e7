/* What a try found, as one JSON object. */
#include "program_rules.h"
#include "try.h"

json_t *try_json_text(struct text text)
{
	return text.at != NULL ? json_stringn(text.at, text.length)
			       : json_null();
}

json_t *try_json_credit(credit_t credits)
{
	char number[EXACT_TEXT_SIZE];

	return try_json_text(credit_write(credits, number));
}

static json_t *json_money(money_t cents)
{
	char number[EXACT_TEXT_SIZE];

	return try_json_text(money_write(cents, number));
}

static json_t *json_count(size_t count)
{
	return json_integer((json_int_t)count);
}

/* [{from, to, gain, lose}]: how many members, by the size of the change. */
static json_t *sizes_of(const size_t size[TRY_OTHER][TRY_SIZES])
{
	json_t *list = json_array();

	for (size_t i = 0; i < TRY_SIZES; i++)
		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o, s:o}", "from",
			try_json_credit(i > 0 ? try_size_limit(i - 1) : 0),
			"to",
			i + 1 < TRY_SIZES ? try_json_credit(try_size_limit(i))
					  : json_null(),
			try_way_name(TRY_GAIN), json_count(size[TRY_GAIN][i]),
			try_way_name(TRY_LOSE), json_count(size[TRY_LOSE][i])));
	return list;
}

static json_t *way_of(const struct try_designation *d, enum try_way way)
{
	return json_pack("{s:o, s:o}", "members", json_count(d->count[way]),
	    "credits", try_json_credit(d->sum[way]));
}

/* All designations together. A member counts once for each that it holds. */
static void add_up(const struct try *try, struct try_designation *ret_all)
{
	*ret_all = (struct try_designation){.name = TEXT_NONE};
	for (size_t i = 0; i < try->designations; i++) {
		const struct try_designation *d = &try->designation[i];

		for (int way = 0; way < TRY_OTHER; way++) {
			ret_all->count[way] += d->count[way];
			ret_all->sum[way] += d->sum[way];
			for (size_t k = 0; k < TRY_SIZES; k++)
				ret_all->size[way][k] += d->size[way][k];
		}
	}
}

static json_t *designations_of(const struct try *try)
{
	json_t *list = json_array();

	for (size_t i = 0; i < try->designations; i++) {
		const struct try_designation *d = &try->designation[i];

		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
			      "designation", try_json_text(d->name), "members",
			      json_count(d->members), "changed",
			      json_count(d->changed), "gain",
			      way_of(d, TRY_GAIN), "lose", way_of(d, TRY_LOSE),
			      "sizes", sizes_of(d->size)));
	}
	return list;
}

static void add_statuses(json_t *list, const struct try_designation *d)
{
	for (size_t was = 0; was < TRY_STATUSES; was++)
		for (size_t is = 0; is < TRY_STATUSES; is++) {
			const struct try_status *s = &d->status[was][is];

			if (s->members == 0)
				continue;
			json_array_append_new(
			    list, json_pack("{s:o, s:s, s:s, s:o, s:O}",
				      "designation", try_json_text(d->name),
				      "before", try_status_name(was), "after",
				      try_status_name(is), "members",
				      json_count(s->members), "examples",
				      s->examples));
		}
}

static json_t *statuses_of(const struct try *try)
{
	json_t *list = json_array();

	for (size_t i = 0; i < try->designations; i++)
		add_statuses(list, &try->designation[i]);
	return list;
}

/* Requests that differ; before and after are alike where only numbers do. */
static json_t *requests_of(const struct try *try)
{
	json_t *list = json_array();

	for (size_t was = 0; was < TRY_STATES; was++)
		for (size_t is = 0; is < TRY_STATES; is++)
			if (try->request[was][is] > 0)
				json_array_append_new(list,
				    json_pack("{s:s, s:s, s:o}", "before",
					try_state_name(was), "after",
					try_state_name(is), "requests",
					json_count(try->request[was][is])));
	return list;
}

static json_t *money_side(
    const struct program *program, const struct try_money *money)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "currency",
	    try_json_text(program_currency(program)), "fees",
	    json_money(money->fee), "taxes", json_money(money->tax),
	    "refunds_due", json_money(money->refund_due));
}

static json_t *money_of(const struct try *try)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "before",
	    money_side(try->before, &try->money_before), "after",
	    money_side(try->after, &try->money_after), "members_more",
	    json_count(try->pays_more), "members_less",
	    json_count(try->pays_less));
}

static json_t *cases_of(const struct try_top *top)
{
	json_t *list = json_array();

	for (size_t i = 0; i < top->count; i++)
		json_array_append(list, top->place[i].shown);
	return list;
}

json_t *try_summary(const struct try *try)
{
	struct try_designation all;
	char today[DATE_TEXT_SIZE];
	json_t *summary;

	add_up(try, &all);
	summary = json_pack("{s:o, s:s, s:i, s:o, s:o, s:o, s:o, s:o}",
	    "organization", try_json_text(try->name), "file", try->file,
	    "revision", (int)try->revision, "today",
	    try_json_text(date_write(try->today, today)), "unit",
	    try_json_text(program_unit(try->after)), "members",
	    json_count(try->members), "changed", json_count(try->changed),
	    "not_ruled", json_count(try->not_ruled));
	if (summary == NULL)
		return NULL;
	json_object_set_new(summary, "gain", way_of(&all, TRY_GAIN));
	json_object_set_new(summary, "lose", way_of(&all, TRY_LOSE));
	json_object_set_new(summary, "sizes", sizes_of(all.size));
	json_object_set_new(summary, "designations", designations_of(try));
	json_object_set_new(summary, "statuses", statuses_of(try));
	json_object_set_new(summary, "requests", requests_of(try));
	json_object_set_new(summary, "money", money_of(try));
	json_object_set_new(summary, "cases",
	    json_pack("{s:o, s:o, s:o}", try_way_name(TRY_GAIN),
		cases_of(&try->shown[TRY_GAIN]), try_way_name(TRY_LOSE),
		cases_of(&try->shown[TRY_LOSE]), try_way_name(TRY_OTHER),
		cases_of(&try->shown[TRY_OTHER])));
	return summary;
}
