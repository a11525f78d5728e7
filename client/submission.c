/* A submission under way: events in, answers out, counted by outcome.
 *
 * Many are in flight at once. Two with the same member and id never are: the
 * second one waits for the first one's answer, because of two contents for one
 * id the first to arrive stands. */
#include "submission.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "endpoint.h"
#include "result_page.h"
#include "table.h"

#define SLICE_MS     250
#define LISTED_MOST  20   /* answers that are shown one by one */
#define LAST_WAIT_MS 2000 /* after an interrupt, for what is in flight */

struct pending {
	const char *input;
	size_t line;
	char *member, *id; /* behind the struct */
	json_t *event;
	char key[]; /* member, a space, id */
};

const char *tally_name(enum tally tally)
{
	static const char *const name[] = {"applied", "pending", "rejected",
	    "conflict", "refused", "unanswered"};

	return name[tally];
}

int submission_code(const size_t tally[TALLY_COUNT], bool failed)
{
	if (failed)
		return CTL_FAILED;
	if (tally[TALLY_UNANSWERED] > 0)
		return CTL_NO_ANSWER;
	if (tally[TALLY_REJECTED] + tally[TALLY_CONFLICT] +
		tally[TALLY_REFUSED] >
	    0)
		return CTL_REFUSED;
	return CTL_OK;
}

/* ---- what is in flight */

static struct pending *pending_create(
    const char *input, size_t line, json_t *event)
{
	const char *member =
	    json_string_value(json_object_get(event, "member"));
	const char *id = json_string_value(json_object_get(event, "id"));
	size_t member_size, id_size;
	struct pending *p;

	member = member != NULL ? member : "";
	id = id != NULL ? id : "";
	member_size = strlen(member) + 1;
	id_size = strlen(id) + 1;
	p = calloc(1, sizeof(*p) + 2 * (member_size + id_size));
	if (p == NULL)
		return NULL;
	p->input = input;
	p->line = line;
	p->event = event;
	p->member = p->key + member_size + id_size;
	p->id = p->member + member_size;
	memcpy(p->member, member, member_size);
	memcpy(p->id, id, id_size);
	memcpy(p->key, member, member_size - 1);
	p->key[member_size - 1] = ' ';
	memcpy(p->key + member_size, id, id_size);
	return p;
}

static int pending_compare(const void *a, const void *b)
{
	return strcmp(
	    ((const struct pending *)a)->key, ((const struct pending *)b)->key);
}

static void pending_destroy(void *pending)
{
	struct pending *p = pending;

	if (p == NULL)
		return;
	json_decref(p->event);
	free(p);
}

/* ---- answers */

static void list_answer(struct submission *s, const struct pending *p,
    const char *what, const char *code, const char *message)
{
	if (s->ctl->json || s->listed++ >= LISTED_MOST)
		return;
	progress_clear(&s->progress);
	fprintf(stderr, "%s:%zu: %s %s: %s%s%s%s%s\n", p->input, p->line,
	    *p->member ? p->member : "?", *p->id ? p->id : "?", what,
	    *code ? ", " : "", code, *message ? ": " : "", message);
	if (s->listed == LISTED_MOST)
		fprintf(stderr, "(further ones are only counted; --json or "
				"--results FILE has them all)\n");
}

static void write_answer(struct submission *s, const struct pending *p,
    const char *kind, json_t *body)
{
	json_t *line;

	if (!s->ctl->json && s->results.file == NULL)
		return;
	line = results_line(kind, p->input, p->line, p->member, p->id, body);
	if (s->ctl->json)
		print_json(stdout, line);
	if (!results_write(&s->results, line))
		s->failed = true;
	json_decref(line);
}

static void count_refusal(struct submission *s, const struct pending *p,
    const char *code, const char *message)
{
	json_t *body =
	    json_pack("{s:s, s:s}", "code", code, "message", message);

	s->tally[TALLY_REFUSED]++;
	write_answer(s, p, "REFUSED", body);
	list_answer(s, p, "refused", code, message);
	json_decref(body);
}

static enum tally tally_of(const char *outcome)
{
	for (int i = 0; outcome != NULL && i < TALLY_REFUSED; i++) {
		if (strcmp(outcome, tally_name((enum tally)i)) == 0)
			return (enum tally)i;
	}
	return TALLY_UNANSWERED;
}

