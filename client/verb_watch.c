/* creditctl watch: follows the feed, live and without gaps. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "convert.h"
#include "endpoint.h"
#include "message.h"
#include "table.h"
#include "verbs.h"

#define SLICE_MS  250
#define SAVE_MS   1000 /* how often the position is written at most */
#define LINE_SIZE 2048

struct watch {
	struct ctl *ctl;
	struct creditd_feed *feed;
	const char *position; /* file; NULL: none */
	char **topic;         /* what is shown; none: everything */
	int topics;
	long count, seconds; /* ends after; 0: never */
	long shown;
	int64_t begun_ms, saved_ms;
	bool moved;        /* something was heard since it was saved */
	char trouble[256]; /* said last */
};

static bool is_wanted(const struct watch *w, const char *topic)
{
	for (int i = 0; i < w->topics; i++) {
		if (strncmp(topic, w->topic[i], strlen(w->topic[i])) == 0)
			return true;
	}
	return w->topics == 0;
}

/* A snapshot's balance under the topic that it has on the feed. */
static void balance_topic(const json_t *balance, char topic[CREDITD_TOPIC_SIZE])
{
	char member[128], designation[96];

	snprintf(topic, CREDITD_TOPIC_SIZE, "balance/%s/%s",
	    table_get(balance, "member", member, sizeof(member)),
	    table_get(
		balance, "designation", designation, sizeof(designation)));
}

static const char *event_name(enum creditd_event event)
{
	static const char *const name[] = {
	    [CREDITD_BALANCE] = "balance",
	    [CREDITD_CHANGE] = "change",
	    [CREDITD_CAUGHT_UP] = "caught_up",
	    [CREDITD_RESTARTED] = "restarted",
	    [CREDITD_DIVERGED] = "diverged",
	};

	return name[event];
}

static void show_json(
    const struct creditd_heard *heard, const char *topic, json_t *body)
{
	json_t *line = json_pack("{s:s, s:b, s:s*, s:O*}", "event",
	    event_name(heard->event), "live", heard->live, "topic",
	    *topic ? topic : NULL, "body", body);

	print_json(stdout, line);
	json_decref(line);
}

static void show_text(const struct watch *w, const struct creditd_heard *heard,
    const char *topic, const json_t *body)
{
	char line[LINE_SIZE];
	char at[64];

	switch (heard->event) {
	case CREDITD_BALANCE:
		message_balance(body, w->ctl->colour, line, sizeof(line));
		break;
	case CREDITD_CHANGE:
		message_line(topic, body, w->ctl->colour, line, sizeof(line));
		table_get(body, "at", at, sizeof(at));
		printf("%.19s%s ", at, *at ? "Z" : "");
		break;
	case CREDITD_CAUGHT_UP:
		snprintf(line, sizeof(line), "-- live from here");
		break;
	case CREDITD_RESTARTED:
		snprintf(line, sizeof(line), "-- creditd was restarted");
		break;
	case CREDITD_DIVERGED:
		snprintf(line, sizeof(line),
		    "-- creditd's history is another "
		    "one (restored, or too old): a new snapshot follows");
		break;
	}
	printf("%s\n", line);
}

static void show(struct watch *w, const struct creditd_heard *heard)
{
	char topic[CREDITD_TOPIC_SIZE] = "";
	json_t *body = NULL;

	if (heard->body != NULL) {
		body = convert_to_json((struct text){heard->body, heard->size});
		if (heard->event == CREDITD_BALANCE)
			balance_topic(body, topic);
		else
			snprintf(topic, sizeof(topic), "%s", heard->topic);
		if (!is_wanted(w, topic)) {
			json_decref(body);
			return;
		}
		w->shown++;
	}
	if (w->ctl->json)
		show_json(heard, topic, body);
	else
		show_text(w, heard, topic, body);
	json_decref(body);
}

/* What was shown is out before the position says so. */
static int save(struct watch *w, bool now)
{
	int64_t now_ms = endpoint_now_ms();
	int error;

	if (w->position == NULL || !w->moved ||
	    (!now && now_ms - w->saved_ms < SAVE_MS))
		return CTL_OK;
	if (fflush(stdout) != 0)
		return CTL_FAILED;
	error = creditd_feed_save(w->feed, w->position);
	if (error == -EAGAIN)
		return CTL_OK;
	if (error != 0)
		return ctl_fail("%s: %s", w->position, strerror(-error));
	w->moved = false;
	w->saved_ms = now_ms;
	return CTL_OK;
}

static void say_trouble(struct watch *w)
{
	const char *trouble = creditd_feed_trouble(w->feed);

	/* The first moments without a connection are no news. */
	if (strcmp(trouble, w->trouble) == 0 ||
	    endpoint_now_ms() - w->begun_ms < 1000)
		return;
	snprintf(w->trouble, sizeof(w->trouble), "%s", trouble);
	if (*trouble)
		fprintf(stderr, "creditctl: waiting: %s\n", trouble);
	else
		fprintf(stderr, "creditctl: connected again\n");
}

