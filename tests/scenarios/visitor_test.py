# SPDX-License-Identifier: Apache-2.0
"""A chat token holds while its browser uses it, and lapses when nobody does."""
import hashlib
import hmac
import time
import unittest
import uuid

from engines import Scenario, both_engines, engines_given

DAY = 24 * 3600 * 1000


@both_engines
class Visitor(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        made = cls.admin.post("/inboxes", {"name": "chat", "channel": "chat",
                                           "settings": {"identity_secret": "s3cret", "visitor_days": 30}})
        cls.key = made["key"]

    def begin(self, client_id, status=201, **more):
        body = {"client_id": client_id, "language": "en", **more}
        return self.desk.nobody().post(f"/chat/{self.key}/start", body, status=status)

    def rest(self, visitor_id, days):
        at = int(time.time() * 1000) - days * DAY
        self.desk.sql(f"UPDATE visitor SET used_at = {at} WHERE id = {visitor_id}")

    def reads(self, started, status=200):
        who = self.desk.nobody()
        who.token = started["token"]
        who.get("/chat/me/messages", status=status)
        return who

    def test_used_or_lapsed(self):
        engines_given()
        client = uuid.uuid4().hex
        first = self.begin(client)
        for what in ("begins again", "speaks", "reads on"):
            self.rest(first["visitor_id"], 29)
            who = self.reads(first)
            if what == "begins again":
                self.assertEqual(self.begin(client)["visitor_id"], first["visitor_id"])
            elif what == "speaks":
                who.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "still here"})
            else:
                who.post("/chat/me/seen", {"up_to": 1}, status=204)
            used = int(self.desk.sql(f"SELECT used_at FROM visitor WHERE id = {first['visitor_id']}"))
            self.assertLess(time.time() * 1000 - used, 60000, what)
        self.rest(first["visitor_id"], 32)
        self.reads(first, 401)
        who = self.desk.nobody()
        who.token = first["token"]
        who.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "a thief"}, status=401)
        self.assertEqual(self.begin(client, 401)["key"], "chat.lapsed")
        self.reads(first, 401)
        self.assertNotEqual(self.begin(uuid.uuid4().hex)["visitor_id"], first["visitor_id"])

    def test_a_day_is_a_day_from_the_last_use(self):
        """A use is written down once a day: who was here an hour ago may stand there as of yesterday."""
        made = self.admin.post("/inboxes", {"name": "short", "channel": "chat", "settings": {"visitor_days": 1}})
        visitor = self.desk.visitor(made["key"])
        self.desk.sql(f"UPDATE visitor SET used_at = used_at - {25 * 3600 * 1000}")
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "still here"})
        self.desk.sql(f"UPDATE visitor SET used_at = used_at - {2 * DAY + 60000}")
        visitor.get("/chat/me/messages", status=401)

    def test_a_signature_leads_back_but_no_old_token(self):
        client, name = uuid.uuid4().hex, "buyer-" + uuid.uuid4().hex
        signed = {"identity": name, "identity_hash": hmac.new(b"s3cret", name.encode(), hashlib.sha256).hexdigest()}
        first = self.begin(client, **signed)
        self.rest(first["visitor_id"], 32)
        second = self.begin(client, **signed)
        self.assertNotEqual(second["visitor_id"], first["visitor_id"])
        self.reads(second)
        self.reads(first, 401)
        customers = self.desk.sql("SELECT customer_id FROM visitor WHERE id IN"
                                  f" ({first['visitor_id']}, {second['visitor_id']})").split()
        self.assertEqual(len(set(customers)), 1)


if __name__ == "__main__":
    unittest.main()