static void take_result(struct submission *s, const struct pending *p,
    const struct creditd_reply *reply)
{
	json_t *body = convert_to_json((struct text){reply->body, reply->size});
	char code[64], message[512];
	enum tally tally;

	if (body == NULL) {
		s->tally[TALLY_UNANSWERED]++;
		list_answer(
		    s, p, "unanswered", "", "creditd's answer is damaged");
		return;
	}
	tally = tally_of(json_string_value(json_object_get(body, "outcome")));
	s->tally[tally]++;
	s->duplicates += json_is_true(json_object_get(body, "duplicate"));
	write_answer(
	    s, p, reply->kind == CREDITD_RESULT ? "RESULT" : "ANSWER", body);
	if (s->is_single && !s->ctl->json)
		result_page(s->ctl, p->member, body);
	else if (tally != TALLY_APPLIED && tally != TALLY_PENDING)
		list_answer(s, p, tally_name(tally),
		    table_get(body, "code", code, sizeof(code)),
		    table_get(body, "message", message, sizeof(message)));
	json_decref(body);
}

static void take_reply(struct submission *s, const struct creditd_reply *reply)
{
	struct pending *p = reply->cookie;
	json_t *body;

	tdelete(p, &s->pending, pending_compare);
	s->pending_count--;
	s->answered++;
	switch (reply->kind) {
	case CREDITD_RESULT:
	case CREDITD_ANSWER:
		take_result(s, p, reply);
		break;
	case CREDITD_REFUSED:
		count_refusal(s, p, reply->code, reply->message);
		break;
	case CREDITD_PONG:
	case CREDITD_NO_ANSWER:
		s->answered--;
		s->gave_up = true;
		s->tally[TALLY_UNANSWERED]++;
		body = json_pack("{s:s, s:s}", "code", reply->code, "message",
		    reply->message);
		write_answer(s, p, "NO_ANSWER", body);
		list_answer(s, p, "unanswered", reply->code, reply->message);
		json_decref(body);
		break;
	}
	pending_destroy(p);
}

/* ---- events */

static void add_wishes(const struct submission *s, json_t *event)
{
	if (s->dry_run)
		json_object_set_new(event, "dry_run", json_true());
	if (s->explain)
		json_object_set_new(event, "explain", json_true());
	if (s->source != NULL)
		json_object_set_new(event, "source", json_string(s->source));
}

/* Sends it, or holds it back while its twin is in flight. Takes it over. */
static void send_event(struct submission *s, struct pending *p)
{
	struct wire_writer writer = {0};
	int error = -EINVAL;

	if (tfind(p, &s->pending, pending_compare) != NULL) {
		s->held = p;
		return;
	}
	add_wishes(s, p->event);
	if (!json_is_string(json_object_get(p->event, "member")))
		count_refusal(s, p, "MALFORMED", "member is missing");
	else if (!convert_to_wire(p->event, &writer) || writer.failed)
		count_refusal(s, p, "MALFORMED", "nested too deep");
	else if (writer.size > CREDITD_BODY_MOST)
		count_refusal(s, p, "TOO_LARGE", "larger than 64 KiB");
	else if (tsearch(p, &s->pending, pending_compare) == NULL)
		error = -ENOMEM;
	else
		error = creditd_send(s->c, CREDITD_SUBMIT, p->member,
		    writer.data, writer.size, p);
	wire_writer_fini(&writer);
	if (error == 0) {
		json_decref(p->event);
		p->event = NULL;
		s->pending_count++;
		return;
	}
	tdelete(p, &s->pending, pending_compare);
	if (error != -EINVAL) {
		ctl_fail("%s", strerror(-error));
		s->failed = true;
	}
	pending_destroy(p);
}

static bool may_send(const struct submission *s)
{
	return s->held == NULL && !interrupted() && !s->failed && !s->gave_up;
}

/* Takes one event of the input. False at its end. */
static bool feed_one(struct submission *s, struct input *input)
{
	char message[INPUT_MESSAGE];
	json_t *event = NULL;
	struct pending *p;

	switch (input_next(input, &event, message)) {
	case INPUT_END:
		return false;
	case INPUT_FAILED:
		progress_clear(&s->progress);
		ctl_fail("%s", message);
		s->failed = true;
		return false;
	case INPUT_WRONG:
		p = pending_create(input->name, input->line, NULL);
		if (p != NULL)
			count_refusal(s, p, "MALFORMED", message);
		pending_destroy(p);
		return true;
	case INPUT_EVENT:
		break;
	}
	p = pending_create(input->name, input->line, event);
	if (p == NULL) {
		json_decref(event);
		s->failed = true;
		return false;
	}
	if (results_has(&s->results, input->name, p->line, p->member, p->id)) {
		s->skipped++;
		pending_destroy(p);
		return true;
	}
	send_event(s, p);
	return true;
}

