"""What is committed reaches every subscriber, also when creditd dies between
the commit and the publication."""

import signal
import threading
import unittest

import books
import rig


class Feed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=1)

    @classmethod
    def tearDownClass(cls):
        cls.instance.down()

    def setUp(self):
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)
        self.subscriber = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(self.subscriber.close)

    def stored(self, who):
        return int(self.instance.sql(
            "SELECT count(*) FROM event WHERE member = '%s'" % who)[0][0])

    def heard(self, who, count):
        """The subscriber has so many messages of the member, all live."""
        return self.subscriber.listen_until(lambda: sum(
            topic.split("/")[1:3] == who.split("/")
            for topic, _ in self.subscriber.bodies()) >= count, 20)

    def test_committed_and_never_sent(self):
        """creditd dies between COMMIT and publication: published after all"""
        pause = self.instance.dir / "pause"
        self.instance.kill("worker-1", signal.SIGTERM)
        self.instance.start_worker("pausing", test_fault="{pause_before_commit:"
                                   " %s}" % pause)
        who = rig.member()
        self.partner.submit(rig.granted(who))
        self.assertTrue(self.heard(who, 2))     # certification, balance
        # The worker stands right before its commit until creditd is dead: so
        # it commits with nobody there to publish.
        pause.touch()
        self.partner.send(b"SUBMIT", who, rig.activity(who, "a1"))
        rig.wait_until(lambda: "paused before a commit" in
                       self.instance.log_of("pausing"), 10, "the pause")
        self.instance.kill("creditd")
        pause.unlink()
        rig.wait_until(lambda: self.stored(who) == 2, 20,
                       "the worker has committed the event")
        live = self.subscriber.live
        self.instance.up()
        self.assertTrue(self.heard(who, 3))
        self.assertGreater(self.subscriber.live, live)
        self.assertEqual(self.subscriber.gaps(), [])
        self.assertEqual(self.subscriber.differing, [])
        answer = self.partner.submit(rig.activity(who, "a1"))
        self.assertEqual((answer["outcome"], answer["duplicate"]),
                         ("applied", True))
        self.instance.kill("pausing", signal.SIGTERM)

    def test_epoch(self):
        """a new epoch after a restart, and the same bytes again"""
        self.partner.submit(rig.granted(rig.member()))
        self.subscriber.listen_until(lambda: self.subscriber.heads, 10)
        self.instance.kill("creditd", signal.SIGTERM)
        self.instance.up()
        self.assertTrue(self.subscriber.listen_until(
            lambda: len(self.subscriber.epochs) > 1, 20))
        self.subscriber.listen(0.5)
        self.subscriber.catch_up()
        self.assertEqual(self.subscriber.gaps(), [])
        self.assertEqual(self.subscriber.differing, [])

    def test_restarts_under_load(self):
        """creditd dies again and again under load; offsets have no gaps"""
        members, events = books.histories(300, 7)
        count = threading.Semaphore(0)

        def kill():
            for _ in range(4):
                for _ in range(len(events) // 5):
                    count.acquire(timeout=60)
                self.instance.kill("creditd")
                self.instance.up()

        def answered(*_):
            # A subscriber reads: libzmq subscribes anew after a reconnect only
            # when its thread next uses the socket.
            self.subscriber.listen(0)
            count.release()

        thread = threading.Thread(target=kill)
        thread.start()
        replies, _ = self.partner.submit_all(
            events, seconds=120, resend_after=2, on_answer=answered)
        thread.join()
        # What a restart lost is published again, to who is connected by then;
        # `heads` and `changes` bring the rest, as the protocol says.
        self.subscriber.listen(1)
        self.subscriber.catch_up()
        there = int(self.instance.sql("SELECT count(*) FROM change")[0][0])
        self.assertTrue(self.subscriber.listen_until(lambda: sum(
            len(have) for have in self.subscriber.messages.values())
            >= there, 30), "the feed and `changes` bring everything")
        books.check_all(self, self.instance, self.subscriber, members, events,
                        replies)

    def test_slow_subscriber(self):
        """a subscriber that does not read slows nobody, and catches up"""
        slow = self.instance.subscriber("canfitpro", self.partner)
        self.addCleanup(slow.close)
        slow.listen_until(lambda: slow.heads, 10)
        members, events = books.histories(400, 8)
        replies, again = self.partner.submit_all(events, seconds=60)
        self.assertEqual(again, 0)
        books.check_all(self, self.instance, slow, members, events, replies)


if __name__ == "__main__":
    unittest.main()
