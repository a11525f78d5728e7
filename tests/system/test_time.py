"""Time is a fact: a day that comes is ruled, published and booked like an
event, and dates never go back."""

import unittest

import rig
from partner import unpack


class Time(unittest.TestCase):
    """The tests move one clock on, in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=2)
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
        self.partner.submit(rig.granted(who))       # ends 2027-01-14
        for date, days in (("2026-10-15", []), ("2026-10-16", [90]),
                           ("2026-12-15", [90, 30]), ("2027-01-07", [90, 30, 7])):
            self.instance.move_to(date)
            notices = self.messages(who, "notice")
            self.assertEqual([n["notice"]["days"] for n in notices], days, date)
        self.assertIsNone(rig.differs(
            {"member": who, "designation": "FIS", "ends_on": "2027-01-14",
             "remaining": "4.0", "missing": ["cpr-a", "membership"]},
            notices[-1]["notice"]))

    def test_3_grace(self):
        """past its last day a period is in grace while a renewal is possible"""
        who = self.noticed
        self.instance.move_to("2027-01-14")
        self.assertEqual(self.balance(who)["status"], "in_progress")
        self.instance.move_to("2027-01-15")
        self.assertEqual(self.balance(who)["status"], "grace")
        self.assertEqual([m["certification"]["what"] for m in
                          self.messages(who, "certification")],
                         ["granted", "grace"])

    def test_4_lapse(self):
        """and then it lapses; where a program knows no lateness, it stays"""
        who, other = self.noticed, rig.member("cpc")
        self.partner.submit(rig.granted(other, "MCRS", on="2026-01-15"))
        self.instance.move_to("2028-01-14")
        self.assertEqual(self.balance(who)["status"], "grace")
        self.instance.move_to("2028-01-15")
        self.assertEqual(self.balance(who)["status"], "lapsed")
        self.assertEqual([m["certification"]["what"] for m in
                          self.messages(who, "certification")],
                         ["granted", "grace", "lapsed"])
        self.assertEqual(self.balance(other)["status"], "in_progress")

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


if __name__ == "__main__":
    unittest.main()
