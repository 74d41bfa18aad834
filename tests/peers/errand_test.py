#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Own copies that were asked for in one order and committed in another all reach the folder, once."""
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

from mail import PASSWORD, Mail, wait_until
from mail_test import letter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from desk import Desk  # noqa: E402

PGSQL = os.environ.get("AFTERSAIL_TEST_PGSQL")
SUPPORT, BUYER = "support@shop.example", "ann@buyer.example"


class Errands(unittest.TestCase):
    def setUp(self):
        assert PGSQL, "AFTERSAIL_TEST_PGSQL is not set: run it by tools/test or tools/with-postgres"
        self.mail = Mail([SUPPORT, BUYER])
        self.mail.start()
        self.addCleanup(self.mail.stop)
        self.desk = Desk(pgsql=PGSQL, flags=["--ca-file", str(self.mail.certificate)])
        self.desk.__enter__()
        self.addCleanup(self.desk.__exit__, None, None, None)
        self.inbox = self.desk.sign_in().post("/inboxes", {"name": "Support", "channel": "email", "settings": {
            "address": SUPPORT, "imap_host": "localhost", "imap_security": "tls",
            "imap_port": self.mail.ports["imaps"], "imap_password": PASSWORD, "smtp_host": "localhost",
            "smtp_port": self.mail.ports["submission"], "fetch_old": True}})["id"]
        self.mail.append(SUPPORT, letter(BUYER, SUPPORT, "Kept"))
        self.raw = ""
        wait_until(self.find_raw, 30, "the mail")

    def find_raw(self):
        self.raw = self.desk.sql("SELECT raw_hash FROM inbound LIMIT 1")
        return self.raw

    def insert(self):
        return ("INSERT INTO mail_errand (inbox_id, kind, raw_hash, at) VALUES"
                f" ({self.inbox}, 'copy', '{self.raw}', {int(time.time() * 1000)}) RETURNING id;")

    def left(self):
        return int(self.desk.sql("SELECT count(*) FROM mail_errand"))

    def test_the_earlier_number_is_committed_later(self):
        slow = subprocess.Popen(["psql", "-qXAt", self.desk.pgsql], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True)
        slow.stdin.write("BEGIN; " + self.insert() + "\n")
        slow.stdin.flush()
        first = int(slow.stdout.readline())
        self.assertGreater(int(self.desk.sql(self.insert())), first)
        self.mail.wait_for(SUPPORT, 1, "Sent")
        wait_until(lambda: self.left() == 0, 60, "the later one to end")
        slow.communicate("COMMIT;\n")
        wait_until(lambda: self.left() == 0, 60, "the earlier one to end")
        time.sleep(2)
        self.assertEqual(len(self.mail.read(SUPPORT, "Sent")), 2)

    def test_more_than_go_at_once(self):
        self.desk.sql("INSERT INTO mail_errand (inbox_id, kind, raw_hash, at) SELECT"
                      f" {self.inbox}, 'copy', '{self.raw}', {int(time.time() * 1000)} FROM generate_series(1, 90)")
        wait_until(lambda: self.left() == 0, 60, "all of them to end")
        time.sleep(2)
        self.assertEqual(len(self.mail.read(SUPPORT, "Sent")), 90)


if __name__ == "__main__":
    unittest.main()
