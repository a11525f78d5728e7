/* The running daemon: builds the parts, wires them, lives, and ends. */
#ifndef DAEMON_BROKER_H
#define DAEMON_BROKER_H

#include "settings.h"

struct broker;

/* Opens and binds everything. NULL: the log says why. */
MUST_CHECK struct broker *broker_create(
    const struct settings *settings, const char *settings_file);
/* Runs until it is told to end. */
void broker_run(struct broker *broker);
/* NULL is fine. */
void broker_destroy(struct broker *broker);

#endif
