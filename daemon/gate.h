/* What libzmq reads and writes behind our back, bounded.
 *
 * libzmq's I/O thread reads whatever a peer sends into a queue that has no end
 * (a high-water mark would let a peer abort the process: see socket.c), hands
 * on a message of many frames only when its last one is there, can neither cut
 * a connection nor say how much a peer has left unread. But it calls listen(),
 * accept4(), recv(), send() and close() through the dynamic linker, which finds
 * ours first, in gate.c. They do what the system's do, and keep books:
 *
 *   peer ─▶ kernel ─▶ recv() ─▶ libzmq's queue ─▶ ingress ─▶ gate_took()
 *             ▲         │ too much is untaken
 *             └─────────┘ leave it in the kernel: TCP slows the peer down
 *
 *  1. Each connection has a record, found by its descriptor; its generation
 *     tells it from earlier connections with that number.
 *  2. recv() follows the frames and adds up what they take in memory;
 *     gate_took() subtracts what the main loop has taken over.
 *  3. A connection that is GATE_AHEAD ahead, or has more than its share while
 *     all together are beyond `ahead_most`, is not read until the main loop has
 *     caught up.
 *  4. If the main loop took all there is (gate_drained()) and it is still as
 *     much, then it is a message without end: the connection is cut.
 *  5. Replies are counted as they are handed to libzmq (gate_gave()) and as
 *     send() writes them: the difference is what the peer does not read.
 *  6. libzmq's close() ends the connection; its descriptor is closed when the
 *     main loop has taken all that came by it, so that what it sent is not
 *     taken for another's.
 *
 * Nothing here waits, but for naps of the I/O thread in 3. The books are the
 * process's own, because the system's functions know no other context. */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* What a connection may be ahead; above the largest message that is read. */
#define GATE_AHEAD ((int64_t)3 * 512 * 1024)
/* The subscriptions of one connection. */
#define GATE_TOPICS ((int64_t)1024 * 1024)
/* A frame in libzmq's memory, beside its bytes. */
#define GATE_FRAME_COST 96

enum gate_kind {
	GATE_OPEN, /* not bounded: workers, and what is not a socket of ours */
	GATE_EVENTS,
	GATE_CONTROL,
	GATE_FEED,
	GATE_KINDS
};

/* A connection; 0: none. */
typedef uint64_t gate_id;

struct gate_limits {
	int64_t ahead_most;   /* bytes read and not taken, in all */
	int64_t unread_most;  /* bytes of replies that peers leave unread */
	unsigned connections; /* of partners, operators and subscribers */
};

/* What is counted. */
struct gate_stats {
	int64_t ahead;         /* now */
	int64_t unread;        /* at the last gate_survey() */
	uint64_t connections;  /* now */
	uint64_t turned_away;  /* connections beyond the limit */
	uint64_t cut_endless;  /* for a message without end */
	uint64_t cut_strange;  /* for what is not ZMTP 3 */
	uint64_t cut_topics;   /* for too many subscriptions */
	uint64_t times_slowed; /* naps: partners sent faster than we take */
};

/* Zeroes mean no limit, and nothing is bounded before the first call. */
void gate_limit(const struct gate_limits *limits);

/* What binds from now on takes connections of that kind. */
void gate_listen_as(enum gate_kind kind);

/* The connection that has that descriptor now; 0: none that is known. */
gate_id gate_find(int fd);

/* The main loop took a message of `frames` frames and `bytes` bytes. */
void gate_took(gate_id id, enum gate_kind kind, size_t frames, size_t bytes);
/* The main loop begins to take all there is; and has found nothing more. */
void gate_draining(enum gate_kind kind);
void gate_drained(enum gate_kind kind);

/* True if the connection may be given a reply of that size: else it has left
 * too much unread. */
bool gate_has_room(gate_id id, size_t bytes);
/* It was given one. */
void gate_gave(gate_id id, size_t frames, size_t bytes);

/* Ends the connection, if it is still there. True if it was. */
bool gate_cut(gate_id id);

/* Ten times a second: adds up anew. */
void gate_survey(void);
struct gate_stats gate_stats(void);

#endif
