"""A partner that sends as fast as it can and heeds nothing.

flood.py ENDPOINT COUNT PREFIX KIND: COUNT events (KIND events), queries
(queries), or events whose answers it never reads (unread). Connects anew when
it is cut off. Prints what it saw as JSON; ends early when its standard input is
closed."""

import json
import re
import select
import sys

import raw

# Few enough that the answers to one load fit into what is read between two.
LOAD = 2000
CODE = re.compile(rb"REFUSED|RESULT|ANSWER|\xa4BUSY|\xabUNAVAILABLE")


class Flood:
    def __init__(self, endpoint, prefix, kind):
        self.endpoint = endpoint
        self.reads = kind != "unread"
        if kind == "queries":
            self.load = b"".join(
                raw.query("canfitpro/%s%d" % (prefix, n % 100),
                          query="balance",
                          member="canfitpro/%s%d" % (prefix, n % 100))
                for n in range(LOAD))
        else:
            self.load = raw.flood_bytes(prefix, LOAD, 1000)
        self.seen = {"sent": 0, "cut": 0, "replies": 0, "BUSY": 0,
                     "UNAVAILABLE": 0, "RESULT": 0, "ANSWER": 0}
        self.connect()

    def connect(self):
        self.peer = raw.Raw(self.endpoint)
        self.peer.socket.setblocking(False)

    def read(self):
        try:
            data = self.peer.socket.recv(1 << 20)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionError
        for word in CODE.findall(data):
            name = word.lstrip(b"\xa4\xab").decode()
            if name in self.seen:
                self.seen[name] += 1
            if name in ("REFUSED", "RESULT", "ANSWER"):
                self.seen["replies"] += 1

    def load_once(self):
        """All of it, or until it is cut off. False: the test wants no more."""
        at = 0
        while at < len(self.load):
            ready, writable, _ = select.select(
                [sys.stdin] + ([self.peer.socket] if self.reads else []),
                [self.peer.socket], [], 1)
            if sys.stdin in ready:
                return False
            if self.peer.socket in ready:
                self.read()
            if writable:
                at += self.peer.socket.send(
                    memoryview(self.load)[at:at + 65536])
        self.seen["sent"] += LOAD
        return True

    def run(self, count):
        while self.seen["sent"] < count:
            try:
                if not self.load_once():
                    break
            except (ConnectionError, BrokenPipeError):
                self.seen["cut"] += 1
                self.peer.close()
                self.connect()
        print(json.dumps(self.seen), flush=True)


if __name__ == "__main__":
    Flood(sys.argv[1], sys.argv[3], sys.argv[4]).run(int(sys.argv[2]))
