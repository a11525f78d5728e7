/* A partner in C: members with a certification, then one activity after the
 * other, of about 200 bytes each; every answer must be a RESULT that applied.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "wire.h"

struct bench_partner {
	void *context, *socket;
	struct wire_writer body;
	unsigned members;
	unsigned run;   /* makes members and ids of each run their own */
	uint64_t sent;  /* activities so far */
	uint64_t stamp; /* tag of the next message */
};

static void member_name(
    const struct bench_partner *partner, unsigned number, char name[64])
{
	snprintf(name, 64, "canfitpro/b%x.%u", partner->run, number);
}

static void begin_event(struct bench_partner *partner, const char *id,
    const char *type, const char *member)
{
	struct wire_writer *w = &partner->body;

	wire_writer_reset(w);
	wire_open_map(w);
	wire_pair_string(w, "id", id);
	wire_pair_string(w, "type", type);
	wire_pair_string(w, "member", member);
	wire_key(w, "data");
	wire_open_map(w);
}

static void send_event(struct bench_partner *partner, const char *member)
{
	struct text body;
	uint64_t tag = partner->stamp++;

	wire_close(&partner->body);
	wire_close(&partner->body);
	body = wire_written(&partner->body);
	if (partner->body.failed)
		bench_fail("no memory");
	if (zmq_send(partner->socket, "", 0, ZMQ_SNDMORE) < 0 ||
	    zmq_send(partner->socket, "CREDIT1", 7, ZMQ_SNDMORE) < 0 ||
	    zmq_send(partner->socket, "SUBMIT", 6, ZMQ_SNDMORE) < 0 ||
	    zmq_send(partner->socket, &tag, sizeof(tag), ZMQ_SNDMORE) < 0 ||
	    zmq_send(partner->socket, member, strlen(member), ZMQ_SNDMORE) <
		0 ||
	    zmq_send(partner->socket, body.at, body.length, 0) < 0)
		bench_fail("sending: %s", zmq_strerror(errno));
}

static void send_grant(struct bench_partner *partner, unsigned number)
{
	char member[64];

	member_name(partner, number, member);
	begin_event(partner, "g1", "certification.granted", member);
	wire_pair_string(&partner->body, "designation", "FIS");
	wire_pair_string(&partner->body, "granted_on", "2026-01-15");
	send_event(partner, member);
}

static void send_activity(struct bench_partner *partner)
{
	struct wire_writer *w = &partner->body;
	uint64_t number = partner->sent++;
	char member[64], id[32];

	member_name(partner, (unsigned)(number % partner->members), member);
	snprintf(id, sizeof(id), "a%llu", (unsigned long long)number);
	begin_event(partner, id, "activity.completed", member);
	wire_key(w, "activity");
	wire_open_map(w);
	wire_pair_string(w, "kind", "workshop");
	wire_pair_string(w, "title", id);
	wire_pair_string(w, "accredited_by", "canfitpro");
	wire_pair_string(w, "completed_on", "2026-03-01");
	wire_pair_int(w, "contact_minutes", 60);
	wire_close(w);
	send_event(partner, member);
}

/* Takes one answer; it must be a RESULT. */
static void take_answer(struct bench_partner *partner)
{
	static const char result[] = "RESULT";
	char verb[16] = "";
	zmq_msg_t part;
	int number = 0, more = 1;

	while (more) {
		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, partner->socket, 0) < 0)
			bench_fail("waiting: %s", zmq_strerror(errno));
		if (number == 2 && zmq_msg_size(&part) < sizeof(verb))
			memcpy(verb, zmq_msg_data(&part), zmq_msg_size(&part));
		if (number == 4 && strcmp(verb, result) != 0)
			bench_fail("%s: %.*s", verb, (int)zmq_msg_size(&part),
			    (const char *)zmq_msg_data(&part));
		more = zmq_msg_more(&part);
		zmq_msg_close(&part);
		number++;
	}
}

struct bench_partner *bench_partner_start(
    const char *endpoint, unsigned members)
{
	struct bench_partner *partner = calloc(1, sizeof(*partner));
	int wait_ms = BENCH_WAIT_MS, none = 0;

	if (partner == NULL)
		bench_fail("no memory");
	partner->members = members;
	partner->run = (unsigned)time(NULL) ^ (unsigned)getpid() << 20;
	partner->context = zmq_ctx_new();
	partner->socket = zmq_socket(partner->context, ZMQ_DEALER);
	zmq_setsockopt(partner->socket, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(partner->socket, ZMQ_RCVHWM, &none, sizeof(none));
	zmq_setsockopt(partner->socket, ZMQ_SNDHWM, &none, sizeof(none));
	zmq_setsockopt(
	    partner->socket, ZMQ_RCVTIMEO, &wait_ms, sizeof(wait_ms));
	if (zmq_connect(partner->socket, endpoint) != 0)
		bench_fail("%s: %s", endpoint, zmq_strerror(errno));
	for (unsigned i = 0, answered = 0; answered < members; answered++) {
		for (; i < members && i < answered + 1000; i++)
			send_grant(partner, i);
		take_answer(partner);
	}
	return partner;
}

void bench_partner_trip(struct bench_partner *partner)
{
	send_activity(partner);
	take_answer(partner);
}

int64_t bench_partner_stream(
    struct bench_partner *partner, unsigned count, unsigned window)
{
	int64_t began = bench_now();

	for (unsigned sent = 0, answered = 0; answered < count; answered++) {
		for (; sent < count && sent < answered + window; sent++)
			send_activity(partner);
		take_answer(partner);
	}
	return bench_now() - began;
}

void bench_partner_stop(struct bench_partner *partner)
{
	zmq_close(partner->socket);
	zmq_ctx_term(partner->context);
	wire_writer_fini(&partner->body);
	free(partner);
}
