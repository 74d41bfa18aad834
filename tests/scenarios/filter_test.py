# SPDX-License-Identifier: Apache-2.0
"""Composed lists: every field with every operator in every order runs on both engines, and agrees with
what a plain reading of all conversations gives."""
import json
import unittest
import urllib.parse

from engines import Scenario, both_engines

SAMPLES = {"int": 3, "time": 1_700_000_000_000, "text": "en", "bool": True}


def filtered(client, conditions, order="newest", status=200, **more):
    q = urllib.parse.urlencode({"filter": json.dumps({"all": conditions, "order": order}), **more})
    return client.get("/conversations/filtered?" + q, status)


def sample(field, op):
    if op == "empty":
        return True
    value = field["values"].split("|")[0] if field["values"] else SAMPLES[field["type"]]
    return f"{value},{value}" if op == "in" else value


@both_engines
class Filter(Scenario):
    demo = True

    @classmethod
    def prepare(cls):
        cls.lead = cls.desk.sign_in("mei.lin@dengyu.example")
        cls.all, after = [], ""
        while after is not None:
            page = cls.lead.get(f"/conversations?list=all&status=any&limit=100{after}")
            cls.all += page["items"]
            after = "&after=" + page["next"] if page["next"] else None

    def ids(self, conditions, order="newest"):
        out, after = [], {}
        while True:
            page = filtered(self.lead, conditions, order, limit=100, **after)
            out += [c["id"] for c in page["items"]]
            if not page["next"]:
                self.assertFalse(page["more"])
                return out
            after = {"after": page["next"]}

    def test_every_field_with_every_operator_in_every_order(self):
        form = self.lead.get("/conversations/filter")
        tried = 0
        for order in form["orders"]:
            for field in form["fields"]:
                for op in field["ops"]:
                    with self.subTest(field=field["name"], op=op, order=order):
                        filtered(self.lead, [{"field": field["name"], op: sample(field, op)}], order)
                        tried += 1
        self.assertGreater(tried, 100)

    def test_it_agrees_with_a_plain_reading(self):
        newest = sorted(self.all, key=lambda c: (-c["last_at"], -c["id"]))
        rows = [
            ([{"field": "status", "is": "open"}], lambda c: c["status"] == "open"),
            ([{"field": "status", "in": "open,snoozed"}], lambda c: c["status"] in ("open", "snoozed")),
            ([{"field": "status", "not": "open"}, {"field": "language", "is": "ja"}],
             lambda c: c["status"] != "open" and c["language"] == "ja"),
            ([{"field": "assignee_id", "empty": True}], lambda c: c["assignee_id"] is None),
            ([{"field": "inbox_id", "in": "1,2"}], lambda c: c["inbox_id"] in (1, 2)),
            ([{"field": "waiting_since", "empty": False}], lambda c: c["waiting_since"] is not None),
            ([{"field": "messages", "after": 4}], lambda c: c["message_count"] > 4),
            ([{"field": "last_at", "before": newest[100]["last_at"]}], lambda c: c["last_at"] < newest[100]["last_at"]),
            ([{"field": "subject", "contains": "100%_"}], lambda c: "100%_" in c["subject"]),
        ]
        for conditions, plain in rows:
            with self.subTest(conditions):
                self.assertEqual(self.ids(conditions), [c["id"] for c in newest if plain(c)])
        self.assertEqual(self.ids([], "oldest"), [c["id"] for c in sorted(self.all, key=lambda c: (c["last_at"], c["id"]))])

    def test_scope_holds(self):
        agent = self.desk.sign_in("aiko.tanabe@dengyu.example")
        seen = set(agent.get("/session")["inbox_ids"])
        page = filtered(agent, [], limit=100)
        self.assertTrue(page["items"])
        self.assertLessEqual({c["inbox_id"] for c in page["items"]}, seen)

    def test_refusals(self):
        for conditions, key in [([{"field": "nothing", "is": 1}], "filter.field"),
                                ([{"field": "subject", "is": "x"}], "filter.operator"),
                                ([{"field": "status"}], "filter.operator"),
                                ([{"field": "status", "is": "lost"}], "filter.value"),
                                ([{"field": "inbox_id", "is": "1; DROP TABLE entry"}], "filter.value"),
                                ([{"field": "status", "or": "x"}], "error.field_unknown"),
                                ([{"field": "status", "is": "open"}] * 20, "error.list_long")]:
            with self.subTest(conditions):
                q = urllib.parse.urlencode({"filter": json.dumps({"all": conditions})})
                a = self.lead.call("GET", "/conversations/filtered?" + q)
                self.assertEqual((a.status, a.json["key"]), (422, key))


if __name__ == "__main__":
    unittest.main()
