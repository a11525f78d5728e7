"""All books beside the database: what the partners were answered, what the
subscribers know, and what stands."""

import base64
import collections
import hashlib
import json
import subprocess

EARNED = "6.0"          # what books.history() ends in
FEW = 20                # of what is wrong, that many are shown


def rows(instance, query):
    """Rows of text, as they come: there may be millions."""
    psql = subprocess.Popen(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", instance.dsn, "-c",
         "COPY (%s) TO STDOUT" % query], stdout=subprocess.PIPE, text=True)
    with psql.stdout:
        for line in psql.stdout:
            yield line.rstrip("\n").split("\t")
    if psql.wait() != 0:
        raise AssertionError("psql failed: %s" % query)


class Sent:
    """A line of a partner's book."""
    __slots__ = ("id", "first", "last", "sends", "answered", "stream", "seq")

    def __init__(self, fields):
        self.id = fields[1]
        self.first, self.last = float(fields[2]), float(fields[3])
        self.sends = int(fields[4])
        self.answered = float(fields[5])
        self.stream = int(fields[6])
        self.seq = None


def read_book(path):
    """{member: {id: Sent}}"""
    members = collections.defaultdict(dict)
    with open(path) as file:
        for line in file:
            fields = line.split("\t")
            sent = Sent(fields)
            members[fields[0]][sent.id] = sent
    return members


class Comparison:
    def __init__(self):
        self.lost = self.doubled = self.disordered = self.strange = 0
        self.wrong_balances = self.diverged = 0
        self.details = []

    def say(self, text):
        if len(self.details) < FEW:
            self.details.append(text)

    def as_dict(self):
        return {"lost": self.lost, "doubled": self.doubled,
                "out_of_order": self.disordered, "strange": self.strange,
                "wrong_balances": self.wrong_balances,
                "subscribers_diverged": self.diverged}


def compare_events(found, instance, source, members):
    """Each answered event stands once, in an order that the partner saw."""
    for stream, seq, who, id in rows(
            instance, "SELECT stream, seq, member, id FROM event WHERE"
            " source = '%s'" % source):
        sent = members.get(who, {}).get(id)
        if sent is None:
            found.strange += 1
            found.say("%s %s stands and was not sent" % (who, id))
        elif sent.seq is not None:
            found.doubled += 1
            found.say("%s %s stands twice" % (who, id))
        else:
            sent.seq = int(seq)
            if sent.answered and sent.stream != int(stream):
                found.strange += 1
                found.say("%s %s: stream %s" % (who, id, stream))
    for who, events in members.items():
        for sent in events.values():
            if sent.answered and sent.seq is None:
                found.lost += 1
                found.say("%s %s was answered and is lost" % (who, sent.id))
        compare_order(found, who, [
            e for e in events.values() if e.answered and e.seq is not None])


def compare_order(found, who, events):
    """An event that was answered before another was sent comes before it; and
    of two that were sent once, on one connection, the first comes first."""
    for one in events:
        for two in events:
            known = one.answered < two.first or (
                one.sends == two.sends == 1 and one.first < two.first)
            if known and one.seq > two.seq:
                found.disordered += 1
                found.say("%s: %s is behind %s" % (who, one.id, two.id))


def compare_balances(found, instance, source, members):
    """The partner knows what each member's events come to."""
    standing = {who: earned for who, earned in rows(
        instance, "SELECT member, sum(earned) FROM balance WHERE member LIKE"
        " 'canfitpro/%s.%%' GROUP BY 1" % source)}
    right = str(round(float(EARNED) * 10000))
    for who, events in members.items():
        if all(e.answered for e in events.values()) \
                and standing.get(who) != right:
            found.wrong_balances += 1
            found.say("%s has earned %s" % (who, standing.get(who)))


def feed_of(instance):
    """{stream: [offset, digest, chain]} as a subscriber would have it, and
    {member: earned} by the balances that stand."""
    streams = {}
    for stream, offset, topic, body, chain in rows(
            instance, "SELECT stream, \"offset\", topic,"
            " encode(body, 'base64'), encode(chain, 'hex') FROM change"
            " WHERE topic ~ '^[a-z]*/canfitpro/' ORDER BY 1, 2"):
        old = streams.get(stream, [0, "", ""])
        one = hashlib.blake2b(
            topic.encode() + b"\0" + _base64(body), digest_size=16).digest()
        streams[stream] = [int(offset), hashlib.blake2b(
            bytes.fromhex(old[1]) + one, digest_size=16).hexdigest(), chain]
        if int(offset) != old[0] + 1:
            raise AssertionError("stream %s: offset %s follows %d" % (
                stream, offset, old[0]))
    earned = {who: int(sum_) for who, sum_ in rows(
        instance, "SELECT member, earned FROM balance"
        " WHERE member LIKE 'canfitpro/%'")}
    return streams, earned


def _base64(text):
    return base64.b64decode(text.replace("\\n", ""))


def compare_subscriber(found, name, path, streams, earned):
    with open(path) as file:
        book = json.load(file)
    count = book["count"]
    complaints = [key for key in ("differing", "wrong_versions",
                                  "never_caught_up", "refused_DIVERGED")
                  if count.get(key)]
    if book["streams"] != streams:
        complaints += ["stream %s" % n for n in streams
                       if book["streams"].get(n) != streams[n]][:3]
        complaints += ["streams that are not there"] * (
            set(book["streams"]) > set(streams))
    heard = {who: round(float(text) * 10000)
             for who, text in book["earned"].items()}
    if heard != earned:
        complaints.append("balances")
    if complaints:
        found.diverged += 1
        found.say("%s: %s" % (name, ", ".join(complaints)))
    return dict(count, epochs=book["epochs"])


def set_aside(instance):
    return int(instance.sql("SELECT count(*) FROM quarantine")[0][0])
