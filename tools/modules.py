#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""modules.py [ROOT]: each module has its companions, each column of a schema its comment.

A folder below src/modules/ has README.md and at least one *_test.c, and stands in src/app/modules.c
when it defines a `struct module`.  In schema/*.sql each column of a CREATE TABLE but
the automatic id ends with a `--` comment, and each table has a comment above it.
"""
import re
import sys
from pathlib import Path

TABLE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.*?)\n\)", re.S)
NOT_COLUMN = re.compile(r"\s*(--|PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY|CONSTRAINT|\)|$)")
COLUMN = re.compile(r"  (\w+)\s+[@A-Za-z]")


def check_schema(path, text):
    lines = text.splitlines()
    for found in TABLE.finditer(text):
        name, start = found.group(1), text.count("\n", 0, found.start())
        if not start or not lines[start - 1].startswith("--"):
            yield start + 1, f"table {name} has no comment above it"
        for n, line in enumerate(found.group(2).splitlines(), start + 2):
            column = COLUMN.match(line)
            plain = column and "@id" not in line and not NOT_COLUMN.match(line)
            if plain and "--" not in line:
                yield n, f"column {name}.{column.group(1)} has no comment"


def check_module(folder, listed):
    if not (folder / "README.md").exists():
        yield "has no README.md"
    if not list(folder.glob("*_test.c")):
        yield "has no test beside it"
    for path in folder.glob("*.c"):
        for name in re.findall(r"^const struct module (\w+)_module\b", path.read_text(), re.M):
            if f"&{name}_module" not in listed:
                yield f"is not in src/app/modules.c ({name}_module)"


def check(root):
    listed = root / "src/app/modules.c"
    listed = listed.read_text() if listed.exists() else ""
    for folder in sorted((root / "src/modules").glob("*/")):
        for wrong in check_module(folder, listed):
            yield f"{folder.relative_to(root)}: {wrong}"
    for path in sorted(root.glob("src/**/schema/*.sql")):
        for n, wrong in check_schema(path, path.read_text()):
            yield f"{path.relative_to(root)}:{n}: {wrong}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    wrongs = list(check(root))
    print("\n".join(wrongs + [f"modules: {len(wrongs)} found"]))
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
