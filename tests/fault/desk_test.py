#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole desk killed a hundred times and its power cut thirty times, under load.

Eight visitors talk, each message again under its own client id until it is acknowledged; mails come
by `deliver`; an agent answers by mail through a real SMTP server. Whatever happened: what was
acknowledged is there, once, in order; what was being sent is sent, or shown as unknown.
"""
import os
import random
import subprocess
import sys
import threading
import time
import unittest
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "peers")]
from desk import PROGRAM, Desk  # noqa: E402
from mail import PASSWORD, Mail  # noqa: E402
from powercut import PowerCut  # noqa: E402

CHATS = 8
SUPPORT = "support@shop.example"
KILLS = int(os.environ.get("KILLS", "100"))
CUTS = int(os.environ.get("CUTS", "30"))


def mail_bytes(number):
    message_id = f"<{uuid.uuid4().hex}@buyer.example>"
    text = (f"From: Buyer <buyer{number % 5}@buyer.example>\r\nTo: {SUPPORT}\r\nSubject: mail {number}\r\n"
            f"Message-ID: {message_id}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nmail number {number}\r\n")
    return text.encode()


class Load:
    """Everybody who talks to the desk at once; each remembers what was acknowledged."""

    def __init__(self, desk, key, mails=True):
        self.desk, self.stopping = desk, False
        self.visitors = [desk.visitor(key, language="en") for _ in range(CHATS)]
        self.said = [[] for _ in range(CHATS)]  # texts in order
        self.mailed = []  # subjects acknowledged
        work = [lambda n=n: self.chat(n) for n in range(CHATS)] + ([self.mail] if mails else [])
        self.threads = [threading.Thread(target=one, daemon=True) for one in work]
        for t in self.threads:
            t.start()

    def chat(self, n):
        number = 0
        while not self.stopping:
            body = {"client_id": uuid.uuid4().hex, "text": f"message {number}"}
            while not self.stopping:  # the widget's way: the same id until somebody said yes
                try:
                    if self.visitors[n].call("POST", "/chat/me/messages", body, timeout=5).status == 201:
                        self.said[n].append(body["text"])
                        number += 1
                        break
                except OSError:
                    pass
                except Exception:  # an answer cut off in the middle
                    pass
                time.sleep(0.01)
            time.sleep(0.03)  # a visitor is no machine gun: sixty a minute are let through at most

    def mail(self):
        number = 0
        while not self.stopping:
            raw = mail_bytes(number)
            while not self.stopping:  # as an MTA does: again until it exits with 0
                done = subprocess.run([PROGRAM, "deliver", "--inbox", "support", "--data", self.desk.data],
                                      input=raw, capture_output=True)
                if done.returncode == 0:
                    self.mailed.append(f"mail {number}")
                    number += 1
                    break
                time.sleep(0.02)

    def stop(self):
        self.stopping = True
        for t in self.threads:
            t.join(20)


def visitor_history(visitor):
    items, after = [], 0
    while True:
        page = visitor.get(f"/chat/me/messages?limit=100&after={after}")
        items += page["items"]
        if not page["next"]:
            return items
        after = page["next"]


def all_conversations(admin):
    cards, after = [], ""
    while True:
        page = admin.get(f"/conversations?list=all&status=any&limit=100{after}")
        cards += page["items"]
        if not page["next"]:
            return cards
        after = "&after=" + page["next"]


class Checks:
    def check_chats(self, load):
        for n, visitor in enumerate(load.visitors):
            texts = [m["text"] for m in visitor_history(visitor)]
            self.assertEqual(len(texts), len(set(texts)), "stored twice")
            self.assertEqual(texts, [f"message {i}" for i in range(len(texts))], "out of order, or a gap")
            self.assertGreaterEqual(len(texts), len(load.said[n]), "an acknowledged message is missing")
        self.assertGreater(sum(map(len, load.said)), 200, "too little load to say anything")

    def check_mails(self, load, admin):
        deadline = time.time() + 30
        while time.time() < deadline:  # what was stored raw is taken in after the start
            subjects = [c["subject"] for c in all_conversations(admin) if c["channel"] == "email"]
            if set(load.mailed) <= set(subjects):
                break
            time.sleep(0.2)
        self.assertEqual(len(subjects), len(set(subjects)), "a mail stored twice")
        self.assertLessEqual(set(load.mailed), set(subjects), "an acknowledged mail is missing")
        self.assertGreater(len(load.mailed), 20)


class Killed(Checks, unittest.TestCase):
    """SIGKILL at random moments, and nothing is lost, doubled or out of order."""

    def setUp(self):
        self.buyers = [f"buyer{n}@buyer.example" for n in range(5)]
        self.mail = Mail([SUPPORT, *self.buyers])
        self.mail.start()
        self.addCleanup(self.mail.stop)
        # Sixty messages a minute are let through a visitor; this load is as fast as it gets.
        self.desk = Desk(flags=["--undo-seconds", "0", "--chat-rate", "0"])
        self.addCleanup(self.desk.__exit__, None, None, None)
        self.desk.__enter__()
        self.admin = self.desk.sign_in()
        self.chat = self.admin.post("/inboxes", {"name": "chat", "channel": "chat"})
        self.admin.post("/inboxes", {"name": "support", "channel": "email", "settings": {
            "address": SUPPORT, "imap_host": "127.0.0.1", "imap_port": self.mail.ports["imap"], "imap_security": "none",
            "imap_user": SUPPORT, "imap_password": PASSWORD, "smtp_host": "127.0.0.1",
            "smtp_port": self.mail.ports["smtp"], "smtp_security": "none", "smtp_user": "-"}})

    def answer(self, texts):
        """The agent answers the newest mail, now and then, while the desk comes and goes."""
        try:
            cards = self.admin.call("GET", "/conversations?list=all&limit=50", timeout=5).json["items"]
            mail = next(c for c in cards if c["channel"] == "email")
            text = f"answer {len(texts)}"
            a = self.admin.call("POST", f"/conversations/{mail['id']}/messages", {
                "kind": "reply", "text": text, "client_id": uuid.uuid4().hex}, timeout=5)
            if a.status == 201:
                texts[text] = (mail["id"], a.json["id"])
        except (OSError, StopIteration, ValueError, KeyError):
            pass

    def test_a_hundred_kills(self):
        load, answers = Load(self.desk, self.chat["key"]), {}
        for _ in range(KILLS):
            time.sleep(random.uniform(0.02, 0.35))
            self.answer(answers)
            self.desk.kill()
            self.desk.start()
        time.sleep(0.5)
        load.stop()
        self.check_chats(load)
        self.check_mails(load, self.admin)
        self.check_answers(answers)
        print(f"  {KILLS} kills: {sum(map(len, load.said))} chat messages, {len(load.mailed)} mails, "
              f"{len(answers)} answers acknowledged")

    def check_answers(self, answers):
        self.assertGreater(len(answers), 3)
        deadline, states = time.time() + 60, {}
        while time.time() < deadline:
            states = {text: self.state(*where) for text, where in answers.items()}
            if set(states.values()) <= {"sent", "unknown"}:
                break
            time.sleep(0.5)
        self.assertLessEqual(set(states.values()), {"sent", "unknown"}, states)
        sent = {text for text, state in states.items() if state == "sent"}
        while time.time() < deadline + 20:  # the server hands them to the mailboxes at its own pace
            got = [raw.decode(errors="replace") for buyer in self.buyers for raw in self.mail.read(buyer)]
            arrived = [text for raw in got for text in answers if f"\n{text}\r\n" in raw.split("\r\n\r\n", 1)[1][:200]]
            if sent <= set(arrived):
                break
            time.sleep(0.5)
        self.assertLessEqual(sent, set(arrived), "shown as sent, and not there")
        self.assertEqual(len(arrived), len(set(arrived)), "sent twice")

    def state(self, conversation, entry):
        items = self.admin.get(f"/conversations/{conversation}/thread?limit=100")["items"]
        return next(e["state"] for e in items if e["id"] == entry)


class PowerLost(Checks, unittest.TestCase):
    """Only what was synced survives; with synchronous=OFF this test must see that something is missing."""

    def run_cuts(self, flags, cuts):
        desk = Desk(flags=["--chat-rate", "0", *flags])
        self.addCleanup(desk.clean)
        desk.prepare()
        cut = PowerCut(desk.data)
        self.addCleanup(cut.clear)
        desk.env = cut.env()
        desk.start()
        admin = desk.sign_in()
        key = admin.post("/inboxes", {"name": "chat", "channel": "chat"})["key"]
        load = Load(desk, key, mails=False)
        try:
            for _ in range(cuts):
                time.sleep(random.uniform(0.1, 0.5))
                desk.kill()
                cut.cut()
                desk.start()
            time.sleep(0.3)
        finally:
            load.stop()
        try:
            self.check_chats(load)
        finally:
            desk.kill()
        return load

    def test_thirty_power_cuts(self):
        load = self.run_cuts([], CUTS)
        print(f"  {CUTS} power cuts: {sum(map(len, load.said))} chat messages acknowledged")

    def test_it_sees_what_is_lost_without_syncing(self):
        with self.assertRaisesRegex(AssertionError, "missing|twice|gap|the desk|wanted 2") as caught:
            self.run_cuts(["--sync-off", "true"], 6)
        print(f"  without syncing: {str(caught.exception).splitlines()[-1][:100]}")


if __name__ == "__main__":
    unittest.main()
