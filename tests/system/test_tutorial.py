"""The tutorial's steps do what it says, one after the other."""

import shutil
import unittest

import rig
import tutorial_document


class Tutorial(unittest.TestCase):
    maxDiff = None

    def test_steps(self):
        """Every command of the tutorial prints what stands there."""
        instance = rig.Instance(workers=1)
        player = tutorial_document.Player(instance)
        try:
            text = tutorial_document.DOCUMENT.read_text()
            played = 0
            for kind, block in tutorial_document.blocks(text):
                self.assertEqual(block, player.play(kind, block))
                played += kind == "console"
            self.assertGreater(played, 6)
            self.assertIn("6 points a conference day",
                          instance.creditctl("program", "show", "swim"))
            instance.verify()
        finally:
            shutil.rmtree(player.dir)
            instance.down()
