/* What libzmq reads and writes behind our back, bounded. */
#undef _FORTIFY_SOURCE /* its recv() is an inline function */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "zmtp.h"

#define FDS_MOST 65536 /* descriptors above are turned away */
/* Who has less than this part of a bound is not who is too much. */
#define SHARE        64
#define NAP_NS       INT64_C(200000)
#define FULL_NAP_NS  INT64_C(10000000) /* no descriptors are left */
#define SURVEYS_MOST 50                /* a descriptor is kept no longer */

/* Written by the I/O thread that has the connection, but for what is said to be
 * the main loop's. */
struct lane {
	atomic_uint generation; /* odd: it is open */
	atomic_int kind;
	bool listens;
	bool curve;
	atomic_llong read;   /* what its frames take in memory … */
	atomic_llong taken;  /* … and of these, taken by the main loop */
	atomic_llong given;  /* bytes of replies, by the main loop … */
	atomic_llong sent;   /* … and of these, written */
	atomic_uint per_256; /* what 256 bytes of replies take in memory */
	unsigned waits_from; /* it is not read until a drain after this one */
	bool closing;        /* libzmq closed it, … */
	unsigned surveys;    /* … so many surveys ago */
	struct zmtp zmtp;
};

static struct {
	struct lane lane[FDS_MOST];
	struct gate_limits limits;
	pthread_mutex_t lock; /* opening, closing and cutting */
	enum gate_kind binding;
	atomic_llong ahead;
	atomic_int top; /* one above the highest descriptor seen */
	atomic_uint began[GATE_KINDS], drained[GATE_KINDS];
	int64_t unread; /* of the main loop: at the survey, and since then */
	atomic_uint connections;
	atomic_ullong turned_away, endless, strange, topics, slowed;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER};

void gate_limit(const struct gate_limits *limits)
{
	gate.limits = *limits;
}

void gate_listen_as(enum gate_kind kind)
{
	gate.binding = kind;
}

static struct lane *lane_of(int fd)
{
	if (fd < 0 || fd >= FDS_MOST || gate.lane[fd].kind == GATE_OPEN)
		return NULL;
	return &gate.lane[fd];
}

static struct lane *lane_find(gate_id id)
{
	struct lane *lane = lane_of((int)(uint32_t)id);

	return lane != NULL && lane->generation == (unsigned)(id >> 32) ? lane
									: NULL;
}

gate_id gate_find(int fd)
{
	const struct lane *lane = lane_of(fd);

	if (lane == NULL || lane->generation % 2 == 0)
		return 0;
	return (gate_id)lane->generation << 32 | (uint32_t)fd;
}

/* The main loop found nothing more, in a drain that began since. */
static bool has_drained(const struct lane *lane, unsigned since)
{
	/* Signed: the count may go round. */
	return (int)(gate.drained[lane->kind] - since) >= 0;
}

/* ---- the main loop's side */

void gate_took(gate_id id, enum gate_kind kind, size_t frames, size_t bytes)
{
	struct lane *lane = lane_find(id);
	long long cost;

	if (lane != NULL && lane->curve)
		bytes += frames * ZMTP_CURVE_BYTES;
	cost = (long long)frames * GATE_FRAME_COST + (long long)bytes;
	if (kind != GATE_OPEN)
		gate.ahead -= cost;
	if (lane == NULL)
		return;
	/* More than it sent: that was of an earlier one with its number. */
	if (lane->taken + cost > lane->read)
		lane->taken = lane->read;
	else
		lane->taken += cost;
}

void gate_draining(enum gate_kind kind)
{
	gate.began[kind]++;
}

void gate_drained(enum gate_kind kind)
{
	gate.drained[kind] = gate.began[kind];
}

/* What it has left unread, as it is in memory. */
static int64_t unread_of(const struct lane *lane)
{
	int64_t bytes = lane->given - lane->sent;

	return bytes > 0 ? bytes * lane->per_256 / 256 : 0;
}

