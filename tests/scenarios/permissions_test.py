# SPDX-License-Identifier: Apache-2.0
"""Every route with every role: allowed or refused as its row says; and an inbox nobody here may see."""
import json
import unittest
import uuid

from engines import Scenario, both_engines, engines_given

ROLES = ["administrator", "manager", "lead", "agent", "inspector", "trainer", "partner", "guest"]
NOT_ALLOWED = (401, 403)
MARKER = "zebrafish"


def operations(desk):
    document = desk.nobody().get("/api/openapi.json")
    for path, methods in document["paths"].items():
        for method, row in methods.items():
            yield method.upper(), path, row


def fill(path, ids):
    for name, value in ids.items():
        path = path.replace("{" + name + "}", str(value))
    return path


def is_stream(row):
    return "text/event-stream" in json.dumps(row["responses"])


def query_of(row, values):
    """The required query parameters, so that a refusal is not about them."""
    given = [f"{p['name']}={values.get(p['name'], 'x')}" for p in row["parameters"]
             if p["in"] == "query" and p["required"]]
    return "?" + "&".join(given) if given else ""


@both_engines
class Permissions(Scenario):
    @classmethod
    def prepare(cls):
        admin = cls.desk.sign_in()
        inbox = admin.post("/inboxes", {"name": "chat", "channel": "chat"})
        roles = {r["name"]: r for r in admin.get("/roles")["items"]}
        cls.granted = {name: set(roles[name]["permissions"]) for name in ROLES}
        for name in ROLES[1:]:
            admin.post("/people", {"name": name, "email": f"{name}@desk.example", "role_id": roles[name]["id"],
                                   "password": "aftersail-demo", "all_inboxes": True})
        cls.visitor = cls.desk.visitor(inbox["key"])

    def allowed(self, row, role):
        needed = row["x-permission"]
        if needed == "public":
            return True
        if needed == "visitor":
            return role == "visitor"
        if role in ("nobody", "visitor"):
            return False
        return needed == "signed-in" or needed in self.granted[role]

    def client(self, role):
        if role == "nobody":
            return self.desk.nobody()
        if role == "visitor":
            return self.visitor
        email = "admin@desk.example" if role == "administrator" else f"{role}@desk.example"
        return self.desk.sign_in(email)

    def ask(self, client, method, path, row):
        where = fill(path, {"id": 999999, "id2": 999999, "word": "nothing-there"}) + query_of(row, {})
        if is_stream(row):
            try:
                client.stream(where.removeprefix("/api/v1")).close()
                return 200
            except AssertionError as e:
                return int(str(e))
        body = {} if "requestBody" in row else None
        return client.call(method, where, body).status

    def test_every_route_with_every_role(self):
        engines_given()
        for role in ["nobody", "visitor"] + ROLES:
            client = self.client(role)
            for method, path, row in operations(self.desk):
                if (method, path) == ("DELETE", "/api/v1/session"):
                    continue  # it would end the session all others use; see test_signing_out
                with self.subTest(role=role, method=method, path=path):
                    status = self.ask(client, method, path, row)
                    if self.allowed(row, role):
                        self.assertNotIn(status, NOT_ALLOWED)
                    else:
                        self.assertEqual(status, 401 if role == "nobody" else 403)
                    self.assertNotEqual(status, 500)

    def test_signing_out(self):
        client = self.client("agent")
        client.want(204, "DELETE", "/session")
        self.assertEqual(client.call("GET", "/session").status, 401)
        self.assertEqual(self.desk.nobody().call("DELETE", "/session").status, 401)

    def test_nobody_grants_what_he_does_not_hold(self):
        manager = self.client("manager")
        roles = {r["name"]: r["id"] for r in manager.get("/roles")["items"]}
        new = {"name": "x", "email": "x@desk.example", "role_id": roles["administrator"]}
        self.assertEqual(manager.call("POST", "/people", new).status, 403)
        admin_id = next(p["id"] for p in manager.get("/people")["items"] if p["role_name"] == "administrator")
        reset = manager.call("POST", f"/people/{admin_id}/password", {"password": "another-password"})
        self.assertEqual(reset.status, 403)

    def test_the_last_administrator_stays(self):
        admin = self.desk.sign_in()
        me = admin.get("/session")["person"]
        for change in ({"active": False}, {"role_id": me["role_id"] + 1}):
            a = admin.call("PATCH", f"/people/{me['id']}", {"version": me["version"], **change})
            self.assertEqual((a.status, a.json["key"]), (409, "account.last_administrator"))


