/* The maps of the protocol, sections 3 and 5: balances, requests, entries,
 * RESULTs. What goes out on the feed stands in answer_change.c. */
#include "answer.h"

#include "program_rules.h"

#define NOTE_SIZE 512

void answer_period(struct wire_writer *writer, date_t starts_on, date_t ends_on)
{
	wire_open_map(writer);
	wire_pair_date(writer, "starts_on", starts_on);
	wire_pair_date(writer, "ends_on", ends_on);
	wire_close(writer);
}

void answer_event(
    struct wire_writer *writer, struct text source, struct text id)
{
	wire_open_map(writer);
	wire_pair_text(writer, "source", source);
	wire_pair_text(writer, "id", id);
	wire_close(writer);
}

void answer_reason(struct wire_writer *writer, enum reason reason)
{
	if (reason == REASON_NONE) {
		wire_pair_nil(writer, "code");
		wire_pair_nil(writer, "message");
		return;
	}
	wire_pair_string(writer, "code", reason_name(reason));
	wire_pair_string(writer, "message", reason_sentence(reason));
}

void answer_names(struct wire_writer *writer, struct text_list names)
{
	struct text last = TEXT_NONE;

	/* A handful of names: the next one is looked for each time, so that
	 * nothing need be copied to be sorted. Each is written once. */
	wire_open_list(writer);
	for (;;) {
		struct text next = TEXT_NONE;

		for (size_t i = 0; i < names.count; i++) {
			if (text_compare(names.item[i], last) > 0 &&
			    (next.at == NULL ||
				text_compare(names.item[i], next) < 0))
				next = names.item[i];
		}
		if (next.at == NULL)
			break;
		wire_item(writer);
		wire_write_text(writer, next);
		last = next;
	}
	wire_close(writer);
}

static void routes(
    struct wire_writer *writer, const struct period *period, bool removed)
{
	wire_key(writer, "routes");
	wire_open_map(writer);
	wire_pair_credit(
	    writer, "accredited", removed ? 0 : period->accredited);
	wire_pair_credit(
	    writer, "recognized", removed ? 0 : period->recognized);
	wire_pair_credit(writer, "adjusted", removed ? 0 : period->adjusted);
	wire_close(writer);
}

/* A number that only programs with a required total have. */
static void optional_credit(
    struct wire_writer *writer, const char *key, bool given, credit_t credits)
{
	if (given)
		wire_pair_credit(writer, key, credits);
	else
		wire_pair_nil(writer, key);
}

/* required … routes; of a period that is gone, zeros. */
static void balance_numbers(
    struct wire_writer *writer, const struct period *period, bool gone)
{
	optional_credit(
	    writer, "required", period->has_required, period->required);
	wire_pair_credit(writer, "earned", gone ? 0 : period->earned);
	wire_pair_credit(writer, "carried_in", gone ? 0 : period->carried_in);
	wire_pair_credit(writer, "total", gone ? 0 : period->total);
	optional_credit(writer, "remaining", period->has_required,
	    gone ? period->required : period->remaining);
	routes(writer, period, gone);
}

void answer_balance_numbers(
    struct wire_writer *writer, const struct period *period)
{
	balance_numbers(writer, period, false);
}

void answer_balance_pairs(
    struct wire_writer *writer, const struct balance_view *balance)
{
	const struct period *period = balance->period;
	bool gone = balance->removed;

	wire_pair_text(writer, "member", balance->member);
	wire_pair_text(writer, "designation", period->designation);
	wire_pair_text(writer, "unit", balance->unit);
	wire_key(writer, "period");
	answer_period(writer, period->starts_on, period->ends_on);
	balance_numbers(writer, period, gone);
	wire_key(writer, "missing");
	answer_names(writer, gone ? (struct text_list){0} : period->missing);
	wire_pair_string(writer, "status", period_status_name(period->status));
	wire_pair_int(writer, "version", balance->version);
	if (gone)
		wire_pair_bool(writer, "removed", true);
}

