# SPDX-License-Identifier: Apache-2.0
"""The database is locked, or gone: an error that says so, and the work goes on by itself afterwards."""
import os
import signal
import sqlite3
import subprocess
import time
import unittest
from contextlib import contextmanager

from engines import PGSQL, Desk, Scenario, both_engines


@both_engines
class Outage(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()

    @contextmanager
    def locked(self):
        db = sqlite3.connect(os.path.join(self.desk.data, "aftersail.db"), isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            db.rollback()
            db.close()

    @contextmanager
    def gone(self):
        name = self.desk.pgsql.rsplit("/", 1)[1]

        def sql(text):
            subprocess.run(["psql", "-qX", PGSQL, "-c", text], check=True, stdout=subprocess.DEVNULL)

        sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def test_it_says_so_and_goes_on(self):
        with self.gone() if self.pgsql else self.locked():
            a = self.admin.call("POST", "/tags", {"name": "while it was away"})
            self.assertEqual((a.status, a.json["key"]), (503, "error.busy"), a.data)
            self.assertTrue(a.headers["Retry-After"])
            self.assertEqual(self.admin.call("GET", "/healthz").status, 200)
            self.assertEqual(self.admin.call("GET", "/tags").status, 503 if self.pgsql else 200)
        end = time.time() + 60
        while self.admin.call("POST", "/tags", {"name": "afterwards"}).status == 503:
            self.assertLess(time.time(), end, "it did not come back")
            time.sleep(0.1)
        names = [t["name"] for t in self.admin.get("/tags")["items"]]
        self.assertEqual(names, ["afterwards"])


class Fault(unittest.TestCase):
    def test_it_says_where(self):
        with Desk() as desk:
            desk.process.send_signal(signal.SIGABRT)
            self.assertEqual(desk.process.wait(30), -signal.SIGABRT)
            self.assertRegex(desk.tail(), r"ended by a fault(.*\n)+.*aftersail\(.*\+0x")


if __name__ == "__main__":
    unittest.main()
