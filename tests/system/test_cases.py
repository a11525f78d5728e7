"""The golden cases hold through the real programs, in any order of arrival.

A case may speak of several members, of several organizations. The examples
(schema/programs/examples) are published into an instance of their own."""

import itertools
import os
import random
import unittest
from decimal import Decimal

import rig

def orders(steps, most, sample):
    """Every order of the steps that keeps the order of those with one id; the
    given one first, a sample where there are too many."""
    ids = [step["submit"]["id"] for step in steps]
    places = {}
    for place, id in enumerate(ids):
        places.setdefault(id, []).append(place)
    count = 1
    for n in range(2, len(ids) + 1):
        count *= n
    for same in places.values():
        for n in range(2, len(same) + 1):
            count //= n

    def realize(words):
        left = {id: iter(same) for id, same in places.items()}
        return [next(left[word]) for word in words]

    if count <= most:
        words = sorted(set(itertools.permutations(ids)))
    else:
        seed = int(os.environ.get("CREDITD_SEED", random.randrange(1 << 32)))
        print("       %d orders: %d random ones, CREDITD_SEED=%d" % (
            count, sample, seed), flush=True)
        chance = random.Random(seed)
        words = []
        while len(words) < sample:
            shuffled = list(ids)
            chance.shuffle(shuffled)
            if tuple(shuffled) not in words:
                words.append(tuple(shuffled))
    given = list(range(len(ids)))
    rest = [realize(word) for word in words]
    return [given] + [order for order in rest if order != given]


def renamed(value, names):
    if isinstance(value, dict):
        return {k: renamed(v, names) for k, v in value.items()}
    return names.get(value, value) if isinstance(value, str) else value


class Cases(unittest.TestCase):
    """Plays cases against `instance`, which a subclass provides."""

    most_orders, sample = 120, 20

    @classmethod
    def setUpClass(cls):
        cls.partner = cls.instance.partner()
        cls.subscribers = {}

    @classmethod
    def tearDownClass(cls):
        for subscriber in cls.subscribers.values():
            subscriber.close()
        cls.partner.close()

    def subscriber(self, organization):
        if organization not in self.subscribers:
            self.subscribers[organization] = self.instance.subscriber(
                organization, self.partner)
        return self.subscribers[organization]

    def play(self, case):
        """Every order is played with members of its own; one after the other is
        sent without waiting, which keeps the order of one member's events."""
        steps = case["steps"]
        named = [step["submit"]["member"] for step in steps]
        named += [final["member"] for final in case.get("final", [])]
        for organization in {old.split("/")[0] for old in named}:
            self.subscriber(organization)
        histories = []
        for order in orders(steps, self.most_orders, self.sample):
            names = {old: rig.member(old.split("/")[0]) for old in set(named)}
            histories.append((names, order))
        sent = [(n, place) for n, (_, order) in enumerate(histories)
                for place in order]
        replies, _ = self.partner.submit_all(
            [renamed(steps[place]["submit"], histories[n][0])
             for n, place in sent])
        answers = [{} for _ in histories]
        for (n, place), reply in zip(sent, replies):
            answers[n][place] = reply
        return histories, answers

    def check_expected(self, case, answers):
        """What the steps expect holds in the given order; a refusal in all."""
        for n, of_order in enumerate(answers):
            for place, step in enumerate(case["steps"]):
                verb, body = of_order[place]
                refusal = step["expect"].get("refused")
                if refusal is not None:
                    self.assertEqual((verb, body.get("code")),
                                     (b"REFUSED", refusal), body)
                    continue
                self.assertEqual(verb, b"RESULT", body)
                if n == 0:
                    found = rig.differs(step["expect"], body, "step %d" % place)
                    self.assertIsNone(found, "%s\n%s" % (found, body))

    def balance_of(self, who, final, balances):
        for balance in balances:
            if balance["designation"] == final["designation"]:
                return balance
        self.fail("%s has no balance of %s: %r" % (
            who, final["designation"], balances))

    def check_query(self, finals):
        for final in finals:
            who = final["member"]
            answer = self.partner.query("balance", member=who)
            found = rig.differs(
                final, self.balance_of(who, final, answer["balances"]))
            self.assertIsNone(found, "QUERY balance: %s" % found)

    def check_feed(self, finals, latest):
        for final in finals:
            who = final["member"]
            of_designation = [
                b for (m, d, _), b in latest[who.split("/")[0]].items()
                if m == who and d == final["designation"]
                and not b.get("removed")]
            current = max(of_designation,
                          key=lambda b: b["period"]["starts_on"], default=None)
            self.assertIsNotNone(current, "%s: nothing on the feed" % who)
            found = rig.differs(final, current)
            self.assertIsNone(found, "feed: %s" % found)

    def latest_on_feed(self, organization):
        """The last balance by (member, designation, start): what came live,
        and by `changes` what did not come yet."""
        subscriber = self.subscriber(organization)
        subscriber.listen(0.05)
        subscriber.catch_up()
        self.assertEqual(subscriber.gaps(), [])
        self.assertEqual(subscriber.differing, [])
        latest = {}
        for topic, body in subscriber.bodies():
            if body["kind"] == "balance":
                balance = body["balance"]
                key = (balance["member"], balance["designation"],
                       balance["period"]["starts_on"])
                if key not in latest or \
                        latest[key]["version"] < balance["version"]:
                    latest[key] = balance
        return latest

    def sums_by_claim(self, who):
        """(cause, designation, period, credits or money): the entries' sum."""
        sums = {}
        for entry in self.partner.query(
                "transcript", member=who)["entries"]:
            money = entry.get("amount")
            key = (entry["cause"]["source"], entry["cause"]["id"],
                   entry.get("designation"), entry.get("period_starts_on"),
                   "money" if money is not None else "credits")
            digits = money if money is not None else entry["credits"]
            sums[key] = sums.get(key, 0) + Decimal(digits)
        return {key: value for key, value in sums.items() if value != 0}

    def check_case(self, case):
        histories, answers = self.play(case)
        self.check_expected(case, answers)
        finals = [[renamed(final, names) for final in case.get("final", [])]
                  for names, _ in histories]
        self.check_table([final for of_order in finals for final in of_order])
        latest = {organization: self.latest_on_feed(organization)
                  for organization in {who.split("/")[0]
                                       for who in histories[0][0]}}
        sums = {old: self.sums_by_claim(new)
                for old, new in histories[0][0].items()}
        for (names, order), of_order in zip(histories, finals):
            with self.subTest(order=[
                    case["steps"][p]["submit"]["id"] for p in order]):
                self.check_query(of_order)
                self.check_feed(of_order, latest)
                for old, new in names.items():
                    self.assertEqual(self.sums_by_claim(new), sums[old])

    def check_table(self, finals):
        """The balance table says the same as `final`."""
        if not finals:
            return
        rows = self.instance.sql(
            "SELECT member, designation, period_starts_on::text, earned,"
            " carried_in FROM balance WHERE member IN (%s)" % ",".join(
                "'%s'" % final["member"] for final in finals))
        for final in finals:
            who = final["member"]
            of_designation = [r for r in rows if r[0] == who
                              and r[1] == final["designation"]]
            self.assertTrue(of_designation, "%s: no row" % who)
            row = max(of_designation, key=lambda r: r[2])
            for key, column in (("earned", 3), ("carried_in", 4)):
                if key in final:
                    self.assertEqual(int(row[column]),
                                     Decimal(final[key]) * 10000, (who, key))


