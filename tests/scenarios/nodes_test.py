# SPDX-License-Identifier: Apache-2.0
"""Several nodes on one PostgreSQL, and events that commit out of order."""
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import uuid

from engines import PGSQL, engines_given

from desk import Desk


class Nodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        engines_given()
        cls.one = Desk(pgsql=PGSQL)
        cls.one.__enter__()
        # The second node: another folder and port, the same database, secret and files.
        cls.files = ("--files", os.path.join(cls.one.data, "shared"))
        cls.one.stop()
        cls.one.flags = cls.files
        cls.one.start()
        cls.two = Desk(flags=cls.files)
        cls.two.pgsql = cls.one.pgsql
        os.makedirs(cls.two.data)
        shutil.copy(os.path.join(cls.one.data, "secret"), os.path.join(cls.two.data, "secret"))
        cls.two.start()
        cls.admin = cls.one.sign_in()
        cls.admin_two = type(cls.admin)(cls.two.port, cookie=cls.admin.cookie)
        cls.inbox = cls.admin.post("/inboxes", {"name": "chat", "channel": "chat"})

    @classmethod
    def tearDownClass(cls):
        for desk in (cls.two, cls.one):
            try:
                desk.stop()
            finally:
                desk.clean()

    def test_a_sign_in_holds_on_both(self):
        self.assertEqual(self.admin_two.get("/session")["person"]["email"], "admin@desk.example")

    def test_a_file_given_to_one_is_had_from_the_other(self):
        visitor = self.one.visitor(self.inbox["key"])
        file = visitor.upload("/chat/me/uploads?name=receipt.txt", b"one lamp, blue", "text/plain")
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "", "attachment_ids": [file["id"]]})
        card = self.admin.get("/conversations?list=all")["items"][0]
        thread = self.admin_two.get(f"/conversations/{card['id']}/thread")["items"]
        url = next(e for e in thread if e.get("attachments"))["attachments"][0]["url"]
        self.assertEqual(self.admin_two.call("GET", url).data, b"one lamp, blue")

    def test_nodes_of_one_name_are_two(self):
        """Containers are often called alike and listen alike: what a node holds must not be taken for another's."""
        nodes = {open(os.path.join(d.data, "node"), "rb").read() for d in (self.one, self.two)}
        self.assertEqual(len(nodes), 2)

    def test_another_secret_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            stranger = Desk(folder=folder, flags=self.files)
            stranger.pgsql = self.one.pgsql
            os.makedirs(stranger.data)
            said = stranger.command("migrate")
            self.assertNotEqual(said.returncode, 0)
            self.assertIn("is not the secret that the database was made with", said.stderr)
        self.assertEqual(self.admin.get("/session")["person"]["email"], "admin@desk.example")

    def test_who_has_a_conversation_open_is_told_across_the_nodes(self):
        visitor = self.one.visitor(self.inbox["key"])
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "who is looking?"})
        card = self.admin.get("/conversations?list=all")["items"][0]
        stream = self.admin_two.stream(f"/stream?topics=conversation:{card['id']}")
        stream.next("hello")
        for on in (True, False):
            self.admin.post(f"/conversations/{card['id']}/viewing", {"viewing": on}, 204)
            _, told = stream.next("viewing")
            self.assertEqual((told["conversation_id"], told["viewing"]), (card["id"], on))
        stream.close()

    def test_a_message_to_one_is_live_on_the_other(self):
        stream = self.admin_two.stream("/stream?topics=list")
        stream.next("hello")
        visitor = self.one.visitor(self.inbox["key"])
        began = time.time()
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "across the nodes"})
        while True:
            _, data = stream.next("change")
            if data["topic"] == "list" and "across" in json.dumps(data):
                break
        self.assertLess(time.time() - began, 5)
        stream.close()

    def test_an_answer_on_one_reaches_a_visitor_on_the_other(self):
        visitor = self.one.visitor(self.inbox["key"])
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "anybody there"})
        stream = visitor.stream("/chat/me/stream")
        stream.next("hello")
        card = self.admin_two.get("/conversations?list=all")["items"][0]
        self.admin_two.post(f"/conversations/{card['id']}/messages", {"kind": "reply", "text": "from the other node"})
        while stream.next("message")[1]["text"] != "from the other node":
            pass
        stream.close()

    def test_two_nodes_never_fill_one_place_twice(self):
        """One version, many who want to be the one to move it: exactly one each time."""
        visitor = self.one.visitor(self.inbox["key"])
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "who takes me"})
        card = self.admin.get("/conversations?list=all")["items"][0]
        me = self.admin.get("/session")["person"]["id"]
        for _ in range(20):
            version = self.admin.get(f"/conversations/{card['id']}")["version"]
            answers = []

            def take(client):
                a = client.call("PATCH", f"/conversations/{card['id']}", {"version": version, "assignee_id": me})
                answers.append(a.status)

            threads = [threading.Thread(target=take, args=(c,)) for c in [self.admin, self.admin_two] * 4]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            self.assertEqual(sorted(answers), [200] + [409] * 7)

    def test_one_message_to_both_nodes_is_one(self):
        visitor = self.one.visitor(self.inbox["key"])
        other = type(visitor)(self.two.port, token=visitor.token)
        body = {"client_id": uuid.uuid4().hex, "text": "said twice at once"}
        answers = []
        threads = [threading.Thread(target=lambda c=c: answers.append(c.call("POST", "/chat/me/messages", body)))
                   for c in [visitor, other] * 4]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual({a.status for a in answers}, {201})
        self.assertEqual(len({a.json["id"] for a in answers}), 1)
        self.assertEqual(len(visitor.get("/chat/me/messages")["items"]), 1)

    def test_commits_interleaved_lose_no_event(self):
        """A transaction takes an event's id, waits, and commits after later ones were read: nothing is skipped.

        The reader acted on is webchat's, which tells a visitor of each answer and plans a job for it.
        """
        visitor = self.one.visitor(self.inbox["key"])
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "hold the line"})
        card = self.admin.get("/conversations?list=all")["items"][0]
        for round_ in range(5):
            early = self.admin.post(f"/conversations/{card['id']}/messages", {"kind": "reply", "text": f"early {round_}"})
            late = self.late_event(card, early["id"])  # takes the lower id, commits last
            text = f"overtaking {round_}"
            self.admin.post(f"/conversations/{card['id']}/messages", {"kind": "reply", "text": text})
            time.sleep(0.4)  # the reader passes by what is committed
            late.communicate("COMMIT;\n", timeout=20)
            self.assertEqual(late.returncode, 0)
        deadline = time.time() + 15
        while time.time() < deadline:
            rows = self.sql("SELECT count(*) FROM event WHERE kind = 'message_state' AND data->>'probe' = 'late'")
            place = self.sql("SELECT count(*) FROM event e, reactor r WHERE r.module = 'webchat' AND "
                             "(e.xid::text::bigint, e.id) > (r.xid, r.id)")
            if place == "0":
                break
            time.sleep(0.2)
        self.assertEqual((rows, place), ("5", "0"))
        jobs = int(self.sql(f"SELECT count(*) FROM job WHERE kind = 'chat_mail' AND conversation_id = {card['id']}"))
        answers = int(self.sql(f"SELECT count(*) FROM entry WHERE conversation_id = {card['id']} AND direction = 'out'"))
        repeated = 5  # each late event names an answer again, and is acted on once more
        self.assertEqual(jobs, answers + repeated)

    def late_event(self, card, entry):
        p = subprocess.Popen(["psql", "-qXAt", self.one.pgsql], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        p.stdin.write("BEGIN; INSERT INTO event (at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data) "
                      f"VALUES (1, 'message_created', 6, 0, {card['id']}, {card['inbox_id']}, {card['customer']['id']}, "
                      f"'{{\"entry\":{entry},\"direction\":\"out\",\"kind\":\"message\",\"probe\":\"late\"}}');\n"
                      "INSERT INTO event (at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, data) "
                      f"VALUES (1, 'message_state', 6, 0, {card['id']}, {card['inbox_id']}, {card['customer']['id']}, "
                      f"'{{\"entry\":{entry},\"from\":\"sent\",\"to\":\"read\",\"probe\":\"late\"}}');\n")
        p.stdin.flush()
        time.sleep(0.1)
        return p

    def sql(self, text):
        return subprocess.run(["psql", "-qXAt", self.one.pgsql, "-c", text], check=True, capture_output=True,
                              text=True).stdout.strip()


if __name__ == "__main__":
    unittest.main()
