"""The fence: a worker that was thought dead and commits late changes nothing."""

import signal
import subprocess
import unittest

import books
import rig


class Fence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=0)

    @classmethod
    def tearDownClass(cls):
        cls.instance.down()

    def setUp(self):
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)

    def end(self, *names):
        for name in names:
            self.instance.kill(name, signal.SIGTERM)

    def rows(self, who):
        return self.instance.sql(
            "SELECT seq, id FROM event WHERE member = '%s' AND source = 'local'"
            " ORDER BY seq" % who)

    def check_books(self, who, ids):
        self.assertEqual([id for _, id in self.rows(who)], ids)
        self.instance.verify()

    def test_late_commit(self):
        """it wakes after another has committed: its write wins nothing"""
        pause = self.instance.dir / "pause"
        self.instance.start_worker(
            "late", test_fault="{pause_before_commit: %s}" % pause)
        who = rig.member()
        self.partner.submit(rig.granted(who))
        pause.touch()
        tag = self.partner.send(b"SUBMIT", who, rig.activity(who, "a1"))
        rig.wait_until(lambda: "paused before a commit" in
                       self.instance.log_of("late"), 10, "the pause")
        # It is silent for longer than dead_ms; another takes its streams.
        self.instance.start_worker("other")
        verb, body = self.partner.wait_for(tag, 20)
        self.assertEqual((verb, body["outcome"], body["duplicate"]),
                         (b"RESULT", "applied", False))
        self.partner.submit(rig.activity(who, "a2"))
        # Now it wakes, with a write for a seq that is taken.
        pause.unlink()
        rig.wait_until(lambda: "goes on with the commit" in
                       self.instance.log_of("late"), 10, "it woke")
        rig.wait_until(lambda: "late" in self.instance.workers_there(), 20,
                       "it has said hello again")
        self.check_books(who, ["g1", "a1", "a2"])
        # What it held in memory is gone: it serves the stream rightly again.
        self.end("other")
        answer = self.partner.submit(rig.activity(who, "a3"), seconds=20)
        self.assertEqual(answer["balances"][0]["earned"], "3.0")
        self.check_books(who, ["g1", "a1", "a2", "a3"])
        self.end("late")

    def test_first_after_all(self):
        """it commits while the other waits: the other finds a duplicate"""
        self.instance.start_worker("frozen")
        who = rig.member()
        self.partner.submit(rig.granted(who))
        subscriber = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(subscriber.close)
        self.assertTrue(subscriber.listen_until(lambda: subscriber.heads, 10))
        # Somebody holds the next seq, so its write waits inside the database;
        # then it is frozen.
        holder = self.hold_next_seq(who)
        tag = self.partner.send(b"SUBMIT", who, rig.activity(who, "a1"))
        rig.wait_until(lambda: self.waiting() == 1, 10, "its write waits")
        self.instance.send_signal("frozen", signal.SIGSTOP)
        self.instance.start_worker("other")
        rig.wait_until(lambda: self.waiting() == 2, 20,
                       "the other's write waits behind it")
        holder.stdin.write("ROLLBACK;\n")
        holder.stdin.close()
        holder.wait(timeout=10)
        verb, body = self.partner.wait_for(tag, 20)
        self.assertEqual((verb, body["outcome"], body["id"]),
                         (b"RESULT", "applied", "a1"))
        self.assertEqual(body["balances"][0]["earned"], "1.0")
        self.check_books(who, ["g1", "a1"])
        # Who committed it can't tell; the other has found it, and does.
        stream, offset = body["stream"], body["offset"]
        self.assertTrue(subscriber.listen_until(
            lambda: offset in subscriber.messages.get(stream, {}), 5))
        self.instance.send_signal("frozen", signal.SIGCONT)
        rig.wait_until(lambda: "frozen" in self.instance.workers_there(), 20,
                       "it has said hello again")
        self.check_books(who, ["g1", "a1"])
        self.end("frozen", "other")

    def test_restored(self):
        """what a restore took away is not answered from memory"""
        self.instance.start_worker("keeper")
        who = rig.member()
        self.partner.submit(rig.granted(who))
        self.partner.submit(rig.activity(who, "a1"))
        stream = int(self.instance.sql(
            "SELECT stream FROM event WHERE member = '%s' LIMIT 1" % who)[0][0])
        # As of a moment before the stream's first event.
        for table in ("entry", "change", "body", "balance", "request", "due",
                      "event"):
            self.instance.sql("DELETE FROM %s WHERE stream = %d RETURNING 1"
                              % (table, stream))
        self.instance.kill("postgres")
        self.instance.up(0)
        answer = self.partner.submit(rig.activity(who, "a1"), seconds=20)
        self.assertFalse(answer["duplicate"])
        answer = self.partner.submit(rig.granted(who), seconds=20)
        self.assertFalse(answer["duplicate"])
        self.check_books(who, ["a1", "g1"])
        self.end("keeper")

    def hold_next_seq(self, who):
        """A session that has inserted the next row of the member's stream, and
        neither commits nor rolls back."""
        holder = subprocess.Popen(
            ["psql", "-XAtq", self.instance.dsn], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.stdout.close)
        holder.stdin.write(
            "BEGIN; INSERT INTO event SELECT (jsonb_populate_record(e,"
            " jsonb_build_object('seq', last.seq + 1, 'id', 'held'))).*"
            " FROM event e, (SELECT stream, max(seq) AS seq FROM event"
            " WHERE stream = (SELECT stream FROM event WHERE member = '%s'"
            " LIMIT 1) GROUP BY stream) last WHERE e.stream = last.stream"
            " AND e.seq = last.seq; SELECT 'held';\n" % who)
        holder.stdin.flush()
        self.assertEqual(holder.stdout.readline(), "held\n")
        return holder

    def waiting(self):
        """Workers' statements that wait for a lock."""
        return int(self.instance.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
            " 'Lock' AND usename = 'creditd_worker'")[0][0])

    def test_many_streams(self):
        """one fenced stream of a batch costs the others nothing"""
        pause = self.instance.dir / "pause-many"
        self.instance.start_worker(
            "late", test_fault="{pause_before_commit: %s}" % pause)
        members, events = books.histories(100, 3)
        tags = {}
        replies = {}
        for who in members:
            self.partner.submit(rig.granted(who))
        pause.touch()
        for n, event in enumerate(events):
            tags[self.partner.send(b"SUBMIT", event["member"], event)] = n
        rig.wait_until(lambda: "paused before a commit" in
                       self.instance.log_of("late"), 10, "the pause")
        self.instance.start_worker("other")
        for moment in range(len(events)):
            verb, tag, body = self.partner.receive(30)
            self.assertNotIn(tag, replies)
            replies[tag] = (verb, body)
            if moment == len(events) // 2:
                pause.unlink()      # it wakes in the middle of it all
        ordered = [reply for _, reply in sorted(
            (tags[tag], reply) for tag, reply in replies.items())]
        subscriber = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(subscriber.close)
        books.check_all(self, self.instance, subscriber, members, events,
                        ordered)
        self.end("late", "other")


if __name__ == "__main__":
    unittest.main()
