"""systemd hears when a worker serves, that it gets on, and how it is."""

import os
import pathlib
import signal
import socket
import tempfile
import unittest

import rig


class Supervisor(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="creditd-t")
        self.addCleanup(self.dir.cleanup)
        path = str(pathlib.Path(self.dir.name) / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(path)
        self.socket.setblocking(False)
        self.path = path
        self.said = ""

    def hears(self, words):
        try:
            while True:
                self.said += self.socket.recv(4096).decode() + "\n"
        except BlockingIOError:
            return words in self.said

    def test_worker(self):
        """ready, then alive every second, silent when it hangs, then stopping"""
        instance = rig.Instance(workers=1)
        self.addCleanup(instance.down)
        os.environ["NOTIFY_SOCKET"] = self.path     # this worker's alone
        self.addCleanup(os.environ.pop, "NOTIFY_SOCKET", None)
        instance.start_worker("watched")
        for words in ("READY=1", "WATCHDOG=1", "STATUS=at work"):
            rig.wait_until(lambda: self.hears(words), 20, words)
        instance.send_signal("watched", signal.SIGSTOP)
        self.hears("")
        self.said = ""
        instance.send_signal("watched", signal.SIGCONT)
        rig.wait_until(lambda: self.hears("WATCHDOG=1"), 20, "it is back")
        instance.kill("watched", signal.SIGTERM)
        self.assertTrue(self.hears("STOPPING=1"), self.said)


if __name__ == "__main__":
    unittest.main()
