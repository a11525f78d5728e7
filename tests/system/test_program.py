"""A body's staff change its rules: check, try, publish, explain."""

import contextlib
import html.parser
import itertools
import json
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import rig

CANFITPRO = rig.TOP / "schema" / "programs" / "canfitpro.yaml"


def document(name, *changes):
    """canfitpro's program as that of a body of the test's own."""
    text = CANFITPRO.read_text().replace(
        "program: canfitpro", "program: %s" % name).replace(
        "by: canfitpro", "by: %s" % name)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


class Program(unittest.TestCase):
    """What all of these share: an instance, and a body with a few members."""

    body = "trybody"

    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=1)
        cls.addClassCleanup(cls.instance.down)
        cls.partner = cls.instance.partner()
        cls.addClassCleanup(cls.partner.close)
        cls.publish(document(cls.body))

    @classmethod
    def file(cls, text, name="program.yaml"):
        path = cls.instance.dir / name
        path.write_text(text)
        return str(path)

    @classmethod
    def publish(cls, text, *arguments):
        return cls.instance.creditctl(
            "program", "publish", cls.file(text), *arguments)

    def ctl(self, *arguments, **keys):
        return self.instance.creditctl(*arguments, **keys)

    @classmethod
    def submit(cls, *events):
        for event in events:
            cls.partner.submit(event)


class Check(unittest.TestCase):
    """what is wrong with a document, and what no single rule shows"""

    def check(self, text, *arguments, code=0):
        path = rig.shared().dir / "check.yaml"
        path.write_text(text)
        return rig.shared().creditctl(
            "program", "check", str(path), *arguments, code=code)

    def wrong(self):
        """canfitpro's with a cap that never cuts and a fee that falls."""
        text = document("checkbody", ("at_most: 4.0\n\nrecognition",
                                      "at_most: 3.0\n\nrecognition"),
                        ("fee: 99.00", "fee: 9.00"))
        lines = text.splitlines()
        return text, [
            (lines.index("  - rule: at most 4 CECs a request") + 1, 5,
             "cap-never-binds"),
            (lines.index("    - rule: up to twelve months late") + 1, 7,
             "late-fee-falls")]

    def test_programs(self):
        """the programs that ship are in order"""
        for path in sorted((rig.TOP / "schema" / "programs").glob("*.yaml")):
            said = rig.shared().creditctl(
                "program", "check", "--strict", str(path))
            self.assertIn("is in order", said)

    def test_findings(self):
        """with line and column; they fail where that is asked for"""
        text, findings = self.wrong()
        said = self.check(text)
        for line, column, code in findings:
            self.assertRegex(said, r"check\.yaml:%d:%d: warning: .*\[%s\]" % (
                line, column, code))
        self.assertIn("can rule; 2 warnings", said)
        self.check(text, "--strict", code=1)

    def test_json(self):
        """as JSON"""
        text, findings = self.wrong()
        said = json.loads(self.check(text, "--json"))
        self.assertTrue(said["in_order"])
        self.assertEqual([(f["line"], f["column"], f["code"])
                          for f in said["warnings"]], findings)


