"""What is done to a running instance: one method a kind. Each leaves the
instance whole when it returns; what is held longer (an old snapshot) ends by
itself, at end() at the latest."""

import os
import random
import signal
import subprocess
import time

from rig import Refused, Silence

STREAMS = 64


class Faults:
    def __init__(self, instance, workers, seed):
        self.instance = instance
        self.random = random.Random("%s/faults" % seed)
        self.workers = ["worker-%d" % (n + 1) for n in range(workers)]
        self.kills = []         # (when, how many streams it may have had)
        self.periods = []       # (kind, from, until)
        self.snapshot = None
        self.snapshot_until = 0.0
        self.bag = []
        self.places = []        # other modules' faults, which end with us

    def kinds(self):
        return [name for place in [self, *self.places]
                for name in dir(place) if name.startswith("fault_")]

    def one(self):
        """The next fault; every kind comes before one comes again."""
        if not self.bag:
            self.bag = sorted(self.kinds())
            self.random.shuffle(self.bag)
        name = self.bag.pop()
        place = next(p for p in [self, *self.places] if hasattr(p, name))
        began = time.monotonic()
        getattr(place, name)()
        self.periods.append((name[6:], began, time.monotonic()))
        if self.snapshot is not None and began > self.snapshot_until:
            self.end_snapshot()
        return name[6:]

    def heal(self):
        """Everything goes on, whatever state it was left in."""
        self.end_snapshot()
        for place in self.places:
            place.heal()
        for name in [*self.workers, "creditd", "postgres"]:
            self.instance.send_signal(name, signal.SIGCONT)
        self.instance.up()

    # ---- helpers

    def pause(self, least, most):
        time.sleep(self.random.uniform(least, most))    # the fault's length

    def any_worker(self):
        return self.random.choice(self.workers)

    def streams_of(self, name):
        """How many of an organization's streams it has, about: from status."""
        partner = self.instance.partner()
        try:
            workers = partner.query("status", seconds=1.0)["workers"]
        except (Refused, Silence):
            return 0
        finally:
            partner.close()
        held = {w["name"]: w["streams"] for w in workers}
        total = sum(held.values())
        return -(-STREAMS * held.get(name, 0) // total) if total else 0

    def backends(self):
        return [int(pid) for pid, in self.instance.sql(
            "SELECT pid FROM pg_stat_activity"
            " WHERE usename = 'creditd_worker' ORDER BY pid")]

    def freeze(self, pid, least, most):
        try:
            os.kill(pid, signal.SIGSTOP)
            self.pause(least, most)
        except ProcessLookupError:
            return
        finally:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    # ---- processes

    def fault_worker_killed(self):
        name = self.any_worker()
        streams = self.streams_of(name)
        pid = self.instance.pid(name)
        self.kills.append((time.monotonic(), streams))
        os.kill(pid, signal.SIGKILL)
        self.pause(0.5, 2)
        self.instance.up()

    def fault_all_workers_killed(self):
        for name in self.workers:
            self.instance.send_signal(name, signal.SIGKILL)
        self.pause(0, 1)
        self.instance.up()

    def fault_worker_ended(self):
        self.instance.kill(self.any_worker(), signal.SIGTERM)
        self.instance.up()

    def fault_worker_frozen(self):
        self.freeze(self.instance.pid(self.any_worker()), 0.2, 5)

    def fault_creditd_killed(self):
        self.instance.kill("creditd")
        self.pause(0, 0.5)
        self.instance.up()

    def fault_creditd_ended(self):
        self.instance.kill("creditd", signal.SIGTERM)
        self.instance.up()

    def fault_creditd_frozen(self):
        self.freeze(self.instance.pid("creditd"), 0.2, 4)

    # ---- PostgreSQL

    def fault_connection_killed(self):
        self.instance.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'creditd_worker' ORDER BY pid LIMIT 1 OFFSET %d"
            % self.random.randrange(2 * len(self.workers)))

    def fault_all_connections_killed(self):
        self.instance.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'creditd_worker'")

    def fault_backend_frozen(self):
        backends = self.backends()
        if backends:
            self.freeze(self.random.choice(backends), 0.2, 4)

    def stop_postgres(self, number):
        self.instance.kill("postgres", number)
        self.pause(0, 1)
        self.instance.up()

    def fault_postgres_restarted(self):
        self.stop_postgres(signal.SIGINT)

    def fault_postgres_stopped_at_once(self):
        self.stop_postgres(signal.SIGQUIT)

    def fault_postgres_killed(self):
        self.stop_postgres(signal.SIGKILL)

    def fault_rows_locked(self):
        self.instance.sql(
            "BEGIN; LOCK TABLE balance IN EXCLUSIVE MODE;"
            " SELECT pg_sleep(%.2f); COMMIT" % self.random.uniform(0.3, 3))

    def fault_old_snapshot(self):
        self.end_snapshot()
        self.snapshot_until = time.monotonic() + self.random.uniform(10, 60)
        self.snapshot = subprocess.Popen(
            ["psql", "-XAtq", self.instance.dsn], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        self.snapshot.stdin.write(
            "BEGIN ISOLATION LEVEL REPEATABLE READ;"
            " SELECT count(*) FROM balance;\n")
        self.snapshot.stdin.flush()

    def end_snapshot(self):
        if self.snapshot is None:
            return
        try:
            self.snapshot.stdin.close()
        except BrokenPipeError:     # it ended with its PostgreSQL
            pass
        try:
            self.snapshot.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.snapshot.kill()
            self.snapshot.wait()
        self.snapshot = None


