"""200,000 events of 20,000 members through one partner, with four workers."""

import json
import subprocess
import sys
import time
import unittest

import books
import rig
from partner import unpack

MEMBERS = 20000


class Load(unittest.TestCase):
    def setUp(self):
        self.instance = rig.Instance(workers=4)
        self.addCleanup(self.instance.down)
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)

    def wal(self):
        row = self.instance.sql(
            "SELECT wal_sync, wal_write FROM pg_stat_wal")[0]
        return [int(x) for x in row]

    def transactions(self):
        return int(self.instance.sql(
            "SELECT xact_commit FROM pg_stat_database"
            " WHERE datname = 'creditd'")[0][0])

    def test_load(self):
        """every answer there, books right, feed and changes the same, fsynced"""
        members, events = books.histories(MEMBERS, 200000)
        # A process of its own listens, as a subscriber elsewhere would.
        listener = subprocess.Popen(
            [sys.executable, str(rig.TOP / "tests/system/listener.py"),
             self.instance.feed("canfitpro"), str(self.instance.dir / "heard")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.stdin.close)
        self.assertEqual(listener.stdout.readline(), b"listening\n")

        began = time.monotonic()
        replies, again = self.partner.submit_all(
            events, window=4000, seconds=300, resend_after=20)
        took = time.monotonic() - began
        print("       %d events in %.1f s: %.0f events/s, %d sent again" % (
            len(events), took, len(events) / took, again), flush=True)

        books.check_answers(self, events, replies)
        books.check_database(self, self.instance, members, events)

        subscriber = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(subscriber.close)
        subscriber.catch_up()
        books.check_feed(self, subscriber, members)
        books.check_versions(self, subscriber)
        listener.stdin.close()
        listener.wait(timeout=60)
        self.check_heard(subscriber)
        self.instance.verify()

    def check_heard(self, subscriber):
        """What came live is what `changes` says, byte for byte."""
        heard = 0
        with open(self.instance.dir / "heard", "rb") as file:
            while header := file.read(8):
                sizes = int.from_bytes(header[:4], "big"), \
                    int.from_bytes(header[4:], "big")
                topic, body = file.read(sizes[0]), file.read(sizes[1])
                place = unpack(body)
                self.assertEqual(
                    subscriber.messages[place["stream"]][place["offset"]],
                    (topic, body))
                heard += 1
        there = sum(len(have) for have in subscriber.messages.values())
        print("       %d of %d messages came live" % (heard, there), flush=True)
        self.assertGreater(heard, 0)
        self.assertLessEqual(heard, there)

    def test_fsync(self):
        """an answer means a flushed WAL, by PostgreSQL's own statistics"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        for n in range(5):
            synced = self.wal()[0]
            self.partner.submit(rig.activity(who, "a%d" % n))
            # The backend reports its statistics a moment after the commit.
            rig.wait_until(lambda: self.wal()[0] > synced, 10,
                           "pg_stat_wal.wal_sync has grown")
        self.assertEqual(self.instance.sql(
            "SELECT setting FROM pg_settings WHERE name IN"
            " ('fsync', 'synchronous_commit', 'full_page_writes')"
            " ORDER BY name"), [["on"], ["on"], ["on"]])


if __name__ == "__main__":
    unittest.main()
