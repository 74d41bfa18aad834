# SPDX-License-Identifier: Apache-2.0
"""Every scenario runs on both engines: class X(Scenario) makes XSqlite and XPgsql."""
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from desk import Desk  # noqa: E402

PGSQL = os.environ.get("AFTERSAIL_TEST_PGSQL")


class Scenario:
    demo, pgsql, flags = False, None, ()

    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(demo=cls.demo, pgsql=cls.pgsql, flags=cls.flags)
        cls.desk.__enter__()
        try:
            cls.prepare()
        except BaseException:
            cls.desk.__exit__(None, None, None)
            raise

    @classmethod
    def prepare(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        cls.desk.__exit__(None, None, None)


def both_engines(cls):
    """Put the two test cases beside the class, in its module."""
    module = sys.modules[cls.__module__]
    sqlite = type(cls.__name__ + "Sqlite", (cls, unittest.TestCase), {})
    sqlite.__module__ = cls.__module__
    setattr(module, sqlite.__name__, sqlite)
    if PGSQL:
        pgsql = type(cls.__name__ + "Pgsql", (cls, unittest.TestCase), {"pgsql": PGSQL})
        pgsql.__module__ = cls.__module__
        setattr(module, pgsql.__name__, pgsql)
    return cls


def engines_given():
    """A machine without PostgreSQL must not look as if it had passed on it."""
    assert PGSQL, "AFTERSAIL_TEST_PGSQL is not set: run it by tools/test or tools/with-postgres"
