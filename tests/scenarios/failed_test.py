# SPDX-License-Identifier: Apache-2.0
"""Failed work: page by page, and only that of inboxes one may see."""
import unittest

from engines import Scenario, both_engines


@both_engines
class FailedWork(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        cls.seen, cls.hidden = (cls.admin.post("/inboxes", {"name": n, "channel": "chat"})["id"] for n in "ab")
        roles = {r["name"]: r["id"] for r in cls.admin.get("/roles")["items"]}
        cls.admin.post("/people", {"name": "lead", "email": "lead@desk.example", "role_id": roles["lead"],
                                   "password": "a long password", "inbox_ids": [cls.seen]})
        cls.lead = cls.desk.sign_in("lead@desk.example", "a long password")
        # 70 failed sendings of each inbox, several in one millisecond; and three reactions
        rows = ", ".join(f"('none', '', 0, {inbox}, 0, 'failed', 0, '{{}}', 'job.lost', {1000 + n // 3})"
                         for n in range(70) for inbox in (cls.seen, cls.hidden))
        cls.desk.sql("INSERT INTO job (kind, jobkey, subject, inbox_id, conversation_id, state, run_at, data, error_key, at) "
                     f"VALUES {rows}")
        for inbox in (0, cls.seen, cls.hidden):
            event = cls.desk.sql("INSERT INTO event (at, kind, actor_kind, actor_id, conversation_id, inbox_id, customer_id, "
                                 f"data) VALUES (1, 'assigned', 6, 0, 0, {inbox}, 0, '{{}}') RETURNING id").split()[0]
            cls.desk.sql("INSERT INTO reactor_failed (module, event_id, error_key, at) "
                         f"VALUES ('webchat', {event}, 'error.generic', 1003)")

    def all_of(self, client):
        rows, after = [], ""
        while True:
            page = client.get("/failed" + (f"?after={after}" if after else ""))
            self.assertLessEqual(len(page["items"]), 50)
            rows += page["items"]
            after = page.get("next")
            if not after:
                return rows

    def test_1_pages_hold_everything_once(self):
        rows = self.all_of(self.admin)
        self.assertEqual(len(rows), len({r["id"] for r in rows}))
        self.assertEqual(sum(r["what"] == "job" for r in rows), 140)
        self.assertEqual(sum(r["what"] == "event" for r in rows), 3)
        times = [r["at"] for r in rows]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual(self.admin.call("GET", "/failed?after=1.2.three").status, 422)

    def test_2_only_of_inboxes_one_sees(self):
        mine = {r["id"] for r in self.all_of(self.lead)}
        self.assertEqual(sum(i.startswith("job-") for i in mine), 70)
        self.assertEqual(sum(i.startswith("event-") for i in mine), 2)
        for other in {r["id"] for r in self.all_of(self.admin)} - mine:
            self.assertEqual(self.lead.call("POST", f"/failed/{other}/retry").status, 404)
            self.assertEqual(self.lead.call("DELETE", f"/failed/{other}").status, 404)
        one = next(i for i in mine if i.startswith("event-"))
        self.assertEqual(self.lead.call("POST", f"/failed/{one}/retry").status, 204)


if __name__ == "__main__":
    unittest.main()
