"""A subscriber that keeps its own book: what it knows of each stream, without
gaps, and each member's last balance.

watch.py FEED EVENTS NAME SEED BOOK: runs until its standard input ends, then
asks for what it lacks and writes BOOK. The one called `wanderer` hangs and
vanishes now and then."""

import collections
import hashlib
import json
import pathlib
import random
import select
import sys
import time

import zmq

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "partner"))

from partner import Partner, Refused, Silence, unpack  # noqa: E402

RECENT = 3000           # messages of a stream that are compared when repeated
GRACE = 1.0             # a head is ahead of the feed for so long at most
DRAIN = 120.0


def short(topic, data):
    return hashlib.blake2b(topic + b"\0" + data, digest_size=16).digest()


class Stream:
    def __init__(self):
        self.offset = 0
        self.chain = ""
        self.digest = b""
        self.recent = collections.deque(maxlen=RECENT)
        self.behind = None      # since when it is known to lack something

    def take(self, offset, topic, data, chain):
        one = short(topic, data)
        self.digest = hashlib.blake2b(
            self.digest + one, digest_size=16).digest()
        self.offset = offset
        self.chain = chain
        self.recent.append(one)
        self.behind = None

    def agrees(self, offset, topic, data):
        """A message that it has: the same bytes?"""
        back = self.offset - offset + 1
        return back > len(self.recent) \
            or self.recent[-back] == short(topic, data)


class Watch:
    def __init__(self, feed, events, name, seed):
        self.feed = feed
        self.wanders = name == "wanderer"
        self.random = random.Random("%s/%s" % (seed, name))
        self.partner = Partner(events)
        self.socket = None
        self.streams = collections.defaultdict(Stream)
        self.versions = {}
        self.earned = {}
        self.epochs = set()
        self.count = collections.Counter()
        self.next_query = 0.0
        self.connect()

    def connect(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = self.partner.context.socket(zmq.SUB)
        self.socket.linger = 0
        self.socket.connect(self.feed)
        self.socket.setsockopt(zmq.SUBSCRIBE, b"")

    def take(self, topic, data, live):
        body = unpack(data)
        if topic.startswith(b"heads/"):
            self.take_heads(body)
            return
        stream = self.streams[body["stream"]]
        offset = body["offset"]
        if offset <= stream.offset:
            self.count["repeats"] += 1
            self.count["differing"] += not stream.agrees(offset, topic, data)
        elif offset > stream.offset + 1:
            self.count["ahead"] += 1
            if stream.behind is None:
                stream.behind = time.monotonic() - GRACE
        else:
            stream.take(offset, topic, data, body["chain"])
            self.count["live" if live else "caught_up"] += 1
            self.take_body(topic, body)

    def take_body(self, topic, body):
        member = b"/".join(topic.split(b"/")[1:3])
        if body["version"] != self.versions.get(member, 0) + 1:
            self.count["wrong_versions"] += 1
        self.versions[member] = body["version"]
        if body["kind"] == "balance":
            self.earned[member.decode()] = body["balance"]["earned"]

    def take_heads(self, body):
        self.epochs.add(body["epoch"])
        for number, head in body["heads"].items():
            stream = self.streams[int(number)]
            if head["offset"] > stream.offset and stream.behind is None:
                stream.behind = time.monotonic()

    def listen(self, seconds):
        if not self.socket.poll(int(seconds * 1000)):
            return
        for _ in range(1000):
            try:
                self.take(*self.socket.recv_multipart(zmq.NOBLOCK), True)
            except zmq.Again:
                return

    def catch_up(self, seconds=3.0):
        """One page of `changes`; true when there is nothing more."""
        after = {str(number): {"offset": s.offset, "chain": s.chain}
                 for number, s in self.streams.items() if s.offset}
        self.count["queries"] += 1
        try:
            answer = self.partner.query(
                "changes", organization="canfitpro", after=after, limit=10000,
                seconds=seconds)
        except Refused as refused:
            self.count["refused_" + refused.code] += 1
            self.next_query = time.monotonic() + 0.3
            return False
        except Silence:
            self.count["silences"] += 1
            self.partner.connect()
            return False
        for change in answer["changes"]:
            self.take(change["topic"].encode(), change["body"], False)
        if not answer.get("more"):
            for stream in self.streams.values():
                stream.behind = None
            return True
        return False

    def wander(self):
        """It hangs, or goes away for a while."""
        if self.random.random() < 0.5:
            self.count["hangs"] += 1
            time.sleep(self.random.uniform(0.5, 4))     # the fault itself
        else:
            self.count["absences"] += 1
            self.socket.close()
            self.socket = None
            time.sleep(self.random.uniform(0.5, 4))     # the fault itself
            self.connect()

    def run(self):
        wander_at = time.monotonic() + self.random.uniform(3, 8)
        while not select.select([sys.stdin.fileno()], [], [], 0)[0]:
            self.listen(0.05)
            now = time.monotonic()
            if now >= self.next_query and any(
                    s.behind is not None and now - s.behind >= GRACE
                    for s in self.streams.values()):
                self.catch_up()
            if self.wanders and now >= wander_at:
                self.wander()
                wander_at = time.monotonic() + self.random.uniform(3, 8)
        deadline = time.monotonic() + DRAIN
        self.listen(0.2)
        while not self.catch_up(10.0):
            if time.monotonic() > deadline:
                self.count["never_caught_up"] += 1
                return

    def book(self):
        return {"streams": {n: [s.offset, s.digest.hex(), s.chain]
                            for n, s in self.streams.items() if s.offset},
                "earned": self.earned, "epochs": len(self.epochs),
                "count": dict(self.count)}


def main():
    feed, events, name, seed, path = sys.argv[1:]
    watch = Watch(feed, events, name, seed)
    watch.run()
    with open(path, "w") as file:
        json.dump(watch.book(), file)


main()
