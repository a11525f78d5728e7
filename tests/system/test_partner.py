"""A partner that knows the protocol document alone: it submits, queries,
subscribes, loses its connections, and catches up with the very same bytes."""

import unittest

import rig
from partner import Refused, unpack


class APartner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()

    def setUp(self):
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)

    def test_ping(self):
        """PONG lists versions and features"""
        answer = self.partner.ping()
        self.assertEqual(answer["versions"], [1])
        self.assertIsInstance(answer["features"], list)

    def test_result(self):
        """a RESULT says where it stands in the feed, what it posted, and why"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        answer = self.partner.submit(
            dict(rig.activity(who, "a1", minutes=250), explain=True))
        self.assertIsNone(rig.differs({
            "id": "a1", "outcome": "applied", "duplicate": False, "code": None,
            "rules": 1, "entries": [{
                "kind": "credit", "cause": {"source": "local", "id": "a1"},
                "designation": "FIS", "period_starts_on": "2026-01-15",
                "credits": "2.0", "total": "2.0"}],
            "balances": [{"member": who, "designation": "FIS", "unit": "CEC",
                          "required": "4.0", "earned": "2.0",
                          "remaining": "2.0"}]}, answer), answer)
        self.assertIn("message", answer)
        self.assertIsInstance(answer["offset"], int)
        self.assertTrue(answer["explain"])
        for step in answer["explain"]:
            self.assertLessEqual({"rule", "note", "credits"}, set(step))

    def test_sources(self):
        """one id of two sources is two events"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        for source in ("lms", "desk"):
            event = dict(rig.activity(who, "a1", title=source), source=source)
            answer = self.partner.submit(event)
            self.assertEqual((answer["outcome"], answer["duplicate"]),
                             ("applied", False))
            self.assertEqual(answer["entries"][0]["cause"]["source"], source)
        self.assertEqual(self.partner.query("balance", member=who)
                         ["balances"][0]["earned"], "2.0")

    def test_first_answer_stands(self):
        """a repeat has the first RESULT; QUERY event says how it stands today"""
        who = rig.member()
        first = self.partner.submit(rig.activity(who, "a1"))
        self.assertEqual(first["code"], "UNKNOWN_CERTIFICATION")
        self.partner.submit(rig.granted(who))
        again = self.partner.submit(rig.activity(who, "a1"))
        self.assertEqual(again, dict(first, duplicate=True))
        answer = self.partner.query("event", member=who, id="a1")
        self.assertEqual(answer["code"], "UNKNOWN_CERTIFICATION")
        self.assertIsNone(rig.differs(
            {"outcome": "applied", "code": None, "credits": "1.0"},
            answer["standing"]), answer)
        with self.assertRaises(Refused) as refused:
            self.partner.query("event", member=who, id="never")
        self.assertEqual(refused.exception.code, "UNKNOWN_EVENT")

    def test_queries(self):
        """every query has its answer"""
        who = rig.member()
        for event in (rig.granted(who), rig.activity(who, "a1"),
                      rig.requested(who, "r1", "RQ-1")):
            self.partner.submit(event)
        explained = self.partner.query("explain", member=who)["claims"]
        self.assertEqual({c["event"]["id"] for c in explained}, {"a1", "r1"})
        for claim in explained:
            self.assertLessEqual({"designation", "raw", "credited", "code",
                                  "steps", "period_starts_on"}, set(claim))
            self.assertTrue(claim["steps"])
        transcript = self.partner.query("transcript", member=who)
        self.assertEqual([p["designation"] for p in transcript["periods"]],
                         ["FIS"])
        self.assertTrue(transcript["claims"])
        self.assertEqual([e["credits"] for e in transcript["entries"]],
                         ["1.0"])
        self.assertEqual(self.partner.query("transcript", member=who,
                         to="2026-01-01")["claims"], [])
        waiting = self.all_requests("awaiting_decision")
        self.assertIn((who, "RQ-1"), waiting)
        self.assertNotIn((who, "RQ-1"), self.all_requests("credited"))
        feeds = self.partner.query("feeds")["feeds"]
        self.assertEqual(feeds["canfitpro"], self.instance.feed("canfitpro"))
        status = self.partner.query("status")
        self.assertIn("workers", status)
        nobody = self.partner.query("balance", member=rig.member())
        self.assertEqual(nobody["balances"], [])

    def all_requests(self, state):
        found, after = [], None
        while True:
            keys = {"after": after} if after else {}
            answer = self.partner.query("requests", organization="canfitpro",
                                        state=state, limit=7, **keys)
            found += [(r["member"], r["request"]) for r in answer["requests"]]
            if not answer.get("more"):
                return found
            after = answer["next"]

    def test_pages(self):
        """a snapshot in pages joins on to the feed without a seam"""
        members = [rig.member() for _ in range(25)]
        for who in members:
            self.partner.submit(rig.granted(who))
        first, after, have = None, None, {}
        while True:
            keys = {"after": after} if after else {}
            page = self.partner.query("balances", organization="canfitpro",
                                      limit=10, **keys)
            first = first or page["heads"]
            for balance in page["balances"]:
                have[balance["member"]] = balance
            if len(have) < 30:      # while it pages, the world moves on
                self.partner.submit(rig.activity(members[0], "a%d" % len(have)))
            if not page.get("more"):
                break
            after = page["next"]
        self.assertLessEqual(set(members), set(have))
        changes = self.partner.query("changes", organization="canfitpro",
                                     after=first)
        for change in changes["changes"]:
            body = unpack(change["body"])
            if body["kind"] == "balance":
                old = have.get(body["balance"]["member"])
                if old is None or old["version"] < body["version"]:
                    have[body["balance"]["member"]] = body["balance"]
        now = self.partner.query("balance", member=members[0])["balances"][0]
        self.assertEqual(have[members[0]], now)

    def test_changes_of_a_member(self):
        """versions of a member count its messages without gaps"""
        who = rig.member()
        for event in (rig.granted(who), rig.activity(who, "a1"),
                      rig.requested(who, "r1", "RQ-1"),
                      rig.decided(who, "d1", "RQ-1"),
                      rig.paid(who, "p1", "RQ-1", "22.00")):
            self.partner.submit(event)
        answer = self.partner.query("changes", member=who, after_version=0)
        bodies = [unpack(c["body"]) for c in answer["changes"]]
        self.assertEqual([b["version"] for b in bodies],
                         list(range(1, len(bodies) + 1)))
        balance = self.partner.query("balance", member=who)["balances"][0]
        last = [b for b in bodies if b["kind"] == "balance"][-1]
        self.assertEqual(balance, last["balance"])
        self.assertEqual(balance["version"], last["version"])
        rest = self.partner.query("changes", member=who, after_version=2)
        self.assertEqual(rest["changes"], answer["changes"][2:])

    def test_diverged(self):
        """another chain than ours at that offset: take a snapshot"""
        who = rig.member()
        answer = self.partner.submit(rig.granted(who))
        stream = answer["stream"]
        after = {str(stream): {"offset": answer["offset"], "chain": "0" * 32}}
        with self.assertRaises(Refused) as refused:
            self.partner.query("changes", organization="canfitpro", after=after)
        self.assertEqual(refused.exception.code, "DIVERGED")
        self.assertEqual(refused.exception.body["streams"], [stream])
        after[str(stream)] = {"offset": 10 ** 9, "chain": "0" * 32}
        with self.assertRaises(Refused) as refused:
            self.partner.query("changes", organization="canfitpro", after=after)
        self.assertEqual(refused.exception.code, "DIVERGED")

    def test_lost_connection(self):
        """away and back: nothing is missing, nothing differs"""
        subscriber = self.instance.subscriber("canfitpro", self.partner)
        subscriber.catch_up()
        who = rig.member()
        self.partner.submit(rig.granted(who))
        self.assertTrue(subscriber.listen_until(
            lambda: any(b.get("certification", {}).get("member") == who
                        for _, b in subscriber.bodies()), 5))
        subscriber.close()

        for n in range(20):         # nobody listens
            self.partner.submit(rig.activity(who, "a%d" % n))
        self.partner.submit(rig.granted(rig.member()))

        again = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(again.close)
        again.messages = subscriber.messages
        again.listen_until(lambda: again.heads, 5)
        self.assertNotEqual(again.gaps(), [], "heads tell of what was missed")
        self.partner.submit(rig.activity(who, "live"))
        again.listen_until(lambda: any(
            b["event"]["id"] == "live" for _, b in again.bodies()), 5)
        again.catch_up()
        self.assertEqual(again.gaps(), [])
        self.assertEqual(again.differing, [])

        everything = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(everything.close)
        everything.catch_up(limit=100)
        for stream, have in again.messages.items():
            for offset, message in have.items():
                self.assertEqual(message, everything.messages[stream][offset])

    def test_lost_answers(self):
        """what was sent and not answered is sent again; nothing counts twice"""
        who = rig.member()
        events = [rig.granted(who)] + [
            rig.activity(who, "a%d" % n) for n in range(50)]
        for event in events:
            self.partner.send(b"SUBMIT", who, event)
        self.partner.receive()      # a first answer, then the line is cut
        self.partner.connect()
        replies, _ = self.partner.submit_all(events)
        self.assertTrue(all(verb == b"RESULT" for verb, _ in replies))
        self.assertEqual(self.partner.query("balance", member=who)
                         ["balances"][0]["earned"], "50.0")

    def test_prefix(self):
        """a subscription to one member's balances hears of nobody else"""
        who, other = rig.member(), rig.member()
        prefix = "balance/%s/" % who
        subscriber = self.instance.subscriber(
            "canfitpro", self.partner, prefix=prefix)
        self.addCleanup(subscriber.close)
        subscriber.listen_until(lambda: subscriber.heads, 5)
        for each in (other, who):
            self.partner.submit(rig.granted(each))
        subscriber.listen_until(lambda: subscriber.live, 5)
        subscriber.listen(0.2)
        self.assertEqual({t for t, _ in subscriber.bodies()}, {prefix + "FIS"})

    def test_heads(self):
        """heads come at least every second, and say what was published"""
        answer = self.partner.submit(rig.granted(rig.member()))
        subscriber = self.instance.subscriber("canfitpro", self.partner,
                                              prefix="heads/")
        self.addCleanup(subscriber.close)
        self.assertTrue(subscriber.listen_until(
            lambda: subscriber.heads.get(answer["stream"], (0,))[0]
            >= answer["offset"], 5))
        self.assertEqual(len(subscriber.epochs), 1)

    def test_many_at_once(self):
        """5,000 in flight by one partner: each has its answer"""
        members = [rig.member() for _ in range(100)]
        events = [rig.granted(who) for who in members]
        events += [rig.activity(who, "a%d" % n)
                   for n in range(49) for who in members]
        replies, again = self.partner.submit_all(events, window=5000)
        self.assertEqual({verb for verb, _ in replies}, {b"RESULT"})
        self.assertEqual([body["id"] for _, body in replies],
                         [event["id"] for event in events])


if __name__ == "__main__":
    unittest.main()
