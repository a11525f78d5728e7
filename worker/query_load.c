/* A member as it stands today, and how far the streams are. */
#include <errno.h>
#include <stdio.h>

#include "query_work.h"

/* Rules all facts as of today: the later of the stream's date and creditd's,
 * by the revision that rules the stream. */
static enum asked rule_today(struct asking *asking, struct asked_member *m)
{
	struct query_context *context = asking->context;
	date_t today = asking->request->today;
	struct ruled_at at;
	int error;

	if (m->head.today > today)
		today = m->head.today;
	m->rules =
	    m->head.rules > 0 ? m->head.rules : asking->organization->revision;
	at = (struct ruled_at){today, m->rules};
	error = member_rule(&m->member, m->member.facts, context->programs, at,
	    &context->arena, &m->ruling);
	if (error == -ENOENT) {
		int class = programs_load(context->programs, context->pg);

		if (class != PG_DONE)
			return asking_pg(asking, (enum pg_class) class);
		error = member_rule(&m->member, m->member.facts,
		    context->programs, at, &context->arena, &m->ruling);
	}
	return asking_errno(asking, error);
}

enum asked asked_member_load(struct asking *asking, struct asked_member *ret)
{
	struct head *head = &ret->head;
	struct member *member = &ret->member;
	struct ledger_load load = {&head, 1, &member, 1};
	enum asked asked;
	int error;

	*ret = (struct asked_member){.head = {.stream = asking->stream}};
	error = member_init(member, asking->query.member,
	    asking->organization->number, asking->stream);
	if (error != 0)
		return asking_errno(asking, error);
	asked = asking_pg(asking, ledger_load(asking->context->pg, &load));
	if (asked == ASKED_ANSWERED && member->damaged)
		asked = asking_errno(asking, -EBADMSG);
	if (asked == ASKED_ANSWERED)
		asked = rule_today(asking, ret);
	if (asked != ASKED_ANSWERED)
		member_fini(member);
	return asked;
}

void asked_member_fini(struct asked_member *member)
{
	member_fini(&member->member);
}

enum asked asking_heads(
    struct asking *asking, struct head ret_head[STREAM_BUCKETS])
{
	struct head *heads[STREAM_BUCKETS];
	struct ledger_load load = {heads, STREAM_BUCKETS, NULL, 0};
	int32_t first = asking->organization->number * STREAM_BUCKETS;

	for (int i = 0; i < STREAM_BUCKETS; i++) {
		ret_head[i] = (struct head){.stream = first + i};
		heads[i] = &ret_head[i];
	}
	return asking_pg(asking, ledger_load(asking->context->pg, &load));
}

void write_position(struct wire_writer *writer, int32_t stream, int64_t offset,
    const unsigned char *chain)
{
	char hex[2 * ANSWER_CHAIN_SIZE + 1];
	char key[16];
	int length = snprintf(key, sizeof(key), "%d", (int)stream);

	wire_item(writer);
	wire_write_text(writer, (struct text){key, (size_t)length});
	wire_open_map(writer);
	wire_pair_int(writer, "offset", offset);
	answer_chain_text(chain, hex);
	wire_pair_string(writer, "chain", offset > 0 ? hex : "");
	wire_close(writer);
}

void write_heads(struct wire_writer *writer, const struct head *head)
{
	wire_key(writer, "heads");
	wire_open_map(writer);
	for (int i = 0; i < STREAM_BUCKETS; i++) {
		if (head[i].feed_offset > 0)
			write_position(writer, head[i].stream,
			    head[i].feed_offset, head[i].feed_chain);
	}
	wire_close(writer);
}