bool gate_has_room(gate_id id, size_t bytes)
{
	const struct lane *lane = lane_find(id);
	int64_t most = gate.limits.unread_most;
	int64_t unread;

	if (lane == NULL || most == 0)
		return true;
	unread = unread_of(lane) + (int64_t)bytes;
	if (unread > most / 2)
		return false;
	/* Since the survey, some of it may have been read. */
	if (gate.unread > most)
		gate_survey();
	return gate.unread <= most || unread <= most / SHARE;
}

void gate_gave(gate_id id, size_t frames, size_t bytes)
{
	struct lane *lane = lane_find(id);
	size_t cost = frames * GATE_FRAME_COST + bytes;

	gate.unread += (int64_t)cost;
	if (lane == NULL)
		return;
	bytes += frames * (lane->curve ? 2 + ZMTP_CURVE_BYTES : 2);
	/* libzmq says some things of its own. */
	if (lane->given < lane->sent)
		lane->given = lane->sent;
	if (lane->given == lane->sent)
		lane->per_256 = 256;
	lane->per_256 =
	    (lane->per_256 * 7 + (unsigned)(cost * 256 / bytes)) / 8;
	lane->given += (long long)bytes;
}

bool gate_cut(gate_id id)
{
	bool there;

	pthread_mutex_lock(&gate.lock);
	there = lane_find(id) != NULL;
	if (there)
		shutdown((int)(uint32_t)id, SHUT_RDWR);
	pthread_mutex_unlock(&gate.lock);
	return there;
}

/* Closed by libzmq: now nothing that it sent is left, or long enough after. */
static void lane_close(int fd)
{
	struct lane *lane = &gate.lane[fd];

	pthread_mutex_lock(&gate.lock);
	if (++lane->surveys > SURVEYS_MOST || lane->kind == GATE_FEED ||
	    has_drained(lane, lane->waits_from)) {
		lane->closing = false;
		lane->kind = GATE_OPEN;
		gate.connections--;
		syscall(SYS_close, fd);
	}
	pthread_mutex_unlock(&gate.lock);
}

void gate_survey(void)
{
	long long before = gate.ahead, ahead = 0;
	bool drained = true;

	gate.unread = 0;
	for (int fd = 0; fd < gate.top; fd++) {
		const struct lane *lane = lane_of(fd);

		if (lane != NULL && lane->closing)
			lane_close(fd);
		if (lane == NULL || lane->generation % 2 == 0)
			continue;
		gate.unread += unread_of(lane);
		if (lane->kind != GATE_FEED && lane->read > lane->taken)
			ahead += lane->read - lane->taken;
	}
	for (int kind = GATE_EVENTS; kind <= GATE_CONTROL; kind++)
		drained = drained && gate.drained[kind] == gate.began[kind];
	/* What was begun by connections that are closed is gone; what they
	 * ended was taken. */
	if (drained && ahead < before)
		gate.ahead -= before - ahead;
}

struct gate_stats gate_stats(void)
{
	return (struct gate_stats){.ahead = gate.ahead > 0 ? gate.ahead : 0,
	    .unread = gate.unread,
	    .connections = gate.connections,
	    .turned_away = gate.turned_away,
	    .cut_endless = gate.endless,
	    .cut_strange = gate.strange,
	    .cut_topics = gate.topics,
	    .times_slowed = gate.slowed};
}

/* ---- libzmq's side */

static void nap(int64_t ns)
{
	const struct timespec time = {.tv_nsec = ns};

	nanosleep(&time, NULL);
}

/* At most one nap of each time its length: a thread that has other connections
 * as well goes on with them. */
static void nap_sometimes(void)
{
	static _Thread_local int64_t until_ns;
	struct timespec now;
	int64_t now_ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
	if (now_ns - until_ns < NAP_NS)
		return;
	gate.slowed++;
	nap(NAP_NS);
	until_ns = now_ns + NAP_NS;
}

static bool is_too_much(const struct lane *lane)
{
	int64_t most = gate.limits.ahead_most;
	int64_t ahead = lane->read - lane->taken;

	if (most == 0)
		return false;
	if (lane->kind == GATE_FEED)
		return lane->read > GATE_TOPICS;
	return ahead > GATE_AHEAD ||
	       (gate.ahead > most && ahead > most / SHARE);
}