class Try(Program):
    """what a document would change is known before it rules"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a, cls.b, cls.c, cls.d = (
            "%s/%s" % (cls.body, number) for number in "abcd")
        cls.submit(
            rig.granted(cls.a), rig.activity(cls.a, "a1", minutes=240),
            rig.granted(cls.b, designation="PTS"),
            rig.activity(cls.b, "a1", minutes=480),
            rig.activity(cls.b, "a2", on="2026-03-02", minutes=240),
            rig.granted(cls.c),
            rig.requested(cls.c, "r1", "RQ-1", minutes=240),
            rig.decided(cls.c, "d1", "RQ-1"),
            rig.paid(cls.c, "p1", "RQ-1", "22.00"),
            rig.granted(cls.d))
        for who, name in ((cls.d, "cpr-a"), (cls.d, "membership")):
            cls.submit({"id": name, "type": "requirement.met", "member": who,
                        "data": {"requirement": name, "met_on": "2026-02-01",
                                 "designation": "FIS"}})
        cls.submit(rig.activity(cls.d, "a1", minutes=480))

    def try_(self, *changes, **keys):
        path = self.file(document(self.body, *changes), "new.yaml")
        return json.loads(self.ctl("program", "try", path, "--json",
                                   *keys.pop("arguments", ()), **keys))

    def designation(self, found, name):
        return next(d for d in found["designations"]
                    if d["designation"] == name)

    def test_same(self):
        """the document in force changes nothing"""
        found = self.try_()
        self.assertEqual((found["organization"], found["revision"],
                          found["members"], found["changed"]),
                         (self.body, 1, 4, 0))
        self.assertEqual(found["today"], rig.TODAY)
        self.assertEqual(found["cases"], {"gain": [], "lose": [], "other": []})
        self.assertIn("0 differ", self.ctl(
            "program", "try", self.file(document(self.body), "new.yaml")))

    def test_rate(self):
        """a rate that halves: who loses, how much, by which rule"""
        found = self.try_(("minutes: 120", "minutes: 240"))
        fis, pts = (self.designation(found, n) for n in ("FIS", "PTS"))
        self.assertEqual(found["changed"], 4)
        self.assertEqual((fis["members"], fis["changed"]), (3, 3))
        self.assertEqual(fis["lose"], {"members": 3, "credits": "-4.0"})
        self.assertEqual(fis["gain"], {"members": 0, "credits": "0.0"})
        self.assertEqual(pts["lose"], {"members": 1, "credits": "-3.0"})
        self.assertEqual(found["lose"], {"members": 4, "credits": "-7.0"})
        self.assertEqual(
            {(s["from"], s["to"]): s["lose"] for s in found["sizes"]
             if s["lose"]}, {("1.0", "2.0"): 2, ("2.0", "5.0"): 2})
        self.assertEqual(
            [(c["member"], c["change"]) for c in found["cases"]["lose"]],
            [(self.b, "-3.0"), (self.d, "-2.0"), (self.a, "-1.0"),
             (self.c, "-1.0")])
        claim = found["cases"]["lose"][0]["claims"][0]
        self.assertEqual(claim["event"]["id"], "a1")
        for side, credits in (("before", "4.0"), ("after", "2.0")):
            self.assertEqual(claim[side]["credited"], credits)
            self.assertEqual(claim[side]["rule"],
                             "one CEC for two contact hours")

    def test_status(self):
        """a status that changes names the members"""
        found = self.try_(("minutes: 120", "minutes: 240"))
        self.assertEqual(found["statuses"], [
            {"designation": "FIS", "before": "complete",
             "after": "in_progress", "members": 1, "examples": [self.d]}])
        page = self.ctl("program", "try", str(self.instance.dir / "new.yaml"))
        self.assertIn("complete", page)
        self.assertIn(self.d, page)
        self.assertNotIn("\x1b", page)

    def test_requirement(self):
        """what changes no credits is a case of its own"""
        found = self.try_(("met: [membership, cpr-a]",
                           "met: [membership, cpr-a, first-aid]"))
        self.assertEqual(found["changed"], 4)
        self.assertEqual(found["cases"]["gain"] + found["cases"]["lose"], [])
        first = found["cases"]["other"][0]
        self.assertEqual(first["member"], self.d)
        period = first["periods"][0]
        self.assertEqual(period["before"]["status"], "complete")
        self.assertEqual(period["after"]["missing"], ["first-aid"])

    def test_money(self):
        """what requests cost, and who owes"""
        found = self.try_(("per_credit: 11.00", "per_credit: 22.00"))
        money = found["money"]
        self.assertEqual((money["before"]["fees"], money["after"]["fees"]),
                         ("22.00", "44.00"))
        self.assertEqual((money["members_more"], money["members_less"]),
                         (1, 0))
        self.assertEqual(found["requests"], [
            {"before": "credited", "after": "awaiting_payment",
             "requests": 1}])
        case = found["cases"]["lose"][0]
        self.assertEqual((case["member"], case["change"]), (self.c, "-1.0"))
        self.assertEqual(case["claims"][0]["after"]["code"], "PAYMENT_MISSING")
        self.assertEqual(case["claims"][0]["after"]["rule"], "11.00 CAD a CEC")

    def test_top(self):
        """so many cases as are asked for, the greatest first"""
        found = self.try_(("minutes: 120", "minutes: 240"),
                          arguments=("--top", "2"))
        self.assertEqual([c["member"] for c in found["cases"]["lose"]],
                         [self.b, self.d])
        found = self.try_(("minutes: 120", "minutes: 240"),
                          arguments=("--top", "0"))
        self.assertEqual(found["cases"]["lose"], [])
        self.assertEqual(found["changed"], 4)

    def test_today(self):
        """as of another day"""
        found = self.try_(("within_months: 12", "within_months: 3"),
                          arguments=("--today", "2027-05-01"))
        self.assertEqual({(s["before"], s["after"]) for s in
                          found["statuses"]}, {("grace", "lapsed")})
        path = str(self.instance.dir / "new.yaml")
        self.ctl("program", "try", path, "--today", "soon", code=2)

    def test_changes_nothing(self):
        """a role that may only read is enough, and nothing is written"""
        rows = ("select (select count(*) from event), (select count(*) from "
                "program), (select count(*) from change)")
        before = self.instance.sql(rows)
        path = self.file(document(self.body, ("minutes: 120", "minutes: 60")),
                         "new.yaml")
        found = json.loads(self.ctl(
            "program", "try", path, "--json", "--dsn",
            self.instance.dsn.replace("user=creditd", "user=creditd_reader")))
        self.assertEqual(found["members"], 4)
        self.assertEqual(self.instance.sql(rows), before)

    def test_refused(self):
        """a document of another organization is not tried"""
        path = self.file(document(self.body), "new.yaml")
        self.ctl("program", "try", path, "--organization", "cpc", code=1)
        self.assertIn("program of '%s', not of 'cpc'" % self.body,
                      self.instance.stderr)
        path = self.file(document("nobody"), "nobody.yaml")
        self.ctl("program", "try", path, code=1)
        self.assertIn("no program of nobody", self.instance.stderr)
        self.assertIn(", csep, " + self.body, self.instance.stderr)


class Live:
    """A partner that reports all the time, one activity after the other, and
    sends again what has no answer; it knows how long each answer took."""

    def __init__(self, instance, body):
        self.instance, self.body = instance, body
        self.took, self.sent, self.stopped = [], [], threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        partner = self.instance.partner()
        for number in itertools.count():
            if self.stopped.is_set():
                break
            who = "%s/live%d" % (self.body, number % 100)
            event = rig.granted(who) if number < 100 else rig.activity(
                who, "x%d" % number, minutes=120)
            began = time.monotonic()
            while True:
                try:
                    partner.submit(event, seconds=2)
                    break
                except (rig.Silence, rig.Refused):
                    partner.connect()
            self.took.append((began, time.monotonic() - began))
            self.sent.append(event)
        partner.close()

    def stop(self):
        self.stopped.set()
        self.thread.join()

    def p99(self, since=0):
        took = sorted(t for began, t in self.took if began >= since)
        return took[len(took) * 99 // 100]


class Publish(Program):
    """a new revision rules while partners go on reporting"""

    body = "livebody"
    members = 20000 if rig.FULL else 3000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ["%s/m%d" % (cls.body, n) for n in range(cls.members)]
        events = [rig.granted(who) for who in names]
        events += [rig.activity(who, "a1", minutes=240) for who in names]
        cls.partner.submit_all(events, seconds=120)

    def setUp(self):
        self.instance.up(2)
        self.revision = int(self.instance.sql(
            "select max(p.revision) from program p join organization o on"
            " o.number = p.organization where o.name = '%s'" % self.body)[0][0])

    def minutes(self, minutes):
        """The document with so many minutes for a CEC."""
        return document(self.body, ("minutes: 120", "minutes: %d" % minutes))

    def waiting(self):
        return json.loads(self.ctl("program", "progress", self.body,
                                   "--no-wait", "--json"))

    def check_ruled(self, revision, credits):
        """Each member that was there was ruled again by it, once."""
        rows = self.instance.sql(
            "select count(*), count(distinct member) from event where member"
            " like '%s/m%%' and id = 'program:%d'" % (self.body, revision))
        self.assertEqual(rows, [[str(self.members)] * 2])
        rows = self.instance.sql(
            "select distinct earned from balance where member like '%s/m%%'"
            % self.body)
        self.assertEqual(rows, [["%d" % (credits * 10000)]])
        rows = self.instance.sql(
            "select count(*) from entry where member like '%s/m%%' and rules ="
            " %d and kind = 1" % (self.body, revision))
        self.assertEqual(rows, [[str(self.members)]])
        self.instance.verify()

    def test_live(self):
        """partners hardly notice; it says how far it is"""
        live = Live(self.instance, self.body)
        try:
            rig.wait_until(lambda: len(live.took) > 500, 60, "live traffic")
            usual = live.p99()
            began = time.monotonic()
            said = self.ctl("program", "publish", self.file(self.minutes(60)),
                            "--json")
            rig.wait_until(lambda: len(live.took) > 1000, 60, "live traffic")
        finally:
            live.stop()
        meanwhile = live.p99(began)
        print("       p99 %.1f ms, %.1f ms meanwhile; %d members" % (
            usual * 1000, meanwhile * 1000, self.members), flush=True)
        self.assertLess(meanwhile, 0.1 + 5 * usual)
        first, *lines = [json.loads(line) for line in said.splitlines()]
        self.assertEqual(first["revision"], self.revision + 1)
        self.assertEqual({line["revision"] for line in lines},
                         {self.revision + 1})
        self.assertEqual([line["done"] for line in lines],
                         [False] * (len(lines) - 1) + [True])
        self.assertEqual((lines[-1]["streams_ruled"], lines[-1]["waiting"]),
                         (64, 0))
        self.check_ruled(self.revision + 1, 4)
        self.assertIn("no member waits",
                      self.ctl("program", "progress", self.body))

    def test_killed(self):
        """workers and creditd killed with SIGKILL meanwhile: all members are
        ruled again, none twice"""
        live = Live(self.instance, self.body)
        killed = []

        def kill(name):
            before = self.waiting()
            self.instance.kill(name)
            killed.append((name, before["waiting"]))
            self.instance.up(2)

        try:
            rig.wait_until(lambda: len(live.took) > 200, 60, "live traffic")
            self.ctl("program", "publish", self.file(self.minutes(480)),
                     "--no-wait")
            for name in ("worker-1", "creditd", "worker-2"):
                kill(name)
            self.ctl("program", "progress", self.body, "--timeout", "60")
        finally:
            live.stop()
        print("       " + ", ".join("%s with %d waiting" % k for k in killed),
              flush=True)
        self.assertGreater(killed[0][1], 0)
        self.assertTrue(self.waiting()["done"])
        self.check_ruled(self.revision + 1, 0.5)
        # What partners were answered meanwhile is there, and counts once.
        ids = self.instance.sql(
            "select member, id from event where source = 'local' and member"
            " like '%s/live%%'" % self.body)
        self.assertLessEqual({(e["member"], e["id"]) for e in live.sent},
                             {tuple(row) for row in ids})

    def test_same(self):
        """the same document again: nobody waits"""
        said = self.ctl("program", "publish", self.file(self.instance.creditctl(
            "program", "show", self.body), "same.yaml"))
        self.assertIn("nothing changed", said)
        self.assertIn("no member waits", said)
        self.assertEqual(self.waiting()["revision"], self.revision)

    def try_beside(self, beside):
        """program try as a process; beside(it) runs until it ends."""
        path = self.file(self.minutes(240), "try.yaml")
        with tempfile.TemporaryFile("w+") as out, \
                tempfile.TemporaryFile("w+") as error:
            running = subprocess.Popen(
                [self.instance.values["creditctl"], "--dir",
                 str(self.instance.dir), "program", "try", path, "--json"],
                stdout=out, stderr=error)
            beside(running)
            running.wait(timeout=60)
            out.seek(0)
            error.seek(0)
            return running.returncode, out.read(), error.read()

    def test_try_memory(self):
        """a try takes no more memory for thousands of members than for one"""
        most = [0]

        def watch(running):
            status = "/proc/%d/status" % running.pid
            while running.poll() is None:
                with contextlib.suppress(OSError), open(status) as lines:
                    most[0] = max([most[0]] + [
                        int(line.split()[1]) for line in lines
                        if line.startswith("VmHWM:")])

        code, out, _ = self.try_beside(watch)
        self.assertEqual(code, 0)
        self.assertGreaterEqual(json.loads(out)["members"], self.members)
        print("       %.1f MiB" % (most[0] / 1024), flush=True)
        if "asan" not in str(rig.BUILD):
            self.assertLess(most[0], 32 * 1024)

    def test_try_interrupted(self):
        """a try ends by a signal, also while the database is busy"""
        holder = threading.Thread(target=self.instance.sql, args=(
            "begin; lock table event; select pg_sleep(2); commit",))
        holder.start()

        def interrupt(running):
            rig.wait_until(lambda: self.instance.sql(
                "select 1 from pg_stat_activity where application_name ="
                " 'creditctl' and wait_event_type = 'Lock'"), 20, "a wait")
            running.send_signal(signal.SIGINT)

        try:
            rig.wait_until(lambda: self.instance.sql(
                "select 1 from pg_stat_activity where wait_event ="
                " 'PgSleep'"), 20, "the table is locked")
            code, out, error = self.try_beside(interrupt)
        finally:
            holder.join()
        self.assertEqual((code, out), (1, ""))
        self.assertIn("interrupted", error)

    def test_publisher(self):
        """a role that may only publish is not shown who waits"""
        said = self.ctl("program", "publish", self.file(self.instance.creditctl(
            "program", "show", self.body), "same.yaml"), "--dsn",
            self.instance.dsn.replace("user=creditd",
                                      "user=creditd_publisher"))
        self.assertIn("nothing changed", said)
        self.assertIn("may not see", self.instance.stderr)
        self.ctl("program", "progress", "nobody", code=1)
        self.ctl("program", "progress", code=2)


class Tags(html.parser.HTMLParser):
    """The elements of a page, and whether each that is open was closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.wrong = [], set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


