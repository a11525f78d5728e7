"""ZMTP 3 by hand: a peer that does what no library lets it do. It floods
without end, reads nothing, begins messages and never ends them."""

import socket
import struct

import rig
from partner import pack

GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") \
    + b"\0" * 32


def frame(data, more=False, command=False):
    flags = (1 if more else 0) | (4 if command else 0)
    if len(data) < 256:
        return struct.pack("BB", flags, len(data)) + data
    return struct.pack(">BQ", flags | 2, len(data)) + data


def message(frames):
    return b"".join(frame(f, more=n + 1 < len(frames))
                    for n, f in enumerate(frames))


def submit(event, tag=b"t"):
    return message([b"", b"CREDIT1", b"SUBMIT", tag,
                    event["member"].encode(), pack(event)])


def query(about, tag=b"q", **keys):
    return message([b"", b"CREDIT1", b"QUERY", tag, about.encode(),
                    pack(keys)])


def flood_bytes(prefix, count, members=1000):
    """Events of many members, each once: what a flood sends again and again."""
    return b"".join(
        submit(rig.activity("canfitpro/%s%d" % (prefix, n % members),
                            "%s-%d" % (prefix, n)))
        for n in range(count))


class Raw:
    def __init__(self, endpoint, kind=b"DEALER", receive_buffer=None):
        if endpoint.startswith("ipc://"):
            self.socket = socket.socket(socket.AF_UNIX)
            address = endpoint[6:]
        else:
            self.socket = socket.socket(socket.AF_INET)
            host, _, port = endpoint[6:].rpartition(":")
            address = (host, int(port))
        if receive_buffer:
            self.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect(address)
        ready = b"\x05READY" + b"\x0bSocket-Type" \
            + struct.pack(">I", len(kind)) + kind
        self.socket.sendall(GREETING + frame(ready, command=True))
        self.read = b""
        self.exactly(64)
        self.frame()                    # its READY

    def exactly(self, size):
        while len(self.read) < size:
            more = self.socket.recv(1 << 16)
            if not more:
                raise ConnectionError("cut off")
            self.read += more
        head, self.read = self.read[:size], self.read[size:]
        return head

    def frame(self):
        flags, = self.exactly(1)
        size = struct.unpack(">Q", self.exactly(8))[0] if flags & 2 \
            else self.exactly(1)[0]
        return flags, self.exactly(size)

    def send(self, data):
        self.socket.sendall(data)

    def send_some(self, data):
        """What fits without waiting; how much that was. -1: cut off."""
        self.socket.setblocking(False)
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return -1

    def drain(self):
        """Reads away what came; False: cut off."""
        self.socket.setblocking(False)
        try:
            while True:
                if not self.socket.recv(1 << 20):
                    return False
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self):
        self.socket.close()
