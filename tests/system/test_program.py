"""A body's staff change its rules: check, try, publish, explain."""

import html.parser
import json
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
