# SPDX-License-Identifier: Apache-2.0
"""docs/operate/backup.md, line by line: a desk at work is backed up, and restored elsewhere everything is there."""
import os
import subprocess
import tempfile
import threading
import unittest
import uuid

from engines import PGSQL, engines_given

from desk import ROOT, Client, Desk, fresh_database

PAGE = (ROOT / "docs" / "operate" / "backup.md").read_text()
DATA, BACKUP, URL = "/var/lib/aftersail", "/backup/aftersail", "postgresql://aftersail@db.dengyu.example/aftersail"


def commands(heading):
    """The indented lines below a heading of the page."""
    part = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    return [line.strip() for line in part.split("\n") if line.startswith("    ")]


def run(lines, data, backup, url=""):
    for line in lines:
        subprocess.run(line.replace(DATA, data).replace(BACKUP, backup).replace(URL, url), shell=True, check=True,
                       capture_output=True, timeout=60)


class Backup(unittest.TestCase):
    def setUp(self):
        engines_given()
        self.folder = tempfile.TemporaryDirectory(prefix="aftersail-backup-")
        self.addCleanup(self.folder.cleanup)
        self.backup = os.path.join(self.folder.name, "backup")

    def test_sqlite(self):
        self.rehearse(None)

    def test_pgsql(self):
        self.rehearse(PGSQL)

    def lines(self, heading, pgsql):
        """Each engine its own: what names PostgreSQL's tools, and what names the database's file."""
        all_ = commands(heading)
        other = ("sqlite3 ",) if pgsql else ("pg_dump ", "pg_restore ")
        mine = [line for line in all_ if not line.startswith(other)]
        # the dump is made before the files are copied, as the page says
        return sorted(mine, key=lambda line: not line.startswith(("mkdir", "sqlite3", "pg_dump")))

    def rehearse(self, pgsql):
        with Desk(pgsql=pgsql) as desk:
            with open(os.path.join(desk.data, "aftersail.conf"), "w") as f:
                f.write("log_level = info\n")
            admin = desk.sign_in()
            inbox = admin.post("/inboxes", {"name": "chat", "channel": "chat"})
            mailbox = admin.post("/inboxes", {"name": "mail", "channel": "email", "settings": {
                "address": "desk@shop.example", "smtp_host": "localhost", "smtp_port": 9, "imap_password": "sealed"}})
            visitor = desk.visitor(inbox["key"])
            taken, stop = [], threading.Event()

            def talk():
                while not stop.is_set() and len(taken) < 50:  # within what one visitor may send
                    raw, files = os.urandom(3000), []
                    if len(taken) < 15:
                        files = [visitor.upload("/chat/me/uploads?name=photo.bin", raw)["id"]]
                    text = f"needle {len(taken)} {uuid.uuid4().hex}"
                    visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": text,
                                                       "attachment_ids": files})
                    taken.append((text, files, raw))
                    stop.wait(0.03)

            talker = threading.Thread(target=talk)
            talker.start()
            while len(taken) < 5 and talker.is_alive():
                stop.wait(0.05)
            sure = list(taken)
            self.assertGreaterEqual(len(sure), 5)
            run(self.lines("While it runs", pgsql), desk.data, self.backup, desk.pgsql or "")
            stop.set()
            talker.join()
        restored = Desk()
        self.addCleanup(restored.clean)
        restored.pgsql = fresh_database(pgsql) if pgsql else None
        run(self.lines("Restore", pgsql), restored.data, self.backup, restored.pgsql or "")
        restored.start()
        self.addCleanup(restored.stop)
        self.look(restored, admin, visitor, mailbox, sure, taken)

    def look(self, desk, admin, visitor, mailbox, sure, taken):
        admin = Client(desk.port, cookie=admin.cookie)  # signed in before the backup
        visitor = Client(desk.port, token=visitor.token)
        self.assertEqual(admin.get("/session")["person"]["email"], "admin@desk.example")
        texts = [m["text"] for m in visitor.get("/chat/me/messages?limit=100")["items"]]
        self.assertEqual(texts[:len(sure)], [text for text, _, _ in sure])
        self.assertEqual(texts, [text for text, _, _ in taken][:len(texts)], "a gap in what was restored")
        for text, files, raw in taken:
            for file in files if text in texts else ():
                self.assertEqual(visitor.call("GET", f"/chat/me/files/{file}").data, raw)
        self.assertTrue(admin.get(f"/search?q={sure[-1][0].split()[2]}")["items"])
        # The sealed password opens: a change of another setting keeps it.
        one = admin.get(f"/inboxes/{mailbox['id']}")
        self.assertIs(one["settings"]["imap_password"], True)
        admin.patch(f"/inboxes/{mailbox['id']}", {"version": one["version"], "settings": {"smtp_port": 10}})
        self.assertIs(admin.get(f"/inboxes/{mailbox['id']}")["settings"]["imap_password"], True)
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "and it goes on"})


if __name__ == "__main__":
    unittest.main()
