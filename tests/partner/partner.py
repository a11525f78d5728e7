"""A partner's side of the protocol, written from schema/protocol.md alone.

Nothing but a ZeroMQ and a msgpack library: what a partner's own engineers would
write in an afternoon. The system tests speak to creditd through it, so that the
document, and not our own client library, is what they hold the programs to.
"""

import time

import msgpack
import zmq

PROTOCOL = b"CREDIT1"


class Silence(Exception):
    """No answer came before the deadline."""


class Refused(Exception):
    """REFUSED: the code, and a message that names what was wrong."""

    def __init__(self, body):
        super().__init__("%s: %s" % (body["code"], body["message"]))
        self.code = body["code"]
        self.message = body["message"]
        self.body = body


def pack(body):
    return msgpack.packb(body, use_bin_type=True)


def unpack(data):
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


class Partner:
    """A DEALER on the events endpoint: many messages in flight, told apart by
    their tags."""

    def __init__(self, endpoint, context=None):
        self.context = context or zmq.Context.instance()
        self.endpoint = endpoint
        self.socket = None
        self.next_tag = 0
        self.connect()

    def connect(self):
        """Also after a loss: a fresh connection; nothing else is remembered."""
        self.close()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.rcvhwm = 0
        self.socket.sndhwm = 0
        self.socket.connect(self.endpoint)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def send(self, verb, key, body=None, tag=None):
        """Sends one message; returns its tag."""
        if tag is None:
            self.next_tag += 1
            tag = b"%d" % self.next_tag
        frames = [b"", PROTOCOL, verb, tag, key.encode()]
        if body is not None:
            frames.append(body if isinstance(body, bytes) else pack(body))
        self.socket.send_multipart(frames)
        return tag

    def receive(self, seconds=10.0):
        """The next reply: (verb, tag, body)."""
        if not self.socket.poll(max(0, int(seconds * 1000))):
            raise Silence("no reply in %.1f s" % seconds)
        frames = self.socket.recv_multipart()
        if len(frames) != 5 or frames[0] != b"" or frames[1] != PROTOCOL:
            raise ValueError("not a reply: %r" % frames)
        return frames[2], frames[3], unpack(frames[4])

    def wait_for(self, tag, seconds=10.0):
        """The reply with that tag; others (late ones) are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            verb, got, body = self.receive(deadline - time.monotonic())
            if got == tag:
                return verb, body

    # ---- the three verbs

    def ping(self, seconds=10.0):
        verb, body = self.wait_for(self.send(b"PING", ""), seconds)
        if verb != b"PONG":
            raise Refused(body)
        return body

    def submit(self, event, seconds=10.0):
        """One event, one answer: RESULT (or ANSWER to a dry run), or Refused."""
        tag = self.send(b"SUBMIT", event["member"], event)
        verb, body = self.wait_for(tag, seconds)
        if verb == b"REFUSED":
            raise Refused(body)
        return body

    def query(self, query, seconds=10.0, **keys):
        about = keys.get("member") or keys.get("organization") or ""
        tag = self.send(b"QUERY", about, dict(keys, query=query))
        verb, body = self.wait_for(tag, seconds)
        if verb != b"ANSWER":
            raise Refused(body)
        return body

    # ---- many in flight, and sent again until answered

    def submit_all(self, events, window=1000, seconds=60.0, on_answer=None,
                   resend_after=5.0):
        """Every event until each has its RESULT (or a REFUSED that says that
        it was wrong). BUSY, UNAVAILABLE and silence: the same bytes again, with
        the same id, which is always safe. Returns [(verb, body)] in order, and
        how often something had to be sent again."""
        bodies = [(e["member"].encode(), pack(e)) for e in events]
        replies = [None] * len(bodies)
        waiting = {}            # index: when it was sent
        later = []              # (when, index): to be sent again then
        following = 0
        again = 0
        left = len(bodies)
        deadline = time.monotonic() + seconds
        next_look = 0.0
        poller = zmq.Poller()
        poller.register(self.socket, zmq.POLLIN)

        def send(index):
            member, body = bodies[index]
            self.socket.send_multipart(
                [b"", PROTOCOL, b"SUBMIT", b"a%d" % index, member, body])
            waiting[index] = time.monotonic()

        while left:
            now = time.monotonic()
            if now > deadline:
                raise Silence("%d of %d have no answer" % (left, len(bodies)))
            while following < len(bodies) and len(waiting) < window:
                send(following)
                following += 1
            if now >= next_look:
                next_look = now + 0.1
                for when, index in [x for x in later if x[0] <= now]:
                    later.remove((when, index))
                    if replies[index] is None:
                        send(index)
                        again += 1
                for index, sent in list(waiting.items()):
                    if now - sent > resend_after:
                        send(index)
                        again += 1
            if not poller.poll(100):
                continue
            while True:
                try:
                    frames = self.socket.recv_multipart(zmq.NOBLOCK)
                except zmq.Again:
                    break
                if len(frames) != 5 or not frames[3].startswith(b"a"):
                    continue
                index = int(frames[3][1:])
                if replies[index] is not None:
                    continue    # the answer to what was sent twice
                body = unpack(frames[4])
                if frames[2] == b"REFUSED" and body["code"] in (
                        "BUSY", "UNAVAILABLE"):
                    waiting.pop(index, None)
                    pause = body.get("retry_after_ms", 200) / 1000.0
                    later.append((time.monotonic() + pause, index))
                    continue
                waiting.pop(index, None)
                replies[index] = (frames[2], body)
                left -= 1
                if on_answer is not None:
                    on_answer(index, frames[2], body)
        return replies, again


class Subscriber:
    """A SUB on one organization's feed that knows what it has, sees what it
    lacks, and asks for it with `changes`."""

    def __init__(self, feed, organization, partner, prefix=""):
        self.partner = partner
        self.organization = organization
        self.messages = {}      # stream: {offset: (topic, body bytes)}
        self.heads = {}         # stream: (offset, chain), as heads/ORG said
        self.epochs = []        # in the order in which they were seen
        self.live = 0           # messages that came by the feed
        self.differing = []     # (stream, offset): came twice, not the same
        self.socket = partner.context.socket(zmq.SUB)
        self.socket.linger = 0
        self.socket.rcvhwm = 0
        self.socket.connect(feed)
        self.socket.setsockopt(zmq.SUBSCRIBE, prefix.encode())
        if prefix:
            self.socket.setsockopt(
                zmq.SUBSCRIBE, b"heads/" + organization.encode())

    def close(self):
        self.socket.close()

    def keep(self, topic, data, live):
        body = unpack(data)
        have = self.messages.setdefault(body["stream"], {})
        old = have.get(body["offset"])
        if old is not None and old != (topic, data):
            self.differing.append((body["stream"], body["offset"]))
        have[body["offset"]] = (topic, data)
        self.live += live

    def listen(self, seconds):
        """Takes what comes; returns how many messages that were."""
        count = 0
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            if not self.socket.poll(max(0, int(left * 1000))):
                return count
            topic, data = self.socket.recv_multipart()
            if topic.startswith(b"heads/"):
                body = unpack(data)
                if body["epoch"] not in self.epochs:
                    self.epochs.append(body["epoch"])
                for stream, head in body["heads"].items():
                    self.heads[int(stream)] = (head["offset"], head["chain"])
            else:
                self.keep(topic, data, 1)
                count += 1
            if left <= 0:
                return count

    def listen_until(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            self.listen(0.05)
        return True

    def position(self, stream):
        """The last offset up to which nothing is missing, and its chain."""
        have = self.messages.get(stream, {})
        offset = 0
        while offset + 1 in have:
            offset += 1
        if offset == 0:
            return 0, ""
        return offset, unpack(have[offset][1])["chain"]

    def gaps(self):
        """[(stream, offset)]: what it knows to exist and does not have."""
        missing = []
        for stream in set(self.messages) | set(self.heads):
            have = self.messages.get(stream, {})
            last = max(max(have, default=0), self.heads.get(stream, (0, ""))[0])
            missing += [(stream, o) for o in range(1, last + 1) if o not in have]
        return missing

    def catch_up(self, limit=10000):
        """`changes` after what it has, until there is no more. Returns how many
        changes came."""
        count = 0
        after = {}
        for stream in set(self.messages) | set(self.heads):
            offset, chain = self.position(stream)
            after[str(stream)] = {"offset": offset, "chain": chain}
        while True:
            answer = self.partner.query(
                "changes", organization=self.organization, after=after,
                limit=limit, seconds=30.0)
            for change in answer["changes"]:
                topic = change["topic"].encode()
                self.keep(topic, change["body"], 0)
                body = unpack(change["body"])
                after[str(body["stream"])] = {
                    "offset": body["offset"], "chain": body["chain"]}
            count += len(answer["changes"])
            if not answer.get("more"):
                for stream, head in answer["heads"].items():
                    self.heads[int(stream)] = (head["offset"], head["chain"])
                return count

    def bodies(self):
        """Every message, decoded, stream by stream in the order of offsets."""
        for stream in sorted(self.messages):
            have = self.messages[stream]
            for offset in sorted(have):
                yield have[offset][0].decode(), unpack(have[offset][1])
