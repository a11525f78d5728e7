"""A disk that is full now and then: the balances stand on a small one."""

import os
import pathlib
import tempfile

from place import command

MIB = 192


class Disk:
    def __init__(self, instance, faults):
        self.instance = instance
        self.pause = faults.pause
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="creditd-disk"))
        command("mount", "-t", "tmpfs", "-o", "size=%dm" % MIB, "creditd-disk",
                str(self.path))
        account = (instance.dir / "pg").stat()
        os.chown(self.path, account.st_uid, account.st_gid)
        instance.sql("CREATE TABLESPACE small LOCATION '%s'" % self.path)
        instance.sql("ALTER TABLE balance SET TABLESPACE small")
        instance.sql("ALTER TABLE request SET TABLESPACE small")

    def fault_disk_full(self):
        filler = self.path / "filler"
        try:
            with open(filler, "wb") as file:
                self.fill(file.fileno())
                self.pause(0.5, 3)
        finally:
            self.heal()

    def fill(self, file):
        """All that is free, down to the last page."""
        at = 0
        step = 1 << 24
        while step >= 4096:
            try:
                os.posix_fallocate(file, at, step)
                at += step
            except OSError:
                step //= 2

    def heal(self):
        (self.path / "filler").unlink(missing_ok=True)

    def remove(self):
        """After PostgreSQL has ended."""
        command("umount", str(self.path))
        self.path.rmdir()
