/* The operator: a new day, a new program; asks until it is answered. */
#include <string.h>

#include "sim.h"
#include "wire.h"

#define SILENCE_US (25 * SECOND)

static struct {
	struct connection *connection;
	bool wanted[1 + ORGANIZATIONS]; /* the day, programs */
	date_t date;
	int32_t revision;
	int64_t again_us[1 + ORGANIZATIONS];
} operator;

static void on_lost(void *owner)
{
	(void)owner;
	operator.connection = NULL;
	memset(operator.again_us, 0, sizeof(operator.again_us));
}

/* An answer says that all streams have done it. */
static void check_answer(int what)
{
	int first = what == 0 ? 0 : (what - 1) * STREAM_BUCKETS;
	int last = what == 0 ? (int)sim.scale.organizations * STREAM_BUCKETS
			     : first + STREAM_BUCKETS;

	for (int i = first; i < last && !database_was_restored(); i++) {
		const struct head *head = database_head(i);

		promise(what == 0 ? head->today >= operator.date
				  : head->rules >= operator.revision,
		    "control",
		    "request %d was answered; stream %d: day %d, program %d",
		    what, i, (int)head->today, (int)head->rules);
	}
}

static void write_tag(int what, char tag[24])
{
	snprintf(tag, 24, "o%d.%d", what,
	    what == 0 ? (int)operator.date : (int)operator.revision);
}

static void on_message(void *owner, const struct text *frame, size_t count)
{
	int what = count == 5 ? frame[3].at[1] - '0' : 9;
	char tag[24];

	(void)owner;
	if (what < 0 || what > ORGANIZATIONS || !operator.wanted[what])
		return;
	write_tag(what, tag);
	if (!text_is(frame[3], tag))
		return; /* to an earlier question */
	note("operator", what, frame[2].at[0], 0);
	if (!text_is(frame[2], "ANSWER")) {
		operator.again_us[what] = sim.now_us + SECOND;
		return;
	}
	check_answer(what);
	operator.wanted[what] = false;
}

static void write_program(struct wire_writer *w, unsigned organization)
{
	wire_pair_string(w, "control", "program");
	wire_pair_string(w, "organization", organization_names[organization]);
	wire_pair_int(w, "number", (int64_t)organization + 1);
	wire_pair_string(w, "name", "x");
	wire_pair_string(w, "time_zone", "America/Toronto");
	wire_pair_int(w, "revision", operator.revision);
}

static void ask(int what)
{
	struct wire_writer w = {0};
	char tag[24];
	const struct text head[] = {
	    TEXT(""), TEXT("CREDIT1"), TEXT("CONTROL"), TEXT(""), TEXT("")};
	struct text frame[6];

	write_tag(what, tag);
	wire_open_map(&w);
	if (what == 0) {
		wire_pair_string(&w, "control", "today");
		wire_pair_date(&w, "date", operator.date);
	} else {
		write_program(&w, (unsigned)what - 1);
	}
	wire_close(&w);
	memcpy(frame, head, sizeof(head));
	frame[3] = text_of(tag);
	frame[5] = wire_written(&w);
	net_send(operator.connection, frame, 6);
	wire_writer_fini(&w);
	operator.again_us[what] = sim.now_us + SILENCE_US;
}

static void look(void *arg, uint64_t tag)
{
	const struct client client = {&operator, on_message, on_lost};

	(void)arg;
	(void)tag;
	after(200 * MS, look, NULL, 0);
	if (operator_is_done())
		return;
	if (operator.connection == NULL)
		operator.connection = net_connect(PORT_CONTROL, 0, &client);
	for (int i = 0; i <= (int)sim.scale.organizations; i++)
		if (operator.connection != NULL && operator.wanted[i] &&
		    sim.now_us >=
		    operator.again_us[i])
			ask(i);
}

void operator_begin(void)
{
	memset(&operator, 0, sizeof(operator));
	after(SECOND, look, NULL, 0);
}

void operator_today(void)
{
	operator.date = ++ sim.today;
	operator.wanted[0] = true;
	operator.again_us[0] = 0;
	note("today", sim.today, 0, 0);
}

void operator_program(void)
{
	operator.revision = ++ sim.revision;
	for (unsigned i = 1; i <= sim.scale.organizations; i++) {
		operator.wanted[i] = true;
		operator.again_us[i] = 0;
	}
	note("program", sim.revision, 0, 0);
}

bool operator_is_done(void)
{
	for (int i = 0; i <= ORGANIZATIONS; i++)
		if (operator.wanted[i])
			return false;
	return true;
}
