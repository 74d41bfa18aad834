# SPDX-License-Identifier: Apache-2.0
"""Macros outlive what they name."""
import unittest

from engines import Scenario, both_engines, engines_given


@both_engines
class Macro(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()

    def test_what_is_gone_is_nothing(self):
        engines_given()
        team = self.admin.post("/teams", {"name": "for a while"})["id"]
        tag = self.admin.post("/tags", {"name": "for a while"})["id"]
        made = self.admin.post("/macros", {"name": "to them", "team_id": team, "tag_ids": [tag], "priority": "low"})
        self.assertEqual((made["team_id"], made["tag_ids"]), (team, [tag]))
        for path in (f"/teams/{team}", f"/tags/{tag}"):
            self.assertEqual(self.admin.call("DELETE", path).status, 204)
        left, = self.admin.get("/macros")["items"]
        self.assertEqual((left["team_id"], left["tag_ids"], left["priority"]), (None, [], "low"))


if __name__ == "__main__":
    unittest.main()
