"""schema/protocol.md is true: its examples, byte for byte, and its words."""

import json
import re
import unittest

import protocol_document
import rig
from partner import unpack


class Examples(unittest.TestCase):
    def test_examples(self):
        """each example, sent in the order of the document, gets its reply"""
        instance = rig.Instance(workers=1)
        self.addCleanup(instance.down)
        examples = protocol_document.examples()
        self.assertGreater(len(examples), 7)
        for name, frames in examples:
            with self.subTest(name):
                played = protocol_document.play(instance, name, frames)
                self.assertEqual(self.timeless(frames), self.timeless(played))

    def timeless(self, frames):
        """The frames with no moment in them: a time has fraction digits that
        differ from day to day, and what a chain is made from has a time."""
        return [(f.side, re.sub(rb"\.\d{6}Z|(?<=\xd9\x20)[0-9a-f]{32}", b"",
                                f.data)) for f in frames]

    def test_decoded(self):
        """what stands beside the bytes is what they say"""
        for name, frames in protocol_document.examples():
            for frame in frames:
                if frame.said:
                    self.assertEqual(json.loads(frame.said),
                                     unpack(frame.data), name)
                elif frame.data[:1] >= b"\x80":
                    self.fail("%s: a body without its JSON" % name)


class Words(unittest.TestCase):
    """Every word that is sent stands in the document."""

    def setUp(self):
        self.text = protocol_document.DOCUMENT.read_text()

    def test_event_types(self):
        """each event type has its section"""
        source = (rig.TOP / "common" / "codes.c").read_text()
        types = re.findall(r'"((?:certification|activity|recognition|'
                           r'requirement|credit|event)\.[a-z]+)"', source)
        self.assertEqual(len(set(types)), 12)
        for name in types:
            self.assertIn("### %s\n" % name, self.text)

    def test_reason_codes(self):
        """each reason code stands there with its sentence"""
        header = (rig.TOP / "common" / "codes.h").read_text()
        block = header[header.index("#define REASON_CODES"):
                       header.index("enum reason {")].replace("\\\n", "\n")
        found = re.findall(r'X\((\w+),\s*((?:"[^"]*"\s*)+)\)', block)
        self.assertGreater(len(found), 40)
        for name, sentence in found:
            if name != "NONE":
                words = "".join(re.findall(r'"([^"]*)"', sentence))
                self.assertIn("| `%s` | %s |" % (name, words), self.text)

    def test_words(self):
        """verbs, refusals, outcomes, states, kinds of entries, roles"""
        source = (rig.TOP / "common" / "codes.c").read_text()
        words = set(re.findall(r'"([a-z_-]+)"', source)) - {"unknown"}
        words |= {"SUBMIT", "QUERY", "PING", "RESULT", "ANSWER", "PONG",
                  "REFUSED", "MALFORMED", "UNSUPPORTED_VERSION", "TOO_LARGE",
                  "NOT_AUTHORIZED", "TOO_MANY_FACTS", "BUSY", "QUARANTINED",
                  "UNAVAILABLE", "DIVERGED", "TOO_OLD"}
        missing = [w for w in sorted(words) if "`%s`" % w not in self.text]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
