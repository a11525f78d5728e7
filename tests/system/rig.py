"""Real programs on a private PostgreSQL of their own, for the system tests.

An Instance is what `./run up` makes, in a directory of its own; its processes
are ended, stopped and woken by the ids in DIR/pids. Tests that break nothing
share one (shared()); members have numbers that no other test uses."""

import atexit
import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "partner"))

from partner import Partner, Refused, Silence, Subscriber  # noqa: E402,F401

BUILD = pathlib.Path(os.environ.get("CREDITD_BUILD", TOP / "build" / "run"))
FULL = os.environ.get("CREDITD_TESTS") == "full"
LOGS = TOP / "build" / "logs"   # of ended instances, to look at afterwards
TODAY = "2026-06-30"            # what the golden cases take for today


def wait_until(condition, seconds, what):
    """Polls until condition() is true, and returns what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %g s: %s" % (seconds, what))
        time.sleep(0.02)        # between two polls; the deadline bounds it


def _start_time(pid):
    try:
        stat = pathlib.Path("/proc/%d/stat" % pid).read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


class Instance:
    """`./run up`, and all that a test wants to do with it."""

    def __init__(self, workers=2, today=TODAY):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="creditd-t"))
        if os.getuid() == 0:
            self.dir.chmod(0o711)   # PostgreSQL is somebody else
        self.workers = workers
        self.today = today
        self.own = {}           # name: Popen of workers that a test started
        atexit.register(self.down)
        self.up()

    # ---- the life of the instance

    def up(self, workers=None):
        """Starts it, or again what has died; waits for the first `workers`."""
        if workers is None:
            workers = self.workers
        self.run("up", "--dir", str(self.dir), "--workers", str(workers),
                 *(["--today", self.today] if self.today else []))
        self.values = dict(
            line.split("=", 1) for line in
            (self.dir / "instance").read_text().splitlines())

    def down(self):
        if not self.dir.exists():
            return
        for name in list(self.own):
            self.kill(name)
        self.run("down", "--dir", str(self.dir))
        shutil.copytree(self.dir / "log", LOGS / self.dir.name)
        complaints = self.sanitizer_lines()
        shutil.rmtree(self.dir, ignore_errors=True)
        atexit.unregister(self.down)
        if complaints:
            raise AssertionError("a sanitizer found:\n" + "\n".join(complaints))

    def run(self, *arguments):
        done = subprocess.run(
            [str(TOP / "run"), *arguments], text=True, timeout=300,
            env=dict(os.environ, CREDITD_BUILD=str(BUILD)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise AssertionError("./run %s failed:\n%s\n%s" % (
                " ".join(arguments), done.stdout, self.logs()))
        return done.stdout

    def move_to(self, date):
        """`./run today`: returns when every stream has ruled."""
        self.today = date
        return self.run("today", date, "--dir", str(self.dir))

    def logs(self, lines=10):
        text = []
        for log in sorted((self.dir / "log").glob("*.log")):
            last = log.read_text(errors="replace").splitlines()[-lines:]
            text += ["--- %s" % log.name, *last]
        return "\n".join(text)

    def log_of(self, name):
        path = self.dir / "log" / ("%s.log" % name)
        return path.read_text(errors="replace") if path.exists() else ""

    def sanitizer_lines(self):
        found = []
        for log in (self.dir / "log").glob("*.log"):
            for line in log.read_text(errors="replace").splitlines():
                if "Sanitizer" in line or "runtime error:" in line \
                        or "Assertion" in line \
                        or line.startswith("=="):  # valgrind
                    found.append("%s: %s" % (log.name, line))
        return found

    # ---- where things are

    @property
    def events(self):
        return self.values["events"]

    def feed(self, organization):
        known = self.values.get("feed." + organization)
        if known is None:       # started without workers, who tell creditd
            partner = self.partner()
            known = partner.query("feeds")["feeds"][organization]
            partner.close()
        return known

    @property
    def dsn(self):
        return self.values["dsn"]

    @property
    def control(self):
        return self.values["control"]

    def partner(self):
        return Partner(self.events)

    def subscriber(self, organization, partner=None, prefix=""):
        return Subscriber(self.feed(organization), organization,
                          partner or self.partner(), prefix)

    def creditctl(self, *arguments, code=0, stdin=None):
        """Its standard output; the exit code must be `code`."""
        done = subprocess.run(
            [self.values["creditctl"], "--dir", str(self.dir), *arguments],
            text=True, input=stdin, capture_output=True, timeout=300,
            env=dict(os.environ, CREDITD_SCHEMA=str(TOP / "schema")))
        if code is not None and done.returncode != code:
            raise AssertionError(
                "creditctl %s ended with %d, not %d:\n%s%s" % (
                    " ".join(arguments), done.returncode, code,
                    done.stdout, done.stderr))
        self.stderr = done.stderr
        return done.stdout

    def sql(self, query):
        """Rows of text."""
        done = subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\x1f", "-c",
             query, self.dsn], text=True, capture_output=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError("psql: %s\n%s" % (done.stderr, query))
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def verify(self):
        """creditctl verify finds nothing."""
        return self.creditctl("verify")

    # ---- processes

    def pid(self, name):
        if name in self.own:
            return self.own[name].pid
        return int((self.dir / "pids" / name).read_text().split()[0])

    def is_running(self, name):
        if name in self.own:
            return self.own[name].poll() is None
        try:
            pid, start = (self.dir / "pids" / name).read_text().split()
        except (OSError, ValueError):
            return False
        return _start_time(int(pid)) == start

    def send_signal(self, name, number):
        if self.is_running(name):
            os.kill(self.pid(name), number)

    def kill(self, name, number=signal.SIGKILL):
        """Ends it, and waits until it is gone."""
        self.send_signal(name, number)
        if name in self.own:
            self.own[name].wait(timeout=60)
            del self.own[name]
        else:
            wait_until(lambda: not self.is_running(name), 60,
                       "%s has ended" % name)

    def start_worker(self, name, **settings):
        """A worker of the test's own, beside those of `./run up`."""
        lines = ["name: %s" % name,
                 "creditd: ipc://%s/workers" % (self.dir / "run").resolve(),
                 'dsn: "host=%s/pg dbname=creditd user=creditd_worker"' % (
                     self.dir / "run").resolve()]
        lines += ["%s: %s" % item for item in settings.items()]
        path = self.dir / ("%s.yaml" % name)
        path.write_text("\n".join(lines) + "\n")
        log = open(self.dir / "log" / ("%s.log" % name), "ab")
        self.own[name] = subprocess.Popen(
            [str(BUILD / "worker" / "creditd-worker"), "-c", str(path)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        wait_until(lambda: name in self.workers_there(), 20,
                   "%s has said hello" % name)

    def workers_there(self):
        """The names of the workers that creditd knows."""
        partner = self.partner()
        try:
            return [w["name"] for w in partner.query("status")["workers"]]
        finally:
            partner.close()

    def cpu_seconds(self, name):
        stat = pathlib.Path("/proc/%d/stat" % self.pid(name)).read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self, name):
        status = pathlib.Path("/proc/%d/status" % self.pid(name)).read_text()
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS of %s" % name)


_shared = None


def shared():
    """The instance for tests that break nothing: two workers, today fixed."""
    global _shared
    if _shared is None:
        _shared = Instance()
    return _shared


_run = "%x" % (int(time.time()) & 0xffffff)
_numbers = itertools.count(1)


def member(organization="canfitpro"):
    """A member that no other test knows."""
    return "%s/%s.%d" % (organization, _run, next(_numbers))


# ---- events, shortly

def granted(who, designation="FIS", on="2026-01-15", id="g1", **data):
    return {"id": id, "type": "certification.granted", "member": who,
            "data": dict(data, designation=designation, granted_on=on)}


def activity(who, id, on="2026-03-01", minutes=120, **keys):
    """An accredited workshop of its own title."""
    organization = who.split("/")[0]
    made = {"kind": "workshop", "title": id, "accredited_by": organization,
            "completed_on": on, "contact_minutes": minutes}
    made.update(keys)
    return {"id": id, "type": "activity.completed", "member": who,
            "data": {"activity": made}}


def requested(who, id, request, on="2026-02-10", minutes=240, evidence=True):
    data = {"request": request, "activity": {
        "kind": "workshop", "title": request, "provider": "Elsewhere",
        "completed_on": on, "contact_minutes": minutes}}
    if evidence:
        data["evidence"] = [{"kind": "attendance"}, {"kind": "description"}]
    return {"id": id, "type": "recognition.requested", "member": who,
            "data": data}


def decided(who, id, request, decision="approved", **data):
    return {"id": id, "type": "recognition.decided", "member": who,
            "data": dict(data, request=request, decision=decision,
                         reviewer="j.doe")}


def paid(who, id, request, amount):
    return {"id": id, "type": "recognition.paid", "member": who,
            "data": {"request": request, "amount": amount, "currency": "CAD",
                     "reference": "R-" + id}}


def reversed_(who, id, event):
    return {"id": id, "type": "event.reversed", "member": who,
            "data": {"event": event, "reason": "sent by mistake"}}


# ---- what is expected is a subset

SETS = ("missing", "flags")


def differs(expected, actual, path=""):
    """Where `actual` is not what `expected` says, or None. Maps may have more
    keys, also in lists; lists of text are sets."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return "%s: expected a map, got %r" % (path, actual)
        for key, value in expected.items():
            if key not in actual:
                return "%s.%s is missing" % (path, key)
            found = differs(value, actual[key], "%s.%s" % (path, key))
            if found:
                return found
        return None
    if isinstance(expected, list) and all(isinstance(x, str) for x in expected):
        if not isinstance(actual, list) or sorted(expected) != sorted(actual):
            return "%s: expected %r, got %r" % (path, expected, actual)
        return None
    if isinstance(expected, list) and isinstance(actual, list) \
            and len(expected) == len(actual):
        found = [differs(e, a, "%s[%d]" % (path, n))
                 for n, (e, a) in enumerate(zip(expected, actual))]
        return next((f for f in found if f), None)
    if expected != actual:
        return "%s: expected %r, got %r" % (path, expected, actual)
    return None


def read_cases(path):
    return [json.loads(line) for line in path.read_text().splitlines()
            if line.strip()]
