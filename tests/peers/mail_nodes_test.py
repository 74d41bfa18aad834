#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two nodes on one PostgreSQL and one real mailbox: any node's request reaches the one that watches,
and when that one is killed, the other takes over and no mail is lost or doubled."""
import os
import shutil
import subprocess
import sys
import threading
import time
import unittest
import uuid
from pathlib import Path

from mail import PASSWORD, Mail, wait_until
from mail_test import letter, subjects

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from desk import Desk  # noqa: E402

PGSQL = os.environ.get("AFTERSAIL_TEST_PGSQL")
SUPPORT, BUYER = "support@shop.example", "ann@buyer.example"
LEASE = 30  # seconds; src/core/mail_store.c


class MailNodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert PGSQL, "AFTERSAIL_TEST_PGSQL is not set: run it by tools/test or tools/with-postgres"
        cls.mail = Mail([SUPPORT, BUYER])
        cls.mail.start()
        flags = ["--ca-file", str(cls.mail.certificate), "--undo-seconds", "0"]
        cls.one = Desk(pgsql=PGSQL, flags=flags)
        cls.one.__enter__()
        # As docs/operate/install.md says: the same secret, the same blobs, the same database.
        cls.two = Desk(flags=flags)
        cls.two.pgsql = cls.one.pgsql
        os.makedirs(cls.two.data)
        shutil.copy(os.path.join(cls.one.data, "secret"), os.path.join(cls.two.data, "secret"))
        os.symlink(os.path.join(cls.one.data, "blobs"), os.path.join(cls.two.data, "blobs"))
        cls.two.start()
        cls.admin = cls.one.sign_in()
        cls.inbox = cls.admin.post("/inboxes", {"name": "Support", "channel": "email", "settings": {
            "address": SUPPORT, "imap_host": "localhost", "imap_security": "tls",
            "imap_port": cls.mail.ports["imaps"], "imap_password": PASSWORD, "smtp_host": "localhost",
            "smtp_security": "starttls", "smtp_port": cls.mail.ports["submission"],
            "fetch_old": True, "keep_sent": True, "poll_seconds": 60}})["id"]
        wait_until(lambda: cls.lease(), 60, "a node to watch")

    @classmethod
    def tearDownClass(cls):
        for desk in (cls.two, cls.one):
            try:
                desk.stop()
            finally:
                desk.clean()
        cls.mail.stop()

    @classmethod
    def sql(cls, text):
        return subprocess.run(["psql", "-qXAt", cls.one.pgsql, "-c", text], check=True,
                              capture_output=True, text=True).stdout.strip()

    @classmethod
    def lease(cls):
        return cls.sql(f"SELECT node FROM lease WHERE name = 'mail:{cls.inbox}'")

    def desks(self):
        """The watching one and the other, by what they call themselves."""
        name = self.client(self.one).get("/system")["node"]
        return (self.one, self.two) if name == self.lease() else (self.two, self.one)

    def client(self, desk):
        return type(self.admin)(desk.port, cookie=self.admin.cookie)

    def cards(self, desk):
        return self.client(desk).get(f"/conversations?list=all&status=any&inbox_id={self.inbox}&limit=100")["items"]

    def state(self, desk):
        return self.client(desk).get(f"/inboxes/{self.inbox}")["state"]

    def test_1_try_now_on_the_other_node(self):
        _, other = self.desks()
        wait_until(lambda: self.state(other)["state"] == "ok", 60, "the mailbox to be well")
        self.mail.stop_imap()
        # Until the next try is far enough away that it cannot be what mends it.
        wait_until(lambda: (self.state(other).get("next_try_at") or 0) > (time.time() + 12) * 1000, 90, "a long pause")
        planned = self.state(other)["next_try_at"]
        self.mail.start_imap()
        self.client(other).want(204, "POST", f"/inboxes/{self.inbox}/check")
        wait_until(lambda: self.state(other)["state"] == "ok", 60, "the try")
        self.assertLess(time.time() * 1000, planned)

    def test_2_own_copies_of_what_either_node_sent(self):
        _, other = self.desks()
        self.mail.append(SUPPORT, letter(BUYER, SUPPORT, "Copies"))
        wait_until(lambda: [c for c in self.cards(other) if c["subject"] == "Copies"], 60, "the mail")
        card = [c for c in self.cards(other) if c["subject"] == "Copies"][0]
        quiet = self.client(other).get("/system")["node"]
        sent = 0
        while sent < 40:
            sent += 1
            self.client(other).post(f"/conversations/{card['id']}/messages",
                                    {"kind": "reply", "text": f"answer {sent}", "client_id": uuid.uuid4().hex})
            wait_until(lambda: self.sql("SELECT count(*) FROM job WHERE kind = 'mail' AND state = 'done'") == str(sent),
                       30, "the sending")
            if self.sql(f"SELECT count(*) FROM job WHERE kind = 'mail' AND node = '{quiet}'") > "0":
                break
        self.assertNotEqual(self.sql(f"SELECT count(*) FROM job WHERE kind = 'mail' AND node = '{quiet}'"), "0")
        self.mail.wait_for(SUPPORT, sent, "Sent")
        time.sleep(2)
        self.assertEqual(len(self.mail.read(SUPPORT, "Sent")), sent)
        self.assertEqual(self.sql("SELECT count(*) FROM mail_errand"), "0")

    def test_3_a_test_mail_from_the_other_node(self):
        _, other = self.desks()
        job = self.client(other).post(f"/inboxes/{self.inbox}/test", {"to": BUYER}, status=202)
        wait_until(lambda: self.client(other).get(f"/jobs/{job['job_id']}")["state"] == "done", 60, "the test mail")

    def test_4_the_watching_node_is_killed(self):
        watching, other = self.desks()
        name = self.lease()
        want, stop = [], threading.Event()

        def write():
            while not stop.is_set() and len(want) < 60:
                want.append(f"Stream {len(want)}")
                self.mail.append(SUPPORT, letter(BUYER, SUPPORT, want[-1]))
                stop.wait(0.1)

        writer = threading.Thread(target=write)
        writer.start()
        wait_until(lambda: any(c["subject"].startswith("Stream") for c in self.cards(other)), 60, "the first mails")
        watching.kill()
        began = time.time()
        wait_until(lambda: self.lease() != name, LEASE + 60, "the other node to watch")
        self.assertLess(time.time() - began, LEASE + 30)
        stop.set()
        writer.join()
        self.mail.append(SUPPORT, letter(BUYER, SUPPORT, "Last"))
        wait_until(lambda: any(c["subject"] == "Last" for c in self.cards(other)), LEASE + 60, "the last mail")
        time.sleep(2)
        got = self.sql("SELECT subject FROM conversation WHERE subject LIKE 'Stream%'").split("\n")
        self.assertEqual(sorted(got), sorted(want))
        doubled = "SELECT count(*) FROM (SELECT external_id FROM entry WHERE external_id <> '' GROUP BY 1 HAVING count(*) > 1) t"
        self.assertEqual(self.sql(doubled), "0")
        watching.start()


if __name__ == "__main__":
    unittest.main(verbosity=2)
