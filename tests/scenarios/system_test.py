# SPDX-License-Identifier: Apache-2.0
"""What the administrator is shown: sizes of tables, files and the index, and what was cleared when."""
import time
import unittest

from engines import Scenario, both_engines, engines_given


@both_engines
class System(Scenario):
    demo = True

    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in("chen.yu@dengyu.example")

    def test_0_a_new_desk_has_its_index(self):
        """Nothing is made anew at the first start."""
        self.assertEqual(self.desk.sql("SELECT count(*) FROM task WHERE kind = 'reindex'"), "0")

    def test_sizes(self):
        engines_given()
        shown = self.admin.get("/system")
        self.assertEqual(shown["engine"], "postgresql" if self.desk.pgsql else "sqlite")
        self.assertGreater(shown["index_bytes"], 50000)
        self.assertLess(shown["index_bytes"], shown["database_bytes"])
        self.assertGreater(shown["blob_bytes"], 0)
        tables = {t["table"]: t for t in shown["tables"]}
        for name in ("entry", "conversation", "event", "search_doc"):
            self.assertGreater(tables[name]["bytes"], 0, name)

    def test_what_was_cleared(self):
        self.desk.sql("INSERT INTO idempotency (actor, key, request, status, reply, location, at)"
                      " VALUES ('1:1', 'old', 'x', 200, '', '', 1)")
        self.desk.stop()
        began = int(time.time() * 1000)
        self.desk.start()
        end = time.time() + 60
        rules = {}
        while time.time() < end:
            rules = {r["name"]: r for r in self.admin.get("/system")["cleanup"]}
            if all((r["run_at"] or 0) >= began for r in rules.values()):
                break
            time.sleep(0.1)
        for name, rule in rules.items():
            self.assertGreaterEqual(rule["run_at"] or 0, began, name)
        self.assertEqual(rules["keys"]["gone"], 1)


if __name__ == "__main__":
    unittest.main()
