"""./run as its users meet it: up, up again, down; as root and as anybody."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import rig


def processes_of(directory):
    """Command lines of living processes that name the directory."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            if str(directory).encode() in line and \
                    int(entry.name) != os.getpid():
                found.append(line.decode(errors="replace"))
    return found


class Run(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="creditd-u"))
        self.addCleanup(shutil.rmtree, self.dir, True)

    def run_it(self, *arguments, top=rig.TOP, build=rig.BUILD, code=0, user=()):
        done = subprocess.run(
            [*user, str(top / "run"), *arguments], text=True, timeout=120,
            env=dict(os.environ, CREDITD_BUILD=str(build), HOME=str(self.dir)),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd="/")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def life(self, place, **keys):
        """Up, up again, down, down again; what is printed is what is there."""
        self.addCleanup(self.run_it, "down", "--dir", str(place), **keys)
        first = self.run_it("up", "--dir", str(place), "--workers", "1",
                            "--today", "2026-06-30", **keys)
        values = dict(line.split("=", 1)
                      for line in first.stdout.splitlines())
        self.assertEqual(
            set(values), {"events", "feed.canfitpro", "feed.cpc", "feed.csep",
                          "feed.acsm", "control", "creditctl", "dsn"})
        self.assertEqual((place / "instance").read_text(), first.stdout)
        partner = rig.Partner(values["events"])
        self.addCleanup(partner.close)
        self.assertEqual(partner.ping()["versions"], [1])
        if os.getuid() == 0:
            owner = int((place / "pids" / "postgres").read_text().split()[0])
            self.assertNotEqual(os.stat("/proc/%d" % owner).st_uid, 0)
        self.assertNotIn("listening on IPv", (
            place / "log" / "postgres.log").read_text())
        again = self.run_it("up", "--dir", str(place), "--workers", "1", **keys)
        self.assertIn("already", again.stderr)
        self.assertEqual(again.stdout, first.stdout)
        self.run_it("today", "2026-07-02", "--dir", str(place), **keys)
        self.run_it("down", "--dir", str(place), **keys)
        self.assertEqual(processes_of(place), [])
        self.assertFalse((place / "instance").exists())
        nothing = self.run_it("down", "--dir", str(place), **keys)
        self.assertIn("No instance", nothing.stderr)
        # What was there is there again.
        self.run_it("up", "--dir", str(place), "--workers", "1",
                    "--today", "2026-07-02", **keys)
        self.run_it("down", "--dir", str(place), **keys)
        self.assertEqual(processes_of(place), [])

    def test_life(self):
        """up prints what is there, says when it runs, down leaves nothing"""
        place = self.dir / "i"
        if os.getuid() == 0:
            self.dir.chmod(0o711)
        self.life(place)

    def test_long_name(self):
        """a directory whose name is too long for unix sockets"""
        if os.getuid() == 0:
            self.dir.chmod(0o711)
        place = self.dir / ("long-" * 20) / "i"
        place.parent.mkdir()
        self.life(place)

    @unittest.skipUnless(os.getuid() == 0, "others are not root anyway")
    def test_anybody(self):
        """an ordinary user, with nothing but the tree and a build"""
        self.dir.chmod(0o755)
        top = self.dir / "tree"
        for name in ("run", "tests/run", "schema"):
            source, into = rig.TOP / name, top / name
            into.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, into)
            else:
                shutil.copy2(source, into)
        build = self.dir / "build"
        for name in ("daemon/creditd", "worker/creditd-worker",
                     "client/creditctl"):
            (build / name).parent.mkdir(parents=True)
            shutil.copy2(rig.BUILD / name, build / name)
        home = self.dir / "home"
        home.mkdir(mode=0o755)
        shutil.chown(home, "nobody", "nogroup")
        self.life(home / "i", top=top, build=build, user=(
            "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"))

    def test_usage(self):
        """help for every command; a wrong word ends with 2 and says which"""
        for command in ("demo", "up", "today", "down", "tests", "bench",
                        "simulate", "chaos", "lint", "fuzz", "deb"):
            self.assertIn("usage: ./run " + command,
                          self.run_it(command, "--help").stdout)
        self.assertIn("usage", self.run_it("--help").stdout)
        self.assertIn("--wurkers", self.run_it(
            "up", "--wurkers", "2", code=2).stderr)
        self.assertIn("65", self.run_it("up", "--workers", "65", code=2).stderr)
        self.assertIn("soon", self.run_it("up", "--today", "soon",
                                          code=2).stderr)
        self.assertIn("dance", self.run_it("dance", code=2).stderr)

    def test_not_yours(self):
        """a place that is somebody else's is refused"""
        if os.getuid() != 0:
            place = pathlib.Path("/")
        else:
            place = self.dir / "theirs"
            place.mkdir()
            shutil.chown(place, "nobody")
        self.assertIn("not a directory of yours", self.run_it(
            "up", "--dir", str(place), code=1).stderr)


if __name__ == "__main__":
    unittest.main()
