#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Typed C functions from commented SQL; it does not parse SQL.  The format is in sqlgen.md.

  sqlgen.py [--db] x.sql x.sql.h x.sql.c              queries of one module (--db: of the store)
  sqlgen.py --schema x x.schema.h x.schema.c 0001.sql ...    its migrations
"""
import pathlib
import re
import sys

# type -> C type, C type when it may be absent
TYPES = {name: (ctype + " ", f"struct opt_{opt} ") for ctype, opt, names in (
    ("int64_t", "int", "int time"), ("double", "real", "real"), ("bool", "bool", "bool"),
    ("struct str", "str", "text json enum"), ("struct ids", "ids", "ids"))
    for name in names.split()}
KEYWORDS = set("""auto bool break case char const continue default do double else enum extern
    float for goto if inline int long register restrict return short signed sizeof static struct
    switch typedef union unsigned void volatile while""".split())
FIELD = re.compile(r"([a-z][a-z0-9_]*)\s+([a-z]+)(?:\(([^()]*)\))?(\?)?")
# What may hold a colon that is no parameter comes first.
TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|::|@any\(:([a-z]\w*)\)|:([a-z]\w*)", re.S)


def fault(at, text):
    sys.exit(f"sqlgen: {at}: {text}")


class Field:
    def __init__(self, at, text):
        m = FIELD.fullmatch(text.strip())
        if not m or m[2] not in TYPES or (m[2] == "enum") != bool(m[3]):
            fault(at, f"'{text.strip()}' is not 'name type', type of {', '.join(TYPES)}(a|b)")
        self.name, self.type, self.values, self.opt = m[1], m[2], m[3], bool(m[4])
        if self.name in KEYWORDS:
            fault(at, f"'{self.name}' is a word of C; name it otherwise (AS ...)")
        self.ctype = TYPES[self.type][self.opt]

    def row(self, struct, opt):
        values = f', .values = "{self.values}"' if self.values else ""
        return (f'\t{{.name = "{self.name}", .type = F_{self.type.upper()}, .flags = '
                f"{opt if self.opt else 'FIELD_REQUIRED'}, "
                f".at = offsetof(struct {struct}, {self.name}){values}}},\n")


def fields(at, text):
    found = [Field(at, one) for one in text.split(",")] if text.strip() else []
    if len({f.name for f in found}) < len(found):
        fault(at, f"a name stands twice in '{text}'")
    return found


class Query:
    def __init__(self, path, line, name):
        self.at, self.name = f"{path}:{line}", name
        self.heads = {"in": [], "out": [], "all": [], "doc": [], "as": [], "one": []}
        self.body, self.pgsql = [], None
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            fault(self.at, f"'{name}' is no name for a query")

    def add(self, at, line):
        head = re.match(r"--\s*(\w+):(.*)", line)
        if head and not "".join(self.body).strip():
            if head[1] not in self.heads:
                fault(at, f"no heading '{head[1]}:'; there are {', '.join(self.heads)}")
            self.heads[head[1]].append(head[2].strip())
        elif re.match(r"--\s*@pgsql\s*$", line):
            if self.pgsql is not None:
                fault(at, "a second @pgsql text")
            self.pgsql = []
        else:
            (self.body if self.pgsql is None else self.pgsql).append(line)

    def finish(self):
        h = self.heads
        if h["out"] and h["all"]:
            fault(self.at, "either out: or all:, not both")
        self.ins = fields(self.at, ", ".join(h["in"]))
        self.outs = fields(self.at, ", ".join(h["out"] or h["all"]))
        self.many, self.doc = bool(h["all"]), " ".join(h["doc"])
        self.title = " ".join(h["as"]) or "".join(w.capitalize() for w in self.name.split("_"))
        if any(f.type == "ids" for f in self.outs):
            fault(self.at, "a column cannot be of type ids")
        if len(self.ins) <= 3 and {f.name for f in self.ins} & {"c", "db", "a", "rows", "cap", "n"}:
            fault(self.at, "c, db, a, rows, cap and n are the function's own; name it otherwise")
        one = re.findall(r"\w+", " ".join(h["one"]))
        self.one = sum(1 << i for i, f in enumerate(self.ins) if f.opt and f.name in one)
        if bin(self.one).count("1") != len(one):
            fault(self.at, "one: lists what is no optional parameter")
        self.texts = [self.parts(self.body, False),
                      self.parts(self.body if self.pgsql is None else self.pgsql, True)]

    def parts(self, lines, pgsql):
        """The text as [(piece, index of its optional parameter or -1)], for one engine."""
        index = {f.name: i for i, f in enumerate(self.ins)}
        used, parts, param = set(), [["", -1]], -1

        def place(m):
            name = m[1] or m[2]
            if not name:
                return m[0]
            if name not in index:
                fault(self.at, f"parameter ':{name}' is not in in:")
            used.add(name)
            value = f"${index[name] + 1}" if pgsql else f":{name}"
            any_of = "= ANY({}::bigint[])" if pgsql else "IN (SELECT value FROM json_each({}))"
            return any_of.format(value) if m[1] else value

        for line in lines:
            mark = re.match(r"\s*--(?:\?\s*(\w+)|\.)\s*$", line)
            if not mark:
                if parts[-1][1] != param:
                    parts.append(["", param])
                parts[-1][0] += strip_comment(line)
            elif (param >= 0) == bool(mark[1]):
                fault(self.at, "'--? p' and '--.' go in pairs and do not nest")
            elif mark[1] and (mark[1] not in index or not self.ins[index[mark[1]]].opt):
                fault(self.at, f"'--? {mark[1]}' needs a parameter '{mark[1]} type?'")
            else:
                param = index[mark[1]] if mark[1] else -1
                used.add(mark[1])
        parts = [[TOKEN.sub(place, p).strip("\n"), i] for p, i in parts if p.strip()]
        if not parts or param >= 0:
            fault(self.at, "no text" if not parts else "'--? p' without '--.'")
        parts[-1][0] = re.sub(r"\s*;\s*$", "", parts[-1][0])
        for name in index.keys() - used:
            fault(self.at, f"parameter '{name}' is never used{' in @pgsql' if pgsql else ''}")
        return [p for p in parts if p[0]]

    def prototype(self, db):
        given = "struct db *db, struct arena *a" if db else "struct ctx *c"
        if len(self.ins) > 3:
            given += f", const struct {self.name}_in *in"
        else:
            given += "".join(f", {f.ctype}{f.name}" for f in self.ins)
        if self.many:
            given += ", struct list *rows"
        elif self.outs:
            given += f", struct {self.name}_row *rows, size_t cap, size_t *n"
        return f"enum err {self.name}({given})"

    def struct(self, which):
        members = self.ins if which == "in" else self.outs
        return f"struct {self.name}_{which} {{\n" \
            + "".join(f"\t{f.ctype}{f.name};\n" for f in members) + "};\n"

    def header(self, db):
        text = f"/* {self.doc} */\n" if self.doc else ""
        text += self.struct("in") if len(self.ins) > 3 else ""
        if self.outs:
            text += self.struct("row") + f"extern const struct shape {self.name}_shape;\n"
        return f"{text}extern const struct query {self.name}_query;\n{self.prototype(db)} MUST;\n\n"

    def table(self, which, opt, var, title):
        of, members = f"{self.name}_{which}", self.ins if which == "in" else self.outs
        rows = "".join(f.row(of, opt) for f in members)
        return f"static const struct field {of}_fields[] = {{\n{rows}}};\n{var} = {{\n" \
               f'\t"{title}", {of}_fields, {len(members)}, sizeof(struct {of})}};\n'

    def code(self, db):
        n, text, given, made = self.name, "", "NULL", ""
        if self.ins:
            text += self.struct("in") if len(self.ins) <= 3 else ""
            text += self.table("in", "FIELD_OPTIONAL | FIELD_NULLABLE",
                               f"static const struct shape {n}_in_shape", n)
        if self.outs:
            text += self.table("row", "FIELD_REQUIRED | FIELD_NULLABLE",
                               f"const struct shape {n}_shape", self.title)
        same = self.texts[0] == self.texts[1]
        for engine, parts in zip(("sqlite", "pgsql"), self.texts[:1] if same else self.texts):
            text += f"static const struct query_part {n}_{engine}[] = {{\n"
            text += "".join(f"\t{{{c_text(p)}, {i}}},\n" for p, i in parts) + "\t{NULL, 0},\n};\n"
        shapes = [f"&{n}_in_shape" if self.ins else "NULL", f"&{n}_shape" if self.outs else "NULL"]
        text += f'const struct query {n}_query = {{\n\t"{n}", {n}_sqlite, ' \
                f"{n}_{'sqlite' if same else 'pgsql'}, {', '.join(shapes)}, {self.one}}};\n\n"
        if len(self.ins) > 3:
            given = "in"
        elif self.ins:
            init = ", ".join(f".{f.name} = {f.name}" for f in self.ins)
            made, given = f"\tconst struct {n}_in in = {{{init}}};\n\n", "&in"
        end = "rows" if self.many else "rows, cap, n" if self.outs else "NULL, 0, NULL"
        call = f"{'db_all' if self.many else 'db_run'}({'db, a' if db else 'c->db, c->a'}"
        return f"{text}{self.prototype(db)}\n{{\n{made}" \
               f"\treturn {call}, &{n}_query, {given}, {end});\n}}\n\n"


def strip_comment(line):  # two dashes inside quotes are none
    m = re.match(r"((?:[^'\"-]|'(?:[^']|'')*'|\"[^\"]*\"|-(?!-))*)--.*", line, re.S)
    return m[1].rstrip() + "\n" if m else line


def c_text(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
    return "\n\t ".join(f'"{one}\\n"' for one in text.split("\n"))


def read_queries(path):
    queries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        head = re.match(r"--\s*name:\s*(\S+)\s*$", line)
        if head:
            queries.append(Query(path, number, head[1]))
        elif queries:
            queries[-1].add(f"{path}:{number}", line + "\n")
        elif line.strip() and not line.startswith("--"):
            fault(f"{path}:{number}", "text above the first '-- name:'")
    for q in queries:
        q.finish()
        if sum(o.name == q.name for o in queries) > 1:
            fault(q.at, f"two queries called '{q.name}'")
    return queries


def write(path, source, include, text):
    head = f"/* {path.name} - made by sqlgen.py from {source}; change that. */\n"
    head += "#pragma once\n\n" if path.suffix == ".h" else ""
    path.write_text(f'{head}#include "{include}"\n\n{text}', encoding="utf-8")


def write_queries(source, header, code, db):
    queries, all_of = read_queries(source), f"const struct query *const {source.stem}_queries[]"
    write(header, source.name, "store/db.h" if db else 'core/ctx.h"\n#include "store/db.h',
          "".join(q.header(db) for q in queries) + f"/* NULL at the end. */\nextern {all_of};\n")
    write(code, source.name, header.name, "".join(q.code(db) for q in queries) + f"{all_of} = {{\n"
          + "".join(f"\t&{q.name}_query,\n" for q in queries) + "\tNULL,\n};\n")


def write_schema(module, header, code, *files):
    rows = ""
    for n, path in enumerate(sorted(files), 1):
        if path.name != f"{n:04}.sql":
            fault(path, f"expected {n:04}.sql: migrations are numbered without gaps")
        rows += f'\t{{"{module}", {n},\n\t {c_text(path.read_text(encoding="utf-8").rstrip())}}},\n'
    all_of = f"const struct migration {module}_schema[]"
    write(header, "the folder schema", "store/store.h", f"extern {all_of};\n")
    write(code, "the folder schema", header.name, f"{all_of} = {{\n{rows}\t{{NULL, 0, NULL}},\n}};\n")


def main(args):
    paths = [pathlib.Path(a) for a in args]
    if args[:1] == ["--schema"] and len(args) > 4:
        write_schema(args[1], *paths[2:])
    elif len(args) == (4 if args[:1] == ["--db"] else 3):
        write_queries(*paths[-3:], args[0] == "--db")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
