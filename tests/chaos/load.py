"""A partner that sends histories of members at a given rate, resends what is
not answered, sends some on purpose twice, and keeps its own book.

load.py EVENTS SOURCE SEED RATE BOOK: runs until its standard input ends, then
starts no new member and ends when all has been answered (or after a minute and
a half). BOOK gets a line an event, grouped by member; standard output a JSON
object with what was counted."""

import collections
import json
import pathlib
import random
import select
import sys
import time

import zmq

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))
sys.path.insert(0, str(HERE.parent / "partner"))

import books  # noqa: E402
from partner import Partner, pack, unpack  # noqa: E402

MEMBERS = 1500          # with events to come, at any time
WINDOW = 1500           # events without an answer, at most
DEPTH = 3               # of one member, at most
SILENCE = 3.0           # then it is sent again
DRAIN = 90.0
AGAIN = 0.05            # answered, and sent again on purpose
TWICE = 0.02            # sent twice at once
LEAVE = 0.0002          # with each answer: the connection is closed, a new made


class Event:
    __slots__ = ("member", "id", "body", "first", "last", "sends", "answered",
                 "said", "fresh", "again", "waits", "number")

    def __init__(self, member, event, number):
        self.member = member
        self.id = event["id"]
        self.body = pack(event)
        self.number = number
        self.first = self.last = 0.0
        self.sends = 0
        self.answered = 0.0
        self.said = None        # (outcome, stream, offset) of the first answer
        self.fresh = 0          # answers that say that it was no duplicate
        self.again = False      # answered, and once more under way on purpose
        self.waits = False


class Member:
    __slots__ = ("name", "to_send", "all", "under_way", "depth", "ready")

    def __init__(self, name, depth):
        self.name = name
        self.depth = depth
        self.under_way = 0
        self.to_send = []
        self.all = []
        self.ready = False


