"""Time is a fact: a day that comes is ruled, published and booked like an
event, and dates never go back."""

import datetime
import re
import unittest
import zoneinfo

import rig
from partner import unpack


class Clock(unittest.TestCase):
    """An instance of its own; the tests go in the order of their names."""

    today = rig.TODAY

    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=2, today=cls.today)
        cls.partner = cls.instance.partner()

    @classmethod
    def tearDownClass(cls):
        cls.partner.close()
        cls.instance.down()

    def balance(self, who):
        return self.partner.query("balance", member=who)["balances"][0]

    def messages(self, who, kind):
        answer = self.partner.query("changes", member=who, after_version=0)
        bodies = [unpack(change["body"]) for change in answer["changes"]]
        return [body for body in bodies if body["kind"] == kind]

    def notices(self, who):
        return [m["notice"]["days"] for m in self.messages(who, "notice")]

    def history(self, who):
        return [m["certification"]["what"]
                for m in self.messages(who, "certification")]


class Time(Clock):
    """The tests move one clock on."""

    def test_1_tomorrow(self):
        """an activity of tomorrow counts tomorrow, by a system event"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        answer = self.partner.submit(rig.activity(who, "a1", on="2026-07-01"))
        self.assertEqual(answer["code"], "FUTURE_DATE")
        self.assertEqual(self.balance(who)["earned"], "0.0")
        subscriber = self.instance.subscriber(
            "canfitpro", self.partner, prefix="balance/%s/" % who)
        self.addCleanup(subscriber.close)
        subscriber.listen_until(lambda: subscriber.heads, 10)
        self.instance.move_to("2026-07-01")
        # All streams have ruled when the command returns.
        self.assertEqual(self.balance(who)["earned"], "1.0")
        self.assertTrue(subscriber.listen_until(lambda: any(
            b["event"]["source"] == "system" for _, b in subscriber.bodies()),
            10))
        _, body = list(subscriber.bodies())[-1]
        self.assertEqual(body["event"], {"source": "system",
                                         "id": "day:2026-07-01"})
        self.assertEqual(body["entries"][0]["cause"]["id"], "a1")
        standing = self.partner.query("event", member=who, id="a1")
        self.assertEqual((standing["code"], standing["standing"]["code"]),
                         ("FUTURE_DATE", None))
        self.assertEqual(self.partner.submit(
            rig.activity(who, "a1", on="2026-07-01")),
            dict(answer, duplicate=True))

    def test_2_notices(self):
        """notices at 90, 60, 30 and 7 days; one when several are passed"""
        type(self).noticed = who = rig.member()
        type(self).american = rig.member("acsm")
        type(self).canadian = rig.member("csep")
        self.partner.submit(rig.granted(who))       # ends 2027-01-14
        self.partner.submit(rig.granted(self.american, "ACSM-EP",
                                        on="2024-01-15"))
        self.partner.submit(rig.granted(self.canadian, "CSEP-CEP",
                                        on="2026-05-01"))   # 2027-03-31
        for date, days, others in (
                ("2026-10-15", [], []), ("2026-10-16", [90], []),
                ("2026-12-15", [90, 30], []), ("2026-12-30", [90, 30], []),
                ("2026-12-31", [90, 30], [90]),
                ("2027-01-07", [90, 30, 7], [90])):
            self.instance.move_to(date)
            self.assertEqual(self.notices(who), days, date)
            self.assertEqual(self.notices(self.american), days, date)
            self.assertEqual(self.notices(self.canadian), others, date)
        self.assertIsNone(rig.differs(
            {"member": who, "designation": "FIS", "ends_on": "2027-01-14",
             "remaining": "4.0", "missing": ["cpr-a", "membership"]},
            self.messages(who, "notice")[-1]["notice"]))

    def test_3_grace(self):
        """past its last day a period is in grace while a renewal is possible"""
        both = (self.noticed, self.american)
        self.instance.move_to("2027-01-14")
        for who in both:
            self.assertEqual(self.balance(who)["status"], "in_progress")
        self.instance.move_to("2027-01-15")
        for who in both:
            self.assertEqual(self.balance(who)["status"], "grace")
            self.assertEqual(self.history(who), ["granted", "grace"])

    def test_4_lapse(self):
        """and then it lapses; where a program knows no lateness, it stays"""
        who, other = self.noticed, rig.member("cpc")
        self.partner.submit(rig.granted(other, "MCRS", on="2026-01-15"))
        for date, american in (("2027-03-24", "grace"), ("2027-04-01", "grace"),
                               ("2027-07-14", "grace"), ("2027-07-15", "lapsed"),
                               ("2028-01-14", "lapsed")):
            self.instance.move_to(date)
            self.assertEqual(self.balance(who)["status"], "grace")
            self.assertEqual(self.balance(self.american)["status"], american)
        self.instance.move_to("2028-01-15")
        for who in (self.noticed, self.american):
            self.assertEqual(self.balance(who)["status"], "lapsed")
            self.assertEqual(self.history(who), ["granted", "grace", "lapsed"])
        for who, told in ((other, []), (self.canadian, [90, 7])):
            self.assertEqual(self.balance(who)["status"], "in_progress")
            self.assertEqual(self.history(who), ["granted"])
            self.assertEqual(self.notices(who), told)

    def test_5_back(self):
        """a date does not go back"""
        output = self.instance.creditctl("today", "2027-01-01", code=None)
        self.assertIn("2028-01-15", output + self.instance.stderr)
        self.assertEqual(self.balance(self.noticed)["status"], "lapsed")

    def test_6_many_members(self):
        """a day on which 3,000 members change"""
        members = [rig.member() for _ in range(3000)]
        events = [rig.granted(who, on="2028-01-10") for who in members]
        events += [rig.activity(who, "a1", on="2028-01-16") for who in members]
        replies, _ = self.partner.submit_all(events)
        self.assertEqual({body["outcome"] for _, body in replies},
                         {"applied", "pending"})
        self.instance.move_to("2028-01-16")
        for who in members[::100]:
            self.assertEqual(self.balance(who)["earned"], "1.0")
        rows = self.instance.sql(
            "SELECT count(*) FROM balance WHERE earned = 10000"
            " AND period_starts_on = '2028-01-10'")
        self.assertEqual(rows, [["3000"]])
        self.instance.verify()

    def test_7_restart(self):
        """the date stands in the database, not in creditd"""
        self.instance.kill("creditd")
        self.instance.up()
        who = rig.member()
        self.partner.connect()
        self.partner.submit(rig.granted(who, on="2027-01-15"), seconds=20)
        self.assertEqual(self.balance(who)["status"], "grace")


class Downtime(Clock):
    """creditd and its workers are stopped, days go by, they start again: what
    these days bring comes then, once. Nobody sends anything meanwhile."""

    today = "2026-09-01"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.canfitpro, cls.cpc, cls.csep, cls.acsm = members = [
            rig.member(body) for body in ("canfitpro", "cpc", "csep", "acsm")]
        cls.late_fitness, cls.late_acsm = [
            rig.member(body) for body in ("canfitpro", "acsm")]
        for who, designation, on in zip(
                members, ("FIS", "MCRS", "CSEP-CEP", "ACSM-CPT"),
                ("2026-01-15", "2026-01-15", "2025-04-01", "2024-01-10")):
            cls.partner.submit(rig.granted(who, designation, on=on))
        cls.complete_two()

    @classmethod
    def complete_two(cls):
        """Two who have all but a renewal."""
        who = cls.late_fitness
        events = [rig.granted(who, on="2026-01-15", jurisdiction="CA-ON"),
                  rig.activity(who, "a1", minutes=480)]
        events += [{"id": name, "type": "requirement.met", "member": who,
                    "data": {"requirement": name, "met_on": "2026-02-01"}}
                   for name in ("membership", "cpr-a")]
        events += [rig.granted(cls.late_acsm, "ACSM-CPT", on="2024-01-10"),
                   rig.activity(cls.late_acsm, "a1", minutes=2700)]
        cls.partner.submit_all(events)

    def sleep_until(self, date):
        for name in ("creditd", "worker-1", "worker-2"):
            self.instance.kill(name)
        settings = self.instance.dir / "creditd.yaml"
        text, count = re.subn(r"(?m)^test_clock: .*", "test_clock: " + date,
                              settings.read_text())
        self.assertEqual(count, 1)
        settings.write_text(text)
        self.instance.today = date
        self.instance.up()
        self.instance.move_to(date)     # returns when every stream has ruled
        self.partner.connect()

    def renewed(self, who, designation, on):
        return self.partner.submit(
            {"id": "n" + on, "type": "certification.renewed", "member": who,
             "data": {"designation": designation, "renewed_on": on}})

    def check_notices(self, **told):
        for name, days in told.items():
            self.assertEqual(self.notices(getattr(self, name)), days, name)

    def test_1_marks(self):
        """of several marks that passed, the nearest is told, once"""
        self.check_notices(canfitpro=[], cpc=[], csep=[], acsm=[])
        self.sleep_until("2026-12-20")      # 90, 60 and 30 of two of them
        self.check_notices(canfitpro=[30], cpc=[], csep=[], acsm=[30])
        self.sleep_until("2026-12-20")
        self.check_notices(canfitpro=[30], cpc=[], csep=[], acsm=[30])
        self.sleep_until("2027-01-08")
        self.check_notices(canfitpro=[30, 7], cpc=[], csep=[90], acsm=[30, 7])

    def test_2_ends(self):
        """ends that passed: grace where a renewal can be late, else silence"""
        self.sleep_until("2027-04-15")
        for who in (self.canfitpro, self.acsm, self.late_fitness,
                    self.late_acsm):
            self.assertEqual(self.balance(who)["status"], "grace")
            self.assertEqual(self.history(who), ["granted", "grace"])
        for who in (self.csep, self.cpc):
            self.assertEqual(self.balance(who)["status"], "in_progress")
            self.assertEqual(self.history(who), ["granted"])
        self.check_notices(canfitpro=[30, 7], cpc=[], csep=[90], acsm=[30, 7],
                           late_fitness=[], late_acsm=[])

    def money(self, answer):
        return [(e["kind"], e["amount"], e["currency"])
                for e in answer["entries"] if "amount" in e]

    def test_3_late_stages(self):
        """what a late renewal costs and asks for, from day to day"""
        who = self.late_fitness
        answer = self.renewed(who, "FIS", "2027-02-14")
        self.assertEqual(self.money(answer), [("fee", "20.00", "CAD"),
                                              ("tax", "2.60", "CAD")])
        self.assertEqual(self.balance(who)["period"]["starts_on"],
                         "2027-01-15")
        self.partner.submit(rig.reversed_(who, "v1", "n2027-02-14"))
        answer = self.renewed(who, "FIS", "2027-02-15")
        self.assertEqual(answer["code"], "REQUIREMENTS_MISSING")
        answer = self.partner.submit(
            {"id": "exam", "type": "requirement.met", "member": who, "data": {
                "requirement": "practical-exam", "met_on": "2027-02-10"}})
        self.assertEqual(self.money(answer), [("fee", "99.00", "CAD"),
                                              ("tax", "12.87", "CAD")])
        answer = self.renewed(self.late_acsm, "ACSM-CPT", "2027-04-14")
        self.assertEqual(self.money(answer), [("fee", "80.00", "USD")])
        self.assertIsNone(rig.differs(
            {"period": {"starts_on": "2027-01-10", "ends_on": "2030-01-09"},
             "status": "in_progress"}, self.balance(self.late_acsm)))

    def test_4_lapse(self):
        """the six months of grace after three years, to the day"""
        self.sleep_until("2027-07-09")
        self.assertEqual(self.balance(self.acsm)["status"], "grace")
        self.sleep_until("2027-07-10")
        self.assertEqual(self.balance(self.acsm)["status"], "lapsed")
        self.assertEqual(self.history(self.acsm),
                         ["granted", "grace", "lapsed"])
        self.assertEqual(self.balance(self.canfitpro)["status"], "grace")

    def test_5_years(self):
        """asleep through all of the grace: lapsed at once; others stay silent"""
        other = rig.member()
        self.partner.submit(rig.granted(other, on="2026-08-01"))
        before = [len(self.partner.query("changes", member=who,
                                         after_version=0)["changes"])
                  for who in (self.csep, self.cpc, self.acsm)]
        self.sleep_until("2028-08-01")
        self.assertEqual(self.history(other), ["granted", "lapsed"])
        self.assertEqual(self.history(self.canfitpro),
                         ["granted", "grace", "lapsed"])
        after = [len(self.partner.query("changes", member=who,
                                        after_version=0)["changes"])
                 for who in (self.csep, self.cpc, self.acsm)]
        self.assertEqual(after, before)
        self.assertEqual(self.balance(self.csep)["status"], "in_progress")
        self.instance.verify()


ZONED = """program: %(name)s
language: 1
title: A body of the tests
time_zone: %(zone)s
unit: hour
designations: [{name: X, title: One}]
period: {ends: "%(ends)s", years: 1}
requires: {credits: 10}
rates: [{minutes: 60}]
notices: [%(days)d]
"""


class Zones(Clock):
    """On the real clock: each organization's day is that of its own zone."""

    today = None
    east = zoneinfo.ZoneInfo("Pacific/Kiritimati")      # always a day ahead
    west = zoneinfo.ZoneInfo("Pacific/Pago_Pago")

    def today_there(self):
        return datetime.datetime.now(self.east).date()

    def play(self, name, zone, today, days):
        """The notices of a member whose period ends so many days after
        `today`, and what is said of an activity of that day."""
        ends = today + datetime.timedelta(days)
        path = self.instance.dir / ("%s.yaml" % name)
        path.write_text(ZONED % {"name": name, "zone": zone.key, "days": days,
                                 "ends": ends.strftime("%m-%d")})
        self.instance.creditctl("program", "publish", str(path))
        who = rig.member(name)
        self.partner.submit(rig.granted(
            who, "X", on=(today - datetime.timedelta(30)).isoformat()))
        answer = self.partner.submit(
            rig.activity(who, "a1", on=today.isoformat()))
        return self.notices(who), answer["code"]

    def test_days(self):
        """a reminder, and an activity of today, on one side of the date line"""
        for again in ("", "-again"):
            today = self.today_there()
            ends = today + datetime.timedelta(90)
            # A day that is not in every year can't end a period.
            days = 89 if ends.strftime("%m-%d") == "02-29" else 90
            east = self.play("east" + again, self.east, today, days)
            west = self.play("west" + again, self.west, today, days)
            if self.today_there() == today:
                break           # else midnight came between
        self.assertEqual(east, ([days], None))
        self.assertEqual(west, ([], "FUTURE_DATE"))

if __name__ == "__main__":
    unittest.main()