class Explain(Program):
    """a page that staff can send to a member"""

    body = "pagebody"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.who = cls.body + "/p1"
        cls.submit(
            rig.granted(cls.who), rig.granted(cls.who, "PTS", id="g2"),
            rig.activity(cls.who, "a1", minutes=240, title="Knees & <Hips>"),
            rig.activity(cls.who, "a2", on="2026-03-02", kind="workout"),
            rig.requested(cls.who, "r1", "RQ-1", minutes=600),
            rig.decided(cls.who, "d1", "RQ-1"),
            rig.requested(cls.who, "r2", "RQ-2", on="2026-02-12",
                          evidence=False),
            {"id": "m1", "type": "requirement.met", "member": cls.who,
             "data": {"requirement": "membership", "met_on": "2026-02-01"}})

    def explained(self, **keys):
        return self.partner.query("explain", member=self.who, **keys)

    def test_answer(self):
        """what is required, what is missing and by when"""
        answer = self.explained()
        self.assertEqual(answer["organization"],
                         {"name": self.body, "title": "canfitpro"})
        self.assertEqual((answer["today"], answer["rules"], answer["more"]),
                         (rig.TODAY, 1, False))
        self.assertEqual([p["designation"] for p in answer["periods"]],
                         ["FIS", "PTS"])
        period = answer["periods"][0]
        balance = self.partner.query("balance", member=self.who)["balances"][0]
        for key in ("period", "unit", "required", "earned", "carried_in",
                    "total", "remaining", "routes", "status"):
            self.assertEqual(period[key], balance[key], key)
        self.assertEqual([m["name"] for m in period["missing"]],
                         balance["missing"])
        self.assertEqual(period["grace_until"], "2028-01-14")
        self.assertEqual([(late["until"], late["fee"], late["requires"])
                          for late in period["late"]],
                         [("2027-02-14", "20.00", []),
                          ("2028-01-14", "99.00", ["practical-exam"])])
        self.assertEqual(
            {r["request"]: (r["state"], r["code"], r["event"]["id"])
             for r in answer["requests"]},
            {"RQ-1": ("awaiting_payment", "PAYMENT_MISSING", "r1"),
             "RQ-2": ("awaiting_evidence", "EVIDENCE_MISSING", "r2")})
        claim = next(c for c in answer["claims"] if c["event"]["id"] == "a1")
        self.assertEqual((claim["title"], claim["kind"]),
                         ("Knees & <Hips>", "workshop"))
        for step in claim["steps"]:
            self.assertTrue(step["source"])

    def test_one_designation(self):
        """only what is about one certification"""
        answer = self.explained(designation="PTS")
        self.assertEqual([p["designation"] for p in answer["periods"]],
                         ["PTS"])
        self.assertEqual({c["designation"] for c in answer["claims"]
                          if c["event"]["id"] != "a2"}, {"PTS"})

    def test_pages(self):
        """in pages of any size, all of it and nothing twice"""
        whole = self.explained()
        for limit in (1, 2, 3, 5, 7):
            found = {"claims": [], "periods": [], "requests": []}
            after = {}
            for _ in range(30):
                page = self.explained(limit=limit, **after)
                for name in found:
                    found[name] += page[name]
                self.assertLessEqual(
                    sum(len(page[name]) for name in found), limit)
                if not page["more"]:
                    break
                after = {"after": page["next"]}
            for name in found:
                self.assertEqual(found[name], whole[name], (limit, name))
        with self.assertRaises(rig.Refused):
            self.explained(after="periods FIS")

    def test_page(self):
        """as text of 80 columns"""
        page = self.ctl("explain", self.who)
        self.assertNotIn("\x1b", page)
        self.assertLessEqual(max(map(len, page.splitlines())), 80)
        for words in ("canfitpro: continuing education of " + self.who,
                      "FIS, Fitness Instructor Specialist",
                      "Still missing, by 2027-01-14:", "- cpr-a",
                      "Knees & <Hips>", "one CEC for two contact hours",
                      "INELIGIBLE_KIND", "Requests for recognition",
                      "awaiting payment", "attendance"):
            self.assertIn(words, page)

    def test_forms(self):
        """as Markdown, as HTML that stands alone, as JSON"""
        page = self.ctl("explain", self.who, "--markdown")
        self.assertIn("# canfitpro: continuing education", page)
        self.assertIn("Knees \\& \\<Hips\\>", page)
        path = self.instance.dir / "page.html"
        self.ctl("explain", self.who, "--html", str(path))
        text = path.read_text()
        self.assertIn("Knees &amp; &lt;Hips&gt;", text)
        tags = Tags(text)
        self.assertEqual((tags.open, tags.wrong), ([], []))
        self.assertTrue({"h1", "h2", "h3", "h4", "table"} <= tags.seen)
        self.assertFalse({"script", "link", "img", "hips"} & tags.seen)
        self.assertNotIn("http", text)
        said = json.loads(self.ctl("explain", self.who, "--json"))
        self.assertEqual(len(said["requests"]), 2)
        self.ctl("explain", self.who, "--json", "--markdown", code=2)
        self.ctl("explain", self.who, "--html", "/nowhere/page.html", code=1)
        self.assertIn("/nowhere/page.html", self.instance.stderr)


if __name__ == "__main__":
    unittest.main()
