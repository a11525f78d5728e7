"""The steps of schema/tutorial.md: reading them, and running them.

A block fenced ```yaml goes into the program: each part that begins at the left
margin takes the place of the part with the same key, or is added. A block
fenced ```console has commands, `$ COMMAND`, and below each what it prints.

After a change of the text or of what creditctl prints, run this file with
--write: the real programs fill in what the commands print. Read the difference
before you commit it."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import rig

DOCUMENT = rig.TOP / "schema" / "tutorial.md"
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PART = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)


def blocks(text):
    """[(kind, text)] in the order of the document."""
    return BLOCK.findall(text)


def commands(block):
    """[(command, what it prints)]"""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [tuple(part.split("\n", 1)) for part in parts]


class Player:
    """Plays the document in a directory of its own, on an instance."""

    def __init__(self, instance):
        self.instance = instance
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="creditd-t"))
        self.parts = {}

    def write(self, block):
        for part in PART.split(block):
            if part.strip():
                self.parts[part.split(":", 1)[0]] = part
        (self.dir / "swim.yaml").write_text("".join(self.parts.values()))

    def run(self, command):
        """All that it prints."""
        creditctl = pathlib.Path(self.instance.values["creditctl"])
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.dir, text=True, timeout=120,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(os.environ, CREDITD_DIR=str(self.instance.dir),
                     PATH="%s:%s" % (creditctl.parent, os.environ["PATH"])))
        return "".join(line.rstrip() + "\n"     # tables are padded
                       for line in done.stdout.splitlines())

    def play(self, kind, block):
        """The block as it should be, and is if nothing differs."""
        if kind == "yaml":
            self.write(block)
            return block
        return "".join("$ %s\n%s" % (command, self.run(command))
                       for command, _ in commands(block))


def write():
    player = Player(rig.Instance(workers=1))
    text = BLOCK.sub(
        lambda found: "```%s\n%s```" % (
            found[1], player.play(found[1], found[2])),
        DOCUMENT.read_text())
    DOCUMENT.write_text(text)
    player.instance.down()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: tutorial_document.py --write")
    write()
