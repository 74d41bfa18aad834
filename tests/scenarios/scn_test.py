#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every scene of every *.scn file here, with the demo company, on both engines."""
import unittest
from pathlib import Path

import scn
from engines import Scenario, both_engines


class Scenes(Scenario):
    demo = True


def test_of(steps):
    def test(self):
        scn.Player(self.desk).play(steps)

    return test


for file in sorted(Path(__file__).parent.glob("*.scn")):
    for number, (title, scene) in enumerate(scn.parse(file.read_text(encoding="utf-8"))):
        method = test_of(scene)
        method.__doc__ = f"{file.stem}: {title}"
        setattr(Scenes, f"test_{file.stem}_{number:02}", method)
both_engines(Scenes)


class Format(unittest.TestCase):
    """The checks themselves can fail."""

    BODY = {"id": 7, "items": [{"name": "a", "n": 1}, {"name": "b", "n": 2}]}
    CASES = [
        ("  id = 7", True), ("  id = 8", False), ("  gone = 7", False), ("  gone absent", True),
        ("  id absent", False), ('  items.*.name = "b"', True), ('  items.*.name = "c"', False),
        ("  items.1.n = 2", True), ("  items.5.n = 2", False), ('  items.0.name has "a"', True),
        ('  items.0.name has "x"', False), ("  id -> x", True), ("  gone -> x", False),
    ]

    def test_checks(self):
        for line, good in self.CASES:
            with self.subTest(line):
                player = scn.Player.__new__(scn.Player)
                player.names, player.status, player.body = {}, 200, self.BODY
                step = (1,) + scn.parse_line(1, line)
                if good:
                    player.play([step])
                else:
                    self.assertRaises(scn.Wrong, player.play, [step])

    def test_what_is_not_understood_is_refused(self):
        for text in ("GET /x", "## a\nnonsense", "## a\n= 2000", "## a\n  id ~ 7"):
            with self.subTest(text):
                self.assertRaises(ValueError, scn.parse, text)


if __name__ == "__main__":
    unittest.main()