void answer_balance(
    struct wire_writer *writer, const struct balance_view *balance)
{
	wire_open_map(writer);
	answer_balance_pairs(writer, balance);
	wire_close(writer);
}

static void request_money(
    struct wire_writer *writer, const struct request *request)
{
	wire_pair_money(writer, "fee", request->fee);
	wire_pair_money(writer, "tax", request->tax);
	wire_pair_money(writer, "total_due", request->total_due);
	wire_pair_money(writer, "paid", request->paid);
	wire_pair_money(writer, "refund_due", request->refund_due);
	wire_pair_text(writer, "currency", request->currency);
}

void answer_request_pairs(
    struct wire_writer *writer, const struct request_view *view)
{
	const struct request *request = view->request;

	if (view->member.at != NULL)
		wire_pair_text(writer, "member", view->member);
	wire_pair_text(writer, "request", request->name);
	wire_pair_string(writer, "state", request_state_name(request->state));
	wire_key(writer, "missing");
	answer_names(writer, request->missing);
	wire_pair_credit(writer, "credits", request->credits);
	wire_pair_credit(writer, "credited", request->credited);
	request_money(writer, request);
	wire_key(writer, "flags");
	wire_write_array(writer, (uint32_t)request->flag_count);
	for (size_t i = 0; i < request->flag_count; i++)
		wire_write_string(writer, reason_name(request->flags[i]));
	if (view->removed)
		wire_pair_bool(writer, "removed", true);
}

void answer_request(struct wire_writer *writer, const struct request_view *view)
{
	wire_open_map(writer);
	answer_request_pairs(writer, view);
	wire_close(writer);
}

void answer_entry(struct wire_writer *writer, const struct posted_entry *entry)
{
	wire_open_map(writer);
	wire_pair_int(writer, "number", entry->number);
	wire_pair_string(writer, "kind", entry_kind_name(entry->kind));
	wire_key(writer, "cause");
	answer_event(writer, entry->cause_source, entry->cause_id);
	if (account_is_money(entry->account)) {
		wire_pair_money(writer, "amount", entry->value);
		wire_pair_text(writer, "currency", entry->currency);
	} else {
		wire_pair_text(writer, "designation", entry->designation);
		wire_pair_date(
		    writer, "period_starts_on", entry->period_starts_on);
		wire_pair_credit(writer, "credits", entry->value);
		wire_pair_credit(writer, "total", entry->total);
	}
	wire_close(writer);
}

void answer_entries(struct wire_writer *writer,
    const struct posted_entry *entry, size_t entries)
{
	if (entries > ANSWER_ENTRIES_MOST)
		entries = ANSWER_ENTRIES_MOST;
	wire_write_array(writer, (uint32_t)entries);
	for (size_t i = 0; i < entries; i++)
		answer_entry(writer, &entry[i]);
}

static void step_map(struct wire_writer *writer, const struct ruling *ruling,
    const struct share *share, const struct step *step)
{
	char note[NOTE_SIZE];
	struct text source = step_source(step);

	wire_open_map(writer);
	wire_pair_text(writer, "rule", step_rule(step));
	wire_pair_text(
	    writer, "note", step_note(ruling, step, note, sizeof(note)));
	wire_pair_credit(writer, "credits", step->credits);
	wire_pair_text(writer, "designation", share->designation);
	if (source.at != NULL)
		wire_pair_text(writer, "source", source);
	else if (step->rule != NULL && step->rule->assumption.at != NULL)
		wire_pair_text(writer, "assumption", step->rule->assumption);
	wire_close(writer);
}

void answer_steps(struct wire_writer *writer, const struct ruling *ruling,
    const struct share *share)
{
	wire_write_array(writer, (uint32_t)share->steps);
	for (size_t i = 0; i < share->steps; i++)
		step_map(writer, ruling, share, &share->step[i]);
}

/* A request is shown to who may read, and to who made it. */
static bool may_see_request(const struct answer_result *result)
{
	return result->request != NULL &&
	       (result->may_read ||
		   text_equal(result->request_source, result->source));
}

/* The steps of all shares of a fact, in one list. What belongs to a request
 * (evidence, a decision, a payment) is explained by the request's steps. */