/* 0; EAGAIN: not now; ECONNRESET: never again. */
static int lane_may_read(struct lane *lane)
{
	if (!is_too_much(lane)) {
		lane->waits_from = 0;
		return 0;
	}
	if (lane->kind == GATE_FEED) {
		gate.topics++;
		return ECONNRESET;
	}
	if (lane->waits_from == 0)
		lane->waits_from = gate.began[lane->kind] + 1;
	if (has_drained(lane, lane->waits_from)) {
		gate.endless++;
		return ECONNRESET;
	}
	nap_sometimes();
	return EAGAIN;
}

static bool lane_read(struct lane *lane, const void *bytes, size_t size)
{
	struct zmtp_frames frames;

	if (!zmtp_follow(&lane->zmtp, bytes, size, &frames)) {
		gate.strange++;
		return false;
	}
	lane->curve = lane->zmtp.curve;
	lane->read +=
	    (long long)(frames.count * GATE_FRAME_COST + frames.bytes);
	if (lane->kind != GATE_FEED)
		gate.ahead +=
		    (long long)(frames.count * GATE_FRAME_COST + frames.bytes);
	return true;
}

static void lane_open(int fd, enum gate_kind kind)
{
	struct lane *lane = &gate.lane[fd];

	pthread_mutex_lock(&gate.lock);
	lane->curve = false;
	lane->read = lane->taken = 0;
	lane->given = lane->sent = 0;
	lane->per_256 = 256;
	lane->waits_from = 0;
	lane->zmtp = (struct zmtp){0};
	lane->kind = (int)kind;
	lane->generation |= 1;
	gate.connections++;
	if (gate.top <= fd)
		gate.top = fd + 1;
	pthread_mutex_unlock(&gate.lock);
}

/* The system's headers name what they take with underscores.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

int listen(int fd, int backlog)
{
	int result = (int)syscall(SYS_listen, fd, backlog);

	if (result == 0 && fd < FDS_MOST) {
		gate.lane[fd].listens = true;
		gate.lane[fd].kind = (int)gate.binding;
	}
	return result;
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
	int kind = fd < FDS_MOST ? gate.lane[fd].kind : GATE_OPEN;
	int peer = (int)syscall(SYS_accept4, fd, address, size, flags);

	if (peer < 0) {
		/* libzmq would try again at once, for ever. */
		if (errno == EMFILE || errno == ENFILE) {
			nap(FULL_NAP_NS);
			errno = EMFILE;
		}
		return peer;
	}
	if (kind == GATE_OPEN)
		return peer;
	if (peer >= FDS_MOST ||
	    (gate.limits.connections > 0 &&
		gate.connections >= gate.limits.connections)) {
		gate.turned_away++;
		syscall(SYS_close, peer);
		errno = ECONNABORTED;
		return -1;
	}
	lane_open(peer, (enum gate_kind)kind);
	return peer;
}

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	struct lane *lane = lane_of(fd);
	int error = lane != NULL ? lane_may_read(lane) : 0;
	ssize_t got;

	if (error != 0) {
		errno = error;
		return -1;
	}
	got = recvfrom(fd, buffer, size, flags, NULL, NULL);
	if (lane == NULL || got <= 0 || (flags & MSG_PEEK) != 0 ||
	    lane_read(lane, buffer, (size_t)got))
		return got;
	errno = ECONNRESET;
	return -1;
}

ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
	struct lane *lane = lane_of(fd);
	ssize_t sent = sendto(fd, buffer, size, flags, NULL, 0);

	if (lane != NULL && sent > 0)
		lane->sent += sent;
	return sent;
}

int close(int fd)
{
	struct lane *lane = lane_of(fd);
	int result = 0;

	if (lane == NULL)
		return (int)syscall(SYS_close, fd);
	pthread_mutex_lock(&gate.lock);
	if (lane->listens) {
		lane->listens = false;
		lane->kind = GATE_OPEN;
		result = (int)syscall(SYS_close, fd);
	} else if (!lane->closing) {
		lane->generation++;
		lane->closing = true;
		lane->surveys = 0;
		lane->waits_from = gate.began[lane->kind] + 1;
		(void)shutdown(fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&gate.lock);
	return result;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
