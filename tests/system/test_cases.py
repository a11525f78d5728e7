"""The golden cases hold through the real programs, in any order of arrival."""

import itertools
import os
import random
import unittest
from decimal import Decimal

import rig

MOST_ORDERS = 120
SAMPLE = 20


def orders(steps):
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

    if count <= MOST_ORDERS:
        words = sorted(set(itertools.permutations(ids)))
    else:
        seed = int(os.environ.get("CREDITD_SEED", random.randrange(1 << 32)))
        print("       %d orders: 20 random ones, CREDITD_SEED=%d" % (
            count, seed), flush=True)
        chance = random.Random(seed)
        words = []
        while len(words) < SAMPLE:
            shuffled = list(ids)
            chance.shuffle(shuffled)
            if tuple(shuffled) not in words:
                words.append(tuple(shuffled))
    given = list(range(len(ids)))
    rest = [realize(word) for word in words]
    return [given] + [order for order in rest if order != given]


def renamed(value, old, new):
    if isinstance(value, dict):
        return {k: renamed(v, old, new) for k, v in value.items()}
    return new if value == old else value


class GoldenCases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()
        cls.partner = cls.instance.partner()
        cls.subscribers = {
            name: cls.instance.subscriber(name, cls.partner)
            for name in ("canfitpro", "cpc")}

    @classmethod
    def tearDownClass(cls):
        for subscriber in cls.subscribers.values():
            subscriber.close()

    def play(self, case):
        """Every order is a member of its own; one after the other is sent
        without waiting, which keeps the order of one member's events."""
        steps = case["steps"]
        old = steps[0]["submit"]["member"]
        organization = old.split("/")[0]
        histories = []
        for order in orders(steps):
            histories.append((rig.member(organization), order))
        sent = [(who, place) for who, order in histories for place in order]
        replies, _ = self.partner.submit_all(
            [renamed(steps[place]["submit"], old, who) for who, place in sent])
        answers = {}
        for (who, place), reply in zip(sent, replies):
            answers.setdefault(who, {})[place] = reply
        return histories, answers, organization, old

    def check_expected(self, case, answers, given):
        """What the steps expect holds in the given order; a refusal in all."""
        for who, of_member in answers.items():
            for place, step in enumerate(case["steps"]):
                verb, body = of_member[place]
                refusal = step["expect"].get("refused")
                if refusal is not None:
                    self.assertEqual((verb, body.get("code")),
                                     (b"REFUSED", refusal), body)
                    continue
                self.assertEqual(verb, b"RESULT", body)
                if who == given:
                    found = rig.differs(step["expect"], body, "step %d" % place)
                    self.assertIsNone(found, "%s\n%s" % (found, body))

    def balance_of(self, who, final, balances):
        for balance in balances:
            if balance["designation"] == final["designation"]:
                return balance
        self.fail("%s has no balance of %s: %r" % (
            who, final["designation"], balances))

    def check_query(self, who, finals):
        answer = self.partner.query("balance", member=who)
        for final in finals:
            found = rig.differs(
                final, self.balance_of(who, final, answer["balances"]))
            self.assertIsNone(found, "QUERY balance: %s" % found)
        return answer["balances"]

    def check_feed(self, who, finals, latest):
        for final in finals:
            of_designation = [
                b for (m, d, _), b in latest.items()
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
        subscriber = self.subscribers[organization]
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
            if entry["kind"] == "carry_out":
                continue
            money = entry.get("amount")
            key = (entry["cause"]["source"], entry["cause"]["id"],
                   entry.get("designation"), entry.get("period_starts_on"),
                   "money" if money is not None else "credits")
            digits = money if money is not None else entry["credits"]
            sums[key] = sums.get(key, 0) + Decimal(digits)
        return {key: value for key, value in sums.items() if value != 0}

    def check_case(self, case):
        histories, answers, organization, old = self.play(case)
        given = histories[0][0]
        self.check_expected(case, answers, given)
        self.database(case, histories)
        latest = self.latest_on_feed(organization)
        sums = self.sums_by_claim(given)
        for who, order in histories:
            finals = renamed({"f": case.get("final", [])}, old, who)["f"]
            finals = [dict(f, member=who) for f in finals]
            with self.subTest(order=[
                    case["steps"][p]["submit"]["id"] for p in order]):
                self.check_query(who, finals)
                self.check_feed(who, finals, latest)
                self.assertEqual(self.sums_by_claim(who), sums)

    def database(self, case, histories):
        """The balance table and the ledger say the same as `final`."""
        rows = self.instance.sql(
            "SELECT member, designation, period_starts_on::text, earned, carried_in"
            " FROM balance WHERE member IN (%s)" % ",".join(
                "'%s'" % who for who, _ in histories))
        for who, _ in histories:
            for final in case.get("final", []):
                of_designation = [r for r in rows if r[0] == who
                                  and r[1] == final["designation"]]
                self.assertTrue(of_designation, "%s: no row" % who)
                row = max(of_designation, key=lambda r: r[2])
                for key, column in (("earned", 3), ("carried_in", 4)):
                    if key in final:
                        self.assertEqual(
                            int(row[column]),
                            Decimal(final[key]) * 10000, (who, key))


def _add(name):
    for number, case in enumerate(rig.read_cases(name), 1):
        def test(self, case=case):
            self.check_case(case)
        test.__doc__ = "%s: %s" % (name.split(".")[0], case["case"])
        setattr(GoldenCases, "test_%s_%02d" % (
            name.split(".")[0], number), test)


_add("canfitpro.jsonl")
_add("cpc.jsonl")
_add("canfitpro-more.jsonl")
_add("cpc-more.jsonl")

if __name__ == "__main__":
    unittest.main()