class Load:
    def __init__(self, endpoint, source, seed, rate, book):
        self.partner = Partner(endpoint)
        self.source = source
        self.random = random.Random("%s/%s" % (seed, source))
        self.rate = rate
        self.book = book
        self.ready = []         # members that may send, in no order
        self.waiting = {}       # number: Event
        self.later = []         # (when, Event): told to wait
        self.events = {}        # number: Event, until its member is done
        self.numbers = 0
        self.members = 0        # started
        self.open = 0           # and not done
        self.draining = False
        self.count = collections.Counter()
        self.answers = collections.Counter()
        self.wrong = []
        self.latencies = []

    # ---- members

    def start_member(self):
        self.members += 1
        self.open += 1
        name = "canfitpro/%s.%d" % (self.source, self.members)
        member = Member(name, self.random.randint(1, DEPTH))
        history = books.history(name)
        self.random.shuffle(history)
        for event in history:
            event["source"] = self.source
            self.numbers += 1
            made = Event(member, event, self.numbers)
            self.events[made.number] = made
            member.all.append(made)
        member.to_send = member.all[::-1]
        self.offer(member)

    def offer(self, member):
        """It stands in `ready` while it may send."""
        if not member.ready and member.to_send \
                and member.under_way < member.depth:
            member.ready = True
            self.ready.append(member)

    def end_member(self, member):
        for event in member.all:
            del self.events[event.number]
            self.write(event)
        self.open -= 1

    def write(self, event):
        outcome, stream, _ = event.said or ("", -1, None)
        self.book.write("%s\t%s\t%.6f\t%.6f\t%d\t%.6f\t%d\t%s\n" % (
            event.member.name, event.id, event.first, event.last, event.sends,
            event.answered, stream, outcome))

    # ---- sending

    def send(self, event):
        now = time.monotonic()
        if event.first == 0.0:
            event.first = now
        event.last = now
        event.sends += not event.again
        event.waits = True
        self.waiting[event.number] = event
        self.partner.socket.send_multipart([
            b"", b"CREDIT1", b"SUBMIT", b"%d" % event.number,
            event.member.name.encode(), event.body])

    def send_new(self, most):
        for _ in range(most):
            if not self.ready or len(self.waiting) >= WINDOW:
                return
            index = self.random.randrange(len(self.ready))
            member = self.ready[index]
            self.ready[index] = self.ready[-1]
            self.ready.pop()
            member.ready = False
            event = member.to_send.pop()
            member.under_way += 1
            self.send(event)
            if self.random.random() < TWICE:
                self.count["sent_twice_at_once"] += 1
                self.send(event)
            self.offer(member)

    def send_again(self):
        now = time.monotonic()
        due = [event for when, event in self.later if when <= now]
        self.later = [x for x in self.later if x[0] > now]
        for event in due:
            if event.number in self.events and (
                    event.again or event.said is None):
                self.count["resent_refused"] += 1
                self.send(event)
        for event in list(self.waiting.values()):
            if now - event.last > SILENCE:
                self.count["resent_silence"] += 1
                self.send(event)

    # ---- answers

    def take(self, frames):
        event = self.events.get(int(frames[3]))
        body = unpack(frames[4])
        verb = frames[2].decode()
        self.answers[verb if verb != "REFUSED" else body["code"]] += 1
        if event is None:       # of a member that is done
            self.count["late_answers"] += 1
            return
        if verb == "REFUSED" and body["code"] in ("BUSY", "UNAVAILABLE"):
            if self.waiting.pop(event.number, None) is not None:
                pause = body.get("retry_after_ms", 200) / 1000.0
                self.later.append((time.monotonic() + pause, event))
            return
        if verb != "RESULT" or body["id"] != event.id:
            self.complain(event, "answered by %s %r" % (verb, body))
        self.take_result(event, body)

    def take_result(self, event, body):
        said = (body.get("outcome"), body.get("stream"), body.get("offset"))
        event.fresh += body.get("duplicate") is False
        self.waiting.pop(event.number, None)
        if event.fresh > 1:
            self.complain(event, "was new twice")
        if event.said is None:
            self.first_answer(event, said)
            return
        if said != event.said:
            self.complain(event, "%r, then %r" % (event.said, said))
        if event.again:
            event.again = False
            self.count["repeats_recognised"] += body["duplicate"]
            if not body["duplicate"]:
                self.complain(event, "a repeat that is none")
            self.settle(event)

    def first_answer(self, event, said):
        event.said = said
        event.answered = time.monotonic()
        self.count["events"] += 1
        if self.count["events"] % 16 == 0:
            self.latencies.append(event.answered - event.first)
        if said[0] not in ("applied", "pending"):
            self.complain(event, "outcome %s" % said[0])
        event.member.under_way -= 1
        self.offer(event.member)
        if self.random.random() < AGAIN:
            event.again = True
            self.count["repeated_on_purpose"] += 1
            self.send(event)
        else:
            self.settle(event)
        if self.random.random() < LEAVE:
            self.count["reconnects"] += 1
            self.partner.connect()

    def settle(self, event):
        member = event.member
        if not member.to_send and all(
                e.said and not e.again for e in member.all):
            self.end_member(member)
            if not self.draining:
                self.start_member()

    def complain(self, event, text):
        self.count["wrong_answers"] += 1
        if len(self.wrong) < 20:
            self.wrong.append("%s %s: %s" % (
                event.member.name, event.id, text))

    # ---- all of it

    def run(self):
        while self.open < MEMBERS:
            self.start_member()
        sent_until = time.monotonic()
        next_look = 0.0
        deadline = None
        while self.open:
            now = time.monotonic()
            if deadline is not None and now > deadline:
                break
            # What could not be sent is not made up for.
            budget = int((now - sent_until) * self.rate)
            if budget:
                sent_until = max(sent_until + budget / self.rate, now - 0.2)
                self.send_new(min(budget, WINDOW))
            if now >= next_look:
                next_look = now + 0.1
                self.send_again()
                if not self.draining and select.select(
                        [sys.stdin.fileno()], [], [], 0)[0]:
                    self.draining = True
                    deadline = now + DRAIN
            self.receive()
        for event in self.events.values():
            if event.first:
                self.write(event)

    def receive(self):
        if not self.partner.socket.poll(10):
            return
        for _ in range(500):
            try:
                frames = self.partner.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            if len(frames) == 5:
                self.take(frames)

    def said(self):
        unanswered = sum(e.first > 0 and e.said is None
                         for e in self.events.values())
        return {"members": self.members, "unanswered": unanswered,
                "wrong": self.wrong, "answers": dict(self.answers),
                "count": dict(self.count), "latencies": self.latencies}


def main():
    endpoint, source, seed, rate, path = sys.argv[1:]
    with open(path, "w") as book:
        load = Load(endpoint, source, seed, float(rate), book)
        load.run()
    json.dump(load.said(), sys.stdout)


main()