static void fact_steps(
    struct wire_writer *writer, const struct answer_result *result)
{
	const struct ruling *ruling = result->explain;
	const struct verdict *verdict = &ruling->verdict[result->fact];

	if (ruling->fact[result->fact].type != EVENT_REQUESTED &&
	    may_see_request(result))
		verdict = &ruling->verdict[result->request->fact];
	wire_open_list(writer);
	for (size_t i = 0; i < verdict->shares; i++) {
		const struct share *share = &ruling->share[verdict->share + i];

		for (size_t j = 0; j < share->steps; j++) {
			wire_item(writer);
			step_map(writer, ruling, share, &share->step[j]);
		}
	}
	wire_close(writer);
}

/* What an asker may see of the entries: all, or only its own event's. */
static bool may_see(
    const struct answer_result *result, const struct posted_entry *entry)
{
	return result->may_read ||
	       (text_equal(entry->cause_id, result->id) &&
		   text_equal(entry->cause_source, result->source));
}

static void result_entries(
    struct wire_writer *writer, const struct answer_result *result)
{
	size_t written = 0;
	bool more = result->more_entries;

	wire_key(writer, "entries");
	wire_open_list(writer);
	for (size_t i = 0; i < result->entries; i++) {
		if (!may_see(result, &result->entry[i]))
			continue;
		if (written == ANSWER_ENTRIES_MOST) {
			more = true;
			break;
		}
		wire_item(writer);
		answer_entry(writer, &result->entry[i]);
		written++;
	}
	wire_close(writer);
	if (more)
		wire_pair_bool(writer, "more_entries", true);
}

static void result_balances(
    struct wire_writer *writer, const struct answer_result *result)
{
	size_t balances = result->may_read ? result->balances : 0;

	wire_key(writer, "balances");
	wire_write_array(writer, (uint32_t)balances);
	for (size_t i = 0; i < balances; i++)
		answer_balance(writer, &result->balance[i]);
}

static void result_request(
    struct wire_writer *writer, const struct answer_result *result)
{
	struct request_view view = {.request = result->request};

	wire_key(writer, "request");
	if (may_see_request(result))
		answer_request(writer, &view);
	else
		wire_write_nil(writer);
}

void answer_result(
    struct wire_writer *writer, const struct answer_result *result)
{
	wire_open_map(writer);
	answer_result_pairs(writer, result);
	wire_close(writer);
}

void answer_result_pairs(
    struct wire_writer *writer, const struct answer_result *result)
{
	wire_pair_text(writer, "id", result->id);
	wire_pair_string(writer, "outcome", outcome_name(result->outcome));
	wire_pair_bool(writer, "duplicate", result->duplicate);
	answer_reason(writer, result->reason);
	wire_pair_int(writer, "stream", result->stream);
	if (result->offset > 0)
		wire_pair_int(writer, "offset", result->offset);
	else
		wire_pair_nil(writer, "offset");
	wire_pair_int(writer, "rules", result->rules);
	result_entries(writer, result);
	result_balances(writer, result);
	result_request(writer, result);
	if (result->explain != NULL) {
		wire_key(writer, "explain");
		fact_steps(writer, result);
	}
	if (result->dry_run)
		wire_pair_bool(writer, "dry_run", true);
}

void answer_conflict(
    struct wire_writer *writer, struct text id, int32_t stream, int64_t rules)
{
	struct answer_result result = {
	    .id = id,
	    .outcome = OUTCOME_CONFLICT,
	    .reason = REASON_ID_CONFLICT,
	    .stream = stream,
	    .rules = rules,
	};

	answer_result(writer, &result);
}

void answer_refused(struct wire_writer *writer, const char *code,
    const char *message, int64_t retry_after_ms)
{
	wire_open_map(writer);
	wire_pair_string(writer, "code", code);
	wire_pair_string(writer, "message", message);
	if (retry_after_ms >= 0)
		wire_pair_int(writer, "retry_after_ms", retry_after_ms);
	wire_close(writer);
}
