/* What systemd hears of a worker. */
#include "supervisor.h"

#include <systemd/sd-daemon.h>

#define TELL_MS 1000

void supervisor_ready(struct supervisor *supervisor)
{
	supervisor->told_at = uplink_now_ms();
	sd_notify(0, "READY=1\nSTATUS=connecting to creditd");
}

static const char *state_of(const struct uplink *uplink)
{
	if (uplink->database != LINK_DATABASE_WELL)
		return "the database is away";
	return uplink->welcome ? "at work" : "connecting to creditd";
}

void supervisor_beat(struct supervisor *supervisor, const struct uplink *uplink)
{
	int64_t now = uplink_now_ms();

	if (now - supervisor->told_at < TELL_MS)
		return;
	supervisor->told_at = now;
	sd_notifyf(0, "WATCHDOG=1\nSTATUS=%s, %zu events waiting",
	    state_of(uplink), uplink->event_count);
}

void supervisor_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=finishing what was given");
}
