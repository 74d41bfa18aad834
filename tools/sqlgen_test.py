#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What sqlgen.py writes for each kind of query, and each thing it must refuse."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).parent / "sqlgen.py"


def run(*args):
    return subprocess.run([sys.executable, TOOL, *map(str, args)], capture_output=True, text=True)


class Queries(unittest.TestCase):
    # what is tried; the query below its name; what must stand in the header, and in the code
    WRITES = [
        ("no columns", "-- in: id int\nDELETE FROM t WHERE id = :id;",
         ["enum err q(struct ctx *c, int64_t id) MUST;"],
         ['"DELETE FROM t WHERE id = :id\\n", -1', '"DELETE FROM t WHERE id = $1\\n", -1',
          "db_run(c->db, c->a, &q_query, &in, NULL, 0, NULL)"]),
        ("rows", "-- out: id int, name text?\nSELECT id, name FROM t;",
         ["struct q_row *rows, size_t cap, size_t *n) MUST;", "\tstruct opt_str name;"],
         ["db_run(c->db, c->a, &q_query, NULL, rows, cap, n)",
          'FIELD_REQUIRED | FIELD_NULLABLE, .at = offsetof(struct q_row, name)']),
        ("all rows", "-- all: id int\nSELECT id FROM t", ["struct list *rows) MUST;"],
         ["db_all(c->db, c->a, &q_query, NULL, rows)", '\t"Q", q_row_fields, 1,']),
        ("four parameters", "-- in: p int, q text, r bool?, s real\nSELECT :p, :q, :r, :s",
         ["const struct q_in *in) MUST;", "struct q_in {", "\tstruct opt_bool r;", "\tdouble s;"],
         ["&q_query, in, NULL"]),
        ("headings go on", "-- in: p int\n-- in: q int\nSELECT :p, :q", ["int64_t p, int64_t q)"],
         []),
        ("a name for OpenAPI", "-- as: Card\n-- doc: One card.\n-- out: id int\nSELECT 1",
         ["/* One card. */"], ['\t"Card", q_row_fields']),
        ("one text for both", "SELECT 1", [], ["q_sqlite, q_sqlite, NULL, NULL, 0}"]),
        ("two texts", "-- in: p int\nSELECT :p\n-- @pgsql\nSELECT now(), :p", [],
         ['"SELECT :p\\n"', '"SELECT now(), $1\\n"']),
        ("casts and quotes", "-- in: p text\nSELECT ':x', \"a:y\", 'it''s :z', :p::text", [],
         ["':x', \\\"a:y\\\", 'it''s :z', :p::text"]),
        ("comments go", "-- in: p text\nSELECT '--', :p -- not :this", [], ["SELECT '--', :p\\n"]),
        ("any of", "-- in: p ids\nSELECT 1 FROM t WHERE id @any(:p)", ["struct ids p)"],
         ["id IN (SELECT value FROM json_each(:p))", "id = ANY($1::bigint[])"]),
        ("optional parts", "-- in: p int?\nSELECT 1\n--? p\nWHERE id = :p\n--.\nLIMIT 1;", [],
         ['"SELECT 1\\n", -1', '"WHERE id = :p\\n", 0', '"LIMIT 1\\n", -1']),
        ("an optional end", "-- in: p int?\nSELECT 1\n--? p\nWHERE id = :p\n--.\n;", [],
         ['"WHERE id = :p\\n", 0},\n\t{NULL, 0}']),
        ("at most one", "-- in: p int, q int?, r int?\n-- one: q, r\nSELECT :p, :q, :r", [],
         ["q_pgsql, &q_in_shape, NULL, 6}"]),
        ("enum", "-- in: p enum(a|b)\nSELECT :p", ["struct str p)"], ['.values = "a|b"']),
        ("numbered by declaration", "-- in: p int, q int\nSELECT :q, :p, :q", [],
         ["SELECT $2, $1, $2"]),
    ]
    # what is wrong; the query; a part of what is said about it
    REFUSES = [
        ("unknown parameter", "SELECT :p", "':p' is not in in:"),
        ("unused parameter", "-- in: p int\nSELECT 1", "'p' is never used"),
        ("unused in one text", "-- in: p int\nSELECT :p\n-- @pgsql\nSELECT 1", "in @pgsql"),
        ("unknown type", "-- in: p number\nSELECT :p", "is not 'name type'"),
        ("enum without values", "-- in: p enum\nSELECT :p", "is not 'name type'"),
        ("a word of C", "-- out: default int\nSELECT 1", "a word of C"),
        ("an argument's name", "-- in: n int\nSELECT :n", "the function's own"),
        ("twice", "-- in: p int, p int\nSELECT :p", "stands twice"),
        ("both kinds of rows", "-- out: p int\n-- all: p int\nSELECT 1", "not both"),
        ("ids as column", "-- out: p ids\nSELECT 1", "cannot be of type ids"),
        ("open part", "-- in: p int?\nSELECT 1\n--? p\nWHERE :p", "without '--.'"),
        ("nested parts", "-- in: p int?\nSELECT 1\n--? p\n--? p\n--.\nWHERE :p", "do not nest"),
        ("end without start", "SELECT 1\n--.", "go in pairs"),
        ("part of a required one", "-- in: p int\nSELECT 1\n--? p\n:p\n--.", "needs a parameter"),
        ("one of what is not there", "-- in: p int?\n-- one: p q\nSELECT :p", "one: lists"),
        ("one of a required one", "-- in: p int\n-- one: p\nSELECT :p", "one: lists"),
        ("unknown heading", "-- inn: p int\nSELECT 1", "no heading 'inn:'"),
        ("no text", "-- in: p int", "no text"),
        ("two pgsql texts", "SELECT 1\n-- @pgsql\nSELECT 1\n-- @pgsql\nSELECT 1", "a second"),
        ("same name", "SELECT 1\n-- name: q\nSELECT 2", "two queries called 'q'"),
    ]

    def generate(self, text, *flags):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "x.sql").write_text(text)
            done = run(*flags, path / "x.sql", path / "x.sql.h", path / "x.sql.c")
            if done.returncode:
                return done, "", ""
            return done, (path / "x.sql.h").read_text(), (path / "x.sql.c").read_text()

    def test_writes(self):
        for what, text, in_header, in_code in self.WRITES:
            with self.subTest(what):
                done, header, code = self.generate(f"-- name: q\n{text}\n")
                self.assertEqual(done.returncode, 0, done.stderr)
                for part in in_header + ["extern const struct query *const x_queries[];"]:
                    self.assertIn(part, header)
                for part in in_code + ["\t&q_query,\n\tNULL,"]:
                    self.assertIn(part, code)

    def test_refuses(self):
        for what, text, says in self.REFUSES:
            with self.subTest(what):
                done, _, _ = self.generate(f"-- name: q\n{text}\n")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(says, done.stderr)
                self.assertIn("x.sql:", done.stderr)

    def test_store(self):
        _, header, _ = self.generate("-- name: q\nSELECT 1\n", "--db")
        self.assertIn("enum err q(struct db *db, struct arena *a) MUST;", header)
        self.assertNotIn("core/ctx.h", header)

    def test_short(self):
        self.assertLess(len(TOOL.read_text().split("\n")), 252)


class Schema(unittest.TestCase):
    def generate(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            for name, text in files.items():
                (path / f"{name[1:]}.sql").write_text(text)
            done = run("--schema", "x", path / "x.h", path / "x.c",
                       *(path / f"{name[1:]}.sql" for name in files))
            return done, (path / "x.c").read_text() if done.returncode == 0 else ""

    def test_writes_in_order(self):
        done, code = self.generate(_0002='B "b" \\', _0001="A @id")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('{"x", 1,\n\t "A @id\\n"},\n\t{"x", 2,\n\t "B \\"b\\" \\\\\\n"},\n', code)

    def test_refuses_gaps(self):
        done, _ = self.generate(_0001="A", _0003="B")
        self.assertIn("0003.sql: expected 0002.sql", done.stderr)


if __name__ == "__main__":
    unittest.main()
