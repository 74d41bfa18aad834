# SPDX-License-Identifier: Apache-2.0
"""The command line: each command explains itself, and a slip is named."""
import re
import subprocess
import unittest
from pathlib import Path

from engines import Desk
from desk import PROGRAM

ROOT = Path(__file__).resolve().parents[2]


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
                           ("serve --listen", "needs a value"), ("serve --listen 127.0.0.1:99999", "a port is at most 65535"), ("init", "--email is missing")]:
            with self.subTest(line):
                said = aftersail(*line.split())
                self.assertEqual(said.returncode, 64)
                self.assertIn(word, said.stderr)

    def test_secrets_are_not_printed(self):
        said = aftersail("config", "--database", "postgresql://desk:hunter2@db.example/desk")
        self.assertIn("postgresql://desk:(set)@db.example/desk", said.stdout)
        self.assertNotIn("hunter2", said.stdout)

    def test_an_address_is_one(self):
        with Desk() as desk:
            desk.stop()
            said = desk.command("user", "--email", "nobody", input="long enough password\n")
            self.assertEqual(said.returncode, 1)
            self.assertEqual(said.stderr, "aftersail: nobody is not an e-mail address.\n")

    def test_refusals_are_words_of_the_readers_language(self):
        with Desk(env={"LC_ALL": "zh_CN.UTF-8"}) as desk:
            desk.stop()
            said = desk.command("user", "--email", "mo@desk.example", "--role", "king", input="long enough password\n")
            self.assertEqual((said.returncode, said.stderr), (1, "aftersail: 没有这个角色。\n"))

    def test_a_new_desk_has_no_index_to_make_anew(self):
        tokens = (ROOT / "src/store/search_tokens.h").read_text()
        today = re.search(r"SEARCH_VERSION = (\d+)", tokens)[1]
        with Desk() as desk:
            desk.stop()
            self.assertEqual(desk.sql("SELECT version FROM search_state"), today)

    def test_init_makes_the_first_administrator_only(self):
        with Desk() as desk:
            desk.stop()
            said = desk.command("init", "--email", "second@desk.example", input="long enough password\n")
            self.assertEqual(said.returncode, 1)
            self.assertIn("has an administrator already", said.stderr)


if __name__ == "__main__":
    unittest.main()
