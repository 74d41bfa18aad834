#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Buyers' mails become conversations, agents' answers reach the buyers, and nothing is lost: the
whole way through a real Dovecot and a real Postfix, over the product's own HTTP interface."""
import base64
import http.cookiejar
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import uuid
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from mail import PASSWORD, Mail, listening, wait_until

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from desk import Client  # noqa: E402
from ports import free_port  # noqa: E402

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus" / "mail"
SUPPORT, SECOND = "support@shop.example", "service@shop.example"
TOKENS, UNSURE = "tokens@shop.example", "unsure@shop.example"
ADMIN, SECRET = "admin@shop.example", "password-1234"

# Twenty mails of the corpus: who wrote, what the conversation is called, words that are in it.
TWENTY = (
    ("en-plain", "ann@buyer.example", "Where is my parcel?", "DE-88120"),
    ("zh-utf8", "wang.fang@buyer.example", "退款什么时候到账", "退款还没有收到"),
    ("zh-gb2312-is-gbk", "zhu@buyer.example", "商品破损囍", "朱镕"),
    ("zh-gb18030", "li@buyer.example", "尺码不合适", "㐀𠮷"),
    ("zh-gbk-raw-headers", "chen@buyer.example", "请问发货了吗", "谢谢"),
    ("zh-tw-big5", "lin@buyer.example", "包裹遺失", "運送途中"),
    ("ja-iso-2022-jp", "tanaka@buyer.example", "返品について", "返品したい"),
    ("ja-shift-jis-html", "sato@buyer.example", "届きません①", "届きません①"),
    ("ja-euc-jp", "suzuki@buyer.example", "サイズ交換", "交換してください"),
    ("ko-euc-kr", "kim@buyer.example", "환불 요청", "똠방각하"),
    ("ru-koi8-r", "ivan@buyer.example", "Где мой заказ?", "Заказ не пришёл"),
    ("ru-windows-1251-no-label", "olga@buyer.example", "zakaz", "посылка до сих пор"),
    ("de-latin1-is-1252", "j@buyer.example", "Rückgabe möglich?", "20 €"),
    ("fr-iso-8859-15", "marie@buyer.example", "Remboursement de 20 €", "cœur"),
    ("pl-iso-8859-2", "zofia@buyer.example", "Zwrot towaru", "żółtą"),
    ("tr-iso-8859-9", "ayse@buyer.example", "İade talebi", "Siparişim"),
    ("ar-windows-1256", "fatima@buyer.example", "أين طلبي", "لم يصل"),
    ("th-tis-620", "somchai@buyer.example", "สินค้าเสียหาย", "ขอคืนเงิน"),
    ("es-utf8-8bit", "jose@buyer.example", "¿Dónde está mi pedido?", "Gracias"),
    ("el-windows-1253", "nikos@buyer.example", "Παραγγελία", "Καλημέρα"),
)


def program():
    binary = os.environ.get("AFTERSAIL_BIN") or HERE.parent.parent / "build" / "aftersail"
    return str(binary)


