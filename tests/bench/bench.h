/* Measuring: one thing at a time, many times, and what lies in the middle. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_BODY_SIZE 200   /* bytes of a bare message and of a bare row */
#define BENCH_WAIT_MS   20000 /* no single thing takes longer, or we give up */

/* Says what went wrong and ends the program: a benchmark has nobody to tell. */
_Noreturn void bench_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Nanoseconds of a clock that never goes back. */
int64_t bench_now(void);

/* ---- the bare path: partner → broker → worker → back, nothing decided */

struct bench_path;
struct bench_path *bench_path_start(void);
void bench_path_trip(struct bench_path *path);
void bench_path_stop(struct bench_path *path);

/* ---- the bare commit: one prepared INSERT of one row */

struct bench_sql;
struct bench_sql *bench_sql_start(const char *dsn);
void bench_sql_insert(struct bench_sql *sql);
void bench_sql_stop(struct bench_sql *sql);

/* ---- a partner of creditd: members and their activities */

struct bench_partner;
/* Connects, and grants a certification to each of `members` members. */
struct bench_partner *bench_partner_start(
    const char *endpoint, unsigned members);
/* One more activity of the next member, sent and answered. */
void bench_partner_trip(struct bench_partner *partner);
/* `count` activities with up to `window` in flight; returns the nanoseconds
 * from the first sent to the last answered. */
int64_t bench_partner_stream(
    struct bench_partner *partner, unsigned count, unsigned window);
void bench_partner_stop(struct bench_partner *partner);

#endif