static bool is_over(const struct watch *w)
{
	return interrupted() || ferror(stdout) ||
	       (w->count > 0 && w->shown >= w->count) ||
	       (w->seconds > 0 && endpoint_now_ms() - w->begun_ms >=
				      (int64_t)w->seconds * 1000);
}

static int follow(struct watch *w)
{
	int code = CTL_OK;

	while (code == CTL_OK && !is_over(w)) {
		struct creditd_heard heard;
		int error = creditd_feed_next(w->feed, 0, &heard);

		/* Nothing waits: let the reader see what there is. */
		if (error == -EAGAIN) {
			fflush(stdout);
			code = save(w, false);
			error = creditd_feed_next(w->feed, SLICE_MS, &heard);
		}
		if (error == 0) {
			w->moved = true;
			show(w, &heard);
		} else if (error != -EAGAIN && error != -EINTR) {
			return ctl_fail("%s", strerror(-error));
		}
		say_trouble(w);
	}
	return code == CTL_OK ? save(w, true) : code;
}

static int say_open_error(const struct ctl *ctl,
    const struct creditd_feed_options *options, int error)
{
	switch (error) {
	case -ETIMEDOUT:
		ctl_fail("creditd at %s did not say within %ld s where the "
			 "feed is",
		    ctl->events, ctl->timeout_s);
		return CTL_NO_ANSWER;
	case -ENOENT:
		return ctl_fail("creditd has no feed of that organization that "
				"may be read here (creditctl feeds shows all)");
	case -EBADMSG:
		return ctl_fail("%s: no position of this subscription, or "
				"damaged; remove it to begin with a snapshot",
		    options->position);
	case -EACCES:
		ctl_fail("creditd refused to say where the feed is");
		return CTL_REFUSED;
	case -EINTR:
		return CTL_OK;
	default:
		return ctl_fail(
		    "the feed can't be opened: %s", strerror(-error));
	}
}

static int run(struct watch *w, const char *subject, enum creditd_start start)
{
	bool is_member = strchr(subject, '/') != NULL;
	struct creditd_feed_options options = {
	    .connection =
		{
		    .endpoint = w->ctl->events,
		    .timeout_ms = (int)w->ctl->timeout_s * 1000,
		    .in_flight = 4,
		},
	    .organization = is_member ? NULL : subject,
	    .member = is_member ? subject : NULL,
	    .start = start,
	    .position = w->position,
	};
	int error, code;

	do
		error = creditd_feed_open(&options, &w->feed);
	while (error == -EINTR && !interrupted());
	if (error != 0)
		return say_open_error(w->ctl, &options, error);
	w->begun_ms = endpoint_now_ms();
	code = follow(w);
	creditd_feed_close(w->feed);
	return code;
}

int verb_watch(struct ctl *ctl, const struct verb *verb, int argc, char **argv)
{
	struct watch w = {.ctl = ctl};
	bool from_now = false, from_start = false;
	struct flag flags[] = {
	    {"position", FLAG_TEXT, &w.position, "FILE",
		"go on where the file says, and keep it up to date", 0, 0},
	    {"from-now", FLAG_BOOL, &from_now, NULL,
		"no snapshot, only what follows", 0, 0},
	    {"from-start", FLAG_BOOL, &from_start, NULL,
		"every message that is kept, from the first one", 0, 0},
	    {"count", FLAG_NUMBER, &w.count, "N",
		"end after N messages were shown", 1, 2000000000},
	    {"for", FLAG_NUMBER, &w.seconds, "SECONDS", "end after so long", 1,
		100000000},
	    {0},
	};
	enum creditd_start start = CREDITD_FROM_SNAPSHOT;
	int code;

	if (!ctl_parse(ctl, verb, flags, &argc, &argv, &code))
		return code;
	if (argc < 1)
		return ctl_usage(verb, "expected an organization or a member");
	if (strchr(argv[0], '/') != NULL ? !ask_is_member(verb, argv[0])
					 : !ask_is_organization(verb, argv[0]))
		return CTL_USAGE;
	if (from_now + from_start + (w.position != NULL) > 1)
		return ctl_usage(verb, "only one of --position, --from-now and "
				       "--from-start can be");
	if (from_now)
		start = CREDITD_FROM_NOW;
	else if (from_start)
		start = CREDITD_FROM_START;
	else if (w.position != NULL)
		start = CREDITD_FROM_POSITION;
	w.topic = argv + 1;
	w.topics = argc - 1;
	return run(&w, argv[0], start);
}
