# SPDX-License-Identifier: Apache-2.0
"""Bad input: a clear refusal with a key a person can read, and nothing else changes."""
import hashlib
import hmac
import json
import unittest
import uuid
from pathlib import Path

from engines import Desk, Scenario, both_engines
from desk import PASSWORD

TEXTS = json.loads((Path(__file__).resolve().parents[2] / "i18n" / "en.json").read_text())


@both_engines
class Input(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        cls.inbox = cls.admin.post("/inboxes", {"name": "chat", "channel": "chat",
                                                "settings": {"identity_secret": "shared-with-the-shop"}})
        cls.visitor = cls.desk.visitor(cls.inbox["key"])
        cls.visitor.post("/chat/me/messages", {"client_id": "first-message", "text": "hello"})
        cls.conversation = cls.admin.get("/conversations?list=all")["items"][0]["id"]

    def refused(self, status, key, method, path, body, **kw):
        a = self.admin.call(method, path, body, **kw)
        self.assertEqual((a.status, a.json["key"]), (status, key), a.data)
        self.assertIn(key, TEXTS, "nobody could read it")
        self.assertEqual(a.headers["Content-Type"], "application/problem+json")
        self.assertTrue(a.json["request_id"])
        return a.json

    def test_bodies(self):
        deep = b'{"name":' + b"[" * 40 + b"]" * 40 + b"}"
        large = json.dumps({"name": "x" * (1 << 21)}).encode()
        head = {"Content-Type": "application/json"}
        rows = [
            ("not JSON", b"{", 400, "error.json_malformed"),
            ("too deep", deep, 400, "error.json_deep"),
            ("invalid UTF-8", b'{"name":"\xff\xfe"}', 400, "error.json_malformed"),
            ("a name twice", b'{"name":"a","name":"b"}', 400, "error.json_malformed"),
            ("a list", b"[]", 422, "error.type_object"),
            ("a wrong type", b'{"name":7}', 422, "error.type_text"),
            ("missing", b"{}", 422, "error.field_missing"),
            ("null", b'{"name":null}', 422, "error.field_null"),
            ("too long", json.dumps({"name": "x" * 61}).encode(), 422, "error.text_long"),
            ("empty", b'{"name":"  "}', 422, "error.field_empty"),
            ("a NUL", b'{"name":"a\\u0000b"}', 400, "error.json_malformed"),
            ("not in the shape", b'{"name":"a","nmae":"b"}', 422, "error.field_unknown"),
        ]
        before = self.admin.get("/tags")
        for what, body, status, key in rows:
            with self.subTest(what):
                self.refused(status, key, "POST", "/tags", body, headers=head)
        self.assertEqual(self.admin.call("POST", "/tags", large, headers=head).status, 413)
        self.refused(415, "error.media_type", "POST", "/tags", b"name=a", headers={"Content-Type": "text/plain"})
        self.assertEqual(self.admin.get("/tags"), before)

    def test_queries(self):
        for what, query, key in [("a word for a number", "limit=many", "error.type_int"),
                                 ("out of bounds", "limit=5000", "error.number_range"),
                                 ("no such choice", "status=lost", "error.not_a_choice"),
                                 ("no such parameter", "colour=red", "error.field_unknown"),
                                 ("a cursor of nobody's", "after=zzz", "error.cursor")]:
            with self.subTest(what):
                self.refused(422, key, "GET", "/conversations?" + query, None)

    def test_cursors_that_no_page_gave(self):
        one = self.admin.get(f"/conversations/{self.conversation}")
        for path in (f"/conversations/{one['id']}/thread?before=zzz", f"/conversations/{one['id']}/history?after=-1",
                     f"/customers/{one['customer']['id']}/timeline?after=0", "/search?q=hello&after=zzz",
                     "/customers?after=zzz", "/customers?q=a&after=zzz", "/quarantine?after=zzz"):
            with self.subTest(path):
                self.refused(422, "error.cursor", "GET", path, None)
        # A chat window that knows no message yet asks for those after 0.
        self.assertEqual(self.visitor.call("GET", "/chat/me/messages?after=0").status, 200)
        a = self.visitor.call("GET", "/chat/me/messages?after=zzz")
        self.assertEqual((a.status, a.json["key"]), (422, "error.cursor"))

    def test_things_that_are_not_there(self):
        path = f"/conversations/{self.conversation}"
        version = self.admin.get(path)["version"]
        tag = self.admin.post("/tags", {"name": "twice"})["id"]
        self.refused(422, "inbox.tag_unknown", "PATCH", path, {"version": version, "tag_ids": [tag, 999999]})
        one = self.admin.patch(path, {"version": version, "tag_ids": [tag, tag]})
        self.assertEqual(one["tag_ids"], [tag])
        lines = [e["event"]["kind"] for e in self.admin.get(path + "/thread")["items"] if e["kind"] == "event"]
        self.assertEqual(lines.count("tagged"), 1)
        for zone in ("Nowhere/Land", "America", "../../etc/passwd"):
            self.refused(422, "account.zone_unknown", "PATCH", "/me", {"zone": zone})
            self.refused(422, "account.zone_unknown", "POST", "/customers", {"name": "Ana", "zone": zone})

    def test_nobody_has_seen_what_is_not_said_yet(self):
        who = self.desk.visitor(self.inbox["key"])
        mine = who.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "anybody there?"})
        who.post("/chat/me/seen", {"up_to": 1 << 50}, 204)
        one = next(c["id"] for c in self.admin.get("/conversations?list=all")["items"] if "anybody" in c["snippet"])
        said = self.admin.post(f"/conversations/{one}/messages", {"kind": "reply", "text": "yes"})
        self.assertGreater(said["id"], mine["id"])
        state = [e for e in self.admin.get(f"/conversations/{one}/thread")["items"] if e["id"] == said["id"]][0]["state"]
        self.assertNotEqual(state, "read")

    def test_what_is_nothing(self):
        one = self.admin.get(f"/conversations/{self.conversation}")
        path, person = f"/conversations/{one['id']}", self.admin.get("/people")["items"][0]
        customer = f"/customers/{one['customer']['id']}"
        team = self.admin.post("/teams", {"name": "input"})
        soon = 1 + 2**41
        rows = [
            ("POST", "/customers", {"name": "Ana", "country": "ZZ"}, "error.country"),
            ("POST", "/customers", {"name": "Ana", "country": "de"}, "error.country"),
            ("POST", "/customers", {"name": "Ana", "language": "!!"}, "error.language"),
            ("POST", "/customers", {"name": "Ana", "language": "qq-DE"}, "error.language"),
            ("POST", "/customers", {"name": "A\nB"}, "error.text_lines"),
            ("POST", "/customers", {"name": "A\u2028B"}, "error.text_lines"),
            ("POST", "/customers", {"name": "A\u0007B"}, "error.text_lines"),
            ("POST", "/customers", {"name": "\u200b\u00a0"}, "error.field_empty"),
            ("POST", customer + "/notes", {"text": "\u00a0 \u200b\n"}, "error.field_empty"),
            ("POST", "/tags", {"name": "red\u001b[31m"}, "error.text_lines"),
            ("POST", "/teams", {"name": "x", "member_ids": [999999]}, "account.unknown"),
            ("PATCH", f"/teams/{team['id']}", {"version": team["version"], "member_ids": [999999]}, "account.unknown"),
            ("POST", "/inboxes", {"name": "y", "channel": "chat", "member_ids": [999999]}, "account.unknown"),
            ("PATCH", f"/people/{person['id']}", {"version": 1, "team_ids": [999999]}, "account.team_unknown"),
            ("PATCH", path, {"version": one["version"], "subject": "two\nlines"}, "error.text_lines"),
            ("PATCH", path, {"version": one["version"], "snoozed_until": soon}, "inbox.snooze_status"),
            ("PATCH", path, {"version": one["version"], "status": "open", "snoozed_until": soon}, "inbox.snooze_status"),
            ("POST", path + "/messages", {"kind": "note", "text": "\u200b"}, "error.field_empty"),
            ("POST", path + "/messages", {"kind": "reply", "text": "\u00a0\u3000\n"}, "error.field_empty"),
            ("POST", path + "/messages", {"kind": "reply", "text": "hi", "to": ["a@x.example, b@y.example"]}, "error.email"),
            ("POST", path + "/messages", {"kind": "reply", "text": "hi", "cc": ["nobody"]}, "error.email"),
        ]
        for method, where, body, key in rows:
            with self.subTest(body=body):
                self.refused(422, key, method, where, body)
        for language in ("<script>", "!!", "english"):
            a = self.admin.call("POST", f"/chat/{self.inbox['key']}/start", {"client_id": uuid.uuid4().hex, "language": language})
            self.assertEqual((a.status, a.json["key"]), (422, "error.language"))
        a = self.visitor.call("POST", "/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "\u200b\u00a0"})
        self.assertEqual((a.status, a.json["key"]), (422, "error.field_empty"))
        self.assertEqual(self.admin.get(path)["version"], one["version"])
        self.assertFalse([t for t in self.admin.get("/teams")["items"] if t["name"] == "x"])

    def test_what_is_unusual_but_something(self):
        for body in ({"name": "Zoë O\u2019Neil", "country": "XK", "language": "zh-Hant-TW"},
                     {"name": "\u200f\u0645\u0631\u064a\u0645", "country": "", "language": ""},
                     {"name": "😀", "country": "TW", "language": "fil"}):
            with self.subTest(body=body):
                made = self.admin.post("/customers", body)
                self.assertEqual([made[k] for k in body], list(body.values()))
        self.admin.post(f"/conversations/{self.conversation}/messages",
                        {"kind": "note", "text": "two\nlines\tand a tab\u000b"})

    def test_addresses(self):
        self.refused(404, "inbox.unknown", "GET", "/conversations/999999", None)
        self.refused(404, "error.no_route", "GET", "/conversations/none", None)
        self.refused(404, "error.no_route", "GET", "/nothing", None)
        self.refused(404, "error.method", "DELETE", "/conversations", None)

    def test_a_stale_version_changes_nothing(self):
        c = self.admin.get(f"/conversations/{self.conversation}")
        self.refused(409, "error.version", "PATCH", f"/conversations/{c['id']}",
                     {"version": c["version"] + 7, "priority": "urgent"})
        self.assertEqual(self.admin.get(f"/conversations/{c['id']}")["priority"], c["priority"])

    def test_one_key_is_one_reply(self):
        head = {"Idempotency-Key": uuid.uuid4().hex}
        first = self.admin.call("POST", "/teams", {"name": "north"}, headers=head)
        again = self.admin.call("POST", "/teams", {"name": "north"}, headers=head)
        self.assertEqual((first.status, first.data, first.headers["Location"]),
                         (again.status, again.data, again.headers["Location"]))
        self.assertEqual(len([t for t in self.admin.get("/teams")["items"] if t["name"] == "north"]), 1)
        self.refused(422, "error.idempotency_reused", "POST", "/teams", {"name": "south"}, headers=head)

    def test_one_key_is_one_upload(self):
        head = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "text/plain"}
        first, again, other = (self.admin.call("POST", "/uploads?name=a.txt", body, headers=head)
                               for body in (b"one", b"one", b"another"))
        self.assertEqual((first.status, first.data), (201, again.data))
        self.assertEqual((other.status, other.json["key"]), (422, "error.idempotency_reused"))

    def test_another_site_cannot_act(self):
        a = self.admin.call("POST", "/tags", {"name": "stolen"}, headers={"Origin": "https://evil.example"})
        self.assertEqual((a.status, a.json["key"]), (403, "error.origin"))

    def test_an_answer_over_what_was_not_seen(self):
        c = self.admin.get(f"/conversations/{self.conversation}")
        seen = c["last_in_id"]
        self.visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "one more thing"})
        self.refused(409, "inbox.new_messages", "POST", f"/conversations/{c['id']}/messages",
                     {"kind": "reply", "text": "done", "seen_version": seen})

    def test_an_unresolved_variable_blocks(self):
        why = self.refused(422, "inbox.unresolved_variable", "POST", f"/conversations/{self.conversation}/messages",
                           {"kind": "reply", "text": "Dear {{customer.nickname}}"})
        self.assertEqual(why["arg"], "customer.nickname")
        why = self.refused(422, "inbox.unresolved_variable", "POST", f"/conversations/{self.conversation}/messages",
                           {"kind": "reply", "text": "Dear {{ customer.name"})
        self.assertEqual(why["arg"], "customer.name")

    def test_hostile_file_names(self):
        for name, kept in [("../../etc/passwd", "passwd"), ("a%00b.txt", None), ("%E2%80%AEgpj.exe", "gpj.exe"),
                           ("..%5C..%5Cboot.ini", "boot.ini"), ("%3Cscript%3E.html", "_script_.html"), ("....", "file")]:
            with self.subTest(name):
                a = self.admin.call("POST", "/uploads?name=" + name, b"data", headers={"Content-Type": "text/html"})
                if kept is None:
                    self.assertIn(a.status, (400, 422))
                    continue
                self.assertEqual((a.status, a.json["name"]), (201, kept), a.data)
                self.assertEqual(a.json["type"], "application/octet-stream")
                served = self.admin.call("GET", f"/files/{a.json['id']}")
                self.assertTrue(served.headers["Content-Disposition"].startswith("attachment"))
                self.assertIn("sandbox", served.headers["Content-Security-Policy"])

    def test_the_same_bytes_are_kept_once(self):
        a, b = (self.admin.upload(f"/uploads?name={n}", b"same bytes" * 1000) for n in ("a.bin", "b.bin"))
        self.assertNotEqual(a["id"], b["id"])
        digest = hashlib.sha256(b"same bytes" * 1000).hexdigest()
        self.assertEqual(len(list((Path(self.desk.data) / "blobs").rglob(digest[2:]))), 1)

    def test_forged_identities(self):
        path, who = f"/chat/{self.inbox['key']}/start", "customer-17"
        good = hmac.new(b"shared-with-the-shop", who.encode(), hashlib.sha256).hexdigest()
        nobody = self.desk.nobody()

        def start(**more):
            return nobody.call("POST", path, {"client_id": uuid.uuid4().hex, "language": "en", **more})

        for forged in ("0" * 64, good[:-1] + ("0" if good[-1] != "0" else "1"), ""):
            a = start(identity=who, identity_hash=forged)
            self.assertEqual((a.status, a.json["key"]), (403, "chat.identity_forged"))
        self.assertEqual(start(identity=who, identity_hash=good).status, 201)
        token = start().json["token"]
        number, mac = token.split(".")
        stranger = self.desk.nobody()
        stranger.token = f"{int(number) - 1}.{mac}"
        self.assertEqual(stranger.call("GET", "/chat/me/messages").status, 401)

    def test_typing_an_address_does_not_make_one_its_owner(self):
        owner = self.admin.post("/customers", {"name": "Owner", "email": "owner@buyer.example"})
        visitor = self.desk.visitor(self.inbox["key"], email="owner@buyer.example")
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "it is me"})
        self.assertEqual(self.admin.get(f"/customers/{owner['id']}")["conversation_count"], 0)

    def test_sign_in_is_slowed_down(self):
        wrong = {"email": "who@desk.example", "password": "wrong password"}
        answers = [self.desk.nobody().call("POST", "/session", wrong, headers={"Accept-Language": "zh-CN,en"})
                   for _ in range(12)]
        self.assertEqual(answers[0].status, 401)
        self.assertEqual(answers[-1].status, 429)
        wait = int(answers[-1].headers["Retry-After"])
        self.assertTrue(60 < wait <= 90, wait)  # ten in a quarter of an hour
        self.assertEqual(answers[-1].json["detail"], f"尝试次数过多，请等待 {wait} 秒后再试。")

    def test_a_stranger_keeps_nobody_out(self):
        """Guessing wrong for somebody's address closes the stranger's door, not the owner's."""
        with Desk(flags=["--trusted-proxies", "127.0.0.1"]) as desk:
            def sign_in(place, password):
                return desk.nobody().call("POST", "/session", {"email": "admin@desk.example", "password": password},
                                          headers={"X-Forwarded-For": place}).status
            self.assertEqual([sign_in("192.0.2.7", "wrong password") for _ in range(12)][-1], 429)
            self.assertEqual(sign_in("192.0.2.7", PASSWORD), 429)
            self.assertEqual(sign_in("198.51.100.2", PASSWORD), 201)


class Cookies(unittest.TestCase):
    def test_the_session_stays_on_tls(self):
        for address, flags in (("https://desk.example", {"HttpOnly", "SameSite=Lax", "Secure"}),
                               ("http://desk.example", {"HttpOnly", "SameSite=Lax"})):
            with self.subTest(address), Desk(flags=("--public-url", address)) as desk:
                a = desk.nobody().call("POST", "/session", {"email": "admin@desk.example", "password": PASSWORD})
                said = {p.strip() for p in a.headers["Set-Cookie"].split(";")}
                self.assertEqual(said & {"HttpOnly", "SameSite=Lax", "Secure"}, flags)


if __name__ == "__main__":
    unittest.main()
