"""Idle, creditd and a worker cost next to nothing."""

import threading
import unittest

import rig

SECONDS = 10.0


class Idle(unittest.TestCase):
    def test_idle(self):
        """under 1 % of a core; under 20 MiB and 30 MiB"""
        instance = rig.Instance(workers=1)
        self.addCleanup(instance.down)
        partner = instance.partner()
        who = rig.member()
        partner.submit(rig.granted(who))
        partner.close()
        names = ("creditd", "worker-1")
        before = {name: instance.cpu_seconds(name) for name in names}
        threading.Event().wait(SECONDS)     # what is measured is this time
        for name, most_mib in (("creditd", 20), ("worker-1", 30)):
            percent = 100 * (instance.cpu_seconds(name) - before[name]) / SECONDS
            mib = instance.resident_mib(name)
            print("       %s: %.2f %% of a core, %.1f MiB" % (
                name, percent, mib), flush=True)
            self.assertLess(percent, 1.0, name)
            if "asan" not in str(rig.BUILD):    # its shadow is not ours
                self.assertLess(mib, most_mib, name)


if __name__ == "__main__":
    unittest.main()
