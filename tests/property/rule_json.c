/* Rules histories given as JSON Lines, for tests/property/compare.py and
 * others.
 *
 * In, one line each: {"program": "canfitpro", "today": "2026-06-30", "events":
 * [SUBMIT bodies]}; a `document`, the text of a program, instead of its name.
 * Out, one line each: the ruling in the shape of model.py (with a document also
 * the shares), or {"complaints": text} of a document that does not compile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "history.h"

#define PROGRAMS_MOST 4

static struct history history;
static struct arena arena;
static struct {
	char name[64];
	struct program *program;
} known[PROGRAMS_MOST];

static _Noreturn void give_up(const char *why)
{
	(void)fprintf(stderr, "rule_json: %s\n", why);
	exit(2);
}

static const struct program *program_named(const char *name)
{
	size_t i;

	for (i = 0; i < PROGRAMS_MOST && known[i].program != NULL; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].program;
	if (i == PROGRAMS_MOST)
		give_up("too many programs");
	(void)snprintf(known[i].name, sizeof(known[i].name), "%s", name);
	known[i].program = history_program(name);
	return known[i].program;
}

static json_t *text_json(struct text text)
{
	return json_stringn(text.at == NULL ? "" : text.at, text.length);
}

static json_t *reason_json(enum reason reason)
{
	return reason == REASON_NONE ? json_null()
				     : json_string(reason_name(reason));
}

static json_t *credits_json(credit_t credits)
{
	char buffer[EXACT_TEXT_SIZE];

	return text_json(credit_write(credits, buffer));
}

static json_t *money_json(money_t cents)
{
	char buffer[EXACT_TEXT_SIZE];

	return text_json(money_write(cents, buffer));
}

static json_t *date_json(date_t date)
{
	char buffer[DATE_TEXT_SIZE];

	if (date == DATE_NONE)
		return json_string("");
	return text_json(date_write(date, buffer));
}

static json_t *list_json(struct text_list list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list.count; i++)
		json_array_append_new(array, text_json(list.item[i]));
	return array;
}

static json_t *period_json(const struct period *p)
{
	json_t *required =
	    p->has_required ? credits_json(p->required) : json_null();
	json_t *remaining =
	    p->has_required ? credits_json(p->remaining) : json_null();

	return json_pack("{so so so sb so so so so so s{so so so} so ss si}",
	    "designation", text_json(p->designation), "starts_on",
	    date_json(p->starts_on), "ends_on", date_json(p->ends_on),
	    "current", (int)p->current, "required", required, "remaining",
	    remaining, "earned", credits_json(p->earned), "carried_in",
	    credits_json(p->carried_in), "total", credits_json(p->total),
	    "routes", "accredited", credits_json(p->accredited), "recognized",
	    credits_json(p->recognized), "adjusted", credits_json(p->adjusted),
	    "missing", list_json(p->missing), "status",
	    period_status_name(p->status), "notice", p->notice_days);
}

static json_t *request_json(const struct request *r)
{
	json_t *flags = json_array();

	for (size_t i = 0; i < r->flag_count; i++)
		json_array_append_new(
		    flags, json_string(reason_name(r->flags[i])));
	return json_pack("{so ss so so so so so so so so so so so}", "request",
	    text_json(r->name), "state", request_state_name(r->state), "code",
	    reason_json(r->reason), "missing", list_json(r->missing), "flags",
	    flags, "credits", credits_json(r->credits), "credited",
	    credits_json(r->credited), "fee", money_json(r->fee), "tax",
	    money_json(r->tax), "total_due", money_json(r->total_due), "paid",
	    money_json(r->paid), "refund_due", money_json(r->refund_due),
	    "currency", text_json(r->currency));
}

static json_t *posting_json(const struct ruling *ruling, size_t at)
{
	static const char *const account[] = {
	    [ACCOUNT_CREDIT] = "credit",
	    [ACCOUNT_ADJUSTMENT] = "adjustment",
	    [ACCOUNT_CARRY_IN] = "carry_in",
	    [ACCOUNT_CARRY_OUT] = "carry_out",
	    [ACCOUNT_FEE] = "fee",
	    [ACCOUNT_TAX] = "tax",
	    [ACCOUNT_PAYMENT] = "payment",
	};
	const struct posting *p = &ruling->posting[at];
	bool cash = account_is_money(p->account);

	return json_pack("[o,o,s,o,o,o]",
	    text_json(ruling->fact[p->cause].source),
	    text_json(ruling->fact[p->cause].id), account[p->account],
	    text_json(p->designation), date_json(p->period_starts_on),
	    cash ? money_json(p->value) : credits_json(p->value));
}

static json_t *share_json(const struct ruling *ruling, const struct share *s)
{
	return json_pack("{so so so so so}", "id",
	    text_json(ruling->fact[s->fact].id), "designation",
	    text_json(s->designation), "raw", credits_json(s->raw), "credited",
	    credits_json(s->credited), "code", reason_json(s->reason));
}

static json_t *shares_json(const struct ruling *ruling)
{
	json_t *shares = json_array();

	for (size_t i = 0; i < ruling->shares; i++)
		json_array_append_new(
		    shares, share_json(ruling, &ruling->share[i]));
	return shares;
}

static json_t *ruling_json(const struct ruling *ruling, json_t *verdicts)
{
	json_t *periods = json_array(), *requests = json_array(),
	       *entries = json_array();

	for (size_t i = 0; i < ruling->periods; i++)
		json_array_append_new(periods, period_json(&ruling->period[i]));
	for (size_t i = 0; i < ruling->requests; i++)
		json_array_append_new(
		    requests, request_json(&ruling->request[i]));
	for (size_t i = 0; i < ruling->postings; i++)
		json_array_append_new(entries, posting_json(ruling, i));
	return json_pack("{so so so so so}", "verdicts", verdicts, "periods",
	    periods, "requests", requests, "entries", entries, "next_due",
	    ruling->next_due == DATE_NEVER ? json_null()
					   : date_json(ruling->next_due));
}

static json_t *verdict_json(const char *outcome, json_t *code)
{
	return json_pack("{ss so}", "outcome", outcome, "code", code);
}

/* The program that the line names, or brings along. NULL: it does not compile,
 * *ret_complaints says why. */
