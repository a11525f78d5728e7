"""The real programs and a real PostgreSQL, broken at random for so long; then
all books are compared with the database.

main.py [--seconds N] [--seed S] [--rate R] [--report FILE]; ends with 0 when
nothing was lost, doubled, out of order, diverged or set aside."""

import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))

import rig  # noqa: E402

import disk  # noqa: E402
import faults as fault_kinds  # noqa: E402
import ledger  # noqa: E402
import network  # noqa: E402
import place  # noqa: E402
import report as reports  # noqa: E402

WORKERS = 3
SOURCES = ("p1", "p2")
SUBSCRIBERS = ("steady", "wanderer")
END_SECONDS = 150       # for partners and subscribers to finish


def note(text):
    print("%s %s" % (time.strftime("%H:%M:%S"), text), file=sys.stderr,
          flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--report", default=str(rig.TOP / "build/chaos.json"))
    return parser.parse_args()


class Run:
    def __init__(self, options):
        self.options = options
        self.programs = {}      # name: Popen
        self.books = pathlib.Path(tempfile.mkdtemp(prefix="creditd-chaos"))
        self.instance = None
        self.faults = None
        self.disk = None
        self.left_out = []

    def start(self, name, program, *arguments):
        self.programs[name] = subprocess.Popen(
            [sys.executable, str(HERE / program), *arguments],
            stdin=subprocess.PIPE, stdout=open(
                self.books / (name + ".out"), "w"))

    def start_all(self):
        options = self.options
        why_not = place.enter()
        self.instance = rig.Instance(workers=WORKERS)
        self.faults = fault_kinds.Faults(
            self.instance, WORKERS, options.seed)
        if why_not is None:
            self.disk = disk.Disk(self.instance, self.faults)
            self.faults.places = [
                network.Network(self.instance, self.faults), self.disk]
        else:
            self.left_out = ["lost networks: " + why_not,
                             "a full disk: " + why_not]
        for name in SUBSCRIBERS:
            self.start(name, "watch.py", self.instance.feed("canfitpro"),
                       self.instance.events, name, str(options.seed),
                       str(self.books / name))
        for source in SOURCES:
            self.start(source, "load.py", self.instance.events, source,
                       str(options.seed), str(options.rate / len(SOURCES)),
                       str(self.books / source))

    def break_things(self):
        chance = random.Random("%s/pauses" % self.options.seed)
        until = time.monotonic() + self.options.seconds
        time.sleep(1)           # the load begins before the first fault
        while time.monotonic() < until:
            kind = self.faults.one()
            for name, program in self.programs.items():
                if program.poll() is not None:
                    raise AssertionError("%s has ended by itself" % name)
            note("%3d s left: %s" % (until - time.monotonic(), kind))
            time.sleep(chance.uniform(0.1, 0.7))    # between two faults

    def end(self, names):
        """Their input ends; they finish by themselves."""
        for name in names:
            self.programs[name].stdin.close()
        for name in names:
            if self.programs[name].wait(timeout=END_SECONDS) != 0:
                raise AssertionError("%s has failed" % name)

    def compare(self):
        found = ledger.Comparison()
        loads = [json.loads((self.books / (s + ".out")).read_text())
                 for s in SOURCES]
        books = []
        for source in SOURCES:
            members = ledger.read_book(self.books / source)
            ledger.compare_events(found, self.instance, source, members)
            ledger.compare_balances(found, self.instance, source, members)
            books.append(members)
        streams, earned = ledger.feed_of(self.instance)
        subscribers = {
            name: ledger.compare_subscriber(
                found, name, self.books / name, streams, earned)
            for name in SUBSCRIBERS}
        return loads, subscribers, found, books

    def verify(self, found):
        try:
            self.instance.verify()
        except AssertionError as error:
            found.say(str(error)[-2000:])
            return False
        return True

    def all(self):
        self.start_all()
        note("the load begins; seed %d" % self.options.seed)
        self.break_things()
        note("everything is well again; what is left is answered")
        self.faults.heal()
        self.end(SOURCES)
        self.end(SUBSCRIBERS)
        note("the books are compared")
        loads, subscribers, found, books = self.compare()
        extra = {"verified": self.verify(found),
                 "set_aside": ledger.set_aside(self.instance),
                 "left_out": self.left_out,
                 "no_space_left": self.instance.log_of("postgres").count(
                     "No space left on device")}
        return reports.make(self.options, self.faults, loads, subscribers,
                            found, books, extra)

    def stop(self):
        """Whatever happened: nothing that we started is left."""
        for program in self.programs.values():
            if program.poll() is None:
                program.kill()
                program.wait()
        if self.instance is not None:
            try:
                if self.faults is not None:
                    self.faults.end_snapshot()
                    for there in self.faults.places:
                        there.heal()
                for name in [*self.instance.own, "creditd", "postgres"]:
                    self.instance.send_signal(name, signal.SIGCONT)
            finally:
                self.instance.down()
        if self.disk is not None:
            self.disk.remove()
        for path in self.books.iterdir():
            path.unlink()
        self.books.rmdir()


def ended(number, _):
    raise SystemExit(128 + number)


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGHUP, ended)
    run = Run(options)
    try:
        made = run.all()
    except BaseException:
        note("failed with --seed %d" % options.seed)
        raise
    finally:
        run.stop()
    text = json.dumps(made, indent=1)
    pathlib.Path(options.report).write_text(text + "\n")
    print(text)
    return 0 if made["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
