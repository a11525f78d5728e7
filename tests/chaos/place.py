"""A network and a view of mounts of our own, where root may have them: what is
cut or filled there touches nobody else, and is gone with our processes, however
these end."""

import ctypes
import os
import subprocess

NEW_MOUNTS = 0x00020000     # of unshare(2)
NEW_NETWORK = 0x40000000


def command(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=30)
    if done.returncode != 0:
        raise OSError("%s: %s" % (" ".join(words), done.stdout.strip()))


def enter():
    """Before anything else is started. None, or why there is no such place."""
    if os.getuid() != 0:
        return "only root can have it"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NETWORK | NEW_MOUNTS) != 0:
        return os.strerror(ctypes.get_errno())
    try:
        command("mount", "--make-rprivate", "/")
        command("ip", "link", "set", "lo", "up")
    except OSError as error:
        return str(error)
    return None
