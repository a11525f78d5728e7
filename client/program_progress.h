/* How far the members of an organization are ruled again by a revision. */
#ifndef CLIENT_PROGRAM_PROGRESS_H
#define CLIENT_PROGRAM_PROGRESS_H

#include "db.h"

/* Shows it until all are ruled, or once if not `wait`: a bar on a terminal,
 * JSON lines where that is asked for, a line at the end. Returns an exit code:
 * CTL_NO_ANSWER if it was interrupted, or nothing moved for ctl->timeout_s. */
int program_follow(const struct ctl *ctl, PGconn *db, const char *organization,
    int64_t revision, bool wait);

#endif