class Desk:
    """The program on a data folder of its own, spoken to as the console does."""

    def __init__(self, certificate, database=None):
        self.at = Path(tempfile.mkdtemp(prefix="aftersail-e2e-"))
        self.data = self.at / "data"
        self.port = free_port()
        self.flags = ["--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
                      "--ca-file", str(certificate), "--undo-seconds", "0", "--log-level", "warn"]
        if database:
            self.flags += ["--database", database]
        self.child = None
        self.log = open(self.at / "log", "ab")

    def init(self):
        subprocess.run([program(), "init", *self.flags, "--email", ADMIN, "--name", "Admin"],
                       check=True, input=SECRET.encode() + b"\n", stdout=self.log, stderr=self.log)

    def start(self):
        self.child = subprocess.Popen([program(), "serve", *self.flags], stdin=subprocess.DEVNULL,
                                      stdout=self.log, stderr=self.log)
        wait_until(lambda: listening(self.port), 60, "the program's port")
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.call("POST", "/session", {"email": ADMIN, "password": SECRET})

    def stop(self, how=signal.SIGTERM):
        self.child.send_signal(how)
        self.child.wait(20)
        self.child = None

    def call(self, method, path, body=None):
        headers = {"Origin": f"http://127.0.0.1:{self.port}"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if method == "POST" and path != "/session":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        url = f"http://127.0.0.1:{self.port}/api/v1{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=20) as answer:
                text = answer.read()
        except urllib.error.HTTPError as e:
            raise RuntimeError(f"{method} {path}: {e.code} {e.read().decode()}") from None
        return json.loads(text) if text else None

    def conversations(self, inbox, status="any"):
        path = f"/conversations?list=all&status={status}&inbox_id={inbox}&limit=100"
        return self.call("GET", path)["items"]

    def thread(self, conversation):
        return self.call("GET", f"/conversations/{conversation}/thread?limit=100")["items"]

    def messages(self, conversation):
        return [e for e in self.thread(conversation) if e["kind"] == "message"]

    def answer(self, conversation, text, **more):
        body = {"kind": "reply", "text": text, "client_id": str(uuid.uuid4())} | more
        return self.call("POST", f"/conversations/{conversation}/messages", body)

    def deliver(self, inbox, raw):
        command = [program(), "deliver", "--inbox", inbox, "--data", str(self.data)]
        return subprocess.run(command, input=raw, capture_output=True, timeout=30).returncode

    def show_log(self):
        print((self.at / "log").read_text(errors="replace")[-6000:], file=sys.stderr)


class Cutter:
    """Stands between the desk and the mail server.  In `mode` cut, the server's answer to a whole
    mail never comes back: the mail has arrived and the desk cannot know.  In hold, the line stays."""

    def __init__(self, port):
        self.server, self.mode, self.held = port, "pass", threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                desk, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server))
            line = {"ended": False}
            threading.Thread(target=self.to_server, args=(desk, server, line), daemon=True).start()
            threading.Thread(target=self.to_desk, args=(desk, server, line), daemon=True).start()

    def to_server(self, desk, server, line):
        tail = b""
        try:
            while chunk := desk.recv(65536):
                tail = (tail + chunk)[-5:]
                if self.mode != "pass" and tail == b"\r\n.\r\n":
                    line["ended"] = True
                server.sendall(chunk)
        except OSError:
            pass
        self.end(server)

    def to_desk(self, desk, server, line):
        try:
            while chunk := server.recv(65536):
                if line["ended"]:
                    self.held.set()
                    if self.mode == "hold":
                        continue
                    break
                desk.sendall(chunk)
        except OSError:
            pass
        self.end(desk)

    @staticmethod
    def end(line):
        """close() alone says nothing to the other side while a thread still reads."""
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        line.close()

    def close(self):
        self.listener.close()


def corpus(name):
    return (CORPUS / f"{name}.eml").read_bytes()


def letter(sender, subject, text="hello", to=SUPPORT, **headers):
    m = EmailMessage(policy=policy.SMTP)
    m["From"], m["To"], m["Subject"] = sender, to, subject
    m["Message-ID"] = headers.pop("message_id", f"<{uuid.uuid4()}@buyer.example>")
    for name, value in headers.items():
        m[name.replace("_", "-")] = value
    m.set_content(text)
    return m.as_bytes()


def read(raw):
    return message_from_bytes(raw, policy=policy.default)


