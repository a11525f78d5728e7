"""The examples in schema/protocol.md: reading them, and writing the replies.

A block of examples is fenced, its first line is ```bytes NAME. In it:

    > HEX [# text]     a frame that the partner sends; "-" is an empty one
    < HEX [# text]     a frame that creditd sends back
    * HEX [# text]     a frame of the feed (topic, then body)
      HEX              more of the frame above
    = JSON             what the body above says; may go on in further lines

To add one: write `> "text"` and `> {JSON}` for the frames that are sent, or
`* "topic"`, and run this file with --write: a session with the real programs
fills in the bytes and the replies."""

import json
import re
import sys
import textwrap

import rig
from partner import pack, unpack

DOCUMENT = rig.TOP / "schema" / "protocol.md"
FENCE = re.compile(r"```bytes (\w+)\n(.*?)```\n", re.DOTALL)


class Frame:
    def __init__(self, side, data):
        self.side = side
        self.data = data
        self.said = ""          # JSON, as it is written


def _bytes_of(word):
    if word.startswith('"'):
        return json.loads(word).encode()
    if word.startswith("{"):
        return pack(json.loads(word))
    return b"" if word == "-" else bytes.fromhex(word)


def parse(block):
    frames = []
    for line in block.splitlines():
        if line[0] in "><*":
            word = line[2:]
            if word[0] not in '"{':
                word = word.split("#")[0].strip()
            frames.append(Frame(line[0], _bytes_of(word)))
        elif line[0] == "=":
            frames[-1].said += line[2:] + " "
        else:
            frames[-1].data += bytes.fromhex(line.strip())
    return frames


def examples():
    """[(name, frames)] in the order of the document."""
    return [(name, parse(block))
            for name, block in FENCE.findall(DOCUMENT.read_text())]


def as_text(frame):
    """The frame as lines of the document."""
    is_map = frame.data[:1] >= b"\x80"
    digits = frame.data.hex()
    lines = textwrap.wrap(digits, 88) or ["-"]
    first = "%s %s" % (frame.side, lines[0])
    if not is_map and frame.data:
        first = "%-40s # %s" % (first, frame.data.decode())
    text = [first] + ["  " + line for line in lines[1:]]
    if is_map:
        said = json.dumps(unpack(frame.data), ensure_ascii=False)
        text += ["= " + line for line in textwrap.wrap(
            said, 98, break_long_words=False, break_on_hyphens=False)]
    return text


def exchange(partner, frames):
    """Sends the example's frames; what came back."""
    partner.socket.send_multipart([f.data for f in frames if f.side == ">"])
    if not partner.socket.poll(10000):
        raise AssertionError("no reply")
    return [Frame("<", data) for data in partner.socket.recv_multipart()]


def on_feed(partner, organization, topic):
    """The last message of that topic, from `changes`."""
    answer = partner.query("changes", organization=organization)
    found = [c for c in answer["changes"] if c["topic"].encode() == topic]
    return [Frame("*", topic), Frame("*", found[-1]["body"])]


def play(instance, name, frames):
    """What the programs say to an example: the frames that it should have."""
    partner = instance.partner()
    try:
        if frames[0].side == "*":
            organization = frames[0].data.decode().split("/")[1]
            return on_feed(partner, organization, frames[0].data)
        sent = [f for f in frames if f.side == ">"]
        return sent + exchange(partner, frames)
    finally:
        partner.close()


def write():
    instance = rig.Instance(workers=1)
    played = {name: play(instance, name, frames)
              for name, frames in examples()}
    instance.down()

    def filled(match):
        lines = [line for frame in played[match.group(1)]
                 for line in as_text(frame)]
        return "```bytes %s\n%s\n```\n" % (match.group(1), "\n".join(lines))

    DOCUMENT.write_text(FENCE.sub(filled, DOCUMENT.read_text()))


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
