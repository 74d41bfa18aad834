#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server that answers several FETCH at once in any order, and breaks off: no mail is skipped.

Dovecot answers in order, so this one is played: what it says to each FETCH of a body is a plan."""
import re
import select
import socket
import tempfile
import threading
import unittest
from pathlib import Path

from net_test import DESK, Probe

BREAK = "break"


class Played:
    """One folder with mails 1..count; plan(connection, uids) gives, for the bodies asked for together, what
    to say in which order: (uid, words), words None for the mail itself; BREAK ends the connection."""

    def __init__(self, count, plan):
        self.count, self.plan, self.connections = count, plan, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.talk, args=(client, self.connections), daemon=True).start()

    def talk(self, client, number):
        asked, rest = [], b""
        with client, client.makefile("wb") as f:
            f.write(b"* OK played\r\n")
            f.flush()
            while True:
                # The bodies that are asked for together come within a moment.
                if asked and not select.select([client], [], [], 0.2)[0]:
                    if not self.follow_plan(f, number, asked):
                        f.flush()
                        client.shutdown(socket.SHUT_RDWR)
                        return
                    asked = []
                    f.flush()
                try:
                    data = client.recv(65536)
                except ConnectionResetError:
                    return
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\r\n")
                for line in lines:
                    tag, words = line.decode().split(" ", 1)
                    body = re.match(r"UID FETCH (\d+) .*BODY\.PEEK\[", words)
                    if body:
                        asked.append((int(body[1]), tag))
                    else:
                        self.other(f, tag, words)
                f.flush()

    def follow_plan(self, f, number, asked):
        tags = dict(asked)
        for uid, said in self.plan(number, [uid for uid, _ in asked]):
            if said == BREAK:
                return False
            self.answer(f, uid, tags[uid], said)
        return True

    def answer(self, f, uid, tag, said):
        raw = f"Subject: m{uid}\r\n\r\nhello\r\n".encode()
        if said is None:
            f.write(b"* %d FETCH (UID %d FLAGS () BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(raw), raw))
        f.write(f"{tag} {said or 'OK done'}\r\n".encode())

    def other(self, f, tag, words):
        if words.startswith("CAPABILITY"):
            f.write(b"* CAPABILITY IMAP4rev1\r\n")
        elif words.startswith("SELECT") or words.startswith("EXAMINE"):
            f.write(f"* {self.count} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT {self.count + 1}] ok\r\n"
                    .encode())
        elif words.startswith("UID SEARCH"):
            first = min(int(re.search(r"UID (\d+):", words)[1]), self.count)
            f.write(("* SEARCH " + " ".join(str(u) for u in range(first, self.count + 1)) + "\r\n").encode())
        elif words.startswith("UID FETCH"):
            for uid in (int(u) for u in words.split()[2].split(",")):
                f.write(f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE 30)\r\n".encode())
        f.write(f"{tag} OK done\r\n".encode())

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Order(unittest.TestCase):
    def taken(self, count, plan, wanted):
        """What is handed over until the mailbox is well, mail by mail."""
        played = Played(count, plan)
        self.addCleanup(played.close)
        with tempfile.TemporaryDirectory(prefix="aftersail-order-") as folder:
            certificate = Path(folder) / "none.pem"
            certificate.write_text("")
            probe = Probe(certificate)
            probe.do("watch", played.port, "none", DESK, "secret", 7, 0, "-")
            got = []
            while len(got) < len(wanted):
                got.append(probe.expect("mail ", 30).split()[2:])
            probe.expect("state ok", 30)
            self.assertEqual([int(g[0]) for g in got], wanted)
            self.assertEqual(probe.end(), 0)
        return played.connections

    def test_a_later_answer_waits_for_an_earlier(self):
        backwards = self.taken(6, lambda n, uids: [(u, None) for u in reversed(uids)], [1, 2, 3, 4, 5, 6])
        self.assertEqual(backwards, 1)

    def test_a_break_after_a_later_answer_skips_nothing(self):
        def plan(number, uids):
            if number == 1 and len(uids) > 1:
                return [(uids[1], None), (uids[0], BREAK)]
            return [(u, None) for u in uids]

        self.taken(4, plan, [1, 2, 3, 4])

    def test_a_refusal_and_a_break_after_a_later_answer_skip_nothing(self):
        def plan(number, uids):
            if number == 1 and len(uids) > 1:
                return [(uids[1], None), (uids[0], "NO [SERVERBUG] not now")] + [(u, None) for u in uids[2:]]
            return [(uids[0], BREAK)] if number == 1 else [(u, None) for u in uids]

        self.taken(4, plan, [1, 2, 3, 4])


if __name__ == "__main__":
    unittest.main()
