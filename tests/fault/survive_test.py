#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing acknowledged is lost and nothing is stored twice, whenever the server dies.

Eight visitors chat and a stream of mails is delivered while the server is killed at random moments,
or the power goes.  A message counts as acknowledged when its sender was told so; what was not is sent
again under the same id, as the widget and a mail server do.  AFTERSAIL_KILLS and AFTERSAIL_CUTS set
how many of each, AFTERSAIL_SEED repeats a run.
"""
import http.client
import os
import random
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from desk import Desk  # noqa: E402
from powercut import PowerCut  # noqa: E402

KILLS = int(os.environ.get("AFTERSAIL_KILLS", 100))
CUTS = int(os.environ.get("AFTERSAIL_CUTS", 30))
SEED = int(os.environ.get("AFTERSAIL_SEED", time.time_ns() % 1_000_000))
VISITORS = 8
ADMINISTRATOR = "chen.yu@dengyu.example"
MAIL = """From: Nora Lind <nora@buyer.example>\r
To: stream@dengyu.example\r
Subject: parcel {n}\r
Message-ID: <survive-{n}@buyer.example>\r
Date: Thu, 01 Oct 2026 10:00:00 +0000\r
Content-Type: text/plain; charset=utf-8\r
\r
parcel {n}\r
"""


def pages(client, path):
    """The items of every page of a list."""
    items, after = [], ""
    while True:
        page = client.get(path + after)
        items += page["items"]
        if not page["next"]:
            return items
        after = f"{'&' if '?' in path else '?'}after={page['next']}"


class Visitor(threading.Thread):
    """Sends numbered messages one after the other, each again until it is acknowledged."""

    def __init__(self, desk, name, stop):
        super().__init__(daemon=True)
        self.desk, self.client, self.name, self.stop = desk, None, name, stop
        self.said, self.wrong = [], []

    def begin(self):
        self.client = self.desk.visitor(name=self.name)

    def run(self):
        while not self.stop.is_set():
            text = f"{self.name} {len(self.said)}"
            if self.send(text):
                self.said.append(text)

    def send(self, text):
        while not self.stop.is_set():
            try:
                answer = self.client.call("POST", "/chat/me/messages", {
                    "client_id": text.replace(" ", "-"), "text": text})
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if answer.status == 201:
                return True
            if answer.status not in (429, 503):
                self.wrong.append(f"{text}: {answer.status} {answer.data}")
                return False
            time.sleep(0.05)
        return False


class Mails(threading.Thread):
    """Hands over numbered mails as an MTA's pipe does: again after 75, never after 0."""

    def __init__(self, desk, inbox, stop):
        super().__init__(daemon=True)
        self.desk, self.inbox, self.stop = desk, inbox, stop
        self.said, self.wrong, self.n = [], [], 0

    def run(self):
        while not self.stop.is_set():
            status = self.desk.command("deliver", "--inbox", self.inbox,
                                       input=MAIL.format(n=self.n)).returncode
            if status == 0:
                self.said.append(f"parcel {self.n}")
                self.n += 1
            elif status != 75 and status >= 0:
                self.wrong.append(f"mail {self.n}: exit {status}")
            time.sleep(0.03)


class Survive(unittest.TestCase):
    def setUp(self):
        print(f"  seed {SEED}", flush=True)
        self.random = random.Random(SEED)

    def email_inbox(self, desk):
        return desk.sign_in(ADMINISTRATOR).post("/inboxes", {
            "name": "Stream", "channel": "email", "settings": {
                "address": "stream@dengyu.example", "smtp_host": "127.0.0.1"}})["name"]

    def load(self, desk, times, die, start):
        """Run the load through `times` deaths; the visitors and the mail stream afterwards."""
        stop = threading.Event()
        visitors = [Visitor(desk, f"visitor-{i}-{SEED}", stop) for i in range(VISITORS)]
        for visitor in visitors:
            visitor.begin()
        mails = Mails(desk, self.email_inbox(desk), stop)
        for thread in visitors + [mails]:
            thread.start()
        for _ in range(times):
            time.sleep(self.random.uniform(0.05, 0.6))
            die()
            start()
        time.sleep(0.3)
        stop.set()
        for thread in visitors + [mails]:
            thread.join(20)
        return visitors, mails

    def texts_of(self, visitor):
        """What the desk has of a visitor; nothing when it does not know the visitor any more."""
        try:
            items = pages(visitor.client, "/chat/me/messages")
        except AssertionError:
            return []
        return [m["text"] for m in items if m["from"] == "visitor"]

    def losses(self, desk, visitors, mails, patience=20):
        """What is missing, doubled or out of order, in words."""
        wrong = [w for who in visitors + [mails] for w in who.wrong]
        for visitor in visitors:
            kept = self.texts_of(visitor)
            # The last one may have been stored without the answer having reached its sender.
            if kept[:len(visitor.said)] != visitor.said or len(kept) > len(visitor.said) + 1:
                wrong.append(f"{visitor.name}: said {len(visitor.said)}, kept {len(kept)}")
        return wrong + self.mail_losses(desk, mails, patience)

    def mail_losses(self, desk, mails, patience):
        agent = desk.sign_in(ADMINISTRATOR)
        until = time.monotonic() + patience
        while True:
            cards = pages(agent, "/conversations?list=all&status=any&limit=100")
            kept = [c["subject"] for c in cards if c["subject"].startswith("parcel ")]
            missing = set(mails.said) - set(kept)
            if not missing or time.monotonic() > until:
                break
            time.sleep(0.5)
        doubled = {s for s in kept if kept.count(s) > 1}
        return [f"mail missing: {m}" for m in sorted(missing)] + \
               [f"mail stored twice: {d}" for d in sorted(doubled)]

    def test_kill(self):
        with Desk(demo=True) as desk:
            visitors, mails = self.load(desk, KILLS, desk.kill, desk.start)
            wrong = self.losses(desk, visitors, mails)
            self.tell(KILLS, "kills", visitors, mails)
            self.assertEqual(wrong, [])

    def tell(self, times, what, visitors, mails):
        said = sum(len(v.said) for v in visitors)
        print(f"  {times} {what}, {said} chat messages and {len(mails.said)} mails acknowledged")
        self.assertGreater(said, times)
        self.assertGreater(len(mails.said), 0)

    def power_cuts(self, desk, times, more):
        cut = [PowerCut(desk.data)]

        def die():
            desk.kill()
            cut[0].cut()

        def start():
            cut[0] = PowerCut(desk.data)
            plain, desk.env = desk.env, cut[0].env() | more
            desk.start()
            desk.env = plain

        desk.stop()
        start()
        visitors, mails = self.load(desk, times, die, start)
        return visitors, mails

    def test_power_cut(self):
        with Desk(demo=True) as desk:
            visitors, mails = self.power_cuts(desk, CUTS, {})
            wrong = self.losses(desk, visitors, mails)
            self.tell(CUTS, "power cuts", visitors, mails)
            self.assertEqual(wrong, [])

    def test_power_cut_finds_a_server_that_does_not_sync(self):
        with Desk(demo=True) as desk:
            visitors, mails = self.power_cuts(desk, 2, {"POWERCUT_NO_SYNC": "1"})
            self.assertNotEqual(self.losses(desk, visitors, mails, 0), [])


if __name__ == "__main__":
    unittest.main()
