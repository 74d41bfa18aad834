# SPDX-License-Identifier: Apache-2.0
"""The list of a tag is in order, whatever happens to its conversations."""
import unittest
import uuid

from engines import Scenario, both_engines, engines_given


@both_engines
class Tagged(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        cls.key = cls.admin.post("/inboxes", {"name": "chat", "channel": "chat"})["key"]
        cls.tag = cls.admin.post("/tags", {"name": "late"})["id"]

    def open(self):
        visitor = self.desk.visitor(self.key)
        self.say(visitor)
        return visitor, max(c["id"] for c in self.admin.get("/conversations?list=all")["items"])

    def say(self, visitor):
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "hello"})

    def change(self, conversation, **what):
        version = self.admin.get(f"/conversations/{conversation}")["version"]
        self.admin.patch(f"/conversations/{conversation}", {"version": version, **what})

    def listed(self, more=""):
        path = f"/conversations?list=all&tag_id={self.tag}{more}"
        return [c["id"] for c in self.admin.get(path)["items"]]

    def test_follows(self):
        engines_given()
        (first, a), (_, b), (_, c) = (self.open() for _ in range(3))
        self.open()
        for one in (a, b, c):
            self.change(one, tag_ids=[self.tag])
        self.assertEqual(self.listed(), [c, b, a])
        self.say(first)
        self.assertEqual(self.listed(), [a, c, b])
        self.assertEqual(self.listed("&order=oldest"), [b, c, a])
        self.assertEqual(self.listed("&order=waiting"), [a, b, c])
        self.change(b, priority="urgent")
        self.assertEqual(self.listed("&order=priority"), [b, a, c])
        self.change(a, status="resolved")
        self.assertEqual(self.listed(), [c, b])
        self.assertEqual(self.listed("&status=resolved"), [a])
        self.say(first)
        self.assertEqual(self.listed(), [a, c, b])
        me = self.admin.get("/session")["person"]["id"]
        self.change(c, assignee_id=me)
        mine = self.admin.get(f"/conversations?list=mine&tag_id={self.tag}")["items"]
        self.assertEqual([m["id"] for m in mine], [c])
        self.change(a, tag_ids=[])
        self.assertEqual(self.listed(), [c, b])

    def test_no_team_has_no_number(self):
        refused = self.admin.get("/conversations?list=all&team_id=0", status=422)
        self.assertEqual(refused["arg"], "team_id")


if __name__ == "__main__":
    unittest.main()
