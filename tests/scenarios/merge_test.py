# SPDX-License-Identifier: Apache-2.0
"""Two records of one person are joined whole, in every table, and parted again."""
import glob
import sqlite3
import subprocess
import unittest
import uuid

from engines import Scenario, both_engines, engines_given

# What keeps a customer's number as it was on purpose.
STAYS = {
    ("event", "customer_id"): "the log of what happened",
    ("search_doc", "customer_id"): "search asks the conversation who it is now",
    ("customer", "merged_into"): "the sign that says where to look",
    ("customer_merge", "into_id"): "the merge itself",
    ("customer_merge", "from_id"): "the merge itself",
}


@both_engines
class Merge(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        cls.key = cls.admin.post("/inboxes", {"name": "chat", "channel": "chat"})["key"]

    def ask(self, sql):
        """Rows straight from the database."""
        if self.desk.pgsql:
            out = subprocess.run(["psql", "-qAtX", "-F", "\t", self.desk.pgsql, "-c", sql], check=True,
                                 capture_output=True, text=True).stdout
            return [tuple(line.split("\t")) for line in out.splitlines()]
        path, = (p for p in glob.glob(self.desk.data + "/*.db"))
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return [tuple(str(v) for v in row) for row in db.execute(sql)]

    def references(self):
        """Every column that says which customer: by its name, or because it refers to one."""
        if self.desk.pgsql:
            return set(self.ask(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND (column_name LIKE '%customer_id%' OR column_name = 'merged_into')"
                " UNION SELECT r.relname, a.attname FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid"
                " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)"
                " WHERE k.contype = 'f' AND k.confrelid = 'customer'::regclass"))
        return set(self.ask(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
            " AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND (c.name LIKE '%customer_id%' OR c.name = 'merged_into')"
            " UNION SELECT t.name, f.\"from\" FROM sqlite_master t, pragma_foreign_key_list(t.name) f"
            " WHERE t.type = 'table' AND f.\"table\" = 'customer'"))

    def counts(self, customer):
        return {(t, c): int(self.ask(f"SELECT count(*) FROM {t} WHERE {c} = {customer}")[0][0])
                for t, c in self.references() if (t, c) not in STAYS}

    def somebody(self, name, email=None, **more):
        """A visitor with a conversation, an identity and a note."""
        visitor = self.desk.visitor(self.key)
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": f"{name} asks"})
        card = max(self.admin.get("/conversations?list=all")["items"], key=lambda c: c["id"])
        who = card["customer"]["id"]
        if email:
            self.admin.post(f"/customers/{who}/identities", {"kind": "email", "value": email})
        self.admin.post(f"/customers/{who}/notes", {"text": f"about {name}"})
        version = self.admin.get(f"/customers/{who}")["version"]
        self.admin.patch(f"/customers/{who}", {"version": version, "name": name, **more})
        return who, card["id"], visitor

    def merge(self, into, other, status=200):
        body = {"from_id": other, "version": self.admin.get(f"/customers/{into}")["version"],
                "from_version": self.admin.get(f"/customers/{other}")["version"]}
        return self.admin.post(f"/customers/{into}/merge", body, status=status)

    def undo(self, into, status=200, which=0):
        merge = self.admin.get(f"/customers/{into}/merges")["items"][which]["id"]
        return self.admin.post(f"/customers/{into}/merges/{merge}/undo", status=status)

    def test_no_table_is_forgotten(self):
        engines_given()
        into, _, _ = self.somebody("Ana", f"{uuid.uuid4().hex}@buyer.example")
        other, _, _ = self.somebody("Ana Gil", f"{uuid.uuid4().hex}@buyer.example")
        before = self.counts(other), self.counts(into)
        self.assertGreaterEqual(len(before[0]), 6)
        for place, n in before[0].items():
            self.assertGreater(n, 0, f"{place}: give the customer of this test a row there")
        self.merge(into, other)
        for place, n in self.counts(other).items():
            self.assertEqual(n, 0, f"{place}: the module's .merge forgets it, or STAYS says why it may")
        self.undo(into)
        self.assertEqual((self.counts(other), self.counts(into)), before)

    def test_what_is_kept_and_what_goes_back(self):
        into, _, _ = self.somebody("Ana", None, country="ES")
        other, where, visitor = self.somebody("Eva Roca", "eva.roca@buyer.example", country="MX", zone="America/Bogota")
        joined = self.merge(into, other)
        self.assertEqual((joined["name"], joined["country"], joined["zone"], joined["email"]),
                         ("Ana", "ES", "America/Bogota", "eva.roca@buyer.example"))
        self.assertEqual((joined["conversation_count"], len(joined["notes"])), (2, 2))
        self.assertEqual(self.admin.get(f"/conversations/{where}")["customer"]["id"], into)
        self.assertEqual(self.admin.get(f"/customers/{other}")["merged_into"], into)
        listed = [c["id"] for c in self.admin.get("/customers")["items"]]
        self.assertNotIn(other, listed)
        self.assertEqual([c["id"] for c in self.admin.get("/customers?q=eva.roca")["items"]], [into])

        # What comes in now is the survivor's, also from the other's window.
        visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "one more thing"})
        self.admin.post(f"/customers/{into}/notes", {"text": "since then"})
        back = self.undo(into)
        self.assertEqual((back["zone"], back["email"], back["conversation_count"]), ("", "", 1))
        self.assertEqual([n["text"] for n in back["notes"]], ["since then", "about Ana"])
        again = self.admin.get(f"/customers/{other}")
        self.assertEqual((again["merged_into"], again["email"], [n["text"] for n in again["notes"]]),
                         (None, "eva.roca@buyer.example", ["about Eva Roca"]))
        self.assertEqual(self.admin.get(f"/conversations/{where}")["customer"]["id"], other)
        entries = {e["text"]: e["customer_id"] for e in self.admin.get(f"/conversations/{where}/thread")["items"]
                   if e["direction"] == "in"}
        self.assertEqual(entries, {"Eva Roca asks": other, "one more thing": into})

    def test_refusals(self):
        into, _, _ = self.somebody("Bo")
        other, _, _ = self.somebody("Bo B")
        third, _, _ = self.somebody("Bo C")
        self.assertEqual(self.merge(into, into, 422)["key"], "customer.merge_self")
        seen = self.admin.get(f"/customers/{into}")["version"]
        stale = {"from_id": other, "version": seen, "from_version": 1}
        self.assertEqual(self.admin.post(f"/customers/{into}/merge", stale, status=409)["key"], "error.version")
        self.merge(into, other)
        self.assertEqual(self.merge(third, other, 409)["key"], "customer.merged")
        version = self.admin.get(f"/customers/{other}")["version"]
        change = self.admin.patch(f"/customers/{other}", {"version": version, "name": "x"}, status=409)
        self.assertEqual(change["key"], "customer.merged")
        self.merge(third, into)
        self.assertEqual(self.undo(into, 409)["key"], "customer.merge_later")
        self.undo(third)
        self.undo(into)
        self.assertEqual(self.undo(into, 409)["key"], "customer.merge_undone")
        gone = self.admin.post(f"/customers/{third}/merges/999999/undo", status=404)
        self.assertEqual(gone["key"], "customer.merge_unknown")

    def test_an_address_that_stands_is_shown_again(self):
        mine, theirs = f"{uuid.uuid4().hex}@buyer.example", f"{uuid.uuid4().hex}@buyer.example"
        into, _, _ = self.somebody("Ira")
        other, _, _ = self.somebody("Ira K", theirs)
        self.merge(into, other)
        self.admin.post(f"/customers/{into}/identities", {"kind": "email", "value": mine})
        shown = self.admin.get(f"/customers/{into}")
        self.assertEqual(shown["email"], theirs)
        gone = [i["id"] for i in shown["identities"] if i["value"] == theirs]
        back = self.undo(into)
        self.assertEqual((back["email"], self.admin.get(f"/customers/{other}")["email"]), (mine, theirs))
        # An address that was removed while they were one is nobody's afterwards.
        self.merge(into, other)
        self.admin.want(204, "DELETE", f"/customers/{into}/identities/{gone[0]}")
        self.undo(into)
        self.assertEqual(self.admin.get(f"/customers/{other}")["email"], "")
        self.assertEqual(self.admin.get(f"/customers/{into}")["email"], mine)

    def test_two_addresses_of_one_box_are_one_key(self):
        box = uuid.uuid4().hex
        into, _, _ = self.somebody("Lu", f"{box}@buyer.example")
        other, _, _ = self.somebody("Lu", f"{box}+shop@buyer.example")
        third, _, _ = self.somebody("Lu Three", f"{box}+three@buyer.example")

        def same(who):
            return [s["id"] for s in self.admin.get(f"/customers/{who}/duplicates")["items"] if s["reason"] == "email"]

        self.merge(into, other)
        first = self.admin.get(f"/customers/{into}")["identities"]
        own = [i["id"] for i in first if i["value"] == f"{box}@buyer.example"]
        self.admin.want(204, "DELETE", f"/customers/{into}/identities/{own[0]}")
        self.assertEqual(same(into), [third])
        self.undo(into)
        self.assertIn(third, same(other))

    def test_the_timeline_tells(self):
        into, where, _ = self.somebody("Mo")
        other, _, _ = self.somebody("Mo M")
        version = self.admin.get(f"/customers/{other}")["version"]
        self.admin.patch(f"/customers/{other}", {"version": version, "blocked": True})
        me = self.admin.get("/session")["person"]["id"]
        self.merge(into, other)
        self.undo(into)

        def told(who):
            rows = self.admin.get(f"/customers/{who}/timeline")["items"]
            self.assertEqual([r["at"] for r in rows], sorted((r["at"] for r in rows), reverse=True))
            return [(r["event"], r["other_name"], r["person_id"]) for r in rows if r["kind"] == "event"]

        self.assertEqual(sorted(told(into)), [("blocked", "", me), ("merged", "Mo M", me), ("parted", "Mo M", me),
                                              ("unblocked", "", me)])
        self.assertEqual(sorted(told(other)), [("blocked", "", me), ("joined", "Mo", me), ("parted", "Mo", me)])
        said = [r for r in self.admin.get(f"/customers/{into}/timeline")["items"] if r["kind"] == "message"]
        self.assertEqual([r["conversation_id"] for r in said], [where])

    def test_a_long_timeline_is_told_once(self):
        into, _, visitor = self.somebody("Long")
        other, _, _ = self.somebody("Long L")
        for _ in range(16):
            self.merge(into, other)
            self.undo(into)
            visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "and"})
            visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": "more"})
        seen, after = [], ""
        while after is not None:
            page = self.admin.get(f"/customers/{into}/timeline" + (f"?after={after}" if after else ""))
            seen += [(r["kind"] == "event", r["id"]) for r in page["items"]]
            after = page["next"]
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(sum(1 for event, _ in seen if event), 32)
        self.assertEqual(sum(1 for event, _ in seen if not event), 33)

    def test_who_may_be_the_same(self):
        a, _, _ = self.somebody("Kim Yejin", "Yejin+shop@buyer.example", country="KR")
        b, _, _ = self.somebody("someone", "yejin@buyer.example")
        c, _, _ = self.somebody("kim yejin", country="KR")
        d, _, _ = self.somebody("other")
        self.admin.post(f"/customers/{a}/identities", {"kind": "phone", "value": "+82 10 1234 5678"})
        self.admin.post(f"/customers/{d}/identities", {"kind": "phone", "value": "010-1234-5678"})
        reasons = {s["id"]: s["reason"] for s in self.admin.get(f"/customers/{a}/duplicates")["items"]}
        self.assertEqual(reasons, {b: "email", c: "name", d: "phone"})
        self.merge(a, b)
        left = [s["id"] for s in self.admin.get(f"/customers/{a}/duplicates")["items"]]
        self.assertEqual(sorted(left), sorted([c, d]))


if __name__ == "__main__":
    engines_given()
    unittest.main()
