"""Events that bring workers down are found, set aside, and tried again when an
operator says so; everybody else's are answered as if nothing had been."""

import json
import signal
import subprocess
import threading
import time
import unittest

import books
import rig

HELD = 3            # strikes


def poison_worker():
    """The worker of poison_worker.c, built on first use."""
    build = rig.BUILD
    if not (build / "CMakeCache.txt").exists():
        build = rig.TOP / "build" / "dev"
    done = subprocess.run(
        ["cmake", "--build", str(build), "--target", "poison_worker"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError(done.stdout)
    return build / "tests" / "system" / "poison_worker"


class Service:
    """What systemd does: workers that end are started again, those that creditd
    does not hear from any more are killed."""

    def __init__(self, instance, program, count):
        self.instance = instance
        self.lock = threading.Lock()
        self.program = program
        self.ended = threading.Event()
        self.process = {}
        self.started = {}
        self.crashes = 0
        for number in range(1, count + 1):
            self.start("p%d" % number)
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        rig.wait_until(lambda: len(instance.workers_there()) == count, 20,
                       "the workers are there")

    def start(self, name):
        socket = (self.instance.dir / "run").resolve()
        path = self.instance.dir / ("%s.yaml" % name)
        path.write_text(
            "name: %s\ncreditd: ipc://%s/workers\n"
            'dsn: "host=%s/pg dbname=creditd user=creditd_worker"\n' % (
                name, socket, socket))
        with open(self.instance.dir / "log" / ("%s.log" % name), "ab") as log:
            self.process[name] = subprocess.Popen(
                [str(self.program), "-c", str(path)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.started[name] = time.monotonic()

    def watch(self):
        partner = self.instance.partner()
        while not self.ended.wait(0.05):
            try:
                there = [w["name"] for w in
                         partner.query("status", seconds=1)["workers"]]
            except (rig.Silence, rig.Refused):
                continue            # creditd is being restarted
            with self.lock:
                for name, process in self.process.items():
                    if process.poll() is not None:
                        self.crashes += 1
                        self.start(name)
                    elif name not in there and \
                            time.monotonic() - self.started[name] > 3.0:
                        process.kill()
        partner.close()

    def kill_all(self):
        """All at the same moment, as when the machine runs out of memory."""
        with self.lock:
            for process in self.process.values():
                process.kill()
            for process in self.process.values():
                process.wait()

    def replace(self, program):
        """Mended: other workers take over."""
        with self.lock:
            self.program = program
            for process in self.process.values():
                process.terminate()
            for process in self.process.values():
                process.wait(timeout=20)

    def end(self):
        self.ended.set()
        self.thread.join()
        for process in self.process.values():
            process.terminate()
        for process in self.process.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()      # it stalls
                process.wait()


class Poison(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sick = poison_worker()
        cls.well = rig.BUILD / "worker" / "creditd-worker"

    def begin(self, workers=2, program=None):
        self.instance = rig.Instance(workers=0)
        self.addCleanup(self.instance.down)
        self.service = Service(self.instance, program or self.sick, workers)
        self.addCleanup(self.service.end)
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)
        self.subscriber = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(self.subscriber.close)

    # ---- what is looked at

    def counters(self):
        return self.partner.query("status")["counters"]

    def asides(self):
        return json.loads("[%s]" % ",".join(self.instance.creditctl(
            "quarantine", "list", "--all", "--json").splitlines()))

    def marks(self):
        return [(int(what), reason) for what, reason in self.instance.sql(
            "SELECT what, reason FROM quarantine_mark ORDER BY marked_at, seq")]

    def ids_of(self, who):
        return [id for id, in self.instance.sql(
            "SELECT id FROM event WHERE member = '%s' AND source = 'local'"
            " ORDER BY seq" % who)]

    def submit(self, events, seconds=120):
        """The replies, and how long each took."""
        began = time.monotonic()
        took = {}
        replies, _ = self.partner.submit_all(
            events, window=len(events), seconds=seconds, resend_after=15.0,
            on_answer=lambda n, *_: took.setdefault(
                n, time.monotonic() - began))
        return replies, took

    def check_innocent(self, events, replies):
        innocent = [(e, r) for e, r in zip(events, replies)
                    if not e["id"].startswith("poison")]
        books.check_answers(self, [e for e, _ in innocent],
                            [r for _, r in innocent])
        for event, reply in zip(events, replies):
            if event["id"].startswith("poison"):
                self.assertEqual((reply[0], reply[1]["code"]),
                                 (b"REFUSED", "QUARANTINED"), event)

    def check_whole(self):
        self.instance.verify()
        self.subscriber.listen(0.3)
        self.subscriber.catch_up()
        self.assertEqual(self.subscriber.gaps(), [])
        self.assertEqual(self.subscriber.differing, [])
        books.check_versions(self, self.subscriber)

    def load(self, members, each=13):
        """Events of many members, in turn; each member's in order."""
        whos = [rig.member() for _ in range(members)]
        events = [rig.granted(who) for who in whos]
        for n in range(each - 1):
            events += [rig.activity(who, "a%02d" % n) for who in whos]
        return whos, events

    # ---- finding them

    def test_one_among_many(self):
        """one of 2,000 in flight crashes workers: it alone is set aside"""
        self.begin()
        whos, events = self.load(154)
        who = whos[77]
        place = next(n for n, e in enumerate(events)
                     if e["member"] == who and e["id"] == "a05") + 1
        events.insert(place, rig.activity(who, "poison-crash"))
        replies, took = self.submit(events)
        self.check_innocent(events, replies)
        print("       set aside after %.1f s and %d crashes; the last of the "
              "others after %.1f s" % (
                  took[place], self.service.crashes,
                  max(t for n, t in took.items() if n != place)), flush=True)
        self.assertEqual(self.ids_of(who),
                         ["g1"] + ["a%02d" % n for n in range(12)])
        self.assertEqual([what for what, _ in self.marks()], [0])
        self.assertIn("3 while it ran alone", self.marks()[0][1])
        counters = self.counters()
        self.assertEqual((counters["strikes"], counters["set_aside"]),
                         (HELD, 1))
        self.assertEqual(len(self.instance.sql(
            "SELECT 1 FROM event WHERE source = 'local'")), len(events) - 1)
        # Its stream goes on.
        self.partner.submit(rig.activity(who, "after"))
        self.again_and_redriven(who, events[place])
        self.check_whole()

    def again_and_redriven(self, who, event):
        """The same bytes are found before they are decoded, also after a
        restart of everything, until they are redriven; who says so stands
        there."""
        crashes = self.service.crashes
        for restart in (False, True):
            if restart:
                self.instance.kill("creditd", signal.SIGTERM)
                self.instance.up(0)
                self.service.kill_all()
                rig.wait_until(
                    lambda: len(self.instance.workers_there()) == 2, 20,
                    "the workers are back")
                crashes = self.service.crashes
            with self.assertRaises(rig.Refused) as refused:
                self.partner.submit(event)
            self.assertEqual(refused.exception.code, "QUARANTINED")
        self.assertEqual(self.service.crashes, crashes)
        aside, = self.asides()
        self.assertEqual((aside["member"], aside["state"]), (who, "set_aside"))
        shown = json.loads(self.instance.creditctl(
            "quarantine", "show", aside["digest"][:10], "--json"))
        self.assertIn("poison-crash", shown["text"])
        # Workers that are not mended: it is isolated again.
        self.instance.creditctl("quarantine", "redrive", aside["digest"],
                                "--timeout", "60", code=3)
        self.assertIn("QUARANTINED", self.instance.stderr)
        self.assertEqual(self.asides()[0]["state"], "set_aside")
        # Mended ones rule on it.
        self.service.replace(self.well)
        out = json.loads(self.instance.creditctl(
            "quarantine", "redrive", aside["digest"], "--author", "j.doe",
            "--json"))
        self.assertEqual(out["answer"]["outcome"], "applied")
        aside, = self.asides()
        self.assertEqual((aside["state"], aside["author"]),
                         ("redriven", "j.doe"))
        self.assertEqual([what for what, _ in self.marks()], [0, 1])
        self.assertEqual(self.ids_of(who)[-1], event["id"])
        answer = self.partner.submit(event)
        self.assertEqual((answer["outcome"], answer["duplicate"]),
                         ("applied", True))
        self.instance.creditctl("quarantine", "redrive", aside["digest"],
                                code=3)
        self.tampered(aside)

    def tampered(self, aside):
        """verify names what somebody changed by hand"""
        for change, back, says in (
                ("quarantine SET bytes = bytes || 'x'",
                 "quarantine SET bytes = substr(bytes, 1, length(bytes) - 1)",
                 "its bytes are not those of its digest"),
                ("quarantine_mark SET what = 0 WHERE what = 1",
                 "quarantine_mark SET what = 1 WHERE author <> ''",
                 "there is no event of that seq that says so"),
                ("quarantine_mark SET seq = seq + 1000000 WHERE what = 1",
                 "quarantine_mark SET seq = seq - 1000000 WHERE what = 1",
                 "its mark in quarantine_mark is not there")):
            self.instance.sql("UPDATE " + change)
            out = self.instance.creditctl("verify", code=1)
            self.assertIn("stream %d" % aside["stream"], out)
            self.assertIn(says, out)
            self.instance.sql("UPDATE " + back)

    def test_two_in_two_streams(self):
        """two of them, in two streams; one crashes, one stalls"""
        self.begin()
        whos, events = self.load(60, each=5)
        for who, id in ((whos[7], "poison-crash"), (whos[33], "poison-stall")):
            events.insert(len(whos) * 2, rig.activity(who, id))
        replies, took = self.submit(events, seconds=200)
        self.check_innocent(events, replies)
        print("       both set aside after %.1f s and %d crashes" % (
            max(took.values()), self.service.crashes), flush=True)
        self.assertEqual([what for what, _ in self.marks()], [0, 0])
        for who in (whos[7], whos[33]):
            self.assertEqual(self.ids_of(who), ["g1", "a00", "a01", "a02",
                                                "a03"])
        self.check_whole()

    def test_alone(self):
        """nothing else in flight, and a single worker"""
        self.begin(workers=1)
        who = rig.member()
        self.partner.submit(rig.granted(who))
        events = [rig.activity(who, "poison-crash")]
        replies, took = self.submit(events)
        self.check_innocent(events, replies)
        print("       set aside after %.1f s and %d crashes" % (
            took[0], self.service.crashes), flush=True)
        self.check_whole()

    def test_restart_in_the_midst(self):
        """creditd is restarted while it searches"""
        self.begin()
        whos, events = self.load(40, each=5)
        events.insert(90, rig.activity(whos[11], "poison-crash"))
        done = threading.Event()

        def restart():
            rig.wait_until(lambda: self.service.crashes >= 3, 60, "crashes")
            self.instance.kill("creditd")
            self.instance.up(0)
            done.set()

        thread = threading.Thread(target=restart)
        thread.start()
        replies, took = self.submit(events)
        thread.join()
        self.assertTrue(done.is_set())
        self.check_innocent(events, replies)
        self.assertEqual([what for what, _ in self.marks()], [0])
        self.assertEqual(self.ids_of(whos[11]),
                         ["g1", "a00", "a01", "a02", "a03"])
        self.check_whole()

    # ---- and nobody else

    def test_others_are_innocent(self):
        """all workers killed at once, PostgreSQL stopped: nothing is set
        aside"""
        self.begin(program=self.well)
        _, events = self.load(300, each=20)
        answered = threading.Semaphore(0)

        def disturb():
            for round in range(8):
                for _ in range(500):
                    answered.acquire(timeout=60)
                if round % 4 == 3:
                    self.instance.kill("postgres", signal.SIGINT)
                    self.instance.up(0)
                else:
                    self.service.kill_all()

        thread = threading.Thread(target=disturb)
        thread.start()
        replies, _ = self.partner.submit_all(
            events, window=2000, seconds=150, resend_after=5.0,
            on_answer=lambda *_: answered.release())
        thread.join()
        books.check_answers(self, events, replies)
        counters = self.counters()
        self.assertEqual((counters["strikes"], counters["set_aside"]), (0, 0))
        self.assertGreater(counters["workers_lost"], 3)
        self.assertEqual(self.marks(), [])
        self.check_whole()


if __name__ == "__main__":
    unittest.main()
