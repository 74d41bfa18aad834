#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The mail servers of the tests do what mail.py says, before anything is judged by them."""
import imaplib
import json
import smtplib
import ssl
import subprocess
import sys
import unittest
import urllib.parse
import urllib.request
from email.message import EmailMessage
from email import policy, message_from_bytes
from pathlib import Path

from mail import PASSWORD, Mail

DESK, BUYER = "desk@dengyu.example", "aiko@buyer.example"


def letter(sender, to, subject, text="hello"):
    m = EmailMessage(policy=policy.SMTP)
    m["From"], m["To"], m["Subject"] = sender, to, subject
    m["Message-ID"] = f"<{abs(hash((sender, to, subject)))}@buyer.example>"
    m.set_content(text)
    return m.as_bytes()


def subjects(raws):
    return [message_from_bytes(raw, policy=policy.default)["Subject"] for raw in raws]


class Servers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mail = Mail([DESK, BUYER])
        cls.mail.start()

    @classmethod
    def tearDownClass(cls):
        cls.mail.stop()

    def setUp(self):
        for address in self.mail.addresses:
            self.mail.empty(address)

    def context(self):
        return ssl.create_default_context(cafile=str(self.mail.certificate))

    def token(self, address):
        form = urllib.parse.urlencode({"grant_type": "refresh_token",
                                       "refresh_token": "refresh-" + address})
        url = f"http://127.0.0.1:{self.mail.ports['oauth']}/token"
        with urllib.request.urlopen(url, form.encode()) as answer:
            return json.load(answer)["access_token"]

    def xoauth2(self, address, token):
        with imaplib.IMAP4("localhost", self.mail.ports["imap"], timeout=20) as imap:
            imap.starttls(self.context())
            words = f"user={address}\x01auth=Bearer {token}\x01\x01".encode()
            imap.authenticate("XOAUTH2", lambda _: words)
            return imap.select("INBOX")[0]

    def test_sent_by_smtp_read_by_imap(self):
        self.mail.send(BUYER, [DESK], letter(BUYER, DESK, "ランプ"))
        self.assertEqual(subjects(self.mail.wait_for(DESK, 1)), ["ランプ"])

    def test_plus_address_reaches_its_owner(self):
        self.mail.send(BUYER, ["desk+c17.sig@dengyu.example"], letter(BUYER, DESK, "plus"))
        self.assertEqual(subjects(self.mail.wait_for(DESK, 1)), ["plus"])

    def test_unknown_recipient_bounces(self):
        self.mail.send(DESK, ["nobody@buyer.example"], letter(DESK, "nobody@buyer.example", "lost"))
        raw = self.mail.wait_for(DESK, 1)[0]
        bounce = message_from_bytes(raw, policy=policy.default)
        self.assertEqual(bounce.get_content_type(), "multipart/report")
        self.assertIn(b"Status: 5.1.1", raw)
        self.assertIn(b"Subject: lost", raw)

    def test_submission_wants_a_sign_in(self):
        for name, connect in (("submission", smtplib.SMTP), ("smtps", smtplib.SMTP_SSL)):
            with self.subTest(name):
                more = {"context": self.context()} if name == "smtps" else {}
                with connect("localhost", self.mail.ports[name], timeout=20, **more) as smtp:
                    if name == "submission":
                        smtp.starttls(context=self.context())
                    with self.assertRaises(smtplib.SMTPRecipientsRefused):
                        smtp.sendmail(DESK, [BUYER], letter(DESK, BUYER, "no"))
                    with self.assertRaises(smtplib.SMTPAuthenticationError):
                        smtp.login(DESK, "wrong")
                    smtp.login(DESK, PASSWORD)
                    smtp.sendmail(DESK, [BUYER], letter(DESK, BUYER, "by " + name))
        self.assertEqual(sorted(subjects(self.mail.wait_for(BUYER, 2))), ["by smtps", "by submission"])

    def test_append_and_folders(self):
        self.mail.append(DESK, letter(DESK, BUYER, "kept"), "Sent", "\\Seen")
        self.assertEqual(subjects(self.mail.read(DESK, "Sent")), ["kept"])
        self.assertEqual(self.mail.read(DESK), [])

    def test_idle_tells_of_new_mail(self):
        with self.mail.imap(DESK) as imap:
            imap.select("INBOX")
            imap.send(b"x1 IDLE\r\n")
            self.assertTrue(imap.readline().startswith(b"+"))
            self.mail.send(BUYER, [DESK], letter(BUYER, DESK, "now"))
            self.assertRegex(imap.readline(), rb"\* 1 (EXISTS|RECENT)")
            imap.send(b"DONE\r\n")
            while not imap.readline().startswith(b"x1 OK"):
                pass

    def test_tokens_open_a_mailbox_until_they_expire(self):
        old = self.token(DESK)
        self.assertEqual(self.xoauth2(DESK, old), "OK")
        self.mail.tokens.expire()
        with self.assertRaises(imaplib.IMAP4.error):
            self.xoauth2(DESK, old)
        self.assertEqual(self.xoauth2(DESK, self.token(DESK)), "OK")

    def test_away_for_a_while_loses_nothing(self):
        self.mail.stop_imap()
        with self.assertRaises(OSError):
            self.mail.imap(DESK)
        self.mail.send(BUYER, [DESK], letter(BUYER, DESK, "while away"))
        self.mail.start_imap()
        self.assertEqual(subjects(self.mail.wait_for(DESK, 1)), ["while away"])

    def test_smtp_away(self):
        self.mail.stop_smtp()
        with self.assertRaises(OSError):
            self.mail.send(BUYER, [DESK], letter(BUYER, DESK, "x"))
        self.mail.start_smtp()
        self.mail.send(BUYER, [DESK], letter(BUYER, DESK, "back"))
        self.assertEqual(subjects(self.mail.wait_for(DESK, 1)), ["back"])


class CommandLine(unittest.TestCase):
    def test_serve(self):
        script = Path(__file__).with_name("mail.py")
        with subprocess.Popen([sys.executable, script, "serve", DESK], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            told = json.loads(child.stdout.readline())
            child.stdin.write("add new@dengyu.example\nstop-imap\nnonsense\n")
            child.stdin.flush()
            said = [child.stdout.readline().strip() for _ in range(3)]
            child.stdin.close()
            child.wait(20)
        self.assertEqual(said, ["ok", "ok", "unknown: nonsense"])
        self.assertFalse(Path(told["folder"]).exists())


if __name__ == "__main__":
    unittest.main()
