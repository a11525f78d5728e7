"""What must hold whatever happened: the books, asked of the database and of
`changes`, with a model of what was sent that knows the right end."""

import random

import rig

EVENTS_A_MEMBER = 10
EARNED = "6.0"          # four workshops and a request; one workshop reversed


def history(who):
    """Ten events that end in EARNED in any order."""
    events = [rig.granted(who)]
    events += [rig.activity(who, "a%d" % n) for n in range(4)]
    events += [rig.requested(who, "r1", "RQ-1"), rig.decided(who, "d1", "RQ-1"),
               rig.paid(who, "p1", "RQ-1", "22.00"),
               rig.activity(who, "x1"), rig.reversed_(who, "v1", "x1")]
    return events


def histories(count, seed):
    """(members, all their events in a random order)"""
    members = [rig.member() for _ in range(count)]
    events = [event for who in members for event in history(who)]
    random.Random(seed).shuffle(events)
    return members, events


def check_answers(test, events, replies):
    """Every answer is a RESULT of its own event."""
    for event, (verb, body) in zip(events, replies):
        if verb != b"RESULT" or body["id"] != event["id"] \
                or body["outcome"] not in ("applied", "pending"):
            test.fail("%r was answered by %r %r" % (event, verb, body))


def check_database(test, instance, members, events):
    """Each event stands once, the ledger sums to the balances, and these are
    the right ones; seq and offset have no gaps."""
    prefix = members[0].rsplit(".", 1)[0] + "."
    wanted = set(members)
    stored = {}
    for who, id, count in instance.sql(
            "SELECT member, id, count(*) FROM event WHERE source = 'local'"
            " AND member LIKE '%s%%' GROUP BY 1, 2" % prefix):
        if who in wanted:
            stored[who, id] = int(count)
    test.assertEqual(set(stored), {(e["member"], e["id"]) for e in events})
    test.assertEqual(set(stored.values()), {1})
    balances = instance.sql(
        "SELECT member, earned FROM balance WHERE member LIKE '%s%%'" % prefix)
    test.assertEqual({earned for who, earned in balances if who in wanted},
                     {str(round(float(EARNED) * 10000))})
    test.assertEqual({who for who, _ in balances} & wanted, wanted)
    for table, column in (("event", "seq"), ("change", '"offset"')):
        test.assertEqual(instance.sql(
            "SELECT stream FROM %s GROUP BY stream HAVING min(%s) <> 1"
            " OR max(%s) <> count(*) OR count(DISTINCT %s) <> count(*)" % (
                table, column, column, column)), [], table)


def check_feed(test, subscriber, members):
    """No gap in offsets, none in versions, and the last balance of each."""
    test.assertEqual(subscriber.gaps(), [])
    test.assertEqual(subscriber.differing, [])
    versions, last = {}, {}
    for _, body in subscriber.bodies():
        who = body[body["kind"]].get("member")
        if who is None:         # a request's member stands in the topic
            continue
        versions.setdefault(who, set()).add(body["version"])
        if body["kind"] == "balance":
            old = last.get(who)
            if old is None or old["version"] < body["version"]:
                last[who] = body["balance"]
    test.assertEqual({last[who]["earned"] for who in members}, {EARNED})


def check_versions(test, subscriber):
    """Each member's versions count its messages: 1, 2, 3 …"""
    versions = {}
    for topic, body in subscriber.bodies():
        member = "/".join(topic.split("/")[1:3])
        versions.setdefault(member, []).append(body["version"])
    for member, have in versions.items():
        if have != list(range(1, len(have) + 1)):
            test.fail("versions of %s: %r" % (member, have))


def check_all(test, instance, subscriber, members, events, replies):
    check_answers(test, events, replies)
    check_database(test, instance, members, events)
    subscriber.listen(0.2)
    subscriber.catch_up()
    check_feed(test, subscriber, members)
    check_versions(test, subscriber)
    instance.verify()
