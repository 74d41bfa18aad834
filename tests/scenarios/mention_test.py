# SPDX-License-Identifier: Apache-2.0
"""A mention is kept until the one it names has looked, and names nobody who could not."""
import unittest
import uuid

from engines import Scenario, both_engines, engines_given


@both_engines
class Mentions(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = admin = cls.desk.sign_in()
        inboxes = [admin.post("/inboxes", {"name": n, "channel": "chat"}) for n in ("one", "two")]
        role = next(r["id"] for r in admin.get("/roles")["items"] if r["name"] == "agent")
        cls.ids = {}
        for name, seen in (("mei", [0]), ("bo", [0]), ("far", [1])):
            made = admin.post("/people", {"name": name, "email": f"{name}@desk.example", "role_id": role,
                                          "password": "aftersail-demo",
                                          "inbox_ids": [inboxes[i]["id"] for i in seen]})
            cls.ids[name] = made["id"]
        cls.mei, cls.bo = (cls.desk.sign_in(f"{n}@desk.example") for n in ("mei", "bo"))
        cls.key = inboxes[0]["key"]

    def conversation(self):
        visitor = self.desk.visitor(self.key)
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "where is it"})
        return max(c["id"] for c in self.bo.get("/conversations?list=all")["items"])

    def note(self, where, people, status=201, kind="note"):
        return self.bo.post(f"/conversations/{where}/messages", status=status, body={
            "kind": kind, "text": "please look", "mention_ids": people})

    def test_who_was_away_finds_it(self):
        engines_given()
        where, before = self.conversation(), self.mei.get("/conversations/counts")["mentions"]
        entry = self.note(where, [self.ids["mei"], self.ids["bo"]])
        seen = {m["name"]: m["seen_at"] for m in entry["mentions"]}
        self.assertIsNone(seen["mei"])
        self.assertIsNotNone(seen["bo"])  # he wrote it himself
        self.assertEqual(self.mei.get("/conversations/counts")["mentions"], before + 1)
        first = self.mei.get("/mentions")["items"][0]
        self.assertEqual((first["id"], first["unread"]), (where, True))
        self.assertTrue(self.mei.get(f"/conversations/{where}")["mentioned"])
        self.assertFalse(self.bo.get(f"/conversations/{where}")["mentioned"])

        self.mei.post(f"/conversations/{where}/read", {"up_to": entry["id"] - 1}, status=204)
        self.assertTrue(self.mei.get(f"/conversations/{where}")["mentioned"])  # she has not come so far
        self.mei.post(f"/conversations/{where}/read", {"up_to": entry["id"]}, status=204)
        self.assertEqual(self.mei.get("/conversations/counts")["mentions"], before)
        self.assertFalse(self.mei.get(f"/conversations/{where}")["mentioned"])
        first = self.mei.get("/mentions")["items"][0]
        self.assertEqual((first["id"], first["unread"]), (where, False))  # it stays in the list
        shown = self.bo.get(f"/conversations/{where}/thread")["items"][-1]["mentions"]
        self.assertIsNotNone(next(m for m in shown if m["name"] == "mei")["seen_at"])
        kinds = [h["kind"] for h in self.bo.get(f"/conversations/{where}/history")["items"]]
        self.assertIn("mentioned", kinds)

    def test_it_is_told_at_once(self):
        where = self.conversation()
        stream = self.mei.stream("/stream?topics=me")
        stream.next("hello")
        entry = self.note(where, [self.ids["mei"]])
        _, told = stream.next("mention")
        self.assertEqual((told["conversation_id"], told["entry_id"]), (where, entry["id"]))
        stream.close()

    def test_nobody_is_named_who_could_not_look(self):
        where = self.conversation()
        for people in ([999999], [0], [self.ids["far"]], [self.ids["mei"], self.ids["far"]]):
            with self.subTest(people=people):
                refused = self.note(where, people, status=422)
                self.assertEqual(refused["key"], "inbox.mention_blind")
        self.assertEqual(self.note(where, [self.ids["mei"]], 422, "reply")["key"], "inbox.mention_in_note")
        kinds = [e["kind"] for e in self.bo.get(f"/conversations/{where}/thread")["items"]]
        self.assertNotIn("note", kinds)  # what is refused leaves nothing behind

    def test_the_list_is_ordered_filtered_and_paged(self):
        places = [self.conversation() for _ in range(3)]
        for where in (places[1], places[0], places[2]):
            self.note(where, [self.ids["mei"]])
        newest = [places[2], places[0], places[1]]
        self.assertEqual([c["id"] for c in self.mei.get("/mentions?limit=3")["items"]], newest)
        page = self.mei.get("/mentions?limit=2")
        rest = self.mei.get(f"/mentions?limit=2&after={page['next']}")["items"]
        self.assertEqual([c["id"] for c in page["items"]] + [rest[0]["id"]], newest)
        version = self.bo.get(f"/conversations/{places[0]}")["version"]
        self.bo.patch(f"/conversations/{places[0]}", {"version": version, "status": "resolved"})
        resolved = [c["id"] for c in self.mei.get("/mentions?status=resolved")["items"]]
        self.assertEqual(resolved, [places[0]])
        self.assertNotIn(places[0], [c["id"] for c in self.mei.get("/mentions?status=open")["items"]])


if __name__ == "__main__":
    engines_given()
    unittest.main()
