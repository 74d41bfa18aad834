# SPDX-License-Identifier: Apache-2.0
"""The command line: each command explains itself, and a slip is named."""
import re
import subprocess
import unittest

from engines import Desk
from desk import PROGRAM


def aftersail(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)


class CommandLine(unittest.TestCase):
    def test_each_command_explains_itself(self):
        names = re.findall(r"^  ([a-z-]+) ", aftersail("help").stdout, re.M)
        self.assertIn("serve", names)
        for name in names:
            with self.subTest(name):
                self.assertIn("aftersail " + name, aftersail("help", name).stdout)
        for name in ("init", "serve", "demo", "migrate", "user", "deliver", "openapi", "config", "version"):
            for flag in ("--help", "-h"):
                said = aftersail(name, flag)
                self.assertEqual((said.returncode, said.stdout), (0, aftersail("help", name).stdout))
        self.assertEqual(aftersail("--version").stdout, aftersail("version").stdout)

    def test_a_slip_is_named(self):
        for line, word in [("versoin", "'version'"), ("help srve", "'serve'"), ("serve --lisen x", "'listen'"),
                           ("init --emial a@b.example", "'--email'"), ("demo --remov", "'--remove'"),
                           ("serve --listen", "needs a value"), ("init", "--email is missing")]:
            with self.subTest(line):
                said = aftersail(*line.split())
                self.assertEqual(said.returncode, 64)
                self.assertIn(word, said.stderr)

    def test_secrets_are_not_printed(self):
        said = aftersail("config", "--database", "postgresql://desk:hunter2@db.example/desk", "--mail-password", "hunter2")
        self.assertIn("postgresql://desk:(set)@db.example/desk", said.stdout)
        self.assertNotIn("hunter2", said.stdout)

    def test_an_address_is_one(self):
        with Desk() as desk:
            desk.stop()
            said = desk.command("user", "--email", "nobody", input="long enough password\n")
            self.assertEqual(said.returncode, 1)
            self.assertIn("error.email", said.stderr)


if __name__ == "__main__":
    unittest.main()