static const struct program *program_of(json_t *line, json_t **ret_complaints)
{
	static struct program *brought;
	const char *text = json_string_value(json_object_get(line, "document"));
	const char *name = json_string_value(json_object_get(line, "program"));
	struct complaints complaints = {.file = "document"};

	if (text == NULL && name == NULL)
		give_up("a line without program or document");
	if (text == NULL)
		return program_named(name);
	program_destroy(brought);
	brought = NULL;
	if (program_parse(
		(struct text){text, strlen(text)}, &complaints, &brought) < 0)
		*ret_complaints = json_pack("{ss}", "complaints",
		    complaints.text == NULL ? "" : complaints.text);
	complaints_fini(&complaints);
	return brought;
}

/* One history: the events as a worker would take them, then the ruling. */
static json_t *play(json_t *line, const struct program *program)
{
	json_t *events = json_object_get(line, "events"), *submit;
	size_t count = json_array_size(events), at;
	size_t *index = calloc(count + 1, sizeof(*index));
	enum history_added *added = calloc(count + 1, sizeof(*added));
	json_t *verdicts = json_array(), *ret;
	const char *today = json_string_value(json_object_get(line, "today"));
	struct ruling ruling;
	date_t day;

	if (index == NULL || added == NULL || today == NULL ||
	    !date_parse((struct text){today, strlen(today)}, &day))
		give_up("a line without today, or no memory");
	history_reset(&history);
	json_array_foreach(events, at, submit)
	{
		char message[EVENT_MESSAGE_SIZE] = "";

		added[at] = history_add(&history, submit, &index[at], message);
	}
	arena_reset(&arena);
	if (rule_member(
		program, history.fact, history.count, day, &arena, &ruling) < 0)
		give_up("rule_member failed");
	for (at = 0; at < count; at++) {
		const struct verdict *v = &ruling.verdict[index[at]];

		if (added[at] == HISTORY_REFUSED)
			ret = verdict_json("refused", json_string("MALFORMED"));
		else if (added[at] == HISTORY_CONFLICT)
			ret = verdict_json(
			    "conflict", json_string("ID_CONFLICT"));
		else
			ret = verdict_json(
			    outcome_name(v->outcome), reason_json(v->reason));
		json_array_append_new(verdicts, ret);
	}
	ret = ruling_json(&ruling, verdicts);
	if (json_object_get(line, "document") != NULL)
		json_object_set_new(ret, "shares", shares_json(&ruling));
	free(index);
	free(added);
	return ret;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		json_t *in = json_loads(line, 0, NULL), *out = NULL;
		const struct program *program;

		if (in == NULL)
			give_up("a line that is no JSON");
		program = program_of(in, &out);
		if (program != NULL)
			out = play(in, program);
		if (out == NULL || json_dumpf(out, stdout, JSON_COMPACT) < 0)
			give_up("the ruling can't be written");
		(void)putchar('\n');
		(void)fflush(stdout);
		json_decref(in);
		json_decref(out);
	}
	free(line);
	for (size_t i = 0; i < PROGRAMS_MOST; i++)
		program_destroy(known[i].program);
	history_fini(&history);
	arena_fini(&arena);
	return 0;
}
