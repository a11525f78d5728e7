"""Processes are killed, frozen and woken under load: no answer is missing,
wrong or doubled, and the books are right at the end."""

import os
import random
import signal
import threading
import unittest

import books
import rig

MEMBERS = 5000 if rig.FULL else 1000


class Killed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=2)
        cls.partner = cls.instance.partner()
        cls.subscriber = cls.instance.subscriber("canfitpro", cls.partner)

    @classmethod
    def tearDownClass(cls):
        cls.subscriber.close()
        cls.partner.close()
        cls.instance.down()

    def load(self, *chaos):
        """Events of many members in a random order; each function of `chaos`
        runs beside it when so much of the answers are there. Then the books
        must be right."""
        seed = int(os.environ.get("CREDITD_SEED", random.randrange(1 << 32)))
        print("       CREDITD_SEED=%d" % seed, flush=True)
        members, events = books.histories(MEMBERS, seed)
        answered = threading.Semaphore(0)
        errors = []

        def disturb():
            try:
                part = len(events) // (len(chaos) + 1)
                for act in chaos:
                    for _ in range(part):
                        if not answered.acquire(timeout=60):
                            raise AssertionError("no answers any more")
                    act()
            except Exception as error:      # shown by the test itself
                errors.append(error)

        thread = threading.Thread(target=disturb)
        thread.start()
        try:
            replies, again = self.partner.submit_all(
                events, seconds=90, resend_after=3.0,
                on_answer=lambda *_: answered.release())
        finally:
            thread.join()
            for name in ("creditd", "worker-1", "worker-2"):
                self.instance.send_signal(name, signal.SIGCONT)
            if errors:
                raise errors[0]
        print("       %d events, %d sent again" % (len(events), again),
              flush=True)
        books.check_all(self, self.instance, self.subscriber, members, events,
                        replies)

    def restart(self, name, workers=2):
        def act():
            self.instance.kill(name)
            self.instance.up(workers)
        return act

    def test_worker(self):
        """workers killed with SIGKILL, one after the other"""
        self.load(self.restart("worker-1"), self.restart("worker-2"),
                  self.restart("worker-1"))

    def test_all_workers(self):
        """no worker at all for a while: the events wait"""
        def act():
            self.instance.kill("worker-1")
            self.instance.kill("worker-2")
            self.instance.up()
        self.load(act, act)

    def test_creditd(self):
        """creditd killed with SIGKILL: it has nothing to recover"""
        self.load(self.restart("creditd"), self.restart("creditd"))

    def test_postgres(self):
        """PostgreSQL killed with SIGKILL, in the middle of commits"""
        self.load(self.restart("postgres"), self.restart("postgres"))

    def test_frozen_worker(self):
        """a worker frozen and woken while others have taken its streams"""
        def freeze():
            self.instance.send_signal("worker-1", signal.SIGSTOP)

        def wake():
            self.instance.send_signal("worker-1", signal.SIGCONT)

        self.load(freeze, wake, freeze, wake)

    def test_frozen_creditd(self):
        """creditd frozen for a while"""
        def act():
            self.instance.send_signal("creditd", signal.SIGSTOP)
            threading.Event().wait(1.0)     # that long is the fault itself
            self.instance.send_signal("creditd", signal.SIGCONT)
        self.load(act, act)

    def test_everything(self):
        """all of it in one load"""
        def freeze():
            self.instance.send_signal("worker-2", signal.SIGSTOP)

        def wake():
            self.instance.send_signal("worker-2", signal.SIGCONT)

        # While worker-2 is frozen nobody waits for it.
        self.load(self.restart("worker-1"), freeze,
                  self.restart("postgres", 1), wake, self.restart("creditd"),
                  self.restart("worker-2"))


if __name__ == "__main__":
    unittest.main()