static void draw(struct submission *s, const struct input *input)
{
	size_t refused = s->tally[TALLY_REFUSED] + s->tally[TALLY_REJECTED] +
			 s->tally[TALLY_CONFLICT];
	char note[64] = "";

	if (!creditd_is_connected(s->c))
		snprintf(note, sizeof(note), "no connection to creditd");
	else if (refused > 0)
		snprintf(note, sizeof(note), "%zu not taken", refused);
	progress_show(&s->progress,
	    &(struct progress_at){
		.done = input != NULL ? input->read : 0,
		.all = input != NULL ? input->size : 0,
		.count = s->answered,
		.what = "answered",
		.note = note,
	    },
	    endpoint_now_ms());
}

/* Waits for one answer; true while it makes sense to go on. */
static bool wait_one(
    struct submission *s, const struct input *input, int64_t *last_ms)
{
	struct creditd_reply reply;
	int error = creditd_next(s->c, SLICE_MS, &reply);

	if (error == 0)
		take_reply(s, &reply);
	if (error == 0 && s->held != NULL) {
		struct pending *held = s->held;

		s->held = NULL;
		send_event(s, held);
	}
	draw(s, input);
	if (interrupted() && *last_ms == 0)
		*last_ms = endpoint_now_ms() + LAST_WAIT_MS;
	if (*last_ms != 0 && endpoint_now_ms() > *last_ms)
		return false;
	return error == 0 || error == -EAGAIN || error == -EINTR;
}

/* What is left in flight after an interrupt. */
static void forget_pending(struct submission *s)
{
	s->tally[TALLY_UNANSWERED] += s->pending_count;
	tdestroy(s->pending, pending_destroy);
	s->pending = NULL;
	s->pending_count = 0;
	s->tally[TALLY_UNANSWERED] += s->held != NULL;
	pending_destroy(s->held);
	s->held = NULL;
}

static void run(struct submission *s, struct input *input, size_t in_flight)
{
	bool more = input != NULL;
	int64_t last_ms = 0;

	for (;;) {
		while (
		    more && may_send(s) && creditd_in_flight(s->c) < in_flight)
			more = feed_one(s, input);
		if (interrupted() || s->failed || s->gave_up)
			more = false;
		if (creditd_in_flight(s->c) == 0 && s->held == NULL && !more)
			break;
		if (!wait_one(s, input, &last_ms))
			break;
	}
	progress_clear(&s->progress);
	forget_pending(s);
}

void submission_run(struct submission *s, struct input *input)
{
	run(s, input, s->in_flight);
}

void submission_one(struct submission *s, json_t *event)
{
	struct pending *p = pending_create("flags", 1, event);

	if (p == NULL) {
		json_decref(event);
		s->failed = true;
		return;
	}
	send_event(s, p);
	run(s, NULL, 1);
}

static void print_summary(const struct submission *s)
{
	int64_t ms = endpoint_now_ms() - s->begun_ms;
	FILE *out = s->ctl->json ? stderr : stdout;
	const char *separator = ":";
	size_t all = 0;

	for (int i = 0; i < TALLY_COUNT; i++)
		all += s->tally[i];
	fprintf(out, "%zu event%s", all, all == 1 ? "" : "s");
	if (ms > 0 && s->answered > 1)
		fprintf(out, " in %.1f s (%zu answers/s)", (double)ms / 1000.0,
		    s->answered * 1000 / (size_t)ms);
	for (int i = 0; i < TALLY_COUNT; i++) {
		if (s->tally[i] == 0)
			continue;
		fprintf(out, "%s %zu %s", separator, s->tally[i],
		    tally_name((enum tally)i));
		separator = ",";
	}
	if (s->duplicates > 0)
		fprintf(out, "; %zu of them known before", s->duplicates);
	if (s->skipped > 0)
		fprintf(out, "; %zu skipped (answered in an earlier run)",
		    s->skipped);
	fputc('\n', out);
	if (s->tally[TALLY_UNANSWERED] > 0)
		fprintf(stderr,
		    "creditctl: it is not known whether the "
		    "unanswered were stored: run the same command again, it is "
		    "safe\n");
}

int submission_end(struct submission *s)
{
	if (!s->is_single)
		print_summary(s);
	if (interrupted() && !s->failed) {
		ctl_fail("interrupted; what was not sent is not counted");
		s->tally[TALLY_UNANSWERED]++;
	} else if (s->gave_up && !s->is_single) {
		ctl_fail(
		    "gave up: nothing was answered for %ld s; what was not "
		    "sent is not counted",
		    s->ctl->timeout_s);
	}
	if (!results_close(&s->results))
		s->failed = true;
	return submission_code(s->tally, s->failed);
}