@both_engines
class Scope(Scenario):
    """A second inbox that the agent may not see, tried with every GET, search, file and stream."""

    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        roles = {r["name"]: r["id"] for r in cls.admin.get("/roles")["items"]}
        cls.seen = cls.admin.post("/inboxes", {"name": "seen", "channel": "chat"})
        cls.hidden = cls.admin.post("/inboxes", {"name": "hidden", "channel": "chat"})
        cls.admin.post("/people", {"name": "agent", "email": "agent@desk.example", "role_id": roles["lead"],
                                   "password": "aftersail-demo", "inbox_ids": [cls.seen["id"]]})
        cls.agent = cls.desk.sign_in("agent@desk.example")
        visitor = cls.desk.visitor(cls.hidden["key"], name="Hidden Person")
        file = visitor.upload("/chat/me/uploads?name=a.txt", MARKER.encode(), "text/plain")
        said = visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": f"{MARKER} broke",
                                                  "attachment_ids": [file["id"]]})
        card = cls.admin.get("/conversations?list=all")["items"][0]
        thread = cls.admin.get(f"/conversations/{card['id']}/thread")["items"]
        cls.admin.post(f"/conversations/{card['id']}/messages", {"kind": "note", "text": f"{MARKER} note"})
        canned = cls.admin.post("/canned", {"shortcut": "hi", "title": "hi", "texts": [{"language": "en", "text": "hi"}]})
        cls.visitor, cls.card, cls.said = visitor, card, said
        cls.file_id = thread[0]["attachments"][0]["id"]
        cls.ids = [("conversation", card["id"], thread[0]["id"]), ("conversation", card["id"], canned["id"]),
                   ("inbox", cls.hidden["id"], 1), ("file", cls.file_id, 1), ("customer", card["customer"]["id"], 1)]

    def test_the_administrator_sees_it(self):
        self.assertIn(MARKER, json.dumps(self.admin.get(f"/search?q={MARKER}")))
        self.assertEqual(self.admin.call("GET", f"/files/{self.file_id}").data, MARKER.encode())

    def test_no_get_shows_it(self):
        tried = 0
        for method, path, row in operations(self.desk):
            if method != "GET" or is_stream(row):
                continue
            for _, first, second in self.ids:
                where = fill(path, {"id": first, "id2": second, "word": self.hidden["key"]})
                where += query_of(row, {"q": MARKER})
                answer = self.agent.call("GET", where)
                with self.subTest(path=where):
                    self.assertNotIn(MARKER.encode(), answer.data)
                    self.assertNotEqual(answer.status, 500)
                tried += 1
        self.assertGreater(tried, 100)

    def test_its_addresses_are_not_found(self):
        c = self.card["id"]
        for path in (f"/conversations/{c}", f"/conversations/{c}/thread", f"/conversations/{c}/history",
                     f"/conversations/{c}/variables", f"/files/{self.file_id}", f"/inboxes/{self.hidden['id']}"):
            with self.subTest(path=path):
                self.assertEqual(self.agent.call("GET", path).status, 404)

    def test_no_write_reaches_it(self):
        c, e = self.card["id"], self.said["id"]
        for method, path, body in (
                ("PATCH", f"/conversations/{c}", {"version": 1, "status": "resolved"}),
                ("POST", f"/conversations/{c}/messages", {"kind": "reply", "text": "x"}),
                ("POST", f"/conversations/{c}/read", {"up_to": e}),
                ("POST", f"/conversations/{c}/typing", {"typing": True}),
                ("POST", f"/conversations/{c}/viewing", {"viewing": True}),
                ("PUT", f"/conversations/{c}/draft", {"kind": "reply", "text": "x"}),
                ("DELETE", f"/conversations/{c}/draft", None),
                ("DELETE", f"/conversations/{c}/messages/{e}", None)):
            with self.subTest(path=path):
                self.assertEqual(self.agent.call(method, path, body).status, 404)
        self.assertEqual(self.admin.get(f"/conversations/{c}")["status"], "open")

    def test_no_stream_tells_of_it(self):
        stream = self.agent.stream(f"/stream?topics=list,conversation:{self.card['id']}")
        stream.next("hello")
        self.visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": f"{MARKER} again"})
        seen = self.desk.visitor(self.seen["key"])
        seen.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "for you"})
        while True:  # whatever comes before one's own is not the other's
            name, data = stream.next()
            self.assertNotIn(MARKER, json.dumps(data))
            self.assertNotEqual(data.get("id"), self.card["id"], (name, data))
            if data.get("topic") == "list":
                break
        stream.close()

    def test_a_visitor_sees_only_his_own(self):
        other = self.desk.visitor(self.hidden["key"])
        self.assertEqual(other.get("/chat/me/messages")["items"], [])
        self.assertEqual(other.call("GET", f"/chat/me/files/{self.file_id}").status, 404)
        self.assertEqual(other.call("GET", "/conversations").status, 403)

    def test_an_open_stream_ends_with_the_scope(self):
        stream = self.agent.stream("/stream?topics=list")
        stream.next("hello")
        person = next(p for p in self.admin.get("/people")["items"] if p["name"] == "agent")
        person = self.admin.patch(f"/people/{person['id']}",
                                  {"version": person["version"], "inbox_ids": [self.seen["id"]]})
        stream.next("reset")  # he is still signed in: the console comes back and reads anew
        self.assertEqual(stream.r.read(), b"", "the stream goes on under the old scope")
        stream.close()
        self.agent.get("/session")
        stream = self.agent.stream("/stream?topics=list")
        stream.next("hello")
        self.admin.patch(f"/people/{person['id']}", {"version": person["version"], "active": False})
        stream.next("signed-out")
        stream.close()
        self.assertEqual(self.agent.call("GET", "/session").status, 401)
        person = self.admin.get(f"/people/{person['id']}")
        self.admin.patch(f"/people/{person['id']}", {"version": person["version"], "active": True})
        type(self).agent = self.desk.sign_in("agent@desk.example")


if __name__ == "__main__":
    unittest.main()
