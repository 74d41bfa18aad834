#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outbound mail code of src/net against a real Dovecot and a real Postfix, by its probe."""
import base64
import imaplib
import os
import queue
import re
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request
import json
from pathlib import Path

from mail import PASSWORD, Mail
from mail_test import letter, subjects

ROOT = Path(__file__).resolve().parents[2]
PROBE = Path(os.environ.get("AFTERSAIL_BUILD", ROOT / "build")) / "src/net/net_mail_probe"
DESK, BUYER = "desk@dengyu.example", "aiko@buyer.example"


class Probe:
    """The probe's process; expect() waits for a line that begins with some words."""

    def __init__(self, *arguments):
        self.child = subprocess.Popen([PROBE, *map(str, arguments)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        self.lines, self.seen = queue.Queue(), []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            self.lines.put(line.rstrip("\n"))

    def do(self, *words):
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()

    def expect(self, start, seconds=60):
        until = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no '{start}' among {self.seen[-12:]}") from None
            self.seen.append(line)
            if line.startswith(start):
                return line

    def quiet(self, start, seconds):
        """Nothing of that kind comes for so long."""
        time.sleep(seconds)
        while not self.lines.empty():
            line = self.lines.get()
            self.seen.append(line)
            if line.startswith(start):
                raise AssertionError(f"unexpected: {line}")

    def end(self):
        self.child.stdin.close()
        code = self.child.wait(10)
        self.child.stdout.close()
        return code


class Last(bytes):
    """Passed on, and then the connection is cut."""


class Proxy:
    """A way to a server that changes what it says: answer(bytes, connection) gives the bytes to
    pass on; after Last() of them it cuts the connection."""

    def __init__(self, to, answer):
        self.to, self.answer, self.count = to, answer, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.join, args=(client,), daemon=True).start()

    def join(self, client):
        with client, socket.create_connection(("127.0.0.1", self.to)) as server:
            up = threading.Thread(target=self.copy, args=(client, server, lambda b, _: b))
            up.start()
            self.copy(server, client, self.answer)
            up.join()

    def copy(self, source, to, change):
        number = self.count
        try:
            while data := source.recv(65536):
                changed = change(data, number)
                to.sendall(changed)
                if isinstance(changed, Last):
                    break
        except OSError:
            pass
        for s in (source, to):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mail = Mail([DESK, BUYER])
        cls.mail.start()
        cls.folder = tempfile.TemporaryDirectory(prefix="aftersail-net-")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        cls.mail.stop()

    def setUp(self):
        for address in self.mail.addresses:
            self.mail.empty(address)
        self.probe = Probe(self.mail.certificate)

    def tearDown(self):
        self.assertEqual(self.probe.end(), 0)

    def file(self, raw):
        path = Path(self.folder.name) / f"{time.monotonic_ns()}"
        path.write_bytes(raw)
        return path

    def port(self, name):
        return self.mail.ports[name]

    def proxy(self, port, answer):
        made = Proxy(self.port(port), answer)
        self.addCleanup(made.close)
        return made.port

    def watch(self, port="imap", tls="required", secret=PASSWORD, at=(0, 0), options="-"):
        self.probe.do("watch", port if isinstance(port, int) else self.port(port), tls, DESK, secret, *at, options)


class Sending(Case):
    def send(self, port, tls, user, secret, *to, raw=None, sender=DESK):
        raw = raw or letter(DESK, BUYER, "answer", "..dots\n.one\n\nend\n")
        port = port if isinstance(port, int) else self.port(port)
        self.probe.do("send", port, tls, user, secret, self.file(raw), sender, *to)

    def test_ways(self):
        self.send("smtp", "none", "-", "-", BUYER)
        self.probe.expect("sent 250")
        for port, tls in (("submission", "required"), ("submission", "optional"),
                          ("smtps", "implicit")):
            self.send(port, tls, DESK, PASSWORD, BUYER)
            self.probe.expect("sent 250")
        raws = self.mail.wait_for(BUYER, 4)
        self.assertEqual(subjects(raws), ["answer"] * 4)
        self.assertIn(b"\r\n..dots\r\n.one\r\n\r\nend\r\n", raws[0])

    def test_access_token(self):
        form = urllib.parse.urlencode({"grant_type": "refresh_token",
                                       "refresh_token": "refresh-" + DESK})
        url = f"http://127.0.0.1:{self.port('oauth')}/token"
        with urllib.request.urlopen(url, form.encode()) as answer:
            token = json.load(answer)["access_token"]
        self.send("submission", "required", DESK, "bearer:" + token, BUYER)
        self.probe.expect("sent 250")

    def test_refused(self):
        self.send("submission", "required", DESK, PASSWORD, BUYER, "who@elsewhere.invalid")
        self.probe.expect("refusal who@elsewhere.invalid 550")
        self.probe.expect("sent 250 mail.error.recipient")
        self.send("submission", "required", DESK, PASSWORD, "who@elsewhere.invalid")
        self.probe.expect("refused 550 mail.error.recipient")
        self.send("submission", "required", DESK, "wrong", BUYER)
        self.probe.expect("later 0 mail.error.auth 535")

    def test_no_tls(self):
        """A certificate nobody vouches for, and a server that offers no TLS, are refused."""
        self.assertEqual(self.probe.end(), 0)
        self.probe = Probe()
        self.send("submission", "required", DESK, PASSWORD, BUYER)
        self.probe.expect("later 0 mail.error.tls")
        self.send("smtps", "implicit", DESK, PASSWORD, BUYER)
        self.probe.expect("later 0 mail.error.tls")

    def test_large(self):
        text = base64.encodebytes(os.urandom(18_000_000)).decode()
        self.send("smtps", "implicit", DESK, PASSWORD, BUYER,
                  raw=letter(DESK, BUYER, "large", text))
        self.probe.expect("sent 250", 60)
        raw, = self.mail.wait_for(BUYER, 1, seconds=60)
        self.assertIn(text.encode()[-1000:].replace(b"\n", b"\r\n"), raw)

    def test_server_away(self):
        self.send("smtp", "none", "-", "-", BUYER)
        self.probe.expect("sent 250")
        self.mail.stop_smtp()
        try:
            self.send("smtp", "none", "-", "-", BUYER)
            self.probe.expect("later 0 mail.error.connect")
        finally:
            self.mail.start_smtp()
        self.send("smtp", "none", "-", "-", BUYER)
        self.probe.expect("sent 250")
        self.mail.wait_for(BUYER, 2)


    def test_lost_after_the_last_dot(self):
        """The answer to the mail never comes: nobody may say whether it arrived.  It did."""
        port = self.proxy("smtp", lambda data, _: Last() if b"queued as" in data else data)
        self.send(port, "none", "-", "-", BUYER)
        self.probe.expect("unknown 0 mail.error.lost")
        self.mail.wait_for(BUYER, 1)

    def test_lost_before_the_mail(self):
        port = self.proxy("smtp", lambda data, _: Last() if data.startswith(b"354") else data)
        self.send(port, "none", "-", "-", BUYER)
        self.probe.expect("later 0 mail.error.connect")
        time.sleep(1)
        self.assertEqual(self.mail.read(BUYER), [])


class Watching(Case):
    def arrive(self, *names):
        for name in names:
            self.mail.append(DESK, letter(BUYER, DESK, name))

    def cursor(self):
        return tuple(self.probe.expect("cursor").split()[1:])

    def expect_mail(self, name, seconds=60):
        line = self.probe.expect("mail ", seconds)
        self.assertTrue(line.endswith(" " + name), f"{name}: {line}")
        return line.split()

    def test_catches_up_and_idles(self):
        self.arrive("one", "two")
        for port, tls in (("imap", "required"), ("imaps", "implicit"), ("imap", "none")):
            with self.subTest(port=port, tls=tls):
                self.watch(port, tls)
                self.expect_mail("one")
                self.expect_mail("two")
                self.probe.expect("state ok")
                self.probe.do("close")
                self.probe.expect("state closed")
        self.watch()
        self.expect_mail("two") if self.expect_mail("one") else None
        self.probe.expect("state ok")
        time.sleep(0.3)
        began = time.monotonic()
        self.arrive("live")
        self.expect_mail("live")
        self.assertLess(time.monotonic() - began, 10)

    def test_resumes_from_its_cursor(self):
        self.arrive("one", "two", "three")
        self.watch()
        validity, _ = self.cursor()
        first = self.expect_mail("one")
        self.probe.expect("state ok")
        self.probe.do("close")
        self.probe.expect("state closed")
        self.watch(at=(validity, first[2]))
        self.expect_mail("two")
        self.expect_mail("three")

    def test_from_now(self):
        self.arrive("old")
        self.watch(options="from_now")
        self.probe.expect("state ok")
        self.arrive("new")
        self.expect_mail("new")

    def test_waits_for_acknowledgement(self):
        self.arrive(*(f"m{i:02}" for i in range(30)))
        self.probe.do("hold")
        self.watch()
        for i in range(8):
            self.expect_mail(f"m{i:02}")
        self.probe.quiet("mail", 1)
        self.probe.do("hold")
        self.probe.do("ack")
        for i in range(8, 30):
            self.expect_mail(f"m{i:02}")
        self.probe.expect("state ok")

    def test_refused_mail_comes_again(self):
        self.arrive("one", "two")
        self.probe.do("hold")
        self.watch()
        self.expect_mail("one")
        self.expect_mail("two")
        self.probe.do("hold")
        self.probe.do("nack")
        self.probe.expect("state failing mail.error.store")
        self.expect_mail("one")
        self.expect_mail("two")

    def lock(self, name, mode):
        """Dovecot may read this mail's file, or may not: it then refuses the FETCH."""
        for path in (self.mail.at / "mail" / DESK).rglob("*"):
            if path.is_file() and f"Subject: {name}".encode() in path.read_bytes():
                path.chmod(mode)
                return
        raise AssertionError(f"no file of {name}")

    def test_a_mail_the_server_refuses_holds_nobody_up(self):
        self.arrive(*(f"m{i}" for i in range(12)))
        self.lock("m3", 0)
        self.lock("m7", 0)
        self.watch(options="seen")
        validity, _ = self.cursor()
        uids = []
        for i in range(12):
            if i in (3, 7):
                uids.append(self.probe.expect("failed ", 40).split()[1])
                self.probe.expect("mail ")
            else:
                self.expect_mail(f"m{i}", 40)
        self.probe.expect("state ok", 40)
        self.probe.do("again", validity, uids[0])
        self.probe.expect(f"again {uids[0]} 0 0 ", 40)
        self.lock("m3", 0o600)
        self.probe.do("again", validity, uids[0])
        self.assertGreater(int(self.probe.expect(f"again {uids[0]} ").split()[2]), 100)
        self.probe.do("again", validity, 4711)  # no such mail
        self.assertEqual(self.probe.expect("again 4711").split(), ["again", "4711", "0", "0"])
        self.arrive("after")
        self.expect_mail("after")

    def test_a_mail_that_breaks_the_line_holds_nobody_up(self):
        """The server goes away each time this mail is fetched; and once it says NO for a moment."""
        def answer(data, _):
            return Last() if b"Subject: m2" in data else data

        self.arrive(*(f"m{i}" for i in range(5)))
        self.watch(self.proxy("imap", answer), "none")
        self.expect_mail("m0", 30)
        self.expect_mail("m1", 30)
        self.probe.expect("failed ", 60)
        self.probe.expect("mail ")
        self.expect_mail("m3", 30)
        self.expect_mail("m4", 30)
        self.probe.expect("state ok")

    def test_a_mail_refused_in_words(self):
        """The server says NO to one mail and goes on; its header it gives."""
        pattern = re.compile(rb"\* \d+ FETCH \((?:(?!\r\nA\d+ )[\s\S])*?BODY\[\] "
                             rb"(?:(?!\r\nA\d+ )[\s\S])*?Subject: m2[\s\S]*?\r\n(A\d+) OK[^\r]*\r\n")
        self.arrive(*(f"m{i}" for i in range(5)))
        answer = lambda data, _: pattern.sub(rb"\1 NO [SERVERBUG] it is broken\r\n", data)
        self.watch(self.proxy("imap", answer), "none")
        for name in ("m0", "m1"):
            self.expect_mail(name)
        words = self.probe.expect("failed ").split(" ", 3)
        self.assertEqual(words[3], "it is broken")
        self.assertGreater(int(words[2]), 50)
        self.expect_mail("m2")  # its header says so
        for name in ("m3", "m4"):
            self.expect_mail(name)
        self.probe.expect("state ok")
        self.assertNotIn("failing", " ".join(self.probe.seen))

    def test_a_mail_without_size_or_body_is_not_lost(self):
        """Of one the server does not say how large it is; another's body it says is NIL."""
        size = re.compile(rb"(\* 2 FETCH \(UID \d+ FLAGS \([^)]*\)) RFC822.SIZE \d+\)")
        body = re.compile(rb"(\* 3 FETCH \(UID \d+ FLAGS \([^)]*\) BODY\[\] )\{(\d+)\}\r\n")

        def answer(data, _):
            data = size.sub(rb"\1)", data)
            found = body.search(data)
            if not found:
                return data
            return data[:found.start()] + found[1] + b"NIL" + data[found.end() + int(found[2]):]

        self.arrive(*(f"m{i}" for i in range(4)))
        self.watch(self.proxy("imap", answer), "none")
        for name in ("m0", "m1"):
            self.expect_mail(name)
        words = self.probe.expect("failed ").split(" ", 3)
        self.assertEqual(words[3], "the server gave no body")
        self.expect_mail("-")  # it stands in the quarantine with nothing but its place
        self.expect_mail("m3")
        self.probe.expect("state ok")

    def test_a_mail_that_vanishes_is_passed_over(self):
        """Between SEARCH and FETCH another client removes it."""
        self.arrive(*(f"m{i}" for i in range(4)))
        done = []

        def answer(data, _):
            if b"RFC822.SIZE" in data and not done:
                done.append(True)
                with self.mail.imap(DESK) as box:
                    box.select("INBOX")
                    box.store("2", "+FLAGS", "\\Deleted")
                    box.expunge()
            return data

        self.watch(self.proxy("imap", answer), "none")
        for name in ("m0", "m2", "m3"):
            self.expect_mail(name, 30)
        self.probe.expect("state ok")

    def test_large_mails(self):
        text = base64.encodebytes(os.urandom(20_000_000)).decode()
        self.mail.append(DESK, letter(BUYER, DESK, "large", text))
        self.arrive("after")
        self.watch()
        words = self.expect_mail("large", 40)
        self.assertEqual(words[4], words[5])
        self.assertGreater(int(words[5]), 27_000_000)
        self.expect_mail("after")
        self.probe.do("close")
        self.probe.expect("state closed")
        self.watch(options="small")  # at most 2,000 bytes
        words = self.expect_mail("large")
        self.assertEqual(words[6], "1")
        self.assertLess(int(words[5]), 2000)
        self.expect_mail("after")

    def test_marks_as_seen(self):
        self.arrive("one")
        self.watch(options="seen")
        self.expect_mail("one")
        self.probe.expect("state ok")
        with self.mail.imap(DESK) as imap:
            imap.select("INBOX", readonly=True)
            self.assertIn(b"\\Seen", imap.fetch("1", "(FLAGS)")[1][0])

    def test_new_uidvalidity(self):
        self.arrive("one")
        self.watch()
        self.expect_mail("one")
        self.probe.expect("state ok")
        self.mail.stop_imap()
        for path in (self.mail.at / "mail" / DESK).glob("dovecot*"):
            path.unlink()
        time.sleep(1.1)
        self.mail.start_imap()
        self.probe.expect("cursor", 30)
        self.expect_mail("one")

    def test_server_away(self):
        self.watch()
        self.probe.expect("state ok")
        self.mail.stop_imap()
        self.probe.expect("state failing mail.error.connect")
        self.mail.start_imap()
        self.probe.do("now")
        self.probe.expect("state ok", 20)
        self.arrive("afterwards")
        self.expect_mail("afterwards")

    def test_polls_without_idle(self):
        port = self.proxy("imap", lambda data, _: data.replace(b" IDLE", b""))
        self.watch(port, "none")
        self.probe.expect("state ok")
        self.arrive("one")
        self.expect_mail("one", 3)
        self.arrive("two")
        self.expect_mail("two", 3)
        self.assertGreater(sum(line.startswith("state ok") for line in self.probe.seen), 2)

    def test_cut_in_the_middle_of_a_mail(self):
        """Twice the connection breaks within the second mail; each comes exactly once."""
        def cut(data, connection):
            before, found, _ = data.partition(b"Subject: two")
            return Last(before) if found and connection < 3 else data

        self.arrive("one", "two", "three")
        self.watch(self.proxy("imap", cut), "none")
        self.expect_mail("one")
        self.probe.expect("state failing mail.error.connect")
        self.expect_mail("two", 20)
        self.expect_mail("three")
        self.probe.quiet("mail", 0.5)
        names = [line.split()[-1] for line in self.probe.seen if line.startswith("mail ")]
        self.assertEqual(names, ["one", "two", "three"])

    def test_failures_in_words(self):
        for what, key in (({"secret": "wrong"}, "auth"), ({"options": "nowhere"}, "folder"),
                          ({"port": "smtp", "tls": "none"}, "timeout")):
            with self.subTest(**what):
                self.watch(**what)
                self.probe.expect("state failing mail.error." + key, 40)
                self.probe.do("close")
                self.probe.expect("state closed")

    def test_access_tokens(self):
        self.arrive("one")
        self.watch(secret=f"oauth:{self.port('oauth')}")
        self.expect_mail("one")
        self.probe.expect("state ok")
        self.mail.tokens.expire()  # and the connection goes: a new token is asked for
        self.mail.stop_imap()
        self.mail.start_imap()
        self.probe.expect("state ok", 20)

    def test_own_copies(self):
        raw = self.file(letter(DESK, BUYER, "answer"))
        self.watch()
        self.probe.expect("state ok")
        self.probe.do("append", "-", raw)
        self.probe.expect("appended 1")
        self.assertEqual(subjects(self.mail.read(DESK, "Sent")), ["answer"])
        self.probe.do("append", "已发送", raw)
        self.probe.expect("appended 1")
        name = "&XfJT0ZAB-"
        self.assertEqual(subjects(self.mail.read(DESK, name)), ["answer"])
        self.arrive("still watching")
        self.expect_mail("still watching")


if __name__ == "__main__":
    unittest.main()