class EndToEnd(unittest.TestCase):
    database = None

    @classmethod
    def setUpClass(cls):
        buyers = {row[1] for row in TWENTY} | {"ann@buyer.example", "bob@buyer.example"}
        cls.mail = Mail([SUPPORT, SECOND, TOKENS, UNSURE, *sorted(buyers)])
        cls.mail.start()
        cls.desk = Desk(cls.mail.certificate, cls.database)
        try:
            cls.desk.init()
            cls.desk.start()
            cls.inbox = cls.connect("Support", SUPPORT, signature="Lamp shop")
            cls.second = cls.connect("Service", SECOND, auto_answer="We have your mail.",
                                     imap_security="starttls", smtp_security="tls")
        except BaseException:
            cls.desk.show_log()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.desk.stop()
        cls.mail.stop()

    @classmethod
    def connect(cls, name, address, **more):
        tls = more.get("imap_security", "tls")
        out = more.get("smtp_security", "starttls")
        settings = {
            "address": address, "imap_host": "localhost", "imap_security": tls,
            "imap_port": cls.mail.ports["imaps" if tls == "tls" else "imap"],
            "imap_password": PASSWORD, "smtp_host": "localhost", "smtp_security": out,
            "smtp_port": cls.mail.ports["submission" if out == "starttls" else "smtps"],
            "fetch_old": True, "keep_sent": True, "poll_seconds": 5,
        } | more
        made = cls.desk.call("POST", "/inboxes", {"name": name, "channel": "email",
                                                  "settings": settings})
        return made["id"]

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            self.desk.show_log()

    def tearDown(self):
        """A test that failed half-way leaves the servers to the next one."""
        if not self.mail.dovecot:
            self.mail.start_imap()
        if not self.mail.postfix:
            self.mail.start_smtp()

    # -- helpers -----------------------------------------------------------------------------------

    def wait(self, what, seconds, find):
        """find() until it gives something."""
        got = []

        def true():
            got[:] = [find()]
            return bool(got[0])

        wait_until(true, seconds, what)
        return got[0]

    def conversation_of(self, email, inbox=None, seconds=60, subject=None):
        def find():
            for card in self.desk.conversations(inbox or self.inbox):
                customer = self.desk.call("GET", f"/customers/{card['customer']['id']}")
                if customer["email"] == email and subject in (None, card["subject"]):
                    return card
            return None

        try:
            return self.wait(f"a conversation of {email}", seconds, find)
        except TimeoutError as e:
            link = self.link(inbox or self.inbox)
            raise TimeoutError(f"{e}; the mailbox: {link}") from None

    def state_of(self, conversation, entry, states, seconds=60):
        last = {}

        def find():
            for e in self.desk.thread(conversation):
                if e["id"] == entry:
                    last.update(e)
            return last if last.get("state") in states else None

        try:
            return self.wait(f"entry {entry} to be {states}", seconds, find)
        except TimeoutError as e:
            raise TimeoutError(f"{e}: {last.get('state')} {last.get('state_key')} "
                               f"{last.get('state_arg')}") from None

    def answered(self, conversation, text, **more):
        made = self.desk.answer(conversation, text, **more)
        return self.state_of(conversation, made["id"], ("sent",))

    # -- the tests, in order -----------------------------------------------------------------------

    def test_01_twenty_mails_arrive(self):
        for name, sender, _, _ in TWENTY:
            self.mail.send(sender, [SUPPORT], corpus(name))
        cards = self.wait("twenty conversations", 60,
                          lambda: (lambda c: c if len(c) >= 20 else None)(
                              self.desk.conversations(self.inbox)))
        self.assertEqual(len(cards), 20)
        by_subject = {card["subject"]: card for card in cards}
        for name, _, subject, words in TWENTY:
            with self.subTest(name):
                card = by_subject[subject]
                first = self.desk.messages(card["id"])
                self.assertEqual(len(first), 1)
                self.assertIn(words, first[0]["text"])
                self.assertEqual(first[0]["direction"], "in")

    def test_02_answer_reaches_the_buyer_and_threads(self):
        for sender, words in (("tanaka@buyer.example", "お問い合わせありがとうございます。"),
                              ("fatima@buyer.example", "نشكركم على رسالتكم."),
                              ("wang.fang@buyer.example", "您好，退款已经提交。")):
            with self.subTest(sender):
                card = self.conversation_of(sender)
                first = self.desk.messages(card["id"])[0]
                self.answered(card["id"], words)
                mail = read(self.mail.wait_for(sender, 1)[0])
                self.assertIn(words, mail.get_body(("plain",)).get_content())
                self.assertIn(words, mail.get_body(("html",)).get_content())
                self.assertIn("Lamp shop", mail.get_body(("plain",)).get_content())
                original = read(corpus({"tanaka": "ja-iso-2022-jp", "fatima": "ar-windows-1256",
                                        "wang.f": "zh-utf8"}[sender[:6]]))
                self.assertEqual(mail["In-Reply-To"], original["Message-ID"])
                self.assertIn(original["Message-ID"], mail["References"])
                self.assertEqual(mail["Subject"], "Re: " + original["Subject"])
                self.assertRegex(mail["Reply-To"], r"support\+c\d+-[a-z0-9]+@shop\.example")
                self.assertEqual(first["direction"], "in")
                rtl = 'dir="rtl"' in mail.get_body(("html",)).get_content()
                self.assertEqual(rtl, sender.startswith("fatima"))

    def test_03_the_buyer_answers_into_the_same_conversation(self):
        sender = "tanaka@buyer.example"
        card = self.conversation_of(sender)
        ours = read(self.mail.read(sender)[0])
        ways = (
            ("by In-Reply-To", SUPPORT, {"In_Reply_To": ours["Message-ID"]}),
            ("by References", SUPPORT, {"References": f"<x@y.example> {ours['Message-ID']}"}),
            ("by token alone", re.search(r"support\+[^>]+", ours["Reply-To"])[0].strip(), {}),
        )
        for n, (what, to, headers) in enumerate(ways):
            with self.subTest(what):
                raw = letter(sender, "まったく別の件名", f"answer {what}", to, **headers)
                self.mail.send(sender, [to], raw)
                self.wait(what, 60, lambda k=n: len(self.desk.messages(card["id"])) == 3 + k)
        forged = "support+c%d-aaaaaaaaaaaa@shop.example" % card["id"]
        self.mail.send("bob@buyer.example", [forged],
                       letter("bob@buyer.example", card["subject"], "forged", forged))
        other = self.conversation_of("bob@buyer.example")
        self.assertNotEqual(other["id"], card["id"])

    def test_04_same_message_id_twice_is_one_message(self):
        raw = letter("ann@buyer.example", "Twice", message_id="<twice@buyer.example>")
        self.mail.send("ann@buyer.example", [SUPPORT], raw)
        card = self.conversation_of("ann@buyer.example", subject="Twice")
        self.mail.send("ann@buyer.example", [SUPPORT], b"Received: again\r\n" + raw)
        self.mail.send("ann@buyer.example", [SUPPORT], letter("ann@buyer.example", "After"))
        self.conversation_of("ann@buyer.example", subject="After")
        twice = [c for c in self.desk.conversations(self.inbox) if c["subject"] == "Twice"]
        self.assertEqual([c["id"] for c in twice], [card["id"]])
        self.assertEqual(len(self.desk.messages(card["id"])), 1)

    def test_05_bounce_marks_the_message(self):
        made = self.desk.call("POST", "/conversations", {
            "inbox_id": self.inbox, "email": "gone@buyer.example", "name": "Gone",
            "subject": "Your order", "text": "Is anybody there?"})

        def bounced():
            for e in self.desk.messages(made["id"]):
                if e["state"] == "bounced":
                    return e
            return None

        entry = self.wait("the bounce", 60, bounced)
        self.assertEqual(entry["state_key"], "mail.bounced")
        self.assertIn("gone@buyer.example", entry["state_arg"])

    def test_06_automatic_answers_are_kept_and_not_answered(self):
        sender = "bob@buyer.example"
        self.mail.send(sender, [SECOND], letter(sender, "First", to=SECOND))
        card = self.conversation_of(sender, self.second, subject="First")
        answer = read(self.mail.wait_for(sender, 1)[-1])
        self.assertEqual(answer["Auto-Submitted"], "auto-replied")
        self.assertIn("We have your mail.", answer.get_body(("plain",)).get_content())
        self.assertTrue(any(e["automatic"] for e in self.desk.messages(card["id"])))
        # His machine answers ours, and he writes once more: neither is answered today.
        away = letter(sender, "Out of office", "away", SECOND, In_Reply_To=answer["Message-ID"],
                      Auto_Submitted="auto-replied")
        self.mail.send(sender, [SECOND], away)
        self.mail.send(sender, [SECOND], letter(sender, "Second", to=SECOND))
        self.conversation_of(sender, self.second, subject="Second")
        self.wait("his automatic answer", 60, lambda: len(self.desk.messages(card["id"])) == 3)
        time.sleep(2)
        self.assertEqual(len(self.mail.read(sender)), 1)

    def test_07_server_away_nothing_missing(self):
        self.mail.stop_imap()
        self.wait("the failure to be shown", 60, lambda: self.link(self.inbox)["state"] == "failing")
        self.assertRegex(self.link(self.inbox)["last_error_key"], r"^mail\.error\.")
        for n in range(5):
            self.mail.send("ann@buyer.example", [SUPPORT], letter("ann@buyer.example", f"Away {n}"))
        self.mail.start_imap()
        self.desk.call("POST", f"/inboxes/{self.inbox}/check")
        for n in range(5):
            self.conversation_of("ann@buyer.example", subject=f"Away {n}", seconds=60)
        self.wait("the mailbox to be well again", 60,
                  lambda: self.link(self.inbox)["state"] == "ok")

    def test_08_sending_waits_for_the_server(self):
        card = self.conversation_of("marie@buyer.example")
        self.mail.stop_smtp()
        made = self.desk.answer(card["id"], "Bonjour, c'est en route.")
        self.state_of(card["id"], made["id"], ("queued",), 60)
        self.mail.start_smtp()
        self.state_of(card["id"], made["id"], ("sent",), 60)
        self.assertEqual(len(self.mail.wait_for("marie@buyer.example", 1)), 1)

    def test_09_program_away_nothing_missing(self):
        self.desk.stop(signal.SIGKILL)
        for n in range(5):
            self.mail.send("ann@buyer.example", [SUPPORT], letter("ann@buyer.example", f"Down {n}"))
        self.assertEqual(self.desk.deliver("Support", b"From: a@b.example\n\nx"), 75)
        self.desk.start()
        for n in range(5):
            self.conversation_of("ann@buyer.example", subject=f"Down {n}", seconds=60)
        subjects = [c["subject"] for c in self.desk.conversations(self.inbox)]
        self.assertEqual(len([s for s in subjects if s.startswith("Down")]), 5)

    def test_10_copy_in_sent(self):
        kept = self.mail.wait_for(SUPPORT, 3, "Sent")
        self.assertIn("お問い合わせありがとうございます。",
                      "".join(read(raw).get_body(("plain",)).get_content() for raw in kept))

    def test_11_deliver_from_a_pipe(self):
        raw = letter("bob@buyer.example", "By pipe")
        self.assertEqual(self.desk.deliver("Support", raw), 0)
        self.assertEqual(self.desk.deliver("Support", raw), 0)
        self.conversation_of("bob@buyer.example", subject="By pipe")
        self.assertEqual(self.desk.deliver(SUPPORT, letter("bob@buyer.example", "Pipe 2")), 0)
        self.conversation_of("bob@buyer.example", subject="Pipe 2")
        self.assertEqual(self.desk.deliver("Nobody", raw), 67)
        self.assertEqual(self.desk.deliver("Support", b""), 65)
        pipes = [c for c in self.desk.conversations(self.inbox) if c["subject"] == "By pipe"]
        self.assertEqual(len(pipes), 1)

    def test_12_quarantine_keeps_what_cannot_be_read(self):
        parts = "".join("--b\r\n\r\nx\r\n" for _ in range(300))
        raw = ("From: ann@buyer.example\r\nSubject: many parts\r\nMIME-Version: 1.0\r\n"
               f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n").encode()
        self.mail.send("ann@buyer.example", [SUPPORT], raw)
        row = self.wait("the quarantine", 60, lambda: self.desk.call("GET", "/quarantine")["items"])
        self.assertEqual(row[0]["error_key"], "email.too_many_parts")
        self.desk.call("POST", f"/quarantine/{row[0]['id']}/retry")
        self.wait("a second try", 60, lambda: [
            r for r in self.desk.call("GET", "/quarantine")["items"] if r["tries"] >= 2])
        self.desk.call("DELETE", f"/quarantine/{row[0]['id']}")
        self.assertEqual(self.desk.call("GET", "/quarantine")["items"], [])

    def test_13_attachments_both_ways(self):
        m = EmailMessage(policy=policy.SMTP)
        m["From"], m["To"], m["Subject"] = "ann@buyer.example", SUPPORT, "Photo"
        m["Message-ID"] = "<photo@buyer.example>"
        m.set_content("See the photo.")
        png = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
                               "WjR9awAAAABJRU5ErkJggg==")
        m.add_attachment(png, maintype="image", subtype="png", filename="破损的杯子.png")
        self.mail.send("ann@buyer.example", [SUPPORT], m.as_bytes())
        card = self.conversation_of("ann@buyer.example", subject="Photo")
        file = self.desk.messages(card["id"])[0]["attachments"][0]
        self.assertEqual((file["name"], file["type"], file["size"]), ("破损的杯子.png", "image/png", len(png)))
        before = len(self.mail.read("ann@buyer.example"))
        self.answered(card["id"], "Here it is again.", attachment_ids=[file["id"]])
        mail = read(self.mail.wait_for("ann@buyer.example", before + 1)[-1])
        back = list(mail.iter_attachments())
        self.assertEqual([(f.get_filename(), f.get_content()) for f in back], [("破损的杯子.png", png)])

    def test_14_test_mail_and_reply_all(self):
        job = self.desk.call("POST", f"/inboxes/{self.inbox}/test", {"to": "bob@buyer.example"})
        self.wait("the test mail", 60,
                  lambda: self.desk.call("GET", f"/jobs/{job['job_id']}")["state"] == "done")
        self.wait("it in the mailbox", 60, lambda: any(
            "Test" in read(raw)["Subject"] for raw in self.mail.read("bob@buyer.example")))
        card = self.conversation_of("nikos@buyer.example")
        self.answered(card["id"], "Καλημέρα", to=["nikos@buyer.example"], cc=["bob@buyer.example"])
        mail = read(self.mail.wait_for("nikos@buyer.example", 1)[-1])
        self.assertEqual(mail["Cc"], "bob@buyer.example")

    def test_15_wrong_password_is_said_in_words(self):
        inbox = self.connect("Wrong", "wrong@shop.example", imap_password="no")
        self.wait("the refusal", 60,
                  lambda: self.link(inbox)["last_error_key"] == "mail.error.auth")
        self.desk.call("PATCH", f"/inboxes/{inbox}", {"version": self.version(inbox), "active": False})

    def test_16_access_tokens(self):
        sender, address = "bob@buyer.example", TOKENS
        inbox = self.connect(
            "Tokens", address, imap_password="", auth="oauth", oauth_provider="other",
            oauth_token_url=f"http://127.0.0.1:{self.mail.ports['oauth']}/token",
            oauth_client_id="desk", oauth_client_secret="x", oauth_refresh_token="refresh-" + address)
        self.mail.send(sender, [address], letter(sender, "By token", to=address))
        card = self.conversation_of(sender, inbox)
        self.mail.tokens.expire()
        before = len(self.mail.read(sender))
        self.answered(card["id"], "Signed in with a token.")
        self.assertEqual(len(self.mail.wait_for(sender, before + 1)), before + 1)

    def test_17_what_may_have_been_sent_is_shown_as_unknown(self):
        sender, address = "ann@buyer.example", UNSURE
        cutter = Cutter(self.mail.ports["smtp"])
        self.addCleanup(cutter.close)
        inbox = self.connect("Unsure", address, smtp_security="none", smtp_port=cutter.port,
                             smtp_user="-", resend_unknown=False)
        self.mail.send(sender, [address], letter(sender, "Unsure", to=address))
        card = self.conversation_of(sender, inbox, 40)
        self.mail.empty(sender)
        cutter.mode = "cut"
        made = self.desk.answer(card["id"], "Once or twice?")
        entry = self.state_of(card["id"], made["id"], ("unknown",))
        self.assertEqual(entry["state_key"], "mail.error.lost")
        cutter.mode = "pass"
        self.desk.call("POST", f"/conversations/{card['id']}/messages/{made['id']}/retry")
        self.state_of(card["id"], made["id"], ("sent",))
        ids = {read(raw)["Message-ID"] for raw in self.mail.wait_for(sender, 2)}
        self.assertEqual(len(ids), 1, "sent again under another id")

        # Killed between "taken" and "written down".
        cutter.mode = "hold"
        cutter.held.clear()
        made = self.desk.answer(card["id"], "And killed?")
        self.assertTrue(cutter.held.wait(20))
        self.desk.stop(signal.SIGKILL)
        self.desk.start()
        entry = self.state_of(card["id"], made["id"], ("unknown",))
        self.assertEqual(entry["state_key"], "job.lost")
        self.desk.call("POST", f"/conversations/{card['id']}/messages/{made['id']}/settle",
                       {"sent": True})
        self.state_of(card["id"], made["id"], ("sent",))
        self.assertEqual(len(self.mail.wait_for(sender, 3)), 3)

    def test_18_whom_an_answer_goes_to(self):
        sender = "ann@buyer.example"
        first = letter('"Miller, Ann" <ann@buyer.example>', "Reply all",
                       to=f"{SUPPORT}, kim@buyer.example", Cc="lee@buyer.example")
        self.mail.send(sender, [SUPPORT], first)
        card = self.conversation_of(sender, subject="Reply all")
        self.mail.empty(sender)
        self.answered(card["id"], "Thank you.")
        ours = read(self.mail.wait_for(sender, 1)[0])
        token = re.search(r"support\+[^>]+", ours["Reply-To"])[0].strip()
        again = letter('"Miller, Ann" <ann@buyer.example>', "Re: Reply all",
                       to=f"{token}, kim@buyer.example", Cc="lee@buyer.example")
        self.mail.send(sender, [token], again)
        late = letter("MAILER-DAEMON@mx.example", "Delayed Mail (still being retried)",
                      "4.4.1 will retry", Auto_Submitted="auto-replied",
                      In_Reply_To=ours["Message-ID"])
        self.mail.send("", [SUPPORT], late)
        self.wait("both mails", 60, lambda: len(self.desk.messages(card["id"])) == 4)
        whole = self.desk.call("GET", f"/conversations/{card['id']}")
        self.assertEqual(whole["reply_to"], ["ann@buyer.example"])
        self.assertEqual(whole["reply_cc"], ["kim@buyer.example", "lee@buyer.example"])

    def test_19_too_large_a_mail_stops_nothing(self):
        sender = "ann@buyer.example"
        huge = letter(sender, "Huge") + b"x" * 76 + b"\r\n"
        huge += (b"y" * 76 + b"\r\n") * (41 * 1024 * 1024 // 78)
        self.mail.append(SUPPORT, huge)
        self.mail.append(SUPPORT, letter(sender, "After the huge one"))
        self.conversation_of(sender, subject="After the huge one", seconds=60)
        rows = self.desk.call("GET", "/quarantine")["items"]
        self.assertEqual([row["error_key"] for row in rows], ["email.too_large"])
        self.desk.call("DELETE", f"/quarantine/{rows[0]['id']}")

    def test_20_a_mail_the_server_will_not_give_is_shown_and_tried_again(self):
        sender = "bob@buyer.example"
        before = {path for path in (self.mail.at / "mail" / SECOND).rglob("*") if path.is_file()}
        self.desk.stop()
        self.mail.append(SECOND, letter(sender, "Locked", to=SECOND))
        locked = [path for path in (self.mail.at / "mail" / SECOND).rglob("*")
                  if path.is_file() and path not in before and b"Subject: Locked" in path.read_bytes()]
        locked[0].chmod(0)
        self.mail.append(SECOND, letter(sender, "Behind it", to=SECOND))
        self.desk.start()
        self.conversation_of(sender, self.second, subject="Behind it", seconds=90)
        row = self.wait("the quarantine", 60, lambda: self.desk.call("GET", "/quarantine")["items"])[0]
        self.assertEqual(row["error_key"], "email.not_fetched")
        for path in locked[0].parent.parent.rglob(locked[0].name.split(":")[0] + "*"):
            path.chmod(0o600)
        self.desk.call("POST", f"/quarantine/{row['id']}/retry")
        self.conversation_of(sender, self.second, subject="Locked", seconds=60)
        self.assertEqual(self.desk.call("GET", "/quarantine")["items"], [])

    def test_21_a_chat_that_goes_on_by_mail_and_bounces(self):
        chat = self.desk.call("POST", "/inboxes", {"name": "Shop", "channel": "chat",
                                                   "settings": {"mail_inbox_id": self.inbox}})
        visitor = Client(self.desk.port)
        visitor.token = visitor.post(f"/chat/{chat['key']}/start",
                                     {"client_id": uuid.uuid4().hex, "language": "en"})["token"]
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "I must go"})
        visitor.want(204, "POST", "/chat/me/email", {"email": "left@buyer.example"})
        card = self.wait("the chat", 60, lambda: self.desk.conversations(chat["id"]))[0]
        made = self.desk.answer(card["id"], "We found your parcel.")
        self.hurry_chat_mail()
        entry = self.state_of(card["id"], made["id"], ("bounced",), 60)
        self.assertEqual(entry["state_key"], "mail.bounced")
        self.assertIn("left@buyer.example", entry["state_arg"])
        self.assertEqual([c for c in self.desk.conversations(self.inbox) if "MAILER" in c["customer"]["name"]], [])

    def test_22_a_forgotten_password_and_an_invitation_by_mail(self):
        self.desk.call("PATCH", "/settings", {"module": "account", "field": "notice_inbox_id",
                                              "value": str(self.inbox)})
        role = self.desk.call("GET", "/roles")["items"][3]["id"]
        nobody = Client(self.desk.port)
        for sender, locale, words in (("ann@buyer.example", "zh-CN", ("邀请", "密码")),
                                      ("bob@buyer.example", "en", ("invited", "password"))):
            with self.subTest(locale):
                self.mail.empty(sender)
                person = self.desk.call("POST", "/people", {"name": "Guest", "email": sender, "role_id": role,
                                                            "locale": locale})
                self.assertTrue(self.desk.call("POST", f"/people/{person['id']}/invite")["mailed"])
                invite = read(self.mail.wait_for(sender, 1)[0])
                nobody.want(204, "POST", "/session/forgot", {"email": sender.upper()})
                reset = read(self.mail.wait_for(sender, 2)[1])
                for mail, word in ((invite, words[0]), (reset, words[1])):
                    self.assertIn(word, mail["Subject"])
                    self.assertEqual(mail["Auto-Submitted"], "auto-generated")
                    self.assertRegex(mail.get_body(("html",)).get_content(), r'href="[^"]+/set-password#')
                links = [re.search(r"/set-password#(\S+)", mail.get_body(("plain",)).get_content())[1]
                         for mail in (invite, reset)]
                # A stranger's "forgotten" must not end an invitation; a password set ends both links.
                self.assertEqual(nobody.call("POST", "/session/link", {"token": links[0]}).status, 200)
                body = {"token": links[1], "password": "quite a new password"}
                self.assertEqual(nobody.call("POST", "/session/password", body).status, 201)
                for link in links:
                    self.assertEqual(nobody.call("POST", "/session/link", {"token": link}).status, 422)
        self.mail.empty("kim@buyer.example")
        nobody.want(204, "POST", "/session/forgot", {"email": "kim@buyer.example"})
        self.wait("the asking to be over", 60, lambda: self.jobs_over("account_link"))
        self.assertEqual(self.mail.read("kim@buyer.example"), [])

    def jobs_over(self, kind):
        sql = f"SELECT count(*) FROM job WHERE kind = '{kind}' AND state <> 'done'"
        if self.database:
            return subprocess.run(["psql", "-qXAt", self.database, "-c", sql], check=True, capture_output=True,
                                  text=True).stdout.strip() == "0"
        with sqlite3.connect(self.desk.data / "aftersail.db", timeout=20) as db:
            return db.execute(sql).fetchone()[0] == 0

    def hurry_chat_mail(self):
        """The two minutes that a visitor has to come back are over."""
        sql = "UPDATE job SET run_at = 1 WHERE kind = 'chat_mail' AND state = 'queued'"
        if self.database:
            subprocess.run(["psql", "-qX", self.database, "-c", sql], check=True)
        else:
            with sqlite3.connect(self.desk.data / "aftersail.db", timeout=20, isolation_level=None) as db:
                wait_until(lambda: db.execute(sql).rowcount, 60, "the mail to be planned")

    def link(self, inbox):
        return self.desk.call("GET", f"/inboxes/{inbox}")["state"]

    def version(self, inbox):
        return self.desk.call("GET", f"/inboxes/{inbox}")["version"]


class EndToEndOnPostgreSQL(EndToEnd):
    """The same on the other engine, in the empty database that the test runner made."""

    database = os.environ.get("AFTERSAIL_TEST_PGSQL")


if not EndToEndOnPostgreSQL.database:
    del EndToEndOnPostgreSQL


if __name__ == "__main__":
    unittest.main(verbosity=2)
