"""creditctl as people and scripts meet it."""

import json
import os
import signal
import subprocess
import unittest

import rig


class Creditctl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()
        cls.partner = cls.instance.partner()

    @classmethod
    def tearDownClass(cls):
        cls.partner.close()

    def ctl(self, *arguments, **keys):
        return self.instance.creditctl(*arguments, **keys)

    def ctl_json(self, *arguments, **keys):
        return json.loads(self.ctl(*arguments, "--json", **keys))

    def lines(self, *arguments, **keys):
        return [json.loads(line) for line in
                self.ctl(*arguments, "--json", **keys).splitlines()]

    def file_of(self, events, name="events.jsonl"):
        path = self.instance.dir / name
        path.write_text("".join(json.dumps(e) + "\n" for e in events))
        self.addCleanup(path.unlink)
        return str(path)

    def member_with(self, *events):
        who = rig.member()
        for event in (rig.granted(who),) + tuple(e(who) for e in events):
            self.partner.submit(event)
        return who

    def test_submit_flags(self):
        """one event from flags; its answer as a page, or as JSON"""
        who = rig.member()
        page = self.ctl("submit", "certification.granted", who, "--id", "g1",
                        "--designation", "FIS", "--on", "2026-01-15")
        self.assertIn("applied", page)
        self.assertNotIn("\x1b", page)
        answer = self.ctl_json(
            "submit", "activity.completed", who, "--id", "a1", "--kind",
            "workshop", "--on", "2026-03-01", "--minutes", "240",
            "--accredited-by", "canfitpro")
        self.assertEqual((answer["kind"], answer["outcome"]),
                         ("RESULT", "applied"))
        self.assertEqual(answer["balances"][0]["earned"], "2.0")

    def test_submit_refused(self):
        """what is refused says the key, and ends with 3"""
        who = rig.member()
        self.ctl("submit", "activity.completed", who, "--id", "a1", "--set",
                 "activity.contact_minuts=240", "--on", "2026-03-01", code=3)
        self.assertIn("contact_minuts", self.instance.stderr)

    def test_submit_files(self):
        """JSON Lines of a file or standard input, many in flight"""
        members = [rig.member() for _ in range(300)]
        events = [rig.granted(who) for who in members]
        events += [rig.activity(who, "a%d" % n) for n in range(4)
                   for who in members]
        said = self.ctl("submit", self.file_of(events))
        self.assertIn("1500", said + self.instance.stderr)
        again = self.lines("submit", "-", stdin="".join(
            json.dumps(event) + "\n" for event in events))
        self.assertEqual(len(again), 1500)
        self.assertTrue(all(line["duplicate"] for line in again))
        self.assertEqual(self.partner.query("balance", member=members[-1])
                         ["balances"][0]["earned"], "4.0")

    def test_submit_mixed(self):
        """one wrong line costs its own answer, and is named by its number"""
        who = rig.member()
        good = rig.granted(who)
        wrong = rig.activity(who, "a1")
        wrong["data"]["activity"]["contact_minuts"] = 5
        workout = rig.activity(who, "a2", kind="workout")
        path = self.file_of([good, wrong, workout], "mixed.jsonl")
        self.ctl("submit", path, code=3)
        self.assertIn("mixed.jsonl:2", self.instance.stderr)
        self.assertIn("contact_minuts", self.instance.stderr)
        self.assertIn("INELIGIBLE_KIND", self.instance.stderr)

    def test_submit_resumed(self):
        """a run that broke off goes on where it was"""
        members = [rig.member() for _ in range(2000)]
        path = self.file_of([rig.granted(who) for who in members], "many.jsonl")
        results = self.instance.dir / "results.jsonl"
        self.addCleanup(results.unlink)
        running = subprocess.Popen(
            [self.instance.values["creditctl"], "--dir",
             str(self.instance.dir), "submit", path, "--in-flight", "1",
             "--results", str(results)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rig.wait_until(lambda: results.exists() and
                       results.stat().st_size > 2000, 20, "some results")
        running.send_signal(signal.SIGINT)
        running.wait(timeout=20)
        before = len(results.read_text().splitlines())
        self.assertLess(before, 2000)
        self.ctl("submit", path, "--results", str(results))
        lines = [json.loads(x) for x in results.read_text().splitlines()]
        self.assertEqual({line["member"] for line in lines}, set(members))
        self.assertEqual(len(lines), 2000)

    def test_tables(self):
        """tables for people, JSON for programs, the same content"""
        who = self.member_with(
            lambda w: rig.activity(w, "a1", minutes=240),
            lambda w: rig.requested(w, "r1", "RQ-7"))
        self.assertIn("FIS", self.ctl("balance", who))
        self.assertEqual(self.ctl_json("balance", who)["balances"][0]["earned"],
                         "2.0")
        self.assertIn("a1", self.ctl("explain", who))
        self.assertIn("2.0", self.ctl("explain", who))
        self.assertEqual({c["event"]["id"] for c in
                          self.ctl_json("explain", who)["claims"]},
                         {"a1", "r1"})
        self.assertIn("RQ-7", self.ctl("requests", "canfitpro", "--state",
                                       "awaiting_decision"))
        self.assertIn("2.0", self.ctl("transcript", who))
        self.assertIn("applied", self.ctl("event", who, "a1"))
        self.assertIn("2026-01-15", self.ctl("balance", who))

    def test_status(self):
        """status and feeds"""
        self.assertIn("worker-1", self.ctl("status"))
        self.assertIn("workers", self.ctl_json("status"))
        self.assertIn("canfitpro %s" % self.instance.feed("canfitpro"),
                      self.ctl("feeds"))

    def test_watch(self):
        """begins with what stands, goes on live, ends when told"""
        who = self.member_with()
        running = subprocess.Popen(
            [self.instance.values["creditctl"], "--dir",
             str(self.instance.dir), "watch", who, "--json"],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(running.stdout.close)
        first = json.loads(running.stdout.readline())
        self.assertEqual((first["event"], first["topic"]),
                         ("balance", "balance/%s/FIS" % who))
        self.assertEqual(json.loads(running.stdout.readline())["event"],
                         "caught_up")
        self.partner.submit(rig.activity(who, "a1"))
        change = json.loads(running.stdout.readline())
        self.assertEqual(change["body"]["balance"]["earned"], "1.0")
        running.send_signal(signal.SIGINT)
        self.assertEqual(running.wait(timeout=10), 0)

    def test_watch_position(self):
        """goes on behind the last message shown, however long it was away"""
        who = self.member_with()
        position = self.instance.dir / "position"
        self.addCleanup(position.unlink)
        watch = ("watch", who, "--position", str(position), "--for", "2")
        self.ctl(*watch)
        self.partner.submit(rig.activity(who, "a1"))
        shown = [line for line in self.lines(*watch)
                 if line["event"] == "change"]
        self.assertEqual([line["body"]["event"]["id"] for line in shown],
                         ["a1"])
        self.assertEqual([line for line in self.lines(*watch)
                          if line["event"] == "change"], [])

    def test_changes(self):
        """what the feed said, from the start"""
        who = self.member_with(lambda w: rig.activity(w, "a1"))
        lines = self.lines("changes", who)
        self.assertEqual([line["topic"].split("/")[0] for line in lines],
                         ["certification", "balance", "balance"])

    def test_programs(self):
        """list, show and check; mistakes with line and column"""
        listed = self.ctl("program", "list")
        self.assertIn("canfitpro", listed)
        shown = self.ctl("program", "show", "cpc")
        source = rig.TOP / "schema" / "programs" / "cpc.yaml"
        self.assertEqual(shown, source.read_text())
        self.ctl("program", "check", str(source))
        wrong = self.instance.dir / "wrong.yaml"
        self.addCleanup(wrong.unlink)
        wrong.write_text(source.read_text().replace("unit: hour",
                                                    "unti: hour"))
        line = wrong.read_text().splitlines().index("unti: hour") + 1
        self.ctl("program", "check", str(wrong), code=1)
        self.assertIn("wrong.yaml:%d:1" % line, self.instance.stderr)
        self.assertIn("unti", self.instance.stderr)

    def test_usage(self):
        """a wrong command line ends with 2 and says what was expected"""
        for arguments in ((), ("dance",), ("balance",), ("balance", "x/y/z"),
                          ("submit", "activity.done", "canfitpro/1", "--id",
                           "x"), ("balance", "canfitpro/1", "--colour")):
            with self.subTest(arguments):
                self.ctl(*arguments, code=2)
                self.assertGreater(len(self.instance.stderr), 20)
        for verb in ("submit", "balance", "explain", "watch", "requests",
                     "transcript", "status", "verify", "migrate", "program"):
            self.assertIn("usage: creditctl " + verb, self.ctl(verb, "--help"))

    def test_nobody_there(self):
        """without creditd it says so in time, and ends with 1 or 4"""
        done = subprocess.run(
            [self.instance.values["creditctl"], "--events",
             "tcp://127.0.0.1:9", "--timeout", "1", "balance", "canfitpro/1"],
            text=True, capture_output=True, timeout=20,
            env={k: v for k, v in os.environ.items()
                 if not k.startswith("CREDITD")})
        self.assertIn(done.returncode, (1, 4))
        self.assertIn("127.0.0.1:9", done.stderr)


if __name__ == "__main__":
    unittest.main()
