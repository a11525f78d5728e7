/* The link between creditd and its workers: messages and their limits.
 *
 * A worker's DEALER connects to creditd's ROUTER (ipc, or TCP). Every message
 * is one frame with one msgpack array, its first item the verb below (an int);
 * EVENT and QUERY have a second frame, the body as it came from the partner.
 * Text is str, digests are bin; unknown trailing items of an array are ignored,
 * so that a newer side may say more.
 *
 * worker to creditd
 *  [HELLO, link, name, incarnation, version, schema, window, query_window,
 *      database, organizations, heads, skills]
 *      name: text, e.g. "worker@1"; incarnation: random text
 *      window, query_window: events and queries that it takes at once
 *      database: LINK_DATABASE_…
 *      organizations: [[number, name, time zone, revision] …]
 *      heads: [[stream, seq, offset, chain, today, due, rules, asides] …] of
 * all that have events; chain (bin 16) is the feed's chain at offset; today:
 * the stream's date (days); due: bool, members still wait to be ruled again;
 *      rules: the revision of the program that rules the stream; asides: how
 *      many different bytes of it are set aside in quarantine
 *      skills: LINK_CAN_…, what it understands beyond the first release
 *  [BEAT, database, message]         at least every beat_ms, from the main loop
 *  [DONE, answers, changes, heads, organizations]
 *      answers: [[ticket, verb, body] …], verb LINK_RESULT, LINK_ANSWER or
 *      LINK_REFUSED, body bin (msgpack map for the partner); for system events
 *      LINK_RESULT with an empty body, REDRIVE with the event's answer; for a
 *      SET_ASIDE LINK_REFUSED
 *      changes: [[stream, offset, chain, topic, body] …] in offset order per
 *      stream, body bin: the feed's frame 2
 *      heads: as in HELLO, of the streams that moved (or were found further on
 *      than this worker knew); sent after the COMMIT, with or without answers
 *      organizations: as in HELLO, those that are new or changed, else []
 *  [FETCHED, ticket, stream, changes, head_offset]   answer to FETCH
 *  [TAKEN, ticket]                   it has an event on trial and waits for
 *      BEGIN before it looks into it
 *  [BYE]                             it will leave: give it no more
 *
 * creditd to worker
 *  [WELCOME, epoch, beat_ms]         from its HELLO to the WELCOME a worker
 *      ignores all else that comes: it was meant for its former self, and is
 *      given again, in order
 *  [TURNED_AWAY, message]            another version of the link; do not retry
 *  [EVENT, ticket, stream, kind, source, rights, received_us, received_on,
 *      key, asides, trial]+body
 *      kind: LINK_PARTNER or LINK_SYSTEM; source: the authenticated partner's
 *      source id or "" where the endpoint does not authenticate
 *      (system events have source "system"); rights: [submit, flags], submit a
 *      bit mask by event type, flags LINK_MAY_…; received_on: days, in the
 *      organization's time zone
 *      asides: as in heads; where it is not 0 the worker looks, before it
 *      decodes, whether these very bytes are set aside; trial: bool, the event
 *      is suspected to bring workers down and runs alone: say TAKEN first
 *      body of a system event: [type, id, date, revision, cursor]; of REDRIVE
 *      [type, id, date, revision, cursor, source, digest (bin), author]
 *  [BEGIN, ticket]                   answer to TAKEN
 *  [SET_ASIDE, ticket, stream, source, rights, received_us, received_on, key,
 *      strikes, reason]+body         store the bytes, undecoded, in quarantine
 *  [QUERY, ticket, source, rights, received_us, today, key]+body
 *      rights as above; key: the member or organization of frame 4
 *  [FETCH, ticket, stream, after_offset, limit]
 *  [BEAT]
 *  [BYE]                             answer to BYE: nothing more will come
 *  [HELLO]                           say HELLO (again): this creditd does not
 *      know the worker (it was given up, or creditd is new), or its last HELLO
 *      was said with the database away and could not tell all. What a worker
 *      that is not known sends is ignored; its events are with others.
 */
#ifndef COMMON_LINK_H
#define COMMON_LINK_H

#include <stdint.h>

#define LINK_VERSION      1
#define LINK_MESSAGE_MOST (4 * 1024 * 1024) /* MAXMSGSIZE of both sides */
#define LINK_DONE_TARGET  (512 * 1024) /* a DONE is cut at about this size */
#define STREAM_BUCKETS    64           /* streams an organization, for ever */

enum link_verb {
	LINK_HELLO = 1,
	LINK_BEAT,
	LINK_DONE,
	LINK_FETCHED,
	LINK_BYE,
	LINK_WELCOME,
	LINK_TURNED_AWAY,
	LINK_EVENT,
	LINK_QUERY,
	LINK_FETCH,
	LINK_TAKEN,
	LINK_BEGIN,
	LINK_SET_ASIDE
};

enum link_answer { LINK_RESULT = 1, LINK_ANSWER, LINK_REFUSED };
/* LINK_ASIDE: within the worker only, what a SET_ASIDE is about. */
enum link_event_kind { LINK_PARTNER, LINK_SYSTEM, LINK_ASIDE };
enum link_database { LINK_DATABASE_WELL, LINK_DATABASE_AWAY };

#define LINK_CAN_ISOLATE  1u /* TAKEN, SET_ASIDE */

#define LINK_MAY_READ     1u
#define LINK_MAY_DECIDE   2u
#define LINK_MAY_TRANSFER 4u
#define LINK_ALL_TYPES    0xffffffffu

#include "text.h"

/* organization × 64 + first byte of BLAKE2b-256("organization/number") mod 64.
 */
int32_t stream_of(int32_t organization, struct text member);

#endif
