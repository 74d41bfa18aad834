#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule of modules.py, broken once, is caught; a sound tree is not."""
import tempfile
import unittest
from pathlib import Path

import modules

SOUND = {
    "src/app/modules.c": "&inbox_module,\n",
    "src/modules/inbox/README.md": "# inbox\n",
    "src/modules/inbox/inbox.c": "const struct module inbox_module = {\n",
    "src/modules/inbox/inbox_test.c": "",
    "src/modules/inbox/schema/0001.sql":
        "-- A tag.\nCREATE TABLE tag (\n  id @id, -- its number\n  name TEXT NOT NULL, -- shown\n"
        "  PRIMARY KEY (id)\n);\n",
}

# what is changed in the sound tree, and a part of what is said (None: nothing)
CASES = [
    ({}, None),
    ({"src/modules/inbox/README.md": None}, "src/modules/inbox: has no README.md"),
    ({"src/modules/inbox/inbox_test.c": None}, "src/modules/inbox: has no test"),
    ({"src/app/modules.c": ""}, "is not in src/app/modules.c (inbox_module)"),
    ({"src/modules/inbox/schema/0002.sql": "-- A\nCREATE TABLE a (\n  id @id, -- n\n  b TEXT\n);\n"},
     "0002.sql:4: column a.b has no comment"),
    ({"src/modules/inbox/schema/0002.sql": "CREATE TABLE a (\n  id @id -- n\n);\n"},
     "0002.sql:1: table a has no comment above it"),
]


class Modules(unittest.TestCase):
    def test_each_rule(self):
        for changes, expected in CASES:
            with self.subTest(changes=changes), tempfile.TemporaryDirectory() as folder:
                for name, content in (SOUND | changes).items():
                    path = Path(folder) / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    if content is not None:
                        path.write_text(content)
                said = list(modules.check(Path(folder)))
                if expected is None:
                    self.assertEqual(said, [])
                else:
                    self.assertEqual(len(said), 1, said)
                    self.assertIn(expected, said[0])


if __name__ == "__main__":
    unittest.main()
