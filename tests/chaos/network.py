"""Networks that are lost: between partners and creditd, and between a worker
on another machine (so to say) and PostgreSQL. Nobody gets a word about it: what
is sent vanishes until the link is back."""

import signal
import subprocess

import rig

from place import command

HERE, THERE = "10.213.7.1", "10.213.7.2"
FAR = "far"             # the worker's name


class Network:
    def __init__(self, instance, faults):
        self.instance = instance
        self.pause = faults.pause
        path = instance.dir / "far.yaml"
        run = (instance.dir / "run").resolve()
        path.write_text(
            "name: %s\ncreditd: ipc://%s/workers\n"
            'dsn: "host=%s dbname=creditd user=creditd_worker"\n' % (
                FAR, run, HERE))
        self.path = path
        self.start_far()
        self.serve_postgres()
        rig.wait_until(self.far_is_well, 20, "the far worker is well")

    def start_far(self):
        """In a network of its own, with one link to ours."""
        log = open(self.instance.dir / "log" / "far.log", "ab")
        far = subprocess.Popen(
            ["unshare", "-n", "sh", "-c",
             "n=0; until ip address add %s/30 dev far 2>/dev/null; do"
             " n=$((n + 1)); [ $n -lt 400 ] || exit 1; sleep 0.05; done;"
             " ip link set far up; exec %s -c %s" % (
                 THERE, rig.BUILD / "worker" / "creditd-worker", self.path)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.instance.own[FAR] = far
        ours = rig.pathlib.Path("/proc/self/ns/net").readlink()
        theirs = rig.pathlib.Path("/proc/%d/ns/net" % far.pid)
        rig.wait_until(lambda: theirs.readlink() != ours, 10,
                       "the far worker has a network of its own")
        command("ip", "link", "add", "near", "type", "veth", "peer", "name",
                "far", "netns", str(far.pid))
        command("ip", "address", "add", HERE + "/30", "dev", "near")
        command("ip", "link", "set", "near", "up")

    def serve_postgres(self):
        data = self.instance.dir / "pg"
        with open(data / "postgresql.conf", "a") as file:
            file.write("listen_addresses = '%s'\n" % HERE)
        with open(data / "pg_hba.conf", "a") as file:
            file.write("host creditd creditd_worker %s/32 trust\n" % THERE)
        self.instance.kill("postgres", signal.SIGINT)
        self.instance.up()

    def far_is_well(self):
        partner = self.instance.partner()
        try:
            return any(w["name"] == FAR and w["state"] == "well"
                       for w in partner.query("status")["workers"])
        finally:
            partner.close()

    def fault_partners_cut_off(self):
        command("ip", "link", "set", "lo", "down")
        try:
            self.pause(0.2, 4)
        finally:
            command("ip", "link", "set", "lo", "up")

    def fault_worker_cut_off(self):
        command("ip", "link", "set", "near", "down")
        try:
            self.pause(0.2, 5)
        finally:
            command("ip", "link", "set", "near", "up")

    def heal(self):
        command("ip", "link", "set", "lo", "up")
        command("ip", "link", "set", "near", "up")
