"""Whatever is sent, and whoever does not read: memory stays flat, who floods is
told BUSY and cut off, and all the others are served."""

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import unittest

import raw
import rig
from partner import Refused, Silence

MOST_MIB = 256
HERE = os.path.dirname(os.path.abspath(__file__))


class Watch:
    """The most memory that creditd took while it was watched."""

    def __init__(self, instance):
        self.instance = instance
        self.most = instance.resident_mib("creditd")
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.ended.wait(0.02):
            self.most = max(self.most, self.instance.resident_mib("creditd"))

    def end(self):
        self.ended.set()
        self.thread.join()
        return self.most


class Pressure(unittest.TestCase):
    def setUp(self):
        self.instance = rig.Instance(workers=2)
        self.addCleanup(self.instance.down)
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)
        self.watch = Watch(self.instance)
        self.addCleanup(self.watch.end)
        self.sanitized = "asan" in str(rig.BUILD)   # its shadow is not ours

    def flood(self, count, prefix, kind="events", endpoint=None):
        process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "flood.py"),
             endpoint or self.instance.events, str(count), prefix, kind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdin.close)
        return process

    def end_flood(self, process):
        process.stdin.close()
        return self.seen(process)

    def seen(self, process):
        seen = json.loads(process.stdout.readline())
        process.wait()
        return seen

    def status(self):
        return self.partner.query("status", seconds=30)

    def check_memory(self, what):
        most = self.watch.end()
        print("       %s: at most %.0f MiB" % (what, most), flush=True)
        if not self.sanitized:
            self.assertLess(most, MOST_MIB)

    def serve(self, id, seconds=30.0):
        """One event of somebody else, sent until it is answered; how long."""
        who = rig.member()
        began = time.monotonic()
        while True:
            try:
                self.partner.submit(rig.granted(who, id=id), seconds=1.0)
                return time.monotonic() - began
            except (Refused, Silence):
                if time.monotonic() - began > seconds:
                    raise

    # ---- floods

    def restart_creditd(self, limits):
        """creditd with other limits, in place of the instance's own."""
        self.watch.end()
        self.instance.kill("creditd", signal.SIGTERM)
        settings = self.instance.dir / "pressure.yaml"
        settings.write_text((self.instance.dir / "creditd.yaml").read_text()
                            + "limits: {%s}\n" % limits)
        with open(self.instance.dir / "log" / "creditd.log", "ab") as log:
            self.instance.own["creditd"] = subprocess.Popen(
                [str(rig.BUILD / "daemon" / "creditd"), "-c", str(settings)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.serve("again")
        self.watch = Watch(self.instance)
        self.addCleanup(self.watch.end)

    def stop_workers(self, number):
        for name in ("worker-1", "worker-2"):
            self.instance.send_signal(name, number)

    def test_workers_stopped(self):
        """a flood with all workers stopped; others are served when they go on"""
        count = 5000000 if rig.FULL else 500000
        self.serve("before")
        self.stop_workers(signal.SIGSTOP)
        began = time.monotonic()
        floods = [self.flood(count // 2, "f%d-" % n) for n in range(2)]
        seen = [self.seen(flood) for flood in floods]
        took = time.monotonic() - began
        status = self.status()
        self.stop_workers(signal.SIGCONT)
        again = self.serve("after")
        print("       %d events in %.1f s: %s" % (count, took, json.dumps(seen)),
              flush=True)
        print("       %s %s; served %.2f s after they were back" % (
            status["queues"], status["connections"], again), flush=True)
        self.assertGreater(sum(s["BUSY"] for s in seen), 1000)
        self.assertLess(again, 5)
        self.check_memory("workers stopped")

    def latencies(self, count, ask):
        times = []
        for n in range(count):
            began = time.monotonic()
            ask(n)
            times.append(1000 * (time.monotonic() - began))
        times.sort()
        return (statistics.median(times), times[int(len(times) * 0.99)],
                times[-1])

    def compare(self, what, ask, floods):
        """The times of one partner with one in flight: alone, and among those
        who flood."""
        alone = self.latencies(200, ask)
        processes = floods()
        rig.wait_until(lambda: self.status()["queues"]["in_flight"] > 1000,
                       20, "it floods")
        flooded = self.latencies(200, ask)
        seen = [self.end_flood(process) for process in processes]
        print("       %s, ms p50 p99 max: alone %.1f %.1f %.1f, in a flood"
              " %.1f %.1f %.1f\n       %s" % (
                  what, *alone, *flooded, json.dumps(seen)), flush=True)
        return flooded, seen

    def test_fair_events(self):
        """one event in flight is answered soon while two partners flood"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        flooded, seen = self.compare(
            "an event",
            lambda n: self.partner.submit(
                rig.activity(who, "e%d-%d" % (n, time.monotonic_ns()))),
            lambda: [self.flood(10**9, "e%d-" % n) for n in range(2)])
        self.assertGreater(sum(s["RESULT"] for s in seen), 1000)
        self.assertLess(flooded[0], 500)
        self.assertLess(flooded[1], 1500)
        self.check_memory("two floods of events")

    def test_fair_queries(self):
        """one query in flight is answered soon while two partners flood"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        flooded, seen = self.compare(
            "a query",
            lambda n: self.partner.query("balance", member=who),
            lambda: [self.flood(10**9, "q%d-" % n, "queries")
                     for n in range(2)])
        self.assertGreater(sum(s["ANSWER"] for s in seen), 1000)
        self.assertLess(flooded[0], 250)
        self.assertLess(flooded[1], 1000)
        self.check_memory("two floods of queries")

    # ---- peers that do what they should not

    def test_deaf(self):
        """who does not heed BUSY is cut off, comes back, and others are served"""
        self.restart_creditd("in_flight_per_partner: 100")
        flood = self.flood(10**9, "d")
        rig.wait_until(
            lambda: self.status()["counters"]["partners_cut"] >= 2, 60,
            "it was cut off twice")
        took = self.serve("meanwhile")
        seen = self.end_flood(flood)
        print("       %s; another was served in %.2f s" % (
            json.dumps(seen), took), flush=True)
        self.assertGreaterEqual(seen["cut"], 1)
        self.assertLess(took, 2)
        self.check_memory("one that is deaf")
        lines = [l for l in self.instance.log_of("creditd").splitlines()
                 if "does not heed BUSY" in l]
        self.assertGreater(len(lines), 0)
        self.assertLess(len(lines), 50)

    def test_unread(self):
        """who does not read its answers is cut off, and others are served"""
        floods = [self.flood(10**9, "u%d-" % n, "unread") for n in range(4)]
        rig.wait_until(
            lambda: self.status()["counters"]["partners_cut_unread"]
            + self.status()["counters"]["partners_cut"] >= 4, 120,
            "they were cut off")
        took = self.serve("meanwhile")
        status = self.status()
        seen = [self.end_flood(flood) for flood in floods]
        print("       %s; another was served in %.2f s; %s" % (
            json.dumps(seen), took, status["connections"]), flush=True)
        self.assertLess(took, 3)
        self.check_memory("four that do not read")

    def test_large_answers_unread(self):
        """large answers that nobody reads"""
        peers = [raw.Raw(self.instance.events, receive_buffer=4096)
                 for _ in range(8)]
        ask = b"".join(raw.query("", query="status") for _ in range(1000))
        for _ in range(200):
            for peer in peers:
                peer.send_some(ask)
            time.sleep(0.005)
        self.assertTrue(self.partner.ping())
        status = self.status()
        for peer in peers:
            peer.close()
        print("       %s" % status["connections"], flush=True)
        self.assertGreater(status["counters"]["partners_cut_unread"], 0)
        self.check_memory("eight that do not read large answers")

    def endless(self, part, seconds):
        """Messages without end by ten peers, as long as they are let."""
        data = part * (1 + (1 << 20) // len(part))
        peers = [raw.Raw(self.instance.events) for _ in range(10)]
        cut = sent = 0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for n, peer in enumerate(peers):
                size = peer.send_some(data)
                if size >= 0:
                    # Whole frames only: what follows is a frame again.
                    sent += size
                    rest = -size % len(part)
                    peer.socket.settimeout(20)
                    try:
                        peer.send((part * 2)[-rest:] if rest else b"")
                        continue
                    except OSError:
                        pass
                cut += 1
                peer.close()
                peers[n] = raw.Raw(self.instance.events)
        for peer in peers:
            peer.close()
        return cut, sent

    def test_endless(self):
        """messages without end are cut off, and others are served"""
        for name, part in (("empty", raw.frame(b"", more=True)),
                           ("small", raw.frame(b"x" * 40, more=True)),
                           ("large", raw.frame(b"x" * 60000, more=True))):
            cut, sent = self.endless(part, 10 if rig.FULL else 3)
            took = self.serve("beside-" + name)
            print("       %s frames: %d MiB sent, cut %d times; another was"
                  " served in %.2f s" % (name, sent >> 20, cut, took),
                  flush=True)
            self.assertGreater(cut, 0)
            self.assertLess(took, 2)
        self.assertGreater(self.status()["connections"]["cut_endless"], 0)
        self.check_memory("messages without end")

    def test_topics(self):
        """subscriptions without end are cut off"""
        feed = self.instance.feed("canfitpro")
        cut = 0
        for _ in range(20):
            peer = raw.Raw(feed, kind=b"SUB")
            peer.socket.settimeout(20)
            try:
                for n in range(100):
                    peer.send(b"".join(
                        raw.frame(b"\x01balance/canfitpro/%d-%d-%d/" % (
                            n, m, os.getpid()) + b"x" * 200)
                        for m in range(1000)))
            except OSError:
                cut += 1
            peer.close()
        self.assertEqual(cut, 20)
        self.assertTrue(self.partner.ping())
        self.check_memory("subscriptions without end")

    def test_strangers(self):
        """what is not ZMTP 3 is cut off at once"""
        for hello in (b"GET / HTTP/1.1\r\n\r\n" * 10, b"\x01\x00" * 40,
                      b"\xff" + b"\0" * 8 + b"\x7f\x01\x00" + b"\0" * 52):
            peer = raw.Raw(self.instance.events)
            peer.close()
            stranger = raw.socket.create_connection(
                peer_address(self.instance.events), timeout=10)
            stranger.sendall(hello)
            while True:
                try:
                    if not stranger.recv(4096):
                        break
                except ConnectionError:
                    break
            stranger.close()
        self.assertGreaterEqual(
            self.status()["connections"]["cut_strange"], 3)

    # ---- many

    def test_idle(self):
        """thousands of idle partners cost little memory and no time"""
        count = 5000 if rig.FULL else 1000
        peers = [raw.Raw(self.instance.events) for _ in range(count)]
        self.addCleanup(lambda: [peer.close() for peer in peers])
        rig.wait_until(
            lambda: self.status()["connections"]["open"] >= count, 20,
            "all are there")
        seconds = 10.0
        before = self.instance.cpu_seconds("creditd")
        threading.Event().wait(seconds)     # what is measured is this time
        percent = 100 * (self.instance.cpu_seconds("creditd") - before) \
            / seconds
        mib = self.instance.resident_mib("creditd")
        print("       %d idle partners: %.2f %% of a core, %.1f MiB" % (
            count, percent, mib), flush=True)
        self.assertLess(percent, 2.0)
        if not self.sanitized:
            self.assertLess(mib, 200 if rig.FULL else 60)
        # They are partners all the same.
        peers[-1].send(raw.message([b"", b"CREDIT1", b"PING", b"t", b""]))
        frames = [peers[-1].frame()[1] for _ in range(5)]
        self.assertEqual(frames[2], b"PONG")


def peer_address(endpoint):
    host, _, port = endpoint[6:].rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    unittest.main()