class GoldenCases(Cases):
    """The bodies that ship, in the instance that all tests share."""

    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()
        super().setUpClass()


class ExampleCases(Cases):
    """Bodies that are nothing but a document: published while it runs."""

    most_orders, sample = 24, 8

    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=2)
        for path in sorted(PROGRAMS.glob("examples/*.yaml")):
            cls.instance.creditctl("program", "publish", str(path))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.instance.verify()
        cls.instance.down()

    def test_all_have_cases(self):
        """every example is a program of its own and has cases"""
        spoken_of = {step["submit"]["member"].split("/")[0]
                     for path in CASES.glob("examples/*.jsonl")
                     for case in rig.read_cases(path)
                     for step in case["steps"]}
        programs = {path.stem for path in PROGRAMS.glob("examples/*.yaml")}
        self.assertEqual(programs - spoken_of, set())
        listed = self.instance.creditctl("program", "list")
        self.assertEqual([p for p in programs if p not in listed], [])


def days_of_arrival(case):
    """Of each step; what names none arrives with the case's first."""
    days = [step["submit"].get("received_on") for step in case["steps"]]
    first = min(filter(None, days), default=None)
    return [day or first for day in days]


class DatedCases(Cases):
    """Cases in which it matters on which day something arrives (`received_on`):
    all are played together, day by day, each in that one order."""

    cases = []

    @classmethod
    def setUpClass(cls):
        days = [days_of_arrival(case) for case in cls.cases]
        calendar = sorted({day for of_case in days for day in of_case})
        cls.instance = rig.Instance(workers=2, today=calendar[0])
        super().setUpClass()
        cls.names = [{step["submit"]["member"]: rig.member(
            step["submit"]["member"].split("/")[0])
            for step in case["steps"]} for case in cls.cases]
        for name in sorted({old.split("/")[0] for n in cls.names for old in n}):
            cls.instance.creditctl("program", "publish", str(
                next(PROGRAMS.rglob("%s.yaml" % name))))
        cls.answers = [{} for _ in cls.cases]
        for day in calendar:
            if day != calendar[0]:
                cls.instance.move_to(day)
            cls.arrive([(n, place) for n, of_case in enumerate(days)
                        for place, d in enumerate(of_case) if d == day])
        cls.instance.move_to(rig.TODAY)

    @classmethod
    def arrive(cls, what):
        events = []
        for n, place in what:
            event = dict(cls.cases[n]["steps"][place]["submit"])
            event.pop("received_on", None)
            events.append(renamed(event, cls.names[n]))
        replies, _ = cls.partner.submit_all(events)
        for (n, place), reply in zip(what, replies):
            cls.answers[n][place] = reply

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.instance.verify()
        cls.instance.down()

    def play(self, case):
        n = self.cases.index(case)
        order = list(range(len(case["steps"])))
        return [(self.names[n], order)], [self.answers[n]]


def _add(where, path):
    for number, case in enumerate(rig.read_cases(path), 1):
        if any("received_on" in step["submit"] for step in case["steps"]):
            continue  # no partner can say on which day it arrives

        def test(self, case=case):
            self.check_case(case)
        test.__doc__ = "%s: %s" % (path.stem, case["case"])
        owner = where
        if any("received_on" in step["submit"] for step in case["steps"]):
            owner = DatedCases
            owner.cases.append(case)
        setattr(owner, "test_%s_%02d" % (
            path.stem.replace("-", "_"), number), test)


PROGRAMS = rig.TOP / "schema" / "programs"
CASES = rig.TOP / "tests" / "cases"
for _path in sorted(CASES.glob("*.jsonl")):
    _add(GoldenCases, _path)
for _path in sorted(CASES.glob("examples/*.jsonl")):
    _add(ExampleCases, _path)

if __name__ == "__main__":
    unittest.main()
