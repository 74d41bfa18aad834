# SPDX-License-Identifier: Apache-2.0
"""Ways in without a password: an invitation that opens once, a forgotten password that tells nothing."""
import threading
import unittest

from engines import Scenario, both_engines

NEW = "a brand new password"


@both_engines
class Links(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        cls.roles = {r["name"]: r["id"] for r in cls.admin.get("/roles")["items"]}

    def add(self, name, **more):
        body = {"name": name, "email": f"{name}@desk.example", "role_id": self.roles["agent"], **more}
        return self.admin.post("/people", body)

    def invite(self, person):
        made = self.admin.post(f"/people/{person['id']}/invite")
        return made, made["url"].split("#")[1]

    def opens(self, token):
        return self.desk.nobody().call("POST", "/session/link", {"token": token}).status == 200

    def use(self, token, password=NEW):
        return self.desk.nobody().call("POST", "/session/password", {"token": token, "password": password})

    def test_an_invitation_opens_once(self):
        person = self.add("ines")
        made, token = self.invite(person)
        self.assertIn(f"http://127.0.0.1:{self.desk.port}/set-password#", made["url"])
        self.assertFalse(made["mailed"])
        seen = self.desk.nobody().post("/session/link", {"token": token}, status=200)
        self.assertEqual((seen["kind"], seen["email"]), ("invite", "ines@desk.example"))
        self.assertEqual(self.use(token, "short").status, 422)
        answers = []
        both = [threading.Thread(target=lambda: answers.append(self.use(token))) for _ in range(2)]
        for t in both:
            t.start()
        for t in both:
            t.join()
        self.assertEqual(sorted(a.status for a in answers), [201, 422])
        signed_in = next(a for a in answers if a.status == 201)
        self.assertIn("aftersail=", signed_in.headers["Set-Cookie"])
        self.assertEqual(signed_in.json["person"]["email"], "ines@desk.example")
        self.assertFalse(self.opens(token))
        self.desk.sign_in("ines@desk.example", NEW)

    def test_what_ends_a_link(self):
        person = self.add("otto", password="the old password")
        _, first = self.invite(person)
        _, second = self.invite(person)
        self.assertFalse(self.opens(first), "a newer one takes its place")
        forged = second[:-1] + ("0" if second[-1] != "0" else "1")
        self.assertFalse(self.opens(forged))
        self.assertFalse(self.opens(f"{int(second.split('.')[0]) + 1}.{second.split('.')[1]}"))
        self.admin.want(204, "POST", f"/people/{person['id']}/password", {"password": "set by a colleague"})
        self.assertFalse(self.opens(second), "the password was set another way")
        _, third = self.invite(person)
        self.age(person)
        self.assertFalse(self.opens(third), "a week is over")
        _, fourth = self.invite(person)
        now = self.admin.get(f"/people/{person['id']}")
        self.admin.patch(f"/people/{person['id']}", {"version": now["version"], "active": False})
        self.assertFalse(self.opens(fourth), "switched off")
        self.assertEqual(self.admin.call("POST", f"/people/{person['id']}/invite").status, 409)

    def age(self, person):
        """The row is made old; its signature covers the date, so this alone would end it, too."""
        self.desk.sql(f"UPDATE person_link SET expires_at = 1 WHERE person_id = {person['id']}")

    def test_it_signs_out_everywhere_else(self):
        person = self.add("ulla", password="the old password")
        old = self.desk.sign_in("ulla@desk.example", "the old password")
        _, token = self.invite(person)
        self.assertEqual(self.use(token).status, 201)
        self.assertEqual(old.call("GET", "/session").status, 401)
        self.assertEqual(self.desk.nobody().call("POST", "/session", {
            "email": "ulla@desk.example", "password": "the old password"}).status, 401)

    def test_nobody_invites_above_himself(self):
        self.add("lead", role_id=self.roles["manager"], password="the old password")
        manager = self.desk.sign_in("lead@desk.example", "the old password")
        me = self.admin.get("/session")["person"]["id"]
        self.assertEqual(manager.call("POST", f"/people/{me}/invite").status, 403)

    def test_nobody_becomes_who_sees_more(self):
        """An invitation lets its maker in as the one invited: only who sees all that he sees may make it."""
        a, b = [self.admin.post("/inboxes", {"name": n, "channel": "chat"})["id"] for n in ("Here", "Elsewhere")]
        self.add("local", role_id=self.roles["manager"], password="the old password", inbox_ids=[a])
        manager = self.desk.sign_in("local@desk.example", "the old password")
        for name, inboxes, status in (("same", {"inbox_ids": [a]}, 201), ("other", {"inbox_ids": [a, b]}, 403),
                                      ("all", {"all_inboxes": True}, 403)):
            person = self.add(name, **inboxes)
            with self.subTest(name):
                self.assertEqual(manager.call("POST", f"/people/{person['id']}/invite").status, status)
                self.assertEqual(manager.call("POST", f"/people/{person['id']}/password", {"password": "set by a colleague"}).status,
                                 204 if status == 201 else 403)

    def test_the_table_opens_nothing(self):
        person = self.add("safe")
        _, token = self.invite(person)
        self.assertNotIn(token.split(".")[1], self.desk.sql("SELECT * FROM person_link"))

    def test_forgotten_tells_nothing_and_is_limited(self):
        inbox = self.admin.post("/inboxes", {"name": "Notices", "channel": "email", "settings": {
            "address": "desk@shop.example", "smtp_host": "localhost", "smtp_port": 9}})
        self.assertFalse(self.desk.nobody().get("/welcome")["mails"])
        self.admin.patch("/settings", {"module": "account", "field": "notice_inbox_id", "value": str(inbox["id"])})
        self.assertTrue(self.desk.nobody().get("/welcome")["mails"])
        ask = lambda email: self.desk.nobody().call("POST", "/session/forgot", {"email": email})
        known, unknown = ask("admin@desk.example"), ask("stranger@desk.example")
        self.assertEqual((known.status, known.data), (204, b""))
        self.assertEqual((unknown.status, unknown.data), (204, b""))
        self.desk.sign_in()  # nothing has changed yet
        for email in ("admin@desk.example", "stranger@desk.example"):
            self.assertEqual([ask(email).status for _ in range(3)], [204, 204, 429])


if __name__ == "__main__":
    unittest.main()
